package naive

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestExpressions evaluates every form of expression that the table uses.
func TestExpressions(t *testing.T) {
	t.Parallel()
	body := decoded(t, `{
		"resourceType": "Observation", "id": "1", "status": "final",
		"contained": [{"resourceType": "Group", "id": "g"}],
		"subject": {"reference": "Patient/1"},
		"performer": [{"reference": "Practitioner/2/_history/3"}, {"reference": "#g"}, {"type": "Patient"}, {"display": "x"}],
		"category": [{"text": "a"}, {"text": "b"}], "valueQuantity": {"value": 1, "unit": "u"},
		"component": [{"valueString": "s"}, {"valueBoolean": false}]
	}`)
	root := node{value: body, typ: "Observation", place: "Observation", in: &Resource{Type: "Observation", ID: "1", Body: body}}
	for expression, want := range map[string]string{
		"status": "final", "category.text": "a b", "category[0].text": "a", "category[2].text": "", "issued": "",
		"value.ofType(Quantity).unit": "u", "value.ofType(string)": "", "component.value": "s false", "component.value.ofType(boolean)": "false",
		"status | category.text": "final a b", "category.where(text='b').text": "b", "performer.where(resolve() is Practitioner).reference": "Practitioner/2/_history/3",
		"performer.where(resolve() is Group).reference": "#g", "performer.where(resolve() is Patient).type": "Patient", "$this.status": "final",
		"component.value.exists()": "true", "issued.exists()": "false", "status.exists() and status != false": "true",
		"issued.exists() and issued != false": "false", "component[1].value.exists() and component[1].value != false": "false",
		"%resource.subject.reference": "Patient/1", "(category | component).text": "a b",
	} {
		find, err := parseExpression(expression)
		check(t, err)
		var got []string
		for _, n := range find([]node{root}, root) {
			got = append(got, fmt.Sprint(n.value))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %q", expression, got, want)
		}
	}
	for _, wrong := range []string{"", "a.", "a(", "a.nothing()", "a |", "a[x]", "a b", "a = ", "'x", "a; b"} {
		if _, err := parseExpression(wrong); err == nil {
			t.Errorf("%q is read as an expression", wrong)
		}
	}
}

// TestTable looks for what everything else relies on.
func TestTable(t *testing.T) {
	t.Parallel()
	facts, err := facts()
	check(t, err)
	kinds := []string{"token", "string", "reference", "date", "number", "quantity", "uri", "composite", "special"}
	for typ, of := range facts.Parameters {
		for name, p := range of {
			if !slices.Contains(kinds, p.Kind) || (p.Kind == "composite") != (len(p.Components) > 1) {
				t.Errorf("%s.%s is of the kind %s and has %d components", typ, name, p.Kind, len(p.Components))
			}
		}
	}
	for about, of := range facts.Compartments {
		for typ, names := range of {
			for _, name := range names {
				if p := facts.parameter(typ, name); name != "{def}" && (p == nil || p.Kind != "reference") {
					t.Errorf("the compartment of %s names %s.%s, which is no reference", about, typ, name)
				}
			}
		}
	}
	if system := facts.Systems["Patient.gender"]; len(facts.Compartments) != 5 || system != "http://hl7.org/fhir/administrative-gender" {
		t.Errorf("%d compartments; the system of Patient.gender is %q", len(facts.Compartments), system)
	}
	for _, wrong := range []string{"what is this", "parameters X\n  a b", "parameters X\n  a token - b[", "parameters X\n  a composite - b ; c=d"} {
		if _, err := ReadFacts(strings.NewReader(wrong)); err == nil {
			t.Errorf("%q is read as a table", wrong)
		}
	}
}
