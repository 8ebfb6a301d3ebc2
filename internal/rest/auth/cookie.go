package auth

import "net/http"

// Cookies of the pages. Over TLS each is called __Host-…, which a browser takes from this host alone, for all of its
// paths and over TLS only (RFC 6265bis, 4.1.3.2): nobody beside us can plant one.
const (
	sessionCookie  = "yitong"       // the session's token
	formCookie     = "yitong-form"  // what forms are made for before there is a session
	phoneCookie    = "yitong-phone" // to which a code was sent: a number is not for addresses, which are logged
	languageCookie = "yitong-lang"
	sizeCookie     = "yitong-size"
)

// How long cookies stay, in seconds.
const (
	withBrowser = 0 // until it is closed
	tenMinutes  = 10 * 60
	oneYear     = 365 * 24 * 60 * 60
	noLonger    = -1
)

func (s *Site) cookieName(r *http.Request, name string) string {
	if s.config.Secure(r) {
		return "__Host-" + name
	}
	return name
}

// cookie is the value of a cookie, "" if there is none.
func (s *Site) cookie(r *http.Request, name string) string {
	c, err := r.Cookie(s.cookieName(r, name))
	if err != nil {
		return ""
	}
	return c.Value
}

func (s *Site) setCookie(w http.ResponseWriter, r *http.Request, name, value string, seconds int) {
	http.SetCookie(w, &http.Cookie{
		Name: s.cookieName(r, name), Value: value, Path: "/", MaxAge: seconds,
		Secure: s.config.Secure(r), HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// Token is the token of the session that a request shows by its cookie, "" if it shows none.
func (s *Site) Token(r *http.Request) string { return s.cookie(r, sessionCookie) }
