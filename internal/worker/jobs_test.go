package worker_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"yitong/internal/gate"
	"yitong/internal/store"
	"yitong/internal/worker"
)

// TestJobs: what has been asked for is done, on any of the servers, once each.
func TestJobs(t *testing.T) {
	each(t, func(w world, servers int) {
		const jobs = 120
		g := gate.New(w.db, gate.Config{})
		var runs atomic.Int32
		handler := worker.Handler{Kind: "test.count", Run: func(ctx context.Context, task worker.Task) error {
			runs.Add(1)
			return count(strings.Trim(string(task.Args), `"`)).add(ctx, g, task.Once("count"))
		}}
		for range servers {
			w.start(w.open(), quick(worker.Config{Handlers: []worker.Handler{handler}}))
		}
		var asking sync.WaitGroup
		for i := range 4 {
			asking.Go(func() {
				for n := range jobs / 4 {
					w.enqueue("test.count", fmt.Sprintf("j%d-%d", i, n), "", time.Time{})
				}
			})
		}
		asking.Wait()
		w.until("all jobs run", func() bool { return runs.Load() >= jobs })
		for i := range 4 {
			for n := range jobs / 4 {
				id := fmt.Sprintf("j%d-%d", i, n)
				w.until(id+" done", func() bool { return count(id).versions(w) > 0 })
				if v := count(id).versions(w); v != 1 {
					t.Errorf("%s was done %d times", id, v)
				}
			}
		}
	})
}

// TestRetry: a job that fails comes back after growing pauses; one that goes on failing, or is hopeless, is a dead
// letter until somebody runs it again.
func TestRetry(t *testing.T) {
	each(t, func(w world, _ int) {
		var mu sync.Mutex
		at := map[string][]time.Time{}
		var mended atomic.Bool
		run := func(_ context.Context, task worker.Task) error {
			mu.Lock()
			defer mu.Unlock()
			name := string(task.Args)
			at[name] = append(at[name], time.Now())
			switch {
			case mended.Load() || name == `"third"` && task.Attempt == 3:
				return nil
			case name == `"hopeless"`:
				return worker.Hopeless(errors.New("there is no such address"))
			case name == `"panics"`:
				panic("out of order")
			}
			return errors.New("not yet")
		}
		c := quick(worker.Config{Handlers: []worker.Handler{{Kind: "test.fail", Attempts: 4, Run: run}}})
		c.Pause = 100 * time.Millisecond
		var said bytes.Buffer
		c.Log = slog.New(slog.NewTextHandler(&said, nil))
		stop := w.start(w.open(), c)
		for _, name := range []string{"third", "never", "hopeless", "panics"} {
			w.enqueue("test.fail", name, "", time.Time{})
		}
		jobs, err := worker.OpenJobs(w.Context(), w.db)
		w.must(err)
		defer jobs.Close()
		var dead []worker.Letter
		w.until("three dead letters", func() bool {
			dead, err = jobs.Dead(w.Context(), 10)
			w.must(err)
			return len(dead) == 3
		})
		mu.Lock()
		for name, want := range map[string]int{`"third"`: 3, `"never"`: 4, `"hopeless"`: 1, `"panics"`: 4} {
			if len(at[name]) != want {
				t.Errorf("%s ran %d times, want %d", name, len(at[name]), want)
			}
			for i := 1; i < len(at[name]); i++ {
				if pause, least := at[name][i].Sub(at[name][i-1]), time.Duration(float64(c.Pause<<(i-1))*.85); pause < least {
					t.Errorf("%s: attempt %d came after %v, want %v at least", name, i+1, pause, least)
				}
			}
		}
		mu.Unlock()
		for _, l := range dead {
			if l.Error == "" || l.Kind != "test.fail" || l.ID == "" {
				t.Errorf("a dead letter tells too little: %+v", l)
			}
		}
		mended.Store(true)
		for _, l := range dead[:2] {
			w.must(jobs.Retry(w.Context(), l.Number))
		}
		w.must(jobs.Drop(w.Context(), dead[2].Number))
		w.until("no dead letter left", func() bool {
			dead, err := jobs.Dead(w.Context(), 10)
			w.must(err)
			return len(dead) == 0
		})
		if err := jobs.Retry(w.Context(), 1<<40); err == nil {
			t.Error("a job that is not there was run again")
		}
		stop()
		if text := said.String(); !strings.Contains(text, "job_kind=test.fail") || strings.Contains(text, "not yet") || strings.Contains(text, "out of order") || strings.Contains(text, "address") {
			t.Errorf("the log should tell that jobs failed, and not how: %s", text)
		}
	})
}

// TestUnique: an equal job that waits stands for both; one that runs does not, for it may have read too early.
func TestUnique(t *testing.T) {
	each(t, func(w world, _ int) {
		var runs atomic.Int32
		begun, letGo := make(chan struct{}, 10), make(chan struct{})
		run := func(context.Context, worker.Task) error {
			runs.Add(1)
			begun <- struct{}{}
			<-letGo
			return nil
		}
		for range 5 { // before anybody works
			w.enqueue("test.once", "x", "the one", time.Time{})
		}
		w.enqueue("test.once", "y", "another", time.Time{})
		w.start(w.open(), quick(worker.Config{Handlers: []worker.Handler{{Kind: "test.once", Run: run}}}))
		<-begun
		<-begun
		late := make([]store.Job, 3) // while it runs
		for i := range late {
			job, err := worker.NewJob("test.once", "z")
			w.must(err)
			job.Unique = "the one"
			late[i] = job
		}
		w.must(w.db.Write(w.Context(), store.Work{Do: func(tx store.Tx, _ store.Found) error { return tx.Enqueue(late) }}))
		close(letGo)
		<-begun
		w.until("the outbox is empty", func() bool {
			n, _, err := w.db.Outbox(w.Context())
			w.must(err)
			return n == 0
		})
		time.Sleep(100 * time.Millisecond)
		if n := runs.Load(); n != 3 {
			t.Errorf("%d runs, want 3: one that waited, the other name, one more asked for while the first ran", n)
		}
	})
}

// TestDue: a job runs when it is due by the clock of the database, not earlier, whoever was stopped meanwhile and
// however the clock jumps; and once.
func TestDue(t *testing.T) {
	each(t, func(w world, _ int) {
		var mu sync.Mutex
		runs := map[string]int{}
		ran := func(name string) int {
			mu.Lock()
			defer mu.Unlock()
			return runs[`"`+name+`"`]
		}
		var jump atomic.Int64
		c := quick(worker.Config{Handlers: []worker.Handler{{Kind: "test.due", Run: func(_ context.Context, task worker.Task) error {
			mu.Lock()
			defer mu.Unlock()
			runs[string(task.Args)]++
			return nil
		}}}})
		c.Now = func(ctx context.Context) (time.Time, error) {
			now, err := w.db.Now(ctx)
			return now.Add(time.Duration(jump.Load())), err
		}
		now, err := w.db.Now(w.Context())
		w.must(err)
		for name, due := range map[string]time.Time{"past": now.Add(-time.Hour), "soon": now.Add(time.Second), "hour": now.Add(time.Hour), "day": now.Add(24 * time.Hour)} {
			w.enqueue("test.due", name, "", due)
		}
		stop := w.start(w.open(), c)
		w.until("what was due has run", func() bool { return ran("past") == 1 })
		stop()
		w.start(w.open(), c)
		w.until("what was due soon has run", func() bool { return ran("soon") == 1 })
		if at, err := w.db.Now(w.Context()); err != nil || at.Before(now.Add(time.Second)) {
			t.Errorf("it ran at %v, due %v", at, now.Add(time.Second))
		}
		jump.Store(int64(2 * time.Hour))
		w.until("what the clock jumped over has run", func() bool { return ran("hour") == 1 })
		jump.Store(int64(-3 * time.Hour)) // to before all of it
		w.enqueue("test.due", "after", "", now.Add(-4*time.Hour))
		w.until("what is due by the clock that went back has run", func() bool { return ran("after") == 1 })
		mu.Lock()
		defer mu.Unlock()
		if runs[`"day"`] != 0 {
			t.Error("a job ran a day early")
		}
		for name, n := range runs {
			if n != 1 {
				t.Errorf("%s ran %d times", name, n)
			}
		}
	})
}

// TestRescue: the jobs of a server that has died are run by another, soon; if it was only cut off, a job is run twice,
// and has its effect once.
func TestRescue(t *testing.T) {
	each(t, func(w world, _ int) {
		g := gate.New(w.db, gate.Config{})
		var runs atomic.Int32
		begun, letGo := make(chan struct{}), make(chan struct{})
		c := quick(worker.Config{Handlers: []worker.Handler{{Kind: "test.slow", Run: func(_ context.Context, task worker.Task) error {
			if runs.Add(1) == 1 {
				close(begun)
				<-letGo
			}
			return count("effect").add(context.Background(), g, task.Once("effect"))
		}}}})
		job := w.enqueue("test.slow", "x", "", time.Time{})
		dying := w.open()
		stop := w.start(dying, c)
		<-begun
		w.must(dying.Close()) // from here on it cannot do or say anything
		w.start(w.open(), c)
		w.until("the job has had its effect on the other server", func() bool { return count("effect").versions(w) == 1 })
		close(letGo)
		stop()
		if n, r := count("effect").versions(w), runs.Load(); n != 1 || r != 2 {
			t.Errorf("%s ran %d times and had its effect %d times", job.ID, r, n)
		}
	})
}

// TestStop: a stop waits for jobs that come to an end soon; others are told to end, and run again on the next server.
func TestStop(t *testing.T) {
	each(t, func(w world, _ int) {
		var ended atomic.Int32
		begun := make(chan string, 10)
		run := func(ctx context.Context, task worker.Task) error {
			begun <- string(task.Args)
			if task.Attempt > 1 {
				return nil
			}
			pause := 200 * time.Millisecond
			if string(task.Args) == `"long"` {
				pause = time.Hour
			}
			select {
			case <-time.After(pause):
				ended.Add(1)
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		c := quick(worker.Config{Handlers: []worker.Handler{{Kind: "test.stop", Run: run}}})
		w.enqueue("test.stop", "short", "", time.Time{})
		w.enqueue("test.stop", "long", "", time.Time{})
		stop := w.start(w.db, c)
		<-begun
		<-begun
		stop()
		if n := ended.Load(); n != 1 {
			t.Errorf("%d jobs came to their end, want the short one", n)
		}
		w.start(w.open(), c)
		if name := <-begun; name != `"long"` {
			t.Errorf("%s was run again", name)
		}
	})
}

// TestAtomic: a transaction that fails asks for nothing, one that commits is never without its job.
func TestAtomic(t *testing.T) {
	each(t, func(w world, _ int) {
		var runs atomic.Int32
		w.start(w.open(), quick(worker.Config{Handlers: []worker.Handler{{Kind: "test.run", Run: func(context.Context, worker.Task) error { runs.Add(1); return nil }}}}))
		var want int32
		for i := range 40 {
			job, err := worker.NewJob("test.run", i)
			w.must(err)
			err = w.db.Write(w.Context(), store.Work{Do: func(tx store.Tx, _ store.Found) error {
				if err := tx.Enqueue([]store.Job{job}); err != nil {
					return err
				}
				if i%3 == 0 {
					return errors.New("no")
				}
				return nil
			}})
			if err == nil {
				want++
			}
		}
		w.until("all have run", func() bool { return runs.Load() >= want })
		time.Sleep(50 * time.Millisecond)
		if n := runs.Load(); n != want || want != 26 {
			t.Errorf("%d jobs ran, want %d", n, want)
		}
	})
}
