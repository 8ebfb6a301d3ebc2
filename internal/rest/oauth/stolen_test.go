package oauth_test

import (
	"net/url"
	"strings"
	"testing"

	"yitong/internal/account"
)

// TestCodeOnce redeems a code at many places at once: one gets tokens, and as somebody else had the code too, they end.
func TestCodeOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		a := w.public("diary").by(w.li())
		twin := a.on(w.node())
		code := a.code("offline_access patient/Observation.rs")
		got := race(16, func(i int) tokens {
			if i%2 == 0 {
				return a.redeem(code)
			}
			return twin.redeem(code)
		})
		w.one(got, a)
	})
}

// one fails unless one of the answers has tokens, and those hold no more.
func (w world) one(got []tokens, a app) {
	w.Helper()
	if n := count(got, 200); n != 1 {
		w.Fatalf("%d were given tokens: %+v", n, got)
	}
	for _, g := range got {
		switch {
		case g.status == 200:
			a.renew(g.Refresh).refused(w, "invalid_grant")
			if w.holds(g.Access) {
				w.Error("the access token still holds")
			}
		case g.Error != "invalid_grant" && g.Error != "temporarily_unavailable":
			w.Errorf("a loser is told %+v", g)
		}
	}
}

// TestRefreshOnce uses a refresh token at many places at once.
func TestRefreshOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		a := w.public("diary").by(w.li())
		twin := a.on(w.node())
		first := a.tokens("offline_access patient/Observation.rs")
		got := race(16, func(i int) tokens {
			if i%2 == 0 {
				return a.renew(first.Refresh)
			}
			return twin.renew(first.Refresh)
		})
		w.one(got, a)
		if w.holds(first.Access) {
			t.Error("the first access token still holds")
		}
	})
}

// TestReused ends all that came of an authorization when a code or a refresh token is used again later.
func TestReused(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		a := w.public("diary").by(w.li())
		other := a.tokens("offline_access patient/Observation.rs")

		code := a.code("offline_access patient/Observation.rs")
		first := a.redeem(code)
		second := a.renew(first.Refresh)
		a.redeem(code).refused(t, "invalid_grant")
		a.renew(second.Refresh).refused(t, "invalid_grant")
		if w.holds(first.Access) || w.holds(second.Access) {
			t.Error("after a code was used again its tokens hold")
		}

		stolen := a.tokens("offline_access patient/Observation.rs")
		thief := a.renew(stolen.Refresh)
		half := "x." + strings.Split(stolen.Refresh, ".")[1] // that the register knows
		a.renew(half).refused(t, "invalid_grant")
		thief = a.renew(thief.Refresh)
		a.renew(stolen.Refresh).refused(t, "invalid_grant")
		a.renew(thief.Refresh).refused(t, "invalid_grant")
		if w.holds(stolen.Access) || w.holds(thief.Access) {
			t.Error("after a refresh token was used again its tokens hold")
		}
		if !w.holds(other.Access) || a.renew(other.Refresh).status != 200 {
			t.Error("another authorization has ended too")
		}
	})
}

// TestForeignTokens tries codes and tokens that belong to others, or are none.
func TestForeignTokens(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		session := w.li()
		a, thief, secret := w.public("diary").by(session), w.public("thief").by(session), w.confidential("portal").by(session)
		code := a.code("offline_access patient/Observation.rs")
		thief.redeem(code).refused(t, "invalid_grant")
		secret.redeem(code).refused(t, "invalid_grant")
		for _, changes := range [][]string{
			{"code_verifier=" + verifier + "x"}, {"code_verifier=" + strings.ToUpper(verifier)}, {"code_verifier"}, {"code_verifier="},
			{"code_verifier=short"}, {"code_verifier=" + strings.Repeat("x", 129)},
			{"redirect_uri=https://app.example.cn/other"}, {"redirect_uri"}, {"redirect_uri=https://app.example.cn/back/"},
			{"code=" + code + "x"}, {"code=x" + code}, {"code=" + strings.Split(code, ".")[1]}, {"code=x." + strings.Split(code, ".")[1]}, {"code"}, {"code="},
		} {
			a.redeem(code, changes...).refused(t, "invalid_grant")
		}
		got := a.redeem(code)
		if got.status != 200 {
			t.Fatalf("the code was lost to an attempt that failed: %+v", got)
		}
		thief.renew(got.Refresh).refused(t, "invalid_grant")
		secret.renew(got.Refresh).refused(t, "invalid_grant")
		for _, token := range []string{got.Access, code, "", "x", "x.y", got.Refresh + "x", "x." + strings.Split(got.Refresh, ".")[1]} {
			a.renew(token).refused(t, "invalid_grant")
		}
		a.redeem(got.Refresh).refused(t, "invalid_grant")
		if g := a.renew(got.Refresh); g.status != 200 {
			t.Errorf("the refresh token was lost: %+v", g)
		}
	})
}

// TestProof refuses authorizations that are not bound by PKCE, of any client.
func TestProof(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		session := w.li()
		for _, a := range []app{w.public("diary").by(session), w.confidential("portal").by(session)} {
			for _, changes := range [][]string{
				{"code_challenge", "code_challenge_method"}, {"code_challenge"}, {"code_challenge_method"}, {"code_challenge="},
				{"code_challenge_method=plain"}, {"code_challenge_method=plain", "code_challenge=" + verifier}, {"code_challenge_method=s256"},
				{"code_challenge=x"}, {"code_challenge=" + strings.Repeat("=", 43)},
			} {
				if q := a.visit(a.query("patient/Observation.rs", changes...)).back(back); q.Get("error") != "invalid_request" {
					t.Errorf("%s %v: %v", a.client.ID, changes, q)
				}
			}
		}
	})
}

// TestRevoke ends tokens at the wish of their program.
func TestRevoke(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		session := w.li()
		a, other := w.public("diary").by(session), w.confidential("portal").by(session)
		got := a.tokens("offline_access patient/Observation.rs")
		revoke := func(by app, token string, changes ...string) int {
			return by.post("/oauth/revoke", changed(url.Values{"token": {token}}, changes)).StatusCode
		}
		for _, token := range []string{"x", "x.y", got.Refresh + "x"} {
			if s := revoke(a, token); s != 200 {
				t.Errorf("%q: %d", token, s)
			}
		}
		if s := revoke(other, got.Refresh); s != 200 || !w.holds(got.Access) {
			t.Errorf("another client: %d", s)
		}
		if s := revoke(a, got.Refresh, "client_id=portal"); s != 401 || !w.holds(got.Access) {
			t.Errorf("without proof: %d", s)
		}
		if s := revoke(a, "x."+strings.Split(got.Refresh, ".")[1]); s != 200 || !w.holds(got.Access) {
			t.Errorf("half a token: %d", s)
		}
		if s := revoke(a, ""); s != 400 {
			t.Errorf("no token: %d", s)
		}
		next := a.renew(got.Refresh)
		if s := revoke(a, next.Access, "token_type_hint=refresh_token"); s != 200 || w.holds(next.Access) || !w.holds(got.Access) {
			t.Errorf("an access token: %d", s)
		}
		if s := revoke(a, next.Refresh, "token_type_hint=nonsense"); s != 200 || w.holds(got.Access) {
			t.Errorf("a refresh token: %d", s)
		}
		a.renew(next.Refresh).refused(t, "invalid_grant")
	})
}

// TestIntrospect tells who asks about tokens.
func TestIntrospect(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		session := w.li()
		secret, digest := account.NewSecret()
		server := w.register(account.Client{ID: "server", Secret: digest, Introspects: true})
		server.secret = secret
		a, own := w.public("diary").by(session), w.confidential("portal").by(session)
		got := own.tokens("openid fhirUser launch/patient offline_access patient/Observation.rs")
		ask := func(by app, token string) map[string]any {
			g := by.post("/oauth/introspect", url.Values{"token": {token}})
			return facts(t, g)
		}
		for _, by := range []app{own, server} {
			f := ask(by, got.Access)
			for name, want := range map[string]any{
				"active": true, "scope": got.Scope, "client_id": "portal", "token_type": "Bearer", "sub": w.account(session), "iss": w.issuer,
				"aud": w.issuer + "/fhir", "patient": "li", "fhirUser": w.issuer + "/fhir/Patient/li", "exp": float64(w.clock.Now().Unix() + 900),
			} {
				if f[name] != want {
					t.Errorf("%s is %v, want %v", name, f[name], want)
				}
			}
			if f := ask(by, got.Refresh); f["active"] != true || f["token_type"] != nil {
				t.Errorf("of a refresh token: %v", f)
			}
		}
		others := a.tokens("patient/Observation.rs")
		next := own.renew(got.Refresh)
		if next.status != 200 {
			t.Fatalf("got %+v", next)
		}
		half := func(token string) string { return "x." + strings.Split(token, ".")[1] } // which the register knows
		for _, token := range []string{others.Access, "x", "x.y", got.Access + "x", half(got.Access), half(next.Refresh), got.Refresh} {
			if f := ask(own, token); len(f) != 1 || f["active"] != false {
				t.Errorf("%q: %v", token, f)
			}
		}
		if g := a.post("/oauth/introspect", url.Values{"token": {others.Access}}); g.StatusCode != 401 {
			t.Errorf("a public client: %d %s", g.StatusCode, g.body)
		}
		good(t, w.provider.Withdraw(w.Context(), w.account(session), "portal"))
		if f := ask(server, got.Access); len(f) != 1 || f["active"] != false {
			t.Errorf("after it was withdrawn: %v", f)
		}
	})
}

// TestGone gives no tokens to an authorization that ended while they were made.
func TestGone(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		if err := w.provider.Enter(w.Context(), "an-authorization-that-was-struck"); err == nil {
			t.Error("a token was entered")
		}
	})
}
