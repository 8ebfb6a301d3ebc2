package postgres

import (
	"context"
	"errors"
	"testing"
	"time"

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
		_, err := tx.Gather(store.Want{})
		tx.batch.Queue("INSERT INTO slow VALUES (1)")
		return err
	})
	var n int
	if e := db.pool.QueryRow(t.Context(), "SELECT count(*) FROM slow").Scan(&n); e != nil {
		t.Fatal(e)
	}
	if _, unknown := errors.AsType[unsettled](err); unknown || (err == nil) != (n == 1) {
		t.Errorf("told %v, and there are %d rows", err, n)
	}
}
