package fhir

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"yitong/internal/fhir/schema"
)

func TestParseReference(t *testing.T) {
	t.Parallel()
	patient, _ := schema.TypeOf("Patient")
	long := strings.Repeat("a", 64)
	for text, want := range map[string]Reference{
		"Patient/1":                      {Kind: ReferenceLocal, Ref: Ref{patient, "1"}},
		"Patient/" + long:                {Kind: ReferenceLocal, Ref: Ref{patient, long}},
		"Patient/" + long + "a":          {},
		"Patient/1/_history/2":           {Kind: ReferenceLocal, Ref: Ref{patient, "1"}, Version: 2},
		"Patient/1/_history/":            {},
		"Patient/1/_history/x":           {},
		"Patient/1/_history/02":          {},
		"Patient/1/x":                    {},
		"Patient/":                       {},
		"Patient":                        {},
		"patient/1":                      {},
		"Human/1":                        {},
		"Patient?identifier=1":           {Kind: ReferenceConditional, Type: patient, Query: "identifier=1"},
		"Patient?":                       {Kind: ReferenceConditional, Type: patient},
		"Human?identifier=1":             {},
		"Patient/1?x":                    {},
		"#a":                             {Kind: ReferenceContained},
		"#":                              {Kind: ReferenceContained},
		"":                               {},
		"urn:uuid:1":                     {},
		"http://example.org/Patient/1":   {},
		"/Patient/1":                     {},
		"Patient/1#x":                    {},
		"http://example.org/Patient?a=1": {},
	} {
		if got := ParseReference(text); got != want {
			t.Errorf("%q gives %+v, want %+v", text, got, want)
		}
	}
}

var idForm = regexp.MustCompile(`^[A-Za-z0-9\-.]{1,64}$`)

// FuzzParseReference puts references together again and holds ids against the specification's own expression.
func FuzzParseReference(f *testing.F) {
	for _, s := range []string{"Patient/1", "Patient/1/_history/2", "Patient?identifier=a|b", "#x", "", "urn:uuid:1", "http://x/Patient/1", "Patient//", "Patient/1/_history/9223372036854775808", "Observation/a_b", "?"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if ValidID(text) != idForm.MatchString(text) {
			t.Fatalf("ValidID(%q) is %v", text, ValidID(text))
		}
		switch r := ParseReference(text); r.Kind {
		case ReferenceLocal:
			again := r.Ref.String()
			if r.Version != 0 {
				again += fmt.Sprintf("/_history/%d", r.Version)
			}
			if again != text || !ValidID(r.Ref.ID) || r.Ref.Type == 0 {
				t.Fatalf("%q was read as %q", text, again)
			}
		case ReferenceConditional:
			if again := r.Type.String() + "?" + r.Query; again != text || r.Type == 0 {
				t.Fatalf("%q was read as %q", text, again)
			}
		case ReferenceContained:
			if text[0] != '#' {
				t.Fatalf("%q is not contained", text)
			}
		case ReferenceOther:
			name, rest, slash := strings.Cut(text, "/")
			if _, known := schema.TypeOf(name); known && slash && idForm.MatchString(rest) {
				t.Fatalf("%q was not read", text)
			}
		}
	})
}
