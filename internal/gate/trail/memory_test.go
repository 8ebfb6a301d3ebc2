package trail

import (
	"bytes"
	"context"
	"sync"
	"time"

	"yitong/internal/store"
)

// memory is a trail without a disk.
type memory struct {
	mu      sync.Mutex
	batches []store.Batch // by their numbers
	loose   []store.Loose
	next    int64
}

var _ store.Trail = (*memory)(nil)

// Now is the clock of the machine.
func (m *memory) Now(context.Context) (time.Time, error) {
	return time.Now().UTC().Truncate(time.Microsecond), nil
}

// Trace implements [store.Trail].
func (m *memory) Trace(_ context.Context, text []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.next++
	m.loose = append(m.loose, store.Loose{ID: m.next, Lines: bytes.Clone(text)})
	return nil
}

// Loose implements [store.Trail].
func (m *memory) Loose(context.Context, int) ([]store.Loose, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]store.Loose(nil), m.loose...), nil
}

// Bind implements [store.Trail].
func (m *memory) Bind(ctx context.Context, list ...store.Binding) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, b := range list {
		if b.Number != int64(len(m.batches)+i)+1 {
			return false, nil
		}
	}
	for _, b := range list {
		b.Bound, _ = m.Now(ctx)
		m.batches, m.loose = append(m.batches, *b.Batch), nil
	}
	return true, nil
}

// Batches implements [store.Trail].
func (m *memory) Batches(_ context.Context, from int64, most int, bodies bool) (list []store.Batch, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, b := range m.batches {
		if b.Number < from {
			continue
		}
		if !bodies {
			b.Body = nil
		}
		if list = append(list, b); len(list) == most {
			break
		}
	}
	return list, nil
}

// LastBatch implements [store.Trail].
func (m *memory) LastBatch(context.Context) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return int64(len(m.batches)), nil
}

// FindBatches implements [store.Trail].
func (m *memory) FindBatches(context.Context, store.Sought) ([]int64, error) { return nil, nil }

// EraseBatches implements [store.Trail].
func (m *memory) EraseBatches(_ context.Context, before time.Time, most int) (first, last int64, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range m.batches {
		if b := &m.batches[i]; b.Body != nil && b.Bound.Before(before) && most > 0 {
			if first == 0 {
				first = b.Number
			}
			b.Body, last, most = nil, b.Number, most-1
		}
	}
	return first, last, nil
}
