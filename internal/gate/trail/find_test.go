package trail

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"yitong/internal/fault"
	"yitong/internal/store"
)

var hasher = store.NewHasher([]byte("a secret of sixteen bytes"))

// shelf is a trail that keeps what a database would.
type shelf struct {
	store.Trail
	loose   []store.Loose
	batches []store.Batch
	keys    [][]store.Key
	opened  int
	find    func() // called before batches are looked for
}

func (m *shelf) add(r Record) { m.loose = append(m.loose, store.Loose{Lines: r.Append(nil)}) }

// bind binds some of the loose rows at an instant.
func (m *shelf) bind(now time.Time, rows ...int) {
	b := store.Batch{Number: int64(len(m.batches) + 1), Bound: now}
	if len(m.batches) > 0 && m.batches[len(m.batches)-1].Bound.After(now) {
		b.Bound = m.batches[len(m.batches)-1].Bound
	}
	var lines [][]byte
	var keys []store.Key
	for _, i := range rows {
		line := m.loose[i].Lines
		r, err := Parse(line)
		if err != nil {
			panic(err)
		}
		lines, keys = append(lines, line), append(keys, Keys(hasher, &r)...)
		if b.First.IsZero() || r.At.Before(b.First) {
			b.First = r.At
		}
		if r.At.After(b.Last) {
			b.Last = r.At
		}
	}
	if b.Last.After(b.Bound) {
		b.Bound = b.Last
	}
	b.Body, b.Lines = Pack(lines), len(lines)
	m.batches, m.keys = append(m.batches, b), append(m.keys, keys)
	slices.Sort(rows)
	for _, i := range slices.Backward(rows) {
		m.loose = slices.Delete(m.loose, i, i+1)
	}
}

func (m *shelf) Loose(context.Context, int) ([]store.Loose, error) {
	return slices.Clone(m.loose), nil
}

func (m *shelf) Batches(_ context.Context, from int64, most int, bodies bool) ([]store.Batch, error) {
	if !bodies {
		panic("the bodies are wanted")
	}
	end := min(len(m.batches), int(from)-1+most)
	m.opened += end - int(from) + 1
	return m.batches[from-1 : end], nil
}

func (m *shelf) FindBatches(_ context.Context, s store.Sought) (numbers []int64, err error) {
	if m.find != nil {
		m.find()
	}
	for i, b := range slices.Backward(m.batches) {
		if s.Below != 0 && b.Number >= s.Below || s.Key != nil && !slices.Contains(m.keys[i], *s.Key) ||
			!s.From.IsZero() && b.Last.Before(s.From) || !s.To.IsZero() && b.First.After(s.To) {
			continue
		}
		if numbers = append(numbers, b.Number); len(numbers) == s.Most {
			break
		}
	}
	return numbers, nil
}

// idAt is a UUID of version 7 of an instant.
func idAt(at time.Time, n int) string {
	var u uuid.UUID
	binary.BigEndian.PutUint64(u[:8], uint64(at.UnixMilli())<<16|uint64(n>>8&0xfff))
	u[6], u[8], u[15] = u[6]&0x0f|0x70, 0x80, byte(n)
	return u.String()
}

// drawRecord is a record at an instant, of few people.
func drawRecord(t *rapid.T, at time.Time, n int) Record {
	some := func(name, kind string, most int) []string {
		return rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) string { return fmt.Sprintf("%s/%d", kind, rapid.IntRange(1, 4).Draw(t, name)) }), 0, most, rapid.ID).Draw(t, name+"s")
	}
	r := Record{ID: idAt(at, n), At: at, Do: "read", Outcome: rapid.SampledFrom(Outcomes()).Draw(t, "outcome"), Of: some("patient", "Patient", 3)}
	r.Who = rapid.SampledFrom([]string{"", "Patient/1", "Practitioner/1", "Practitioner/2"}).Draw(t, "who")
	r.For = rapid.SampledFrom([]string{"", "Organization/1", "Organization/2"}).Draw(t, "for")
	return r
}

func drawWanted(t *rapid.T) (w Wanted) {
	maybe := func(name string, of ...string) []string {
		if rapid.Bool().Draw(t, name) {
			return nil
		}
		return rapid.SliceOfN(rapid.SampledFrom(of), 0, 3).Draw(t, name+"s")
	}
	w.Patients = maybe("patients", "Patient/1", "Patient/2", "Patient/3", "Patient/9")
	w.Agents = maybe("agents", "Practitioner/1", "Organization/1", "Patient/1")
	for _, o := range maybe("outcomes", "done", "denied", "failed") {
		w.Outcomes = append(w.Outcomes, Outcome(o))
	}
	if rapid.Bool().Draw(t, "from?") {
		w.From = at.Add(time.Duration(rapid.IntRange(-5, 60).Draw(t, "from")) * time.Second)
	}
	if rapid.Bool().Draw(t, "to?") {
		w.To = at.Add(time.Duration(rapid.IntRange(-5, 60).Draw(t, "to")) * time.Second)
	}
	if rapid.Bool().Draw(t, "if?") {
		w.If = func(r *Record) (bool, error) { return r.ID[len(r.ID)-1]%2 == 0, nil }
	}
	return w
}

// TestFind: whatever has been added, bound late or not at all, and is bound between the pages, the pages give what is wanted and
// nothing else, each once, the newest first.
func TestFind(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := &shelf{}
		var all []Record
		now := at
		binds := func() {
			var rows []int
			for i := range m.loose {
				if rapid.IntRange(0, 4).Draw(t, "stays") > 0 {
					rows = append(rows, i)
				}
			}
			if rows != nil {
				m.bind(now, rows...)
			}
		}
		for n := range rapid.IntRange(0, 60).Draw(t, "records") {
			now = now.Add(time.Duration(rapid.IntRange(0, 1500).Draw(t, "ms")) * time.Millisecond)
			r := drawRecord(t, now.Add(time.Duration(rapid.IntRange(-1500, 50).Draw(t, "skew"))*time.Millisecond), n)
			all = append(all, r)
			m.add(r)
			if rapid.IntRange(0, 20).Draw(t, "again") == 0 {
				m.add(r)
			}
			if rapid.IntRange(0, 3).Draw(t, "bind") == 0 {
				binds()
			}
		}
		w := drawWanted(t)
		s := seeking{Wanted: w}
		want := slices.DeleteFunc(slices.Clone(all), func(r Record) bool {
			is := s.wants(&r)
			if is && w.If != nil {
				is, _ = w.If(&r)
			}
			return !is
		})
		slices.SortFunc(want, newer)
		f := &Finder{DB: m, Hasher: hasher, opens: rapid.SampledFrom([]int{0, 0, 1, 2, 5}).Draw(t, "opens")}
		if rapid.Bool().Draw(t, "binds while it is read") {
			m.find = binds
		}
		var got []Record
		for next := (&Place{}); next != nil; {
			most := rapid.IntRange(1, 7).Draw(t, "most")
			page, behind, err := f.Find(t.Context(), w, *next, most)
			if fault.CodeOf(err) == fault.Unprocessable && f.opens != 0 {
				t.Skip("the batches overlap too much")
			}
			if err != nil || len(page) > most {
				t.Fatalf("%d records: %v", len(page), err)
			}
			got = append(got, page...)
			next = behind
			binds()
		}
		ids := func(list []Record) (ids []string) {
			for _, r := range list {
				ids = append(ids, r.ID)
			}
			return ids
		}
		if !slices.Equal(ids(got), ids(want)) {
			t.Fatalf("got  %v\nwant %v\nof %d batches, %d loose", ids(got), ids(want), len(m.batches), len(m.loose))
		}
		for _, r := range all {
			if one, is, err := f.One(t.Context(), r.ID); err != nil || !is || one.ID != r.ID {
				t.Fatalf("%s is not found by its id: %v", r.ID, err)
			}
		}
	})
}

// TestNeedles: what a line must hold, records have that are wanted.
func TestNeedles(t *testing.T) {
	t.Parallel()
	for name, r := range kinds() {
		line := r.Append(nil)
		for _, patients := range [][]string{nil, {"Patient/mine"}} {
			x := r.seenBy(patients)
			w := Wanted{Actions: []string{x.action()}, Outcomes: []Outcome{r.Outcome}, Patients: x.Of}
			for _, e := range x.entities() {
				if e.What != nil {
					ref, _, _ := strings.Cut(e.What.Reference, "/_history")
					w.Mentions = append(w.Mentions[:0], ref)
				}
				for _, c := range r.subtypes() {
					w.Subtypes = []string{c.Code}
					if list := w.needles(); !slices.ContainsFunc(list[len(list)-1], func(needle []byte) bool { return bytes.Contains(line, needle) }) {
						t.Errorf("%s: none of %q in %s", name, list, line)
					}
				}
				for _, list := range w.needles() {
					if !slices.ContainsFunc(list, func(needle []byte) bool { return bytes.Contains(line, needle) }) {
						t.Errorf("%s: none of %q in %s", name, list, line)
					}
				}
			}
		}
	}
}

// TestFindOpensFew: a page opens the batches of whom it is about, and of these no more than it needs.
func TestFindOpensFew(t *testing.T) {
	t.Parallel()
	m := &shelf{}
	for n := range 3000 {
		now := at.Add(time.Duration(n) * time.Second)
		r := Record{ID: idAt(now, n), At: now, Do: "read", Outcome: Done, Who: "Practitioner/1", Of: []string{fmt.Sprintf("Patient/%d", n%100)}}
		m.add(r)
		m.bind(now.Add(100*time.Millisecond), 0)
	}
	f := &Finder{DB: m, Hasher: hasher}
	for _, c := range []struct {
		name         string
		w            Wanted
		found, opens int
		more         bool
	}{
		{"one resident", Wanted{Patients: []string{"Patient/7"}}, 10, 12, true},
		{"one resident, under two names", Wanted{Patients: []string{"Patient/7", "Patient/8"}}, 10, 20, true},
		{"nobody", Wanted{Patients: []string{"Patient/nobody"}}, 0, 0, false},
		{"an agent", Wanted{Agents: []string{"Practitioner/1"}}, 10, 20, true},
		{"a minute", Wanted{From: at.Add(1000 * time.Second), To: at.Add(1004 * time.Second)}, 5, 8, false},
		{"denied ones, of which there are none", Wanted{Outcomes: []Outcome{Denied}}, 0, 0, false},
		{"what nobody can tell beforehand", Wanted{If: func(*Record) (bool, error) { return false, nil }}, 0, batchesMost, true},
	} {
		m.opened = 0
		page, next, err := f.Find(t.Context(), c.w, Place{}, 10)
		if err != nil || len(page) != c.found || m.opened > c.opens || (next != nil) != c.more {
			t.Errorf("%s: %d records, %d batches opened, more %v: %v", c.name, len(page), m.opened, next, err)
		}
	}
	w := Wanted{If: func(r *Record) (bool, error) { return r.ID == idAt(at, 0), nil }}
	page, next, err := f.Find(t.Context(), w, Place{}, 10)
	if err != nil || page != nil || next == nil {
		t.Fatalf("the first page: %v, %v, %v", page, next, err)
	}
	if page, next, err = f.Find(t.Context(), w, *next, 10); err != nil || len(page) != 1 || next != nil {
		t.Errorf("the oldest record is not found behind the bound: %v, %v, %v", page, next, err)
	}
}

// TestFindRefuses what it could not answer whole.
func TestFindRefuses(t *testing.T) {
	t.Parallel()
	m := &shelf{loose: []store.Loose{{Lines: make([]byte, looseWhole+1)}}}
	f := &Finder{DB: m, Hasher: hasher}
	if _, _, err := f.Find(t.Context(), Wanted{}, Place{}, 1); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("with too much that is loose: %v", err)
	}
	m = &shelf{}
	for n := range 10 { // each of an hour
		m.add(Record{ID: idAt(at, 2*n), At: at})
		m.add(Record{ID: idAt(at, 2*n+1), At: at.Add(time.Hour)})
		m.bind(at, 0, 1)
	}
	f = &Finder{DB: m, Hasher: hasher, opens: 5}
	_, next, err := f.Find(t.Context(), Wanted{}, Place{}, 100)
	if err != nil || next == nil {
		t.Fatalf("the first page: %v, %v", next, err)
	}
	if _, _, err = f.Find(t.Context(), Wanted{}, *next, 100); fault.CodeOf(err) != fault.Unprocessable {
		t.Errorf("where no progress can be made: %v", err)
	}
	for _, id := range []string{"", "x", uuid.NewString(), idAt(at, 500), "019AA2F5-1111-7222-8333-444455556666"} {
		if _, is, err := f.One(t.Context(), id); is || err != nil {
			t.Errorf("%q is there: %v", id, err)
		}
	}
}

// TestErasedBatches have nothing to be found, and stop nobody.
func TestErasedBatches(t *testing.T) {
	t.Parallel()
	m := &shelf{}
	for n := range 20 {
		now := at.Add(time.Duration(n) * time.Second)
		m.add(Record{ID: idAt(now, n), At: now, Outcome: Done})
		m.bind(now, 0)
	}
	for i := range 10 {
		m.batches[i].Body = nil
	}
	page, next, err := (&Finder{DB: m, Hasher: hasher}).Find(t.Context(), Wanted{}, Place{}, 50)
	if err != nil || len(page) != 10 || next != nil {
		t.Errorf("%d records, %v: %v", len(page), next, err)
	}
}

// TestKeys: a record is bound with each of its people once, and with how it ended if it was not done.
func TestKeys(t *testing.T) {
	t.Parallel()
	r := Record{Outcome: Denied, Who: "Patient/1", For: "Organization/1", Of: []string{"Patient/1", "Patient/2"}}
	want := []store.Key{
		keyOf(hasher, termOf, "Patient/1"), keyOf(hasher, termOf, "Patient/2"), keyOf(hasher, termWho, "Patient/1"),
		keyOf(hasher, termWho, "Organization/1"), keyOf(hasher, termOut, "denied"),
	}
	if got := Keys(hasher, &r); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := Keys(hasher, &Record{Outcome: Done}); len(got) != 0 {
		t.Errorf("%v for nobody", got)
	}
}

func BenchmarkKeys(b *testing.B) {
	r := Record{Outcome: Done, Who: "Practitioner/019aa2f5-1111-7222-8333-444455556666", For: "Organization/1", Of: []string{"Patient/019aa2f5-1111-7222-8333-444455556666"}}
	for b.Loop() {
		Keys(hasher, &r)
	}
}

// BenchmarkFind reads a page of one resident's from a trail of 500 batches of 500 lines, of which 50 have one.
func BenchmarkFind(b *testing.B) {
	m := &shelf{}
	for n := range 500 {
		var rows []int
		for i := range 500 {
			now := at.Add(time.Duration(n*1000+i) * time.Millisecond)
			of := fmt.Sprintf("Patient/%d", i+1000)
			if i == 77 && n%10 == 0 {
				of = "Patient/mine"
			}
			m.add(Record{ID: idAt(now, i), At: now, Do: "read", Outcome: Done, Who: "Practitioner/1", On: "Observation", Query: "patient=" + of, Saw: []string{"Observation/1/1", "Observation/2/1"}, Of: []string{of}})
			rows = append(rows, i)
		}
		m.bind(at.Add(time.Duration(n+1)*time.Second), rows...)
	}
	f := &Finder{DB: m, Hasher: hasher}
	for b.Loop() {
		page, _, err := f.Find(b.Context(), Wanted{Patients: []string{"Patient/mine"}}, Place{}, 50)
		if err != nil || len(page) != 50 {
			b.Fatal(len(page), err)
		}
	}
}
