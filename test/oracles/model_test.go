package oracles

import (
	"strings"

	"yitong/internal/fhir/schema"
)

// r4 tells gofhir the shapes of R4.
type r4 struct{}

func element(path string) (shape *schema.Shape, name string) {
	i := strings.LastIndexByte(path, '.')
	if i < 0 {
		return nil, ""
	}
	shape, _ = schema.ShapeOf(path[:i])
	return shape, path[i+1:]
}

// ChoiceTypes are the types of a choice such as Observation.value.
func (r4) ChoiceTypes(path string) (types []string) {
	shape, name := element(path)
	if shape == nil {
		return nil
	}
	for i := range shape.Elements {
		if e := &shape.Elements[i]; e.Choice == name {
			types = append(types, strings.TrimPrefix(e.Name, name))
		}
	}
	return types
}

// TypeOf is the type of an element; of a group it is the path, by which its own elements are found.
func (r4) TypeOf(path string) string {
	shape, name := element(path)
	if shape == nil {
		return ""
	}
	if e, ok := shape.Element([]byte(name)); ok {
		return e.Type
	}
	return ""
}

func (r4) ReferenceTargets(string) []string { return nil }

// ParentType is the type that another extends.
func (r4) ParentType(name string) string {
	shape, ok := schema.ShapeOf(name)
	has := func(element string) bool { _, ok := shape.Element([]byte(element)); return ok }
	switch {
	case name == "Element" || name == "Resource":
		return ""
	case !ok:
		return specialized[name]
	case shape.Name != name:
		return shape.Name
	case name == "BackboneElement":
		return "Element"
	case name == "DomainResource":
		return "Resource"
	case has("implicitRules") && has("contained"):
		return "DomainResource"
	case has("implicitRules"):
		return "Resource"
	case has("modifierExtension"):
		return "BackboneElement"
	}
	return "Element"
}

// specialized are the primitives that others extend (R4, 2.24.0.1).
var specialized = map[string]string{
	"code": "string", "id": "string", "markdown": "string", "url": "uri", "canonical": "uri", "oid": "uri", "uuid": "uri",
	"unsignedInt": "integer", "positiveInt": "integer",
	"string": "Element", "uri": "Element", "integer": "Element", "boolean": "Element", "decimal": "Element", "date": "Element",
	"dateTime": "Element", "instant": "Element", "time": "Element", "base64Binary": "Element", "xhtml": "Element",
}

func (m r4) IsSubtype(child, parent string) bool {
	for ; child != ""; child = m.ParentType(child) {
		if child == parent {
			return true
		}
	}
	return false
}

func (r4) ResolvePath(path string) string { return path }

func (r4) IsResource(name string) bool { _, ok := schema.TypeOf(name); return ok }
