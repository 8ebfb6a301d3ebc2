package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"testing"
)

// The committed text is what the definitions give. Where these are not installed there is nothing to compare. The
// compressed bytes may differ: they depend on the release of Go.
func TestTextIsUpToDate(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat(definitions); errors.Is(err, fs.ErrNotExist) {
		t.Skip("the definitions are not installed: npm ci")
	}
	want, err := generate(definitions)
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.Open("../r4.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("r4.gz differs from its definitions: run the generator")
	}
}

func TestBindingsAreUpToDate(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat(definitions); errors.Is(err, fs.ErrNotExist) {
		t.Skip("the definitions are not installed: npm ci")
	}
	want, err := required(definitions)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../testdata/required.txt")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("required.txt differs from the definitions: run the generator")
	}
}

func TestAFolderWithoutDefinitionsIsAnError(t *testing.T) {
	t.Parallel()
	if text, err := generate(t.TempDir()); err == nil {
		t.Errorf("wrote %d bytes", len(text))
	}
}

func TestPackingIsDeterministic(t *testing.T) {
	t.Parallel()
	a, err := pack([]byte("the same text"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := pack([]byte("the same text"))
	if err != nil || !bytes.Equal(a, b) {
		t.Errorf("two packings differ (%v)", err)
	}
}
