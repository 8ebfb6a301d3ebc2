package scheduling

import (
	"context"
	"slices"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
)

// callingOff is what is known and done while a clinic is stopped.
type callingOff struct {
	reason  string
	instead map[string][]other // times that are offered, by days
	draws   map[string]bool    // whose entries are called off
	visits  int                // and entries, that were called off
}

// others are the times that are offered in the place of a booking of a day.
func (o *callingOff) others(ctx context.Context, d Desk, s *gate.Session, b booking, day time.Time) (times []other, err error) {
	key := day.Format(time.DateOnly)
	times, known := o.instead[key]
	if !known {
		times, err = d.others(ctx, s, b, day)
		o.instead[key] = times
	}
	return times, err
}

// callOff calls off the visits of a segment that is stopped, and the entries to its draw, and tells of other times from their day on. Of a
// segment that is over it calls off those of whom the person has come and waits still. What was paid is owed back.
func (d Desk) callOff(ctx context.Context, s *gate.Session, g segment, off *callingOff) error {
	statuses := statusArrived
	if s.Now().Before(g.End) {
		statuses += "," + statusHeld + "," + statusBooked
	}
	err := d.visits(ctx, s, []search.Pair{{Name: "slot", Value: g.ref.String()}, {Name: "status", Value: statuses}}, func(b booking) error {
		times, err := off.others(ctx, d, s, b, dayBegins(g.Start))
		if err != nil {
			return err
		}
		done, err := d.stopVisit(ctx, s, b, g, off.reason, times)
		if done {
			off.visits++
		}
		return err
	})
	if err != nil || g.draw == "" || off.draws[g.draw] {
		return err
	}
	off.draws[g.draw] = true
	return d.stopEntries(ctx, s, fhir.ParseReference(g.draw).Ref, off)
}

// stopVisit calls off one visit of a segment that is stopped, as it stands at this moment. done is false where there was nothing to call off any more.
func (d Desk) stopVisit(ctx context.Context, s *gate.Session, b booking, g segment, reason string, times []other) (done bool, err error) {
	for range tries {
		var ticket []gate.Op
		switch {
		case b.slot != g.ref.String() || !b.live():
			return false, nil
		case b.status == statusArrived:
			waits := false
			if ticket, waits, err = d.Queue.CallOff(ctx, s, b.toVisit()); err != nil || !waits {
				return false, err
			}
		}
		next := b
		if b.status != statusHeld {
			next.owe(g.price, s.Now().In(d.Zone))
		}
		next.off(OffStopped)
		next.reason, next.others = reason, times
		if err = d.put(ctx, s, next, ticket...); fault.CodeOf(err) != fault.Precondition {
			return err == nil, err
		}
		if b, err = d.booking(ctx, s, b.ref); err != nil {
			return false, err
		}
	}
	return false, forestalled()
}

// stopEntries calls off the entries to the draw of a day that is stopped: many together, and one by one those of which one has just been withdrawn.
func (d Desk) stopEntries(ctx context.Context, s *gate.Session, ref fhir.Ref, off *callingOff) error {
	w, err := d.draw(ctx, s, ref)
	if err != nil {
		return err
	}
	all, err := d.entries(ctx, s, w, true)
	if err != nil {
		return err
	}
	for some := range slices.Chunk(all, losersMost) {
		err := d.stopTogether(ctx, s, some, off)
		if fault.CodeOf(err) != fault.Precondition {
			if err != nil {
				return err
			}
			continue
		}
		for i := range some {
			if err := d.stopTogether(ctx, s, some[i:i+1], off); err != nil && fault.CodeOf(err) != fault.Precondition {
				return err
			}
		}
	}
	return nil
}

// stopTogether calls off some entries in one transaction.
func (d Desk) stopTogether(ctx context.Context, s *gate.Session, some []booking, off *callingOff) error {
	var all []gate.Op
	for _, b := range some {
		day, err := time.ParseInLocation(time.DateOnly, b.wish.from, d.Zone)
		if err != nil {
			return fault.Wrap(err, "reading the day of "+b.ref.String())
		}
		times, err := off.others(ctx, d, s, b, day)
		if err != nil {
			return err
		}
		b.off(OffStopped)
		b.reason, b.others = off.reason, times
		ops, err := b.ops(s.Now())
		if err != nil {
			return err
		}
		all = append(all, ops...)
	}
	_, err := s.Apply(ctx, all, nil)
	if err == nil {
		off.visits += len(some)
	}
	return err
}
