package draft_test

import (
	"testing"
	"time"

	"yitong/internal/fhir/draft"
)

// TestResource: what is empty is not written, and what is written is a resource.
func TestResource(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 7, 1, 8, 0, 0, 1000, time.FixedZone("", 8*3600))
	no := false
	r, err := draft.Resource(draft.Object{
		"resourceType": "Basic", "id": "x", "meta": draft.Meta{Tag: []draft.Coding{{System: "urn:s", Code: "c"}}},
		"extension": []draft.Extension{
			draft.Refers("urn:a", "Patient/x"), draft.Number("urn:b", 0), draft.Moment("urn:c", at), {URL: "urn:d", Boolean: &no},
		},
		"code": draft.Code("urn:s", "d"), "subject": draft.Named("Patient/x", "张三"),
	})
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"code":{"coding":[{"system":"urn:s","code":"d"}]},"extension":[{"url":"urn:a","valueReference":{"reference":"Patient/x"}},` +
		`{"url":"urn:b","valueInteger":0},{"url":"urn:c","valueInstant":"2026-07-01T08:00:00.000001+08:00"},{"url":"urn:d","valueBoolean":false}],` +
		`"id":"x","meta":{"tag":[{"system":"urn:s","code":"c"}]},"resourceType":"Basic","subject":{"reference":"Patient/x","display":"张三"}}`
	if got := string(r.Root.Raw()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if !r.Tagged("urn:s", "c") || r.Tagged("urn:s", "d") {
		t.Error("the tag")
	}
	if got := r.Root.Extension("urn:a").Get("valueReference").Get("reference").Str(); got != "Patient/x" || r.Root.Extension("urn:e").Exists() {
		t.Errorf("the extension: %s", got)
	}
	if _, err := draft.Resource(draft.Object{"id": "x"}); err == nil {
		t.Error("something without a type is a resource")
	}
	if _, err := draft.Resource(draft.Object{"resourceType": func() {}}); err == nil {
		t.Error("a function is written")
	}
}
