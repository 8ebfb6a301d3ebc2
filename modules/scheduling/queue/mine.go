package queue

import (
	"context"
	"slices"
	"strings"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/cases"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/module"
)

// mineMost is how many tickets of a day a person is shown.
const mineMost = 50

// mine tells a resident of their visits of today.
func (d Desk) mine(ctx context.Context, c *module.Call, _ none) (out mine, err error) {
	who := c.Session.Actor()
	if !isPerson(who) {
		return out, fault.New(fault.Forbidden, "Residents see where they stand themselves. 本人或代办人才能查看候诊进度。")
	}
	s := c.Session.Behalf(Process)
	now := s.Now().In(d.Zone)
	names, err := c.Session.Names(ctx, who.Resident)
	if err != nil {
		return out, err
	}
	tickets, err := d.ofPerson(ctx, s, names, now)
	if err != nil {
		return out, err
	}
	p, err := d.people(ctx, s, []*ticket{{patient: names[0]}})
	if err != nil {
		return out, err
	}
	called := form.Named{Reference: form.Reference(names[0].String()), Display: p[names[0]].name}
	for _, t := range tickets {
		one, err := d.ofMine(ctx, s, t, now)
		if err != nil {
			return out, err
		}
		one.Patient = called
		out.Tickets = append(out.Tickets, one)
	}
	out.Visits, err = d.toCheckIn(ctx, s, names, now)
	for i := range out.Visits {
		out.Visits[i].Patient = called
	}
	return out, err
}

// ofPerson are the tickets of a person of this day, those that are over behind the others.
func (d Desk) ofPerson(ctx context.Context, s *gate.Session, names []fhir.Ref, now time.Time) (all []*ticket, err error) {
	from, _ := d.dayOf(now)
	var patients []string
	for _, name := range names {
		patients = append(patients, name.String())
	}
	_, err = cases.EachVersion(ctx, s, typeEncounter, mineMost, []search.Pair{
		{Name: "patient", Value: strings.Join(patients, ",")}, {Name: "_tag", Value: System + "|" + tagTicket}, {Name: "date", Value: "ge" + from.Format(time.RFC3339)},
	}, func(r fhir.Resource, version int64) bool {
		if t, is := ticketOf(r, version, d.Zone); is && !t.arrived.Before(from) {
			all = append(all, t)
		}
		return true
	})
	slices.SortFunc(all, func(a, b *ticket) int {
		if a.over() != b.over() {
			if b.over() {
				return -1
			}
			return 1
		}
		return a.start.Compare(b.start)
	})
	return all, err
}

// ofMine is a ticket as its person sees it.
func (d Desk) ofMine(ctx context.Context, s *gate.Session, t *ticket, now time.Time) (one myTicket, err error) {
	one = myTicket{
		Ticket: form.Reference(t.ref.String()), Appointment: form.Reference(t.appointment), Number: t.label, Doctor: doctorOf(t.doctor, t.names[1]),
		Department: form.Named{Reference: form.Reference(t.department), Display: t.names[0]}, Start: t.start, State: t.state, Since: t.since(), Calls: t.calls(),
	}
	if t.priority != "" {
		one.Priority = &t.priority
	}
	name, err := d.called(ctx, s, t.institution)
	if err != nil {
		return one, err
	}
	one.Institution = form.Named{Reference: form.Reference(t.institution), Display: name}
	way := ""
	if t.room != "" {
		r, version, err := d.read(ctx, s, t.room)
		if err != nil {
			return one, err
		}
		if m, is := roomOf(r, version, d.Zone); is && m.way != "" {
			one.Way, way = &m.way, m.way
		}
		one.Room = &t.roomName
	}
	one.Stages = t.stages(way)
	if t.over() {
		return one, nil
	}
	return one, d.foresee(ctx, s.Unseen(), t, &one, now)
}

// foresee tells how many are ahead, and how long that takes.
func (d Desk) foresee(ctx context.Context, s *gate.Session, t *ticket, one *myTicket, now time.Time) error {
	l, err := d.limits(ctx, s, t.institution, now)
	if err != nil {
		return err
	}
	is, err := d.stands(ctx, s, t, l, now)
	if err != nil {
		return err
	}
	one.Rooms, one.Mean = is.rooms, meanOf(is.own, now)
	if !t.inLine() {
		return nil
	}
	one.Ahead = &is.ahead
	spans, err := d.spans(ctx, s, t.queue(), is.own, now)
	if err != nil {
		return err
	}
	begins := opens(spans, is.own, t.start, now)
	if !begins.IsZero() {
		one.Opens = &begins
	}
	one.Wait, err = d.expects(ctx, s, t.queue(), is.own, spans, now, begins, is.ahead, is.rooms)
	return err
}

// toCheckIn are the visits of today that are booked.
func (d Desk) toCheckIn(ctx context.Context, s *gate.Session, names []fhir.Ref, now time.Time) (list []myVisit, err error) {
	from, until := d.dayOf(now)
	booked, err := d.Booked(ctx, s, names, from, until)
	if err != nil {
		return nil, err
	}
	for _, v := range booked {
		l, err := d.limits(ctx, s, v.Institution, now)
		if err != nil {
			return nil, err
		}
		name, err := d.called(ctx, s, v.Institution)
		if err != nil {
			return nil, err
		}
		one := myVisit{
			Appointment: form.Reference(v.Appointment.String()), Institution: form.Named{Reference: form.Reference(v.Institution), Display: name},
			Department: form.Named{Reference: form.Reference(v.Department), Display: v.Names[0]}, Doctor: doctorOf(v.Doctor, v.Names[1]),
			Start: v.Start, End: v.End, From: v.Start.Add(-l.early),
		}
		one.Open = !now.Before(one.From)
		list = append(list, one)
	}
	return list, nil
}

// hints are what to do at each stage while it lasts.
var hints = map[Stage]bilingual.Text{
	StageCheckIn: {Zh: "已报到", En: "You have checked in"},
	StageWait:    {Zh: "请在候诊区等候叫号", En: "Wait in the waiting area until you are called"},
	StageRoom:    {Zh: "叫到您后，请到诊室就诊", En: "When you are called, go to the room"},
	StageTests:   {Zh: "请按医嘱完成检查检验", En: "Have the tests that the doctor has ordered"},
	StageBack:    {Zh: "检查完成后，请回诊报到，医生会看结果", En: "When the tests are done, say that you are back; the doctor looks at the results"},
	StagePay:     {Zh: "请缴费，并到药房取药", En: "Pay, and collect medicines at the pharmacy"},
	StageHome:    {Zh: "就诊结束，祝您早日康复", En: "Your visit is over; get well soon"},
}

// stages are the steps of the day for whose ticket it is. Tests, and the way back from them, are among them from when there are any.
func (t *ticket) stages(way string) (list []stage) {
	tested, returned, seen := false, t.returned(), false
	for _, s := range t.steps {
		tested = tested || s.State == Tests
		seen = seen || s.State == Consulting || s.State == Tests || s.State == Done
	}
	add := func(of Stage, is Progress) {
		hint := hints[of]
		if is == IsNow && t.inRoom() {
			hint = bilingual.Text{Zh: "请到" + t.roomName + "就诊", En: "Please go to " + t.roomName}
			if way != "" {
				hint = bilingual.Text{Zh: hint.Zh + "（" + way + "）", En: hint.En + " (" + way + ")"}
			}
		}
		list = append(list, stage{Stage: of, Is: is, Zh: hint.Zh, En: hint.En})
	}
	progress := func(done, now bool) Progress {
		switch {
		case now:
			return IsNow
		case done:
			return IsDone
		}
		return ToCome
	}
	add(StageCheckIn, IsDone)
	add(StageWait, progress(seen || t.inRoom(), t.inLine() && !returned))
	add(StageRoom, progress(seen, t.inRoom() && !returned))
	if tested {
		add(StageTests, progress(returned || t.state == Done, t.state == Tests))
		add(StageBack, progress(t.state == Done, returned && !t.over()))
	}
	add(StagePay, progress(false, t.state == Done))
	add(StageHome, ToCome)
	return list
}
