package terminology

import (
	"testing"

	"yitong/internal/fhir"
)

// FuzzResources reads what may come as a ValueSet or CodeSystem and asks it. The text is found under every url, so
// that it is its own code system and import.
func FuzzResources(f *testing.F) {
	f.Add(`{"resourceType":"ValueSet","url":"urn:x","compose":{"include":[{"system":"urn:x"},`+
		`{"valueSet":["urn:x"]}]}}`, "a")
	f.Add(`{"resourceType":"ValueSet","url":"urn:x","compose":{"inactive":false,"include":[{"system":"http://loinc.org",`+
		`"filter":[{"property":"code","op":"regex","value":"1.*"}]}],"exclude":[{"system":"urn:y","concept":[
			{"code":"a"}]}]}}`, "1-8")
	f.Add(`{"resourceType":"ValueSet","url":"urn:x","expansion":{"total":2,"contains":[{"system":"urn:y","code":"a",`+
		`"contains":[{"abstract":true}]}]}}`, "a")
	f.Add(`{"resourceType":"CodeSystem","url":"urn:x","content":"complete","concept":[{"code":"a",`+
		`"concept":[{"code":"B"}],"property":[{"code":"child","valueCode":"a"},`+
		`{"code":"parent","valueCode":"B"},{"code":"x"}]}]}`, "b")
	f.Fuzz(func(t *testing.T, text, code string) {
		tree, err := fhir.Parse([]byte(text))
		if err != nil {
			return
		}
		l := R4().With(func(string) (fhir.Node, bool) { return tree.Root(), true })
		if s, ok := l.ValueSet("urn:x"); ok {
			system, a := s.Find(code)
			if b := s.Has(system, code); a == In && b != In {
				t.Errorf("found in %q, where it is %s", system, b)
			}
			checkCodes(t, s)
		}
		if c, ok := l.CodeSystem("urn:x"); ok {
			c.Display(code)
			a := c.Has(code)
			if below, how := c.Subsumes(code, code); a == In && (!below || how != In) {
				t.Errorf("%q does not subsume itself (%s)", code, how)
			}
		}
	})
}

// FuzzRules asks all rules.
func FuzzRules(f *testing.F) {
	for _, seed := range []string{
		"zh-Hans-CN-x-a", "text/plain; charset=\"u\"", "dB[SPL]/m{x}", "urn:oid:1.2", "2093-3", "73211009 |x|",
		"CN-GD", "(((", "[pH",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, code string) {
		for url, rule := range rules {
			if a := rule(code); a == In && !decides[url] || a > Out || code == "" && a != Out {
				t.Errorf("%s|%s is %s", url, code, a)
			}
		}
	})
}
