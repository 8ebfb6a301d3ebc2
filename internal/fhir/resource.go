package fhir

import (
	"bytes"
	"slices"
	"strconv"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir/schema"
)

// Resource is a resource as read: its place in a tree and its checked envelope.
type Resource struct {
	Root Node
	Type schema.Type
	ID   string // "" if it has none
}

// ReadResource checks the envelope of a resource: an object with the name of an R4 type, an id that is one if it is
// there, a meta that is an object if it is there.
func ReadResource(n Node) (Resource, error) {
	if n.Kind() != Object {
		return Resource{}, fault.New(fault.Malformed, "A resource should stand here, but it is %s.", n.Kind()).At(n.Path())
	}
	name := n.Get("resourceType")
	if name.Kind() != String {
		return Resource{}, fault.New(fault.Malformed, "The resource has no resourceType.").WithIssue("required").At(n.Path())
	}
	t, known := schema.TypeOf(name.Str())
	if !known {
		return Resource{}, fault.New(fault.Malformed, "%q is not a resource type of FHIR R4.", clip([]byte(name.Str()))).WithIssue("value").At(name.Path())
	}
	r := Resource{Root: n, Type: t}
	if id := n.Get("id"); id.Exists() {
		if r.ID = id.Str(); !ValidID(r.ID) {
			return Resource{}, fault.New(fault.Malformed, "An id is a string of 1 to 64 of the characters A-Z a-z 0-9 - and dot.").WithIssue("value").At(id.Path())
		}
	}
	if meta := n.Get("meta"); meta.Exists() && meta.Kind() != Object {
		return Resource{}, fault.New(fault.Malformed, "meta should be an object, but it is %s.", meta.Kind()).At(meta.Path())
	}
	return r, nil
}

// Check refuses what must not enter the record: an array directly in another, which FHIR does not have, and in which
// references would go unseen.
func (r Resource) Check() error {
	if a := r.Root.nestedArray(); a.Exists() {
		return fault.New(fault.Malformed, "An array stands directly in an array; FHIR has none.").At(a.Path())
	}
	return nil
}

// nestedArray is the first array inside n that is an item of another.
func (n Node) nestedArray() Node {
	_, end := n.Span()
	for i := n.i + 1; int(i) < len(n.t.nodes) && int(n.t.nodes[i].start) < end; i++ {
		if v := &n.t.nodes[i]; v.kind == Array && n.t.nodes[v.parent].kind == Array {
			return Node{n.t, i}
		}
	}
	return Node{}
}

// ParseResource reads a text that is one resource.
func ParseResource(src []byte) (Resource, error) {
	tree, err := Parse(src)
	if err != nil {
		return Resource{}, err
	}
	return ReadResource(tree.Root())
}

// Body is a resource as the record keeps it: the author's bytes without meta.versionId and meta.lastUpdated, which
// belong to the record, and the place where [Body.Render] puts the record's own.
type Body struct {
	Bytes  []byte
	Splice int // just behind the opening brace of meta
}

// Body makes the stored form under the given id, with further edits that lie inside the resource.
func (r Resource) Body(id string, e Edits) Body {
	src := r.Root.t.src
	start, end := r.Root.Span()
	name := r.Root.Get("resourceType")
	_, behind := name.Span()
	switch old := r.Root.Get("id"); {
	case !old.Exists():
		text := make([]byte, 0, len(id)+8)
		text = append(text, `,"id":"`...)
		text = append(text, id...)
		e = append(e, Edit{behind, behind, append(text, '"')})
	case r.ID != id:
		e.replace(old, append(append([]byte{'"'}, id...), '"'))
	}
	meta := r.Root.Get("meta")
	if !meta.Exists() {
		const empty = `,"meta":{}`
		e = append(e, Edit{behind, behind, []byte(empty)})
		text, at := e.Apply(src, start, end, behind)
		return Body{text, at - 1}
	}
	var drop Edits
	drop.cut(meta, func(n Node) bool {
		name := string(n.Name())
		return name == "versionId" || name == "lastUpdated" || name == "_versionId" || name == "_lastUpdated"
	}, behindComma) // so that what Render has put in goes, and the white space around it stays
	for _, d := range drop { // what goes needs no other edit
		e = slices.DeleteFunc(e, func(x Edit) bool { return d.Start <= x.Start && x.End <= d.End })
	}
	e = append(e, drop...)
	brace, _ := meta.Span()
	text, at := e.Apply(src, start, end, brace)
	return Body{text, at + 1}
}

// InstantLayout is how the record writes its instants: UTC, to the microsecond.
const InstantLayout = "2006-01-02T15:04:05.000000Z"

// Render is the resource as a client reads it: the kept bytes with meta.versionId and meta.lastUpdated.
func (b Body) Render(version int64, updated time.Time) []byte {
	const most = len(`"versionId":"","lastUpdated":"",`) + 20 + len(InstantLayout)
	out := make([]byte, 0, len(b.Bytes)+most)
	out = append(out, b.Bytes[:b.Splice]...)
	out = append(out, `"versionId":"`...)
	out = strconv.AppendInt(out, version, 10)
	out = append(out, `","lastUpdated":"`...)
	out = updated.UTC().AppendFormat(out, InstantLayout)
	out = append(out, '"')
	rest := b.Bytes[b.Splice:]
	if bytes.TrimLeft(rest, " \t\r\n")[0] != '}' {
		out = append(out, ',')
	}
	return append(out, rest...)
}
