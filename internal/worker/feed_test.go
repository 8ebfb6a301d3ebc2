package worker_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/store"
	"yitong/internal/worker"
)

// tally is a cursor that keeps, as versions of one resource per change, what it has seen.
func tally(name string) worker.Cursor {
	return worker.Cursor{Name: name, Types: nil, Take: func(_ context.Context, changes []store.FeedEntry) (func(store.Tx) error, error) {
		var refs []fhir.Ref
		for _, e := range changes {
			if e.Author == "Device/worker" { // its own effects are changes too
				refs = append(refs, count(fmt.Sprintf("%s-%s-%d", name, e.Ref.ID, e.Number)).ref)
			}
		}
		return func(tx store.Tx) error {
			found, err := tx.Gather(store.Want{Heads: refs})
			if err != nil {
				return err
			}
			set := make([]store.Change, len(refs))
			for i, ref := range refs {
				r, err := fhir.ParseResource(fmt.Appendf(nil, `{"resourceType":"Patient","id":%q}`, ref.ID))
				if err != nil {
					return err
				}
				head := found.Heads[i]
				set[i] = store.Change{Previous: head.Updated, Version: store.Version{Rid: head.Rid, Ref: ref, Number: head.Number + 1, Method: store.Put, Author: "Device/tally", Body: r.Body(ref.ID, nil)}}
			}
			return tx.Put(set)
		}, nil
	}}
}

// TestCursor: each change has its effect once, whichever servers come and go.
func TestCursor(t *testing.T) {
	each(t, func(w world, servers int) {
		const writers, changes = 4, 60
		g := gate.New(w.db, gate.Config{})
		var writing sync.WaitGroup
		for i := range writers {
			writing.Go(func() {
				for n := range changes {
					w.must(count(fmt.Sprintf("p%d-%d", i, n%7)).add(w.Context(), g, nil))
				}
			})
		}
		ctx, cancel := context.WithCancel(w.Context())
		var coming sync.WaitGroup
		for range servers {
			coming.Go(func() {
				for ctx.Err() == nil {
					stop := w.start(w.open(), quick(worker.Config{Cursors: []worker.Cursor{tally("t")}}))
					time.Sleep(150 * time.Millisecond)
					stop()
				}
			})
		}
		writing.Wait()
		w.until("the cursor has come to the end", func() bool { return w.lag("t") == 0 })
		cancel()
		coming.Wait()
		for i := range writers {
			for n := range 7 {
				id := fmt.Sprintf("p%d-%d", i, n)
				for v := int64(1); v <= count(id).versions(w); v++ {
					if got := count(fmt.Sprintf("t-%s-%d", id, v)).versions(w); got != 1 {
						t.Errorf("version %d of %s had its effect %d times", v, id, got)
					}
				}
			}
		}
	})
}

// lag is by how many changes a cursor is behind.
func (w world) lag(name string) int64 {
	w.Helper()
	state, err := w.db.FeedState(w.Context())
	w.must(err)
	for _, f := range state.Followers {
		if f.Name == name {
			return state.Head.Number + state.Waiting - f.At.Number
		}
	}
	return state.Head.Number + state.Waiting + 1
}

// TestFailover: a server dies while it holds the leases; another numbers changes and moves cursors on, soon.
func TestFailover(t *testing.T) {
	each(t, func(w world, _ int) {
		g := gate.New(w.db, gate.Config{})
		dying := w.open()
		stop := w.start(dying, quick(worker.Config{Cursors: []worker.Cursor{tally("t")}}))
		w.must(count("a").add(w.Context(), g, nil))
		w.until("the first server has taken the change", func() bool { return w.lag("t") == 0 })
		w.must(dying.Close()) // it can give nothing back
		c := quick(worker.Config{Cursors: []worker.Cursor{tally("t")}})
		w.start(w.open(), c)
		w.must(count("a").add(w.Context(), g, nil))
		w.until("the second server has taken the next one", func() bool { return count("t-a-2").versions(w) == 1 })
		stop()
		if v := count("t-a-1").versions(w); v != 1 {
			t.Errorf("the first change had its effect %d times", v)
		}
	})
}

// TestRebuild: a cursor that is sent back clears what it has built in as many steps as it likes, and builds it anew,
// while changes go on.
func TestRebuild(t *testing.T) {
	each(t, func(w world, _ int) {
		g := gate.New(w.db, gate.Config{})
		for i := range 5 {
			w.must(count(fmt.Sprint(i)).add(w.Context(), g, nil))
		}
		var cleared atomic.Int32
		c := tally("t")
		c.Clear = func(store.Tx) (bool, error) { return cleared.Add(1) == 3, nil }
		w.start(w.open(), quick(worker.Config{Cursors: []worker.Cursor{c}}))
		w.until("all is built", func() bool { return w.lag("t") == 0 })
		w.must(worker.Rebuild(w.Context(), w.db, "t"))
		w.must(count("5").add(w.Context(), g, nil))
		w.until("all is built anew", func() bool { return count("t-5-1").versions(w) > 0 && w.lag("t") == 0 })
		if n := cleared.Load(); n != 3 {
			t.Errorf("it was cleared in %d steps, want 3", n)
		}
		for i := range 5 {
			if v := count(fmt.Sprintf("t-%d-1", i)).versions(w); v != 2 {
				t.Errorf("change %d was taken %d times, want once and once more", i, v)
			}
		}
		if err := worker.Rebuild(w.Context(), w.db, "nobody"); err == nil {
			t.Error("a cursor that never was is sent back")
		}
	})
}

// TestStuck: a change that cannot be taken holds its cursor, and no other; nothing is skipped.
func TestStuck(t *testing.T) {
	each(t, func(w world, _ int) {
		g := gate.New(w.db, gate.Config{})
		var mended atomic.Bool
		stuck := tally("stuck")
		take := stuck.Take
		stuck.Take = func(ctx context.Context, changes []store.FeedEntry) (func(store.Tx) error, error) {
			if !mended.Load() {
				return nil, errors.New("cannot be taken")
			}
			return take(ctx, changes)
		}
		w.start(w.open(), quick(worker.Config{Cursors: []worker.Cursor{stuck, tally("free")}}))
		w.must(count("a").add(w.Context(), g, nil))
		w.until("the free cursor has taken it", func() bool { return count("free-a-1").versions(w) == 1 })
		if w.lag("stuck") == 0 {
			t.Error("a change was skipped")
		}
		mended.Store(true)
		w.until("the other one too", func() bool { return count("stuck-a-1").versions(w) == 1 })
	})
}

// TestRefusal: an effect that refuses, in whichever way, or panics, is tried again after a pause, and told.
func TestRefusal(t *testing.T) {
	each(t, func(w world, _ int) {
		g := gate.New(w.db, gate.Config{})
		var takes atomic.Int32
		c := quick(worker.Config{Cursors: []worker.Cursor{{Name: "c", Take: func(context.Context, []store.FeedEntry) (func(store.Tx) error, error) {
			if takes.Add(1) == 3 {
				panic("out of order")
			}
			return func(store.Tx) error { return fault.New(fault.Conflict, "not now") }, nil
		}}}})
		var said lines
		c.Log = slog.New(slog.NewTextHandler(&said, nil))
		w.start(w.open(), c)
		w.must(count("a").add(w.Context(), g, nil))
		w.until("it was tried a few times", func() bool { return takes.Load() > 4 })
		if n, told := takes.Load(), said.Load(); n > 100 || told < 3 {
			t.Errorf("it was tried %d times, and told %d times", n, told)
		}
	})
}

// lines counts the lines of a log.
type lines struct{ atomic.Int32 }

func (l *lines) Write(text []byte) (int, error) { l.Add(1); return len(text), nil }

// TestMetrics: the lag of every cursor is told, also while one is to be cleared.
func TestMetrics(t *testing.T) {
	each(t, func(w world, _ int) {
		g := gate.New(w.db, gate.Config{})
		work, err := worker.New(w.Context(), w.db, worker.Config{Cursors: []worker.Cursor{tally("a"), tally("b")}})
		w.must(err)
		for range 3 {
			w.must(count("p").add(w.Context(), g, nil))
		}
		w.must(w.db.Write(w.Context(), store.Work{Do: func(tx store.Tx, _ store.Found) error {
			_, err := tx.Advance("a", store.Position{}, worker.Cleared)
			return err
		}}))
		registry := prometheus.NewRegistry()
		w.must(registry.Register(work.Metrics()))
		found, err := registry.Gather()
		w.must(err)
		got := map[string][]float64{}
		for _, f := range found {
			for _, m := range f.GetMetric() {
				got[f.GetName()] = append(got[f.GetName()], m.GetGauge().GetValue())
			}
		}
		if lag := got["yitong_feed_lag_changes"]; len(lag) != 2 || lag[0] != 3 || lag[1] != 3 {
			t.Errorf("the cursors are behind by %v, want 3 and 3", lag)
		}
		if late := got["yitong_feed_lag_seconds"]; len(late) != 2 || late[0] <= 0 || late[0] > 60 {
			t.Errorf("the cursors are late by %v seconds", late)
		}
	})
}
