package rest

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"yitong/internal/gate"
)

// begin tells the session what the request is for.
func (s *Server) begin(r *request, hr *http.Request) {
	from, _ := netip.ParseAddrPort(hr.RemoteAddr) // the zero address where there is none
	address := from.Addr()
	if s.config.Address != nil {
		address = s.config.Address(hr)
	}
	d := gate.Doing{Do: r.act.code, On: r.address.String(), Query: r.asked(hr.URL.RawQuery), Request: r.requestID}
	if address.IsValid() {
		d.From = address.Unmap().String()
	}
	if r.operation != "" {
		d.Do = "$" + r.operation
	}
	r.session.Begin(d)
}

// asked are the criteria of the request, as the trail keeps them: without the place of a page, which says nothing to people, and
// without a token that somebody has put where it does not belong.
func (r *request) asked(query string) string {
	if len(r.body.bytes) == 0 && !strings.Contains(query, "_cursor=") && !strings.Contains(query, "token=") {
		return query
	}
	pairs := append(gate.Pairs(query), gate.Pairs(string(r.body.bytes))...)
	var kept []string
	for _, p := range pairs {
		if p.Name != "_cursor" && p.Name != "access_token" {
			kept = append(kept, url.QueryEscape(p.Name)+"="+url.QueryEscape(p.Value))
		}
	}
	return strings.Join(kept, "&")
}

// leave lets the trail know what became of the request, before it is answered. What the server can do at all is told to everybody.
func (r *request) leave(failed error) error {
	if r.session == nil || r.act == nil || r.level == levelMetadata {
		return nil
	}
	return r.session.Leave(r, failed)
}
