package patch

import (
	"fmt"
	"slices"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/fhirpath"
	"yitong/internal/fhir/schema"
)

// Limits of one path: steps of its evaluation, of which each may make an item of some 100 bytes. They are in proportion
// to the resource, so that the work of a patch is bounded by [fhir.MaxPatchWork].
const (
	pathSteps        = 1000
	pathStepsPerByte = 1
	pathStepsMost    = 2_000_000
)

// Apply makes the changes on a copy of src, which is a resource, and returns it; all of them or none. Bytes that no
// operation names stay. Each operation finds what those before it have made.
//
// The error is Malformed where src cannot be read, Unprocessable where it does not fit the patch, NotSupported where a
// path asks for what is not offered, TooLarge over [fhir.MaxPatched], [fhir.MaxPatchWork] and the bounds of a path; it
// says which operation, and its expression is the operation's place in the request.
func (p Patch) Apply(src []byte) ([]byte, error) {
	tree, err := fhir.Parse(src)
	if err != nil {
		return nil, err
	}
	kind := tree.Root().Get("resourceType").Str()
	work := 0
	for i := range p {
		o := &p[i]
		if work += len(tree.Source()); work > fhir.MaxPatchWork {
			return nil, fault.New(fault.TooLarge,
				"The patch has %d operations on a resource of %d bytes; send fewer at once.", len(p), len(src)).At(o.place)
		}
		if err := o.path.Check(kind); err != nil {
			return nil, o.because(err)
		}
		text, err := o.apply(tree)
		if err != nil {
			return nil, err
		}
		if len(text) > fhir.MaxPatched {
			return nil, fault.New(fault.TooLarge,
				"The operation %d of the patch makes a resource of %d bytes; at most %d are taken.",
				o.number, len(text), fhir.MaxPatched).At(o.place)
		}
		if tree, err = fhir.Parse(text); err != nil {
			return nil, o.fail("what it makes cannot be read; %s", strings.TrimSuffix(fault.From(err).Message, "."))
		}
	}
	return tree.Source(), nil
}

// fail says why the operation does not fit the resource.
func (o *operation) fail(format string, args ...any) *fault.Error {
	return fault.New(fault.Unprocessable, "The operation %d of the patch (%s %s) does not fit: %s.",
		o.number, o.kind, clip(o.path.String()), fmt.Sprintf(format, args...)).WithIssue("processing").At(o.place)
}

// because makes an error tell of the operation in which it came up.
func (o *operation) because(err error) error {
	f := fault.From(err).At(o.place)
	if f.Code != fault.Internal {
		f.Message = fmt.Sprintf("The operation %d of the patch (%s %s) does not work. %s",
			o.number, o.kind, clip(o.path.String()), f.Message)
	}
	return f
}

// apply makes the change of the operation and returns the new text.
func (o *operation) apply(t *fhir.Tree) ([]byte, error) {
	root := t.Root()
	steps := min(pathSteps+pathStepsPerByte*len(t.Source()), pathStepsMost)
	env := &fhirpath.Env{Resource: root, Root: root, Work: steps}
	found, err := o.path.Evaluate(env, fhirpath.Of(root))
	if err != nil {
		return nil, o.because(err)
	}
	if len(found) == 0 && o.kind == "delete" {
		return t.Source(), nil
	}
	var r rewriting
	switch o.kind {
	case "insert", "move":
		r, err = o.inList(root, found)
	default:
		r, err = o.atOne(root, found)
	}
	if err != nil {
		return nil, err
	}
	text, _ := r.edits(t.Source()).Apply(t.Source(), 0, len(t.Source()), 0)
	return text, nil
}

// atOne makes the change of an operation whose path names one element.
func (o *operation) atOne(root fhir.Node, found fhirpath.Collection) (r rewriting, err error) {
	if len(found) > 1 {
		return r, o.fail("the path names %d elements; name one of them, such as by [0]", len(found))
	}
	p, err := o.locate(root, found)
	if err != nil {
		return r, err
	}
	switch {
	case o.kind == "add":
		return o.add(p)
	case p.in == nil:
		return r, o.fail("the path names the resource itself; name an element")
	case o.kind == "delete":
		return p.remove(), nil
	}
	return o.replace(p)
}

// locate finds the place of the first of the elements that the path has found.
func (o *operation) locate(root fhir.Node, found fhirpath.Collection) (*place, error) {
	if len(found) == 0 {
		return nil, o.fail("there is no such element")
	}
	n := found[0].Node()
	if !n.Exists() {
		n = found[0].Side()
	}
	p := locate(root, n)
	if p == nil {
		return nil, o.fail("the path computes a value; name an element of the resource")
	}
	for at := p; at.in != nil; at = at.in {
		if at.item < 0 {
			continue
		}
		if _, err := o.list(at.holder, at.el); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// add puts an element into the one at a place: behind the last of a list, or where none is yet.
func (o *operation) add(p *place) (r rewriting, err error) {
	object, shape := p.object()
	if shape == nil {
		return r, o.fail("R4 does not know the type of %s", p.value.Path())
	}
	el, err := o.choose(shape, o.name, &o.value)
	if err != nil {
		return r, err
	}
	value, side, err := o.build(el, &o.value)
	if err != nil {
		return r, err
	}
	r = rewriting{object, changesOf(el, value, side)}
	switch {
	case el.Many:
		l, err := o.list(object, el)
		if err != nil {
			return r, err
		}
		r.changes = l.insert(l.len(), value, side)
	case has(object, shape, el):
		return r, o.fail("%s.%s is there already; replace it", shape.Name, o.name)
	}
	switch {
	case object.Kind() == fhir.Object:
		return r, nil
	case p.el.Kind == schema.Primitive && !filled(object): // nothing stands beside it yet
		return p.setSide(r.text()), nil
	}
	return r, o.fail("%s should be an object, but is %s", object.Path(), object.Kind())
}

// has tells whether an object has an element, or another type of the same choice.
func has(object fhir.Node, shape *schema.Shape, el *schema.Element) bool {
	return slices.ContainsFunc(shape.Elements, func(x schema.Element) bool {
		same := x.Name == el.Name || x.Choice != "" && x.Choice == el.Choice
		return same && (filled(object.Get(x.Name)) || x.Kind == schema.Primitive && filled(object.Get("_"+x.Name)))
	})
}

// replace puts the value in the place of another.
func (o *operation) replace(p *place) (r rewriting, err error) {
	name := p.el.Name
	if p.el.Choice != "" {
		name = p.el.Choice
	}
	el, err := o.choose(p.shape, name, &o.value)
	if err != nil {
		return r, err
	}
	value, side, err := o.build(el, &o.value)
	if err != nil {
		return r, err
	}
	if p.item >= 0 {
		l := listOf(p.holder, el)
		n := l.len()
		return rewriting{p.holder, changesOf(el, l.value.set(p.item, n, value), l.side.set(p.item, n, side))}, nil
	}
	changes := []change{{p.el.Name, el.Name, value}, {"_" + p.el.Name, "_" + el.Name, side}}
	for i := range p.shape.Elements {
		if other := &p.shape.Elements[i]; other != p.el && other.Choice != "" && other.Choice == p.el.Choice {
			changes = append(changes, changesOf(other, nil, nil)...) // there is none, unless the resource is broken
		}
	}
	return rewriting{p.holder, changes}, nil
}

// inList makes the change of an operation whose path names a list.
func (o *operation) inList(root fhir.Node, found fhirpath.Collection) (r rewriting, err error) {
	p, err := o.locate(root, found)
	if err != nil {
		return r, err
	}
	if p.item < 0 {
		return r, o.fail("%s is no list", p.path())
	}
	l := listOf(p.holder, p.el)
	if !l.is(found) {
		return r, o.fail("the path should name all items of one list, such as Patient.name, and no others")
	}
	n := l.len()
	r.object = p.holder
	if o.kind == "move" {
		if o.source >= n || o.destination >= n {
			return r, o.fail("the list has %d items, so the last place is %d", n, n-1)
		}
		r.changes = changesOf(p.el, l.value.move(o.source, o.destination), l.side.move(o.source, o.destination))
		return r, nil
	}
	if o.index > n {
		return r, o.fail("the list has %d items, so the last index for an insert is %d", n, n)
	}
	if _, err := o.choose(p.shape, p.el.Name, &o.value); err != nil {
		return r, err
	}
	value, side, err := o.build(p.el, &o.value)
	r.changes = l.insert(o.index, value, side)
	return r, err
}

// list is that of an element that repeats. What is there must be arrays, because the rest would be lost.
func (o *operation) list(object fhir.Node, el *schema.Element) (list, error) {
	there := []fhir.Node{object.Get(el.Name)}
	if el.Kind == schema.Primitive {
		there = append(there, object.Get("_"+el.Name))
	}
	for _, n := range there {
		if filled(n) && n.Kind() != fhir.Array {
			return list{}, o.fail("%s should be an array, but is %s", n.Path(), n.Kind())
		}
	}
	return listOf(object, el), nil
}
