package rest_test

import (
	"strings"
	"testing"
)

// TestHostileSubscriptions: nobody follows what is hidden by a Subscription, in any role, whatever its criteria name: it is refused, and
// alike whether what it names is there or not.
func TestHostileSubscriptions(t *testing.T) {
	t.Parallel()
	w := newTwins(t, databases["sqlite"])
	for who := range outsiders {
		for _, criteria := range []string{"Observation?", "Observation?patient=Patient/pa", "Patient?_id=pa", "Observation?code=8867-4"} {
			a := asked{method: "POST", address: "/Subscription", headers: []string{"Content-Type", "application/fhir+json"},
				body: `{"resourceType":"Subscription","status":"requested","reason":"x","criteria":"` + criteria + `","channel":{"type":"rest-hook","endpoint":"http://localhost/x"}}`}
			w.same(who, a)
			if told, _ := toldBy(w.with, who, a); !strings.HasPrefix(told, "403") {
				t.Errorf("%s may %s: %.100s", who, a, told)
			}
		}
		w.same(who, asked{method: "GET", address: "/Subscription"})
	}
}
