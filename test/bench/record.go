package bench

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"yitong/internal/fhir"
)

const (
	clients     = 16 // connections of single requests
	importers   = 4  // connections of bundles
	importFloor = 2 * time.Minute
)

// record measures the record through HTTP on one database, each figure beside what bare statements reach: bundles over
// four connections, then creates, reads, updates and the mix of all over sixteen.
type record struct {
	ctx     context.Context
	report  Report
	program string
	name    string // of the database, in front of every figure
	each    time.Duration
	srv     *server
	bare    bare
	bundles [][]byte

	stored []stored // what the import has stored
	people []string // the Patients among it
	rows   []row    // the same, for the bare loop
	keys   int      // of each row
	next   atomic.Int64
}

// stored is a resource that can be read and updated.
type stored struct{ path, id string }

// run does all of it. restart stops the server, so that the database is at rest while size measures it, and starts it
// anew.
func (b *record) run(restart func() error, size func() (bytes, keys float64, err error)) error {
	if err := b.importing(); err != nil {
		return err
	}
	b.report.add(b.name+".rss.import", b.srv.memory("VmHWM")/(1<<20), "MB", 0)
	if err := restart(); err != nil {
		return err
	}
	space, keys, err := size()
	if err != nil {
		return err
	}
	n := float64(len(b.stored))
	b.keys = int(keys/n + .5)
	b.report.add(b.name+".keys_per_resource", keys/n, "keys", 0)
	b.report.add(b.name+".bytes_per_resource", space/n, "bytes", 0)
	b.report.add(b.name+".body_per_resource", b.bodyBytes()/n, "bytes", 0)
	for _, part := range []func() error{b.bareImport, b.creating, b.reading, b.updating, b.mixing} {
		settle()
		if err := part(); err != nil {
			return err
		}
	}
	b.report.add(b.name+".rss.requests", b.srv.memory("VmHWM")/(1<<20), "MB", 0)
	return nil
}

// importing sends the bundles over four connections and notes what they have stored. The first goes before the others
// and is not timed, because it may hold what all of them refer to.
func (b *record) importing() error {
	conns, err := dialAll(b.srv.addr, importers)
	if err != nil {
		return err
	}
	answers := make([][]byte, len(b.bundles))
	send := func(c *client, i int) (int, error) {
		status, _, answer, err := c.do(http.MethodPost, "/fhir", b.bundles[i], "")
		if err == nil && status != http.StatusOK {
			err = fmt.Errorf("a bundle was answered with %d: %.500s", status, answer)
		}
		answers[i] = bytes.Clone(answer)
		return strings.Count(string(answer), `"status":"201`), err
	}
	if _, err := send(conns[0], 0); err != nil {
		return err
	}
	var next atomic.Int64
	done, err := drive(b.ctx, importers, importFloor, func(w, _ int) (int, error) {
		i := int(next.Add(1))
		if i >= len(b.bundles) {
			return 0, io.EOF
		}
		return send(conns[w], i)
	})
	if err != nil {
		return err
	}
	for i, a := range answers {
		if err := b.note(b.bundles[i], a); err != nil {
			return err
		}
	}
	b.report.addTimes(b.name+".import", done, 0)
	return nil
}

// note takes up which resource each entry of a bundle has become.
func (b *record) note(bundle, answer []byte) error {
	asked, err := fhir.Parse(bundle)
	if err != nil {
		return err
	}
	told, err := fhir.Parse(answer)
	if err != nil {
		return err
	}
	e := asked.Root().Get("entry").First()
	for a := told.Root().Get("entry").First(); a.Exists(); a, e = a.Next(), e.Next() {
		name, _, _ := strings.Cut(a.Get("response").Get("location").Str(), "/_history")
		_, id, _ := strings.Cut(name, "/")
		b.stored = append(b.stored, stored{"/fhir/" + name, id})
		if strings.HasPrefix(name, "Patient/") {
			b.people = append(b.people, name)
		}
		b.rows = append(b.rows, row{rid: int64(len(b.rows) + 1), id: name, body: e.Get("resource").Raw()})
	}
	return nil
}

func (b *record) bodyBytes() (n float64) {
	for _, r := range b.rows {
		n += float64(len(r.body))
	}
	return n
}

// bareImport writes the same bytes and as many keys, in transactions as big as the bundles.
func (b *record) bareImport() error {
	size := max(1, len(b.rows)/len(b.bundles))
	for i := range b.rows {
		b.rows[i].keys = b.someKeys()
	}
	writers, _ := b.bare.best()
	var next atomic.Int64
	done, err := drive(b.ctx, min(writers, importers), importFloor, func(int, int) (int, error) {
		i := int(next.Add(1)-1) * size
		if i >= len(b.rows) {
			return 0, io.EOF
		}
		part := b.rows[i:min(i+size, len(b.rows))]
		return len(part), b.bare.insert(part)
	})
	b.next.Store(int64(len(b.rows)))
	m := b.report[b.name+".import"]
	b.report.add(b.name+".import", m.Value, m.Unit, done.rate())
	return err
}

func (b *record) someKeys() []int64 {
	keys := make([]int64, b.keys)
	for i := range keys {
		keys[i] = rand.Int64()
	}
	return keys
}

// observation is a resource of the usual size that refers to somebody.
func (b *record) observation(id string) []byte {
	if id != "" {
		id = `"id":"` + id + `",`
	}
	return fmt.Appendf(nil, `{"resourceType":"Observation",%s"meta":{"profile":["http://hl7.org/fhir/StructureDefinition/vitalsigns"]},"status":"final",`+
		`"category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs","display":"Vital Signs"}]}],`+
		`"code":{"coding":[{"system":"http://loinc.org","code":"85354-9","display":"Blood pressure panel with all children optional"}],"text":"血压"},`+
		`"identifier":[{"system":"urn:ietf:rfc:3986","value":"bench-%d"}],`+
		`"subject":{"reference":"%s"},"effectiveDateTime":"2026-11-21T08:30:00+08:00","issued":"2026-11-21T08:31:07.218+08:00",`+
		`"component":[{"code":{"coding":[{"system":"http://loinc.org","code":"8480-6","display":"Systolic blood pressure"}]},"valueQuantity":{"value":%d.0,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}},`+
		`{"code":{"coding":[{"system":"http://loinc.org","code":"8462-4","display":"Diastolic blood pressure"}]},"valueQuantity":{"value":80.0,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}}]}`,
		id, b.next.Add(1), b.people[rand.IntN(len(b.people))], 100+rand.IntN(80))
}

// bareWrites is the rate at which bare statements write rows made by next.
func (b *record) bareWrites(write func([]row) error, next func() row) (float64, error) {
	writers, group := b.bare.best()
	done, err := drive(b.ctx, writers, b.each, func(int, int) (int, error) {
		rows := make([]row, group)
		for i := range rows {
			rows[i] = next()
		}
		return group, write(rows)
	})
	return done.rate(), err
}

func (b *record) newRow() row {
	n := b.next.Add(1)
	return row{n, fmt.Sprint("bare-", n), b.observation(""), b.someKeys()}
}

func (b *record) creating() error {
	ceiling, err := b.bareWrites(b.bare.insert, b.newRow)
	if err != nil {
		return err
	}
	return b.requests("create", ceiling, func(c *client) error { _, err := b.create(c); return err })
}

func (b *record) reading() error {
	bare, err := drive(b.ctx, clients, b.each, func(int, int) (int, error) {
		_, err := b.bare.read(b.rows[rand.IntN(len(b.rows))].id)
		return 1, err
	})
	if err != nil {
		return err
	}
	return b.requests("read", bare.rate(), func(c *client) error {
		return b.ask(c, http.MethodGet, b.stored[rand.IntN(len(b.stored))].path, nil, http.StatusOK)
	})
}

func (b *record) updating() error {
	ceiling, err := b.bareWrites(b.bare.update, func() row {
		r := b.rows[rand.IntN(len(b.rows))]
		r.body = b.observation(r.id)
		return r
	})
	if err != nil {
		return err
	}
	own, err := b.ownResources()
	if err != nil {
		return err
	}
	return b.requests("update", ceiling, func(c *client) error {
		s := own[rand.IntN(len(own))]
		return b.ask(c, http.MethodPut, s.path, b.observation(s.id), http.StatusOK)
	})
}

// ownResources makes resources that the updates may change.
func (b *record) ownResources() (own []stored, err error) {
	c, err := dial(b.srv.addr)
	if err != nil {
		return nil, err
	}
	for range 2000 {
		s, err := b.create(c)
		if err != nil {
			return nil, err
		}
		own = append(own, s)
	}
	return own, nil
}

// mixing measures the life of a resource: created, read, updated, deleted, each a request.
func (b *record) mixing() error {
	own := make([]stored, clients)
	return b.cycle("mix", func(c *client, w, n int) (err error) {
		s := &own[w]
		switch n % 4 {
		case 0:
			*s, err = b.create(c)
			return err
		case 1:
			return b.ask(c, http.MethodGet, s.path, nil, http.StatusOK)
		case 2:
			return b.ask(c, http.MethodPut, s.path, b.observation(s.id), http.StatusOK)
		}
		return b.ask(c, http.MethodDelete, s.path, nil, http.StatusNoContent)
	})
}

func (b *record) create(c *client) (stored, error) {
	status, location, answer, err := c.do(http.MethodPost, "/fhir/Observation", b.observation(""), "")
	if err == nil && status != http.StatusCreated {
		err = fmt.Errorf("a create was answered with %d: %.500s", status, answer)
	}
	if err != nil {
		return stored{}, err
	}
	_, name, _ := strings.Cut(location, "/fhir/")
	name, _, _ = strings.Cut(name, "/_history")
	_, id, _ := strings.Cut(name, "/")
	return stored{"/fhir/" + name, id}, nil
}

func (b *record) ask(c *client, method, path string, body []byte, want int) error {
	status, _, answer, err := c.do(method, path, body, "")
	if err == nil && status != want {
		err = fmt.Errorf("%s %s was answered with %d: %.500s", method, path, status, answer)
	}
	return err
}

// requests measures one kind of request over sixteen connections.
func (b *record) requests(name string, ceiling float64, do func(*client) error) error {
	return b.measure(name, ceiling, func(c *client, _, _ int) error { return do(c) })
}

// cycle measures requests that follow each other; their ceiling is that of their parts.
func (b *record) cycle(name string, do func(c *client, w, n int) error) error {
	var slow float64
	for _, part := range []string{"create", "read", "update", "update"} { // a delete writes a version as an update does
		slow += 1 / b.report[b.name+"."+part].Ceiling
	}
	return b.measure(name, 4/slow, do)
}

func (b *record) measure(name string, ceiling float64, do func(c *client, w, n int) error) error {
	conns, err := dialAll(b.srv.addr, clients)
	if err != nil {
		return err
	}
	done, err := drive(b.ctx, clients, b.each, func(w, n int) (int, error) { return 1, do(conns[w], w, n) })
	b.report.addTimes(b.name+"."+name, done, ceiling)
	return err
}

func dialAll(addr string, n int) ([]*client, error) {
	conns := make([]*client, n)
	for i := range conns {
		var err error
		if conns[i], err = dial(addr); err != nil {
			return nil, err
		}
	}
	return conns, nil
}
