package main

import (
	"fmt"
	"regexp"
	"strings"
)

var tokens = regexp.MustCompile(`\s+|%resource|[A-Za-z][A-Za-z0-9]*|[0-9]+|'[^']*'|!=|.`)

// parser reads an expression. After a fault it stays where it is, and keeps the fault.
type parser struct {
	rest []string
	err  error
}

// parse reads an expression. "(x as T)" and "x.as(T)" become x.ofType(T); parentheses that change nothing are gone.
func parse(text string) (expression, error) {
	p := &parser{}
	for _, t := range tokens.FindAllString(text, -1) {
		if strings.TrimSpace(t) != "" {
			p.rest = append(p.rest, t)
		}
	}
	e := expression{p.branch()}
	for p.take("|") {
		e = append(e, p.branch())
	}
	if len(p.rest) > 0 {
		p.fail()
	}
	if p.err != nil {
		return nil, fmt.Errorf("%q is not understood%w", text, p.err)
	}
	return e, nil
}

func (p *parser) branch() branch {
	b := branch{p.term()}
	for p.take("and") {
		b = append(b, p.term())
	}
	return b
}

func (p *parser) term() term {
	t := term{path: p.path()}
	for _, operator := range []string{"=", "!="} {
		if p.take(operator) {
			t.test = operator + " " + p.literal()
		}
	}
	return t
}

func (p *parser) path() path {
	var steps path
	switch {
	case p.take("("):
		steps = p.path()
		p.expect(")")
	case p.take("%resource"):
		steps = path{{kind: resource}}
	default:
		steps = path{{name: p.word()}}
	}
	for {
		switch {
		case p.take("."):
			steps = append(steps, p.step())
		case p.take("["):
			steps = append(steps, step{kind: index, name: p.number()})
			p.expect("]")
		case p.take("as"):
			return append(steps, step{kind: ofType, name: p.word()})
		default:
			return steps
		}
	}
}

func (p *parser) step() step {
	name := p.word()
	if !p.take("(") {
		return step{name: name}
	}
	s := step{kind: ofType}
	switch name {
	case "as", "ofType":
		s.name = p.word()
	case "where":
		s = p.condition()
	case "exists":
		s.kind = exists
	default:
		p.fail()
	}
	p.expect(")")
	return s
}

func (p *parser) condition() step {
	if p.take("resolve") {
		p.expect("(")
		p.expect(")")
		p.expect("is")
		return step{kind: resolves, name: p.word()}
	}
	s := step{kind: filter, name: p.word()}
	p.expect("=")
	s.value = strings.Trim(p.like(func(t string) bool { return t[0] == '\'' && len(t) > 1 }), "'")
	return s
}

func (p *parser) literal() string {
	return p.like(func(t string) bool { return t == "true" || t == "false" })
}

func (p *parser) number() string {
	return p.like(func(t string) bool { return t[0] >= '0' && t[0] <= '9' })
}

func (p *parser) word() string {
	return p.like(func(t string) bool { return t[0] >= 'A' && t[0] <= 'Z' || t[0] >= 'a' && t[0] <= 'z' })
}

// like takes the next token if it is of a kind; otherwise this is a fault.
func (p *parser) like(kind func(string) bool) string {
	if p.err != nil || len(p.rest) == 0 || !kind(p.rest[0]) {
		p.fail()
		return ""
	}
	token := p.rest[0]
	p.rest = p.rest[1:]
	return token
}

// take takes a token if it is the next.
func (p *parser) take(token string) bool {
	if p.err != nil || len(p.rest) == 0 || p.rest[0] != token {
		return false
	}
	p.rest = p.rest[1:]
	return true
}

func (p *parser) expect(token string) {
	if !p.take(token) {
		p.fail()
	}
}

func (p *parser) fail() {
	if p.err == nil {
		p.err = fmt.Errorf(" at %q", strings.Join(p.rest, " "))
	}
}
