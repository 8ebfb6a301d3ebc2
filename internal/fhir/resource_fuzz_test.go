package fhir

import (
	"encoding/json"
	"testing"
	"time"
)

// FuzzResource takes whatever is read as a resource through all that is done with one: nothing may panic, what is kept
// must be JSON, and so must what is made of it by reading it again and by taking parts of it.
func FuzzResource(f *testing.F) {
	for _, s := range []string{
		`{"resourceType":"Patient","_birthDate":[["x"]]}`,
		`{"resourceType":"Patient","id":"a","meta":{"versionId":"1", "_lastUpdated":null},"name":[{"_given":[null,{"extension":[]}]}]}`,
		`{"meta":{"tag":{}},"resourceType":"Observation","performer":[{"reference":"Practitioner/1"}],"contained":[{"resourceType":"Patient"}]}`,
		`{"resourceType":"Basic","text":{"div":"<a href=\"urn:uuid:1\"/>"},"extension":{"valueReference":[{"reference":3}]}}`,
		`{"resourceType":"Bundle","identifier":[{}],"entry":[{"resource":[]}]}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := ParseResource(text)
		if err != nil {
			return
		}
		var edits Edits
		r.Links(func(l Link) {
			if l.Kind == LinkNarrative {
				edits = append(edits, NarrativeLinks(l.Node, func(string) (string, bool) { return "new", true })...)
				return
			}
			start, end := l.Node.Span()
			edits = append(edits, Edit{start, end, Quote("Patient/new")})
		})
		body := r.Body("a", edits)
		shown := body.Render(3, time.Unix(0, 0))
		if !json.Valid(shown) {
			t.Fatalf("%s is shown as %s", text, shown)
		}
		again, err := ParseResource(shown)
		if err != nil {
			t.Fatalf("%v in %s", err, shown)
		}
		if second := again.Body("a", nil).Render(3, time.Unix(0, 0)); !json.Valid(second) {
			t.Fatalf("%s is shown as %s the second time", text, second)
		}
		for _, summary := range []string{"true", "text", "data"} {
			s, err := NewSubset(summary, nil)
			if err != nil {
				t.Fatal(err)
			}
			part, err := s.Of(shown)
			if _, e := ParseResource(part); err != nil || e != nil {
				t.Fatalf("_summary=%s of %s is %s: %v %v", summary, shown, part, err, e)
			}
		}
	})
}
