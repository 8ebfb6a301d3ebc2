package naive

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// scenario is a history of a record and the searches that are put to it then. In a search, {Type/id} stands for the
// instant at which that resource was last written.
type scenario struct {
	batches  [][]change
	searches []string
}

// GoString keeps the report of a failure readable.
func (s scenario) GoString() string {
	return fmt.Sprintf("%d transactions and %d searches", len(s.batches), len(s.searches))
}

const (
	resources = 90 // at most
	questions = 60
)

// common are the types that most scenarios are made of.
var common = []string{
	"Practitioner", "Organization", "Location", "Encounter", "Condition", "MedicationRequest", "DiagnosticReport", "Appointment",
	"Task", "Group", "Device", "RiskAssessment", "ServiceRequest", "Procedure", "RelatedPerson", "PractitionerRole", "Composition",
}

// left are types that no scenario has: what they hold is a message or a parcel, or has a kind of value that
// docs/search.md does not speak of.
var left = []string{"Bundle", "Parameters", "Binary", "MessageHeader", "MessageDefinition"}

// scenarios draws a scenario.
func scenarios(facts *Facts, searches int) *rapid.Generator[scenario] {
	others := slices.DeleteFunc(allTypes(), func(typ string) bool { return slices.Contains(left, typ) })
	return rapid.Custom(func(t *rapid.T) (s scenario) {
		d := drawer{T: t, facts: facts}
		types := []string{"Patient", "Patient", "Patient", "Observation", "Observation", "Observation", "Observation"}
		for range 4 {
			types = append(types, pick(d, common...), pick(d, common...))
		}
		types = append(types, pick(d, others...), pick(d, others...), "Consent")
		count := map[string]int{}
		for range 1 + d.below(resources) {
			typ := pick(d, types...)
			count[typ]++
			d.names = append(d.names, fmt.Sprintf("%s/%d", typ, count[typ]))
		}
		d.links = d.linked(count["Patient"])
		s.batches = d.history()
		model := NewRecord(facts, shanghai)
		for made, batch := range s.batches {
			for _, c := range batch {
				model.apply(t, c, object{"etag": `W/"1"`, "lastModified": "2026-01-01T00:00:00.000000Z"}, made)
			}
		}
		a := newAsker(d, model)
		for range searches {
			s.searches = append(s.searches, a.search())
		}
		return s
	})
}

// history writes all resources, a few at a time, then changes and deletes some, then writes some of these again.
func (d drawer) history() (batches [][]change) {
	put := func(name string) change {
		typ, id, _ := strings.Cut(name, "/")
		return change{name, d.resource(typ, id)}
	}
	var first, second, third []change
	for _, name := range d.names {
		if d.links[name] != nil || d.chance(90) {
			first = append(first, put(name))
		}
		switch {
		case d.chance(15):
			second = append(second, put(name))
		case d.links[name] == nil && d.chance(8):
			second = append(second, change{name: name})
			if d.chance(50) {
				third = append(third, put(name))
			}
		case d.chance(5):
			third = append(third, put(name))
		}
	}
	for _, batch := range slices.Concat(slices.Collect(slices.Chunk(first, 8)), [][]change{second, third}) {
		if len(batch) > 0 {
			batches = append(batches, batch)
		}
	}
	return batches
}

// asker draws searches of a record: mostly for what is there, or nearly.
type asker struct {
	drawer
	model  *Record
	types  []string // that the record has, each as often as it has resources
	byType map[string][]*Resource
}

func newAsker(d drawer, model *Record) asker {
	a := asker{d, model, nil, map[string][]*Resource{}}
	for _, res := range model.all {
		a.byType[res.Type] = append(a.byType[res.Type], res)
	}
	for _, typ := range slices.Sorted(maps.Keys(a.byType)) {
		for range a.byType[typ] {
			a.types = append(a.types, typ)
		}
	}
	if a.types == nil {
		a.types = []string{"Patient"}
	}
	return a
}

// search draws a search, escaped.
func (a asker) search() string {
	path, typ, types := a.where()
	var pairs []string
	add := func(name, value string) { pairs = append(pairs, name+"="+value) }
	if types != nil {
		add("_type", strings.Join(types, ","))
	}
	switch {
	case typ != "":
		for range pick(a.drawer, 0, 1, 1, 1, 1, 2, 2, 3) {
			add(a.criterion(typ, 0))
		}
	case a.chance(50):
		add(a.own("Resource"))
	}
	if typ != "" && a.chance(30) {
		add("_sort", a.sort(typ))
	} else if a.chance(20) {
		add("_sort", pick(a.drawer, "_lastUpdated", "-_lastUpdated", "_id", "-_id"))
	}
	if typ != "" && a.chance(25) {
		for range pick(a.drawer, 1, 1, 2) {
			a.include(typ, add)
		}
	}
	if a.chance(60) {
		add("_count", fmt.Sprint(pick(a.drawer, 2, 3, 5, 8, 50)))
	}
	if a.chance(25) {
		add("_total", "accurate")
	}
	return escaped(path + "?" + strings.Join(pairs, "&"))
}

// where draws where to search: for a type, perhaps in a compartment, or for several types.
func (a asker) where() (path, typ string, types []string) {
	typ = pick(a.drawer, a.types...)
	switch a.below(10) {
	case 8:
		if path, typ, ok := a.compartment(typ); ok {
			return path, typ, nil
		}
	case 9:
		types := []string{typ, pick(a.drawer, a.types...)}
		slices.Sort(types)
		return "", "", slices.Compact(types)
	}
	return typ, typ, nil
}

// compartment draws a compartment of a resource that is there, and a type in it; no type means all.
func (a asker) compartment(typ string) (path, in string, ok bool) {
	about := pick(a.drawer, slices.Sorted(maps.Keys(a.facts.Compartments))...)
	if len(a.byType[about]) == 0 {
		about = "Patient"
	}
	if len(a.byType[about]) == 0 {
		return "", "", false
	}
	name := pick(a.drawer, a.byType[about]...).Name()
	if _, in := a.facts.Compartments[about][typ]; in && typ != about {
		return name + "/" + typ, typ, true
	}
	return name + "/*", "", true
}
