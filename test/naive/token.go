package naive

import (
	"errors"
	"strconv"
	"strings"
)

// token is a code with the system that it is from; none is "".
type token struct {
	system, code string
	folded       bool // compared without case
	contact      bool // compared without blanks, hyphens and brackets
}

// tokens are the tokens in a node.
func (f *Facts) tokens(n node) []token {
	switch n.typ {
	case "CodeableConcept":
		var out []token
		for _, coding := range list(member(n.value, "coding")) {
			out = append(out, f.tokens(node{value: coding, typ: "Coding"})...)
		}
		return out
	case "Coding":
		return coded(token{system: text(member(n.value, "system")), code: text(member(n.value, "code"))})
	case "Identifier":
		return coded(token{system: text(member(n.value, "system")), code: text(member(n.value, "value"))})
	case "ContactPoint":
		return coded(token{code: text(member(n.value, "value")), folded: true, contact: true})
	case "code", "id":
		return coded(token{system: f.Systems[n.place], code: text(n.value)})
	case "boolean":
		b, _ := n.value.(bool)
		return coded(token{code: strconv.FormatBool(b)})
	case "string":
		return coded(token{code: text(n.value), folded: true})
	}
	return nil
}

func coded(t token) []token {
	if t.code == "" {
		return nil
	}
	return []token{t}
}

// askedToken is a value such as http://loinc.org|8480-6.
type askedToken struct {
	system, code string
	bar          bool // a system is named, or that there is none
}

func parseToken(text string) (askedToken, error) {
	parts := splitAt(text, '|')
	if len(parts) == 1 {
		return askedToken{code: unescape(text)}, nil
	}
	a := askedToken{unescape(parts[0]), unescape(strings.Join(parts[1:], "|")), true}
	if a.system == "" && a.code == "" {
		return a, errors.New("a bar alone is no token")
	}
	return a, nil
}

func (a askedToken) matches(t token) bool {
	if a.bar && a.system != t.system {
		return false
	}
	return a.code == "" || t.plain(a.code) == t.plain(t.code)
}

var contactSigns = strings.NewReplacer(" ", "", "-", "", "(", "", ")", "")

// plain is a code as it is compared.
func (t token) plain(code string) string {
	if t.contact {
		code = contactSigns.Replace(code)
	}
	if t.folded {
		code = strings.ToLower(code)
	}
	return code
}

// labels are the texts of a node that :text looks at.
func labels(n node) []string {
	switch n.typ {
	case "CodeableConcept":
		out := parts(n.value, "text")
		for _, coding := range list(member(n.value, "coding")) {
			out = append(out, parts(coding, "display")...)
		}
		return out
	case "Coding", "Reference":
		return parts(n.value, "display")
	case "Identifier":
		return parts(member(n.value, "type"), "text")
	}
	return nil
}
