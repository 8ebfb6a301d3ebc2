package load

import (
	"bytes"
	"fmt"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir"
)

// asBundle makes a Bundle that can be sent of what a file holds: batches and transactions as they are, the resources
// of other bundles as a transaction, a single resource as one of one entry.
func asBundle(content []byte) ([]byte, error) {
	tree, err := fhir.Parse(content)
	if err != nil {
		return nil, err
	}
	root, err := fhir.ReadResource(tree.Root())
	if err != nil {
		return nil, err
	}
	if root.Type.String() != "Bundle" {
		return wrap([]entry{entryOf(root, "")}), nil
	}
	switch kind := root.Root.Get("type").Str(); kind {
	case "batch", "transaction":
		return content, nil
	case "collection", "searchset":
	default:
		return nil, fault.New(fault.NotSupported, "A Bundle of type %q is not loaded; transaction, batch, collection and searchset are.", kind)
	}
	var entries []entry
	list := root.Root.Get("entry")
	for e := list.First(); e.Exists(); e = e.Next() {
		r, err := fhir.ReadResource(e.Get("resource"))
		if err != nil {
			return nil, err
		}
		entries = append(entries, entryOf(r, e.Get("fullUrl").Str()))
	}
	return wrap(entries), nil
}

// entry is an entry of a transaction.
type entry struct {
	fullURL     string
	resource    []byte
	method, url string
}

// entryOf stores a resource under its own id. One without an id, or known in its bundle by a temporary name only, gets
// a new id.
func entryOf(r fhir.Resource, fullURL string) entry {
	e := entry{fullURL, r.Root.Raw(), "PUT", r.Type.String() + "/" + r.ID}
	if r.ID == "" || strings.HasPrefix(fullURL, "urn:uuid:") {
		e.method, e.url = "POST", r.Type.String()
	}
	return e
}

func wrap(entries []entry) []byte {
	var b bytes.Buffer
	b.WriteString(bundleHead)
	for i, e := range entries {
		if i > 0 {
			b.WriteByte(',')
		}
		e.write(&b)
	}
	b.WriteString("]}")
	return b.Bytes()
}

const bundleHead = `{"resourceType":"Bundle","type":"transaction","entry":[`

func (e entry) write(b *bytes.Buffer) {
	b.WriteByte('{')
	if e.fullURL != "" {
		b.WriteString(`"fullUrl":`)
		b.Write(fhir.Quote(e.fullURL))
		b.WriteByte(',')
	}
	b.WriteString(`"resource":`)
	b.Write(e.resource)
	b.WriteString(`,"request":{"method":"` + e.method + `","url":"` + e.url + `"}}`)
}

// asBatch is the same Bundle as a batch, in which each entry stands or fails by itself.
func asBatch(transaction []byte) []byte {
	return bytes.Replace(transaction, []byte(`"type":"transaction"`), []byte(`"type":"batch"`), 1)
}

// chunk gathers lines of ndjson. A line that is no resource goes into the report at once.
type chunk struct {
	file  string
	buf   bytes.Buffer
	lines []int
	bad   []Failure
}

func (c *chunk) add(n int, line []byte) {
	r, err := fhir.ParseResource(line)
	if err != nil {
		c.bad = append(c.bad, Failure{fmt.Sprintf("%s, line %d", c.file, n), err})
		return
	}
	if len(c.lines) == 0 {
		c.buf.WriteString(bundleHead)
	} else {
		c.buf.WriteByte(',')
	}
	c.lines = append(c.lines, n)
	entryOf(r, "").write(&c.buf)
}

func (c *chunk) unit() unit {
	u := unit{file: c.file, lines: c.lines, bad: c.bad}
	if len(c.lines) > 0 {
		c.buf.WriteString("]}")
		u.bundle = c.buf.Bytes()
	}
	return u
}
