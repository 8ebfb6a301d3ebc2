package naive

import (
	"cmp"
	"math/big"
	"slices"
	"strings"
)

// sortKey is one key of _sort. A parameter that is nil stands for _id.
type sortKey struct {
	param *Parameter
	down  bool
}

// clinicalDates are the parameters that order the resources of a type, the newest first, when nothing is said. Types
// that are not here come in the order of their creation.
var clinicalDates = map[string]string{
	"AdverseEvent": "date", "AllergyIntolerance": "date", "Appointment": "date", "CarePlan": "date", "ClinicalImpression": "date",
	"Communication": "sent", "Composition": "date", "Condition": "onset-date", "Consent": "date", "DiagnosticReport": "date",
	"DocumentReference": "date", "Encounter": "date", "EpisodeOfCare": "date", "Flag": "date", "Goal": "start-date",
	"ImagingStudy": "started", "Immunization": "date", "List": "date", "MedicationAdministration": "effective-time",
	"MedicationDispense": "whenhandedover", "MedicationRequest": "authoredon", "MedicationStatement": "effective",
	"Observation": "date", "Procedure": "date", "QuestionnaireResponse": "authored", "RiskAssessment": "date",
	"ServiceRequest": "authored", "Slot": "start", "Specimen": "collected", "Task": "authored-on",
}

var sortable = []string{"date", "number", "quantity", "string"}

// sortKeys reads a value such as -date,_id.
func (s *Search) sortKeys(value string) ([]sortKey, error) {
	var keys []sortKey
	for name := range strings.SplitSeq(value, ",") {
		name, down := strings.CutPrefix(name, "-")
		if name == "_id" {
			keys = append(keys, sortKey{nil, down})
			continue
		}
		for _, typ := range s.types {
			p := s.record.facts.parameter(typ, name)
			if p == nil || !slices.Contains(sortable, p.Kind) {
				return nil, refuse("%s cannot be sorted by %s", typ, name)
			}
			keys = append(keys, sortKey{p, down})
		}
	}
	return keys, nil
}

// order puts what was found in order. It is not determined for several types, unless they are sorted by what is common
// to all.
func (s *Search) order(found []*Resource) Answer {
	keys := s.sort
	if len(s.types) > 1 && slices.ContainsFunc(keys, func(k sortKey) bool { return k.param != nil && k.param.Name != "_lastUpdated" }) ||
		len(s.types) > 1 && keys == nil || s.unclear(found) {
		return s.unordered(found)
	}
	if keys == nil {
		if name := clinicalDates[s.types[0]]; name != "" {
			keys = []sortKey{{s.record.facts.parameter(s.types[0], name), true}}
		}
	}
	slices.SortStableFunc(found, func(a, b *Resource) int { return s.compare(keys, a, b) })
	var answer Answer
	for i, res := range found {
		if i == 0 || s.compare(keys, found[i-1], res) != 0 {
			answer = append(answer, nil)
		}
		answer[len(answer)-1] = append(answer[len(answer)-1], res.Name())
	}
	return answer
}

func (s *Search) unordered(found []*Resource) Answer {
	if len(found) == 0 {
		return nil
	}
	var names []string
	for _, res := range found {
		names = append(names, res.Name())
	}
	return Answer{names}
}

// compare is below zero when a comes before b.
func (s *Search) compare(keys []sortKey, a, b *Resource) int {
	for _, k := range keys {
		if c := s.compareBy(k, a, b); c != 0 {
			return c
		}
	}
	return turned(len(keys) == 0 || keys[0].down, cmp.Compare(a.Made, b.Made))
}

func (s *Search) compareBy(k sortKey, a, b *Resource) int {
	if k.param == nil {
		return turned(k.down, strings.Compare(a.ID, b.ID))
	}
	switch k.param.Kind {
	case "date":
		return compareLists(k.down, s.starts(k.param, a), s.starts(k.param, b), cmp.Compare[int64])
	case "string":
		return compareLists(k.down, s.folded(k.param, a), s.folded(k.param, b), strings.Compare)
	}
	return compareLists(k.down, s.lows(k.param, a), s.lows(k.param, b), compareRats)
}

func turned(down bool, c int) int {
	if down {
		return -c
	}
	return c
}

// compareLists compares the least values, or going down the greatest. What has none comes last either way.
func compareLists[T any](down bool, a, b []T, compare func(T, T) int) int {
	if len(a) == 0 || len(b) == 0 {
		return cmp.Compare(min(len(b), 1), min(len(a), 1))
	}
	if down {
		return compare(slices.MaxFunc(b, compare), slices.MaxFunc(a, compare))
	}
	return compare(slices.MinFunc(a, compare), slices.MinFunc(b, compare))
}

// starts are the instants at which the times of a resource begin; an open beginning is the earliest.
func (s *Search) starts(p *Parameter, res *Resource) (out []int64) {
	for _, n := range s.record.find(p, res) {
		for _, t := range s.record.spans(n) {
			out = append(out, t.lo)
		}
	}
	return out
}

func (s *Search) folded(p *Parameter, res *Resource) (out []string) {
	for _, n := range s.record.find(p, res) {
		for _, t := range texts(n) {
			out = append(out, beginning(fold(t)))
		}
	}
	return out
}

// beginning is what of a text counts for its order: whole characters of the first 96 bytes.
func beginning(text string) string {
	end := 0
	for i, r := range text {
		if i+len(string(r)) > 96 {
			break
		}
		end = i + len(string(r))
	}
	return text[:end]
}

// lows are the numbers at which those of a resource begin; nil, an open side, is the least.
func (s *Search) lows(p *Parameter, res *Resource) (out []*big.Rat) {
	for _, n := range s.record.find(p, res) {
		for _, has := range numbers(n) {
			out = append(out, has.lo)
		}
		for _, has := range amounts(n) {
			out = append(out, has.lo)
		}
	}
	return out
}

func compareRats(a, b *big.Rat) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	return a.Cmp(b)
}

// unclear tells whether what is sorted by a quantity has several units or open sides: how these compare is not said.
func (s *Search) unclear(found []*Resource) bool {
	seen := map[string]bool{}
	for _, k := range s.sort {
		if k.param == nil || k.param.Kind != "quantity" {
			continue
		}
		for _, res := range found {
			for _, n := range s.record.find(k.param, res) {
				for _, a := range amounts(n) {
					seen[k.param.Name+" "+a.system+"|"+a.code] = true
					if a.lo == nil {
						return true
					}
				}
			}
		}
	}
	return len(seen) > 1
}
