package web

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"io/fs"
	"log/slog"
	"mime"
	"net/http"
	"path"
	"strings"
)

// Base is where the app is.
const Base = "/app/"

// hashed is the folder of files whose names change with what is in them.
const hashed = "assets/"

// codings are the ways in which files lie packed beside themselves: as HTTP calls them and how the names of those files end, the
// smallest first.
var codings = [...]struct{ name, end string }{{"br", ".br"}, {"gzip", ".gz"}}

// nonce stands in the page where the number that allows its styles goes.
const nonce = "__NONCE__"

// site is the app with its files in memory.
type site struct {
	page  []byte // nil where the app was not built
	files map[string]file
}

// file is one of the app's.
type file struct {
	plain  []byte
	packed [len(codings)][]byte // in the order of codings; nil for none
	kind   string
}

// New serves an app of these files below [Base]. Without an index.html the app was not built, and the answer says so.
func New(files fs.FS, log *slog.Logger) http.Handler {
	s := &site{files: map[string]file{}}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		s.take(name, text)
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		log.Error("the app cannot be read", "cause", err)
	}
	s.page = s.files["index.html"].plain
	delete(s.files, "index.html")
	return s
}

// take puts a file to the others: a packed one to that which it is.
func (s *site) take(name string, text []byte) {
	for i, c := range codings {
		if of, packed := strings.CutSuffix(name, c.end); packed {
			f := s.files[of]
			f.packed[i] = text
			s.files[of] = f
			return
		}
	}
	f := s.files[name]
	f.plain, f.kind = text, kindOf(name)
	s.files[name] = f
}

// kindOf is the media type of a file by its name.
func kindOf(name string) string {
	if path.Ext(name) == ".webmanifest" {
		return "application/manifest+json"
	}
	if kind := mime.TypeByExtension(path.Ext(name)); kind != "" {
		return kind
	}
	return "application/octet-stream"
}

// ServeHTTP implements [http.Handler].
func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, Base)
	f, is := s.files[name]
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "The app is read by GET.", http.StatusMethodNotAllowed)
	case s.page == nil:
		http.Error(w, "The app was not built into this program: build it with make. 浏览器应用未构建，请用 make 构建。", http.StatusNotFound)
	case is:
		f.serve(w, r, name)
	case strings.HasPrefix(name, hashed):
		http.NotFound(w, r) // of an older build: the page asks for a new one
	default:
		s.draw(w, r)
	}
}

// serve answers with a file.
func (f file) serve(w http.ResponseWriter, r *http.Request, name string) {
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-cache")
	if strings.HasPrefix(name, hashed) {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	text := f.plain
	for i, c := range codings {
		if f.packed[i] == nil {
			continue
		}
		h.Set("Vary", "Accept-Encoding")
		if takes(r, c.name) {
			h.Set("Content-Encoding", c.name)
			text = f.packed[i]
			break
		}
	}
	if r.Method != http.MethodHead {
		_, _ = w.Write(text) // whoever has gone away needs no file
	}
}

// takes says whether who asks understands a coding (RFC 9110, 12.5.3).
func takes(r *http.Request, coding string) bool {
	for one := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(one, ";")
		if strings.TrimSpace(name) == coding {
			return strings.TrimRight(strings.TrimSpace(weight), "0.") != "q="
		}
	}
	return false
}

// draw answers with the page of the app. Its styles are made as it runs: those that bear the page's number are let.
func (s *site) draw(w http.ResponseWriter, r *http.Request) {
	var random [18]byte
	_, _ = rand.Read(random[:]) // never fails
	number := base64.StdEncoding.EncodeToString(random[:])
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-"+number+"'; img-src 'self' data: blob:; "+
		"font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	if r.Method != http.MethodHead {
		_, _ = w.Write(bytes.ReplaceAll(s.page, []byte(nonce), []byte(number)))
	}
}
