package label

import (
	"bytes"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
)

// definitions are the types that say what there is, not what somebody has: a questionnaire that asks about depression or
// a list of HIV tests is about nobody, and has to stay readable.
var definitions = types(
	"ActivityDefinition", "CapabilityStatement", "ChargeItemDefinition", "CodeSystem", "CompartmentDefinition",
	"ConceptMap", "DeviceDefinition", "EffectEvidenceSynthesis", "EventDefinition", "Evidence", "EvidenceVariable",
	"ExampleScenario", "GraphDefinition", "ImplementationGuide", "Library", "Measure", "MedicationKnowledge",
	"MessageDefinition", "NamingSystem", "ObservationDefinition", "OperationDefinition", "PlanDefinition",
	"Questionnaire", "ResearchDefinition", "ResearchElementDefinition", "RiskEvidenceSynthesis", "SearchParameter",
	"SpecimenDefinition", "StructureDefinition", "StructureMap", "TerminologyCapabilities", "TestScript", "ValueSet",
)

func types(names ...string) (in [256]bool) {
	for _, name := range names {
		t, _ := schema.TypeOf(name)
		in[t] = true
	}
	return in
}

// Of gives the classes of what the resource says by its codes, under the rules that are in force at a time: that of the
// writing, because a label protects from now on. Every Coding counts wherever it stands, in contained resources,
// extensions and the entries of a Bundle too; text does not. A resource that defines, such as a Questionnaire or a
// ValueSet, has none. It allocates only where a system or code is written with JSON's escapes.
func (r *Rules) Of(resource fhir.Resource, on time.Time) Set {
	if definitions[resource.Type] {
		return 0
	}
	l := look{rules: r, on: on}
	l.walk(resource.Root)
	return l.found
}

// look is one walk through a resource.
type look struct {
	rules *Rules
	on    time.Time
	found Set
}

// walk looks at every object that has a system and a code. A Quantity has them too, but its system, UCUM, has no rules.
func (l *look) walk(n fhir.Node) {
	var system, code fhir.Node
	for c := n.First(); c.Exists(); c = c.Next() {
		switch c.Kind() {
		case fhir.Object, fhir.Array:
			l.walk(c)
		case fhir.String:
			switch string(c.Name()) {
			case "system":
				system = c
			case "code":
				code = c
			}
		}
	}
	if !system.Exists() || !code.Exists() {
		return
	}
	for _, s := range l.rules.systems[string(text(system))] {
		l.found |= s.of(text(code), l.on)
	}
}

// text is the text of a string, nil for every other value.
func text(n fhir.Node) []byte {
	if n.Kind() != fhir.String {
		return nil
	}
	raw := n.Raw()
	if raw = raw[1 : len(raw)-1]; bytes.IndexByte(raw, '\\') >= 0 {
		return []byte(n.Str())
	}
	return raw
}
