package bench

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// template is a kind of search; what it asks for is drawn from the data.
type template struct {
	name  string
	draw  func(*facts) (q query, ok bool) // false if the data has nothing of the kind
	lack  string                          // what the data does not have then
	list  bool                            // its matches stand in one list of the index
	pages int                             // pages that are read one after the other, 0 for one
}

// query is a search that must find something.
type query struct {
	path     string // behind the FHIR base
	least    int    // matches on a page, or in the count
	exact    bool   // not more of them either
	count    bool   // their number only
	included bool   // what is included as well
}

const page = 20

var templates = []template{
	{name: "patient_code", draw: patientAndCode, list: true},
	{name: "code", draw: newestOfCode, list: true},
	{name: "date", draw: week, list: true},
	{name: "token", draw: token, list: true},
	{name: "identifier", draw: byIdentifier, list: true},
	{name: "name", draw: byName, list: true},
	{name: "pinyin", draw: byPinyin, lack: "no Chinese names", list: true},
	{name: "quantity", draw: byQuantity},
	{name: "unit", draw: byOtherUnit, lack: "no unit to convert"},
	{name: "chain", draw: chain},
	{name: "has", draw: has},
	{name: "include", draw: include, lack: "no Encounter that is referred to"},
	{name: "revinclude", draw: revinclude},
	{name: "pages", draw: newestOfCode, list: true, pages: 6},
	{name: "count", draw: count, list: true},
}

// searchFor writes a query; parameters are names and values in turn.
func searchFor(path string, least int, parameters ...string) query {
	q := query{path: path, least: least}
	mark := "?"
	for i := 0; i < len(parameters); i += 2 {
		q.path += mark + parameters[i] + "=" + url.QueryEscape(parameters[i+1])
		mark = "&"
	}
	return q
}

// draw gives one of a sample.
func draw[T any](f *facts, from sample[T]) (v T, ok bool) {
	if len(from.kept) == 0 {
		return v, false
	}
	return from.kept[f.rand.IntN(len(from.kept))], true
}

// drawKey gives one of those that are counted, and how many there are of it.
func drawKey(f *facts, from map[string]int) (key string, n int, ok bool) {
	if len(from) == 0 {
		return "", 0, false
	}
	keys := slices.Sorted(maps.Keys(from))
	key = keys[f.rand.IntN(len(keys))]
	return key, from[key], true
}

func patientAndCode(f *facts) (query, bool) {
	o, ok := draw(f, f.measured)
	return searchFor("Observation", 1, "patient", o.patient, "code", o.code, "_sort", "-date", "_count", "20"), ok
}

func newestOfCode(f *facts) (query, bool) {
	code, n, ok := drawKey(f, f.codes)
	q := searchFor("Observation", n, "code", code, "_sort", "-date", "_count", "20")
	q.exact = true
	return q, ok
}

func week(f *facts) (query, bool) {
	o, ok := draw(f, f.measured)
	if !ok {
		return query{}, false
	}
	day, err := time.Parse(time.DateOnly, o.date[:len(time.DateOnly)])
	from, to := day.AddDate(0, 0, -3).Format(time.DateOnly), day.AddDate(0, 0, 4).Format(time.DateOnly)
	return searchFor("Observation", 1, "date", "ge"+from, "date", "lt"+to, "_sort", "-date", "_count", "20"), err == nil
}

func token(f *facts) (q query, ok bool) {
	path, name, from := "Condition", "code", f.conditions
	if f.rand.IntN(2) == 0 {
		path, name, from = "Encounter", "class", f.classes
	}
	value, n, ok := drawKey(f, from)
	q = searchFor(path, n, name, value, "_count", "20")
	q.exact = true
	return q, ok
}

func byIdentifier(f *facts) (query, bool) {
	p, ok := draw(f, f.people)
	return searchFor("Patient", 1, "identifier", p.identifier), ok
}

func byName(f *facts) (query, bool) {
	p, ok := draw(f, f.people)
	return searchFor("Patient", 1, "name", p.prefix, "_count", "20"), ok
}

func byPinyin(f *facts) (query, bool) {
	for range 100 {
		if p, ok := draw(f, f.people); ok && p.pinyin != "" {
			return searchFor("Patient", 1, "phonetic", p.pinyin, "_count", "20"), true
		}
	}
	return query{}, false
}

// somewhatLess is a bound that the quantity exceeds.
func somewhatLess(v float64) string { return "gt" + strconv.FormatFloat(v*.98, 'f', 8, 64) }

func byQuantity(f *facts) (query, bool) {
	o, ok := draw(f, f.quantities)
	return searchFor("Observation", 1, "code", o.code, "value-quantity", somewhatLess(o.value), "_count", "20"), ok
}

func byOtherUnit(f *facts) (query, bool) {
	o, ok := draw(f, f.units)
	to := conversions[o.unit]
	value := somewhatLess(o.value*to.factor) + "|" + ucumSystem + "|" + to.unit
	return searchFor("Observation", 1, "code", o.code, "value-quantity", value, "_count", "20"), ok
}

func chain(f *facts) (query, bool) {
	o, ok := draw(f, f.measured)
	identifier := f.patients[o.patient]
	return searchFor("Observation", 1, "patient.identifier", identifier, "_count", "20"), ok && identifier != ""
}

func has(f *facts) (query, bool) {
	rare := f.rare()
	if len(rare) == 0 {
		return query{}, false
	}
	return searchFor("Patient", 1, "_has:Observation:patient:code", rare[f.rand.IntN(len(rare))], "_count", "20"), true
}

func include(f *facts) (query, bool) {
	path, by := "Encounter", "participant"
	who, ok := draw(f, f.treated)
	if !ok {
		path, by = "Observation", "encounter"
		who, ok = draw(f, f.observed)
	}
	q := searchFor(path, 1, "patient", who, "_include", path+":"+by, "_count", "20")
	q.included = true
	return q, ok
}

func revinclude(f *facts) (query, bool) {
	who, ok := draw(f, f.ill)
	if !ok {
		return query{}, false
	}
	q := searchFor("Patient", 1, "_id", who[len("Patient/"):], "_revinclude", "Condition:patient")
	q.exact, q.included = true, true
	return q, true
}

func count(f *facts) (query, bool) {
	code, n, ok := drawKey(f, f.codes)
	q := searchFor("Observation", n, "code", code, "_summary", "count")
	q.exact, q.count = true, true
	return q, ok
}
