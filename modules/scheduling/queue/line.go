package queue

import (
	"context"
	"slices"
	"time"

	"yitong/internal/cases"
	"yitong/internal/fault"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/module"
)

// line tells of a room, a doctor or a department who waits.
func (d Desk) line(ctx context.Context, c *module.Call, in ofLine) (out line, err error) {
	s := c.Session.Behalf(Process)
	now := s.Now().In(d.Zone)
	out.Time = now
	var all []*ticket
	var at []*room
	var of string // the queue of which waits are told
	switch {
	case (in.Room == nil) == (in.Queue == nil):
		return out, fault.New(fault.Malformed, "Say of which room or of which queue: one of them. 请指定诊室或队列之一。")
	case in.Room != nil:
		m, err := d.room(ctx, s, in.Room.Ref())
		if err != nil {
			return out, err
		}
		if all, err = d.calledFrom(ctx, s, m); err != nil {
			return out, err
		}
		if out.Of, at, of = m.named(), []*room{m}, m.post; of == "" {
			of = m.department
		}
	default:
		of = string(*in.Queue)
		if out.Of, all, at, err = d.ofQueue(ctx, s, of); err != nil {
			return out, err
		}
	}
	serve, err := d.serving(ctx, s, at)
	if err != nil {
		return out, err
	}
	return out, d.tell(ctx, s, &out, all, at, serve, of)
}

// ofQueue are the tickets of the day and the rooms of a queue, or of all queues of a department.
func (d Desk) ofQueue(ctx context.Context, s *gate.Session, of string) (is form.Named, all []*ticket, at []*room, err error) {
	r, _, err := d.read(ctx, s, of)
	if err != nil {
		return is, nil, nil, err
	}
	institution, name := r.Root.Get("providedBy").Get("reference").Str(), cases.Called(r)
	if r.Type == typePost {
		institution = r.Root.Get("organization").Get("reference").Str()
		if name, err = d.called(ctx, s, r.Root.Get("practitioner").Get("reference").Str()); err != nil {
			return is, nil, nil, err
		}
	}
	if institution == "" || institution != s.Actor().Institution {
		return is, nil, nil, fault.New(fault.Forbidden, "%s is no queue of your institution. 该队列不属于本机构。", of).At("queue")
	}
	if all, err = d.ofDay(ctx, s, SystemOf, of); err != nil {
		return is, nil, nil, err
	}
	if at, err = d.allRooms(ctx, s, institution); err != nil {
		return is, nil, nil, err
	}
	at = slices.DeleteFunc(at, func(m *room) bool { return m.department != of && m.post != of })
	return form.Named{Reference: form.Reference(of), Display: name}, all, at, nil
}

// tell fills in how a line stands.
func (d Desk) tell(ctx context.Context, s *gate.Session, out *line, all []*ticket, at []*room, serve map[string]*ticket, of string) error {
	var shown []*ticket
	for _, t := range serve {
		shown = append(shown, t)
	}
	var tests []*ticket
	for _, t := range all {
		switch t.state {
		case Tests:
			tests = append(tests, t)
		case Done:
			out.Finished++
		case Left:
			out.Gone++
		}
	}
	slices.SortFunc(tests, func(a, b *ticket) int { return a.since().Compare(b.since()) })
	l, err := d.limits(ctx, s, s.Actor().Institution, out.Time)
	if err != nil {
		return err
	}
	waiting := waitingOf(all, l, out.Time, len(at) == 1 && out.Of.Reference == at[0].named().Reference)
	p, err := d.people(ctx, s, slices.Concat(shown, tests, waiting))
	if err != nil {
		return err
	}
	out.Rooms, out.Waiting, out.Tests = views(at, serve, p, out.Time), entries(waiting, p, out.Time), entries(tests, p, out.Time)
	own := ofOne(all, of)
	out.Mean = meanOf(all, out.Time)
	ahead, rooms := aheadOf(append(all, lastOf(of, out.Time)), at, lastOf(of, out.Time), l, out.Time)
	spans, err := d.spans(ctx, s, of, own, out.Time)
	if err != nil {
		return err
	}
	out.Wait, err = d.expects(ctx, s, of, own, spans, out.Time, opens(spans, own, upTo(spans, out.Time), out.Time), ahead, rooms)
	return err
}

// waitingOf are those who wait in their order: of a room in one, else queue by queue.
func waitingOf(all []*ticket, l limits, now time.Time, one bool) (waiting []*ticket) {
	queues := [][]*ticket{all}
	if !one {
		queues = byQueue(all)
	}
	for _, q := range queues {
		for _, n := range order(q, l, now) {
			waiting = append(waiting, n.ticket)
		}
	}
	return waiting
}

// byQueue parts tickets into their queues, in the order of what these are called.
func byQueue(all []*ticket) (queues [][]*ticket) {
	by := map[string][]*ticket{}
	var names []string
	for _, t := range all {
		if by[t.queue()] == nil {
			names = append(names, t.queue())
		}
		by[t.queue()] = append(by[t.queue()], t)
	}
	slices.Sort(names)
	for _, name := range names {
		queues = append(queues, by[name])
	}
	return queues
}

// ofOne are the tickets that stand in one queue.
func ofOne(all []*ticket, of string) (some []*ticket) {
	for _, t := range all {
		if t.queue() == of {
			some = append(some, t)
		}
	}
	return some
}

// lastOf is who would come to a queue behind all who wait there.
func lastOf(of string, now time.Time) *ticket {
	t := &ticket{state: Waiting, start: now, end: now, due: now.AddDate(0, 0, 1), arrived: now, steps: []step{{Act: actArrive, State: Waiting, At: now}}}
	if kindOf(of) == typePost.String() {
		t.doctor = of
	} else {
		t.department = of
	}
	return t
}
