package auth

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

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
	case again && !v.shownSince():
		v.askAgain()
		v.again(here)
		return nil, nil
	}
	p, err := s.accounts.Acting(r.Context(), v.signed)
	switch {
	case err == nil:
		return v.signed, p
	case fault.CodeOf(err) != fault.Forbidden:
		v.fail("authorize", err)
	case !v.signed.Account.Staff() && v.signed.Account.Person == "":
		v.see(with("/auth/real-name", here))
	default:
		v.see(with("/auth/role", here))
	}
	return nil, nil
}

// askAgain notes for what, and since when, the person is to sign in anew, so that the same request is not asked for twice.
// A person could forge the note, but in their own browser only; a program that must know looks at auth_time.
func (v *visit) askAgain() {
	note := strconv.FormatInt(v.accounts.Now().UnixMicro(), 10) + "." + requestDigest(v.r)
	v.setCookie(v.w, v.r, againCookie, note, tenMinutes)
}

// shownSince tells whether the person has signed in since that was asked for this request.
func (v *visit) shownSince() bool {
	at, digest, ok := strings.Cut(v.cookie(v.r, againCookie), ".")
	micros, err := strconv.ParseInt(at, 10, 64)
	return ok && err == nil && digest == requestDigest(v.r) && !v.signed.Session.Shown.Before(time.UnixMicro(micros))
}

func requestDigest(r *http.Request) string {
	sum := sha256.Sum256([]byte(r.URL.RequestURI()))
	return hex.EncodeToString(sum[:16])
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
	policy(w.Header(), formsTo(p.Host))
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

var plainHost = regexp.MustCompile(`^[A-Za-z0-9.\-]+(:[0-9]+)?$|^\[[0-9a-fA-F:.]+\](:[0-9]+)?$`)

// formsTo are the sources to which the policy of a page must let its form lead on: those of the program that is answered.
func formsTo(host string) (sources string) {
	if !plainHost.MatchString(host) {
		return ""
	}
	if strings.Contains(host, ".") || strings.Contains(host, ":") || host == "localhost" {
		port := ""
		if _, digits, found := cutLast(host, ":"); !found || strings.HasSuffix(digits, "]") {
			port = ":*"
		}
		sources = " https://" + host + port + " http://" + host + port
	}
	if !strings.Contains(host, ":") {
		sources += " " + host + ":" // an app's own scheme, such as org.example.app
	}
	return sources
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
