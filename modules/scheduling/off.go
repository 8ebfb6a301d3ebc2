package scheduling

import (
	"context"
	"strings"
	"time"

	"yitong/internal/cases"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/module"
)

type (
	stopping struct {
		From   form.Date `name:"from" zh:"停诊开始日期" en:"From"`
		To     form.Date `name:"to" zh:"停诊结束日期" en:"To" doc:"The last day."`
		Reason *string   `name:"reason" zh:"停诊原因" en:"Reason" bytes:"300" doc:"Those who have booked read it; left out only where a stop is taken back."`
		Back   *bool     `name:"back" zh:"恢复出诊" en:"Take it back" doc:"These days are stopped no more. Times that have not begun are open again; who was called off is not booked again."`
	}
	stop struct {
		Segments int        `name:"segments" zh:"停诊或恢复的时段数" en:"Segments" doc:"That are stopped, or are open again."`
		Visits   int        `name:"visits" zh:"已通知的预约数" en:"Visits called off"`
		Later    *form.Date `name:"later" zh:"尚未放号起始日期" en:"Not published from" doc:"From this day of the stop on nothing is published yet: what will be is stopped."`
		Left     int        `name:"left" zh:"未能恢复的时段数" en:"Segments that stay stopped" doc:"When a stop is taken back: their doctor is at another clinic then."`
	}
)

// stopDays is for how many days a clinic is stopped at once.
const stopDays = 92

func (in stopping) back() bool { return in.Back != nil && *in.Back }

func (in stopping) reason() string {
	if in.Reason == nil {
		return ""
	}
	return strings.TrimSpace(*in.Reason)
}

// check refuses what is no stop.
func (in stopping) check(zone *time.Location) (from, to time.Time, err error) {
	from, to = in.From.Time(zone), in.To.Time(zone).AddDate(0, 0, 1)
	switch {
	case !from.Before(to) || to.After(from.AddDate(0, 0, stopDays)):
		err = fault.New(fault.Unprocessable, "A clinic is stopped for 1 to %d days. 一次停诊 1 至 %[1]d 天。", stopDays).At("to")
	case !in.back() && in.reason() == "":
		err = fault.New(fault.Malformed, "Give the reason: those who have booked read it. 请填写停诊原因。").At("reason")
	}
	return from, to, err
}

// stop stops a clinic for some days: nothing can be booked, and who has booked is told. That is nobody's fault, and counts as no missed
// visit (rules of appointments: 停诊). Asked again it goes on where it broke off. Taken back, what has not begun is open again.
func (d Desk) stop(ctx context.Context, c *module.Call, in stopping) (out stop, err error) {
	s := c.Session.Behalf(Process)
	from, to, err := in.check(d.Zone)
	if err != nil {
		return out, err
	}
	clinic, err := d.pause(ctx, c, in)
	if err != nil {
		return out, err
	}
	var all []segment
	whole, err := cases.EachVersion(ctx, s, typeSlot, segmentsMost, []search.Pair{
		{Name: "schedule", Value: c.Ref.String()}, {Name: "start", Value: "ge" + from.Format(time.RFC3339)}, {Name: "start", Value: "lt" + to.Format(time.RFC3339)},
	}, func(r fhir.Resource, version int64) bool {
		if g, is := segmentOf(r, version, d.Zone); is && !g.Start.Before(dayBegins(s.Now().In(d.Zone))) {
			all = append(all, g)
		}
		return true
	})
	if err != nil {
		return out, err
	}
	if !whole {
		return out, fault.New(fault.Unprocessable, "That is more than %d segments: stop the clinic for fewer days at a time. 一次停诊的时段过多，请缩短日期。", segmentsMost).At("to")
	}
	if in.back() {
		return out, d.resume(ctx, s, clinic, all, &out)
	}
	pattern, _, _, err := clinicOf(clinic)
	if err != nil {
		return out, err
	}
	out.Later = in.later(pattern, s.Now().In(d.Zone))
	for _, g := range all { // all of them before anybody is told of other times
		if !s.Now().Before(g.End) {
			continue // but who has come then may wait still
		}
		if err := d.stopSegment(ctx, s, g); err != nil {
			return out, err
		}
		out.Segments++
	}
	off := callingOff{reason: in.reason(), instead: map[string][]other{}, draws: map[string]bool{}}
	for _, g := range all {
		if err := d.callOff(ctx, s, g, &off); err != nil {
			return out, err
		}
	}
	out.Visits = off.visits
	return out, nil
}

// stopSegment stops a segment, so that nobody books it any more.
func (d Desk) stopSegment(ctx context.Context, s *gate.Session, g segment) error {
	for range tries {
		if g.Stopped {
			return nil
		}
		g.Stopped = true
		slot, err := g.resource()
		if err == nil {
			_, err = s.Apply(ctx, []gate.Op{{Kind: gate.Update, Type: typeSlot, ID: g.ref.ID, IfVersion: g.version, Resource: slot}}, nil)
		}
		if fault.CodeOf(err) != fault.Precondition {
			return err
		}
		if g, err = d.segment(ctx, s, g.ref); err != nil {
			return err
		}
	}
	return forestalled()
}

// settle writes what became of a booking, unless somebody else has changed it since.
func (d Desk) settle(ctx context.Context, s *gate.Session, b booking) error {
	err := d.put(ctx, s, b)
	if fault.CodeOf(err) == fault.Precondition {
		return nil // the next look finds it, if there is still anything to do
	}
	return err
}

// put writes what became of a booking, with what is to be written beside it. The error is Precondition where somebody else has changed it since.
func (d Desk) put(ctx context.Context, s *gate.Session, b booking, beside ...gate.Op) error {
	ops, err := b.ops(s.Now())
	if err == nil {
		_, err = d.apply(ctx, s, b, append(ops, beside...), nil)
	}
	return err
}

// visitsMost is how many bookings are settled in one look.
const visitsMost = 1_000

// visits calls do with the bookings that a search finds, as they stood when it was made.
func (d Desk) visits(ctx context.Context, s *gate.Session, pairs []search.Pair, do func(booking) error) error {
	var all []booking
	pairs = append(pairs, search.Pair{Name: "_tag", Value: System + "|" + tagBooking})
	_, err := cases.EachVersion(ctx, s, typeAppointment, visitsMost, pairs, func(r fhir.Resource, version int64) bool {
		if b, is := bookingOf(r, version, d.Zone); is {
			all = append(all, b)
		}
		return true
	})
	for _, b := range all {
		if err == nil {
			err = do(b)
		}
	}
	return err
}

// Settle gives back places that were held too long, and notes who has missed a visit. It says whether there may be more.
func (d Desk) Settle(ctx context.Context, s *gate.Session) (more bool, err error) {
	now, n := s.Now().In(d.Zone), 0
	// The oldest first, so that those that are still held hide none.
	err = d.visits(ctx, s, []search.Pair{{Name: "status", Value: statusHeld}, {Name: "_sort", Value: "_lastUpdated"}}, func(b booking) error {
		if b.until.IsZero() || now.Before(b.until) {
			return nil
		}
		n++
		b.giveBack(b.back, now)
		b.off(OffUnbooked)
		return d.settle(ctx, s, b)
	})
	if err != nil {
		return false, err
	}
	err = d.visits(ctx, s, []search.Pair{{Name: "status", Value: statusBooked}, {Name: "date", Value: "lt" + now.Format(time.RFC3339)}}, func(b booking) error {
		l, err := d.limits(ctx, s, b.institution, now)
		if err != nil || !now.After(b.end.Add(l.late)) {
			return err
		}
		n++
		if gone, err := d.died(ctx, s, b); gone || err != nil {
			return err
		}
		b.status = statusMissed
		return d.settle(ctx, s, b)
	})
	return n >= visitsMost, err
}
