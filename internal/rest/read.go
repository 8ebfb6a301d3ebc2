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
	if err := r.accept("_summary", "_elements"); err != nil {
		return nil, err
	}
	subset, err := r.subset()
	if err == nil {
		err = subset.Check(r.ref.Type)
	}
	if err != nil {
		return nil, err
	}
	var v store.Version
	if r.level == levelVersion {
		v, err = r.session.VRead(r, r.ref, r.version)
	} else {
		v, err = r.session.Read(r, r.ref)
	}
	if err != nil {
		return nil, err
	}
	out := shown(http.StatusOK, v)
	if r.unchanged(v) {
		out.status = http.StatusNotModified
		return out, nil
	}
	out.resource, err = subset.Of(v.Resource())
	return out, err
}

// shown is an answer about a version, without its body.
func shown(status int, v store.Version) *response {
	return &response{status: status, etag: etag(v), modified: v.Updated, ref: v.Ref}
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
	return fhir.NewSubset(r.query.Get("_summary"), elements)
}
