// Package web has the browser app as it was built ([App]); its sources stand beside it.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// App are the files of the built app; none where it was not built (make web).
func App() fs.FS {
	app, err := fs.Sub(dist, "dist/app")
	if err != nil {
		panic("web: " + err.Error()) // the name is a good one
	}
	return app
}
