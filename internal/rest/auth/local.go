package auth

import (
	"net/url"
	"path"
	"strings"
)

// nextMost bounds an address to go on to; those of authorizations are long.
const nextMost = 8 << 10

// local gives an address back if it is a path on this host, "" otherwise, so that no page leads to a foreign one.
// Browsers read "\" as "/" and leave out tabs and line ends (WHATWG URL), so nothing of the kind may be in it.
func local(address string) string {
	strange := func(c rune) bool { return c <= ' ' || c == 0x7f || c == '\\' }
	if !strings.HasPrefix(address, "/") || len(address) > nextMost || strings.ContainsFunc(address, strange) {
		return ""
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Fragment != "" {
		return ""
	}
	if clean := path.Clean(u.Path); clean != u.Path && clean+"/" != u.Path {
		return ""
	}
	return address
}

// leadsOut tells whether a local address is one of the protocol, from which the browser may be sent on to a program.
func leadsOut(address string) bool { return strings.HasPrefix(address, "/oauth/") }

// with adds where to go afterwards to the path of a page.
func with(page, next string) string {
	if next == "" {
		return page
	}
	sign := "?"
	if strings.Contains(page, "?") {
		sign = "&"
	}
	return page + sign + "next=" + url.QueryEscape(next)
}
