package postgres_test

import (
	"testing"

	"yitong/internal/store"
	"yitong/internal/store/postgres"
	"yitong/internal/store/storetest"
	"yitong/test/pgcluster"
)

func TestMain(m *testing.M) { pgcluster.Run(m) }

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t testing.TB) store.DB {
		db, err := postgres.Open(t.Context(), pgcluster.Shared(t))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		return db
	})
}
