package worker

import (
	"context"

	"github.com/riverqueue/river/rivertype"

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

// RetryAll runs all dead letters again, and tells how many they were.
func (j *Jobs) RetryAll(ctx context.Context) (n int, err error) {
	for {
		dead, err := j.Dead(ctx, 100)
		if err != nil || len(dead) == 0 {
			return n, err
		}
		for _, l := range dead {
			if err := j.Retry(ctx, l.Number); err != nil {
				return n, err
			}
			n++
		}
	}
}

// Drop takes a job out of the queue for good. The error is Conflict while it is at work.
func (j *Jobs) Drop(ctx context.Context, number int64) error { return j.queue.drop(ctx, number) }
