package sqlite

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"time"

	"yitong/internal/store"
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
	sqlBindKey = "INSERT INTO trail_ix (n, h) VALUES (?, ?)"

	header         = "n, first, last, bound, count, digest, tags"
	sqlBatches     = "SELECT " + header + ", NULL FROM batch WHERE n >= ? ORDER BY n LIMIT ?"
	sqlBatchBodies = "SELECT " + header + ", body FROM batch WHERE n >= ? ORDER BY n LIMIT ?"
	sqlLastBatch   = "SELECT coalesce(max(n), 0) FROM batch"

	// Batches stand in the order in which they were bound. Those of a window stand from the first that was bound after its
	// beginning to the last that was bound within a day of its end; the few that were bound later have an index of their own.
	sqlFindBatches = "SELECT n FROM (SELECT * FROM (SELECT b.n FROM batch b WHERE b.n >= " + windowFrom + " AND b.n <= " + windowTo +
		" AND b.n < ?4 AND " + inWindow + " ORDER BY b.n DESC LIMIT ?5)" +
		" UNION ALL SELECT * FROM (" + lateOnes + " ORDER BY b.bound DESC, b.n DESC LIMIT ?5)) ORDER BY n DESC LIMIT ?5"
	sqlFindKeyed = "SELECT n FROM (SELECT * FROM (SELECT x.n FROM trail_ix x CROSS JOIN batch b ON b.n = x.n" +
		" WHERE x.h = ?6 AND x.n >= " + windowFrom + " AND x.n <= " + windowTo +
		" AND x.n < ?4 AND " + inWindow + " ORDER BY x.n DESC LIMIT ?5)" +
		" UNION ALL SELECT * FROM (" + lateOnes + " AND EXISTS (SELECT 1 FROM trail_ix x WHERE x.h = ?6 AND x.n = b.n)" +
		" ORDER BY b.bound DESC, b.n DESC LIMIT ?5)) ORDER BY n DESC LIMIT ?5"
	windowFrom = "(SELECT n FROM batch WHERE body IS NOT NULL AND bound >= ?1 ORDER BY bound, n LIMIT 1)"
	windowTo   = "(SELECT n FROM batch WHERE body IS NOT NULL AND bound <= ?3 ORDER BY bound DESC, n DESC LIMIT 1)"
	inWindow   = "b.last >= ?1 AND b.first <= ?2 AND b.body IS NOT NULL"
	lateOnes   = "SELECT b.n FROM batch b INDEXED BY batch_late WHERE b.body IS NOT NULL AND b.bound - b.first > 86400000000" +
		" AND b.bound > ?3 AND b.n < ?4 AND " + inWindow

	sqlErasable  = "SELECT n, keys FROM batch WHERE body IS NOT NULL AND bound < ? ORDER BY bound, n LIMIT ?"
	sqlErase     = "UPDATE batch SET keys = NULL, body = NULL WHERE n = ?"
	sqlEraseKeys = "DELETE FROM trail_ix WHERE n = ?2 AND h IN (SELECT value FROM json_each(?1))"
)

// keysAtOnce is how many keys one statement adds; longer ones save little more.
const keysAtOnce = 32

// sqlBindKeys adds so many.
var sqlBindKeys = "INSERT INTO trail_ix (n, h) VALUES (?1, ?2)" + strings.Repeat(", (?1, ?)", keysAtOnce-1)

// trailKept is how many bytes are kept ready for the lines of the next transaction.
const trailKept = 1 << 20

func (w *writer) clearTrail() {
	if w.trail = w.trail[:0]; cap(w.trail) > trailKept {
		w.trail = nil
	}
}

// addTrail writes what all members of the transaction have added to the trail, as one row.
func (w *writer) addTrail() error {
	if len(w.trail) == 0 {
		return nil
	}
	return w.exec(sqlTrace, w.trail)
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
	rows, err := d.reader[sqlLoose].QueryContext(ctx)
	if err != nil {
		return nil, fail(err, "reading the trail")
	}
	defer rows.Close()
	for rows.Next() {
		var l store.Loose
		if err := rows.Scan(&l.ID, &l.Lines); err != nil {
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

// Bind implements [store.Trail]. With many keys it changes as many pages as a big write.
func (d *DB) Bind(ctx context.Context, b *store.Batch, keys []store.Key, rows []int64) (bool, error) {
	if err := b.Check(); err != nil {
		return false, err
	}
	keys = slices.Compact(slices.Sorted(slices.Values(keys)))
	rows = slices.Compact(slices.Sorted(slices.Values(rows)))
	var bound int64
	err := d.Write(ctx, store.Work{Puts: len(keys), Do: func(t store.Tx, _ store.Found) (err error) {
		bound, err = t.(*tx).bind(b, keys, rows)
		return err
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

func (t *tx) bind(b *store.Batch, keys []store.Key, rows []int64) (bound int64, err error) {
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
		notNil(b.Digest), notNil(b.Tags), bytesOf(keys), b.Body).Scan(&bound)
	if err == nil {
		err = t.w.exec(sqlUnbind, list(rows))
	}
	if err == nil {
		err = t.bindKeys(b.Number, keys)
	}
	return bound, fail(err, "binding a batch of the trail")
}

// bindKeys adds the keys of a batch, which are in order.
func (t *tx) bindKeys(number int64, keys []store.Key) error {
	args := make([]any, 1, 1+keysAtOnce)
	args[0] = number
	for ; len(keys) >= keysAtOnce; keys = keys[keysAtOnce:] {
		args = args[:1]
		for _, k := range keys[:keysAtOnce] {
			args = append(args, int64(k))
		}
		if err := t.w.exec(sqlBindKeys, args...); err != nil {
			return err
		}
	}
	for _, k := range keys {
		if err := t.w.exec(sqlBindKey, number, int64(k)); err != nil {
			return err
		}
	}
	return nil
}

// notNil is what a column takes that must not be NULL.
func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

func bytesOf(keys []store.Key) []byte {
	b := make([]byte, 0, 8*len(keys))
	for _, k := range keys {
		b = binary.LittleEndian.AppendUint64(b, uint64(k))
	}
	return b
}

func keysOf(b []byte) []store.Key {
	keys := make([]store.Key, len(b)/8)
	for i := range keys {
		keys[i] = store.Key(binary.LittleEndian.Uint64(b[8*i:]))
	}
	return keys
}

// Batches implements [store.Trail].
func (d *DB) Batches(ctx context.Context, from int64, most int, bodies bool) ([]store.Batch, error) {
	rows, err := d.reader[choose(bodies, sqlBatchBodies, sqlBatches)].QueryContext(ctx, from, max(most, 0))
	return all(rows, err, scanBatch)
}

func scanBatch(row scanner) (b store.Batch, err error) {
	var first, last, bound int64
	err = row.Scan(&b.Number, &first, &last, &bound, &b.Lines, &b.Digest, &b.Tags, &b.Body)
	b.First, b.Last, b.Bound = time.UnixMicro(first).UTC(), time.UnixMicro(last).UTC(), time.UnixMicro(bound).UTC()
	return b, err
}

// LastBatch implements [store.Trail].
func (d *DB) LastBatch(ctx context.Context) (n int64, err error) {
	return n, fail(d.reader[sqlLastBatch].QueryRowContext(ctx).Scan(&n), "reading the trail")
}

// FindBatches implements [store.Trail].
func (d *DB) FindBatches(ctx context.Context, s store.Sought) ([]int64, error) {
	from, to, bound, below := s.Window()
	q, args := sqlFindBatches, []any{from, to, bound, below, max(s.Most, 0)}
	if s.Key != nil {
		q, args = sqlFindKeyed, append(args, int64(*s.Key))
	}
	rows, err := d.reader[q].QueryContext(ctx, args...)
	return all(rows, err, func(row scanner) (n int64, err error) { return n, row.Scan(&n) })
}

// EraseBatches implements [store.Trail].
func (d *DB) EraseBatches(ctx context.Context, before time.Time, most int) (first, last int64, err error) {
	err = d.Write(ctx, store.Work{Puts: store.BigPuts, Do: func(store.Tx, store.Found) error {
		first, last, err = d.writer.eraseBatches(before.UnixMicro(), max(most, 0))
		return fail(err, "erasing batches of the trail")
	}})
	if err != nil {
		return 0, 0, err
	}
	return first, last, nil
}

func (w *writer) eraseBatches(before int64, most int) (first, last int64, err error) {
	type erasable struct {
		number int64
		keys   []byte
	}
	rows, err := w.stmt[sqlErasable].Query(before, most)
	batches, err := all(rows, err, func(row scanner) (e erasable, err error) { return e, row.Scan(&e.number, &e.keys) })
	for _, e := range batches {
		if err == nil {
			err = w.exec(sqlErase, e.number)
		}
		if err == nil {
			err = w.exec(sqlEraseKeys, list(keysOf(e.keys)), e.number)
		}
	}
	if err != nil || len(batches) == 0 {
		return 0, 0, err
	}
	return batches[0].number, batches[len(batches)-1].number, nil
}
