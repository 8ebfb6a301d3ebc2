package worker_test

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/gate"
	"yitong/internal/store"
	"yitong/internal/worker"
)

// TestFind: jobs are found by state and kind, page by page, and counted; a dead one is run again once, however often that is asked for.
func TestFind(t *testing.T) {
	each(t, func(w world, _ int) {
		var mended atomic.Bool
		gate := make(chan struct{})
		c := quick(worker.Config{Handlers: []worker.Handler{
			{Kind: "test.fail", Attempts: 1, Run: func(context.Context, worker.Task) error {
				if mended.Load() {
					<-gate
					return nil
				}
				return errors.New("not yet")
			}},
			{Kind: "test.other", Run: func(context.Context, worker.Task) error { return errors.New("never") }},
		}})
		c.Pause = time.Hour
		w.start(w.open(), c)
		for range 5 {
			w.enqueue("test.fail", "x", "", time.Time{})
		}
		w.enqueue("test.other", "x", "", time.Time{})
		jobs, err := worker.OpenJobs(w.Context(), w.db)
		w.must(err)
		defer jobs.Close()
		piles := func() map[worker.Pile]bool {
			list, err := jobs.Piles(w.Context())
			w.must(err)
			all := map[worker.Pile]bool{}
			for _, p := range list {
				if age := time.Since(p.Due); age < -2*time.Hour || age > time.Hour {
					t.Errorf("%+v is of another time", p)
				}
				p.Due = time.Time{}
				all[p] = true
			}
			return all
		}
		w.until("five dead, one tried again", func() bool {
			all := piles()
			return len(all) == 2 && all[worker.Pile{Kind: "test.fail", State: worker.Dead, Count: 5}] && all[worker.Pile{Kind: "test.other", State: worker.Retrying, Count: 1}]
		})
		find := func(s worker.Sought) (numbers []int64) {
			list, err := jobs.Find(w.Context(), s)
			w.must(err)
			for _, l := range list {
				if !slices.Contains(s.States, l.Stands()) || s.Kind != "" && l.Kind != s.Kind {
					t.Errorf("%+v finds %+v", s, l)
				}
				numbers = append(numbers, l.Number)
			}
			return numbers
		}
		first := find(worker.Sought{States: []worker.State{worker.Dead}, Most: 3})
		rest := find(worker.Sought{States: []worker.State{worker.Dead}, Below: first[2], Most: 3})
		if all := find(worker.Sought{States: []worker.State{worker.Dead}, Most: 10}); !slices.Equal(all, append(first, rest...)) || len(all) != 5 {
			t.Errorf("pages are %v and %v of %v", first, rest, all)
		}
		if n := len(find(worker.Sought{States: worker.States(), Kind: "test.other", Most: 10})); n != 1 {
			t.Errorf("%d of the other kind", n)
		}
		mended.Store(true)
		if stood, err := jobs.Again(w.Context(), first[0]); err != nil || stood != worker.Dead {
			t.Error(stood, err)
		}
		if stood, err := jobs.Again(w.Context(), first[0]); err != nil || stood == worker.Dead || stood == worker.Done {
			t.Error("asked for again:", stood, err)
		}
		close(gate)
		w.until("it is done", func() bool {
			l, err := jobs.One(w.Context(), first[0])
			w.must(err)
			return l.Stands() == worker.Done
		})
		if stood, err := jobs.Again(w.Context(), first[0]); err != nil || stood != worker.Done {
			t.Error("one that is done:", stood, err)
		}
		if l, err := jobs.One(w.Context(), first[0]); err != nil || l.Stands() != worker.Done {
			t.Error("what is done was run again:", l, err)
		}
		if _, err := jobs.Again(w.Context(), 1<<40); fault.CodeOf(err) != fault.NotFound {
			t.Error("one that is not there:", err)
		}
	})
}

// TestFollowers: a cursor that does not move is behind from the first change on that it has not taken; a server shows that it lives.
func TestFollowers(t *testing.T) {
	each(t, func(w world, _ int) {
		g := gate.New(w.db, gate.Config{})
		var stuck atomic.Bool
		take := func(context.Context, []store.FeedEntry) (func(store.Tx) error, error) {
			if stuck.Load() {
				return nil, errors.New("stuck")
			}
			return func(store.Tx) error { return nil }, nil
		}
		db := w.open()
		work, err := worker.New(context.Background(), db, quick(worker.Config{
			Cursors: []worker.Cursor{{Name: "test", Take: take}}, Handlers: []worker.Handler{{Kind: "test.none", Run: func(context.Context, worker.Task) error { return nil }}},
		}))
		w.must(err)
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- work.Run(ctx) }()
		defer func() {
			cancel()
			w.must(<-done)
		}()
		behind := func() worker.Follower {
			state, err := w.db.FeedState(w.Context())
			w.must(err)
			list, err := worker.Followers(w.Context(), w.db, state, work.Cursors()...)
			w.must(err)
			if len(list) != 1 || list[0].Name != "test" {
				t.Fatalf("got %+v", list)
			}
			return list[0]
		}
		w.must(count("a").add(w.Context(), g, nil))
		w.until("it is in step", func() bool { f := behind(); return f.Behind == 0 && f.At.Number == 1 && f.Oldest.IsZero() })
		stuck.Store(true)
		before, err := w.db.Now(w.Context())
		w.must(err)
		for _, id := range []string{"b", "c", "d"} {
			w.must(count(id).add(w.Context(), g, nil))
		}
		w.until("it is three behind", func() bool { f := behind(); return f.Behind == 3 && f.At.Number == 1 })
		if f := behind(); f.Oldest.Before(before) || time.Since(f.Oldest) > time.Minute {
			t.Errorf("the first that it has not taken is of %s", f.Oldest)
		}
		w.until("the server lives", func() bool {
			list, err := worker.Servers(w.Context(), w.db)
			w.must(err)
			return len(list) == 1 && list[0].ID == work.ID() && time.Until(list[0].Until) > -time.Second
		})
	})
}
