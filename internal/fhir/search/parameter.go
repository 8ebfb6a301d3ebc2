package search

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
)

// Kind is the kind of a search parameter (http://hl7.org/fhir/search-param-type).
type Kind uint8

// The kinds.
const (
	Token Kind = iota
	String
	Reference
	Date
	Number
	Quantity
	URI
	Composite
	Near // "special" in R4, of which Location.near is the only one
)

var kinds = []string{"token", "string", "reference", "date", "number", "quantity", "uri", "composite", "special"}

func (k Kind) String() string { return kinds[k] }

// Parameter is a search parameter of a type.
type Parameter struct {
	Type       schema.Type
	Name       string
	Kind       Kind
	Targets    []schema.Type // of a reference; nil: any
	Expression string

	// ID tells definitions apart: another expression, or another way to extract from it, is another ID. It is part of
	// the terms, so that those of an older definition are not taken for this one's.
	ID uint64

	paths      []path
	components []*Parameter
	compound   bool // found together with a patient as well
	grams      bool // found by any two characters
}

// extraction numbers the ways in which terms are made of values. A change that makes other terms counts it up.
const extraction = 3

// newParameter compiles a definition. A definition's text is as in r4.txt: kind, targets and path.
func newParameter(t schema.Type, name, definition string, systems map[string]string) (*Parameter, error) {
	words := strings.SplitN(definition, " ", 3)
	if len(words) != 3 || !slices.Contains(kinds, words[0]) {
		return nil, fmt.Errorf("search: %s.%s is not defined by %q", t, name, definition)
	}
	p := &Parameter{Type: t, Name: name, Kind: Kind(slices.Index(kinds, words[0])), Expression: words[2]}
	if words[1] != "-" {
		for target := range strings.SplitSeq(words[1], ",") {
			to, known := schema.TypeOf(target)
			if !known {
				return nil, fmt.Errorf("search: %s.%s targets %q, which is no type", t, name, target)
			}
			p.Targets = append(p.Targets, to)
		}
	}
	if err := p.compile(t.Shape(), systems); err != nil {
		return nil, fmt.Errorf("search: %s.%s: %w", t, name, err)
	}
	return p, nil
}

func (p *Parameter) compile(shape *schema.Shape, systems map[string]string) (err error) {
	parts := strings.Split(p.Expression, " ; ")
	if p.paths, err = compile(shape, parts[0], systems); err != nil || p.Kind != Composite {
		return err
	}
	for _, part := range parts[1:] {
		name, expression, _ := strings.Cut(part, "=")
		p.components = append(p.components, &Parameter{Type: p.Type, Name: name, Expression: expression})
	}
	return nil
}

// complete finds the kinds of a composite's components, once all parameters of the type are known.
func (p *Parameter) complete(of map[string]*Parameter, systems map[string]string) error {
	for _, c := range p.components {
		same := of[c.Name]
		if same == nil {
			return fmt.Errorf("search: %s.%s has the component %s, which is no parameter", p.Type, p.Name, c.Name)
		}
		c.Kind, c.Targets = same.Kind, same.Targets
		for _, from := range p.paths {
			shape, expression := from.shape, c.Expression
			if from.leaf == nil || strings.HasPrefix(expression, "%resource.") {
				shape = p.Type.Shape()
			}
			paths, err := compile(shape, expression, systems)
			if err != nil {
				return fmt.Errorf("search: %s.%s: %w", p.Type, p.Name, err)
			}
			for _, q := range paths {
				if !slices.ContainsFunc(c.paths, func(have path) bool { return slices.Equal(have.steps, q.steps) }) {
					c.paths = append(c.paths, q)
				}
			}
		}
	}
	return nil
}

// identify hashes what makes a definition.
func identify(parts ...string) uint64 {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return binary.LittleEndian.Uint64(sum[:])
}

// each calls do with every value in a resource, and the path that led to it, until do returns false.
func (p *Parameter) each(r fhir.Resource, do func(*path, fhir.Node) bool) bool {
	return p.below(r.Root, r.Root, do)
}

// below is each for what stands below a node, such as a component of an Observation.
func (p *Parameter) below(root, n fhir.Node, do func(*path, fhir.Node) bool) bool {
	for i := range p.paths {
		at := &p.paths[i]
		from := n
		if at.rooted {
			from = root
		}
		if at.flag {
			return do(at, at.flagged(from))
		}
		if !at.each(from, func(v fhir.Node) bool { return !at.leads(v) || do(at, v) }) {
			return false
		}
	}
	return true
}

// present tells whether the parameter finds any value in a resource.
func (p *Parameter) present(r fhir.Resource, zone *time.Location) bool {
	return p.Name == "_lastUpdated" || !p.each(r, func(at *path, n fhir.Node) bool { return !p.value(at, n, r.Root, zone) })
}

// value tells whether an element holds a value of the parameter's kind.
func (p *Parameter) value(at *path, n, root fhir.Node, zone *time.Location) (is bool) {
	switch p.Kind {
	case Token:
		return !tokens(at, n, func(t token) bool { return t.code == "" && !(at.coded() && t.system != "") })
	case String:
		return !parts(at, n, func(text string) bool { return text == "" })
	case Reference:
		return literal(at, n) != "" || at.leaf.Kind == schema.Reference && n.Get("identifier").Get("value").Exists()
	case Date:
		_, is = periodOf(at, n, zone)
	case Number, Quantity:
		_, is = quantityOf(at, n)
	case URI:
		return n.Str() != ""
	case Near:
		_, _, is = position(n)
	case Composite:
		for _, c := range p.components {
			if !c.under(root, n, zone) {
				return false
			}
		}
		return true
	}
	return is
}

// under tells whether a component of a composite finds any value below a node.
func (p *Parameter) under(root, n fhir.Node, zone *time.Location) bool {
	return !p.below(root, n, func(at *path, v fhir.Node) bool { return !p.value(at, v, root, zone) })
}
