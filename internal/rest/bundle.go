package rest

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
)

// entriesMost bounds the entries of a batch or transaction.
const entriesMost = 10_000

var typeBundle, _ = schema.TypeOf("Bundle")

// bundle answers a batch or a transaction.
func (s *Server) bundle(r *request) (*response, error) {
	if err := r.accept(); err != nil {
		return nil, err
	}
	r.ref.Type = typeBundle
	root, err := r.bundleRoot()
	if err != nil {
		return nil, err
	}
	entries := root.Get("entry")
	if entries.Exists() && entries.Kind() != fhir.Array {
		return nil, fault.New(fault.Malformed, "The bundle's entry should be an array, but it is %s.", entries.Kind()).At("Bundle.entry")
	}
	if entries.Len() > entriesMost {
		return nil, fault.New(fault.TooLarge, "The bundle has %d entries; at most %d are taken.", entries.Len(), entriesMost).At("Bundle.entry")
	}
	switch kind := root.Get("type").Str(); kind {
	case "batch":
		return s.batch(r, entries)
	case "transaction":
		r.session.Does(kind)
		return s.transaction(r, entries)
	default:
		return nil, fault.New(fault.Malformed, "A bundle that is sent here is a batch or a transaction, not %q.", clip(kind)).WithIssue("value").At("Bundle.type")
	}
}

// bundleRoot reads the request's body as a Bundle. Its size has been bounded when it was read.
func (r *request) bundleRoot() (fhir.Node, error) {
	if r.body.typ != mediaFHIR && r.body.typ != mediaJSON {
		return fhir.Node{}, fault.New(fault.UnsupportedMedia, "Bundles are taken as %s.", mediaFHIR)
	}
	n, err := r.body.parse()
	if err != nil {
		return n, err
	}
	res, err := fhir.ReadResource(n)
	if err == nil && res.Type != typeBundle {
		err = fault.New(fault.Malformed, "A Bundle should stand here, but it is a %s.", res.Type).WithIssue("value").At(n.Path())
	}
	return n, err
}

// batch carries every entry out by itself; each has its own answer.
func (s *Server) batch(r *request, entries fhir.Node) (*response, error) {
	b := newBundle("batch-response")
	replayed := entries.Len() > 0
	i := 0
	for e := entries.First(); e.Exists(); e = e.Next() {
		one, err := s.entry(r, e, i)
		var answer *response
		if err == nil && one.method == http.MethodGet && int64(b.buf.Len()) > s.config.BodyMost {
			err = fault.New(fault.TooLarge, "What the batch reads has more than %d bytes; read the rest in another.", s.config.BodyMost)
		}
		if err == nil {
			answer, err = safely(func() (*response, error) { return one.act.do(s, one) })
		}
		if err != nil {
			f := fault.From(err)
			s.note(r, f)
			r.session.PartFailed(f)
			b.answer(r.base, &response{status: Status(f)}, r.outcomeOf(f))
		} else {
			one.minimal(answer)
			replayed = replayed && answer.replayed
			b.answer(r.base, answer, nil)
		}
		i++
	}
	return &response{status: http.StatusOK, resource: b.bytes(), replayed: replayed}, nil
}

// minimal leaves out of a write's answer what the client has sent itself, unless it asks for it.
func (r *request) minimal(answer *response) {
	if r.method != http.MethodGet && r.act.operation == "" && r.prefer("return") == "" {
		answer.resource = nil
	}
}

// transaction carries all entries out or none.
func (s *Server) transaction(r *request, entries fhir.Node) (*response, error) {
	ops := make([]gate.Op, 0, entries.Len())
	asked := make([]*request, 0, entries.Len())
	names := make(map[string]bool, entries.Len())
	for e := entries.First(); e.Exists(); e = e.Next() {
		one, err := s.entry(r, e, len(ops))
		if err != nil {
			return nil, err
		}
		op, err := one.op()
		if err == nil {
			op, err = s.subscribing(one, op)
		}
		if err != nil {
			return nil, one.placed(err)
		}
		if op.FullURL = e.Get("fullUrl").Str(); op.FullURL != "" && names[op.FullURL] {
			return nil, fault.New(fault.Malformed, "The fullUrl names another entry too; each entry needs its own.").WithIssue("duplicate").At(one.place + ".fullUrl")
		}
		names[op.FullURL] = true
		ops, asked = append(ops, op), append(asked, one)
	}
	results, err := r.session.Apply(r, ops, r.idempotency())
	if err != nil {
		return nil, err
	}
	b := newBundle("transaction-response")
	for i, res := range results {
		var answer *response
		if ops[i].Kind == gate.Read {
			answer, err = asked[i].show(res.Version)
		} else {
			answer, err = r.result(res, cmp.Or(r.prefer("return"), "minimal"))
		}
		if err != nil {
			return nil, err
		}
		b.answer(r.base, answer, nil)
	}
	return &response{status: http.StatusOK, resource: b.bytes(), replayed: len(results) > 0 && results[0].Replayed}, nil
}

// placed makes an error tell of the entry where it does not yet.
func (r *request) placed(err error) error {
	f := fault.From(err)
	if len(f.Expression) > 0 && strings.HasPrefix(f.Expression[0], r.place) {
		return f
	}
	return f.At(r.place)
}

// entry reads an entry of a bundle as a request.
func (s *Server) entry(r *request, e fhir.Node, i int) (*request, error) {
	place := fmt.Sprintf("Bundle.entry[%d]", i)
	ask := e.Get("request")
	if ask.Kind() != fhir.Object {
		return nil, fault.New(fault.Malformed, "The entry has no request, so it does not say what to do.").WithIssue("required").At(place)
	}
	if ask.Get("method").Str() == "" {
		return nil, fault.New(fault.Malformed, "The entry's request has no method.").WithIssue("required").At(place + ".request.method")
	}
	one := &request{
		Context: r.Context, session: r.session, base: r.base, requestID: r.requestID, keep: r.keep, place: place,
		method: ask.Get("method").Str(), header: http.Header{"Prefer": r.header["Prefer"]},
	}
	for member, header := range map[string]string{"ifMatch": "If-Match", "ifNoneMatch": "If-None-Match", "ifModifiedSince": "If-Modified-Since", "ifNoneExist": "If-None-Exist"} {
		if v := ask.Get(member).Str(); v != "" {
			one.header.Set(header, v)
		}
	}
	if r.key != "" {
		one.key = fmt.Sprintf("%s#%d", r.key, i)
	}
	path, query, _ := strings.Cut(strings.TrimPrefix(ask.Get("url").Str(), r.base), "?")
	part := path
	if query != "" {
		part += "?" + kept(query)
	}
	r.session.Part(one.method, part)
	var err error
	if one.address, err = parseAddress(path); err == nil {
		one.query, err = parseQuery(query)
		one.pairs = gate.Pairs(query)
	}
	if err == nil {
		err = s.mean(one)
	}
	if err != nil {
		return nil, fault.From(err).At(place + ".request.url")
	}
	if one.level == levelSystem && one.method == http.MethodPost {
		return nil, fault.New(fault.Malformed, "A bundle cannot be an entry of another.").At(place + ".request.url")
	}
	return one, one.entryBody(e.Get("resource"))
}

// entryBody takes the entry's resource. A JSON Patch comes as a Binary (R4, 3.1.0.10.2), a FHIRPath Patch as it
// is.
func (r *request) entryBody(resource fhir.Node) error {
	r.body = body{node: resource, typ: mediaFHIR}
	if strings.HasPrefix(r.act.code, "search") && r.method == http.MethodPost {
		return fault.New(fault.Malformed, "An entry searches with GET.").At(r.place + ".request.method")
	}
	if r.method != http.MethodPatch || resource.Get("resourceType").Str() != "Binary" {
		return nil
	}
	data, err := base64.StdEncoding.DecodeString(resource.Get("data").Str())
	if err != nil {
		return fault.New(fault.Malformed, "The Binary's data is not base64.").WithIssue("value").At(r.place + ".resource.data")
	}
	r.body = body{bytes: data, typ: resource.Get("contentType").Str()}
	return nil
}

// op is what the entry of a transaction does.
func (r *request) op() (gate.Op, error) {
	switch r.act.code {
	case "create":
		return r.createOp()
	case "update":
		return r.updateOp()
	case "patch":
		return r.patchOp()
	case "delete":
		return r.deleteOp()
	case "read":
		err := r.readWhat()
		return gate.Op{Kind: gate.Read, Type: r.ref.Type, ID: r.ref.ID, Place: r.place}, err
	}
	return gate.Op{}, fault.New(fault.NotSupported, "A transaction can create, update, patch, delete and read; send the %s by itself or in a batch.", r.act.code)
}
