package fhir

import (
	"bytes"
	"slices"

	"yitong/internal/fault"
)

// Edit replaces the bytes [Start,End) of a text.
type Edit struct {
	Start, End int
	New        []byte
}

// Edits is a set of edits of one text that do not overlap.
type Edits []Edit

// Apply returns the part [from,to) of src with the edits made, all of which lie inside it. It adds nothing and
// removes nothing else. mark, a place in src, is returned as the same place in the result; inserts at mark itself
// stand before it.
func (e Edits) Apply(src []byte, from, to, mark int) (out []byte, moved int) {
	slices.SortStableFunc(e, func(a, b Edit) int { return a.Start - b.Start })
	size := to - from
	moved = mark - from
	for _, x := range e {
		delta := len(x.New) - (x.End - x.Start)
		size += delta
		if x.End <= mark {
			moved += delta
		}
	}
	out = make([]byte, 0, size)
	at := from
	for _, x := range e {
		out = append(out, src[at:x.Start]...)
		out = append(out, x.New...)
		at = x.End
	}
	return append(out, src[at:to]...), moved
}

// replace puts other bytes in the place of a value.
func (e *Edits) replace(n Node, raw []byte) {
	start, end := n.Span()
	*e = append(*e, Edit{start, end, raw})
}

// insertMember puts a member behind the last one of an object.
func (e *Edits) insertMember(obj Node, name string, raw []byte) {
	text := make([]byte, 0, len(name)+len(raw)+4)
	text = append(text, '"')
	text = append(text, name...)
	text = append(text, '"', ':')
	e.insertLast(obj, append(text, raw...))
}

// insertLast puts a member or item behind the last one.
func (e *Edits) insertLast(parent Node, text []byte) {
	start, _ := parent.Span()
	if last := lastChild(parent); last.Exists() {
		_, end := last.Span()
		*e = append(*e, Edit{end, end, append([]byte{','}, text...)})
		return
	}
	*e = append(*e, Edit{start + 1, start + 1, text})
}

// insertBefore puts an item in front of another.
func (e *Edits) insertBefore(item Node, raw []byte) {
	start, _ := item.Span()
	*e = append(*e, Edit{start, start, append(bytes.Clone(raw), ',')})
}

func lastChild(n Node) (last Node) {
	for c := n.First(); c.Exists(); c = c.Next() {
		last = c
	}
	return last
}

// remove takes children out of an object or array, each with one comma and the white space in front of the next.
func (e *Edits) remove(parent Node, drop func(Node) bool) { e.cut(parent, drop, childStart) }

// cut takes children out as remove does; a run of them that others follow goes up to where until says.
func (e *Edits) cut(parent Node, drop func(Node) bool, until func(next Node) int) {
	var kept, run, last Node // the last child that stays; the first and the last of the run that goes
	for c := parent.First(); c.Exists(); c = c.Next() {
		switch {
		case drop(c):
			if !run.Exists() {
				run = c
			}
			last = c
		case run.Exists():
			*e = append(*e, Edit{childStart(run), until(c), nil})
			kept, run = c, Node{}
		default:
			kept = c
		}
	}
	if !run.Exists() {
		return
	}
	start, end := parent.Span()
	if !kept.Exists() {
		*e = append(*e, Edit{start + 1, end - 1, nil})
		return
	}
	_, from := kept.Span()
	_, to := last.Span()
	*e = append(*e, Edit{from, to, nil})
}

// behindComma is where the text behind the comma in front of a child begins.
func behindComma(n Node) int {
	return bytes.LastIndexByte(n.t.src[:childStart(n)], ',') + 1
}

// childStart is where a member or item begins, its name included.
func childStart(n Node) int {
	if n.Name() != nil {
		return n.memberStart()
	}
	start, _ := n.Span()
	return start
}

// Doc is a JSON text that is being edited. Every edit leaves all bytes but those of the value in question alone.
// Nodes taken from a Doc stand for the text at that time; they do not follow later edits.
type Doc struct{ tree *Tree }

// NewDoc reads a text as [Parse] does.
func NewDoc(src []byte) (*Doc, error) {
	tree, err := Parse(src)
	if err != nil {
		return nil, err
	}
	return &Doc{tree}, nil
}

// Bytes is the text as it stands.
func (d *Doc) Bytes() []byte { return d.tree.src }

// Root is the outermost value as it stands.
func (d *Doc) Root() Node { return d.tree.Root() }

// edit makes the edits and reads the result.
func (d *Doc) edit(e Edits) error {
	text, _ := e.Apply(d.tree.src, 0, len(d.tree.src), 0)
	tree, err := Parse(text)
	if err != nil {
		return err
	}
	d.tree = tree
	return nil
}

// Step is one step of a path into a document: a member's name, or, where Name is empty, an item's place from 0.
type Step struct {
	Name string
	Item int
}

// At is the value at the end of a path.
func (d *Doc) At(path []Step) Node {
	n := d.Root()
	for _, s := range path {
		n = n.step(s)
	}
	return n
}

func (n Node) step(s Step) Node {
	if s.Name != "" {
		return n.Get(s.Name)
	}
	return n.Item(s.Item)
}

// Set puts a JSON value at the end of a path. Objects on the way that are not there are made, and so is the item
// just behind an array's last. The error says which step leads nowhere; the text is then unchanged.
func (d *Doc) Set(path []Step, raw []byte) error {
	parent := d.Root()
	for i, s := range path {
		child := parent.step(s)
		if child.Exists() {
			parent = child
			continue
		}
		var e Edits
		raw = wrap(path[i+1:], raw)
		switch {
		case slices.ContainsFunc(path[i+1:], func(s Step) bool { return s.Item != 0 }):
			return fault.New(fault.Malformed, "There is no place for this value: the array has no items before it.").At(parent.Path())
		case s.Name != "" && parent.Kind() == Object:
			e.insertMember(parent, s.Name, raw)
		case s.Name == "" && parent.Kind() == Array && s.Item == parent.Len():
			e.insertLast(parent, raw)
		default:
			return fault.New(fault.Malformed, "There is no place for this value: %s is %s.", parent.Path(), parent.Kind()).At(parent.Path())
		}
		return d.edit(e)
	}
	var e Edits
	e.replace(parent, raw)
	return d.edit(e)
}

// wrap puts the objects and arrays of a path around a value.
func wrap(path []Step, raw []byte) []byte {
	for _, s := range slices.Backward(path) {
		if s.Name == "" {
			raw = slices.Concat([]byte("["), raw, []byte("]"))
			continue
		}
		raw = slices.Concat([]byte(`{"`), []byte(s.Name), []byte(`":`), raw, []byte("}"))
	}
	return raw
}

// Remove takes the value at the end of a path away; objects and arrays that are left empty go too, because FHIR
// knows no empty ones. It does nothing where nothing stands.
func (d *Doc) Remove(path []Step) error {
	if !d.At(path).Exists() || len(path) == 0 {
		return nil
	}
	for len(path) > 1 && d.At(path[:len(path)-1]).Len() == 1 {
		path = path[:len(path)-1]
	}
	gone := d.At(path)
	var e Edits
	e.remove(d.At(path[:len(path)-1]), func(n Node) bool { return n == gone })
	return d.edit(e)
}
