package search

import (
	"slices"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir/fold"
	"yitong/internal/fhir/schema"
)

// reader reads one value of a parameter.
type reader func(text string) (value, error)

// as makes a reader of a function with a result of its own type.
func as[V value](read func(string) (V, error)) reader {
	return func(text string) (value, error) { return read(text) }
}

// modifiers lists those of each kind beside missing; a reference takes its targets as well.
var modifiers = map[Kind][]string{
	Token: {"text", "not"}, String: {"exact", "contains"}, Reference: {"identifier", "text"},
}

// Modifiers are the modifiers that a parameter takes.
func (p *Parameter) Modifiers() []string {
	if p.phonetic() {
		return []string{"missing"}
	}
	return append([]string{"missing"}, modifiers[p.Kind]...)
}

// reader is how values of a parameter with that modifier are read.
func (q *Parser) reader(p *Parameter, modifier string) (reader, error) {
	switch kind := p.Kind; {
	case modifier == "":
		return q.plain(p), nil
	case kind == Token && modifier == "not":
		return as(parseToken), nil
	case (kind == Token || kind == Reference) && modifier == "text":
		return func(text string) (value, error) {
			return textValue(fold.Text(plain(text))), some(fold.Text(plain(text)))
		}, nil
	case kind == String && !p.phonetic() && (modifier == "exact" || modifier == "contains"):
		return func(text string) (value, error) { return parseString(text, modifier), some(fold.Text(plain(text))) }, nil
	case kind == Reference && modifier == "identifier":
		return func(text string) (value, error) {
			v, err := parseToken(text)
			return identifierValue{v}, err
		}, nil
	}
	if t, known := schema.TypeOf(modifier); known && p.Kind == Reference {
		if !p.MayTarget(t) {
			return nil, fault.New(fault.Malformed, "%s does not refer to a %s.", p.Name, t).WithIssue("not-supported")
		}
		return func(text string) (value, error) { return parseReference(p, t, q.relative(p, text)) }, nil
	}
	return nil, fault.New(fault.Malformed, "The modifier %q is not offered for %s. Offered: %s.", clip(modifier), p.Name, strings.Join(p.Modifiers(), ", ")).WithIssue("not-supported")
}

// relative takes the base of this record off a reference.
func (q *Parser) relative(p *Parameter, text string) string {
	if q.Base == "" || !slices.ContainsFunc(p.paths, func(at path) bool { return at.leaf != nil && at.leaf.Kind == schema.Reference }) {
		return text // canonicals are absolute
	}
	return strings.TrimPrefix(text, q.Base+"/")
}

// some refuses a text of which nothing is left to compare: everything would begin with it.
func some(folded string) error {
	if folded == "" {
		return fault.New(fault.Malformed, "The value holds nothing that could be compared.").WithIssue("value")
	}
	return nil
}

// plain is how values without a modifier are read.
func (q *Parser) plain(p *Parameter) reader {
	switch p.Kind {
	case Token:
		return as(parseToken)
	case String:
		if p.phonetic() {
			return func(text string) (value, error) {
				return soundValue(fold.Spelling(plain(text))), some(fold.Spelling(plain(text)))
			}
		}
		return func(text string) (value, error) { return parseString(text, ""), some(fold.Text(plain(text))) }
	case Reference:
		return func(text string) (value, error) { return parseReference(p, 0, q.relative(p, text)) }
	case Date:
		return func(text string) (value, error) { return parseDate(text, q.Table.zone, q.Now) }
	case Number, Quantity:
		return func(text string) (value, error) { return parseNumber(text, p.Kind == Quantity) }
	case Near:
		return as(parseNear)
	case Composite:
		return func(text string) (value, error) { return q.composite(p, text) }
	}
	return func(text string) (value, error) { return uriValue(plain(text)), nil }
}

func (q *Parser) composite(p *Parameter, text string) (value, error) {
	parts := split(text, '$')
	if len(parts) != len(p.components) {
		return nil, fault.New(fault.Malformed, "%s has %d values with $ between them.", p.Name, len(p.components)).WithIssue("value")
	}
	v := &compositeValue{}
	for i, c := range p.components {
		one, err := q.plain(c)(parts[i])
		if err != nil {
			return nil, err
		}
		v.values = append(v.values, one)
	}
	return v, nil
}
