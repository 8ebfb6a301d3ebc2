package trail

import (
	"bytes"
	"context"
	"slices"

	"yitong/internal/fault"
	"yitong/internal/store"
)

// bindMost is how many bytes of lines a batch has, but for one row that is greater by itself. To show one record a whole batch is
// unpacked.
const bindMost = 256 << 10

// Binder binds lines into batches. One server at a time does it best; several do no harm.
type Binder struct {
	DB     store.Trail
	Hasher store.Hasher
}

// Step binds the earliest lines that are in no batch yet, and tells whether more may wait.
func (b Binder) Step(ctx context.Context) (more bool, err error) {
	rows, err := b.DB.Loose(ctx, bindMost)
	if err != nil || len(rows) == 0 {
		return false, err
	}
	newest, err := b.DB.LastBatch(ctx)
	if err != nil {
		return false, err
	}
	batch, keys, err := b.bind(newest+1, rows)
	if err != nil {
		return false, err
	}
	ids := make([]int64, len(rows))
	size := 0
	for i, row := range rows {
		ids[i] = row.ID
		size += len(row.Lines)
	}
	_, err = b.DB.Bind(ctx, batch, keys, ids)
	return size > bindMost/2, err
}

// bind makes the batch of some rows, and the keys by which it is found.
func (b Binder) bind(number int64, rows []store.Loose) (*store.Batch, []store.Key, error) {
	var lines [][]byte
	for _, row := range rows {
		lines = slices.AppendSeq(lines, bytes.Lines(row.Lines))
	}
	batch := &store.Batch{Number: number, Lines: len(lines), Body: Pack(lines)}
	batch.Digest, batch.Tags = Digest(number, lines)
	keys := map[store.Key]bool{}
	for i, line := range lines {
		r, err := glance(line)
		if err != nil {
			return nil, nil, fault.Wrap(err, "binding the trail")
		}
		if i == 0 || r.At.Before(batch.First) {
			batch.First = r.At
		}
		if r.At.After(batch.Last) {
			batch.Last = r.At
		}
		for _, k := range Keys(b.Hasher, &r) {
			keys[k] = true
		}
	}
	sorted := make([]store.Key, 0, len(keys))
	for k := range keys {
		sorted = append(sorted, k)
	}
	slices.Sort(sorted)
	return batch, sorted, nil
}
