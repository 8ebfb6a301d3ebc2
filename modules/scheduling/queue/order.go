package queue

import (
	"cmp"
	"slices"
	"time"
)

// limits are the rules of queues of a region on a day.
type limits struct {
	calls, behind, skips int
	first                map[Priority]bool
	age                  int
	every, returns       int
	early                time.Duration
	notify               int
}

// next is who is called at some place of the line, and why then.
type next struct {
	*ticket
	turn turn
}

// order is the line: who is called one behind the other, if nobody comes. all are the tickets of the day of what is called from.
//
// First visits are called as they are due. Of those whose segment has begun, or begins next, who has priority goes before others, with at
// most one of so many calls. One who is back from tests comes behind so many first visits, or when nobody else waits. Who was skipped
// lets those go first who waited then, as many as the rules say. What the calls were until now is read from the steps.
func order(all []*ticket, l limits, now time.Time) (line []next) {
	c := countOf(all)
	var in []*waiter
	for _, t := range all {
		if t.inLine() {
			in = append(in, c.waiter(t, l))
		}
	}
	slices.SortFunc(in, func(a, b *waiter) int { return before(a.ticket, b.ticket) })
	horizon := horizonOf(in, now)
	for len(in) > 0 {
		i, why := c.pick(in, l, horizon)
		one := in[i]
		in = slices.Delete(in, i, i+1)
		c.count(why)
		for _, other := range in {
			if !one.joined.After(other.skipped) {
				other.held--
			}
		}
		line = append(line, next{one.ticket, why})
	}
	return line
}

// waiter is somebody in the line.
type waiter struct {
	*ticket
	joined  time.Time
	returns bool
	first   bool      // has priority
	skipped time.Time // the zero time for who was not
	held    int       // how many are still called before who was skipped
}

func (c *counted) waiter(t *ticket, l limits) *waiter {
	w := &waiter{ticket: t, joined: t.joined(len(t.steps)), returns: t.returned(), first: l.first[t.priority]}
	if s, is := t.last(actSkip); is {
		w.skipped, w.held = s.At, t.behind-c.behind(t, s.At)
	}
	return w
}

// before is the order of those who are alike: as they are due, by their places.
func before(a, b *ticket) int {
	return cmp.Or(a.due.Compare(b.due), cmp.Compare(a.place, b.place), cmp.Compare(a.ref.ID, b.ref.ID))
}

// horizonOf is until when segments begin of which people have priority: those that have begun, and the next.
func horizonOf(in []*waiter, now time.Time) (until time.Time) {
	until = now
	for _, t := range in {
		if t.start.After(now) && (until.Equal(now) || t.start.Before(until)) {
			until = t.start
		}
	}
	return until
}

// counted is what the calls of the day were.
type counted struct {
	calls    []oneCall // in their order
	priority int       // calls since one went before others; -1 where none did
	returns  int       // first visits since one came back
}

// oneCall is a call of somebody who had joined the line at some time.
type oneCall struct {
	at, joined time.Time
	id         string
	turn       turn
}

func countOf(all []*ticket) *counted {
	c := &counted{priority: -1}
	for _, t := range all {
		for i, s := range t.steps {
			if s.Act == actCall {
				c.calls = append(c.calls, oneCall{s.At, t.joined(i), t.ref.ID, s.Turn})
			}
		}
	}
	slices.SortFunc(c.calls, func(a, b oneCall) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.id, b.id)) })
	for _, one := range c.calls {
		c.count(one.turn)
	}
	return c
}

// behind is how many others were called, from an instant on, of those who were in the line then.
func (c *counted) behind(t *ticket, at time.Time) (n int) {
	for _, one := range c.calls {
		if one.id != t.ref.ID && !one.at.Before(at) && !one.joined.After(at) {
			n++
		}
	}
	return n
}

// joined is when a ticket joined the line, before some of its steps.
func (t *ticket) joined(before int) (at time.Time) {
	for _, s := range t.steps[:before] {
		if s.Act == actArrive || s.State == Returning && s.Act == actBack {
			at = s.At
		}
	}
	return at
}

// count notes a call. Those out of turn change nothing for the others.
func (c *counted) count(t turn) {
	if t == turnOut {
		return
	}
	if c.priority >= 0 {
		c.priority++
	}
	switch t {
	case turnPriority:
		c.priority, c.returns = 0, c.returns+1
	case turnReturn:
		c.returns = 0
	default:
		c.returns++
	}
}

// pick is who is called next of those in the line, who are in the order in which they are due, and why. Who lets others go first is called
// if nobody else waits.
func (c *counted) pick(in []*waiter, l limits, horizon time.Time) (i int, why turn) {
	first, returns, priority := -1, -1, -1
	for i, w := range in {
		switch {
		case w.held > 0:
		case w.returns && returns < 0:
			returns = i
		case w.returns:
		case first < 0:
			first = i
		case priority < 0 && w.first && !w.start.After(horizon):
			priority = i
		}
	}
	switch {
	case first < 0 && returns < 0:
		return 0, in[0].turn()
	case returns >= 0 && (first < 0 || c.returns >= l.returns):
		return returns, turnReturn
	case priority >= 0 && !in[first].first && (c.priority < 0 || c.priority >= l.every-1):
		return priority, turnPriority
	}
	return first, turnFirst
}

// turn is why somebody is called who goes before nobody.
func (w *waiter) turn() turn {
	if w.returns {
		return turnReturn
	}
	return turnFirst
}
