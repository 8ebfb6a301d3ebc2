package search_test

import (
	"strings"
	"testing"

	"yitong/internal/fhir"
)

// Definitions of an earlier version, which know nothing of custodians, go on to be kept up while the new ones are built.
func TestOlderDefinitions(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Observation", "Binary", "Patient"} {
		of := typeOf(name)
		var lines []string
		for line := range strings.SplitSeq(table.Block(of), "\n") {
			if !strings.HasPrefix(line, "-") {
				lines = append(lines, line)
			}
		}
		older, err := table.With(of, strings.Join(lines, "\n"))
		if err != nil {
			t.Fatal(err)
		}
		if older.Lookup(of, "-custodian") != nil {
			t.Fatal("the older definitions know custodians")
		}
		r, err := fhir.ParseResource([]byte(`{"resourceType":"` + name + `","id":"x","meta":{"extension":[{"url":"urn:yitong:custodian","valueReference":{"reference":"Organization/a"}}]},
			"code":{"coding":[{"code":"c"}]},"subject":{"reference":"Patient/p"},"securityContext":{"reference":"Patient/p"}}`))
		if err != nil {
			t.Fatal(err)
		}
		if terms := older.Terms(r); len(terms.Entries) == 0 {
			t.Errorf("%s is found by nothing", name)
		}
		if _, is := older.About(of, fhir.Ref{Type: typeOf("Patient"), ID: "p"}); is != (name != "Binary") {
			t.Errorf("%s is about a resident: %v", name, is)
		}
	}
}
