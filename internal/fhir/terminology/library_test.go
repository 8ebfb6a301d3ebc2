package terminology

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"yitong/internal/fault"
	"yitong/internal/fhir"
)

const colours = `CodeSystem "version":"2","content":"complete","caseSensitive":true,
	"property":[{"code":"off","uri":"http://hl7.org/fhir/concept-properties#inactive","type":"boolean"}],"concept":[
	{"code":"warm","property":[{"code":"notSelectable","valueBoolean":true}],"concept":[
		{"code":"red","display":"红","concept":[{"code":"scarlet"},
			{"code":"pink","property":[{"code":"hue","valueString":"soft"}]}]},
		{"code":"orange","property":[{"code":"off","valueBoolean":true}]}]},
	{"code":"cold","concept":[{"code":"blue","property":[{"code":"hue","valueCoding":{"code":"deep"}}]}]},
	{"code":"violet","property":[{"code":"parent","valueCode":"red"},{"code":"parent","valueCode":"blue"}]}]`

// Each filter takes what R4 (valueset-filter-operator) says.
func TestFilters(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ compose, want string }{
		{``, "red scarlet pink orange cold blue violet"},
		{`{"property":"concept","op":"is-a","value":"red"}`, "red scarlet pink violet"},
		{`{"property":"concept","op":"descendent-of","value":"red"}`, "scarlet pink violet"},
		{`{"property":"concept","op":"is-a","value":"warm"}`, "red scarlet pink orange violet"},
		{`{"property":"concept","op":"is-not-a","value":"warm"}`, "cold blue"},
		{`{"property":"concept","op":"generalizes","value":"violet"}`, "red cold blue violet"},
		{`{"property":"concept","op":"in","value":"red, blue"}`, "red blue"},
		{`{"property":"concept","op":"not-in","value":"red,blue"}`, "scarlet pink orange cold violet"},
		{`{"property":"concept","op":"=","value":"red"}`, "red"},
		{`{"property":"code","op":"regex","value":".*e.*"}`, "red scarlet orange blue violet"},
		{`{"property":"code","op":"regex","value":"red|blue"}`, "red blue"},
		{`{"property":"display","op":"=","value":"红"}`, "red"},
		{`{"property":"hue","op":"=","value":"deep"}`, "blue"},
		{`{"property":"hue","op":"exists","value":"true"}`, "pink blue"},
		{`{"property":"hue","op":"exists","value":"false"}`, "red scarlet orange cold violet"},
		{`{"property":"hue","op":"regex","value":"s.*"}`, "pink"},
		{`{"property":"hue","op":"in","value":"soft,deep"}`, "pink blue"},
		{`{"property":"parent","op":"=","value":"red"}`, "scarlet pink violet"},
		{`{"property":"child","op":"=","value":"violet"}`, "red blue"},
		{`{"property":"inactive","op":"=","value":"true"}`, "orange"},
		{`{"property":"hue","op":"exists","value":"true"},{"property":"concept","op":"is-a","value":"red"}`, "pink"},
	} {
		l := with(t, map[string]string{
			"urn:colours": colours,
			"urn:set":     `ValueSet "compose":{"include":[{"system":"urn:colours","filter":[` + c.compose + `]}]}`,
		})
		codes, complete := set(t, l, "urn:set").Codes(100)
		var got []string
		for _, c := range codes {
			got = append(got, c.Code)
		}
		if strings.Join(got, " ") != c.want || !complete {
			t.Errorf("%s: %q, want %q (%t)", c.compose, got, c.want, complete)
		}
	}
}

// What cannot be decided is Unknown for the codes of the system, and Out for what is none.
func TestFiltersThatCannotBeDecided(t *testing.T) {
	t.Parallel()
	for _, filter := range []string{
		`{"property":"concept","op":"is-a","value":"green"}`,
		`{"property":"concept","op":"child-of","value":"red"}`,
		`{"property":"hue","op":"is-a","value":"soft"}`,
		`{"property":"hue","op":"exists","value":"yes"}`,
		`{"property":"code","op":"regex","value":"("}`,
		`{"property":"code","op":"regex","value":"` + strings.Repeat("a", maxPattern+1) + `"}`,
		`{}`,
	} {
		l := with(t, map[string]string{
			"urn:colours": colours,
			"urn:set":     `ValueSet "compose":{"include":[{"system":"urn:colours","filter":[` + filter + `]}]}`,
		})
		s := set(t, l, "urn:set")
		if in, out := s.Has("", "red"), s.Has("", "green"); in != Unknown || out != Out || len(s.Gaps()) != 1 {
			t.Errorf("%.80s: %s, %s, %q", filter, in, out, s.Gaps())
		}
		if codes, complete := s.Codes(10); len(codes) > 0 || complete {
			t.Errorf("%.80s: %v, %t", filter, codes, complete)
		}
	}
}

func TestCompose(t *testing.T) {
	t.Parallel()
	l := with(t, map[string]string{
		"urn:colours": colours,
		"urn:listed": `ValueSet "compose":{"include":[{"system":"urn:colours","version":"1","concept":[
			{"code":"warm"},{"code":"red"},{"code":"gone"}]}]}`,
		"urn:active": `ValueSet "compose":{"inactive":false,"include":[{"system":"urn:colours"}]}`,
		"urn:few": `ValueSet "compose":{"inactive":false,"include":[{"system":"urn:colours","concept":[
			{"code":"orange"},{"code":"red"}]}]}`,
		"urn:metric": `ValueSet "compose":{"include":[{"system":"http://unitsofmeasure.org","filter":[
			{"property":"canonical","op":"=","value":"metre"}]}]}`,
		"urn:ones": `ValueSet "compose":{"include":[{"system":"http://loinc.org","filter":[
			{"property":"code","op":"regex","value":"1.*"}]}]}`,
		"urn:both":     `ValueSet "compose":{"include":[{"valueSet":["urn:listed","urn:active|"]}]}`,
		"urn:narrowed": `ValueSet "compose":{"include":[{"system":"urn:colours","valueSet":["urn:listed"]}]}`,
		"urn:missing": `ValueSet "compose":{"include":[{"system":"urn:colours","concept":[{"code":"red"}]},
			{"valueSet":["urn:none"]}]}`,
		"urn:half": `ValueSet "compose":{"include":[{"system":"urn:colours","valueSet":["urn:none"]}]}`,
		"urn:less": `ValueSet "compose":{"include":[{"system":"urn:colours"}],"exclude":[
			{"valueSet":["urn:none"]},{"system":"urn:colours","concept":[{"code":"red"}]}]}`,
		"urn:versions": `ValueSet "compose":{"include":[{"valueSet":["urn:old|1"]}]}`,
		"urn:old":      `ValueSet "version":"2","compose":{"include":[{"system":"urn:colours"}]}`,
		"urn:expanded": `ValueSet "expansion":{"contains":[{"system":"urn:colours","code":"red"},
			{"system":"urn:x","code":"y","abstract":true}]}`,
		"urn:page": `ValueSet "expansion":{"total":3,"contains":[{"system":"urn:colours","code":"red"}]}`,
		"urn:cased": `ValueSet "expansion":{"contains":[{"system":"urn:ietf:bcp:47","code":"zh-CN"},
			{"system":"urn:ietf:bcp:47","code":"zh-cn"}]}`,
		"urn:empty": `ValueSet "status":"draft"`,
		"urn:alone": `ValueSet "compose":{"include":[{"concept":[{"code":"x"}]}]}`,
	})
	for _, c := range []struct {
		set, system, code string
		want              Answer
	}{
		{"urn:listed", "urn:colours", "warm", In}, // abstract, but listed
		{"urn:listed", "urn:colours", "gone", In}, // the list counts
		{"urn:listed", "urn:colours", "blue", Out},
		{"urn:active", "urn:colours", "red", In},
		{"urn:active", "urn:colours", "warm", Out},
		{"urn:active", "urn:colours", "orange", Out}, // inactive
		{"urn:few", "urn:colours", "orange", Out},    // listed, but inactive
		{"urn:few", "urn:colours", "red", In},
		{"urn:metric", "", "m", Unknown}, // metre is no unit
		{"urn:metric", "", "metre", Out},
		{"urn:ones", "", "1-8", Unknown},
		{"urn:ones", "", "2093-3", Out},
		{"urn:both", "urn:colours", "red", In},
		{"urn:both", "urn:colours", "warm", Out},
		{"urn:both", "urn:other", "red", Out},
		{"urn:narrowed", "urn:colours", "red", In},
		{"urn:narrowed", "urn:colours", "blue", Out},
		{"urn:missing", "urn:colours", "red", In}, // certain in spite of what is missing
		{"urn:missing", "urn:colours", "blue", Unknown},
		{"urn:missing", "urn:other", "x", Unknown},
		{"urn:missing", "", "x", Unknown},
		{"urn:half", "urn:colours", "red", Unknown},
		{"urn:half", "urn:colours", "green", Out},
		{"urn:half", "urn:other", "red", Out},
		{"urn:less", "urn:colours", "red", Out},
		{"urn:less", "urn:colours", "blue", Unknown},
		{"urn:versions", "urn:colours", "red", Unknown},
		{"urn:expanded", "urn:colours", "red", In},
		{"urn:expanded", "urn:colours", "blue", Out},
		{"urn:expanded", "urn:x", "y", Out},
		{"urn:cased", "", "ZH-cn", In},
		{"urn:cased", "", "zh", Out},
		{"urn:page", "urn:colours", "red", In},
		{"urn:page", "urn:colours", "blue", Unknown},
	} {
		if got := set(t, l, c.set).Has(c.system, c.code); got != c.want {
			t.Errorf("%s: %s|%s is %s, want %s (%q)", c.set, c.system, c.code, got, c.want, set(t, l, c.set).Gaps())
		}
	}
	for _, url := range []string{"urn:empty", "urn:alone", "urn:colours", "urn:old|1"} {
		if _, ok := l.ValueSet(url); ok {
			t.Errorf("%s is a value set", url)
		}
	}
}

func TestImportsEnd(t *testing.T) {
	t.Parallel()
	texts := map[string]string{
		"urn:a": `ValueSet "compose":{"include":[{"system":"urn:iso:std:iso:4217","concept":[{"code":"CNY"}]},
			{"valueSet":["urn:b"]}]}`,
		"urn:b": `ValueSet "compose":{"include":[{"system":"urn:iso:std:iso:4217","concept":[{"code":"EUR"}]},
			{"valueSet":["urn:a"]}]}`,
		"urn:self": `ValueSet "compose":{"include":[{"valueSet":["urn:self"]}]}`,
		"urn:bombs": `ValueSet "compose":{"include":[{"valueSet":["urn:0"]},{"system":"urn:iso:std:iso:4217",
			"concept":[{"code":"CNY"}]}]}`,
	}
	for i := range 40 { // each imports the next twice: 2^40 ways
		next := fmt.Sprintf(`{"valueSet":["urn:%d"]}`, i+1)
		texts[fmt.Sprintf("urn:%d", i)] = `ValueSet "compose":{"include":[` + next + `,` + next + `]}`
	}
	include := `{"system":"urn:iso:std:iso:4217"}`
	texts["urn:many"] = `ValueSet "compose":{"include":[` + strings.Repeat(include+",", maxClauses) + include + `]}`
	l := with(t, texts)
	for _, c := range []struct {
		set, code string
		want      Answer
		gap       string
	}{
		{"urn:a", "CNY", In, "urn:a → urn:b → urn:a"},
		{"urn:a", "EUR", In, "urn:a → urn:b → urn:a"},
		{"urn:b", "CNY", In, "urn:b → urn:a → urn:b"},
		{"urn:a", "USD", Unknown, "import each other"},
		{"urn:self", "CNY", Unknown, "urn:self → urn:self"},
		{"urn:bombs", "CNY", In, "more than 500"},
		{"urn:bombs", "EUR", Unknown, "more than 500"},
		{"urn:many", "CNY", Unknown, "more than 1000 includes"},
	} {
		s := set(t, l, c.set)
		if got := s.Has("urn:iso:std:iso:4217", c.code); got != c.want {
			t.Errorf("%s: %s is %s, want %s", c.set, c.code, got, c.want)
		}
		if gaps := strings.Join(s.Gaps(), "; "); !strings.Contains(gaps, c.gap) {
			t.Errorf("%s: %q, want %q", c.set, gaps, c.gap)
		}
	}
}

// A library's own resources add to those below it, and change none that is complete.
func TestWith(t *testing.T) {
	t.Parallel()
	gender := fhirSet + "administrative-gender"
	l := with(t, map[string]string{
		gender: `ValueSet "compose":{"include":[{"system":"urn:colours"}]}`,
		"http://hl7.org/fhir/administrative-gender": `CodeSystem "content":"complete","concept":[{"code":"x"}]`,
		"http://hl7.org/fhir/sid/cvx":               `CodeSystem "content":"complete","concept":[{"code":"207"}]`,
		loincURL: `CodeSystem "content":"fragment","concept":[
			{"code":"2093-3","display":"Cholesterol"}]`,
		snomedURL: `CodeSystem "content":"not-present"`,
		fhirSet + "dicom-cid29": `ValueSet "compose":{"include":[
			{"system":"http://dicom.nema.org/resources/ontology/DCM","concept":[{"code":"CT"}]}]}`,
	})
	for _, c := range []struct {
		set, system, code string
		below, want       Answer
	}{
		{gender, "", "male", In, In},
		{gender, "", "x", Out, Out},
		{fhirSet + "vaccine-code", "http://hl7.org/fhir/sid/cvx", "207", Unknown, In},
		{fhirSet + "vaccine-code", "http://hl7.org/fhir/sid/cvx", "9999", Unknown, Out},
		{fhirSet + "observation-codes", loincURL, "2093-3", Unknown, In},
		{fhirSet + "observation-codes", loincURL, "8867-4", Unknown, Unknown},
		{fhirSet + "observation-codes", loincURL, "8867-5", Out, Out},
		{fhirSet + "condition-code", snomedURL, "73211009", Unknown, Unknown},
		{fhirSet + "condition-code", snomedURL, "73211008", Out, Out},
		{fhirSet + "media-modality", "http://dicom.nema.org/resources/ontology/DCM", "CT", Unknown, In},
		{fhirSet + "media-modality", "http://dicom.nema.org/resources/ontology/DCM", "x", Unknown, Out},
	} {
		if got := set(t, R4(), c.set).Has(c.system, c.code); got != c.below {
			t.Errorf("R4 %s: %s|%s is %s, want %s", c.set, c.system, c.code, got, c.below)
		}
		for range 2 {
			if got := set(t, l, c.set).Has(c.system, c.code); got != c.want {
				t.Errorf("with more %s: %s|%s is %s, want %s", c.set, c.system, c.code, got, c.want)
			}
		}
	}
	if set(t, l, gender) != set(t, R4(), gender) {
		t.Error("a set that nothing can change is worked out twice")
	}
	again := l.With(func(string) (fhir.Node, bool) { return fhir.Node{}, false })
	if got := set(t, again, fhirSet+"vaccine-code").Has("http://hl7.org/fhir/sid/cvx", "207"); got != In {
		t.Errorf("two libraries on each other: %s", got)
	}
	if _, ok := again.CodeSystem(loincURL + "|2.80"); !ok {
		t.Error("a system that names no version is refused for another")
	}
}

// Everybody gets the same set, however many ask first.
func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	l := openR4().With(func(string) (fhir.Node, bool) { return fhir.Node{}, false })
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, url := range []string{"use-context", "security-labels", "languages", "yesnodontknow", "all-types"} {
				if s, ok := l.ValueSet(fhirSet + url); !ok || s.Has("", "no such code") == In {
					t.Errorf("%s: %t", url, ok)
				}
			}
		})
	}
	wg.Wait()
}

// A system that does not say whether case counts, and has codes that differ by case only, says so by these.
func TestCaseBySight(t *testing.T) {
	t.Parallel()
	const text = `CodeSystem "content":"complete","concept":[{"code":"a"},{"code":"b","concept":[{"code":"B"}]}]`
	c, _ := with(t, map[string]string{"urn:x": text}).CodeSystem("urn:x")
	if c == nil || c.Has("a") != In || c.Has("A") != Out || c.Has("B") != In || len(c.concepts) != 3 {
		t.Errorf("%+v", c)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"resourceType":"ValueSet","url":"urn:x","compose":{"include":[{"system":"urn:y"}]}}`: "",
		`{"resourceType":"CodeSystem","url":"urn:x","content":"complete"}`:                     "",
		`{"resourceType":"ValueSet","url":"urn:x","compose":{"include":[{"version":"1"}]}}`:    "ValueSet.compose.include[0]",
		`{"resourceType":"CodeSystem","content":"complete"}`:                                   "CodeSystem.url",
		`{"resourceType":"CodeSystem","url":"urn:x","concept":[{"code":"a"},{"display":"b"}]}`: "CodeSystem.concept[1]",
		`{"resourceType":"Patient"}`: "Patient",
	} {
		err := Check(node(t, text))
		if err == nil && want == "" {
			continue
		}
		if f := fault.From(err); want == "" || f.Code != fault.Malformed || !slices.Equal(f.Expression, []string{want}) {
			t.Errorf("%s: %v %q", text, err, f.Expression)
		}
	}
}

func TestCodeSystemsThatAreRefused(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"no code": `CodeSystem "content":"complete","concept":[{"display":"x"}]`,
		"twice": `CodeSystem "content":"complete","caseSensitive":true,"concept":[{"code":"a"},{"code":"b",
			"concept":[{"code":"a"}]}]`,
		"twice by case":  `CodeSystem "content":"complete","caseSensitive":false,"concept":[{"code":"a"},{"code":"A"}]`,
		"another type":   `ValueSet "compose":{"include":[{"system":"urn:x"}]}`,
		"a supplement":   `CodeSystem "content":"supplement","concept":[{"code":"a"}]`,
		"without a code": `CodeSystem "content":"complete"`,
	} {
		if c, ok := with(t, map[string]string{"urn:x": text}).CodeSystem("urn:x"); ok {
			t.Errorf("%s: taken with %d codes", name, len(c.concepts))
		}
	}
}
