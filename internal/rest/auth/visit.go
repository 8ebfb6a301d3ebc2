package auth

import (
	"cmp"
	"html/template"
	"net/http"
	"net/url"
	"time"

	"yitong/internal/account"
	"yitong/internal/fault"
)

// visit is one request to a page.
type visit struct {
	*Site
	w       http.ResponseWriter
	r       *http.Request
	words   *words
	token   string                        // of the session; "" for none
	signed  *account.Signed               // nil for nobody
	problem *problem                      // what was wrong with the form; nil for nothing
	lent    map[string]*template.Template // of another package, before those here; nil for none
}

// visit looks at who is there. The visit can draw a page also where there is an error.
func (s *Site) visit(w http.ResponseWriter, r *http.Request) (*visit, error) {
	v := &visit{Site: s, w: w, r: r, words: s.spoken(r)}
	secure(w.Header())
	token := s.Token(r)
	if token == "" {
		return v, nil
	}
	signed, err := s.accounts.Signed(r.Context(), token)
	if err != nil {
		if fault.CodeOf(err) == fault.Unknown {
			err = nil
		}
		return v, err
	}
	v.token, v.signed = token, signed
	return v, nil
}

// next is where the person wants to go after all, "" for nowhere.
func (v *visit) next() string { return local(v.r.URL.Query().Get("next")) }

// orHome is where a person goes: to where they want to, or else home.
func (v *visit) orHome(next string) string { return cmp.Or(next, v.config.Home, "/auth/me") }

// from is where the browser is.
func (v *visit) from() account.From {
	return account.From{Address: v.config.Address(v.r), Agent: v.r.UserAgent()}
}

// typed is what was typed into a field of a form that is shown again.
func (v *visit) typed(field string) string {
	if v.problem == nil {
		return ""
	}
	return v.r.PostForm.Get(field)
}

// showPlain draws a page that is nothing but its form.
func (v *visit) showPlain() error { return v.draw(v.steps[v.r.URL.Path].name, nil) }

// showView changes the language or the size, and goes back.
func (v *visit) showView() error {
	q := v.r.URL.Query()
	if code := known(q.Get("lang")); code != "" {
		v.setCookie(v.w, v.r, languageCookie, code, oneYear)
	}
	switch q.Get("size") {
	case "large":
		v.setCookie(v.w, v.r, sizeCookie, "large", oneYear)
	case "usual":
		v.setCookie(v.w, v.r, sizeCookie, "", noLonger)
	}
	v.see(v.orHome(v.next()))
	return nil
}

// time is an instant as people read it.
func (v *visit) time(at time.Time) string {
	return at.In(v.config.Zone).Format("2006-01-02 15:04")
}

// here is the address of the page that is shown, to come back to; a form's page is shown by GET at the same address.
func (v *visit) here() string {
	u := url.URL{Path: v.r.URL.Path, RawQuery: v.r.URL.RawQuery}
	if q := u.Query(); q.Has("lang") || q.Has("done") {
		q.Del("lang")
		q.Del("done")
		u.RawQuery = q.Encode()
	}
	return local(u.String())
}
