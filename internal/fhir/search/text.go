package search

import (
	"strings"
	"unicode"

	"yitong/internal/fhir"
	"yitong/internal/fhir/fold"
)

// partsOf are the parts of a name and of an address that a string parameter looks at.
var partsOf = map[string][]string{
	"HumanName": {"text", "family", "given", "prefix", "suffix"},
	"Address":   {"text", "line", "city", "district", "state", "postalCode", "country"},
}

// parts calls do with every text of an element that a string parameter looks at, until it returns false.
func parts(at *path, n fhir.Node, do func(string) bool) bool {
	list := partsOf[at.leaf.Type]
	if list == nil {
		return do(n.Str())
	}
	for _, name := range list {
		member := n.Get(name)
		if member.Kind() != fhir.Array {
			if member.Kind() == fhir.String && !do(member.Str()) {
				return false
			}
			continue
		}
		for item := member.First(); item.Exists(); item = item.Next() {
			if item.Kind() == fhir.String && !do(item.Str()) {
				return false
			}
		}
	}
	if whole := wholeName(at, n); whole != "" {
		return do(whole)
	}
	return true
}

// wholeName is a Chinese name of which only the parts are given, as it is written: the family name first, no blank.
func wholeName(at *path, n fhir.Node) string {
	family := n.Get("family").Str()
	if at.leaf.Type != "HumanName" || family == "" || n.Get("text").Exists() || !strings.ContainsFunc(family, isHan) {
		return ""
	}
	for g := n.Get("given").First(); g.Exists(); g = g.Next() {
		family += g.Str()
	}
	return family
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

// stringValue is a text as it is asked for: folded, or as it is for :exact.
type stringValue struct {
	text string
	how  string // a modifier
}

func parseString(text, modifier string) *stringValue {
	text = plain(text)
	if modifier != "exact" {
		text = fold.Text(text)
	}
	return &stringValue{text, modifier}
}

func (v *stringValue) matches(at *path, n fhir.Node) bool {
	return !parts(at, n, func(text string) bool {
		switch v.how {
		case "exact":
			return text != v.text
		case "contains":
			return !strings.Contains(fold.Text(text), v.text)
		}
		return !strings.HasPrefix(fold.Text(text), v.text)
	})
}

// soundValue is the beginning of how a name is spelled in pinyin.
type soundValue string

func (v soundValue) matches(at *path, n fhir.Node) bool {
	return !readings(at, n, func(spelled string) bool { return !strings.HasPrefix(spelled, string(v)) })
}

// readings calls do with every spelling of a name, until it returns false.
func readings(at *path, n fhir.Node, do func(string) bool) bool {
	return parts(at, n, func(text string) bool {
		for _, spelled := range fold.Readings(text) {
			if !do(spelled) {
				return false
			}
		}
		return true
	})
}

// uriValue is a URI, compared byte by byte.
type uriValue string

func (v uriValue) matches(_ *path, n fhir.Node) bool { return n.Str() == string(v) }
