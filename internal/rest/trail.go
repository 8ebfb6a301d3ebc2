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
	if form := string(r.body.bytes); form != "" {
		query += "&" + form
	}
	return kept(strings.TrimPrefix(query, "&"))
}

// kept is what the trail keeps of a query.
func kept(query string) string {
	if !strings.Contains(query, "_cursor") && !strings.Contains(query, "token") && !strings.Contains(query, "%") {
		return query // as most are
	}
	var all []string
	for _, p := range gate.Pairs(query) {
		if p.Name != "_cursor" && p.Name != "access_token" {
			all = append(all, url.QueryEscape(p.Name)+"="+url.QueryEscape(p.Value))
		}
	}
	return strings.Join(all, "&")
}

// leave lets the trail know what became of the request, before it is answered. What the server can do at all is told to everybody.
func (r *request) leave(failed error) error {
	if r.session == nil || r.act == nil || r.level == levelMetadata {
		return nil
	}
	return r.session.Leave(r, failed)
}
