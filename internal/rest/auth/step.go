package auth

import (
	"net/http"

	"yitong/internal/account"
	"yitong/internal/fault"
)

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
	field string             // to which a problem belongs unless problemFields says otherwise; "" for none
}

// walk answers a request to a page.
func (v *visit) walk(st step) error {
	switch {
	case st.show == nil:
		return fault.New(fault.NotFound, "There is no such page.")
	case v.r.Method == http.MethodPost && st.take != nil:
		return v.take(st)
	case v.r.Method != http.MethodGet && v.r.Method != http.MethodHead:
		v.w.Header().Set("Allow", st.methods())
		return fault.New(fault.NotAllowed, "The page does not take this method.")
	case v.led(st.need):
		return nil
	}
	return v.shown(st)
}

// shown draws a page, for which the person may have to sign in again.
func (v *visit) shown(st step) error {
	err := st.show(v)
	if fault.CodeOf(err) == fault.Unknown {
		v.again(with(v.r.URL.Path, v.next()))
		return nil
	}
	return err
}

func (st step) methods() string {
	if st.take == nil {
		return "GET, HEAD"
	}
	return "GET, HEAD, POST"
}

// formMost bounds a form, in bytes; a passkey's answer is the longest part of one.
const formMost = 64 << 10

// take lets a page take its form. What is wrong with that is told on the page itself, which keeps what was typed.
func (v *visit) take(st step) error {
	if err := v.foreign.Check(v.r); err != nil {
		return fault.New(fault.Forbidden, "The form was sent by another site.").WithIssue("foreign").Because(err)
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
	known := v.words.has("no." + st.name + ".unknown") // the page itself says who is not known
	if f := fault.From(err); f.Code == fault.Unknown && (!known || f.Issue == "expired") {
		v.again(with(v.r.URL.Path, v.next()))
		return nil
	}
	return v.refuse(st, err)
}

// refuse draws the page again and says what is wrong; what is no fault of who typed becomes a page of its own.
func (v *visit) refuse(st step, err error) error {
	if fault.CodeOf(err) == fault.Internal {
		return err
	}
	v.problem = v.problemOf(st.name, st.field, err)
	return v.shown(st)
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
		v.see(v.orHome(next))
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
