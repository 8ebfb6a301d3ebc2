package patch

import (
	"fmt"
	"slices"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/fhirpath"
	"yitong/internal/fhir/primitive"
	"yitong/internal/fhir/schema"
)

// Patch is a FHIRPath Patch that has been read and checked. It may be applied by many at the same time.
type Patch []operation

// operation is one change.
type operation struct {
	number                     int    // from 1
	place                      string // in the request: Parameters.parameter[0]
	kind                       string
	path                       *fhirpath.Expression
	name                       string
	value                      content
	index, source, destination int
}

// takes are the parts of each kind of operation, beside its type. All of them are needed.
var takes = map[string][]string{
	"add":     {"path", "name", "value"},
	"insert":  {"path", "index", "value"},
	"delete":  {"path"},
	"replace": {"path", "value"},
	"move":    {"path", "source", "destination"},
}

// content is what an operation puts into a resource: a value, a resource, or parts that make a value together.
type content struct {
	at          fhir.Node // the part that holds it
	typ         string    // of a value: "HumanName"; typeResource, or typeParts
	value, side fhir.Node // of a value and what stands beside it, one of which may be absent; of a resource
	parts       []part
}

const (
	typeResource = "Resource"
	typeParts    = "parts"
)

// part is one element of a value that is sent in parts.
type part struct {
	name string
	content
}

// Read reads a patch from a Parameters resource. The error is Malformed, or TooLarge over [fhir.MaxPatchOperations]; it
// says what to mend, and its expression is the place, such as Parameters.parameter[2].part[1].
func Read(parameters fhir.Node) (Patch, error) {
	if kind := parameters.Get("resourceType").Str(); kind != "Parameters" {
		if kind == "" {
			kind = parameters.Kind().String()
		}
		const message = "A FHIRPath Patch is a Parameters resource, but this is %s."
		return nil, fault.New(fault.Malformed, message, clip(kind)).At(parameters.Path())
	}
	list := parameters.Get("parameter")
	if list.Exists() && list.Kind() != fhir.Array {
		return nil, fault.New(fault.Malformed, "The parameter of a patch is an array, but here it is %s.", list.Kind()).
			WithIssue("structure").At(list.Path())
	}
	if list.Len() > fhir.MaxPatchOperations {
		return nil, fault.New(fault.TooLarge, "The patch has %d operations; at most %d are taken.",
			list.Len(), fhir.MaxPatchOperations).At(list.Path())
	}
	patch := make(Patch, 0, list.Len())
	for n := list.First(); n.Exists(); n = n.Next() {
		o := operation{number: len(patch) + 1, place: n.Path()}
		if err := o.read(n); err != nil {
			return nil, err
		}
		patch = append(patch, o)
	}
	return patch, nil
}

// Len is the number of operations.
func (p Patch) Len() int { return len(p) }

// malformed says what is wrong with the operation as it was sent.
func (o *operation) malformed(at fhir.Node, issue, format string, args ...any) error {
	kind := ""
	if o.kind != "" {
		kind = " (" + o.kind + ")"
	}
	f := fault.New(fault.Malformed, "The operation %d of the patch%s %s.", o.number, kind, fmt.Sprintf(format, args...))
	return f.WithIssue(issue).At(at.Path())
}

func (o *operation) read(n fhir.Node) error {
	if n.Get("name").Str() != "operation" {
		return o.malformed(n, "value", "is a parameter of another name; each parameter should be called operation")
	}
	parts := map[string]fhir.Node{}
	for p := n.Get("part").First(); p.Exists(); p = p.Next() {
		name := p.Get("name").Str()
		if _, twice := parts[name]; twice {
			return o.malformed(p, "duplicate", "has the part %s twice", clip(name))
		}
		parts[name] = p
	}
	if o.kind = parts["type"].Get("valueCode").Str(); takes[o.kind] == nil {
		o.kind = ""
		return o.malformed(n, "required", "has no type of add, insert, delete, replace, move, as valueCode")
	}
	for p := n.Get("part").First(); p.Exists(); p = p.Next() {
		if name := p.Get("name").Str(); name != "type" && !slices.Contains(takes[o.kind], name) {
			known := strings.Join(takes[o.kind], ", ")
			return o.malformed(p, "value", "has a part %q; it takes type, %s", clip(name), known)
		}
	}
	for _, name := range takes[o.kind] {
		p, ok := parts[name]
		if !ok {
			return o.malformed(n, "required", "has no part %s", name)
		}
		if err := o.take(name, p); err != nil {
			return err
		}
	}
	return nil
}

// take reads a part of the operation.
func (o *operation) take(name string, n fhir.Node) (err error) {
	switch name {
	case "value":
		o.value, err = o.content(n)
		return err
	case "path", "name":
		text := n.Get("valueString").Str()
		if text == "" {
			return o.malformed(n, "required", "has a %s without a text; give it as valueString", name)
		}
		if name == "name" {
			o.name = text
			return nil
		}
		if o.path, err = fhirpath.Parse(text); err != nil {
			f := fault.From(err).At(n.Path())
			f.Message = fmt.Sprintf("The path of the operation %d of the patch (%s) cannot be read. %s",
				o.number, o.kind, f.Message)
			return f
		}
		return nil
	}
	i, ok := n.Get("valueInteger").Int()
	if !ok || i < 0 || i > fhir.MaxValues {
		return o.malformed(n, "value", "has no %s, a place in a list counted from 0; give it as valueInteger", name)
	}
	*map[string]*int{"index": &o.index, "source": &o.source, "destination": &o.destination}[name] = int(i)
	return nil
}

// parameter is the shape of each parameter and part.
func parameter() *schema.Shape {
	shape, _ := schema.ShapeOf("Parameters.parameter")
	return shape
}

// content reads what a part puts in.
func (o *operation) content(n fhir.Node) (content, error) {
	c := content{at: n}
	shape := parameter()
	for m := n.First(); m.Exists(); m = m.Next() {
		name, beside := strings.CutPrefix(string(m.Name()), "_")
		el, ok := shape.Element([]byte(name))
		typ := ""
		switch {
		case !ok, beside && el.Kind != schema.Primitive:
			return c, o.malformed(m, "structure", "has a member %q that Parameters do not have", clip(string(m.Name())))
		case el.Choice == "value":
			typ = el.Type
		case el.Name == "resource":
			typ = typeResource
		case el.Name == "part":
			typ = typeParts
		default:
			continue // name, id and extensions
		}
		if c.typ != "" && c.typ != typ {
			return c, o.malformed(n, "structure", "has a value in two ways; give one of value[x], resource or part")
		}
		c.typ = typ
		if err := o.member(&c, m, el, beside); err != nil {
			return c, err
		}
	}
	if c.typ == "" {
		return c, o.malformed(n, "required", "has a part without a value; give it as value[x], resource or part")
	}
	return c, nil
}

// member reads one member of a part that holds content.
func (o *operation) member(c *content, m fhir.Node, el *schema.Element, beside bool) error {
	switch {
	case c.typ == typeParts:
		return o.parts(c, m)
	case beside:
		c.side = m
	default:
		c.value = m
	}
	if el.Kind == schema.Primitive && !beside {
		if p := primitive.Check(el.Type, m); p != nil {
			return o.malformed(m, p.Code, "has a value that is no %s: %s", el.Type, strings.TrimSuffix(p.English, "."))
		}
		return nil
	}
	if m.Kind() != fhir.Object || m.Len() == 0 {
		return o.malformed(m, "structure", "has a value that should be an object with something in it")
	}
	if c.typ == typeResource {
		_, err := fhir.ReadResource(m)
		return err
	}
	return nil
}

// parts reads a value that is sent in parts.
func (o *operation) parts(c *content, list fhir.Node) error {
	if list.Kind() != fhir.Array || list.Len() == 0 {
		return o.malformed(list, "structure", "has a part that should be an array with something in it")
	}
	for n := list.First(); n.Exists(); n = n.Next() {
		name := n.Get("name").Str()
		if name == "" {
			return o.malformed(n, "required", "has a part without a name")
		}
		inner, err := o.content(n)
		if err != nil {
			return err
		}
		c.parts = append(c.parts, part{name, inner})
	}
	return nil
}

// shown is the most characters of what was sent that a message repeats.
const shown = 80

// clip shortens what was sent for a message.
func clip(s string) string {
	if r := []rune(s); len(r) > shown {
		return string(r[:shown]) + "…"
	}
	return s
}
