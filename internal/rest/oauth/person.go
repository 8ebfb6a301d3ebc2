package oauth

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/ory/fosite"

	"yitong/internal/account"
)

// person finds out who has signed in, as recently as the program wishes. Where that is nobody, it answers the request and
// tells false.
func (p *Provider) person(w http.ResponseWriter, r *http.Request, a *asking) bool {
	at := r.Clone(r.Context())
	at.URL = &url.URL{Path: pathAuthorize, RawQuery: a.query.Encode()} // where to come back to
	at.RequestURI = at.URL.RequestURI()
	who, as := p.config.Desk.Person(unseen{}, at, false)
	switch {
	case who != nil && as != nil && (a.made != nil || p.recent(a, who)):
		a.who, a.as = who, as
		return true
	case a.wishes("none"):
		p.sendBack(w, r, a, fosite.ErrLoginRequired)
	default:
		p.again(a, at)
		p.config.Desk.Person(w, at, who != nil)
	}
	return false
}

const (
	since      = "signed_in_since" // the parameter by which we know, after a sign-in, that it was asked for
	aboutSince = "oauth since"
)

// recent tells whether the person has shown who they are as recently as the program wishes, or since it was asked for.
func (p *Provider) recent(a *asking, who *account.Signed) bool {
	anew := a.wishes("login") || a.wishes("select_account")
	if !anew && a.most < 0 {
		return true
	}
	if !anew && p.config.Now().Sub(who.Session.Shown) <= a.most {
		return true
	}
	sealed, err := base64.RawURLEncoding.DecodeString(a.query.Get(since))
	if err != nil {
		return false
	}
	text, err := p.box.Open(aboutSince+" "+a.client.ID, sealed)
	if err != nil {
		return false
	}
	at, err := strconv.ParseInt(string(text), 10, 64)
	return err == nil && !who.Session.Shown.Before(time.UnixMicro(at)) && p.config.Now().Sub(time.UnixMicro(at)) < choicesTime
}

// again notes in the address to come back to that a sign-in is asked for from now on.
func (p *Provider) again(a *asking, at *http.Request) {
	now := strconv.FormatInt(p.config.Now().UnixMicro(), 10)
	q := at.URL.Query()
	q.Set(since, base64.RawURLEncoding.EncodeToString(p.box.Seal(aboutSince+" "+a.client.ID, []byte(now))))
	at.URL.RawQuery = q.Encode()
	at.RequestURI = at.URL.RequestURI()
}

// unseen is where nothing that is answered goes.
type unseen struct{}

func (unseen) Header() http.Header         { return http.Header{} }
func (unseen) Write(b []byte) (int, error) { return len(b), nil }
func (unseen) WriteHeader(int)             {}
