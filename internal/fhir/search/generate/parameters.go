package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"yitong/internal/fhir/schema"
)

var kinds = []string{"token", "string", "reference", "date", "number", "quantity", "uri", "composite", "special"}

// types are the parameters of each type, by code.
type types map[string]map[string]line

// line is a parameter of one type.
type line struct {
	kind    string
	targets []string // empty: any
	text    string
	codes   []place // where its tokens stand
}

// typeTables gives the parameters of all types. What has no expression is no search by elements and is left out.
func (s *source) typeTables() (types, error) {
	all, byURL := types{}, map[string]parameter{}
	for _, p := range s.parameters {
		byURL[p.URL] = p
	}
	for _, p := range s.parameters {
		if p.Expression == "" {
			continue
		}
		if !slices.Contains(kinds, p.Type) {
			return nil, fmt.Errorf("%s: %q is no kind of parameter", p.ID, p.Type)
		}
		if err := all.add(p, byURL); err != nil {
			return nil, fmt.Errorf("%s: %w", p.ID, err)
		}
	}
	return all, all.checkComponents(s.parameters, byURL)
}

// add gives each type that a parameter is for the branches of its expression that start at that type.
func (all types) add(p parameter, byURL map[string]parameter) error {
	branches, err := p.byType()
	if err != nil {
		return err
	}
	for _, base := range p.Base {
		shape, ok := schema.ShapeOf(base)
		if !ok || len(branches[base]) == 0 {
			return fmt.Errorf("no expression for %s", base)
		}
		l, err := p.line(shape, branches[base], byURL)
		if err != nil {
			return fmt.Errorf("%s: %w", base, err)
		}
		if all[base] == nil {
			all[base] = map[string]line{}
		}
		if _, twice := all[base][p.Code]; twice {
			return fmt.Errorf("%s has two parameters %s", base, p.Code)
		}
		all[base][p.Code] = l
	}
	return nil
}

func (p parameter) byType() (map[string]expression, error) {
	parsed, err := parse(p.Expression)
	if err != nil {
		return nil, err
	}
	branches := map[string]expression{}
	for _, b := range parsed {
		name, rest, ok := b.root()
		if !ok || !slices.Contains(p.Base, name) {
			return nil, fmt.Errorf("%s starts at none of the types %s", b, strings.Join(p.Base, ", "))
		}
		branches[name] = append(branches[name], rest)
	}
	return branches, nil
}

// line gives the parameter as one type has it.
func (p parameter) line(shape *schema.Shape, e expression, byURL map[string]parameter) (line, error) {
	l := line{kind: p.Type, text: e.String()}
	reached, err := e.follow(place{shape: shape}, shape)
	if err != nil {
		return l, err
	}
	switch p.Type {
	case "token":
		l.codes = reached
	case "reference":
		l.targets, err = targets(p.Target, reached)
	case "composite":
		err = l.components(p, reached, shape, byURL)
	}
	return l, err
}

// components adds a composite's components, which start from each place that the composite reaches.
func (l *line) components(p parameter, starts []place, whole *schema.Shape, byURL map[string]parameter) error {
	if len(p.Component) < 2 {
		return errors.New("a composite without components")
	}
	for _, c := range p.Component {
		parsed, err := parse(c.Expression)
		if err != nil {
			return err
		}
		l.text += " ; " + byURL[c.Definition].Code + "=" + parsed.String()
		for _, start := range starts {
			reached, err := parsed.follow(start, whole)
			if err != nil {
				return err
			}
			if byURL[c.Definition].Type == "token" {
				l.codes = append(l.codes, reached...)
			}
		}
	}
	return nil
}

// checkComponents tells of components that are no parameter of the type.
func (all types) checkComponents(parameters []parameter, byURL map[string]parameter) error {
	for _, p := range parameters {
		for _, base := range p.Base {
			for _, c := range p.Component {
				if _, ok := all[base][byURL[c.Definition].Code]; !ok {
					return fmt.Errorf("%s: %s has no parameter %s", p.ID, base, c.Definition)
				}
			}
		}
	}
	return nil
}

// targets gives the types that a parameter's references may point at: those that the definition lists, as far as an
// element that is reached allows them. What allows any does not narrow the list, which is empty for any. R4 lists for any
// all types but Parameters, which are never stored.
func targets(listed []string, reached []place) ([]string, error) {
	stored := len(schema.Types()) - 1
	allowed := map[string]bool{}
	for _, at := range reached {
		for _, name := range listed {
			if at.allows(name) {
				allowed[name] = true
			}
		}
	}
	if len(allowed) == 0 && len(listed) > 0 {
		return nil, fmt.Errorf("none of the targets %s is possible", strings.Join(listed, ", "))
	}
	if len(allowed) >= stored {
		return nil, nil
	}
	return slices.Sorted(maps.Keys(allowed)), nil
}

// allows tells whether what refers from the place may point at a resource of a type.
func (at place) allows(name string) bool {
	switch {
	case at.only != "":
		return at.only == name
	case at.element == nil:
		return false
	case at.element.Kind == schema.Reference:
		return at.resolves(name)
	default: // a resource, or a link in a primitive
		return at.element.Kind != schema.Complex
	}
}

func (all types) write(out *bytes.Buffer) {
	for _, name := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(out, "parameters %s\n", name)
		for _, code := range slices.Sorted(maps.Keys(all[name])) {
			l := all[name][code]
			targets := "-"
			if len(l.targets) > 0 {
				targets = strings.Join(l.targets, ",")
			}
			fmt.Fprintf(out, "  %s %s %s %s\n", code, l.kind, targets, l.text)
		}
	}
}
