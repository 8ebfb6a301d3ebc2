package validate

import (
	"strings"

	"yitong/internal/fhir"
	"yitong/internal/fhir/primitive"
	"yitong/internal/fhir/schema"
)

// entries are the resources of the bundle that is being looked at, by which references in it are resolved
// (R4, bundle.html#references).
type entries struct {
	byURL  map[string]fhir.Node
	byName map[string]fhir.Node // Type/id, of entries whose fullUrl is no address
	base   string               // that of the entry that is being looked at, in front of its relative references; "" for none
}

// indexed reads the entries of a bundle.
func indexed(bundle fhir.Node) entries {
	e := entries{byURL: map[string]fhir.Node{}, byName: map[string]fhir.Node{}}
	for c := bundle.Get("entry").First(); c.Exists(); c = c.Next() {
		r := c.Get("resource")
		if !r.Exists() {
			continue
		}
		url := c.Get("fullUrl").Str()
		if url != "" {
			e.byURL[url] = r
		}
		if id := r.Get("id").Str(); id != "" && baseOf(url) == "" {
			e.byName[r.Get("resourceType").Str()+"/"+id] = r
		}
	}
	return e
}

// baseOf is what stands before Type/id in an address, "" where it is none.
func baseOf(url string) string {
	if !strings.HasPrefix(url, "http://") && !strings.HasPrefix(url, "https://") || !ofRecord(url) {
		return ""
	}
	url = url[:strings.LastIndexByte(url, '/')]
	return url[:strings.LastIndexByte(url, '/')+1]
}

// find is the entry that a reference names.
func (e *entries) find(reference string) (fhir.Node, bool) {
	path, _, _ := strings.Cut(reference, "/_history/")
	if fhir.Absolute(path) {
		n, ok := e.byURL[path]
		return n, ok
	}
	if n, ok := e.byURL[e.base+path]; ok && e.base != "" {
		return n, true
	}
	n, ok := e.byName[path]
	return n, ok
}

// bundle checks the rules of bundles that no invariant states (R4, bundle.html).
func (w *walk) bundle(n fhir.Node) {
	kind := n.Get("type").Str()
	for c := n.Get("entry").First(); c.Exists(); c = c.Next() {
		w.fullURL(c)
		request, resource := c.Get("request").Get("method"), c.Get("resource")
		switch method := request.Str(); {
		case kind != "transaction" && kind != "batch":
		case (method == "POST" || method == "PUT" || method == "PATCH") && !resource.Exists():
			w.report(c, entryWithout, method)
		case (method == "GET" || method == "HEAD" || method == "DELETE") && resource.Exists():
			w.report(resource, entryWith, method)
		case resource.Exists():
			w.request(c)
		}
		if (kind == "document" || kind == "message") && resource.Exists() && !c.Get("fullUrl").Exists() {
			w.report(c, noFullURL, kind)
		}
	}
	if kind == "document" || kind == "message" {
		w.closed(n)
	}
	if kind == "document" {
		w.composition(n.Get("entry").First())
	}
}

// request checks that a request is about the resource that it carries.
func (w *walk) request(entry fhir.Node) {
	resource, method := entry.Get("resource"), entry.Get("request").Get("method").Str()
	typ, id := resource.Get("resourceType").Str(), resource.Get("id").Str()
	url, _, conditional := strings.Cut(entry.Get("request").Get("url").Str(), "?")
	is := typ
	if method == "PUT" && !conditional {
		is = typ + "/" + id
	}
	if method != "POST" && method != "PUT" || url == "" || strings.Contains(url, "$") {
		return
	}
	if url != is && (!fhir.Absolute(url) || !strings.HasSuffix(url, "/"+is)) {
		w.report(entry.Get("request").Get("url"), otherRequest, clip(url), clip(is))
	}
}

// composition checks that a document holds what its Composition refers to by relative references (R4, documents.html).
func (w *walk) composition(entry fhir.Node) {
	r, err := fhir.ReadResource(entry.Get("resource"))
	if err != nil || r.Type.String() != "Composition" {
		return
	}
	base := w.entries.base
	w.entries.base = baseOf(entry.Get("fullUrl").Str())
	defer func() { w.entries.base = base }()
	r.Links(func(l fhir.Link) {
		if l.Kind != fhir.LinkReference || fhir.ParseReference(l.Node.Str()).Kind != fhir.ReferenceLocal {
			return
		}
		if _, ok := w.entries.find(l.Node.Str()); !ok {
			w.report(l.Node, notInDocument)
		}
	})
}

// fullURL checks that an entry's fullUrl is absolute, names no version, and agrees with the id of its resource.
func (w *walk) fullURL(entry fhir.Node) {
	full, resource := entry.Get("fullUrl"), entry.Get("resource")
	url := full.Str()
	switch {
	case url == "":
	case !fhir.Absolute(url):
		w.report(full, relativeFullURL)
	case strings.HasPrefix(url, "urn:uuid:") && primitive.UUID.Check(full) != nil, strings.HasPrefix(url, "urn:oid:") && primitive.OID.Check(full) != nil:
		w.report(full, malformedFullURL)
	case strings.Contains(url, "/_history/"):
		w.report(full, versionedFullURL)
	case strings.HasPrefix(url, "http://") || strings.HasPrefix(url, "https://"):
		id, typ := resource.Get("id").Str(), resource.Get("resourceType").Str()
		if id != "" && !strings.HasSuffix(url, "/"+typ+"/"+id) && ofRecord(url) {
			w.report(full, otherFullURL, typ, clip(id))
		}
	}
}

// ofRecord tells whether a url has the form of a resource's on a server: base, type, id.
func ofRecord(url string) bool {
	parts := strings.Split(url, "/")
	if len(parts) < 2 {
		return false
	}
	_, ok := schema.TypeOf(parts[len(parts)-2])
	return ok
}

// closed checks that a document or message holds what its resources refer to by urn:uuid and urn:oid: nobody could find
// it elsewhere.
func (w *walk) closed(n fhir.Node) {
	for c := n.Get("entry").First(); c.Exists(); c = c.Next() {
		r, err := fhir.ReadResource(c.Get("resource"))
		if err != nil {
			continue
		}
		r.Links(func(l fhir.Link) {
			text := l.Node.Str()
			if l.Kind != fhir.LinkReference || !strings.HasPrefix(text, "urn:") {
				return
			}
			if _, ok := w.entries.find(text); !ok {
				w.report(l.Node, notInBundle)
			}
		})
	}
}

// id notes the id of an element; no other of the resource may have it (R4, element.html#id).
func (w *walk) id(n fhir.Node) {
	if strings.ContainsAny(n.Str(), " \t\r\n") {
		w.report(n, blankID)
	}
	if w.seen == nil {
		w.seen = map[string]fhir.Node{}
	}
	if other, twice := w.seen[n.Str()]; twice && other != n {
		w.report(n, sameID, clip(n.Str()))
		return
	}
	w.seen[n.Str()] = n
}
