package oauth_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"yitong/internal/account"
)

const start = "https://app.example.cn/launch?tenant=a"

// launch starts a program as a page of the platform does. It gives the address that it leads to.
func (a app) launch(form url.Values) (got, url.Values) {
	a.Helper()
	g := a.send("POST", "/oauth/launch", form.Encode(), "Cookie: yitong="+a.session, "Sec-Fetch-Site: same-origin")
	to := must(url.Parse(g.Header.Get("Location")))(a)
	return g, to.Query()
}

// TestLaunch starts a program with what is open.
func TestLaunch(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		a := w.register(account.Client{ID: "viewer", Redirects: []string{back}, Launch: start}).by(w.wang())
		other := w.register(account.Client{ID: "other", Redirects: []string{back}, Launch: start}).by(a.session)
		li := url.Values{"client": {"viewer"}, "patient": {"Patient/li"}, "encounter": {"Encounter/visit"}}
		g, q := a.launch(li)
		if g.StatusCode != http.StatusSeeOther || !strings.HasPrefix(g.Header.Get("Location"), "https://app.example.cn/launch?") ||
			q.Get("iss") != w.issuer+"/fhir" || q.Get("tenant") != "a" || len(q.Get("launch")) < 40 {
			t.Fatalf("got %d to %s", g.StatusCode, g.Header.Get("Location"))
		}
		const scopes = "launch patient/Observation.rs"
		ask := func(a app, launch string) url.Values { return a.query(scopes, "launch="+launch) }
		for name, b := range map[string]url.Values{
			"another program": other.visit(ask(other, q.Get("launch"))).back(back),
			"another person":  a.by(w.li()).visit(ask(a, q.Get("launch"))).back(back),
			"unknown":         a.visit(ask(a, "x")).back(back),
			"missing":         a.visit(a.query(scopes)).back(back),
			"without scope":   a.visit(a.query("patient/Observation.rs", "launch="+q.Get("launch"))).back(back),
		} {
			if b.Get("error") != "invalid_request" {
				t.Errorf("%s: %v", name, b)
			}
		}
		b := a.allow(ask(a, q.Get("launch")), "")
		if got := a.redeem(b.Get("code")); got.Patient != "li" || got.Visit != "visit" || got.Scope != scopes {
			t.Errorf("got %+v", got)
		}
		if b := a.visit(ask(a, q.Get("launch"))).back(back); b.Get("error") != "invalid_request" {
			t.Errorf("used again: %v", b)
		}
		_, q = a.launch(url.Values{"client": {"viewer"}})
		if c := a.visit(ask(a, q.Get("launch"))).page(t).Choice; c == nil {
			t.Error("with nobody open nobody is chosen")
		}
		_, q = a.launch(li)
		w.clock.forward(5 * time.Minute)
		if b := a.visit(ask(a, q.Get("launch"))).back(back); b.Get("error") != "invalid_request" {
			t.Errorf("too late: %v", b)
		}
	})
}

// TestLaunchOnce uses a launch at many places at once.
func TestLaunchOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		a := w.register(account.Client{ID: "viewer", Redirects: []string{back}, Launch: start}).by(w.wang())
		form := url.Values{"client": {"viewer"}, "patient": {"Patient/li"}}
		_, q := a.launch(form)
		a.allow(a.query("launch patient/Observation.rs", "launch="+q.Get("launch")), "")
		_, q = a.launch(form)
		codes := 0
		for _, b := range race(8, func(int) url.Values {
			return a.visit(a.query("launch patient/Observation.rs", "launch="+q.Get("launch"))).back(back)
		}) {
			if b.Has("code") {
				codes++
			} else if e := b.Get("error"); e != "invalid_request" && e != "temporarily_unavailable" {
				t.Errorf("a loser is told %v", b)
			}
		}
		if codes != 1 {
			t.Errorf("%d codes", codes)
		}
	})
}

// TestLaunchRefused starts nothing about what the person may not see, nor for pages of others.
func TestLaunchRefused(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		li := w.register(account.Client{ID: "viewer", Redirects: []string{back}, Launch: start}).by(w.li())
		w.public("diary")
		w.put(`{"resourceType":"Encounter","id":"nobodys",` + atA + `"status":"finished","class":{"code":"AMB"}}`)
		doctor := li.by(w.wang())
		for name, one := range map[string]struct {
			by   app
			form url.Values
		}{
			"another resident":       {li, url.Values{"client": {"viewer"}, "patient": {"Patient/chen"}}},
			"nobody":                 {doctor, url.Values{"client": {"viewer"}, "patient": {"Patient/nobody"}}},
			"no Patient":             {doctor, url.Values{"client": {"viewer"}, "patient": {"Encounter/visit"}}},
			"no visit":               {doctor, url.Values{"client": {"viewer"}, "patient": {"Patient/li"}, "encounter": {"Encounter/none"}}},
			"another's visit":        {doctor, url.Values{"client": {"viewer"}, "patient": {"Patient/chen"}, "encounter": {"Encounter/visit"}}},
			"a visit of nobody":      {doctor, url.Values{"client": {"viewer"}, "encounter": {"Encounter/visit"}}},
			"nobody's visit":         {doctor, url.Values{"client": {"viewer"}, "encounter": {"Encounter/nobodys"}}},
			"without launch address": {doctor, url.Values{"client": {"diary"}, "patient": {"Patient/li"}}},
			"no program":             {doctor, url.Values{"client": {"none"}}},
		} {
			if g, _ := one.by.launch(one.form); g.StatusCode != 400 || g.Header.Get("Location") != "" {
				t.Errorf("%s: %d to %s", name, g.StatusCode, g.Header.Get("Location"))
			}
		}
		form := url.Values{"client": {"viewer"}, "patient": {"Patient/li"}}
		g := w.send("POST", "/oauth/launch", form.Encode(), "Cookie: yitong="+doctor.session, "Sec-Fetch-Site: cross-site")
		if g.StatusCode != 400 || g.Header.Get("Location") != "" {
			t.Errorf("from a page of others: %d to %s", g.StatusCode, g.Header.Get("Location"))
		}
		if g, _ := doctor.by("").launch(form); !strings.HasPrefix(g.Header.Get("Location"), "/auth/sign-in") {
			t.Errorf("nobody: %d to %s", g.StatusCode, g.Header.Get("Location"))
		}
		if g := w.send("GET", "/oauth/launch?"+form.Encode(), "", "Cookie: yitong="+doctor.session); g.StatusCode != 405 {
			t.Errorf("by an address: %d", g.StatusCode)
		}
		if g, q := li.launch(form); g.StatusCode != http.StatusSeeOther || !q.Has("launch") {
			t.Errorf("a resident about themself: %d", g.StatusCode)
		}
	})
}
