package auth

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

//go:embed assets
var assetFiles embed.FS

// asset is a file that pages refer to. Its address has a digest of its bytes, so a browser keeps it for as long as it
// likes.
type asset struct {
	kind string
	text []byte
}

var assetKinds = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
}

// assets are all of them by their addresses.
var assets = sync.OnceValue(func() map[string]asset {
	all := map[string]asset{}
	for name, address := range assetPaths() {
		text, _ := assetFiles.ReadFile("assets/" + name) // it has been read before
		all[address] = asset{assetKinds[path.Ext(name)], text}
	}
	return all
})

// assetPaths are their addresses by their names.
var assetPaths = sync.OnceValue(func() map[string]string {
	paths := map[string]string{}
	for _, name := range []string{"style.css", "passkey.js", "mark.svg"} {
		text, err := assetFiles.ReadFile("assets/" + name)
		if err != nil {
			panic("auth: " + err.Error()) // it is built in
		}
		sum := sha256.Sum256(text)
		before, kind, _ := strings.Cut(name, ".")
		paths[name] = "/auth/" + before + "-" + hex.EncodeToString(sum[:6]) + "." + kind
	}
	return paths
})

func (a asset) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(a.text))
}
