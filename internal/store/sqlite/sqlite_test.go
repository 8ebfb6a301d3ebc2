package sqlite_test

import (
	"database/sql"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"yitong/internal/store"
	"yitong/internal/store/seal"
	"yitong/internal/store/sqlite"
	"yitong/internal/store/storetest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t testing.TB) store.DB { return open(t, t.TempDir(), seal.Bodies{}) })
}

// TestSealed: a record whose bodies are sealed is like any other.
func TestSealed(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t testing.TB) store.DB { return open(t, t.TempDir(), storetest.Sealing(t, 1, true)) })
}

func TestSeal(t *testing.T) {
	t.Parallel()
	storetest.RunSeal(t, func(t testing.TB) func(seal.Bodies) (store.DB, error) {
		path := filepath.Join(t.TempDir(), "record.db")
		return func(b seal.Bodies) (store.DB, error) { return sqlite.Open(t.Context(), path, sqlite.Sealing(b)) }
	}, func(db store.DB) *sql.DB { return db.(*sqlite.DB).Shared() })
}

func BenchmarkSeal(b *testing.B) {
	storetest.BenchSeal(b, func(t testing.TB, bodies seal.Bodies) store.DB { return open(t, t.TempDir(), bodies) })
}

// open opens a record in a folder, closed at the test's end.
func open(t testing.TB, folder string, bodies seal.Bodies) store.DB {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(folder, "a folder", "record?#%.db"), sqlite.Sealing(bodies))
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

// TestLateMember: a member that takes long is undone and runs by itself, so that the others need not wait for it.
func TestLateMember(t *testing.T) {
	t.Parallel()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "record.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	place := func(name string) store.Place { return store.Place{Scope: "s", Name: name} }
	begun, letGo := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	write := func(do func(store.Tx) error) {
		all.Go(func() {
			if err := db.Write(t.Context(), store.Work{Do: func(tx store.Tx, _ store.Found) error { return do(tx) }}); err != nil {
				t.Error(err)
			}
		})
	}
	write(func(tx store.Tx) error { // until the others stand behind it
		close(begun)
		<-letGo
		return nil
	})
	<-begun
	runs, quick := 0, time.Time{}
	write(func(tx store.Tx) error {
		runs++
		if _, err := tx.Reserve(place("early"), "late", store.ForEver); err != nil {
			return err
		}
		time.Sleep(100 * time.Millisecond)
		_, err := tx.Reserve(place("late"), "late", store.ForEver)
		return err
	})
	all.Go(func() {
		err := db.Write(t.Context(), store.Work{Do: func(tx store.Tx, _ store.Found) error {
			_, err := tx.Reserve(place("quick"), "quick", store.ForEver)
			return err
		}})
		if quick = time.Now(); err != nil {
			t.Error(err)
		}
	})
	time.Sleep(200 * time.Millisecond)
	close(letGo)
	all.Wait()
	if late := time.Since(quick); runs != 2 || late < 50*time.Millisecond {
		t.Errorf("the late member ran %d times, and ended %v after the quick one", runs, late)
	}
	if list, err := db.Reserved(t.Context(), "s"); err != nil || len(list) != 3 {
		t.Errorf("%v (%v)", list, err)
	}
}
