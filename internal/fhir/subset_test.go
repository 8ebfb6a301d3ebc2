package fhir

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"yitong/internal/fault"
)

func TestSubset(t *testing.T) {
	t.Parallel()
	const sub = `{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED"}`
	const patient = `{ "resourceType":"Patient", "id":"a", "meta":{"versionId":"1"}, "text":{"status":"generated","div":"<div/>"},
 "name":[{"family":"Li","period":{"start":"2000"}}], "contact":[{"gender":"male"}], "birthDate":"1990", "_birthDate":{"id":"b"}, "deceasedBoolean":false, "unknown":1 }`
	for _, c := range []struct {
		name, summary, elements, text, want string
	}{
		{"whole", "", "", patient, patient},
		{"false", "false", "", patient, patient},
		{"summary", "true", "", patient, `{ "resourceType":"Patient", "id":"a", "meta":{"versionId":"1","tag":[` + sub + `]}, "name":[{"family":"Li","period":{"start":"2000"}}], "birthDate":"1990", "_birthDate":{"id":"b"}, "deceasedBoolean":false }`},
		{"text", "text", "", patient, `{ "resourceType":"Patient", "id":"a", "meta":{"versionId":"1","tag":[` + sub + `]}, "text":{"status":"generated","div":"<div/>"},
 "deceasedBoolean":false }`},
		{"elements", "", "birthDate,contact", patient, `{ "resourceType":"Patient", "id":"a", "meta":{"versionId":"1","tag":[` + sub + `]}, "contact":[{"gender":"male"}], "birthDate":"1990", "_birthDate":{"id":"b"}, "deceasedBoolean":false }`},
		{"empty meta and tag", "", "gender", `{"resourceType":"Patient","id":"a","meta":{ "tag":[ ]}}`, `{"resourceType":"Patient","id":"a","meta":{ "tag":[` + sub + ` ]}}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var elements []string
			if c.elements != "" {
				elements = strings.Split(c.elements, ",")
			}
			s, err := NewSubset(c.summary, elements)
			if err != nil {
				t.Fatal(err)
			}
			got, err := s.Of([]byte(c.text))
			if err != nil || string(got) != c.want {
				t.Errorf("got  %s, %v\nwant %s", got, err, c.want)
			}
		})
	}
	for _, c := range []struct {
		summary  string
		elements []string
		want     fault.Code
	}{{"count", nil, fault.NotSupported}, {"all", nil, fault.Malformed}, {"true", []string{"name"}, fault.Malformed}, {"false", []string{"name"}, ""}} {
		if _, err := NewSubset(c.summary, c.elements); fault.CodeOf(err) != c.want {
			t.Errorf("%v: %v", c, err)
		}
	}
}

// TestSubsetIsAPart: whatever is asked for, what comes is a resource of the same id and version whose members stand in
// the whole as well, with the same bytes where the subset does not reach into them.
func TestSubsetIsAPart(t *testing.T) {
	t.Parallel()
	asked := []string{"code", "author", "identifier", "subject", "created", "extension", "text", "contained"}
	rapid.Check(t, func(t *rapid.T) {
		r, err := ParseResource([]byte(drawResource(t)))
		if err != nil {
			t.Fatal(err)
		}
		whole := r.Body("a", nil).Render(3, testInstant)
		summary := rapid.SampledFrom([]string{"", "true", "text", "data"}).Draw(t, "_summary")
		var elements []string
		if summary == "" {
			elements = rapid.SliceOfNDistinct(rapid.SampledFrom(asked), 1, 3, rapid.ID).Draw(t, "_elements")
		}
		s, err := NewSubset(summary, elements)
		if err != nil {
			t.Fatal(err)
		}
		text, err := s.Of(whole)
		if err != nil {
			t.Fatal(err)
		}
		part, err := ParseResource(text)
		if err != nil || part.ID != "a" || part.Root.Get("meta").Get("versionId").Str() != "3" {
			t.Fatalf("%s of %s: %v", text, whole, err)
		}
		tags := part.Root.Get("meta").Get("tag")
		if last := tags.Item(tags.Len() - 1).Get("code").Str(); last != "SUBSETTED" {
			t.Fatalf("%s is not tagged", text)
		}
		for c := part.Root.First(); c.Exists(); c = c.Next() {
			name := string(c.Name())
			if old, err := ParseResource(whole); name != "meta" && (err != nil || string(old.Root.Get(name).Raw()) != string(c.Raw())) {
				t.Fatalf("%s of %s: %s is another", text, whole, name)
			}
		}
	})
}
