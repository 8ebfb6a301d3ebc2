package fhir

import (
	"bytes"
	"strings"

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
			each(c, func(v Node) { walk(v, schema.ElementShape(), found) })
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

// RewriteNarrative replaces in an XHTML text the values of href and src attributes that to knows, and tells whether
// there were any. n is the narrative's string; the result is a JSON string.
func RewriteNarrative(n Node, to func(string) (string, bool)) ([]byte, bool) {
	text := n.Str()
	var out strings.Builder
	changed := false
	for {
		at, quote := nextAttribute(text)
		if at < 0 {
			break
		}
		size := strings.IndexByte(text[at:], quote)
		if size < 0 {
			break
		}
		value := text[at : at+size]
		out.WriteString(text[:at])
		if v, ok := to(value); ok {
			value, changed = v, true
		}
		out.WriteString(value)
		text = text[at+size:]
	}
	if !changed {
		return nil, false
	}
	out.WriteString(text)
	return Quote(out.String()), true
}

// nextAttribute finds where the value of the next href or src starts and which quote ends it.
func nextAttribute(text string) (at int, quote byte) {
	for from := 0; ; {
		eq := strings.IndexByte(text[from:], '=')
		if eq < 0 || from+eq+1 >= len(text) {
			return -1, 0
		}
		eq += from
		from = eq + 1
		name := text[:eq]
		quote = text[from]
		if (quote == '"' || quote == '\'') && (strings.HasSuffix(name, "href") || strings.HasSuffix(name, "src")) {
			return from + 1, quote
		}
	}
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
