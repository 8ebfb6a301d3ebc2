package validate

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"yitong/internal/fhir"
	"yitong/internal/fhir/fhirpath"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/structure"
	"yitong/internal/fhir/terminology"
)

// costly tells whether an issue says that the validation was given up.
func costly(issues []Issue) bool {
	return slices.ContainsFunc(issues, func(i Issue) bool { return i.Code == "too-costly" && i.Severity == Error })
}

// many writes n items with a comma between, each with its number in the place of every #.
func many(n int, item string) string {
	items := make([]string, n)
	for i := range items {
		items[i] = strings.ReplaceAll(item, "#", strconv.Itoa(i))
	}
	return strings.Join(items, ",")
}

// nested writes something inside of itself.
func nested(levels int, open, inner, end string) string {
	return strings.Repeat(open, levels) + inner + strings.Repeat(end, levels)
}

// doubled writes a tree of which each node has two below.
func doubled(levels int, open, leaf, end string) string {
	for range levels {
		leaf = open + leaf + "," + leaf + end
	}
	return leaf
}

func patient(members string) string { return `{"resourceType":"Patient",` + members + `}` }

// Large and deep resources are validated within the bound of work, which counts steps, not seconds; what is beyond says
// so.
func TestWorkIsBounded(t *testing.T) {
	t.Parallel()
	const extension = `{"url":"http://example.org/e","extension":[`
	const part = `{"url":"a","valueCode":"x"}`
	for name, c := range map[string]struct {
		text   string
		costly bool // beyond the bound
	}{
		"100 000 names":            {patient(`"name":[` + many(100_000, `{"family":"a","given":["b"]}`) + `]`), false},
		"1 000 000 of a primitive": {patient(`"name":[{"given":[` + many(1_000_000, `"a"`) + `]}]`), false},
		"100 000 wrong values":     {patient(`"name":[` + many(100_000, `{"use":"x"}`) + `]`), false},
		"100 000 unknown members":  {patient(many(100_000, `"m#":1`)), false},
		"extensions in extensions": {patient(`"extension":[` + nested(20, extension, part, `]}`) + `]`), false},
		"a tree of extensions":     {patient(`"extension":[` + doubled(13, extension, part, `]}`) + `]`), false},
		"items in items": {`{"resourceType":"Questionnaire","status":"draft",` +
			nested(29, `"item":[{"type":"group","linkId":"a",`, `"text":"x"`, `}]`) + `}`, false},
		"Bundles in Bundles": {nested(15, `{"resourceType":"Bundle","type":"collection","entry":[{"resource":`,
			patient(`"active":true`), `}]}`), false},
		"50 000 codes": {`{"resourceType":"CodeSystem","status":"active","content":"complete","concept":[` +
			many(50_000, `{"code":"c#"}`) + `]}`, false},
		"5 000 entries": {`{"resourceType":"Bundle","type":"collection","entry":[` +
			many(5000, `{"fullUrl":"http://e.org/Basic/#","resource":{"resourceType":"Basic","id":"#","code":{"text":"x"},
				"subject":{"reference":"Patient/#"}}}`) + `]}`, false},
		"5 000 contained": {`{"resourceType":"List","status":"current","mode":"working","contained":[` +
			strings.ReplaceAll(many(5000, `{"resourceType":"Basic","id":"a#","code":{"text":"x"}}`)+`],"entry":[`+
				many(5000, `{"item":{"reference":"!a#"}}`), "!", "#") + `]}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			issues := r4().Resource(parse(t, c.text), Options{})
			if costly(issues) != c.costly {
				t.Errorf("costly is %t, want %t:%s", !c.costly, c.costly, told(issues[:min(len(issues), 3)]))
			}
			if len(issues) > 2*MostIssues+4 {
				t.Errorf("%d issues", len(issues))
			}
			checkTexts(t, issues[:min(len(issues), 10)])
		})
	}
}

func TestManySlices(t *testing.T) {
	t.Parallel()
	elements := []string{sliced("Patient.identifier", "open", "value system")}
	for i := range 20 {
		elements = append(elements, fmt.Sprintf(`Patient.identifier "sliceName":"s%d"`, i),
			fmt.Sprintf(`Patient.identifier.system "min":1,"fixedUri":"http://s/%d"`, i))
	}
	v := define(t, profile("p", "Patient", elements...))
	n := parse(t, patient(`"identifier":[`+many(500, many(20, `{"system":"http://s/#"}`))+`]`))
	if issues := errorsOf(v.Resource(n, Options{Profiles: []string{"http://x/p"}})); issues != nil {
		t.Error(told(issues))
	}
}

// Targets that all point at all others are no reason to look at them for ever, nor to take the resource for a good one.
func TestTargetsThatAllPointAtAll(t *testing.T) {
	t.Parallel()
	v := define(t, profile("p", "Patient", `Patient.name "min":1`,
		`Patient.link.other "type":[{"code":"Reference","targetProfile":["http://x/p"]}]`))
	const link = `{"other":{"reference":"Patient/#"},"type":"seealso"}`
	person := patient(`"name":[{"text":"a"}],"link":[` + many(100, link) + `]`)
	others, asked := map[string]fhir.Node{}, 0
	for i := range 100 {
		others[fmt.Sprintf("Patient/%d", i)] = parse(t, person)
	}
	o := Options{Profiles: []string{"http://x/p"}, Resolve: func(reference string) (fhir.Node, bool) {
		asked++
		n, ok := others[reference]
		return n, ok
	}}
	issues := v.Resource(parse(t, person), o)
	if errors := errorsOf(issues); errors != nil && !costly(issues) {
		t.Error(told(errors))
	}
	if asked > MostWork {
		t.Errorf("the caller was asked %d times", asked)
	}
}

// An evaluation that is too long for the work that is left is no warning: nobody knows whether the rule is kept.
func TestCostlyInvariants(t *testing.T) {
	t.Parallel()
	v := define(t, profile("p", "Patient", `Patient "constraint":[{"key":"x-1","severity":"error","human":"须：H.",
		"expression":"name.all(%resource.name.all(%resource.name.all(%resource.name.all(text.exists()))))"}]`))
	n := parse(t, patient(`"name":[`+many(200, `{"text":"a"}`)+`]`))
	if issues := v.Resource(n, Options{Profiles: []string{"http://x/p"}}); !costly(issues) {
		t.Error(told(issues))
	}
}

// Errors are reported however many warnings come before them.
func TestErrorsStandOutOfWarnings(t *testing.T) {
	t.Parallel()
	const klingon = `{"language":{"coding":[{"system":"urn:ietf:bcp:47","code":"tlh"}]}}`
	n := parse(t, patient(`"communication":[`+many(500, klingon)+`],"link":[{"type":"x","other":{"display":"y"}}]`))
	issues := r4().Resource(n, Options{})
	if !has(issues, Error, "binding", "Patient.link[0].type") {
		t.Errorf("the error is lost among %d issues", len(issues))
	}
	if len(issues) < MostIssues || !slices.ContainsFunc(issues, func(i Issue) bool { return i.Rule == "too-many" }) {
		t.Errorf("%d issues, and nothing says that there are more", len(issues))
	}
	n = parse(t, patient(`"name":[`+many(500, `{"use":"x"}`)+`]`))
	if issues = r4().Resource(n, Options{Errors: true}); len(issues) < MostIssues || len(issues) > MostIssues+1 {
		t.Errorf("%d issues, want %d", len(issues), MostIssues)
	}
}

// Who has as many errors as are reported is not told that there are more.
func TestAllErrorsAreThere(t *testing.T) {
	t.Parallel()
	n := parse(t, patient(`"name":[`+many(MostIssues, `{"use":"x"}`)+`]`))
	if issues := r4().Resource(n, Options{Errors: true}); len(issues) != MostIssues {
		t.Errorf("%d issues:%s", len(issues), told(issues[max(0, len(issues)-2):]))
	}
}

func TestIssuesComeInOrderAndOnce(t *testing.T) {
	t.Parallel()
	v := define(t, profile("p", "Patient"), profile("q", "Patient"))
	n := parse(t, patient(`"meta":{"profile":["http://x/p","http://x/q"]},"zz":1,"gender":"x",
		"name":[{"use":"y"},{"use":"y"}],"birthDate":"x","contact":[{"gender":"male"}]`))
	issues := v.Resource(n, Options{})
	last := -1
	seen := map[string]bool{}
	for _, i := range issues {
		at, _ := i.At.Span()
		if at < last {
			t.Errorf("%s at %s comes too late", i.Rule, i.Place())
		}
		last = at
		if key := i.Rule + i.Place() + i.English; seen[key] {
			t.Errorf("%s at %s comes twice", i.Rule, i.Place())
		} else {
			seen[key] = true
		}
	}
	if len(errorsOf(issues)) != 6 {
		t.Error(told(issues))
	}
}

// A value that is no resource, and resources that stand at no place, are answered and not feared.
func TestNoResources(t *testing.T) {
	t.Parallel()
	for text, place := range map[string]string{
		`null`: "$this", `[]`: "$this", `"x"`: "$this", `{}`: "$this", `{"resourceType":null}`: "$this",
		`{"resourceType":""}`: "$this", `{"resourceType":["Patient"]}`: "$this", `{"resourceType":"patient"}`: "patient",
		`{"resourceType":"Resource"}`: "Resource", `{"resourceType":"DomainResource"}`: "DomainResource",
		`{"resourceType":"HumanName"}`: "HumanName",
	} {
		if issues := r4().Resource(parse(t, text), Options{}); !has(issues, Error, "structure", place) {
			t.Errorf("%s: %s", text, told(issues))
		}
	}
}

// One Validator serves many at once from the first use on.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	v := New(structure.R4().With(func(string) (fhir.Node, bool) { return fhir.Node{}, false }), terminology.R4())
	all, err := valid()
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for name, text := range all {
				tree, err := fhir.Parse([]byte(text))
				if err != nil {
					t.Error(err)
					return
				}
				if found := errorsOf(v.Resource(tree.Root(), Options{})); found != nil {
					t.Errorf("%s:%s", name, told(found))
				}
			}
		})
	}
	wait.Wait()
}

// The invariants that are written in Go hold for just the values for which their expressions hold.
func TestNativesAreAsTheirExpressions(t *testing.T) {
	t.Parallel()
	sites := ownSites(t)
	expressions := map[string]*fhirpath.Expression{}
	for key, n := range natives {
		if n.expression == "htmlChecks()" {
			continue // TestMutantsAreFound sees that narratives are checked
		}
		e, err := fhirpath.Parse(n.expression)
		if err != nil {
			t.Fatal(err)
		}
		expressions[key] = e
	}
	rapid.Check(t, func(t *rapid.T) {
		s := sites[rapid.IntRange(0, len(sites)-1).Draw(t, "site")]
		x := value{of: s.of}
		switch {
		case s.shape != nil:
			x.n = some(t, s.n, s.of.Type == "Extension", `"id":"a"`, extended, `"valueString":"c"`,
				`"_valueString":{`+extended+`}`)
		case rapid.Bool().Draw(t, "value"):
			x.n = s.n
		}
		if s.shape == nil && (!x.n.Exists() || rapid.Bool().Draw(t, "side")) {
			x.side = some(t, fhir.Node{}, true, `"id":"a"`, extended)
		}
		w := &walk{v: r4(), root: s.n, self: s.n, outer: s.n, work: MostWork,
			way: []step{{name: "Patient", typ: "Patient"}, {name: s.of.Name, typ: s.of.Type, at: x}}}
		for key, expression := range expressions {
			if key == "ext-1" && s.of.Type != "Extension" {
				continue
			}
			holds, err := expression.Holds(&fhirpath.Env{}, x.focus())
			if err != nil {
				t.Fatal(err)
			}
			if got := natives[key].holds(w, x); got != holds {
				t.Fatalf("%s is %t, its expression %t for %s %s beside %s", key, got, holds, s.of.Name, x.n.Raw(), x.side.Raw())
			}
		}
	})
}

// extended is a member that holds an extension.
const extended = `"extension":[{"url":"http://x/e","valueCode":"b"}]`

// ownSites lists the values in the resources of testdata that are no resources themselves.
func ownSites(t *testing.T) (sites []site) {
	all, err := valid()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		n := parse(t, all[name])
		e := &example{name: name, src: []byte(all[name])}
		e.sitesOf(site{example: e, n: n, shape: shapeOfResource(n)})
		sites = append(sites, e.sites...)
	}
	return slices.DeleteFunc(sites, site.resource)
}

// some gives an object with some of the members of one, and some of others: of the first of these only, unless all.
func some(t *rapid.T, n fhir.Node, all bool, others ...string) fhir.Node {
	var members []string
	for m := n.First(); m.Exists(); m = m.Next() {
		if rapid.Bool().Draw(t, "keep") {
			members = append(members, fmt.Sprintf("%q:%s", m.Name(), m.Raw()))
		}
	}
	for i, other := range others {
		name, _, _ := strings.Cut(other, ":")
		taken := slices.ContainsFunc(members, func(m string) bool { return strings.HasPrefix(m, name+":") })
		if (all || i == 0) && !taken && rapid.Bool().Draw(t, "add") {
			members = append(members, other)
		}
	}
	return parseRapid(t, "{"+strings.Join(members, ",")+"}")
}

// Codes and link ids are counted over all levels, however alike the concepts and items are.
func TestRepeatedCodes(t *testing.T) {
	t.Parallel()
	asItems := strings.NewReplacer(`"code":`, `"type":"group","linkId":`, "concept", "item", "CodeSystem", "Questionnaire",
		`"content":"complete",`, "")
	rapid.Check(t, func(t *rapid.T) {
		seen, twice := map[string]bool{}, false
		var level func(depth int) string
		level = func(depth int) string {
			var items []string
			for range rapid.IntRange(1, 3).Draw(t, "items") {
				code, below := rapid.StringMatching("[a-f]").Draw(t, "code"), ""
				twice = twice || seen[code]
				seen[code] = true
				if depth > 0 && rapid.Bool().Draw(t, "deeper") {
					below = `,"concept":` + level(depth-1)
				}
				items = append(items, `{"code":"`+code+`"`+below+`}`)
			}
			return "[" + strings.Join(items, ",") + "]"
		}
		text := `{"resourceType":"CodeSystem","status":"draft","content":"complete","concept":` + level(2) + `}`
		if found := has(r4().Resource(parseRapid(t, text), Options{}), Error, "csd-1", "CodeSystem"); found != twice {
			t.Fatalf("csd-1 is %t for %s", found, text)
		}
		text = asItems.Replace(text)
		if found := has(r4().Resource(parseRapid(t, text), Options{}), Error, "que-2", "Questionnaire"); found != twice {
			t.Fatalf("que-2 is %t for %s", found, text)
		}
	})
}

// What refers to what among contained resources is seen as the expressions of dom-3 and ref-1 mean it, which are too slow
// for many of them.
func TestContainedAndReferences(t *testing.T) {
	t.Parallel()
	dom3, err := fhirpath.Parse(`contained.where(('#' + id in (%resource.descendants().reference |
			%resource.descendants().ofType(canonical) | %resource.descendants().ofType(uri) |
			%resource.descendants().ofType(url)) or
		descendants().where(reference = '#').exists() or descendants().ofType(canonical).where($this = '#').exists() or
		descendants().ofType(uri).where($this = '#').exists() or
		descendants().ofType(url).where($this = '#').exists()).not()).empty()`)
	if err != nil {
		t.Fatal(err)
	}
	ref1, err := fhirpath.Parse(`descendants().where($this is Reference).all(reference.empty() or reference = '#' or
		reference.startsWith('#').not() or reference.substring(1) in %resource.contained.id)`)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SampledFrom([]string{"#", "#a", "#b", "#c", "Patient/a", "a", "#a#b", "http://x.org#a"})
		link := func() string {
			return fmt.Sprintf(rapid.SampledFrom([]string{
				`{"url":"http://x/e","valueReference":{"reference":%q}}`, `{"url":"http://x/e","valueUri":%q}`,
				`{"url":"http://x/e","valueCanonical":%q}`, `{"url":"http://x/e","valueUrl":%q}`,
				`{"url":"http://x/e","valueString":%q}`, `{"url":"http://x/e","valueReference":{"display":%q}}`,
				`{"url":"http://x/e","valueCode":"b","_valueCode":{
					"extension":[{"url":"http://x/e","valueReference":{"reference":%q}}]}}`,
			}).Draw(t, "link"), names.Draw(t, "name"))
		}
		var contained, links []string
		for _, id := range []string{"a", "b"}[:rapid.IntRange(1, 2).Draw(t, "contained")] {
			inner := ""
			if rapid.Bool().Draw(t, "refers") {
				inner = `,"extension":[` + link() + `]`
			}
			contained = append(contained, fmt.Sprintf(`{"resourceType":"Basic","id":%q,"code":{"text":"x"}%s}`, id, inner))
		}
		for range rapid.IntRange(1, 3).Draw(t, "links") {
			links = append(links, link())
		}
		text := patient(`"contained":[` + strings.Join(contained, ",") + `],"extension":[` + strings.Join(links, ",") + `]`)
		n := parseRapid(t, text)
		issues := r4().Resource(n, Options{})
		for key, expression := range map[string]*fhirpath.Expression{"dom-3": dom3, "ref-1": ref1} {
			holds, err := expression.Holds(&fhirpath.Env{Resource: n, ManyAs: true}, fhirpath.Of(n))
			if err != nil {
				t.Fatal(err)
			}
			if found := slices.ContainsFunc(issues, func(i Issue) bool { return i.Rule == key }); found == holds {
				t.Fatalf("%s is %t, its expression %t for %s", key, !found, holds, text)
			}
		}
	})
}

func parseRapid(t *rapid.T, text string) fhir.Node {
	tree, err := fhir.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return tree.Root()
}

// FuzzResource validates what the fuzzer makes of valid resources: no text makes it panic, loop or speak nonsense.
func FuzzResource(f *testing.F) {
	all, err := valid()
	if err != nil {
		f.Fatal(err)
	}
	for _, text := range all {
		f.Add([]byte(text), uint64(0))
		f.Add([]byte(text), uint64(7))
	}
	v := define(f, profile("p", "Patient", sliced("Patient.identifier", "closed ordered", "value system"),
		`Patient.identifier "sliceName":"a","min":1`, `Patient.identifier.system "fixedUri":"http://s"`,
		`Patient.link.other "type":[{"code":"Reference","targetProfile":["http://x/p"]}]`))
	f.Fuzz(func(t *testing.T, text []byte, seed uint64) {
		if seed != 0 {
			text = shaken(text, rand.New(rand.NewPCG(seed, 0)))
		}
		tree, err := fhir.Parse(text)
		if err != nil {
			return
		}
		n := tree.Root()
		o := Options{Resolve: func(string) (fhir.Node, bool) { return n, true }}
		if n.Get("resourceType").Str() == "Patient" {
			o.Profiles = []string{"http://x/p"}
		}
		issues := v.Resource(n, o)
		for _, i := range issues {
			if !i.At.Exists() || i.English == "" || i.Chinese == "" || i.Code == "" || i.Rule == "" || i.Place() == "" {
				t.Fatalf("the issue %s is not whole: %s", i.Rule, i.English)
			}
		}
		o.Errors = true
		if a, b := len(errorsOf(issues)), len(v.Resource(n, o)); a != b && max(a, b) < MostIssues {
			t.Fatalf("%d errors, and %d when only errors are looked for", a, b)
		}
	})
}

// shaken moves values of a text to places of others.
func shaken(text []byte, r *rand.Rand) []byte {
	tree, err := fhir.Parse(text)
	if err != nil {
		return text
	}
	var all []fhir.Node
	var walk func(fhir.Node)
	walk = func(n fhir.Node) {
		all = append(all, n)
		for c := n.First(); c.Exists(); c = c.Next() {
			walk(c)
		}
	}
	walk(tree.Root())
	from, to := all[r.IntN(len(all))], all[r.IntN(len(all))]
	start, end := to.Span()
	return slices.Concat(text[:start], bytes.Clone(from.Raw()), text[end:])
}

// The fuzz target on values that are moved, so that every run of the tests has some of it.
func TestShakenResources(t *testing.T) {
	t.Parallel()
	all, err := valid()
	if err != nil {
		t.Fatal(err)
	}
	names := slices.Sorted(maps.Keys(all))
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		text := []byte(all[names[r.IntN(len(names))]])
		for range 1 + r.IntN(3) {
			text = shaken(text, r)
		}
		tree, err := fhir.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		func() {
			defer func() {
				if p := recover(); p != nil {
					t.Errorf("%v: %s", p, text)
				}
			}()
			for _, i := range r4().Resource(tree.Root(), Options{}) {
				if i.Place() == "" || i.English == "" || i.Chinese == "" {
					t.Errorf("%s has no place or text: %s", i.Rule, text)
				}
			}
		}()
	}
}

// Every type of resource has a plan, and says what it lacks.
func TestEveryTypeCompiles(t *testing.T) {
	t.Parallel()
	for _, typ := range schema.Types() {
		if err := r4().Check(typ.String()); err != nil {
			t.Error(err)
		}
		issues := r4().Resource(parse(t, fmt.Sprintf(`{"resourceType":%q}`, typ)), Options{})
		for i := range typ.Shape().Elements {
			if e := &typ.Shape().Elements[i]; e.Required && !has(issues, Error, "cardinality", typ.String()) {
				t.Errorf("%s needs %s", typ, e.Name)
			}
		}
	}
	for _, url := range structure.R4().URLs() {
		if url == coreBase+"MetadataResource" {
			continue // no resource is one
		}
		if err := r4().Check(url); err != nil {
			t.Error(err)
		}
	}
}
