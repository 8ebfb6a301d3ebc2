package trail_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"yitong/internal/gate/trail"
	"yitong/internal/store"
)

// disk is a trail that takes a time for each sync, and may fail.
type disk struct {
	store.Trail
	takes time.Duration
	fails atomic.Bool

	mu    sync.Mutex
	syncs int
	lines []byte
}

var errDisk = errors.New("the disk is full")

// Trace implements [store.Trail].
func (d *disk) Trace(_ context.Context, lines []byte) error {
	time.Sleep(d.takes)
	if d.fails.Load() {
		return errDisk
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.syncs++
	d.lines = append(d.lines, lines...)
	return nil
}

// has tells whether a line is on the disk.
func (d *disk) has(line []byte) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return bytes.Contains(d.lines, line)
}

// TestRecorderShares: what is left at the same time shares a sync; nothing returns before its line is on the disk; and once they go in
// step, nobody waits for others longer than most of a sync, but in a crowd.
func TestRecorderShares(t *testing.T) {
	t.Parallel()
	for _, crowd := range []int{1, 2, 16, 256} {
		t.Run(fmt.Sprint(crowd), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const turns = 20
				d := &disk{takes: 2 * time.Millisecond}
				r := trail.NewRecorder(d)
				var longest atomic.Int64
				var all sync.WaitGroup
				for w := range crowd {
					all.Go(func() {
						for n := range turns {
							line := fmt.Appendf(nil, "%d of %d\n", n, w)
							began := time.Now()
							if err := r.Leave(t.Context(), line); err != nil || !d.has(line) {
								t.Errorf("%s: %v", line, err)
							}
							if took := time.Since(began); n > turns/2 {
								longest.Store(max(longest.Load(), int64(took)))
							}
						}
					})
				}
				all.Wait()
				if most := 2*turns + 2; d.syncs > most {
					t.Errorf("%d lines took %d syncs", crowd*turns, d.syncs)
				}
				limit := d.takes * 7 / 4 // for some that do not come any more
				if crowd > 32 {          // not all go in step
					limit = 2*d.takes + 8*time.Millisecond
				}
				if took := time.Duration(longest.Load()); took > limit {
					t.Errorf("a line waited %s", took)
				}
			})
		})
	}
}

// TestRecorderFails: who waits for a sync that fails is told, and the next goes on; who gives up is told at once, but the others go on.
func TestRecorderFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &disk{takes: time.Second}
		r := trail.NewRecorder(d)
		d.fails.Store(true)
		if err := r.Leave(t.Context(), []byte("a\n")); !errors.Is(err, errDisk) {
			t.Errorf("a sync that fails: %v", err)
		}
		d.fails.Store(false)
		hurried, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		var all sync.WaitGroup
		all.Go(func() {
			if err := r.Leave(hurried, []byte("b\n")); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("who gives up: %v", err)
			}
		})
		all.Go(func() {
			if err := r.Leave(t.Context(), []byte("c\n")); err != nil {
				t.Errorf("the others: %v", err)
			}
		})
		all.Wait()
		time.Sleep(3 * d.takes) // of this world: what was given up comes to its end too
		d.mu.Lock()
		defer d.mu.Unlock()
		if lines := bytes.Fields(d.lines); len(lines) != 2 || !slices.ContainsFunc(lines, func(l []byte) bool { return string(l) == "b" }) {
			t.Errorf("%q", d.lines)
		}
	})
}
