package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const version = "4.0.1"

// source is what the tables are made of.
type source struct {
	parameters   []parameter
	compartments []compartment
	bindings     map[string]string   // by the path of the element: the required value set, without its version
	valueSets    map[string]valueSet // by URL
}

// parameter is a SearchParameter, as far as the tables need it.
type parameter struct {
	ID         string
	URL        string
	Code       string
	Base       []string
	Type       string
	Target     []string
	Expression string
	Component  []struct{ Definition, Expression string }
}

type compartment struct {
	ID       string
	Code     string
	Resource []inclusion
}

// inclusion tells by which parameters the resources of a type belong to a compartment.
type inclusion struct {
	Code  string
	Param []string
}

type structure struct {
	FHIRVersion string
	Kind        string
	Derivation  string
	Snapshot    struct{ Element []element }
}

type element struct {
	Path    string
	Binding struct{ Strength, ValueSet string }
}

type valueSet struct {
	URL     string
	Compose struct {
		Include []struct {
			System   string
			ValueSet []string
		}
	}
}

// read gives the definitions in a folder.
func read(folder string) (*source, error) {
	s := &source{bindings: map[string]string{}, valueSets: map[string]valueSet{}}
	for _, step := range []func(string) error{s.readParameters, s.readCompartments, s.readBindings, s.readValueSets} {
		if err := step(folder); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *source) readParameters(folder string) error {
	type bundle struct {
		Entry []struct{ Resource parameter }
	}
	return each(folder, "Bundle-searchParams.json", func(b bundle) error {
		for _, e := range b.Entry {
			e.Resource.mend()
			s.parameters = append(s.parameters, e.Resource)
		}
		return nil
	})
}

// readCompartments leaves out the specification's example of a compartment, which is none of its compartments.
func (s *source) readCompartments(folder string) error {
	return each(folder, "CompartmentDefinition-*.json", func(c compartment) error {
		if c.ID != "example" {
			s.compartments = append(s.compartments, c)
		}
		return nil
	})
}

// readBindings takes the required bindings of the types themselves, not of profiles.
func (s *source) readBindings(folder string) error {
	return each(folder, "StructureDefinition-*.json", func(d structure) error {
		if d.FHIRVersion != version || d.Derivation == "constraint" {
			return nil
		}
		for _, e := range d.Snapshot.Element {
			if e.Binding.Strength == "required" {
				s.bindings[e.Path], _, _ = strings.Cut(e.Binding.ValueSet, "|")
			}
		}
		return nil
	})
}

func (s *source) readValueSets(folder string) error {
	return each(folder, "ValueSet-*.json", func(v valueSet) error {
		s.valueSets[v.URL] = v
		return nil
	})
}

// each hands over the files of a folder that match a pattern, in order of name, of which there must be one.
func each[T any](folder, pattern string, use func(T) error) error {
	files, err := filepath.Glob(filepath.Join(folder, pattern))
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return fmt.Errorf("%s has no %s", folder, pattern)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		var value T
		if err := json.Unmarshal(text, &value); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if err := use(value); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}
