package store

import (
	"context"
	"sync"

	"yitong/internal/fault"
)

const (
	groupMost = 64   // members of one transaction
	queueMost = 1024 // writes that may wait; more are told to try again
)

// Member is one write of a group that shares a transaction.
type Member struct {
	Work Work
	Err  error // its own result, once it is done
	ctx  context.Context
	done chan struct{}
}

// NewMember makes a member that waits in no queue.
func NewMember(ctx context.Context, w Work) *Member {
	return &Member{Work: w, ctx: ctx, done: make(chan struct{})}
}

// Done tells who waits for the member that its result stands.
func (m *Member) Done() { close(m.done) }

// GivenUp is the refusal of a member whose request has been given up before its turn came, nil for any other.
func (m *Member) GivenUp() error {
	if m.ctx.Err() == nil {
		return nil
	}
	return fault.New(fault.Unavailable, "The request was given up before its turn came.").Because(m.ctx.Err())
}

// Queue lets writes wait until they can share a transaction. It is bounded: more than it holds are refused at once.
type Queue struct {
	mu      sync.RWMutex // guards closing waiting against senders
	down    bool
	waiting chan *Member
}

// NewQueue makes an empty queue.
func NewQueue() *Queue { return &Queue{waiting: make(chan *Member, queueMost)} }

// Write puts work into the queue and waits until it is done. It does not follow the request's cancellation once the
// work has begun.
func (q *Queue) Write(ctx context.Context, w Work) error {
	m := NewMember(ctx, w)
	if err := q.send(m); err != nil {
		return err
	}
	<-m.done
	return m.Err
}

func (q *Queue) send(m *Member) error {
	q.mu.RLock()
	defer q.mu.RUnlock()
	if q.down {
		return fault.New(fault.Unavailable, "The server is stopping. Try again in a moment.")
	}
	select {
	case q.waiting <- m:
		return nil
	default:
		return fault.New(fault.Unavailable, "More than %d writes are waiting. Try again in a moment.", queueMost)
	}
}

// Next waits for a member and takes it with all that wait behind it, nil once the queue has been closed and is empty.
// Those whose requests have been given up are told so and left out: while a database stands still they become many, and
// whoever comes later should not wait for them.
func (q *Queue) Next() []*Member {
	var group []*Member
	for len(group) == 0 {
		m, ok := <-q.waiting
		if !ok {
			return nil
		}
		group = m.join(group)
	}
	for len(group) < groupMost {
		select {
		case m, ok := <-q.waiting:
			if !ok {
				return group
			}
			group = m.join(group)
		default:
			return group
		}
	}
	return group
}

// join adds the member to a group, unless its request has been given up: then that is its result.
func (m *Member) join(group []*Member) []*Member {
	if m.Err = m.GivenUp(); m.Err != nil {
		m.Done()
		return group
	}
	return append(group, m)
}

// Close refuses new writes; those that wait can still be taken.
func (q *Queue) Close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.down {
		q.down = true
		close(q.waiting)
	}
}
