package queue

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"yitong/internal/cases"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/form"
	"yitong/internal/gate"
)

// person is what is told of somebody who waits.
type person struct {
	name string
	born string // a date of any precision, "" where it is not known
	sex  string
}

// people are those whom tickets are for, as far as who asks is told of them.
func (d Desk) people(ctx context.Context, s *gate.Session, all []*ticket) (map[fhir.Ref]person, error) {
	known := map[fhir.Ref]person{}
	var refs []fhir.Ref
	for _, t := range all {
		if !slices.Contains(refs, t.patient) {
			refs = append(refs, t.patient)
		}
	}
	for part := range slices.Chunk(refs, gate.ReadsMost) {
		seen, err := s.Reads(ctx, part)
		if err != nil {
			return nil, err
		}
		for i, v := range seen {
			if !v.Exists() {
				continue
			}
			r, err := fhir.ParseResource(v.Body.Bytes)
			if err != nil {
				return nil, fault.Wrap(err, "reading a Patient")
			}
			p := person{cases.Called(r), r.Root.Get("birthDate").Str(), r.Root.Get("gender").Str()}
			if s.Actor().Role == gate.Guide { // who does not see when people were born
				p.born = ""
			}
			known[part[i]] = p
		}
	}
	return known, nil
}

// ageOf is how old somebody is who was born on a date of any precision; false where that is not known.
func ageOf(born string, now time.Time) (age int, known bool) {
	for _, layout := range []string{time.DateOnly, "2006-01", "2006"} {
		t, err := time.Parse(layout, born)
		if err != nil {
			continue
		}
		age = now.Year() - t.Year()
		if now.Month() < t.Month() || now.Month() == t.Month() && now.Day() < t.Day() {
			age--
		}
		return age, true
	}
	return 0, false
}

// doubled are family names of two characters, which a wall shows whole.
var doubled = strings.Fields("欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 夏侯 司徒 轩辕 宇文 长孙 端木 南宫 呼延 独孤 申屠 淳于 太史 澹台 公冶 宗政 濮阳 赫连 钟离 闻人")

// Masked is a name as a wall shows it: the family name, and stars for the rest.
func Masked(name string) string {
	family, rest := familyOf(name)
	if n := utf8.RuneCountInString(rest); n > 0 {
		return family + strings.Repeat("*", min(n, 2))
	}
	return family + "*"
}

// familyOf parts a name. Of one that is not Chinese the first letter stands for the family.
func familyOf(name string) (family, rest string) {
	name = strings.TrimSpace(name)
	for _, two := range doubled {
		if strings.HasPrefix(name, two) && len(name) > len(two) {
			return two, name[len(two):]
		}
	}
	_, size := utf8.DecodeRuneInString(name)
	return name[:size], name[size:]
}

// entries are tickets as those see them who work there.
func entries(all []*ticket, people map[fhir.Ref]person, now time.Time) (list []entry) {
	for _, t := range all {
		list = append(list, t.entry(people[t.patient], now))
	}
	return list
}

func (t *ticket) entry(p person, now time.Time) entry {
	e := entry{
		Ticket: form.Reference(t.ref.String()), Appointment: form.Reference(t.appointment), Number: t.label,
		Patient: form.Named{Reference: form.Reference(t.patient.String()), Display: p.name}, Queue: t.named(), State: t.state,
		Start: t.start, Arrived: t.arrived, Since: t.since(), Calls: t.calls(), Skips: t.skips(),
	}
	if age, known := ageOf(p.born, now); known {
		e.Age = &age
	}
	if p.sex != "" {
		sex := form.AnyCode(p.sex)
		e.Sex = &sex
	}
	if t.priority != "" {
		e.Priority = &t.priority
	}
	if t.room != "" {
		e.Room = &form.Named{Reference: form.Reference(t.room), Display: t.roomName}
	}
	return e
}

// named is the queue in which it stands.
func (t *ticket) named() form.Named {
	if t.doctor != "" {
		return form.Named{Reference: form.Reference(t.doctor), Display: t.names[1]}
	}
	return form.Named{Reference: form.Reference(t.department), Display: t.names[0]}
}

// views are rooms as those see them who work there, with whom they serve.
func views(all []*room, serve map[string]*ticket, people map[fhir.Ref]person, now time.Time) (list []roomView) {
	for _, m := range all {
		v := m.view(now)
		if t := serve[m.ref.String()]; t != nil {
			e := t.entry(people[t.patient], now)
			v.Serves = &e
		}
		list = append(list, v)
	}
	return list
}
