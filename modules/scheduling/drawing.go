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
	drawsMost   = 1_000   // that are to be, of a region
	entriesMost = 500_000 // to one draw
	losersMost  = 100     // entries that get nothing that are written in one transaction
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
	order, over := Order(seed, w.entries), false
	var losers []ranked
	for i, id := range order {
		b, is := by[id]
		switch {
		case !is:
			continue
		case over:
			losers = append(losers, ranked{b, i})
			continue
		}
		if over, err = d.giveOne(ctx, s, w, b, segments, l, i); fault.CodeOf(err) == fault.Precondition {
			continue // withdrawn at this moment; what is still to be done the next look does
		}
		if err != nil {
			return err
		}
	}
	for some := range slices.Chunk(losers, losersMost) {
		if err := d.giveNothing(ctx, s, w, some, segments, l); err != nil {
			return err
		}
	}
	if left, err := d.entries(ctx, s, w, true); err != nil || slices.ContainsFunc(left, func(b booking) bool { return slices.Contains(w.entries, b.ref.ID) }) {
		return errors.Join(err, fault.New(fault.Precondition, "not all entries to %s are settled", w.ref))
	}
	return nil
}

// ranked is an entry, and how many are before it in the order of the draw.
type ranked struct {
	booking
	rank int
}

// giveOne gives an entry the first of its times that has a place, or has it wait, or calls it off. over says that no place is left for anybody.
func (d Desk) giveOne(ctx context.Context, s *gate.Session, w draw, b booking, segments []segment, l limits, rank int) (over bool, err error) {
	names, err := s.Names(ctx, b.patient)
	if err != nil {
		return false, err
	}
	for range tries {
		b.alike = names
		next, g, err := d.lot(ctx, s, b, segments, l)
		if err != nil {
			return false, err
		}
		var with []gate.Op
		if next.slot != "" {
			next.status = statusBooked
			with = []gate.Op{{Kind: gate.Read, Type: typeSlot, ID: g.ref.ID, IfVersion: g.version}}
		} else {
			if err = d.lose(ctx, s, w, &next, l, rank); err == nil {
				over, err = d.drained(ctx, s, segments)
			}
			if err != nil {
				return false, err
			}
		}
		ops, err := next.ops(s.Now())
		if err != nil {
			return false, err
		}
		if _, err = s.Apply(ctx, append(ops, with...), nil); fault.CodeOf(err) != fault.Conflict {
			return over, err
		}
	}
	return false, forestalled()
}

// lose has an entry that gets nothing wait in the order of the draw, where that is wished and can be, or calls it off.
func (d Desk) lose(ctx context.Context, s *gate.Session, w draw, b *booking, l limits, rank int) error {
	if b.wish.waits && !b.wish.over(s.Now().In(d.Zone)) {
		switch err := d.queued(ctx, s, b, l); fault.CodeOf(err) {
		case "":
			b.status, b.created = statusWaiting, w.opens.Add(time.Duration(rank)*time.Microsecond)
			return nil
		case fault.Unprocessable, fault.Conflict: // they wait for too much already, or are barred
		default:
			return err
		}
	}
	b.off(OffUndrawn)
	return nil
}

// drained tells whether no place is left to be drawn.
func (d Desk) drained(ctx context.Context, s *gate.Session, segments []segment) (bool, error) {
	has, err := d.taken(ctx, s, segments)
	return !slices.ContainsFunc(segments, func(g segment) bool {
		g.Draws = false
		return len(g.Open(Online, has[g.scope()], s.Now())) > 0
	}), err
}

// giveNothing has entries wait, or calls them off, once no place is left: together, or one by one where one of them has just been withdrawn.
func (d Desk) giveNothing(ctx context.Context, s *gate.Session, w draw, some []ranked, segments []segment, l limits) error {
	var all []gate.Op
	for _, one := range some {
		b := one.booking
		names, err := s.Names(ctx, b.patient)
		if err != nil {
			return err
		}
		b.alike = names
		if err := d.lose(ctx, s, w, &b, l, one.rank); err != nil {
			return err
		}
		ops, err := b.ops(s.Now())
		if err != nil {
			return err
		}
		all = append(all, ops...)
	}
	_, err := s.Apply(ctx, all, nil)
	if code := fault.CodeOf(err); code != fault.Precondition && code != fault.Conflict {
		return err
	}
	for _, one := range some {
		if _, err := d.giveOne(ctx, s, w, one.booking, segments, l, one.rank); err != nil && fault.CodeOf(err) != fault.Precondition {
			return err
		}
	}
	return nil
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
