package worker

import (
	"context"
	"slices"
	"time"

	"github.com/riverqueue/river/rivertype"

	"yitong/internal/fault"
	"yitong/internal/store"
)

// Jobs is the queue as operators look at it.
type Jobs struct{ queue queue }

// OpenJobs opens the queue of a record, to look at it and to change it; it runs nothing.
func OpenJobs(ctx context.Context, db store.DB) (*Jobs, error) {
	var c Config
	c.complete(db)
	q, err := openQueue(ctx, db, "", &c)
	if err != nil {
		return nil, err
	}
	return &Jobs{q}, nil
}

// Close gives it back.
func (j *Jobs) Close() error { return j.queue.stop(context.Background()) }

// Jobs are the queue as operators look at it, while the worker runs. Closing them is for the worker.
func (w *Worker) Jobs() *Jobs { return &Jobs{w.queue} }

// State is how a job stands, as people are told.
type State string

// The states.
const (
	Waiting  State = "waiting"  // for its time, or for a free hand
	Running  State = "running"  // it is at work
	Retrying State = "retrying" // it has failed, and is tried again
	Dead     State = "dead"     // it is not tried any more
	Done     State = "done"     // kept for a day
)

// States are those in which a job waits for something, or for somebody.
func States() []State { return []State{Dead, Retrying, Running, Waiting} }

// inQueue are the states as the queue has them.
var inQueue = map[State][]rivertype.JobState{
	Waiting:  {rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateScheduled},
	Running:  {rivertype.JobStateRunning},
	Retrying: {rivertype.JobStateRetryable},
	Dead:     {rivertype.JobStateDiscarded, rivertype.JobStateCancelled},
	Done:     {rivertype.JobStateCompleted},
}

// Stands is how a job stands.
func (l Letter) Stands() State { return standing(l.State) }

func standing(inside string) State {
	for state, all := range inQueue {
		if slices.Contains(all, rivertype.JobState(inside)) {
			return state
		}
	}
	return Waiting
}

// Sought says which jobs are looked for.
type Sought struct {
	States []State
	Kind   string // "" for any
	Below  int64  // the number that theirs lie below, 0 for any
	Most   int
}

// Find are jobs, the newest first.
func (j *Jobs) Find(ctx context.Context, s Sought) ([]Letter, error) {
	var states []rivertype.JobState
	for _, one := range s.States {
		states = append(states, inQueue[one]...)
	}
	return j.queue.list(ctx, states, s.Kind, s.Below, s.Most)
}

// Dead are the newest jobs that are not tried any more, at most so many.
func (j *Jobs) Dead(ctx context.Context, most int) ([]Letter, error) {
	return j.Find(ctx, Sought{States: []State{Dead}, Most: most})
}

// Open are the newest jobs that wait or are at work, at most so many.
func (j *Jobs) Open(ctx context.Context, most int) ([]Letter, error) {
	return j.Find(ctx, Sought{States: []State{Waiting, Running, Retrying}, Most: most})
}

// One is a job by its number. The error is NotFound where there is none.
func (j *Jobs) One(ctx context.Context, number int64) (Letter, error) {
	return j.queue.one(ctx, number)
}

// Pile are the jobs of a kind in a state.
type Pile struct {
	Kind  string
	State State
	Count int
	Due   time.Time // of the first of them
}

// Piles are the jobs that are not done, by kind and state.
func (j *Jobs) Piles(ctx context.Context) ([]Pile, error) { return j.queue.piles(ctx) }

// Retry runs a job again, a dead letter or one that waits for its time. The error is NotFound where there is none, Conflict where an
// equal job waits.
func (j *Jobs) Retry(ctx context.Context, number int64) error { return j.queue.retry(ctx, number) }

// Again runs a job again that is not tried any more, and tells how it stood; any other it leaves as it is, so that it can be asked for
// twice. The errors are those of [Jobs.Retry].
func (j *Jobs) Again(ctx context.Context, number int64) (stood State, err error) {
	l, err := j.One(ctx, number)
	if err == nil && l.Stands() == Dead {
		err = j.Retry(ctx, number)
	}
	return l.Stands(), err
}

// lettersMost is how many dead letters are run again in one go.
const lettersMost = 10_000

// RetryAll runs the dead letters again that there are now, and tells how many; those stay for which an equal job waits.
func (j *Jobs) RetryAll(ctx context.Context) (n int, err error) {
	dead, err := j.Dead(ctx, lettersMost)
	if err != nil {
		return 0, err
	}
	for _, l := range dead {
		switch err := j.Retry(ctx, l.Number); fault.CodeOf(err) {
		case "":
			n++
		case fault.Conflict, fault.NotFound:
		default:
			return n, err
		}
	}
	return n, nil
}

// Drop takes a job out of the queue for good. The error is Conflict while it is at work.
func (j *Jobs) Drop(ctx context.Context, number int64) error { return j.queue.drop(ctx, number) }
