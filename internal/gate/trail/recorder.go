package trail

import (
	"context"
	"sync"
	"time"

	"yitong/internal/fault"
	"yitong/internal/store"
)

const (
	gather    = time.Millisecond     // that the first line of a group waits for as many others as the group before had
	crowd     = 32                   // lines of a group from which on the next is for a crowd:
	crowded   = 8 * time.Millisecond // that one waits longer, for there is more to do than time, and a sync costs some of it,
	crowdMost = 4 * crowd            // unless so many have come
	flushMost = 30 * time.Second     // that a group may take
)

// Recorder makes lines durable that belong to no transaction. Those that are left at the same time share a sync of the disk.
type Recorder struct {
	db     store.Trail
	mu     sync.Mutex
	group  *group        // that others can still join; nil for none
	before int           // lines of the group before, at least 1
	last   chan struct{} // done of the group before
}

// group are lines that are made durable together.
type group struct {
	lines  []byte
	n      int
	wait   time.Duration // for others
	most   int           // lines for which it does not wait
	enough chan struct{} // closed when it has them
	turn   chan struct{} // closed when the group before is done: one at a time is made durable, and the next gathers meanwhile
	done   chan struct{}
	err    error
}

// NewRecorder makes a recorder of a record's trail.
func NewRecorder(db store.Trail) *Recorder {
	begun := make(chan struct{})
	close(begun)
	return &Recorder{db: db, before: 1, last: begun}
}

// Leave returns once a line is durable: what it tells of may be answered then. The error is Unavailable or Internal where it is not
// known to be; then nothing may be answered.
func (r *Recorder) Leave(ctx context.Context, line []byte) error {
	r.mu.Lock()
	g, first := r.group, r.group == nil
	if first {
		g = &group{wait: gather, most: r.before, enough: make(chan struct{}), turn: r.last, done: make(chan struct{})}
		if r.before >= crowd {
			g.wait, g.most = crowded, crowdMost
		}
		r.group, r.last = g, g.done
	}
	g.lines = append(g.lines, line...)
	if g.n++; g.n == g.most {
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
	select {
	case <-g.enough:
	default:
		wait := time.NewTimer(g.wait)
		select {
		case <-g.enough:
			wait.Stop()
		case <-wait.C:
		}
	}
	r.mu.Lock()
	r.group, r.before = nil, g.n
	r.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, flushMost)
	defer cancel()
	g.err = r.db.Trace(ctx, g.lines)
	close(g.done)
}
