package main

import "strings"

// expression is a FHIRPath expression of the small part that R4's search parameters use: alternatives, separated by "|".
type expression []branch

// branch is a path, or several conditions joined by "and".
type branch []term

// term is a path, which may be compared with something: "!= false".
type term struct {
	path path
	test string
}

type path []step

// step is one part of a path.
type step struct {
	kind  stepKind
	name  string // the element, the type or the number
	value string // of filter
}

type stepKind uint8

const (
	member   stepKind = iota // name
	resource                 // %resource, only at the start
	ofType                   // ofType(name)
	filter                   // where(name='value')
	resolves                 // where(resolve() is name)
	index                    // [name]
	exists                   // exists()
)

func (s step) String() string {
	switch s.kind {
	case resource:
		return "%resource"
	case ofType:
		return "ofType(" + s.name + ")"
	case filter:
		return "where(" + s.name + "='" + s.value + "')"
	case resolves:
		return "where(resolve() is " + s.name + ")"
	case index:
		return "[" + s.name + "]"
	case exists:
		return "exists()"
	default:
		return s.name
	}
}

func (p path) String() string {
	if len(p) == 0 {
		return "$this"
	}
	var out strings.Builder
	for i, s := range p {
		if i > 0 && s.kind != index {
			out.WriteByte('.')
		}
		out.WriteString(s.String())
	}
	return out.String()
}

func (t term) String() string {
	if t.test == "" {
		return t.path.String()
	}
	return t.path.String() + " " + t.test
}

func (b branch) String() string { return join(b, " and ") }

func (e expression) String() string { return join(e, " | ") }

func join[T interface{ String() string }](parts []T, separator string) string {
	var texts []string
	for _, p := range parts {
		texts = append(texts, p.String())
	}
	return strings.Join(texts, separator)
}

// root gives the type at the start of a branch, and the branch relative to a resource of that type; false when it starts
// otherwise, or with more than one.
func (b branch) root() (string, branch, bool) {
	name, rest := "", branch{}
	for i, t := range b {
		if len(t.path) == 0 || t.path[0].kind != member || i > 0 && t.path[0].name != name {
			return "", nil, false
		}
		name = t.path[0].name
		rest = append(rest, term{path: t.path[1:], test: t.test})
	}
	return name, rest, startsLikeType(name)
}

// startsLikeType tells a type's name, which has a capital, from an element's.
func startsLikeType(name string) bool { return name != "" && name[0] >= 'A' && name[0] <= 'Z' }
