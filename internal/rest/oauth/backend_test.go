package oauth_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"maps"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v3"
	"github.com/go-jose/go-jose/v3/jwt"
	"github.com/google/uuid"

	"yitong/internal/account"
	"yitong/internal/gate"
)

// The keys of clients in these tests.
var (
	rsaKey = sync.OnceValue(func() *rsa.PrivateKey { return key(rsa.GenerateKey(rand.Reader, 2048)) })
	p384   = sync.OnceValue(func() *ecdsa.PrivateKey { return key(ecdsa.GenerateKey(elliptic.P384(), rand.Reader)) })
	p256   = sync.OnceValue(func() *ecdsa.PrivateKey { return key(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)) })
)

func key[K any](k K, err error) K {
	if err != nil {
		panic(err)
	}
	return k
}

// set is a JWK Set of public keys by their kids.
func set(t testing.TB, keys map[string]crypto.Signer) json.RawMessage {
	t.Helper()
	var s jose.JSONWebKeySet
	for kid, k := range keys {
		s.Keys = append(s.Keys, jose.JSONWebKey{Key: k.Public(), KeyID: kid})
	}
	return must(json.Marshal(s))(t)
}

// backend registers a program that acts for itself.
func (w world) backend(id string, keys map[string]crypto.Signer) app {
	return w.register(account.Client{ID: id, Backend: true, Scopes: "system/*.rs system/Observation.cruds", Keys: set(w, keys)})
}

// claims are those of a good assertion, but for changes; nil leaves one out.
func (a app) claims(changes map[string]any) map[string]any {
	c := map[string]any{
		"iss": a.client.ID, "sub": a.client.ID, "aud": a.issuer + "/oauth/token", "jti": uuid.NewString(),
		"exp": a.clock.Now().Add(5 * time.Minute).Unix(),
	}
	maps.Copy(c, changes)
	for name, value := range c {
		if value == nil {
			delete(c, name)
		}
	}
	return c
}

// signed makes a JWT.
func signed(t testing.TB, alg jose.SignatureAlgorithm, key any, kid string, claims any) string {
	t.Helper()
	s := must(jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: jose.JSONWebKey{Key: key, KeyID: kid}}, (&jose.SignerOptions{}).WithType("JWT")))(t)
	return must(jwt.Signed(s).Claims(claims).CompactSerialize())(t)
}

// credentials asks for a token by an assertion.
func (a app) credentials(assertion string, changes ...string) tokens {
	a.Helper()
	return a.ask(changed(url.Values{
		"grant_type": {"client_credentials"}, "scope": {"system/Patient.rs"}, "client_assertion": {assertion},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
	}, changes))
}

// TestBackend gives programs tokens for themselves, whatever they may sign by.
func TestBackend(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		a := w.backend("feed", map[string]crypto.Signer{"r": rsaKey(), "e": p384(), "f": p256()})
		for alg, k := range map[jose.SignatureAlgorithm]struct {
			key any
			kid string
		}{jose.RS384: {rsaKey(), "r"}, jose.ES384: {p384(), "e"}, jose.RS256: {rsaKey(), "r"}, jose.ES256: {p256(), "f"}} {
			got := a.credentials(signed(t, alg, k.key, k.kid, a.claims(nil)))
			if got.status != 200 || got.Expires != 300 || got.Scope != "system/Patient.rs" || got.Refresh != "" || got.Identity != "" || got.Patient != "" {
				t.Fatalf("%s: %+v", alg, got)
			}
			p := must(w.provider.Principal(w.Context(), got.Access))(t)
			if p.Client != "feed" || p.Account != "" || p.Role != gate.System || p.Institution != "Organization/a" {
				t.Errorf("the principal is %+v", p)
			}
		}
		good := a.credentials(signed(t, jose.RS384, rsaKey(), "r", a.claims(map[string]any{"aud": []string{w.issuer + "/oauth/token"}})), "scope=system/*.cruds")
		if good.Scope != "system/*.rs system/Observation.cruds" {
			t.Errorf("scope is %q", good.Scope)
		}
		w.clock.forward(5 * time.Minute)
		if w.holds(good.Access) {
			t.Error("a token of a backend holds for more than 5 minutes")
		}
		for _, scope := range []string{"", "patient/*.rs", "user/*.rs", "openid", "system/Nothing.r"} {
			a.credentials(signed(t, jose.RS384, rsaKey(), "r", a.claims(nil)), "scope="+scope).refused(t, "invalid_scope")
		}
		a.credentials(signed(t, jose.RS384, rsaKey(), "r", a.claims(nil)), "grant_type=authorization_code", "code=x").refused(t, "unauthorized_client")
	})
}

// TestAssertions refuses what a client has not said, or not here, not now, not for the first time.
func TestAssertions(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		a := w.backend("feed", map[string]crypto.Signer{"r": rsaKey(), "e": p384(), "f": p256()})
		other := w.backend("other", map[string]crypto.Signer{"o": p384()})
		now := w.clock.Now()
		spki := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: must(x509.MarshalPKIXPublicKey(rsaKey().Public()))(t)})
		jwk := must(json.Marshal(jose.JSONWebKey{Key: rsaKey().Public(), KeyID: "r"}))(t)
		sign := func(changes map[string]any) string { return signed(t, jose.RS384, rsaKey(), "r", a.claims(changes)) }
		raw := func(header string, claims map[string]any, signature string) string {
			b := base64.RawURLEncoding
			return b.EncodeToString([]byte(header)) + "." + b.EncodeToString(must(json.Marshal(claims))(t)) + "." + signature
		}
		whole := sign(nil)
		parts := strings.Split(whole, ".")
		for name, assertion := range map[string]string{
			"none":                   raw(`{"alg":"none","kid":"r"}`, a.claims(nil), ""),
			"None":                   raw(`{"alg":"None","kid":"r","typ":"JWT"}`, a.claims(nil), ""),
			"none with a signature":  raw(`{"alg":"none","kid":"r"}`, a.claims(nil), parts[2]),
			"HS256 by the PEM":       signed(t, jose.HS256, spki, "r", a.claims(nil)),
			"HS384 by the JWK":       signed(t, jose.HS384, []byte(jwk), "r", a.claims(nil)),
			"PS384":                  signed(t, jose.PS384, rsaKey(), "r", a.claims(nil)),
			"RS512":                  signed(t, jose.RS512, rsaKey(), "r", a.claims(nil)),
			"ES256 by another kid":   signed(t, jose.ES256, p256(), "e", a.claims(nil)),
			"RS384 by an EC kid":     signed(t, jose.RS384, rsaKey(), "e", a.claims(nil)),
			"no kid":                 signed(t, jose.RS384, rsaKey(), "", a.claims(nil)),
			"unknown kid":            signed(t, jose.RS384, rsaKey(), "x", a.claims(nil)),
			"key of another client":  signed(t, jose.ES384, p384(), "o", a.claims(nil)),
			"said by another client": signed(t, jose.ES384, p384(), "o", other.claims(map[string]any{"iss": "feed"})),
			"about another client":   sign(map[string]any{"sub": "other"}),
			"of another issuer":      sign(map[string]any{"iss": "other"}),
			"of an unknown client":   sign(map[string]any{"iss": "nobody", "sub": "nobody"}),
			"no issuer":              sign(map[string]any{"iss": nil}),
			"no subject":             sign(map[string]any{"sub": nil}),
			"no audience":            sign(map[string]any{"aud": nil}),
			"the host as audience":   sign(map[string]any{"aud": w.issuer + "/"}),
			"another audience":       sign(map[string]any{"aud": "https://evil.example/oauth/token"}),
			"a longer audience":      sign(map[string]any{"aud": w.issuer + "/oauth/token/"}),
			"two audiences":          sign(map[string]any{"aud": []string{w.issuer + "/oauth/token", "https://evil.example/token"}}),
			"run out":                sign(map[string]any{"exp": now.Unix()}),
			"no end":                 sign(map[string]any{"exp": nil}),
			"far end":                sign(map[string]any{"exp": now.Add(6 * time.Minute).Unix()}),
			"endless":                sign(map[string]any{"exp": 1e15}),
			"not yet":                sign(map[string]any{"nbf": now.Add(time.Minute).Unix()}),
			"from the future":        sign(map[string]any{"iat": now.Add(time.Minute).Unix()}),
			"no jti":                 sign(map[string]any{"jti": nil}),
			"empty jti":              sign(map[string]any{"jti": ""}),
			"long jti":               sign(map[string]any{"jti": strings.Repeat("x", 300)}),
			"other claims":           parts[0] + "." + strings.Split(sign(nil), ".")[1] + "." + parts[2],
			"cut":                    whole[:len(whole)-8],
			"two parts":              parts[0] + "." + parts[1],
			"very long":              whole + strings.Repeat("A", 9000),
			"nothing":                "",
			"JSON":                   `{"payload":"` + parts[1] + `","protected":"` + parts[0] + `","signature":"` + parts[2] + `"}`,
		} {
			if got := a.credentials(assertion); got.Error != "invalid_client" || got.status != 401 || got.Access != "" {
				t.Errorf("%s: %+v", name, got)
			}
		}
		if got := a.credentials(sign(map[string]any{"aud": w.issuer, "jti": "by the issuer"})); got.status != 200 { // as RFC 7523bis has it
			t.Errorf("the issuer as audience: %+v", got)
		}
		a.credentials(whole, "client_assertion_type=urn:ietf:params:oauth:client-assertion-type:saml2-bearer").refused(t, "invalid_client")
		a.credentials(whole, "client_id=other").refused(t, "invalid_client")
		a.credentials(whole, "client_secret=x").refused(t, "invalid_client")
		if got := a.credentials(sign(nil)); got.status != 200 {
			t.Errorf("a good assertion is refused: %+v", got)
		}
	})
}

// TestReplayed takes an assertion once, also where two servers see it at the same moment.
func TestReplayed(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		a := w.backend("feed", map[string]crypto.Signer{"e": p384()})
		twin := a.on(w.node())
		assertion := signed(t, jose.ES384, p384(), "e", a.claims(nil))
		got := race(16, func(i int) tokens {
			if i%2 == 0 {
				return a.credentials(assertion)
			}
			return twin.credentials(assertion)
		})
		if n := count(got, 200); n != 1 {
			t.Errorf("%d of 16 were taken: %+v", n, got)
		}
		a.credentials(assertion).refused(t, "invalid_client")
		other := w.backend("other", map[string]crypto.Signer{"e": p384()})
		jti := map[string]any{"jti": "the same"}
		for _, one := range []app{a, other} { // a jti is the client's own
			if got := one.credentials(signed(t, jose.ES384, p384(), "e", one.claims(jti))); got.status != 200 {
				t.Errorf("%s: %+v", one.client.ID, got)
			}
		}
	})
}

// race lets many do something at once.
func race[T any](n int, do func(i int) T) []T {
	got := make([]T, n)
	var ready, done sync.WaitGroup
	ready.Add(n)
	for i := range n {
		done.Go(func() {
			ready.Done()
			ready.Wait()
			got[i] = do(i)
		})
	}
	done.Wait()
	return got
}

// count is how many answers have a status.
func count(got []tokens, status int) (n int) {
	for _, g := range got {
		if g.status == status {
			n++
		}
	}
	return n
}

// TestAuthentication looks at how clients may prove who they are.
func TestAuthentication(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		a, open := w.confidential("portal").by(w.li()), w.public("diary")
		code := a.code("patient/Observation.rs")
		basic := func(id, secret string) string {
			return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))
		}
		form := func(changes ...string) string {
			return changed(url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {back}, "code_verifier": {verifier}}, changes).Encode()
		}
		for name, g := range map[string]got{
			"no secret":          w.send("POST", "/oauth/token", form("client_id=portal")),
			"secret in the body": w.send("POST", "/oauth/token", form("client_id=portal", "client_secret="+a.secret)),
			"wrong secret":       w.send("POST", "/oauth/token", form(), basic("portal", "x")),
			"empty secret":       w.send("POST", "/oauth/token", form(), basic("portal", "")),
			"secret of nobody":   w.send("POST", "/oauth/token", form(), basic("nobody", a.secret)),
			"two clients":        w.send("POST", "/oauth/token", form("client_id=diary"), basic("portal", a.secret)),
			"public with secret": w.send("POST", "/oauth/token", form(), basic("diary", "x")),
			"public without":     w.send("POST", "/oauth/token", form(), basic("diary", "")),
			"nobody":             w.send("POST", "/oauth/token", form()),
			"bearer":             w.send("POST", "/oauth/token", form(), "Authorization: Bearer "+a.secret),
		} {
			var e tokens
			good(t, json.Unmarshal(g.body, &e))
			if g.StatusCode != 401 || e.Error != "invalid_client" {
				t.Errorf("%s: %d %s", name, g.StatusCode, g.body)
			}
			if sent := g.Request.Header.Get("Authorization"); sent != "" && !strings.HasPrefix(g.Header.Get("WWW-Authenticate"), "Basic ") {
				t.Errorf("%s: WWW-Authenticate is %q", name, g.Header.Get("WWW-Authenticate"))
			}
		}
		for name, g := range map[string]got{
			"in the address":    w.send("POST", "/oauth/token?"+form(), "x=y", basic("portal", a.secret)),
			"twice":             w.send("POST", "/oauth/token", form()+"&code=x", basic("portal", a.secret)),
			"GET":               w.send("GET", "/oauth/token?"+form(), "", basic("portal", a.secret)),
			"another body":      w.send("POST", "/oauth/token", form(), basic("portal", a.secret), "Content-Type: application/json"),
			"a very long body":  w.send("POST", "/oauth/token", form()+"&x="+strings.Repeat("x", 100<<10), basic("portal", a.secret)),
			"password grant":    w.send("POST", "/oauth/token", "grant_type=password&username=wang&password=x", basic("portal", a.secret)),
			"token exchange":    w.send("POST", "/oauth/token", "grant_type=urn:ietf:params:oauth:grant-type:token-exchange", basic("portal", a.secret)),
			"no grant":          w.send("POST", "/oauth/token", "scope=openid", basic("portal", a.secret)),
			"two grants":        w.send("POST", "/oauth/token", "grant_type=refresh_token%20authorization_code", basic("portal", a.secret)),
			"not for a backend": w.send("POST", "/oauth/token", "grant_type=client_credentials&scope=system/*.rs", basic("portal", a.secret)),
		} {
			var e tokens
			good(t, json.Unmarshal(g.body, &e))
			if g.StatusCode != 400 || e.Error == "" || g.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: %d %s", name, g.StatusCode, g.body)
			}
		}
		if g := w.send("POST", "/oauth/token?x=y", form(), basic("portal", a.secret)); g.StatusCode != 400 {
			t.Errorf("with a parameter in the address: %d %s", g.StatusCode, g.body)
		}
		of := open.by(a.session)
		of.redeem(of.code("patient/Observation.rs"), "client_id=diary", "client_secret=x").refused(t, "invalid_client")
		open.ask(url.Values{"grant_type": {"client_credentials"}, "scope": {"patient/Observation.rs"}}).refused(t, "invalid_grant")
		if got := a.redeem(code); got.status != 200 {
			t.Errorf("the right secret is refused: %+v", got)
		}
	})
}
