package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yitong/internal/fhir"
	"yitong/internal/store"
)

// foundBatches: whatever is sought is found as in a list of all batches, some of which were bound long after their
// lines, or have lines of clocks that are ahead.
func foundBatches(t *testing.T, w world) {
	const number, keys = 60, 5
	type made struct {
		store.Batch
		keys []store.Key
	}
	var all []made
	erased := int64(0)
	start, err := w.db.Now(w.ctx())
	w.must(err)
	last := start
	for n := int64(1); n <= number; n++ {
		last = last.Add(time.Duration(n*7%40) * time.Hour)
		b := batch(n, "x")
		b.Last = last
		b.First = last.Add(-time.Duration(n*n%7) * time.Minute)
		switch n % 9 {
		case 0:
			b.First = last.Add(-time.Duration(n) * 24 * time.Hour) // bound late, after an outage
		case 4:
			b.First, b.Last = last.Add(-80*time.Hour), last.Add(-79*time.Hour)
		}
		var has []store.Key
		for k := range int64(keys) {
			if (n*n+k)%(k+1) == 0 {
				has = append(has, store.Key(k))
			}
		}
		w.trace("x")
		_, ids := linesOf(w.loose())
		w.bind(b, has, ids...)
		all = append(all, made{*b, has})
	}
	span := int64(last.Sub(start)/time.Hour) + 100
	instant := rapid.Custom(func(t *rapid.T) time.Time {
		if rapid.IntRange(0, 3).Draw(t, "which") == 0 {
			return time.Time{}
		}
		if b := rapid.SampledFrom(all).Draw(t, "of"); rapid.Bool().Draw(t, "edge") {
			return rapid.SampledFrom([]time.Time{b.First, b.Last, b.Bound, b.First.Add(store.BoundWithin)}).Draw(t, "at")
		}
		return start.Add(time.Duration(rapid.Int64Range(-100, span).Draw(t, "hours")) * time.Hour)
	})
	rapid.Check(t, func(t *rapid.T) {
		s := store.Sought{
			From: instant.Draw(t, "from"), To: instant.Draw(t, "to"),
			Below: rapid.Int64Range(0, number+2).Draw(t, "below"), Most: rapid.IntRange(0, number+1).Draw(t, "most"),
		}
		if k := store.Key(rapid.Int64Range(-1, keys).Draw(t, "key")); k >= 0 {
			s.Key = &k
		}
		if rapid.IntRange(0, 15).Draw(t, "erase") == 0 && erased < number/2 {
			first, last, err := w.db.EraseBatches(w.ctx(), all[number-1].Bound, 2)
			w.must(err)
			if first != erased+1 || last != erased+2 {
				t.Errorf("erased %d to %d behind %d", first, last, erased)
			}
			erased = last
		}
		var want []int64
		for _, b := range slices.Backward(all) {
			if b.Number > erased && len(want) < s.Most && (s.Key == nil || slices.Contains(b.keys, *s.Key)) && (s.Below == 0 || b.Number < s.Below) &&
				(s.From.IsZero() || !b.Last.Before(s.From)) && (s.To.IsZero() || !b.First.After(s.To)) {
				want = append(want, b.Number)
			}
		}
		got, err := w.db.FindBatches(w.ctx(), s)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("sought %+v: found %v (%v), want %v", s, got, err, want)
		}
	})
}

// boundOnce: while many add lines, in transactions that may fail and outside of them, and several bind what they find,
// every line that was taken is in one batch, or still loose; no other is anywhere, and batches have no gap.
func boundOnce(t *testing.T, w world) {
	const writers, each, binders = 12, 24, 4
	var mu sync.Mutex
	want := map[string]bool{}
	var adding, all sync.WaitGroup
	for c := range writers {
		adding.Go(func() {
			for i := range each {
				if line := fmt.Sprint(c, "-", i); w.addLine(line, (c*5+i)%6) {
					mu.Lock()
					want[line] = true
					mu.Unlock()
				}
			}
		})
	}
	var over atomic.Bool
	var lost atomic.Int64
	for range binders {
		all.Go(func() {
			for {
				last := over.Load()
				taken, more := w.bindSome()
				if !taken {
					lost.Add(1)
				}
				if last && !more {
					return
				}
			}
		})
	}
	adding.Wait()
	over.Store(true)
	all.Wait()
	w.trace("left") // what nobody binds any more
	want["left"] = true
	w.accounted(want)
	t.Logf("%d batches, %d of which others were quicker to bind", w.lastBatch(), lost.Load())
}

// addLine adds a line in one of several ways, and tells whether it was taken.
func (w world) addLine(line string, way int) bool {
	text := []byte(line + "\n")
	switch way {
	case 0:
		w.must(w.db.Trace(w.ctx(), text))
		return true
	case 1: // beside a write
		ref := fhir.Ref{Type: patient, ID: line}
		w.must(w.write(w.ctx(), 1, func(tx store.Tx) error {
			if err := tx.Put([]store.Change{next(store.Version{}, ref, store.Post, patientBody(ref.ID, "x"))}); err != nil {
				return err
			}
			return tx.Trace(text)
		}))
		return true
	}
	err := w.write(w.ctx(), 0, func(tx store.Tx) error {
		if err := tx.Trace(text); err != nil {
			return err
		}
		if way == 2 {
			if _, err := tx.Gather(store.Want{}); err != nil {
				return err
			}
		}
		switch way {
		case 3:
			return errors.New("refused")
		case 4:
			panic("out of order")
		}
		return nil
	})
	if (err == nil) != (way != 3 && way != 4) {
		w.Errorf("a write of kind %d: %v", way, err)
	}
	return err == nil
}

// bindSome binds some of the rows, as a server does. It tells whether it was the quickest, and whether there were any.
func (w world) bindSome() (taken, more bool) {
	last, err := w.db.LastBatch(w.ctx())
	w.must(err)
	rows, err := w.db.Loose(w.ctx(), 40)
	w.must(err)
	if len(rows) == 0 {
		return true, false
	}
	var list []store.Binding
	for part := range slices.Chunk(rows, 1+len(rows)/2) { // one, or two together
		lines, ids := linesOf(part)
		list = append(list, store.Binding{Batch: found(batch(last+1, lines...), store.Key(last), 1<<40), Rows: ids})
		last++
	}
	taken, err = w.db.Bind(w.ctx(), list...)
	w.must(err)
	return taken, true
}

// accounted holds that all batches and rows together have these lines, each once.
func (w world) accounted(want map[string]bool) {
	w.Helper()
	var got []string
	var before time.Time
	for number := int64(1); ; number++ {
		list := w.batchesFrom(number, 1, true)
		if len(list) == 0 {
			break
		}
		b := list[0]
		if b.Number != number || b.Bound.Before(before) {
			w.Errorf("batch %d, bound at %v, stands behind one of %v in the place of %d", b.Number, b.Bound, before, number)
		}
		before = b.Bound
		got = append(got, strings.Split(string(b.Body), "\n")...)
	}
	rest, _ := linesOf(w.loose())
	got = append(got, rest...)
	for _, line := range got {
		if !want[line] {
			w.Errorf("the line %q is there twice, or was never taken", line)
		}
		delete(want, line)
	}
	if len(want) > 0 {
		w.Errorf("%d of %d lines are lost", len(want), len(want)+len(got))
	}
}
