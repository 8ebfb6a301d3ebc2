package naive

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// Facts are what HL7 has defined: search parameters, compartments, and the systems of codes with a required binding.
type Facts struct {
	Parameters   map[string]map[string]*Parameter // by type and name; those of every type are under Resource
	Compartments map[string]map[string][]string   // by compartment and type: the names of parameters
	Systems      map[string]string                // by element: Patient.gender
}

// Parameter is a search parameter of a type.
type Parameter struct {
	Name       string
	Kind       string   // token, string, reference, date, number, quantity, uri, composite, special
	Targets    []string // of a reference; none means any type
	Expression string   // as the table has it
	Components []component

	find expression
}

// component is a part of a composite parameter, found in the element that the parameter finds.
type component struct {
	name  string // of the parameter that tells the kind
	param *Parameter
	find  expression
}

// ReadFacts reads tables of search parameters, one behind the other.
func ReadFacts(r io.Reader) (*Facts, error) {
	f := &Facts{map[string]map[string]*Parameter{}, map[string]map[string][]string{}, map[string]string{}}
	var add func(line string) error
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		line := lines.Text()
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "  "):
			if err := add(strings.TrimSpace(line)); err != nil {
				return nil, fmt.Errorf("%s: %w", line, err)
			}
		case words[0] == "parameters":
			of := f.Parameters[words[1]]
			if of == nil {
				of = map[string]*Parameter{}
				f.Parameters[words[1]] = of
			}
			add = func(line string) error { return addParameter(of, line) }
		case words[0] == "compartment":
			of := map[string][]string{}
			f.Compartments[words[1]] = of
			add = func(line string) error {
				words := strings.Fields(line)
				of[words[0]] = words[1:]
				return nil
			}
		case words[0] == "system":
			f.Systems[words[1]] = words[2]
		default:
			return nil, fmt.Errorf("no line of the table: %s", line)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	return f, f.joinComponents()
}

// addParameter reads a line: name, kind, targets, expression.
func addParameter(of map[string]*Parameter, line string) (err error) {
	words := strings.SplitN(line, " ", 4)
	if len(words) != 4 {
		return fmt.Errorf("%d words", len(words))
	}
	p := &Parameter{Name: words[0], Kind: words[1], Expression: words[3]}
	if words[2] != "-" {
		p.Targets = strings.Split(words[2], ",")
	}
	parts := strings.Split(words[3], " ; ")
	if p.find, err = parseExpression(parts[0]); err != nil {
		return err
	}
	for _, part := range parts[1:] {
		name, text, _ := strings.Cut(part, "=")
		find, err := parseExpression(text)
		if err != nil {
			return err
		}
		p.Components = append(p.Components, component{name: name, find: find})
	}
	of[p.Name] = p
	return nil
}

// joinComponents finds the parameters that the components name.
func (f *Facts) joinComponents() error {
	for typ, of := range f.Parameters {
		for _, p := range of {
			for i := range p.Components {
				c := &p.Components[i]
				if c.param = of[c.name]; c.param == nil {
					return fmt.Errorf("%s.%s has the unknown component %s", typ, p.Name, c.name)
				}
			}
		}
	}
	return nil
}

// parameter is a parameter of a type, nil if it has none of that name.
func (f *Facts) parameter(typ, name string) *Parameter {
	if p := f.Parameters[typ][name]; p != nil {
		return p
	}
	return f.Parameters["Resource"][name]
}
