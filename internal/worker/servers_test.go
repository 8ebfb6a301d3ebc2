package worker_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"yitong/internal/worker"
)

// TestLiving: a job that takes longer than a lease is left alone as long as its server lives, also while that is being
// stopped.
func TestLiving(t *testing.T) {
	each(t, func(w world, servers int) {
		var runs atomic.Int32
		begun := make(chan struct{}, 10)
		c := quick(worker.Config{Handlers: []worker.Handler{{Kind: "test.long", Run: func(context.Context, worker.Task) error {
			runs.Add(1)
			begun <- struct{}{}
			time.Sleep(1200 * time.Millisecond) // four leases
			return nil
		}}}})
		c.Drain = 5 * time.Second
		var stop []func()
		for range servers {
			stop = append(stop, w.start(w.open(), c))
		}
		w.enqueue("test.long", "x", "", time.Time{})
		w.enqueue("test.long", "y", "", time.Time{})
		<-begun
		<-begun
		stop[0]()
		time.Sleep(time.Second)
		if n := runs.Load(); n != 2 {
			t.Errorf("two jobs ran %d times", n)
		}
	})
}

// TestLastAttempt: a job whose servers die with it is a dead letter when its attempts are used up.
func TestLastAttempt(t *testing.T) {
	each(t, func(w world, _ int) {
		begun, letGo := make(chan struct{}, 10), make(chan struct{})
		c := quick(worker.Config{Handlers: []worker.Handler{{Kind: "test.kill", Attempts: 1, Run: func(context.Context, worker.Task) error {
			begun <- struct{}{}
			<-letGo
			return nil
		}}}})
		w.enqueue("test.kill", "x", "", time.Time{})
		dying := w.open()
		stop := w.start(dying, c)
		<-begun
		w.must(dying.Close())
		w.start(w.open(), c)
		jobs, err := worker.OpenJobs(w.Context(), w.db)
		w.must(err)
		defer jobs.Close()
		w.until("the job is a dead letter", func() bool {
			dead, err := jobs.Dead(w.Context(), 10)
			w.must(err)
			return len(dead) == 1
		})
		close(letGo)
		stop()
		if len(begun) != 0 {
			t.Error("it was run again")
		}
	})
}

// TestRetryAll: dead letters are run again all together; one for which an equal job waits stays, and keeps nobody up.
func TestRetryAll(t *testing.T) {
	each(t, func(w world, _ int) {
		stop := w.start(w.open(), quick(worker.Config{Handlers: []worker.Handler{{Kind: "test.die", Attempts: 1, Run: func(context.Context, worker.Task) error {
			return worker.Hopeless(context.Canceled)
		}}}}))
		jobs, err := worker.OpenJobs(w.Context(), w.db)
		w.must(err)
		defer jobs.Close()
		dead := func(n int) {
			w.until("letters are dead", func() bool {
				list, err := jobs.Dead(w.Context(), 10)
				w.must(err)
				return len(list) == n
			})
		}
		w.enqueue("test.die", "a \x00 that PostgreSQL would not keep", "one", time.Time{})
		dead(1)
		w.enqueue("test.die", "b", "one", time.Time{}) // of the same name as the dead one
		w.enqueue("test.die", "c", "", time.Time{})
		dead(3)
		stop()
		n, err := jobs.RetryAll(w.Context())
		w.must(err)
		if open, err := jobs.Open(w.Context(), 10); err != nil || n != 2 || len(open) != 2 {
			t.Errorf("%d letters of 3 are run again, and %d wait (%v); want one of each name", n, len(open), err)
		}
	})
}

// TestUniqueDue: of two equal jobs that wait for different times one is run, at the earlier time.
func TestUniqueDue(t *testing.T) {
	each(t, func(w world, _ int) {
		var runs atomic.Int32
		w.start(w.open(), quick(worker.Config{Handlers: []worker.Handler{{Kind: "test.due", Run: func(context.Context, worker.Task) error { runs.Add(1); return nil }}}}))
		now, err := w.db.Now(w.Context())
		w.must(err)
		w.enqueue("test.due", "x", "k", now.Add(time.Hour))
		w.enqueue("test.due", "x", "k", now.Add(100*time.Millisecond))
		w.enqueue("test.due", "x", "k", now.Add(2*time.Hour))
		w.until("it has run", func() bool { return runs.Load() == 1 })
		if n, _, err := w.db.Outbox(w.Context()); err != nil || n != 0 {
			t.Errorf("%d more wait (%v)", n, err)
		}
	})
}
