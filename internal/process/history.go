package process

import (
	"context"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/r4"
	"yitong/internal/gate"
)

// Step is a move that was made: by whom, when, to which state, and how long the case was there.
type Step struct {
	Last
	Words bilingual.Text // of the move
	To    string
	State bilingual.Text // what that state is called
	At    time.Time
	Until time.Time // when a move led out of that state; zero as long as none has
}

// historyMost is how many moves of a case are told, the newest.
const historyMost = 500

// History tells the moves of a case, the first first. The error is NotFound for a case that the session may not know of.
func (e *Engine) History(ctx context.Context, s *gate.Session, ref fhir.Ref) (steps []Step, err error) {
	selves, err := e.selves(ctx, s)
	if err != nil {
		return nil, err
	}
	c, err := e.open(ctx, s, ref, selves)
	if err != nil {
		return nil, err
	}
	for n := max(1, c.number-historyMost+1); n <= c.number; n++ {
		v, err := s.Behalf(c.Process.Code).VRead(ctx, ref, n)
		if err != nil {
			return nil, err
		}
		doc, err := fhir.NewDoc(v.Body.Bytes)
		if err != nil {
			return nil, fault.Wrap(err, "reading a version of a case")
		}
		task, err := r4.AsTask(doc)
		if err != nil {
			return nil, err
		}
		step := Step{Last: lastOf(task), To: task.BusinessStatus().Coding().At(0).Code(), At: instant(task.LastModified())}
		if m := c.Process.Move(step.Move); m != nil {
			step.Words = m.Words
		}
		if s := c.Process.State(step.To); s != nil {
			step.State = s.Words
		}
		for k := len(steps) - 1; k >= 0 && steps[k].Until.IsZero() && steps[k].To != step.To; k-- { // a move may stay in its state
			steps[k].Until = step.At
		}
		steps = append(steps, step)
	}
	return steps, nil
}
