package search_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/test/conformance"
)

func TestTouches(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ of, element, touching string }{
		{"Patient", "name", "family given name phonetic"},
		{"Patient", "name.family", "family name phonetic"},
		{"Patient", "name.period", "name phonetic"},
		{"Patient", "telecom", "email phone telecom"},
		{"Patient", "telecom.value", "email phone telecom"},
		{"Patient", "identifier", "identifier"},
		{"Patient", "birthDate", "birthdate"},
		{"Patient", "address.city", "address address-city"},
		{"Patient", "address", "address address-city address-country address-postalcode address-state address-use"},
		{"Patient", "deceased", "death-date deceased"},
		{"Patient", "deceased[x]", "death-date deceased"},
		{"Patient", "deceasedBoolean", "deceased"},
		{"Patient", "deceasedDateTime", "death-date deceased"},
		{"Patient", "link.other", "link"},
		{"Patient", "link.type", ""},
		{"Patient", "contact.name", ""},
		{"Patient", "photo", ""},
		{"Patient", "id", "_id"},
		{"Patient", "meta", "-custodian _lastUpdated _profile _security _source _tag"},
		{"Patient", "meta.tag", "_tag"},
		{"Patient", "", ""},
		{"Patient", "nam", ""},
		{"Patient", "gender.x", "gender"},
		{"Person", "name.given", "name phonetic"},
		{"Organization", "contact", ""},
		{"Observation", "valueString", "code-value-string value-string"},
		{"Observation", "valueQuantity.value", "code-value-quantity combo-code-value-quantity combo-value-quantity value-quantity"},
		{"Observation", "component.value", "combo-code-value-concept combo-code-value-quantity combo-value-concept combo-value-quantity " +
			"component-code-value-concept component-code-value-quantity component-value-concept component-value-quantity"},
		{"Observation", "component.interpretation", ""},
		{"Observation", "subject", "patient subject"},
		{"Observation", "subject.display", "patient subject"},
	} {
		var touching []string
		for _, name := range table.Names(typeOf(c.of)) {
			if table.Lookup(typeOf(c.of), name).Touches(c.element) {
				touching = append(touching, name)
			}
		}
		if got := strings.Join(touching, " "); got != c.touching {
			t.Errorf("%s.%s is touched by %q, want %q", c.of, c.element, got, c.touching)
		}
	}
}

// TestTouchesAll: every parameter touches an element at least, and only those that its expression names.
func TestTouchesAll(t *testing.T) {
	t.Parallel()
	for _, of := range schema.Types() {
		for _, name := range table.Names(of) {
			p := table.Lookup(of, name)
			touched := 0
			for _, e := range of.Shape().Elements {
				if !p.Touches(e.Name) {
					continue
				}
				touched++
				if !strings.Contains(p.Expression, e.Name) && (e.Choice == "" || !strings.Contains(p.Expression, e.Choice)) {
					t.Errorf("%s.%s touches %s, which %q does not name", of, name, e.Name, p.Expression)
				}
			}
			if touched == 0 {
				t.Errorf("%s.%s touches no element", of, name)
			}
		}
	}
}

// TestUntouched: what stands in an element that a parameter does not touch is no part of what the parameter finds.
func TestUntouched(t *testing.T) {
	t.Parallel()
	done := map[schema.Type]bool{}
	for s := range conformance.Spread() {
		if done[s.Type] {
			continue
		}
		done[s.Type] = true
		was := found(t, s.Text)
		r, err := fhir.ParseResource(s.Text)
		if err != nil {
			t.Fatal(err)
		}
		for c := r.Root.First(); c.Exists(); c = c.Next() {
			name := string(c.Name())
			if name[0] == '_' || name == "resourceType" || name == "id" || name == "contained" {
				continue
			}
			d, err := fhir.NewDoc(s.Text)
			if err != nil {
				t.Fatal(err)
			}
			if err := d.Remove([]fhir.Step{{Name: name}}); err != nil {
				t.Fatal(err)
			}
			is := found(t, d.Bytes())
			for _, one := range table.Names(s.Type) {
				p := table.Lookup(s.Type, one)
				if !p.Touches(name) && !maps.Equal(was[p.ID], is[p.ID]) {
					t.Errorf("%s: without %s, %s finds something else", s.Name, name, one)
				}
			}
		}
	}
}

// found are the values by which a resource is found, by parameter; not those of two parameters together.
func found(t *testing.T, text []byte) map[uint64]map[string]bool {
	r, err := fhir.ParseResource(text)
	if err != nil {
		t.Fatal(err)
	}
	values := map[uint64]map[string]bool{}
	add := func(definition uint64, value string) {
		if values[definition] == nil {
			values[definition] = map[string]bool{}
		}
		values[definition][value] = true
	}
	terms := table.Terms(r)
	for _, e := range terms.Entries {
		if e.Form != search.FormCompound && e.Form != search.FormMeasured {
			add(e.Definition, fmt.Sprint(e.Form, e.Value))
		}
	}
	for _, x := range terms.Texts {
		add(x.Definition, x.Value)
	}
	return values
}
