package terminology

import (
	"yitong/internal/fault"
	"yitong/internal/fhir"
)

// definition is what a ValueSet resource says, before it is known what that draws on.
type definition struct {
	url, version     string
	r4               bool // one of R4's own
	activeOnly       bool
	composed         bool
	include, exclude []clauseDefinition
	expansion        []clauseDefinition // the codes of the expansion, a list for each system
	partial          bool               // the expansion says that it has more codes than it lists
}

// clauseDefinition is an include or exclude.
type clauseDefinition struct {
	system  string
	codes   []string // nil if none are listed
	filters []filterDefinition
	imports []string
}

type filterDefinition struct{ property, op, value string }

// release is the version of FHIR whose definitions are embedded.
const release = "4.0.1"

// is tells whether the set may be cited by a version.
func (d *definition) is(version string) bool {
	return d.version == "" || d.version == version || d.r4 && version == release
}

// clauses counts what the set is made of.
func (d *definition) clauses() int {
	n := len(d.expansion)
	for _, all := range [][]clauseDefinition{d.include, d.exclude} {
		for _, c := range all {
			n += 1 + len(c.filters)
		}
	}
	return n
}

// readDefinition reads a ValueSet resource. The error, Malformed, says what it lacks.
func readDefinition(n fhir.Node) (*definition, error) {
	if n.Get("resourceType").Str() != "ValueSet" {
		return nil, fault.New(fault.Malformed, "This is no ValueSet.").At(n.Path())
	}
	compose := n.Get("compose")
	d := &definition{
		url:        n.Get("url").Str(),
		version:    n.Get("version").Str(),
		composed:   compose.Exists(),
		activeOnly: compose.Get("inactive").Kind() == fhir.False,
	}
	if d.url == "" {
		return nil, fault.New(fault.Malformed, "The value set has no url.").At("ValueSet.url")
	}
	var err error
	if d.include, err = readClauses(compose.Get("include")); err != nil {
		return nil, err
	}
	if d.exclude, err = readClauses(compose.Get("exclude")); err != nil {
		return nil, err
	}
	if e := n.Get("expansion"); e.Exists() {
		count := d.contains(e, map[string]int{})
		total, _ := e.Get("total").Int()
		d.partial = total > int64(count)
	}
	if !d.composed && !n.Get("expansion").Exists() {
		return nil, fault.New(fault.Malformed, "The value set has neither compose nor expansion.").At("ValueSet")
	}
	return d, nil
}

// contains reads the codes of an expansion that an instance may have, and counts all. places tells where the list of a
// system is.
func (d *definition) contains(n fhir.Node, places map[string]int) (count int) {
	for c := n.Get("contains").First(); c.Exists(); c = c.Next() {
		system, code := c.Get("system").Str(), c.Get("code").Str()
		if system != "" && code != "" && c.Get("abstract").Kind() != fhir.True {
			i, ok := places[system]
			if !ok {
				i = len(d.expansion)
				places[system] = i
				d.expansion = append(d.expansion, clauseDefinition{system: system})
			}
			d.expansion[i].codes = append(d.expansion[i].codes, code)
		}
		if code != "" {
			count++
		}
		count += d.contains(c, places)
	}
	return count
}

func readClauses(n fhir.Node) ([]clauseDefinition, error) {
	var all []clauseDefinition
	for c := n.First(); c.Exists(); c = c.Next() {
		d := clauseDefinition{system: c.Get("system").Str()}
		for p := c.Get("concept").First(); p.Exists(); p = p.Next() {
			d.codes = append(d.codes, p.Get("code").Str())
		}
		for f := c.Get("filter").First(); f.Exists(); f = f.Next() {
			d.filters = append(d.filters, filterDefinition{f.Get("property").Str(), f.Get("op").Str(), f.Get("value").Str()})
		}
		for v := c.Get("valueSet").First(); v.Exists(); v = v.Next() {
			d.imports = append(d.imports, v.Str())
		}
		switch {
		case d.system == "" && d.imports == nil: // invariant vsd-1
			return nil, fault.New(fault.Malformed, "An include or exclude has a system or a value set.").At(c.Path())
		case d.system == "" && (d.codes != nil || d.filters != nil): // vsd-2
			return nil, fault.New(fault.Malformed, "Listed codes and filters need the system that they are of.").At(c.Path())
		case d.codes != nil && d.filters != nil: // vsd-3
			return nil, fault.New(fault.Malformed, "An include or exclude lists codes or filters them, not both.").At(c.Path())
		}
		all = append(all, d)
	}
	return all, nil
}
