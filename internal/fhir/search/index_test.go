package search_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
)

// question is a resource and searches that are likely to find it.
type question struct {
	text  string
	pairs []search.Pair
}

// criterion draws a modifier and values for a parameter, of the same pools as those of resources.
func (m *maker) criterion(p *search.Parameter) search.Pair {
	name := p.Name
	switch n := m.below(10); {
	case n == 0:
		return search.Pair{Name: name + ":missing", Value: m.one("true", "false")}
	case n < 3:
		modifiers := p.Modifiers()
		switch name {
		case "phonetic":
			modifiers = modifiers[:1]
		case "_id":
			modifiers = []string{"missing", "not"}
		}
		modifier := m.one(modifiers...)
		name += ":" + modifier
		switch modifier {
		case "missing":
			return search.Pair{Name: name, Value: m.one("true", "false")}
		case "text", "contains":
			return search.Pair{Name: name, Value: m.piece()}
		case "not":
			return search.Pair{Name: name, Value: m.asked(p)}
		case "exact":
			return search.Pair{Name: name, Value: search.Escape(m.one(stringPool...))}
		case "identifier":
			return search.Pair{Name: name, Value: m.token()}
		}
	}
	values := []string{m.asked(p)}
	if !m.often() {
		values = append(values, m.asked(p))
	}
	return search.Pair{Name: name, Value: strings.Join(values, ",")}
}

// asked is a value of a parameter as a search asks for it.
func (m *maker) asked(p *search.Parameter) string {
	switch p.Kind {
	case search.Token:
		switch {
		case p.Name == "_id":
			return m.one("1", "2", "a.b", "A-1", "none")
		case strings.Contains(p.Expression, "telecom"):
			return search.Escape(m.one(phonePool...))
		}
		return m.token()
	case search.String:
		if p.Name == "phonetic" {
			return m.one("zhangwei", "z", "zw", "shan", "dan", "lv", "lu", "ab", "张", "x")
		}
		return m.piece()
	case search.Reference:
		return m.reference(p)
	case search.Date:
		return m.prefix() + m.one(append(datePool[:len(datePool):len(datePool)], timePool...)...)
	case search.Number:
		return m.prefix() + m.one(numberPool...)
	case search.Quantity:
		return m.prefix() + m.one(numberPool...) + m.one("", "", "||"+m.one("mg", "%", "CNY"), "|http://unitsofmeasure.org|"+m.one(unitPool...), "|http://s|"+m.one(unitPool...))
	case search.URI:
		return search.Escape(m.one(m.like(uriPool...)...))
	case search.Near:
		return m.one("30.27", "0", "90", "-90", "89.99", "-33.5") + "|" +
			m.one("120.15", "0", "180", "-180", "179.999", "-179.999") + m.one("", "|1", "|0", "|500|m", "|2000|km", "|19000|km")
	}
	var parts []string
	for part := range strings.SplitSeq(p.Expression, " ; ") {
		if name, _, is := strings.Cut(part, "="); is && !strings.ContainsAny(name, ".( ") {
			parts = append(parts, m.asked(table.Lookup(p.Type, name)))
		}
	}
	return strings.Join(parts, "$")
}

func (m *maker) prefix() string {
	return m.one("", "", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap")
}

func (m *maker) token() string {
	code := m.one(m.like("true", "false", "x", "y", "X", "none")...)
	if m.codesSeen != nil && m.below(2) == 0 {
		code = m.one(m.codesSeen...)
	}
	code = search.Escape(code)
	system := search.Escape(m.one(m.like("http://s", "http://hl7.org/fhir/administrative-gender", "http://hl7.org/fhir/publication-status")...))
	return m.one(code, code, code, "|"+code, system+"|"+code, system+"|"+code, system+"|")
}

// piece is the beginning of a text, or the end of that.
func (m *maker) piece() string {
	text := []rune(m.one(m.like(stringPool...)...))
	to := 1 + m.below(len(text))
	from := max(0, to-(1+m.below(100)))
	piece := string(text[from:to])
	if strings.TrimSpace(piece) == "" || strings.HasPrefix(piece, "\u0301") {
		piece = "x"
	}
	if m.below(2) == 0 {
		piece = strings.ToUpper(piece)
	}
	return search.Escape(piece)
}

func (m *maker) reference(p *search.Parameter) string {
	targets := p.Targets
	if targets == nil {
		targets = schema.Types()
	}
	some := targets[m.below(len(targets))]
	list := slices.Clone(m.like(append(referencePool, "1", "2", "a.b", base+"/Patient/1")...))
	list = slices.DeleteFunc(list, func(text string) bool {
		return !fhir.Absolute(text) && fhir.ParseReference(text).Kind != fhir.ReferenceLocal
	})
	text := m.one(append(list, some.String()+"/1")...)
	if ref := fhir.ParseReference(text); ref.Kind == fhir.ReferenceLocal && m.below(3) == 0 && p.Name != "subject" {
		text = ref.Ref.ID
	}
	return search.Escape(text)
}

// like are the values of the resource most of the time, or some others.
func (m *maker) like(others ...string) []string {
	if len(m.seen) > 0 && m.often() {
		return m.seen
	}
	return others
}

// draw draws a question about some parameters of a type, with so many criteria for each.
func draw(t *rapid.T, of schema.Type, all []*search.Parameter, each int) question {
	m := newMaker(t, of, all)
	q := question{text: m.resource(of)}
	for _, text := range value.FindAllStringSubmatch(q.text, -1) {
		m.seen = append(m.seen, text[1])
	}
	for _, text := range coded.FindAllStringSubmatch(q.text, -1) {
		m.codesSeen = append(m.codesSeen, text[1])
	}
	for _, p := range all {
		for range each {
			q.pairs = append(q.pairs, m.criterion(p))
		}
	}
	return q
}

// hold holds that index, matcher and order agree, and tells how many criteria the resource meets.
func (q question) hold(t failer, of schema.Type) (met map[string]bool) {
	t.Helper()
	r, err := fhir.ParseResource([]byte(q.text))
	if err != nil {
		t.Errorf("%v in %s", err, q.text)
		return nil
	}
	met = map[string]bool{}
	var all []*search.Criterion
	for _, pair := range q.pairs {
		list, _, err := parser().Criteria(of, []search.Pair{pair})
		if err != nil {
			t.Errorf("%s?%s=%s: %v", of, pair.Name, pair.Value, err)
			return nil
		}
		c := list[0]
		all = append(all, c)
		if c.Matches(r, updated) {
			met[c.Param.Name] = true
		}
		if c.Param.Sortable() {
			placed(t, r, c.Param)
		}
	}
	tied(t, r, all)
	return met
}

// often checks a thousand times, which takes no longer here than a hundred elsewhere.
func often(t *testing.T, check func(*rapid.T)) {
	t.Helper()
	for range 10 {
		if rapid.Check(t, check); t.Failed() {
			return
		}
	}
}

// The index never misses what a search matches, whatever is narrowed, and resources stand where they are sorted.
func TestIndexMissesNothing(t *testing.T) {
	t.Parallel()
	types := schema.Types()
	usual := []string{"Patient", "Observation", "Condition", "Encounter", "MedicationRequest", "DiagnosticReport", "RiskAssessment", "Location"}
	often(t, func(t *rapid.T) {
		m := &maker{T: t}
		of := types[m.below(len(types))]
		if m.below(2) == 0 {
			of = typeOf(m.one(usual...))
		}
		var all []*search.Parameter
		for range 1 + m.below(4) {
			all = append(all, table.Lookup(of, m.one(table.Names(of)...)))
		}
		if p := table.OrderParameter(of); p != nil && m.often() {
			all = append(all, p)
		}
		draw(t, of, all, 1+m.below(3)).hold(t, of)
	})
}

// Candidates about one patient stand under the patient and a code together, and under the patient and who answers for them.
func TestCompoundsMissNothing(t *testing.T) {
	t.Parallel()
	often(t, func(t *rapid.T) {
		m := &maker{T: t}
		kind, what, _ := strings.Cut(m.one("Observation.code", "Observation.category", "Condition.code", "MedicationRequest.status", "Encounter.type", "DiagnosticReport.code"), ".")
		of := typeOf(kind)
		draw(t, of, []*search.Parameter{table.Lookup(of, m.one("patient", "subject")), table.Lookup(of, what), table.OrderParameter(of), table.Lookup(of, "-custodian")}, 2).hold(t, of)
	})
}

// Every parameter of every type finds something in some of a few resources made for it, and the index agrees.
func TestEveryParameterFinds(t *testing.T) {
	t.Parallel()
	var never []string
	n := 0
	for _, of := range schema.Types() {
		for _, name := range table.Names(of) {
			n++
			p := table.Lookup(of, name)
			each := 6
			if p.Kind == search.Composite {
				each = 40
			}
			gen := rapid.Custom(func(t *rapid.T) question { return draw(t, of, []*search.Parameter{p}, each) })
			found := false
			for seed := 0; seed < 60 && !found; seed++ {
				q := gen.Example(seed)
				q.pairs = slices.DeleteFunc(q.pairs, func(pair search.Pair) bool {
					return strings.Contains(pair.Name, ":") || strings.HasPrefix(pair.Value, "ne")
				})
				found = q.hold(t, of)[name]
			}
			if !found {
				never = append(never, fmt.Sprintf("%s.%s %s", of, name, p.Expression))
			}
		}
	}
	if n < 1400 || len(never) > 0 {
		t.Errorf("of %d parameters %d find nothing:\n%s", n, len(never), strings.Join(never, "\n"))
	}
}
