package gate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
	"yitong/internal/store"
	"yitong/test/databases"
)

// eachAccess runs a test on each database with a gate that checks references.
func eachAccess(t *testing.T, test func(*testing.T, *gate.Gate, world)) {
	databases.Each(t, func(t *testing.T, db store.DB) {
		g := gate.New(db, gate.Config{References: true})
		test(t, g, world{t, db, g.Session(gate.Actor{Reference: "Practitioner/a", Access: gate.Whole()})})
	})
}

func (w world) as(g *gate.Gate, layers ...[]gate.Rule) world {
	w.Session = g.Session(gate.Actor{Reference: "Patient/mine", Client: "app", Access: gate.NewAccess(layers...)})
	return w
}

func observation(of, members string) string {
	return fmt.Sprintf(`,"status":"final","code":{"text":"x"},"subject":{"reference":"Patient/%s"}%s`, of, members)
}

// two is a record of two residents, each with an observation.
func two(w world) {
	w.must(
		update("Patient", "mine", `,"gender":"female"`), update("Patient", "other", `,"gender":"male"`),
		update("Observation", "mine", observation("mine", "")), update("Observation", "other", observation("other", "")),
		update("Organization", "o", ""),
	)
}

// TestWritesUnderAccess tries every kind of write on what is one's own and on what is somebody else's.
func TestWritesUnderAccess(t *testing.T) {
	mine := []gate.Rule{{May: gate.MayAll, Of: ref("Patient", "mine")}}
	look := []gate.Rule{{May: gate.MayLook, Of: ref("Patient", "mine")}}
	final := []gate.Rule{{Type: typeOf("Observation"), May: gate.MayAll, Query: "status=final"}}
	patch := func(id string) gate.Op {
		p, err := fhir.ParsePatch([]byte(`[{"op":"replace","path":"/code/text","value":"y"}]`))
		if err != nil {
			t.Fatal(err)
		}
		return gate.Op{Kind: gate.Patch, Type: typeOf("Observation"), ID: id, Patch: p}
	}
	conditional := func(op gate.Op, query string) gate.Op {
		op.Match = criteria(t, op.Type.String(), query)
		return op
	}
	read := func(kind, id string) gate.Op { return gate.Op{Kind: gate.Read, Type: typeOf(kind), ID: id} }
	for name, c := range map[string]struct {
		rules [][]gate.Rule
		ops   []gate.Op
		want  fault.Code
	}{
		"create mine":                 {[][]gate.Rule{mine}, []gate.Op{create("Observation", observation("mine", ""))}, ""},
		"create other's":              {[][]gate.Rule{mine}, []gate.Op{create("Observation", observation("other", ""))}, fault.Forbidden},
		"create a type not allowed":   {[][]gate.Rule{mine}, []gate.Op{create("Organization", "")}, fault.Forbidden},
		"create with look only":       {[][]gate.Rule{look}, []gate.Op{create("Observation", observation("mine", ""))}, fault.Forbidden},
		"create in one layer only":    {[][]gate.Rule{mine, look}, []gate.Op{create("Observation", observation("mine", ""))}, fault.Forbidden},
		"create with nothing":         {[][]gate.Rule{}, []gate.Op{create("Observation", observation("mine", ""))}, fault.Forbidden},
		"create by an update":         {[][]gate.Rule{mine}, []gate.Op{update("Observation", "new", observation("mine", ""))}, ""},
		"create other's by an update": {[][]gate.Rule{mine}, []gate.Op{update("Observation", "new", observation("other", ""))}, fault.Forbidden},
		"update mine":                 {[][]gate.Rule{mine}, []gate.Op{update("Observation", "mine", observation("mine", `,"language":"zh"`))}, ""},
		"give mine away":              {[][]gate.Rule{mine}, []gate.Op{update("Observation", "mine", observation("other", ""))}, fault.Forbidden},
		"take other's over":           {[][]gate.Rule{mine}, []gate.Op{update("Observation", "other", observation("mine", ""))}, fault.NotFound},
		"take other's by its version": {[][]gate.Rule{mine}, []gate.Op{func() gate.Op {
			o := update("Observation", "other", observation("mine", ""))
			o.IfVersion = 7
			return o
		}()}, fault.Precondition},
		"update out of what is seen":   {[][]gate.Rule{final}, []gate.Op{update("Observation", "mine", strings.Replace(observation("mine", ""), "final", "amended", 1))}, fault.Forbidden},
		"delete mine":                  {[][]gate.Rule{mine}, []gate.Op{remove("Observation", "mine")}, ""},
		"delete other's":               {[][]gate.Rule{mine}, []gate.Op{remove("Observation", "other")}, fault.NotFound},
		"delete what never was":        {[][]gate.Rule{mine}, []gate.Op{remove("Observation", "nobody")}, ""},
		"patch mine":                   {[][]gate.Rule{mine}, []gate.Op{patch("mine")}, ""},
		"patch other's":                {[][]gate.Rule{mine}, []gate.Op{patch("other")}, fault.NotFound},
		"patch what never was":         {[][]gate.Rule{mine}, []gate.Op{patch("nobody")}, fault.NotFound},
		"read mine in a bundle":        {[][]gate.Rule{mine}, []gate.Op{read("Observation", "mine")}, ""},
		"read other's in a bundle":     {[][]gate.Rule{mine}, []gate.Op{read("Observation", "other")}, fault.NotFound},
		"read what never was":          {[][]gate.Rule{mine}, []gate.Op{read("Observation", "nobody")}, fault.NotFound},
		"a condition that is mine":     {[][]gate.Rule{mine}, []gate.Op{conditional(gate.Op{Kind: gate.Update, Type: typeOf("Patient"), Resource: resource("Patient", `,"gender":"female","language":"zh"`)}, "gender=female")}, ""},
		"a condition that is other's":  {[][]gate.Rule{mine}, []gate.Op{conditional(remove("Observation", ""), "subject=Patient/other")}, ""},
		"create if there is not":       {[][]gate.Rule{mine}, []gate.Op{conditional(create("Observation", observation("mine", "")), "subject=Patient/other")}, ""},
		"a reference to other's":       {[][]gate.Rule{mine}, []gate.Op{create("Observation", observation("mine", `,"hasMember":[{"reference":"Observation/other"}]`))}, fault.Unprocessable},
		"a reference to nothing":       {[][]gate.Rule{mine}, []gate.Op{create("Observation", observation("mine", `,"hasMember":[{"reference":"Observation/nobody"}]`))}, fault.Unprocessable},
		"a reference that a role sees": {[][]gate.Rule{{{May: gate.MayAll}}, {{Type: typeOf("Observation"), May: gate.MayCreate}}}, []gate.Op{create("Observation", observation("mine", ""))}, ""},
		"one of two forbidden":         {[][]gate.Rule{mine}, []gate.Op{create("Observation", observation("mine", "")), create("Observation", observation("other", ""))}, fault.Forbidden},
	} {
		t.Run(name, func(t *testing.T) {
			eachAccess(t, func(t *testing.T, g *gate.Gate, w world) {
				two(w)
				before := w.versions()
				_, err := w.as(g, c.rules...).apply(c.ops...)
				if fault.CodeOf(err) != c.want {
					t.Fatalf("got %v, want %q", err, c.want)
				}
				if c.want != "" && !slices.Equal(before, w.versions()) {
					t.Errorf("the refused write has left %v", w.versions())
				}
				other, err := w.Read(t.Context(), ref("Observation", "other"))
				if err != nil || other.Number != 1 {
					t.Errorf("what is somebody else's is version %d now: %v", other.Number, err)
				}
			})
		})
	}
}

// versions are all that the record holds.
func (w world) versions() (names []string) {
	w.t.Helper()
	page, err := w.History(w.t.Context(), gate.History{Count: 1000})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, p := range page.Versions {
		names = append(names, fmt.Sprint(p.Ref, p.Number))
	}
	return names
}

// TestNobodyMayDoAnything: a session of an actor without access sees and does nothing.
func TestNobodyMayDoAnything(t *testing.T) {
	eachAccess(t, func(t *testing.T, g *gate.Gate, w world) {
		two(w)
		s := g.Session(gate.Actor{Reference: "Practitioner/a"})
		_, read := s.Read(t.Context(), ref("Patient", "mine"))
		_, version := s.VRead(t.Context(), ref("Patient", "mine"), 1)
		_, of := s.History(t.Context(), gate.History{Type: typeOf("Patient"), ID: "mine", Count: 10})
		_, history := s.History(t.Context(), gate.History{Type: typeOf("Patient"), Count: 10})
		_, apply := s.Apply(t.Context(), []gate.Op{create("Patient", "")}, nil)
		asked, err := s.Request([]schema.Type{typeOf("Patient")}, nil, gate.Wishes{})
		if err != nil {
			t.Fatal(err)
		}
		_, search := s.Search(t.Context(), asked, "x", "")
		for name, err := range map[string]error{"read": read, "vread": version, "history of one": of, "history": history, "apply": apply, "search": search} {
			if fault.CodeOf(err) != fault.Forbidden {
				t.Errorf("%s: %v", name, err)
			}
		}
		all, err := s.History(t.Context(), gate.History{Count: 10})
		if err != nil || len(all.Versions) > 0 {
			t.Errorf("the history of all has %d versions: %v", len(all.Versions), err)
		}
		if err := s.Scan(t.Context(), func(v store.Version) error { return fmt.Errorf("%s is seen", v.Ref) }); err != nil {
			t.Error(err)
		}
	})
}

// TestWhatIsSeenOfThePast: versions and deletions are seen by whom what they were is.
func TestWhatIsSeenOfThePast(t *testing.T) {
	eachAccess(t, func(t *testing.T, g *gate.Gate, w world) {
		two(w)
		w.must(update("Observation", "moved", observation("mine", "")))
		w.must(update("Observation", "moved", observation("other", "")))
		w.must(remove("Observation", "other"))
		w.must(remove("Observation", "mine"))
		me := w.as(g, []gate.Rule{{May: gate.MayLook, Of: ref("Patient", "mine")}})
		for name, want := range map[string]fault.Code{"mine": fault.Gone, "other": fault.NotFound, "moved": fault.NotFound} {
			if _, err := me.Read(t.Context(), ref("Observation", name)); fault.CodeOf(err) != want {
				t.Errorf("reading %s: %v, want %s", name, err, want)
			}
		}
		if _, err := me.VRead(t.Context(), ref("Observation", "moved"), 1); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("the version that was filed under me by mistake: %v", err)
		}
		if _, err := me.VRead(t.Context(), ref("Observation", "moved"), 2); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("the version that is other's: %v", err)
		}
		page, err := me.History(t.Context(), gate.History{Type: typeOf("Observation"), Count: 10})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range page.Versions {
			got = append(got, fmt.Sprint(p.Ref.ID, " ", p.Number))
		}
		if want := []string{"mine 2", "mine 1"}; !slices.Equal(got, want) {
			t.Errorf("the history is %v, want %v", got, want)
		}
	})
}

// TestReplayUnderAccess: who repeats a request under a key of somebody else, or with another program, is not given the
// answer of that.
func TestReplayUnderAccess(t *testing.T) {
	eachAccess(t, func(t *testing.T, g *gate.Gate, w world) {
		two(w)
		once := &gate.Idempotency{Key: "k", Digest: []byte("d"), Keep: time.Hour}
		whole := gate.Actor{Reference: "Practitioner/a", Client: "one", Access: gate.Whole()}
		made, err := g.Session(whole).Apply(t.Context(), []gate.Op{create("Observation", observation("other", ""))}, once)
		if err != nil {
			t.Fatal(err)
		}
		whole.Client = "two"
		again, err := g.Session(whole).Apply(t.Context(), []gate.Op{create("Observation", observation("other", ""))}, once)
		if err != nil || again[0].Replayed || again[0].Version.Ref == made[0].Version.Ref {
			t.Errorf("another program's key is answered %v, %v", again, err)
		}
		less := gate.Actor{Reference: "Practitioner/a", Client: "one", Access: gate.NewAccess([]gate.Rule{{May: gate.MayAll, Of: ref("Patient", "mine")}})}
		if _, err := g.Session(less).Apply(t.Context(), []gate.Op{create("Observation", observation("mine", ""))}, once); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("with less access the answer is %v", err)
		}
		whole.Client, whole.As = "one", "another role"
		again, err = g.Session(whole).Apply(t.Context(), []gate.Op{create("Observation", observation("other", ""))}, once)
		if err != nil || again[0].Replayed {
			t.Errorf("another role's key is answered %v, %v", again, err)
		}
	})
}
