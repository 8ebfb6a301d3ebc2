package queue

import (
	"context"

	"yitong/internal/cases"
	"yitong/internal/fault"
	"yitong/internal/gate"
	"yitong/internal/module"
)

// advance changes a ticket by who has a part in it.
func (d Desk) advance(ctx context.Context, c *module.Call, change func(*gate.Session, *ticket) error) (gate.Result, error) {
	return once(ctx, c, func(s *gate.Session) (gate.Result, error) {
		return again(func() (gate.Result, error) {
			t, err := d.party(ctx, c.Session, c.Ref)
			if err == nil {
				err = change(s, t)
			}
			if err != nil {
				return gate.Result{}, err
			}
			return d.apply(ctx, s, []*ticket{t}, nil, c.Once)
		})
	})
}

// inRoom refuses who does not sit where a ticket is.
func (d Desk) inRoom(ctx context.Context, s *gate.Session, t *ticket) (*room, error) {
	if !t.inRoom() {
		return nil, t.unfit()
	}
	m, err := d.room(ctx, s, refIn(t.room))
	if err == nil {
		err = m.held(s.Actor())
	}
	return m, err
}

// start says that who was called has come in.
func (d Desk) start(ctx context.Context, c *module.Call, _ none) (gate.Result, error) {
	return d.advance(ctx, c, func(s *gate.Session, t *ticket) error {
		if _, err := d.inRoom(ctx, s, t); err != nil {
			return err
		}
		return t.do(step{Act: actStart, At: s.Now().In(d.Zone), Room: t.room})
	})
}

// finish ends a consultation.
func (d Desk) finish(ctx context.Context, c *module.Call, in finishing) (gate.Result, error) {
	return d.advance(ctx, c, func(s *gate.Session, t *ticket) error {
		k := desk{now: s.Now().In(d.Zone)}
		if t.state == Tests { // whom the doctor need not see again
			if c.Session.Actor().Role != gate.Doctor {
				return fault.New(fault.Forbidden, "A doctor says that a visit is over. 由医师确认就诊结束。")
			}
			return k.end(t, Ending(in.As))
		}
		if _, err := d.inRoom(ctx, s, t); err != nil {
			return err
		}
		return k.end(t, Ending(in.As))
	})
}

// skip lets others go before who was called and has not come.
func (d Desk) skip(ctx context.Context, c *module.Call, _ none) (gate.Result, error) {
	return d.advance(ctx, c, func(s *gate.Session, t *ticket) error {
		m, err := d.inRoom(ctx, s, t)
		if err != nil {
			return err
		}
		k, err := d.deskOf(ctx, s, m)
		if err != nil {
			return err
		}
		return k.end(t, EndSkip)
	})
}

// back lets somebody wait again who was at tests, or was skipped.
func (d Desk) back(ctx context.Context, c *module.Call, _ none) (gate.Result, error) {
	return d.advance(ctx, c, func(s *gate.Session, t *ticket) error {
		return t.do(step{Act: actBack, At: s.Now().In(d.Zone)})
	})
}

// leave lets somebody wait no more. Who is with the doctor is for the doctor to end.
func (d Desk) leave(ctx context.Context, c *module.Call, _ none) (gate.Result, error) {
	return d.advance(ctx, c, func(s *gate.Session, t *ticket) error {
		if t.state == Consulting {
			return t.unfit()
		}
		return t.do(step{Act: actLeave, At: s.Now().In(d.Zone)})
	})
}

// prioritise says why somebody goes first.
func (d Desk) prioritise(ctx context.Context, c *module.Call, in prioritising) (gate.Result, error) {
	return d.advance(ctx, c, func(s *gate.Session, t *ticket) error {
		now := s.Now().In(d.Zone)
		l, err := d.limits(ctx, s, t.institution, now)
		if err != nil {
			return err
		}
		if in.Reason != NoPriority && !l.first[in.Reason] {
			return fault.New(fault.Unprocessable, "By the rules of the region nobody goes first for that reason. 按本地规则，该情形不优先就诊。").At("reason").WithIssue("business-rule")
		}
		if t.priority = in.Reason; in.Reason == NoPriority {
			t.priority = ""
		}
		return t.do(step{Act: actFirst, At: now, Reason: string(in.Reason)})
	})
}

// transfer moves somebody to another queue of the hospital, and tells them. When they are due stays.
func (d Desk) transfer(ctx context.Context, c *module.Call, in transferring) (gate.Result, error) {
	return once(ctx, c, func(s *gate.Session) (gate.Result, error) {
		return again(func() (gate.Result, error) {
			t, err := d.party(ctx, c.Session, c.Ref)
			if err == nil {
				err = d.move(ctx, s, t, in)
			}
			if err != nil {
				return gate.Result{}, err
			}
			note, err := noticeOf(t, moved(t), s.Now())
			if err != nil {
				return gate.Result{}, err
			}
			return d.apply(ctx, s, []*ticket{t}, []gate.Op{note}, c.Once)
		})
	})
}

// move puts a ticket into another queue.
func (d Desk) move(ctx context.Context, s *gate.Session, t *ticket, in transferring) error {
	if string(in.To) == t.queue() {
		return fault.New(fault.Unprocessable, "It stands in that queue already. 已在该队列候诊。").At("to").WithIssue("business-rule")
	}
	r, _, err := d.read(ctx, s, string(in.To))
	if err != nil {
		return err
	}
	at, department, doctor := r.Root.Get("providedBy").Get("reference").Str(), string(in.To), ""
	names := [2]string{cases.Called(r)}
	if r.Type == typePost {
		at, doctor, department = r.Root.Get("organization").Get("reference").Str(), string(in.To), r.Root.Get("healthcareService").First().Get("reference").Str()
		if names[1], err = d.called(ctx, s, r.Root.Get("practitioner").Get("reference").Str()); err != nil {
			return err
		}
		if department == "" { // the post says no department: the one that there was
			department, names[0] = t.department, t.names[0]
		} else if names[0], err = d.called(ctx, s, department); err != nil {
			return err
		}
	}
	if at != t.institution {
		return fault.New(fault.Unprocessable, "That queue is of another hospital. 只能转到本院的队列。").At("to").WithIssue("business-rule")
	}
	t.department, t.doctor, t.names = department, doctor, names
	return t.do(step{Act: actMove, At: s.Now().In(d.Zone), Reason: in.Reason})
}
