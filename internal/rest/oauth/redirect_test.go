package oauth_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"yitong/internal/account"
)

// TestRedirects leads nowhere but to registered addresses.
func TestRedirects(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		a := w.register(account.Client{ID: "diary", Redirects: []string{
			"https://app.example.cn/back", "https://app.example.cn/q?tenant=a", "http://127.0.0.1:4000/back", "http://[::1]/back", "http://localhost:4000/back", "cn.example.app:/back",
		}}).by(w.li())
		for _, address := range []string{
			"https://app.example.cn/back", "https://app.example.cn/q?tenant=a", "http://127.0.0.1:4000/back", "http://127.0.0.1:51004/back",
			"http://127.0.0.1/back", "http://[::1]:51004/back", "http://localhost:4000/back", "cn.example.app:/back",
		} {
			g := a.visit(a.query("nonsense", "redirect_uri="+address))
			to := must(url.Parse(g.Header.Get("Location")))(t)
			q := to.Query()
			if g.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to.String(), strings.SplitN(address, "?", 2)[0]+"?") || q.Get("error") != "invalid_scope" || q.Get("state") == "" {
				t.Errorf("%s: %d to %s %s", address, g.StatusCode, to, g.body)
			}
			if strings.Contains(address, "tenant") && q.Get("tenant") != "a" {
				t.Errorf("%s: its own parameter is lost: %s", address, to)
			}
		}
		for _, address := range []string{
			"", "/", "back", "https://app.example.cn", "https://app.example.cn/", "https://app.example.cn/back/", "https://app.example.cn/back/x", "https://app.example.cn/backx",
			"https://app.example.cn/back?x=y", "https://app.example.cn/back#x", "https://app.example.cn/back#", "https://app.example.cn/back?", "https://app.example.cn/BACK",
			"https://APP.example.cn/back", "HTTPS://app.example.cn/back", "http://app.example.cn/back", "https://app.example.cn:443/back", "https://app.example.cn:8443/back",
			"https://user@app.example.cn/back", "https://app.example.cn@evil.example/back", "https://evil.example/back", "https://app.example.cn.evil.example/back",
			"https://evil.example/https://app.example.cn/back", "https://app.example.cn/x/../back", "https://app.example.cn/back/../evil", "https://app.example.cn/./back",
			"https://app.example.cn/%62ack", "https://app.example.cn/back%2f", "https://app.example.cn%2fback", "https://app.example.cn/back%00", "https://app.example.cn\\back",
			"https://app.example.cn/back ", " https://app.example.cn/back", "https://app.example.cn/back\n", "//app.example.cn/back", "javascript:alert(1)", "data:text/html,x",
			"https://app.example.cn/q", "https://app.example.cn/q?tenant=b", "https://app.example.cn/q?tenant=a&x=y",
			"http://127.0.0.1:4000/other", "http://127.0.0.1:4000/back?x", "http://127.0.0.1:4000/back#x", "http://user@127.0.0.1:4000/back", "http://127.0.0.1@evil.example/back",
			"http://127.0.0.1:4000@evil.example/back", "http://127.0.0.1:x/back", "http://127.0.0.1:/back", "http://127.0.0.1:123456/back", "https://127.0.0.1:4000/back",
			"http://127.0.0.2:4000/back", "http://2130706433:4000/back", "http://127.1:4000/back", "http://127.0.0.1.evil.example/back", "http://127.0.0.1x/back",
			"http://localhost:5000/back", "http://localhost/back", "http://[::1]:4000/back/x", "http://[::2]/back", "http://[0:0:0:0:0:0:0:1]/back",
			"cn.example.app:/other", "cn.example.app://back", "CN.example.app:/back",
		} {
			g := a.visit(a.query("patient/Observation.rs", "redirect_uri="+address))
			if g.StatusCode != http.StatusBadRequest || g.Header.Get("Location") != "" || g.page(t).Failed == "" {
				t.Errorf("%q: %d to %q", address, g.StatusCode, g.Header.Get("Location"))
			}
		}
	})
}

// TestErrors tells of errors where it is safe to tell of them, as the protocol says.
func TestErrors(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		a := w.public("diary").by(w.li())
		for _, changes := range [][]string{{"client_id"}, {"client_id=nobody"}, {"redirect_uri"}, {"client_id=", "redirect_uri=https://evil.example"}} {
			if g := a.visit(a.query("openid", changes...)); g.StatusCode != http.StatusBadRequest || g.Header.Get("Location") != "" {
				t.Errorf("%v: %d to %q", changes, g.StatusCode, g.Header.Get("Location"))
			}
		}
		twice := a.query("openid").Encode() + "&redirect_uri=" + url.QueryEscape("https://evil.example")
		if g := w.send("GET", "/oauth/authorize?"+twice, ""); g.StatusCode != http.StatusBadRequest || g.Header.Get("Location") != "" {
			t.Errorf("two redirects: %d to %q", g.StatusCode, g.Header.Get("Location"))
		}
		if b := w.send("GET", "/oauth/authorize?"+a.query("openid").Encode()+"&scope=openid", "").back(back); b.Get("error") != "invalid_request" {
			t.Errorf("two scopes: %v", b)
		}
		for change, name := range map[string]string{
			"response_type":                                   "unsupported_response_type",
			"response_type=token":                             "unsupported_response_type",
			"response_type=id_token":                          "unsupported_response_type",
			"response_type=code token":                        "unsupported_response_type",
			"response_type=code id_token":                     "unsupported_response_type",
			"response_mode=form_post":                         "unsupported_response_mode",
			"response_mode=fragment":                          "unsupported_response_mode",
			"response_mode=nonsense":                          "unsupported_response_mode",
			"request=x.y.z":                                   "request_not_supported",
			"request_uri=https://evil.example/":               "request_uri_not_supported",
			"request_uri=urn:ietf:params:oauth:request_uri:x": "request_uri_not_supported",
			"registration={}":                                 "registration_not_supported",
			"aud":                                             "invalid_request",
			"aud=https://evil.example/fhir":                   "invalid_request",
			"aud=" + w.issuer:                                 "invalid_request",
			"aud=" + w.issuer + "/fhir/Patient":               "invalid_request",
			"state":                                           "invalid_request",
			"state=short":                                     "invalid_request",
			"launch=x":                                        "invalid_request",
		} {
			b := a.visit(a.query("openid patient/Observation.rs", change)).back(back)
			if b.Get("error") != name || b.Get("iss") != w.issuer || b.Has("code") || b.Get("error_description") == "" {
				t.Errorf("%s: %v", change, b)
			}
		}
		for _, change := range []string{"response_mode=query", "aud=" + w.issuer + "/fhir/", "display=page", "ui_locales=zh"} {
			if g := a.visit(a.query("openid patient/Observation.rs", change)); g.back(back) != nil || g.page(t).Consent == nil {
				t.Errorf("%s: %d %s", change, g.StatusCode, g.body)
			}
		}
		long := "/oauth/authorize?" + a.query("openid").Encode() + "&x=" + strings.Repeat("x", 20<<10)
		if g := w.send("GET", long, ""); g.StatusCode != http.StatusBadRequest || g.Header.Get("Location") != "" {
			t.Errorf("a long request: %d", g.StatusCode)
		}
		good(t, w.accounts.Close(w.Context(), account.Console, "diary", "test"))
		if g := a.visit(a.query("openid")); g.StatusCode != http.StatusBadRequest || !strings.Contains(string(g.body), "disabled") {
			t.Errorf("a closed program: %d %s", g.StatusCode, g.body)
		}
		good(t, w.accounts.Close(w.Context(), account.Console, "diary", ""))
		w.clock.forward(3 * 365 * 24 * time.Hour)
		if g := a.visit(a.query("openid")); g.StatusCode != http.StatusBadRequest || !strings.Contains(string(g.body), "run out") {
			t.Errorf("a program whose agreement has ended: %d %s", g.StatusCode, g.body)
		}
	})
}
