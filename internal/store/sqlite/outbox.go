package sqlite

import (
	"context"
	"database/sql"
	"time"

	"yitong/internal/store"
)

const (
	sqlDue     = "SELECT n, due, id, kind, once, args FROM outbox WHERE due <= ? ORDER BY due, n LIMIT ?"
	sqlOut     = "DELETE FROM outbox WHERE n IN (SELECT value FROM json_each(?))"
	sqlPutOff  = "UPDATE outbox SET due = ? WHERE n IN (SELECT value FROM json_each(?))"
	sqlNextDue = "SELECT min(due) FROM outbox"
)

// HandOver gives at most so many jobs that are due by the instant now to give, and takes those out of the outbox that it
// took, in one transaction with what give wrote. Those that it holds back are due again at the instant later. handle is a
// [DB.Shared]. It tells how many were due.
func (d *DB) HandOver(ctx context.Context, handle *sql.DB, now, later time.Time, most int, give func(context.Context, *sql.Tx, []store.Job) (held []bool, err error)) (int, error) {
	if due, err := d.due(ctx, now); err != nil || !due {
		return 0, err
	}
	tx, err := handle.BeginTx(ctx, nil)
	if err != nil {
		return 0, fail(err, "handing jobs over")
	}
	defer tx.Rollback() //nolint:errcheck // it has been committed, or nothing of it stands
	rows, err := tx.QueryContext(ctx, sqlDue, now.UnixMicro(), most)
	var ns []int64
	jobs, err := all(rows, err, func(row scanner) (j store.Job, err error) {
		var n, at int64
		err = row.Scan(&n, &at, &j.ID, &j.Kind, &j.Unique, &j.Args)
		j.Due = time.UnixMicro(at).UTC()
		ns = append(ns, n)
		return j, err
	})
	if err != nil || len(jobs) == 0 {
		return 0, err
	}
	held, err := give(ctx, tx, jobs)
	if err != nil {
		return 0, fail(err, "handing jobs over")
	}
	out, off := store.Part(ns, held)
	if _, err := tx.ExecContext(ctx, sqlOut, list(out)); err != nil {
		return 0, fail(err, "handing jobs over")
	}
	if len(off) > 0 {
		if _, err := tx.ExecContext(ctx, sqlPutOff, later.UnixMicro(), list(off)); err != nil {
			return 0, fail(err, "handing jobs over")
		}
	}
	return len(jobs), fail(tx.Commit(), "handing jobs over")
}

// due tells whether there is anything to hand over, without keeping the writer busy.
func (d *DB) due(ctx context.Context, now time.Time) (bool, error) {
	var first sql.NullInt64
	err := d.run[sqlNextDue].QueryRowContext(ctx).Scan(&first)
	return first.Valid && first.Int64 <= now.UnixMicro(), fail(err, "reading the outbox")
}
