package trail

import (
	"context"
	"sync"
	"time"

	"yitong/internal/fault"
	"yitong/internal/store"
)

const (
	gather    = time.Millisecond     // that a group waits for as many lines as may come with it, at least: see [group.await]
	crowd     = 32                   // of them are a crowd:
	crowded   = 8 * time.Millisecond // for that it waits longer, for there is more to do than time, and a sync costs some of it,
	crowdMost = 4 * crowd            // unless so many have come
	flushMost = 30 * time.Second     // that a group may take
	spareMost = 1 << 20              // bytes of lines of a group that room is kept for
)

// Recorder makes lines durable that belong to no transaction. Those that are left at the same time share a sync of the disk.
type Recorder struct {
	db     store.Trail
	mu     sync.Mutex
	group  *group        // that others can still join; nil for none
	expect int           // lines that the next group has when all have come who were there when one was last done
	took   time.Duration // that the group before took
	last   chan struct{} // done of the group before
	spare  [][]byte      // for the lines of groups to come
}

// group are lines that are made durable together.
type group struct {
	lines  []byte
	n      int
	expect int           // lines for which it does not wait; 0 until the group before is done
	enough chan struct{} // closed when it has them
	turn   chan struct{} // closed when the group before is done: one at a time is made durable, and the next gathers meanwhile
	done   chan struct{}
	err    error
}

// NewRecorder makes a recorder of a record's trail.
func NewRecorder(db store.Trail) *Recorder {
	begun := make(chan struct{})
	close(begun)
	return &Recorder{db: db, expect: 1, last: begun}
}

// Leave returns once a line is durable: what it tells of may be answered then. The error is Unavailable or Internal where it is not
// known to be; then nothing may be answered. The slice is the caller's again.
func (r *Recorder) Leave(ctx context.Context, line []byte) error {
	r.mu.Lock()
	g, first := r.group, r.group == nil
	if first {
		g = &group{expect: r.expect, enough: make(chan struct{}), turn: r.last, done: make(chan struct{})}
		r.group, r.last = g, g.done
		if n := len(r.spare); n > 0 {
			g.lines, r.spare = r.spare[n-1], r.spare[:n-1]
		}
	}
	g.lines = append(g.lines, line...)
	if g.n++; g.n == g.expect {
		close(g.enough)
	}
	r.mu.Unlock()
	if first {
		go r.flush(context.WithoutCancel(ctx), g) // it is the others' too
	}
	select {
	case <-g.done:
		return g.err
	case <-ctx.Done():
		return fault.New(fault.Unavailable, "The request was given up before the trail had it.").Because(ctx.Err())
	}
}

// flush makes a group durable when its turn comes and it has had the time to gather.
func (r *Recorder) flush(ctx context.Context, g *group) {
	<-g.turn
	g.await(r.took)
	r.mu.Lock()
	r.group, r.expect = nil, 0
	r.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, flushMost)
	defer cancel()
	began := time.Now()
	g.err = r.db.Trace(ctx, g.lines)
	r.mu.Lock()
	r.took = time.Since(began)
	if g.err == nil && cap(g.lines) <= spareMost { // else somebody may still be writing them
		r.spare = append(r.spare, g.lines[:0]) // two at most: no more groups are there at the same time
	}
	r.expect = g.n // come again, most likely, and join those who wait already
	if next := r.group; next != nil {
		r.expect += next.n
	}
	if r.expect >= crowd {
		r.expect = crowdMost
	}
	if next := r.group; next != nil {
		if next.expect = r.expect; next.n >= next.expect {
			close(next.enough)
		}
	}
	r.mu.Unlock()
	close(g.done)
}

// await waits until all have come who are likely to, but less than it takes to make a group durable: who comes too late waits for
// another one.
func (g *group) await(took time.Duration) {
	patience := min(max(gather, took*3/4), crowded)
	if g.expect == crowdMost {
		patience = crowded
	}
	wait := time.NewTimer(patience)
	defer wait.Stop()
	select {
	case <-g.enough:
	case <-wait.C:
	}
}
