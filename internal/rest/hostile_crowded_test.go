package rest_test

import "testing"

// TestHostileCrowds: what is hidden by a label does not stop a count, as what others keep does not.
func TestHostileCrowds(t *testing.T) {
	t.Parallel()
	c := crowd{row: `{"resourceType":"Observation","id":"h%[1]d","meta":{` + keptBy("b") + `,"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"PSY"}]},"status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},` +
		`"subject":{"reference":"Patient/pb"},"performer":[{"reference":"Practitioner/b"}]}`}
	w := c.twins(t)
	for _, who := range []string{"doctor", "proxy"} {
		for _, query := range []string{
			"Observation?_summary=count", "Observation?_total=accurate&_count=1", "Observation?code=8867-4&_summary=count", "Observation?patient=Patient/pb&_summary=count", "Patient/pb/Observation?_summary=count",
			"Observation?subject:Patient.gender=male&_summary=count", "Patient?_has:Observation:subject:code=8867-4&_summary=count", "?_type=Observation,Patient&_total=accurate",
		} {
			w.same(who, asked{method: "GET", address: "/" + query})
		}
	}
}

// TestHostileCrowdsBehind: what is hidden does not stop a search that asks by _has of what everybody sees.
func TestHostileCrowdsBehind(t *testing.T) {
	t.Parallel()
	for name, query := range map[string]string{
		"kept by a": "Practitioner?_has:Observation:performer:code=8867-4&_summary=count", "people of a": "Practitioner?_has:Patient:general-practitioner:gender=male&_summary=count",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := crowds[name].twins(t)
			for _, who := range []string{"doctor", "guide", "resident", "insurer"} {
				w.same(who, asked{method: "GET", address: "/" + query})
			}
		})
	}
}
