package validate

import (
	"bufio"
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/structure"
	"yitong/internal/fhir/terminology"
)

// r4 validates against HL7's own definitions. All tests share it: it has no state but what it has compiled.
var r4 = sync.OnceValue(func() *Validator { return New(structure.R4(), terminology.R4()) })

func parse(t testing.TB, text string) fhir.Node {
	t.Helper()
	tree, err := fhir.Parse([]byte(text))
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return tree.Root()
}

// told writes issues for a failing test.
func told(issues []Issue) string {
	var b strings.Builder
	for _, i := range issues {
		fmt.Fprintf(&b, "\n\t%s %s (%s) at %s: %s", i.Severity, i.Rule, i.Code, i.Place(), i.English)
	}
	return b.String()
}

// has tells whether an issue of the rule stands at the place.
func has(issues []Issue, severity Severity, rule, place string) bool {
	for _, i := range issues {
		if i.Severity == severity && i.Rule == rule && i.Place() == place {
			return true
		}
	}
	return false
}

func errorsOf(issues []Issue) (errors []Issue) {
	for _, i := range issues {
		if i.Severity == Error {
			errors = append(errors, i)
		}
	}
	return errors
}

// valid gives the resources of testdata that keep all rules, by their type, and by an @ and their id.
var valid = sync.OnceValues(func() (map[string]string, error) {
	text, err := os.ReadFile("testdata/valid.ndjson")
	if err != nil {
		return nil, err
	}
	all := map[string]string{}
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		tree, err := fhir.Parse(lines.Bytes())
		if err != nil {
			return nil, fmt.Errorf("%w in %s", err, lines.Text())
		}
		n := tree.Root()
		typ, id := n.Get("resourceType").Str(), n.Get("id").Str()
		if all[typ] == "" {
			all[typ] = lines.Text()
		}
		if all["@"+id] == "" || id == "" {
			all["@"+id] = lines.Text()
		}
	}
	return all, lines.Err()
})

func validResource(t testing.TB, name string) string {
	t.Helper()
	all, err := valid()
	if err != nil {
		t.Fatal(err)
	}
	if all[name] == "" {
		t.Fatalf("testdata/valid.ndjson has no %s", name)
	}
	return all[name]
}

func TestValidResourcesHaveNoErrors(t *testing.T) {
	t.Parallel()
	all, err := valid()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range all {
		if found := errorsOf(r4().Resource(parse(t, text), Options{})); found != nil {
			t.Errorf("%s:%s", name, told(found))
		}
	}
}

// edit is a change of a resource: a value to set, or nothing to remove what stands there.
type edit struct {
	path []fhir.Step
	raw  string
}

// edited makes the edits on a resource.
func edited(t testing.TB, resource string, edits []edit) fhir.Node {
	t.Helper()
	d, err := fhir.NewDoc([]byte(resource))
	for _, e := range edits {
		switch {
		case err != nil:
		case e.raw == "":
			err = d.Remove(e.path)
		default:
			err = d.Set(e.path, []byte(e.raw))
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return d.Root()
}

// pathOf reads a path such as name[0].given[1].
func pathOf(text string) (path []fhir.Step) {
	for _, step := range strings.Split(text, ".") {
		name, items, _ := strings.Cut(step, "[")
		path = append(path, fhir.Step{Name: name})
		if i, err := strconv.Atoi(strings.TrimSuffix(items, "]")); err == nil {
			path = append(path, fhir.Step{Item: i})
		}
	}
	return path
}

// breach is a block of testdata/broken.txt.
type breach struct {
	rule, place, base string
	severity          Severity
	edits             []edit
}

// breaches reads testdata/broken.txt, which says how it is written.
func breaches(t testing.TB) (all []breach) {
	t.Helper()
	text, err := os.ReadFile("testdata/broken.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range strings.Split(strings.TrimSpace(string(text)), "\n\n")[1:] {
		lines := strings.Split(block, "\n")
		head := strings.Fields(lines[0])
		b := breach{rule: head[0], place: head[1], severity: Error}
		b.base, _, _ = strings.Cut(b.place, ".")
		for _, word := range head[2:] {
			if word == "warning" {
				b.severity = Warning
			} else {
				b.base = word
			}
		}
		for _, line := range lines[1:] {
			verb, rest, _ := strings.Cut(line, " ")
			path, raw, _ := strings.Cut(rest, " ")
			if (verb == "set") != (raw != "") || verb != "set" && verb != "remove" {
				t.Fatalf("not an edit: %s", line)
			}
			b.edits = append(b.edits, edit{pathOf(path), raw})
		}
		all = append(all, b)
	}
	return all
}

func TestBreachesAreFound(t *testing.T) {
	t.Parallel()
	for i, b := range breaches(t) {
		t.Run(fmt.Sprintf("%s %d", b.rule, i), func(t *testing.T) {
			t.Parallel()
			n := edited(t, validResource(t, b.base), b.edits)
			issues := r4().Resource(n, Options{})
			if !has(issues, b.severity, b.rule, b.place) {
				t.Errorf("no %s %s at %s:%s", b.severity, b.rule, b.place, told(issues))
			}
			checkTexts(t, issues)
			if b.severity == Error && len(errorsOf(r4().Resource(n, Options{Errors: true}))) != len(errorsOf(issues)) {
				t.Error("other errors are found when only errors are looked for")
			}
		})
	}
}

// checkTexts looks whether issues say something in both languages.
func checkTexts(t testing.TB, issues []Issue) {
	t.Helper()
	for _, i := range issues {
		for language, text := range map[string]string{"en": i.English, "zh-CN": i.Chinese} {
			if i.Text(language) != text {
				t.Errorf("%q in %s is %q", text, language, i.Text(language))
			}
			if text == "" || strings.Contains(text, "%!") || strings.HasPrefix(text, " ") || strings.HasPrefix(text, "（") {
				t.Errorf("%s says in %s: %q", i.Rule, language, text)
			}
		}
		if !strings.ContainsFunc(i.Chinese, han) {
			t.Errorf("%s has no Chinese: %s", i.Rule, i.Chinese)
		}
		if i.Code == "" || i.Rule == "" || i.Severity == "" || i.Place() == "" {
			t.Errorf("the issue lacks code, rule, severity or place: %+v", i)
		}
	}
}

// unbroken are the keys of R4's constraints for which testdata/broken.txt has no block, and why.
var unbroken = map[string]string{
	"mqty-1": "no element of R4 has the type MoneyQuantity",
	"txt-1":  "package narrative's, reported as narrative",
	"txt-2":  "package narrative's, reported as narrative",
	"eld-11": "select gives true or false for every type, so something always exists",
	"ppc-2":  "its words name a code system 'something', which there is not",
	"ppc-3":  "as ppc-2",
	"ppc-4":  "as ppc-2",
	"ppc-5":  "as ppc-2",
}

func TestEveryConstraintOfR4IsBroken(t *testing.T) {
	t.Parallel()
	broken := map[string]bool{}
	for _, b := range breaches(t) {
		broken[b.rule] = true
	}
	for _, c := range ofR4(t) {
		if broken[c.Key] || unbroken[c.Key] != "" || c.typ == "Event" {
			continue
		}
		if c.Expression == namesPattern { // all canonical resources have it, under keys of their own
			checkName(t, c)
			continue
		}
		broken[c.Key] = true // complain once
		t.Errorf("testdata/broken.txt does not break %s of %s: %s", c.Key, c.typ, c.Expression)
	}
}

// checkName breaks a rule about names where testdata has a resource of the type.
func checkName(t *testing.T, c constraint) {
	t.Helper()
	all, err := valid()
	if err != nil {
		t.Fatal(err)
	}
	if all[c.typ] == "" {
		return
	}
	n := edited(t, all[c.typ], []edit{{pathOf("name"), `"two words"`}})
	if issues := r4().Resource(n, Options{}); !has(issues, Warning, c.Key, c.typ) {
		t.Errorf("no %s:%s", c.Key, told(issues))
	}
}

// Every message has the same places for arguments in both languages, and none is left over.
func TestMessagesFillTheirPlaces(t *testing.T) {
	t.Parallel()
	for name, f := range messagesOf(t) {
		en, zh := verbs(f.text.en), verbs(f.text.zh)
		if strings.Join(en, "") != strings.Join(zh, "") {
			t.Errorf("%s takes %v in English and %v in Chinese", name, en, zh)
		}
		if !strings.ContainsFunc(f.text.zh, han) || strings.ContainsFunc(f.text.en, han) {
			t.Errorf("%s is not in its languages: %s %s", name, f.text.en, f.text.zh)
		}
		if strings.ContainsAny(f.text.zh, "?!,;") {
			t.Errorf("%s has signs of English in Chinese: %s", name, f.text.zh)
		}
	}
}

// messagesOf reads the breaches out of messages.go, so that none is forgotten.
func messagesOf(t *testing.T) map[string]found {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "messages.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]found{}
	ast.Inspect(file, func(n ast.Node) bool {
		made, ok := n.(*ast.CompositeLit)
		if !ok || len(made.Elts) != 2 {
			return true
		}
		var texts []string
		for _, e := range made.Elts {
			if text, ok := e.(*ast.BasicLit); ok && text.Kind == token.STRING {
				read, _ := strconv.Unquote(text.Value)
				texts = append(texts, read)
			}
		}
		if name, ok := made.Type.(*ast.Ident); ok && name.Name == "message" && len(texts) == 2 {
			all[texts[0]] = found{text: message{texts[0], texts[1]}}
		}
		return true
	})
	if len(all) < 50 {
		t.Fatalf("messages.go has %d messages", len(all))
	}
	return all
}

// verbs lists the verbs of a format in the order of their arguments.
func verbs(format string) []string {
	var of []string
	next := 0
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			continue
		}
		i++
		if format[i] == '%' {
			continue
		}
		if format[i] == '[' {
			end := i + strings.IndexByte(format[i:], ']')
			next, _ = strconv.Atoi(format[i+1 : end])
			next--
			i = end + 1
		}
		for len(of) <= next {
			of = append(of, "")
		}
		of[next] = string(format[i])
		next++
	}
	return of
}

func TestLanguages(t *testing.T) {
	t.Parallel()
	i := Issue{English: "e", Chinese: "c"}
	for language, want := range map[string]string{
		"": "e", "en": "e", "de": "e", "z": "e", "zh": "c", "zh-CN": "c", "zh-Hant-TW": "c",
	} {
		if got := i.Text(language); got != want {
			t.Errorf("%q: %q", language, got)
		}
	}
}

// What a resource holds is quoted shortly, and never taken for a place of an argument.
func TestQuotesAreClipped(t *testing.T) {
	t.Parallel()
	for _, text := range []string{strings.Repeat("x", 100_000), "100%s", "%!d(x)", "%[9]d"} {
		n := parse(t, fmt.Sprintf(`{"resourceType":"Patient","gender":%q,"extension":[{"url":%q,"valueBoolean":true}],%q:1}`,
			text, "u"+text, "m"+clip(text)))
		for _, i := range r4().Resource(n, Options{}) {
			if len(i.English) > 1000 || len(i.Chinese) > 1500 || strings.Contains(i.English, "(MISSING)") {
				t.Errorf("%s: %.300s", i.Rule, i.English)
			}
			if strings.IndexFunc(i.English, unicode.IsControl) >= 0 {
				t.Errorf("%s has control characters", i.Rule)
			}
		}
	}
}

// summary lists errors as rule and place, sorted, with the beginning of the places put off.
func summary(issues []Issue, begin string) string {
	var list []string
	for _, i := range errorsOf(issues) {
		list = append(list, i.Rule+" "+strings.TrimPrefix(i.Place(), begin))
	}
	slices.Sort(list)
	return strings.Join(slices.Compact(list), "\n")
}

// What is wrong with a resource does not depend on the order of its members, on its standing in a Bundle, and on a
// profile that says nothing.
func TestErrorsStayTheSame(t *testing.T) {
	t.Parallel()
	var profiles []string
	for _, typ := range schema.Types() {
		profiles = append(profiles, strings.Replace(profile("p", typ.String()), "http://x/p", "http://x/"+typ.String(), 1))
	}
	v := define(t, profiles...)
	for _, b := range breaches(t) {
		n := edited(t, validResource(t, b.base), b.edits)
		typ := n.Get("resourceType").Str()
		if _, known := schema.TypeOf(typ); !known {
			continue
		}
		want := summary(r4().Resource(n, Options{}), typ)
		if got := summary(r4().Resource(parse(t, backwards(n)), Options{}), typ); got != want {
			t.Errorf("%s at %s, members backwards:\n%s\nwant\n%s", b.rule, b.place, got, want)
		}
		if got := summary(v.Resource(n, Options{Profiles: []string{"http://x/" + typ}}), typ); got != want {
			t.Errorf("%s at %s, with an empty profile:\n%s\nwant\n%s", b.rule, b.place, got, want)
		}
		if n.Get("resourceType").Str() == "Bundle" && b.place != "Bundle" {
			continue // references are looked up in the inner one only
		}
		around := parse(t, `{"resourceType":"Bundle","type":"collection","entry":[{"resource":`+string(n.Raw())+`}]}`)
		if got := summary(r4().Resource(around, Options{}), "Bundle.entry[0].resource"); got != want {
			t.Errorf("%s at %s, in a Bundle:\n%s\nwant\n%s", b.rule, b.place, got, want)
		}
	}
}

// backwards writes a value with the members of all objects in reverse order.
func backwards(n fhir.Node) string {
	var parts []string
	for c := n.First(); c.Exists(); c = c.Next() {
		if n.Kind() == fhir.Object {
			parts = append(parts, fmt.Sprintf("%q:%s", c.Name(), backwards(c)))
		} else {
			parts = append(parts, backwards(c))
		}
	}
	switch n.Kind() {
	case fhir.Object:
		slices.Reverse(parts)
		return "{" + strings.Join(parts, ",") + "}"
	case fhir.Array:
		return "[" + strings.Join(parts, ",") + "]"
	}
	return string(n.Raw())
}
