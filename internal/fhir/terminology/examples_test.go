package terminology

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
)

const officialExamples = "../schema/generate/node_modules/hl7.fhir.r4.examples"

// wrongExamples are values of official examples that are not what they must be: a value with a space or a slash is
// quoted (RFC 2045, 5.1), and none of these is.
var wrongExamples = map[string]bool{
	`Endpoint.payloadMimeType "application/dicom; variant=DICOM QIDO-RS"`:  true,
	`Endpoint.payloadMimeType "application/dicom; variant=DICOM STOW-RS"`:  true,
	`Endpoint.payloadMimeType "application/dicom; variant=DICOM WADO-RS"`:  true,
	`Endpoint.payloadMimeType "application/dicom; variant=DICOM WADO-URI"`: true,
	`Endpoint.payloadMimeType "application/dicom; variant=IHE IID"`:        true,
	`Endpoint.payloadMimeType "application/hl7-sda+xml; variant=XDA/XDS"`:  true,
}

// No code of R4's official examples is out of a set that it must be from. Where the examples are not installed there is
// nothing to check.
func TestOfficialExamplesAreIn(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(officialExamples + "/*.json")
	if err != nil || len(files) == 0 {
		t.Skip("the examples are not installed: npm ci")
	}
	w := walker{bindings: map[string]string{}, wrong: map[string]int{}}
	for line := range strings.Lines(requiredBindings) {
		path, canonical, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		w.bindings[path] = canonical
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		tree, err := fhir.Parse(text)
		if err != nil {
			continue // such as the package's own file
		}
		if kind, ok := schema.TypeOf(tree.Root().Get("resourceType").Str()); ok {
			w.walk(tree.Root(), kind.Shape())
		}
	}
	for what, n := range w.wrong {
		if !wrongExamples[what] {
			t.Errorf("%d times: %s", n, what)
		}
	}
	if w.checked < 10_000 {
		t.Errorf("%d codes checked", w.checked)
	}
}

// walker checks the codes of resources.
type walker struct {
	bindings map[string]string // canonical by path of the element
	wrong    map[string]int
	checked  int
}

func (w *walker) walk(n fhir.Node, shape *schema.Shape) {
	for m := n.First(); m.Exists(); m = m.Next() {
		e, ok := shape.Element(m.Name())
		if !ok {
			continue
		}
		if m.Kind() != fhir.Array {
			w.value(m, shape, e)
			continue
		}
		for item := m.First(); item.Exists(); item = item.Next() {
			w.value(item, shape, e)
		}
	}
}

func (w *walker) value(n fhir.Node, shape *schema.Shape, e *schema.Element) {
	if canonical := w.bindings[shape.Name+"."+e.Name]; canonical != "" {
		w.check(n, shape.Name+"."+e.Name, e.Type, canonical)
	}
	switch e.Kind {
	case schema.Complex, schema.Reference:
		w.walk(n, e.Shape)
	case schema.AnyResource:
		if kind, ok := schema.TypeOf(n.Get("resourceType").Str()); ok {
			w.walk(n, kind.Shape())
		}
	}
}

// check looks a code up, or the codings of a concept, one of which must be in.
func (w *walker) check(n fhir.Node, path, kind, canonical string) {
	s, ok := R4().ValueSet(canonical)
	if !ok {
		return
	}
	a, text := Unknown, string(n.Raw())
	switch kind {
	case "code":
		a = s.Has("", n.Str())
	case "Coding":
		a = s.Has(n.Get("system").Str(), n.Get("code").Str())
	case "CodeableConcept":
		a = Out
		for c := n.Get("coding").First(); c.Exists(); c = c.Next() {
			a = a.or(s.Has(c.Get("system").Str(), c.Get("code").Str()))
		}
	}
	w.checked++
	if a == Out {
		w.wrong[path+" "+text]++
	}
}
