package worker

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"yitong/internal/fault"
	"yitong/internal/store"
)

// Config says what a worker does and how patient it is. The zero value of every number is that of a server.
type Config struct {
	Log      *slog.Logger
	Cursors  []Cursor
	Handlers []Handler
	Works    []Work

	Poll    time.Duration                            // between two looks at what is new, 100 ms
	Lease   time.Duration                            // for which a server that does not answer keeps others from its work, 10 s
	Hands   int                                      // jobs at work at the same time, 50
	Timeout time.Duration                            // of a job, 1 min
	Rescue  time.Duration                            // after which a job that does not end is run once more, Timeout + 15 s
	Drain   time.Duration                            // that a stop waits for jobs at work before it tells them to end, 15 s
	Pause   time.Duration                            // before the first retry of a job; it doubles with each, 1 s
	Now     func(context.Context) (time.Time, error) // the clock by which jobs are due; the database's
}

func (c *Config) complete(db store.DB) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Poll == 0 {
		c.Poll = 100 * time.Millisecond
	}
	if c.Lease == 0 {
		c.Lease = 10 * time.Second
	}
	if c.Hands == 0 {
		c.Hands = 50
	}
	if c.Timeout == 0 {
		c.Timeout = time.Minute
	}
	if c.Rescue == 0 {
		c.Rescue = c.Timeout + 15*time.Second
	}
	if c.Drain == 0 {
		c.Drain = 15 * time.Second
	}
	if c.Pause == 0 {
		c.Pause = time.Second
	}
	if c.Now == nil {
		c.Now = db.Now
	}
}

// Worker is one server's part in the work beside requests.
type Worker struct {
	db     store.DB
	config Config
	id     string // of this server
	queue  queue
	life   lease
	dead   map[string]time.Time // servers whose leases are over, and since when this one has seen that
}

// New prepares a worker on a record. It brings the tables of the queue up to date.
func New(ctx context.Context, db store.DB, config Config) (*Worker, error) {
	config.complete(db)
	w := &Worker{db: db, config: config, id: uuid.NewString(), dead: map[string]time.Time{}}
	w.life = lease{w: w, place: store.Place{Scope: servers, Name: w.id}}
	var err error
	if w.queue, err = openQueue(ctx, db, w.id, &w.config); err != nil {
		return nil, err
	}
	return w, nil
}

// Run works until the context ends. Jobs that have begun may then come to their end for a while.
func (w *Worker) Run(ctx context.Context) error {
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var all, living sync.WaitGroup
	all.Go(func() { w.alone(ctx, "sequencer", w.sequence) })
	for i := range w.config.Cursors {
		c := &w.config.Cursors[i]
		all.Go(func() {
			w.alone(ctx, "cursor "+c.Name, func(ctx context.Context) (bool, error) { return w.step(ctx, c) })
		})
	}
	for i := range w.config.Works {
		one := &w.config.Works[i]
		all.Go(func() { w.alone(ctx, one.Name, w.paced(one)) })
	}
	all.Go(func() { w.every(ctx, "outbox", w.handOver) })
	if len(w.config.Handlers) > 0 {
		living.Go(func() { w.every(working, "rescue", w.rescue) }) // while jobs are at work, others must know that we live
		all.Go(func() {
			w.every(ctx, "queue", func(context.Context) (bool, error) { return false, w.queue.start(working) })
		})
	}
	all.Wait()
	err := wrap(w.queue.stop(working), "stopping the queue of jobs")
	stop()
	living.Wait()
	w.life.giveBack(context.WithoutCancel(ctx))
	return err
}

// every does something again and again: at once while there is more to do, else after a pause; after an error the pause
// grows.
func (w *Worker) every(ctx context.Context, name string, do func(context.Context) (more bool, err error)) {
	pause := w.config.Poll
	for {
		more, err := safely(ctx, do)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			pause = min(2*pause, max(w.config.Poll, 5*time.Second))
			w.config.Log.Error("work beside requests failed and will be tried again", "work", name, "cause", err)
		case more:
			continue
		default:
			pause = w.config.Poll
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// safely turns a panic into an error.
func safely(ctx context.Context, do func(context.Context) (bool, error)) (more bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.Wrap(fmt.Errorf("panic: %v\n%s", p, debug.Stack()), "working beside requests")
		}
	}()
	return do(ctx)
}

// alone does something again and again as long as this server holds the lease of it, so that one server at a time does.
// The lease spares work only: what is done is right, however many do it.
func (w *Worker) alone(ctx context.Context, name string, do func(context.Context) (more bool, err error)) {
	if w.db.Alone() {
		w.every(ctx, name, do)
		return
	}
	l := lease{w: w, place: store.Place{Scope: works, Name: name}}
	w.every(ctx, name, func(ctx context.Context) (bool, error) {
		if mine, err := l.hold(ctx); err != nil || !mine {
			return false, err
		}
		return do(ctx)
	})
	l.giveBack(context.WithoutCancel(ctx))
}

// Work is something that one server at a time does again and again.
type Work struct {
	Name  string        // its own for ever
	Pause time.Duration // between the end of one turn and the next, unless there is more to do
	Do    func(context.Context) (more bool, err error)
}

// paced is a work that is done at its own pace.
func (w *Worker) paced(one *Work) func(context.Context) (bool, error) {
	var next time.Time
	return func(ctx context.Context) (more bool, err error) {
		if time.Now().Before(next) {
			return false, nil
		}
		if more, err = one.Do(ctx); !more && err == nil { // after an error the pause grows
			next = time.Now().Add(one.Pause)
		}
		return more, err
	}
}

// lease is a place that is reserved again and again by the server that does a work.
type lease struct {
	w     *Worker
	place store.Place
	mine  bool
	since time.Time // from when on it has been this server's without a break
	next  time.Time // when to ask again
}

// The scopes of leases.
const (
	works   = store.OwnScopes + "work"   // one server at a time does it
	servers = store.OwnScopes + "server" // each has its own, as a sign of life
)

// hold tells whether the lease is this server's, and renews it in time.
func (l *lease) hold(ctx context.Context) (bool, error) {
	if time.Now().Before(l.next) {
		return l.mine, nil
	}
	late := time.Now().After(l.next.Add(l.w.config.Lease / 2))
	l.next = time.Now().Add(l.w.config.Lease / 3)
	if taken, err := l.taken(ctx); err != nil || taken {
		l.mine = false
		return false, err
	}
	mine := false
	err := l.w.db.Write(ctx, store.Work{Want: store.Want{Places: []store.Place{l.place}}, Do: func(tx store.Tx, _ store.Found) error {
		now, err := tx.Now()
		if err == nil {
			mine, err = tx.Reserve(l.place, l.w.id, now.Add(l.w.config.Lease))
		}
		return err
	}})
	if !l.mine || late || err != nil {
		l.since = time.Now()
	}
	l.mine = mine && err == nil
	return l.mine, err
}

// taken tells, without writing anything, whether another server has the lease.
func (l *lease) taken(ctx context.Context) (bool, error) {
	if l.mine {
		return false, nil
	}
	now, err := l.w.db.Now(ctx)
	if err != nil {
		return false, err
	}
	known, err := l.w.db.Reserved(ctx, l.place.Scope)
	return slices.ContainsFunc(known, func(r store.Reservation) bool {
		return r.Place == l.place && r.Holder != l.w.id && r.Until.After(now)
	}), err
}

// giveBack lets others go on at once.
func (l *lease) giveBack(ctx context.Context) {
	if !l.mine {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, l.w.config.Lease)
	defer cancel()
	err := l.w.db.Write(ctx, store.Work{Want: store.Want{Places: []store.Place{l.place}}, Do: func(tx store.Tx, _ store.Found) error {
		_, err := tx.Release(l.place, l.w.id)
		return err
	}})
	if err != nil {
		l.w.config.Log.Warn("a lease was not given back; it runs out by itself", "work", l.place.Name, "cause", err)
	}
}
