package app_test

import (
	"context"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"yitong/internal/account"
	"yitong/internal/app"
	"yitong/internal/fault"
	"yitong/internal/gate"
	"yitong/internal/rest/auth"
)

// nobodyThere is a demonstration without people.
type nobodyThere struct{}

func (nobodyThere) People() []auth.DemoPerson {
	return []auth.DemoPerson{{Name: "doctor", Role: gate.Doctor, Called: "李华"}}
}

func (nobodyThere) SignIn(context.Context, *account.Accounts, string, account.From) (string, error) {
	return "", fault.New(fault.NotFound, "nobody")
}

// TestDemonstrationsStayOnThisMachine: a server has the buttons of a demonstration only if it was made for one, on addresses of this
// machine, and not for who comes through a proxy or by another name.
func TestDemonstrationsStayOnThisMachine(t *testing.T) {
	t.Parallel()
	s := settings(t)
	s.DB = "sqlite:" + filepath.Join(t.TempDir(), "record.db")
	s.Auth, s.Addr, s.Demo = "required", "0.0.0.0:8443", nobodyThere{}
	s.URL = "https://demo.example"
	if _, err := app.New(t.Context(), s); fault.CodeOf(err) != fault.Forbidden {
		t.Errorf("a demonstration for everybody: %v", err)
	}
	s.Addr, s.URL = freeAddress(t), ""
	ask := func(site, name string, change func(*http.Request)) int {
		t.Helper()
		r, err := http.NewRequest(http.MethodPost, site+"/auth/demo", strings.NewReader("as=doctor"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		change(r)
		answer, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		answer.Body.Close()
		return answer.StatusCode
	}
	for name, c := range map[string]struct {
		change        func(*http.Request)
		with, without int
	}{
		"from here, without the form's token": {func(*http.Request) {}, 403, 404},
		"by another name":                     {func(r *http.Request) { r.Host = "demo.example" }, 403, 404},
		"through a proxy":                     {func(r *http.Request) { r.Header.Set("X-Forwarded-For", "192.0.2.1") }, 404, 404},
	} {
		for _, is := range []bool{true, false} {
			s, want := s, c.with
			if !is {
				s.Demo, want = nil, c.without
			}
			s.Addr = freeAddress(t)
			site, stop := serve(t, s)
			if got := ask(site, name, c.change); got != want {
				t.Errorf("%s, a demonstration %v: %d, want %d", name, is, got, want)
			}
			if err := stop(); err != nil {
				t.Fatal(err)
			}
		}
	}
}
