package postgres

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"yitong/internal/fhir"
	"yitong/internal/store"
	"yitong/test/pgcluster"
)

// open opens a database of the test's own.
func open(t *testing.T) *DB {
	t.Helper()
	db, err := Open(t.Context(), pgcluster.Shared(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// TestReadsTakeNoTransactionNumber holds that looking ahead costs no more than a read does.
func TestReadsTakeNoTransactionNumber(t *testing.T) {
	t.Parallel()
	db := open(t)
	if _, err := db.Gather(t.Context(), store.Want{}); err != nil {
		t.Fatal(err)
	}
	conn, err := db.pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	if _, err := conn.Exec(t.Context(), "BEGIN READ ONLY"); err != nil { // where none can be taken
		t.Fatal(err)
	}
	if _, err := newTx(t.Context(), db, conn).Gather(store.Want{}); err != nil {
		t.Error(err)
	}
}

// TestLateCommit lets the time run out before COMMIT is sent: such a transaction is known not to have happened.
func TestLateCommit(t *testing.T) {
	t.Parallel()
	db := open(t)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	err := db.transaction(ctx, false, func(tx *tx) error {
		_, err := tx.Gather(store.Want{})
		<-ctx.Done()
		return err
	})
	if _, unknown := errors.AsType[unsettled](err); unknown || err == nil {
		t.Errorf("got %v", err)
	}
}

// TestSlowCommit lets the time run out while the database is committing: what became of it is asked, however late.
func TestSlowCommit(t *testing.T) {
	t.Parallel()
	db := open(t)
	_, err := db.pool.Exec(t.Context(), `CREATE TABLE slow (n int);
		CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(1); RETURN NULL; END';
		CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON slow DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION slow()`)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	err = db.transaction(ctx, false, func(tx *tx) error {
		tx.batch.Queue("INSERT INTO slow VALUES (1)")
		return putFirst(tx)
	})
	var n int
	if e := db.pool.QueryRow(t.Context(), "SELECT count(*) FROM slow").Scan(&n); e != nil {
		t.Fatal(e)
	}
	if _, unknown := errors.AsType[unsettled](err); unknown || (err == nil) != (n == 1) {
		t.Errorf("told %v, and there are %d rows", err, n)
	}
}

var first = fhir.Ref{Type: 1, ID: "a"}

// putFirst puts the first version of a resource.
func putFirst(tx *tx) error {
	if _, err := tx.Gather(store.Want{}); err != nil {
		return err
	}
	return tx.Put([]store.Change{{Version: store.Version{Ref: first, Number: 1, Method: store.Post, Author: "Device/test"}}})
}

// TestNumberGivenAgain lets PostgreSQL crash before a commit reaches it, and give the transaction's number to another
// one, which commits: that must not be taken for the commit of the first.
func TestNumberGivenAgain(t *testing.T) {
	t.Parallel()
	c, err := pgcluster.Start("", pgcluster.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Stop() })
	dsn, err := c.NewDatabase("record")
	if err != nil {
		t.Fatal(err)
	}
	db, err := Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if _, err := db.take(t.Context(), 1); err != nil { // so that the transaction's number is the last that is given
		t.Fatal(err)
	}
	err = db.transaction(t.Context(), false, func(tx *tx) error {
		if err := putFirst(tx); err != nil {
			return err
		}
		if err := c.Restart(pgcluster.Immediate); err != nil {
			return err
		}
		return takeNumber(t, dsn, tx.xid)
	})
	if _, unknown := errors.AsType[unsettled](err); unknown || err == nil {
		t.Errorf("a lost transaction was told as %v", err)
	}
	if v, err := db.Head(t.Context(), first); err != nil || v.Exists() {
		t.Errorf("there is %v, %v", v, err)
	}
}

// takeNumber commits other transactions until one has had the number.
func takeNumber(t *testing.T, dsn, xid string) error {
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		return err
	}
	defer conn.Close(context.Background())
	for status := ""; status != "committed"; {
		if _, err := conn.Exec(t.Context(), "SELECT pg_current_xact_id()"); err != nil {
			return err
		}
		err := conn.QueryRow(t.Context(), sqlStatus, xid).Scan(&status)
		if err != nil && !notYetGiven(err) || status == "aborted" {
			t.Errorf("the number is not given again: %q, %v", status, err)
			return err
		}
	}
	return nil
}
