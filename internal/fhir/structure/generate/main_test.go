package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"testing"
)

// The committed definitions are what HL7's give. Where these are not installed there is nothing to compare.
func TestDefinitionsAreUpToDate(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("../../" + definitions); errors.Is(err, fs.ErrNotExist) {
		t.Skip("the definitions are not installed: npm ci --prefix internal/fhir/schema/generate")
	}
	want, err := generate("../../" + definitions)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../definitions.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("definitions.json.gz differs from its source: run the generator")
	}
}

func TestAFolderWithoutDefinitionsIsAnError(t *testing.T) {
	t.Parallel()
	if data, err := generate(t.TempDir()); err == nil {
		t.Errorf("wrote %d bytes", len(data))
	}
}
