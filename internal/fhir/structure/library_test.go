package structure

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"yitong/internal/fault"
	"yitong/internal/fhir"
)

// keep is what somebody keeps elsewhere.
func keep(t testing.TB, texts ...string) func(string) (fhir.Node, bool) {
	t.Helper()
	kept := map[string]fhir.Node{}
	for _, text := range texts {
		n := parse(t, text)
		kept[n.Get("url").Str()] = n
	}
	return func(url string) (fhir.Node, bool) {
		n, ok := kept[url]
		return n, ok
	}
}

func TestEveryEmbeddedDefinitionIsRead(t *testing.T) {
	t.Parallel()
	l := open() // its own: no other test has warmed it
	for _, url := range l.URLs() {
		d, err := l.Definition(url)
		if err != nil {
			t.Error(err)
			continue
		}
		if d.URL != url || len(d.Elements) == 0 || d.Version != "4.0.1" {
			t.Errorf("%s: %s|%s with %d elements", url, d.URL, d.Version, len(d.Elements))
		}
		again, _ := l.Definition(url)
		if again != d {
			t.Errorf("%s is read twice", url)
		}
	}
}

func TestCanonicals(t *testing.T) {
	t.Parallel()
	versioned := strings.Replace(profile("http://x/p", "Patient", "Patient"), `"name"`, `"version":"2","name"`, 1)
	l := R4().With(keep(t, versioned))
	for canonical, want := range map[string]fault.Code{
		"Patient": "", official + "Patient": "", official + "Patient|4.0.1": "", "http://x/p": "", "http://x/p|2": "",
		"Patience": fault.NotFound, official + "Patient|3.0.1": fault.NotFound, "http://x/p|1": fault.NotFound,
		"http://x/q": fault.NotFound, "": fault.NotFound, "|": fault.NotFound,
	} {
		_, err := l.Definition(canonical)
		if got := fault.CodeOf(err); got != want {
			t.Errorf("%q: %v, want %q", canonical, err, want)
		}
	}
	if _, err := R4().Definition("http://x/p"); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("the library below finds what the one above has: %v", err)
	}
}

func TestLibrariesLieOverEachOther(t *testing.T) {
	t.Parallel()
	base := profile("http://x/base", "Patient", "Patient", `Patient.name "min":1`)
	l := R4().With(keep(t, base)).With(keep(t, profile("http://x/top", "http://x/base", "Patient", `Patient.name "max":"1"`)))
	d, err := l.Definition("http://x/top")
	if err != nil {
		t.Fatal(err)
	}
	if got := describe(d, "Patient.name"); got != "Patient.name 1..1 HumanName\n" {
		t.Error(got)
	}
	below, _ := l.Definition("http://x/base")
	if !slices.Contains(d.Elements, below.Elements[1]) {
		t.Error("an element that the profile leaves alone is not shared with the base")
	}
}

// A constraint names the definition that states it first, however far above.
func TestSourcesOfConstraints(t *testing.T) {
	t.Parallel()
	d, err := Read(parse(t, profile("http://x/p", "bp", "Observation", `Observation.component "constraint":[
		{"key":"x-1","severity":"warning","expression":"true"}]`)), R4())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, e := range d.Elements {
		for _, c := range e.Constraints {
			got[c.Key] = c.Source
		}
	}
	for key, want := range map[string]string{"dom-2": official + "DomainResource", "obs-3": official + "Observation",
		"vs-3": official + "vitalsigns", "ele-1": official + "Element", "ext-1": official + "Extension", "x-1": "http://x/p"} {
		if got[key] != want {
			t.Errorf("%s is from %q, want %q", key, got[key], want)
		}
	}
}

// A circle of bases ends with an error from wherever it is entered, also by several at once.
func TestCircles(t *testing.T) {
	t.Parallel()
	l := R4().With(keep(t, profile("http://x/a", "http://x/b", "Patient"), profile("http://x/b", "http://x/c", "Patient"),
		profile("http://x/c", "http://x/a", "Patient")))
	var all sync.WaitGroup
	for i := range 12 {
		all.Go(func() {
			_, err := l.Definition("http://x/" + string("abc"[i%3]))
			if fault.CodeOf(err) != fault.Unprocessable || !strings.Contains(err.Error(), "in a circle") {
				t.Error(err)
			}
		})
	}
	all.Wait()
	var chain []string
	for i := range MaxChain + 2 {
		chain = append(chain, profile(fmt.Sprint("http://x/", i), fmt.Sprint("http://x/", i+1), "Patient"))
	}
	_, err := R4().With(keep(t, chain...)).Definition("http://x/0")
	if fault.CodeOf(err) != fault.Unprocessable || !strings.Contains(err.Error(), "in a row") {
		t.Error(err)
	}
}

// Slices within slices copy each other; the snapshot is bounded.
func TestSlicesAreBounded(t *testing.T) {
	t.Parallel()
	path, elements := "Questionnaire", []string{}
	for range 12 {
		path += ".item"
		elements = append(elements, path+` "slicing":{"discriminator":[{"type":"value","path":"linkId"}],"rules":"open"}`)
	}
	for at := path; strings.Contains(at, "."); at = at[:strings.LastIndexByte(at, '.')] {
		for i := range 4 {
			elements = append(elements, fmt.Sprintf(`%s "id":%q,"sliceName":"s%d"`, at, fmt.Sprintf("%s:s%d", at, i), i))
		}
	}
	_, err := Read(parse(t, profile("http://x/p", "Questionnaire", "Questionnaire", elements...)), R4())
	if fault.CodeOf(err) != fault.TooLarge {
		t.Error(err)
	}
}

// Whatever a profile says of cardinalities: it is refused, or its snapshot allows no more than its base.
func TestProfilesOnlyNarrow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		paths := []string{"Patient.name", "Patient.gender", "Patient.link", "Patient.link.other", "Patient.name.given",
			"Patient.contact", "Patient.contact.name.family", "Patient.deceased[x]"}
		texts := []string{}
		base := "Patient"
		for i := range rapid.IntRange(1, 3).Draw(t, "profiles") {
			var elements []string
			for _, path := range rapid.SliceOfNDistinct(rapid.SampledFrom(paths), 1, 5, rapid.ID).Draw(t, "paths") {
				elements = append(elements, fmt.Sprintf(`%s "min":%d,"max":%q`, path,
					rapid.SampledFrom([]int{0, 0, 0, 1, 2}).Draw(t, "min"),
					rapid.SampledFrom([]string{"1", "1", "0", "2", "*"}).Draw(t, "max")))
			}
			url := fmt.Sprint("http://x/", i)
			texts = append(texts, profile(url, base, "Patient", elements...))
			base = url
		}
		nodes := map[string]fhir.Node{}
		for _, text := range texts {
			tree, err := fhir.Parse([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			nodes[tree.Root().Get("url").Str()] = tree.Root()
		}
		l := R4().With(func(url string) (fhir.Node, bool) { n, ok := nodes[url]; return n, ok })
		for d, err := l.Definition(base); err == nil && d.Derivation == Profile; {
			below, e := l.Definition(d.Base)
			if e != nil {
				t.Fatalf("%s is read, and its base is not: %v", d.URL, e)
			}
			narrower(t, d, below)
			d = below
		}
	})
}

func narrower(t *rapid.T, d, base *Definition) {
	last := -1
	for _, b := range base.Elements {
		i := slices.IndexFunc(d.Elements, func(e *Element) bool { return e.ID == b.ID })
		if i <= last {
			t.Fatalf("%s: %s is at %d, behind %d", d.URL, b.ID, i, last)
		}
		last = i
		e := d.Elements[i]
		if e.Min < b.Min || b.Max != Many && (e.Max == Many || e.Max > b.Max) || e.Base != b.Base {
			t.Fatalf("%s: %s is %d..%d, in the base %d..%d", d.URL, e.ID, e.Min, e.Max, b.Min, b.Max)
		}
	}
}

// FuzzRead reads whatever comes: nothing may panic, refusals are for the sender, and what is read can be written and
// then read again to the same elements.
func FuzzRead(f *testing.F) {
	for _, text := range []string{
		profile("http://x/p", "bp", "Observation", `Observation.component "sliceName":"MAP","min":1`,
			`Observation.component.value[x].extension "min":1`),
		profile("http://x/p", "Questionnaire", "Questionnaire", `Questionnaire.item.item.item "max":"0"`),
		profile("http://x/p", "Extension", "Extension", `Extension.extension "sliceName":"a/b"`, `Extension.valueCode "fixedCode":"x"`),
		profile("http://x/p", "Patient", "Patient", `Patient.name:x. "id":"Patient..:","sliceName":"/"`),
		strings.Replace(profile("http://x/p", "Element", "Part", `Part.a "min":0,"max":"*","type":[{"code":"Part"}]`,
			`Part.a.b "min":0,"max":"1","contentReference":"#Part.a"`), `"constraint"`, `"specialization"`, 1),
		`{"resourceType":"StructureDefinition","url":"u","type":"A","differential":{"element":[{"path":"A"},{"path":"A.b"}]}}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		tree, err := fhir.Parse(text)
		if err != nil {
			return
		}
		d, err := Read(tree.Root(), R4())
		if err != nil {
			if code := fault.CodeOf(err); code != fault.Unprocessable && code != fault.TooLarge {
				t.Fatalf("%s: %v", code, err)
			}
			return
		}
		out, err := Snapshot(tree.Root(), R4())
		if err != nil {
			t.Fatal(err)
		}
		again, err := Read(parse(t, string(out)), R4())
		if err != nil {
			t.Fatalf("%v in %s", err, out)
		}
		if describe(again, "") != describe(d, "") {
			t.Fatalf("%s, then %s", describe(d, ""), describe(again, ""))
		}
	})
}

func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		open()
	}
}

// BenchmarkPatient reads Patient and what it needs, with nothing kept.
func BenchmarkPatient(b *testing.B) {
	lines := R4()
	for b.Loop() {
		l := &Library{lines: lines.lines, common: lines.common}
		if _, err := l.Definition("Patient"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAll reads every embedded definition.
func BenchmarkAll(b *testing.B) {
	lines := R4()
	urls := lines.URLs()
	b.ReportAllocs()
	for b.Loop() {
		l := &Library{lines: lines.lines, common: lines.common}
		for _, url := range urls {
			if _, err := l.Definition(url); err != nil {
				b.Fatal(err)
			}
		}
	}
}
