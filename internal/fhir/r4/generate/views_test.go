package main

import (
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"yitong/internal/fhir"
)

// The committed views are what the tables give.
func TestViewsAreUpToDate(t *testing.T) {
	t.Parallel()
	want, err := generate(resources)
	if err != nil {
		t.Fatal(err)
	}
	have, err := filepath.Glob("../*" + suffix)
	if err != nil {
		t.Fatal(err)
	}
	for i, path := range have {
		have[i] = filepath.Base(path)
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if string(text) != string(want[have[i]]) {
			t.Errorf("%s is not what go generate writes", have[i])
		}
	}
	if names := slices.Sorted(maps.Keys(want)); !slices.Equal(have, names) {
		t.Errorf("files %v, go generate writes %v", have, names)
	}
}

func TestReservedAreTheMethodsOfElement(t *testing.T) {
	t.Parallel()
	want := []string{"Beside", "Element"} // of r4.Element
	for m := range reflect.TypeFor[fhir.Element]().Methods() {
		want = append(want, m.Name)
	}
	slices.Sort(want)
	if !slices.Equal(reserved, want) {
		t.Errorf("reserved %v, methods %v", reserved, want)
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"id": "ID", "url": "URL", "birthDate": "BirthDate", "implicitRules": "ImplicitRules", "valueUri": "ValueURI",
		"versionId": "VersionID", "valueUnsignedInt": "ValueUnsignedInt", "valueId": "ValueID", "identifier": "Identifier",
	} {
		if got := goName(name); got != want {
			t.Errorf("%s is called %s, want %s", name, got, want)
		}
	}
}

func TestRefuses(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Nothing", "Claim"} { // Claim has lists of integers
		if _, err := generate([]string{name}); err == nil {
			t.Errorf("views of %s were written", name)
		}
	}
}
