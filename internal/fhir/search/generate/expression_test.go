package main

import (
	"strings"
	"testing"

	"yitong/internal/fhir/schema"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a.b":                              "a.b",
		" a |b.c ":                         "a | b.c",
		"(a.b as T) | (c as U)":            "a.b.ofType(T) | c.ofType(U)",
		"a.as(T) | a as T":                 "a.ofType(T) | a.ofType(T)",
		"(a as T).text":                    "a.ofType(T).text",
		"((a.b))":                          "a.b",
		"a.where(resolve() is T)":          "a.where(resolve() is T)",
		"a.where(system='email').value":    "a.where(system='email').value",
		"a[0].b":                           "a[0].b",
		"%resource.a":                      "%resource.a",
		"a.exists() and a != false":        "a.exists() and a != false",
		"a = true | b":                     "a = true | b",
		"related.where(type='depends-on')": "related.where(type='depends-on')",
	} {
		got, err := parse(text)
		if err != nil || got.String() != want {
			t.Errorf("%q: %q, error %v; want %q", text, got, err, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "|", "a |", "a.", ".a", "a b", "(a", "a)", "a as", "a.as()", "a.as(T", "a[b]", "a[0", "a.first()", "a.where(b)",
		"a.where(b=c)", "a.where(b='c)", "a.where(resolve() is)", "a and", "a !=", "a = 'x'", "a or b", "%a", "1", "a + b",
	} {
		if got, err := parse(text); err == nil {
			t.Errorf("%q was read as %q", text, got)
		}
	}
}

func TestRoot(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Patient.name":     "Patient name",
		"Patient":          "Patient $this",
		"(Patient.a as T)": "Patient a.ofType(T)",
		"Patient.deceased.exists() and Patient.deceased != false": "Patient deceased.exists() and deceased != false",
		"name":               "",
		"%resource.name":     "",
		"Patient.a and b":    "",
		"Patient.a and B.b":  "",
		"a and Patient.name": "",
	} {
		parsed, err := parse(text)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if name, rest, ok := parsed[0].root(); ok {
			got = name + " " + rest.String()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// Where paths lead: the shapes that hold the elements, and the elements' types.
func TestFollow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ of, text, want string }{
		{"Patient", "name", "Patient.name HumanName"},
		{"Patient", "contact.name.given", "HumanName.given string"},
		{"Patient", "deceased.exists() and deceased != false",
			"Patient.deceasedBoolean boolean, Patient.deceasedDateTime dateTime, Patient.deceasedBoolean boolean, Patient.deceasedDateTime dateTime"},
		{"Observation", "value.ofType(Quantity).value", "Quantity.value decimal"},
		{"Questionnaire", "item.item.code", "Questionnaire.item.code Coding"},
		{"Patient", "telecom.where(system='email')", "Patient.telecom ContactPoint"},
		{"Observation", "subject.where(resolve() is Patient)", "Observation.subject Reference"},
		{"Provenance", "target.where(resolve() is Patient)", "Provenance.target Reference"},
		{"Bundle", "entry[0].resource", "Bundle.entry.resource Resource"},
		{"Observation", "component.value.ofType(integer) | %resource.status",
			"Observation.component.valueInteger integer, Observation.status code"},

		{"Patient", "nom", ""},
		{"Patient", "birthDate.year", ""},
		{"Patient", "deceasedBoolean", ""},
		{"Patient", "deceased.ofType(date)", ""},
		{"Patient", "deceased.ofType(DateTime)", ""},
		{"Patient", "telecom.where(kind='email')", ""},
		{"Patient", "birthDate[0]", ""},
		{"Patient", "managingOrganization.where(resolve() is Patient)", ""},
		{"Patient", "managingOrganization.where(resolve() is Firm)", ""},
		{"Patient", "name.where(resolve() is Patient)", ""},
		{"Patient", "name | nom", ""},
	} {
		parsed, err := parse(c.text)
		if err != nil {
			t.Fatal(err)
		}
		shape, _ := schema.ShapeOf(c.of)
		reached, err := parsed.follow(place{shape: shape}, shape)
		var places []string
		for _, at := range reached {
			places = append(places, at.holder.Name+"."+at.element.Name+" "+at.element.Type)
		}
		if got := strings.Join(places, ", "); got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%s.%s: %q, error %v; want %q", c.of, c.text, got, err, c.want)
		}
	}
}

// A target stays if the definition lists it and some element on the way allows it.
func TestTargets(t *testing.T) {
	t.Parallel()
	var stored []string
	for _, typ := range schema.Types() {
		if typ.String() != "Parameters" {
			stored = append(stored, typ.String())
		}
	}
	for _, c := range []struct {
		of, text string
		listed   []string
		want     string
	}{
		{"DeviceUseStatement", "subject", []string{"Patient", "Group"}, "Group,Patient"},
		{"Encounter", "episodeOfCare", []string{"EpisodeOfCare", "Patient"}, "EpisodeOfCare"},
		{"Observation", "encounter | subject", []string{"Patient", "Encounter", "EpisodeOfCare"}, "Encounter,Patient"},
		{"Observation", "subject.where(resolve() is Patient)", stored, "Patient"},
		{"Provenance", "target", []string{"Patient", "Group"}, "Group,Patient"},
		{"Provenance", "target", stored, ""},
		{"Observation", "encounter", stored, "Encounter"},
		{"RequestGroup", "instantiatesCanonical", nil, ""},
		{"PlanDefinition", "action.definition", []string{"Questionnaire", "ActivityDefinition"}, "ActivityDefinition,Questionnaire"},
		{"Bundle", "entry[0].resource", []string{"MessageHeader"}, "MessageHeader"},
		{"Consent", "source", []string{"Consent", "Patient"}, "Consent"},
	} {
		parsed, err := parse(c.text)
		if err != nil {
			t.Fatal(err)
		}
		shape, _ := schema.ShapeOf(c.of)
		reached, err := parsed.follow(place{shape: shape}, shape)
		if err != nil {
			t.Fatal(err)
		}
		got, err := targets(c.listed, reached)
		if err != nil || strings.Join(got, ",") != c.want {
			t.Errorf("%s.%s: %v, error %v; want %s", c.of, c.text, got, err, c.want)
		}
	}
}

// R4's slips are mended where they are, and nowhere else.
func TestMend(t *testing.T) {
	t.Parallel()
	for _, s := range slips {
		p := parameter{ID: s.parameter, Expression: s.is}
		p.Component = append(p.Component, struct{ Definition, Expression string }{s.is, s.is})
		p.mend()
		if c := p.Component[0]; p.Expression != s.meant || c.Definition != s.meant || c.Expression != s.meant {
			t.Errorf("%s became %+v", s.is, p)
		}
		other := parameter{ID: "other", Expression: s.is}
		if other.mend(); other.Expression != s.is {
			t.Errorf("%s was mended in another parameter", s.is)
		}
	}
}
