package search_test

import (
	"fmt"
	"slices"
	"testing"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
)

// samples are resources that whatever is asked is asked of.
var samples = []string{
	`{"resourceType":"Patient","id":"1","name":[{"family":"张","given":["伟"]},{"text":"Zoë \\ Müller, \"x\""}],
		"telecom":[{"system":"phone","value":"138 0013-8000"}],"birthDate":"1980-02","gender":"male","deceasedBoolean":true,"link":[{"other":{"reference":"Patient/2"}}]}`,
	`{"resourceType":"Observation","id":"1","code":{"coding":[{"system":"http://s","code":"x"}],"text":"X"},
		"subject":{"reference":"Patient/1","identifier":{"value":"7"}},"effectivePeriod":{"start":"2020-02"},"valueQuantity":{"value":5.4,"system":"http://unitsofmeasure.org","code":"mg","unit":"mg"},
		"component":[{"code":{"coding":[{"code":"y"}]},"valueSampledData":{"origin":{"value":1},"data":"1 E 2"}}]}`,
	`{"resourceType":"Location","id":"1","name":"A","position":{"latitude":30.27,"longitude":-180}}`,
	`{"resourceType":"RiskAssessment","id":"1","prediction":[{"probabilityRange":{"low":{"value":1},"high":{"value":2e3}}}]}`,
	`{"resourceType":"ValueSet","id":"1","url":"http://example.org/vs|a","version":"V1"}`,
	`{"resourceType":"PlanDefinition","id":"1","library":["http://example.org/l|1"],"useContext":[{"code":{"code":"age"},"valueRange":{"low":{"value":1}}}]}`,
}

// refused holds that an error is a refusal that a client can read.
func refused(t *testing.T, err error) {
	t.Helper()
	f := fault.From(err)
	if f.Code != fault.Malformed && f.Code != fault.TooLarge || f.Message == "" {
		t.Fatalf("%v", err)
	}
}

// FuzzRequest reads any parameter: it is refused as a client's mistake, or understood, and then index and matcher agree.
func FuzzRequest(f *testing.F) {
	for _, c := range [][2]string{
		{"name:contains", "张伟"}, {"_has:Observation:patient:_has:Provenance:target:agent.name:exact", `a\,b`}, {"subject:Patient.link.name", "x"},
		{"_sort", "-_lastUpdated,_id"}, {"_include:iterate", "Patient:link:Patient"},
		{"code-value-quantity", "http://s|x$gt5||mg"}, {"near", "30|120|5|km"}, {"value-quantity", "ap5.4|http://unitsofmeasure.org|mg"},
		{"depends-on", `http://example.org/l\|1`}, {"_count", "0"}, {"identifier:not", `a\|b|c,|d`},
	} {
		f.Add(c[0], c[1])
	}
	var all []fhir.Resource
	for _, text := range samples {
		all = append(all, resource(f, text))
	}
	f.Fuzz(func(t *testing.T, name, value string) {
		for _, r := range all {
			p := parser()
			got, err := p.Request([]schema.Type{r.Type}, []search.Pair{{Name: name, Value: value}})
			lenient := parser()
			lenient.Lenient = true
			loose, e := lenient.Request([]schema.Type{r.Type}, []search.Pair{{Name: name, Value: value}})
			if err != nil {
				if refused(t, err); e != nil {
					refused(t, e)
				} else if fault.From(err).IssueType() != "not-supported" || len(loose.Used) > 0 || len(loose.Parts[0].All) > 0 {
					t.Fatalf("%q=%q: %v, but leniently %+v", name, value, err, loose)
				}
				continue
			}
			if e != nil || len(got.Used) != 1 || !slices.Equal(loose.Used, got.Used) {
				t.Fatalf("%q=%q is %+v, but leniently %+v, %v", name, value, got, loose, e)
			}
			tied(t, r, got.Parts[0].All)
			for _, s := range got.Parts[0].Sort {
				table.SortKey(s.Param, r, updated, s.Down)
			}
		}
	})
}

// FuzzDate asks for any date, and finds it in any.
func FuzzDate(f *testing.F) {
	for _, c := range [][2]string{
		{"2020", "2020-02-29"}, {"ge2020-02-29T23:59:59.999999999+08:00", "2020-03"}, {"ap0001-01-01", "9999-12-31T23:59:59Z"},
		{"ne2020-02-30", "2020-02-29T24:00:00Z"}, {"2015-06-30T23:59:60Z", "2015-06-30T23:59:60Z"}, {"eb2020-01-01T00:00", "2020-01-01T00:00-12:00"},
	} {
		f.Add(c[0], c[1])
	}
	f.Fuzz(func(t *testing.T, asked, stored string) {
		r, err := fhir.ParseResource([]byte(`{"resourceType":"Observation","id":"1","effectiveDateTime":` + quote(stored) + `}`))
		if err != nil {
			return // such as control characters
		}
		there := criteria(t, "Observation?date:missing=false")[0].Matches(r, updated)
		placed(t, r, table.Lookup(r.Type, "date"))
		for _, value := range []string{asked, stored} {
			got, _, err := parser().Criteria(r.Type, []search.Pair{{Name: "date", Value: value}})
			if err != nil {
				if refused(t, err); value == stored && there {
					t.Fatalf("%q is a date in a resource, but not in a search: %v", value, err)
				}
				continue
			}
			if tied(t, r, got); value == stored && there && !got[0].Matches(r, updated) {
				t.Fatalf("%q does not find itself", value)
			}
		}
	})
}

// FuzzNumber asks for any number, with any unit, and finds it in any.
func FuzzNumber(f *testing.F) {
	for _, c := range [][3]string{
		{"5.4", "5.40", "mg"}, {"ge1e2", "-1E+2", "%"}, {"ap-0.0", "0", "Cel"}, {"ne12345678901234567890.5", "1e-300", "[pH]"},
		{"lt1e400", "1e400", "10*3/uL"}, {"5.4|http://unitsofmeasure.org|mg", "5400e-3", "mm[Hg]"}, {"5.4||mg", "5", ""},
	} {
		f.Add(c[0], c[1], c[2])
	}
	f.Fuzz(func(t *testing.T, asked, stored, unit string) {
		r, err := fhir.ParseResource([]byte(`{"resourceType":"Observation","id":"1",
			"valueQuantity":{"value":` + stored + `,"system":"http://unitsofmeasure.org","code":` + quote(unit) + `}}`))
		if err != nil {
			return
		}
		there := criteria(t, "Observation?value-quantity:missing=false")[0].Matches(r, updated)
		placed(t, r, table.Lookup(r.Type, "value-quantity"))
		for _, value := range []string{asked, stored, stored + "|http://unitsofmeasure.org|" + search.Escape(unit)} {
			got, _, err := parser().Criteria(r.Type, []search.Pair{{Name: "value-quantity", Value: value}})
			if err != nil {
				refused(t, err)
				continue
			}
			if tied(t, r, got); value != asked && there && !got[0].Matches(r, updated) {
				t.Fatalf("%q does not find %s", value, r.Root.Raw())
			}
		}
	})
}

// FuzzNear asks for any circle, and finds its middle.
func FuzzNear(f *testing.F) {
	f.Add("30.27|120.15|5|km", 30.27, 120.15)
	f.Add("0|180|1e3|[ft_i]", 0.0, -179.999)
	f.Add("-89.9999|-180|20037|km", 90.0, 0.0)
	f.Add("90|77|0|m", 90.0, -103.0)
	f.Add("NaN|Inf", 91.0, 181.0)
	f.Fuzz(func(t *testing.T, asked string, latitude, longitude float64) {
		r, err := fhir.ParseResource(fmt.Appendf(nil, `{"resourceType":"Location","id":"1","position":{"latitude":%v,"longitude":%v}}`, latitude, longitude))
		if err != nil {
			return // such as NaN
		}
		middle := fmt.Sprintf("%v|%v|1|m", latitude, longitude)
		for _, value := range []string{asked, middle} {
			got, _, err := parser().Criteria(r.Type, []search.Pair{{Name: "near", Value: value}})
			if err != nil {
				refused(t, err)
				continue
			}
			there := criteria(t, "Location?near:missing=false")[0].Matches(r, updated)
			if tied(t, r, got); value == middle && there && !got[0].Matches(r, updated) {
				t.Fatalf("%s does not find its middle", value)
			}
		}
	})
}
