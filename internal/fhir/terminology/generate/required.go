package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// definition is a StructureDefinition, as far as its bindings need it.
type definition struct {
	URL         string
	FHIRVersion string
	Derivation  string
	Snapshot    struct{ Element []element }
}

type element struct {
	Path    string
	Binding *struct{ Strength, ValueSet string }
}

// required lists the elements of R4's types that have a required binding, and the value sets that they are bound to: an
// element and a canonical a line, in order of element.
func required(from string) ([]byte, error) {
	all, err := read(from, "StructureDefinition", func(d *definition) bool {
		return d.FHIRVersion == "4.0.1" && d.Derivation != "constraint"
	})
	if err != nil {
		return nil, err
	}
	found := map[string]string{}
	for _, d := range all {
		for _, e := range d.Snapshot.Element {
			if e.Binding != nil && e.Binding.Strength == "required" {
				found[e.Path] = e.Binding.ValueSet
			}
		}
	}
	if len(found) == 0 {
		return nil, errors.New("no element has a required binding")
	}
	var out bytes.Buffer
	for _, path := range slices.Sorted(maps.Keys(found)) {
		fmt.Fprintf(&out, "%s %s\n", path, found[path])
	}
	return out.Bytes(), nil
}
