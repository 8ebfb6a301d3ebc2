package rest

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
)

// level is the kind of address that a path names.
type level uint8

const (
	levelSystem level = iota
	levelMetadata
	levelSystemHistory
	levelType
	levelTypeHistory
	levelInstance
	levelInstanceHistory
	levelVersion
	levelSystemSearch
	levelTypeSearch
	levelCompartment       // Patient/1/Observation, Patient/1/*
	levelCompartmentSearch // Patient/1/Observation/_search
	levelSystemOperation   // $fhirpath
	levelTypeOperation     // Patient/$validate
	levelInstanceOperation // Patient/1/$everything
)

// address is a path below the FHIR base, taken apart.
type address struct {
	level     level
	ref       fhir.Ref
	version   int64
	member    schema.Type // of a compartment, 0 for all
	operation string      // without its $
}

// String is the path of an address.
func (a address) String() string {
	member := "*"
	if a.member != 0 {
		member = a.member.String()
	}
	switch a.level {
	case levelMetadata:
		return "metadata"
	case levelSystemHistory:
		return "_history"
	case levelSystemSearch:
		return "_search"
	case levelType:
		return a.ref.Type.String()
	case levelTypeHistory:
		return a.ref.Type.String() + "/_history"
	case levelTypeSearch:
		return a.ref.Type.String() + "/_search"
	case levelInstance:
		return a.ref.String()
	case levelInstanceHistory:
		return a.ref.String() + "/_history"
	case levelVersion:
		return a.ref.String() + "/_history/" + strconv.FormatInt(a.version, 10)
	case levelCompartment:
		return a.ref.String() + "/" + member
	case levelCompartmentSearch:
		return a.ref.String() + "/" + member + "/_search"
	case levelSystemOperation:
		return "$" + a.operation
	case levelTypeOperation:
		return a.ref.Type.String() + "/$" + a.operation
	case levelInstanceOperation:
		return a.ref.String() + "/$" + a.operation
	}
	return ""
}

// request is one interaction as a client asks for it, by a request of its own or by an entry of a bundle.
type request struct {
	context.Context
	session *gate.Session
	base    string // absolute URL of the FHIR base
	method  string
	address
	query     url.Values
	pairs     []search.Pair // the query in its order, and the form of a search
	header    http.Header
	body      body
	place     string       // such as Bundle.entry[3]; "" for a request of its own
	act       *interaction // what the request means
	allow     []string     // the methods of the address, where the request has another
	requestID string
	part      fhir.Subset   // of what is read
	key       string        // the idempotency key, "" for none
	keep      time.Duration // of the answer, with a key
	left      func()        // out of the line, once the request is in it
}

// body is what a request carries: bytes that have been read from the wire, or a part of a bundle's tree.
type body struct {
	bytes []byte
	node  fhir.Node
	typ   string // media type
}

// parse reads the body as JSON.
func (b *body) parse() (fhir.Node, error) {
	if b.node.Exists() {
		return b.node, nil
	}
	if len(b.bytes) == 0 {
		return fhir.Node{}, fault.New(fault.Malformed, "The request has no body; it should carry a resource.")
	}
	tree, err := fhir.Parse(b.bytes)
	if err != nil {
		return fhir.Node{}, err
	}
	b.node = tree.Root()
	return b.node, nil
}

// raw is the body as it came, for its digest.
func (b *body) raw() []byte {
	if b.bytes != nil {
		return b.bytes
	}
	return b.node.Raw()
}

// parseAddress reads a path below the FHIR base, such as Patient/1/_history/2.
func parseAddress(path string) (address, error) {
	path = strings.Trim(path, "/")
	if path == "" {
		return address{level: levelSystem}, nil
	}
	parts := strings.Split(path, "/")
	switch last := parts[len(parts)-1]; {
	case path == "metadata":
		return address{level: levelMetadata}, nil
	case path == "_history":
		return address{level: levelSystemHistory}, nil
	case path == "_search":
		return address{level: levelSystemSearch}, nil
	case strings.HasPrefix(last, "$"):
		return parseOperation(strings.Join(parts[:len(parts)-1], "/"), last)
	}
	t, known := schema.TypeOf(parts[0])
	if !known {
		return address{}, fault.New(fault.NotFound, "%q is not a resource type of FHIR R4.", clip(parts[0]))
	}
	a := address{level: levelType, ref: fhir.Ref{Type: t}}
	if len(parts) == 1 {
		return a, nil
	}
	if len(parts) == 2 && parts[1] == "_history" {
		a.level = levelTypeHistory
		return a, nil
	}
	if len(parts) == 2 && parts[1] == "_search" {
		a.level = levelTypeSearch
		return a, nil
	}
	if a.ref.ID = parts[1]; !fhir.ValidID(a.ref.ID) {
		return address{}, fault.New(fault.Malformed, "An id has 1 to 64 of the characters A-Z a-z 0-9 - and dot.").WithIssue("value")
	}
	a.level = levelInstance
	err := a.parseRest(parts[2:])
	return a, err
}

// parseOperation reads the path of an operation on the system, a type or an instance.
func parseOperation(path, name string) (address, error) {
	a, err := parseAddress(path)
	level, ok := map[level]level{
		levelSystem: levelSystemOperation, levelType: levelTypeOperation, levelInstance: levelInstanceOperation,
	}[a.level]
	if err == nil && !ok {
		err = noOperation(name)
	}
	a.level, a.operation = level, name[1:]
	return a, err
}

func noOperation(name string) error {
	return fault.New(fault.NotSupported, "There is no operation %s here.", clip(name))
}

// parseRest reads what stands behind Type/id.
func (a *address) parseRest(rest []string) error {
	if len(rest) == 0 || rest[0] == "_history" {
		return a.parseVersion(rest)
	}
	var known bool
	if a.member, known = schema.TypeOf(rest[0]); !known && rest[0] != "*" {
		return fault.New(fault.NotFound, "There is nothing at this address.")
	}
	switch {
	case len(rest) == 1:
		a.level = levelCompartment
	case len(rest) == 2 && rest[1] == "_search":
		a.level = levelCompartmentSearch
	default:
		return fault.New(fault.NotFound, "There is nothing at this address.")
	}
	return nil
}

func (a *address) parseVersion(rest []string) (err error) {
	switch {
	case len(rest) == 0:
	case len(rest) == 1 && rest[0] == "_history":
		a.level = levelInstanceHistory
	case len(rest) == 2 && rest[0] == "_history":
		a.level = levelVersion
		a.version, err = fhir.ParseVersion(rest[1])
	default:
		err = fault.New(fault.NotFound, "There is nothing at this address.")
	}
	return err
}

func clip(s string) string {
	if len(s) > 60 {
		return strings.ToValidUTF8(s[:60], "") + "…"
	}
	return s
}

// versionTag reads a tag such as W/"3".
func versionTag(name, value string) (int64, error) {
	tag := strings.TrimPrefix(strings.TrimSpace(value), "W/")
	if len(tag) > 2 && tag[0] == '"' && tag[len(tag)-1] == '"' {
		if v, err := fhir.ParseVersion(tag[1 : len(tag)-1]); err == nil {
			return v, nil
		}
	}
	return 0, fault.New(fault.Malformed, `%s should be a version's ETag, such as W/"3".`, name)
}

// accept refuses parameters that the interaction does not know; a wrong guess at a name must not change what is done.
func (r *request) accept(names ...string) error {
	for name := range r.query {
		known := name == "_format" || name == "_pretty"
		for _, n := range names {
			known = known || n == name
		}
		if !known {
			return fault.New(fault.Malformed, "The parameter %q is not known here.", clip(name))
		}
	}
	return nil
}

// prefer is the value of a preference such as return, "" if the client has none (RFC 7240).
func (r *request) prefer(name string) string {
	for _, line := range r.header.Values("Prefer") {
		for part := range strings.FieldsFuncSeq(line, func(c rune) bool { return c == ',' || c == ';' }) {
			if k, v, _ := strings.Cut(strings.TrimSpace(part), "="); strings.EqualFold(k, name) {
				return strings.Trim(v, `"`)
			}
		}
	}
	return ""
}

// response is what an interaction answers.
type response struct {
	status   int
	etag     string
	location string // Type/id/_history/version, below the base
	modified time.Time
	resource []byte // nil for none
	told     bool   // the resource is an OperationOutcome about the interaction
	ref      fhir.Ref
	replayed bool  // the answer to an earlier request with the same idempotency key
	parts    parts // in place of a resource; nil for none
}
