package conformance

import (
	"slices"
	"time"

	"yitong/internal/fhir"
	sensitive "yitong/internal/gate/label"
)

// labeled is a resource with the labels of sensitive content that the record puts on it by its codes: what is sent with them comes
// back as it was.
func labeled(text []byte) []byte {
	r, err := fhir.ParseResource(text)
	if err != nil {
		return text
	}
	set := sensitive.Default().Of(r, time.Now())
	if r.Type.String() == "Consent" {
		classesNamed(r.Root.Get("provision"), &set)
	}
	var m fhir.Marking
	for _, class := range (set &^ sensitive.Carried(r)).Classes() {
		m.Label = append(m.Label, fhir.Coding{System: sensitive.System, Code: string(class)})
	}
	if m.Label == nil {
		return text
	}
	b, err := r.Body(r.ID, nil).Marked(m)
	if err != nil {
		return text
	}
	return b.Bytes
}

// classesNamed adds the classes that a provision of a Consent names.
func classesNamed(n fhir.Node, set *sensitive.Set) {
	for l := n.Get("securityLabel").First(); l.Exists(); l = l.Next() {
		if class := sensitive.Class(l.Get("code").Str()); slices.Contains(sensitive.Classes(), class) {
			set.Add(class)
		}
	}
	for inner := n.Get("provision").First(); inner.Exists(); inner = inner.Next() {
		classesNamed(inner, set)
	}
}
