package search_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
)

func on(id, date string) string {
	return of("Observation", id, fmt.Sprintf(`"effectiveDateTime":%q`, date))[0]
}

func during(id, members string) string {
	return of("Observation", id, `"effectivePeriod":{`+members+`}`)[0]
}

// ucum and unit make quantities.
func ucum(id, value, code string) string {
	return of("Observation", id, fmt.Sprintf(`"valueQuantity":{"value":%s,"unit":%q,"system":"http://unitsofmeasure.org","code":%q}`, value, code, code))[0]
}

func amount(id, members string) string {
	return of("Observation", id, `"valueQuantity":{`+members+`}`)[0]
}

func risk(id, members string) string {
	return of("RiskAssessment", id, `"prediction":[{`+members+`}]`)[0]
}

// inUCUM stands between a number and a unit.
const inUCUM = "|http://unitsofmeasure.org|"

// ordered are searches for dates, numbers and quantities.
var ordered = []group{
	{"dates of every precision", slices.Concat(
		[]string{
			on("year", "2020"), on("month", "2020-02"), on("day", "2020-02-29"), on("second", "2020-02-29T23:59:59+08:00"),
			on("utc", "2020-02-29T15:59:59Z"), on("tenth", "2020-02-29T23:59:59.9+08:00"), on("micro", "2020-02-29T23:59:59.999999+08:00"),
			on("nano", "2020-02-29T23:59:59.9999999+08:00"), on("march", "2020-02-29T16:00:00Z"), on("west", "2020-02-29T23:00:00-08:00"),
		},
		of("Observation", "none", "", "bad", `"effectiveDateTime":"2020-02-30"`, "text", `"effectiveDateTime":"last week"`, "number", `"effectiveDateTime":2020`,
			"null", `"effectiveDateTime":null`, "absent", `"_effectiveDateTime":{"extension":[{"url":"u","valueCode":"unknown"}]}`),
	), []sharp{
		{"date=2020", "year month day second utc tenth micro nano march west"},
		{"date=2020-02", "month day second utc tenth micro nano"},
		{"date=2020-02-29", "day second utc tenth micro nano"},
		{"date=2020-02-29T23:59+08:00", "second utc tenth micro nano"},
		{"date=2020-02-29T23:59", "second utc tenth micro nano"},
		{"date=2020-02-29T15:59:59Z", "second utc tenth micro nano"},
		{"date=2020-02-29T23:59:59.9", "tenth micro nano"},
		{"date=2020-02-29T23:59:59.9+08:00", "tenth micro nano"},
		{"date=2020-02-29T23:59:59.90+08:00", ""},
		{"date=2020-02-29T23:59:59.999999+08:00", "micro nano"},
		{"date=2020-02-29T23:59:59.9999994+08:00", "micro nano"}, // microseconds count
		{"date=sa2020-02", "march west"},
		{"date=eb2020-03-01", "month day second utc tenth micro nano"},
		{"date=ne2020", "none bad text number null absent"},
		{"date=ne2020-02", "year march west none bad text number null absent"},
		{"date=gt2020-02-29", "year march west"},
		{"date=lt2020-02-29", "year month"},
		{"date=ge2020-02-29", "year day second utc tenth micro nano march west"},
		{"date=le2020-02-29", "year month day second utc tenth micro nano"},
		{"date=2019,2020-02-29T15:59:59Z,2021", "second utc tenth micro nano"},
		{"date=ne2020,2020-02", "month day second utc tenth micro nano none bad text number null absent"},
		{"date:missing=true", "none bad text number null absent"},
		{"date:missing=false", "year month day second utc tenth micro nano march west"},
		{"date=2021-02-29", "refused: not a date"}, {"date=2020-13", "refused"}, {"date=2020-2", "refused"}, {"date=20200229", "refused"},
		{"date=2020-02-29T24:00:00Z", "refused"}, {"date=2020-02-29T10Z", "refused"}, {"date=2020-02-29 10:00", "refused"}, {"date=", "refused: empty"},
		{"date=2020,", "refused: empty"}, {"date=now", "refused: prefix"}, {"date=xx2020", "refused: prefix"}, {"date=eq", "refused"}, {"date=gtlt2020", "refused"},
		{"date=2020-02-29T23:59:59,9+08:00", "refused"}, {"date:exact=2020", "refused: not offered"}, {"date:not=2020", "refused: not offered"},
	}},
	{"open periods and timings", slices.Concat(
		[]string{
			during("closed", `"start":"2020-02-10","end":"2020-02-20"`), during("from", `"start":"2020-02-10"`), during("till", `"end":"2020-02-20"`),
			during("empty", ``), during("bad", `"start":"x","end":"y"`), during("half", `"start":"x","end":"2020-02-20"`),
		},
		of("Observation",
			"events", `"effectiveTiming":{"event":["2020-02-20","2020-02-05","2020-02-10"]}`,
			"bounds", `"effectiveTiming":{"event":["2020-02-15"],"repeat":{"boundsPeriod":{"start":"2020-02-01","end":"2020-02-10"}}}`,
			"endless", `"effectiveTiming":{"repeat":{"boundsPeriod":{"start":"2020-02-01"}}}`,
			"length", `"effectiveTiming":{"repeat":{"boundsDuration":{"value":3,"system":"http://unitsofmeasure.org","code":"d"}}}`,
			"instant", `"effectiveInstant":"2020-02-20T00:00:00+08:00"`),
	), []sharp{
		{"date=2020-02", "closed events bounds instant"},
		{"date=2020", "closed events bounds instant"},
		{"date=eq2020-02-20", "instant"},
		{"date=gt2020-02-20", "from endless"},
		{"date=lt2020-02-10", "till half events bounds endless"},
		{"date=sa2020-02-09", "closed from instant"},
		{"date=eb2020-02-16", "bounds"},
		{"date=eb2020-02-21", "closed till half events bounds instant"},
		{"date=ge2020-02-20", "from endless instant"},
		{"date=le2020-01-31", "till half"},
		{"date=sa1900", "closed from events bounds endless instant"},
		{"date=eb2100", "closed till half events bounds instant"},
		{"date=ap2020-02-20", "closed from till half events bounds endless instant"},
		{"date:missing=true", "empty bad length"},
	}},
	// Now is 2030-01-11 at noon: ten days after the middle of 01-01, so that a tenth of the distance is one day.
	{"about a date", slices.Concat(
		[]string{on("30", "2029-12-30"), on("31", "2029-12-31"), on("1", "2030-01-01"),
			on("2", "2030-01-02"), on("3", "2030-01-03"), on("edge", "2029-12-31T00:00:00+08:00"), on("before", "2029-12-30T23:59:59+08:00")},
		[]string{on("now", "2030-01-11T12:00:00+08:00"), on("later", "2030-01-11T12:00:01+08:00"), on("tomorrow", "2030-01-12")},
	), []sharp{
		{"date=ap2030-01-01", "31 1 2 edge"},
		{"date=ap2030-01-21", ""},
		{"date=ap2030-01-13", "tomorrow"},
		{"date=ap2030-01-11", "now later"},                // its middle is now: nothing is widened
		{"date=ap2030-01-11T12:00:00+08:00", "now later"}, // a second has a middle too
	}},
	{"numbers and the range of their digits", []string{
		risk("a", `"probabilityDecimal":99.49`), risk("b", `"probabilityDecimal":99.5`), risk("c", `"probabilityDecimal":99.95`),
		risk("d", `"probabilityDecimal":100`), risk("e", `"probabilityDecimal":1.0E+2`), risk("f", `"probabilityDecimal":100.05`),
		risk("g", `"probabilityDecimal":100.499999999999999999999`), risk("h", `"probabilityDecimal":100.5`), risk("i", `"probabilityDecimal":-100`),
		risk("j", `"probabilityDecimal":-0.0`), risk("none", `"qualitativeRisk":{"text":"high"}`), risk("text", `"probabilityDecimal":"100"`),
		risk("k", `"probabilityDecimal":150`), risk("l", `"probabilityDecimal":50`),
	}, []sharp{
		{"probability=100", "b c d e f g"},
		{"probability=100.0", "c d e"},
		{"probability=1e2", "a b c d e f g h l"},
		{"probability=1.00e2", "b c d e f g"},
		{"probability=+100", "refused"},
		{"probability=-100", "i"},
		{"probability=0", "j"},
		{"probability=-0", "j"},
		{"probability=0.0000", "j"},
		{"probability=gt100", "f g h k"},
		{"probability=ge100", "b c d e f g h k"},
		{"probability=lt100", "a b c i j l"},
		{"probability=le100", "a b c d e f g i j l"},
		{"probability=sa100", "f g h k"},
		{"probability=eb100", "a b c i j l"},
		{"probability=ne100", "a h i j none text k l"},
		{"probability=ap100", "a b c d e f g h"},
		{"probability=ap-100", "i"},
		{"probability=ap1e2", "a b c d e f g h k l"},
		{"probability=gt99.95&probability=lt100.05", "d e"},
		{"probability=-100,150", "i k"},
		{"probability:missing=true", "none text"},
		{"probability=gt1e400", ""}, {"probability=lt-1e400", ""}, {"probability=gt-1e400", "a b c d e f g h i j k l"},
		{"probability=1.", "refused: digits"}, {"probability=.5", "refused"}, {"probability=1e", "refused"}, {"probability=NaN", "refused"},
		{"probability=Inf", "refused"},
		{"probability=0x10", "refused"}, {"probability=1_000", "refused"}, {"probability=1||%", "refused"}, {"probability=100|", "refused"},
		{"probability=１", "refused"},
		{"probability=1e99999", "refused"}, {"probability=11111111111111111111111111111111111111111", "refused"},
	}},
	{"ranges of numbers", []string{
		risk("both", `"probabilityRange":{"low":{"value":10},"high":{"value":20}}`), risk("low", `"probabilityRange":{"low":{"value":10}}`),
		risk("high", `"probabilityRange":{"high":{"value":20}}`), risk("point", `"probabilityRange":{"low":{"value":15},"high":{"value":15}}`),
		risk("none", `"probabilityRange":{}`),
	}, []sharp{
		{"probability=15", "point"}, {"probability=1e1", ""}, {"probability=2e1", "point"}, {"probability=1.5e1", "point"}, {"probability=5e1", ""},
		{"probability=gt15", "both low high"}, {"probability=lt15", "both low high"}, {"probability=gt20", "low"}, {"probability=lt10", "high"},
		{"probability=ge15", "both low high point"}, {"probability=le15", "both low high point"},
		{"probability=sa9", "both low point"}, {"probability=eb21", "both high point"}, {"probability=sa10", "point"}, {"probability=eb20", "point"},
		{"probability=ap20", "both low high"}, {"probability=ap30", "low"}, {"probability=ne15", "both low high none"}, {"probability:missing=true", "none"},
	}},
	{"quantities and their units", slices.Concat(
		[]string{
			ucum("mg", "5.4", "mg"), ucum("ug", "5400", "ug"), ucum("g", "0.00540", "g"), ucum("low", "5.349", "mg"), ucum("high", "5.45", "mg"),
			ucum("kg", "5.4", "kg"),
			ucum("cel", "37", "Cel"), ucum("fahrenheit", "98.6", "[degF]"), ucum("kelvin", "310.15", "K"), ucum("percent", "50", "%"), ucum("ratio", "0.5", "1"),
			ucum("slip", "5.4", "MG"), ucum("ph", "7.4", "[pH]"),
			amount("bare", `"value":5.4`), amount("named", `"value":5.4,"unit":"mg"`), amount("other", `"value":5.4,"system":"http://example.org/u","code":"mg"`),
			amount("coded", `"value":5.4,"code":"mg"`), amount("nothing", `"unit":"mg"`), amount("text", `"value":"5.4","unit":"mg"`),
		}), []sharp{
		{"value-quantity=5.4", "mg kg slip bare named other coded"},
		{"value-quantity=5.4||mg", "mg named other coded"},
		{"value-quantity=5.4|http://example.org/u|mg", "other"},
		{"value-quantity=5.4|http://example.org/u|", "other"},
		{"value-quantity=5.4" + inUCUM, "mg kg slip"},
		{"value-quantity=5.4" + inUCUM + "mg", "mg ug g"},
		{"value-quantity=5.40" + inUCUM + "mg", "mg ug g"},
		{"value-quantity=5.4e0" + inUCUM + "mg", "mg ug g"},
		{"value-quantity=5.4e3" + inUCUM + "ug", "mg ug g"},
		{"value-quantity=5" + inUCUM + "mg", "mg ug g low high"},
		{"value-quantity=0.0054" + inUCUM + "g", "mg ug g"},
		{"value-quantity=gt5.4" + inUCUM + "mg", "high kg"},
		{"value-quantity=ge5400" + inUCUM + "ug", "mg ug g high kg"},
		{"value-quantity=lt5.4" + inUCUM + "mg", "low"},
		{"value-quantity=37.0" + inUCUM + "Cel", "cel fahrenheit kelvin"},
		{"value-quantity=98.60" + inUCUM + "[degF]", "cel fahrenheit kelvin"},
		{"value-quantity=310.2" + inUCUM + "K", "cel fahrenheit kelvin"},
		{"value-quantity=50" + inUCUM + "%", "percent ratio"},
		{"value-quantity=5.4" + inUCUM + "MG", "slip"},
		{"value-quantity=7.4" + inUCUM + "[pH]", "ph"},
		{"value-quantity=ne5.4", "ug g low high cel fahrenheit kelvin percent ratio ph nothing text"},
		{"value-quantity=ne5.4" + inUCUM + "mg", "low high kg cel fahrenheit kelvin percent ratio slip ph bare named other coded nothing text"},
		{"value-quantity=ap6" + inUCUM + "mg", "mg ug g low high"},
		{"value-quantity:missing=true", "nothing text"},
		{"value-quantity=5.4|mg", "refused: number|system|unit"}, {"value-quantity=5.4|a|b|c", "refused"}, {"value-quantity=||mg", "refused"},
		{"value-quantity=mg", "refused: prefix"},
		{`value-quantity=5.4||m\|g`, ""},
	}},
	{"comparators and samples", slices.Concat(
		[]string{
			amount("less", `"value":5,"comparator":"<","unit":"L"`), amount("most", `"value":5,"comparator":"<=","unit":"L"`),
			amount("more", `"value":5,"comparator":">","unit":"L"`), amount("least", `"value":5,"comparator":">=","unit":"L"`), amount("same", `"value":5,"unit":"L"`),
		},
		of("Observation", "samples", `"valueSampledData":{"origin":{"value":2,"unit":"L"},"factor":2,"data":"E 1 U -1 L 0.5 3"}`,
			"plain", `"valueSampledData":{"origin":{"value":5,"unit":"L"},"data":"0 0 0"}`, "silent", `"valueSampledData":{"origin":{"value":5,"unit":"L"},"data":"E U"}`),
	), []sharp{
		{"value-quantity=5||L", "same plain"},
		{"value-quantity=lt5||L", "less most samples"}, {"value-quantity=gt5||L", "more least samples"},
		{"value-quantity=lt4||L", "less most samples"}, {"value-quantity=gt6||L", "more least samples"},
		{"value-quantity=gt4||L", "less most more least same samples plain"}, {"value-quantity=sa4||L", "more least same plain"},
		{"value-quantity=eb6||L", "less most same plain"}, {"value-quantity=sa-1||L", "more least same samples plain"},
		{"value-quantity=eb8||L", "less most same plain"},
		{"value-quantity=eb8.1||L", "less most same samples plain"}, {"value-quantity=ap9||L", "more least samples"}, {"value-quantity:missing=true", "silent"},
	}},
	{"money, ages and last changes", slices.Concat(
		of("Invoice", "yuan", `"totalNet":{"value":12.50,"currency":"CNY"}`, "euro", `"totalNet":{"value":12.50,"currency":"EUR"}`, "none", `"totalNet":{"currency":"CNY"}`),
	), []sharp{
		{"totalnet=12.5", "yuan euro"}, {"totalnet=12.50||CNY", "yuan"}, {"totalnet=gt12||EUR", "euro"}, {"totalnet=12.5|urn:iso:std:iso:4217|CNY", "yuan"},
		{"totalnet=12.5|http://unitsofmeasure.org|CNY", ""}, {"totalnet:missing=true", "none"},
		{"_lastUpdated=2026-11-21", "yuan euro none"}, {"_lastUpdated=ge2026-11-21T08:30:00.123456+08:00", "yuan euro none"},
		{"_lastUpdated=gt2026-11-21T08:30:00.123456+08:00", ""},
		{"_lastUpdated=lt2026-11-21T08:30:00.123456+08:00", ""}, {"_lastUpdated=ne2026-11-21", ""}, {"_lastUpdated=ne2025", "yuan euro none"},
		{"_lastUpdated=sa2026-11-21T08:30:00.123455+08:00", "yuan euro none"},
		{"_lastUpdated=2025,2026", "yuan euro none"}, {"_lastUpdated:missing=true", ""}, {"_lastUpdated:missing=false", "yuan euro none"},
	}},
}

// Every prefix is what docs/search.md says of it, whatever a resource's period is to the one that is asked for.
func TestPrefixesOfPeriods(t *testing.T) {
	t.Parallel()
	for lo := 7; lo <= 22; lo++ { // from 02-08, 7: from ever
		for hi := max(lo+1, 9); hi <= 24; hi++ { // to before 02-23, 24: for ever
			var members []string
			if lo > 7 {
				members = append(members, fmt.Sprintf(`"start":"2020-02-%02d"`, lo))
			}
			if hi < 24 {
				members = append(members, fmt.Sprintf(`"end":"2020-02-%02d"`, hi-1))
			}
			if members == nil {
				continue
			}
			res := resource(t, during("x", strings.Join(members, ",")))
			for a := 10; a <= 19; a++ {
				b := a + 1
				eq := a <= lo && hi <= b
				for prefix, want := range map[string]bool{
					"eq": eq, "ne": !eq, "gt": hi > b, "lt": lo < a, "ge": hi > b || eq, "le": lo < a || eq, "sa": lo >= b, "eb": hi <= a,
				} {
					query := fmt.Sprintf("Observation?date=%s2020-02-%02d", prefix, a)
					one := criteria(t, query)
					if got := one[0].Matches(res, updated); got != want {
						t.Errorf("[%d, %d) %s: %v, want %v", lo, hi, query, got, want)
					}
					tied(t, res, one)
				}
			}
		}
	}
}

// Resources come in the order in which the index has them.
func TestSortKeys(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ kind, param, up, down string }{
		{"Patient", "birthdate", "old month young none", "young month old none"},
		{"Patient", "family", "a e z zhang none", "zhang z e a none"},
		{"RiskAssessment", "probability", "minus zero range big none", "big range zero minus none"},
		{"Encounter", "date", "open early late none", "late early open none"},
	} {
		var all []fhir.Resource
		for _, text := range sortable[c.kind+"."+c.param] {
			all = append(all, resource(t, text))
		}
		p := table.Lookup(typeOf(c.kind), c.param)
		for _, down := range []bool{false, true} {
			slices.SortStableFunc(all, func(a, b fhir.Resource) int {
				return table.SortKey(p, a, updated, down).Compare(table.SortKey(p, b, updated, down), down)
			})
			var ids []string
			for _, r := range all {
				ids = append(ids, r.ID)
				placed(t, r, p)
			}
			if got, want := strings.Join(ids, " "), map[bool]string{false: c.up, true: c.down}[down]; got != want {
				t.Errorf("%s by %s, down %v: %q, want %q", c.kind, c.param, down, got, want)
			}
		}
	}
}

var sortable = map[string][]string{
	"Patient.birthdate": of("Patient", "none", "", "young", `"birthDate":"2000-01-01"`, "old", `"birthDate":"1950"`, "month", `"birthDate":"1999-12"`),
	"Patient.family": of("Patient", "none", `"name":[{"given":["a"]}]`, "z", `"name":[{"family":"Zoe"}]`, "e", `"name":[{"family":"Émile"}]`,
		"zhang", `"name":[{"family":"张"}]`, "a", `"name":[{"family":"ａda"}]`),
	"RiskAssessment.probability": {
		risk("none", ""), risk("big", `"probabilityDecimal":1e300`), risk("range", `"probabilityRange":{"low":{"value":1},"high":{"value":2}}`),
		risk("zero", `"probabilityDecimal":0.0`), risk("minus", `"probabilityDecimal":-1e-300`),
	},
	"Encounter.date": of("Encounter", "none", "", "late", `"period":{"start":"2020-02-02"}`, "open", `"period":{"end":"2001"}`,
		"early", `"period":{"start":"2020-02-01","end":"2024"}`),
}

// placed holds that a resource stands in the index under its sort keys, and nowhere before or behind them; without a value
// it stands nowhere, or, by the clinical date, where those without one do.
func placed(t failer, r fhir.Resource, p *search.Parameter) {
	t.Helper()
	a, is := table.Sorted(r.Type, p)
	if !is {
		return
	}
	var keys []search.SortKey
	terms := table.Terms(r)
	for _, s := range a.Spans {
		one := search.Access{Spans: []search.Span{s}}
		for _, e := range terms.Entries {
			if within(search.Terms{Entries: []search.Entry{e}}, one) {
				keys = append(keys, search.SortKey{Order: e.Order, Has: true})
			}
		}
		for _, x := range terms.Texts {
			if within(search.Terms{Texts: []search.Text{x}}, one) {
				keys = append(keys, search.SortKey{Text: x.Value, Has: true})
			}
		}
	}
	clinical := p == table.OrderParameter(r.Type)
	for _, down := range []bool{false, true} {
		best := table.SortKey(p, r, updated, down)
		switch {
		case !best.Has && !clinical && len(keys) > 0, best.Has && !slices.Contains(keys, best), clinical && len(keys) != 1:
			t.Errorf("%s is sorted by %s as %+v and stands at %+v", r.Root.Raw(), p.Name, best, keys)
		case best.Has:
			for _, k := range keys {
				if k.Compare(best, down) < 0 {
					t.Errorf("%s is sorted by %s as %+v, but stands before, at %+v", r.Root.Raw(), p.Name, best, k)
				}
			}
		}
	}
}
