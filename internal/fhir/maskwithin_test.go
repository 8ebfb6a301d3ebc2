package fhir

import (
	"strings"
	"testing"

	"yitong/internal/fhir/schema"
)

const (
	cutReference = `{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"masked"}]}`
	redactedMeta = `,"meta":{"security":[` + labelR + `]}`
)

// veiled sees no Condition, of what is contained, and of Patients not the name.
func veiled(text string) ([]byte, error) {
	patient, _ := schema.TypeOf("Patient")
	condition, _ := schema.TypeOf("Condition")
	hide, err := NewMask(patient, []string{"name"}, nil)
	if err != nil {
		return nil, err
	}
	return Veil{Within: func(r Resource) (m Mask, seen bool) {
		if r.Type == patient {
			m = hide
		}
		return m, r.Type != condition
	}}.Of([]byte(text))
}

func TestVeil(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"nothing":                 {`{"resourceType":"Basic", "id":"1" }`, ``},
		"seen":                    {`{"resourceType":"Basic","text":{"div":"x"},"contained":[{"resourceType":"Basic","id":"c"}],"subject":{"reference":"#c"}}`, ``},
		"hidden alone":            {`{"resourceType":"Basic","contained":[{"resourceType":"Condition","id":"c"}],"subject":{"reference":"#c","display":"d"}}`, `{"resourceType":"Basic","subject":` + cutReference + redactedMeta + `}`},
		"the first":               {`{"resourceType":"Basic","contained":[{"resourceType":"Condition","id":"c"}, {"resourceType":"Basic","id":"b"}],"subject":{"reference":"#b"},"author":{"reference":"#c"}}`, `{"resourceType":"Basic","contained":[{"resourceType":"Basic","id":"b"}],"subject":{"reference":"#b"},"author":` + cutReference + redactedMeta + `}`},
		"before it":               {`{"resourceType":"Basic","subject":{"reference":"#c"},"contained":[{"resourceType":"Condition","id":"c"}]}`, `{"resourceType":"Basic","subject":` + cutReference + redactedMeta + `}`},
		"a narrative":             {`{"resourceType":"Basic","text":{"status":"generated","div":"x"},"contained":[{"resourceType":"Condition"}]}`, `{"resourceType":"Basic"` + redactedMeta + `}`},
		"the resource itself":     {`{"resourceType":"Basic","contained":[{"resourceType":"Condition"}],"subject":{"reference":"#"}}`, `{"resourceType":"Basic","subject":{"reference":"#"}` + redactedMeta + `}`},
		"in another contained":    {`{"resourceType":"Basic","contained":[{"resourceType":"Basic","id":"b","subject":{"reference":"#c"}},{"resourceType":"Condition","id":"c"}]}`, `{"resourceType":"Basic","contained":[{"resourceType":"Basic","id":"b","subject":` + cutReference + `}]` + redactedMeta + `}`},
		"in a list":               {`{"resourceType":"Encounter","account":[{"reference":"#c"},{"reference":"Account/1"}],"contained":[{"resourceType":"Condition","id":"c"}]}`, `{"resourceType":"Encounter","account":[` + cutReference + `,{"reference":"Account/1"}]` + redactedMeta + `}`},
		"in an extension":         {`{"resourceType":"Basic","extension":[{"url":"u","valueReference":{"reference":"#c"}}],"contained":[{"resourceType":"Condition","id":"c"}]}`, `{"resourceType":"Basic","extension":[{"url":"u","valueReference":` + cutReference + `}]` + redactedMeta + `}`},
		"a canonical":             {`{"resourceType":"ServiceRequest","instantiatesCanonical":["#c"],"contained":[{"resourceType":"Condition","id":"c"}]}`, `{"resourceType":"ServiceRequest"` + redactedMeta + `}`},
		"another canonical":       {`{"resourceType":"ServiceRequest","instantiatesCanonical":["#b"],"contained":[{"resourceType":"Condition","id":"c"},{"resourceType":"Basic","id":"b"}]}`, `{"resourceType":"ServiceRequest","instantiatesCanonical":["#b"],"contained":[{"resourceType":"Basic","id":"b"}]` + redactedMeta + `}`},
		"no list":                 {`{"resourceType":"Basic","contained":{"resourceType":"Condition","id":"c"}}`, `{"resourceType":"Basic"` + redactedMeta + `}`},
		"of no type":              {`{"resourceType":"Basic","contained":[{"id":"c"},7]}`, `{"resourceType":"Basic"` + redactedMeta + `}`},
		"of a wrong id":           {`{"resourceType":"Basic","contained":[{"resourceType":"Basic","id":"#c"}]}`, `{"resourceType":"Basic"` + redactedMeta + `}`},
		"deeper than there is":    {`{"resourceType":"Basic","contained":[{"resourceType":"Basic","id":"b","contained":[{"resourceType":"Condition","id":"c"}],"subject":{"reference":"#c"}}]}`, `{"resourceType":"Basic","contained":[{"resourceType":"Basic","id":"b","subject":` + cutReference + `}]` + redactedMeta + `}`},
		"masked":                  {`{"resourceType":"Basic","contained":[{"resourceType":"Patient","id":"p","name":[{"text":"n"}],"gender":"male"}],"subject":{"reference":"#p","display":"n"}}`, `{"resourceType":"Basic","contained":[{"resourceType":"Patient","id":"p","gender":"male"}],"subject":{"reference":"#p","display":"n"}` + redactedMeta + `}`},
		"an entry":                {`{"resourceType":"Bundle","entry":[{"fullUrl":"u","resource":{"resourceType":"Condition"}},{"fullUrl":"v","resource":{"resourceType":"Basic"}},{"request":{"url":"x"}}]}`, `{"resourceType":"Bundle","entry":[{"fullUrl":"v","resource":{"resourceType":"Basic"}},{"request":{"url":"x"}}]` + redactedMeta + `}`},
		"all entries":             {`{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Condition"}}]}`, `{"resourceType":"Bundle"` + redactedMeta + `}`},
		"an entry's own":          {`{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Basic","subject":{"reference":"#c"},"contained":[{"resourceType":"Condition","id":"c"}]}},{"resource":{"resourceType":"Basic","subject":{"reference":"#c"}}}]}`, `{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Basic","subject":` + cutReference + redactedMeta + `}},{"resource":{"resourceType":"Basic","subject":{"reference":"#c"}}}]` + redactedMeta + `}`},
		"a parameter":             {`{"resourceType":"Parameters","parameter":[{"name":"a","resource":{"resourceType":"Condition"}},{"name":"b","part":[{"name":"c","resource":{"resourceType":"Condition"}}]}]}`, `{"resourceType":"Parameters","parameter":[{"name":"a"},{"name":"b","part":[{"name":"c"}]}]` + redactedMeta + `}`},
		"a Bundle in a parameter": {`{"resourceType":"Parameters","parameter":[{"name":"a","resource":{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Condition"}}]}}]}`, `{"resourceType":"Parameters","parameter":[{"name":"a","resource":{"resourceType":"Bundle"` + redactedMeta + `}}]` + redactedMeta + `}`},
	} {
		if c.want == "" {
			c.want = c.text
		}
		got, err := veiled(c.text)
		if err != nil || string(got) != c.want {
			t.Errorf("%s:\n%s\nwant\n%s\n%v", name, got, c.want, err)
			continue
		}
		if again, err := veiled(string(got)); err != nil || string(again) != string(got) {
			t.Errorf("%s again: %s, %v", name, again, err)
		}
	}
}

// TestVeilWithMasks: the veil hides what is in a resource, and masks what they do, at once.
func TestVeilWithMasks(t *testing.T) {
	t.Parallel()
	masks := masksOf(t, "Observation -note;Patient -telecom +name")
	text := `{"resourceType":"Observation","id":"o","note":[{"text":"n"}],"contained":[{"resourceType":"Condition","id":"c"},{"resourceType":"Patient","id":"p","telecom":[{"value":"1"}]}],"focus":[{"reference":"#c"}],"subject":{"reference":"#p","display":"王小明"}}`
	got, err := Veil{Masks: masks, Within: func(r Resource) (Mask, bool) { return masks[r.Type], r.Type.String() == "Patient" }}.Of([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{`"n"`, "telecom", "#c", "Condition", "小明"} {
		if strings.Contains(string(got), secret) {
			t.Errorf("%s stands in %s", secret, got)
		}
	}
	if !strings.Contains(string(got), `"#p"`) || !strings.Contains(string(got), labelMR) {
		t.Errorf("it is %s", got)
	}
}
