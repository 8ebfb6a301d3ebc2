package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"yitong/internal/store"
)

const (
	sqlDue     = "SELECT n, due, id, kind, once, args FROM outbox WHERE due <= $1 ORDER BY due, n LIMIT $2 FOR UPDATE SKIP LOCKED"
	sqlNextDue = "SELECT min(due) FROM outbox"
	sqlOut     = "DELETE FROM outbox WHERE n = ANY($1)"
	sqlPutOff  = "UPDATE outbox SET due = $1 WHERE n = ANY($2)"
)

// Pool are the connections, for a library that brings its own statements, such as a queue of jobs.
func (d *DB) Pool() *pgxpool.Pool { return d.pool }

// Exclusively runs do while no other server runs anything under the same name.
func (d *DB) Exclusively(ctx context.Context, name string, do func() error) error {
	conn, err := d.pool.Acquire(ctx)
	if err != nil {
		return fail(err, "connecting")
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock(hashtext($1), 1)", name); err != nil {
		return fail(err, "waiting for a turn")
	}
	defer conn.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock(hashtext($1), 1)", name) //nolint:errcheck // a broken connection gives it back by itself
	return do()
}

// HandOver gives at most so many jobs that are due by the instant now to give, and takes those out of the outbox that it
// took, in one transaction with what give wrote. Those that it holds back are due again at the instant later. Several
// servers may do it at the same time. It tells how many were due.
func (d *DB) HandOver(ctx context.Context, now, later time.Time, most int, give func(context.Context, pgx.Tx, []store.Job) (held []bool, err error)) (int, error) {
	var first *int64
	if err := d.pool.QueryRow(ctx, sqlNextDue).Scan(&first); err != nil || first == nil || *first > now.UnixMicro() {
		return 0, fail(err, "reading the outbox")
	}
	tx, err := d.pool.Begin(ctx)
	if err != nil {
		return 0, fail(err, "handing jobs over")
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck // it has been committed, or nothing of it stands
	rows, err := tx.Query(ctx, sqlDue, now.UnixMicro(), most)
	var ns []int64
	jobs, err := all(rows, err, func(r pgx.CollectableRow) (j store.Job, err error) {
		var n, at int64
		err = r.Scan(&n, &at, &j.ID, &j.Kind, &j.Unique, &j.Args)
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
	if _, err := tx.Exec(ctx, sqlOut, out); err != nil {
		return 0, fail(err, "handing jobs over")
	}
	if len(off) > 0 {
		if _, err := tx.Exec(ctx, sqlPutOff, later.UnixMicro(), off); err != nil {
			return 0, fail(err, "handing jobs over")
		}
	}
	return len(jobs), fail(tx.Commit(ctx), "handing jobs over")
}
