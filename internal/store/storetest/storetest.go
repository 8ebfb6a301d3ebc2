// Package storetest is the one suite that every database of package store must pass.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/store"
)

// Run runs the suite. open gives each test an empty database of its own, closed at the test's end.
func Run(t *testing.T, open func(testing.TB) store.DB) {
	tests := map[string]func(*testing.T, world){
		"versions":                       versions,
		"a failed write leaves nothing":  failedWrite,
		"a panic is the writer's own":    panics,
		"histories":                      histories,
		"changes of a type":              changes,
		"instants only grow":             instants,
		"keys":                           keys,
		"big puts":                       bigPuts,
		"one creator of a name wins":     oneCreator,
		"updates are counted one by one": countedUpdates,
		"no write skew":                  noWriteSkew,
		"places":                         places,
		"places in groups":               placesInGroups,
		"places in a race":               placesInARace,
		"answers":                        answers,
		"scan and count":                 scanAndCount,
		"a cancelled write":              cancelled,
		"many writers":                   manyWriters,
		"groups of unlike members":       groups,
		"lines by their order":           seekOrders,
		"lines by their text":            seekTexts,
		"ranges of all kinds":            mixed,
		"holders of keys":                holders,
		"definitions go forward":         definitions,
		"newest versions":                newest,
		"resources by their last change": changed,
		"lines dropped and added":        replaced,
		"a walk through the index":       walk,
		"a failed write leaves no lines": failedLines,
		"the feed":                       feed,
		"a feed of big bodies":           bigFeed,
		"cursors in a race":              cursors,
		"epochs":                         epochs,
		"the outbox":                     outbox,
	}
	maps.Copy(tests, registers)
	maps.Copy(tests, trails)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, world{t, open(t)})
		})
	}
}

// world is a test with its database.
type world struct {
	*testing.T
	db store.DB
}

var (
	patient     = typeOf("Patient")
	observation = typeOf("Observation")
)

func typeOf(name string) schema.Type {
	t, ok := schema.TypeOf(name)
	if !ok {
		panic(name)
	}
	return t
}

func (w world) ctx() context.Context { return w.Context() }

func (w world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// write runs fn in a transaction that wants nothing beforehand.
func (w world) write(ctx context.Context, puts int, fn func(store.Tx) error) error {
	return w.db.Write(ctx, store.Work{Puts: puts, Do: func(tx store.Tx, _ store.Found) error { return fn(tx) }})
}

func body(text string) fhir.Body {
	r, err := fhir.ParseResource([]byte(text))
	if err != nil {
		panic(err)
	}
	return r.Body(r.ID, nil)
}

func patientBody(id, note string) fhir.Body {
	return body(fmt.Sprintf(`{"resourceType":"Patient","id":%q,"language":%q,"x":1.00}`, id, note))
}

// next is the change that puts a new version on top of the newest one.
func next(head store.Version, ref fhir.Ref, m store.Method, b fhir.Body) store.Change {
	c := store.Change{Version: store.Version{Rid: head.Rid, Ref: ref, Number: head.Number + 1, Method: m, Author: "Device/test", Body: b}}
	if head.Exists() {
		c.Previous = head.Updated
	}
	return c
}

// put writes the next version of a Patient and returns it.
func (w world) put(id string, m store.Method, note string) store.Version {
	w.Helper()
	ref := fhir.Ref{Type: patient, ID: id}
	var done store.Version
	w.must(w.write(w.ctx(), 1, func(tx store.Tx) error {
		found, err := tx.Gather(store.Want{Heads: []fhir.Ref{ref}})
		if err != nil {
			return err
		}
		b := fhir.Body{}
		if m != store.Delete {
			b = patientBody(id, note)
		}
		set := []store.Change{next(found.Heads[0], ref, m, b)}
		err = tx.Put(set)
		done = set[0].Version
		return err
	}))
	return done
}

func (w world) head(id string) store.Version {
	w.Helper()
	v, err := w.db.Head(w.ctx(), fhir.Ref{Type: patient, ID: id})
	w.must(err)
	return v
}

func versions(t *testing.T, w world) {
	if w.head("a").Exists() {
		t.Fatal("an empty database has a Patient")
	}
	start, err := w.db.Now(w.ctx())
	w.must(err)
	one := w.put("a", store.Post, "one")
	two := w.put("a", store.Put, "two")
	gone := w.put("a", store.Delete, "")
	back := w.put("a", store.Put, "four")
	if one.Rid == 0 || one.Updated.Before(start.Add(-time.Millisecond)) {
		t.Errorf("first version %+v was not filled in", one)
	}
	for i, want := range []store.Version{one, two, gone, back} {
		got, err := w.db.Version(w.ctx(), want.Ref, int64(i+1))
		w.must(err)
		same(t, got, want)
	}
	same(t, w.head("a"), back)
	for _, absent := range []fhir.Ref{{Type: patient, ID: "A"}, {Type: observation, ID: "a"}} {
		v, err := w.db.Version(w.ctx(), absent, 1)
		w.must(err)
		if v.Exists() {
			t.Errorf("%s is there", absent)
		}
	}
	if v, err := w.db.Version(w.ctx(), one.Ref, 5); err != nil || v.Exists() {
		t.Errorf("version 5 is %+v, %v", v, err)
	}
	if !strings.Contains(string(two.Resource()), `"language":"two","x":1.00`) || gone.Resource() != nil || !gone.Deleted() || gone.Live() {
		t.Errorf("bodies: %s, %s", two.Resource(), gone.Resource())
	}
}

func same(t *testing.T, got, want store.Version) {
	t.Helper()
	if got.Rid != want.Rid || got.Ref != want.Ref || got.Number != want.Number || !got.Updated.Equal(want.Updated) ||
		got.Method != want.Method || got.Author != want.Author || string(got.Resource()) != string(want.Resource()) {
		t.Errorf("got %+v\n%s\nwant %+v\n%s", got, got.Resource(), want, want.Resource())
	}
}

func failedWrite(t *testing.T, w world) {
	w.put("a", store.Post, "one")
	want := errors.New("no")
	ref := fhir.Ref{Type: patient, ID: "b"}
	err := w.write(w.ctx(), 1, func(tx store.Tx) error {
		w.must(tx.Put([]store.Change{next(store.Version{}, ref, store.Post, patientBody("b", "x"))}))
		if ok, err := tx.Reserve(store.Place{Scope: "s", Name: "p"}, "h", time.Now().Add(time.Hour)); err != nil || !ok {
			t.Errorf("reserve: %v %v", ok, err)
		}
		found, err := tx.Gather(store.Want{Heads: []fhir.Ref{ref}})
		if err != nil || !found.Heads[0].Live() {
			t.Errorf("a transaction does not see what it put: %v", err)
		}
		return fault.New(fault.Conflict, "no").Because(want)
	})
	if !errors.Is(err, want) || fault.CodeOf(err) != fault.Conflict {
		t.Fatalf("got %v", err)
	}
	if w.head("b").Exists() {
		t.Error("a failed write left a resource")
	}
	w.must(w.write(w.ctx(), 1, func(tx store.Tx) error {
		if ok, err := tx.Reserve(store.Place{Scope: "s", Name: "p"}, "other", time.Now().Add(time.Hour)); err != nil || !ok {
			t.Errorf("a failed write left a place: %v %v", ok, err)
		}
		return nil
	}))
}

func panics(t *testing.T, w world) {
	func() {
		defer func() { recover() }() //nolint:errcheck // some drivers report it as an error, others pass it on
		if err := w.write(w.ctx(), 1, func(tx store.Tx) error {
			w.must(tx.Put([]store.Change{next(store.Version{}, fhir.Ref{Type: patient, ID: "p"}, store.Post, patientBody("p", "x"))}))
			panic("boom")
		}); err == nil {
			t.Error("a panic was taken for success")
		}
	}()
	if w.head("p").Exists() {
		t.Error("a panic left a resource")
	}
	w.put("q", store.Post, "the writer lives")
}

func histories(t *testing.T, w world) {
	var all []store.Version
	for i := range 7 {
		m := store.Put
		if i == 3 {
			m = store.Delete
		}
		all = append(all, w.put("a", m, fmt.Sprint(i)))
		w.put("b", store.Put, "noise")
	}
	ref := fhir.Ref{Type: patient, ID: "a"}
	var got []store.Past
	for before := int64(1 << 40); ; {
		page, err := w.db.Versions(w.ctx(), ref, before, 3)
		w.must(err)
		if len(page) == 0 {
			break
		}
		got = append(got, page...)
		before = page[len(page)-1].Number
	}
	if len(got) != len(all) {
		t.Fatalf("%d versions, want %d", len(got), len(all))
	}
	for i, p := range got {
		same(t, p.Version, all[len(all)-1-i])
		until := time.Time{}
		if i > 0 {
			until = got[i-1].Updated
		}
		if !p.Until.Equal(until) {
			t.Errorf("version %d lasted until %v, want %v", p.Number, p.Until, until)
		}
	}
}

func changes(t *testing.T, w world) {
	var all []store.Version
	for i := range 20 {
		all = append(all, w.put(fmt.Sprint("p", i%6), store.Put, fmt.Sprint(i)))
	}
	slices.SortFunc(all, func(a, b store.Version) int {
		if (store.Mark{Updated: a.Updated, Rid: a.Rid, Number: a.Number}).Before(b) {
			return -1
		}
		return 1
	})
	var got []store.Past
	for before := (store.Mark{Updated: time.UnixMicro(1 << 52)}); ; {
		page, err := w.db.Changes(w.ctx(), patient, before, 7)
		w.must(err)
		if len(page) == 0 {
			break
		}
		got = append(got, page...)
		last := page[len(page)-1]
		before = store.Mark{Updated: last.Updated, Rid: last.Rid, Number: last.Number}
	}
	if len(got) != len(all) {
		t.Fatalf("%d changes, want %d", len(got), len(all))
	}
	for i := range got {
		same(t, got[i].Version, all[i])
	}
	if none, err := w.db.Changes(w.ctx(), observation, store.Mark{Updated: time.UnixMicro(1 << 52)}, 5); err != nil || len(none) != 0 {
		t.Errorf("changes of another type: %v, %v", none, err)
	}
}

func instants(t *testing.T, w world) {
	before := w.put("a", store.Post, "0")
	ahead := time.Now().Add(time.Hour).UTC().Truncate(time.Microsecond)
	ref := before.Ref
	w.must(w.write(w.ctx(), 1, func(tx store.Tx) error {
		found, err := tx.Gather(store.Want{Heads: []fhir.Ref{ref}})
		if err != nil {
			return err
		}
		c := next(found.Heads[0], ref, store.Put, patientBody("a", "1"))
		c.Previous = ahead // as if the clock had been set back since
		return tx.Put([]store.Change{c})
	}))
	if got := w.head("a").Updated; !got.Equal(ahead.Add(time.Microsecond)) {
		t.Errorf("got %v, want just after %v", got, ahead)
	}
}

func scanAndCount(t *testing.T, w world) {
	for i := range 5 {
		w.put(fmt.Sprint(i), store.Post, "x")
	}
	w.put("2", store.Delete, "")
	var got []string
	w.must(w.db.Scan(w.ctx(), func(v store.Version) error { got = append(got, v.Ref.String()); return nil }))
	if want := []string{"Patient/0", "Patient/1", "Patient/3", "Patient/4"}; !slices.Equal(got, want) {
		t.Errorf("scanned %v, want %v", got, want)
	}
	stop := errors.New("stop")
	if err := w.db.Scan(w.ctx(), func(store.Version) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("scan went on: %v", err)
	}
	counts, err := w.db.Count(w.ctx())
	w.must(err)
	if len(counts) != 1 || counts[patient] != 4 {
		t.Errorf("counts %v", counts)
	}
	size, err := w.db.Size(w.ctx())
	w.must(err)
	if size < 10_000 || len(w.db.Secret()) < 32 {
		t.Errorf("size %d, secret of %d bytes", size, len(w.db.Secret()))
	}
	w.must(w.db.Ping(w.ctx()))
}

func manyWriters(t *testing.T, w world) {
	const writers, each = 16, 12
	var wg sync.WaitGroup
	for i := range writers {
		wg.Go(func() {
			for j := range each {
				id := fmt.Sprintf("%d-%d", i, j)
				fails := j%4 == 3
				ref := fhir.Ref{Type: patient, ID: id}
				err := w.write(w.ctx(), 1, func(tx store.Tx) error {
					if err := tx.Put([]store.Change{next(store.Version{}, ref, store.Post, patientBody(id, "x"))}); err != nil {
						return err
					}
					if fails {
						return fault.New(fault.Conflict, "no")
					}
					return nil
				})
				if fails != (err != nil) {
					t.Errorf("%s: %v", id, err)
				}
			}
		})
	}
	wg.Wait()
	counts, err := w.db.Count(w.ctx())
	w.must(err)
	if want := int64(writers * each * 3 / 4); counts[patient] != want {
		t.Errorf("%d resources, want %d", counts[patient], want)
	}
}
