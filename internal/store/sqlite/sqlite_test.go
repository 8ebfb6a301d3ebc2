package sqlite_test

import (
	"database/sql"
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

// TestPageSize holds that the size of a page is chosen before the driver does anything that settles it.
func TestPageSize(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "record.db")
	db, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	file, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var size int
	if err := file.QueryRowContext(t.Context(), "PRAGMA page_size").Scan(&size); err != nil || size != 8192 {
		t.Errorf("a page has %d bytes (%v), want 8192", size, err)
	}
}
