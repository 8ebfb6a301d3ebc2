package fhir

import (
	"bytes"
	"slices"

	"yitong/internal/fault"
)

// Coding is a code of a system.
type Coding struct{ System, Code string }

func (c Coding) raw() []byte {
	return slices.Concat([]byte(`{"system":`), Quote(c.System), []byte(`,"code":`), Quote(c.Code), []byte(`}`))
}

func (c Coding) is(n Node) bool {
	return n.Get("system").Str() == c.System && n.Get("code").Str() == c.Code
}

// Marking is a change of what the record itself says of a resource, in its meta.
type Marking struct {
	Label   []Coding // put into meta.security
	Unlabel []Coding // taken out of it
	URL     string   // of an extension of meta with a Reference, "" for none
	To      string   // the reference that it has from now on; "" takes the extension out
}

// Marked is the body with that change. All other bytes stay; labels that are there already are not put in again.
func (b Body) Marked(m Marking) (Body, error) {
	b, err := b.member("security", m.labels)
	if err == nil && m.URL != "" {
		b, err = b.member("extension", m.extensions)
	}
	return b, err
}

// member puts other items into an array of meta; the array goes with its last item. What stays as it is is nil.
func (b Body) member(name string, change func(items []Node) [][]byte) (Body, error) {
	tree, err := Parse(b.Bytes)
	if err != nil {
		return Body{}, fault.Wrap(err, "reading a body that is to be marked")
	}
	meta := tree.Root().Get("meta")
	old := meta.Get(name)
	raw := change(items(old))
	if raw == nil {
		return b, nil
	}
	var e Edits
	array := slices.Concat([]byte("["), bytes.Join(raw, []byte(",")), []byte("]"))
	switch {
	case len(raw) == 0:
		e.remove(meta, func(n Node) bool { return string(n.Name()) == name })
	case old.Exists():
		e.replace(old, array)
	default:
		e.insertMember(meta, name, array)
	}
	text, _ := e.Apply(b.Bytes, 0, len(b.Bytes), 0)
	return Body{text, b.Splice}, nil // all edits lie behind the splice
}

// labels are those of meta.security after the change.
func (m Marking) labels(old []Node) [][]byte {
	raw, changed := [][]byte{}, false
	for _, n := range old {
		if slices.ContainsFunc(m.Unlabel, func(c Coding) bool { return c.is(n) }) {
			changed = true
			continue
		}
		raw = append(raw, n.Raw())
	}
	for _, c := range m.Label {
		if !slices.ContainsFunc(old, c.is) {
			raw, changed = append(raw, c.raw()), true
		}
	}
	if !changed {
		return nil
	}
	return raw
}

// extensions are those of meta after the change.
func (m Marking) extensions(old []Node) [][]byte {
	raw, changed := [][]byte{}, false
	for _, n := range old {
		if n.Get("url").Str() == m.URL {
			changed = true
			continue
		}
		raw = append(raw, n.Raw())
	}
	if m.To != "" {
		reference := slices.Concat([]byte(`{"url":`), Quote(m.URL), []byte(`,"valueReference":{"reference":`), Quote(m.To), []byte(`}}`))
		raw, changed = append(raw, reference), true
	}
	if !changed {
		return nil
	}
	return raw
}

// With is the body with one more member, behind its last.
func (b Body) With(name string, raw []byte) (Body, error) {
	tree, err := Parse(b.Bytes)
	if err != nil {
		return Body{}, fault.Wrap(err, "reading a body that is to be added to")
	}
	var e Edits
	e.insertMember(tree.Root(), name, raw)
	text, _ := e.Apply(b.Bytes, 0, len(b.Bytes), 0)
	return Body{text, b.Splice}, nil // its meta is in front of the end
}

// items are the items of an array, or the one that stands in its place; nulls are none.
func items(n Node) (list []Node) {
	each(n, func(one Node) {
		if one.Kind() > Null {
			list = append(list, one)
		}
	})
	return list
}

// Labeled tells whether meta.security has a label.
func (r Resource) Labeled(c Coding) (is bool) {
	if labels := r.Root.Get("meta").Get("security"); labels.Exists() {
		each(labels, func(n Node) { is = is || c.is(n) })
	}
	return is
}

// Extended is the reference of the extension of meta with that URL, "" if there is none; and how many there are.
func (r Resource) Extended(url string) (to string, times int) {
	if extensions := r.Root.Get("meta").Get("extension"); extensions.Exists() {
		each(extensions, func(n Node) {
			if n.Get("url").Str() == url {
				to = n.Get("valueReference").Get("reference").Str()
				times++
			}
		})
	}
	return to, times
}

// Tagged tells whether meta.tag has a code of a system.
func (r Resource) Tagged(system, code string) bool {
	for t := r.Root.Get("meta").Get("tag").First(); t.Exists(); t = t.Next() {
		if t.Get("system").Str() == system && t.Get("code").Str() == code {
			return true
		}
	}
	return false
}

// Extension is the first extension of an element, or of another extension, with that URL; one that does not exist if there is none.
func (n Node) Extension(url string) Node {
	for e := n.Get("extension").First(); e.Exists(); e = e.Next() {
		if e.Get("url").Str() == url {
			return e
		}
	}
	return Node{}
}
