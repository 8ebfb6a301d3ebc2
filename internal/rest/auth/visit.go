package auth

import (
	"net/http"
	"net/url"
	"strings"
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
	token   string          // of the session; "" for none
	signed  *account.Signed // nil for nobody
	problem *problem        // what was wrong with the form; nil for nothing
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

// need is how far a sign-in must have come for a page.
type need int

const (
	needNothing need = iota
	needSecond       // a second factor is to be shown
	needSetUp        // the first second factor is to be set up, or one more
	needWhole        // signed in
)

// step is a page.
type step struct {
	name  string             // of its template and of its words
	need  need               // for anything
	show  func(*visit) error // draws it
	take  func(*visit) error // takes its form; nil where it has none
	field string             // to which a problem belongs unless problemFields says otherwise
}

// walk answers a request to a page.
func (v *visit) walk(st step) error {
	switch {
	case st.name == "" && st.show == nil:
		return fault.New(fault.NotFound, "There is no such page.")
	case v.r.Method == http.MethodPost && st.take != nil:
		return v.take(st)
	case st.show == nil || v.r.Method != http.MethodGet && v.r.Method != http.MethodHead:
		v.w.Header().Set("Allow", st.methods())
		return fault.New(fault.NotAllowed, "The page does not take this method.")
	case v.led(st.need):
		return nil
	}
	err := st.show(v)
	if fault.CodeOf(err) == fault.Unknown {
		v.again(v.r.URL.RequestURI())
		return nil
	}
	return err
}

func (st step) methods() string {
	switch {
	case st.take == nil:
		return "GET, HEAD"
	case st.show == nil:
		return "POST"
	}
	return "GET, HEAD, POST"
}

// formMost bounds a form, in bytes; a passkey's answer is the longest part of one.
const formMost = 64 << 10

// take lets a page take its form. What is wrong with that is told on the page itself, which keeps what was typed.
func (v *visit) take(st step) error {
	if err := v.foreign.Check(v.r); err != nil {
		return fault.New(fault.Forbidden, "The form was sent by another site.").Because(err)
	}
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, formMost)
	if err := v.r.ParseForm(); err != nil {
		return fault.New(fault.Malformed, "The form cannot be read, or is larger than %d bytes.", formMost).Because(err)
	}
	if v.led(st.need) {
		return nil
	}
	if !v.own() {
		return v.refuse(st, errStale)
	}
	err := st.take(v)
	if err == nil {
		return nil
	}
	if f := fault.From(err); f.Code == fault.Unknown && (f.Issue == "expired" || !v.words.has("no."+st.name+".unknown")) {
		v.again(with(v.r.URL.Path, v.next()))
		return nil
	}
	return v.refuse(st, err)
}

// refuse draws the page again and says what is wrong; what is no fault of who typed becomes a page of its own.
func (v *visit) refuse(st step, err error) error {
	if fault.CodeOf(err) == fault.Internal || st.show == nil {
		return err
	}
	v.problem = v.problemOf(st.name, st.field, err)
	return st.show(v)
}

// led leads who has not come far enough, or too far, to the page that is theirs, and tells whether it did.
func (v *visit) led(n need) bool {
	half := v.signed != nil && v.signed.Session.Stage == account.Half
	next := v.next()
	here := next // to where the person is led back: pages of a sign-in are on the way to next
	if n == needWhole {
		here = local(v.r.URL.RequestURI())
		if v.r.Method == http.MethodPost {
			here = local(with(v.r.URL.Path, next))
		}
	}
	switch {
	case n == needNothing:
		return false
	case v.signed == nil:
		v.see(with("/auth/sign-in", here))
	case half && v.signed.Account.Strong() && n != needSecond:
		v.see(with("/auth/second", here))
	case half && !v.signed.Account.Strong() && n != needSetUp:
		v.see(with("/auth/set-up", here))
	case !half && n == needSecond:
		v.see(orMe(next))
	default:
		return false
	}
	return true
}

// again leads to the sign-in and back, for what only those may do who have just shown who they are.
func (v *visit) again(next string) {
	page := "/auth/sign-in?again=1"
	if v.signed != nil && !v.signed.Account.Staff() {
		page = "/auth/phone?again=1"
	}
	v.see(with(page, local(next)))
}

// see leads to another page.
func (v *visit) see(where string) {
	v.w.Header().Set("Location", where)
	v.w.WriteHeader(http.StatusSeeOther)
}

// next is where the person wants to go after all, "" for nowhere.
func (v *visit) next() string { return local(v.r.URL.Query().Get("next")) }

func orMe(next string) string {
	if next == "" {
		return "/auth/me"
	}
	return next
}

// from is where the browser is.
func (v *visit) from() account.From {
	return account.From{Address: v.config.Address(v.r), Agent: v.r.UserAgent()}
}

// typed is what was typed into a field of the form that is shown again; what the address says before that.
func (v *visit) typed(field string) string {
	if v.problem == nil {
		return ""
	}
	return v.r.PostForm.Get(field)
}

// adopt goes on with a session that has come from the accounts, and with no other. One that it does not take the place of
// by itself ends.
func (v *visit) adopt(token string) error {
	if v.signed != nil && v.token != token {
		if err := v.accounts.SignOut(v.r.Context(), v.token); err != nil {
			return err
		}
	}
	signed, err := v.accounts.Signed(v.r.Context(), token)
	if err != nil {
		return err
	}
	v.token, v.signed = token, signed
	v.setCookie(v.w, v.r, sessionCookie, token, withBrowser)
	return nil
}

// arrive goes on after a step of the sign-in: it adopts the session and tells where the person goes. Who can act as one only,
// acts so.
func (v *visit) arrive(token string) (where string, err error) {
	if err := v.adopt(token); err != nil {
		return "", err
	}
	next, who := v.next(), &v.signed.Account
	switch {
	case v.signed.Session.Stage == account.Half && who.Strong():
		return with("/auth/second", next), nil
	case v.signed.Session.Stage == account.Half:
		return with("/auth/set-up", next), nil
	case !who.Staff() && who.Person == "":
		return with("/auth/real-name", next), nil
	}
	return v.settle()
}

// settle lets a person act who can act as one only, and tells where to go.
func (v *visit) settle() (where string, err error) {
	next := v.next()
	if v.signed.Session.Acting != "" {
		return onward(next), nil
	}
	can, err := v.accounts.Capacities(v.r.Context(), &v.signed.Account)
	switch {
	case err != nil:
		return "", err
	case len(can) != 1 && strings.HasPrefix(next, "/auth/me"):
		return next, nil // the account is looked after in no role
	case len(can) == 0:
		return "/auth/me", nil
	case len(can) > 1:
		return with("/auth/role", next), nil
	}
	token, err := v.accounts.Act(v.r.Context(), v.signed, can[0].Source)
	if err != nil {
		return "", err
	}
	return onward(next), v.adopt(token)
}

// onward is by which a form leads to an address. Where that can lead out to a program, a page stands between: the policy of
// the form's page (form-action) reaches through all redirects, and allows this host only.
func onward(next string) string {
	if leadsOut(next) {
		return with("/auth/onward", next)
	}
	return orMe(next)
}

// showOnward goes on to an address of the protocol.
func (v *visit) showOnward() error {
	next := v.next()
	if !leadsOut(next) {
		v.see(orMe(next))
		return nil
	}
	v.w.Header().Set("Refresh", "0;url="+next)
	return v.draw("onward", next)
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
	v.see(orMe(v.next()))
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
