package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// codeSystem is a CodeSystem, as far as membership and display need it.
type codeSystem struct {
	Type          string    `json:"resourceType"`
	URL           string    `json:"url"`
	Version       string    `json:"version,omitempty"`
	CaseSensitive bool      `json:"caseSensitive,omitempty"`
	ValueSet      string    `json:"valueSet,omitempty"`
	Content       string    `json:"content"`
	Concept       []concept `json:"concept,omitempty"`
}

type concept struct {
	Code     string     `json:"code"`
	Display  string     `json:"display,omitempty"`
	Property []property `json:"property,omitempty"`
	Concept  []concept  `json:"concept,omitempty"`
}

type property struct {
	Code         string `json:"code"`
	ValueCode    string `json:"valueCode,omitempty"`
	ValueString  string `json:"valueString,omitempty"`
	ValueBoolean *bool  `json:"valueBoolean,omitempty"`
}

// valueSet is a ValueSet, as far as membership needs it.
type valueSet struct {
	Type    string  `json:"resourceType"`
	URL     string  `json:"url"`
	Version string  `json:"version,omitempty"`
	Compose compose `json:"compose"`
}

type compose struct {
	Inactive *bool    `json:"inactive,omitempty"`
	Include  []clause `json:"include"`
	Exclude  []clause `json:"exclude,omitempty"`
}

type clause struct {
	System   string   `json:"system,omitempty"`
	Version  string   `json:"version,omitempty"`
	Concept  []listed `json:"concept,omitempty"`
	Filter   []filter `json:"filter,omitempty"`
	ValueSet []string `json:"valueSet,omitempty"`
}

type listed struct {
	Code string `json:"code"`
}

type filter struct {
	Property string `json:"property"`
	Op       string `json:"op"`
	Value    string `json:"value"`
}

// examples are resources that show how to write a resource, and define nothing.
var examples = []string{
	"http://hl7.org/fhir/CodeSystem/example",
	"http://hl7.org/fhir/CodeSystem/example-supplement",
	"http://hl7.org/fhir/CodeSystem/summary",
	"http://hl7.org/fhir/ValueSet/example-expansion",
	"http://hl7.org/fhir/ValueSet/example-extensional",
	"http://hl7.org/fhir/ValueSet/example-filter",
	"http://hl7.org/fhir/ValueSet/example-hierarchical",
	"http://hl7.org/fhir/ValueSet/example-intensional",
}

// growing are code systems that others keep adding codes to: what stands in R4's copy is in them, the rest is not
// decided.
var growing = []string{"http://dicom.nema.org/resources/ontology/DCM"}

// dropped are properties of concepts that no rule of membership asks for.
var dropped = []string{"deprecationDate"}

// readSystems gives the code systems of the definitions that have codes, in order of url.
func readSystems(folder string) ([]codeSystem, error) {
	all, err := read(folder, "CodeSystem", func(c *codeSystem) bool {
		return !slices.Contains(examples, c.URL) && len(c.Concept) > 0
	})
	for i := range all {
		c := &all[i]
		if slices.Contains(growing, c.URL) {
			c.Content = "fragment"
		}
		trim(c.Concept, ofHL7(c.URL))
	}
	return all, err
}

// ofHL7 tells whether HL7 is the author of a code system, and its displays so are in the public domain.
func ofHL7(url string) bool {
	return strings.HasPrefix(url, "http://hl7.org/fhir/") || strings.HasPrefix(url, "http://terminology.hl7.org/")
}

// trim takes off what is not wanted of concepts.
func trim(concepts []concept, displays bool) {
	for i := range concepts {
		c := &concepts[i]
		c.Property = slices.DeleteFunc(c.Property, func(p property) bool { return slices.Contains(dropped, p.Code) })
		if !displays {
			c.Display = ""
		}
		trim(c.Concept, displays)
	}
}

// readSets gives the value sets of the definitions, in order of url.
func readSets(folder string) ([]valueSet, error) {
	return read(folder, "ValueSet", func(s *valueSet) bool { return !slices.Contains(examples, s.URL) })
}

// read gives the resources of a type that are wanted.
func read[T any](folder, resource string, wanted func(*T) bool) ([]T, error) {
	files, err := filepath.Glob(filepath.Join(folder, resource+"-*.json"))
	if err != nil {
		return nil, err
	}
	var all []T
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var one T
		if err := json.Unmarshal(text, &one); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if wanted(&one) {
			all = append(all, one)
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s holds no %s", folder, resource)
	}
	return all, nil
}
