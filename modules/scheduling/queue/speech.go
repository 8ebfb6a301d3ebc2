package queue

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// speechLasts is for how long a board learns of a call, so that one that was away for a moment does not miss it.
const speechLasts = 2 * time.Minute

// spokenZh is the number of a ticket as it is spoken: 八点三十分三号, and of an extra place 八点三十分加二号.
func (t *ticket) spokenZh() string {
	at, place, is := strings.Cut(t.label, "-")
	hour, minute := clockOf(at)
	if !is || hour < 0 {
		return t.label + "号"
	}
	text := chinese(hour) + "点"
	if minute > 0 {
		if minute < 10 {
			text += "零"
		}
		text += chinese(minute) + "分"
	}
	extra, isExtra := strings.CutPrefix(place, "加")
	n, _ := strconv.Atoi(extra) // it was written here
	if isExtra {
		return text + "加" + chinese(n) + "号"
	}
	return text + chinese(n) + "号"
}

// spokenEn is the number in English: 08:30-03, and of an extra place 08:30-extra 2.
func (t *ticket) spokenEn() string { return strings.Replace(t.label, "加", "extra ", 1) }

// clockOf reads a time of the day; hour is -1 for none.
func clockOf(text string) (hour, minute int) {
	t, err := time.Parse("15:04", text)
	if err != nil {
		return -1, 0
	}
	return t.Hour(), t.Minute()
}

var digits = []string{"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"}

// chinese is a whole number below a thousand in Chinese words.
func chinese(n int) string {
	switch {
	case n < 0 || n >= 1_000:
		return strconv.Itoa(n)
	case n < 10:
		return digits[n]
	case n < 20:
		return "十" + unit(n-10)
	case n < 100:
		return digits[n/10] + "十" + unit(n%10)
	}
	tens := n % 100
	text := digits[n/100] + "百"
	switch {
	case tens == 0:
		return text
	case tens < 10:
		return text + "零" + digits[tens]
	case tens < 20:
		return text + "一" + chinese(tens)
	}
	return text + chinese(tens)
}

// unit is a digit behind a ten; none for zero.
func unit(n int) string {
	if n == 0 {
		return ""
	}
	return digits[n]
}

// speeches are what a board says of the calls of the last minutes, the oldest first. Each call has its own id, so that it is said once.
func speeches(all []*ticket, rooms map[string]*room, people func(*ticket) person, now time.Time) (list []speech) {
	for _, t := range all {
		for i, s := range t.steps {
			if s.Act != actCall && s.Act != actAgain || now.Sub(s.At) > speechLasts || t.state != Called || i < t.lastCall() {
				continue
			}
			m := rooms[s.Room]
			if m == nil {
				continue
			}
			p := people(t)
			family, _ := familyOf(p.name)
			zh, en := map[string]string{"male": "先生", "female": "女士"}[p.sex], map[string]string{"male": "Mr", "female": "Ms"}[p.sex]
			list = append(list, speech{
				ID: t.ref.ID + "/" + strconv.Itoa(i), At: s.At,
				Zh: fmt.Sprintf("请%s%s%s到%s就诊", t.spokenZh(), family, zh, m.name),
				En: fmt.Sprintf("Number %s, %s %s, please go to %s", t.spokenEn(), en, family, m.name),
			})
		}
	}
	for i := range list {
		list[i].En = strings.Join(strings.Fields(list[i].En), " ")
	}
	slices.SortFunc(list, func(a, b speech) int { return a.At.Compare(b.At) })
	return list
}

// lastCall is the place among the steps of the call by which it is in the room now; -1 for none.
func (t *ticket) lastCall() int {
	for i := len(t.steps) - 1; i >= 0; i-- {
		if t.steps[i].Act == actCall {
			return i
		}
	}
	return -1
}
