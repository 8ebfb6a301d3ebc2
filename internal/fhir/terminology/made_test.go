package terminology

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"yitong/internal/fhir"
)

// resources gives those of a file with one a line.
func resources(t testing.TB, file string) func(string) (fhir.Node, bool) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]fhir.Node{}
	for line := range bytes.Lines(text) {
		n := node(t, string(line))
		all[n.Get("url").Str()] = n
	}
	return from(all)
}

func from(all map[string]fhir.Node) func(string) (fhir.Node, bool) {
	return func(url string) (fhir.Node, bool) {
		n, ok := all[url]
		return n, ok
	}
}

type fatal interface {
	Helper()
	Fatal(...any)
}

func node(t fatal, text string) fhir.Node {
	t.Helper()
	tree, err := fhir.Parse([]byte(text))
	if err != nil {
		t.Fatal(err, text)
	}
	return tree.Root()
}

// with is R4's library and more resources, each given by its url, and by its type and the members beside these.
func with(t fatal, texts map[string]string) *Library {
	t.Helper()
	all := map[string]fhir.Node{}
	for url, text := range texts {
		kind, rest, _ := strings.Cut(text, " ")
		all[url] = node(t, fmt.Sprintf(`{"resourceType":%q,"url":%q,%s}`, kind, url, rest))
	}
	return R4().With(from(all))
}

func set(t fatal, l *Library, url string) *ValueSet {
	t.Helper()
	s, ok := l.ValueSet(url)
	if !ok {
		t.Fatal(url + " is not here")
	}
	return s
}
