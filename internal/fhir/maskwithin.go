package fhir

import (
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir/schema"
)

// Veil is what somebody does not see of a resource: what masks hide, and resources in it.
type Veil struct {
	Masks Masks
	// Within tells of a resource in another one, contained or in an entry of a Bundle, whether it is seen there, and by which
	// mask. It is asked once for each. nil: all are seen, by Masks.
	Within func(Resource) (Mask, bool)
}

// Of is a rendered resource behind the veil: as [Masks.Of] says, and without the resources in it that are not seen. All other
// bytes stay.
//
//   - A contained resource that is not seen goes as a whole, and so does an entry of a Bundle with one. What holds no
//     resource any more goes too.
//   - A Reference to a contained resource that has gone is put as R4 has it for data that is masked: an empty one with the
//     extension data-absent-reason. A canonical, or another address, of one is left out.
//   - The narratives of what has held it go, for they repeat it, and meta.security says REDACTED.
//
// The error is that of [Masks.Of].
func (v Veil) Of(resource []byte) ([]byte, error) {
	for t, one := range v.Masks {
		if !one.None() && one.of != t {
			return nil, fault.New(fault.Internal, "The mask of %s stands under %s.", one.of, t)
		}
	}
	if v.Within == nil && v.Masks.None() {
		return resource, nil
	}
	r, err := ParseResource(resource)
	if err != nil {
		return nil, err
	}
	w := masker{masks: v.Masks, edits: make(Edits, 0, 16), part: shownPart{out: make([]byte, 0, len(resource)/4)}}
	if v.Within != nil {
		w.inner = map[Node]inside{}
		w.learn(r.Root, r.Type.Shape(), v.Within)
	}
	w.resource(r.Root, r.Type)
	start, end := r.Root.Span()
	out, _ := w.edits.Apply(resource, start, end, start)
	return out, nil
}

// inside is how a resource in another is seen.
type inside struct {
	mask Mask
	seen bool
}

// learn asks of every resource in an object of the shape.
func (w *masker) learn(n Node, shape *schema.Shape, within func(Resource) (Mask, bool)) {
	for c := n.First(); c.Exists(); c = c.Next() {
		el, known := shape.Element(c.Name())
		if !known || el.Kind != schema.AnyResource && el.Shape == nil {
			continue
		}
		each(c, func(one Node) {
			switch {
			case one.Kind() != Object:
			case el.Kind != schema.AnyResource:
				w.learn(one, el.Shape, within)
			default:
				if r, err := ReadResource(one); err == nil {
					var in inside
					in.mask, in.seen = within(r)
					w.inner[one] = in
					w.learn(one, r.Type.Shape(), within)
				}
			}
		})
	}
}

// hides tells whether a resource in another is not seen.
func (w *masker) hides(n Node) bool { return w.inner != nil && !w.inner[n].seen }

// maskOf is the mask of a resource.
func (w *masker) maskOf(n Node, t schema.Type) Mask {
	if in, is := w.inner[n]; is {
		return in.mask
	}
	return w.masks[t]
}

// unseen are the ids of the resources that one contains, at any depth, and that are not seen; nil for none.
func (w *masker) unseen(n Node) (ids map[string]bool) {
	if w.inner == nil {
		return nil
	}
	var look func(Node)
	look = func(n Node) {
		each(n.Get("contained"), func(c Node) {
			if c.Kind() != Object {
				return
			}
			if w.hides(c) {
				if ids == nil {
					ids = map[string]bool{}
				}
				ids[c.Get("id").Str()] = true
			}
			look(c)
		})
	}
	look(n)
	return ids
}

// unseenEntry tells whether an entry of a Bundle holds a resource that is not seen.
func (w *masker) unseenEntry(n Node) bool {
	r := n.Get("resource")
	return r.Kind() == Object && w.hides(r)
}

// absent is a Reference of which R4 knows why nothing else stands there.
var absent = []byte(`{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"masked"}]}`)

// cut puts an empty Reference in the place of one to a contained resource that has gone, and tells whether it is one.
func (w *masker) cut(n Node) bool {
	if w.gone == nil || !w.isGone(n.Get("reference")) {
		return false
	}
	w.edits.replace(n, absent)
	w.redacted, w.repeats = true, true
	return true
}

// isGone tells whether a text is the address of a contained resource that has gone.
func (w *masker) isGone(n Node) bool {
	id, is := strings.CutPrefix(n.Str(), "#")
	return is && id != "" && w.gone[id]
}

// dangles tells whether a primitive, or any of an array of them, is the address of a contained resource that has gone.
func (w *masker) dangles(n Node, el *schema.Element) (is bool) {
	switch el.Type {
	case "canonical", "uri", "url":
		each(n, func(one Node) { is = is || w.isGone(one) })
	}
	return is
}
