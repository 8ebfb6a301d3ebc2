package scheduling

import (
	"cmp"
	"context"
	"slices"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/process"
)

// referral is what a visit knows of the referral that has booked it; the zero value for a visit of its own.
type referral struct {
	of      string // the case, Task/…
	request string // the ServiceRequest that the visit is based on
	from    string // the institution that refers
}

// referralIn reads the referral of an Appointment.
func referralIn(n fhir.Node) referral {
	return referral{
		of: extended(n, urlReferral).Get("valueReference").Get("reference").Str(), from: extended(n, urlReferrer).Get("valueReference").Get("reference").Str(),
		request: n.Get("basedOn").First().Get("reference").Str(),
	}
}

// put writes it into an Appointment.
func (r referral) put(into object, extensions []extension) []extension {
	if r.of == "" {
		return extensions
	}
	into["basedOn"] = []reference{to(r.request)}
	return append(extensions, refers(urlReferral, r.of), refers(urlReferrer, r.from))
}

// BookVisit implements [process.Visits]: whoever takes a patient over takes a place as a member of the alliance does, of those for referrals
// first.
func (d Desk) BookVisit(ctx context.Context, by *gate.Session, v process.Visit) ([]gate.Op, error) {
	s := by.Behalf(Process)
	patient, err := d.read(ctx, s, v.Resident)
	if err != nil {
		return nil, err
	}
	if dead(patient) {
		return nil, fault.New(fault.Unprocessable, "Nobody can be booked for who has died. 该居民已登记死亡。").WithIssue("business-rule")
	}
	names, err := s.Names(ctx, gate.Golden(patient))
	if err != nil {
		return nil, err
	}
	g, err := d.segment(ctx, s, fhir.ParseReference(v.Slot).Ref)
	if err != nil {
		return nil, err
	}
	switch {
	case g.department != v.Department:
		return nil, fault.New(fault.Unprocessable, "This time is not of the department that is asked. 该时段不属于本次转诊申请的科室，请重新选择。").WithIssue("value")
	case g.doctor != "" && g.doctor != v.Doctor:
		return nil, fault.New(fault.Unprocessable, "This time is another doctor's. 该时段不是接收医师的门诊，请重新选择。").WithIssue("value")
	}
	now, who := s.Now().In(d.Zone), s.Actor()
	l, err := d.limits(ctx, s, g.institution, now)
	if err == nil && slices.Contains(l.realName, Member) {
		err = d.realName(ctx, s, names)
	}
	if err != nil {
		return nil, err
	}
	b := booking{
		ref: v.Appointment, status: statusBooked, slot: g.ref.String(), patient: names[0], alike: names, start: g.Start, end: g.End, department: g.department,
		doctor: g.doctor, names: g.names, institution: g.institution, channel: Member, by: who.Reference, byAt: who.Institution, created: now,
		referral: referral{v.Case.String(), v.Request, v.From},
	}
	if err := d.moveTo(ctx, s, &b, g, l); err != nil {
		return nil, err
	}
	if err := d.choose(ctx, s, g, &b, l); err != nil {
		return nil, err
	}
	ops, err := b.ops(now)
	return asOwn(append(ops, gate.Op{Kind: gate.Read, Type: typeSlot, ID: g.ref.ID, IfVersion: g.version})), err
}

// moveTo lets a booking that is made for a referral take the place of the one that it has, if it has one: that gives its place back.
func (d Desk) moveTo(ctx context.Context, s *gate.Session, b *booking, g segment, l limits) error {
	old, err := d.booking(ctx, s, b.ref)
	switch code := fault.CodeOf(err); {
	case code == fault.NotFound:
		return nil
	case err != nil:
		return err
	case old.status != statusBooked || old.referral.of != b.referral.of:
		return old.unfit()
	case old.slot == b.slot:
		return fault.New(fault.Unprocessable, "It is at that time already. 已预约该时段。").WithIssue("business-rule")
	}
	now := s.Now()
	old.giveBack(l.back(now, old.start), now)
	b.version, b.created, b.patient, b.rests = old.version, old.created, old.patient, old.rests
	if old.start.Format(time.DateOnly) == g.day() {
		b.nth = old.nth
	}
	return nil
}

// CallOff implements [process.Visits].
func (d Desk) CallOff(ctx context.Context, by *gate.Session, appointment fhir.Ref, tell bool) ([]gate.Op, error) {
	s := by.Behalf(Process)
	b, err := d.booking(ctx, s, appointment)
	now := s.Now().In(d.Zone)
	if err != nil || b.status != statusBooked || !now.Before(b.end) {
		return nil, err
	}
	l, err := d.limits(ctx, s, b.institution, now)
	if err != nil {
		return nil, err
	}
	b.giveBack(l.back(now, b.start), now)
	b.off(OffReferral)
	ops, err := b.ops(now)
	if !tell && err == nil {
		ops = ops[:1]
	}
	return asOwn(ops), err
}

// Came implements [process.Visits]: who has been taken over has not missed the visit, though nobody had checked them in.
func (d Desk) Came(ctx context.Context, by *gate.Session, appointment fhir.Ref) ([]gate.Op, error) {
	b, err := d.booking(ctx, by.Behalf(Process), appointment)
	if err != nil || b.status != statusBooked && b.status != statusMissed {
		return nil, err
	}
	b.status = statusFulfilled
	op, err := b.op()
	return asOwn([]gate.Op{op}), err
}

// asOwn are ops as this package writes them, within what another process writes.
func asOwn(ops []gate.Op) []gate.Op {
	for i := range ops {
		ops[i].Process = cmp.Or(ops[i].Process, Process)
	}
	return ops
}

// apply writes what became of a booking. Of one that was called off and that a referral has booked, the referral knows in the same transaction.
func (d Desk) apply(ctx context.Context, s *gate.Session, b booking, ops []gate.Op, once *gate.Idempotency) ([]gate.Result, error) {
	if b.referral.of == "" || b.status != statusCancelled || d.Lost == nil {
		return s.Apply(ctx, ops, once)
	}
	return d.Lost(ctx, s, fhir.ParseReference(b.referral.of).Ref, asOwn(ops), once)
}

// toldOfReferral says how a visit stands that a referral has booked, or has let go.
func (b booking) toldOfReferral(when, what string) (title, text bilingual.Text) {
	off := bilingual.Text{Zh: "转诊就诊已取消", En: "The visit of your referral is cancelled"}
	switch {
	case b.why == OffReferral:
		return off, bilingual.Text{Zh: when + "，" + what + "，转诊已结束，预约同时取消。", En: when + ", " + what + ": the referral has ended, and the visit with it."}
	case b.why == OffStopped:
		return off, bilingual.Text{
			Zh: when + "，" + what + "停诊：" + b.reason + "。转诊仍然有效，医院会另约时间并通知您，不计爽约。",
			En: when + ", " + what + ": the clinic was stopped (" + b.reason + "). The referral stands: the hospital sets another time and tells you. It does not count as missed.",
		}
	case b.status == statusCancelled:
		return off, bilingual.Text{
			Zh: when + "，" + what + "，已取消。转诊仍然有效，医院会另约时间并通知您。",
			En: when + ", " + what + ": cancelled. The referral stands: the hospital sets another time and tells you.",
		}
	}
	return bilingual.Text{Zh: "转诊已接收，就诊已约好", En: "Your referral is taken, and your visit is booked"},
		bilingual.Text{
			Zh: when + "，" + what + "。请按时到院报到，需携带的物品请在转诊中查看。",
			En: when + ", " + what + ". Please come in time and check in. What to bring stands in the referral.",
		}
}
