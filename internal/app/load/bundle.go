package load

import (
	"bytes"
	"fmt"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir"
)

// entriesMost is how many entries a transaction may have. What hangs together by temporary names cannot be cut.
const entriesMost = 10_000

// entry is an entry of what is sent.
type entry struct {
	place  string // where it stands in its file: a line, or an entry of a Bundle
	method string
	text   []byte // as it stands in a Bundle
	nth    int    // of the equal entries among those that are sent alone
}

// entryOf stores a resource under its own id. One without an id, or known in its bundle by a temporary name only, gets
// a new id.
func entryOf(place string, r fhir.Resource, fullURL string) entry {
	e := entry{place: place, method: "PUT"}
	url := r.Type.String() + "/" + r.ID
	if r.ID == "" || strings.HasPrefix(fullURL, "urn:uuid:") {
		e.method, url = "POST", r.Type.String()
	}
	var b bytes.Buffer
	b.WriteByte('{')
	if fullURL != "" {
		b.WriteString(`"fullUrl":`)
		b.Write(fhir.Quote(fullURL))
		b.WriteByte(',')
	}
	b.WriteString(`"resource":`)
	b.Write(r.Root.Raw())
	b.WriteString(`,"request":{"method":"` + e.method + `","url":"` + url + `"}}`)
	e.text = b.Bytes()
	return e
}

// bundleOf makes a batch or a transaction of entries.
func bundleOf(kind string, entries []entry) []byte {
	var b bytes.Buffer
	b.WriteString(`{"resourceType":"Bundle","type":"` + kind + `","entry":[`)
	for i, e := range entries {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(e.text)
	}
	b.WriteString("]}")
	return b.Bytes()
}

// readBundle makes units of what a .json file holds. A transaction is sent as it is. The entries of a batch go one by
// one. The resources of other bundles go as one transaction, or as several where one could not take so many; a single
// resource is one of one entry.
func readBundle(file string, content []byte, each func(unit) error) error {
	tree, err := fhir.Parse(content)
	if err != nil {
		return err
	}
	root, err := fhir.ReadResource(tree.Root())
	if err != nil {
		return err
	}
	if root.Type.String() != "Bundle" {
		return each(unit{file: file, entries: []entry{entryOf("", root, "")}})
	}
	list := root.Root.Get("entry")
	switch kind := root.Root.Get("type").Str(); kind {
	case "transaction":
		return each(unit{file: file, whole: content, entries: entriesOf(list)})
	case "batch":
		return each(unit{file: file, batch: true, alone: numbered(entriesOf(list), map[uint64]int{})})
	case "collection", "searchset":
		return readCollection(file, list, each)
	default:
		return fault.New(fault.NotSupported, "A Bundle of type %q is not loaded; transaction, batch, collection and searchset are.", kind)
	}
}

// entriesOf are the entries of a batch or transaction as they stand.
func entriesOf(list fhir.Node) (entries []entry) {
	for e := list.First(); e.Exists(); e = e.Next() {
		place := fmt.Sprintf("entry %d", len(entries))
		entries = append(entries, entry{place: place, method: e.Get("request").Get("method").Str(), text: e.Raw()})
	}
	return entries
}

func readCollection(file string, list fhir.Node, each func(unit) error) error {
	var entries []entry
	var resources []fhir.Resource
	names := map[string]bool{}
	for e := list.First(); e.Exists(); e = e.Next() {
		r, err := fhir.ReadResource(e.Get("resource"))
		if err != nil {
			return err
		}
		fullURL := e.Get("fullUrl").Str()
		one := entryOf(fmt.Sprintf("entry %d", len(entries)), r, fullURL)
		entries, resources = append(entries, one), append(resources, r)
		names[fullURL] = fullURL != ""
		if at := strings.LastIndex(fullURL, r.Type.String()+"/"); at >= 0 && one.method == "POST" {
			names[fullURL[at:]] = true // its id is in its address only, and others may refer to it relatively
		}
	}
	if len(entries) <= entriesMost {
		return each(unit{file: file, entries: entries})
	}
	if refer(resources, names) {
		return fault.New(fault.TooLarge, "The Bundle has %d entries and they refer to each other by full URL, so that they can only be stored together; a transaction takes at most %d.", len(entries), entriesMost)
	}
	c := newCutter(file, each)
	for _, e := range entries {
		if err := c.add(e); err != nil {
			return err
		}
	}
	return c.flush()
}

// refer tells whether a resource refers to one of the names, which only a transaction of all of them can resolve.
func refer(resources []fhir.Resource, names map[string]bool) (found bool) {
	see := func(name string) (string, bool) {
		found = found || names[name]
		return "", false
	}
	for _, r := range resources {
		r.Links(func(l fhir.Link) {
			if l.Kind == fhir.LinkNarrative {
				fhir.NarrativeLinks(l.Node, see)
			} else {
				see(l.Node.Str())
			}
		})
	}
	return found
}
