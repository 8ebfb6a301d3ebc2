package sqlite

import (
	"context"
	"errors"
	"slices"
	"time"

	"yitong/internal/store"
	"yitong/internal/store/seal"
)

const (
	sqlTrace = "INSERT INTO loose (id, lines) SELECT 1 + max(coalesce((SELECT max(id) FROM loose), 0), " + newestUpto + "), ?"
	sqlLoose = "SELECT id, lines FROM loose ORDER BY id"

	sqlAreLoose = "SELECT count(*) FROM loose WHERE id IN (SELECT value FROM json_each(?))"
	sqlUnbind   = "DELETE FROM loose WHERE id IN (SELECT value FROM json_each(?))"
	sqlBind     = "INSERT INTO batch (n, first, last, bound, upto, count, digest, tags, keys, body)" +
		" SELECT ?1, ?2, ?3, max(?3, ?4, coalesce((SELECT bound FROM batch WHERE n = ?1 - 1), 0))," +
		" max(?5, " + newestUpto + "), ?6, ?7, ?8, ?9, ?10 RETURNING bound"
	newestUpto = "coalesce((SELECT upto FROM batch ORDER BY n DESC LIMIT 1), 0)"

	header         = "n, first, last, bound, count, digest, tags"
	sqlBatches     = "SELECT " + header + ", NULL FROM batch WHERE n >= ? ORDER BY n LIMIT ?"
	sqlBatchBodies = "SELECT " + header + ", body FROM batch WHERE n >= ? ORDER BY n LIMIT ?"
	sqlLastBatch   = "SELECT coalesce(max(n), 0) FROM batch"

	sqlErasable  = "SELECT n, keys FROM batch WHERE body IS NOT NULL AND bound < ? ORDER BY bound, n LIMIT ?"
	sqlErase     = "UPDATE batch SET keys = NULL, body = NULL WHERE n = ?"
	sqlEraseKeys = "DELETE FROM trail_ix WHERE run = ?3 AND h IN (SELECT value FROM json_each(?1)) AND n = ?2"
)

// trailKept is how many bytes are kept ready for the lines of the next transaction.
const trailKept = 1 << 20

func (w *writer) clearTrail() {
	if w.trail = w.trail[:0]; cap(w.trail) > trailKept {
		w.trail = nil
	}
}

// addTrail writes what all members of the transaction have added to the trail, as few rows.
func (w *writer) addTrail() error {
	for row := range store.Rows(w.trail) {
		if err := w.exec(sqlTrace, w.bodies.Store(seal.AboutLines, row)); err != nil {
			return err
		}
	}
	return nil
}

// Trace implements [store.Tx].
func (t *tx) Trace(lines []byte) error {
	if err := store.CheckLines(lines); err != nil {
		return err
	}
	t.w.trail = append(t.w.trail, lines...)
	return nil
}

// Trace implements [store.Trail].
func (d *DB) Trace(ctx context.Context, lines []byte) error {
	if len(lines) == 0 {
		return nil
	}
	return d.Write(ctx, store.Work{Do: func(t store.Tx, _ store.Found) error { return t.Trace(lines) }})
}

// Loose implements [store.Trail].
func (d *DB) Loose(ctx context.Context, most int) (list []store.Loose, err error) {
	rows, err := d.run[sqlLoose].QueryContext(ctx)
	if err != nil {
		return nil, fail(err, "reading the trail")
	}
	defer rows.Close()
	for rows.Next() {
		var l store.Loose
		err := rows.Scan(&l.ID, &l.Lines)
		if err == nil {
			l.Lines, err = d.bodies.Open(seal.AboutLines, l.Lines)
		}
		if err != nil {
			return nil, fail(err, "reading the trail")
		}
		if most -= len(l.Lines); most < 0 && len(list) > 0 {
			return list, nil
		}
		list = append(list, l)
	}
	return list, fail(rows.Err(), "reading the trail")
}

// errNotBound lets a transaction fail in which a batch could not be bound.
var errNotBound = errors.New("another batch was bound before")

// Bind implements [store.Trail]. It adds keys of earlier batches to the index too, most often as many as it has itself.
func (d *DB) Bind(ctx context.Context, b *store.Batch, keys []store.Key, rows []int64) (bool, error) {
	if err := b.Check(); err != nil {
		return false, err
	}
	keys = slices.Compact(slices.Sorted(slices.Values(keys)))
	rows = slices.Compact(slices.Sorted(slices.Values(rows)))
	body := d.bodies.Store(seal.AboutBatch(b.Number), b.Body)
	run, due, err := d.keysDue(ctx, b.Number)
	if err != nil {
		return false, err
	}
	var bound int64
	err = d.Write(ctx, store.Work{Puts: len(due), Do: func(t store.Tx, _ store.Found) (err error) {
		if bound, err = t.(*tx).bind(b, body, keys, rows); err != nil {
			return err
		}
		return fail(t.(*tx).addKeys(run, due), "binding a batch of the trail")
	}})
	if errors.Is(err, errNotBound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	b.Bound = time.UnixMicro(bound).UTC()
	return true, nil
}

func (t *tx) bind(b *store.Batch, body []byte, keys []store.Key, rows []int64) (bound int64, err error) {
	var newest int64
	var there int
	if err := t.w.stmt[sqlLastBatch].QueryRow().Scan(&newest); err != nil {
		return 0, fail(err, "binding a batch of the trail")
	}
	if err := t.w.stmt[sqlAreLoose].QueryRow(list(rows)).Scan(&there); err != nil {
		return 0, fail(err, "binding a batch of the trail")
	}
	if b.Number != newest+1 || there != len(rows) {
		return 0, errNotBound
	}
	at, _ := t.Now()
	upto := int64(0)
	if len(rows) > 0 {
		upto = rows[len(rows)-1]
	}
	err = t.w.stmt[sqlBind].QueryRow(b.Number, b.First.UnixMicro(), b.Last.UnixMicro(), at.UnixMicro(), upto, b.Lines,
		notNil(b.Digest), notNil(b.Tags), bytesOf(keys), body).Scan(&bound)
	if err == nil {
		err = t.w.exec(sqlUnbind, list(rows))
	}
	return bound, fail(err, "binding a batch of the trail")
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
	rows, err := d.run[choose(bodies, sqlBatchBodies, sqlBatches)].QueryContext(ctx, from, max(most, 0))
	return all(rows, err, d.batch)
}

func (r reader) batch(row scanner) (b store.Batch, err error) {
	var first, last, bound int64
	if err := row.Scan(&b.Number, &first, &last, &bound, &b.Lines, &b.Digest, &b.Tags, &b.Body); err != nil {
		return b, err
	}
	b.Body, err = r.bodies.Open(seal.AboutBatch(b.Number), b.Body)
	b.First, b.Last, b.Bound = time.UnixMicro(first).UTC(), time.UnixMicro(last).UTC(), time.UnixMicro(bound).UTC()
	return b, err
}

// LastBatch implements [store.Trail].
func (d *DB) LastBatch(ctx context.Context) (n int64, err error) {
	return n, fail(d.run[sqlLastBatch].QueryRowContext(ctx).Scan(&n), "reading the trail")
}

// EraseBatches implements [store.Trail].
func (d *DB) EraseBatches(ctx context.Context, before time.Time, most int) (first, last int64, err error) {
	err = d.Write(ctx, store.Work{Puts: store.BigPuts, Do: func(store.Tx, store.Found) error {
		first, last, err = d.eraseBatches(before.UnixMicro(), max(most, 0))
		return fail(err, "erasing batches of the trail")
	}})
	if err != nil {
		return 0, 0, err
	}
	return first, last, nil
}

func (d *DB) eraseBatches(before int64, most int) (first, last int64, err error) {
	type erasable struct {
		number int64
		keys   []byte
	}
	w := d.writer
	rows, err := w.stmt[sqlErasable].Query(before, most)
	batches, err := all(rows, err, func(row scanner) (e erasable, err error) { return e, row.Scan(&e.number, &e.keys) })
	for _, e := range batches {
		if err == nil {
			err = w.exec(sqlErase, e.number)
		}
		if err == nil {
			err = w.exec(sqlEraseKeys, list(keysOf(e.keys)), e.number, d.shape.runOf(e.number))
		}
	}
	if err != nil || len(batches) == 0 {
		return 0, 0, err
	}
	return batches[0].number, batches[len(batches)-1].number, nil
}
