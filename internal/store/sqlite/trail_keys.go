package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/binary"
	"math"
	"slices"
	"sort"
	"strings"

	"yitong/internal/store"
)

const (
	sqlKeysOf = "SELECT n, keys FROM batch WHERE n > ? AND n <= ? AND keys IS NOT NULL ORDER BY n"
	sqlAddOne = "INSERT INTO trail_ix (run, h, n) VALUES (?, ?, ?)"

	// Batches stand in the order in which they were bound. Those of a window stand from the first that was bound after
	// its beginning to the last that was bound within an hour of its end; the few that were bound later have an index
	// of their own.
	sqlWindow = "SELECT coalesce((SELECT n FROM batch WHERE body IS NOT NULL AND bound >= ?1 ORDER BY bound, n LIMIT 1), 1)," +
		" coalesce((SELECT n FROM batch WHERE body IS NOT NULL AND bound <= ?2 ORDER BY bound DESC, n DESC LIMIT 1), 0)"
	inWindow    = " AND b.last >= ?1 AND b.first <= ?2 AND b.body IS NOT NULL"
	sqlFindLate = "SELECT b.n, b.keys FROM batch b INDEXED BY batch_late" +
		" WHERE b.body IS NOT NULL AND b.bound - b.first > 3600000000 AND b.bound > ?3 AND b.n < ?4" + inWindow + " ORDER BY b.bound DESC, b.n DESC"
	sqlFindBatches = "SELECT b.n, NULL FROM batch b WHERE b.n >= ?3 AND b.n <= ?4" + inWindow + " ORDER BY b.n DESC"
	sqlFindNewest  = "SELECT b.n, b.keys FROM batch b WHERE b.n >= ?3 AND b.n <= ?4" + inWindow + " ORDER BY b.n DESC"
	sqlFindRun     = "SELECT x.n FROM trail_ix x CROSS JOIN batch b ON b.n = x.n" +
		" WHERE x.run = ?5 AND x.h = ?6 AND x.n >= ?3 AND x.n <= ?4" + inWindow + " ORDER BY x.n DESC LIMIT ?7"
)

// shape is how the index of the trail is built: its runs are of so many batches each, and keys of so many batches are
// added to one together, spread over the time in which as many more are bound, each time those in one part of all
// numbers. Both are powers of two. They are stored: never change them.
type shape struct{ run, chunk int64 }

var usualShape = shape{run: 4096, chunk: 64}

func (s shape) runOf(number int64) int64 { return (number - 1) / s.run }

// indexed is the number up to which all keys are in the index when a batch is the last.
func (s shape) indexed(last int64) int64 { return max(0, last/s.chunk-1) * s.chunk }

// due says which keys are to be added when a batch is bound: those between two numbers, both included, of the batches
// of the chunk before. They are behind one number, and up to another.
func (s shape) due(number int64) (low, high store.Key, behind, upto int64) {
	chunk, part := (number-1)/s.chunk, (number-1)%s.chunk
	width := uint64(math.MaxUint64)/uint64(s.chunk) + 1 // 0 for all, with one part
	first := uint64(part) * width
	flip := uint64(1) << 63 // so that the order is that of signed numbers
	return store.Key(first ^ flip), store.Key((first + width - 1) ^ flip), (chunk - 1) * s.chunk, chunk * s.chunk
}

// indexKey is a line of the index, but for its run.
type indexKey struct {
	key    store.Key
	number int64
}

// keysDue are the keys that are to be added to a run of the index when a batch is bound, in its order. Nobody changes
// the batches that they are of, but by erasing them. Some of these may be bound together with it, before it.
func (d *DB) keysDue(ctx context.Context, number int64, with []binding) (run int64, due []indexKey, err error) {
	low, high, behind, upto := d.shape.due(number)
	if upto <= 0 {
		return 0, nil, nil
	}
	rows, err := d.run[sqlKeysOf].QueryContext(ctx, behind, upto)
	err = each(rows, err, func(row scanner) error {
		var n int64
		var keys sql.RawBytes
		if err := row.Scan(&n, &keys); err != nil {
			return err
		}
		for i := keyAt(keys, low); i < len(keys)/8 && keyOf(keys, i) <= high; i++ {
			due = append(due, indexKey{keyOf(keys, i), n})
		}
		return nil
	})
	for _, b := range with {
		for _, k := range b.keys {
			if b.Number > behind && b.Number <= upto && k >= low && k <= high {
				due = append(due, indexKey{k, b.Number})
			}
		}
	}
	slices.SortFunc(due, func(a, b indexKey) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.number, b.number))
	})
	return d.shape.runOf(upto), due, err
}

// keysAtOnce is how many keys one statement adds; longer ones save little more.
const keysAtOnce = 32

// sqlAddKeys adds so many.
var sqlAddKeys = "INSERT INTO trail_ix (run, h, n) VALUES (?1, ?2, ?3)" + strings.Repeat(", (?1, ?, ?)", keysAtOnce-1)

// addKeys adds keys to the index, those of erased batches too: these are not found by them.
func (t *tx) addKeys(run int64, keys []indexKey) error {
	args := make([]any, 1, 1+2*keysAtOnce)
	for args[0] = run; len(keys) >= keysAtOnce; keys = keys[keysAtOnce:] {
		args = args[:1]
		for _, k := range keys[:keysAtOnce] {
			args = append(args, int64(k.key), k.number)
		}
		if err := t.w.exec(sqlAddKeys, args...); err != nil {
			return err
		}
	}
	for _, k := range keys {
		if err := t.w.exec(sqlAddOne, run, int64(k.key), k.number); err != nil {
			return err
		}
	}
	return nil
}

func bytesOf(keys []store.Key) []byte {
	b := make([]byte, 0, 8*len(keys))
	for _, k := range keys {
		b = binary.LittleEndian.AppendUint64(b, uint64(k))
	}
	return b
}

func keyOf(keys []byte, i int) store.Key { return store.Key(binary.LittleEndian.Uint64(keys[8*i:])) }

func keysOf(b []byte) []store.Key {
	keys := make([]store.Key, len(b)/8)
	for i := range keys {
		keys[i] = keyOf(b, i)
	}
	return keys
}

// keyAt is the place of the first key that is not below another one.
func keyAt(keys []byte, key store.Key) int {
	return sort.Search(len(keys)/8, func(i int) bool { return keyOf(keys, i) >= key })
}

// FindBatches implements [store.Trail].
func (d *DB) FindBatches(ctx context.Context, s store.Sought) (found []int64, err error) {
	from, to, bound, below := s.Window()
	var low, high int64
	if err := d.run[sqlWindow].QueryRowContext(ctx, from, bound).Scan(&low, &high); err != nil {
		return nil, fail(err, "searching the trail")
	}
	high = min(high, below-1)
	if found, err = d.findIn(ctx, found, s, sqlFindLate, from, to, bound, below); err != nil {
		return nil, err
	}
	if s.Key == nil {
		return d.findIn(ctx, found, s, sqlFindBatches, from, to, low, high)
	}
	last, err := d.LastBatch(ctx)
	if err != nil {
		return nil, err
	}
	indexed := d.shape.indexed(last)
	if found, err = d.findIn(ctx, found, s, sqlFindNewest, from, to, max(low, indexed+1), high); err != nil {
		return nil, err
	}
	high = min(high, indexed)
	for run := d.shape.runOf(high); run >= d.shape.runOf(low) && low <= high && len(found) < s.Most && err == nil; run-- {
		rows, e := d.run[sqlFindRun].QueryContext(ctx, from, to, low, high, run, int64(*s.Key), s.Most-len(found))
		err = each(rows, e, func(row scanner) error {
			var n int64
			err := row.Scan(&n)
			found = append(found, n)
			return err
		})
	}
	return found, err
}

// findIn adds the batches that a statement gives, as far as they have the key.
func (d *DB) findIn(ctx context.Context, found []int64, s store.Sought, q string, args ...any) ([]int64, error) {
	rows, err := d.run[q].QueryContext(ctx, args...)
	if err != nil {
		return nil, fail(err, "searching the trail")
	}
	defer rows.Close()
	for len(found) < s.Most && rows.Next() {
		var n int64
		var keys sql.RawBytes
		if err := rows.Scan(&n, &keys); err != nil {
			return nil, fail(err, "searching the trail")
		}
		if s.Key != nil {
			if i := keyAt(keys, *s.Key); i == len(keys)/8 || keyOf(keys, i) != *s.Key {
				continue
			}
		}
		found = append(found, n)
	}
	return found, fail(rows.Err(), "searching the trail")
}
