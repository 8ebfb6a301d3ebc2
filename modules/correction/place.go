package correction

import (
	"slices"

	"yitong/internal/fhir"
	"yitong/internal/gate/label"
	"yitong/internal/process"
)

// labelWithheld is the system of the label of what a resident withholds.
const labelWithheld = "urn:yitong:label"

// carryLabels puts the labels of sensitive content of a resource on the case.
func carryLabels(c *process.Case, r fhir.Resource) {
	for l := r.Root.Get("meta").Get("security").First(); l.Exists(); l = l.Next() {
		system, code := l.Get("system").Str(), l.Get("code").Str()
		class := system == label.System && slices.Contains(label.Classes(), label.Class(code))
		if class || system == labelWithheld {
			on := c.Task().Meta().Security().Add()
			on.SetSystem(system)
			on.SetCode(code)
		}
	}
}
