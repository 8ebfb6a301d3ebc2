package fhir

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"yitong/internal/fhir/schema"
)

func isHidden(to Ref) bool { return strings.HasPrefix(to.ID, "h") }

func TestUntold(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"nothing":            {`{"resourceType":"Encounter", "text":{"div":"x"},"subject":{"reference":"Patient/v","display":"d"} }`, ``},
		"no display":         {`{"resourceType":"Encounter","text":{"div":"x"},"subject":{"reference":"Patient/h"}}`, ``},
		"of a code":          {`{"resourceType":"Encounter","text":{"div":"x"},"class":{"code":"h","display":"d"},"subject":{"reference":"Patient/h"}}`, ``},
		"of no address":      {`{"resourceType":"Encounter","text":{"div":"x"},"subject":{"type":"Patient","display":"d"}}`, ``},
		"elsewhere":          {`{"resourceType":"Encounter","text":{"div":"x"},"subject":{"reference":"http://x/Patient/h","display":"d"}}`, ``},
		"first":              {`{"resourceType":"Encounter","subject":{ "display" : "d" , "reference":"Patient/h"}, "id":"1"}`, `{"resourceType":"Encounter","subject":{ "reference":"Patient/h"}, "id":"1"}`},
		"last":               {`{"resourceType":"Encounter","subject":{"reference":"Patient/h", "display":"d" }}`, `{"resourceType":"Encounter","subject":{"reference":"Patient/h" }}`},
		"a version":          {`{"resourceType":"Encounter","subject":{"reference":"Patient/h/_history/2","display":"d"}}`, `{"resourceType":"Encounter","subject":{"reference":"Patient/h/_history/2"}}`},
		"beside":             {`{"resourceType":"Encounter","subject":{"_display":{"id":"d"},"reference":"Patient/h","identifier":{"value":"i"},"display":"d"}}`, `{"resourceType":"Encounter","subject":{"reference":"Patient/h","identifier":{"value":"i"}}}`},
		"beside alone":       {`{"resourceType":"Encounter","subject":{"reference":"Patient/h","_display":{"id":"d"}}}`, `{"resourceType":"Encounter","subject":{"reference":"Patient/h"}}`},
		"one of two":         {`{"resourceType":"List","entry":[{"item":{"reference":"Basic/h","display":"d"}},{"item":{"reference":"Basic/v","display":"d"}}]}`, `{"resourceType":"List","entry":[{"item":{"reference":"Basic/h"}},{"item":{"reference":"Basic/v","display":"d"}}]}`},
		"a narrative":        {`{"resourceType":"Encounter","text":{"status":"generated","div":"x"},"subject":{"reference":"Patient/h","display":"d"},"reasonCode":[{"text":"stays"}]}`, `{"resourceType":"Encounter","subject":{"reference":"Patient/h"},"reasonCode":[{"text":"stays"}]}`},
		"inside a narrative": {`{"resourceType":"Encounter","text":{"div":"x","extension":[{"url":"u","valueReference":{"reference":"Patient/h","display":"d"}}]},"subject":{"reference":"Patient/h","display":"d"}}`, `{"resourceType":"Encounter","subject":{"reference":"Patient/h"}}`},
		"in what it contains": {`{"resourceType":"Encounter","text":{"div":"x"},"contained":[{"resourceType":"Observation","text":{"div":"y"},"subject":{"reference":"Patient/h","display":"d"}},{"resourceType":"Observation","text":{"div":"z"}}]}`,
			`{"resourceType":"Encounter","contained":[{"resourceType":"Observation","subject":{"reference":"Patient/h"}},{"resourceType":"Observation","text":{"div":"z"}}]}`},
		"in an extension": {`{"resourceType":"Encounter","_status":{"extension":[{"url":"u","valueReference":{"reference":"Basic/h","display":"d"}}]}}`, `{"resourceType":"Encounter","_status":{"extension":[{"url":"u","valueReference":{"reference":"Basic/h"}}]}}`},
		"of an assigner":  {`{"resourceType":"Encounter","subject":{"reference":"Patient/h","identifier":{"assigner":{"reference":"Organization/h","display":"d"}},"display":"d"}}`, `{"resourceType":"Encounter","subject":{"reference":"Patient/h","identifier":{"assigner":{"reference":"Organization/h"}}}}`},
	} {
		if c.want == "" {
			c.want = c.text
		}
		got, err := Untold([]byte(c.text), isHidden)
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %s, %v", name, got, err)
		}
		if again, err := Untold(got, isHidden); err != nil || string(again) != string(got) {
			t.Errorf("%s again: %s, %v", name, again, err)
		}
	}
}

func TestTold(t *testing.T) {
	t.Parallel()
	old := `{"resourceType":"List","subject":{"reference":"Patient/h","display":"d\"1"},"entry":[{"item":{"reference":"Basic/h","display":"d2"}},{"item":{"reference":"Basic/h","display":"d3"}},{"item":{"reference":"Basic/v","display":"d4"}}]}`
	for text, want := range map[string]string{
		`{"resourceType":"List","subject":{"reference":"Patient/h"}}`:                                `{"resourceType":"List","subject":{"reference":"Patient/h","display":"d\"1"}}`,
		`{"resourceType":"List","subject":{"reference":"Patient/h","display":"mine"}}`:               ``,
		`{"resourceType":"List","subject":{"reference":"Patient/h2"}}`:                               ``,
		`{"resourceType":"List","entry":[{"item":{"reference":"Basic/v"}}]}`:                         ``,
		`{"resourceType":"List","entry":[{"item":{"reference":"Basic/h"}},{"flag":{"text":"new"}}]}`: `{"resourceType":"List","entry":[{"item":{"reference":"Basic/h","display":"d2"}},{"flag":{"text":"new"}}]}`,
	} {
		if want == "" {
			want = text
		}
		r, err := ParseResource([]byte(old))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Told([]byte(text), r, isHidden); err != nil || string(got) != want {
			t.Errorf("%s: %s, %v", text, got, err)
		}
	}
}

// TestUntoldProperties: no display of what is hidden stays, all others do, and what was left out can be put back.
func TestUntoldProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var entries []string
		for i := range rapid.IntRange(0, 5).Draw(t, "entries") {
			members := []string{fmt.Sprintf(`"reference" :"Basic/%s%d"`, rapid.SampledFrom([]string{"h", "v"}).Draw(t, "who"), rapid.IntRange(0, 2).Draw(t, "id")), `"display": "` + rapid.SampledFrom([]string{"a", `\"{`, "}]", "中"}).Draw(t, "display") + `"`}
			if rapid.Bool().Draw(t, "more") {
				members = append(members, fmt.Sprintf(`"identifier":{"value":"%d"}`, i))
			}
			entries = append(entries, `{"item": {`+strings.Join(rapid.Permutation(members).Draw(t, "order"), " ,")+`}}`)
		}
		text := `{"resourceType":"List","entry":[` + strings.Join(entries, ",") + `]}`
		hidden, shown := displaysIn(t, text)
		less, err := Untold([]byte(text), isHidden)
		if err != nil {
			t.Fatal(err)
		}
		left, still := displaysIn(t, string(less))
		if len(left) > 0 || !slices.Equal(shown, still) {
			t.Fatalf("%s is shown as %s", text, less)
		}
		r, err := ParseResource([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		back, err := Told(less, r, isHidden)
		if err != nil {
			t.Fatal(err)
		}
		if again, still := displaysIn(t, string(back)); len(again) != len(hidden) || !slices.Equal(shown, still) {
			t.Fatalf("%s comes back as %s", text, back)
		}
	})
}

// TestSaysOf: what a quick look says is not there is not there; what it says is there mostly is.
func TestSaysOf(t *testing.T) {
	t.Parallel()
	basic, _ := schema.TypeOf("Basic")
	of := func(t schema.Type) bool { return t == basic }
	for text, want := range map[string]bool{
		`{"resourceType":"List"}`: false, `{"resourceType":"List","subject":{"reference":"Basic/1","display":"d"}}`: true,
		`{"resourceType":"List","subject":{"display" : "d","reference" : "Basic/1"}}`: true, `{"resourceType":"List","subject":{"reference":"Patient/1","display":"d"}}`: false,
		`{"resourceType":"List","subject":{"reference":"Basic/1"},"code":{"coding":[{"code":"x","display":"d"}]}}`:                    false,
		`{"resourceType":"List","subject":{"display":"reference","identifier":{"assigner":{"reference":"Basic/1"}}}}`:                 false,
		`{"resourceType":"List","subject":{"display":"d","identifier":{"assigner":{"reference":"Patient/1"}},"reference":"Basic/1"}}`: true,
		`{"resourceType":"List","subject":{"_display":{"id":"\"}"},"reference":"Basic/1"}}`:                                           true, `{"resourceType":"List","subject":{"reference":"\u0042asic/1","display":"d"}}`: true,
		`{"resourceType":"List","subject":{"reference":"#a","display":"d"}}`: false, `{"resourceType":"List","subject":{"reference":"Basic/1","identifier":{"value":"} \" display\""}}}`: false,
		`{"resourceType":"List","subject":{"reference":7,"display":"Basic/1"}}`: false, `{"resourceType":"List","title":"display","note":[{"text":"reference"}]}`: false,
	} {
		if got := SaysOf([]byte(text), of); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := `{"resourceType":"List","x":` + drawReference(t, 3) + "}"
		r, err := ParseResource([]byte(text))
		if err != nil {
			t.Skip()
		}
		is := false
		r.Displays(func(to Ref, _ Node) { is = is || of(to.Type) })
		if got := SaysOf([]byte(text), of); got != is && (is || !strings.Contains(text, `\`)) {
			t.Fatalf("%v of %s", got, text)
		}
	})
}

// drawReference draws an object that may look like a reference, and have others in it.
func drawReference(t *rapid.T, depth int) string {
	var members []string
	for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"reference", "display", "_display", "identifier", "item"}), 0, 4, rapid.ID).Draw(t, "names") {
		value := rapid.SampledFrom([]string{`"Basic/1"`, `"Patient/1"`, `"display"`, `"} \\\" "`, `"\\"`, "7", "[]", `["reference"]`, `"a/b"`}).Draw(t, "value")
		if depth > 0 && rapid.IntRange(0, 2).Draw(t, "nested") == 0 {
			value = drawReference(t, depth-1)
		}
		if rapid.IntRange(0, 3).Draw(t, "list") == 0 && value[0] == '{' {
			value = "[" + value + " ,null]"
		}
		members = append(members, `"`+name+`"`+rapid.SampledFrom([]string{":", " : ", "\n:"}).Draw(t, "colon")+value)
	}
	return "{" + strings.Join(members, " ,") + "}"
}

// displaysIn are the displays of what is hidden, and of what is not.
func displaysIn(t *rapid.T, text string) (hidden, shown []string) {
	r, err := ParseResource([]byte(text))
	if err != nil {
		t.Fatal(err, text)
	}
	r.Displays(func(to Ref, n Node) {
		if isHidden(to) {
			hidden = append(hidden, to.ID+n.Get("display").Str())
		} else {
			shown = append(shown, to.ID+n.Get("display").Str())
		}
	})
	return hidden, shown
}

// BenchmarkSaysOf is what it costs to see that nothing is to be left out of a common resource.
func BenchmarkSaysOf(b *testing.B) {
	text := []byte(`{"resourceType":"Observation","id":"o","meta":{"profile":["http://x"],"extension":[{"url":"urn:yitong:custodian","valueReference":{"reference":"Organization/a"}}]},"status":"final",` +
		`"category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs","display":"Vital Signs"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"8867-4","display":"Heart rate"}],"text":"Heart rate"},` +
		`"subject":{"reference":"Patient/p","display":"王小明"},"encounter":{"reference":"Encounter/e"},"performer":[{"reference":"Practitioner/w","display":"王医生"}],"effectiveDateTime":"2026-01-01","valueQuantity":{"value":80,"unit":"/min"}}`)
	basic, _ := schema.TypeOf("Encounter")
	of := func(t schema.Type) bool { return t == basic }
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if SaysOf(text, of) {
			b.Fatal("it says something")
		}
	}
}
