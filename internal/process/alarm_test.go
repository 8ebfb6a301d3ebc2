package process_test

import (
	"context"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/process"
	"yitong/internal/store"
	"yitong/internal/store/postgres"
	"yitong/internal/store/sqlite"
	"yitong/internal/worker"
	"yitong/test/pgcluster"
)

// served is a world whose clock is woken by servers.
type served struct {
	world
	open func() store.DB // opens the record once more
	runs *atomic.Int32   // how often the clock was woken
}

// eachServed runs a test on both databases.
func eachServed(t *testing.T, test func(w served)) { eachServing(t, asked(1), test) }

// eachServing is eachServed with a process.
func eachServing(t *testing.T, p *process.Process, test func(w served)) {
	t.Helper()
	t.Parallel()
	for name, place := range map[string]func(t *testing.T) func() (store.DB, error){
		"sqlite": func(t *testing.T) func() (store.DB, error) {
			path := filepath.Join(t.TempDir(), "record.db")
			return func() (store.DB, error) { return sqlite.Open(context.Background(), path) }
		},
		"postgres": func(t *testing.T) func() (store.DB, error) {
			dsn := pgcluster.Shared(t)
			return func() (store.DB, error) { return postgres.Open(context.Background(), dsn) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			again := place(t)
			open := func() store.DB {
				db, err := again()
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = db.Close() })
				return db
			}
			test(served{newWorld(t, open(), p), open, &atomic.Int32{}})
		})
	}
}

// serve lets a server run on a handle of the record until stop is called, or the test's end. ahead is called before the clock is woken.
func (w served) serve(db store.DB, ahead func()) (stop func()) {
	w.Helper()
	engine := w.engine
	wake := worker.Handler{Kind: process.ClockJob, Run: func(ctx context.Context, t worker.Task) error {
		if ahead != nil {
			ahead()
		}
		defer w.runs.Add(1)
		return engine.Wake(ctx, w.gate.Session(process.Clock), t.Args)
	}}
	recount := worker.Handler{Kind: process.RecountJob, Run: func(ctx context.Context, t worker.Task) error {
		if ahead != nil {
			ahead()
		}
		defer w.runs.Add(1)
		return engine.Recount(ctx, w.gate.Session(process.Clock), t.Args)
	}}
	work, err := worker.New(context.Background(), db, w.config(wake, recount))
	w.must(err)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := work.Run(ctx); err != nil {
			w.Error(err)
		}
	})
	stop = sync.OnceFunc(func() { cancel(); running.Wait() })
	w.Cleanup(stop)
	return stop
}

// config is how servers work in tests, by the clock of the world.
func (w served) config(handlers ...worker.Handler) worker.Config {
	return worker.Config{Handlers: handlers, Poll: 5 * time.Millisecond, Lease: 300 * time.Millisecond, Pause: 20 * time.Millisecond,
		Drain: time.Second, Now: func(context.Context) (time.Time, error) { return *w.now.Load(), nil }}
}

// until waits until something is so.
func (w served) until(what string, is func() bool) {
	w.Helper()
	for deadline := time.Now().Add(time.Minute); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.Fatalf("still not: %s", what)
		}
	}
}

// idle waits until servers have looked for jobs again, some of which would have run by then.
func (w served) idle() {
	w.Helper()
	marker := w.ask()
	runs := w.runs.Load()
	w.must(w.db.Write(w.Context(), store.Work{Do: func(tx store.Tx, _ store.Found) error {
		return tx.Enqueue([]store.Job{{ID: marker.ID, Kind: process.ClockJob, Args: []byte(`{"task":"nobody"}`), Due: w.now.Load().Add(-time.Hour)}})
	}}))
	w.until("the servers have looked for jobs", func() bool { return w.runs.Load() > runs })
}

func (w served) version(of fhir.Ref) int64 {
	w.Helper()
	v, err := w.db.Head(w.Context(), of)
	w.must(err)
	return v.Number
}

// TestAlarmAfterRestart: a deadline that passes while no server runs has its effect when one runs again.
func TestAlarmAfterRestart(t *testing.T) {
	eachServed(t, func(w served) {
		first := w.open
		if w.db.Alone() {
			first = func() store.DB { return w.db }
		}
		of := w.ask()
		stop := w.serve(first(), nil)
		w.idle()
		stop()
		if s := w.state(of); s != "open" {
			t.Fatalf("before its deadline it is %s", s)
		}
		w.pass(25 * time.Hour)
		w.serve(first(), nil)
		w.until("it is escalated", func() bool { return w.state(of) == "escalated" })
		if n := w.version(of); n != 2 {
			t.Errorf("it has %d versions", n)
		}
	})
}

// TestAlarmJump: when the clock jumps over deadlines each has its effect, and a case that has moved on is left alone.
func TestAlarmJump(t *testing.T) {
	eachServed(t, func(w served) {
		w.serve(w.db, nil)
		late, early := w.ask(), w.ask()
		if got := w.move(w.office(), early, "answer", "text", "x"); got != "" {
			t.Fatal(got)
		}
		w.pass(40 * 24 * time.Hour)
		w.until("it is escalated", func() bool { return w.state(late) == "escalated" })
		w.until("both alarms have rung", func() bool { return w.runs.Load() >= 2 })
		if s := w.state(early); s != "answered" || w.version(early) != 2 {
			t.Errorf("the other is %s", s)
		}
	})
}

// TestAlarmTwoServers: with several servers a deadline has its effect once.
func TestAlarmTwoServers(t *testing.T) {
	eachServed(t, func(w served) {
		const cases = 12
		w.serve(w.db, nil)
		if !w.db.Alone() {
			w.serve(w.open(), nil)
		}
		var all []fhir.Ref
		for range cases {
			all = append(all, w.ask())
		}
		w.pass(25 * time.Hour)
		for _, of := range all {
			w.until("it is escalated", func() bool { return w.state(of) == "escalated" })
		}
		w.until("all alarms have rung", func() bool { return w.runs.Load() >= cases })
		w.idle()
		for _, of := range all {
			if n := w.version(of); n != 2 {
				t.Errorf("a case has %d versions", n)
			}
		}
	})
}

// TestAlarmClockPutBack: an alarm that rings, and then finds the clock put back before its deadline, does nothing, and rings again then.
func TestAlarmClockPutBack(t *testing.T) {
	eachServed(t, func(w served) {
		of := w.ask()
		ringing, putBack := make(chan struct{}, 100), make(chan struct{})
		w.serve(w.db, func() { ringing <- struct{}{}; <-putBack })
		w.pass(25 * time.Hour)
		<-ringing
		w.pass(-5 * time.Hour)
		close(putBack)
		w.until("the alarm has rung", func() bool { return w.runs.Load() == 1 })
		if s := w.state(of); s != "open" || w.version(of) != 1 {
			t.Errorf("four hours before its deadline it is %s", s)
		}
		w.idle()
		if s := w.state(of); s != "open" {
			t.Errorf("then it is %s", s)
		}
		w.pass(4 * time.Hour)
		w.until("it is escalated", func() bool {
			w.pass(time.Second) // an alarm waits a second where the one before is not done with yet
			return w.state(of) == "escalated"
		})
		w.idle()
		if n := w.version(of); n != 2 {
			t.Errorf("it has %d versions", n)
		}
	})
}
