package validate

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/structure"
	"yitong/internal/fhir/terminology"
)

// define is a validator that knows more definitions, value sets and code systems.
func define(t testing.TB, texts ...string) *Validator {
	t.Helper()
	kept := map[string]fhir.Node{}
	for _, text := range texts {
		n := parse(t, text)
		kept[n.Get("url").Str()] = n
	}
	more := func(url string) (fhir.Node, bool) { n, ok := kept[url]; return n, ok }
	return New(structure.R4().With(more), terminology.R4().With(more))
}

// definition writes a StructureDefinition http://x/NAME of a type, with elements that are each the members of an
// ElementDefinition behind its path, and other members.
func definition(name, of, members string, elements ...string) string {
	if len(elements) == 0 || !strings.HasPrefix(elements[0], of+" ") {
		elements = append([]string{of}, elements...)
	}
	var list []string
	for _, e := range elements {
		path, rest, _ := strings.Cut(e, " ")
		if rest != "" {
			rest = "," + rest
		}
		list = append(list, fmt.Sprintf(`{"path":%q%s}`, path, rest))
	}
	return fmt.Sprintf(`{"resourceType":"StructureDefinition","url":"http://x/%s","name":"P","kind":"resource",
		"abstract":false,"type":%q,"baseDefinition":%q,"derivation":"constraint",%s"differential":{"element":[%s]}}`,
		name, of, coreBase+of, members, strings.Join(list, ","))
}

func profile(name, of string, elements ...string) string {
	return definition(name, of, "", elements...)
}

// extension writes the definition of an extension, with contexts "type expression".
func extension(name string, contexts, elements []string) string {
	var where, rules []string
	for _, c := range contexts {
		kind, expression, _ := strings.Cut(c, " ")
		if kind == "invariant" {
			rules = append(rules, fmt.Sprintf("%q", expression))
		} else {
			where = append(where, fmt.Sprintf(`{"type":%q,"expression":%q}`, kind, expression))
		}
	}
	members := `"context":[` + strings.Join(where, ",") + `],`
	if rules != nil {
		members += `"contextInvariant":[` + strings.Join(rules, ",") + `],`
	}
	elements = append([]string{`Extension.url "fixedUri":"http://x/` + name + `"`}, elements...)
	return definition(name, "Extension", members, elements...)
}

// set writes a value set of codes of the system http://x/codes.
func set(name string, codes ...string) string {
	var list []string
	for _, c := range codes {
		list = append(list, fmt.Sprintf(`{"code":%q}`, c))
	}
	return fmt.Sprintf(`{"resourceType":"ValueSet","url":"http://x/%s","status":"active","compose":{"include":[
		{"system":"http://x/codes","concept":[%s]}]}}`, name, strings.Join(list, ","))
}

// rulesOf is a block of testdata/rules.txt.
type rulesOf struct {
	name, head         string // head: of the definition that is being read
	contexts, elements []string
	definitions        []string
	cases              [][2]string // what is to be found, and the resource
}

// next ends the definition that is being read and begins another.
func (b *rulesOf) next(head string) {
	kind, rest, _ := strings.Cut(b.head, " ")
	words := strings.Fields(rest)
	switch kind {
	case "profile":
		b.definitions = append(b.definitions, profile(words[0], words[1], b.elements...))
	case "extension":
		b.definitions = append(b.definitions, extension(words[0], b.contexts, b.elements))
	case "set":
		b.definitions = append(b.definitions, set(words[0], words[1:]...))
	}
	b.head, b.contexts, b.elements = head, nil, nil
}

// readRules reads testdata/rules.txt, which says how it is written.
func readRules(t *testing.T) (blocks []rulesOf) {
	t.Helper()
	text, err := os.ReadFile("testdata/rules.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range strings.Split(string(text), "\n\n# ")[1:] {
		lines := strings.Split(strings.TrimSpace(block), "\n")
		b, want := rulesOf{name: lines[0]}, ""
		for _, line := range lines[1:] {
			switch rest := line[2:]; line[:2] {
			case "+ ":
				b.elements = append(b.elements, rest)
			case "@ ":
				b.contexts = append(b.contexts, rest)
			case "= ":
				b.cases = append(b.cases, [2]string{"", rest})
			case "- ":
				want = rest
			case "  ":
				b.cases = append(b.cases, [2]string{want, rest})
			default:
				b.next(line)
			}
		}
		b.next("")
		blocks = append(blocks, b)
	}
	return blocks
}

func TestRules(t *testing.T) {
	t.Parallel()
	blocks := readRules(t)
	for _, b := range blocks[1:] {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			v := define(t, slices.Concat(blocks[0].definitions, b.definitions)...)
			var o Options
			if v.Check("http://x/p") == nil {
				o.Profiles = []string{"http://x/p"}
			}
			for _, d := range b.definitions {
				if url := parse(t, d).Get("url").Str(); strings.Contains(d, "StructureDefinition") && v.Check(url) != nil {
					t.Error(fault.From(v.Check(url)).Message)
				}
			}
			for _, c := range b.cases {
				typ, members, _ := strings.Cut(c[1], " ")
				issues := v.Resource(parse(t, fmt.Sprintf(`{"resourceType":%q,%s}`, typ, members)), o)
				checkTexts(t, issues)
				expect(t, c[1], issues, c[0])
			}
		})
	}
}

// expect compares issues with what is wanted: "RULE PLACE" of an error, "warning RULE PLACE" of a warning and no error,
// or "" for no error.
func expect(t *testing.T, of string, issues []Issue, want string) {
	t.Helper()
	rest, warns := strings.CutPrefix(want, "warning ")
	rule, place, _ := strings.Cut(rest, " ")
	errors := errorsOf(issues)
	switch {
	case (want == "" || warns) && errors != nil:
		t.Errorf("%s has errors:%s", of, told(errors))
	case warns && !has(issues, Warning, rule, place), want != "" && !warns && !has(issues, Error, rule, place):
		t.Errorf("%s has no %s:%s", of, want, told(issues))
	}
}

func TestProfilesThatAreAskedFor(t *testing.T) {
	t.Parallel()
	v := define(t, profile("p", "Patient", `Patient.active "min":1`), profile("q", "Patient", `Patient.gender "min":1`),
		profile("o", "Observation"), profile("any", "DomainResource", `DomainResource.text "min":1`),
		profile("broken", "Patient", `Patient.name "max":"many"`),
		profile("slices", "Patient", sliced("Patient.name", "open", "value a b("), `Patient.name "sliceName":"a"`),
		profile("rule", "Patient",
			`Patient "constraint":[{"key":"x-1","severity":"error","human":"须：H.","expression":"name.("}]`))
	for name, c := range map[string]struct {
		members  string // of a Patient
		profiles string // that are asked for
		want     string // as expect has it
	}{
		"two":                        {`"active":true`, "p q", "cardinality Patient"},
		"two that are kept":          {`"active":true,"gender":"male"`, "p q", ""},
		"with a version":             {`"active":true`, "p|1", "profile Patient"},
		"unknown":                    {`"active":true`, "none", "profile Patient"},
		"broken":                     {`"active":true`, "broken", "profile Patient"},
		"of another type":            {`"active":true`, "o", "profile Patient"},
		"of all types":               {`"active":true`, "any", "cardinality Patient"},
		"of all types, and the rest": {`"gender":"x"`, "any", "binding Patient.gender"},
		"named":                      {`"meta":{"profile":["http://x/p"]}`, "", "cardinality Patient"},
		"named, and asked for":       {`"active":true,"meta":{"profile":["http://x/p"]}`, "q", "cardinality Patient"},
		"named, unknown":             {`"meta":{"profile":["http://x/none"]}`, "", "warning profile Patient.meta.profile[0]"},
		"named, unknown, and more":   {`"gender":"x","meta":{"profile":["http://x/none"]}`, "", "binding Patient.gender"},
		"named, broken":              {`"meta":{"profile":["http://x/broken"]}`, "", "warning profile Patient.meta.profile[0]"},
		"named, broken in slices":    {`"meta":{"profile":["http://x/slices"]}`, "", "warning profile Patient.meta.profile[0]"},
		"named, broken in a rule":    {`"meta":{"profile":["http://x/rule"]}`, "", "warning profile Patient.meta.profile[0]"},
		"two are named": {`"meta":{"profile":["http://x/p","http://x/q"]},"gender":"male"`, "",
			"cardinality Patient"},
		"named by a contained one": {`"contained":[{"resourceType":"Patient","id":"a","meta":{"profile":["http://x/p"]}}],
			"link":[{"other":{"reference":"#a"},"type":"seealso"}]`, "", "cardinality Patient.contained[0]"},
		"not a string": {`"meta":{"profile":[1]}`, "", "format Patient.meta.profile[0]"},
		"not an array": {`"meta":{"profile":"http://x/p"}`, "", "structure Patient.meta.profile"},
		"meta is none": {`"meta":"http://x/p"`, "", "structure Patient.meta"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var o Options
			for _, p := range strings.Fields(c.profiles) {
				o.Profiles = append(o.Profiles, "http://x/"+p)
			}
			issues := v.Resource(parse(t, patient(c.members)), o)
			checkTexts(t, issues)
			expect(t, name, issues, c.want)
			if strings.Contains(name, "broken") && strings.Contains(told(issues), "not known here") {
				t.Errorf("what is broken is called unknown:%s", told(issues))
			}
			for _, i := range issues {
				if i.Rule == "cardinality" && i.Profile == "" {
					t.Errorf("%s does not say whose rule it is", i.English)
				}
			}
		})
	}
	for canonical, want := range map[string]fault.Code{"http://x/p": "", "Patient": "", "http://x/none": fault.NotFound,
		"http://x/broken": fault.Unprocessable, "http://x/slices": fault.Unprocessable,
		"http://x/rule": fault.Unprocessable} {
		if err := v.Check(canonical); fault.CodeOf(err) != want {
			t.Errorf("%s: %v", canonical, err)
		}
	}
}

// In the form in which the record keeps resources, meta is empty where only the record's own would stand in it.
func TestKeptResources(t *testing.T) {
	t.Parallel()
	for members, want := range map[string][2]string{ // as kept, and as received
		`"meta":{}`:                  {"", "ele-1 Patient.meta"},
		`"meta":{"profile":[]}`:      {"structure Patient.meta.profile", "structure Patient.meta.profile"},
		`"meta":{"versionId":"a b"}`: {"format Patient.meta.versionId", "format Patient.meta.versionId"},
		`"name":[{}]`:                {"ele-1 Patient.name[0]", "ele-1 Patient.name[0]"},
		`"contained":[{"resourceType":"Patient","id":"a","meta":{}}],"link":[{"other":{"reference":"#a"},"type":"seealso"}]`: {
			"ele-1 Patient.contained[0].meta", "ele-1 Patient.contained[0].meta"},
	} {
		n := parse(t, patient(members))
		expect(t, members+" as kept", r4().Resource(n, Options{Kept: true}), want[0])
		expect(t, members, r4().Resource(n, Options{}), want[1])
	}
}
