package search

import (
	"strconv"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/fold"
)

// token is a value of a token search: in a resource, or as it is asked for.
type token struct {
	system string
	code   string
}

// tokens calls do with every token of an element, until it returns false.
func tokens(at *path, n fhir.Node, do func(token) bool) bool {
	if at.flag {
		return do(token{code: strconv.FormatBool(n.Exists())})
	}
	switch at.leaf.Type {
	case "CodeableConcept":
		for c := n.Get("coding").First(); c.Exists(); c = c.Next() {
			if !do(token{c.Get("system").Str(), c.Get("code").Str()}) {
				return false
			}
		}
		return true
	case "Coding":
		return do(token{n.Get("system").Str(), n.Get("code").Str()})
	case "Identifier":
		return do(token{n.Get("system").Str(), n.Get("value").Str()})
	case "ContactPoint":
		return do(token{code: fold.Contact(n.Get("value").Str())})
	case "boolean":
		return do(token{code: string(n.Raw())})
	case "string":
		return do(token{code: fold.Text(n.Str())})
	}
	return do(token{at.system, n.Str()})
}

// folded tells whether tokens of the element are compared folded.
func (p *path) folded() bool {
	return p.leaf != nil && (p.leaf.Type == "string" || p.leaf.Type == "ContactPoint")
}

// coded tells whether tokens of the element bring their own system.
func (p *path) coded() bool {
	return p.leaf != nil && (p.leaf.Type == "CodeableConcept" || p.leaf.Type == "Coding" || p.leaf.Type == "Identifier")
}

// tokenValue is a token as it is asked for: code, |code, system|code or system|.
type tokenValue struct {
	token
	folded, contact   string // the code, folded
	anySystem, noCode bool
}

func parseToken(text string) (*tokenValue, error) {
	parts := split(text, '|')
	v := &tokenValue{anySystem: len(parts) == 1}
	v.code = plain(parts[len(parts)-1])
	if len(parts) == 2 {
		v.system = plain(parts[0])
	}
	v.noCode = v.code == ""
	if len(parts) > 2 || v.noCode && v.system == "" {
		return nil, fault.New(fault.Malformed, "A token is written code, system|code, |code or system|.").WithIssue("value")
	}
	v.folded, v.contact = fold.Text(v.code), fold.Contact(v.code)
	return v, nil
}

func (v *tokenValue) matches(at *path, n fhir.Node) bool {
	code := v.code
	if at.folded() {
		if code = v.folded; at.leaf.Type == "ContactPoint" {
			code = v.contact
		}
	}
	return !tokens(at, n, func(t token) bool {
		return !(t.code != "" || v.noCode) || !(v.anySystem || t.system == v.system) || !(v.noCode || t.code == code)
	})
}

// textValue is what :text asks for: the beginning of a text that says what a code means.
type textValue string

func (v textValue) matches(at *path, n fhir.Node) bool {
	begins := func(n fhir.Node) bool {
		return n.Kind() == fhir.String && strings.HasPrefix(fold.Text(n.Str()), string(v))
	}
	if at.leaf == nil {
		return false
	}
	switch at.leaf.Type {
	case "CodeableConcept":
		if begins(n.Get("text")) {
			return true
		}
		for c := n.Get("coding").First(); c.Exists(); c = c.Next() {
			if begins(c.Get("display")) {
				return true
			}
		}
		return false
	case "Coding", "Reference":
		return begins(n.Get("display"))
	case "Identifier":
		return begins(n.Get("type").Get("text"))
	case "string":
		return begins(n)
	}
	return false
}
