package rest

import (
	"context"
	"errors"
	"runtime"
	"time"

	"golang.org/x/sync/semaphore"

	"yitong/internal/fault"
)

// Requests that are worked on at a time, unless something else is set. With fewer, writes share transactions less than
// they could; with more, nothing is gained and the answers of searches take more memory. Measured on two processors: 64
// carry as many writes and searches as 256, in a third of the memory.
const (
	requestsEach  = 32 // processor
	requestsLeast = 64
)

const (
	lineWait = 2 * time.Second // that a request waits for its turn
	lineMost = 4               // requests may wait for every one that is worked on; a longer line would not move up in time
)

// turns bounds how many requests are worked on at a time. Under a load that is too much each would only make all others
// slower and hold memory meanwhile; so the rest wait in line for a moment, and those that wait in vain are told to come
// back. The turn begins when the request has been read, so that a slow client holds none.
type turns struct {
	places *semaphore.Weighted
	line   *semaphore.Weighted // of those that wait and those that are worked on
	most   int64
	work   time.Duration
}

// newTurns lets so many requests be worked on at a time, 0 for what suits the machine, each for at most the time given,
// 0 for any time.
func newTurns(most int64, work time.Duration) *turns {
	if most == 0 {
		most = max(requestsLeast, requestsEach*int64(runtime.GOMAXPROCS(0)))
	}
	return &turns{
		places: semaphore.NewWeighted(most), line: semaphore.NewWeighted(most * (1 + lineMost)), most: most, work: work,
	}
}

// enter lets a request into the line, until it calls left: when it has been answered, or so to say could be. It fails with
// fault.Unavailable when the line is full.
func (t *turns) enter() (left func(), err error) {
	if !t.line.TryAcquire(1) {
		return nil, t.refusal()
	}
	return func() { t.line.Release(1) }, nil
}

// take waits for the turn of a request that stands in the line. What is done in it runs under the context that it returns, and ends
// with done. It fails with fault.Unavailable when there is no turn in time.
func (t *turns) take(ctx context.Context) (_ context.Context, done func(), err error) {
	waiting, cancel := context.WithTimeout(ctx, lineWait)
	defer cancel()
	if t.places.Acquire(waiting, 1) != nil {
		return nil, nil, t.refusal()
	}
	ctx, end := t.time(ctx)
	return ctx, func() { end(); t.places.Release(1) }, nil
}

// again takes one more turn for a request that goes on. It has been let in: so it waits however long the line is, until ctx ends.
func (t *turns) again(ctx context.Context) (_ context.Context, done func(), err error) {
	if err := t.places.Acquire(ctx, 1); err != nil {
		return nil, nil, t.refusal()
	}
	ctx, end := t.time(ctx)
	return ctx, func() { end(); t.places.Release(1) }, nil
}

// time bounds the work of one turn.
func (t *turns) time(ctx context.Context) (context.Context, context.CancelFunc) {
	if t.work > 0 {
		return context.WithTimeout(ctx, t.work)
	}
	return ctx, func() {}
}

func (t *turns) refusal() error {
	return fault.New(fault.Unavailable, "The server is at work on as many requests as it takes (%d). Try again in a moment.", t.most)
}

// late makes a refusal of an error that came because the time for the request was over.
func (t *turns) late(err error) error {
	if fault.CodeOf(err) == fault.Internal && errors.Is(err, context.DeadlineExceeded) {
		return fault.New(fault.Unavailable, "The request took more than %s and was given up. Ask for less, or try again later.", t.work).Because(err)
	}
	return err
}
