package patch

import (
	"strings"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
)

// place is where an element stands.
type place struct {
	in          *place          // the element that it is a part of; nil for the resource itself, which has only a value
	beside      bool            // it is a part of what stands beside a primitive, such as an extension
	holder      fhir.Node       // the object that has it as a member
	shape       *schema.Shape   // of that object
	el          *schema.Element // what the member stands for
	item        int             // place in the member's array, -1 where the element does not repeat
	value, side fhir.Node       // the element, and what stands beside it when it is a primitive; one may be absent
}

// locate finds the place of a value of the tree below root, or of what stands beside a primitive; nil when it is no
// element of R4.
func locate(root, target fhir.Node) *place {
	p := &place{value: root, item: -1}
	object, shape := p.object()
	for n := root; n != target; object, shape = p.object() {
		n, _ = around(n, target)
		name, beside := strings.CutPrefix(string(n.Name()), "_")
		if !n.Exists() || shape == nil {
			return nil
		}
		el, ok := shape.Element([]byte(name))
		if !ok || beside && el.Kind != schema.Primitive {
			return nil
		}
		inSide := p.in != nil && p.el.Kind == schema.Primitive
		p = &place{in: p, beside: inSide, holder: object, shape: shape, el: el, item: -1, value: object.Get(name)}
		if el.Kind == schema.Primitive {
			p.side = object.Get("_" + name)
		}
		if n.Kind() == fhir.Array {
			n, p.item = around(n, target)
			p.value, p.side = p.value.Item(p.item), p.side.Item(p.item)
		}
	}
	return p
}

// around is the member or item in which a value stands, and its place among them; absent where the value is not inside.
func around(n, target fhir.Node) (c fhir.Node, place int) {
	start, _ := target.Span()
	for c = n.First(); c.Exists(); c = c.Next() {
		if _, end := c.Span(); end > start {
			return c, place
		}
		place++
	}
	return fhir.Node{}, -1
}

// object is the object that holds the parts of the element, and its shape. For a primitive it is the one beside it,
// absent where there is none.
func (p *place) object() (fhir.Node, *schema.Shape) {
	switch {
	case p.in == nil, p.el.Kind == schema.AnyResource:
		t, _ := schema.TypeOf(p.value.Get("resourceType").Str())
		return p.value, t.Shape()
	case p.el.Kind == schema.Primitive:
		return p.side, schema.ElementShape()
	}
	return p.value, p.el.Shape
}

// path is the FHIRPath of the element.
func (p *place) path() string {
	if p.value.Exists() {
		return p.value.Path()
	}
	return p.side.Path()
}

// remove takes the element away, and what it leaves empty.
func (p *place) remove() rewriting {
	changes := changesOf(p.el, nil, nil)
	if p.item >= 0 {
		l := listOf(p.holder, p.el)
		changes = changesOf(p.el, l.value.remove(p.item), l.side.remove(p.item))
	}
	left := p.holder.Len()
	for _, c := range changes {
		if c.raw == nil && p.holder.Get(c.was).Exists() {
			left--
		}
	}
	switch {
	case left > 0 || p.in.in == nil:
		return rewriting{p.holder, changes}
	case p.beside && filled(p.in.value):
		return p.in.setSide(nil)
	}
	return p.in.remove()
}

// setSide puts an object beside the primitive, or takes it away.
func (p *place) setSide(raw []byte) rewriting {
	name := "_" + p.el.Name
	if p.item >= 0 {
		l := listOf(p.holder, p.el)
		raw = l.side.set(p.item, l.len(), raw)
	}
	return rewriting{p.holder, []change{{name, name, raw}}}
}
