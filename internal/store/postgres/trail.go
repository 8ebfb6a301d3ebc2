package postgres

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"yitong/internal/store"
	"yitong/internal/store/seal"
)

const (
	sqlTrace = "INSERT INTO loose (lines) VALUES ($1)"
	// Row by row, so that no more is read than is asked for.
	sqlLoose = "WITH RECURSIVE w(id, size) AS ((SELECT id, octet_length(lines)::bigint FROM loose ORDER BY id LIMIT 1) UNION ALL" +
		" SELECT n.id, w.size + n.size FROM w CROSS JOIN LATERAL (SELECT l.id, octet_length(l.lines) AS size FROM loose l" +
		" WHERE l.id > w.id ORDER BY l.id LIMIT 1) n WHERE w.size + n.size <= $1)" +
		" SELECT l.id, l.lines FROM w JOIN loose l ON l.id = w.id ORDER BY l.id"

	// One statement, and so one round trip and a transaction of its own. It stands on the batch before, and two of one
	// number cannot be there; which rows are gone is known behind the locks of those who took them. Where a row is not
	// there, or the batch before, it divides by zero. The last of a chunk adds the keys of all of it to the index.
	sqlBind = "WITH before AS (SELECT bound FROM batch WHERE n = $1::bigint - 1 UNION ALL SELECT 0 WHERE $1::bigint = 1)," +
		" taken AS (DELETE FROM loose WHERE id = ANY($2::bigint[]) RETURNING 1)," +
		" made AS (INSERT INTO batch (n, first, last, bound, count, digest, tags, keys, body)" +
		" SELECT $1::bigint, $3::bigint, $4::bigint, greatest($4::bigint, " + clock + ", bound), $5::int, $6::bytea, $7::bytea, $8::bigint[], $9::bytea" +
		" FROM before RETURNING bound)," +
		" keyed AS (INSERT INTO trail_ix (run, h, n) SELECT (k.n - 1) / $10::bigint, k.h, k.n FROM" +
		" (SELECT b.n, unnest(b.keys) FROM batch b WHERE $1::bigint % $11::bigint = 0 AND b.n > $1::bigint - $11::bigint AND b.n < $1::bigint" +
		" UNION ALL SELECT $1::bigint, unnest($8::bigint[]) WHERE $1::bigint % $11::bigint = 0) k(n, h) ORDER BY 1, 2, 3)" +
		" SELECT coalesce((SELECT bound FROM made), 0)," +
		" 1 / ((SELECT count(*) FROM taken) = cardinality($2::bigint[]) AND EXISTS (SELECT 1 FROM made))::int"
	clock = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"

	header         = "n, first, last, bound, count, digest, tags"
	sqlBatches     = "SELECT " + header + ", NULL::bigint[], NULL::bytea FROM batch WHERE n >= $1 ORDER BY n LIMIT $2"
	sqlBatchBodies = "SELECT " + header + ", keys, body FROM batch WHERE n >= $1 ORDER BY n LIMIT $2"
	sqlLastBatch   = "SELECT coalesce(max(n), 0) FROM batch"

	// Batches stand in the order in which they were bound. Those of a window stand from the first that was bound after
	// its beginning to the last that was bound within an hour of its end; the few that were bound later have an index
	// of their own.
	sqlFindBatches = "(SELECT b.n FROM batch b WHERE b.n >= " + windowFrom + " AND b.n <= " + windowTo +
		" AND b.n < $4 AND " + inWindow + " ORDER BY b.n DESC LIMIT $5)" +
		" UNION ALL (" + lateOnes + " ORDER BY b.bound DESC, b.n DESC LIMIT $5) ORDER BY n DESC LIMIT $5"
	// With a key: the newest ones, whose keys are not in the index yet, and then run by run, from the newest, until
	// there are enough.
	sqlFindKeyed = "WITH w AS MATERIALIZED (SELECT " + windowFrom + " AS low, least(coalesce(" + windowTo + ", 0), $4::bigint - 1) AS high," +
		" coalesce((SELECT max(n) FROM batch), 0) / $8::bigint * $8::bigint AS indexed)" +
		" (SELECT b.n FROM batch b WHERE b.n >= (SELECT greatest(low, indexed + 1) FROM w) AND b.n <= (SELECT high FROM w) AND " + inWindow +
		" AND $6::bigint = ANY(b.keys) ORDER BY b.n DESC LIMIT $5)" +
		" UNION ALL (SELECT x.n FROM w CROSS JOIN generate_series((least(w.high, w.indexed) - 1) / $7::bigint, (w.low - 1) / $7::bigint, -1) r(run)" +
		" CROSS JOIN LATERAL (SELECT x.n FROM trail_ix x JOIN batch b ON b.n = x.n WHERE x.run = r.run AND x.h = $6::bigint" +
		" AND x.n >= w.low AND x.n <= least(w.high, w.indexed) AND " + inWindow + " ORDER BY x.n DESC LIMIT $5) x LIMIT $5)" +
		" UNION ALL (" + lateOnes + " AND $6::bigint = ANY(b.keys) ORDER BY b.bound DESC, b.n DESC LIMIT $5) ORDER BY n DESC LIMIT $5"
	windowFrom = "(SELECT n FROM batch WHERE body IS NOT NULL AND bound >= $1 ORDER BY bound, n LIMIT 1)"
	windowTo   = "(SELECT n FROM batch WHERE body IS NOT NULL AND bound <= $3 ORDER BY bound DESC, n DESC LIMIT 1)"
	inWindow   = "b.last >= $1 AND b.first <= $2 AND b.body IS NOT NULL"
	lateOnes   = "SELECT b.n FROM batch b WHERE b.bound - b.first > 3600000000 AND b.bound > $3 AND b.n < $4 AND " + inWindow

	sqlErase = "WITH old AS (SELECT n, keys FROM batch WHERE body IS NOT NULL AND bound < $1 ORDER BY bound, n LIMIT $2 FOR UPDATE)," +
		" lost AS (DELETE FROM trail_ix x USING (SELECT old.n, k.h FROM old CROSS JOIN unnest(old.keys) k(h)) k WHERE x.run = (k.n - 1) / $3 AND x.h = k.h AND x.n = k.n)," +
		" bare AS (UPDATE batch b SET keys = NULL, body = NULL FROM old WHERE b.n = old.n RETURNING b.n)" +
		" SELECT coalesce(min(n), 0), coalesce(max(n), 0) FROM bare"
)

// shape is how the index of the trail is built: its runs are of so many batches each, and keys of so many batches are
// added to one together. The second divides the first. They are stored: never change them.
type shape struct{ run, chunk int64 }

var usualShape = shape{run: 4096, chunk: 64}

// Trace implements [store.Trail]: one statement that commits by itself. Many may be under way at the same time.
func (d *DB) Trace(ctx context.Context, lines []byte) error {
	if err := store.CheckLines(lines); err != nil || len(lines) == 0 {
		return err
	}
	return d.atOnce(ctx, "adding to the trail", func(ctx context.Context, conn *pgx.Conn) error {
		for row := range store.Rows(lines) {
			if _, err := conn.Exec(ctx, sqlTrace, d.bodies.Store(seal.AboutLines, row)); err != nil {
				return err
			}
		}
		return nil
	})
}

// atOnce carries out a statement that commits by itself. A request that is given up while it waits for a connection is
// left out; later it is not heeded, for to break off would cost the connection.
func (d *DB) atOnce(ctx context.Context, doing string, do func(context.Context, *pgx.Conn) error) error {
	conn, err := d.pool.Acquire(ctx)
	if err != nil {
		return fail(err, doing)
	}
	defer conn.Release()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeMost)
	defer cancel()
	return fail(do(ctx, conn.Conn()), doing)
}

// Trace implements [store.Tx]. Lines of all members are one row, which is written with what else there is to write.
func (t *tx) Trace(lines []byte) error {
	if err := store.CheckLines(lines); err != nil {
		return err
	}
	t.wrote = true
	t.trail = append(t.trail, lines...)
	return nil
}

// queueTrail adds lines to the trail.
func (t *tx) queueTrail() {
	for row := range store.Rows(t.trail) {
		t.batch.Queue(sqlTrace, t.db.bodies.Store(seal.AboutLines, row))
	}
	t.trail = nil
}

// Loose implements [store.Trail].
func (d *DB) Loose(ctx context.Context, most int) ([]store.Loose, error) {
	rows, err := d.pool.Query(ctx, sqlLoose, int64(most))
	return all(rows, err, func(row pgx.CollectableRow) (l store.Loose, err error) {
		if err = row.Scan(&l.ID, &l.Lines); err == nil {
			l.Lines, err = d.bodies.Open(seal.AboutLines, l.Lines)
		}
		return l, err
	})
}

// Bind implements [store.Trail]: one round trip, and one transaction, for there is one sync point behind all statements.
func (d *DB) Bind(ctx context.Context, list ...store.Binding) (bool, error) {
	var batch pgx.Batch
	bound := make([]int64, len(list))
	for i, b := range list {
		if err := b.Check(); err != nil {
			return false, err
		}
		keys := make([]int64, 0, len(b.Keys))
		for _, k := range slices.Compact(slices.Sorted(slices.Values(b.Keys))) {
			keys = append(keys, int64(k))
		}
		rows := slices.AppendSeq([]int64{}, slices.Values(b.Rows))
		slices.Sort(rows)
		batch.Queue(sqlBind, b.Number, slices.Compact(rows), b.First.UnixMicro(), b.Last.UnixMicro(), b.Lines, notNil(b.Digest),
			notNil(b.Tags), keys, d.bodies.Store(seal.AboutBatch(b.Number), b.Body), d.shape.run, d.shape.chunk,
		).QueryRow(func(row pgx.Row) error {
			var one int
			return row.Scan(&bound[i], &one)
		})
	}
	err := d.atOnce(ctx, "binding batches of the trail", func(ctx context.Context, conn *pgx.Conn) error {
		return conn.SendBatch(ctx, &batch).Close()
	})
	if quicker(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	for i, b := range list {
		b.Bound = time.UnixMicro(bound[i]).UTC()
	}
	return true, nil
}

// quicker tells of a failed Bind whether it is because of another one: a number or a row that it took, or is taking.
func quicker(err error) bool {
	e, is := errors.AsType[*pgconn.PgError](err)
	return is && (e.Code == "22012" || e.Code == "23505" || e.Code == "40P01") // division by zero, unique violation, deadlock
}

// notNil is what a column takes that must not be NULL.
func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// Batches implements [store.Trail].
func (d *DB) Batches(ctx context.Context, from int64, most int, bodies bool) ([]store.Batch, error) {
	q := sqlBatches
	if bodies {
		q = sqlBatchBodies
	}
	rows, err := d.pool.Query(ctx, q, from, max(most, 0))
	return all(rows, err, d.batch)
}

func (d *DB) batch(row pgx.CollectableRow) (b store.Batch, err error) {
	var first, last, bound int64
	var keys []int64
	if err := row.Scan(&b.Number, &first, &last, &bound, &b.Lines, &b.Digest, &b.Tags, &keys, &b.Body); err != nil {
		return b, err
	}
	for _, k := range keys {
		b.Keys = append(b.Keys, store.Key(k))
	}
	b.Body, err = d.bodies.Open(seal.AboutBatch(b.Number), b.Body)
	b.First, b.Last, b.Bound = time.UnixMicro(first).UTC(), time.UnixMicro(last).UTC(), time.UnixMicro(bound).UTC()
	return b, err
}

// LastBatch implements [store.Trail].
func (d *DB) LastBatch(ctx context.Context) (n int64, err error) {
	return n, fail(d.pool.QueryRow(ctx, sqlLastBatch).Scan(&n), "reading the trail")
}

// FindBatches implements [store.Trail].
func (d *DB) FindBatches(ctx context.Context, s store.Sought) ([]int64, error) {
	from, to, bound, below := s.Window()
	q, args := sqlFindBatches, []any{from, to, bound, below, max(s.Most, 0)}
	if s.Key != nil {
		q, args = sqlFindKeyed, append(args, int64(*s.Key), d.shape.run, d.shape.chunk)
	}
	rows, err := d.pool.Query(ctx, q, args...)
	return all(rows, err, pgx.RowTo[int64])
}

// EraseBatches implements [store.Trail].
func (d *DB) EraseBatches(ctx context.Context, before time.Time, most int) (first, last int64, err error) {
	err = d.atOnce(ctx, "erasing batches of the trail", func(ctx context.Context, conn *pgx.Conn) error {
		return conn.QueryRow(ctx, sqlErase, before.UnixMicro(), max(most, 0), d.shape.run).Scan(&first, &last)
	})
	return first, last, err
}
