package gate

import (
	"maps"
	"slices"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
)

// touch notes by what a request searches, sorts and includes, so that nobody finds resources by what is hidden of them: a rule
// that hides or masks it does not count for the request. The error is Forbidden if no other is left.
func (v *view) touch(r *search.Request) error {
	for _, part := range r.Parts {
		if err := v.touchBy(part.All); err != nil {
			return err
		}
	}
	if !v.masks() {
		return nil
	}
	for _, part := range r.Parts {
		for _, s := range part.Sort {
			v.uses(part.Type, s.Param)
		}
		if part.Sort == nil && v.Parameters().OrderParameter(part.Type) != nil {
			v.uses(part.Type, v.Parameters().OrderParameter(part.Type))
		}
	}
	for _, in := range r.Include {
		v.includes(in, r)
	}
	return v.refuse()
}

// touchBy is touch for conditions.
func (v *view) touchBy(all []*search.Criterion) error {
	if a := v.actor.Access; a == nil || a.whole {
		return nil
	}
	var err error
	for _, c := range all {
		c.Uses(v.uses)
		c.Repeats(func(t schema.Type, element string) {
			if err == nil && (v.sight(t).hides(element) || element == "name" && v.tells(t)) {
				err = fault.New(fault.Forbidden, "You may not search by what references say of %s of %s: it is hidden from you, in whole or in part.", element, t)
			}
		})
	}
	if err != nil {
		return err
	}
	return v.refuse()
}

// masks tells whether anything is hidden from the actor in resources that may be seen.
func (v *view) masks() bool { return v.actor.Access != nil && v.actor.Access.masks }

func (v *view) uses(t schema.Type, p *search.Parameter) {
	if v.sight(t).masks() {
		v.touched[t] = append(v.touched[t], p)
	}
}

// includes notes the parameters by which resources are included: those of their source.
func (v *view) includes(in search.Include, r *search.Request) {
	sources := []schema.Type{in.Source}
	if in.Source == 0 {
		sources = schema.Types()
	}
	for _, t := range sources {
		for _, name := range v.Parameters().Names(t) {
			if p := v.Parameters().Lookup(t, name); p.Kind == search.Reference && (in.Param == "*" || in.Param == name) {
				v.uses(t, p)
			}
		}
	}
}

// touches tells whether the request searches by something that a rule hides.
func (v *view) touches(c *compiled, t schema.Type) bool {
	if len(c.masked) == 0 {
		return false
	}
	return slices.ContainsFunc(v.touched[t], c.hides)
}

func (c *compiled) hides(p *search.Parameter) bool { return slices.ContainsFunc(c.masked, p.Touches) }

// hides tells whether any rule hides or masks an element, or a part of it.
func (x sight) hides(element string) bool {
	return slices.ContainsFunc(x, func(layer []*compiled) bool {
		return slices.ContainsFunc(layer, func(c *compiled) bool {
			return slices.ContainsFunc(c.masked, func(name string) bool { return name == element || strings.HasPrefix(name, element+".") })
		})
	})
}

// refuse refuses a search by what every rule hides.
func (v *view) refuse() error {
	for _, t := range slices.Sorted(maps.Keys(v.touched)) {
		if err := v.refuseOf(t, v.touched[t]); err != nil {
			return err
		}
	}
	return nil
}

func (v *view) refuseOf(t schema.Type, params []*search.Parameter) error {
	for _, layer := range v.sight(t) {
		left := slices.ContainsFunc(layer, func(c *compiled) bool { return c.allows(MayLook) && !v.touches(c, t) })
		if left || !slices.ContainsFunc(layer, func(c *compiled) bool { return c.allows(MayLook) }) {
			continue
		}
		for _, p := range params {
			if slices.ContainsFunc(layer, func(c *compiled) bool { return c.allows(MayLook) && c.hides(p) }) {
				return fault.New(fault.Forbidden, "You may not search or sort by %s of %s: it is hidden from you, in whole or in part.", p.Name, t)
			}
		}
	}
	return nil
}
