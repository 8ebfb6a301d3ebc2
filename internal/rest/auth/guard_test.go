package auth_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"yitong/internal/rest/auth"
)

// A form from another site, or one that was not made for this browser, changes nothing.
func TestForgedForms(t *testing.T) {
	w := one(t)
	b, _ := w.enrolled("li.hua", "李华")
	b.see("/auth/me/sessions")
	token := b.last.token()
	stranger := w.browser()
	stranger.see("/auth/sign-in")
	for name, forge := range map[string]func(*http.Request){
		"another site": func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"a sibling":    func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") },
		"another origin": func(r *http.Request) {
			r.Header.Del("Sec-Fetch-Site")
			r.Header.Set("Origin", "https://evil.example")
		},
		"an origin that is hidden": func(r *http.Request) {
			r.Header.Del("Sec-Fetch-Site")
			r.Header.Set("Origin", "null")
		},
	} {
		r := b.form("/auth/me/sessions", token, "do", "all")
		forge(r)
		if p := b.do(r); p.status != 403 || !strings.Contains(p.problem(), "来自其他网站") {
			t.Errorf("%s: %d %q", name, p.status, p.problem())
		}
	}
	for name, forged := range map[string]string{"no token": "", "another's token": stranger.last.token(),
		"a bad token": "x" + token} {
		p := b.post("/auth/me/sessions", forged, "do", "all")
		b.is(p, 403, "登录的设备", "页面已过期")
		if p.to() != "" {
			t.Errorf("%s: leads to %q", name, p.to())
		}
		if p := b.post("/auth/sign-out", forged); p.status != 403 {
			t.Errorf("%s signs out: %d", name, p.status)
		}
	}
	b.is(b.see("/auth/me"), 200, "我的账户", "")
}

// Who is refused for the form's token alone loses nothing but passwords, and need only send again.
func TestStaleForms(t *testing.T) {
	w := one(t)
	b := w.browser()
	p := b.post("/auth/sign-in?next=/auth/role", "", "name", "li.hua", "password", strongPassword)
	b.is(p, 403, "登录", "页面已过期")
	if b.last.find(`id="name"[^>]*value="([^"]*)"`) != "li.hua" || strings.Contains(p.text, strongPassword) {
		t.Error("the name is lost, or the password is given back")
	}
	b.is(b.send("name", "li.hua", "password", strongPassword), 401, "登录", "不正确")
	if p.header.Get("Location") != "" {
		t.Error("it leads somewhere")
	}
}

// A token that somebody has planted in the browser is not the session after the sign-in (session fixation).
func TestFixation(t *testing.T) {
	w := one(t)
	first, _ := w.enrolled("li.hua", "李华")
	attacker, _ := w.enrolled("eve", "Eve")
	planted := attacker.cookie("yitong")
	for name, token := range map[string]string{"made up": "planted", "of the attacker": planted} {
		b := w.browser()
		b.client.Jar.SetCookies(b.address("/"), []*http.Cookie{{Name: "yitong", Value: token, Path: "/"},
			{Name: "yitong-form", Value: "planted", Path: "/"}})
		b.seed = first.seed
		b.see("/auth/sign-in?again=1")
		seen := []string{token}
		b.follow("name", "li.hua", "password", strongPassword)
		if half := b.cookie("yitong"); slices.Contains(seen, half) {
			t.Errorf("%s: the half session has the token that was planted", name)
		} else {
			seen = append(seen, half)
		}
		b.is(b.follow("code", b.code()), 200, "我的账户", "")
		if slices.Contains(seen, b.cookie("yitong")) {
			t.Errorf("%s: the session has a token from before", name)
		}
		for _, old := range seen {
			if s, err := w.accounts.Signed(t.Context(), old); err == nil {
				t.Errorf("%s: a token from before opens the session of %s", name, s.Account.Name)
			}
		}
	}
}

func TestWhereToGoAfterwards(t *testing.T) {
	w := one(t)
	first, _ := w.enrolled("li.hua", "李华")
	for next, want := range map[string]string{
		"":                               "/auth/me",
		"%2Fauth%2Fme%2Fsessions":        "/auth/me/sessions",
		"%2F":                            "/auth/me", // nothing but the account is for who has no role
		"%2Foauth%2Fauthorize%3Fa%3Db":   "/auth/me",
		"https%3A%2F%2Fevil.example":     "/auth/me",
		"%2F%2Fevil.example%2Fauth%2Fme": "/auth/me",
		"%2F%5Cevil.example":             "/auth/me",
		"%2F%09%2Fevil.example":          "/auth/me",
		"javascript%3Aalert(1)":          "/auth/me",
		"%2Fauth%2Fme%0d%0aSet-Cookie%3A%20a%3Db": "/auth/me",
	} {
		b := w.browser()
		if p := b.signIn("li.hua", first.seed, "next="+next); p.to() != want {
			t.Errorf("%q leads to %q, want %q", next, p.to(), want)
		}
	}
}

func TestLocal(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"/": true, "/auth/me": true, "/oauth/authorize?a=https%3A%2F%2Fx.example%2Fcb&b=1": true,
		"/oauth/authorize?a=https://x.example/cb": true,
		"/a/": true, "": false, "auth": false, "//x.example": false, "///x": false, `/\x.example`: false,
		`\\x.example`: false, "/a\\b": false,
		"https://x.example/": false, "javascript:alert(1)": false, "/\tx": false, "/\n/x": false, " /x": false,
		"/ /x":          false,
		"/.//x.example": false, "/a//x": false, "/a/../b": false, "/..//x.example": false, "/%2F/x.example": false,
		"/%5Cx": true, "/x#y": false,
		"/%zz": false, "/" + strings.Repeat("a", 9000): false,
	} {
		if got := auth.Local(address) != ""; got != want {
			t.Errorf("%q: taken is %v", address, got)
		}
	}
}

// Whatever is taken keeps a browser on this host: it begins with one slash, and has nothing that browsers leave out.
func TestLocalKeepsToTheHost(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		address := rapid.StringOf(rapid.SampledFrom([]rune("/\\.:@?#%2Fa\t\n\r \x00例"))).Draw(t, "address")
		got := auth.Local(address)
		if got == "" {
			return
		}
		if got != address || got[0] != '/' || strings.HasPrefix(got, "//") ||
			strings.ContainsAny(got, "\\\t\r\n\x00 ") {
			t.Fatalf("%q gives %q", address, got)
		}
	})
}

func TestCookies(t *testing.T) {
	w := one(t)
	_, code := w.staff("li.hua", "李华")
	for scheme, prefix := range map[string]string{"http": "", "https": "__Host-"} {
		b := w.browserBy(scheme)
		b.get("/auth/view?lang=zh&size=large")
		b.see("/auth/invite")
		set := b.last.header.Values("Set-Cookie")
		if scheme == "https" {
			b.send("name", "li.hua", "code", code, "password", strongPassword, "repeat", strongPassword)
			set = append(set, b.last.header.Values("Set-Cookie")...)
		}
		b.see("/auth/phone")
		b.send("phone", phone)
		set = append(set, b.last.header.Values("Set-Cookie")...)
		if len(set) < 2 {
			t.Fatalf("%s: only %q", scheme, set)
		}
		for _, c := range set {
			flags := map[string]bool{"Path=/": true, "HttpOnly": true, "SameSite=Lax": true, "Secure": scheme == "https"}
			for flag, want := range flags {
				if strings.Contains(c+";", "; "+flag+";") != want {
					t.Errorf("%s: %q, %s should be %v", scheme, c, flag, want)
				}
			}
			if !strings.HasPrefix(c, prefix+"yitong") || strings.Contains(c, "Domain") {
				t.Errorf("%s: %q", scheme, c)
			}
		}
	}
	// A cookie without the prefix is none over TLS: whoever can write it may not be us.
	r, err := http.NewRequest("GET", "https://"+host+"/fhir", nil)
	w.must(err)
	r.AddCookie(&http.Cookie{Name: "yitong", Value: "planted"})
	b := w.browserBy("https")
	b.serve = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if got := w.site.Token(r); got != "" {
			t.Errorf("the token is %q", got)
		}
	})
	b.do(r)
}

func TestHeaders(t *testing.T) {
	w := one(t)
	b := w.browser()
	for _, path := range []string{"/auth/sign-in", "/auth/none", "/auth/me"} {
		h := b.get(path).header
		policy := h.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'",
			"form-action 'self';", "frame-ancestors 'none'", "base-uri 'none'"} {
			if !strings.Contains(policy, want) {
				t.Errorf("%s: the policy lacks %s", path, want)
			}
		}
		if strings.Contains(policy, "unsafe") {
			t.Errorf("%s: %s", path, policy)
		}
		for name, want := range map[string]string{"Cache-Control": "no-store", "X-Frame-Options": "DENY",
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"} {
			if h.Get(name) != want {
				t.Errorf("%s: %s is %q", path, name, h.Get(name))
			}
		}
	}
}

func TestMethodsAndAddresses(t *testing.T) {
	w := one(t)
	b := w.browser()
	b.is(b.get("/auth/none"), 404, "无法继续", "没有这个页面")
	b.see("/auth/sign-in")
	b.is(b.post("/auth/onward", b.last.token()), 405, "无法继续", "不能这样打开")
	if got := b.last.header.Get("Allow"); got != "GET, HEAD" {
		t.Errorf("Allow is %q", got)
	}
	r, err := http.NewRequest("DELETE", b.address("/auth/sign-in").String(), nil)
	w.must(err)
	b.is(b.do(r), 405, "无法继续", "不能这样打开")
	r, err = http.NewRequest("HEAD", b.address("/auth/sign-in").String(), nil)
	w.must(err)
	if p := b.do(r); p.status != 200 || p.text != "" || p.header.Get("Content-Length") == "0" {
		t.Errorf("HEAD: %d, %d bytes", p.status, len(p.text))
	}
	b.see("/auth/sign-in")
	b.is(b.send("name", strings.Repeat("x", 70<<10)), 400, "无法继续", "无法识别")
}

func TestAssets(t *testing.T) {
	w := one(t)
	b := w.browser()
	p := b.see("/auth/sign-in")
	style := p.find(`rel="stylesheet" href="([^"]+)"`)
	for _, path := range []string{style, p.find(`rel="icon"[^>]*href="([^"]+)"`)} {
		p := b.get(path)
		if p.status != 200 || !strings.Contains(p.header.Get("Cache-Control"), "immutable") || len(p.text) < 100 ||
			p.header.Get("Set-Cookie") != "" {
			t.Errorf("%s: %d, %q", path, p.status, p.header)
		}
	}
	if p := b.get(strings.Replace(style, "style-", "style-0", 1)); p.status != 404 {
		t.Errorf("another digest: %d", p.status)
	}
	if strings.Contains(p.text, "style=") || strings.Contains(p.text, "<style") || strings.Contains(p.text, "onclick") {
		t.Error("the page has style or script of its own, which the policy forbids")
	}
}
