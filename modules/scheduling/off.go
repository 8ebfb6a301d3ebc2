package scheduling

import (
	"context"
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
	stopped struct {
		From   form.Date `name:"from" zh:"停诊开始日期" en:"From"`
		To     form.Date `name:"to" zh:"停诊结束日期" en:"To" doc:"The last day."`
		Reason string    `name:"reason" zh:"停诊原因" en:"Reason" bytes:"300" doc:"Those who have booked read it."`
	}
	stop struct {
		Segments int `name:"segments" zh:"停诊时段数" en:"Segments"`
		Visits   int `name:"visits" zh:"已通知的预约数" en:"Visits called off"`
	}
)

// stopDays is for how many days a clinic is stopped at once.
const stopDays = 92

// stop stops a clinic for some days: nothing can be booked, and who has booked is told. That is nobody's fault, and counts as no missed
// visit (rules of appointments: 停诊). Asked again it goes on where it broke off.
func (d Desk) stop(ctx context.Context, c *module.Call, in stopped) (out stop, err error) {
	s := c.Session.Behalf(Process)
	clinic, err := d.read(ctx, s, c.Ref.String())
	if err != nil {
		return out, err
	}
	if of, _ := clinic.Extended(gate.Custodian); !tagged(clinic, tagClinic) || of != c.Session.Actor().Institution {
		return out, fault.New(fault.Forbidden, "%s is no clinic of your institution. 该门诊不属于本机构。", c.Ref)
	}
	from, to := in.From.Time(d.Zone), in.To.Time(d.Zone).AddDate(0, 0, 1)
	if !from.Before(to) || to.After(from.AddDate(0, 0, stopDays)) {
		return out, fault.New(fault.Unprocessable, "A clinic is stopped for 1 to %d days. 一次停诊 1 至 %[1]d 天。", stopDays).At("to")
	}
	var all []segment
	whole, err := cases.EachVersion(ctx, s, typeSlot, segmentsMost, []search.Pair{
		{Name: "schedule", Value: c.Ref.String()}, {Name: "start", Value: "ge" + from.Format(time.RFC3339)}, {Name: "start", Value: "lt" + to.Format(time.RFC3339)},
	}, func(r fhir.Resource, version int64) bool {
		if g, is := segmentOf(r, version, d.Zone); is && s.Now().Before(g.End) {
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
	for _, g := range all { // all of them before anybody is told of other times
		if err := d.stopSegment(ctx, s, g); err != nil {
			return out, err
		}
		out.Segments++
	}
	instead := map[string][]other{} // by days
	for _, g := range all {
		visits, err := d.callOff(ctx, s, g, in.Reason, instead)
		if err != nil {
			return out, err
		}
		out.Visits += visits
	}
	return out, nil
}

// stopSegment stops a segment, so that nobody books it any more.
func (d Desk) stopSegment(ctx context.Context, s *gate.Session, g segment) error {
	if g.Stopped {
		return nil
	}
	g.Stopped = true
	slot, err := g.resource()
	if err == nil {
		_, err = s.Apply(ctx, []gate.Op{{Kind: gate.Update, Type: typeSlot, ID: g.ref.ID, IfVersion: g.version, Resource: slot}}, nil)
	}
	return err
}

// callOff calls off the visits of a segment that is stopped, and tells of other times from their day on. What was paid is owed back.
func (d Desk) callOff(ctx context.Context, s *gate.Session, g segment, reason string, instead map[string][]other) (visits int, err error) {
	err = d.visits(ctx, s, []search.Pair{{Name: "slot", Value: g.ref.String()}, {Name: "status", Value: statusHeld + "," + statusBooked}}, func(b booking) error {
		times, known := instead[g.day()]
		if !known {
			if times, err = d.others(ctx, s, b, dayBegins(g.Start)); err != nil {
				return err
			}
			instead[g.day()] = times
		}
		if b.status == statusBooked {
			b.owe(g.price, s.Now().In(d.Zone))
		}
		b.off(OffStopped)
		b.reason, b.others = reason, times
		visits++
		return d.settle(ctx, s, b)
	})
	return visits, err
}

// settle writes what became of a booking, unless somebody else has changed it since.
func (d Desk) settle(ctx context.Context, s *gate.Session, b booking) error {
	ops, err := b.ops(s.Now())
	if err == nil {
		_, err = d.apply(ctx, s, b, ops, nil)
	}
	if fault.CodeOf(err) == fault.Precondition {
		return nil // the next look finds it, if there is still anything to do
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
