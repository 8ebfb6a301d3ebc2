package main

import (
	"fmt"
	"slices"

	"yitong/internal/fhir/schema"
)

// place is where a path leads: to an element of a shape, or to the start, which is the shape of a resource.
type place struct {
	holder  *schema.Shape
	element *schema.Element
	shape   *schema.Shape // of what stands there; nil for a primitive and for any resource
	only    string        // the type that a reference there resolves to; empty: any that the element allows
}

// follow gives all places that an expression reaches, from a place in a resource of the shape whole.
func (e expression) follow(start place, whole *schema.Shape) ([]place, error) {
	var all []place
	for _, b := range e {
		for _, t := range b {
			reached, err := t.path.follow(start, whole)
			if err != nil {
				return nil, err
			}
			all = append(all, reached...)
		}
	}
	return all, nil
}

func (p path) follow(start place, whole *schema.Shape) ([]place, error) {
	places := []place{start}
	for _, s := range p {
		var next []place
		for _, at := range places {
			next = append(next, s.follow(at, whole)...)
		}
		if len(next) == 0 {
			return nil, fmt.Errorf("%s leads nowhere at %s", p, s)
		}
		places = next
	}
	return places, nil
}

// follow gives the places one step further.
func (s step) follow(at place, whole *schema.Shape) []place {
	stay := false
	switch s.kind {
	case member:
		return at.members(s.name)
	case resource:
		return []place{{shape: whole}}
	case ofType:
		stay = at.element != nil && at.element.Type == s.name
	case filter:
		stay = len(at.members(s.name)) > 0
	case resolves:
		stay = at.resolves(s.name)
		at.only = s.name
	case index:
		stay = at.element != nil && at.element.Many
	case exists:
		stay = at.element != nil
	}
	if stay {
		return []place{at}
	}
	return nil
}

// members gives the element of a name, of a choice one for each of its types.
func (at place) members(name string) []place {
	if at.shape == nil {
		return nil
	}
	var all []place
	for i := range at.shape.Elements {
		e := &at.shape.Elements[i]
		if e.Choice == name || e.Choice == "" && e.Name == name {
			all = append(all, place{holder: at.shape, element: e, shape: e.Shape})
		}
	}
	return all
}

// resolves tells whether a reference at the place may point at a resource of a type.
func (at place) resolves(name string) bool {
	t, known := schema.TypeOf(name)
	return known && at.element != nil && at.element.Kind == schema.Reference &&
		(at.element.Targets == nil || slices.Contains(at.element.Targets, t))
}
