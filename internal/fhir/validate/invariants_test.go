package validate

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"unicode"
	"unicode/utf8"
)

// definitions holds HL7's R4 definitions where `npm ci` has been run for the schema's generator.
const definitions = "../schema/generate/node_modules/hl7.fhir.r4.examples"

// longestAdvice is the most characters that a text has, so that a list of issues stays readable.
const longestAdvice = 300

// constraint is one of ElementDefinition.constraint with the type of the definition that states it.
type constraint struct {
	Key, Expression, Human string
	typ                    string
}

// constraints reads those of all definitions, each once for a type.
var constraints = sync.OnceValues(func() ([]constraint, error) {
	type elements struct {
		Element []struct{ Constraint []constraint }
	}
	files, err := filepath.Glob(filepath.Join(definitions, "StructureDefinition-*.json"))
	if err != nil {
		return nil, err
	}
	var all []constraint
	seen := map[constraint]bool{}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var definition struct {
			Type                   string
			Snapshot, Differential elements
		}
		if err := json.Unmarshal(src, &definition); err != nil {
			return nil, err
		}
		for _, e := range append(definition.Snapshot.Element, definition.Differential.Element...) {
			for _, c := range e.Constraint {
				if c.typ = definition.Type; !seen[c] {
					seen[c] = true
					all = append(all, c)
				}
			}
		}
	}
	return all, nil
})

// ofR4 gives the constraints of R4, or skips the test where the definitions are not installed.
func ofR4(t *testing.T) []constraint {
	all, err := constraints()
	switch {
	case err != nil:
		t.Fatal(err)
	case len(all) == 0:
		t.Skip("HL7's definitions are not installed: run npm ci in internal/fhir/schema/generate")
	}
	return all
}

func TestEveryConstraintOfR4HasAdvice(t *testing.T) {
	t.Parallel()
	keys := map[string]bool{}
	for _, c := range ofR4(t) {
		keys[c.Key] = true
		en, zh, ok := invariantText(c.Key, c.typ)
		if !ok {
			t.Errorf("%s of %s has no advice: %s", c.Key, c.typ, c.Expression)
			continue
		}
		if human := plain(c.Human); plain(en) == human || plain(zh) == human {
			t.Errorf("%s of %s says what HL7 says", c.Key, c.typ)
		}
	}
	if len(keys) != 243 { // R4 4.0.1 is final: another number means that the reading is wrong.
		t.Errorf("R4 has %d keys", len(keys))
	}
}

// plain gives the letters and digits of a text, in lower case.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}

func TestAdviceIsForConstraintsOfR4(t *testing.T) {
	t.Parallel()
	known := map[invariant]bool{}
	meanings := map[string]map[string]bool{} // the expressions of a key
	for _, c := range ofR4(t) {
		known[invariant{key: c.Key}], known[invariant{c.Key, c.typ}] = true, true
		if meanings[c.Key] == nil {
			meanings[c.Key] = map[string]bool{}
		}
		meanings[c.Key][c.Expression] = true
	}
	for name := range invariantsRead() {
		if strings.HasPrefix(name.key, "yt-") { // a constraint of our own
			continue
		}
		if !known[name] {
			t.Errorf("no definition of R4 has %v", name)
		}
		if several := len(meanings[name.key]) > 1; several != (name.typ != "") {
			t.Errorf("%v has %d meanings: a type stands where there are several, and only there", name, len(meanings[name.key]))
		}
	}
}

func TestAdviceIsReadable(t *testing.T) {
	t.Parallel()
	for name, a := range invariantsRead() {
		for _, text := range []string{a.en, a.zh} {
			if n := utf8.RuneCountInString(text); n > longestAdvice || text != strings.Join(strings.Fields(text), " ") {
				t.Errorf("%v has %d characters or stray spaces: %s", name, n, text)
			}
		}
		if strings.ContainsFunc(a.en, han) || !strings.HasSuffix(a.en, ".") || !unicode.IsUpper(rune(a.en[0])) {
			t.Errorf("%v has no English sentence: %s", name, a.en)
		}
		if !strings.ContainsFunc(a.zh, han) || !strings.HasSuffix(a.zh, "。") {
			t.Errorf("%v has no Chinese sentence: %s", name, a.zh)
		}
	}
}

func han(r rune) bool { return unicode.Is(unicode.Han, r) }

func TestInvariantText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ key, typ, en, zh string }{
		{"obs-6", "Observation", "dataAbsentReason", "缺失原因"},
		{"obs-6", "", "dataAbsentReason", "缺失原因"},
		{"que-0", "Questionnaire", "name", "名称"},
		{"sdf-15a", "StructureDefinition", "differential", "差异"},
		{"inv-1", "Task", "lastModified", "最后修改时间"},
		{"inv-1", "Parameters", "value[x]", "取值"},
		{"inv-1", "Extension", "substanceExposureRisk", "扩展"},
		{"inv-1", "TestReport", "assert", "断言"},
		{"inv-2", "TestReport", "assert", "断言"},
		{"inv-2", "Event", "reasonCode", "执行原因"},
		{"inv-1", "Patient", "", ""},
		{"inv-1", "", "", ""},
		{"obs-60", "Observation", "", ""},
		{"", "", "", ""},
	} {
		en, zh, ok := invariantText(c.key, c.typ)
		if ok != (c.en != "") || !strings.Contains(en, c.en) || !strings.Contains(zh, c.zh) {
			t.Errorf("%s of %q: %t %q %q", c.key, c.typ, ok, en, zh)
		}
	}
}

func TestFaultyInvariantsPanic(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"a-1\nen  Mend it.\nzh  请更正。\n\na-1\nen  Mend it.\nzh  请更正。",
		"a-1 T\nen  Mend it.\nzh  请更正。\n\na-2 a-1 T\nen  Mend it.\nzh  请更正。",
		"a-1\nen  Mend it.",
		"a-1\nzh  请更正。\nen  Mend it.",
		"a-1\nen  Mend it.\nzh  请更正。\nzh  请更正。",
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("no panic: %q", text)
				}
			}()
			readInvariants(text)
		}()
	}
}
