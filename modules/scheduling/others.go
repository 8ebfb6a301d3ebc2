package scheduling

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/cases"
	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/form"
	"yitong/internal/gate"
)

const (
	othersMost = 3   // times that are offered in the place of one
	nearLooked = 10  // other departments whose times are looked at for that
	openLooked = 500 // segments of a department that are
)

// other is a time that somebody may take in the place of one that they have lost.
type other struct {
	segment
	hospital string // what it is called, "" for the one where the visit was to be
}

// others are up to three times that are open to the public from an instant on, in the place of a visit: of its department first, those of
// its doctor before the others, and then of departments of the same specialties, the nearest first.
func (d Desk) others(ctx context.Context, s *gate.Session, b booking, from time.Time) (all []other, err error) {
	own, err := d.openOf(ctx, s, b.department, from)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(own, func(x, y segment) int {
		return b2i(y.doctor == b.doctor && b.doctor != "") - b2i(x.doctor == b.doctor && b.doctor != "")
	})
	own = slices.DeleteFunc(own, func(g segment) bool { return g.ref.String() == b.slot })
	for _, g := range own[:min(len(own), othersMost)] {
		all = append(all, other{segment: g})
	}
	if len(all) == othersMost {
		return all, nil
	}
	near, err := d.alike(ctx, s, b.department)
	if err != nil {
		return nil, err
	}
	for _, one := range near[:min(len(near), nearLooked)] {
		open, err := d.openOf(ctx, s, one.ref, from)
		if err != nil {
			return nil, err
		}
		for _, g := range open[:min(len(open), othersMost-len(all))] {
			is := other{segment: g}
			if g.institution != b.institution {
				is.hospital = one.hospital
			}
			all = append(all, is)
		}
		if len(all) == othersMost {
			break
		}
	}
	return all, nil
}

// openOf are the next segments of a department that have a place for the public, in their order.
func (d Desk) openOf(ctx context.Context, s *gate.Session, department string, from time.Time) (open []segment, err error) {
	now := s.Now().In(d.Zone)
	if from.Before(now) {
		from = now
	}
	var all []segment
	_, err = cases.EachVersion(ctx, s, typeSlot, openLooked, []search.Pair{
		{Name: "_sort", Value: "start"}, {Name: "service-type", Value: SystemOf + "|" + search.Escape(department)}, {Name: "start", Value: "ge" + from.Format(time.RFC3339)},
	}, func(r fhir.Resource, version int64) bool {
		if g, is := segmentOf(r, version, d.Zone); is && !g.Stopped {
			all = append(all, g)
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	has, err := d.taken(ctx, s, all)
	for _, g := range all {
		if len(g.Open(Online, has[g.scope()], now)) > 0 {
			open = append(open, g)
		}
	}
	return open, err
}

// alike are the departments with clinics that have a specialty in common with one, the nearest first.
func (d Desk) alike(ctx context.Context, s *gate.Session, of string) (all []department, err error) {
	list, _, err := d.listing(ctx, s, nil)
	i := slices.IndexFunc(list, func(one department) bool { return one.ref == of })
	if err != nil || i < 0 || len(list[i].specialties) == 0 {
		return nil, err
	}
	own := list[i]
	for _, one := range list { // each a copy
		if one.ref == of || !one.booked || treats(one.specialties, own.specialties) < 0 {
			continue
		}
		switch {
		case one.institution == own.institution:
			one.km = 0
		case own.located && one.located:
			one.km = own.at.to(one.at)
		default:
			one.km = math.Inf(1)
		}
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b department) int { return cmp.Or(cmp.Compare(a.km, b.km), strings.Compare(a.ref, b.ref)) })
	return all, nil
}

// when is when somebody comes, and to whom.
func (g other) when() string {
	what := []string{g.Start.Format("2006-01-02 15:04") + "–" + g.End.Format("15:04")}
	for _, name := range []string{g.hospital, g.names[0], g.names[1]} {
		if name != "" {
			what = append(what, name)
		}
	}
	return strings.Join(what, " ")
}

// instead is what is told of other times, and of what was paid.
func (b booking) instead() bilingual.Text {
	text := bilingual.Text{}
	if b.owed != nil {
		text = bilingual.Text{Zh: "如已缴费，将全额退还。", En: "What you have paid is paid back in full. "}
	}
	if len(b.others) == 0 {
		return bilingual.Text{Zh: text.Zh + "请另选时间。", En: text.En + "Please choose another time."}
	}
	times := make([]string, len(b.others))
	for i, g := range b.others {
		times[i] = g.when()
	}
	return bilingual.Text{Zh: text.Zh + "目前可改约：" + strings.Join(times, "；") + "。", En: text.En + "Open now: " + strings.Join(times, "; ") + "."}
}

// otherTime is another time, for who chooses among them.
type otherTime struct {
	Slot        form.Reference `name:"slot" zh:"时段" en:"Slot" types:"Slot"`
	Start       time.Time      `name:"start" zh:"开始" en:"From"`
	End         time.Time      `name:"end" zh:"结束" en:"To"`
	Department  form.Named     `name:"department" zh:"科室" en:"Department" types:"HealthcareService"`
	Doctor      *form.Named    `name:"doctor" zh:"医师" en:"Doctor" types:"PractitionerRole"`
	Institution form.Named     `name:"institution" zh:"医院" en:"Hospital" types:"Organization"`
}

// otherTimes are those in the place of a visit that the hospital has stopped.
func (d Desk) otherTimes(ctx context.Context, s *gate.Session, b booking) (list []otherTime, err error) {
	all, err := d.others(ctx, s, b, dayBegins(b.start))
	for _, g := range all {
		one := otherTime{
			Slot: form.Reference(g.ref.String()), Start: g.Start, End: g.End, Department: form.Named{Reference: form.Reference(g.department), Display: g.names[0]},
		}
		if g.doctor != "" {
			one.Doctor = &form.Named{Reference: form.Reference(g.doctor), Display: g.names[1]}
		}
		if one.Institution, err = d.named(ctx, s, g.institution); err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, err
}

// dayBegins is when the day of an instant begins, by its clocks.
func dayBegins(t time.Time) time.Time {
	year, month, day := t.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, t.Location())
}
