package scheduling

import (
	"context"
	"sync"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/module"
	"yitong/internal/notice"
)

type none struct{}

type changed struct {
	Slot form.Reference `name:"slot" zh:"改约到的时段" en:"The new time" types:"Slot"`
}

// confirm books what is held, as long as its segment takes place.
func (d Desk) confirm(ctx context.Context, c *module.Call, _ none) (gate.Result, error) {
	for range tries {
		result, err := d.amend(ctx, c, d.sure)
		if fault.CodeOf(err) != fault.Precondition || c.IfVersion > 0 {
			return result, err
		}
	}
	return gate.Result{}, forestalled()
}

// sure makes what is held booked.
func (d Desk) sure(ctx context.Context, s *gate.Session, b *booking, _ limits) error {
	switch now := s.Now(); {
	case b.status == statusBooked:
		return fault.New(fault.Conflict, "It is booked already. 该预约已确认。").WithIssue("conflict")
	case b.status != statusHeld || !now.Before(b.until):
		return fault.New(fault.Conflict, "It is not held any more; choose a time again. 锁号已超时，请重新选择时段。").WithIssue("conflict")
	}
	g, err := d.segment(ctx, s, fhir.ParseReference(b.slot).Ref)
	if err == nil && g.Stopped {
		err = g.full(b.channel, s.Now())
	}
	b.status, b.until, b.back = statusBooked, time.Time{}, time.Time{}
	b.stands = []gate.Op{{Kind: gate.Read, Type: typeSlot, ID: g.ref.ID, IfVersion: g.version}}
	return err
}

// cancel gives the place back.
func (d Desk) cancel(ctx context.Context, c *module.Call, _ none) (gate.Result, error) {
	return d.amend(ctx, c, func(ctx context.Context, s *gate.Session, b *booking, l limits) error {
		if err := b.movable(c.Session.Actor(), l, s.Now()); err != nil {
			return err
		}
		b.giveBack(l.back(s.Now(), b.start), s.Now())
		was := b.status
		b.off(OffByPerson)
		if b.atHospital(c.Session.Actor()) {
			b.why = OffByStaff
			return d.oweBack(ctx, s, b, was)
		}
		if b.moved { // it is the hospital's doing
			return d.oweBack(ctx, s, b, was)
		}
		if was == statusBooked {
			b.undone = s.Now().In(d.Zone)
		}
		return nil
	})
}

// oweBack notes that what was paid for a visit is owed back, where it was booked.
func (d Desk) oweBack(ctx context.Context, s *gate.Session, b *booking, was string) error {
	if was != statusBooked {
		return nil
	}
	g, err := d.segment(ctx, s, fhir.ParseReference(b.slot).Ref)
	b.owe(g.price, s.Now().In(d.Zone))
	return err
}

// movable refuses to cancel or change what is over, or what it is too late for by oneself.
func (b *booking) movable(who gate.Actor, l limits, now time.Time) error {
	switch {
	case b.status == statusHeld && now.Before(b.until), b.status == statusWaiting, b.status == statusEntered:
		return nil
	case b.status != statusBooked:
		return b.unfit()
	case !now.Before(b.end):
		return fault.New(fault.Unprocessable, "The visit is over. 就诊时间已过。").WithIssue("business-rule")
	case !b.atHospital(who) && !now.Before(b.deadline(l)):
		return fault.New(fault.Unprocessable, "It is too late to do that by oneself; call the hospital. 已过自助取消或改约时间，请联系医院办理。").WithIssue("business-rule")
	}
	return nil
}

// deadline is until when whom it is for may cancel or change it by themselves: what the hospital has changed, until it begins.
func (b *booking) deadline(l limits) time.Time {
	if b.moved {
		return b.start
	}
	return l.deadline(b.start)
}

// unfit says what a booking is that is not what is asked for.
func (b *booking) unfit() error {
	return fault.New(fault.Conflict, "The appointment is %s. 该预约的状态为 %[1]s，不能这样办理。", b.status).WithIssue("conflict")
}

// amend changes a booking by who has a part in it, and tells whom it is for.
func (d Desk) amend(ctx context.Context, c *module.Call, change func(context.Context, *gate.Session, *booking, limits) error) (gate.Result, error) {
	return once(ctx, c, func(s *gate.Session) (gate.Result, error) {
		b, err := d.booking(ctx, s, c.Ref)
		if err == nil {
			err = d.party(ctx, c.Session, b)
		}
		if err != nil {
			return gate.Result{}, err
		}
		if c.IfVersion > 0 && c.IfVersion != b.version {
			return gate.Result{}, fault.New(fault.Precondition, "The appointment has been changed since: it is version %d.", b.version)
		}
		l, err := d.limits(ctx, s, b.institution, s.Now().In(d.Zone))
		if err == nil {
			err = change(ctx, s, &b, l)
		}
		if err != nil {
			return gate.Result{}, err
		}
		ops, err := b.ops(s.Now())
		if err != nil {
			return gate.Result{}, err
		}
		results, err := d.apply(ctx, s, b, ops, c.Once)
		return first(results), err
	})
}

// ops write a booking and tell whom it is for.
func (b booking) ops(now time.Time) ([]gate.Op, error) {
	op, err := b.op()
	if err != nil || b.why == OffUnbooked && b.wish == nil || b.why == OffUntreated {
		return append([]gate.Op{op}, b.stands...), err
	}
	note, err := b.notice(now)
	return append([]gate.Op{op, note}, b.stands...), err
}

// change takes a place of another segment in the place of the one that it has: there is no moment without one.
func (d Desk) change(ctx context.Context, c *module.Call, in changed) (gate.Result, error) {
	return once(ctx, c, func(s *gate.Session) (gate.Result, error) {
		for range tries {
			b, err := d.booking(ctx, s, c.Ref)
			if err == nil {
				err = d.party(ctx, c.Session, b)
			}
			if err != nil {
				return gate.Result{}, err
			}
			g, err := d.segment(ctx, s, fhir.ParseReference(string(in.Slot)).Ref)
			if err != nil {
				return gate.Result{}, err
			}
			next, l, err := d.next(ctx, c.Session, b, g)
			if err != nil {
				return gate.Result{}, err
			}
			if err := d.choose(ctx, s, g, &next, l); err != nil {
				return gate.Result{}, err
			}
			result, err := d.write(ctx, s, g, next, c.Once, next.status == statusBooked)
			if code := fault.CodeOf(err); code != fault.Conflict && code != fault.Precondition {
				return result, err
			}
		}
		return gate.Result{}, forestalled()
	})
}

// next is what a booking becomes by being changed to another segment, without a place yet.
func (d Desk) next(ctx context.Context, s *gate.Session, b booking, g segment) (next booking, l limits, err error) {
	names, err := s.Behalf(Process).Names(ctx, b.patient)
	if err != nil {
		return next, l, err
	}
	now := s.Now().In(d.Zone)
	own, err := d.limits(ctx, s.Behalf(Process), b.institution, now) // by which the place goes that is given back
	if err != nil {
		return next, l, err
	}
	if next, l, err = d.begin(ctx, s, g, names, nil); err == nil {
		err = b.movable(s.Actor(), own, now)
	}
	if err == nil && b.slot == "" {
		err = b.unfit()
	}
	if err == nil && b.referral.of != "" {
		err = fault.New(fault.Unprocessable, "A referral has booked it, and who takes the patient over chooses another time there. 该就诊由转诊约定，改约请联系接收医院在转诊中办理。").WithIssue("business-rule")
	}
	if err == nil && b.slot == next.slot {
		err = fault.New(fault.Unprocessable, "It is at that time already. 已预约该时段。").WithIssue("business-rule")
	}
	next.ref, next.version, next.patient, next.created, next.status, next.until = b.ref, b.version, b.patient, b.created, b.status, b.until
	next.wish, next.draw, next.drawn, next.rests = b.wish, b.draw, b.drawn, b.rests
	next.held = b.held
	if b.slot != "" {
		b.giveBack(own.back(now, b.start), now)
		next.rests, next.back = b.rests, l.back(b.until, next.start)
	}
	if b.start.Format(time.DateOnly) == g.day() {
		next.nth = b.nth
	}
	return next, l, err
}

// kinds are those of notices.
var kinds = sync.OnceValues(func() (notice.Registry, error) { return notice.NewRegistry(notice.Standard()...) })

// notice tells whom a booking is for how it stands.
func (b booking) notice(now time.Time) (gate.Op, error) {
	kinds, err := kinds()
	if err != nil {
		return gate.Op{}, err
	}
	title, text := b.told()
	r, err := notice.Resource(notice.Notice{
		Kind: kinds["care"], Recipients: []notice.Recipient{{Reference: b.patient.String()}}, Subject: b.patient.String(), About: []string{b.ref.String()},
		Sender: b.institution, Sent: now, Title: title, Text: text,
	})
	return gate.Op{Kind: gate.Create, Type: r.Type, Resource: r, Process: notice.Process}, err
}

func (b booking) told() (title, text bilingual.Text) {
	if b.wish != nil && b.status != statusMissed && b.why != OffStopped && !b.moved || b.draw != "" && b.slot == "" {
		return b.toldOfWish()
	}
	when := b.start.Format("2006-01-02 15:04") + "–" + b.end.Format("15:04")
	what := b.names[0]
	if b.names[1] != "" {
		what += " " + b.names[1]
	}
	switch {
	case b.moved && (b.status == statusBooked || b.status == statusHeld):
		instead := bilingual.Text{}
		if len(b.others) > 0 {
			instead = b.instead()
		}
		return bilingual.Text{Zh: "就诊安排有调整", En: "Your visit has been changed"},
			bilingual.Text{Zh: "您的就诊调整为 " + when + "，" + what + "：" + b.reason + "。号仍为您保留；不方便的话，就诊前可取消或改约，不计取消次数。" + instead.Zh, En: "Your visit is now " + when + ", " + what + " (" + b.reason + "). The place stays yours; until it begins you can cancel or change it, and that counts as nothing. " + instead.En}
	case b.referral.of != "" && b.status != statusMissed:
		return b.toldOfReferral(when, what)
	case b.status == statusBooked:
		return bilingual.Text{Zh: "预约成功", En: "Your visit is booked"},
			bilingual.Text{Zh: when + "，" + what + "。请按时到院报到。", En: when + ", " + what + ". Please come in time and check in."}
	case b.status == statusMissed:
		return bilingual.Text{Zh: "未按时就诊", En: "You have missed a visit"},
			bilingual.Text{Zh: when + "，" + what + "，未报到。多次爽约会暂停线上预约。", En: when + ", " + what + ": you did not check in. Who misses several visits cannot book online for a time."}
	case b.why == OffStopped:
		instead := b.instead()
		return bilingual.Text{Zh: "停诊通知", En: "Your visit cannot take place"},
			bilingual.Text{Zh: when + "，" + what + "停诊：" + b.reason + "。已为您取消，不计爽约和取消次数。" + instead.Zh, En: when + ", " + what + ": the clinic was stopped (" + b.reason + "). It counts neither as missed nor as cancelled. " + instead.En}
	}
	return bilingual.Text{Zh: "预约已取消", En: "Your visit is cancelled"},
		bilingual.Text{Zh: when + "，" + what + "，已取消。", En: when + ", " + what + ": cancelled."}
}
