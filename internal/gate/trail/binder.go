package trail

import (
	"bytes"
	"context"
	"iter"
	"slices"
	"strings"
	"sync"

	"yitong/internal/fault"
	"yitong/internal/store"
)

// bindMost is how many bytes of lines a batch has, but for one row that is greater by itself. To show one record a whole batch is
// unpacked.
const bindMost = 1 << 20

// stepMost is how many bytes of lines are bound together.
const stepMost = 8 << 20

// Binder binds lines into batches. One server at a time does it best; several do no harm.
type Binder struct {
	DB     store.Trail
	Hasher store.Hasher

	mu    sync.Mutex
	fresh map[int64][]byte // digests of the last freshMost batches, by their numbers
}

// freshMost is how many batches may wait to be sealed before they are read again for it.
const freshMost = sealMost

// digest is that of a batch which this binder has bound lately, nil of others.
func (b *Binder) digest(number int64) []byte {
	if b == nil {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.fresh[number]
}

func (b *Binder) remember(number int64, digest []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fresh == nil {
		b.fresh = map[int64][]byte{}
	}
	b.fresh[number] = digest
	delete(b.fresh, number-freshMost)
}

// Step binds the earliest lines that are in no batch yet, and tells whether more may wait. It commits once: each time, a database in
// a file has all that read it forget what they know.
func (b *Binder) Step(ctx context.Context) (more bool, err error) {
	rows, err := b.DB.Loose(ctx, stepMost)
	if err != nil || len(rows) == 0 {
		return false, err
	}
	newest, err := b.DB.LastBatch(ctx)
	if err != nil {
		return false, err
	}
	var list []store.Binding
	size := 0
	for part := range parts(rows) {
		newest++
		one, err := b.bind(newest, part)
		if err != nil {
			return false, err
		}
		list = append(list, one)
		for _, row := range part {
			size += len(row.Lines)
		}
	}
	is, err := b.DB.Bind(ctx, list...)
	for _, one := range list {
		if is {
			b.remember(one.Number, one.Digest)
		}
	}
	return size > stepMost/2, err
}

// parts are the rows of each batch.
func parts(rows []store.Loose) iter.Seq[[]store.Loose] {
	return func(yield func([]store.Loose) bool) {
		for len(rows) > 0 {
			n, size := 1, len(rows[0].Lines)
			for n < len(rows) && size+len(rows[n].Lines) <= bindMost {
				size += len(rows[n].Lines)
				n++
			}
			if !yield(rows[:n]) {
				return
			}
			rows = rows[n:]
		}
	}
}

// bind makes the batch of some rows, and the keys by which it is found.
func (b *Binder) bind(number int64, rows []store.Loose) (store.Binding, error) {
	var lines [][]byte
	ids := make([]int64, len(rows))
	terms := map[term]bool{} // most come again and again
	batch := &store.Batch{Number: number}
	for i, row := range rows {
		ids[i], lines = row.ID, slices.AppendSeq(lines, bytes.Lines(row.Lines))
		for line := range strings.Lines(string(row.Lines)) {
			r, err := glance(line)
			if err != nil {
				return store.Binding{}, fault.Wrap(err, "binding the trail")
			}
			if batch.First.IsZero() || r.At.Before(batch.First) {
				batch.First = r.At
			}
			if r.At.After(batch.Last) {
				batch.Last = r.At
			}
			for t := range r.terms {
				terms[t] = true
			}
		}
	}
	batch.Lines, batch.Body = len(lines), Pack(lines)
	batch.Digest, batch.Tags = Digest(number, lines)
	keys := make([]store.Key, 0, len(terms))
	for t := range terms {
		keys = append(keys, keyOf(b.Hasher, t.definition, t.value))
	}
	slices.Sort(keys)
	batch.Keys = slices.Compact(keys)
	return store.Binding{Batch: batch, Rows: ids}, nil
}
