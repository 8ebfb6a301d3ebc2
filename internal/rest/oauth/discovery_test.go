package oauth_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v3"

	"yitong/internal/account"
)

// TestDiscovery reads what programs read first; what is named there is there.
func TestDiscovery(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		for path, required := range map[string][]string{
			"/fhir/.well-known/smart-configuration": {
				"issuer", "jwks_uri", "authorization_endpoint", "grant_types_supported", "token_endpoint", "token_endpoint_auth_methods_supported",
				"scopes_supported", "response_types_supported", "management_endpoint", "introspection_endpoint", "revocation_endpoint", "capabilities",
				"code_challenge_methods_supported",
			},
			"/.well-known/openid-configuration": {
				"issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "response_types_supported", "subject_types_supported",
				"id_token_signing_alg_values_supported",
			},
		} {
			g := w.send("GET", path, "", "Origin: https://anybody.example")
			f := facts(t, g)
			for _, name := range required {
				if f[name] == nil {
					t.Errorf("%s has no %s", path, name)
				}
			}
			if f["issuer"] != w.issuer || f["authorization_response_iss_parameter_supported"] != true || f["request_uri_parameter_supported"] != false {
				t.Errorf("%s: %v", path, f)
			}
			if m := f["code_challenge_methods_supported"].([]any); len(m) != 1 || m[0] != "S256" {
				t.Errorf("%s has the challenges %v", path, m)
			}
			if g.Header.Get("Access-Control-Allow-Origin") != "*" || g.Header.Get("Access-Control-Allow-Credentials") != "" || g.Header.Get("Content-Type") != "application/json" {
				t.Errorf("%s has the headers %v", path, g.Header)
			}
			for name, address := range f {
				at, is := address.(string)
				if path, own := strings.CutPrefix(at, w.issuer); is && own && strings.HasPrefix(path, "/oauth/") {
					if g := w.send("GET", path, ""); g.StatusCode == 404 {
						t.Errorf("%s is not there", name)
					}
				}
			}
		}
		var keys jose.JSONWebKeySet
		good(t, json.Unmarshal(w.send("GET", "/oauth/jwks", "").body, &keys))
		if len(keys.Keys) != 1 || !keys.Keys[0].IsPublic() || keys.Keys[0].Use != "sig" {
			t.Errorf("the keys are %+v", keys)
		}
	})
}

// TestOrigins lets pages of registered programs call, and no others.
func TestOrigins(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		w.register(account.Client{ID: "diary", Redirects: []string{back, "cn.example.app:/back"}, Origins: []string{"https://pages.example.cn"}})
		old := w.register(account.Client{ID: "old", Redirects: []string{"https://old.example.cn/back"}})
		good(t, w.accounts.Close(w.Context(), account.Console, old.client.ID, "test"))
		for origin, may := range map[string]bool{
			"https://app.example.cn": true, "https://pages.example.cn": true, "https://old.example.cn": false, "https://evil.example": false,
			"http://app.example.cn": false, "https://app.example.cn.evil.example": false, "null": false, "https://app.example.cn:8443": false,
		} {
			for _, path := range []string{"/oauth/token", "/oauth/revoke"} {
				for _, g := range []got{
					w.send("OPTIONS", path, "", "Origin: "+origin, "Access-Control-Request-Method: POST"), w.send("POST", path, "x=y", "Origin: "+origin),
				} {
					allowed := g.Header.Get("Access-Control-Allow-Origin")
					if allowed != map[bool]string{true: origin}[may] || g.Header.Get("Access-Control-Allow-Credentials") != "" || !slices.Contains(g.Header.Values("Vary"), "Origin") {
						t.Errorf("%s %s for %s: %v", g.Request.Method, path, origin, g.Header)
					}
					if g.Request.Method == "OPTIONS" && (g.Header.Get("Access-Control-Allow-Methods") != "") != may {
						t.Errorf("%s for %s: %v", path, origin, g.Header)
					}
				}
			}
			if g := w.send("POST", "/oauth/introspect", "x=y", "Origin: "+origin); g.Header.Get("Access-Control-Allow-Origin") != "" {
				t.Errorf("introspection is open to %s", origin)
			}
		}
		good(t, w.accounts.Close(w.Context(), account.Console, old.client.ID, ""))
		w.clock.forward(time.Minute)
		if may := must(w.provider.Allows(w.Context(), "https://old.example.cn"))(t); !may {
			t.Error("a program that was opened again may not call")
		}
	})
}
