package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"testing"
)

// The committed tables are what the definitions give. Where these are not installed there is nothing to compare.
func TestTablesAreUpToDate(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat(definitions); errors.Is(err, fs.ErrNotExist) {
		t.Skip("the definitions are not installed: npm ci")
	}
	want, err := generate(definitions)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../r4.txt")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("r4.txt differs from its definitions: run the generator")
	}
}

func TestAFolderWithoutDefinitionsIsAnError(t *testing.T) {
	t.Parallel()
	if text, err := generate(t.TempDir()); err == nil {
		t.Errorf("wrote %d bytes", len(text))
	}
}
