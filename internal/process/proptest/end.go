package proptest

import (
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"yitong/internal/process"
)

// wake wakes the clock of the case.
func (w *walk) wake() {
	err := w.engine.Wake(w.ctx, w.gate.Session(process.Clock), fmt.Appendf(nil, `{"task":%q}`, w.c.Ref.ID))
	if err != nil {
		w.fail("in %s the clock is woken: %v", w.c.State, err)
	}
}

// early wakes the clock as it is, which does nothing before the deadline.
func (w *walk) early() {
	if w.late() {
		w.deadline()
		return
	}
	before := w.mark()
	w.wake()
	w.unchanged(before, "waking the clock before its time")
}

// late tells whether the deadline has passed.
func (w *walk) late() bool { return !w.c.Deadline.IsZero() && !w.now.Before(w.c.Deadline) }

// deadline lets the deadline pass and wakes the clock, several times.
func (w *walk) deadline() {
	if w.c.Deadline.IsZero() {
		return
	}
	if !w.late() {
		w.pass(w.c.Deadline.Sub(w.now) + time.Duration(rapid.IntRange(0, 120).Draw(w.T, "minutes late"))*time.Minute)
	}
	before, past, state := w.mark(), w.c, w.State(w.c.State)
	w.step("the clock is woken")
	w.wake()
	if state.Late == "" {
		w.unchanged(before, "waking the clock where it has no move")
		return
	}
	w.stands(past, choice{process.Clock, w.Move(state.Late)}, self{}, before)
	if !w.late() {
		w.early()
	}
}

// endMost is how often it is tried to bring a case on, before it is said that it cannot be brought to an end.
const endMost = 80

// finish brings the case to an end from where it is.
func (w *walk) finish() {
	far := w.far(w.final())
	for tries := 0; tries < endMost; tries++ {
		state := w.State(w.c.State)
		if state.Final() {
			return
		}
		open := w.open()
		if state.Late != "" && !w.c.Deadline.IsZero() && (len(open) == 0 || tries%5 == 4) {
			w.deadline()
			continue
		}
		if len(open) == 0 {
			w.fail("nobody who tries can bring it on from %s: it is for %v to act", state.Code, w.c.Owner)
		}
		nearer := slices.DeleteFunc(slices.Clone(open), func(ch choice) bool {
			return !leads(ch.move, far, state.Code)
		})
		if len(nearer) > 0 && tries%3 < 2 {
			open = nearer
		}
		w.move(rapid.SampledFrom(open).Draw(w.T, "towards the end"))
	}
	w.fail("after %d tries it has come to no end; it is in %s", endMost, w.c.State)
}

// goalMost is how many steps a walk takes towards a goal.
const goalMost = 24

// towards lets people, and the clock, bring the case to where a move can be made, and make it.
func (w *walk) towards(goal string) {
	move := w.Move(goal)
	far := w.far(move.From)
	for range goalMost {
		state := w.State(w.c.State)
		if state.Final() || w.made[len(w.made)-1].move == goal {
			return
		}
		at := slices.Contains(move.From, state.Code)
		on := func(m *process.Move) bool { return at && m == move || !at && leads(m, far, state.Code) }
		if at && move.Happens {
			w.elsewhere()
			continue
		}
		if !w.c.Deadline.IsZero() && on(w.Move(state.Late)) {
			w.deadline()
			continue
		}
		open := w.open()
		if some := slices.DeleteFunc(slices.Clone(open), func(ch choice) bool { return !on(ch.move) }); len(some) > 0 {
			open = some
		}
		if len(open) == 0 {
			return
		}
		w.move(rapid.SampledFrom(open).Draw(w.T, "towards "+goal))
	}
}
