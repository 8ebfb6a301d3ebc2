package canonical_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gowebpki/jcs"
	"pgregory.net/rapid"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/sign/canonical"
)

func root(t testing.TB, text string) fhir.Node {
	t.Helper()
	tree, err := fhir.Parse([]byte(text))
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return tree.Root()
}

func form(t testing.TB, text string) canonical.Form {
	t.Helper()
	f, err := canonical.Of(root(t, text))
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return f
}

func TestForm(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want, numbers string }{
		{`{ "resourceType" : "Basic", "id":"1" }`, `{"id":"1","resourceType":"Basic"}`, ""},
		{`{"resourceType":"Basic","meta":{"versionId":"7","lastUpdated":"2026-05-04T08:00:00Z","tag":[{"code":"x"}]},"id":"1"}`,
			`{"id":"1","resourceType":"Basic"}`, ""},
		{`{"meta":{"a":1},"contained":[{"meta":{"a":1}}],"text":{"div":"<div>a</div>"}}`,
			`{"contained":[{"meta":{"a":1}}],"text":{"div":"<div>a</div>"}}`, "1\n"},
		{`{"value":1.00,"list":[0.10,1E2,-0.0]}`, `{"list":[0.1,100,0],"value":1}`, "0.10\n1E2\n-0.0\n1.00\n"},
		{`{"n":0.1234567890123456789}`, `{"n":0.12345678901234568}`, "0.1234567890123456789\n"},
		{`{"n":9007199254740993}`, `{"n":9007199254740992}`, "9007199254740993\n"},
		{`{"s":"\u20ac\t\n\/中\"\\\u000d"}`, `{"s":"€\t\n/中\"\\\r"}`, ""},
		{`{"_a":null,"a":[null,true,false]}`, `{"_a":null,"a":[null,true,false]}`, ""},
		{`{"ﬀ":1,"😀":2}`, `{"😀":2,"ﬀ":1}`, "2\n1\n"}, // by UTF-16 a surrogate comes first
		{`{"a":{},"b":[]}`, `{"a":{},"b":[]}`, ""},
	} {
		if f := form(t, c.text); string(f.Text) != c.want || string(f.Numbers) != c.numbers {
			t.Errorf("%s:\n%s, %q", c.text, f.Text, f.Numbers)
		}
	}
}

func TestRefusesNumbersBeyondDoubles(t *testing.T) {
	t.Parallel()
	_, err := canonical.Of(root(t, `{"resourceType":"Observation","valueQuantity":{"value":1e400}}`))
	if fault.CodeOf(err) != fault.Unprocessable || !strings.Contains(err.Error(), "Observation.value.value") {
		t.Error(err)
	}
}

// value draws a JSON value.
func value(r *rapid.T, depth int) string {
	kinds := 6
	if depth == 0 {
		kinds = 4
	}
	switch rapid.IntRange(0, kinds-1).Draw(r, "kind") {
	case 0:
		return rapid.SampledFrom([]string{"true", "false"}).Draw(r, "bool")
	case 1:
		return rapid.SampledFrom([]string{"0", "1", "1.0", "-12.50", "1e3", "3.14159", "120", "1.5E-9", "123456789012345680000"}).Draw(r, "number")
	case 2, 3:
		drawn := strings.Map(func(c rune) rune {
			if c < 0x20 && c != '\t' && c != '\n' && c != '\r' || c == utf8.RuneError {
				return -1 // which a record refuses
			}
			return c
		}, rapid.StringN(0, 6, 20).Draw(r, "string"))
		text, _ := json.Marshal(drawn)
		return string(text)
	case 4:
		var list []string
		for range rapid.IntRange(0, 3).Draw(r, "items") {
			list = append(list, value(r, depth-1))
		}
		return "[" + strings.Join(list, ",") + "]"
	}
	return object(r, depth)
}

func object(r *rapid.T, depth int) string {
	var list []string
	for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"id", "code", "value", "a", "Z", "中", "é", "_x", "text"}), 0, 5, rapid.ID).Draw(r, "names") {
		list = append(list, fmt.Sprintf("%q:%s", name, value(r, depth-1)))
	}
	return "{" + strings.Join(list, ",") + "}"
}

// TestAsJCS holds the form of any object against another implementation of RFC 8785.
func TestAsJCS(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		text := object(r, 4)
		want, err := jcs.Transform([]byte(text))
		if err != nil {
			r.Skip(err)
		}
		tree, err := fhir.Parse([]byte(text))
		if err != nil {
			r.Skip(err) // what a record refuses
		}
		f, err := canonical.Of(tree.Root())
		if err != nil || string(f.Text) != string(want) {
			r.Fatalf("%s, %v\nwant %s", f.Text, err, want)
		}
	})
}

// rewrite writes an object anew with white space and members in another order.
func rewrite(n fhir.Node, rnd *rand.Rand) string {
	var list []string
	for m := n.First(); m.Exists(); m = m.Next() {
		if text := rewrite(m, rnd); n.Kind() == fhir.Object {
			list = append(list, fmt.Sprintf(" %q : %s", m.Name(), text))
		} else {
			list = append(list, text)
		}
	}
	switch n.Kind() {
	case fhir.Object:
		rnd.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		return "{" + strings.Join(list, " ,\n") + "\t}"
	case fhir.Array:
		return "[ " + strings.Join(list, " , ") + " ]"
	}
	return string(n.Raw())
}

// TestOrderIsNoChange writes objects in other ways that mean the same.
func TestOrderIsNoChange(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		text := object(r, 4)
		rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 1))
		other := rewrite(root(t, text), rnd)
		a, b := form(t, text), form(t, other)
		if string(a.Text) != string(b.Text) || string(a.Numbers) != string(b.Numbers) {
			r.Fatalf("%s\n%s", text, other)
		}
		if list, all := canonical.Changes(root(t, text), root(t, other)); len(list) > 0 || !all {
			r.Fatalf("%v\n%s\n%s", list, text, other)
		}
	})
}

// TestFormTellsChanges: two objects have the same form exactly when there are no changes between them.
func TestFormTellsChanges(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		a, b := object(r, 3), object(r, 3)
		if rapid.Bool().Draw(r, "near") { // one value otherwise
			if i := strings.IndexAny(a, "0123456789tf"); i >= 0 {
				b = a[:i] + rapid.SampledFrom([]string{"1", "2.0", "true"}).Draw(r, "put in") + a[i+1:]
			}
		}
		if _, err := fhir.Parse([]byte(b)); err != nil {
			r.Skip(err)
		}
		f, g := form(t, a), form(t, b)
		same := string(f.Text) == string(g.Text) && string(f.Numbers) == string(g.Numbers)
		list, _ := canonical.Changes(root(t, a), root(t, b))
		if same != (len(list) == 0) {
			r.Fatalf("same form %v, changes %v\n%s\n%s", same, list, a, b)
		}
	})
}

func TestChanges(t *testing.T) {
	t.Parallel()
	const was = `{"resourceType":"Observation","meta":{"versionId":"1"},"status":"final","code":{"text":"血糖"},
		"valueQuantity":{"value":5.60,"unit":"mmol/L"},"note":[{"text":"a"},{"text":"b"},{"text":"c"}]}`
	for _, c := range []struct {
		old, is string
		want    []string
	}{
		{`"status":"final"`, `"status":"amended"`, []string{"changed Observation.status"}},
		{`"versionId":"1"`, `"versionId":"2"`, nil},
		{`5.60`, `5.6`, []string{"changed Observation.value.value"}},
		{`"unit":"mmol/L"`, `"unit":"mmol/L","code":"x"`, []string{"added Observation.value.code"}},
		{`,"unit":"mmol/L"`, ``, []string{"removed Observation.value.unit"}},
		{`[{"text":"a"}`, `[{"text":"new"},{"text":"a"}`, []string{"added Observation.note[0]"}},
		{`{"text":"b"},`, ``, []string{"removed Observation.note[1]"}},
		{`{"text":"b"}`, `{"text":"B"}`, []string{"changed Observation.note[1].text"}},
		{`"code":{"text":"血糖"}`, `"code":"x"`, []string{"changed Observation.code"}},
	} {
		list, all := canonical.Changes(root(t, was), root(t, strings.Replace(was, c.old, c.is, 1)))
		var got []string
		for _, one := range list {
			got = append(got, string(one.How)+" "+one.Path)
		}
		if !slices.Equal(got, c.want) || !all {
			t.Errorf("%s: %q", c.is, got)
		}
	}
}

func TestChangesAreBounded(t *testing.T) {
	t.Parallel()
	long := func(text string) string {
		return `{"list":[` + strings.TrimSuffix(strings.Repeat(`"`+text+`",`, 3*canonical.ChangesMost), ",") + `]}`
	}
	if list, all := canonical.Changes(root(t, long("a")), root(t, long("b"))); len(list) != canonical.ChangesMost || all {
		t.Error(len(list), all)
	}
}

func BenchmarkOf(b *testing.B) {
	text := `{"resourceType":"Observation","id":"1","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"15074-8"}]},` +
		`"subject":{"reference":"Patient/1"},"valueQuantity":{"value":6.30,"unit":"mmol/l"},"note":[{"text":"` + strings.Repeat("空腹血糖", 50) + `"}]}`
	n := root(b, text)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := canonical.Of(n); err != nil {
			b.Fatal(err)
		}
	}
}
