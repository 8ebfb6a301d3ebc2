package validate

import (
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
)

// pathStep is a step of a discriminator's path, in the restricted FHIRPath of R4 (profiling.html#discriminator).
type pathStep struct {
	kind stepKind
	name string
}

type stepKind uint8

const (
	stepName      stepKind = iota // an element
	stepExtension                 // extension(url)
	stepResolve                   // resolve()
	stepOfType                    // ofType(type)
)

// readPath reads the path of a discriminator.
func readPath(path string) (steps []pathStep, err error) {
	for rest := path; rest != ""; {
		open := strings.IndexAny(rest, ".(")
		if open < 0 || rest[open] == '.' {
			name, after, _ := strings.Cut(rest, ".")
			rest = after
			if name != "$this" {
				steps = append(steps, pathStep{stepName, name})
			}
			continue
		}
		end := strings.IndexByte(rest, ')')
		if end < 0 {
			return nil, fault.New(fault.Unprocessable, "a bracket is not closed.")
		}
		argument := strings.Trim(rest[open+1:end], `'" `)
		switch rest[:open] {
		case "extension":
			steps = append(steps, pathStep{stepExtension, argument})
		case "resolve":
			steps = append(steps, pathStep{stepResolve, ""})
		case "ofType", "as":
			steps = append(steps, pathStep{stepOfType, argument})
		default:
			return nil, fault.New(fault.Unprocessable, "it may use extension(url), resolve() and ofType(type) only.")
		}
		rest = strings.TrimPrefix(rest[end+1:], ".")
	}
	return steps, nil
}

// follow gives the values at the end of a path.
func (w *walk) follow(x value, steps []pathStep) []value {
	at := []value{x}
	for _, s := range steps {
		var next []value
		for _, from := range at {
			next = w.follow1(next, from, s)
		}
		at = next
	}
	return at
}

func (w *walk) follow1(to []value, x value, s pathStep) []value {
	if !w.step() {
		return to
	}
	switch s.kind {
	case stepName:
		return childrenOf(to, x, s.name)
	case stepExtension:
		for _, e := range childrenOf(nil, x, "extension") {
			if e.n.Get("url").Str() == s.name {
				to = append(to, e)
			}
		}
	case stepOfType:
		if x.of != nil && x.of.Type == s.name || x.n.Get("resourceType").Str() == s.name {
			to = append(to, x)
		}
	case stepResolve:
		if n, ok := w.resolve(x.n.Get("reference").Str()); ok {
			to = append(to, value{n: n})
		}
	}
	return to
}

// childrenOf gives the values of an element's part; a choice is found by its name without the type.
func childrenOf(to []value, x value, name string) []value {
	shape, ok := shapeOf(x)
	object := x.n
	if ok && x.of != nil && x.of.Kind == schema.Primitive {
		object = x.side
	}
	if !ok || object.Kind() != fhir.Object {
		return to
	}
	for i := range shape.Elements {
		e := &shape.Elements[i]
		if e.Name != name && e.Choice != name {
			continue
		}
		n := object.Get(e.Name)
		var side fhir.Node
		if e.Kind == schema.Primitive {
			side = object.Get("_" + e.Name)
		}
		if !e.Many {
			if n.Exists() || side.Exists() {
				to = append(to, value{n, side, e})
			}
			continue
		}
		n, side = n.First(), side.First()
		for n.Exists() || side.Exists() {
			to = append(to, value{n, side, e})
			n, side = n.Next(), side.Next()
		}
	}
	return to
}

// shapeOf is the shape of a value: of a resource that of its type.
func shapeOf(x value) (*schema.Shape, bool) {
	switch {
	case x.of == nil || x.of.Kind == schema.AnyResource:
		t, ok := schema.TypeOf(x.n.Get("resourceType").Str())
		return t.Shape(), ok
	case x.of.Kind == schema.Primitive:
		return schema.ElementShape(), true
	default:
		return x.of.Shape, x.of.Shape != nil
	}
}
