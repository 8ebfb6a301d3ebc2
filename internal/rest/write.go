package rest

import (
	"cmp"
	"crypto/sha256"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/fhirpath/patch"
	"yitong/internal/gate"
)

// Media types that are taken.
const (
	mediaFHIR  = "application/fhir+json"
	mediaJSON  = "application/json"
	mediaPatch = "application/json-patch+json"
)

// answerTime is how long the answer to a request with an idempotency key is kept.
const answerTime = 24 * time.Hour

func (s *Server) create(r *request) (*response, error) {
	op, err := r.createOp()
	if err != nil {
		return nil, err
	}
	return s.apply(r, op)
}

func (s *Server) update(r *request) (*response, error) {
	op, err := r.updateOp()
	if err != nil {
		return nil, err
	}
	return s.apply(r, op)
}

func (s *Server) patch(r *request) (*response, error) {
	op, err := r.patchOp()
	if err != nil {
		return nil, err
	}
	return s.apply(r, op)
}

func (s *Server) delete(r *request) (*response, error) {
	op, err := r.deleteOp()
	if err != nil {
		return nil, err
	}
	return s.apply(r, op)
}

// apply carries one op out by itself.
func (s *Server) apply(r *request, op gate.Op) (*response, error) {
	op, err := s.subscribing(r, op)
	if err != nil {
		return nil, err
	}
	results, err := r.session.Apply(r, []gate.Op{op}, r.idempotency())
	if err != nil {
		return nil, err
	}
	return r.result(results[0], cmp.Or(r.prefer("return"), "representation"))
}

// createOp reads a create. A resource's own id is not used: the server gives one (R4, 3.1.0.8).
func (r *request) createOp() (op gate.Op, err error) {
	if err = r.accept(); err != nil {
		return op, err
	}
	op = gate.Op{Kind: gate.Create, Type: r.ref.Type, Place: r.place}
	if op.Resource, err = r.resource(); err != nil {
		return op, err
	}
	if criteria := r.header.Get("If-None-Exist"); criteria != "" {
		kind, query, led := strings.Cut(criteria, "?")
		if !led || strings.Contains(kind, "=") { // the question mark stands in a value
			kind, query = "", criteria
		}
		if kind = kind[strings.LastIndexByte(kind, '/')+1:]; kind != "" && kind != r.ref.Type.String() {
			return op, fault.New(fault.Malformed, "If-None-Exist is about %s, but the request creates a %s.", clip(kind), r.ref.Type).WithIssue("value")
		}
		op.Match, err = r.session.Criteria(r.ref.Type, query)
	}
	return op, err
}

func (r *request) updateOp() (op gate.Op, err error) {
	op = gate.Op{Kind: gate.Update, Type: r.ref.Type, ID: r.ref.ID, Place: r.place}
	if op.Match, err = r.criteria(); err != nil {
		return op, err
	}
	if op.Resource, err = r.resource(); err != nil {
		return op, err
	}
	switch id := op.Resource.ID; {
	case op.Match != nil:
	case id == "":
		return op, fault.New(fault.Malformed, "The resource has no id; it should be %s, as in the address.", r.ref.ID).WithIssue("required").At(op.Resource.Root.Path())
	case id != r.ref.ID:
		return op, fault.New(fault.Malformed, "The resource's id is %s, but the address says %s.", id, r.ref.ID).WithIssue("value").At(op.Resource.Root.Get("id").Path())
	}
	err = r.preconditions(&op)
	return op, err
}

// patchOp reads a patch: a JSON Patch (RFC 6902), or as FHIR JSON a FHIRPath Patch (R4, fhirpatch.html).
func (r *request) patchOp() (op gate.Op, err error) {
	op = gate.Op{Kind: gate.Patch, Type: r.ref.Type, ID: r.ref.ID, Place: r.place}
	if op.Match, err = r.criteria(); err != nil {
		return op, err
	}
	if typ := r.body.typ; typ != mediaPatch && typ != mediaFHIR && typ != mediaJSON {
		return op, fault.New(fault.UnsupportedMedia, "A patch is sent as %s, or as %s with Parameters.", mediaPatch, mediaFHIR)
	}
	n, err := r.body.parse()
	if err != nil {
		return op, err
	}
	if r.body.typ == mediaPatch {
		op.Patch, err = fhir.ReadPatch(n)
	} else {
		op.Patch, err = patch.Read(n)
	}
	if err != nil {
		return op, err
	}
	err = r.preconditions(&op)
	return op, err
}

func (r *request) deleteOp() (op gate.Op, err error) {
	op = gate.Op{Kind: gate.Delete, Type: r.ref.Type, ID: r.ref.ID, Place: r.place}
	if op.Match, err = r.criteria(); err != nil {
		return op, err
	}
	err = r.preconditions(&op)
	return op, err
}

// criteria are those of a conditional interaction, nil where the address names the resource.
func (r *request) criteria() (*gate.Criteria, error) {
	if r.level != levelType {
		return nil, r.accept()
	}
	query := url.Values{}
	for name, values := range r.query {
		if name != "_format" && name != "_pretty" {
			query[name] = values
		}
	}
	return r.session.Criteria(r.ref.Type, query.Encode())
}

// preconditions reads If-Match and If-None-Match.
func (r *request) preconditions(op *gate.Op) (err error) {
	switch tag := r.header.Get("If-Match"); strings.TrimSpace(tag) {
	case "":
	case "*":
		op.IfVersion = gate.AnyVersion
	default:
		op.IfVersion, err = versionTag("If-Match", tag)
	}
	if tag := r.header.Get("If-None-Match"); tag != "" && err == nil {
		if op.IfAbsent = strings.TrimSpace(tag) == "*"; !op.IfAbsent {
			err = fault.New(fault.Malformed, "If-None-Match can only be * in a write.")
		}
	}
	return err
}

// resource reads the resource that the request carries, of the type that the address names.
func (r *request) resource() (fhir.Resource, error) {
	if r.body.typ != mediaFHIR && r.body.typ != mediaJSON {
		return fhir.Resource{}, fault.New(fault.UnsupportedMedia, "Resources are taken as %s.", mediaFHIR)
	}
	n, err := r.body.parse()
	if err != nil {
		return fhir.Resource{}, err
	}
	if len(n.Raw()) > maxResource {
		return fhir.Resource{}, fault.New(fault.TooLarge, "The resource has %d bytes; at most %d are taken.", len(n.Raw()), maxResource).At(n.Path())
	}
	res, err := fhir.ReadResource(n)
	if err == nil && res.Type != r.ref.Type {
		err = fault.New(fault.Malformed, "The resource is a %s, but the address says %s.", res.Type, r.ref.Type).WithIssue("value").At(n.Path())
	}
	if err == nil {
		err = res.Check()
	}
	return res, err
}

// idempotency is the request's idempotency key, nil if it has none.
func (r *request) idempotency() *gate.Idempotency {
	if r.key == "" {
		return nil
	}
	h := sha256.New()
	for _, part := range []string{r.method, strconv.Itoa(int(r.level)), r.ref.String(), r.query.Encode(), r.header.Get("If-Match"), r.header.Get("If-None-Match"), r.header.Get("If-None-Exist")} {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	h.Write(r.body.raw())
	return &gate.Idempotency{Key: r.key, Digest: h.Sum(nil), Keep: r.keep}
}

var eventStatus = map[gate.Event]int{
	gate.Nothing: http.StatusNoContent, gate.Deleted: http.StatusNoContent, gate.Created: http.StatusCreated,
	gate.Updated: http.StatusOK, gate.Found: http.StatusOK,
}

// result is the answer to an op. It carries what is wanted: a preference of RFC 7240, or what is usual.
func (r *request) result(res gate.Result, want string) (*response, error) {
	v := res.Version
	out := &response{status: eventStatus[res.Event], ref: v.Ref, replayed: res.Replayed}
	if v.Exists() {
		out.etag, out.modified = etag(v), v.Updated
	}
	if v.Live() {
		out.location = v.Ref.String() + "/_history/" + out.etag[3:len(out.etag)-1]
	}
	switch want {
	case "minimal":
	case "OperationOutcome":
		out.told, out.resource = true, outcomeText(append([]issue{{Severity: "information", Code: "informational", Diagnostics: told(res)}}, r.issues(res.Issues)...)...)
		if out.status == http.StatusNoContent {
			out.status = http.StatusOK
		}
	default:
		out.resource = v.Resource()
	}
	return out, nil
}

func told(res gate.Result) string {
	switch res.Event {
	case gate.Created:
		return res.Version.Ref.String() + " was created."
	case gate.Updated:
		return res.Version.Ref.String() + " was updated."
	case gate.Deleted:
		return res.Version.Ref.String() + " was deleted."
	case gate.Found:
		return res.Version.Ref.String() + " was there already."
	}
	return "There was nothing to delete."
}
