package fhir

import (
	"bytes"

	"yitong/internal/fhir/schema"
)

var (
	keyReference = []byte(`"reference"`)
	keyDisplay   = []byte(`display"`) // or _display
)

// SaysOf tells whether a resource, as it stands in bytes that [Parse] takes, may have a reference with a display to a resource of a
// type that is asked for; false is certain. It looks at the members display and reference alone, which is much less work than to
// read the resource.
func SaysOf(resource []byte, of func(schema.Type) bool) bool {
	return says(resource, keyReference, func(key, value int) bool {
		return leads(resource[value:], of) && restOf(resource[key:], isDisplay) != nil
	}) || says(resource, keyDisplay, func(key, value int) bool {
		behind := restOf(resource[key:], isReference)
		return behind != nil && leads(skip(behind[bytes.IndexByte(behind, ':')+1:]), of)
	})
}

// says tells whether a member of that name is such; key is where its name ends, value where its value begins.
func says(text, name []byte, such func(key, value int) bool) bool {
	for at := 0; ; {
		i := bytes.Index(text[at:], name)
		if i < 0 {
			return false
		}
		at += i + len(name)
		rest := skip(text[at:])
		if len(rest) > 0 && rest[0] == ':' && such(at, len(text)-len(skip(rest[1:]))) {
			return true
		}
	}
}

// skip leaves out white space.
func skip(text []byte) []byte {
	for len(text) > 0 && (text[0] == ' ' || text[0] == '\n' || text[0] == '\t' || text[0] == '\r') {
		text = text[1:]
	}
	return text
}

// leads tells whether a text begins with the address of a resource of a type that is asked for.
func leads(text []byte, of func(schema.Type) bool) bool {
	if len(text) == 0 || text[0] != '"' {
		return false
	}
	end := 1
	for end < len(text) && text[end] != '/' && text[end] != '"' && text[end] != '\\' {
		end++
	}
	if end == len(text) || text[end] != '/' {
		return end < len(text) && text[end] == '\\' // it has to be read
	}
	t, known := schema.TypeOf(string(text[1:end]))
	return known && of(t)
}

func isDisplay(name []byte) bool   { return string(name) == "display" || string(name) == "_display" }
func isReference(name []byte) bool { return string(name) == "reference" }

// restOf is what stands from the next member of such a name on, in the object in which a text begins outside of a string; nil if
// there is none.
func restOf(text []byte, such func(name []byte) bool) []byte {
	for i, depth := 0, 0; i < len(text); i++ {
		switch text[i] {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth < 0 {
				return nil
			}
		case '"':
			from := i + 1
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
			if depth == 0 && i < len(text) && such(text[from:i]) {
				if rest := skip(text[i+1:]); len(rest) > 0 && rest[0] == ':' {
					return text[from-1:]
				}
			}
		}
	}
	return nil
}
