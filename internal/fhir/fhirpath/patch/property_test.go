package patch_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/fhirpath"
	"yitong/internal/fhir/schema"
)

// drawing makes a random resource and notes what stands in it.
type drawing struct {
	*rapid.T
	objects  []spot // what can be added to: objects and primitives
	elements []spot // what can be deleted or replaced
	lists    []spot
}

// spot is a place of a drawn resource.
type spot struct {
	path  string
	shape *schema.Shape   // of an object, or of what is beside a primitive
	has   []string        // FHIRPath names of the members of an object
	el    *schema.Element // of an element or list
	count int             // items of a list
}

// literals are values of the primitive types.
var literals = map[string]string{
	"boolean": "true", "integer": "-7", "unsignedInt": "0", "positiveInt": "3", "decimal": "1.50", "date": `"2026-11"`, "dateTime": `"2026-11-22T08:30:00+08:00"`,
	"instant": `"2026-11-22T08:30:00.1Z"`, "time": `"08:30:00"`, "base64Binary": `"AAAA"`, "id": `"a-1"`, "oid": `"urn:oid:1.2.3"`,
	"uuid": `"urn:uuid:c757873d-ec9a-4326-a141-556f43239520"`, "code": `"c"`, "xhtml": `"<div>\"</div>"`,
}

func (d *drawing) space() string {
	return rapid.SampledFrom([]string{"", "", " ", "\n\t"}).Draw(d.T, "space")
}

func (d *drawing) yes(label string) bool { return rapid.Bool().Draw(d.T, label) }

func (d *drawing) primitive(typ string) string {
	if s, ok := literals[typ]; ok {
		return s
	}
	return rapid.SampledFrom([]string{`"x"`, `"你好"`, `"a,\"]}"`, `"\u4f60"`}).Draw(d.T, "text")
}

// resource draws a resource.
func (d *drawing) resource(path, kind string, depth int) string {
	t, _ := schema.TypeOf(kind)
	return d.object(path, t.Shape(), `"resourceType":`+d.space()+`"`+kind+`"`, depth)
}

// name is what FHIRPath calls an element.
func name(el *schema.Element) string {
	if el.Choice != "" {
		return el.Choice
	}
	return el.Name
}

// object draws an object with at least one member. Without a path nothing is noted.
func (d *drawing) object(path string, shape *schema.Shape, first string, depth int) string {
	var members, has []string
	if first != "" {
		members = append(members, first)
	}
	for range rapid.IntRange(1, 4).Draw(d.T, "members") {
		el := d.element(shape, depth > 0)
		if slices.Contains(has, name(el)) {
			continue
		}
		has = append(has, name(el))
		members = append(members, d.member(path, el, depth-1)...)
	}
	if path != "" {
		d.objects = append(d.objects, spot{path: path, shape: shape, has: has})
	}
	for i := range members {
		members[i] = d.space() + members[i] + d.space()
	}
	return "{" + strings.Join(members, ",") + "}"
}

// element draws an element of a shape.
func (d *drawing) element(shape *schema.Shape, deep bool) *schema.Element {
	var all []*schema.Element
	for i := range shape.Elements {
		if el := &shape.Elements[i]; deep || el.Kind == schema.Primitive {
			all = append(all, el)
		}
	}
	return rapid.SampledFrom(all).Draw(d.T, "element")
}

// member draws an element of an object as the members that it takes.
func (d *drawing) member(path string, el *schema.Element, depth int) (members []string) {
	if path != "" {
		path += "." + name(el)
	}
	n := 1
	if el.Many {
		n = rapid.IntRange(1, 3).Draw(d.T, "items")
	}
	var values, sides []string
	for i := range n {
		at := path
		if el.Many && path != "" {
			at += "[" + strconv.Itoa(i) + "]"
		}
		value, side := d.value(at, el, depth)
		values, sides = append(values, value), append(sides, side)
		if at != "" {
			d.elements = append(d.elements, spot{path: at, el: el})
		}
	}
	if el.Many && path != "" {
		d.lists = append(d.lists, spot{path: path, el: el, count: n})
	}
	for i, all := range [][]string{values, sides} {
		if !slices.ContainsFunc(all, func(s string) bool { return s != "null" }) {
			continue
		}
		text := all[0]
		if el.Many {
			text = "[" + d.space() + strings.Join(all, d.space()+","+d.space()) + d.space() + "]"
		}
		members = append(members, fmt.Sprintf(`"%s%s"%s:%s%s`, strings.Repeat("_", i), el.Name, d.space(), d.space(), text))
	}
	return members
}

// value draws one value and what is beside it; one of them may be null.
func (d *drawing) value(path string, el *schema.Element, depth int) (value, side string) {
	switch el.Kind {
	case schema.Primitive:
		value, side = "null", "null"
		if d.yes("beside") {
			side = d.object(path, schema.ElementShape(), "", 0)
		} else if path != "" {
			d.objects = append(d.objects, spot{path: path, shape: schema.ElementShape()})
		}
		if side == "null" || d.yes("value") {
			value = d.primitive(el.Type)
		}
		return value, side
	case schema.AnyResource:
		return d.resource(path, "Organization", depth), "null"
	}
	return d.object(path, el.Shape, "", depth), "null"
}

// part draws what is sent as the value of an element: the members of the part, and, where they say it at once, the value
// and what is beside it.
func (d *drawing) part(el *schema.Element, depth int) (members, value, side string) {
	if el.Kind == schema.AnyResource {
		text := d.resource("", "Practitioner", depth)
		return `"resource":` + text, text, "null"
	}
	typ := el.Type
	switch typ {
	case "xhtml":
		typ = "string"
	case "SimpleQuantity", "MoneyQuantity":
		typ = "Quantity"
	}
	sent := "value" + strings.ToUpper(typ[:1]) + typ[1:]
	shape, _ := schema.ShapeOf("Parameters.parameter")
	if _, ok := shape.Element([]byte(sent)); ok {
		value, side = d.value("", el, depth)
		var all []string
		if value != "null" {
			all = append(all, `"`+sent+`":`+value)
		}
		if side != "null" {
			all = append(all, `"_`+sent+`":`+side)
		}
		return strings.Join(all, ","), value, side
	}
	inner := d.element(el.Shape, depth > 0)
	members, _, _ = d.part(inner, depth-1)
	return parts(name(inner), members), "", ""
}

var kinds = []string{"Patient", "Observation", "Questionnaire", "ServiceRequest", "Bundle"}

// check runs a test on random resources.
func check(t *testing.T, test func(d *drawing, before string)) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := &drawing{T: t}
		kind := rapid.SampledFrom(kinds).Draw(t, "kind")
		test(d, d.space()+d.resource(kind, kind, 3)+d.space())
	})
}

// at is what a path finds in a text.
func at(t *drawing, text, path string) fhirpath.Value {
	tree, err := fhir.Parse([]byte(text))
	if err != nil {
		t.Fatal(err, text)
	}
	e, err := fhirpath.Parse(path)
	if err != nil {
		t.Fatal(err)
	}
	found, err := e.Evaluate(nil, fhirpath.Of(tree.Root()))
	if err != nil || len(found) != 1 {
		t.Fatalf("%s finds %d in %s: %v", path, len(found), text, err)
	}
	return found[0]
}

// stands checks that a value, and what is beside it, stand at a path as they were sent.
func stands(t *drawing, text, path, value, side string) {
	v := at(t, text, path)
	is := func(n fhir.Node, want string) bool { return want == "null" && !n.Exists() || string(n.Raw()) == want }
	if value != "" && (!is(v.Node(), value) || !is(v.Side(), side)) {
		t.Fatalf("at %s stands %s beside %s, not %s beside %s: %s", path, v.Node().Raw(), v.Side().Raw(), value, side, text)
	}
}

// TestAddAndDelete holds that what was added is there, and that when it is deleted the bytes are as before.
func TestAddAndDelete(t *testing.T) {
	check(t, func(d *drawing, before string) {
		in := rapid.SampledFrom(d.objects).Draw(d.T, "object")
		el := d.element(in.shape, d.yes("deep"))
		members, value, side := d.part(el, 2)
		path := in.path + "." + name(el)
		op := add(in.path, name(el), members)
		if slices.Contains(in.has, name(el)) && !el.Many {
			p, err := read(d, parameters(op))
			if err != nil {
				d.Fatal(err)
			}
			if after, err := p.Apply([]byte(before)); fault.CodeOf(err) != fault.Unprocessable {
				d.Fatalf("%s in %s: %s, %v", op, before, after, err)
			}
			return
		}
		if el.Many {
			path += "[" + strconv.Itoa(d.count(path)) + "]"
		}
		after := must(d, before, op)
		stands(d, after, path, value, side)
		if back := must(d, after, remove(path)); back != before {
			d.Fatalf("%s in\n%s\nmakes\n%s\nand back\n%s", op, before, after, back)
		}
	})
}

// count is the number of items of the list at a path.
func (d *drawing) count(path string) int {
	i := slices.IndexFunc(d.lists, func(s spot) bool { return s.path == path })
	if i < 0 {
		return 0
	}
	return d.lists[i].count
}

// TestInsertAndDelete holds the same for insert.
func TestInsertAndDelete(t *testing.T) {
	check(t, func(d *drawing, before string) {
		if len(d.lists) == 0 {
			return
		}
		l := rapid.SampledFrom(d.lists).Draw(d.T, "list")
		i := rapid.IntRange(0, l.count).Draw(d.T, "index")
		members, value, side := d.part(l.el, 2)
		op := insert(l.path, i, members)
		after := must(d, before, op)
		path := l.path + "[" + strconv.Itoa(i) + "]"
		stands(d, after, path, value, side)
		if back := must(d, after, remove(path)); back != before {
			d.Fatalf("%s in\n%s\nmakes\n%s\nand back\n%s", op, before, after, back)
		}
	})
}

// leaves are the values of a text that are neither objects nor arrays, with their places.
func leaves(t *drawing, text string, without ...fhir.Node) (all []string) {
	tree, err := fhir.Parse([]byte(text))
	if err != nil {
		t.Fatal(err, text)
	}
	var walk func(n fhir.Node, name string)
	walk = func(n fhir.Node, name string) {
		start, end := n.Span()
		if slices.ContainsFunc(without, func(w fhir.Node) bool { from, to := w.Span(); return from <= start && end <= to && from < to }) {
			return
		}
		switch n.Kind() {
		case fhir.Object, fhir.Array:
			for c := n.First(); c.Exists(); c = c.Next() {
				walk(c, name+"/"+string(c.Name()))
			}
		case fhir.Null:
		default:
			all = append(all, name+" "+string(n.Raw()))
		}
	}
	walk(tree.Root(), "")
	return all
}

// TestMoveAndBack holds that a move makes the order that it says, and that the way back restores the bytes.
func TestMoveAndBack(t *testing.T) {
	check(t, func(d *drawing, before string) {
		if len(d.lists) == 0 {
			return
		}
		l := rapid.SampledFrom(d.lists).Draw(d.T, "list")
		from, to := rapid.IntRange(0, l.count-1).Draw(d.T, "from"), rapid.IntRange(0, l.count-1).Draw(d.T, "to")
		order := func(text string) (all []string) {
			for i := range l.count {
				v := at(d, text, l.path+"["+strconv.Itoa(i)+"]")
				all = append(all, string(v.Node().Raw())+" "+string(v.Side().Raw()))
			}
			return all
		}
		want := order(before)
		item := want[from]
		want = slices.Insert(slices.Delete(want, from, from+1), to, item)
		after := must(d, before, move(l.path, from, to))
		if got := order(after); !slices.Equal(got, want) {
			d.Fatalf("move %s from %d to %d in\n%s\nmakes\n%s", l.path, from, to, before, after)
		}
		if back := must(d, after, move(l.path, to, from)); back != before {
			d.Fatalf("move %s from %d to %d in\n%s\nmakes\n%s\nand back\n%s", l.path, from, to, before, after, back)
		}
	})
}

// TestReplace holds that the new value is there, and that nothing else has changed.
func TestReplace(t *testing.T) {
	check(t, func(d *drawing, before string) {
		s := rapid.SampledFrom(d.elements).Draw(d.T, "element")
		was := at(d, before, s.path)
		members, value, side := d.part(s.el, 2)
		after := must(d, before, replace(s.path, members))
		stands(d, after, s.path, value, side)
		is := at(d, after, s.path)
		if !slices.Equal(leaves(d, before, was.Node(), was.Side()), leaves(d, after, is.Node(), is.Side())) {
			d.Fatalf("replace %s with %s in\n%s\nmakes\n%s", s.path, members, before, after)
		}
	})
}

// TestDelete holds that nothing else goes, and that no object or array is left empty.
func TestDelete(t *testing.T) {
	check(t, func(d *drawing, before string) {
		s := rapid.SampledFrom(d.elements).Draw(d.T, "element")
		was := at(d, before, s.path)
		after := must(d, before, remove(s.path))
		if !slices.Equal(leaves(d, before, was.Node(), was.Side()), leaves(d, after)) {
			d.Fatalf("delete %s in\n%s\nmakes\n%s", s.path, before, after)
		}
		tree, _ := fhir.Parse([]byte(after))
		var empty func(n fhir.Node) bool
		empty = func(n fhir.Node) bool {
			for c := n.First(); c.Exists(); c = c.Next() {
				if empty(c) {
					return true
				}
			}
			return n.Len() == 0 && n.Kind() >= fhir.Object
		}
		if empty(tree.Root()) {
			d.Fatalf("delete %s in\n%s\nleaves something empty\n%s", s.path, before, after)
		}
	})
}
