package auth

import (
	"net/http"
	"regexp"

	"yitong/internal/account"
	"yitong/internal/fault"
	"yitong/internal/rest/oauth"
)

// Person implements [oauth.Desk].
func (s *Site) Person(w http.ResponseWriter, r *http.Request, again bool) (*account.Signed, *account.Principal) {
	v, err := s.visit(w, r)
	if err != nil {
		v.fail("authorize", err)
		return nil, nil
	}
	here := local(r.URL.RequestURI())
	switch {
	case v.signed == nil:
		v.see(with("/auth/sign-in", here))
		return nil, nil
	case v.signed.Session.Stage == account.Half && v.signed.Account.Strong():
		v.see(with("/auth/second", here))
		return nil, nil
	case v.signed.Session.Stage == account.Half:
		v.see(with("/auth/set-up", here))
		return nil, nil
	case again:
		v.again(here)
		return nil, nil
	}
	p, err := v.acting(here)
	if err != nil {
		v.fail("authorize", err)
	}
	if p == nil {
		return nil, nil
	}
	return v.signed, p
}

// acting is as what the person acts who is signed in. Who has not said it is led there and back here; then it is nil, as with an error.
func (v *visit) acting(here string) (*account.Principal, error) {
	p, err := v.accounts.Acting(v.r.Context(), v.signed)
	switch {
	case fault.CodeOf(err) != fault.Forbidden:
		return p, err
	case !v.signed.Account.Verified(v.accounts.Now()):
		v.see(with("/auth/real-name", here))
	default:
		v.see(with("/auth/role", here))
	}
	return nil, nil
}

// Choose implements [oauth.Desk].
func (s *Site) Choose(w http.ResponseWriter, r *http.Request, c oauth.Choice) {
	s.ask(w, r, "choose", c.Program, c)
}

// Consent implements [oauth.Desk].
func (s *Site) Consent(w http.ResponseWriter, r *http.Request, c oauth.Consent) {
	s.ask(w, r, "consent", c.Program, c)
}

// Fail implements [oauth.Desk].
func (s *Site) Fail(w http.ResponseWriter, r *http.Request, err error) {
	v, _ := s.visit(w, r) // the error that is told is the first one
	v.fail("authorize", err)
}

func (s *Site) ask(w http.ResponseWriter, r *http.Request, page string, p oauth.Program, data any) {
	v, err := s.visit(w, r)
	policy(w.Header(), formsTo(p.Back))
	if c, is := data.(oauth.Choice); is && c.Error != "" {
		v.problem = v.problemOf("choose", "patient", fault.New(fault.Unprocessable, "%s", c.Error))
	}
	if err == nil {
		err = v.draw(page, data)
	}
	if err != nil {
		v.fail("authorize", err)
	}
}

// source is what a policy can name: a host with its scheme, or the scheme of an app, such as org.example.app: of its own.
var source = regexp.MustCompile(`^[a-z][a-z0-9+.-]*:(//([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]+)?)?$`)

// formsTo is to where the policy of a page lets its form lead on: back to the program that is answered.
func formsTo(back string) string {
	if !source.MatchString(back) {
		return ""
	}
	return " " + back
}
