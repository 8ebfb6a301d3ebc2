package search

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
)

// Limits of a query.
const (
	mostSteps  = 5   // of a chain, _has included
	mostValues = 500 // of all criteria together
)

// Pair is a parameter of a request as it was given.
type Pair struct{ Name, Value string }

// Parser reads the criteria of a search.
type Parser struct {
	Table   *Table
	Now     time.Time // for ap
	Lenient bool      // leave out what is not known
	Base    string    // absolute URL of this record; references may begin with it

	values int
	types  int // of the chains' steps
}

// Criteria reads pairs as criteria for a type. It returns those that it has used; all, unless the parser is lenient.
func (q *Parser) Criteria(of schema.Type, pairs []Pair) (all []*Criterion, used []Pair, err error) {
	for _, pair := range pairs {
		c, err := q.criterion(of, pair.Name, pair.Value, 0)
		if err != nil {
			if q.Lenient && fault.From(err).IssueType() == "not-supported" {
				continue
			}
			return nil, nil, err
		}
		all, used = append(all, c), append(used, pair)
	}
	return all, used, nil
}

func (q *Parser) criterion(of schema.Type, name, text string, depth int) (*Criterion, error) {
	if depth > mostSteps {
		return nil, fault.New(fault.Malformed, "A chain has at most %d steps.", mostSteps).WithIssue("too-costly")
	}
	if rest, is := strings.CutPrefix(name, "_has:"); is {
		return q.has(of, name, rest, text, depth)
	}
	head, tail, chained := strings.Cut(name, ".")
	code, modifier, _ := strings.Cut(head, ":")
	p := q.Table.Lookup(of, code)
	if p == nil {
		return nil, q.unknown(of, code)
	}
	if chained {
		return q.chain(p, of, name, modifier, tail, text, depth)
	}
	c := &Criterion{Type: of, Param: p, Name: name, zone: q.Table.zone}
	return c, q.fill(c, modifier, text)
}

// unknown refuses a parameter that the type does not have.
func (q *Parser) unknown(of schema.Type, code string) error {
	hint := ""
	if near := q.Table.Nearest(of, code); near != "" {
		hint = " Is " + near + " meant?"
	}
	return fault.New(fault.Malformed, "%s has no search parameter %q.%s", of, clip(code), hint).WithIssue("not-supported")
}

func clip(text string) string {
	if len(text) > 60 {
		return strings.ToValidUTF8(text[:60], "") + "…"
	}
	return text
}

func (q *Parser) has(of schema.Type, name, rest, text string, depth int) (*Criterion, error) {
	words := strings.SplitN(rest, ":", 3)
	if len(words) < 3 {
		return nil, fault.New(fault.Malformed, "_has is written _has:Type:reference:parameter, such as _has:Observation:patient:code.")
	}
	t, known := schema.TypeOf(words[0])
	if !known {
		return nil, fault.New(fault.Malformed, "%q in _has is not a resource type of FHIR R4.", clip(words[0]))
	}
	p := q.Table.Lookup(t, words[1])
	switch {
	case p == nil:
		return nil, q.unknown(t, words[1])
	case p.Kind != Reference || !p.MayTarget(of):
		return nil, fault.New(fault.Malformed, "%s.%s does not refer to a %s.", t, p.Name, of)
	}
	inner, err := q.criterion(t, words[2], text, depth+1)
	if err != nil {
		return nil, err
	}
	return &Criterion{Type: of, Has: &Has{t, p, inner}, Name: name}, nil
}

// MayTarget tells whether the parameter can refer to a type.
func (p *Parameter) MayTarget(t schema.Type) bool {
	return p.Targets == nil || slices.Contains(p.Targets, t)
}

func (q *Parser) chain(p *Parameter, of schema.Type, name, modifier, tail, text string, depth int) (*Criterion, error) {
	if p.Kind != Reference {
		return nil, fault.New(fault.Malformed, "%s.%s is no reference, so nothing can be chained to it.", of, p.Name).WithIssue("not-supported")
	}
	targets, err := q.targets(p, of, modifier)
	if err != nil {
		return nil, err
	}
	c := &Criterion{Type: of, Param: p, Name: name}
	for _, t := range targets {
		if q.types++; q.types > 2*mostValues {
			return nil, fault.New(fault.Malformed, "The chain could lead to too many types; name them, as in subject:Patient.name.").WithIssue("too-costly")
		}
		values := q.values
		inner, e := q.criterion(t, tail, text, depth+1)
		if e == nil {
			c.Chain = append(c.Chain, Step{t, inner})
			continue
		}
		if fault.From(e).IssueType() == "too-costly" {
			return nil, e
		}
		q.values = values
		if err == nil || fault.From(err).IssueType() == "not-supported" {
			err = e
		}
	}
	if c.Chain == nil {
		if f := fault.From(err); len(f.Expression) > 0 {
			err = f.At(name)
		}
		return nil, err
	}
	return c, nil
}

// targets are the types to which a reference parameter with that modifier can lead.
func (q *Parser) targets(p *Parameter, of schema.Type, modifier string) ([]schema.Type, error) {
	if modifier == "" {
		if p.Targets == nil {
			return schema.Types(), nil
		}
		return p.Targets, nil
	}
	t, known := schema.TypeOf(modifier)
	switch {
	case !known:
		return nil, fault.New(fault.Malformed, "The modifier %q cannot stand in a chain; a type can.", clip(modifier)).WithIssue("not-supported")
	case !p.MayTarget(t):
		return nil, fault.New(fault.Malformed, "%s.%s does not refer to a %s.", of, p.Name, t).WithIssue("not-supported")
	}
	return []schema.Type{t}, nil
}

// fill reads the values of a criterion.
func (q *Parser) fill(c *Criterion, modifier, text string) error {
	if modifier == "missing" {
		is := text == "true"
		if !is && text != "false" {
			return fault.New(fault.Malformed, "%s is true or false.", c.Name).WithIssue("value")
		}
		c.missing = &is
		return nil
	}
	read, err := q.reader(c.Param, modifier)
	if err != nil {
		return err
	}
	c.not = modifier == "not"
	for _, one := range split(text, ',') {
		if q.values++; q.values > mostValues {
			return fault.New(fault.Malformed, "A search has at most %d values; behind a chain that can lead to several types each counts for every one. Name the type, as in subject:Patient.name.", mostValues).WithIssue("too-costly")
		}
		switch {
		case one == "":
			return fault.New(fault.Malformed, "The parameter %s has an empty value.", c.Name).WithIssue("value")
		case !utf8.ValidString(one) || strings.IndexByte(one, 0) >= 0:
			return fault.New(fault.Malformed, "The parameter %s has a value that is no text.", c.Name).WithIssue("value")
		case c.Param.Name == "_id" && !fhir.ValidID(one):
			return fault.New(fault.Malformed, "The parameter _id has a value that is no id.").WithIssue("value")
		}
		v, err := read(one)
		if err != nil {
			return fault.From(err).At(c.Name)
		}
		if ref, is := v.(*referenceValue); is {
			if q.values += len(ref.refs); q.values > mostValues {
				return fault.New(fault.Malformed, "The ids of %s could be of too many types; name them, as in Patient/1.", c.Name).WithIssue("too-costly")
			}
		}
		c.values = append(c.values, v)
	}
	return nil
}
