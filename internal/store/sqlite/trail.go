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

	sqlAreLoose = "SELECT count(*) FROM loose WHERE id IN (SELECT value FROM json_each(?))"
	sqlUnbind   = "DELETE FROM loose WHERE id IN (SELECT value FROM json_each(?))"
	sqlBind     = "INSERT INTO batch (n, first, last, bound, upto, count, digest, tags, keys, body)" +
		" SELECT ?1, ?2, ?3, max(?3, ?4, coalesce((SELECT bound FROM batch WHERE n = ?1 - 1), 0))," +
		" max(?5, " + newestUpto + "), ?6, ?7, ?8, ?9, ?10 RETURNING bound"
	newestUpto = "coalesce((SELECT upto FROM batch ORDER BY n DESC LIMIT 1), 0)"

	header         = "n, first, last, bound, count, digest, tags"
	sqlBatches     = "SELECT " + header + ", NULL, NULL FROM batch WHERE n >= ? ORDER BY n LIMIT ?"
	sqlBatchBodies = "SELECT " + header + ", keys, body FROM batch WHERE n >= ? ORDER BY n LIMIT ?"
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

// errNotBound lets a transaction fail in which a batch could not be bound.
var errNotBound = errors.New("another batch was bound before")

// Bind implements [store.Trail]. With each batch it adds keys of earlier ones to the index, most often as many as it has itself.
func (d *DB) Bind(ctx context.Context, list ...store.Binding) (bool, error) {
	made := make([]binding, len(list))
	puts := 0
	for i, b := range list {
		if err := b.Check(); err != nil {
			return false, err
		}
		m := binding{Batch: b.Batch, body: d.bodies.Store(seal.AboutBatch(b.Number), b.Body), keys: slices.Compact(slices.Sorted(slices.Values(b.Keys)))}
		m.own, m.beside = parted(b.Rows)
		made[i] = m
		var err error
		if made[i].run, made[i].due, err = d.keysDue(ctx, b.Number, made[:i]); err != nil {
			return false, err
		}
		puts += len(made[i].due)
	}
	err := d.Write(ctx, store.Work{Puts: puts, Do: func(t store.Tx, _ store.Found) error {
		for i := range made {
			if err := t.(*tx).bind(d.besides, &made[i]); errors.Is(err, errNotBound) {
				return err
			} else if err != nil {
				return fail(err, "binding a batch of the trail")
			}
		}
		return nil
	}})
	if errors.Is(err, errNotBound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	for _, m := range made {
		if m.Bound = time.UnixMicro(m.bound).UTC(); len(m.beside) > 0 {
			d.besides.drop(m.beside[len(m.beside)-1])
		}
	}
	return true, nil
}

// binding is a batch as it is bound.
type binding struct {
	*store.Batch
	body        []byte
	keys        []store.Key // ascending
	own, beside []int64     // rows in the record and beside it
	run         int64       // of the index, to which these are added:
	due         []indexKey
	bound       int64
}

// parted are the numbers of rows in the record and of those beside it, ascending.
func parted(rows []int64) (own, beside []int64) {
	for _, id := range slices.Compact(slices.Sorted(slices.Values(rows))) {
		if id > 0 {
			beside = append(beside, id)
		} else {
			own = append(own, id-ofRecord)
		}
	}
	return own, beside
}

func (t *tx) bind(beside *besides, b *binding) error {
	var newest int64
	var there int
	if err := t.bindBeside(beside, b.beside); err != nil {
		return err
	}
	if err := t.w.stmt[sqlLastBatch].QueryRow().Scan(&newest); err != nil {
		return err
	}
	if err := t.w.stmt[sqlAreLoose].QueryRow(list(b.own)).Scan(&there); err != nil {
		return err
	}
	if b.Number != newest+1 || there != len(b.own) {
		return errNotBound
	}
	at, _ := t.Now()
	upto := int64(0)
	if len(b.own) > 0 {
		upto = b.own[len(b.own)-1]
	}
	err := t.w.stmt[sqlBind].QueryRow(b.Number, b.First.UnixMicro(), b.Last.UnixMicro(), at.UnixMicro(), upto, b.Lines,
		notNil(b.Digest), notNil(b.Tags), bytesOf(b.keys), b.body).Scan(&b.bound)
	if err == nil && len(b.own) > 0 {
		err = t.w.exec(sqlUnbind, list(b.own))
	}
	if err == nil {
		err = t.addKeys(b.run, b.due)
	}
	return err
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
	var keys []byte
	if err := row.Scan(&b.Number, &first, &last, &bound, &b.Lines, &b.Digest, &b.Tags, &keys, &b.Body); err != nil {
		return b, err
	}
	b.Keys = keysOf(keys)
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
