package oauth_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"yitong/internal/account"
	"yitong/internal/account/smart"
)

func facts(t testing.TB, g got) (f map[string]any) {
	t.Helper()
	if g.StatusCode != http.StatusOK {
		t.Fatalf("got %d %s", g.StatusCode, g.body)
	}
	good(t, json.Unmarshal(g.body, &f))
	return f
}

// asked are the scopes that the person is asked about; nil if none.
func (a app) asked(q url.Values) (scopes []string) {
	a.Helper()
	g := a.visit(q)
	if b := g.back(a.redirect); b != nil {
		if b.Get("code") == "" {
			a.Fatalf("the authorization failed: %v", b)
		}
		return nil
	}
	c := g.page(a).Consent
	if c == nil {
		a.Fatalf("there is no consent: %s", g.body)
	}
	for _, w := range c.Wishes {
		scopes = append(scopes, w.Scope)
	}
	return scopes
}

// TestConsent asks once, and again when a program wants more.
func TestConsent(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		session := w.li()
		a := w.public("diary").by(session)
		small, big := a.query("openid patient/Observation.rs"), a.query("openid offline_access patient/Observation.rs patient/Condition.rs")
		c := a.visit(small).page(t).Consent
		if c == nil || c.Resident == nil || c.Resident.Name != "李小明" || c.Remains || len(c.Wishes) != 2 || c.Program.Name != "血压日记" || c.Program.Institution != "甲医院" {
			t.Fatalf("the consent is %+v", c)
		}
		if wish := c.Wishes[0]; wish.Scope != "openid" || !wish.Needed || wish.Sentence != smart.WordsOf("openid") {
			t.Errorf("a wish is %+v", wish)
		}
		if wish := c.Wishes[1]; wish.Needed || wish.Sentence.Chinese != "查看您的检验、检查与测量结果" {
			t.Errorf("a wish is %+v", wish)
		}
		a.allow(small, "")
		if s := a.asked(small); s != nil {
			t.Errorf("asked again about %v", s)
		}
		if s := a.asked(a.query("patient/Observation.r")); s != nil {
			t.Errorf("asked about less: %v", s)
		}
		if s := a.asked(a.query("openid patient/Observation.rs", "prompt=consent")); len(s) != 2 {
			t.Errorf("with prompt=consent asked about %v", s)
		}
		if s := a.asked(big); len(s) != 4 {
			t.Errorf("for more asked about %v", s)
		}
		a.allow(big, "", "offline_access", "patient/Condition.rs")
		if back := a.allow(big, ""); a.redeem(back.Get("code")).Scope != "openid patient/Observation.rs" {
			t.Error("what was not ticked is given the next time")
		}
		other := w.public("other").by(session)
		if s := other.asked(other.query("openid patient/Observation.rs")); len(s) == 0 {
			t.Error("another program was not asked about")
		}
		if s := a.by(w.chen()).asked(small); len(s) == 0 {
			t.Error("another person was not asked")
		}
		w.clock.forward(366 * 24 * time.Hour)
		if s := a.by(w.li()).asked(small); len(s) == 0 {
			t.Error("after a year nobody was asked")
		}
	})
}

// TestConsentResident asks again about another resident.
func TestConsentResident(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		a := w.public("viewer").by(w.wang())
		q := a.query("launch/patient patient/Observation.rs")
		for i, patient := range []string{"Patient/li", "Patient/chen", "Patient/li", "Patient/chen"} {
			choice := a.visit(q).page(t).Choice
			g := a.answer(url.Values{"decision": {"patient"}, "patient": {patient}, "state": {choice.State}})
			if known := g.back(back) != nil; known != (i >= 2) {
				t.Fatalf("%d: %s was known: %t", i, patient, known)
			}
			if i >= 2 {
				continue
			}
			c := g.page(t).Consent
			if c.Resident.Reference != patient || c.Wishes[1].Sentence.Chinese != "查看该居民的检验、检查与测量结果" {
				t.Errorf("asked about %+v", c)
			}
			a.answer(url.Values{"decision": {"allow"}, "state": {c.State}, "scope": {"patient/Observation.rs"}})
		}
	})
}

// TestConsentGrown asks about residents again once the program wants more of them.
func TestConsentGrown(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		a := w.public("viewer").by(w.wang())
		small, big := a.query("patient/Observation.rs"), a.query("patient/Observation.rs patient/Condition.rs")
		known := func(q url.Values, patient string) bool {
			c := a.visit(q).page(t).Choice
			return a.answer(url.Values{"decision": {"patient"}, "patient": {patient}, "state": {c.State}}).back(back).Has("code")
		}
		a.allow(small, "Patient/li")
		a.allow(big, "Patient/chen")
		if known(big, "Patient/li") || known(small, "Patient/li") || !known(big, "Patient/chen") || !known(small, "Patient/chen") {
			t.Error("a resident is known for more than was asked about them")
		}
	})
}

// TestConsentNative asks every time where the address of a program could be anybody's.
func TestConsentNative(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		session := w.li()
		const native = "cn.example.app:/back"
		a := w.register(account.Client{ID: "phone", Redirects: []string{native}}).by(session)
		a.redirect = native
		q := a.query("patient/Observation.rs")
		a.allow(q, "")
		c := a.visit(q).page(t).Consent
		if c == nil || c.Program.Host != "cn.example.app" || c.Program.Back != "cn.example.app:" {
			t.Errorf("the consent is %+v", c)
		}
	})
}

// TestDecisions tries what a form can say.
func TestDecisions(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		session := w.li()
		a := w.public("diary").by(session)
		q := a.query("openid offline_access patient/Observation.rs")
		state := func() string { return a.visit(q).page(t).Consent.State }
		allow := func(changes ...string) url.Values {
			return changed(url.Values{"decision": {"allow"}, "state": {state()}, "scope": {"patient/Observation.rs"}}, changes)
		}
		if b := a.answer(allow("decision=deny")).back(back); b.Get("error") != "access_denied" || b.Get("state") == "" {
			t.Errorf("a refusal is answered by %v", b)
		}
		grown := allow()
		grown["scope"] = []string{"patient/Observation.rs", "patient/*.cruds", "user/*.rs", "system/*.rs", "fhirUser"}
		if got := a.redeem(a.answer(grown).back(back).Get("code")); got.Scope != "openid patient/Observation.rs" {
			t.Errorf("the form gave %q", got.Scope)
		}
		other := w.public("lab").by(session) // of which nothing is remembered
		a, q = other, other.query("patient/Observation.rs")
		if b := a.answer(allow("scope")).back(back); b.Get("error") != "access_denied" {
			t.Errorf("with nothing ticked the answer is %v", b)
		}
		good := state()
		flipped := []byte(good)
		flipped[len(flipped)/2] ^= 1
		for name, s := range map[string]string{"none": "", "nonsense": "x", "changed": string(flipped), "cut": good[:len(good)-4], "plain": q.Encode()} {
			if g := a.answer(allow("state=" + s)); g.StatusCode != 400 || g.page(t).Failed == "" {
				t.Errorf("a state that is %s: %d %s", name, g.StatusCode, g.body)
			}
		}
		again := "/oauth/authorize?" + q.Encode()
		if g := a.by(w.chen()).answer(allow("state=" + good)); g.Header.Get("Location") != again {
			t.Errorf("the state of another session: %d to %s", g.StatusCode, g.Header.Get("Location"))
		}
		if g := a.by("").answer(allow("state=" + good)); !strings.HasPrefix(g.Header.Get("Location"), "/auth/sign-in") {
			t.Errorf("without a session: %d to %s", g.StatusCode, g.Header.Get("Location"))
		}
		for _, from := range [][]string{{"Sec-Fetch-Site: cross-site"}, {"Sec-Fetch-Site: same-site"}, {"Origin: https://evil.example"}, {"Origin: null"}} {
			g := a.send("POST", "/oauth/authorize", allow().Encode(), append(from, "Cookie: yitong="+session)...)
			if g.StatusCode != 400 || !strings.Contains(g.page(t).Failed, "forbidden") {
				t.Errorf("%v: %d %s", from, g.StatusCode, g.body)
			}
		}
		old := allow()
		w.clock.forward(11 * time.Minute)
		if g := a.answer(old); g.StatusCode != 400 {
			t.Errorf("an old page: %d %s", g.StatusCode, g.body)
		}
	})
}

// TestApprovals shows people what they have allowed, and ends it.
func TestApprovals(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		session := w.li()
		a, b := w.public("diary").by(session), w.confidential("portal").by(session)
		one := a.tokens("offline_access patient/Observation.rs")
		w.clock.forward(time.Minute)
		two := b.tokens("offline_access patient/Observation.rs")
		list := must(w.provider.Approvals(w.Context(), w.account(session)))(t)
		if len(list) != 2 || list[0].Client != "portal" || list[1].Client != "diary" || list[1].Program != "血压日记" || list[1].English == "" ||
			list[1].Scopes.String() != "offline_access patient/Observation.rs" || !slices.Equal(list[1].Patients, []string{"Patient/li"}) || !list[0].Since.Equal(w.clock.Now()) {
			t.Fatalf("the approvals are %+v", list)
		}
		good(t, w.provider.Withdraw(w.Context(), w.account(session), "diary"))
		if w.holds(one.Access) || !w.holds(two.Access) {
			t.Error("the wrong tokens hold")
		}
		a.renew(one.Refresh).refused(t, "invalid_grant")
		if list := must(w.provider.Approvals(w.Context(), w.account(session)))(t); len(list) != 1 || list[0].Client != "portal" {
			t.Errorf("the approvals are %+v", list)
		}
		if s := a.asked(a.query("patient/Observation.rs")); len(s) != 1 {
			t.Errorf("asked about %v", s)
		}
	})
}

// TestPrompt looks at how a program may wish to be let in (OpenID Connect Core, 3.1.2.1).
func TestPrompt(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		session := w.li()
		a := w.public("diary").by(session)
		ask := func(a app, changes ...string) got {
			return a.visit(a.query("openid patient/Observation.rs", changes...))
		}
		signIn := func(g got) bool {
			return strings.HasPrefix(g.Header.Get("Location"), "/auth/sign-in?next=%2Foauth%2Fauthorize%3F")
		}
		if b := ask(a.by(""), "prompt=none").back(back); b.Get("error") != "login_required" || b.Get("iss") == "" {
			t.Errorf("nobody is there: %v", b)
		}
		if b := ask(a, "prompt=none").back(back); b.Get("error") != "consent_required" {
			t.Errorf("not asked yet: %v", b)
		}
		a.allow(a.query("openid patient/Observation.rs"), "")
		if b := ask(a, "prompt=none").back(back); b.Get("code") == "" {
			t.Errorf("all is known: %v", b)
		}
		for _, wrong := range []string{"prompt=none login", "prompt=register", "max_age=x", "max_age=-1"} {
			if b := ask(a, wrong).back(back); b.Get("error") != "invalid_request" {
				t.Errorf("%s: %v", wrong, b)
			}
		}
		if !signIn(ask(a.by(""))) || !signIn(ask(a, "prompt=login")) || !signIn(ask(a, "max_age=0", "prompt=login")) {
			t.Error("no sign-in is asked for")
		}
		w.clock.forward(2 * time.Minute)
		if b := ask(a, "max_age=120").back(back); b.Get("code") == "" {
			t.Errorf("recent enough: %v", b)
		}
		if b := ask(a, "max_age=119", "prompt=none").back(back); b.Get("error") != "login_required" {
			t.Errorf("too long ago: %v", b)
		}
		for _, change := range []string{"max_age=119", "prompt=login", "prompt=select_account"} {
			g := ask(a, change)
			next, _ := url.Parse(g.Header.Get("Location"))
			to := next.Query().Get("next")
			if g := w.send("GET", to, "", "Cookie: yitong="+a.session); !signIn(g) {
				t.Errorf("%s: without a sign-in it goes on: %d to %s", change, g.StatusCode, g.Header.Get("Location"))
			}
			w.clock.forward(time.Second)
			anew := w.li()
			if b := w.send("GET", to, "", "Cookie: yitong="+anew).back(back); b.Get("code") == "" {
				t.Errorf("%s: after the sign-in there is no code", change)
			}
			w.clock.forward(3 * time.Minute)
		}
		doctor := w.public("viewer").by(w.wang())
		if b := doctor.visit(doctor.query("patient/Observation.rs", "prompt=none")).back(back); b.Get("error") != "interaction_required" {
			t.Errorf("a resident is to be chosen: %v", b)
		}
	})
}
