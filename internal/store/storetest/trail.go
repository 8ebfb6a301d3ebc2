package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/store"
)

// trails are the tests of the trail.
var trails = map[string]func(*testing.T, world){
	"loose lines":                  looseLines,
	"lines of transactions":        tracedWrites,
	"a batch in place of rows":     bound,
	"a batch that is late":         notBound,
	"batches bound together":       boundTogether,
	"batches without their bodies": batches,
	"batches as a model has them":  foundBatches,
	"erased batches":               erasedBatches,
	"no line lost, none twice":     boundOnce,
}

// RunTrail runs the tests of the trail alone.
func RunTrail(t *testing.T, open func(testing.TB) store.DB) {
	for name, test := range trails {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, world{t, open(t)})
		})
	}
}

func (w world) trace(lines ...string) {
	w.Helper()
	for _, l := range lines {
		w.must(w.db.Trace(w.ctx(), []byte(l+"\n")))
	}
}

// loose are all rows that are in no batch.
func (w world) loose() []store.Loose {
	w.Helper()
	list, err := w.db.Loose(w.ctx(), 1<<30)
	w.must(err)
	return list
}

// linesOf are the lines of rows, and their numbers.
func linesOf(rows []store.Loose) (lines []string, ids []int64) {
	for _, r := range rows {
		lines = append(lines, strings.SplitAfter(strings.TrimSuffix(string(r.Lines), "\n"), "\n")...)
		ids = append(ids, r.ID)
	}
	for i := range lines {
		lines[i] = strings.TrimSuffix(lines[i], "\n")
	}
	return lines, ids
}

// batch is one that has not been bound yet.
func batch(number int64, lines ...string) *store.Batch {
	at := time.Date(2026, 11, 22, 8, 0, 0, 5000, time.UTC)
	return &store.Batch{
		Number: number, First: at, Last: at.Add(time.Second), Lines: len(lines), Digest: fmt.Append(nil, "digest ", number),
		Tags: bytes.Repeat([]byte{byte(number)}, 8*len(lines)), Body: []byte(strings.Join(lines, "\n")),
	}
}

// found is a batch with the keys by which it is found.
func found(b *store.Batch, keys ...store.Key) *store.Batch {
	b.Keys = keys
	return b
}

// bind binds a batch that must be taken.
func (w world) bind(b *store.Batch, keys []store.Key, rows ...int64) {
	w.Helper()
	taken, err := w.db.Bind(w.ctx(), store.Binding{Batch: found(b, keys...), Rows: rows})
	w.must(err)
	if !taken {
		w.Fatalf("batch %d was not taken", b.Number)
	}
}

func (w world) batchesFrom(from int64, most int, bodies bool) []store.Batch {
	w.Helper()
	list, err := w.db.Batches(w.ctx(), from, most, bodies)
	w.must(err)
	return list
}

func (w world) lastBatch() int64 {
	w.Helper()
	n, err := w.db.LastBatch(w.ctx())
	w.must(err)
	return n
}

func looseLines(t *testing.T, w world) {
	if list := w.loose(); len(list) != 0 {
		t.Fatalf("an empty trail has %v", list)
	}
	w.must(w.db.Trace(w.ctx(), nil))
	w.trace("one", "two\nthree", "four", strings.Repeat("long ", 20_000))
	list := w.loose()
	lines, ids := linesOf(list)
	if len(lines) != 5 || len(list) != 4 || !slices.Equal(lines[:4], []string{"one", "two", "three", "four"}) || len(lines[4]) != 100_000 {
		t.Errorf("the rows are %.200v", lines)
	}
	if !slices.IsSorted(ids) || len(slices.Compact(ids)) != 4 {
		t.Errorf("the numbers are %v", ids)
	}
	for most, want := range map[int]int{0: 1, 1: 1, 13: 1, 200: 3, 100_000: 3, 100_200: 4} {
		if list, err := w.db.Loose(w.ctx(), most); err != nil || len(list) != want {
			t.Errorf("%d bytes are %d rows (%v), want %d", most, len(list), err, want)
		}
	}
	for _, bad := range []string{"x", "x\ny"} {
		if err := w.db.Trace(w.ctx(), []byte(bad)); fault.CodeOf(err) != fault.Internal {
			t.Errorf("%q was taken: %v", bad, err)
		}
		err := w.write(w.ctx(), 0, func(tx store.Tx) error { return tx.Trace([]byte(bad)) })
		if fault.CodeOf(err) != fault.Internal {
			t.Errorf("%q was taken: %v", bad, err)
		}
	}
	if again := w.loose(); len(again) != 4 {
		t.Errorf("%d rows, want 4", len(again))
	}
}

// tracedWrites: lines of a transaction stand or fall with it.
func tracedWrites(t *testing.T, w world) {
	refused := errors.New("no")
	trace := func(tx store.Tx, line string) {
		buf := []byte(line + "\n")
		w.must(tx.Trace(buf))
		clear(buf) // it is the caller's again
	}
	write := func(puts int, do func(store.Tx) error) error { return w.write(w.ctx(), puts, do) }
	w.must(write(0, func(tx store.Tx) error {
		trace(tx, "a")
		trace(tx, "b")
		return nil
	}))
	w.must(write(store.BigPuts, func(tx store.Tx) error {
		trace(tx, "big")
		return nil
	}))
	if err := write(0, func(tx store.Tx) error {
		trace(tx, "failed")
		return refused
	}); !errors.Is(err, refused) {
		t.Errorf("got %v", err)
	}
	if err := write(0, func(tx store.Tx) error {
		trace(tx, "asked and failed")
		if _, err := tx.Gather(store.Want{}); err != nil {
			return err
		}
		trace(tx, "failed later")
		return refused
	}); !errors.Is(err, refused) {
		t.Errorf("got %v", err)
	}
	if err := write(0, func(tx store.Tx) error {
		trace(tx, "panicked")
		panic("boom")
	}); err == nil {
		t.Error("a panic was taken for success")
	}
	w.must(write(0, func(tx store.Tx) error {
		trace(tx, "c")
		_, err := tx.Gather(store.Want{})
		trace(tx, "d")
		return err
	}))
	if lines, _ := linesOf(w.loose()); !slices.Equal(lines, []string{"a", "b", "big", "c", "d"}) {
		t.Errorf("the lines are %q", lines)
	}
}

func bound(t *testing.T, w world) {
	w.trace("a", "b", "c", "d")
	_, ids := linesOf(w.loose())
	if n := w.lastBatch(); n != 0 {
		t.Errorf("the newest batch is %d", n)
	}
	now, err := w.db.Now(w.ctx())
	w.must(err)
	one := batch(1, "a", "b")
	w.bind(one, []store.Key{7, -3, 7, 9}, ids[1], ids[0], ids[1])
	if d := one.Bound.Sub(now); d < -time.Second || d > time.Minute || one.Bound.Nanosecond()%1000 != 0 {
		t.Errorf("bound at %v, now it is %v", one.Bound, now)
	}
	if lines, _ := linesOf(w.loose()); !slices.Equal(lines, []string{"c", "d"}) {
		t.Errorf("there are left %q", lines)
	}
	two := batch(2, "c")
	two.Last = now.Add(time.Hour).Truncate(time.Microsecond) // by a clock that is ahead
	w.bind(two, nil, ids[2])
	three := batch(3, "d")
	w.bind(three, nil, ids[3])
	if !two.Bound.Equal(two.Last) || three.Bound.Before(two.Bound) {
		t.Errorf("bound at %v and %v, the first one's last line is of %v", two.Bound, three.Bound, two.Last)
	}
	if list := w.loose(); len(list) != 0 || w.lastBatch() != 3 {
		t.Errorf("there are left %v, and the newest batch is %d", list, w.lastBatch())
	}
	w.trace("e")
	if _, more := linesOf(w.loose()); len(more) != 1 || more[0] <= ids[3] {
		t.Errorf("the number %v is given again after %v", more, ids)
	}
	for i, got := range w.batchesFrom(1, 9, true) {
		sameBatch(t, got, []*store.Batch{one, two, three}[i])
	}
}

func sameBatch(t *testing.T, got store.Batch, want *store.Batch) {
	t.Helper()
	if got.Number != want.Number || !got.First.Equal(want.First) || !got.Last.Equal(want.Last) || !got.Bound.Equal(want.Bound) ||
		got.Lines != want.Lines || !bytes.Equal(got.Digest, want.Digest) || !bytes.Equal(got.Tags, want.Tags) ||
		!bytes.Equal(got.Body, want.Body) || (got.Body == nil) != (want.Body == nil) {
		t.Errorf("got %+v, want %+v", got, *want)
	}
}

// notBound: a batch whose number or whose rows others were quicker to take changes nothing.
func notBound(t *testing.T, w world) {
	w.trace("a", "b", "c")
	_, ids := linesOf(w.loose())
	key := store.Key(5)
	none := ids[2] + 1
	refuse := func(number int64, rows ...int64) {
		t.Helper()
		b := batch(number, "x")
		if taken, err := w.db.Bind(w.ctx(), store.Binding{Batch: found(b, key), Rows: rows}); taken || err != nil || !b.Bound.IsZero() {
			t.Errorf("batch %d of %v was bound: %t %v, at %v", number, rows, taken, err, b.Bound)
		}
	}
	if taken, err := w.db.Bind(w.ctx(), store.Binding{Batch: &store.Batch{Number: 1}, Rows: ids}); taken || fault.CodeOf(err) != fault.Internal {
		t.Errorf("a batch without a body: %t %v", taken, err)
	}
	refuse(0, ids[0])
	refuse(2, ids[0])
	refuse(1, ids[0], ids[1], ids[2], none)
	if got := w.batchesFrom(0, 9, false); len(got) != 0 {
		t.Errorf("there is %v", got)
	}
	w.bind(batch(1, "a"), nil, ids[0])
	refuse(1, ids[1])
	refuse(3, ids[1])
	refuse(2, ids[0], ids[1])
	found, err := w.db.FindBatches(w.ctx(), store.Sought{Key: &key, Most: 9})
	w.must(err)
	if lines, _ := linesOf(w.loose()); !slices.Equal(lines, []string{"b", "c"}) || w.lastBatch() != 1 || len(found) != 0 {
		t.Errorf("there are left %q, the newest batch is %d, and %v have the key", lines, w.lastBatch(), found)
	}
	w.bind(batch(2, "b", "c"), []store.Key{key}, ids[1], ids[2])
}

// boundTogether: several batches are bound in their order, or none of them is.
func boundTogether(t *testing.T, w world) {
	w.trace("a", "b", "c", "d")
	w.must(w.write(w.ctx(), 0, func(tx store.Tx) error { return tx.Trace([]byte("e\n")) }))
	lines, ids := linesOf(w.loose())
	none := slices.Max(ids) + 1
	of := func(number int64, keys []store.Key, rows ...int64) store.Binding {
		var own []string
		for _, id := range rows {
			if i := slices.Index(ids, id); i >= 0 {
				own = append(own, lines[i])
			}
		}
		return store.Binding{Batch: found(batch(number, own...), keys...), Rows: rows}
	}
	both := []store.Key{3, 8}
	for _, list := range [][]store.Binding{
		{of(1, both, ids[0]), of(3, both, ids[1])},
		{of(2, both, ids[0]), of(1, both, ids[1])},
		{of(1, both, ids[0]), of(1, both, ids[1])},
		{of(1, both, ids[0]), of(2, both, ids[0])},
		{of(1, both, ids[0], ids[1]), of(2, both, ids[2], ids[3], ids[4], none)},
	} {
		if taken, err := w.db.Bind(w.ctx(), list...); taken || err != nil || !list[0].Bound.IsZero() {
			t.Errorf("%v, %v: bound %t %v, at %v", list[0].Rows, list[1].Rows, taken, err, list[0].Bound)
		}
	}
	if taken, err := w.db.Bind(w.ctx(), of(1, both, ids[0]), store.Binding{Batch: &store.Batch{Number: 2}, Rows: ids[1:]}); taken || fault.CodeOf(err) != fault.Internal {
		t.Errorf("a batch without a body: %t %v", taken, err)
	}
	if left, _ := linesOf(w.loose()); w.lastBatch() != 0 || !slices.Equal(left, lines) {
		t.Fatalf("there are %d batches, and left %q", w.lastBatch(), left)
	}
	list := []store.Binding{of(1, both, ids[0], ids[1]), of(2, []store.Key{8}, ids[2]), of(3, both, ids[3:]...)}
	taken, err := w.db.Bind(w.ctx(), list...)
	w.must(err)
	if left, _ := linesOf(w.loose()); !taken || len(left) != 0 {
		t.Fatalf("bound: %t, and left are %q", taken, left)
	}
	for i, got := range w.batchesFrom(1, 9, true) {
		sameBatch(t, got, list[i].Batch)
	}
	w.must(w.db.Trace(w.ctx(), []byte("more\n")))
	more := store.Binding{Batch: batch(4, "more"), Rows: []int64{w.loose()[0].ID}}
	taken, err = w.db.Bind(w.ctx(), more) // by then the keys of the others are due, where they are added one batch later
	w.must(err)
	for key, want := range map[store.Key][]int64{3: {3, 1}, 8: {3, 2, 1}, 9: nil} {
		if found, err := w.db.FindBatches(w.ctx(), store.Sought{Key: &key, Most: 9}); err != nil || !slices.Equal(found, want) || !taken {
			t.Errorf("with the key %d there are %v (%v), want %v", key, found, err, want)
		}
	}
}

func batches(t *testing.T, w world) {
	var want []*store.Batch
	for n := range int64(7) {
		w.trace("x")
		b := batch(n+1, "x", fmt.Sprint(n))
		if n == 3 {
			b.Tags, b.Digest, b.Lines = nil, nil, 0
		}
		if n == 4 {
			b.Body = bytes.Repeat([]byte("some of the body "), 10_000)
		}
		_, ids := linesOf(w.loose())
		w.bind(b, nil, ids...)
		want = append(want, b)
	}
	for _, bodies := range []bool{true, false} {
		for from := int64(-1); from < 9; from++ {
			for most := range 8 {
				got := w.batchesFrom(from, most, bodies)
				rest := want[min(max(from-1, 0), 7):]
				if rest = rest[:min(len(rest), most)]; len(rest) != len(got) {
					t.Fatalf("%d from %d on are %v", most, from, got)
				}
				for i := range got {
					b := *rest[i]
					if !bodies {
						b.Body = nil
					}
					sameBatch(t, got[i], &b)
				}
			}
		}
	}
}

func erasedBatches(t *testing.T, w world) {
	var bounds []time.Time
	key := func(n int64) *store.Key { k := store.Key(n); return &k }
	start, err := w.db.Now(w.ctx())
	w.must(err)
	for n := int64(1); n <= 6; n++ {
		w.trace("x")
		_, ids := linesOf(w.loose())
		b := batch(n, "x")
		b.Last = start.Add(time.Duration(n) * time.Hour).Truncate(time.Microsecond)
		w.bind(b, []store.Key{1, 2, store.Key(100 + n)}, ids...)
		bounds = append(bounds, b.Bound)
	}
	erase := func(before time.Time, most int, first, last int64) {
		t.Helper()
		f, l, err := w.db.EraseBatches(w.ctx(), before, most)
		if err != nil || f != first || l != last {
			t.Errorf("erased %d to %d (%v), want %d to %d", f, l, err, first, last)
		}
	}
	erase(bounds[0], 9, 0, 0)
	erase(bounds[2], 0, 0, 0)
	erase(bounds[4], 3, 1, 3)
	erase(bounds[4], 3, 4, 4)
	erase(bounds[4], 3, 0, 0)
	for i, b := range w.batchesFrom(1, 9, true) {
		want := batch(int64(i+1), "x")
		want.Last, want.Bound = bounds[i], bounds[i]
		if i < 4 {
			want.Body = nil
		}
		sameBatch(t, b, want)
	}
	for _, s := range []store.Sought{{}, {Key: key(1)}, {Key: key(2)}} {
		s.Most = 9
		if got, err := w.db.FindBatches(w.ctx(), s); err != nil || !slices.Equal(got, []int64{6, 5}) {
			t.Errorf("found %v (%v) of what is left", got, err)
		}
	}
	for n, want := range map[int64]int{101: 0, 104: 0, 105: 1, 106: 1} {
		if got, err := w.db.FindBatches(w.ctx(), store.Sought{Key: key(n), Most: 9}); err != nil || len(got) != want {
			t.Errorf("found %v (%v) with the key of %d", got, err, n-100)
		}
	}
}
