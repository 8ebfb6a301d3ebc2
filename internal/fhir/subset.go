package fhir

import (
	"slices"

	"yitong/internal/fault"
	"yitong/internal/fhir/schema"
)

// Subset is the part of a resource that a client asks for by _summary or _elements (R4, 3.1.1.5.8 and 9). The zero
// Subset is the whole resource.
type Subset struct {
	summary  string
	elements []string
}

// NewSubset reads the values of _summary and _elements; "" and nil are those that were not given. Only one may be.
func NewSubset(summary string, elements []string) (Subset, error) {
	switch summary {
	case "", "false":
		return Subset{"", elements}, nil
	case "true", "text", "data":
		if len(elements) > 0 {
			return Subset{}, fault.New(fault.Malformed, "Give _summary or _elements, not both.")
		}
		return Subset{summary, nil}, nil
	case "count":
		return Subset{}, fault.New(fault.NotSupported, "_summary=count is for searches.")
	}
	return Subset{}, fault.New(fault.Malformed, "_summary can be true, text, data or false, not %q.", summary)
}

// Whole tells whether nothing is left out.
func (s Subset) Whole() bool { return s.summary == "" && len(s.elements) == 0 }

// subsetted is the tag of a resource that is not whole.
const subsetted = `{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED"}`

// Of is the part of a rendered resource, tagged as one. What must be there (mandatory and modifier elements) and the
// id and meta always are.
func (s Subset) Of(resource []byte) ([]byte, error) {
	if s.Whole() {
		return resource, nil
	}
	r, err := ParseResource(resource)
	if err != nil {
		return nil, err
	}
	var e Edits
	s.cut(&e, r.Root, r.Type.Shape(), true)
	tag(&e, r.Root.Get("meta"))
	start, end := r.Root.Span()
	out, _ := e.Apply(resource, start, end, start)
	return out, nil
}

// Check refuses an element in _elements that the type does not have.
func (s Subset) Check(t schema.Type) error {
	for _, name := range s.elements {
		if !hasElement(t.Shape(), name) {
			return fault.New(fault.Malformed, "%s has no element %q to name in _elements.", t, clip([]byte(name)))
		}
	}
	return nil
}

func hasElement(shape *schema.Shape, name string) bool {
	return slices.ContainsFunc(shape.Elements, func(el schema.Element) bool { return el.Name == name || el.Choice == name })
}

// cut removes what the subset leaves out of an object, and inside what it keeps where the summary says so.
func (s Subset) cut(e *Edits, n Node, shape *schema.Shape, top bool) {
	keep := func(c Node) (*schema.Element, bool) {
		name := c.Name()
		if name[0] == '_' {
			name = name[1:]
		}
		el, ok := shape.Element(name)
		if !ok {
			return nil, string(name) == "resourceType"
		}
		return el, s.keeps(el, top)
	}
	e.remove(n, func(c Node) bool { _, kept := keep(c); return !kept })
	if s.summary != "true" {
		return
	}
	for c := n.First(); c.Exists(); c = c.Next() {
		if el, kept := keep(c); kept && el != nil && el.Shape != nil && el.Name != "meta" {
			each(c, func(v Node) {
				if v.Kind() == Object {
					s.cut(e, v, el.Shape, false)
				}
			})
		}
	}
}

func (s Subset) keeps(el *schema.Element, top bool) bool {
	if el.Required || el.Modifier || top && (el.Name == "id" || el.Name == "meta") {
		return true
	}
	switch s.summary {
	case "true":
		return el.Summary
	case "text":
		return el.Name == "text"
	case "data":
		return el.Name != "text"
	}
	return slices.Contains(s.elements, el.Name) || el.Choice != "" && slices.Contains(s.elements, el.Choice)
}

// tag adds the tag to meta. A tag that is no array, as it should be, becomes the first of one.
func tag(e *Edits, meta Node) {
	switch tags := meta.Get("tag"); {
	case !tags.Exists():
		e.insertMember(meta, "tag", []byte("["+subsetted+"]"))
	case tags.Kind() == Array:
		e.insertLast(tags, []byte(subsetted))
	default:
		e.replace(tags, slices.Concat([]byte("["), tags.Raw(), []byte(","+subsetted+"]")))
	}
}
