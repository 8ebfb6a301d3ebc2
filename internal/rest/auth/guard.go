package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
)

// secure sets what a browser is to keep to on every page: nothing but what comes from here, no frames around it, and
// nothing kept of it. The referrer stays within the site; without any, browsers would not tell the origin of a form
// either.
func secure(h http.Header) {
	policy(h, "")
	h.Set("X-Frame-Options", "DENY")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	h.Add("Vary", "Cookie, Accept-Language")
}

// policy sets what a page may load, and where its forms may lead beside this host, redirects included.
func policy(h http.Header, forms string) {
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "+
		"form-action 'self'"+forms+"; base-uri 'none'; frame-ancestors 'none'")
}

// formKey is by what the forms of a browser are known: its session, or a cookie before there is one.
func (v *visit) formKey() string {
	if v.signed != nil {
		return v.token
	}
	return v.cookie(v.r, formCookie)
}

// formToken is what stands in every form. It tells nothing of the session's token, from which it is made.
func formToken(key string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte("yitong form"))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// stamp is the token of the forms on the page that is drawn. Who has no session gets a cookie for it.
func (v *visit) stamp() string {
	key := v.formKey()
	if key == "" {
		key = rand.Text()
		v.setCookie(v.w, v.r, formCookie, key, withBrowser)
	}
	return formToken(key)
}

// own tells whether the form that was sent is one of ours, made for this browser (OWASP ASVS 4.2.2). It comes on top of
// what browsers themselves tell of foreign forms.
func (v *visit) own() bool { return made(v.r, v.formKey()) }

func made(r *http.Request, key string) bool {
	return key != "" && hmac.Equal([]byte(r.PostForm.Get("form")), []byte(formToken(key)))
}
