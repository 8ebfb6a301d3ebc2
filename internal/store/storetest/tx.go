package storetest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/store"
)

// ids are those of versions, in their order.
func ids(found []store.Version) (out []string) {
	for _, v := range found {
		out = append(out, v.Ref.ID)
	}
	return out
}

// lines are lines of the index with keys, all in order 0.
func lines(keys ...store.Key) (k store.Keys) {
	for _, key := range keys {
		k.Entries = append(k.Entries, store.Entry{Key: key})
	}
	return k
}

func keys(t *testing.T, w world) {
	h := store.NewHasher(w.db.Secret())
	red, blue := h.Key(search.Term{Definition: 1, Form: search.FormCode, Value: "red"}), h.Key(search.Term{Definition: 1, Form: search.FormCode, Value: "blue"})
	change := func(id string, add, drop store.Keys) {
		ref := fhir.Ref{Type: patient, ID: id}
		w.must(w.write(w.ctx(), 1, func(tx store.Tx) error {
			found, err := tx.Gather(store.Want{Heads: []fhir.Ref{ref}})
			if err != nil {
				return err
			}
			c := next(found.Heads[0], ref, store.Put, patientBody(id, "x"))
			c.Add, c.Drop = add, drop
			return tx.Put([]store.Change{c})
		}))
	}
	seek := func(s ...store.Seek) (out [][]string) {
		w.must(w.write(w.ctx(), 1, func(tx store.Tx) error {
			found, err := tx.Gather(store.Want{Seek: s, Live: []fhir.Ref{{Type: patient, ID: "a"}, {Type: patient, ID: "zz"}, {Type: patient, ID: "c"}}})
			out = nil
			for _, list := range found.Seek {
				out = append(out, slices.Sorted(slices.Values(ids(list))))
			}
			if err == nil && !slices.Equal(found.Live, []bool{true, false, true}) {
				t.Errorf("live: %v", found.Live)
			}
			return err
		}))
		return out
	}
	for _, id := range []string{"a", "b", "c", "d"} {
		change(id, lines(red), store.Keys{})
	}
	change("b", lines(blue), lines(red))
	w.must(w.write(w.ctx(), 1, func(tx store.Tx) error {
		found, err := tx.Gather(store.Want{Seek: []store.Seek{{Keys: []store.Key{red}, Most: 9, Naming: true}}})
		if err == nil && (fmt.Sprint(slices.Sorted(slices.Values(ids(found.Seek[0])))) != "[a c d]" || len(found.Seek[0][0].Body.Bytes) != 0) {
			t.Errorf("named %v", found.Seek[0])
		}
		return err
	}))
	if two := seek(store.Seek{Keys: []store.Key{red}, Most: 2}); len(two[0]) != 2 {
		t.Errorf("found %v, want two", two)
	}
	got := seek(store.Seek{Keys: []store.Key{red, blue}, Most: 9}, store.Seek{Keys: []store.Key{blue}, Most: 2}, store.Seek{Keys: []store.Key{7}, Most: 2}, store.Seek{Keys: []store.Key{red}, Most: 10})
	want := [][]string{{"a", "b", "c", "d"}, {"b"}, nil, {"a", "c", "d"}}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("found %v, want %v", got, want)
	}
}

func bigPuts(t *testing.T, w world) {
	const n = 700
	h := store.NewHasher(w.db.Secret())
	key := h.Key(search.Term{Value: "all"})
	refs := make([]fhir.Ref, n)
	for i := range refs {
		refs[i] = fhir.Ref{Type: patient, ID: fmt.Sprintf("p%d", i)}
	}
	for round := range 2 {
		w.must(w.write(w.ctx(), n, func(tx store.Tx) error {
			found, err := tx.Gather(store.Want{Heads: refs})
			if err != nil {
				return err
			}
			set := make([]store.Change, n)
			for i, ref := range refs {
				set[i] = next(found.Heads[i], ref, store.Put, patientBody(ref.ID, fmt.Sprint(round)))
				if round == 0 {
					set[i].Add = lines(key, store.Key(i))
				}
			}
			return tx.Put(set)
		}))
	}
	w.must(w.write(w.ctx(), 1, func(tx store.Tx) error {
		found, err := tx.Gather(store.Want{Heads: refs, Live: refs, Seek: []store.Seek{{Keys: []store.Key{key}, Most: n + 1}}})
		if err != nil {
			return err
		}
		if len(found.Seek[0]) != n || slices.Contains(found.Live, false) {
			t.Errorf("%d of %d found by key, live %v", len(found.Seek[0]), n, found.Live)
		}
		for i, v := range found.Heads {
			if v.Ref != refs[i] || v.Number != 2 {
				t.Fatalf("%s has version %d", v.Ref, v.Number)
			}
		}
		return nil
	}))
}

func oneCreator(t *testing.T, w world) {
	var won atomic.Int32
	var wg sync.WaitGroup
	ref := fhir.Ref{Type: patient, ID: "same"}
	for range 12 {
		wg.Go(func() {
			err := w.write(w.ctx(), 1, func(tx store.Tx) error {
				found, err := tx.Gather(store.Want{Heads: []fhir.Ref{ref}})
				if err != nil {
					return err
				}
				if found.Heads[0].Exists() {
					return fault.New(fault.Conflict, "taken")
				}
				return tx.Put([]store.Change{next(found.Heads[0], ref, store.Post, patientBody("same", "x"))})
			})
			switch fault.CodeOf(err) {
			case "":
				won.Add(1)
			case fault.Conflict:
			default:
				t.Errorf("%v", err)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Errorf("%d creators won", won.Load())
	}
}

func countedUpdates(t *testing.T, w world) {
	const writers, each = 8, 6
	w.put("a", store.Post, "x")
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for range each {
				w.put("a", store.Put, "y")
			}
		})
	}
	wg.Wait()
	if got := w.head("a").Number; got != 1+writers*each {
		t.Errorf("version %d, want %d", got, 1+writers*each)
	}
}

// noWriteSkew: each of two writers reads one resource and writes the other; serially one must see the other's.
func noWriteSkew(t *testing.T, w world) {
	for round := range 10 {
		a, b := fhir.Ref{Type: patient, ID: fmt.Sprint("a", round)}, fhir.Ref{Type: patient, ID: fmt.Sprint("b", round)}
		var wg sync.WaitGroup
		var wrote atomic.Int32
		for _, pair := range [][2]fhir.Ref{{a, b}, {b, a}} {
			wg.Go(func() {
				err := w.write(w.ctx(), 1, func(tx store.Tx) error {
					found, err := tx.Gather(store.Want{Live: pair[:1]})
					if err != nil || found.Live[0] {
						return errors.Join(err, errors.ErrUnsupported)
					}
					return tx.Put([]store.Change{next(store.Version{}, pair[1], store.Post, patientBody(pair[1].ID, "x"))})
				})
				if err == nil {
					wrote.Add(1)
				} else if !errors.Is(err, errors.ErrUnsupported) {
					t.Errorf("%v", err)
				}
			})
		}
		wg.Wait()
		if wrote.Load() != 1 {
			t.Fatalf("round %d: %d wrote", round, wrote.Load())
		}
	}
}

func places(t *testing.T, w world) {
	now, err := w.db.Now(w.ctx())
	w.must(err)
	reserve := func(place, holder string, until time.Time) (ok bool) {
		w.must(w.write(w.ctx(), 1, func(tx store.Tx) (err error) {
			ok, err = tx.Reserve(store.Place{Scope: "clinic", Name: place}, holder, until)
			return err
		}))
		return ok
	}
	release := func(place, holder string) (ok bool) {
		w.must(w.write(w.ctx(), 1, func(tx store.Tx) (err error) {
			ok, err = tx.Release(store.Place{Scope: "clinic", Name: place}, holder)
			return err
		}))
		return ok
	}
	later, past := now.Add(time.Hour), now.Add(-time.Second)
	for i, step := range []struct{ got, want bool }{
		{reserve("1", "ann", later), true},
		{reserve("1", "bob", later), false},
		{reserve("1", "ann", later.Add(time.Hour)), true}, // extends
		{reserve("2", "bob", later), true},
		{release("1", "bob"), false},
		{release("1", "ann"), true},
		{release("1", "ann"), false},
		{reserve("1", "bob", past), true}, // runs out at once
		{reserve("1", "ann", later), true},
		{reserve("1", "bob", later), false},
		{reserve("3", "ann", store.ForEver), true},
		{reserve("3", "bob", later), false},
		{release("2", "bob"), true},
		{release("3", "ann"), true},
		{reserve("3", "bob", later), true},
	} {
		if step.got != step.want {
			t.Errorf("step %d: %v", i, step.got)
		}
	}
}

// placesInGroups: members of one transaction that fail after they have reserved or given back leave nothing of it, and
// those that succeed see what others before them did.
func placesInGroups(t *testing.T, w world) {
	const clients, each, seats = 16, 12, 6
	refused := errors.New("no")
	name := func(n int) store.Place { return store.Place{Scope: "g", Name: fmt.Sprint(n % seats)} }
	var mu sync.Mutex
	has := map[store.Place]string{} // what those who succeeded were told
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			for i := range each {
				holder, mine, other := fmt.Sprintf("%d-%d", c, i), name(c+i), name(c+i+1)
				want := store.Want{Places: []store.Place{mine, other}}
				if i%3 == 0 {
					want.Places = nil
				}
				got := false
				err := w.db.Write(w.ctx(), store.Work{Want: want, Do: func(tx store.Tx, _ store.Found) (err error) {
					if got, err = tx.Reserve(mine, holder, store.ForEver); err != nil || !got {
						return err
					}
					if i%2 == 0 {
						if ok, err := tx.Reserve(other, holder, store.ForEver); err != nil || !ok {
							return errors.Join(err, refused)
						}
						if ok, err := tx.Release(other, holder); err != nil || !ok {
							t.Errorf("what was just taken is not there: %v", err)
						}
					}
					if i%4 > 1 {
						return refused
					}
					return nil
				}})
				if err == nil && got {
					mu.Lock()
					if has[mine] != "" {
						t.Errorf("%v was given to %s and to %s", mine, has[mine], holder)
					}
					has[mine] = holder
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	list, err := w.db.Reserved(w.ctx(), "g", "no such scope")
	w.must(err)
	if none, err := w.db.Reserved(w.ctx(), "no such scope"); err != nil || len(none) > 0 {
		t.Errorf("of a scope that is not: %v, %v", none, err)
	}
	for _, r := range list {
		if has[r.Place] != r.Holder || !r.Until.Equal(store.ForEver) {
			t.Errorf("%v stands for %q until %v, want %q", r.Place, r.Holder, r.Until, has[r.Place])
		}
	}
	if len(list) != len(has) || len(has) == 0 {
		t.Errorf("%d places are taken, want %d", len(list), len(has))
	}
}

func placesInARace(t *testing.T, w world) {
	const seats, people = 5, 16
	until := time.Now().Add(time.Hour)
	var taken [seats]atomic.Int32
	var wg sync.WaitGroup
	for i := range people {
		wg.Go(func() {
			for seat := range seats {
				var ok bool
				err := w.write(w.ctx(), 1, func(tx store.Tx) (err error) {
					ok, err = tx.Reserve(store.Place{Scope: "s", Name: fmt.Sprint(seat)}, fmt.Sprint(i), until)
					return err
				})
				if err != nil {
					t.Error(err)
					return
				}
				if ok {
					taken[seat].Add(1)
					return
				}
			}
		})
	}
	wg.Wait()
	for seat := range seats {
		if n := taken[seat].Load(); n != 1 {
			t.Errorf("seat %d was given to %d", seat, n)
		}
	}
}

func answers(t *testing.T, w world) {
	now, err := w.db.Now(w.ctx())
	w.must(err)
	remember := func(key, text string, until time.Time) {
		w.must(w.write(w.ctx(), 1, func(tx store.Tx) error {
			return tx.Remember([]byte(key), store.Answer{Request: []byte("r"), Text: []byte(text)}, until)
		}))
	}
	recall := func(key string) (text string) {
		w.must(w.write(w.ctx(), 1, func(tx store.Tx) error {
			found, err := tx.Gather(store.Want{Key: []byte(key)})
			text = ""
			if found.Answer != nil {
				text = string(found.Answer.Request) + string(found.Answer.Text)
			}
			return err
		}))
		return text
	}
	remember("k", "one", now.Add(time.Hour))
	remember("old", "two", now.Add(-time.Second))
	for key, want := range map[string]string{"k": "rone", "old": "", "none": ""} {
		if got := recall(key); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
}
