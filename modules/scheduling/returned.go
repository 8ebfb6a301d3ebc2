package scheduling

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"yitong/internal/cases"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
)

// rest is a place that was given back and is not open yet. It stays taken by the Appointment that gave it back until an instant at the
// latest; before that the platform hands it to who waits for it, or opens it to all.
type rest struct {
	slot   string // Slot/…
	number int
	until  time.Time
}

// off calls a booking off.
func (b *booking) off(why WhyOff) {
	b.status, b.why, b.until, b.back = statusCancelled, why, time.Time{}, time.Time{}
}

// giveBack gives back the place of a booking, which rests until an instant. What it has given back before and has run out is forgotten.
func (b *booking) giveBack(until, now time.Time) {
	b.rests = slices.DeleteFunc(slices.Clone(b.rests), func(r rest) bool { return !now.Before(r.until) })
	if b.slot != "" && b.live() && now.Before(until) {
		b.rests = append(b.rests, rest{b.slot, b.number, until})
	}
}

// opens is when a place that rests is open to all: at a moment of its rest that follows from what the platform alone knows. It is not in
// the record, where who has given the place back could read it.
func (d Desk) opens(of booking, r rest, most time.Duration) time.Time {
	digest := d.secret("returned", of.ref.ID, r.slot, fmt.Sprint(r.number), instant(r.until.UTC()))
	part := float64(binary.BigEndian.Uint64(digest)>>11) / math.Exp2(53)
	return r.until.Add(-time.Duration(part * float64(most)))
}

// secret is a secret of 32 bytes about something.
func (d Desk) secret(about ...string) []byte {
	mac := hmac.New(sha256.New, d.Secret)
	for _, part := range about {
		fmt.Fprintf(mac, "%d %s\n", len(part), part)
	}
	return mac.Sum(nil)
}

// HandOver gives places that have come back to who waits for them, in the order in which they began to wait, and opens to all what nobody
// takes. It says whether there may be more.
func (d Desk) HandOver(ctx context.Context, s *gate.Session) (more bool, err error) {
	var all []booking
	whole, err := cases.EachVersion(ctx, s, typeAppointment, restingMost, []search.Pair{
		{Name: "_tag", Value: System + "|" + tagResting}, {Name: "_sort", Value: "_lastUpdated"},
	}, func(r fhir.Resource, version int64) bool {
		if b, is := bookingOf(r, version, d.Zone); is {
			all = append(all, b)
		}
		return true
	})
	if err != nil {
		return false, err
	}
	waiting, done := map[string][]booking{}, false // by departments
	for _, b := range all {
		changed, wrong := d.handOver(ctx, s, b, waiting)
		done, err = done || changed, errors.Join(err, wrong) // the others come back all the same
	}
	return done && !whole, err
}

// restingMost is of how many Appointments places rest that are looked after in one look.
const restingMost = 20_000

// handOver looks after the places that one booking has given back: changed says that one rests no more.
func (d Desk) handOver(ctx context.Context, s *gate.Session, b booking, waiting map[string][]booking) (changed bool, err error) {
	l, err := d.limits(ctx, s, b.institution, s.Now().In(d.Zone))
	if err != nil {
		return false, err
	}
	for _, r := range slices.Clone(b.rests) {
		drop, err := d.resting(ctx, s, &b, r, l, waiting)
		if fault.CodeOf(err) == fault.Precondition {
			return false, nil // somebody has changed it, or who was to have it: the next look finds that
		}
		if err != nil {
			return false, err
		}
		if drop {
			b.rests, changed = slices.DeleteFunc(slices.Clone(b.rests), func(o rest) bool { return o == r }), true
		}
	}
	if !changed {
		return false, nil
	}
	op, err := b.op()
	if err == nil {
		_, err = s.Apply(ctx, []gate.Op{op}, nil)
	}
	if fault.CodeOf(err) == fault.Precondition {
		return false, nil
	}
	return true, err
}

// resting looks after one place: drop says that it rests no more and nobody was given it.
func (d Desk) resting(ctx context.Context, s *gate.Session, b *booking, r rest, l limits, waiting map[string][]booking) (drop bool, err error) {
	now := s.Now().In(d.Zone)
	g, err := d.segment(ctx, s, fhir.ParseReference(r.slot).Ref)
	if err != nil || !now.Before(r.until) || g.Stopped || !now.Before(g.Start) {
		return true, err
	}
	all, known := waiting[g.department]
	if !known {
		if all, err = d.waiting(ctx, s, g.department); err != nil {
			return false, err
		}
		waiting[g.department] = all
	}
	for i, w := range all {
		if !w.wish.fits(g) || now.Before(g.Opens) || !g.Takes(w.channel, r.number, now) {
			continue
		}
		gone, err := d.died(ctx, s, w)
		if gone {
			continue
		}
		if err == nil {
			err = d.offer(ctx, s, b, r, g, w, l)
		}
		if code := fault.CodeOf(err); code == fault.Unprocessable || code == fault.Conflict {
			continue // the person has too much already that day: the next one
		}
		if err == nil || fault.CodeOf(err) == fault.Precondition {
			waiting[g.department] = slices.Delete(slices.Clone(all), i, i+1)
		}
		return false, err
	}
	return !now.Before(d.opens(*b, r, l.rest)), nil
}

// waitingMost is how many wait at a department: as many as enter a draw.
const waitingMost = entriesMost

// waiting are all who wait at a department, the first ones first.
func (d Desk) waiting(ctx context.Context, s *gate.Session, department string) (all []booking, err error) {
	whole, err := cases.EachVersion(ctx, s, typeAppointment, waitingMost, []search.Pair{
		{Name: "_tag", Value: System + "|" + tagWish}, {Name: "actor", Value: department},
	}, func(r fhir.Resource, version int64) bool {
		if b, is := bookingOf(r, version, d.Zone); is && b.status == statusWaiting && b.wish != nil {
			all = append(all, b)
		}
		return true
	})
	if err == nil && !whole {
		err = fault.New(fault.Internal, "more than %d wait at %s", waitingMost, department)
	}
	slices.SortFunc(all, func(a, b booking) int { return a.spot().earlier(b.spot()) })
	return all, err
}

// offer hands a place over in one transaction: booked where that was asked for and can still be cancelled in peace, else held for a while.
// Whom it is for is told.
func (d Desk) offer(ctx context.Context, s *gate.Session, b *booking, r rest, g segment, w booking, l limits) error {
	w.slot, w.number, w.start, w.end, w.doctor, w.names, w.nth = r.slot, r.number, g.Start, g.End, g.doctor, g.names, ""
	names, err := s.Names(ctx, w.patient)
	if err != nil {
		return err
	}
	w.alike, w.status = names, statusBooked
	if now := s.Now().In(d.Zone); !w.wish.sure || !l.atEase(now, g.Start) {
		w.status, w.until = statusHeld, l.ends(now, g.Start)
		w.back = l.back(w.until, g.Start)
	}
	if _, _, err := d.allowed(ctx, s, g, &w, l); err != nil {
		return err
	}
	left := *b
	left.rests = slices.DeleteFunc(slices.Clone(b.rests), func(o rest) bool { return o == r })
	gives, err := left.op()
	if err != nil {
		return err
	}
	ops, err := w.ops(s.Now())
	if err != nil {
		return err
	}
	ops = append([]gate.Op{gives, {Kind: gate.Read, Type: typeSlot, ID: g.ref.ID, IfVersion: g.version}}, ops...)
	results, err := s.Apply(ctx, ops, nil)
	if err == nil {
		left.version = results[0].Version.Number
		*b = left
	}
	return err
}
