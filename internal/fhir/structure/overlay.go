package structure

import (
	"slices"
	"strings"

	"yitong/internal/fhir"
)

var (
	strengths    = []string{"required", "extensible", "preferred", "example"} // the strongest first
	slicingRules = []string{"closed", "openAtEnd", "open"}                    // the strictest first
)

// overlay gives the element below at that base and the change make together. base is shared and stays as it is; it has
// no path if the definition adds the element.
func (g *generator) overlay(base *Element, c *change, at place) (*Element, error) {
	e := *base
	to := at.of(c.name, e.SliceName)
	e.ID, e.Path = to.id, to.path
	added := base.Path == "" || at.path == "" && g.specializes
	r := &reader{source: g.def.URL, id: e.ID}
	if base.Path == "" {
		e.Max = Many
		if !c.node.Get("min").Exists() || !c.node.Get("max").Exists() {
			r.fail(c.node, "min or max is missing. An element that is added needs both.")
		}
	}
	r.apply(&e, c.node)
	if r.err != nil {
		return nil, r.err
	}
	if added {
		e.Base = Base{e.Path, e.Min, e.Max}
	}
	if base.Path == "" {
		g.commonRules(&e)
	}
	if base.Path != "" && !added {
		g.narrow(base, &e, r, c)
	}
	if e.Max != Many && e.Min > e.Max {
		r.fail(c.node, "min is %d and max %d. Give it a min that is not above max.", e.Min, e.Max)
	}
	return &e, r.err
}

// commonRules gives an element the constraints that all have.
func (g *generator) commonRules(e *Element) {
	if !strings.Contains(e.Path, ".") {
		return
	}
	rules := g.library.common.element
	if len(e.Types) == 1 {
		switch t := e.Types[0]; {
		case t.system != "" || t.Code == "Resource":
			return
		case t.Code == "Extension":
			rules = g.library.common.extension
		}
	}
	e.Constraints = append(slices.Clip(rules), e.Constraints...)
}

// narrow refuses what loosens a rule of the base, and keeps what the differential leaves out of a type that it names.
func (g *generator) narrow(base, e *Element, r *reader, c *change) {
	n := c.node
	switch {
	case e.Min < base.Min:
		r.fail(n, "min is %d, and %d in the base. It may not be less.", e.Min, base.Min)
	case base.Max != Many && (e.Max == Many || e.Max > base.Max):
		r.fail(n, "max is above %d, the base's. It may not be more.", base.Max)
	case base.MaxLength != 0 && e.MaxLength > base.MaxLength:
		r.fail(n, "maxLength is %d, and %d in the base. It may not be more.", e.MaxLength, base.MaxLength)
	case base.MustSupport && !e.MustSupport:
		r.fail(n, "mustSupport is false, and true in the base. Leave it out.")
	case base.Modifier != e.Modifier && g.def.Type != "Extension":
		r.fail(n, "isModifier differs from the base, and a profile may not change it. Leave it out.")
	case base.ContentReference != e.ContentReference:
		r.fail(n, "contentReference differs from the base, and a profile may not change it. Leave it out.")
	case base.Binding != nil && looser(strengths, e.Binding.Strength, base.Binding.Strength):
		r.fail(n, "the binding is %s, and %s in the base. It may not be weaker.",
			e.Binding.Strength, base.Binding.Strength)
	case base.Slicing != nil && looser(slicingRules, e.Slicing.Rules, base.Slicing.Rules):
		r.fail(n, "the slicing is %s, and %s in the base. It may not be looser.", e.Slicing.Rules, base.Slicing.Rules)
	case base.Fixed.Exists() && !(holds(base.Fixed, e.Fixed) && holds(e.Fixed, base.Fixed)):
		r.fail(n, "the fixed value differs from that of the base. Leave it out.")
	case base.Pattern.Exists() && !holds(base.Pattern, e.Pattern):
		r.fail(n, "the pattern leaves out what that of the base asks for. Repeat it.")
	}
	g.narrowTypes(base, e, r, c)
	for what, of := range map[string]string{"fixed value": e.FixedType, "pattern": e.PatternType} {
		if of != "" && len(e.Types) > 0 && !slices.ContainsFunc(e.Types, func(t TypeRef) bool { return t.Code == of }) {
			r.fail(n, "the %s is of type %s, and the element of %s. Give a value of that type.",
				what, of, codes(e.Types))
		}
	}
}

// looser tells whether a stands behind b in a list that begins with the strictest.
func looser(strictest []string, a, b string) bool {
	return slices.Index(strictest, a) > slices.Index(strictest, b)
}

// holds tells whether a value has all that a pattern has (R4 elementdefinition.html, pattern[x]).
func holds(pattern, value fhir.Node) bool {
	if pattern.Kind() != value.Kind() {
		return false
	}
	switch pattern.Kind() {
	case fhir.Object:
		for p := pattern.First(); p.Exists(); p = p.Next() {
			if !holds(p, value.Get(string(p.Name()))) {
				return false
			}
		}
		return true
	case fhir.Array:
		for p := pattern.First(); p.Exists(); p = p.Next() {
			if !holdsOne(p, value) {
				return false
			}
		}
		return true
	case fhir.String:
		return pattern.Str() == value.Str()
	default:
		return string(pattern.Raw()) == string(value.Raw())
	}
}

func holdsOne(pattern, array fhir.Node) bool {
	for v := array.First(); v.Exists(); v = v.Next() {
		if holds(pattern, v) {
			return true
		}
	}
	return false
}

func (g *generator) narrowTypes(base, e *Element, r *reader, c *change) {
	if !c.node.Get("type").Exists() || len(base.Types) == 0 {
		return
	}
	for i := range e.Types {
		t := &e.Types[i]
		j := slices.IndexFunc(base.Types, func(b TypeRef) bool { return g.within(t.Code, b.Code) })
		if j < 0 {
			r.fail(c.node, "the type %s is none of the base's, which are %s.", t.Code, codes(base.Types))
			return
		}
		b := base.Types[j]
		if t.Code != b.Code {
			continue
		}
		t.Profiles = r.narrowCanonicals(g, c, "profile", b.Profiles, t.Profiles)
		t.Targets = r.narrowCanonicals(g, c, "targetProfile", b.Targets, t.Targets)
		if t.Aggregation == nil {
			t.Aggregation = b.Aggregation
		}
		if t.Versioning == "" {
			t.Versioning = b.Versioning
		}
		if t.system == "" {
			t.system, t.regex = b.system, b.regex
		}
	}
}

// narrowCanonicals gives those that the differential names, or those of the base if it names none. Each must descend
// from one of the base's, if the base has any.
func (r *reader) narrowCanonicals(g *generator, c *change, what string, base, named []string) []string {
	if len(named) == 0 || len(base) == 0 {
		return append(named, base...)
	}
	for _, canonical := range named {
		fits := slices.ContainsFunc(base, func(b string) bool {
			is, known := g.derives(canonical, b)
			return is || !known
		})
		if !fits {
			r.fail(c.node, "the %s %s is none of the base's, which are %s, and descends from none of them.",
				what, canonical, strings.Join(base, ", "))
		}
	}
	return named
}

// within tells whether a type is another or specializes it.
func (g *generator) within(code, base string) bool {
	if code == base {
		return true
	}
	is, _ := g.derives(official+code, official+base)
	return is
}

func codes(types []TypeRef) string {
	all := make([]string, len(types))
	for i, t := range types {
		all[i] = t.Code
	}
	return strings.Join(all, ", ")
}
