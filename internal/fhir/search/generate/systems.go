package main

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
)

// systems writes, for the elements of type code that tokens stand in, the system that their required binding implies, if
// it is a single one.
func (s *source) systems(out *bytes.Buffer, all types) error {
	lines := map[string]bool{}
	for _, parameters := range all {
		for _, l := range parameters {
			for _, at := range l.codes {
				if at.element == nil || at.element.Type != "code" {
					continue
				}
				system, err := s.system(at)
				if err != nil {
					return err
				}
				if system != "" {
					lines[fmt.Sprintf("system %s.%s %s\n", at.holder.Name, at.element.Name, system)] = true
				}
			}
		}
	}
	for _, line := range slices.Sorted(maps.Keys(lines)) {
		out.WriteString(line)
	}
	return nil
}

// system gives the only system of the value set that an element's codes must be from, or nothing.
func (s *source) system(at place) (string, error) {
	name := at.element.Name
	if at.element.Choice != "" {
		name = at.element.Choice + "[x]"
	}
	url := s.bindings[at.holder.Name+"."+name]
	if url == "" {
		return "", nil
	}
	found := map[string]bool{}
	if err := s.collect(url, found); err != nil {
		return "", fmt.Errorf("%s.%s: %w", at.holder.Name, name, err)
	}
	if len(found) != 1 {
		return "", nil
	}
	return slices.Collect(maps.Keys(found))[0], nil
}

// collect adds the systems that a value set draws on.
func (s *source) collect(url string, found map[string]bool) error {
	set, ok := s.valueSets[url]
	if !ok {
		return fmt.Errorf("the value set %s is unknown", url)
	}
	for _, include := range set.Compose.Include {
		if include.System != "" {
			found[include.System] = true
			continue
		}
		for _, other := range include.ValueSet {
			if err := s.collect(other, found); err != nil {
				return err
			}
		}
	}
	return nil
}
