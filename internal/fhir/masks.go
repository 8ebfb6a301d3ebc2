package fhir

import (
	"bytes"

	"yitong/internal/fhir/schema"
)

// Masks are the masks of several types, each under its own.
type Masks map[schema.Type]Mask

// None tells whether nothing is hidden or masked in any type.
func (m Masks) None() bool {
	for _, one := range m {
		if !one.None() {
			return false
		}
	}
	return true
}

// Of is a rendered resource without what is hidden, and with what is masked shown in part. All other bytes stay.
//
//   - The masks apply to the resources in it as well: contained ones, and those of the entries of a Bundle.
//   - An element's extensions and what stands beside a primitive (_birthDate) go with it. So does a value that cannot
//     be masked because it is not what R4 says, and a member that R4 does not know in an object of which something is
//     hidden or masked. An object that is left empty goes.
//   - A reference to a resource of a masked type, in a resource of any type, tells no more than that type's mask: its
//     display is treated as the name, its identifier as the identifiers. Where it is not known what it points at, it
//     may be anything that R4 allows there. A reference that is a search (Patient?identifier=1) goes, and so do the
//     queries in a Bundle's links and requests.
//   - Narratives repeat what is hidden, or may. So they go from the resources of masked types, from those that
//     contain one, and from those with a reference of which something is or would be masked.
//   - meta stays, and its security says MASKED where values are masked and REDACTED where some are left out (R4,
//     security-labels).
//
// What other elements repeat, such as an extension of the resource itself or AuditEvent.agent.name, has to be hidden
// or masked under its own path. A required value that cannot be masked goes too: safe is better than valid. Masking
// what is masked changes nothing. The error is that of [ParseResource]; or Internal, for a mask under another type
// than its own.
func (m Masks) Of(resource []byte) ([]byte, error) { return Veil{Masks: m}.Of(resource) }

// masker goes through a resource.
type masker struct {
	masks Masks
	inner map[Node]inside // of the resources in it; nil: all are seen, by masks
	gone  map[string]bool // the ids of contained resources that are not seen
	edits Edits
	shape *schema.Shape            // of the resource, contained or not, that is gone through
	rules map[*schema.Shape]*rules // of that resource
	part  shownPart                // the texts of all that is masked, one behind the other
	unit
}

// unit is what is noted of a resource and all that it contains.
type unit struct {
	contained bool // a contained resource
	bare      bool // its narratives go
	narrated  bool // a narrative has stayed
	repeats   bool // narratives may repeat what is hidden
	masked    bool // a value is masked
	redacted  bool // a value is left out
}

// resource masks a resource that is not contained, and labels it. Whether its narratives go may only be known at its
// end; then it is gone through again. This happens once at most: a resource with a narrative holds no others but in
// those that it contains.
func (w *masker) resource(n Node, t schema.Type) {
	outer, gone, from := w.unit, w.gone, len(w.edits)
	w.unit, w.gone = unit{}, w.unseen(n)
	w.contents(n, t, w.maskOf(n, t))
	if w.repeats && w.narrated {
		w.edits, w.unit = w.edits[:from], unit{bare: true}
		w.contents(n, t, w.maskOf(n, t))
	}
	w.label(n)
	outer.masked, outer.redacted = outer.masked || w.masked, outer.redacted || w.redacted
	w.unit, w.gone = outer, gone
}

// contents masks what is in a resource.
func (w *masker) contents(n Node, t schema.Type, by Mask) {
	outer, rules := w.shape, w.rules
	w.shape, w.rules = t.Shape(), by.groups
	w.repeats = w.repeats || w.rules != nil
	w.bare = w.bare || w.repeats
	w.object(n, w.shape, w.rules[w.shape])
	w.shape, w.rules = outer, rules
}

// object masks what is in an object and tells whether nothing is left of it.
func (w *masker) object(n Node, shape *schema.Shape, r *rules) (gone bool) {
	return w.children(n, func(c Node) bool { return w.member(c, shape, r) })
}

// children masks what is in an object or array, takes out what drop tells to, and tells whether nothing is left.
func (w *masker) children(n Node, drop func(Node) bool) (gone bool) {
	left := 0
	w.edits.remove(n, func(c Node) bool {
		from := len(w.edits)
		if !drop(c) {
			left++
			return false
		}
		w.edits, w.redacted = w.edits[:from], true
		return true
	})
	return left == 0 && n.Len() > 0
}

// member masks a member of an object of the shape and tells whether it goes.
func (w *masker) member(c Node, shape *schema.Shape, r *rules) (drop bool) {
	name := c.Name()
	beside := name[0] == '_'
	if beside {
		name = name[1:]
	}
	place := shape.Place(name)
	if place < 0 {
		return r != nil && !(string(name) == "resourceType" && shape == w.shape)
	}
	el, of := &shape.Elements[place], rule{}
	if r != nil {
		of = r.of[place]
	}
	switch {
	case of.act == hidden:
		return true
	case of.act == masked:
		return beside || w.replace(c, of.as)
	case el.Type == "Narrative":
		w.narrated = w.narrated || !w.bare
		return w.bare
	case el.Name == "meta" && shape == w.shape:
		return false
	case w.gone != nil && el.Kind == schema.Primitive && !beside && w.dangles(c, el):
		w.repeats = true
		return true
	case el.Kind != schema.Primitive:
		return w.value(c, el, w.inside(el, of, r))
	case beside:
		w.besides(c)
	}
	return false
}

// replace puts what is shown of a value in its place and tells whether nothing is.
func (w *masker) replace(n Node, as masking) (drop bool) {
	from := len(w.part.out)
	w.part.lost = false
	w.part.value(as, n)
	text := w.part.out[from:]
	if len(text) == 0 {
		return true
	}
	if !bytes.Equal(text, n.Raw()) {
		w.masked = true
		w.edits.replace(n, text)
	}
	w.redacted = w.redacted || w.part.lost
	return false
}

// inside gives the rules of what is in an element: of the place, of the group that it is, or of the shape that holds
// itself.
func (w *masker) inside(el *schema.Element, of rule, r *rules) *rules {
	switch {
	case el.Shape == nil:
		return nil // a resource, which has its own
	case of.inside != nil:
		return of.inside
	case r != nil && r.shape == el.Shape:
		return r
	case w.shape.Name == "Bundle" && !w.masks.None():
		return stricter(w.rules[el.Shape], queries(el.Shape))
	}
	return w.rules[el.Shape]
}

// value masks a value that should be an object, or those of an array of them, and tells whether it goes.
func (w *masker) value(n Node, el *schema.Element, r *rules) (drop bool) {
	switch n.Kind() {
	case Null:
		return false
	case Array:
		return w.children(n, func(item Node) bool { return w.value(item, el, r) })
	case Object:
	default:
		return r != nil || el.Kind == schema.AnyResource ||
			el.Kind == schema.Reference && w.reference(n, el, nil) != nil
	}
	switch {
	case el.Kind == schema.AnyResource:
		return w.within(n, el)
	case el.Kind == schema.Reference && w.cut(n):
		return false
	case el.Kind == schema.Reference:
		r = w.reference(n, el, r)
	case w.inner != nil && el.Shape.Name == "Bundle.entry" && w.unseenEntry(n):
		w.repeats = true
		return true
	}
	return w.object(n, el.Shape, r)
}

// besides masks what is in the objects beside a primitive. None of them goes, because they are paired with its values.
func (w *masker) besides(n Node) {
	switch n.Kind() {
	case Array:
		for c := n.First(); c.Exists(); c = c.Next() {
			w.besides(c)
		}
	case Object:
		from := len(w.edits)
		if w.object(n, schema.ElementShape(), nil) {
			w.edits = w.edits[:from]
			w.edits.replace(n, []byte("null"))
		}
	}
}

// within masks a resource in another and tells whether it goes, because it is of no known type or not seen.
func (w *masker) within(n Node, el *schema.Element) (drop bool) {
	t, known := schema.TypeOf(n.Get("resourceType").Str())
	switch {
	case !known:
		return true
	case w.hides(n):
		w.repeats = true
		return true
	case el.Name == "contained" || w.contained:
		was := w.contained
		w.contained = true
		w.contents(n, t, w.maskOf(n, t))
		w.contained = was
	default:
		w.resource(n, t)
	}
	return false
}
