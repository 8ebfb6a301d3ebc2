package fhir

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir/schema"
)

// Element is a place in a [Doc], there or not: the handle that the typed views of package r4 are made of. Reads see
// the text as it stands. Edits replace, insert or remove the one value and leave all other bytes alone; writing the
// string that stands there already changes nothing.
//
// A place is a path, not a value: when an item is removed, the places behind it mean the items that moved up.
//
// The first edit that fails changes nothing and makes all later edits through the same [ElementOf] do nothing;
// [Element.Err] and [Element.Bytes] report it. So a function makes its edits in a row and checks once.
//
// The zero Element is a place in no text: it reads as absent and may not be edited.
type Element struct {
	in   *editing
	path []Step
}

// editing is what all places of one [ElementOf] share.
type editing struct {
	doc *Doc
	err error // of the first edit that failed
}

// ElementOf is the outermost value of a document.
func ElementOf(d *Doc) Element { return Element{in: &editing{doc: d}} }

// Child is the place of a member.
func (e Element) Child(name string) Element { return e.step(Step{Name: name}) }

// Nth is the place of an item, from 0.
func (e Element) Nth(i int) Element { return e.step(Step{Item: i}) }

func (e Element) step(s Step) Element {
	return Element{e.in, append(slices.Clip(e.path), s)}
}

// Doc is the document that the place is in.
func (e Element) Doc() *Doc { return e.in.doc }

// Node is the value as it stands.
func (e Element) Node() Node {
	if e.in == nil {
		return Node{}
	}
	return e.in.doc.At(e.path)
}

// Exists tells whether a value is there; null, which only fills gaps in FHIR, is none.
func (e Element) Exists() bool { return e.Node().Kind() > Null }

// Len is the number of items of an array, nulls included; 0 for every other value.
func (e Element) Len() int {
	n := e.Node()
	if n.Kind() != Array {
		return 0
	}
	return n.Len()
}

// Err is the error of the first edit that failed: Malformed, with the place that cannot hold the value.
func (e Element) Err() error {
	if e.in == nil {
		return nil
	}
	return e.in.err
}

// Bytes is the value as it stands, nil where none is, or the error of [Element.Err].
func (e Element) Bytes() ([]byte, error) {
	if err := e.Err(); err != nil {
		return nil, err
	}
	return e.Node().Raw(), nil
}

// SetRaw puts a JSON value here; objects and arrays on the way are made. Where the place is one type of a choice such
// as value[x], or inside one, the choice's other types are removed: an object has at most one.
func (e Element) SetRaw(raw []byte) {
	e.edit(func() error {
		if _, err := Parse(raw); err != nil {
			return err
		}
		return e.put(raw)
	})
}

// Remove takes the value away, and objects and arrays that are left empty. What stands beside a primitive, such as
// _birthDate beside birthDate, stays.
func (e Element) Remove() {
	e.edit(func() error { return e.in.doc.Remove(e.path) })
}

// GetString is the text of the member of that name, "" if it is not there or no string.
func (e Element) GetString(name string) string { return e.Node().Get(name).Str() }

// PutString writes the member of that name; "" removes it, because FHIR knows no empty strings.
func (e Element) PutString(name, v string) {
	place := e.Child(name)
	switch n := place.Node(); {
	case v == "":
		place.Remove()
	case n.Kind() != String || n.Str() != v:
		place.edit(func() error { return place.put(Quote(v)) })
	}
}

// GetBool is the member of that name; ok is false if it is not there or no boolean.
func (e Element) GetBool(name string) (v, ok bool) {
	kind := e.Node().Get(name).Kind()
	return kind == True, kind == True || kind == False
}

// PutBool writes the member of that name.
func (e Element) PutBool(name string, v bool) {
	place := e.Child(name)
	place.edit(func() error { return place.put(strconv.AppendBool(nil, v)) })
}

// GetInt is the member of that name; ok is false if it is not there or no integer.
func (e Element) GetInt(name string) (v int, ok bool) {
	n, ok := e.Node().Get(name).Int()
	return int(n), ok
}

// PutInt writes the member of that name.
func (e Element) PutInt(name string, v int) {
	place := e.Child(name)
	place.edit(func() error { return place.put(strconv.AppendInt(nil, int64(v), 10)) })
}

// GetDecimal is the number as written, because 1.0 and 1.00 differ in precision; "" if it is not there or no number.
func (e Element) GetDecimal(name string) string {
	n := e.Node().Get(name)
	if n.Kind() != Number {
		return ""
	}
	return string(n.Raw())
}

// PutDecimal writes the member of that name as given, which is a JSON number; "" removes it.
func (e Element) PutDecimal(name, v string) {
	place := e.Child(name)
	if v == "" {
		place.Remove()
		return
	}
	place.edit(func() error {
		if t, err := Parse([]byte(v)); err != nil || t.Root().Kind() != Number || len(t.Root().Raw()) != len(v) {
			return fault.New(fault.Malformed, "%q is not a number.", clip([]byte(v))).WithIssue("value").At(e.Node().Path() + "." + name)
		}
		return place.put([]byte(v))
	})
}

// edit makes an edit unless one failed before, and keeps the error.
func (e Element) edit(do func() error) {
	if e.in.err == nil {
		e.in.err = do()
	}
}

// put writes the value and removes the other types of every choice on the way.
func (e Element) put(raw []byte) error {
	if err := e.in.doc.Set(e.path, raw); err != nil {
		return err
	}
	var shape *schema.Shape // of the object that the step leads out of; nil before a resource is reached
	parent := e.in.doc.Root()
	for i, s := range e.path {
		if shape == nil {
			t, _ := schema.TypeOf(parent.Get("resourceType").Str())
			shape = t.Shape()
		}
		if s.Name != "" && shape != nil {
			name, beside := strings.CutPrefix(s.Name, "_")
			el, ok := shape.Element([]byte(name))
			if !ok {
				return nil
			}
			if el.Choice != "" {
				if err := e.in.choose(e.path[:i], parent, shape, el); err != nil {
					return err
				}
			}
			if shape = el.Shape; beside {
				shape = schema.ElementShape()
			}
		}
		parent = parent.step(s)
	}
	return nil
}

// choose removes the members of an object that are of the same choice as el but of another type, with what stands
// beside them.
func (in *editing) choose(path []Step, object Node, shape *schema.Shape, el *schema.Element) error {
	for c := object.First(); c.Exists(); c = c.Next() {
		name := bytes.TrimPrefix(c.Name(), []byte("_"))
		if other, ok := shape.Element(name); !ok || other.Choice != el.Choice || other.Name == el.Name {
			continue
		}
		if err := in.doc.Remove(append(slices.Clip(path), Step{Name: string(c.Name())})); err != nil {
			return err
		}
	}
	return nil
}
