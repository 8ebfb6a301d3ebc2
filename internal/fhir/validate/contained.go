package validate

import (
	"bytes"
	"strings"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
)

// contained checks the resources that a resource contains: each needs an id of its own, by which it is referred to
// (R4, references.html#contained).
func (w *walk) contained(n fhir.Node) {
	first := n.Get("contained").First()
	if !first.Exists() {
		return
	}
	seen := map[string]bool{}
	for c := first; c.Exists(); c = c.Next() {
		switch id := c.Get("id"); {
		case id.Str() == "":
			w.report(c, containedWithoutID)
		case seen[id.Str()]:
			w.report(id, sameID, clip(id.Str()))
		default:
			seen[id.Str()] = true
		}
	}
}

// held are the resources that a resource contains, by their ids.
type held struct {
	by   fhir.Node
	byID map[string]fhir.Node
}

// inOuter finds a resource that the resource around contains.
func (w *walk) inOuter(id string) (fhir.Node, bool) {
	if w.held.byID == nil || w.held.by != w.outer {
		w.held = held{w.outer, map[string]fhir.Node{}}
		for c := w.outer.Get("contained").First(); c.Exists(); c = c.Next() {
			w.held.byID[c.Get("id").Str()] = c
		}
	}
	n, ok := w.held.byID[id]
	return n, ok
}

// referredAreContained is ref-1: what a reference names by # is among the contained resources, or the resource around.
func referredAreContained(w *walk, x value) bool {
	id, local := strings.CutPrefix(x.n.Get("reference").Str(), "#")
	if !local || id == "" {
		return true
	}
	_, ok := w.inOuter(id)
	return ok
}

// containedAreReferred is dom-3: every contained resource is referred to from somewhere in the resource, or refers to the
// resource around.
func containedAreReferred(w *walk, x value) bool {
	first := x.n.Get("contained").First()
	if !first.Exists() {
		return true
	}
	named := map[string]bool{}
	w.local(x.n, func(text string) { named[text] = true })
	for c := first; c.Exists(); c = c.Next() {
		if named["#"+c.Get("id").Str()] {
			continue
		}
		refers := false
		w.local(c, func(text string) { refers = refers || text == "#" }) // by a uri too, as others may write it
		if !refers {
			return false
		}
	}
	return true
}

// local calls found with every reference, canonical, uri and url of a resource that begins with #.
func (w *walk) local(resource fhir.Node, found func(string)) {
	typ, ok := schema.TypeOf(resource.Get("resourceType").Str())
	if !ok {
		return
	}
	var look func(n fhir.Node, shape *schema.Shape)
	look = func(n fhir.Node, shape *schema.Shape) {
		for c := n.First(); c.Exists() && w.step(); c = c.Next() {
			e, ok := shape.Element(bytes.TrimPrefix(c.Name(), []byte("_")))
			if !ok {
				continue
			}
			for _, one := range items(c) {
				switch {
				case one.Kind() == fhir.String:
					if text := one.Str(); strings.HasPrefix(text, "#") && names(e, shape) {
						found(text)
					}
				case e.Kind == schema.AnyResource:
					w.local(one, found)
				case e.Kind == schema.Primitive:
					look(one, schema.ElementShape())
				default:
					look(one, e.Shape)
				}
			}
		}
	}
	look(resource, typ.Shape())
}

// names tells whether an element's text may name a contained resource.
func names(e *schema.Element, of *schema.Shape) bool {
	switch e.Type {
	case "canonical", "uri", "url":
		return true
	}
	return e.Name == "reference" && of.Name == "Reference"
}

// items are the items of an array, or the value itself.
func items(n fhir.Node) []fhir.Node {
	if n.Kind() != fhir.Array {
		return []fhir.Node{n}
	}
	all := make([]fhir.Node, 0, n.Len())
	for c := n.First(); c.Exists(); c = c.Next() {
		all = append(all, c)
	}
	return all
}
