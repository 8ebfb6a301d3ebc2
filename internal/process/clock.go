package process

import (
	"context"
	"encoding/json"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
)

// ClockJob is the kind of the jobs that wake the clock of a case at its deadline.
const ClockJob = "process.clock"

// Clock is who makes the moves that are due since nobody has made another in time.
var Clock = gate.Actor{Reference: "Device/clock", Access: gate.Whole()}

// waking are the arguments of a job.
type waking struct {
	Task string `json:"task"`
}

// alarm is the job that wakes the clock of a case.
func alarm(ref fhir.Ref, due time.Time) gate.Job {
	text, _ := json.Marshal(waking{ref.ID}) // a string always can be
	return gate.Job{ID: newID(), Kind: ClockJob, Args: text, Due: due, Unique: ref.ID + " " + due.UTC().Format(time.RFC3339Nano)}
}

// Wake makes the move that is due in a case, and nothing where none is: it has moved on, or its deadline is another. Then, or where the
// clock was put back meanwhile, it is woken again at the deadline. However often it is woken, a deadline has its effect once.
func (e *Engine) Wake(ctx context.Context, s *gate.Session, args []byte) error {
	return e.woken(args, func(ref fhir.Ref) error { return e.wake(ctx, s, ref) })
}

// missedAfter is how long a deadline may have passed before the clock looks for it by itself.
const missedAfter = 15 * time.Minute

// Missed are the arguments by which [Engine.Wake] makes the moves that are due since long and that no alarm has made: it failed too often,
// or met servers only that did not know the version of the case.
func (e *Engine) Missed(ctx context.Context, s *gate.Session) (args [][]byte, err error) {
	before := s.Now().Add(-missedAfter).UTC().Format(time.RFC3339)
	for page := ""; ; {
		found, next, err := e.page(ctx, s.Unseen(), boxMost, page, search.Pair{Name: "code", Value: SystemProcess + "|"},
			search.Pair{Name: "deadline", Value: "le" + before}, search.Pair{Name: "_sort", Value: "deadline"})
		if err != nil {
			return nil, err
		}
		cases, err := e.casesOf(s, found)
		if err != nil {
			return nil, err
		}
		for _, c := range cases {
			if c.Process.State(c.state).Late != "" {
				text, _ := json.Marshal(waking{c.id}) // a string always can be
				args = append(args, text)
			}
		}
		if page = next; page == "" {
			return args, nil
		}
	}
}

func (e *Engine) wake(ctx context.Context, s *gate.Session, ref fhir.Ref) error {
	c, err := e.load(ctx, s, ref)
	if err != nil {
		return err
	}
	state := c.Process.State(c.state)
	if state.Late == "" || c.Deadline().IsZero() {
		return nil
	}
	if !c.Late() {
		_, err := s.Behalf(c.Process.Code).Commit(ctx, nil, []gate.Job{alarm(ref, c.Deadline())}, nil)
		return err
	}
	m := c.Process.Move(state.Late)
	if err := e.decide(ctx, s, c, m, fhir.Node{}); err != nil {
		return err
	}
	_, err = e.write(ctx, s, c, m, part{}, nil)
	e.meter.moved(m.Code, err)
	return err
}
