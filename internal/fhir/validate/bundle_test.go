package validate

import (
	"testing"
)

// A resource may be validated where it stands within a bundle, and says so in its places.
func TestResourceWithinABundle(t *testing.T) {
	t.Parallel()
	n := parse(t, validResource(t, "@found")).Get("entry").Item(0).Get("resource")
	if issues := r4().Resource(n, Options{}); errorsOf(issues) != nil {
		t.Error(told(issues))
	}
	torn := parse(t, `{"resourceType":"Bundle","type":"collection","entry":[{"resource":`+validResource(t, "Patient")+`},
		{"resource":{"resourceType":"Patient","gender":"x"}}]}`)
	issues := r4().Resource(torn.Get("entry").Item(1).Get("resource"), Options{})
	if !has(issues, Error, "binding", "Bundle.entry[1].resource.gender") || len(errorsOf(issues)) != 1 {
		t.Error(told(issues))
	}
}
