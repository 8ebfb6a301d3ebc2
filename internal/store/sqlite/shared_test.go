package sqlite_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"yitong/internal/store"
	"yitong/internal/store/sqlite"
)

// TestShared: transactions and statements of a shared handle run among the store's writes; each is whole or not at all,
// and nobody meets a locked file.
func TestShared(t *testing.T) {
	t.Parallel()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "record.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	handle := db.Shared()
	defer handle.Close()
	if _, err := handle.ExecContext(t.Context(), "CREATE TABLE own (n INTEGER PRIMARY KEY, text TEXT)"); err != nil {
		t.Fatal(err)
	}
	const each = 30
	var all sync.WaitGroup
	for w := range 3 {
		all.Go(func() { // transactions, of which every third is undone
			for i := range each {
				tx, err := handle.BeginTx(t.Context(), nil)
				if err != nil {
					t.Error(err)
					return
				}
				for range 2 {
					if _, err := tx.ExecContext(t.Context(), "INSERT INTO own (text) VALUES (?)", fmt.Sprint("tx", w)); err != nil {
						t.Error(err)
					}
				}
				if i%3 == 0 {
					err = tx.Rollback()
				} else {
					err = tx.Commit()
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
		all.Go(func() { // single statements, one of which fails
			for range each {
				var n int
				if err := handle.QueryRowContext(t.Context(), "INSERT INTO own (text) VALUES ('one') RETURNING n").Scan(&n); err != nil || n == 0 {
					t.Error(n, err)
				}
				if _, err := handle.ExecContext(t.Context(), "INSERT INTO own (n) VALUES (?)", n); err == nil {
					t.Error("a row was put in twice")
				}
			}
		})
		all.Go(func() {
			for i := range each {
				err := db.Write(t.Context(), store.Work{Do: func(tx store.Tx, _ store.Found) error {
					_, err := tx.Reserve(store.Place{Scope: "s", Name: fmt.Sprint(w, i)}, "h", store.ForEver)
					return err
				}})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	var inTx, single int
	err = handle.QueryRowContext(t.Context(), "-- counted beside the writer\nSELECT count(*) FILTER (WHERE text LIKE 'tx%'), count(*) FILTER (WHERE text = 'one') FROM own").Scan(&inTx, &single)
	if want := 3 * each * 2 * 2 / 3; err != nil || inTx != want || single != 3*each {
		t.Errorf("%d rows of transactions, want %d; %d of single statements, want %d (%v)", inTx, want, single, 3*each, err)
	}
	if places, err := db.Reserved(t.Context(), "s"); err != nil || len(places) != 3*each {
		t.Errorf("%d places (%v)", len(places), err)
	}
}

// TestSharedLeftOpen: a transaction that is left open is undone, so that the writer goes on; one whose context ends is
// undone at once.
func TestSharedLeftOpen(t *testing.T) {
	t.Parallel()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "record.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	handle := db.Shared()
	defer handle.Close()
	writes := func() time.Duration {
		began := time.Now()
		if err := db.Write(t.Context(), store.Work{Do: func(tx store.Tx, _ store.Found) error {
			_, err := tx.Reserve(store.Place{Scope: "s", Name: "p"}, "h", store.ForEver)
			return err
		}}); err != nil {
			t.Error(err)
		}
		return time.Since(began)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := handle.BeginTx(ctx, nil); err != nil {
		t.Fatal(err)
	}
	cancel()
	if took := writes(); took > 2*time.Second {
		t.Errorf("a transaction that was given up held the writer for %v", took)
	}
	tx, err := handle.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if took := writes(); took > 20*time.Second {
		t.Errorf("a transaction that was left open held the writer for %v", took)
	}
	if _, err := tx.ExecContext(t.Context(), "DELETE FROM place"); err == nil || !strings.Contains(err.Error(), "left open") {
		t.Errorf("it could go on: %v", err)
	}
	if tx.Commit() == nil {
		t.Error("it could be committed")
	}
}
