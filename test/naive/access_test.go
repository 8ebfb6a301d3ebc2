package naive

import (
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
	"yitong/internal/rest"
	"yitong/internal/store"
)

// TestDifferentialUnderAccess puts random searches to the server as somebody who may see only a part of the record, by random
// rules in two layers. The answers must be those of a record in which there is nothing else: in matches, orders, totals and
// pages, in chains and _has, in what is included.
func TestDifferentialUnderAccess(t *testing.T) {
	eachDatabase(t, func(t *testing.T, fresh maker) {
		facts, err := facts()
		check(t, err)
		all := scenarios(facts, questions)
		rapid.Check(t, func(t *rapid.T) {
			story := all.Draw(t, "scenario")
			layers := [][]gate.Rule{drawRules(t), drawRules(t)}
			db := fresh(t)
			whole, part := newServer(db), newServerFor(db, layers)
			model := emptyRecord(t)
			for i, batch := range story.batches {
				whole.write(t, model, batch, i)
			}
			seen := model.seenBy(t, layers)
			for i, search := range story.searches {
				trial{t, part, seen, model.filled(search)}.run(i%7 == 0)
			}
			for _, r := range model.all {
				part.shows(t, r, seen.Get(r.Type, r.ID) != nil)
			}
		})
	})
}

// newServerFor is a server on a record, for somebody with access by rules.
func newServerFor(db store.DB, layers [][]gate.Rule) *server {
	g := gate.New(db, gate.Config{Zone: shanghai})
	who := func(*http.Request) (gate.Actor, error) {
		return gate.Actor{Reference: "Practitioner/part", Access: gate.NewAccess(layers...)}, nil
	}
	return &server{rest.New(g, rest.Config{
		Version: "test", BodyMost: 64 << 20, Zone: shanghai, Log: slog.New(slog.DiscardHandler), Who: who, URL: base,
	}).Handler()}
}

// drawRules draws rules that allow something of every type, if only of a resource that is not there: what is refused as a
// whole type is another test.
func drawRules(t *rapid.T) []gate.Rule {
	patient, _ := schema.TypeOf("Patient")
	one := gate.Rule{May: gate.MayLook, Of: fhir.Ref{Type: patient, ID: fmt.Sprint(rapid.IntRange(1, 3).Draw(t, "patient"))}}
	if rapid.Bool().Draw(t, "one rule") { // which the planner makes use of
		rules := []gate.Rule{one}
		for _, typ := range schema.Types() {
			if !inCompartment(typ) {
				rules = append(rules, gate.Rule{Type: typ, May: gate.MayLook, Query: "_id=nobody,1,2"})
			}
		}
		return rules
	}
	rules := []gate.Rule{}
	for _, typ := range schema.Types() {
		rules = append(rules, gate.Rule{Type: typ, May: gate.MayLook, Query: "_id=nobody"})
	}
	if rapid.Bool().Draw(t, "everything of others") {
		for _, typ := range schema.Types() {
			if typ != patient {
				rules = append(rules, gate.Rule{Type: typ, May: gate.MayLook})
			}
		}
	}
	for range rapid.IntRange(0, 3).Draw(t, "compartments") {
		id := fmt.Sprint(rapid.IntRange(1, 4).Draw(t, "patient"))
		rules = append(rules, gate.Rule{May: gate.MayLook, Of: fhir.Ref{Type: patient, ID: id}})
	}
	for _, r := range []struct{ typ, query string }{
		{"Patient", "gender=female"}, {"Patient", "active=true"}, {"Observation", "status=final"}, {"Observation", "status:not=final"},
		{"Encounter", "_id=1,2"}, {"Condition", "subject:missing=false"}, {"Practitioner", "_id=1,3,5"}, {"Organization", "_id=2"},
	} {
		if rapid.Bool().Draw(t, r.query) {
			typ, _ := schema.TypeOf(r.typ)
			rules = append(rules, gate.Rule{Type: typ, May: gate.MayLook, Query: r.query})
		}
	}
	return rules
}

func inCompartment(typ schema.Type) bool {
	facts, err := facts()
	if err != nil {
		panic(err)
	}
	_, is := facts.Compartments["Patient"][typ.String()]
	return is || typ.String() == "Patient"
}

// seenBy is the record as it looks to somebody with access by rules.
func (r *Record) seenBy(t tb, layers [][]gate.Rule) *Record {
	seen := *r
	seen.whole = r
	seen.all = slices.Clone(r.all)
	for _, layer := range layers {
		allowed := map[string]bool{}
		for _, rule := range layer {
			for _, name := range r.allowedBy(t, rule) {
				allowed[name] = true
			}
		}
		seen.all = slices.DeleteFunc(seen.all, func(res *Resource) bool { return !allowed[res.Name()] })
	}
	return &seen
}

// allowedBy are the resources that a rule is about: it is a search.
func (r *Record) allowedBy(t tb, rule gate.Rule) (names []string) {
	types := []string{rule.Type.String()}
	if rule.Type == 0 {
		types = append(slices.Sorted(maps.Keys(r.facts.Compartments["Patient"])), "Patient")
	}
	if rule.Type == 0 && rule.Of.Type.String() == "Patient" {
		types = append(types, "Device")
	}
	for _, typ := range types {
		address := typ + "?" + rule.Query
		if typ == "Device" && rule.Of.ID != "" { // it says whose it is, though the compartment has none
			address += "&patient=" + rule.Of.String()
		} else if rule.Of.ID != "" {
			address = rule.Of.String() + "/" + address
		}
		s, err := r.Parse(strings.TrimSuffix(address, "?"))
		check(t, err)
		names = append(names, s.Find().All()...)
	}
	return names
}

// shows reads a resource, its history and its first version, which are there or are as if they were not.
func (s *server) shows(t tb, r *Resource, seen bool) {
	t.Helper()
	want := http.StatusNotFound
	if seen {
		want = http.StatusOK
	}
	version := strings.Trim(text(member(r.Body["meta"], "versionId")), `"`)
	for _, address := range []string{r.Name(), r.Name() + "/_history", r.Name() + "/_history/" + version} {
		if status, answer := s.ask(t, "GET", "/"+address, ""); status != want {
			t.Fatalf("%s is answered %d, should be %d: %v", address, status, want, answer)
		}
	}
}
