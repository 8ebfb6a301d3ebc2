package naive

import (
	"net/url"
	"slices"
	"strings"

	"yitong/internal/fhir/schema"
)

// Search is a search that can be carried out, again and again.
type Search struct {
	record   *Record
	types    []string
	compart  string                 // Patient/1, or empty
	criteria map[string][]criterion // by type; each must match
	sort     []sortKey
	includes []include
}

// resultParameters do not say what matches.
var resultParameters = []string{"_count", "_total", "_summary", "_elements", "_format", "_pretty", "_type"}

// Parse reads a search such as Observation?code=8480-6, Patient/1/Observation?…, Patient/1/* or ?_type=Patient,Group.
func (r *Record) Parse(address string) (*Search, error) {
	path, query, _ := strings.Cut(address, "?")
	s := &Search{record: r, criteria: map[string][]criterion{}}
	var given [][2]string
	for pair := range strings.SplitSeq(query, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name, nameErr := url.QueryUnescape(name)
		value, valueErr := url.QueryUnescape(value)
		if nameErr != nil || valueErr != nil {
			return nil, refuse("%s cannot be read", pair)
		}
		given = append(given, [2]string{name, value})
	}
	if err := s.where(path, given); err != nil {
		return nil, err
	}
	for _, g := range given {
		if err := s.add(g[0], g[1]); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// where finds out which types are searched, and in which compartment.
func (s *Search) where(path string, given [][2]string) error {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	last := parts[len(parts)-1]
	if len(parts) == 3 {
		s.compart = parts[0] + "/" + parts[1]
		if s.record.facts.Compartments[parts[0]] == nil {
			return refuse("%s has no compartment", parts[0])
		}
	}
	s.types = []string{last}
	if last == "" || last == "*" {
		s.types = allTypes()
		for _, g := range given {
			if g[0] == "_type" {
				s.types = strings.Split(g[1], ",")
			}
		}
	}
	for _, typ := range s.types {
		if _, known := schema.TypeOf(typ); !known {
			return refuse("%s is no type", typ)
		}
	}
	return nil
}

// add takes a parameter in.
func (s *Search) add(name, value string) (err error) {
	base, _, _ := strings.Cut(name, ":")
	switch {
	case value == "":
		return refuse("%s has an empty value", name)
	case slices.Contains(resultParameters, name):
		return nil
	case name == "_sort":
		s.sort, err = s.sortKeys(value)
		return err
	case base == "_include" || base == "_revinclude":
		i, err := s.record.facts.include(name, value)
		s.includes = append(s.includes, i)
		return err
	}
	for _, typ := range s.types {
		c, err := s.record.facts.criterion(typ, name, value, 0)
		if err != nil {
			return err
		}
		s.criteria[typ] = append(s.criteria[typ], c)
	}
	return nil
}

// Answer is what a search finds: names of resources in groups. The groups are in order; the order inside a group is not
// determined.
type Answer [][]string

// All are the names in all groups.
func (a Answer) All() []string { return slices.Concat(a...) }

// Find carries the search out.
func (s *Search) Find() Answer {
	var found []*Resource
	for _, res := range s.record.all {
		if slices.Contains(s.types, res.Type) && s.inCompartment(res) && s.matches(res) {
			found = append(found, res)
		}
	}
	return s.order(found)
}

func (s *Search) matches(res *Resource) bool {
	return !slices.ContainsFunc(s.criteria[res.Type], func(c criterion) bool { return !c.matches(s.record, res) })
}

// inCompartment tells whether a resource is in the compartment that is searched: it is the one that the compartment is
// about, or refers to it by one of the parameters that HL7 names.
func (s *Search) inCompartment(res *Resource) bool {
	names := append([]string{s.compart}, s.record.alsoCalled(s.compart, nil)...)
	if s.compart == "" || slices.Contains(names, res.Name()) {
		return true
	}
	typ, _, _ := strings.Cut(s.compart, "/")
	for _, name := range s.record.facts.Compartments[typ][res.Type] {
		p := s.record.facts.parameter(res.Type, name)
		if p == nil { // {def} is the one that the compartment is about
			continue
		}
		for _, n := range s.record.find(p, res) {
			if slices.ContainsFunc(pointers(n), func(has pointer) bool {
				return slices.ContainsFunc(names, func(name string) bool { return referenceMatches(name, nil, has) })
			}) {
				return true
			}
		}
	}
	return false
}
