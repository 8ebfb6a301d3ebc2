package search_test

import (
	"strings"
	"testing"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
)

// sharper are cases that once went wrong.
var sharper = []group{
	{"exact texts with a backslash", of("Patient", "a", `"name":[{"family":"a\\,b"}]`, "b", `"name":[{"family":"x\\\\y"}]`), []sharp{
		{`name:exact=a\\\,b`, "a"}, {`name:exact=x\\\\y`, "b"},
	}},
	{"an id alone with a code", of("Observation",
		"device", `"subject":{"reference":"Device/1"},"code":{"coding":[{"code":"x"}]}`, "patient", `"subject":{"reference":"Patient/1"},"code":{"coding":[{"code":"x"}]}`,
	), []sharp{{"subject=1&code=x", "device patient"}}},
	{"a Period that ends where it begins", []string{during("empty", `"start":"2020-02-29","end":"2020-02-28"`)}, []sharp{{"date=eb2020-02-29", ""}, {"date:missing=true", "empty"}}},
	{"a Range turned round", []string{risk("round", `"probabilityRange":{"low":{"value":20},"high":{"value":10}}`)}, []sharp{{"probability=15", ""}, {"probability=eb15", ""}}},
	{"canonicals of this record", of("PlanDefinition", "a", `"library":["`+base+`/Library/1"]`), []sharp{{"depends-on=" + base + "/Library/1", "a"}}},
	{"identifiers of what is no reference", of("Bundle", "a", `"type":"document","entry":[{"resource":{"resourceType":"Composition","identifier":{"value":"7"}}}]`), []sharp{{"composition:identifier=7", ""}, {"composition:missing=true", "a"}}},
	{"long sounds", of("Patient", "a", `"name":[{"text":"`+strings.Repeat("abcdefghij", 11)+`"}]`), []sharp{{"phonetic=" + strings.Repeat("abcdefghij", 10), "a"}}},
	{"bars in codes", of("Observation", "a", `"code":{"coding":[{"system":"http://a","code":"b|c"}]}`), []sharp{{`code=http://a\|b|c`, ""}, {`code=http://a|b\|c`, "a"}}},
	{"places that are no numbers of FHIR", of("Location", "a", `"position":{"latitude":30,"longitude":120}`), []sharp{
		{"near=0x1Ep0|120", "refused"}, {"near=3_0|120", "refused"}, {"near=30|120||furlong", "refused"},
	}},
	{"two forms of one date", of("Observation", "a", `"effectiveDateTime":"2020-02","effectivePeriod":{"start":"2021"}`, "b", `"effectiveDateTime":["2020","2021"]`), []sharp{{"date=2020-02", "a"}, {"date=2020", "a b"}}},
	{"empty codes", of("Patient", "a", `"gender":""`), []sharp{{"gender:missing=true", "a"}}},
	{"modifiers of result parameters", of("Patient", "a", ``), []sharp{{"_sort:desc=birthdate", "refused"}, {"_count:exact=1", "refused"}, {"_total:x=none", "refused"}}},
}

func TestSharperMatches(t *testing.T) {
	for _, g := range sharper {
		t.Run(g.name, func(t *testing.T) {
			var all []fhir.Resource
			for _, text := range g.resources {
				all = append(all, resource(t, text))
			}
			for _, c := range g.cases {
				c.check(t, all)
			}
		})
	}
	p := parser()
	p.Lenient = true
	r, err := p.Request([]schema.Type{typeOf("Patient"), typeOf("Observation")}, pairs("birthdate=2000"))
	if err != nil || len(r.Parts[0].All) != 0 {
		t.Errorf("lenient, several types: %+v, %v", r, err)
	}
	p = parser()
	p.Lenient = true
	r, err = p.Request([]schema.Type{typeOf("Patient")}, pairs("_sort=birthdate,foo"))
	if err != nil || len(r.Parts[0].Sort) != 0 {
		t.Errorf("lenient, sorted: %+v, %v", r, err)
	}
	for _, query := range []string{"subject:Practitioner=1", "code.name=x", "date=xx2020"} {
		p = parser()
		p.Lenient = true
		if r, err := p.Request([]schema.Type{typeOf("Observation")}, pairs(query)); err != nil || len(r.Used) != 0 {
			t.Errorf("lenient, %s: %v", query, err)
		}
	}
	for _, query := range []string{"focus.identifier=a", "focus.identifier=a,b,c,d,e,f"} {
		r, err := ask("Observation?" + query)
		if err == nil && len(r.Parts[0].All[0].Chain) != 112 {
			t.Errorf("%s leads to %d types of 112", query, len(r.Parts[0].All[0].Chain))
		}
	}
}
