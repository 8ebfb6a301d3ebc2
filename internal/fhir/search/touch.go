package search

import (
	"slices"
	"strings"

	"yitong/internal/fhir/schema"
)

// Touches tells whether the parameter, or a component of it, reads the element of its type, something inside the
// element, or something around it: name, family, given and phonetic touch both name and name.family. An element is
// named as in [fhir.NewMask], by its path below the type. Who does not see an element must not search or sort by what
// touches it, because the answer tells the value.
//
// It looks at this parameter only. The caller looks at each parameter of a chain and of _has, with the element's own
// type; knows that on references :identifier and :text read Reference.identifier and Reference.display, which repeat
// the identifiers and names of another resource; and that results come in the order of [Table.OrderParameter].
func (p *Parameter) Touches(element string) bool {
	steps := strings.Split(element, ".")
	for i, s := range steps {
		steps[i] = strings.TrimSuffix(s, "[x]")
	}
	shape := p.Type.Shape()
	for i := range p.paths {
		from := &p.paths[i]
		if p.Kind != Composite && along(shape, from.steps, steps) {
			return true
		}
		for _, c := range p.components {
			for _, q := range c.paths {
				way := q.steps
				if !q.rooted {
					way = slices.Concat(from.steps, way)
				}
				if along(shape, way, steps) {
					return true
				}
			}
		}
	}
	return false
}

// along tells whether a path below a shape leads to an element, past it, or ends on the way to it.
func along(shape *schema.Shape, path []step, element []string) bool {
	for i := range min(len(path), len(element)) {
		if shape == nil {
			return false
		}
		at := slices.IndexFunc(shape.Elements, func(e schema.Element) bool {
			return called(&e, path[i].name) && called(&e, element[i])
		})
		if at < 0 {
			return false
		}
		shape = shape.Elements[at].Shape
	}
	return true
}

// called tells whether a name is that of an element or of the choice that it belongs to.
func called(e *schema.Element, name string) bool {
	return name == e.Name || name == e.Choice && name != ""
}
