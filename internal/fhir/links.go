package fhir

import (
	"bytes"
	"regexp"

	"yitong/internal/fhir/schema"
)

// Link is a place in a resource that names something else.
type Link struct {
	Node Node
	Kind LinkKind
}

// LinkKind is the kind of a place that names something else.
type LinkKind uint8

// The kinds of links.
const (
	LinkReference LinkKind = iota // Reference.reference
	LinkURI                       // an element of type uri, url, oid or uuid
	LinkNarrative                 // the XHTML of a narrative, with href and src attributes
)

// Links calls found for every link of the resource, contained resources and extensions included. The places are those
// in which a transaction rewrites the temporary names of a bundle (R4, 3.1.0.11.2).
func (r Resource) Links(found func(Link)) { walk(r.Root, r.Type.Shape(), found) }

func walk(n Node, shape *schema.Shape, found func(Link)) {
	for c := n.First(); c.Exists(); c = c.Next() {
		kind := c.Kind()
		if kind < String { // null, true, false, numbers name nothing
			continue
		}
		name := c.Name()
		if name[0] == '_' {
			each(c, func(v Node) {
				if v.Kind() == Object {
					walk(v, schema.ElementShape(), found)
				}
			})
			continue
		}
		el, ok := shape.Element(name)
		if !ok || kind == String && !el.Rewritable() && el.Type != "xhtml" {
			continue
		}
		each(c, func(v Node) { element(v, el, found) })
	}
}

// each calls do with the items of an array, or with the value itself.
func each(n Node, do func(Node)) {
	if n.Kind() != Array {
		do(n)
		return
	}
	for c := n.First(); c.Exists(); c = c.Next() {
		do(c)
	}
}

func element(n Node, el *schema.Element, found func(Link)) {
	switch {
	case el.Kind == schema.Primitive:
		if n.Kind() == String {
			primitive(n, el, found)
		}
	case n.Kind() != Object:
	case el.Kind == schema.AnyResource:
		if el.Name != "contained" {
			return // entries of a stored Bundle refer to each other, not to this record
		}
		if inner, err := ReadResource(n); err == nil {
			inner.Links(found)
		}
	case el.Kind == schema.Reference:
		if ref := n.Get("reference"); ref.Kind() == String {
			found(Link{ref, LinkReference})
		}
		walk(n, el.Shape, found)
	default:
		walk(n, el.Shape, found)
	}
}

func primitive(n Node, el *schema.Element, found func(Link)) {
	switch {
	case el.Rewritable():
		found(Link{n, LinkURI})
	case el.Type == "xhtml":
		found(Link{n, LinkNarrative})
	}
}

// attribute finds an href or src in the XHTML of a narrative as it stands in JSON, where a double quote is escaped.
var attribute = regexp.MustCompile(`(?:href|src)\s*=\s*(?:\\"((?:[^"\\]|\\[^"])*)\\"|'([^']*)')`)

// NarrativeLinks calls to with the value of every href and src of a narrative, and makes an edit of what it gives.
func NarrativeLinks(n Node, to func(string) (string, bool)) (edits Edits) {
	start, _ := n.Span()
	for _, at := range attribute.FindAllSubmatchIndex(n.Raw(), -1) {
		from, end := at[2], at[3]
		if from < 0 {
			from, end = at[4], at[5]
		}
		if new, ok := to(string(unescape(n.Raw()[from:end]))); ok {
			quoted := Quote(new)
			edits = append(edits, Edit{start + from, start + end, quoted[1 : len(quoted)-1]})
		}
	}
	return edits
}

// Quote writes a JSON string.
func Quote(s string) []byte {
	out := make([]byte, 0, len(s)+2)
	out = append(out, '"')
	for i := range len(s) {
		switch c := s[i]; c {
		case '"', '\\':
			out = append(out, '\\', c)
		case '\n':
			out = append(out, '\\', 'n')
		case '\r':
			out = append(out, '\\', 'r')
		case '\t':
			out = append(out, '\\', 't')
		default:
			out = append(out, c)
		}
	}
	return append(bytes.ToValidUTF8(out, []byte("\ufffd")), '"')
}
