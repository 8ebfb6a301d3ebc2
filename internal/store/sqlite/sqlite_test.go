package sqlite_test

import (
	"path/filepath"
	"testing"

	"yitong/internal/store"
	"yitong/internal/store/sqlite"
	"yitong/internal/store/storetest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t testing.TB) store.DB {
		db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "a folder", "record?#%.db"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
		return db
	})
}
