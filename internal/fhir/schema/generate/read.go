package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const (
	version       = "4.0.1"
	definitionURL = "http://hl7.org/fhir/StructureDefinition/"
)

// definition is a StructureDefinition, as far as the tables need it.
type definition struct {
	FHIRVersion    string
	Kind           string
	Name           string
	Derivation     string
	BaseDefinition string
	Abstract       bool
	Snapshot       struct{ Element []element }
}

type element struct {
	Path             string
	Base             struct{ Path string }
	Min              int
	Max              string
	IsSummary        bool
	IsModifier       bool
	ContentReference string
	Type             []typeRef
}

type typeRef struct {
	Code          string
	TargetProfile []string
	Extension     []struct{ URL, ValueURL string }
}

// read gives the definitions of R4's types: the abstract ones, the data types, the resource types and the two profiles of
// Quantity by which the specification names some elements' types. Primitive types have no elements to tell of.
func read(folder string) ([]definition, error) {
	files, err := filepath.Glob(filepath.Join(folder, "StructureDefinition-*.json"))
	if err != nil {
		return nil, err
	}
	var defs []definition
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var d definition
		if err := json.Unmarshal(text, &d); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if d.FHIRVersion == version && d.keyword() != "" {
			defs = append(defs, d)
		}
	}
	if len(defs) == 0 {
		return nil, fmt.Errorf("%s holds no definitions of FHIR %s", folder, version)
	}
	return defs, nil
}

// keyword gives the word that a type's line starts with, or nothing when the tables leave the type out.
func (d definition) keyword() string {
	switch {
	case d.Kind != "complex-type" && d.Kind != "resource":
		return ""
	case d.base() == "Quantity":
		return "alias" // adds nothing but rules
	case d.Derivation == "constraint":
		return ""
	case d.Abstract:
		return "base"
	case d.Kind == "complex-type":
		return "type"
	default:
		return "resource"
	}
}

// base names the type that a type specialises.
func (d definition) base() string { return strings.TrimPrefix(d.BaseDefinition, definitionURL) }

// own tells whether an element is the type's own, not inherited from the type that it specialises.
func (e element) own() bool { return e.Base.Path == e.Path }

// group tells whether an element has elements of its own in the same definition.
func (e element) group() bool {
	return len(e.Type) == 1 && (e.Type[0].Code == "BackboneElement" || e.Type[0].Code == "Element")
}

func parent(path string) string { return path[:max(strings.LastIndexByte(path, '.'), 0)] }
