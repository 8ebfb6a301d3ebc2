package oauth_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v3"
	"github.com/go-jose/go-jose/v3/jwt"

	"yitong/internal/account"
	"yitong/internal/gate"
)

// TestFlow goes the way of a program of a resident: code, tokens, refresh.
func TestFlow(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		a := w.public("diary").by(w.li())
		back := a.allow(a.query("openid fhirUser launch/patient offline_access patient/Observation.rs patient/Patient.r"), "")
		if back.Get("state") != "state-of-the-program" || back.Get("iss") != w.issuer || back.Get("code") == "" || len(back) != 3 {
			t.Fatalf("the answer is %v", back)
		}
		first := a.redeem(back.Get("code"))
		if first.status != 200 || first.Type != "Bearer" || first.Expires != 900 || first.Patient != "li" || !first.Banner || first.Refresh == "" {
			t.Fatalf("got %+v", first)
		}
		if first.Scope != "openid fhirUser launch/patient offline_access patient/Observation.rs patient/Patient.r" {
			t.Errorf("scope is %q", first.Scope)
		}
		if c := first.header.Get("Cache-Control"); c != "no-store" {
			t.Errorf("Cache-Control is %q", c)
		}
		p := must(w.provider.Principal(w.Context(), first.Access))(t)
		if p.Person != "Patient/li" || p.Client != "diary" || p.Patient.String() != "Patient/li" || p.Role != gate.Resident {
			t.Errorf("the principal is %+v", p)
		}
		second := a.renew(first.Refresh)
		if second.status != 200 || second.Refresh == first.Refresh || second.Refresh == "" || second.Access == first.Access || second.Scope != first.Scope {
			t.Fatalf("got %+v", second)
		}
		if !w.holds(second.Access) || !w.holds(first.Access) {
			t.Error("the access tokens should hold")
		}
		w.clock.forward(15 * time.Minute)
		if w.holds(second.Access) {
			t.Error("an access token holds for more than 15 minutes")
		}
		for _, token := range []string{"", "x", "x.y", second.Refresh, second.Access + "x", strings.Repeat("x", 500)} {
			if w.holds(token) {
				t.Errorf("%q holds", token)
			}
		}
	})
}

// TestIdentity looks at what the identity token says, and that the published keys verify it.
func TestIdentity(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		a := w.confidential("portal").by(w.wang())
		first := a.redeem(a.code("openid fhirUser profile offline_access user/Patient.rs"))
		type said struct {
			jwt.Claims
			Nonce    string   `json:"nonce"`
			AuthTime int64    `json:"auth_time"`
			ACR      string   `json:"acr"`
			AMR      []string `json:"amr"`
			FHIRUser string   `json:"fhirUser"`
			Profile  string   `json:"profile"`
		}
		read := func(text string) (s said) {
			var set jose.JSONWebKeySet
			good(t, json.Unmarshal(w.send("GET", "/oauth/jwks", "").body, &set))
			token := must(jwt.ParseSigned(text))(t)
			keys := set.Key(token.Headers[0].KeyID)
			if len(keys) != 1 || !keys[0].IsPublic() || keys[0].Algorithm != "RS256" || token.Headers[0].Algorithm != "RS256" {
				t.Fatalf("the keys are %+v", set)
			}
			good(t, token.Claims(keys[0].Key, &s))
			return s
		}
		s := read(first.Identity)
		good(t, s.Validate(jwt.Expected{Issuer: w.issuer, Subject: w.account(a.session), Audience: jwt.Audience{"portal"}, Time: w.clock.Now()}))
		user := w.issuer + "/fhir/Practitioner/wang"
		if s.Nonce != "nonce-of-the-program" || s.FHIRUser != user || s.Profile != user || s.AuthTime != w.clock.Now().Unix() ||
			!slices.Equal(s.AMR, []string{"pwd", "otp"}) || s.ACR != "urn:yitong:assurance:2" {
			t.Errorf("the identity token says %+v", s)
		}
		shown := w.clock.Now()
		w.clock.forward(time.Hour)
		next := a.renew(first.Refresh)
		if s := read(next.Identity); s.Nonce != "" || s.AuthTime != shown.Unix() || s.FHIRUser != user {
			t.Errorf("after a refresh the identity token says %+v", s)
		}
		if narrow := a.renew(next.Refresh, "scope=user/Patient.rs"); narrow.Identity != "" || narrow.Scope != "user/Patient.rs" {
			t.Errorf("got %+v", narrow)
		}
	})
}

// TestScopes looks at which scopes are given of those that are asked for.
func TestScopes(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		a := w.register(account.Client{ID: "lab", Redirects: []string{back}, Scopes: "openid patient/Observation.rs patient/Condition.read"}).by(w.li())
		for asked, given := range map[string]string{
			"patient/Observation.rs":                             "patient/Observation.rs",
			"patient/Observation.cruds":                          "patient/Observation.rs",
			"patient/*.rs":                                       "patient/Observation.rs patient/Condition.rs",
			"patient/Observation.rs?category=laboratory openid":  "openid patient/Observation.rs?category=laboratory",
			"patient/Condition.read":                             "patient/Condition.read",
			"openid offline_access user/*.rs":                    "openid",
			"fhirUser openid":                                    "openid",
			"patient/Observation.s patient/MedicationRequest.rs": "patient/Observation.s",
		} {
			if got := a.tokens(asked); got.Scope != given || got.Refresh != "" {
				t.Errorf("%q was given as %q, want %q", asked, got.Scope, given)
			}
		}
		for _, asked := range []string{"", "user/*.rs", "offline_access", "launch/patient", "patient/Nothing.rs", "system/*.rs", "patient/Observation.sr", "launch"} {
			q := a.visit(a.query(asked)).back(back)
			if q.Get("error") != "invalid_scope" || q.Get("state") == "" || q.Get("iss") != w.issuer || q.Get("error_description") == "" {
				t.Errorf("%q is answered by %v", asked, q)
			}
		}
	})
}

// TestRefreshScopes narrows the scopes of a refresh, which never grow.
func TestRefreshScopes(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		a := w.public("diary").by(w.li())
		one := a.tokens("offline_access patient/Observation.rs patient/Condition.rs")
		two := a.renew(one.Refresh, "scope=patient/Observation.s")
		if two.Scope != "patient/Observation.s" {
			t.Errorf("scope is %q", two.Scope)
		}
		p := must(w.provider.Principal(w.Context(), two.Access))(t)
		if p.Scopes.String() != "patient/Observation.s" {
			t.Errorf("the token allows %q", p.Scopes)
		}
		for _, scope := range []string{"patient/Observation.cruds", "patient/*.rs", "patient/Observation.rs openid", "user/Observation.rs", "patient/Procedure.r", "nonsense"} {
			a.renew(two.Refresh, "scope="+scope).refused(t, "invalid_scope")
		}
		three := a.renew(two.Refresh)
		if three.Scope != one.Scope {
			t.Errorf("the next refresh gives %q, want %q", three.Scope, one.Scope)
		}
		c := a.client
		c.Scopes = "offline_access patient/Condition.rs"
		must(w.accounts.Register(w.Context(), account.Console, c))(t)
		if four := a.renew(three.Refresh); four.Scope != c.Scopes {
			t.Errorf("after its registration was cut the client gets %q", four.Scope)
		}
		if w.holds(three.Access) {
			if p := must(w.provider.Principal(w.Context(), three.Access))(t); p.Scopes.String() != c.Scopes {
				t.Errorf("an old token allows %q", p.Scopes)
			}
		}
	})
}

// TestLifetimes lets time pass.
func TestLifetimes(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		a := w.public("diary").by(w.li())
		code := a.code("patient/Observation.rs")
		w.clock.forward(61 * time.Second)
		a.redeem(code).refused(t, "invalid_grant")

		idle := a.tokens("offline_access patient/Observation.rs")
		w.clock.forward(90 * 24 * time.Hour)
		a.renew(idle.Refresh).refused(t, "invalid_grant")

		began := w.clock.Now()
		a = a.by(w.wang())
		used := a.tokens("offline_access user/Observation.rs")
		for range 6 {
			w.clock.forward(60 * 24 * time.Hour)
			next := a.renew(used.Refresh)
			if next.status != 200 {
				t.Fatalf("after %s: %+v", w.clock.Now().Sub(began), next)
			}
			used = next
		}
		w.clock.forward(began.Add(365 * 24 * time.Hour).Sub(w.clock.Now()))
		a.renew(used.Refresh).refused(t, "invalid_grant")
	})
}

// TestOnline ends a refresh token of online_access with the session; one of offline_access stays.
func TestOnline(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		a := w.public("diary").by(w.li())
		online, offline := a.tokens("online_access patient/Observation.rs"), a.tokens("offline_access patient/Observation.rs")
		if online = a.renew(online.Refresh); online.status != 200 {
			t.Fatalf("got %+v", online)
		}
		good(t, w.accounts.SignOut(w.Context(), a.session))
		a.renew(online.Refresh).refused(t, "invalid_grant")
		if offline = a.renew(offline.Refresh); offline.status != 200 {
			t.Errorf("got %+v", offline)
		}
		if none := a.by(w.li()).tokens("patient/Observation.rs"); none.Refresh != "" {
			t.Error("a refresh token was given without a scope for it")
		}
	})
}

// TestChosen is a doctor who chooses whom it is about.
func TestChosen(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		a := w.public("viewer").by(w.wang())
		q := a.query("launch/patient patient/Observation.rs")
		c := a.visit(q).page(t).Choice
		if c == nil || !c.Search || c.State == "" || c.Program.Institution != "甲医院" || c.Program.Host != "app.example.cn" || c.Program.Back != "https://app.example.cn" {
			t.Fatalf("the choice is %+v", c)
		}
		c = a.answer(url.Values{"decision": {"search"}, "q": {"陈"}, "state": {c.State}}).page(t).Choice
		if len(c.Likely) != 1 || c.Likely[0].Reference != "Patient/chen" || c.Likely[0].Number != "**************1245" || c.Query != "陈" {
			t.Fatalf("found %+v", c)
		}
		c = a.answer(url.Values{"decision": {"search"}, "q": {"110101199001011237"}, "state": {c.State}}).page(t).Choice
		if len(c.Likely) != 1 || c.Likely[0].Reference != "Patient/li" {
			t.Fatalf("found %+v", c)
		}
		for _, wrong := range []string{"Patient/nobody", "Patient/../li", "Encounter/visit", "x", ""} {
			p := a.answer(url.Values{"decision": {"patient"}, "patient": {wrong}, "state": {c.State}}).page(t)
			if p.Choice == nil || wrong != "" && p.Choice.Error == "" {
				t.Errorf("%q is answered by %+v", wrong, p)
			}
		}
		back := a.allow(q, "Patient/chen")
		got := a.redeem(back.Get("code"))
		if got.Patient != "chen" {
			t.Errorf("got %+v", got)
		}
		if p := must(w.provider.Principal(w.Context(), got.Access))(t); p.Patient.String() != "Patient/chen" || p.Person != "Practitioner/wang" {
			t.Errorf("the principal is %+v", p)
		}
	})
}

// TestClosed lets what tokens were given for end: accounts, posts, clients.
func TestClosed(t *testing.T) {
	for name, end := range map[string]struct {
		by     func(w world, a app)
		refuse string
	}{
		"account": {func(w world, a app) {
			good(t, w.accounts.Disable(w.Context(), account.Console, w.account(a.session), "test"))
		}, "invalid_grant"},
		"post": {func(w world, a app) {
			w.put(`{"resourceType":"PractitionerRole","id":"wang-a","active":false,"practitioner":{"reference":"Practitioner/wang"},"organization":{"reference":"Organization/a"}}`)
		}, "invalid_grant"},
		"client":    {func(w world, a app) { good(t, w.accounts.Close(w.Context(), account.Console, a.client.ID, "test")) }, "invalid_client"},
		"agreement": {func(w world, a app) { w.clock.forward(3 * 365 * 24 * time.Hour) }, "invalid_client"},
	} {
		t.Run(name, func(t *testing.T) {
			eachDatabase(t, func(t *testing.T, w world) {
				a := w.confidential("portal").by(w.wang())
				code, got := a.code("user/Patient.rs"), a.tokens("offline_access user/Patient.rs")
				if !w.holds(got.Access) {
					t.Fatal("the token does not hold")
				}
				end.by(w, a)
				if w.holds(got.Access) {
					t.Error("the access token still holds")
				}
				a.renew(got.Refresh).refused(t, end.refuse)
				a.redeem(code).refused(t, end.refuse)
			})
		})
	}
}

// TestPosted lets a program begin by a POST.
func TestPosted(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		a := w.public("diary").by(w.li())
		q := a.query("patient/Observation.rs")
		g := w.send("POST", "/oauth/authorize", q.Encode(), "Sec-Fetch-Site: cross-site", "Origin: https://app.example.cn")
		if g.StatusCode != http.StatusSeeOther || g.Header.Get("Location") != "/oauth/authorize?"+q.Encode() {
			t.Errorf("got %d to %s", g.StatusCode, g.Header.Get("Location"))
		}
	})
}

// TestProxy is somebody who acts for a relative.
func TestProxy(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		li := w.account(w.li())
		grant := must(w.accounts.Give(w.Context(), account.Console, account.Grant{Account: li, Role: gate.Proxy, Resident: "Patient/chen", Until: w.clock.Now().AddDate(0, 6, 0), Reason: "mother"}))(t)
		s := must(w.accounts.Signed(w.Context(), w.li()))(t)
		a := w.public("diary").by(must(w.accounts.Act(w.Context(), s, "grant/"+grant))(t))
		q := a.query("openid fhirUser launch/patient offline_access patient/Observation.rs")
		c := a.visit(q).page(t).Consent
		if c == nil || c.Resident.Reference != "Patient/chen" || c.Wishes[len(c.Wishes)-1].Sentence.Chinese != "查看该居民的检验、检查与测量结果" {
			t.Fatalf("the consent is %+v", c)
		}
		got := a.redeem(a.allow(q, "").Get("code"))
		p := must(w.provider.Principal(w.Context(), got.Access))(t)
		if got.Patient != "chen" || p.Patient.String() != "Patient/chen" || p.Person != "Patient/li" || p.Role != gate.Proxy {
			t.Errorf("got %+v for %+v", got, p)
		}
		good(t, w.accounts.Take(w.Context(), account.Console, grant))
		a.renew(got.Refresh).refused(t, "invalid_grant")
		if w.holds(got.Access) {
			t.Error("after the grant was taken the token holds")
		}
	})
}
