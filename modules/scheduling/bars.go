package scheduling

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
)

// reach is how far a ban goes that follows from cancelling.
type reach string

// The reaches, as the rule has them.
const (
	reachDepartment reach = "department"
	reachHospital   reach = "hospital"
	reachRegion     reach = "region"
)

// past is what somebody has missed, and cancelled by themselves, by which they are barred from booking online.
type past struct {
	missed, cancelled []time.Time
	rests             int      // places that they hold, or have given back, and that are not open yet
	holds             []string // those that they hold online, but for the one that is looked at
}

// pastOf are the scopes that tell the past of a person, for who books online.
func (b booking) pastOf() (scopes []string) {
	if b.channel == Online || b.channel == App {
		for _, name := range b.alike {
			scopes = append(scopes, missedOf(name), cancelledOf(name), restsOf(name), holdsOf(name))
		}
	}
	return scopes
}

// note notes a place of the past of a person, where it counts for a booking.
func (p *past) note(scope, name, holder string, b booking, l limits) {
	switch {
	case strings.HasPrefix(scope, scopeHolds):
		if holder != b.ref.String() {
			p.holds = append(p.holds, name)
		}
	case strings.HasPrefix(scope, scopeMiss):
		p.missed = append(p.missed, missedAt(name))
	case strings.HasPrefix(scope, scopeRests):
		p.rests++
	case strings.HasPrefix(scope, scopeCancel):
		parts := strings.Split(name, "/")
		if len(parts) == 4 && l.counts(parts[2], parts[3], b) {
			p.cancelled = append(p.cancelled, missedAt(name))
		}
	}
}

// counts tells whether what was cancelled at a department of a hospital counts for a booking.
func (l limits) counts(department, hospital string, b booking) bool {
	switch l.cancelReach {
	case reachDepartment:
		return fhir.ParseReference(b.department).Ref.ID == department
	case reachHospital:
		return fhir.ParseReference(b.institution).Ref.ID == hospital
	}
	return true
}

// barred refuses who has missed too many visits, or cancelled too many.
func (l limits) barred(p past, now time.Time) error {
	if until := l.bars.until(p.missed); now.Before(until) {
		return l.bars.refusal(until.In(now.Location()))
	}
	if until := l.cancels.until(p.cancelled); now.Before(until) {
		return fault.New(fault.Unprocessable, "After %d visits cancelled one cannot book online until %s; call, or come to the window. 自行取消达到 %[1]d 次，%[2]s 前暂停线上预约，可电话或到窗口预约。",
			l.cancels.misses, until.In(now.Location()).Format(time.DateOnly)).WithIssue("business-rule")
	}
	return nil
}

// keeps refuses it who holds, or has given back just now, so many places that they would keep others from them.
func (l limits) keeps(p past) error {
	if p.rests < l.rests {
		return nil
	}
	return fault.New(fault.Unprocessable, "%d places that are held for this person, or were given back, are not open again yet; try again in a while, call, or come to the window. 短时间内锁号、退号过多（%[1]d 个），请稍后再试，或电话、到窗口预约。",
		p.rests).WithIssue("business-rule")
}

// holding gives a booking that holds a place its part of what a person may hold online at a time, or refuses it. What came from the waitlist
// is none of that: nobody has chosen when.
func (l limits) holding(b *booking, p past) error {
	if b.status != statusHeld || b.wish != nil || b.held != "" || b.channel != Online && b.channel != App {
		return nil
	}
	for n := 1; n <= l.holds && len(p.holds) < l.holds && b.held == ""; n++ {
		if name := strconv.Itoa(n); !slices.Contains(p.holds, name) {
			b.held = name
		}
	}
	if b.held != "" {
		return nil
	}
	return fault.New(fault.Unprocessable, "%d places are held for this person: book or give back one of them first. 已锁定 %[1]d 个号源未确认，请先确认或放弃其中一个。",
		len(p.holds)).WithIssue("business-rule")
}

// holdsOf is the scope of the places that a person holds online.
func holdsOf(patient fhir.Ref) string { return scopeHolds + patient.ID }

// restsOf is the scope of the places that a person holds, or has given back, and that are not open yet.
func restsOf(patient fhir.Ref) string { return scopeRests + patient.ID }

// restName is the place that one of a segment takes there.
func restName(slot string, number int) string {
	return strings.TrimPrefix(slot, "Slot/") + "/" + strconv.Itoa(number)
}

// cancelledOf is the scope of the visits that a person has cancelled by themselves.
func cancelledOf(patient fhir.Ref) string { return scopeCancel + patient.ID }

// cancelledName is the place that a visit takes there: when it was cancelled, which it was, and where.
func (b booking) cancelledName() string {
	id := func(name string) string { return fhir.ParseReference(name).Ref.ID }
	return strings.Join([]string{instant(b.undone), b.ref.ID, id(b.department), id(b.institution)}, "/")
}
