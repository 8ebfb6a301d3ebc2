package postgres_test

import (
	"database/sql"
	"testing"

	"github.com/jackc/pgx/v5/stdlib"

	"yitong/internal/store"
	"yitong/internal/store/postgres"
	"yitong/internal/store/seal"
	"yitong/internal/store/storetest"
	"yitong/test/pgcluster"
)

func TestMain(m *testing.M) { pgcluster.Run(m) }

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t testing.TB) store.DB { return open(t, pgcluster.Shared(t), seal.Bodies{}) })
}

// TestSealed: a record whose bodies are sealed is like any other.
func TestSealed(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t testing.TB) store.DB { return open(t, pgcluster.Shared(t), storetest.Sealing(t, 1, true)) })
}

func TestSeal(t *testing.T) {
	t.Parallel()
	storetest.RunSeal(t, func(t testing.TB) func(seal.Bodies) (store.DB, error) {
		dsn := pgcluster.Shared(t)
		return func(b seal.Bodies) (store.DB, error) { return postgres.Open(t.Context(), dsn, postgres.Sealing(b)) }
	}, func(db store.DB) *sql.DB { return stdlib.OpenDBFromPool(db.(*postgres.DB).Pool()) })
}

func BenchmarkSeal(b *testing.B) {
	storetest.BenchSeal(b, func(t testing.TB, bodies seal.Bodies) store.DB { return open(t, pgcluster.Shared(t), bodies) })
}

// open opens a record, closed at the test's end.
func open(t testing.TB, dsn string, bodies seal.Bodies) store.DB {
	t.Helper()
	db, err := postgres.Open(t.Context(), dsn, postgres.Sealing(bodies))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}
