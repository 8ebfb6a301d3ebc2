package search_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/test/conformance"
)

// All search parameters of R4 are offered, but those without an expression.
func TestTable(t *testing.T) {
	t.Parallel()
	ids := map[uint64]string{}
	n := 0
	for _, of := range schema.Types() {
		names := table.Names(of)
		if !slices.IsSorted(names) {
			t.Errorf("the names of %s are not in order", of)
		}
		for _, name := range names {
			n++
			p := table.Lookup(of, name)
			if p.Type != of || p.Name != name || p.Expression == "" || p.Kind > search.Near || p.Modifiers()[0] != "missing" {
				t.Errorf("%s.%s is %+v", of, name, p)
			}
			if other := ids[p.ID]; other != "" {
				t.Errorf("%s.%s has the ID of %s", of, name, other)
			}
			ids[p.ID] = of.String() + "." + name
			if p.Kind != search.Reference && p.Targets != nil {
				t.Errorf("%s.%s has targets, but is no reference", of, name)
			}
		}
		for _, name := range []string{"_id", "_lastUpdated", "_tag", "_profile", "_security", "_source"} {
			if table.Lookup(of, name) == nil {
				t.Errorf("%s has no %s", of, name)
			}
		}
		for _, name := range []string{"_text", "_content", "_query", "_has", "_type", "_filter", ""} {
			if table.Lookup(of, name) != nil {
				t.Errorf("%s has %q", of, name)
			}
		}
		if order := table.OrderParameter(of); order != nil && (order.Kind != search.Date || !order.Sortable()) {
			t.Errorf("%s is ordered by %s, which is a %s", of, order.Name, order.Kind)
		}
	}
	t.Logf("%d parameters", n)
	if search.R4(shanghai) != table {
		t.Error("the table is read twice")
	}
	other := search.R4(nil) // another zone makes other terms of the same dates
	if of := typeOf("Observation"); other.Lookup(of, "date").ID == table.Lookup(of, "date").ID {
		t.Error("the zone is no part of a definition")
	}
}

func TestFaultyTables(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"  name string - name": "nothing stands above", "parameters Human\n  name string - name": "is no type",
		"parameters Patient\n  name string": "is not defined", "parameters Patient\n  name text - name": "is not defined",
		"parameters Patient\n  link reference Human link.other": "is no type", "parameters Patient\n  name string - nmae": "no element nmae",
		"parameters Patient\n  name string - name.family.x": "no member", "parameters Patient\n  name string - name..family": "a name is missing",
		"parameters Patient\n  name string - name.where(use='x'":                      "not closed",
		"parameters Patient\n  name string - name.where(use)":                         "not understood",
		"parameters Patient\n  name string - name.where(use=x)":                       "not understood",
		"parameters Patient\n  name date - deceased.ofType(string)":                   "nothing is of type",
		"parameters Patient\n  link reference - link.other.where(resolve() is Human)": "is no type",
		"parameters Patient\n  name string - name[x]":                                 "invalid syntax",
		"parameters Observation\n  both composite - $this ; code=code":                "is no parameter",
		"compartment Patient\n  Human subject":                                        "is no type", "parameters Observation\n  code token - code\n  both composite - $this ; code=cod": "no element",
	} {
		if _, err := search.Read(text, shanghai); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q", text, err, says)
		}
	}
	if _, err := search.Read(search.Source(), shanghai); err != nil {
		t.Error(err)
	}
}

// The terms of strange resources of all types can be computed, are those of the type's own parameters, and agree with what
// the parameters find.
func TestSpread(t *testing.T) {
	t.Parallel()
	missing := map[schema.Type][]*search.Criterion{}
	for s := range conformance.Spread() {
		r, err := fhir.ParseResource(s.Text)
		if err != nil {
			t.Fatalf("%s: %v", s.Name, err)
		}
		plausible(t, s.Name, r)
		if missing[s.Type] == nil {
			for _, name := range table.Names(s.Type) {
				missing[s.Type] = append(missing[s.Type], criteria(t, s.Type.String()+"?"+name+":missing=true")...)
			}
		}
		terms := table.Terms(r)
		for _, c := range missing[s.Type] {
			stands := slices.ContainsFunc(terms.Entries, func(e search.Entry) bool { return e.Definition == c.Param.ID }) ||
				slices.ContainsFunc(terms.Texts, func(x search.Text) bool { return x.Definition == c.Param.ID })
			if stands && c.Matches(r, updated) {
				t.Errorf("%s has no %s, but stands in its index", s.Name, c.Param.Name)
			}
			if c.Param.Sortable() {
				placed(t, r, c.Param)
			}
		}
	}
}

// plausible checks what holds of all terms.
func plausible(t *testing.T, name string, r fhir.Resource) {
	t.Helper()
	terms := table.Terms(r)
	if again := table.Terms(r); !reflect.DeepEqual(terms, again) {
		t.Errorf("%s has other terms the second time", name)
	}
	own, all := map[uint64]*search.Parameter{}, table.All(r.Type).Spans
	for _, n := range table.Names(r.Type) {
		p := table.Lookup(r.Type, n)
		own[p.ID] = p
	}
	lists := 0
	for _, e := range terms.Entries {
		p := own[e.Definition]
		switch {
		case e.Definition == all[0].Definition:
			if e.Form == search.FormAll {
				lists++
			}
		case p == nil || e.Form == search.FormText || (e.Form == search.FormDate) != (p.Kind == search.Date):
			t.Errorf("%s has the entry %+v", name, e)
		}
		if e.Long && (e.Form.Valued() || len(all) == 1) {
			t.Errorf("%s has the entry %+v, which is no list of a type with a clinical date", name, e)
		}
	}
	if lists != 1 || !within(terms, table.All(r.Type)) {
		t.Errorf("%s stands %d times among all", name, lists)
	}
	for _, x := range terms.Texts {
		if p := own[x.Definition]; p == nil || p.Kind != search.String || len(x.Value) > 96 ||
			!utf8.ValidString(x.Value) || strings.ContainsRune(x.Value, 0) || search.Clip(x.Value) != x.Value {
			t.Errorf("%s has the text %+v", name, x)
		}
	}
}

// Every kind of parameter is told as R4 names it, and takes the modifiers of docs/search.md.
func TestKinds(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{
		{"Patient.gender", "token", "missing text not"}, {"Patient.name", "string", "missing exact contains"},
		{"Patient.link", "reference", "missing identifier text"}, {"Patient.birthdate", "date", "missing"},
		{"RiskAssessment.probability", "number", "missing"}, {"Observation.value-quantity", "quantity", "missing"},
		{"ValueSet.url", "uri", "missing"}, {"Observation.code-value-quantity", "composite", "missing"}, {"Location.near", "special", "missing"},
	} {
		kind, name, _ := strings.Cut(c[0], ".")
		p := table.Lookup(typeOf(kind), name)
		if got := strings.Join(p.Modifiers(), " "); p.Kind.String() != c[1] || got != c[2] {
			t.Errorf("%s is a %s and takes %s", c[0], p.Kind, got)
		}
	}
}
