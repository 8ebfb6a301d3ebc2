package queue

import (
	"context"
	"slices"
	"time"

	"yitong/internal/gate"
)

// Span is a time at which people are seen by appointment.
type Span struct{ From, Until time.Time }

// pause is how long there is nothing between two sessions of a day at the least.
const pause = 30 * time.Minute

// beginsAt is when the session begins to which a time belongs: what follows without a pause is one session. It is the time itself where
// nothing is said of it.
func beginsAt(spans []Span, at time.Time) time.Time {
	begin, until := time.Time{}, time.Time{}
	for _, s := range slices.SortedFunc(slices.Values(spans), func(a, b Span) int { return a.From.Compare(b.From) }) {
		if s.From.After(at) {
			break
		}
		if begin.IsZero() || s.From.Sub(until) >= pause {
			begin = s.From
		}
		if s.Until.After(until) {
			until = s.Until
		}
	}
	if begin.IsZero() || !at.Before(until) {
		return at
	}
	return begin
}

// spansOf are the times for which tickets are.
func spansOf(all []*ticket) []Span {
	spans := make([]Span, len(all))
	for i, t := range all {
		spans[i] = Span{t.start, t.end}
	}
	return spans
}

// spans are the times of this day at which people of a queue are seen.
func (d Desk) spans(ctx context.Context, s *gate.Session, of string, today []*ticket, now time.Time) ([]Span, error) {
	spans := spansOf(today)
	if d.Segments == nil {
		return spans, nil
	}
	from, until := d.dayOf(now)
	planned, err := d.learnt.planned(of, now, func() ([]Span, error) { return d.Segments(ctx, s, of, from, until) })
	return append(spans, planned...), err
}

// opens is when people of the session of somebody who waits are called from on, while that is still to come; else the zero time.
func opens(spans []Span, today []*ticket, start, now time.Time) time.Time {
	begin := beginsAt(spans, start)
	if !now.Before(begin) {
		return time.Time{}
	}
	for _, t := range today {
		if _, called := t.last(actCall); called && !t.start.Before(begin) {
			return time.Time{} // it has begun before its time
		}
	}
	return begin
}

// upTo is when the next of some times begins, or the one that is now; now where there is none.
func upTo(spans []Span, now time.Time) (at time.Time) {
	at = now
	for _, s := range spans {
		if s.Until.After(now) && (at.Equal(now) || s.From.Before(at)) {
			at = s.From
		}
	}
	return at
}
