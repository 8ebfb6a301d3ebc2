package fhirpath

import (
	"strings"
	"testing"

	"yitong/internal/fhir"
)

const benchObservation = `{"resourceType":"Observation","id":"o1","meta":{"lastUpdated":"2026-11-22T08:30:00Z"},"status":"final",
"category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],
"code":{"coding":[{"system":"http://loinc.org","code":"85354-9"}]},"subject":{"reference":"Patient/p1"},
"effectivePeriod":{"start":"2026-11-22T08:30:00+08:00","end":"2026-11-22T08:31:00+08:00"},
"valueQuantity":{"value":5.0,"unit":"mg","system":"http://unitsofmeasure.org","code":"mg"},
"referenceRange":[{"low":{"value":3.1,"unit":"mmol/l","system":"http://unitsofmeasure.org","code":"mmol/L"},"high":{"value":6.2,"unit":"mmol/l","system":"http://unitsofmeasure.org","code":"mmol/L"}}],
"component":[{"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},"valueQuantity":{"value":107,"code":"mm[Hg]","system":"http://unitsofmeasure.org"}},
{"code":{"coding":[{"system":"http://loinc.org","code":"8462-4"}]},"valueQuantity":{"value":60,"code":"mm[Hg]","system":"http://unitsofmeasure.org"}}]}`

const benchPatient = `{"resourceType":"Patient","id":"p1","contained":[{"resourceType":"Organization","id":"org","name":"x"}],
"identifier":[{"system":"urn:oid:1.2","value":"12"}],"active":true,
"name":[{"use":"official","family":"王","given":["小","明"],"_given":[null,{"id":"g"}]}],"telecom":[{"system":"phone","value":"139"}],
"gender":"male","birthDate":"1974-12-25","_birthDate":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/patient-birthTime","valueDateTime":"1974-12-25T14:35:45-05:00"}]},
"contact":[{"name":{"text":"x"},"telecom":[{"value":"1"}]}],"managingOrganization":{"reference":"#org"}}`

// typical are invariants of R4 and where they are evaluated.
var typical = []struct{ name, resource, focus, text string }{
	{"obs-6", benchObservation, "", "dataAbsentReason.empty() or value.empty()"},
	{"obs-7", benchObservation, "", "value.empty() or component.code.where(coding.intersect(%resource.code.coding).exists()).empty()"},
	{"obs-3", benchObservation, "referenceRange", "low.exists() or high.exists() or text.exists()"},
	{"pat-1", benchPatient, "contact", "name.exists() or telecom.exists() or address.exists() or organization.exists()"},
	{"ele-1", benchPatient, "name", "hasValue() or (children().count() > id.count())"},
	{"ext-1", benchPatient, "birthDate.extension", "extension.exists() != value.exists()"},
	{"rng-2", benchObservation, "referenceRange", "low.empty() or high.empty() or (low <= high)"},
	{"per-1", benchObservation, "effective", "start.hasValue().not() or end.hasValue().not() or (start <= end)"},
	{"dis-1", benchObservation, "value", "(code.exists() or value.empty()) and (system.empty() or system = %ucum)"},
	{"ref-1", benchPatient, "managingOrganization", "reference.startsWith('#').not() or (reference.substring(1).trace('url') in %rootResource.contained.id.trace('ids'))"},
	{"dom-2", benchPatient, "", "contained.contained.empty()"},
	{"dom-3", benchPatient, "", "contained.where((('#'+id in (%resource.descendants().reference | %resource.descendants().as(canonical) | " +
		"%resource.descendants().as(uri) | %resource.descendants().as(url))) or descendants().where(reference = '#').exists() or " +
		"descendants().where(as(canonical) = '#').exists() or descendants().where(as(canonical) = '#').exists()).not()).trace('unmatched', id).empty()"},
	{"adf-0", benchPatient, "contact", "name.text.matches('[A-Z]([A-Za-z0-9_]){0,254}').not()"},
}

func typicalCase(t testing.TB, resource, focus, text string) (*Expression, *Env, Value) {
	t.Helper()
	tree, err := fhir.Parse([]byte(resource))
	if err != nil {
		t.Fatal(err)
	}
	v := Of(tree.Root())
	if focus != "" {
		v = first(t, focus, v)
	}
	e, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return e, &Env{Resource: tree.Root()}, v
}

func first(t testing.TB, text string, v Value) Value {
	t.Helper()
	e, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	c, err := e.Evaluate(nil, v)
	if err != nil || len(c) == 0 {
		t.Fatalf("%s: %d items, %v", text, len(c), err)
	}
	return c[0]
}

func BenchmarkHolds(b *testing.B) {
	for _, c := range typical {
		b.Run(c.name, func(b *testing.B) {
			e, env, v := typicalCase(b, c.resource, c.focus, c.text)
			b.ReportAllocs()
			for b.Loop() {
				if ok, err := e.Holds(env, v); !ok || err != nil {
					b.Fatal(ok, err)
				}
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(typical[1].text); err != nil {
			b.Fatal(err)
		}
	}
}

// TestTypicalInvariantsDoNotAllocate counts what evaluation takes from the heap.
func TestTypicalInvariantsDoNotAllocate(t *testing.T) {
	for _, c := range typical {
		e, env, v := typicalCase(t, c.resource, c.focus, c.text)
		allocated := testing.AllocsPerRun(100, func() {
			if ok, err := e.Holds(env, v); !ok || err != nil {
				t.Errorf("%s: %v, %v", c.name, ok, err)
			}
		})
		most := 0.0
		if race {
			most = 20 // the detector lets the pool lose machines
		}
		if strings.Contains(c.text, "'#'+id") {
			most = 1 // the new text
		}
		if allocated > most {
			t.Errorf("%s allocates %v times", c.name, allocated)
		}
	}
}
