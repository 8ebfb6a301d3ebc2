package fhir_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yitong/internal/fhir"
)

var (
	hiv    = fhir.Coding{System: "http://terminology.hl7.org/CodeSystem/v3-ActCode", Code: "HIV"}
	hidden = fhir.Coding{System: "urn:x", Code: "hidden"}
)

const rawHIV = `{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"HIV"}`

func TestMarked(t *testing.T) {
	t.Parallel()
	extension := `"extension":[{"url":"urn:c","valueReference":{"reference":"Organization/o"}}]`
	for name, c := range map[string]struct {
		meta string
		with fhir.Marking
		want string
	}{
		"nothing":             {`{}`, fhir.Marking{}, `{}`},
		"a label":             {`{}`, fhir.Marking{Label: []fhir.Coding{hiv}}, `{"security":[` + rawHIV + `]}`},
		"a label beside":      {`{"tag":[ 1 ]}`, fhir.Marking{Label: []fhir.Coding{hiv}}, `{"tag":[ 1 ],"security":[` + rawHIV + `]}`},
		"a label behind":      {`{ "security" : [ {"code":"A"} ] }`, fhir.Marking{Label: []fhir.Coding{hiv}}, `{ "security" : [{"code":"A"},` + rawHIV + `] }`},
		"a label again":       {`{"security":[` + rawHIV + ` ]}`, fhir.Marking{Label: []fhir.Coding{hiv}}, `{"security":[` + rawHIV + ` ]}`},
		"an odd label":        {`{"security":{"code":"A"}}`, fhir.Marking{Label: []fhir.Coding{hiv}}, `{"security":[{"code":"A"},` + rawHIV + `]}`},
		"a label goes":        {`{"security":[{"system":"urn:x","code":"hidden"},{"code":"A"}]}`, fhir.Marking{Unlabel: []fhir.Coding{hidden}}, `{"security":[{"code":"A"}]}`},
		"the last label goes": {`{"security":[{"system":"urn:x","code":"hidden"}],"tag":[]}`, fhir.Marking{Unlabel: []fhir.Coding{hidden}}, `{"tag":[]}`},
		"one goes, one comes": {`{"security":[{"system":"urn:x","code":"hidden"}]}`, fhir.Marking{Unlabel: []fhir.Coding{hidden}, Label: []fhir.Coding{hiv}}, `{"security":[` + rawHIV + `]}`},
		"an extension":        {`{}`, fhir.Marking{URL: "urn:c", To: "Organization/o"}, `{` + extension + `}`},
		"both":                {`{}`, fhir.Marking{URL: "urn:c", To: "Organization/o", Label: []fhir.Coding{hiv}}, `{"security":[` + rawHIV + `],` + extension + `}`},
		"another instead":     {`{"extension":[{"url":"urn:c","valueReference":{"reference":"Organization/p"}},{"url":"urn:d"}]}`, fhir.Marking{URL: "urn:c", To: "Organization/o"}, `{"extension":[{"url":"urn:d"},{"url":"urn:c","valueReference":{"reference":"Organization/o"}}]}`},
		"none instead":        {`{` + extension + `}`, fhir.Marking{URL: "urn:c"}, `{}`},
		"none of none":        {`{}`, fhir.Marking{URL: "urn:c"}, `{}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := fhir.ParseResource([]byte(`{"resourceType":"Basic","id":"b","meta":` + c.meta + `,"code":{"text":"x"}}`))
			if err != nil {
				t.Fatal(err)
			}
			b, err := r.Body("b", nil).Marked(c.with)
			if err != nil {
				t.Fatal(err)
			}
			if want := `{"resourceType":"Basic","id":"b","meta":` + c.want + `,"code":{"text":"x"}}`; string(b.Bytes) != want {
				t.Errorf("got  %s\nwant %s", b.Bytes, want)
			}
			if _, err := fhir.ParseResource(b.Render(3, time.Unix(0, 0))); err != nil {
				t.Errorf("it cannot be read with its version: %v", err)
			}
		})
	}
}

// What is marked reads as it was marked, and marking it again changes nothing.
func TestMarkedTwice(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		metas := []string{`{}`, `{"tag":[]}`, `{"security":null}`, `{"security":[]}`, `{"security":[` + rawHIV + `]}`, `{"extension":[{"url":"urn:c"}]}`, `{"extension":[],"security":[{}]}`}
		r, err := fhir.ParseResource([]byte(`{"resourceType":"Basic","meta":` + rapid.SampledFrom(metas).Draw(t, "meta") + `}`))
		if err != nil {
			t.Fatal(err)
		}
		m := fhir.Marking{Label: []fhir.Coding{hiv}, Unlabel: []fhir.Coding{hidden}, URL: "urn:c", To: rapid.StringMatching(`(Organization/[a-z]{1,3})?`).Draw(t, "to")}
		b, err := r.Body("b", nil).Marked(m)
		if err != nil {
			t.Fatal(err)
		}
		again, err := b.Marked(m)
		if err != nil || string(again.Bytes) != string(b.Bytes) || again.Splice != b.Splice {
			t.Fatalf("marked again: %s, was %s: %v", again.Bytes, b.Bytes, err)
		}
		got, err := fhir.ParseResource(b.Bytes)
		to, times := got.Extended("urn:c")
		if err != nil || !got.Labeled(hiv) || got.Labeled(hidden) || to != m.To || times > 1 || (times == 1) != (to != "") {
			t.Fatalf("%s: %v", b.Bytes, err)
		}
		if !strings.HasPrefix(string(b.Bytes[:b.Splice]), `{"resourceType":"Basic"`) || b.Bytes[b.Splice-1] != '{' {
			t.Fatalf("the splice is at %q", b.Bytes[:b.Splice])
		}
	})
}
