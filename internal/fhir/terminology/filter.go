package terminology

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"yitong/internal/fhir/ucum"
)

// maxPattern is how long the regular expression of a filter may be, in bytes.
const maxPattern = 1000

// filter decides about a code that is In or Unknown to its system. i is its place among the system's concepts, -1 if it
// is not there.
type filter func(i int32, code string) Answer

func undecidable(int32, string) Answer { return Unknown }

// filter makes a filter of a definition; ok is false if it cannot be decided.
func (c *CodeSystem) filter(d filterDefinition) (f filter, ok bool) {
	switch {
	case c == nil:
		return undecidable, false
	case d.op == "regex" && d.property == "code":
		return pattern(d.value, func(_ int32, code string) []string { return []string{code} })
	case c.URL == ucumURL && d.property == "canonical" && d.op == "=":
		return sameDimension(d.value)
	case len(c.concepts) == 0:
		return undecidable, false
	}
	made, ok := c.listedFilter(d)
	if !ok {
		return undecidable, false
	}
	return func(i int32, code string) Answer {
		if i < 0 {
			return Unknown
		}
		return made(i, code)
	}, true
}

// listedFilter makes a filter of concepts that are here.
func (c *CodeSystem) listedFilter(d filterDefinition) (filter, bool) {
	if d.property == "concept" || d.property == "code" {
		if f, ok := c.hierarchyFilter(d); ok {
			return f, true
		}
	}
	values := func(i int32, _ string) []string { return c.values(i, d.property) }
	switch d.op {
	case "=":
		return func(i int32, code string) Answer {
			return answer(slices.ContainsFunc(values(i, code), func(v string) bool { return c.equal(d.property, v, d.value) }))
		}, true
	case "regex":
		return pattern(d.value, values)
	case "in", "not-in":
		wanted := split(d.value)
		return func(i int32, code string) Answer {
			in := slices.ContainsFunc(values(i, code), func(v string) bool {
				return slices.ContainsFunc(wanted, func(w string) bool { return c.equal(d.property, v, w) })
			})
			return answer(in == (d.op == "in"))
		}, true
	case "exists":
		if d.value != "true" && d.value != "false" {
			return nil, false
		}
		return func(i int32, code string) Answer { return answer((len(values(i, code)) > 0) == (d.value == "true")) }, true
	default:
		return nil, false
	}
}

// hierarchyFilter makes a filter of places in the hierarchy.
func (c *CodeSystem) hierarchyFilter(d filterDefinition) (filter, bool) {
	at, ok := lookup(c.index, d.value, c.fold)
	if !ok {
		return nil, false
	}
	var set map[int32]bool
	if d.op == "generalizes" {
		set = c.above(at)
	} else {
		set = c.below(at)
	}
	switch d.op {
	case "is-a", "generalizes":
		return func(i int32, _ string) Answer { return answer(set[i]) }, true
	case "descendent-of":
		return func(i int32, _ string) Answer { return answer(set[i] && i != at) }, true
	case "is-not-a":
		return func(i int32, _ string) Answer { return answer(!set[i]) }, true
	default:
		return nil, false
	}
}

// values gives the values of a concept's property: those that the system states, and those that its structure does.
func (c *CodeSystem) values(i int32, name string) []string {
	one := &c.concepts[i]
	switch name {
	case "code", "concept":
		return []string{one.code}
	case "display":
		return []string{one.display}
	case "inactive":
		return []string{strconv.FormatBool(one.inactive)}
	case "notSelectable":
		return []string{strconv.FormatBool(one.abstract)}
	case "parent":
		return c.codes(c.parents(i))
	case "child":
		return c.codes(c.children(i))
	}
	var all []string
	for _, p := range c.properties[i] {
		if p.code == name {
			all = append(all, p.value)
		}
	}
	return all
}

func (c *CodeSystem) codes(places []int32) []string {
	var all []string
	for _, i := range places {
		all = append(all, c.concepts[i].code)
	}
	return all
}

// equal tells whether the value of a property is the one that a filter asks for.
func (c *CodeSystem) equal(property, value, wanted string) bool {
	switch property {
	case "code", "concept", "parent", "child":
		return c.same(value, wanted)
	default:
		return value == wanted
	}
}

// pattern makes a filter of values that match a regular expression as a whole.
func pattern(text string, values func(int32, string) []string) (filter, bool) {
	if len(text) > maxPattern {
		return undecidable, false
	}
	re, err := regexp.Compile("^(?:" + text + ")$")
	if err != nil {
		return undecidable, false
	}
	return func(i int32, code string) Answer { return answer(slices.ContainsFunc(values(i, code), re.MatchString)) }, true
}

// sameDimension makes a filter of units that convert to the given one. (R4, terminologies-systems.html, UCUM: property
// canonical.)
func sameDimension(value string) (filter, bool) {
	wanted, err := ucum.Parse(value)
	if err != nil {
		return undecidable, false
	}
	return func(_ int32, code string) Answer {
		u, err := ucum.Parse(code)
		if err != nil {
			return Unknown // a unit, but one that no factor converts
		}
		return answer(u.Canonical() == wanted.Canonical())
	}, true
}

func split(list string) []string {
	all := strings.Split(list, ",")
	for i := range all {
		all[i] = strings.TrimSpace(all[i])
	}
	return all
}
