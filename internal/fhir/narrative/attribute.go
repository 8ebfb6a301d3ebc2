package narrative

import "strings"

// element tells whether a narrative may have the element: those of txt-1.
func element(name string) bool {
	switch name {
	case "a", "abbr", "acronym", "b", "big", "blockquote", "br", "caption", "cite", "code", "col", "colgroup",
		"dd", "dfn", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "li", "ol", "p",
		"pre", "q", "samp", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead",
		"tr", "tt", "ul", "var":
		return true
	}
	return false
}

// namespace is that of XHTML.
const namespace = "http://www.w3.org/1999/xhtml"

// attribute is an attribute that a narrative may have. Those of which the value matters have names.
type attribute uint8

const (
	xmlns attribute = iota
	style
	src
	href
	cite
	longdesc
)

// attributes are those of txt-1, xmlns, which XML does not count as one, and xml:lang.
var attributes = func() map[string]attribute {
	names := strings.Fields(`xmlns style src href cite longdesc
		abbr accesskey align alt axis bgcolor border cellhalign cellpadding cellspacing cellvalign char charoff charset
		class colspan compact coords dir frame headers height hreflang hspace id lang name nowrap rel rev rowspan rules
		scope shape span start summary tabindex title type valign value vspace width xml:lang`)
	all := make(map[string]attribute, len(names))
	for i, name := range names {
		all[name] = attribute(i)
	}
	return all
}()

// set has attributes as its bits; there are fewer than 64.
type set uint64

func (s set) has(a attribute) bool { return s>>a&1 != 0 }

// attributes reads those of a tag, up to its end, and tells which it has.
func (s *scanner) attributes(element string) (seen set, p *Problem) {
	for {
		apart := s.space()
		if s.at(">") || s.at("/") {
			return seen, nil
		}
		start := s.pos
		name := s.name()
		if !apart || name == "" {
			return seen, problem(start, notAttribute, "")
		}
		a, ok := attributes[name]
		switch {
		case !ok:
			return seen, problem(start, noSuchAttribute, name)
		case seen.has(a):
			return seen, problem(start, twice, name)
		}
		seen |= 1 << a
		value, p := s.value()
		if p != nil {
			return seen, p
		}
		if p := checkValue(a, element, value); p != nil {
			return seen, problem(start, *p, name)
		}
	}
}

// value reads = and a value in quotes, in which references still stand.
func (s *scanner) value() (string, *Problem) {
	s.space()
	if !s.at("=") {
		return "", problem(s.pos, notAttribute, "")
	}
	s.pos++
	s.space()
	if !s.at(`"`) && !s.at("'") {
		return "", problem(s.pos, notAttribute, "")
	}
	quote := s.text[s.pos]
	s.pos++
	start := s.pos
	for ; s.pos < len(s.text); s.pos++ {
		switch s.text[s.pos] {
		case quote:
			s.pos++
			return s.text[start : s.pos-1], nil
		case '<':
			return "", problem(s.pos, notAttribute, "")
		case '&':
			_, size := reference(s.text[s.pos:])
			if size == 0 {
				return "", problem(s.pos, notReference, "")
			}
			s.pos += size - 1
		}
	}
	return "", problem(start-1, notAttribute, "")
}
