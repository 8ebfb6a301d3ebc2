package naive

import (
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"reflect"
	"regexp"
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
// pages, in chains and _has, in what is included, and what is masked is shown in part.
func TestDifferentialUnderAccess(t *testing.T) {
	eachDatabase(t, func(t *testing.T, fresh maker) {
		facts, err := facts()
		check(t, err)
		all := scenarios(facts, questions)
		rapid.Check(t, func(t *rapid.T) {
			story := all.Draw(t, "scenario")
			layers := drawLayers(t)
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
				uses := model.usesOf(t, search)
				seen := sight.asking(uses).naming(named)
				if len(slices.Compact(slices.Sorted(slices.Values(named)))) > 8 {
					continue // which is refused
				}
				if sight.refuses(uses) || sight.quotes(t, search) || sight.unpermitted(t, search, seen, named) {
					if status, answer := part.ask(t, "GET", "/"+search, ""); status != http.StatusForbidden {
						wrong(t, "%s names residents whose records are not open, or goes by what is or may be hidden, and is answered %d: %s", search, status, indented(answer))
					}
					continue
				}
				trial{t, part, seen, search}.run(i%7 == 0)
			}
			for _, r := range model.all {
				seen := sight.naming(append(model.about(r), sight.ofs...)).Get(r.Type, r.ID)
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

// drawLayers draws the rules of two layers, of which one or both keep elements from view.
func drawLayers(t *rapid.T) [][]gate.Rule {
	layers := [][]gate.Rule{drawRules(t), drawRules(t)}
	for _, i := range rapid.SampledFrom([][]int{{0}, {1}, {0, 1}}).Draw(t, "layers of veils") {
		drawVeils(t, layers[i])
	}
	return layers
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
			query := "-custodian=" + at
			if rapid.IntRange(0, 4).Draw(t, "only some, of whatever custodian") == 0 {
				query = "_id=nobody,1,2&" + query
			}
			rules = append(rules, gate.Rule{Type: typ, May: gate.MayLook, Query: query, Permit: true, Labels: sees})
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
	beside [][]map[string]bool // those of which it would be, were their custodian another
	ofs    []string            // the residents of whose compartments rules are
	gone   [][]bool            // by layer and rule: whether it counts as none
	uses   []use               // by which is searched
}

func (r *Record) sightOf(t tb, layers [][]gate.Rule) sight {
	s := sight{Record: r, layers: layers}
	for _, layer := range layers {
		var own, beside []map[string]bool
		for _, rule := range layer {
			own = append(own, set(r.allowedBy(t, rule)))
			anybodys := rule
			anybodys.Query = strings.TrimSuffix(custodians.ReplaceAllString(rule.Query, ""), "&")
			beside = append(beside, set(r.allowedBy(t, anybodys)))
			if rule.Of.ID != "" {
				s.ofs = append(s.ofs, rule.Of.String())
			}
		}
		s.own, s.beside = append(s.own, own), append(s.beside, beside)
	}
	s.gone = s.probing(t)
	return s
}

// custodians is the criterion by which rules go by who keeps a resource.
var custodians = regexp.MustCompile(`-custodian=[^&]*`)

func set(names []string) map[string]bool {
	is := map[string]bool{}
	for _, name := range names {
		is[name] = true
	}
	return is
}

// usesOf are the parameters by which a search goes.
func (r *Record) usesOf(t tb, search string) []use {
	asked, err := r.Parse(search)
	check(t, err)
	return asked.uses()
}

// asking is the sight of somebody who searches by some parameters.
func (s sight) asking(uses []use) sight {
	s.uses = uses
	return s
}

// naming is the record as it looks to somebody who names residents.
func (s sight) naming(residents []string) *Record {
	seen, told, inside := *s.Record, s.told(), s.inside()
	seen.whole, seen.all = s.Record, nil
	for _, res := range s.all {
		veils, own, lets := maps.Clone(told), veil{}, true
		opened := s.opened(res, residents)
		for i := range s.layers {
			best := s.best(i, res, opened)
			if lets = lets && best != nil; lets {
				own = own.and(veilOf(*best))
			}
		}
		if !own.none() {
			veils[res.Type] = own
		}
		if lets {
			part := *res
			if len(veils) > 0 || !inside["Patient"].none() {
				part.shown = res.veiled(veils, inside)
			}
			seen.all = append(seen.all, &part)
		}
	}
	seen.all = s.hushed(&seen)
	return &seen
}

// best is the rule of a layer that lets see a resource and shows the most of it, nil if none does.
func (s sight) best(i int, res *Resource, opened bool) (best *gate.Rule) {
	for j := range s.layers[i] {
		rule := &s.layers[i][j]
		if rule.Type != 0 && rule.Type.String() != res.Type || s.gone[i][j] || veilOf(*rule).touches(res.Type, s.uses) || !s.lets(*rule, s.own[i][j][res.Name()], res, opened && s.beside[i][j][res.Name()]) {
			continue
		}
		if best == nil || len(rule.Hide)+len(rule.Mask) < len(best.Hide)+len(best.Mask) {
			best = rule
		}
	}
	return best
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

// shows reads a resource, its history and its newest version, which are as they are seen, or are refused so.
func (s *server) shows(t tb, r, seen *Resource, want int) {
	t.Helper()
	if seen != nil {
		want = http.StatusOK
	}
	version := strings.Trim(text(member(r.Body["meta"], "versionId")), `"`)
	for _, address := range []string{r.Name(), r.Name() + "/_history", r.Name() + "/_history/" + version} {
		status, answer := s.ask(t, "GET", "/"+address, "")
		if status != want {
			t.Fatalf("%s is answered %d, should be %d: %v", address, status, want, answer)
		}
		if seen != nil && answer["resourceType"] == r.Type && !reflect.DeepEqual(answer, seen.Shown()) {
			wrong(t, "%s shows\n%s\nwhich should be\n%s", address, indented(answer), indented(seen.Shown()))
		}
	}
}

// TestRandomPermitsMakeSense keeps the drawn worlds honest without a server: searches name residents, permits open what is not
// open otherwise, some searches are refused, labels hide something, and so do masks.
func TestRandomPermitsMakeSense(t *testing.T) {
	t.Parallel()
	facts, err := facts()
	check(t, err)
	all := scenarios(facts, 60)
	rules := rapid.Custom(drawLayers)
	var asked, naming, opened, refused, hidden, linked, forbidden, masked int
	for seed := range 36 {
		story := all.Example(seed)
		model := NewRecord(facts, shanghai)
		for i, batch := range story.batches {
			for _, c := range batch {
				model.apply(t, c, object{"etag": `W/"1"`, "lastModified": "2026-01-01T00:00:00.000000Z"}, i)
			}
		}
		s := model.sightOf(t, rules.Example(seed))
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
			if s.refuses(model.usesOf(t, search)) {
				forbidden++
			}
			if slices.ContainsFunc(seen.all, func(res *Resource) bool { return !reflect.DeepEqual(res.Shown(), res.Body) }) {
				masked++
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
	t.Logf("%d are refused because they go by what is hidden, to %d something is masked", forbidden, masked)
	if forbidden < asked/50 || masked < asked/5 {
		t.Error("masks make too little of a difference")
	}
	if naming < asked/20 || opened < asked/50 || refused < asked/100 || hidden < 20 || linked < 10 {
		t.Error("permits make too little of a difference")
	}
}
