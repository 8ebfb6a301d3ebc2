package histories

import (
	"context"
	"path/filepath"
	"sync/atomic"
	"testing"

	"yitong/internal/fault"
	"yitong/internal/store"
	"yitong/internal/store/postgres"
	"yitong/internal/store/sqlite"
	"yitong/test/pgcluster"
)

func TestMain(m *testing.M) { pgcluster.Run(m) }

// worlds are the ways in which an empty record is served: each gives the stores of its servers.
var worlds = map[string]func(*testing.T) []store.DB{
	"sqlite":                           onSQLite,
	"sqlite, answers lost":             func(t *testing.T) []store.DB { return losing(onSQLite(t)) },
	"postgres":                         func(t *testing.T) []store.DB { return onPostgres(t, 1) },
	"postgres, two servers":            func(t *testing.T) []store.DB { return onPostgres(t, 2) },
	"postgres, servers losing answers": func(t *testing.T) []store.DB { return losing(onPostgres(t, 2)) },
}

func onSQLite(t *testing.T) []store.DB {
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "record.db"))
	return []store.DB{opened(t, db, err)}
}

// onPostgres opens one database several times, as so many servers would.
func onPostgres(t *testing.T, servers int) (list []store.DB) {
	dsn := pgcluster.Shared(t)
	for range servers {
		db, err := postgres.Open(t.Context(), dsn)
		list = append(list, opened(t, db, err))
	}
	return list
}

// opened closes a store behind the test.
func opened(t *testing.T, db store.DB, err error) store.DB {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// lossy is a store that tells nothing of some writes: of these, every other one has been carried out.
type lossy struct {
	store.DB
	writes atomic.Int64
}

func losing(list []store.DB) []store.DB {
	for i := range list {
		list[i] = &lossy{DB: list[i]}
	}
	return list
}

// lostEvery is how many writes there are to one whose answer is lost.
const lostEvery = 25

// Write implements [store.DB].
func (l *lossy) Write(ctx context.Context, w store.Work) error {
	n := l.writes.Add(1)
	lost := fault.New(fault.Unavailable, "The answer was lost.")
	if n%lostEvery != 0 {
		return l.DB.Write(ctx, w)
	}
	if n%(2*lostEvery) == 0 {
		if err := l.DB.Write(ctx, w); err != nil {
			return err
		}
	}
	return lost
}
