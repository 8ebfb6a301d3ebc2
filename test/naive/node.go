package naive

import (
	"strings"

	"yitong/internal/fhir/schema"
)

// node is a value in a resource.
type node struct {
	value any    // as encoding/json gives it
	typ   string // its data type, the path of a group of elements, or a resource type
	place string // the element of the schema that it stands at: Patient.gender
	in    *Resource
}

// children are the values of the element of that name. A choice such as value goes by its name without the type.
func (n node) children(name string) []node {
	object, _ := n.value.(map[string]any)
	shape, ok := schema.ShapeOf(n.typ)
	if !ok {
		return nil
	}
	var out []node
	for i := range shape.Elements {
		e := &shape.Elements[i]
		if e.Name != name && e.Choice != name {
			continue
		}
		for _, v := range list(object[e.Name]) {
			child := node{value: v, typ: e.Type, place: shape.Name + "." + e.Name, in: n.in}
			if e.Kind == schema.AnyResource {
				child.typ = text(member(v, "resourceType"))
			}
			out = append(out, child)
		}
	}
	return out
}

// list is what an element holds: its values without those that are null, which only carry extensions.
func list(v any) []any {
	all, many := v.([]any)
	if !many {
		all = []any{v}
	}
	var out []any
	for _, v := range all {
		if v != nil {
			out = append(out, v)
		}
	}
	return out
}

func member(v any, name string) any {
	object, _ := v.(map[string]any)
	return object[name]
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

// pointsAt is the type of resource that a reference names: by its literal reference, a contained resource by its own
// type, what has no literal reference by Reference.type.
func (n node) pointsAt() string {
	literal := text(member(n.value, "reference"))
	if id, inside := strings.CutPrefix(literal, "#"); inside {
		for _, c := range list(n.in.Body["contained"]) {
			if text(member(c, "id")) == id {
				return text(member(c, "resourceType"))
			}
		}
		return ""
	}
	if literal == "" {
		return text(member(n.value, "type"))
	}
	literal, _, _ = strings.Cut(literal, "/_history/")
	parts := strings.Split(literal, "/")
	if len(parts) < 2 {
		return ""
	}
	if _, known := schema.TypeOf(parts[len(parts)-2]); known {
		return parts[len(parts)-2]
	}
	return ""
}
