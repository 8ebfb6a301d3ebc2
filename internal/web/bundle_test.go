package web_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"yitong/web"
)

// What the app may weigh, packed by gzip: what its page loads before anything is seen, and every part that comes later. A phone on a
// slow network fetches the first in about two seconds.
const (
	firstMost = 180_000 // bytes
	laterMost = 200_000
)

var loaded = regexp.MustCompile(`(?:src|href)="/app/(assets/[^"]+)"`)

// weigh gives what the page of a built app loads, in bytes, and the later parts that are too heavy.
func weigh(app fs.FS) (first int, heavy []string, err error) {
	page, err := fs.ReadFile(app, "index.html")
	if err != nil {
		return 0, nil, err
	}
	atOnce := map[string]bool{}
	for _, m := range loaded.FindAllSubmatch(page, -1) {
		atOnce[string(m[1])] = true
	}
	err = fs.WalkDir(app, "assets", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.Contains(".gz.br", path.Ext(name)) {
			return err
		}
		text, err := fs.ReadFile(app, name)
		if err != nil {
			return err
		}
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		_, _ = w.Write(text) // a buffer takes everything
		_ = w.Close()
		switch {
		case atOnce[name]:
			first += packed.Len()
		case packed.Len() > laterMost:
			heavy = append(heavy, name)
		}
		return nil
	})
	return first, heavy, err
}

// TestWeight: the built app is not too heavy for a phone.
func TestWeight(t *testing.T) {
	t.Parallel()
	first, heavy, err := weigh(web.App())
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the app is not built: make web")
	}
	if err != nil {
		t.Fatal(err)
	}
	if first == 0 || first > firstMost {
		t.Errorf("the page of the app loads %d bytes at once, of %d at most: load what it does not need at once by import()", first, firstMost)
	}
	for _, name := range heavy {
		t.Errorf("%s has more than %d bytes: divide it by import()", name, laterMost)
	}
	t.Logf("the page loads %d bytes at once", first)
}

// TestWeighing: what is too heavy is found.
func TestWeighing(t *testing.T) {
	t.Parallel()
	noise := func(n int) *fstest.MapFile {
		text, x := make([]byte, n), uint32(1)
		for i := range text {
			x = x*1664525 + 1013904223
			text[i] = byte(x >> 24)
		}
		return &fstest.MapFile{Data: text}
	}
	first, heavy, err := weigh(fstest.MapFS{
		"index.html":         {Data: []byte(`<script src="/app/assets/a.js"></script><link rel="modulepreload" href="/app/assets/b.js">`)},
		"assets/a.js":        noise(300_000),
		"assets/b.js":        noise(300_000),
		"assets/later.js":    noise(300_000),
		"assets/later.js.br": noise(300_000),
		"assets/small.js":    noise(10),
	})
	if err != nil || first < 600_000 || len(heavy) != 1 || heavy[0] != "assets/later.js" {
		t.Errorf("%d %v %v", first, heavy, err)
	}
}
