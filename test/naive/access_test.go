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
			sight := model.sightOf(t, layers)
			for i, search := range story.searches {
				search = model.filled(search)
				named := append(model.named(search), sight.ofs...)
				seen := sight.naming(named)
				if len(slices.Compact(slices.Sorted(slices.Values(named)))) > 8 {
					continue // which is refused
				}
				if sight.quotes(t, search) || sight.unpermitted(t, search, seen, named) {
					if status, answer := part.ask(t, "GET", "/"+search, ""); status != http.StatusForbidden {
						wrong(t, "%s names residents whose records are not open, or asks for what may be hidden, and is answered %d: %s", search, status, indented(answer))
					}
					continue
				}
				trial{t, part, seen, search}.run(i%7 == 0)
			}
			for _, r := range model.all {
				seen := sight.naming(append(model.about(r), sight.ofs...)).Get(r.Type, r.ID) != nil
				refused := http.StatusNotFound
				if r.Type == "Patient" && sight.permits("Patient") {
					refused = http.StatusForbidden
				}
				part.shows(t, r, seen, refused)
			}
		})
	})
}

// newServerFor is a server on a record, for somebody with access by rules.
func newServerFor(db store.DB, layers [][]gate.Rule) *server {
	g := gate.New(db, gate.Config{Zone: shanghai})
	who := func(*http.Request) (gate.Actor, error) {
		return gate.Actor{Reference: "Practitioner/part", Institution: "Organization/1", Access: gate.NewAccess(layers...)}, nil
	}
	return &server{rest.New(g, rest.Config{
		Version: "test", BodyMost: 64 << 20, Zone: shanghai, Log: slog.New(slog.DiscardHandler), Who: who, URL: base,
	}).Handler()}
}

// drawRules draws rules that allow something of every type, if only of a resource that is not there: what is refused as a
// whole type is another test.
func drawRules(t *rapid.T) []gate.Rule {
	rules := drawPlain(t)
	labels := []gate.Labels{gate.LabelsSelf, gate.LabelsSelf, gate.LabelsAll, gate.LabelsNamed}
	for i := range rules {
		if rules[i].Type == 0 || rules[i].Query != "_id=nobody" {
			rules[i].Labels = rapid.SampledFrom(labels).Draw(t, "labels")
		}
	}
	if !rapid.Bool().Draw(t, "staff") {
		return rules
	}
	at := rapid.SampledFrom([]string{"Organization/1", "Organization/2"}).Draw(t, "at")
	sees := rapid.SampledFrom(labels).Draw(t, "labels of staff")
	for _, typ := range schema.Types() {
		if kept(typ.String()) {
			rules = append(rules, gate.Rule{Type: typ, May: gate.MayLook, Query: "-custodian=" + at, Permit: true, Labels: sees})
		}
	}
	return rules
}

// drawPlain draws rules without permits.
func drawPlain(t *rapid.T) []gate.Rule {
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

// sight is what somebody with access by rules may see, permits apart.
type sight struct {
	*Record
	layers [][]gate.Rule
	own    [][]map[string]bool // by layer and rule: the names of the resources of which the rule is
	ofs    []string            // the residents of whose compartments rules are
}

func (r *Record) sightOf(t tb, layers [][]gate.Rule) sight {
	s := sight{Record: r, layers: layers}
	for _, layer := range layers {
		var own []map[string]bool
		for _, rule := range layer {
			names := map[string]bool{}
			for _, name := range r.allowedBy(t, rule) {
				names[name] = true
			}
			own = append(own, names)
			if rule.Of.ID != "" {
				s.ofs = append(s.ofs, rule.Of.String())
			}
		}
		s.own = append(s.own, own)
	}
	return s
}

// naming is the record as it looks to somebody who names residents.
func (s sight) naming(residents []string) *Record {
	seen := *s.Record
	seen.whole = s.Record
	seen.all = slices.DeleteFunc(slices.Clone(s.all), func(res *Resource) bool {
		opened := s.opened(res, residents)
		for i, layer := range s.layers {
			lets := false
			for j, rule := range layer {
				lets = lets || (rule.Type == 0 || rule.Type.String() == res.Type) && s.lets(rule, s.own[i][j][res.Name()], res, opened)
			}
			if !lets {
				return true
			}
		}
		return false
	})
	seen.all = s.hushed(&seen)
	return &seen
}

// permits tells whether permits open resources of a type.
func (s sight) permits(typ string) bool {
	return slices.ContainsFunc(s.layers, func(layer []gate.Rule) bool {
		return slices.ContainsFunc(layer, func(rule gate.Rule) bool {
			return rule.Permit && kept(typ) && (rule.Type == 0 || rule.Type.String() == typ)
		})
	})
}

// unpermitted tells whether a search is refused: it finds nothing, and names somebody whose record is not open.
func (s sight) unpermitted(t tb, search string, seen *Record, named []string) bool {
	asked, err := seen.Parse(search)
	check(t, err)
	if !slices.ContainsFunc(asked.types, s.permits) || len(asked.Find().All()) > 0 {
		return false
	}
	return slices.ContainsFunc(named, func(name string) bool {
		return len(s.openings(name)) == 0 && seen.Get("Patient", strings.TrimPrefix(name, "Patient/")) == nil
	})
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

// shows reads a resource, its history and its newest version, which are there or are refused so.
func (s *server) shows(t tb, r *Resource, seen bool, want int) {
	t.Helper()
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

// TestRandomPermitsMakeSense keeps the drawn worlds honest without a server: searches name residents, permits open what is not
// open otherwise, some searches are refused, and labels hide something.
func TestRandomPermitsMakeSense(t *testing.T) {
	t.Parallel()
	facts, err := facts()
	check(t, err)
	all := scenarios(facts, 60)
	rules := rapid.Custom(drawRules)
	var asked, naming, opened, refused, hidden, linked int
	for seed := range 12 {
		story := all.Example(seed)
		model := NewRecord(facts, shanghai)
		for i, batch := range story.batches {
			for _, c := range batch {
				model.apply(t, c, object{"etag": `W/"1"`, "lastModified": "2026-01-01T00:00:00.000000Z"}, i)
			}
		}
		layers := [][]gate.Rule{rules.Example(seed), rules.Example(seed + 100)}
		s := model.sightOf(t, layers)
		for _, search := range story.searches {
			asked++
			search = model.filled(search)
			named := append(model.named(search), s.ofs...)
			if len(named) > len(s.ofs) {
				naming++
			}
			seen, none := s.naming(named), s.naming(nil)
			if len(seen.all) > len(none.all) {
				opened++
			}
			if s.unpermitted(t, search, seen, named) {
				refused++
			}
		}
		for _, res := range model.all {
			if res.labeled(withheldLabel) || res.labeled(sensitiveLabel) {
				hidden++
			}
			if len(model.alsoCalled(res.Name(), nil)) > 0 {
				linked++
			}
		}
	}
	t.Logf("of %d searches %d name residents, by %d permits open something, %d are refused; %d labels, %d linked", asked, naming, opened, refused, hidden, linked)
	if naming < asked/20 || opened < asked/50 || refused < asked/100 || hidden < 20 || linked < 10 {
		t.Error("permits make too little of a difference")
	}
}
