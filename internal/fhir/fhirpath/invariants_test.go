package fhirpath

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
)

// invariant is one that R4 states: testdata/invariants.txt has those of all its types (of HL7's StructureDefinitions,
// which are in the public domain), with the path of the element, key, severity and expression.
type invariant struct {
	path, key, severity string
	e                   *Expression
}

func invariants(t testing.TB) (all []invariant) {
	t.Helper()
	src, err := os.ReadFile("testdata/invariants.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(src)) {
		f := strings.SplitN(strings.TrimSuffix(line, "\n"), "\t", 4)
		e, err := Parse(f[3])
		if err != nil {
			t.Errorf("%s %s: %v", f[0], f[1], err)
			continue
		}
		all = append(all, invariant{f[0], f[1], f[2], e})
	}
	return all
}

// context is the type of the element at a path of a definition.
func context(path string) string {
	if _, ok := schema.ShapeOf(path); ok {
		return path
	}
	steps := strings.Split(path, ".")
	if len(steps) == 1 {
		return path
	}
	shape, ok := schema.ShapeOf(context(strings.Join(steps[:len(steps)-1], ".")))
	if !ok {
		return ""
	}
	e, ok := shape.Element([]byte(steps[len(steps)-1]))
	if !ok {
		return ""
	}
	return e.Type
}

// wrong are invariants of R4 that name what their type does not have.
var wrong = map[string]string{"cid-0": "ChargeItemDefinition has no name"}

func TestInvariantsOfR4(t *testing.T) {
	t.Parallel()
	all := invariants(t)
	if len(all) < 200 {
		t.Fatalf("only %d invariants", len(all))
	}
	for _, i := range all {
		err := i.e.Check(context(i.path))
		if reason := wrong[i.key]; (err != nil) != (reason != "") {
			t.Errorf("%s %s: %s\nCheck: %v, known fault: %q", i.path, i.key, i.e, err, reason)
		}
	}
}

// broken are invariants that some of HL7's own examples break.
var broken = map[string]string{
	"bdl-7": "a bundle of data elements has some twice",
	"sdf-4": "the logical models such as Event have no base and are not abstract",
}

// sampled is which of HL7's examples a test run takes: every tenth. With YITONG_ALL_EXAMPLES set it takes all.
const sampled = 10

// TestInvariantsOnExamples evaluates every invariant on HL7's own examples, where they are at hand.
func TestInvariantsOnExamples(t *testing.T) {
	t.Parallel()
	files, _ := filepath.Glob("../schema/generate/node_modules/hl7.fhir.r4.examples/*.json")
	if len(files) == 0 {
		t.Skip("HL7's examples are not at hand; npm ci in internal/fhir/schema/generate brings them")
	}
	all := invariants(t)
	paths := map[string]*Expression{}
	for _, i := range all {
		e, err := Parse(strings.ReplaceAll(i.path, "[x]", ""))
		if err != nil {
			t.Fatal(err)
		}
		paths[i.path] = e
	}
	evaluated, failed := 0, map[string]int{}
	for n, file := range files {
		if n%sampled != 0 && os.Getenv("YITONG_ALL_EXAMPLES") == "" {
			continue
		}
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		tree, err := fhir.Parse(src)
		if err != nil || !tree.Root().Get("resourceType").Exists() {
			continue
		}
		for _, r := range resources(tree.Root(), nil) {
			env := &Env{Resource: r}
			items := elements(t, Of(r), nil)
			for _, i := range all {
				for _, v := range selected(t, paths[i.path], i.path, env, items) {
					evaluated++
					holds, known, err := i.e.Truth(env, v)
					if err != nil {
						t.Errorf("%s %s %s: %v", filepath.Base(file), i.key, v.Path(), err)
					}
					if known && !holds && i.severity == "error" {
						failed[i.key]++
						if testing.Verbose() && failed[i.key] < 3 {
							t.Logf("%s does not hold: %s %s", i.key, filepath.Base(file), v.Path())
						}
					}
				}
			}
		}
	}
	t.Logf("%d evaluated; not held: %v", evaluated, failed)
	for key := range failed {
		if broken[key] == "" {
			t.Errorf("%s does not hold in HL7's own examples", key)
		}
	}
}

// resources are a resource and those in the entries of a Bundle.
func resources(r fhir.Node, all []fhir.Node) []fhir.Node {
	all = append(all, r)
	for e := r.Get("entry").First(); e.Exists(); e = e.Next() {
		if in := e.Get("resource"); in.Exists() {
			all = resources(in, all)
		}
	}
	return all
}

var children, _ = Parse("children()")

// elements are an item and all below it, without those of other resources.
func elements(t *testing.T, v Value, all Collection) Collection {
	t.Helper()
	all = append(all, v)
	below, err := children.Evaluate(nil, v)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range below {
		if !c.typeOf().is(model().resource) {
			all = elements(t, c, all)
		}
	}
	return all
}

// selected are the items of a resource that an invariant is about.
func selected(t *testing.T, path *Expression, name string, env *Env, items Collection) (found Collection) {
	t.Helper()
	first, _, nested := strings.Cut(name, ".")
	of := model().fhir[first]
	if of == nil {
		return nil
	}
	for _, v := range items {
		if v.typeOf().is(of) {
			if !nested {
				found = append(found, v)
				continue
			}
			below, err := path.Evaluate(env, v)
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, below...)
		}
	}
	return found
}
