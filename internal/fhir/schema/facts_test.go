package schema

import (
	"slices"
	"testing"
)

// Facts as https://hl7.org/fhir/R4 states them, one line each.
func TestFacts(t *testing.T) {
	t.Parallel()
	const required, many, summary, modifier = 1, 2, 4, 8
	for _, c := range []struct {
		of, name, typ string
		kind          Kind
		shape         string
		flags         int
	}{
		{"Patient", "id", "id", Primitive, "", summary},
		{"Patient", "meta", "Meta", Complex, "Meta", summary},
		{"Patient", "implicitRules", "uri", Primitive, "", summary | modifier},
		{"Patient", "language", "code", Primitive, "", 0},
		{"Patient", "text", "Narrative", Complex, "Narrative", 0},
		{"Patient", "contained", "Resource", AnyResource, "", many},
		{"Patient", "extension", "Extension", Complex, "Extension", many},
		{"Patient", "modifierExtension", "Extension", Complex, "Extension", many | modifier},
		{"Patient", "active", "boolean", Primitive, "", summary | modifier},
		{"Patient", "name", "HumanName", Complex, "HumanName", many | summary},
		{"Patient", "birthDate", "date", Primitive, "", summary},
		{"Patient", "deceasedBoolean", "boolean", Primitive, "", summary | modifier},
		{"Patient", "maritalStatus", "CodeableConcept", Complex, "CodeableConcept", 0},
		{"Patient", "contact", "Patient.contact", Complex, "Patient.contact", many},
		{"Patient", "link", "Patient.link", Complex, "Patient.link", many | summary | modifier},
		{"Patient.contact", "id", "string", Primitive, "", 0},
		{"Patient.contact", "modifierExtension", "Extension", Complex, "Extension", many | summary | modifier},
		{"Patient.contact", "name", "HumanName", Complex, "HumanName", 0},
		{"Patient.link", "other", "Reference", Reference, "Reference", required | summary},
		{"HumanName", "given", "string", Primitive, "", many | summary},
		{"Narrative", "div", "xhtml", Primitive, "", required},
		{"Reference", "reference", "string", Primitive, "", summary},
		{"Reference", "identifier", "Identifier", Complex, "Identifier", summary},
		{"Observation", "status", "code", Primitive, "", required | summary | modifier},
		{"Observation", "code", "CodeableConcept", Complex, "CodeableConcept", required | summary},
		{"Observation", "category", "CodeableConcept", Complex, "CodeableConcept", many},
		{"Observation", "valueQuantity", "Quantity", Complex, "Quantity", summary},
		{"Observation", "note", "Annotation", Complex, "Annotation", many},
		{"Observation.component", "referenceRange", "Observation.referenceRange", Complex, "Observation.referenceRange", many},
		{"Questionnaire.item", "item", "Questionnaire.item", Complex, "Questionnaire.item", many},
		{"Questionnaire.item", "linkId", "string", Primitive, "", required},
		{"QuestionnaireResponse.item.answer", "item", "QuestionnaireResponse.item", Complex, "QuestionnaireResponse.item", many},
		{"Condition", "onsetAge", "Age", Complex, "Quantity", summary},
		{"MedicationRequest", "dosageInstruction", "Dosage", Complex, "Dosage", many},
		{"MedicationRequest", "medicationReference", "Reference", Reference, "Reference", required | summary},
		{"Dosage", "timing", "Timing", Complex, "Timing", summary},
		{"Timing", "repeat", "Timing.repeat", Complex, "Timing.repeat", summary},
		{"Timing.repeat", "boundsDuration", "Duration", Complex, "Quantity", summary},
		{"Invoice", "totalNet", "Money", Complex, "Money", summary},
		{"Bundle.entry", "resource", "Resource", AnyResource, "", summary},
		{"Bundle.entry", "fullUrl", "uri", Primitive, "", summary},
		{"Bundle.entry", "link", "Bundle.link", Complex, "Bundle.link", many | summary},
		{"Bundle.entry.response", "outcome", "Resource", AnyResource, "", summary},
		{"Parameters.parameter", "part", "Parameters.parameter", Complex, "Parameters.parameter", many | summary},
		{"Parameters.parameter", "resource", "Resource", AnyResource, "", summary},
		{"Extension", "url", "uri", Primitive, "", required},
		{"Extension", "valueMeta", "Meta", Complex, "Meta", 0},
		{"EvidenceVariable", "characteristic", "EvidenceVariable.characteristic", Complex, "EvidenceVariable.characteristic", required | many | summary},
		{"TestReport.teardown.action", "operation", "TestReport.setup.action.operation", Complex, "TestReport.setup.action.operation", required},
	} {
		e := element(t, c.of, c.name)
		got := flag(e.Required, required) | flag(e.Many, many) | flag(e.Summary, summary) | flag(e.Modifier, modifier)
		if e.Type != c.typ || e.Kind != c.kind || got != c.flags {
			t.Errorf("%s.%s: type %s, kind %d, flags %04b; want %s, %d, %04b", c.of, c.name, e.Type, e.Kind, got, c.typ, c.kind, c.flags)
		}
		if c.shape != "" && e.Shape != shape(t, c.shape) {
			t.Errorf("%s.%s has the shape %s, want %s", c.of, c.name, e.Shape.Name, c.shape)
		}
	}
}

func flag(set bool, value int) int {
	if set {
		return value
	}
	return 0
}

func TestChoices(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		of, choice string
		want       []string
	}{
		{"Observation", "value", []string{
			"valueQuantity", "valueCodeableConcept", "valueString", "valueBoolean", "valueInteger", "valueRange", "valueRatio",
			"valueSampledData", "valueTime", "valueDateTime", "valuePeriod",
		}},
		{"Observation", "effective", []string{"effectiveDateTime", "effectivePeriod", "effectiveTiming", "effectiveInstant"}},
		{"Patient", "multipleBirth", []string{"multipleBirthBoolean", "multipleBirthInteger"}},
		{"Annotation", "author", []string{"authorReference", "authorString"}},
	} {
		if got := alternatives(shape(t, c.of), c.choice); !slices.Equal(got, c.want) {
			t.Errorf("%s.%s[x]: %v", c.of, c.choice, got)
		}
	}
	for _, of := range []string{"Extension", "Parameters.parameter", "Task.input", "Task.output"} {
		if n := len(alternatives(shape(t, of), "value")); n != 50 {
			t.Errorf("%s.value[x] has %d alternatives, R4 has 50 open types", of, n)
		}
	}
}

func alternatives(s *Shape, choice string) []string {
	var names []string
	for _, e := range s.Elements {
		if e.Choice == choice {
			names = append(names, e.Name)
		}
	}
	return names
}

func TestTargets(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		of, name string
		want     []string
	}{
		{"Observation", "subject", []string{"Device", "Group", "Location", "Patient"}},
		{"MedicationRequest", "medicationReference", []string{"Medication"}},
		{"Annotation", "authorReference", []string{"Organization", "Patient", "Practitioner", "RelatedPerson"}},
		{"AuditEvent.agent", "who", []string{"Device", "Organization", "Patient", "Practitioner", "PractitionerRole", "RelatedPerson"}},
		{"Provenance", "target", nil},
		{"Task", "focus", nil},
		{"Extension", "valueReference", nil},
	} {
		e := element(t, c.of, c.name)
		var got []string
		for _, typ := range e.Targets {
			got = append(got, typ.String())
		}
		if e.Kind != Reference || !slices.Equal(got, c.want) {
			t.Errorf("%s.%s: kind %d, targets %v; want %v", c.of, c.name, e.Kind, got, c.want)
		}
	}
}

func TestRewritable(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		of, name string
		want     bool
	}{
		{"Identifier", "system", true},
		{"Attachment", "url", true},
		{"Extension", "valueOid", true},
		{"Extension", "valueUuid", true},
		{"Extension", "valueUri", true},
		{"Meta", "profile", false},
		{"Reference", "reference", false},
		{"Extension", "valueReference", false},
		{"Patient", "id", false},
	} {
		if got := element(t, c.of, c.name).Rewritable(); got != c.want {
			t.Errorf("%s.%s rewritable: %t", c.of, c.name, got)
		}
	}
}

func TestWhatStandsBesideAPrimitive(t *testing.T) {
	t.Parallel()
	var names []string
	for _, e := range ElementShape().Elements {
		names = append(names, e.Name)
	}
	if !slices.Equal(names, []string{"id", "extension"}) {
		t.Errorf("%v", names)
	}
}
