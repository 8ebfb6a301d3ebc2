package scheduling

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"yitong/internal/cases"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
)

const (
	drawsMost   = 1_000  // that are to be, of a region
	entriesMost = 20_000 // to one draw
)

// Draw draws what is to be drawn by now. Whatever breaks it off, it goes on there at the next look: what somebody has got stays, and nobody
// gets two.
func (d Desk) Draw(ctx context.Context, s *gate.Session) error {
	var all []draw
	_, err := cases.EachVersion(ctx, s, typeList, drawsMost, []search.Pair{{Name: "_tag", Value: System + "|" + tagUndrawn}}, func(r fhir.Resource, version int64) bool {
		if w, is := drawOf(r, version, d.Zone); is && !s.Now().Before(w.opens) {
			all = append(all, w)
		}
		return true
	})
	for _, w := range all {
		if wrong := d.drawOne(ctx, s, w); fault.CodeOf(wrong) != fault.Precondition { // another server is at it
			err = errors.Join(err, wrong)
		}
	}
	return err
}

// drawOne takes a draw from state to state, each in a transaction of its own.
func (d Desk) drawOne(ctx context.Context, s *gate.Session, w draw) error {
	for w.state != drawDone {
		var beside []gate.Op
		switch w.state {
		case drawOpen:
			w.state = drawClosed // an entry that is being written at this moment finds another version, and is refused
		case drawClosed:
			entries, err := d.entries(ctx, s, w, true)
			if err != nil {
				return err
			}
			for _, b := range entries {
				w.entries = append(w.entries, b.ref.ID)
			}
			slices.Sort(w.entries)
			w.state, w.seed = drawRevealed, hex.EncodeToString(d.seedOf(w.ref))
		case drawRevealed:
			if err := d.give(ctx, s, w); err != nil {
				return err
			}
			slots, err := d.opened(ctx, s, w)
			if err != nil {
				return err
			}
			w.state, beside = drawDone, slots
		default:
			return fault.New(fault.Internal, "%s is in no state that there is", w.ref)
		}
		op, err := w.op()
		if err != nil {
			return err
		}
		results, err := s.Apply(ctx, append([]gate.Op{op}, beside...), nil)
		if err != nil {
			return err
		}
		w.version = results[0].Version.Number
	}
	return nil
}

// entries are those to a draw: those that still wait for it, or all, whatever became of them.
func (d Desk) entries(ctx context.Context, s *gate.Session, w draw, open bool) (all []booking, err error) {
	pairs := []search.Pair{{Name: "_tag", Value: System + "|" + w.ref.ID}}
	if open {
		pairs = append(pairs, search.Pair{Name: "status", Value: statusEntered})
	}
	whole, err := cases.EachVersion(ctx, s, typeAppointment, entriesMost, pairs, func(r fhir.Resource, version int64) bool {
		if b, is := bookingOf(r, version, d.Zone); is && (!open || b.status == statusEntered) {
			all = append(all, b)
		}
		return true
	})
	if err == nil && !whole {
		err = fault.New(fault.Internal, "more than %d entered %s", entriesMost, w.ref)
	}
	return all, err
}

// give gives places in the order of the draw to those who have none yet.
func (d Desk) give(ctx context.Context, s *gate.Session, w draw) error {
	seed, err := hex.DecodeString(w.seed)
	if err != nil {
		return fault.Wrap(err, "reading the seed of "+w.ref.String())
	}
	open, err := d.entries(ctx, s, w, true)
	if err != nil {
		return err
	}
	segments, err := d.ofDraw(ctx, s, w)
	if err != nil {
		return err
	}
	l, err := d.limits(ctx, s, w.institution, s.Now().In(d.Zone))
	if err != nil {
		return err
	}
	by := map[string]booking{}
	for _, b := range open {
		by[b.ref.ID] = b
	}
	for i, id := range Order(seed, w.entries) {
		if b, is := by[id]; is {
			err := d.giveOne(ctx, s, w, b, segments, l, i)
			if fault.CodeOf(err) == fault.Precondition {
				continue // withdrawn at this moment; what is still to be done the next look does
			}
			if err != nil {
				return err
			}
		}
	}
	if left, err := d.entries(ctx, s, w, true); err != nil || slices.ContainsFunc(left, func(b booking) bool { return slices.Contains(w.entries, b.ref.ID) }) {
		return errors.Join(err, fault.New(fault.Precondition, "not all entries to %s are settled", w.ref))
	}
	return nil
}

// giveOne gives an entry the first of its times that has a place, or has it wait, or calls it off.
func (d Desk) giveOne(ctx context.Context, s *gate.Session, w draw, b booking, segments []segment, l limits, rank int) error {
	names, err := s.Names(ctx, b.patient)
	if err != nil {
		return err
	}
	for range tries {
		b.alike = names
		next, g, err := d.lot(ctx, s, b, segments, l)
		if err != nil {
			return err
		}
		var with []gate.Op
		switch {
		case next.slot != "":
			next.status = statusBooked
			with = []gate.Op{{Kind: gate.Read, Type: typeSlot, ID: g.ref.ID, IfVersion: g.version}}
		case b.wish.waits && d.queued(ctx, s, &next, l) == nil && !b.wish.over(s.Now().In(d.Zone)):
			next.status, next.created = statusWaiting, w.opens.Add(time.Duration(rank)*time.Microsecond)
		default:
			next.off(OffUndrawn)
		}
		ops, err := next.ops(s.Now())
		if err != nil {
			return err
		}
		if _, err = s.Apply(ctx, append(ops, with...), nil); fault.CodeOf(err) != fault.Conflict {
			return err
		}
	}
	return forestalled()
}

// lot is an entry with a place, where one is left that it may have.
func (d Desk) lot(ctx context.Context, s *gate.Session, b booking, segments []segment, l limits) (next booking, g segment, err error) {
	wanted := segments
	if len(b.picks) > 0 {
		wanted = nil
		for _, pick := range b.picks {
			if i := slices.IndexFunc(segments, func(g segment) bool { return g.ref.String() == pick }); i >= 0 {
				wanted = append(wanted, segments[i])
			}
		}
	}
	has, err := d.taken(ctx, s, wanted)
	if err != nil {
		return b, g, err
	}
	for _, g := range wanted {
		drawn := g
		drawn.Draws = false
		free := drawn.Open(b.channel, has[g.scope()], s.Now())
		if len(free) == 0 {
			continue
		}
		next = b
		next.slot, next.number, next.start, next.end, next.doctor, next.names = g.ref.String(), free[rand.IntN(len(free))], g.Start, g.End, g.doctor, g.names
		if _, _, err := d.allowed(ctx, s, g, &next, l); fault.CodeOf(err) == fault.Unprocessable {
			return b, g, nil // the person has too much that day already
		} else if err != nil {
			return b, g, err
		}
		next.picks, next.drawn = nil, fmt.Sprintf("%s#%d", strings.TrimPrefix(next.slot, "Slot/"), next.number)
		return next, g, nil
	}
	return b, g, nil
}

// opened has all take what a draw has left.
func (d Desk) opened(ctx context.Context, s *gate.Session, w draw) (ops []gate.Op, err error) {
	segments, err := d.ofDraw(ctx, s, w)
	for _, g := range segments {
		g.Draws = false
		slot, wrong := g.resource()
		err = errors.Join(err, wrong)
		ops = append(ops, gate.Op{Kind: gate.Update, Type: typeSlot, ID: g.ref.ID, IfVersion: g.version, Resource: slot})
	}
	return ops, err
}
