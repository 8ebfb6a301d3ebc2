package rest

import (
	"mime"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir/schema"
)

// offered are the formats of answers.
var offered = []string{mediaFHIR, mediaJSON, "text/json"}

// negotiate refuses a client that takes neither JSON of FHIR R4 nor what else the answer may be, "" for nothing. _format counts
// before the Accept header (R4, 3.1.0.1.11).
func negotiate(accept []string, format, other string) error {
	if format != "" {
		if format == "json" || acceptable(strings.ReplaceAll(format, " ", "+"), other) {
			return nil
		}
		return fault.New(fault.NotAcceptable, "The _format %q is not offered; json is.", clip(format))
	}
	asked := false
	for _, line := range accept {
		for part := range strings.SplitSeq(line, ",") {
			if part = strings.TrimSpace(part); part == "" {
				continue
			}
			asked = true
			if acceptable(part, other) {
				return nil
			}
		}
	}
	if !asked {
		return nil
	}
	return fault.New(fault.NotAcceptable, "None of the formats in Accept is offered; %s is.", mediaFHIR)
}

// acceptable tells whether a media range lets JSON of this version of FHIR through, or another type.
func acceptable(part, other string) bool {
	typ, params, err := mime.ParseMediaType(part)
	if err != nil {
		return false
	}
	if q, ok := params["q"]; ok {
		if v, err := strconv.ParseFloat(q, 64); err != nil || v <= 0 {
			return false
		}
	}
	if !ourVersion(params) {
		return false
	}
	if c := params["charset"]; c != "" && !strings.EqualFold(c, "utf-8") {
		return false
	}
	return typ == "*/*" || typ == "application/*" || slices.Contains(offered, typ) || other != "" && typ == other
}

// mediaType reads the Content-Type of a body, which may be a form.
func mediaType(text string, form bool) (string, error) {
	typ, params, err := mime.ParseMediaType(text)
	if err != nil {
		return "", fault.New(fault.UnsupportedMedia, "The Content-Type is missing or cannot be read; resources are sent as %s.", mediaFHIR)
	}
	if c := params["charset"]; c != "" && !strings.EqualFold(c, "utf-8") {
		return "", fault.New(fault.UnsupportedMedia, "The charset %q is not taken; send UTF-8.", clip(c))
	}
	if !ourVersion(params) {
		return "", fault.New(fault.UnsupportedMedia, "FHIR version %q is not taken; 4.0 is.", clip(params["fhirversion"]))
	}
	if form {
		if typ != mediaForm {
			return "", fault.New(fault.UnsupportedMedia, "The Content-Type %q is not taken; a search is posted as %s.", clip(typ), mediaForm)
		}
		return typ, nil
	}
	if typ != mediaFHIR && typ != mediaJSON && typ != mediaPatch {
		return "", fault.New(fault.UnsupportedMedia, "The Content-Type %q is not taken; resources are sent as %s.", clip(typ), mediaFHIR)
	}
	return typ, nil
}

// ourVersion tells whether a media type names this version of FHIR, or none.
func ourVersion(params map[string]string) bool {
	v := params["fhirversion"]
	return v == "" || v == "4.0" || v == schema.Version
}

func parseQuery(raw string) (url.Values, error) {
	if raw == "" {
		return nil, nil
	}
	q, err := url.ParseQuery(raw)
	if err != nil {
		return nil, fault.New(fault.Malformed, "The query of the address cannot be read.").Because(err)
	}
	return q, nil
}

// Guard puts the refusals of [guard] in front of a handler that is not this server's.
func Guard(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := guard(r); err != nil {
			http.Error(w, fault.From(err).Message, http.StatusForbidden)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// guard refuses what a page of another site could make a browser send to a server that asks nobody who they are: a
// Host that is not this machine (DNS rebinding), or an Origin that is not this server.
func guard(hr *http.Request) error {
	if !Loopback(hr.Host) {
		return fault.New(fault.Forbidden, "Without accounts the server answers only to the names of this machine, such as localhost.")
	}
	if origin := hr.Header.Get("Origin"); origin != "" {
		if u, err := url.Parse(origin); err != nil || u.Host != hr.Host {
			return fault.New(fault.Forbidden, "Without accounts the server answers no other site's pages.")
		}
	}
	return nil
}

// Loopback tells whether host, with or without a port, is a name of this machine only.
func Loopback(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.Trim(host, "[]")
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
