package fhirpath

import (
	"slices"
	"unicode/utf8"

	"yitong/internal/fault"
)

// Limits of an expression.
const (
	MaxText    = 64 << 10 // bytes
	MaxNesting = 200      // parentheses, arguments, indexes and signs inside each other
)

// Parse reads an expression. The error is a *fault.Error: TooLarge over MaxText and MaxNesting, else Malformed, and
// names line and column and what was expected. Names are looked up when the expression is evaluated or checked.
func Parse(text string) (*Expression, error) {
	if len(text) > MaxText {
		return nil, fault.New(fault.TooLarge, "The FHIRPath expression has more than %d bytes; make it shorter.", MaxText)
	}
	if !utf8.ValidString(text) {
		return nil, fault.New(fault.Malformed, "The FHIRPath expression is not valid UTF-8.")
	}
	p := parser{lexer: lexer{src: text}}
	if err := p.advance(); err != nil {
		return nil, err
	}
	root, err := p.expression(0)
	if err != nil {
		return nil, err
	}
	if p.kind != tokenEnd {
		return nil, p.unexpected("an operator or the end")
	}
	return &Expression{text: text, root: root}, nil
}

// parser reads expressions by precedence climbing; its token is the one that comes next.
type parser struct {
	lexer
	token
	depth int
}

func (p *parser) advance() (err error) {
	p.token, err = p.lexer.next()
	return err
}

func (p *parser) unexpected(want string) error {
	if p.kind == tokenEnd {
		return p.fail(p.token.pos, "%s was expected, but the text ends", want)
	}
	return p.fail(p.token.pos, "%s was expected, not %q", want, p.src[p.token.pos:p.lexer.pos])
}

func (p *parser) here() position { return p.at(p.token.pos) }

// is tells whether the next token is a symbol.
func (p *parser) is(symbol string) bool { return p.kind == tokenSymbol && p.text == symbol }

func (p *parser) expect(symbol string) error {
	if !p.is(symbol) {
		return p.unexpected(symbol)
	}
	return p.advance()
}

func (p *parser) nest() error {
	if p.depth++; p.depth > MaxNesting {
		return fault.New(fault.TooLarge,
			"The FHIRPath expression is nested more than %d deep at %s; make it simpler.", MaxNesting, p.here())
	}
	return nil
}

// expression reads operators that bind more tightly than a bound.
func (p *parser) expression(bound int) (node, error) {
	if err := p.nest(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	left, err := p.signed()
	if err != nil {
		return nil, err
	}
	for p.kind == tokenName || p.kind == tokenSymbol {
		op, ok := operators[p.text]
		if !ok || op.binds <= bound {
			return left, nil
		}
		at, name := p.here(), p.text
		if err := p.advance(); err != nil {
			return nil, err
		}
		if op.do == nil {
			to, err := p.typeName()
			if err != nil {
				return nil, err
			}
			left = &typed{as: name == "as", of: left, to: to, at: at}
			continue
		}
		right, err := p.expression(op.binds)
		if err != nil {
			return nil, err
		}
		left = &binary{op: name, do: op.do, left: left, right: right, at: at}
	}
	return left, nil
}

func (p *parser) signed() (node, error) {
	if !p.is("+") && !p.is("-") {
		return p.path()
	}
	n := &sign{minus: p.is("-"), at: p.here()}
	if err := p.advance(); err != nil {
		return nil, err
	}
	var err error
	n.of, err = p.expression(bindsSign)
	return n, err
}

// path reads a term and the steps behind it.
func (p *parser) path() (node, error) {
	first, err := p.term()
	if err != nil {
		return nil, err
	}
	var steps []step
	for {
		var s step
		switch {
		case p.is("."):
			if err := p.advance(); err != nil {
				return nil, err
			}
			if p.is("$") {
				return nil, p.unexpected("a name")
			}
			s, err = p.invocation(false)
		case p.is("["):
			s, err = p.item()
		case len(steps) == 0:
			return first, nil
		default:
			return &chain{first, steps}, nil
		}
		if err != nil {
			return nil, err
		}
		steps = append(steps, s)
	}
}

func (p *parser) item() (step, error) {
	n := &item{at: p.here()}
	if err := p.advance(); err != nil {
		return nil, err
	}
	var err error
	if n.index, err = p.expression(0); err != nil {
		return nil, err
	}
	return n, p.expect("]")
}

func (p *parser) term() (node, error) {
	switch t := p.token; {
	case t.kind == tokenNumber:
		return p.number()
	case t.kind == tokenText && p.src[t.pos] == '\'':
		return &literal{String(t.text)}, p.advance()
	case t.kind == tokenDate:
		return &literal{t.v}, p.advance()
	case p.is("("):
		return p.parenthesis()
	case p.is("{"):
		if err := p.advance(); err != nil {
			return nil, err
		}
		return &literal{}, p.expect("}")
	case p.is("%"):
		return p.variable()
	case p.is("$"):
		return p.special()
	case t.kind == tokenName || t.kind == tokenQuoted:
		return p.named()
	}
	return nil, p.unexpected("a value or a path")
}

func (p *parser) parenthesis() (node, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	n, err := p.expression(0)
	if err != nil {
		return nil, err
	}
	return n, p.expect(")")
}

// named reads a term that begins with a name: true and false, a member or a function.
func (p *parser) named() (node, error) {
	t := p.token
	if t.kind == tokenName && (t.text == "true" || t.text == "false") {
		return &literal{Boolean(t.text == "true")}, p.advance()
	}
	s, err := p.invocation(true)
	if err != nil {
		return nil, err
	}
	return &rooted{s}, nil
}

// number reads a number and the unit behind it, if there is one.
func (p *parser) number() (node, error) {
	t := p.token
	d, ok := parseDecimal(t.text)
	if !ok {
		return nil, p.fail(t.pos, "the number has too many digits")
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	switch {
	case p.kind == tokenText && p.src[p.token.pos] == '\'', p.kind == tokenName && calendarOf(p.text) != noCalendar:
		return &literal{quantity(d, p.text)}, p.advance()
	case d.places() > 0:
		return &literal{d.value(kindDecimal)}, nil
	case d.big != nil || !inInteger(-d.digits): // -2147483648 is a sign and a number
		return nil, p.fail(t.pos, "the Integer is too large; write it as a Decimal, with .0 behind it")
	}
	return &literal{d.value(kindInteger)}, nil
}

func (p *parser) variable() (node, error) {
	n := &variable{at: p.here()}
	if err := p.advance(); err != nil {
		return nil, err
	}
	if p.kind != tokenName && p.kind != tokenQuoted && p.kind != tokenText {
		return nil, p.unexpected("the name of a variable")
	}
	n.name = p.text
	return n, p.advance()
}

func (p *parser) special() (node, error) {
	at := p.here()
	if err := p.advance(); err != nil {
		return nil, err
	}
	var n node
	switch {
	case p.kind != tokenName:
	case p.text == "this":
		n = this{}
	case p.text == "index":
		n = index{}
	case p.text == "total":
		n = &total{at}
	}
	if n == nil {
		return nil, p.unexpected("this, index or total")
	}
	return n, p.advance()
}

// reserved words are no names at the start of a path, unless they stand in backticks.
var reserved = []string{"and", "or", "xor", "implies", "div", "mod"}

// invocation reads a member or a function with its arguments.
func (p *parser) invocation(start bool) (step, error) {
	t, at := p.token, p.here()
	if t.kind != tokenName && t.kind != tokenQuoted || t.text == "" {
		return nil, p.unexpected("a name")
	}
	if start && t.kind == tokenName && slices.Contains(reserved, t.text) {
		return nil, p.unexpected("a value or a path")
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	if !p.is("(") {
		return &member{name: t.text, start: start, at: at}, nil
	}
	c := &call{name: t.text, what: t.text + "()", f: functions[t.text], at: at}
	if err := p.advance(); err != nil {
		return nil, err
	}
	return c, p.arguments(c)
}

func (p *parser) arguments(c *call) error {
	switch {
	case p.is(")"):
		return p.advance()
	case c.name == "is" || c.name == "as" || c.name == "ofType":
		t, err := p.typeName()
		if err != nil {
			return err
		}
		c.typ = &t
		return p.expect(")")
	}
	for {
		n, err := p.expression(0)
		if err != nil {
			return err
		}
		if c.name == "sort" {
			if n, err = p.direction(c, n); err != nil {
				return err
			}
		}
		c.args = append(c.args, n)
		if !p.is(",") {
			return p.expect(")")
		}
		if err := p.advance(); err != nil {
			return err
		}
	}
}

// direction takes the sign from a key of sort(), or reads the word behind it: down for - and desc.
func (p *parser) direction(c *call, n node) (node, error) {
	down := false
	if s, ok := n.(*sign); ok && s.minus {
		n, down = s.of, true
	}
	word := p.kind == tokenName && (p.text == "asc" || p.text == "desc")
	if word {
		down = p.text == "desc"
	}
	c.desc = append(c.desc, down)
	if word {
		return n, p.advance()
	}
	return n, nil
}

// typeName reads the name of a type, with or without its namespace.
func (p *parser) typeName() (t typeName, err error) {
	t.at = p.here()
	if t.name, err = p.typeWord(); err != nil {
		return t, err
	}
	if p.is(".") && (t.name == namespaceFHIR || t.name == namespaceSystem) {
		if err := p.advance(); err != nil {
			return t, err
		}
		t.namespace = t.name
		if t.name, err = p.typeWord(); err != nil {
			return t, err
		}
	}
	t.fhir, t.system = model().find(t.namespace, t.name)
	return t, nil
}

func (p *parser) typeWord() (string, error) {
	if p.kind != tokenName && p.kind != tokenQuoted {
		return "", p.unexpected("the name of a type")
	}
	name := p.text
	return name, p.advance()
}
