package rest

import (
	"bytes"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/store"
)

// bundle writes a Bundle around resources that are written already.
type bundle struct {
	buf  bytes.Buffer
	list string // the array that is open: link, entry or none
}

func newBundle(kind string) *bundle {
	b := &bundle{}
	b.buf.WriteString(`{"resourceType":"Bundle","type":"` + kind + `"`)
	return b
}

// in opens the array of that name, or goes on in it.
func (b *bundle) in(list string) {
	if b.list == list {
		b.buf.WriteByte(',')
		return
	}
	b.closeList()
	b.list = list
	b.buf.WriteString(`,"` + list + `":[`)
}

func (b *bundle) closeList() {
	if b.list != "" {
		b.buf.WriteByte(']')
		b.list = ""
	}
}

func (b *bundle) link(relation, url string) {
	b.in("link")
	b.buf.WriteString(`{"relation":"` + relation + `","url":`)
	b.buf.Write(fhir.Quote(url))
	b.buf.WriteByte('}')
}

// total adds the number of all matches.
func (b *bundle) total(n int) {
	b.closeList()
	b.buf.WriteString(`,"total":` + strconv.Itoa(n))
}

// found adds a resource that a search has found, or included.
func (b *bundle) found(base string, v store.Version, subset fhir.Subset, mode string) error {
	part, err := subset.Of(v.Resource())
	if err != nil {
		return err
	}
	b.in("entry")
	b.buf.WriteString(`{"fullUrl":`)
	b.buf.Write(fhir.Quote(base + "/" + v.Ref.String()))
	b.buf.WriteString(`,"resource":`)
	b.buf.Write(part)
	b.buf.WriteString(`,"search":{"mode":"` + mode + `"}}`)
	return nil
}

// told adds an outcome that concerns the whole search.
func (b *bundle) told(outcome []byte) {
	b.in("entry")
	b.buf.WriteString(`{"resource":`)
	b.buf.Write(outcome)
	b.buf.WriteString(`,"search":{"mode":"outcome"}}`)
}

// past adds a version of a history.
func (b *bundle) past(base string, v store.Version, subset fhir.Subset) error {
	b.in("entry")
	b.buf.WriteString(`{"fullUrl":`)
	b.buf.Write(fhir.Quote(base + "/" + v.Ref.String()))
	if v.Live() {
		part, err := subset.Of(v.Resource())
		if err != nil {
			return err
		}
		b.buf.WriteString(`,"resource":`)
		b.buf.Write(part)
	}
	name := v.Ref.String()
	if v.Method == store.Post {
		name = v.Ref.Type.String()
	}
	b.buf.WriteString(`,"request":{"method":"` + v.Method.String() + `","url":"` + name + `"},`)
	b.response(&response{status: eventStatus[eventOf(v)], etag: etag(v), modified: v.Updated}, nil)
	b.buf.WriteByte('}')
	return nil
}

// eventOf is what the interaction that made the version has answered.
func eventOf(v store.Version) gate.Event {
	switch {
	case v.Deleted():
		return gate.Deleted
	case v.Method == store.Post, v.Method == store.PutNew:
		return gate.Created
	}
	return gate.Updated
}

// answer adds the answer to an entry.
func (b *bundle) answer(base string, r *response, outcome []byte) {
	b.in("entry")
	b.buf.WriteByte('{')
	if r.told {
		b.response(r, r.resource)
		b.buf.WriteByte('}')
		return
	}
	b.response(r, outcome)
	if r.resource != nil && r.ref.ID != "" {
		b.buf.WriteString(`,"fullUrl":`)
		b.buf.Write(fhir.Quote(base + "/" + r.ref.String()))
	}
	if r.resource != nil {
		b.buf.WriteString(`,"resource":`)
		b.buf.Write(r.resource)
	}
	b.buf.WriteByte('}')
}

// response adds the member of that name to an entry.
func (b *bundle) response(r *response, outcome []byte) {
	b.buf.WriteString(`"response":{"status":"` + strconv.Itoa(r.status) + " " + http.StatusText(r.status) + `"`)
	if r.location != "" {
		b.buf.WriteString(`,"location":"` + r.location + `"`)
	}
	if r.etag != "" {
		b.buf.WriteString(`,"etag":`)
		b.buf.Write(fhir.Quote(r.etag))
	}
	if !r.modified.IsZero() {
		b.buf.WriteString(`,"lastModified":"` + r.modified.UTC().Format(fhir.InstantLayout) + `"`)
	}
	if outcome != nil {
		b.buf.WriteString(`,"outcome":`)
		b.buf.Write(outcome)
	}
	b.buf.WriteByte('}')
}

func (b *bundle) bytes() []byte {
	b.closeList()
	b.buf.WriteByte('}')
	return b.buf.Bytes()
}

func encode(q map[string][]string) string { return url.Values(q).Encode() }

// lastModified is the form of HTTP.
func lastModified(t time.Time) string { return t.UTC().Format(http.TimeFormat) }
