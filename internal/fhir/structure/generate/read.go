package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	version       = "4.0.1"
	definitionURL = "http://hl7.org/fhir/StructureDefinition/"
)

// definition is a StructureDefinition with its facts. The url comes first: readers find a line by it.
type definition struct {
	URL              string      `json:"url"`
	ResourceType     string      `json:"resourceType"`
	Version          string      `json:"version,omitempty"`
	Name             string      `json:"name"`
	FHIRVersion      string      `json:"fhirVersion"`
	Kind             string      `json:"kind"`
	Abstract         bool        `json:"abstract"`
	Context          []facts     `json:"context,omitempty"`
	ContextInvariant []string    `json:"contextInvariant,omitempty"`
	Type             string      `json:"type"`
	BaseDefinition   string      `json:"baseDefinition,omitempty"`
	Derivation       string      `json:"derivation,omitempty"`
	Differential     elementList `json:"differential"`
}

type elementList struct {
	Element []facts `json:"element"`
}

// facts is an object of which only facts are left. Its members are written in alphabetical order.
type facts map[string]json.RawMessage

// prose are the members of ElementDefinition and its parts that are for people, or that nobody needs: the XPath says
// what the FHIRPath says.
var prose = map[string][]string{
	"element": {"short", "definition", "comment", "requirements", "alias", "mapping", "example", "isModifierReason",
		"meaningWhenMissing", "orderMeaning", "extension"},
	"constraint": {"human", "requirements", "xpath", "extension"},
	"binding":    {"description"},
	"slicing":    {"description"},
}

// kept are the extensions that tell facts.
var kept = []string{
	definitionURL + "structuredefinition-fhir-type",
	definitionURL + "regex",
	definitionURL + "elementdefinition-maxValueSet",
}

// read gives a line for each definition of R4 that has a differential, in the order of their urls. The logical models
// that have none are patterns for the authors of the specification.
func read(folder string) ([][]byte, error) {
	files, err := filepath.Glob(filepath.Join(folder, "StructureDefinition-*.json"))
	if err != nil {
		return nil, err
	}
	var lines [][]byte
	for _, file := range files {
		line, err := readFile(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if line != nil {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		return nil, fmt.Errorf("%s holds no definitions of FHIR %s", folder, version)
	}
	slices.SortFunc(lines, slices.Compare[[]byte])
	return lines, nil
}

// readFile gives nil for what is no definition of R4: examples of definitions lie in the same folder.
func readFile(file string) ([]byte, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var d definition
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, err
	}
	if d.FHIRVersion != version || !strings.HasPrefix(d.URL, definitionURL) || d.Differential.Element == nil {
		return nil, nil
	}
	for _, c := range d.Context {
		delete(c, "extension")
	}
	for _, e := range d.Differential.Element {
		d.mend(e)
		if err := e.prune("element"); err != nil {
			return nil, err
		}
	}
	return json.Marshal(d)
}

// errata are the members of HL7's elements that contradict others so that nothing could conform; they are left out. The
// first forbids extensions in one that has required ones.
var errata = map[string]string{
	definitionURL + "codesystem-history#Extension.extension:revision.extension": "max",
}

func (d definition) mend(e facts) {
	var id string
	if json.Unmarshal(e["id"], &id) == nil {
		delete(e, errata[d.URL+"#"+id])
	}
}

// prune takes the prose out of an element and of its parts.
func (f facts) prune(kind string) error {
	for _, name := range prose[kind] {
		delete(f, name)
	}
	for _, name := range []string{"extension", "type", "constraint"} {
		if err := f.pruneItems(name); err != nil {
			return err
		}
	}
	for _, name := range []string{"binding", "slicing"} {
		if f[name] == nil {
			continue
		}
		var part facts
		if err := json.Unmarshal(f[name], &part); err != nil {
			return err
		}
		if err := part.prune(name); err != nil {
			return err
		}
		if err := f.set(name, part); err != nil {
			return err
		}
	}
	return nil
}

func (f facts) pruneItems(name string) error {
	if f[name] == nil {
		return nil
	}
	var items []facts
	if err := json.Unmarshal(f[name], &items); err != nil {
		return err
	}
	if name == "extension" {
		items = slices.DeleteFunc(items, func(x facts) bool {
			var url string
			return json.Unmarshal(x["url"], &url) != nil || !slices.Contains(kept, url)
		})
	}
	for _, item := range items {
		if err := item.prune(name); err != nil {
			return err
		}
	}
	if len(items) == 0 {
		delete(f, name)
		return nil
	}
	return f.set(name, items)
}

func (f facts) set(name string, value any) error {
	text, err := json.Marshal(value)
	f[name] = text
	return err
}
