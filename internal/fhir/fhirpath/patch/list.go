package patch

import (
	"bytes"

	"yitong/internal/fhir"
	"yitong/internal/fhir/fhirpath"
	"yitong/internal/fhir/schema"
)

// list is an element that repeats: its array and, of a primitive, the one beside it, in step. Either may be absent.
type list struct {
	el          *schema.Element
	value, side items
}

// items is an array, or absent. Its methods give the array's text after a change, nil when nothing is left of it. The
// value nil is null, which fills a gap: arrays are made and filled up as far as a value needs it, and go when the last
// item that is more than null goes.
type items struct{ fhir.Node }

func listOf(object fhir.Node, el *schema.Element) list {
	l := list{el: el, value: itemsOf(object.Get(el.Name))}
	if el.Kind == schema.Primitive {
		l.side = itemsOf(object.Get("_" + el.Name))
	}
	return l
}

func itemsOf(n fhir.Node) items {
	if n.Kind() != fhir.Array {
		return items{}
	}
	return items{n}
}

func (l list) len() int { return max(l.value.Len(), l.side.Len()) }

// is tells whether a path has found all items, in their order, and nothing else.
func (l list) is(found fhirpath.Collection) bool {
	i := 0
	for v, s := l.value.First(), l.side.First(); v.Exists() || s.Exists(); v, s = v.Next(), s.Next() {
		switch {
		case !filled(v) && !filled(s):
			continue
		case i == len(found), filled(v) && found[i].Node() != v, !filled(v) && found[i].Side() != s:
			return false
		}
		i++
	}
	return i == len(found)
}

// insert puts an item in front of the i-th, or behind the last.
func (l list) insert(i int, value, side []byte) []change {
	return changesOf(l.el, l.value.insert(i, l.len(), value), l.side.insert(i, l.len(), side))
}

// insert puts an item in front of the i-th of a list of n.
func (a items) insert(i, n int, raw []byte) []byte {
	if !a.Exists() {
		all := make([][]byte, n+1)
		all[i] = raw
		return arrayOf(all)
	}
	more := [][]byte{raw}
	k := a.Len()
	if i > k {
		more, i = append(make([][]byte, i-k), raw), k
	}
	return a.spliced(fhir.Edit{Start: a.end(i), End: a.end(i), New: joined(i > 0, more, i == 0 && k > 0)})
}

// set puts a value in the place of the i-th item of a list of n.
func (a items) set(i, n int, raw []byte) []byte {
	switch {
	case !a.Exists():
		return a.insert(i, n-1, raw)
	case i >= a.Len() && raw == nil:
		return a.Raw()
	case i >= a.Len():
		return a.insert(i, n, raw)
	case raw == nil && a.onlyNull(i):
		return nil
	}
	start, end := a.Item(i).Span()
	return a.spliced(fhir.Edit{Start: start, End: end, New: orNull(raw)})
}

// remove takes the i-th item out.
func (a items) remove(i int) []byte {
	gone := a.Item(i)
	switch {
	case !gone.Exists():
		return a.Raw()
	case a.onlyNull(i) && (filled(gone) || a.Len() == 1):
		return nil
	}
	start, end := a.end(i), a.end(i+1)
	if i == 0 {
		from, _ := a.Span()
		end += bytes.IndexByte(a.Raw()[end-from:], ',') + 1
	}
	return a.spliced(fhir.Edit{Start: start, End: end})
}

// move takes an item to another place; those between make room.
func (a items) move(from, to int) []byte {
	if !a.Exists() {
		return nil
	}
	k := a.Len()
	all := make([][]byte, max(k, from+1, to+1))
	i := 0
	for c := a.First(); c.Exists(); c = c.Next() {
		all[i] = c.Raw()
		i++
	}
	raw, step := all[from], 1
	if to < from {
		step = -1
	}
	for i := from; i != to; i += step {
		all[i] = all[i+step]
	}
	all[to] = raw
	var e fhir.Edits
	i = 0
	for c := a.First(); c.Exists(); c = c.Next() {
		start, end := c.Span()
		e = append(e, fhir.Edit{Start: start, End: end, New: orNull(all[i])})
		i++
	}
	if k < len(all) {
		e = append(e, fhir.Edit{Start: a.end(k), End: a.end(k), New: joined(k > 0, all[k:], false)})
	}
	return a.spliced(e...)
}

// onlyNull tells whether all items but the i-th are null.
func (a items) onlyNull(i int) bool {
	for c := a.First(); c.Exists(); c = c.Next() {
		if i--; i != -1 && filled(c) {
			return false
		}
	}
	return true
}

// end is where the i-th item ends, counted from 1: in front of the first item for 0.
func (a items) end(i int) int {
	if i == 0 {
		start, _ := a.Span()
		return start + 1
	}
	_, end := a.Item(i - 1).Span()
	return end
}

// spliced is the array's text with edits.
func (a items) spliced(e ...fhir.Edit) []byte {
	from, _ := a.Span()
	for i := range e {
		e[i].Start, e[i].End = e[i].Start-from, e[i].End-from
	}
	raw := a.Raw()
	text, _ := fhir.Edits(e).Apply(raw, 0, len(raw), 0)
	return text
}

// arrayOf writes an array, nil for one of nothing but null.
func arrayOf(all [][]byte) []byte {
	for _, raw := range all {
		if raw != nil {
			return append(append([]byte{'['}, joined(false, all, false)...), ']')
		}
	}
	return nil
}

// joined writes items one after another, with a comma before them or behind them.
func joined(before bool, all [][]byte, behind bool) []byte {
	var text []byte
	for i, raw := range all {
		if before || i > 0 {
			text = append(text, ',')
		}
		text = append(text, orNull(raw)...)
	}
	if behind {
		text = append(text, ',')
	}
	return text
}

func orNull(raw []byte) []byte {
	if raw == nil {
		return []byte("null")
	}
	return raw
}

// changesOf are the changes of the members of an element.
func changesOf(el *schema.Element, value, side []byte) []change {
	changes := []change{{el.Name, el.Name, value}}
	if el.Kind == schema.Primitive {
		changes = append(changes, change{"_" + el.Name, "_" + el.Name, side})
	}
	return changes
}
