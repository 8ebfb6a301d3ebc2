package narrative

import (
	"os"
	"path/filepath"
	"testing"

	"yitong/internal/fhir"
)

// definitions is where npm puts HL7's package of all definitions and examples of R4.
const definitions = "../schema/generate/node_modules/hl7.fhir.r4.examples"

// refusedExamples are the narratives that are not taken, by file, with the answer and the reason for it.
var refusedExamples = map[string]struct {
	code, why string
}{

	"ActivityDefinition-blood-tubes-supply.json":        {"invariant", "white space only, against txt-2"},
	"ActivityDefinition-heart-valve-replacement.json":   {"invariant", "white space only, against txt-2"},
	"EventDefinition-example.json":                      {"invariant", "white space only, against txt-2"},
	"Questionnaire-zika-virus-exposure-assessment.json": {"invariant", "white space only in pre, against txt-2"},
}

// Every narrative in HL7's package is taken, but for those that are listed.
func TestExamples(t *testing.T) {
	t.Parallel()
	files, _ := filepath.Glob(filepath.Join(definitions, "*.json"))
	if len(files) == 0 {
		t.Skip("the definitions are not installed: npm ci --prefix internal/fhir/schema/generate")
	}
	narratives, found := 0, map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		tree, err := fhir.Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		divs(tree.Root(), func(n fhir.Node) {
			narratives++
			if p := Check(n.Str()); p != nil {
				found[filepath.Base(file)] = p.Code
				if refusedExamples[filepath.Base(file)].code != p.Code {
					t.Errorf("%s %s: %s at %d", filepath.Base(file), n.Path(), p.English, p.Offset)
				}
			}
		})
	}
	if narratives < 6500 {
		t.Errorf("only %d narratives", narratives)
	}
	for file, listed := range refusedExamples {
		if found[file] == "" {
			t.Errorf("%s (%s) is taken", file, listed.why)
		}
	}
}

// divs calls do with every narrative: the div of an object that has a status.
func divs(n fhir.Node, do func(fhir.Node)) {
	if div := n.Get("div"); div.Kind() == fhir.String && n.Get("status").Exists() {
		do(div)
	}
	for c := n.First(); c.Exists(); c = c.Next() {
		divs(c, do)
	}
}
