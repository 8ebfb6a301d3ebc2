package storetest

import (
	"bytes"
	"database/sql"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/store"
	"yitong/internal/store/seal"
)

// Sealing is a setting for bodies, with keys that numbers stand for, the newest first.
func Sealing(t testing.TB, key byte, on bool, older ...byte) seal.Bodies {
	t.Helper()
	var list []seal.Sealer
	for _, one := range append([]byte{key}, older...) {
		s, err := seal.New(bytes.Repeat([]byte{one}, seal.KeyBytes))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, s)
	}
	keys, err := seal.NewKeys(list[0], list[1:]...)
	if err != nil {
		t.Fatal(err)
	}
	return seal.Bodies{Keys: keys, On: on}
}

// secret stands in all bodies of the tests.
const secret = "sécrèt"

// columns are all that hold bodies.
var columns = [][2]string{
	{"res", "body"}, {"hist", "body"}, {"item", "body"}, {"item_past", "body"}, {"answer", "text"}, {"loose", "lines"}, {"batch", "body"},
}

// RunSeal runs the tests of sealed bodies. place gives each a place for a database, to open with one setting after the
// other; handle is for statements on what is stored.
func RunSeal(t *testing.T, place func(testing.TB) func(seal.Bodies) (store.DB, error), handle func(store.DB) *sql.DB) {
	tests := map[string]func(*testing.T, sealed){
		"a wrong key": wrongKey, "switched on and off": switched, "bodies change places": changedPlaces, "sealed while others write": sealedBeside,
		"keys follow each other": followingKeys, "from before keys had numbers": unnumbered, "plain bodies are refused": plainRefused,
		"the setting is taken out": statementGone,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, sealed{t, place(t), handle})
		})
	}
}

// sealed is a test with a place for its database.
type sealed struct {
	*testing.T
	open   func(seal.Bodies) (store.DB, error)
	handle func(store.DB) *sql.DB
}

// with opens the database for a while.
func (s sealed) with(b seal.Bodies, do func(world)) {
	s.Helper()
	db, err := s.open(b)
	if err != nil {
		s.Fatal(err)
	}
	do(world{s.T, db})
	if err := db.Close(); err != nil {
		s.Fatal(err)
	}
}

// stored are the bodies of a column as they are stored.
func (s sealed) stored(db store.DB, table, column string) (bodies [][]byte) {
	s.Helper()
	rows, err := s.handle(db).QueryContext(s.Context(), "SELECT "+column+" FROM "+table)
	if err != nil {
		s.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var body []byte
		if err := rows.Scan(&body); err != nil {
			s.Fatal(err)
		}
		bodies = append(bodies, body)
	}
	return bodies
}

// look tells of how many bodies the secret can be read, and how many are sealed; each must be one of the two.
func (s sealed) look(db store.DB) (plain, hidden int) {
	s.Helper()
	for _, c := range columns {
		for _, body := range s.stored(db, c[0], c[1]) {
			switch readable, is := bytes.Contains(body, []byte(secret)), seal.IsSealed(body); {
			case readable && !is:
				plain++
			case is && !readable:
				hidden++
			case len(body) > 0:
				s.Errorf("in %s there is %q", c[0], body)
			}
		}
	}
	return plain, hidden
}

// bodiesOf is how many bodies fill makes, one in each column but that of res, which has two.
const bodiesOf = 8

// fill puts a body into every column. round tells the names of one fill from those of another.
func (w world) fill(round int) {
	w.Helper()
	id := fmt.Sprint("r", round)
	w.put(id, store.Post, secret+" old")
	w.put(id, store.Put, secret)
	w.put("other-"+id, store.Post, secret)
	w.must(w.write(w.ctx(), 1, func(tx store.Tx) error {
		for number := int64(1); number < 3; number++ {
			i := account(id, number)
			i.Body = fmt.Append(nil, number, secret)
			if ok, err := tx.Enter(i, true); err != nil || !ok {
				return fmt.Errorf("%t %w", ok, err)
			}
		}
		return tx.Remember([]byte("key "+id), store.Answer{Request: []byte("digest"), Text: []byte(secret)}, time.Now().Add(time.Hour))
	}))
	w.trace(secret)
	_, ids := linesOf(w.loose())
	w.bind(batch(w.lastBatch()+1, secret), []store.Key{1}, ids...)
	w.must(w.write(w.ctx(), 1, func(tx store.Tx) error { return tx.Trace([]byte(secret + "\n")) }))
}

// read holds that what fill has put there is read again, however it is asked for.
func (w world) read(round int) {
	w.Helper()
	id := fmt.Sprint("r", round)
	ref := fhir.Ref{Type: patient, ID: id}
	old, new := patientBody(id, secret+" old"), patientBody(id, secret)
	want := func(what string, v store.Version, body fhir.Body) {
		w.Helper()
		if string(v.Body.Bytes) != string(body.Bytes) {
			w.Errorf("%s is %q, want %q", what, v.Body.Bytes, body.Bytes)
		}
	}
	want("the newest version", w.head(id), new)
	for number, body := range map[int64]fhir.Body{1: old, 2: new} {
		v, err := w.db.Version(w.ctx(), ref, number)
		w.must(err)
		want(fmt.Sprint("version ", number), v, body)
	}
	list, err := w.db.Versions(w.ctx(), ref, 9, 9)
	w.must(err)
	changes, err := w.db.Changes(w.ctx(), patient, store.Mark{Updated: time.UnixMicro(1 << 52)}, 99)
	w.must(err)
	changes = slices.DeleteFunc(changes, func(p store.Past) bool { return p.Ref != ref })
	for _, l := range [][]store.Past{list, changes} {
		if len(l) != 2 {
			w.Fatalf("the versions are %v", l)
		}
		want("the newer one", l[0].Version, new)
		want("the older one", l[1].Version, old)
	}
	w.must(w.db.Scan(w.ctx(), func(v store.Version) error {
		if v.Ref == ref {
			want("what is scanned", v, new)
		}
		return nil
	}))
	bodies, err := w.db.Bodies(w.ctx(), []int64{w.head(id).Rid})
	w.must(err)
	want("what is read by number", bodies[0], new)
	found, err := w.db.Gather(w.ctx(), store.Want{Heads: []fhir.Ref{ref}, Key: []byte("key " + id)})
	w.must(err)
	want("what is gathered", found.Heads[0], new)
	if found.Answer == nil || string(found.Answer.Text) != secret || string(found.Answer.Request) != "digest" {
		w.Errorf("the answer is %v", found.Answer)
	}
	if i := w.item(id); string(i.Body) != "2"+secret {
		w.Errorf("the item is %q", i.Body)
	}
	past, err := w.db.Past(w.ctx(), "account", id)
	w.must(err)
	if len(past) != 2 || string(past[1].Body) != "1"+secret {
		w.Errorf("the versions of the item are %v", past)
	}
	for _, b := range w.batchesFrom(1, 99, true) {
		if string(b.Body) != secret {
			w.Errorf("the batch is %q", b.Body)
		}
	}
	if lines, _ := linesOf(w.loose()); !slices.Equal(lines, []string{secret}) {
		w.Errorf("the lines are %q", lines)
	}
}

// wrongKey: a record is not opened with a key with which it could not be read.
func wrongKey(t *testing.T, s sealed) {
	s.with(Sealing(t, 1, true), func(w world) { w.fill(1) })
	for _, b := range []seal.Bodies{{}, {On: true}, Sealing(t, 2, true), Sealing(t, 2, false)} {
		if db, err := s.open(b); err == nil {
			t.Errorf("opened with %v", b)
			_ = db.Close()
		} else if fault.CodeOf(err) != fault.Malformed {
			t.Errorf("the error is %v", err)
		}
	}
	s.with(Sealing(t, 1, false), func(w world) { w.read(1) })
}

// reseal brings all bodies into the form of the setting, and tells how many it has changed.
func (w world) reseal(most int) (changed int) {
	w.Helper()
	for at := (seal.Place{}); ; {
		to, n, over, err := w.db.(seal.Resealer).Reseal(w.ctx(), at, most)
		if fault.CodeOf(err) == fault.Unavailable { // others were in the way
			continue
		}
		w.must(err)
		if changed += n; over {
			return changed
		}
		if to == at && n == 0 {
			w.Fatalf("it does not go on from %v", at)
		}
		at = to
	}
}

// switched: a record is switched on while it holds plain bodies, and off again; at any time all are read, and new ones
// have the form of the setting.
func switched(t *testing.T, s sealed) {
	rounds := 0
	expect := func(w world, plain, hidden int) {
		t.Helper()
		for round := range rounds {
			w.read(round)
		}
		if p, h := s.look(w.db); p != plain || h != hidden {
			t.Errorf("%d bodies are plain and %d sealed, want %d and %d", p, h, plain, hidden)
		}
	}
	fill := func(w world) {
		w.fill(rounds)
		rounds++
	}
	const lines = 1 // what was loose is bound by the next fill
	var plain, hidden int
	s.with(seal.Bodies{}, func(w world) {
		fill(w)
		plain = bodiesOf
		expect(w, plain, 0)
	})
	s.with(Sealing(t, 1, true), func(w world) {
		expect(w, plain, 0)
		fill(w)
		plain, hidden = plain-lines, bodiesOf
		expect(w, plain, hidden)
		for _, most := range []int{1, 100} {
			if changed := w.reseal(most); changed != plain {
				t.Errorf("%d bodies were sealed, want %d", changed, plain)
			}
			plain, hidden = 0, plain+hidden
			expect(w, plain, hidden)
		}
	})
	s.with(Sealing(t, 1, false), func(w world) {
		expect(w, plain, hidden)
		fill(w)
		plain, hidden = bodiesOf, hidden-lines
		expect(w, plain, hidden)
		if changed := w.reseal(3); changed != hidden {
			t.Errorf("%d bodies were opened, want %d", changed, hidden)
		}
		plain, hidden = plain+hidden, 0
		expect(w, plain, hidden)
	})
	s.with(seal.Bodies{}, func(w world) { expect(w, plain, hidden) }) // the key is not needed any more
}

// changedPlaces: nobody who can write to the database can have a body read as another one.
func changedPlaces(t *testing.T, s sealed) {
	s.with(Sealing(t, 1, true), func(w world) {
		w.fill(1)
		w.fill(2)
		for _, q := range []string{
			"UPDATE res SET body = (SELECT body FROM res o WHERE o.id = 'r2') WHERE id = 'r1'",
			"UPDATE item SET body = (SELECT body FROM item o WHERE o.id = 'r2') WHERE id = 'r1'",
			"UPDATE batch SET body = (SELECT body FROM batch o WHERE o.n = 2) WHERE n = 1",
		} {
			if _, err := s.handle(w.db).ExecContext(w.ctx(), q); err != nil {
				t.Fatal(err)
			}
		}
		_, head := w.db.Head(w.ctx(), fhir.Ref{Type: patient, ID: "r1"})
		_, item := w.db.Item(w.ctx(), "account", "r1")
		_, list := w.db.Batches(w.ctx(), 1, 1, true)
		for what, err := range map[string]error{"a version": head, "an item": item, "a batch": list} {
			if fault.CodeOf(err) != fault.Internal {
				t.Errorf("%s was read in the place of another: %v", what, err)
			}
		}
		w.head("r2")
		if _, err := w.db.Batches(w.ctx(), 1, 9, false); err != nil {
			t.Error("headers cannot be read:", err)
		}
	})
}

// sealedBeside: bodies are sealed while others write; nothing that they write is lost, and in the end nothing is plain.
func sealedBeside(t *testing.T, s sealed) {
	const writers, each = 4, 12
	id := func(n int) string { return fmt.Sprint("r", n) }
	s.with(seal.Bodies{}, func(w world) {
		for n := range writers {
			w.put(id(n), store.Post, secret+" 0")
			w.entered(account(id(n), 1))
		}
	})
	s.with(Sealing(t, 1, true), func(w world) {
		var writing, sealing sync.WaitGroup
		var over atomic.Bool
		for n := range writers {
			writing.Go(func() {
				for i := range each {
					w.put(id(n), store.Put, fmt.Sprint(secret, " ", i+1))
					w.entered(account(id(n), int64(i)+2))
				}
			})
		}
		sealing.Go(func() {
			for last := false; !last; {
				last = over.Load()
				w.reseal(2)
			}
		})
		writing.Wait()
		over.Store(true)
		sealing.Wait()
		for n := range writers {
			ref := fhir.Ref{Type: patient, ID: id(n)}
			for i := range int64(each + 1) {
				v, err := w.db.Version(w.ctx(), ref, i+1)
				if err != nil || string(v.Body.Bytes) != string(patientBody(ref.ID, fmt.Sprint(secret, " ", i)).Bytes) {
					t.Errorf("version %d of %s is %q (%v)", i+1, ref, v.Body.Bytes, err)
				}
			}
			if i := w.item(id(n)); string(i.Body) != fmt.Sprint(id(n), " ", each+1) {
				t.Errorf("the item is %q", i.Body)
			}
		}
		for _, c := range columns {
			for _, body := range s.stored(w.db, c[0], c[1]) {
				if len(body) > 0 && !seal.IsSealed(body) {
					t.Errorf("in %s there is %q", c[0], body)
				}
			}
		}
	})
}
