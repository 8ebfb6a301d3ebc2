package worker

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"yitong/internal/gate"
	"yitong/internal/store"
)

// Handler runs the jobs of a kind.
type Handler struct {
	Kind     string        // such as scheduling.remind; letters, digits, dots, dashes
	Attempts int           // before a job is a dead letter, 12
	Timeout  time.Duration // of one attempt, 0 for the worker's
	// Run does the job. An error makes it run again after a pause, one marked [Hopeless] does not. It may be run twice, and
	// so writes under [Task.Once] and gives outside services [Task.ID] to know a repetition by.
	Run func(ctx context.Context, t Task) error
}

// Task is a job at work.
type Task struct {
	ID      string // the same in every attempt
	Kind    string
	Args    []byte // JSON
	Attempt int    // from 1
}

// keepOnce is how long a job's writes are known: longer than any dead letter should lie about.
const keepOnce = 400 * 24 * time.Hour

// Once makes a write of the job safe to repeat: that of the same step is carried out once in all attempts.
func (t Task) Once(step string) *gate.Idempotency {
	digest := sha256.Sum256([]byte(t.Kind + "\x00" + step))
	return &gate.Idempotency{Key: "job/" + t.ID + "/" + step, Digest: digest[:], Keep: keepOnce}
}

// Hopeless marks an error that trying again cannot mend: the job is a dead letter at once.
func Hopeless(err error) error { return river.JobCancel(err) }

// NewJob makes a job of a kind, its arguments as JSON.
func NewJob(kind string, args any) (store.Job, error) {
	text, err := json.Marshal(args)
	return store.Job{ID: uuid.Must(uuid.NewV7()).String(), Kind: kind, Args: text}, err
}

const attemptsMost = 12

// longest is the greatest pause between two attempts.
const longest = time.Hour

// envelope is a job as the queue keeps it.
type envelope struct {
	kind string
	ID   string `json:"id"`
	Key  string `json:"key,omitempty" river:"unique"`
	Args []byte `json:"args"` // in base64, for not all JSON can stand in PostgreSQL's
}

// Kind implements [river.JobArgs].
func (e envelope) Kind() string { return e.kind }

// runner runs the jobs of one kind for the queue.
type runner struct {
	river.WorkerDefaults[envelope]
	handler Handler
}

// Timeout implements [river.Worker].
func (r *runner) Timeout(*river.Job[envelope]) time.Duration { return r.handler.Timeout }

// Work implements [river.Worker].
func (r *runner) Work(ctx context.Context, job *river.Job[envelope]) error {
	return r.handler.Run(ctx, Task{ID: job.Args.ID, Kind: job.Kind, Args: job.Args.Args, Attempt: job.Attempt})
}

// backOff doubles the pause after each attempt, a little more or less, so that jobs that failed together do not come
// back together.
type backOff struct{ first time.Duration }

// NextRetry implements [river.ClientRetryPolicy].
func (b backOff) NextRetry(job *rivertype.JobRow) time.Time {
	pause := b.first << min(job.Attempt-1, 20)
	if pause <= 0 || pause > longest {
		pause = longest
	}
	return time.Now().Add(pause + time.Duration((rand.Float64()-.5)/5*float64(pause)))
}

// handOver takes what is due from the outbox to the queue.
func (w *Worker) handOver(ctx context.Context) (more bool, err error) {
	now, err := w.config.Now(ctx)
	if err != nil {
		return false, err
	}
	n, err := w.queue.handOver(ctx, now)
	return n == handOverMost, err
}

// handOverMost is how many jobs are handed over in one transaction.
const handOverMost = 500

// Letter is a job as people look at it.
type Letter struct {
	Number   int64 // in the queue
	ID       string
	Kind     string
	State    string
	Attempt  int
	Attempts int
	Due      time.Time
	Error    string // of the last attempt
}

// waiting are the states in which an equal job stands for a new one.
var waiting = []rivertype.JobState{
	rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning, rivertype.JobStateRetryable, rivertype.JobStateScheduled,
}

// insertion is a job as the queue takes it.
func (c *Config) insertion(j store.Job) river.InsertManyParams {
	opts := &river.InsertOpts{MaxAttempts: attemptsMost}
	for _, h := range c.Handlers {
		if h.Kind == j.Kind && h.Attempts > 0 {
			opts.MaxAttempts = h.Attempts
		}
	}
	if j.Unique != "" {
		opts.UniqueOpts = river.UniqueOpts{ByArgs: true, ByState: waiting}
	}
	return river.InsertManyParams{Args: envelope{kind: j.Kind, ID: j.ID, Key: j.Unique, Args: j.Args}, InsertOpts: opts}
}

// held tells which jobs must wait: those of which an equal one is at work, for it may have read what it works on before
// these were asked for.
func held(results []*rivertype.JobInsertResult) []bool {
	out := make([]bool, len(results))
	for i, r := range results {
		out[i] = r.UniqueSkippedAsDuplicate && r.Job.State == rivertype.JobStateRunning
	}
	return out
}

var errNoQueue = errors.New("this database has no queue of jobs")
