package fhir

import (
	"slices"
	"strconv"
	"strings"

	"yitong/internal/fhir/schema"
)

// Path is the FHIRPath of the value, such as Patient.name[0].given[1]; for error messages. It is of the simple kind that
// OperationOutcome.issue.expression takes (R4): names and places only. So a choice is called as in FHIRPath
// (Observation.value, not valueQuantity), and what stands beside a primitive is a part of it (Patient.birthDate.extension[0],
// not _birthDate). Places that R4 does not know are called as they are in the text.
func (n Node) Path() string {
	if n.t == nil {
		return ""
	}
	var way []Node // from the value up to the root
	for at := n; ; at.i = n.t.nodes[at.i].parent {
		way = append(way, at)
		if at.i == 0 {
			break
		}
	}
	slices.Reverse(way)
	var path strings.Builder
	path.WriteString("$this")
	if rt := way[0].Get("resourceType"); rt.Str() != "" {
		path.Reset()
		path.WriteString(clip([]byte(rt.Str())))
	}
	shape, resource := resourceShape(way[0]), false
	for _, at := range way[1:] {
		if name := at.Name(); name != nil {
			var step string
			step, shape, resource = stepOf(name, shape)
			path.WriteString("." + step)
		} else {
			path.WriteString("[" + strconv.Itoa(at.place()) + "]")
		}
		if resource && at.Kind() == Object {
			shape, resource = resourceShape(at), false
		}
	}
	return path.String()
}

// stepOf is what FHIRPath calls a member of an object of the shape, the shape of its value, nil if R4 does not know it, and
// whether the value is a resource.
func stepOf(name []byte, shape *schema.Shape) (step string, inner *schema.Shape, resource bool) {
	if shape == nil {
		return clip(name), nil, false
	}
	beside, found := strings.CutPrefix(string(name), "_")
	e, ok := shape.Element([]byte(beside))
	switch {
	case !ok || found && e.Kind != schema.Primitive:
		return clip(name), nil, false
	case found:
		shape = schema.ElementShape()
	default:
		shape = e.Shape
	}
	resource = e.Kind == schema.AnyResource
	if e.Choice != "" {
		return e.Choice, shape, resource
	}
	return beside, shape, resource
}

// resourceShape is the shape of a value that says of itself which resource it is, nil for every other.
func resourceShape(n Node) *schema.Shape {
	t, _ := schema.TypeOf(n.Get("resourceType").Str())
	return t.Shape()
}

// place is the value's place among the items of its array.
func (n Node) place() (at int) {
	for c := n.t.nodes[n.i].parent + 1; c != n.i; c = n.t.nodes[c].sibling {
		at++
	}
	return at
}
