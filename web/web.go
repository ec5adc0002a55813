// Package web carries the built front ends inside the binary. It knows nothing
// of the server; api serves what it holds.
package web

import (
	"embed"
	"fmt"
	"io/fs"
)

// The directory is always there, thanks to its .keep; what Vite builds is not
// committed.
//
//go:embed all:dist
var dist embed.FS

// Assets are the built files: inbox/, widget/ and common-passwords.txt; none
// where the front ends have not been built.
func Assets() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(fmt.Sprintf("web: %v", err)) // the name is a constant
	}
	return sub
}

// Built reports whether the front ends are in this binary.
func Built() bool {
	for _, name := range []string{"dist/inbox/index.html", "dist/widget/widget.js", "dist/widget/frame.html"} {
		if _, err := fs.Stat(dist, name); err != nil {
			return false
		}
	}
	return true
}
