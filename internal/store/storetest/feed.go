package storetest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/store"
)

// Sequenced waits until every change that is committed has its place in the feed, and returns all of it.
func Sequenced(t testing.TB, db store.DB) (feed []store.FeedEntry) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		if _, err := db.Sequence(t.Context(), 100); err != nil {
			t.Fatal(err)
		}
		state, err := db.FeedState(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if state.Waiting == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d changes are still waiting", state.Waiting)
		}
		time.Sleep(time.Millisecond)
	}
	for at := (store.Position{}); ; {
		s, err := db.Feed(t.Context(), at, 7)
		if err != nil {
			t.Fatal(err)
		}
		if s.To.Number == at.Number {
			return feed
		}
		feed, at = append(feed, s.Entries...), s.To
	}
}

// feed: changes of all kinds, made side by side, failed ones among them, are each in the feed once, as they were made.
func feed(t *testing.T, w world) {
	var wg sync.WaitGroup
	for c := range 8 {
		wg.Go(func() {
			for i := range 6 {
				id := fmt.Sprintf("p%d", (c+i)%5)
				m := store.Put
				if (c+i)%4 == 0 {
					m = store.Delete
				}
				w.put(id, m, fmt.Sprintf("%d-%d", c, i))
				err := w.write(w.ctx(), 1, func(tx store.Tx) error {
					ref := fhir.Ref{Type: patient, ID: fmt.Sprintf("never%d-%d", c, i)}
					return errors.Join(tx.Put([]store.Change{next(store.Version{}, ref, store.Put, patientBody(ref.ID, "no"))}), errors.New("no"))
				})
				if err == nil {
					t.Error("the write did not fail")
				}
			}
		})
	}
	wg.Wait()
	many := make([]store.Change, 150)
	for i := range many {
		ref := fhir.Ref{Type: observation, ID: fmt.Sprintf("o%d", i)}
		many[i] = next(store.Version{}, ref, store.Post, body(fmt.Sprintf(`{"resourceType":"Observation","id":%q}`, ref.ID)))
	}
	w.must(w.write(w.ctx(), len(many), func(tx store.Tx) error { return tx.Put(many) }))
	all := Sequenced(t, w.db)
	if len(all) != 8*6+len(many) {
		t.Fatalf("%d changes in the feed, want %d", len(all), 8*6+len(many))
	}
	versions := map[fhir.Ref]int64{}
	for i, e := range all {
		if e.Place != int64(i+1) {
			t.Fatalf("place %d comes as %d", e.Place, i+1)
		}
		if versions[e.Ref]++; e.Number != versions[e.Ref] {
			t.Errorf("version %d of %s comes as %d", e.Number, e.Ref, versions[e.Ref])
		}
		want, err := w.db.Version(w.ctx(), e.Ref, e.Number)
		w.must(err)
		same(t, e.Version, want)
	}
	some, err := w.db.Feed(w.ctx(), store.Position{Epoch: 1, Number: 40}, 20, observation)
	w.must(err)
	if want := (store.Position{Epoch: 1, Number: 60}); some.To != want || len(some.Entries) != 12 || some.Entries[0].Place != 49 {
		t.Errorf("observations of the stretch: %d to %v, want 12 to %v", len(some.Entries), some.To, want)
	}
}

// bigFeed: a stretch of big bodies ends early, and nothing is left out.
func bigFeed(t *testing.T, w world) {
	note := strings.Repeat("x", store.StretchBytes/3)
	for i := range 6 {
		w.put(fmt.Sprint(i), store.Put, note)
	}
	if all := Sequenced(t, w.db); len(all) != 6 {
		t.Fatalf("%d changes in the feed, want 6", len(all))
	}
	var seen, stretches int
	for at := (store.Position{}); ; stretches++ {
		s, err := w.db.Feed(w.ctx(), at, 100)
		w.must(err)
		if s.To.Number == at.Number {
			break
		}
		seen, at = seen+len(s.Entries), s.To
	}
	if seen != 6 || stretches != 2 {
		t.Errorf("%d changes in %d stretches, want 6 in 2", seen, stretches)
	}
}

// cursors: several servers do the same work for one cursor; each change has its effect once.
func cursors(t *testing.T, w world) {
	const changes, servers = 40, 4
	for i := range changes {
		w.put(fmt.Sprintf("p%d", i), store.Put, "x")
	}
	Sequenced(t, w.db)
	tally := fhir.Ref{Type: observation, ID: "tally"}
	work := func() error {
		state, err := w.db.FeedState(w.ctx())
		if err != nil {
			return err
		}
		var at store.Position
		for _, f := range state.Followers {
			if f.Name == "tally" {
				at = f.At
			}
		}
		s, err := w.db.Feed(w.ctx(), at, 3, patient)
		if err != nil || len(s.Entries) == 0 {
			return err
		}
		return w.db.Write(w.ctx(), store.Work{Want: store.Want{Heads: []fhir.Ref{tally}}, Do: func(tx store.Tx, found store.Found) error {
			moved, err := tx.Advance("tally", at, s.To)
			if err == nil && !moved {
				err = fault.New(fault.Conflict, "Somebody else was quicker.")
			}
			if err != nil {
				return err
			}
			set := make([]store.Change, 1)
			set[0] = next(found.Heads[0], tally, store.Put, body(fmt.Sprintf(`{"resourceType":"Observation","id":"tally","valueInteger":%d}`, len(s.Entries))))
			return tx.Put(set)
		}})
	}
	var wg sync.WaitGroup
	for range servers {
		wg.Go(func() {
			for range changes {
				if err := work(); err != nil && fault.CodeOf(err) != fault.Conflict && fault.CodeOf(err) != fault.Unavailable {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if head, err := w.db.Head(w.ctx(), tally); err != nil || head.Number != (changes+2)/3 {
		t.Errorf("%d stretches were taken (%v), want %d", head.Number, err, (changes+2)/3)
	}
	unmoved := store.Position{Epoch: 1, Number: 3}
	w.must(w.write(w.ctx(), 1, func(tx store.Tx) error {
		if moved, err := tx.Advance("new", unmoved, store.Position{Epoch: 1, Number: 4}); moved || err != nil {
			t.Errorf("a cursor that never moved was found at %v (%v)", unmoved, err)
		}
		if moved, err := tx.Advance("new", store.Position{}, unmoved); !moved || err != nil {
			t.Errorf("a new cursor does not move (%v)", err)
		}
		moved, err := tx.Advance("new", unmoved, store.Position{})
		if !moved {
			t.Error("a cursor does not go back to the start")
		}
		return err
	}))
}

// epochs: what was followed before an epoch began can be followed on, unless it is lost.
func epochs(t *testing.T, w world) {
	for i := range 3 {
		w.put(fmt.Sprint(i), store.Put, "x")
	}
	Sequenced(t, w.db)
	w.put("3", store.Put, "x") // has no number yet, perhaps
	at, err := w.db.NewEpoch(w.ctx())
	w.must(err)
	if want := (store.Position{Epoch: 2, Number: 4}); at != want {
		t.Fatalf("the epoch begins at %v, want %v", at, want)
	}
	w.put("4", store.Put, "x")
	if n := len(Sequenced(t, w.db)); n != 5 {
		t.Fatalf("%d changes in the feed, want 5", n)
	}
	for _, c := range []struct {
		from store.Position
		want fault.Code
		to   store.Position
	}{
		{store.Position{}, "", store.Position{Epoch: 2, Number: 5}},
		{store.Position{Epoch: 1, Number: 3}, "", store.Position{Epoch: 2, Number: 5}},
		{store.Position{Epoch: 1, Number: 4}, "", store.Position{Epoch: 2, Number: 5}},
		{store.Position{Epoch: 2, Number: 5}, "", store.Position{Epoch: 2, Number: 5}},
		{store.Position{Epoch: 1, Number: 5}, fault.Gone, store.Position{}}, // was seen before the database was brought back
		{store.Position{Epoch: 2, Number: 6}, fault.Malformed, store.Position{}},
		{store.Position{Epoch: 3, Number: 1}, fault.Malformed, store.Position{}},
	} {
		s, err := w.db.Feed(w.ctx(), c.from, 100)
		if fault.CodeOf(err) != c.want || s.To != c.to && err == nil {
			t.Errorf("from %v: to %v (%v), want %v %s", c.from, s.To, err, c.to, c.want)
		}
	}
}

// outbox: jobs are asked for with the transaction, or not at all.
func outbox(t *testing.T, w world) {
	enqueue := func(fail error, puts int, kinds ...string) error {
		return w.write(w.ctx(), puts, func(tx store.Tx) error {
			for i, kind := range kinds {
				if err := tx.Enqueue([]store.Job{{ID: fmt.Sprint(kind, i), Kind: kind, Args: []byte(`{}`), Due: time.UnixMicro(int64(10 - i))}}); err != nil {
					return err
				}
			}
			return fail
		})
	}
	for name, bad := range map[string]store.Job{
		"no kind":  {ID: "x", Args: []byte(`{}`)},
		"no JSON":  {ID: "x", Kind: "test", Args: []byte(`{`)},
		"no id":    {Kind: "test", Args: []byte(`{}`)},
		"too long": {ID: "x", Kind: "test", Args: []byte(`{}`), Unique: strings.Repeat("x", 201)},
	} {
		if err := w.write(w.ctx(), 1, func(tx store.Tx) error { return tx.Enqueue([]store.Job{bad}) }); err == nil {
			t.Errorf("a job was taken that has %s", name)
		}
	}
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() { w.must(enqueue(nil, 1, "test.a", "test.b")) })
		wg.Go(func() {
			if enqueue(errors.New("no"), 1, "test.c") == nil {
				t.Error("the write did not fail")
			}
		})
	}
	wg.Wait()
	w.must(enqueue(nil, 100, "test.d"))
	n, oldest, err := w.db.Outbox(w.ctx())
	if w.must(err); n != 21 || !oldest.Equal(time.UnixMicro(9)) {
		t.Errorf("%d jobs, the first due %v; want 21, at 9 µs", n, oldest)
	}
}
