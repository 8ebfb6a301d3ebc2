package auth

import "net/http"

// Look is how a page is shown: what the person has chosen on the pages here.
type Look struct {
	Language string // zh-CN or en
	Large    bool
}

// Look is how a browser wants pages, for those of other packages that look the same.
func (s *Site) Look(r *http.Request) Look {
	return Look{s.spoken(r).Code, s.cookie(r, sizeCookie) == "large"}
}

// Asset is the address of a file of the pages: style.css or mark.svg.
func Asset(name string) string { return assetPaths()[name] }

// Secure sets what a browser is to keep to on every page.
func Secure(h http.Header) { secure(h) }

// Form is the token that stands in forms for a session, by its token.
func Form(session string) string { return formToken(session) }

// Made tells whether a form that was sent, and has been parsed, was made for a session.
func Made(r *http.Request, session string) bool { return made(r, session) }
