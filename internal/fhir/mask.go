package fhir

import (
	"slices"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir/schema"
)

// Mask is what somebody does not see, or sees in part only, of the resources of one type. The zero Mask is nothing.
// It may be used by many at the same time.
type Mask struct {
	of     schema.Type
	groups map[*schema.Shape]*rules // of the type and of the groups of elements in it, wherever they stand
	told   told
	named  bool // references that do not say what type they point at tell all
}

// Named is the mask, but for references that do not say what type they point at.
func (m Mask) Named() Mask {
	m.named = true
	return m
}

// told is what a reference tells of the resource that it points at, and what becomes of it.
type told struct{ display, identifier act }

// act is what becomes of an element; the greater one hides more.
type act uint8

const (
	shown act = iota
	masked
	hidden
)

// rules are what becomes of the elements of a shape, by their places in it.
type rules struct {
	shape *schema.Shape
	of    []rule
}

type rule struct {
	act    act
	as     masking // of a masked one
	inside *rules  // of one that is a data type and shown, but for some of its elements
}

func newRules(shape *schema.Shape) *rules { return &rules{shape, make([]rule, len(shape.Elements))} }

// put sets the rule of an element, which the shape has.
func (r *rules) put(name string, as rule) {
	if place := r.shape.Place([]byte(name)); place >= 0 {
		r.of[place] = as
	}
}

// NewMask makes the mask of a type that hides some elements and masks others. An element is named by its path below
// the type, such as telecom or contact.name; a choice by its name with or without [x], or by the member that one of
// its types has (deceasedDateTime). A group of elements that holds itself, as Questionnaire.item does, is named once
// and meant at all depths. What is hidden and masked is hidden; hiding an element hides what is in it.
//
// The error is Malformed for an element that the type does not have; for hiding one that must be there, that changes
// the meaning of others (R4, conformance-rules, isModifier), or that is id or meta; for masking one of a type of data
// that no rule masks (those that have a rule are HumanName, Identifier, ContactPoint, Address, Reference, date,
// dateTime, string, markdown); and for masking an element as a whole and parts of it in their own way.
func NewMask(t schema.Type, hide, mask []string) (Mask, error) {
	if len(hide)+len(mask) == 0 {
		return Mask{}, nil
	}
	if t.Shape() == nil {
		return Mask{}, fault.New(fault.Malformed, "A mask is of one resource type.")
	}
	m := Mask{of: t, groups: map[*schema.Shape]*rules{}}
	for _, path := range hide {
		if err := m.set(path, hidden); err != nil {
			return Mask{}, err
		}
	}
	for _, path := range mask {
		if err := m.set(path, masked); err != nil {
			return Mask{}, err
		}
	}
	m.tell()
	return m, nil
}

// None tells whether nothing is hidden or masked.
func (m Mask) None() bool { return m.groups == nil }

// Of is [Masks.Of] with this mask alone.
func (m Mask) Of(resource []byte) ([]byte, error) {
	if m.None() {
		return resource, nil
	}
	return Masks{m.of: m}.Of(resource)
}

// group gives the rules of the type's own shape or of that of a group in it.
func (m *Mask) group(shape *schema.Shape) *rules {
	r := m.groups[shape]
	if r == nil {
		r = newRules(shape)
		m.groups[shape] = r
	}
	return r
}

// set makes the rule of a path.
func (m *Mask) set(path string, a act) error {
	p := maskPath{m, clip([]byte(path)), a}
	found, err := p.below(m.group(m.of.Shape()), strings.Split(path, "."), nil)
	if err == nil && !found {
		err = p.fail("%s has no element %q to hide or mask; name one by its path, such as contact.name.", m.of, p.text)
	}
	return err
}

// maskPath is a path that is being read.
type maskPath struct {
	*Mask
	text string
	act  act
}

func (p maskPath) fail(format string, args ...any) error {
	return fault.New(fault.Malformed, format, args...).At(p.of.String() + "." + p.text)
}

// below makes the rules of the elements that the rest of a path names; way are the shapes that it has gone through.
func (p maskPath) below(r *rules, steps []string, way []*schema.Shape) (found bool, err error) {
	if way = append(way, r.shape); slices.Contains(way[:len(way)-1], r.shape) {
		return false, p.fail("%s goes through %s twice; name it once, it is meant at all depths.", p.text, r.shape.Name)
	}
	for i := range r.shape.Elements {
		el := &r.shape.Elements[i]
		if !isCalled(el, steps[0]) {
			continue
		}
		if len(steps) == 1 {
			found, err = true, p.end(&r.of[i], el, len(way) == 1)
		} else if el.Shape != nil {
			var in bool
			in, err = p.inside(r, i, steps[1:], way)
			found = found || in
		}
		if err != nil {
			return false, err
		}
	}
	return found, nil
}

// isCalled tells whether a step of a path names an element.
func isCalled(el *schema.Element, step string) bool {
	choice, only := strings.CutSuffix(step, "[x]")
	return choice != "" && choice == el.Choice || !only && step == el.Name
}

// end makes the rule of the element that a path ends at.
func (p maskPath) end(to *rule, el *schema.Element, top bool) error {
	switch as := maskings[el.Type]; {
	case p.act == hidden && (el.Required || el.Modifier || top && (el.Name == "id" || el.Name == "meta")):
		return p.fail("%s.%s must be there, or changes the meaning of the rest. Mask it, or what is in it.", p.of, p.text)
	case p.act == hidden:
		*to = rule{act: hidden}
	case as == nil && el.Kind != schema.Reference:
		return p.fail("%s.%s: there is no rule for the type %s. Hide it, or mask what is in it.", p.of, p.text, el.Type)
	case to.act == hidden:
	case to.inside != nil:
		return p.partly(el)
	case el.Kind == schema.Reference:
		to.inside = told{masked, masked}.rules(el.Shape)
		to.inside.put("extension", rule{act: hidden})
	default:
		*to = rule{act: masked, as: as}
	}
	return nil
}

func (p maskPath) partly(el *schema.Element) error {
	return p.fail("%s.%s: %s is either masked as a whole or in parts.", p.of, p.text, el.Name)
}

// inside makes the rules of what is in the element at place i.
func (p maskPath) inside(r *rules, i int, steps []string, way []*schema.Shape) (bool, error) {
	el, to := &r.shape.Elements[i], &r.of[i]
	switch {
	case to.act == hidden: // already, with all that is in it; but the path must be right
		return p.below(newRules(el.Shape), steps, way)
	case to.act == masked:
		return false, p.partly(el)
	case strings.HasPrefix(el.Shape.Name, p.of.String()+"."):
		return p.below(p.group(el.Shape), steps, way)
	}
	in := to.inside
	if in == nil {
		in = newRules(el.Shape)
	}
	found, err := p.below(in, steps, way)
	if found {
		to.inside = in
	}
	return found, err
}

// tell finds what references to the type must not tell. A display repeats the name; that of a type without one may
// repeat anything.
func (m *Mask) tell() {
	own := m.groups[m.of.Shape()]
	m.told.identifier = m.most(own, "identifier")
	if own.shape.Place([]byte("name")) < 0 {
		m.told.display = hidden
		return
	}
	for _, name := range []string{"name", "title", "alias"} {
		m.told.display = max(m.told.display, m.most(own, name))
	}
}

// most is what becomes of an element, or the most that becomes of anything in it.
func (m *Mask) most(r *rules, name string) act {
	place := r.shape.Place([]byte(name))
	if place < 0 {
		return shown
	}
	in := r.of[place].inside
	if in == nil {
		in = m.groups[r.shape.Elements[place].Shape]
	}
	most := r.of[place].act
	if in != nil && in != r {
		for i := range in.of {
			most = max(most, m.most(in, in.shape.Elements[i].Name))
		}
	}
	return most
}
