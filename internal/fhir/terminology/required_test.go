package terminology

import (
	_ "embed"
	"strings"
	"testing"
)

//go:embed testdata/required.txt
var requiredBindings string

// undecided are required bindings of which no answer can be certain, and why.
var undecided = map[string]string{
	"http://loinc.org/vs/LL379-9|4.0.1": "an answer list of LOINC, which R4's package does not hold",
}

// byRule are good codes of value sets that cannot be listed.
var byRule = map[string]string{
	"http://hl7.org/fhir/ValueSet/mimetypes|4.0.1":     "application/fhir+json",
	"http://hl7.org/fhir/ValueSet/all-languages|4.0.1": "zh-Hans-CN",
	"http://hl7.org/fhir/ValueSet/ucum-units|4.0.1":    "mmol/L",
}

// Every required binding of R4 is decided, for a code of the set and for one that is none.
func TestRequiredBindingsAreDecided(t *testing.T) {
	t.Parallel()
	const bad = "no such code"
	for line := range strings.Lines(requiredBindings) {
		path, canonical, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		s, ok := R4().ValueSet(canonical)
		if why := undecided[canonical]; why != "" {
			if ok {
				t.Errorf("%s is here after all: %s", canonical, why)
			}
			continue
		}
		if !ok {
			t.Errorf("%s: %s is not here", path, canonical)
			continue
		}
		good := Coding{Code: byRule[canonical]}
		if good.Code == "" {
			if codes, _ := s.Codes(1); len(codes) == 1 {
				good = codes[0]
			}
		}
		for _, system := range []string{good.System, ""} {
			if a := s.Has(system, good.Code); a != In {
				t.Errorf("%s: %s|%s is %s %s, want in", path, system, good.Code, a, canonical)
			}
			if a := s.Has(system, bad); a != Out {
				t.Errorf("%s: %s|%s is %s %s, want out", path, system, bad, a, canonical)
			}
		}
	}
}
