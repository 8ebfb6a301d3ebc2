package index_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
	"yitong/internal/store"
	"yitong/internal/store/index"
	"yitong/test/databases"
	"yitong/test/pgcluster"
)

func TestMain(m *testing.M) { pgcluster.Run(m) }

// server is a program at work on a record.
type server struct {
	*gate.Session
	index *index.Index
	stop  func()
}

// slow is a database whose word on the definitions may take a while to arrive.
type slow struct{ store.DB }

func (s slow) Definitions(ctx context.Context, whole bool) ([]store.Definition, error) {
	found, err := s.DB.Definitions(ctx, whole)
	time.Sleep(rand.N(50 * time.Millisecond))
	return found, err
}

// start starts a program with other definitions.
func start(t *testing.T, db store.DB, table *search.Table) *server {
	t.Helper()
	db = slow{db}
	ix, err := index.Open(t.Context(), db, table, index.Config{Poll: 20 * time.Millisecond, Grace: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { ix.Run(ctx, func(err error) { t.Error(err) }) })
	s := &server{gate.New(db, gate.Config{Index: ix}).Session(gate.Actor{Reference: "Device/test", Access: gate.Whole()}), ix, func() { cancel(); running.Wait() }}
	t.Cleanup(s.stop)
	return s
}

// reading is R4's table, with the path of Patient.language changed.
func reading(t *testing.T, path string) *search.Table {
	t.Helper()
	text := strings.Replace(search.Source(), "  language token - communication.language\n", "  language token - "+path+"\n", 1)
	if path != "communication.language" && text == search.Source() {
		t.Fatal("nothing has changed")
	}
	table, err := search.Read(text, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

var patient, _ = schema.TypeOf("Patient")

// put writes a patient who is addressed in one language and has another as that of the record.
func (s *server) put(id, spoken, written string) error {
	text := fmt.Sprintf(`{"resourceType":"Patient","id":%q,"language":%q,"communication":[{"language":{"coding":[{"code":%q}]}}]}`, id, written, spoken)
	r, err := fhir.ParseResource([]byte(text))
	if err != nil {
		return err
	}
	for {
		_, err = s.Apply(context.Background(), []gate.Op{{Kind: gate.Update, Type: patient, ID: id, Resource: r}}, nil)
		if fault.CodeOf(err) != fault.Unavailable {
			return err
		}
	}
}

// find searches for patients by language.
func (s *server) find(t *testing.T, language string) (ids []string) {
	t.Helper()
	r, err := s.Request([]schema.Type{patient}, []search.Pair{{Name: "language", Value: language}, {Name: "_count", Value: "1000"}}, gate.Wishes{})
	if err != nil {
		t.Fatal(err)
	}
	found, err := s.Search(t.Context(), r, url.QueryEscape(language), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range found.Matches {
		ids = append(ids, v.Ref.ID)
	}
	slices.Sort(ids)
	return ids
}

// TestUpgrade: while people write and search, a program comes that finds something else by a parameter; both are at work
// for a time, then the old one stops. Each search gives what one of the two definitions finds, at last the new one, and
// in the end no line of the old one is left.
func TestUpgrade(t *testing.T) {
	databases.Each(t, func(t *testing.T, db store.DB) {
		old := start(t, db, reading(t, "communication.language"))
		const n = 400
		for i := range n {
			if err := old.put(fmt.Sprintf("p%d", i), "zh", "en"); err != nil {
				t.Fatal(err)
			}
		}
		stop := make(chan struct{})
		var writers sync.WaitGroup
		write := func(s *server, who int) {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				case <-time.After(time.Millisecond):
				}
				if err := s.put(fmt.Sprintf("p%d", (i*7+who)%n), "zh", "en"); err != nil {
					t.Error(err)
				}
			}
		}
		writers.Go(func() { write(old, 0) })
		now := start(t, db, reading(t, "language"))
		writers.Go(func() { write(now, 1) })
		switched := false
		for begun := time.Now(); !switched; {
			spoken, written := len(now.find(t, "zh")), len(now.find(t, "en"))
			switched = written == n
			if !switched && (spoken != n || written != 0) && len(now.find(t, "en")) != n {
				t.Fatalf("%d by the old definition, %d by the new, of %d", spoken, written, n)
			}
			if len(old.find(t, "zh")) != n {
				t.Fatal("the old program does not find all any more")
			}
			if time.Since(begun) > 2*time.Minute {
				t.Fatal("the new definition was not taken up")
			}
		}
		for begun := time.Now(); time.Since(begun) < 200*time.Millisecond; {
			if got := len(now.find(t, "zh")); got != 0 {
				t.Fatalf("%d by the old definition after the switch", got)
			}
		}
		if len(old.find(t, "zh")) != n || len(old.find(t, "en")) != 0 {
			t.Error("the old program does not find by its definition")
		}
		close(stop)
		writers.Wait()
		old.stop()
		until(t, now.index.Settled)
		fresh := index.Fixed(db, reading(t, "language"))
		want := 0
		err := db.Scan(t.Context(), func(v store.Version) error {
			r, err := fhir.ParseResource(v.Body.Bytes)
			c := store.Change{}
			fresh.Index(&c, nil, fresh.Terms(r))
			want += len(c.Add.Entries) + len(c.Add.Texts)
			return err
		})
		if got, e := db.Keys(t.Context()); err != nil || e != nil || got != int64(want) {
			t.Errorf("%d lines are left, want %d (%v, %v)", got, want, err, e)
		}
	})
}

// TestFirstIndex: a record from before there was an index is indexed when it is opened, and so is one of another zone.
func TestFirstIndex(t *testing.T) {
	databases.Each(t, func(t *testing.T, db store.DB) {
		first := start(t, db, reading(t, "communication.language"))
		for i := range 250 {
			if err := first.put(fmt.Sprintf("p%d", i), "zh", "en"); err != nil {
				t.Fatal(err)
			}
		}
		first.stop()
		if err := db.ClearIndex(t.Context()); err != nil {
			t.Fatal(err)
		}
		again := start(t, db, reading(t, "communication.language"))
		if got := len(again.find(t, "zh")); got != 250 {
			t.Errorf("%d of 250 found", got)
		}
		again.stop()
		table, err := search.Read(search.Source(), time.FixedZone("Asia/Shanghai", 8*3600))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := index.Open(t.Context(), db, table, index.Config{}); err != nil && fault.CodeOf(err) != fault.Unavailable {
			t.Fatal(err)
		}
		until(t, func() bool { _, err := index.Open(t.Context(), db, table, index.Config{}); return err == nil })
		moved := start(t, db, table)
		if got := len(moved.find(t, "zh")); got != 250 {
			t.Errorf("%d of 250 found in another zone", got)
		}
	})
}

// until waits for something that other goroutines bring about.
func until(t *testing.T, is func() bool) {
	t.Helper()
	for range 3000 {
		if is() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("it did not come about")
}
