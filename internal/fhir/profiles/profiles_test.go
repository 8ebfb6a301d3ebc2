package profiles

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"yitong/internal/fhir"
	"yitong/internal/fhir/structure"
	"yitong/internal/fhir/terminology"
	"yitong/internal/fhir/validate"
)

var validator = sync.OnceValue(func() *validate.Validator {
	return validate.New(structure.R4().With(Definition), terminology.R4().With(Terms))
})

func resources(t *testing.T) []fhir.Resource {
	t.Helper()
	all, err := Resources()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func url(r fhir.Resource) string { return r.Root.Get("url").Str() }

func TestResourcesAreInOrderAndComplete(t *testing.T) {
	t.Parallel()
	all := resources(t)
	var names []string
	for _, r := range all {
		names = append(names, strconv.Itoa(slices.Index(kinds, r.Type.String()))+url(r))
		if r.Type.String() == "StructureDefinition" && r.Root.Get("snapshot").Get("element").Len() == 0 {
			t.Errorf("%s has no snapshot", url(r))
		}
	}
	if !slices.IsSorted(names) || len(slices.Compact(names)) != 35 {
		t.Errorf("%d resources: %v", len(names), names)
	}
	again := resources(t)
	for i := range all {
		if !bytes.Equal(all[i].Root.Raw(), again[i].Root.Raw()) {
			t.Errorf("%s is not the same twice", url(all[i]))
		}
	}
}

// What every definition of ours says of itself.
func TestDefinitionsNameThemselves(t *testing.T) {
	t.Parallel()
	ids := map[string]bool{}
	for _, r := range resources(t) {
		word, name, _ := strings.Cut(strings.TrimPrefix(url(r), "urn:yitong:"), ":")
		if !slices.Contains([]string{"profile", "extension", "valueset", "codesystem"}, word) || r.ID != "yt-"+name {
			t.Errorf("%s has the id %q", url(r), r.ID)
		}
		if id := r.Type.String() + "/" + r.ID; ids[id] {
			t.Errorf("%s comes twice", id)
		} else {
			ids[id] = true
		}
		for member, want := range map[string]string{"version": "1.0.0", "status": "active", "publisher": "Yitong"} {
			if got := r.Root.Get(member).Str(); got != want {
				t.Errorf("%s: %s is %q", url(r), member, got)
			}
		}
		for _, member := range []string{"title", "description"} {
			if text := r.Root.Get(member).Str(); !bilingual(text) {
				t.Errorf("%s: %s is not in both languages: %q", url(r), member, text)
			}
		}
		elements := r.Root.Get("differential").Get("element")
		for e := elements.First(); e.Exists(); e = e.Next() {
			if !bilingual(e.Get("short").Str()) {
				t.Errorf("%s: the short text of %s is not in both languages", url(r), e.Get("id").Str())
			}
		}
	}
}

func bilingual(s string) bool {
	return chinese(s) && strings.ContainsFunc(s, func(r rune) bool { return 'a' <= r && r <= 'z' })
}

func chinese(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return 0x4E00 <= r && r <= 0x9FFF })
}

func TestDefinitionsAreValid(t *testing.T) {
	t.Parallel()
	v := validator()
	for _, r := range embedded().all {
		for _, i := range v.Resource(r.Root, validate.Options{}) {
			if i.Severity == validate.Error || i.Rule != "dom-6" {
				t.Errorf("%s: %s %s: %s", url(r), i.Rule, i.Place(), i.English)
			}
		}
		if r.Type.String() != "StructureDefinition" {
			continue
		}
		if _, err := structure.Read(r.Root, structure.R4().With(Definition)); err != nil {
			t.Errorf("%s: %v", url(r), err)
		}
		if err := v.Check(url(r)); err != nil {
			t.Errorf("%s: %v", url(r), err)
		}
	}
}

func TestSnapshotsAreValid(t *testing.T) {
	t.Parallel()
	for _, r := range resources(t) {
		for _, i := range validator().Resource(r.Root, validate.Options{Errors: true}) {
			t.Errorf("%s: %s %s: %s", url(r), i.Rule, i.Place(), i.English)
		}
	}
}

func TestValueSetsAnswer(t *testing.T) {
	t.Parallel()
	library := terminology.R4().With(Terms)
	for _, x := range []struct {
		set, system, code string
		want              terminology.Answer
	}{
		{"ethnic-group", EthnicGroups, "05", terminology.In},
		{"ethnic-group", EthnicGroups, "56", terminology.In},
		{"ethnic-group", EthnicGroups, "57", terminology.Out},
		{"identity-document", IdentityDocuments, "032", terminology.In},
		{"identity-document", IdentityDocuments, "12", terminology.Out},
		{"identity-document", "http://terminology.hl7.org/CodeSystem/v2-0203", "PPN", terminology.In},
		{"department", Departments, "03.04", terminology.In},
		{"department", Departments, "10.01", terminology.Unknown}, // there are more than are here
		{"slot-share", SlotShares, "referral", terminology.In},
		{"slot-share", SlotShares, "vip", terminology.Out},
	} {
		set, ok := library.ValueSet("urn:yitong:valueset:" + x.set + "|1.0.0")
		if !ok {
			t.Errorf("no value set %s", x.set)
			continue
		}
		if got := set.Has(x.system, x.code); got != x.want {
			t.Errorf("%s is %s of %s, not %s", x.code, got, x.set, x.want)
		}
	}
}

func TestDefinitionAndTerms(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		canonical         string
		definition, terms bool
	}{
		{Resident, true, false},
		{Resident + "|1.0.0", true, false},
		{Resident + "|2.0.0", false, false},
		{EthnicGroup, true, false},
		{Departments, false, true},
		{"urn:yitong:valueset:department|1.0.0", false, true},
		{"http://hl7.org/fhir/StructureDefinition/Patient", false, false},
		{"", false, false},
	} {
		_, definition := Definition(x.canonical)
		_, terms := Terms(x.canonical)
		if definition != x.definition || terms != x.terms {
			t.Errorf("%q: definition %t, terms %t", x.canonical, definition, terms)
		}
	}
}

// Every canonical among the constants leads somewhere, and every definition has its constant, apart from value sets,
// which no code needs.
func TestConstantsAndDefinitionsAgree(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "names.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok {
			s, _ := strconv.Unquote(l.Value)
			named[s] = true
		}
		return true
	})
	text := allText(t)
	for s := range named {
		_, there := find(s)
		if !there && !strings.Contains(text, `"`+s+`"`) && !strings.Contains(text, `'`+s+`'`) {
			t.Errorf("no definition speaks of %s", s)
		}
	}
	for _, r := range resources(t) {
		if r.Type.String() != "ValueSet" && !named[url(r)] {
			t.Errorf("%s has no constant", url(r))
		}
	}
}

// The table of the package comment tells of every profile.
func TestDocumentation(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range embedded().all {
		if name, is := strings.CutPrefix(url(r), "urn:yitong:profile:"); is && !strings.Contains(string(text), "\n//\t"+name+" ") {
			t.Errorf("doc.go does not tell of %s", name)
		}
	}
}

func allText(t *testing.T) string {
	t.Helper()
	var text strings.Builder
	for _, r := range embedded().all {
		text.Write(r.Root.Raw())
	}
	return text.String()
}
