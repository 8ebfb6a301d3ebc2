package web_test

import (
	"log/slog"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"yitong/internal/web"
)

// TestApp: every place in the app is its page, with a number of its own for styles; files are what they are, and packed for who
// takes them so.
func TestApp(t *testing.T) {
	t.Parallel()
	app := web.New(fstest.MapFS{
		"index.html":              {Data: []byte(`<html><meta name="nonce" content="__NONCE__"></html>`)},
		"assets/main-abc.js":      {Data: []byte("let it = 1")},
		"assets/main-abc.js.gz":   {Data: []byte("packed")},
		"assets/main-abc.js.br":   {Data: []byte("small")},
		"assets/style-abc.css":    {Data: []byte("a {}")},
		"assets/style-abc.css.gz": {Data: []byte("packed style")},
		"app.webmanifest":         {Data: []byte("{}")},
	}, slog.New(slog.DiscardHandler))
	get := func(method, path, takes string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, nil)
		r.Header.Set("Accept-Encoding", takes)
		w := httptest.NewRecorder()
		app.ServeHTTP(w, r)
		return w
	}
	numbers := map[string]bool{}
	for _, path := range []string{"/app/", "/app/inbox", "/app/cases/01900000-0000-7000-8000-000000000000"} {
		w := get("GET", path, "")
		number := regexp.MustCompile(`content="([^"]{24})"`).FindStringSubmatch(w.Body.String())
		if w.Code != 200 || number == nil || numbers[number[1]] || !strings.Contains(w.Header().Get("Content-Security-Policy"), "'nonce-"+number[1]+"'") {
			t.Errorf("%s: %d %v %s", path, w.Code, w.Header(), w.Body)
			continue
		}
		numbers[number[1]] = true
		if w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s may be stored", path)
		}
	}
	for _, c := range []struct {
		method, path, takes, body, kind, encoding string
		status                                    int
	}{
		{"GET", "/app/assets/main-abc.js", "gzip, deflate, br", "small", "text/javascript; charset=utf-8", "br", 200},
		{"GET", "/app/assets/main-abc.js", "br;q=0, gzip;q=0.5", "packed", "text/javascript; charset=utf-8", "gzip", 200},
		{"GET", "/app/assets/main-abc.js", "brotli, br;q=0.0", "let it = 1", "text/javascript; charset=utf-8", "", 200},
		{"GET", "/app/assets/style-abc.css", "br, gzip", "packed style", "text/css; charset=utf-8", "gzip", 200},
		{"GET", "/app/assets/main-abc.js", "", "let it = 1", "text/javascript; charset=utf-8", "", 200},
		{"HEAD", "/app/assets/main-abc.js", "", "", "text/javascript; charset=utf-8", "", 200},
		{"GET", "/app/app.webmanifest", "gzip", "{}", "application/manifest+json", "", 200},
		{"GET", "/app/assets/main-old.js", "", "404 page not found\n", "text/plain; charset=utf-8", "", 404},
		{"POST", "/app/", "", "The app is read by GET.\n", "text/plain; charset=utf-8", "", 405},
	} {
		w := get(c.method, c.path, c.takes)
		if h := w.Header(); w.Code != c.status || w.Body.String() != c.body || h.Get("Content-Type") != c.kind || h.Get("Content-Encoding") != c.encoding {
			t.Errorf("%s %s: %d %v %q", c.method, c.path, w.Code, h, w.Body)
		}
	}
}

// TestNotBuilt: a program that was built without the app says so.
func TestNotBuilt(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	web.New(fstest.MapFS{}, slog.New(slog.DiscardHandler)).ServeHTTP(w, httptest.NewRequest("GET", "/app/", nil))
	if w.Code != 404 || !strings.Contains(w.Body.String(), "make") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
