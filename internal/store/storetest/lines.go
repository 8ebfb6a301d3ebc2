package storetest

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/store"
)

// newest reads resources by name and number, and when they were first made: what was deleted, brought back or never there.
func newest(t *testing.T, w world) {
	first := map[string]time.Time{}
	for _, id := range []string{"one", "many", "gone", "back"} {
		first[id] = w.put(id, store.Post, "1").Updated
	}
	w.put("many", store.Put, "2")
	w.put("many", store.Put, "3")
	w.put("gone", store.Delete, "")
	w.put("back", store.Delete, "")
	w.put("back", store.Put, "3")
	refs := []fhir.Ref{{Type: patient, ID: "back"}, {Type: patient, ID: "none"}, {Type: observation, ID: "one"}, {Type: patient, ID: "gone"}, {Type: patient, ID: "many"}, {Type: patient, ID: "one"}, {Type: patient, ID: "many"}}
	want := make([]store.Version, len(refs))
	rids := []int64{1 << 40, math.MinInt64, -1}
	for i, ref := range refs {
		var err error
		want[i], err = w.db.Head(w.ctx(), ref)
		w.must(err)
		rids = append(rids, want[i].Rid)
	}
	w.everybody(func(who string, r store.Reader) error {
		heads, err := r.Heads(t.Context(), refs)
		if err != nil || len(heads) != len(refs) {
			return fmt.Errorf("%s: %d heads, %w", who, len(heads), err)
		}
		for i := range heads {
			same(t, heads[i], want[i])
		}
		bodies, err := r.Bodies(t.Context(), rids)
		if got := slices.Sorted(slices.Values(ids(bodies))); err != nil || !slices.Equal(got, []string{"back", "many", "one"}) {
			t.Errorf("%s: bodies of %v, %v", who, got, err)
		}
		for _, v := range bodies {
			same(t, v, want[slices.Index(refs, v.Ref)])
		}
		born, err := r.Born(t.Context(), rids)
		if err != nil || len(born) != 3 || !born[want[0].Rid].Equal(first["back"]) || !born[want[3].Rid].Equal(first["gone"]) || !born[want[4].Rid].Equal(first["many"]) {
			t.Errorf("%s: born %v, %v", who, born, err)
		}
		return nothing(t, who, r)
	})
}

// nothing asks for nothing.
func nothing(t testing.TB, who string, r store.Reader) error {
	heads, err1 := r.Heads(t.Context(), nil)
	bodies, err2 := r.Bodies(t.Context(), nil)
	born, err3 := r.Born(t.Context(), nil)
	for _, err := range []error{err1, err2, err3} {
		if err != nil {
			return err
		}
	}
	if len(heads)+len(bodies)+len(born) != 0 {
		t.Errorf("%s: asked for nothing, got %v, %v, %v", who, heads, bodies, born)
	}
	return nil
}

// changed reads the live resources of a type by when they were last changed.
func changed(t *testing.T, w world) {
	for i := range 9 {
		w.put(fmt.Sprint("p", i%6), store.Put, fmt.Sprint(i))
	}
	w.put("p4", store.Delete, "")
	var live []store.Posting
	w.must(w.db.Scan(w.ctx(), func(v store.Version) error {
		live = append(live, store.Posting{Order: v.Updated.UnixMicro(), Rid: v.Rid})
		return nil
	}))
	slices.SortFunc(live, comparePlaces)
	if len(live) != 5 {
		t.Fatalf("%d are live", len(live))
	}
	w.everybody(func(who string, r store.Reader) error { return changesHold(t, who, r, live) })
	ref := fhir.Ref{Type: patient, ID: "p0"}
	w.must(w.db.Write(w.ctx(), store.Work{Puts: 2, Want: store.Want{Heads: []fhir.Ref{ref}}, Do: func(tx store.Tx, found store.Found) error {
		set := []store.Change{next(found.Heads[0], ref, store.Put, patientBody("p0", "x")), next(store.Version{}, fhir.Ref{Type: patient, ID: "new"}, store.Post, patientBody("new", "x"))}
		if err := tx.Put(set); err != nil {
			return err
		}
		now := slices.DeleteFunc(slices.Clone(live), func(p store.Posting) bool { return p.Rid == set[0].Rid })
		for _, c := range set {
			now = append(now, store.Posting{Order: c.Updated.UnixMicro(), Rid: c.Rid})
		}
		slices.SortFunc(now, comparePlaces)
		return changesHold(t, "the transaction itself", tx, now)
	}}))
}

func changesHold(t testing.TB, who string, r store.Reader, live []store.Posting) error {
	ranges := []store.Range{{From: least, To: last, Most: 100, Changes: observation}}
	want := [][]store.Posting{nil}
	for _, most := range []int{2, 100} {
		for i := -1; i <= len(live); i++ {
			for j := -1; j <= len(live); j++ {
				part := live[min(i+1, len(live)):max(min(i+1, len(live)), j, 0)]
				back := slices.Clone(part)
				slices.Reverse(back)
				one := store.Range{Changes: patient, From: at(live, i), To: at(live, j), Most: most}
				ranges, want = append(ranges, one), append(want, part[:min(most, len(part))])
				one.Down = true
				ranges, want = append(ranges, one), append(want, back[:min(most, len(part))])
			}
		}
	}
	got, err := r.Seek(t.Context(), ranges)
	if err != nil || len(got) != len(ranges) {
		return fmt.Errorf("%s: %d answers to %d questions, %w", who, len(got), len(ranges), err)
	}
	sizes, err := r.Sizes(t.Context(), ranges, 2)
	if err != nil {
		return err
	}
	for i := range ranges {
		if !slices.Equal(got[i], want[i]) || sizes[i] != min(2, len(want[i])) {
			t.Errorf("%s: %+v\ngot  %v, at least %d\nwant %v", who, ranges[i], got[i], sizes[i], want[i])
		}
	}
	return nil
}

// at is the i-th place, or the one before or behind all.
func at(list []store.Posting, i int) store.Posting {
	switch {
	case i < 0:
		return least
	case i >= len(list):
		return last
	}
	return list[i]
}

// mixed asks for ranges of all kinds in one call, which answers each in its place.
func mixed(t *testing.T, w world) {
	const key = store.Key(9)
	w.seen([]store.Keys{both(entries(key, 1), texts(key, "a")), both(entries(key, 2), texts(key, "b"))}, func(who string, r store.Reader, made []store.Change) error {
		a, b := made[0].Rid, made[1].Rid
		changed := func(down bool) store.Range {
			return store.Range{Changes: patient, From: least, To: last, Most: 1, Down: down}
		}
		up, down := whole(key, 9), whole(key, 9)
		down.Down = true
		got, err := r.Seek(t.Context(), []store.Range{down, beginning(key, "b", 9), changed(true), up, beginning(key, "", 1), changed(false), whole(-key, 9), whole(key, 1)})
		if err != nil {
			return err
		}
		when := made[0].Updated.UnixMicro() // of both
		want := [][]store.Posting{
			{{Order: 2, Rid: b}, {Order: 1, Rid: a}}, {{Text: "b", Rid: b}}, {{Order: when, Rid: b}}, {{Order: 1, Rid: a}, {Order: 2, Rid: b}},
			{{Text: "a", Rid: a}}, {{Order: when, Rid: a}}, nil, {{Order: 1, Rid: a}},
		}
		if !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%s: got %v\nwant %v", who, got, want)
		}
		sizes, err := r.Sizes(t.Context(), []store.Range{beginning(key, "", 0), whole(key, 0), changed(true), whole(-key, 0), down}, 7)
		if err == nil && !slices.Equal(sizes, []int{2, 2, 2, 0, 2}) {
			t.Errorf("%s: sizes %v", who, sizes)
		}
		return err
	})
}

// replaced drops lines between others of one resource and adds some: the others stay.
func replaced(t *testing.T, w world) {
	const key = store.Key(8)
	before, after := both(entries(key, -1, 0, 1, 2), texts(key, "a", "ab", "b", "c")), both(entries(key, -1, 1, 5), texts(key, "a", "b", "d"))
	w.seen([]store.Keys{before, before}, func(who string, r store.Reader, made []store.Change) error {
		return shelve(made).holds(t, who, r, []store.Range{whole(key, 99), beginning(key, "", 99), beginning(key, "a", 99)})
	})
	ref := fhir.Ref{Type: patient, ID: "p1"}
	other, second := w.head("p0").Rid, w.head("p1").Rid
	change := func(who string, m store.Method, add, drop, now store.Keys) {
		w.must(w.db.Write(w.ctx(), store.Work{Puts: 1, Want: store.Want{Heads: []fhir.Ref{ref}}, Do: func(tx store.Tx, found store.Found) error {
			c := next(found.Heads[0], ref, m, fhir.Body{})
			if c.Add, c.Drop = add, drop; m != store.Delete {
				c.Body = patientBody("p1", who)
			}
			if err := tx.Put([]store.Change{c}); err != nil {
				return err
			}
			return shelf{other: before, second: now}.holds(t, who+", itself", tx, []store.Range{whole(key, 99), beginning(key, "", 99)})
		}}))
		w.everybody(func(by string, r store.Reader) error {
			return shelf{other: before, second: now}.holds(t, who+", "+by, r, []store.Range{whole(key, 99), beginning(key, "", 99)})
		})
	}
	change("replaced", store.Put, both(entries(key, 5), texts(key, "d")), both(entries(key, 0, 2), texts(key, "ab", "c")), after)
	change("deleted", store.Delete, store.Keys{}, after, store.Keys{})
	change("back", store.Put, before, store.Keys{}, before)
}

// walker changes random resources at random, and knows what the index should hold.
type walker struct {
	*rand.Rand
	shelf shelf
}

const walkKeys = 6

func (k *walker) key() store.Key {
	return []store.Key{math.MinInt64, -2, 0, 1, 2, math.MaxInt64}[k.IntN(walkKeys)]
}

func (k *walker) order() int64 {
	return []int64{math.MinInt64, math.MinInt64 + 1, -7, -1, 0, 1, 7, math.MaxInt64 - 1, math.MaxInt64}[k.IntN(9)]
}

// lines are any, each once, in order.
func (k *walker) lines() (out store.Keys) {
	for range k.IntN(7) {
		if e := (store.Entry{Key: k.key(), Order: k.order()}); !slices.Contains(out.Entries, e) {
			out.Entries = append(out.Entries, e)
		}
		if s := (store.Text{Key: k.key(), Value: awkward[k.IntN(len(awkward))]}); !slices.Contains(out.Texts, s) {
			out.Texts = append(out.Texts, s)
		}
	}
	return out
}

// change is the next version of a resource with other lines; one in five is a deletion, which has none.
func (k *walker) change(head store.Version, ref fhir.Ref) store.Change {
	c := next(head, ref, store.Put, patientBody(ref.ID, "x"))
	var now store.Keys
	if head.Live() && k.IntN(5) == 0 {
		c.Method, c.Body = store.Delete, fhir.Body{}
	} else {
		now = k.lines()
	}
	old := k.shelf[head.Rid]
	for _, e := range now.Entries {
		if !slices.Contains(old.Entries, e) {
			c.Add.Entries = append(c.Add.Entries, e)
		}
	}
	for _, e := range old.Entries {
		if !slices.Contains(now.Entries, e) {
			c.Drop.Entries = append(c.Drop.Entries, e)
		}
	}
	for _, s := range now.Texts {
		if !slices.Contains(old.Texts, s) {
			c.Add.Texts = append(c.Add.Texts, s)
		}
	}
	for _, s := range old.Texts {
		if !slices.Contains(now.Texts, s) {
			c.Drop.Texts = append(c.Drop.Texts, s)
		}
	}
	k.shelf[head.Rid] = now // of number 0 until it has one
	return c
}

// ranges are any, of a few keys.
func (k *walker) ranges() (list []store.Range) {
	for range 12 {
		r := store.Range{Key: k.key(), Down: k.IntN(2) == 0, Most: 1 + k.IntN(40)}
		switch k.IntN(4) {
		case 0:
			down, most := r.Down, r.Most
			r = beginning(r.Key, awkward[k.IntN(len(awkward))], most)
			r.Down = down
		case 1:
			r.Texts = true
			r.From, r.To = store.Posting{Text: awkward[k.IntN(len(awkward))], Rid: k.Int64N(90)}, store.Posting{Text: awkward[k.IntN(len(awkward))], Rid: k.Int64N(90)}
		case 2:
			r.From, r.To = least, last
		default:
			r.From, r.To = store.Posting{Order: k.order(), Rid: k.Int64N(90)}, store.Posting{Order: k.order(), Rid: k.Int64N(90)}
		}
		list = append(list, r)
	}
	return list
}

// walk changes resources in small transactions and in big ones, which databases write in other ways. After each the index
// holds exactly the lines that it should.
func walk(t *testing.T, w world) {
	k := &walker{rand.New(rand.NewPCG(4, 12)), shelf{}}
	for round, puts := range []int{1, 2, 63, 64, 65, 1, 130, 3, 64, 7} {
		refs := make([]fhir.Ref, puts)
		for i, n := range k.Perm(140)[:puts] {
			refs[i] = fhir.Ref{Type: patient, ID: fmt.Sprint("p", n)}
		}
		seed, before := k.Uint64(), k.shelf
		ranges := k.ranges()
		w.must(w.db.Write(w.ctx(), store.Work{Puts: puts, Want: store.Want{Heads: refs}, Do: func(tx store.Tx, found store.Found) error {
			k.Rand, k.shelf = rand.New(rand.NewPCG(seed, 1)), shelf{} // it may run again
			for rid, lines := range before {
				k.shelf[rid] = lines
			}
			set, fresh := make([]store.Change, puts), make([]store.Keys, puts)
			for i, ref := range refs {
				set[i] = k.change(found.Heads[i], ref)
				fresh[i] = k.shelf[0]
				delete(k.shelf, 0)
			}
			if err := tx.Put(set); err != nil {
				return err
			}
			for i, c := range set {
				if c.Number == 1 {
					k.shelf[c.Rid] = fresh[i]
				}
			}
			return k.shelf.holds(t, fmt.Sprint("round ", round), tx, ranges)
		}}))
		w.everybody(func(who string, r store.Reader) error {
			return k.shelf.holds(t, fmt.Sprint(who, " after round ", round), r, ranges)
		})
		lines := 0
		for _, of := range k.shelf {
			lines += len(of.Entries) + len(of.Texts)
		}
		if n, err := w.db.Keys(w.ctx()); err != nil || n != int64(lines) {
			t.Fatalf("after round %d there are %d lines, want %d, %v", round, n, lines, err)
		}
	}
	if len(k.shelf) < 100 {
		t.Errorf("only %d resources were walked over", len(k.shelf))
	}
}

// failedLines holds that a transaction that fails after it has read its own lines leaves none.
func failedLines(t *testing.T, w world) {
	const key = store.Key(5)
	for _, n := range []int{1, 64} {
		refused := errors.New("no")
		err := w.write(w.ctx(), n, func(tx store.Tx) error {
			set := make([]store.Change, n)
			for i := range set {
				ref := fhir.Ref{Type: patient, ID: fmt.Sprint("p", i)}
				set[i] = next(store.Version{}, ref, store.Post, patientBody(ref.ID, "x"))
				set[i].Add = both(entries(key, 1), texts(key, "a"))
			}
			if err := tx.Put(set); err != nil {
				return err
			}
			if sizes, err := tx.Sizes(t.Context(), []store.Range{whole(key, 0), beginning(key, "a", 0)}, 100); err != nil || sizes[0] != n || sizes[1] != n {
				t.Errorf("sees %v of its %d lines, %v", sizes, n, err)
			}
			return refused
		})
		if lines, e := w.db.Keys(w.ctx()); !errors.Is(err, refused) || e != nil || lines != 0 {
			t.Errorf("%d lines are left of a failed write, %v, %v", lines, err, e)
		}
	}
}
