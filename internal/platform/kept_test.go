package platform

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestKept: many who ask at once share one measurement, whoever of them goes away; it is told with its time, and measured anew when it
// is old.
func TestKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var measured, busy atomic.Int32
		k := Keep(func(ctx context.Context) Health {
			if busy.Add(1) != 1 {
				t.Error("two measure at once")
			}
			defer busy.Add(-1)
			at := time.Now()
			time.Sleep(2 * KeptFor) // longer than it is kept: who waited all the same does not measure anew
			measured.Add(1)
			if ctx.Err() != nil {
				t.Error("it is broken off for all because one has gone")
			}
			return Health{At: at, Parts: []Part{{State: OK}}}
		}, time.Now)
		gone, leave := context.WithCancel(t.Context())
		var all sync.WaitGroup
		all.Go(func() { k.Health(gone) })
		synctest.Wait()
		leave()
		began := time.Now()
		for range 20 {
			all.Go(func() {
				if h := k.Health(t.Context()); len(h.Parts) != 1 || !h.At.Equal(began) {
					t.Errorf("told %+v", h)
				}
			})
		}
		all.Wait()
		if n := measured.Load(); n != 1 {
			t.Errorf("measured %d times", n)
		}
		if h := k.Health(t.Context()); measured.Load() != 1 || !h.At.Equal(began) {
			t.Errorf("a moment later: %+v", h)
		}
		time.Sleep(KeptFor)
		if h := k.Health(t.Context()); measured.Load() != 2 || !h.At.After(began) {
			t.Errorf("when it is old: %+v", h)
		}
		late, cancel := context.WithCancel(t.Context())
		cancel()
		k.turn <- struct{}{}
		if h := k.Health(late); h.Parts != nil {
			t.Errorf("who has gone is told %+v", h)
		}
		<-k.turn
	})
}
