package primitive

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
)

// definitions is where npm puts HL7's package of all definitions and examples of R4.
const definitions = "../schema/generate/node_modules/hl7.fhir.r4.examples"

// refused are the values in HL7's package that are not of their type: file, type, value as in JSON, how often, and why.
var refused = map[string]struct {
	times int
	why   string
}{
	`CodeSystem-v2-0550.json code "CHEST\u00c2\u00a0"`: {1, "a no-break space, mostly read in a wrong encoding"},
	`CodeSystem-v2-0550.json code "KIDN\u00c2\u00a0"`:  {1, "a no-break space, mostly read in a wrong encoding"},
	`CodeSystem-v2-0550.json code "\u00c2\u00a0"`:      {1, "a no-break space, mostly read in a wrong encoding"},
	`CodeSystem-v2-0550.json code "\u00a0"`:            {1, "a no-break space, mostly read in a wrong encoding"},

	`Bundle-v2-valuesets.json code "CHEST\u00c2\u00a0"`: {1, "the same code system"},
	`Bundle-v2-valuesets.json code "KIDN\u00c2\u00a0"`:  {1, "the same code system"},
	`Bundle-v2-valuesets.json code "\u00c2\u00a0"`:      {1, "the same code system"},
	`Bundle-v2-valuesets.json code "\u00a0"`:            {1, "the same code system"},

	`SearchParameter-questionnaireresponse-extensions-QuestionnaireResponse-item-subject.json id ` +
		`"questionnaireresponse-extensions-QuestionnaireResponse-item-subject"`: {1, "67 characters"},
}

// Every primitive value in HL7's package is one of its type, but for those that are listed.
func TestExamples(t *testing.T) {
	t.Parallel()
	files, _ := filepath.Glob(filepath.Join(definitions, "*.json"))
	if len(files) == 0 {
		t.Skip("the definitions are not installed: npm ci --prefix internal/fhir/schema/generate")
	}
	found := map[string]int{}
	values := 0
	for _, file := range files {
		root := read(t, file)
		kind, ok := schema.TypeOf(root.Get("resourceType").Str())
		if !ok {
			continue
		}
		primitives(root, kind.Shape(), func(n fhir.Node, typ string) {
			values++
			if Check(typ, n) != nil {
				found[fmt.Sprintf("%s %s %s", filepath.Base(file), typ, strconv.QuoteToASCII(n.Str()))]++
			}
		})
	}
	if values < 2_000_000 {
		t.Errorf("only %d values", values)
	}
	for value, times := range found {
		if refused[value].times != times {
			t.Errorf("%s is refused %d times", value, times)
		}
	}
	for value, listed := range refused {
		if found[value] == 0 {
			t.Errorf("%s (%s) is taken", value, listed.why)
		}
	}
}

func read(t *testing.T, file string) fhir.Node {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := fhir.Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return tree.Root()
}

// primitives calls do with every primitive value of an object, and the name of its type.
func primitives(n fhir.Node, shape *schema.Shape, do func(fhir.Node, string)) {
	for member := n.First(); member.Exists(); member = member.Next() {
		name := member.Name()
		if name[0] == '_' {
			each(member, func(v fhir.Node) { primitives(v, schema.ElementShape(), do) })
			continue
		}
		element, ok := shape.Element(name)
		if !ok {
			continue
		}
		each(member, func(v fhir.Node) {
			switch {
			case element.Kind == schema.Primitive && v.Kind() != fhir.Null:
				do(v, element.Type)
			case element.Kind == schema.AnyResource:
				if kind, ok := schema.TypeOf(v.Get("resourceType").Str()); ok {
					primitives(v, kind.Shape(), do)
				}
			case element.Shape != nil:
				primitives(v, element.Shape, do)
			}
		})
	}
}

func each(n fhir.Node, do func(fhir.Node)) {
	if n.Kind() != fhir.Array {
		do(n)
		return
	}
	for c := n.First(); c.Exists(); c = c.Next() {
		do(c)
	}
}
