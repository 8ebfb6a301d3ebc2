package queue

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"yitong/internal/cases"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/module"
)

// openRoom makes a room, or changes one.
func (d Desk) openRoom(ctx context.Context, c *module.Call, in opened) (gate.Result, error) {
	return once(ctx, c, func(s *gate.Session) (gate.Result, error) {
		department, _, err := d.read(ctx, s, string(in.Department))
		if err != nil {
			return gate.Result{}, err
		}
		at := department.Root.Get("providedBy").Get("reference").Str()
		if at == "" || at != s.Actor().Institution {
			return gate.Result{}, fault.New(fault.Forbidden, "%s is no department of your institution. 该科室不属于本机构。", in.Department).At("department")
		}
		m := &room{ref: fhir.Ref{Type: typeLocation, ID: uuid.Must(uuid.NewV7()).String()}, institution: at}
		if c.Ref.ID != "" {
			if m, err = d.room(ctx, s, c.Ref); err != nil {
				return gate.Result{}, err
			}
		}
		if m.post != "" && m.department != string(in.Department) {
			return gate.Result{}, fault.New(fault.Conflict, "%s sits there: a room changes its department when nobody does. 有医师坐诊时不能更换诊室的科室。", m.doctorName).WithIssue("conflict")
		}
		m.name, m.department, m.departmentName, m.way, m.closed = in.Name, string(in.Department), cases.Called(department), "", false
		if in.Way != nil {
			m.way = *in.Way
		}
		return d.keep(ctx, s, m, c.Once)
	})
}

// keep writes a room.
func (d Desk) keep(ctx context.Context, s *gate.Session, m *room, once *gate.Idempotency) (gate.Result, error) {
	op, err := m.op()
	if err != nil {
		return gate.Result{}, err
	}
	results, err := s.Apply(ctx, []gate.Op{op}, once)
	return first(results), err
}

// amend changes a room.
func (d Desk) amend(ctx context.Context, c *module.Call, change func(*gate.Session, *room) error) (gate.Result, error) {
	return once(ctx, c, func(s *gate.Session) (gate.Result, error) {
		return again(func() (gate.Result, error) {
			m, err := d.room(ctx, s, c.Ref)
			if err == nil && m.closed {
				err = fault.New(fault.Conflict, "The room %s is closed. 该诊室已停用。", m.name).WithIssue("conflict")
			}
			if err == nil {
				err = change(s, m)
			}
			if err != nil {
				return gate.Result{}, err
			}
			return d.keep(ctx, s, m, c.Once)
		})
	})
}

// closeRoom takes a room out of use.
func (d Desk) closeRoom(ctx context.Context, c *module.Call, _ none) (gate.Result, error) {
	return d.amend(ctx, c, func(s *gate.Session, m *room) error {
		if m.post != "" {
			return fault.New(fault.Conflict, "%s sits there. 仍有医师（%[1]s）坐诊，不能停用。", m.doctorName).WithIssue("conflict")
		}
		m.closed = true
		return d.empty(ctx, s, m)
	})
}

// empty refuses what cannot be while somebody is called to a room, or is in it.
func (d Desk) empty(ctx context.Context, s *gate.Session, m *room) error {
	taken, err := s.Reserved(ctx, m.scope())
	if err == nil && len(taken) > 0 {
		err = fault.New(fault.Conflict, "Somebody is called to the room or is in it; end that first. 诊室仍有已呼叫或就诊中的患者，请先处理。").WithIssue("conflict")
	}
	return err
}

// sit puts a doctor into a room.
func (d Desk) sit(ctx context.Context, c *module.Call, in sitting) (gate.Result, error) {
	return d.amend(ctx, c, func(s *gate.Session, m *room) error {
		who := s.Actor()
		if m.post != "" && m.person != who.Reference {
			return fault.New(fault.Conflict, "%s sits there. 该诊室已有医师（%[1]s）坐诊。", m.doctorName).WithIssue("conflict")
		}
		post, err := d.post(ctx, s, m, in.Post)
		if err != nil {
			return err
		}
		taken, err := s.Reserved(ctx, scopeDoctor+refIn(who.Reference).ID)
		if err == nil && len(taken) > 0 && taken[0].Holder != m.ref.String() {
			err = fault.New(fault.Conflict, "You sit in another room; leave that first. 您已在其他诊室坐诊，请先离开。").WithIssue("conflict")
		}
		if err != nil {
			return err
		}
		if m.doctorName, err = d.called(ctx, s, who.Reference); err != nil {
			return err
		}
		if m.post == "" {
			m.since = s.Now().In(d.Zone)
		}
		m.post, m.person, m.paused, m.reason = post, who.Reference, time.Time{}, ""
		return nil
	})
}

// post is that with which somebody sits down: the one that is named, or the only one at the institution, or at the room's department.
func (d Desk) post(ctx context.Context, s *gate.Session, m *room, asked *form.Reference) (string, error) {
	who := s.Actor()
	if who.Role != gate.Doctor || kindOf(who.Reference) != "Practitioner" {
		return "", fault.New(fault.Forbidden, "Doctors of the hospital sit down in rooms. 只有本院医师可以坐诊。")
	}
	var all, here []string
	_, err := cases.Each(ctx, s, typePost, postsMost, []search.Pair{{Name: "practitioner", Value: who.Reference}, {Name: "organization", Value: who.Institution}}, func(r fhir.Resource) bool {
		name := r.Type.String() + "/" + r.ID
		all = append(all, name)
		for at := r.Root.Get("healthcareService").First(); at.Exists(); at = at.Next() {
			if at.Get("reference").Str() == m.department {
				here = append(here, name)
			}
		}
		return true
	})
	if err != nil {
		return "", err
	}
	for _, name := range all {
		if asked != nil && string(*asked) == name {
			return name, nil
		}
	}
	switch {
	case asked != nil || len(all) == 0:
		return "", fault.New(fault.Forbidden, "That is no post of yours at this institution. 您在本机构没有该岗位。").At("post")
	case len(all) == 1:
		return all[0], nil
	case len(here) == 1:
		return here[0], nil
	}
	return "", fault.New(fault.Malformed, "You have several posts here: say with which you sit down. 您在本机构有多个岗位，请选择坐诊岗位。").At("post")
}

const postsMost = 20 // of a doctor at an institution

// rise lets a doctor leave a room.
func (d Desk) rise(ctx context.Context, c *module.Call, _ none) (gate.Result, error) {
	return d.amend(ctx, c, func(s *gate.Session, m *room) error {
		if err := m.held(s.Actor()); err != nil {
			return err
		}
		m.rise()
		return d.empty(ctx, s, m)
	})
}

// pause says for how long a room does not call.
func (d Desk) pause(ctx context.Context, c *module.Call, in pausing) (gate.Result, error) {
	return d.amend(ctx, c, func(s *gate.Session, m *room) error {
		if err := m.held(s.Actor()); err != nil {
			return err
		}
		m.paused, m.reason = time.Time{}, ""
		if in.Minutes > 0 {
			m.paused = s.Now().In(d.Zone).Add(time.Duration(in.Minutes) * time.Minute)
			if in.Reason != nil {
				m.reason = *in.Reason
			}
		}
		return nil
	})
}

// rooms lists those of the institution.
func (d Desk) rooms(ctx context.Context, c *module.Call, _ none) (out rooms, err error) {
	s, who := c.Session.Behalf(Process), c.Session.Actor()
	if who.Institution == "" {
		return out, fault.New(fault.Forbidden, "You work at no hospital whose rooms these would be. 您不属于任何医疗机构。")
	}
	name, err := d.called(ctx, s, who.Institution)
	if err != nil {
		return out, err
	}
	out.Institution = form.Named{Reference: form.Reference(who.Institution), Display: name}
	all, err := d.allRooms(ctx, s, who.Institution)
	if err != nil {
		return out, err
	}
	serve := map[string]*ticket{}
	if who.Role != gate.Administrator && who.Role != gate.Office { // these look after the rooms, not after whom they serve
		if serve, err = d.serving(ctx, s, all); err != nil {
			return out, err
		}
	}
	p, err := d.people(ctx, s, slices.Collect(maps.Values(serve)))
	if err != nil {
		return out, err
	}
	out.Rooms = views(all, serve, p, s.Now().In(d.Zone))
	for _, m := range all {
		if m.person != "" && m.person == who.Reference {
			mine := m.named()
			out.Mine = &mine
		}
	}
	return out, nil
}

// serving are the tickets that rooms serve, by the rooms.
func (d Desk) serving(ctx context.Context, s *gate.Session, all []*room) (map[string]*ticket, error) {
	scopes := make([]string, len(all))
	for i, m := range all {
		scopes[i] = m.scope()
	}
	taken, err := s.Reserved(ctx, scopes...)
	if err != nil {
		return nil, err
	}
	by := map[string]*ticket{}
	for _, r := range taken {
		t, err := d.ticket(ctx, s, refIn(r.Holder))
		if err != nil {
			return nil, err
		}
		by[t.room] = t
	}
	return by, nil
}

// byName compares names as people sort rooms: 2诊室 stands before 10诊室.
func byName(a, b string) int {
	return cmp.Or(cmp.Compare(leading(a), leading(b)), cmp.Compare(a, b))
}

// leading is the first whole number of a text; 0 for none.
func leading(text string) (n int) {
	found := false
	for _, r := range text {
		if r < '0' || r > '9' {
			if found {
				return n
			}
			continue
		}
		found = true
		if n = n*10 + int(r-'0'); n > 1_000_000 {
			return n
		}
	}
	return n
}
