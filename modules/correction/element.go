package correction

import (
	"strings"

	"yitong/internal/fhir/schema"
)

// hasElement tells whether a path names an element of a type as FHIRPath does: from the type down, choices by their one name, such
// as Observation.value or Patient.name[0].given.
func hasElement(t schema.Type, path string) bool {
	name, rest, below := strings.Cut(path, ".")
	return below && name == t.String() && within(t.Shape(), rest)
}

// within tells whether a path leads to an element of a shape.
func within(shape *schema.Shape, path string) bool {
	if shape == nil {
		return false
	}
	step, rest, below := strings.Cut(path, ".")
	name, index, indexed := strings.Cut(step, "[")
	if indexed && strings.Trim(index, "0123456789") != "]" || index == "]" {
		return false
	}
	for i := range shape.Elements {
		e := &shape.Elements[i]
		if e.Choice == "" && e.Name != name || e.Choice != "" && e.Choice != name || indexed && !e.Many {
			continue
		}
		if !below || within(e.Shape, rest) {
			return true
		}
	}
	return false
}
