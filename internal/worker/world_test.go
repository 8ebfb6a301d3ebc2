package worker_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
	"yitong/internal/store"
	"yitong/internal/store/postgres"
	"yitong/internal/store/sqlite"
	"yitong/internal/worker"
	"yitong/test/pgcluster"
)

func TestMain(m *testing.M) { pgcluster.Run(m) }

// world is a database, and how to open it once more.
type world struct {
	*testing.T
	open func() store.DB
	db   store.DB
}

// each runs a test on each database; servers tells how many can work on it.
func each(t *testing.T, test func(w world, servers int)) {
	t.Parallel()
	for name, open := range map[string]func(t *testing.T) func() (store.DB, error){
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
			w, again := world{T: t}, open(t)
			w.open = func() store.DB {
				db, err := again()
				w.must(err)
				t.Cleanup(func() { _ = db.Close() })
				return db
			}
			w.db = w.open()
			test(w, map[bool]int{true: 1, false: 2}[w.db.Alone()])
		})
	}
}

func (w world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// quick is a worker that does not wait long for anything.
func quick(c worker.Config) worker.Config {
	if os.Getenv("WLOG") != "" {
		c.Log = slog.New(slog.NewTextHandler(os.Stderr, nil))
	}
	c.Poll, c.Lease, c.Pause, c.Drain = 5*time.Millisecond, 300*time.Millisecond, 20*time.Millisecond, time.Second
	return c
}

// start runs a worker on a database until stop is called, or the test's end.
func (w world) start(db store.DB, c worker.Config) (stop func()) {
	w.Helper()
	work, err := worker.New(context.Background(), db, c)
	w.must(err)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := work.Run(ctx); err != nil && db.Ping(context.Background()) == nil { // else the test has let it die
			w.Error(err)
		}
	})
	stop = sync.OnceFunc(func() { cancel(); running.Wait() })
	w.Cleanup(stop)
	return stop
}

// until waits until something is so.
func (w world) until(what string, is func() bool) {
	w.Helper()
	for deadline := time.Now().Add(15 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.Fatalf("still not: %s", what)
		}
	}
}

// enqueue asks for a job.
func (w world) enqueue(kind, args, unique string, due time.Time) store.Job {
	w.Helper()
	job, err := worker.NewJob(kind, args)
	w.must(err)
	job.Unique, job.Due = unique, due
	w.must(w.db.Write(w.Context(), store.Work{Do: func(tx store.Tx, _ store.Found) error { return tx.Enqueue([]store.Job{job}) }}))
	return job
}

// counter is a Patient whose versions are counted.
type counter struct{ ref fhir.Ref }

func count(id string) counter {
	t, _ := schema.TypeOf("Patient")
	return counter{fhir.Ref{Type: t, ID: id}}
}

// add writes a version, under the idempotency key if there is one.
func (c counter) add(ctx context.Context, g *gate.Gate, once *gate.Idempotency) error {
	r, err := fhir.ParseResource(fmt.Appendf(nil, `{"resourceType":"Patient","id":%q}`, c.ref.ID))
	if err != nil {
		return err
	}
	op := gate.Op{Kind: gate.Update, Type: c.ref.Type, ID: c.ref.ID, Resource: r}
	_, err = g.Session(gate.Actor{Reference: "Device/worker", Access: gate.Whole()}).Apply(ctx, []gate.Op{op}, once)
	return err
}

func (c counter) versions(w world) int64 {
	w.Helper()
	v, err := w.db.Head(w.Context(), c.ref)
	w.must(err)
	return v.Number
}
