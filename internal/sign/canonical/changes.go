package canonical

import (
	"bytes"

	"yitong/internal/fhir"
)

// How is what has become of an element.
type How string

// The ways.
const (
	Added   How = "added"
	Removed How = "removed"
	Changed How = "changed"
)

// Change is an element that another version has otherwise.
type Change struct {
	How  How
	Path string // FHIRPath: in the later version, and of what was removed in the earlier one
}

// ChangesMost is how many changes are told.
const ChangesMost = 200

// Changes are the elements that differ between two versions of a resource, meta apart, in the order of the earlier one
// with what was added behind; as many as [ChangesMost], and whether these are all. The order of members and white space
// are no change; how a number is written is one. Items of a list are the same where they stand with the same content
// counted from the list's beginning or its end, so that one item that is put in is one change.
func Changes(earlier, later fhir.Node) (list []Change, all bool) {
	d := differ{}
	d.objects(earlier, later, "meta")
	if len(d.list) > ChangesMost {
		return d.list[:ChangesMost], false
	}
	return d.list, true
}

type differ struct{ list []Change }

// full tells whether more need not be looked for.
func (d *differ) full() bool { return len(d.list) > ChangesMost }

func (d *differ) add(how How, n fhir.Node) { d.list = append(d.list, Change{how, n.Path()}) }

// values compares two values that stand for the same element.
func (d *differ) values(a, b fhir.Node) {
	switch {
	case d.full() || same(a, b):
	case a.Kind() == fhir.Object && b.Kind() == fhir.Object:
		d.objects(a, b, "")
	case a.Kind() == fhir.Array && b.Kind() == fhir.Array:
		d.arrays(a, b)
	default:
		d.add(Changed, b)
	}
}

func (d *differ) objects(a, b fhir.Node, but string) {
	for m := a.First(); m.Exists() && !d.full(); m = m.Next() {
		name := string(m.Name())
		if name == but && but != "" {
			continue
		}
		if other := b.Get(name); other.Exists() {
			d.values(m, other)
		} else {
			d.add(Removed, m)
		}
	}
	for m := b.First(); m.Exists() && !d.full(); m = m.Next() {
		if name := string(m.Name()); (but == "" || name != but) && !a.Get(name).Exists() {
			d.add(Added, m)
		}
	}
}

// arrays leaves out the items that are the same at both ends, and compares those between by their places.
func (d *differ) arrays(a, b fhir.Node) {
	was, is := items(a), items(b)
	for len(was) > 0 && len(is) > 0 && same(was[0], is[0]) {
		was, is = was[1:], is[1:]
	}
	for len(was) > 0 && len(is) > 0 && same(was[len(was)-1], is[len(is)-1]) {
		was, is = was[:len(was)-1], is[:len(is)-1]
	}
	n := min(len(was), len(is))
	for i := range n {
		d.values(was[i], is[i])
	}
	for _, m := range was[n:] {
		d.add(Removed, m)
	}
	for _, m := range is[n:] {
		d.add(Added, m)
	}
}

func items(n fhir.Node) (list []fhir.Node) {
	for i := n.First(); i.Exists(); i = i.Next() {
		list = append(list, i)
	}
	return list
}

// same tells whether two values are the same but for the order of members and white space.
func same(a, b fhir.Node) bool {
	if bytes.Equal(a.Raw(), b.Raw()) {
		return true
	}
	if a.Kind() != b.Kind() {
		return false
	}
	return bytes.Equal(exactly(a), exactly(b))
}

// exactly is a value in the form of RFC 8785, but with numbers as they were written.
func exactly(n fhir.Node) []byte {
	w := writer{exact: true}
	w.value(n)
	return w.form.Text
}
