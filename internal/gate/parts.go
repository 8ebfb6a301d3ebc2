package gate

import (
	"slices"
	"strings"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
)

// parts are what rules keep from view of a type: elements that they hide, and elements that they mask, by their paths.
type parts struct{ hide, mask []string }

func (r Rule) parts() parts { return parts{r.Hide, r.Mask} }

func (p parts) none() bool { return len(p.hide)+len(p.mask) == 0 }

// and is what two rules keep from view together.
func (p parts) and(other parts) parts {
	both := func(a, b []string) []string {
		all := slices.Clone(a)
		for _, path := range b {
			if !slices.Contains(a, path) {
				all = append(all, path)
			}
		}
		return all
	}
	return parts{both(p.hide, other.hide), both(p.mask, other.mask)}
}

// of is the mask of a type. The error is that of [fhir.NewMask].
func (p parts) of(t schema.Type) (fhir.Mask, error) { return fhir.NewMask(t, p.hide, p.mask) }

// told is what references to a type do not tell either. Of residents it is all of it, of other types their identifiers: papers may
// name who signed them.
func (p parts) told(t schema.Type) parts {
	if contentOf(t) == People {
		return p
	}
	others := func(path string) bool { return path != "identifier" && !strings.HasPrefix(path, "identifier.") }
	return parts{slices.DeleteFunc(slices.Clone(p.hide), others), slices.DeleteFunc(slices.Clone(p.mask), others)}
}

// tellingLeast is what references do not tell of the types of which each rule of a layer keeps something from view: what the rule
// that shows most of them keeps from it.
func tellingLeast(layer []Rule) map[schema.Type]parts {
	told := map[schema.Type]parts{}
	for _, r := range layer {
		more := func(o Rule) bool {
			return (o.Type == r.Type || o.Type == 0) && o.May&MayLook != 0 && len(o.Hide)+len(o.Mask) < len(r.Hide)+len(r.Mask)
		}
		if _, err := r.parts().of(r.Type); err != nil || r.parts().none() || slices.ContainsFunc(layer, more) {
			continue // by a rule that cannot be read nothing is seen
		}
		told[r.Type] = r.parts().told(r.Type)
	}
	return told
}

var keyIdentifier = []byte(`"identifier"`)

// saysNumbers tells whether a reference in an object of the shape says the identifier of what it points at.
func saysNumbers(n fhir.Node, shape *schema.Shape) (is bool) {
	for c := n.First(); c.Exists() && !is; c = c.Next() {
		name := c.Name()
		if name[0] == '_' {
			is = c.Kind() == fhir.Object && saysNumbers(c, schema.ElementShape())
			for item := range items(c) {
				is = is || item.Kind() == fhir.Object && saysNumbers(item, schema.ElementShape())
			}
			continue
		}
		el, known := shape.Element(name)
		if !known || el.Kind == schema.Primitive {
			continue
		}
		is = saysIn(c, el)
		for item := range items(c) {
			is = is || saysIn(item, el)
		}
	}
	return is
}

func saysIn(n fhir.Node, el *schema.Element) bool {
	switch {
	case n.Kind() != fhir.Object:
		return false
	case el.Kind == schema.AnyResource:
		in, err := fhir.ReadResource(n)
		return err == nil && saysNumbers(in.Root, in.Type.Shape())
	case el.Kind == schema.Reference && n.Get("identifier").Exists():
		return true
	}
	return el.Shape != nil && saysNumbers(n, el.Shape)
}

// together is the mask of rules of which each layer has one: what any of them hides is hidden.
func together(t schema.Type, rules []*compiled) (mask fhir.Mask, err error) {
	var all parts
	for _, c := range rules {
		switch {
		case c.mask.None():
		case all.none():
			mask, all = c.mask, c.parts
		default:
			if all = all.and(c.parts); err == nil {
				mask, err = all.of(t)
			}
		}
	}
	return mask, err
}

// clashes tells whether the mask of a rule and one of an earlier layer do not go together, because one is of an element as a whole
// and the other of a part of it: then the later rule allows nothing.
func (c *compiled) clashes(t schema.Type, earlier sight) bool {
	return slices.ContainsFunc(earlier, func(layer []*compiled) bool {
		return slices.ContainsFunc(layer, func(o *compiled) bool {
			_, err := together(t, []*compiled{o, c})
			return err != nil
		})
	})
}
