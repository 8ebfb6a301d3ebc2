package worker

import (
	"context"

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

// Dead are the newest jobs that are not tried any more, at most so many.
func (j *Jobs) Dead(ctx context.Context, most int) ([]Letter, error) {
	return j.queue.list(ctx, []rivertype.JobState{rivertype.JobStateDiscarded, rivertype.JobStateCancelled}, most)
}

// Open are the newest jobs that wait or are at work, at most so many.
func (j *Jobs) Open(ctx context.Context, most int) ([]Letter, error) {
	return j.queue.list(ctx, waiting, most)
}

// Retry runs a job again, a dead letter or one that waits for its time. The error is NotFound where there is none.
func (j *Jobs) Retry(ctx context.Context, number int64) error { return j.queue.retry(ctx, number) }

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
