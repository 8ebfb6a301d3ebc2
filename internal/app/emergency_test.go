package app_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestPermitsAreNotForged: also on a server where everybody may do everything, what opens a record in an emergency is not made
// by hand.
func TestPermitsAreNotForged(t *testing.T) {
	t.Parallel()
	site, stop := serve(t, settings(t))
	defer func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	}()
	consent := `{"resourceType":"Consent","status":"active","scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},` +
		`"category":[{"coding":[{"system":"urn:yitong:permit","code":"emergency"}]}],"patient":{"display":"x"},"policyRule":{"text":"x"}}`
	for body, want := range map[string]int{consent: http.StatusForbidden, strings.Replace(consent, "urn:yitong:permit", "urn:x", 1): http.StatusCreated} {
		answer, err := http.Post(site+"/fhir/Consent", "application/fhir+json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("%s is answered %s", body, answer.Status)
		}
	}
}
