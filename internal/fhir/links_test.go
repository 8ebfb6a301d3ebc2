package fhir

import (
	"slices"
	"strings"
	"testing"
)

func TestLinks(t *testing.T) {
	t.Parallel()
	const text = `{"resourceType":"Observation",
	 "meta":{"source":"L0","profile":["no"]},"implicitRules":"L1","language":"no",
	 "text":{"status":"generated","div":"L2"},
	 "contained":[{"resourceType":"Encounter","id":"e","subject":{"reference":"L3","identifier":{"system":"L4","value":"no"}}},{"resourceType":"Unknown","subject":{"reference":"no"}}],
	 "extension":[{"url":"L5","valueReference":{"reference":"L6","_reference":{"extension":[{"url":"L7","valueUri":"L8"}]}}},{"url":"L9","valueCanonical":"no","valueString":"no","valueOid":"L10"}],
	 "modifierExtension":[{"url":"L11","valueUuid":"L12"}],
	 "code":{"coding":[{"system":"L13","code":"no"}],"text":"no"},
	 "_status":{"extension":[{"url":"L14","valueUrl":"L15"}]},
	 "subject":{"reference":"L16","type":"L17"},
	 "component":[{"code":{},"valueString":"no","extension":[{"url":"L18","valueReference":{"reference":"L19"}}]}],
	 "unknown":{"reference":"no"},"note":[{"authorReference":{"reference":"L20"},"text":"no"}],
	 "category":{"coding":{"system":"L21"}},"performer":[null,{"reference":5},"no",{"reference":"L22"}]}`
	r, err := ParseResource([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	r.Links(func(l Link) { got = append(got, l.Node.Str()) })
	if slices.Contains(got, "no") {
		t.Errorf("what is no link: %q", got)
	}
	for i := range 23 {
		want := "L" + strings.TrimLeft(string([]byte{'0' + byte(i/10), '0' + byte(i%10)}), "0")
		if want == "L" {
			want = "L0"
		}
		if !slices.Contains(got, want) {
			t.Errorf("%s is missing in %q", want, got)
		}
	}
	if len(got) != 23 {
		t.Errorf("%d links: %q", len(got), got)
	}
}

func TestNarrativeLinks(t *testing.T) {
	t.Parallel()
	to := func(s string) (string, bool) { return "new", s == "old" }
	for text, want := range map[string]string{
		`<a href='old'>old</a>`:                    `<a href='new'>old</a>`,
		`<a href=\"old\"/><img src=\"old\"/>`:      `<a href=\"new\"/><img src=\"new\"/>`,
		`<a title='x=\"y' href='old'/>`:            `<a title='x=\"y' href='new'/>`,
		`<a href='other'/>`:                        ``,
		`<a href='older'/>`:                        ``,
		`<p>href=old</p>`:                          ``,
		`<a href='old`:                             ``,
		`<a href=`:                                 ``,
		`<a href='other'/><a href='old'/>你`:        `<a href='other'/><a href='new'/>你`,
		`\u674e\/ <a href=\"o\u006cd\">\u674e</a>`: `\u674e\/ <a href=\"new\">\u674e</a>`,
		`<a class='old' href=\"other\" src='old'`:  `<a class='old' href=\"other\" src='new'`,
	} {
		tree, err := Parse([]byte(`"` + text + `"`))
		if err != nil {
			t.Fatal(err)
		}
		edits := NarrativeLinks(tree.Root(), to)
		got, _ := edits.Apply(tree.Source(), 0, len(tree.Source()), 0)
		if changed := len(edits) > 0; changed != (want != "") || changed && string(got) != `"`+want+`"` {
			t.Errorf("%s became %s, %v", text, got, changed)
		}
	}
}

// FuzzQuote writes strings that the reader reads back the same, but for what JSON cannot hold.
func FuzzQuote(f *testing.F) {
	for _, s := range []string{"", "a", "\"\\\n\r\t", "你好\U0001f600", "\xff", "a\x00b", "</script>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		tree, err := Parse(Quote(s))
		control := strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 && r != '\n' && r != '\r' && r != '\t' })
		if (err != nil) != control {
			t.Fatalf("%q: %v", s, err)
		}
		if err == nil && tree.Root().Str() != strings.ToValidUTF8(s, "\ufffd") {
			t.Fatalf("%q became %q", s, tree.Root().Str())
		}
	})
}
