package queue

import (
	"context"
	"slices"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/module"
)

// desk is what a call goes by: the room, and the day as it stands.
type desk struct {
	room    *room
	current *ticket // in the room, nil for nobody
	all     []*ticket
	limits  limits
	now     time.Time
}

// deskOf reads what the calls of a room go by. Of all of that only whom it calls is given out.
func (d Desk) deskOf(ctx context.Context, by *gate.Session, m *room) (k desk, err error) {
	s := by.Unseen()
	k = desk{room: m, now: s.Now().In(d.Zone)}
	if k.limits, err = d.limits(ctx, s, m.institution, k.now); err != nil {
		return k, err
	}
	serving, err := d.serving(ctx, s, []*room{m})
	if err != nil {
		return k, err
	}
	k.current = serving[m.ref.String()]
	k.all, err = d.calledFrom(ctx, s, m)
	return k, err
}

// calledFrom are the tickets of the day of what a room calls from.
func (d Desk) calledFrom(ctx context.Context, s *gate.Session, m *room) (all []*ticket, err error) {
	for _, of := range []string{m.post, m.department} {
		if of == "" { // nobody sits there
			continue
		}
		some, err := d.today(ctx, s, of)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// next ends whom a room has, and calls the next.
func (d Desk) next(ctx context.Context, c *module.Call, in nexting) (gate.Result, error) {
	return once(ctx, c, func(s *gate.Session) (gate.Result, error) {
		return again(func() (gate.Result, error) {
			m, err := d.room(ctx, s, c.Ref)
			if err == nil {
				err = m.held(s.Actor())
			}
			if err == nil && m.rests(s.Now()) {
				err = fault.New(fault.Conflict, "The room is paused; go on first. 诊室处于暂停状态，请先恢复接诊。").WithIssue("conflict")
			}
			if err != nil {
				return gate.Result{}, err
			}
			k, err := d.deskOf(ctx, s, m)
			if err != nil {
				return gate.Result{}, err
			}
			return d.nextOf(ctx, s, k, in.Ends, c.Once)
		})
	})
}

// nextOf is next as the day stands.
func (d Desk) nextOf(ctx context.Context, s *gate.Session, k desk, ends *Ending, once *gate.Idempotency) (gate.Result, error) {
	var changed []*ticket
	if k.current != nil {
		if ends == nil {
			return gate.Result{}, fault.New(fault.Conflict, "Somebody is called to the room or is in it: say what becomes of them. 诊室已有患者，请先说明其就诊结果。").WithIssue("conflict").At("ends")
		}
		if err := k.end(k.current, *ends); err != nil {
			return gate.Result{}, err
		}
		changed = append(changed, k.current)
	}
	line := order(k.tickets(), k.limits, k.now)
	if len(line) > 0 && line[0].ticket.ref == k.endedRef() { // who has just been skipped is not called at once
		line = nil
	}
	if len(line) == 0 {
		if k.current == nil {
			return gate.Result{}, fault.New(fault.NotFound, "Nobody waits. 当前没有候诊患者。")
		}
		return d.apply(ctx, s, changed, nil, once)
	}
	t := line[0].ticket
	t.room, t.roomName = k.room.ref.String(), k.room.name
	if err := t.do(step{Act: actCall, At: k.now, Room: t.room, Turn: line[0].turn}); err != nil {
		return gate.Result{}, err
	}
	return d.calls(ctx, s, k, t, changed, once)
}

// tickets are those of the day, with whom the room has as it stands now.
func (k desk) tickets() (all []*ticket) {
	for _, t := range k.all {
		if k.current != nil && t.ref == k.current.ref {
			t = k.current
		}
		all = append(all, t)
	}
	return all
}

// endedRef is whom the room had.
func (k desk) endedRef() (ref fhir.Ref) {
	if k.current != nil {
		ref = k.current.ref
	}
	return ref
}

// end lets something become of whom a room has.
func (k desk) end(t *ticket, as Ending) error {
	if as == EndSkip {
		waiting := 0
		for _, other := range k.all {
			if other.inLine() && other.ref != t.ref {
				waiting++
			}
		}
		return t.skip(k.now, waiting, k.limits)
	}
	return t.do(step{Act: map[Ending]act{EndDone: actDone, EndTests: actTests, EndLeft: actLeave}[as], At: k.now, Room: t.room})
}

// calls writes a call, what became of others by it, and tells whom it concerns.
func (d Desk) calls(ctx context.Context, s *gate.Session, k desk, t *ticket, changed []*ticket, once *gate.Idempotency) (gate.Result, error) {
	note, err := noticeOf(t, toCall(t, k.room), k.now)
	if err != nil {
		return gate.Result{}, err
	}
	ops := []gate.Op{k.room.stands(), note}
	for ahead, one := range order(k.tickets(), k.limits, k.now) {
		if ahead > k.limits.notify {
			break
		}
		if one.told {
			continue
		}
		one.told = true
		if note, err = noticeOf(one.ticket, soon(one.ticket, ahead), k.now); err != nil {
			return gate.Result{}, err
		}
		changed, ops = append(changed, one.ticket), append(ops, note)
	}
	return d.apply(ctx, s, append([]*ticket{t}, changed...), ops, once)
}

// apply writes tickets, the first of which is the answer, and other ops. Whose visit is done, their Appointment is fulfilled.
func (d Desk) apply(ctx context.Context, s *gate.Session, changed []*ticket, others []gate.Op, once *gate.Idempotency) (gate.Result, error) {
	var ops []gate.Op
	written := map[fhir.Ref]bool{}
	for _, t := range changed {
		if written[t.ref] {
			continue
		}
		written[t.ref] = true
		op, err := t.op()
		if err != nil {
			return gate.Result{}, err
		}
		ops = append(ops, op)
		if t.state != Done {
			continue
		}
		if op, err = d.Fulfil(ctx, s, refIn(t.appointment)); err != nil {
			return gate.Result{}, err
		}
		ops = append(ops, op)
	}
	results, err := s.Apply(ctx, append(ops, others...), once)
	return first(results), err
}

// call calls somebody out of turn, or once more.
func (d Desk) call(ctx context.Context, c *module.Call, in calling) (gate.Result, error) {
	return once(ctx, c, func(s *gate.Session) (gate.Result, error) {
		return again(func() (gate.Result, error) {
			t, err := d.party(ctx, c.Session, c.Ref)
			if err != nil {
				return gate.Result{}, err
			}
			if t.state == Called {
				return d.recall(ctx, s, t, c.Once)
			}
			return d.outOfTurn(ctx, s, t, in, c.Once)
		})
	})
}

// recall calls once more who is called already, as often as the rules let.
func (d Desk) recall(ctx context.Context, s *gate.Session, t *ticket, once *gate.Idempotency) (gate.Result, error) {
	m, err := d.room(ctx, s, refIn(t.room))
	if err == nil {
		err = m.held(s.Actor())
	}
	if err != nil {
		return gate.Result{}, err
	}
	now := s.Now().In(d.Zone)
	l, err := d.limits(ctx, s, t.institution, now)
	if err != nil {
		return gate.Result{}, err
	}
	if t.calls() >= l.calls {
		return gate.Result{}, fault.New(fault.Unprocessable, "They were called %d times; skip them. 已呼叫 %[1]d 次，请作过号处理。", t.calls()).WithIssue("business-rule")
	}
	if err := t.do(step{Act: actAgain, At: now, Room: t.room}); err != nil {
		return gate.Result{}, err
	}
	return d.apply(ctx, s, []*ticket{t}, []gate.Op{m.stands()}, once)
}

// outOfTurn calls somebody who waits before it is their turn.
func (d Desk) outOfTurn(ctx context.Context, s *gate.Session, t *ticket, in calling, once *gate.Idempotency) (gate.Result, error) {
	if in.Reason == nil {
		return gate.Result{}, fault.New(fault.Malformed, "Say why they are called out of turn. 请填写提前呼叫的理由。").At("reason")
	}
	m, err := d.seat(ctx, s, in.Room)
	if err != nil {
		return gate.Result{}, err
	}
	k, err := d.deskOf(ctx, s, m)
	if err != nil {
		return gate.Result{}, err
	}
	if k.current != nil {
		return gate.Result{}, fault.New(fault.Conflict, "Somebody is called to the room or is in it; end that first. 诊室仍有已呼叫或就诊中的患者，请先处理。").WithIssue("conflict")
	}
	if t.department != m.department {
		return gate.Result{}, fault.New(fault.Unprocessable, "They wait at another department: move them to yours first. 该患者在其他科室候诊，请先转移队列。").WithIssue("business-rule")
	}
	if i := slices.IndexFunc(k.all, func(other *ticket) bool { return other.ref == t.ref }); i >= 0 {
		t = k.all[i] // so that the order has it as it will stand
	}
	t.room, t.roomName = m.ref.String(), m.name
	if err := t.do(step{Act: actCall, At: k.now, Room: t.room, Turn: turnOut, Reason: *in.Reason}); err != nil {
		return gate.Result{}, err
	}
	return d.calls(ctx, s, k, t, nil, once)
}

// seat is the room in which who asks sits.
func (d Desk) seat(ctx context.Context, s *gate.Session, asked *form.Reference) (*room, error) {
	if asked == nil {
		taken, err := s.Reserved(ctx, scopeDoctor+refIn(s.Actor().Reference).ID)
		if err != nil {
			return nil, err
		}
		if len(taken) == 0 {
			return nil, fault.New(fault.Forbidden, "Sit down in a room first. 请先进入诊室。")
		}
		here := form.Reference(taken[0].Holder)
		asked = &here
	}
	m, err := d.room(ctx, s, asked.Ref())
	if err == nil {
		err = m.held(s.Actor())
	}
	return m, err
}
