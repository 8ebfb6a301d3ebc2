package structure

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"yitong/internal/fhir"
)

const folder = "../schema/generate/node_modules/hl7.fhir.r4.examples"

// officials calls with every StructureDefinition of HL7's that is embedded, as HL7 publishes it.
func officials(t *testing.T, with func(t *testing.T, n fhir.Node)) {
	t.Helper()
	if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		t.Skip("HL7's definitions are not installed: npm ci --prefix internal/fhir/schema/generate")
	}
	files, err := filepath.Glob(folder + "/StructureDefinition-*.json")
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		tree, err := fhir.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		n := tree.Root()
		if n.Get("fhirVersion").Str() != "4.0.1" || !n.Get("differential").Exists() ||
			!strings.HasPrefix(n.Get("url").Str(), official) {
			continue
		}
		count++
		with(t, n)
	}
	if count != len(R4().URLs()) {
		t.Errorf("%d definitions, %d embedded", count, len(R4().URLs()))
	}
}

// slip is a difference from the published snapshots, which an older generator made, and what speaks for ours. The parts
// that are empty match everything.
type slip struct{ definition, element, field, have, published, why string }

const (
	implicit = "{[{value url}] false open}"
	noValue  = "the published type of the value of a primitive is that of the type above; the differential names its own"
	below    = "the element value inherits the limits of the type above, as the other members do"
	profiled = "the rules of a type's profile stand in that profile; only here are they repeated"
	unsliced = "the published one closes value[x] to Quantity without a slice here, and with one elsewhere"
)

var slips = []slip{
	{field: "slicing", have: implicit, why: "resources leave out the slicing of extensions, which their bases have"},
	{definition: "MetadataResource", element: "MetadataResource", field: "constraints",
		why: "two constraints are in the snapshot only, inv-1 and inv-2"},
	{definition: "canonical", field: "types", why: noValue},
	{definition: "code", field: "types", why: noValue},
	{definition: "id", field: "types", why: noValue},
	{definition: "markdown", field: "types", why: noValue},
	{definition: "oid", field: "types", why: noValue},
	{definition: "positiveInt", field: "types", why: noValue},
	{definition: "unsignedInt", field: "types", why: noValue},
	{definition: "url", field: "types", why: noValue},
	{definition: "uuid", field: "types", why: noValue},
	{field: "maxLength", have: "1048576", published: "0", why: below},
	{definition: "positiveInt", field: "maxValue", why: below},
	{definition: "positiveInt", field: "minValue", why: below},
	{definition: "unsignedInt", field: "maxValue", why: below},
	{definition: "unsignedInt", field: "minValue", why: below},
	{element: "Observation.referenceRange.high", field: "constraints", why: profiled},
	{element: "Observation.referenceRange.low", field: "constraints", why: profiled},
	{definition: "bp", element: "Observation.component:SystolicBP.value[x]", field: "slicing", why: unsliced},
	{definition: "bp", element: "Observation.component:SystolicBP.value[x]", field: "place", why: unsliced},
	{definition: "bp", element: "Observation.component:DiastolicBP.value[x]", field: "slicing", why: unsliced},
	{definition: "bp", element: "Observation.component:DiastolicBP.value[x]", field: "place", why: unsliced},
	{definition: "codesystem-history", element: "Extension.extension:revision.extension", field: "max",
		why: "HL7 forbids extensions of which it requires some; the generator of the data mends it"},
	{definition: "elementdefinition-de", element: "ElementDefinition.extension:Question",
		field: "place", why: "the published one repeats what the extension's definition has"},
	{definition: "elementdefinition-de", element: "ElementDefinition.extension:AllowedUnits",
		field: "place", why: "the published one repeats what the extension's definition has"},
	{definition: "provenance-relevant-history", element: "Provenance.agent:Author.type", field: "binding",
		why: "the slice has the binding that the profile gives the sliced element"},
	{definition: "provenance-relevant-history", element: "Provenance.entity.agent", field: "contentReference",
		why: "the published one points at a slice that the base does not have"},
}

// excuse gives the place of the slip that is a difference, -1 if it is none.
func excuse(definition, element, field, have, published string) int {
	return slices.IndexFunc(slips, func(s slip) bool {
		return (s.definition == "" || s.definition == definition) &&
			(s.element == "" || s.element == element || field == "place" && strings.HasPrefix(element, s.element)) &&
			s.field == field && (s.have == "" || s.have == have) && (s.published == "" || s.published == published)
	})
}

// The generated snapshots are the published ones, but for the slips.
func TestSnapshotsAreTheOfficialOnes(t *testing.T) {
	t.Parallel()
	used := make([]bool, len(slips))
	elements := 0
	officials(t, func(t *testing.T, n fhir.Node) {
		d, err := R4().Definition(n.Get("url").Str())
		if err != nil {
			t.Error(err)
			return
		}
		name := strings.TrimPrefix(d.URL, official)
		differs := func(element, field, have, published string) {
			if i := excuse(name, element, field, have, published); i >= 0 {
				used[i] = true
				return
			}
			t.Errorf("%s: %s, %s: %s, published %s", name, element, field, have, published)
		}
		elements += len(d.Elements)
		compare(t, d, n.Get("snapshot").Get("element"), differs)
	})
	t.Logf("%d elements", elements)
	for i, s := range slips {
		if !used[i] {
			t.Errorf("no longer a difference: %+v", s)
		}
	}
}

func compare(t *testing.T, d *Definition, published fhir.Node, differs func(element, field, have, published string)) {
	t.Helper()
	ours := map[string]*Element{}
	var ids, in []string // in: those that are in the published one, in its order
	for _, e := range d.Elements {
		ours[e.ID] = e
	}
	for w := published.First(); w.Exists(); w = w.Next() {
		id := w.Get("id").Str()
		e, ok := ours[id]
		if !ok {
			differs(id, "place", "none", "there")
			continue
		}
		in = append(in, id)
		have, want := factsOf(e), publishedFacts(t, w)
		for _, name := range union(keys(have), keys(want)) {
			if have[name] != want[name] {
				differs(id, name, have[name], want[name])
			}
		}
	}
	for _, e := range d.Elements {
		if slices.Contains(in, e.ID) {
			ids = append(ids, e.ID)
		} else {
			differs(e.ID, "place", "there", "none")
		}
	}
	if !slices.Equal(ids, in) {
		t.Errorf("%s: the order is %s, published %s", d.Name, ids, in)
	}
}

func keys(m map[string]string) (all []string) {
	for k := range m {
		all = append(all, k)
	}
	slices.Sort(all)
	return all
}

func factsOf(e *Element) map[string]string {
	f := map[string]string{"path": e.Path, "sliceName": e.SliceName, "min": fmt.Sprint(e.Min), "max": fmt.Sprint(e.Max),
		"base":             fmt.Sprint(e.Base),
		"contentReference": e.ContentReference, "modifier": fmt.Sprint(e.Modifier), "summary": fmt.Sprint(e.Summary),
		"mustSupport": fmt.Sprint(e.MustSupport), "maxLength": fmt.Sprint(e.MaxLength), "regex": e.Regex}
	var types, constraints []string
	for _, t := range e.Types {
		types = append(types, fmt.Sprint(t.Code, t.Profiles, sorted(t.Targets), t.Aggregation, t.Versioning))
	}
	for _, c := range e.Constraints {
		constraints = append(constraints, c.Key+" "+c.Severity+" "+c.Expression)
	}
	f["types"] = strings.Join(types, ";")
	f["constraints"] = strings.Join(sorted(constraints), ";")
	if e.Binding != nil {
		f["binding"] = fmt.Sprint(*e.Binding)
	}
	if e.Slicing != nil {
		f["slicing"] = fmt.Sprint(*e.Slicing)
	}
	for name, v := range map[string]struct {
		n    fhir.Node
		name string
	}{"fixed": {e.Fixed, e.FixedType}, "pattern": {e.Pattern, e.PatternType}, "minValue": {e.MinValue, e.MinValueType},
		"maxValue": {e.MaxValue, e.MaxValueType}} {
		if v.n.Exists() {
			f[name] = v.name + canonicalJSON(v.n)
		}
	}
	return f
}

func canonicalJSON(n fhir.Node) string {
	var v any
	if err := json.Unmarshal(n.Raw(), &v); err != nil {
		return err.Error()
	}
	text, _ := json.Marshal(v)
	return string(text)
}

func sorted(s []string) []string { return slices.Sorted(slices.Values(s)) }

// publishedFacts reads an element of a published snapshot without the generator.
func publishedFacts(t *testing.T, n fhir.Node) map[string]string {
	t.Helper()
	e := Element{ID: n.Get("id").Str(), Path: n.Get("path").Str(), SliceName: n.Get("sliceName").Str()}
	r := reader{id: e.ID}
	r.apply(&e, n)
	b := n.Get("base")
	e.Base = Base{b.Get("path").Str(), r.count(b.Get("min")), r.max(b.Get("max"))}
	if r.err != nil {
		t.Error(r.err)
	}
	return factsOf(&e)
}
