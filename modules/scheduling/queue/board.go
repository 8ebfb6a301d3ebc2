package queue

import (
	"context"
	"time"

	"yitong/internal/cases"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/module"
)

// nextShown is how many of those who are next a wall shows.
const nextShown = 6

// board tells what hangs on the wall of a department. It says nobody's full name, and so the trail does not say each time that everybody
// who waits was looked at.
func (d Desk) board(ctx context.Context, c *module.Call, _ none) (out board, err error) {
	s := c.Session.Behalf(Process).Unseen()
	now := s.Now().In(d.Zone)
	department, _, err := d.read(ctx, s, c.Ref.String())
	if err != nil {
		return out, err
	}
	institution := department.Root.Get("providedBy").Get("reference").Str()
	if institution == "" || institution != s.Actor().Institution {
		return out, fault.New(fault.Forbidden, "%s is no department of your institution. 该科室不属于本机构。", c.Ref)
	}
	name, err := d.called(ctx, s, institution)
	if err != nil {
		return out, err
	}
	out.Institution = form.Named{Reference: form.Reference(institution), Display: name}
	out.Department, out.Time = form.Named{Reference: form.Reference(c.Ref.String()), Display: cases.Called(department)}, now
	out.Code, out.Until = d.code(institution, c.Ref.String(), now)
	_, all, at, err := d.ofQueue(ctx, s, c.Ref.String())
	if err != nil {
		return out, err
	}
	serve, err := d.serving(ctx, s, at)
	if err != nil {
		return out, err
	}
	l, err := d.limits(ctx, s, institution, now)
	if err != nil {
		return out, err
	}
	var lines [][]next
	for _, q := range byQueue(all) {
		lines = append(lines, order(q, l, now))
	}
	return out, d.hang(ctx, s, &out, at, serve, lines)
}

// hang fills in whom a board shows.
func (d Desk) hang(ctx context.Context, s *gate.Session, out *board, at []*room, serve map[string]*ticket, lines [][]next) error {
	var soon, inRooms []*ticket
	for i, more := 0, true; more; i++ {
		more = false
		for _, line := range lines {
			if i < len(line) {
				more = true
				if out.Waiting++; len(soon) < nextShown {
					soon = append(soon, line[i].ticket)
				}
			}
		}
	}
	for _, t := range serve {
		inRooms = append(inRooms, t)
	}
	p, err := d.people(ctx, s, append(inRooms, soon...))
	if err != nil {
		return err
	}
	rooms := map[string]*room{}
	for _, m := range at {
		if m.post != "" {
			rooms[m.ref.String()] = m
			out.Rooms = append(out.Rooms, m.hung(serve[m.ref.String()], p, out.Time))
		}
	}
	for _, t := range soon {
		out.Next = append(out.Next, t.shown(p[t.patient]))
	}
	out.Speech = speeches(inRooms, rooms, func(t *ticket) person { return p[t.patient] }, out.Time)
	return nil
}

// hung is a room as a wall shows it.
func (m *room) hung(t *ticket, people map[fhir.Ref]person, now time.Time) boardRoom {
	b := boardRoom{Room: m.named(), Doctor: &m.doctorName}
	v := m.view(now)
	b.Way, b.Paused, b.Reason = v.Way, v.Paused, v.Reason
	if t != nil {
		one := t.shown(people[t.patient])
		b.Serves = &one
	}
	return b
}

// shown is a ticket as a wall shows it.
func (t *ticket) shown(p person) shown {
	return shown{Number: t.label, Name: Masked(p.name), State: t.state, Since: t.since(), Calls: t.calls()}
}
