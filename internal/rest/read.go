package rest

import (
	"net/http"
	"strconv"
	"strings"

	"yitong/internal/fhir"
	"yitong/internal/store"
)

// read answers read and vread.
func (s *Server) read(r *request) (*response, error) {
	if err := r.readWhat(); err != nil {
		return nil, err
	}
	var v store.Version
	var err error
	if r.level == levelVersion {
		v, err = r.session.VRead(r, r.ref, r.version)
	} else {
		v, err = r.session.Read(r, r.ref)
	}
	if err != nil {
		return nil, err
	}
	return r.show(v)
}

// readWhat reads which part of the resource is asked for.
func (r *request) readWhat() (err error) {
	if err = r.accept("_summary", "_elements"); err != nil {
		return err
	}
	if r.part, err = r.subset(); err != nil {
		return err
	}
	return r.part.Check(r.ref.Type)
}

// show answers with the part of a version that is asked for, or with nothing if the client has the version already.
func (r *request) show(v store.Version) (out *response, err error) {
	out = &response{status: http.StatusOK, etag: etag(v), modified: v.Updated, ref: v.Ref}
	if r.unchanged(v) {
		out.status = http.StatusNotModified
		return out, nil
	}
	out.resource, err = r.part.Of(v.Resource())
	return out, err
}

func etag(v store.Version) string { return `W/"` + strconv.FormatInt(v.Number, 10) + `"` }

// unchanged tells whether the client has the version already. If-None-Match counts before If-Modified-Since
// (RFC 9110, 13.2.2).
func (r *request) unchanged(v store.Version) bool {
	if tags := r.header.Get("If-None-Match"); tags != "" {
		for tag := range strings.SplitSeq(tags, ",") {
			if tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/"); tag == "*" || "W/"+tag == etag(v) {
				return true
			}
		}
		return false
	}
	since, err := http.ParseTime(r.header.Get("If-Modified-Since"))
	return err == nil && !v.Updated.Truncate(1e9).After(since)
}

// subset is the part of resources that the client asks for.
func (r *request) subset() (fhir.Subset, error) {
	var elements []string
	for _, list := range r.query["_elements"] {
		elements = append(elements, strings.Split(list, ",")...)
	}
	summary := r.query.Get("_summary")
	if summary == "count" && strings.HasPrefix(r.act.code, "search") {
		summary = ""
	}
	return fhir.NewSubset(summary, elements)
}
