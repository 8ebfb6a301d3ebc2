package search_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
)

// What is not offered is refused with the name of the nearest parameter that is.
func TestUnknownParameters(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ search, says string }{
		{"Patient?nmae=x", `Patient has no search parameter "nmae". Is name meant?`}, {"Patient?birthDate=2000", "Is birthdate meant?"},
		{"Patient?birth-date=2000", "Is birthdate meant?"},
		{"Patient?Name=x", "Is name meant?"}, {"Patient?name.x=y", "Patient.name is no reference"}, {"Patient?sex=x", `no search parameter "sex"`},
		{"Observation?codes=x", "Is code meant?"}, {"Observation?value=x", `no search parameter "value"`},
		{"Patient?_lastupdated=2000", "Is _lastUpdated meant?"}, {"Patient?_text=x", `no search parameter "_text"`},
		{"Patient?_content=x", "no search parameter"}, {"Patient?_query=x", "no search parameter"}, {"Patient?_list=x", "no search parameter"},
		{"Patient?=x", `no search parameter ""`}, {"Patient?:exact=x", `no search parameter ""`}, {"Patient?" + strings.Repeat("长", 50) + "=x", "…"},
		{"Patient?patient=1", "Patient has no search parameter"},
		{"Observation?subject.nmae=x", `has no search parameter "nmae"`}, {"Observation?subject:Patient.nmae=x", "Is name meant?"},
		{"Observation?subject:Group.name=x", "Group has no search parameter"}, {"Patient?_has:Observation:patient:cod=x", "Is code meant?"},
		{"Patient?_has:Observation:patiens:code=x", "Is patient meant?"},
		{"Patient?_sort=nmae", "Is name meant?"}, {"Patient?_include=Patient:organisation", "Is organization meant?"},
	} {
		_, err := ask(c.search)
		if f := fault.From(err); err == nil || f.Code != fault.Malformed || !strings.Contains(f.Message, c.says) ||
			!strings.Contains(c.says, "is no reference") && f.IssueType() != "not-supported" {
			t.Errorf("%s: %v, want %q", c.search, err, c.says)
		}
	}
	for _, c := range [][2]string{
		{"birthDate", "birthdate"}, {"identifer", "identifier"}, {"geneder", "gender"}, {"general-practioner", "general-practitioner"}, {"xyzxyzxyz", ""}, {"", ""}, {"q", ""},
	} {
		if got := table.Nearest(typeOf("Patient"), c[0]); got != c[1] {
			t.Errorf("the nearest of %q is %q, want %q", c[0], got, c[1])
		}
	}
}

// Chains go five steps deep and no further, _has included.
func TestDepth(t *testing.T) {
	t.Parallel()
	part := func(n int) string { return strings.Repeat("partof.", n) }
	has := func(n int) string { return strings.Repeat("_has:Location:partof:", n) }
	for name, fine := range map[string]bool{
		part(1) + "name": true, part(5) + "name": true, part(6) + "name": false, part(40) + "name": false,
		part(5) + "name:exact": true, part(5) + "partof": true, part(5) + "partof:missing": true, part(6): false,
		has(1) + "name": true, has(5) + "name": true, has(6) + "name": false, has(2) + part(3) + "name": true, has(2) + part(4) + "name": false,
		has(3) + part(3) + "name": false,
		part(4) + has(1) + "name": true, part(5) + has(1) + "name": false, part(2) + has(2) + part(1) + "name": true, part(2) + has(2) + part(2) + "name": false,
		strings.Repeat("partof:Location.", 5) + "name": true, strings.Repeat("partof:Location.", 6) + "name": false,
	} {
		value := "x"
		if strings.HasSuffix(name, ":missing") {
			value = "true"
		} else if strings.HasSuffix(name, "partof") {
			value = "Location/1"
		}
		_, err := ask("Location?" + name + "=" + value)
		if f := fault.From(err); (err == nil) != fine || !fine && (f.Code != fault.Malformed || f.Code == fault.Internal) {
			t.Errorf("%s: %v, want it to be fine: %v", name, err, fine)
		}
		if !fine && strings.Count(name, ".") < 40 && strings.HasSuffix(name, "name") && !strings.Contains(fault.From(err).Message, "at most 5 steps") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A step without a type goes to every type that the parameter may target and that has the next parameter.
func TestSteps(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"subject.name":                  "Location Patient",
		"subject.identifier":            "Device Group Location Patient",
		"subject.birthdate":             "Patient",
		"subject:Patient.name":          "Patient",
		"performer.name":                "Organization Patient Practitioner RelatedPerson",
		"subject._id":                   "Device Group Location Patient",
		"subject.organization.name":     "Device Location Patient",
		"encounter.location.name":       "Encounter",
		"subject._has:Flag:subject:_id": "Group Location Patient",
	} {
		c := criteria(t, "Observation?"+name+"="+map[bool]string{true: "2000", false: "x"}[strings.HasSuffix(name, "birthdate")])[0]
		var got []string
		for _, s := range c.Chain {
			got = append(got, s.Type.String())
		}
		if !c.Deep() || strings.Join(got, " ") != want {
			t.Errorf("%s goes on to %v, want %s", name, got, want)
		}
	}
	c := criteria(t, "Patient?_has:Observation:patient:_has:DiagnosticReport:result:code=x")[0]
	inner := c.Has.Criterion
	if c.Has.Type != typeOf("Observation") || c.Has.Param.Name != "patient" || inner.Has == nil ||
		inner.Has.Type != typeOf("DiagnosticReport") || inner.Type != typeOf("Observation") || inner.Has.Criterion.Deep() {
		t.Errorf("nested _has is read as %+v of %+v", c.Has, inner)
	}
	c = criteria(t, "Observation?patient._has:Flag:patient:identifier=x")[0]
	if len(c.Chain) != 1 || c.Chain[0].Criterion.Has == nil {
		t.Errorf("_has behind a chain is read as %+v", c)
	}
}

func TestRefusedChains(t *testing.T) {
	t.Parallel()
	for search, says := range map[string]string{
		"Observation?subject:Practitioner.name=x": "does not refer to a Practitioner", "Observation?code.name=x": "is no reference",
		"Observation?subject:Human.name=x":      "cannot stand in a chain",
		"Observation?subject:missing.name=true": "cannot stand in a chain", "Observation?subject..name=x": "has no search parameter",
		"Observation?subject.=x": "has no search parameter", "Observation?.subject=x": "has no search parameter",
		"Observation?subject.birthdate=x": "not a date", "Observation?subject.name=": "empty value", "Observation?subject.name:no=x": "not offered",
		"Patient?_has=x": `"_has"`, "Patient?_has:=x": "written _has", "Patient?_has:Observation=x": "written _has",
		"Patient?_has:Observation:patient=x": "written _has", "Patient?_has:Human:patient:code=x": "not a resource type",
		"Patient?_has:Observation:code:code=x":      "does not refer to a Patient",
		"Patient?_has:Observation:encounter:code=x": "does not refer to a Patient", "Patient?_has:Observation:patient:=x": "has no search parameter",
		"Patient?_has:Observation:patient:code=":      "empty value",
		"Patient?_has:Observation:patient:code:foo=x": "not offered",
	} {
		_, err := ask(search)
		if f := fault.From(err); err == nil || f.Code != fault.Malformed || !strings.Contains(f.Message, says) {
			t.Errorf("%s: %v, want %q", search, err, says)
		}
	}
}

// A search names at most so many values, whichever parameters they belong to.
func TestManyValues(t *testing.T) {
	t.Parallel()
	list := func(n int) string { return strings.TrimSuffix(strings.Repeat("x,", n), ",") }
	for search, fine := range map[string]bool{
		"Patient?name=" + list(500): true, "Patient?name=" + list(501): false, "Patient?name=" + list(250) + "&family=" + list(250): true,
		"Patient?name=" + list(250) + "&family=" + list(251): false,
		"Patient?_has:Observation:patient:code=" + list(501): false, "Observation?subject:Patient.name=" + list(501): false,
		"Observation?subject:Patient.name=" + list(500):          true,
		"Observation?focus.focus.focus.focus.focus.identifier=x": false,
	} {
		_, err := ask(search)
		if f := fault.From(err); (err == nil) != fine || !fine && (f.Code != fault.Malformed || f.IssueType() != "too-costly") {
			t.Errorf("%.60s…: %v, want it to be fine: %v", search, err, fine)
		}
	}
}

// Lenient searches leave out what is not known, and tell what they have used.
func TestLenient(t *testing.T) {
	t.Parallel()
	for search, want := range map[string]string{
		"Patient?nmae=x&name=y": "name", "Patient?name:above=x&gender=male": "gender", "Patient?gender:in=x": "",
		"Observation?subject.nmae=x&code=y": "code", "Patient?_has:Observation:nobody:code=x&name=y": "name",
		"Patient?_sort=nmae&name=x": "name", "Patient?_sort=organization": "", "Patient?_include=Patient:nobody&name=x": "name",
		"Patient?_include:deep=Patient:organization": "", "Patient?name=x&_count=3&foo=1&_total=none": "name _count _total",
	} {
		kind, query, _ := strings.Cut(search, "?")
		p := parser()
		p.Lenient = true
		r, err := p.Request([]schema.Type{typeOf(kind)}, pairs(query))
		if err != nil {
			t.Errorf("%s: %v", search, err)
			continue
		}
		var used []string
		for _, pair := range r.Used {
			used = append(used, pair.Name)
		}
		if got := strings.Join(used, " "); got != want {
			t.Errorf("%s uses %q, want %q", search, got, want)
		}
	}
	for _, search := range []string{"Patient?birthdate=x", "Patient?name=", "Patient?_count=x", "Patient?_total=all", "Patient?_has:x=1"} {
		kind, query, _ := strings.Cut(search, "?")
		p := parser()
		p.Lenient = true
		if _, err := p.Request([]schema.Type{typeOf(kind)}, pairs(query)); fault.CodeOf(err) != fault.Malformed {
			t.Errorf("%s: %v", search, err)
		}
	}
}

func TestResultParameters(t *testing.T) {
	t.Parallel()
	r, err := ask("Patient?_sort=-birthdate,family,_id,-_lastUpdated&_count=2000&_total=estimate" +
		"&_include=Patient:organization:Organization&_revinclude:iterate=Observation:*&_include=*" +
		"&_format=json&_pretty=true&_elements=name&_summary=true&name=x")
	if err != nil {
		t.Fatal(err)
	}
	var sort []string
	for _, s := range r.Parts[0].Sort {
		sort = append(sort, fmt.Sprint(s.Param.Name, s.Down))
	}
	if fmt.Sprint(sort) != "[birthdatetrue familyfalse _idfalse _lastUpdatedtrue]" || r.Count != search.CountMost || r.Only ||
		r.Total != search.TotalEstimate || len(r.Parts[0].All) != 1 || len(r.Used) != 11 {
		t.Errorf("%v, %+v", sort, r)
	}
	patient, organization, observation := typeOf("Patient"), typeOf("Organization"), typeOf("Observation")
	want := []search.Include{
		{Source: patient, Param: "organization", Target: organization}, {Source: observation, Param: "*", Reverse: true, Iterate: true}, {Param: "*"},
	}
	if !slices.Equal(r.Include, want) {
		t.Errorf("includes %+v", r.Include)
	}
	for query, want := range map[string]search.Request{
		"": {Count: search.CountUsual}, "_count=0": {Only: true}, "_count=1": {Count: 1}, "_summary=count": {Count: search.CountUsual, Only: true},
		"_total=accurate": {Count: search.CountUsual, Total: search.TotalAccurate}, "_total=none&_count=7": {Count: 7},
	} {
		r, err := ask("Patient?" + query)
		if err != nil || r.Count != want.Count || r.Only != want.Only || r.Total != want.Total {
			t.Errorf("%s: %+v, %v", query, r, err)
		}
	}
	for query, says := range map[string]string{
		"_count=1&_count=1": "stands twice", "_total=none&_total=accurate": "stands twice",
		"_count=-1": "whole number", "_count=x": "whole number", "_count=": "whole number", "_count=1.5": "whole number",
		"_total=": "none, estimate or accurate", "_total=Accurate": "none, estimate or accurate",
		"_sort=organization": "cannot be sorted by organization, which is a reference", "_sort=gender": "which is a token",
		"_sort=phonetic": "cannot be sorted", "_sort=": "no search parameter", "_sort=name,": "no search parameter",
		"_sort=--name":               "no search parameter",
		"_sort=name&_sort=birthdate": "stands twice", "_sort=_id,_id,_id,_id,_id,_id": "at most 5",
		"_include=": "An include is written", "_include=Patient": "An include is written", "_include=Human:name": "An include is written",
		"_include=Patient:name": "is no reference", "_include=Patient:organization:Human": "not a resource type",
		"_include=Patient:organization:Organization:x": "An include is written",
		"_revinclude=Observation:subject:patient":      "not a resource type", "_include:not=Patient:organization": "iterate is",
	} {
		if _, err := ask("Patient?" + query); err == nil || !strings.Contains(fault.From(err).Message, says) || fault.CodeOf(err) == fault.Internal {
			t.Errorf("%s: %v, want %q", query, err, says)
		}
	}
}

// Searches of several types ask the same of each.
func TestSeveralTypes(t *testing.T) {
	t.Parallel()
	types := []schema.Type{typeOf("Observation"), typeOf("Patient")}
	r, err := parser().Request(types, pairs("identifier=1&_sort=-_lastUpdated&_id=a"))
	if err != nil || len(r.Parts) != 2 || len(r.Parts[0].All) != 2 || len(r.Parts[1].All) != 2 ||
		r.Parts[1].Type != types[1] || r.Parts[1].Sort[0].Param == r.Parts[0].Sort[0].Param {
		t.Errorf("%+v, %v", r, err)
	}
	for query, says := range map[string]string{
		"name=x": "Observation has no search parameter", "_sort=identifier": "over several types the last two", "_sort=date": "", "patient=1": "Patient has no search parameter",
	} {
		if _, err := parser().Request(types, pairs(query)); fault.CodeOf(err) != fault.Malformed || !strings.Contains(fault.From(err).Message, says) {
			t.Errorf("%s: %v", query, err)
		}
	}
}

// Who belongs to a compartment is told by R4's definitions.
func TestCompartments(t *testing.T) {
	t.Parallel()
	patient := fhir.Ref{Type: typeOf("Patient"), ID: "1"}
	in := func(kind string, ref fhir.Ref) *search.Criterion {
		c, is := table.Compartment(typeOf(kind), ref)
		if !is {
			t.Fatalf("%s is in no compartment of a %s", kind, ref.Type)
		}
		return c
	}
	for _, c := range []struct {
		text string
		is   bool
	}{
		{`{"resourceType":"Observation","subject":{"reference":"Patient/1"}}`, true},
		{`{"resourceType":"Observation","performer":[{"reference":"Patient/1/_history/3"}]}`, true},
		{`{"resourceType":"Observation","focus":[{"reference":"Patient/1"}]}`, false},
		{`{"resourceType":"Observation","subject":{"reference":"Group/1"}}`, false},
		{`{"resourceType":"Observation","subject":{"reference":"http://h/Patient/1"}}`, false},
		{`{"resourceType":"Appointment","participant":[{"actor":{"reference":"Patient/1"}}]}`, true}, {`{"resourceType":"Patient","id":"1"}`, true},
		{`{"resourceType":"Patient","id":"2"}`, false},
		{`{"resourceType":"Patient","id":"2","link":[{"other":{"reference":"Patient/1"}}]}`, true},
		{`{"resourceType":"Patient","id":"1","link":[{"other":{"reference":"Patient/2"}}]}`, true},
		{`{"resourceType":"Group","member":[{"entity":{"reference":"Patient/1"}}]}`, true},
	} {
		r := resource(t, c.text)
		one := in(r.Type.String(), patient)
		if got := one.Matches(r, updated); got != c.is {
			t.Errorf("%s is in the compartment: %v", c.text, got)
		}
		tied(t, r, []*search.Criterion{one})
	}
	for _, kind := range []string{"Organization", "Practitioner", "Location", "ValueSet", "Medication"} {
		if _, is := table.Compartment(typeOf(kind), patient); is {
			t.Errorf("%s is in the compartment of a Patient", kind)
		}
	}
	for kind, least := range map[string]int{"Patient": 60, "Encounter": 20, "Practitioner": 50, "RelatedPerson": 30, "Device": 30} {
		if n := len(table.Members(typeOf(kind))); n < least {
			t.Errorf("%d types are in the compartment of a %s", n, kind)
		}
		if _, is := table.Compartment(typeOf(kind), fhir.Ref{Type: typeOf(kind), ID: "x"}); !is {
			t.Errorf("a %s is not in its own compartment", kind)
		}
	}
	if table.Members(typeOf("Observation")) != nil {
		t.Error("Observations have a compartment")
	}
}
