package correction

import (
	"testing"

	"yitong/internal/fhir/schema"
)

// TestHasElement: elements are named as FHIRPath does.
func TestHasElement(t *testing.T) {
	t.Parallel()
	for name, paths := range map[string]map[string]bool{
		"Observation": {
			"Observation.value": true, "Observation.value.value": true, "Observation.valueQuantity": false, "Observation.code.coding[0].display": true,
			"Observation": false, "Observation.": false, ".value": false, "value": false, "Observation.code[0]": false, "Observation.note[x]": false,
			"Observation.note[]": false, "Observation.note[0": false, "Observation.referenceRange.low.value": true, "Patient.name": false,
		},
		"Patient": {"Patient.name[0].given": true, "Patient.name.given[1]": true, "Patient.birthDate": true, "Patient.deceased": true, "Patient.birthDate.x": false},
	} {
		of, _ := schema.TypeOf(name)
		for path, want := range paths {
			if got := hasElement(of, path); got != want {
				t.Errorf("%s: %t", path, got)
			}
		}
	}
}

// FuzzHasElement: whatever is written there, it is told.
func FuzzHasElement(f *testing.F) {
	f.Add("Observation.value")
	f.Add("Observation.contained[0].value..")
	of, _ := schema.TypeOf("Observation")
	f.Fuzz(func(_ *testing.T, path string) { hasElement(of, path) })
}
