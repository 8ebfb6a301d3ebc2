package fhir

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"yitong/internal/fault"
)

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat(`{"a":[`, 32) + `{` + strings.Repeat(`]}`, 32)
	wide := `{`
	for i := range 40 {
		wide += fmt.Sprintf(`"m%d":1,`, i)
	}
	wide += `"m7":2}`
	for _, c := range []struct{ name, text, message, place string }{
		{"empty", "", "the text ends where a value should stand", "$this"},
		{"cut", `{"resourceType":"Patient","name":[{"family":`, "the text ends", "Patient.name[0].family"},
		{"not UTF-8", "{\"a\":\"\xff\"}", "line 1, column 7: the bytes are not valid UTF-8", "$this"},
		{"byte order mark", "\xef\xbb\xbf{}", "byte order mark", "$this"},
		{"duplicate member", `{"resourceType":"Patient","active":true,` + "\n" + `"active":false}`, `line 2, column 1: the member "active" stands twice`, "Patient.active"},
		{"duplicate among many", wide, `the member "m7" stands twice`, "$this.m7"},
		{"too deep", deep, "more than 64 deep", ""},
		{"raw control character", "{\"a\":\"x\x01\"}", "U+0001", "$this.a"},
		{"raw line feed", "{\"a\":\"x\n\"}", "U+000A", "$this.a"},
		{"escaped control character", `{"a":"x\u0000"}`, "U+0000", "$this.a"},
		{"form feed", `{"a":"\f"}`, "control character", "$this.a"},
		{"half a surrogate", `{"a":"\ud800x"}`, "surrogate", "$this.a"},
		{"wrong second half", `{"a":"\ud800\u0041"}`, "surrogate", "$this.a"},
		{"bad escape", `{"a":"\x"}`, "an escape is not one of JSON's", "$this.a"},
		{"short escape", `{"a":"\u00"}`, "four hexadecimal digits", "$this.a"},
		{"escaped name", `{"\u0061":1}`, "name holds an escape", "$this"},
		{"empty name", `{"":1}`, "name is empty", "$this"},
		{"long name", `{"` + strings.Repeat("a", 256) + `":1}`, "more than 255 bytes", "$this"},
		{"leading zero", `{"a":01}`, "start with a zero", "$this.a"},
		{"bare minus", `[-]`, "a digit should follow the minus", "$this[0]"},
		{"bare point", `[1,2.]`, "decimal point", "$this[1]"},
		{"bare exponent", `[1e]`, "exponent", "$this[0]"},
		{"plus", `[+1]`, "a value should stand here", "$this[0]"},
		{"comma at end", `{"a":1,}`, "name in double quotes", "$this.a"},
		{"comma at array's end", `[1,]`, "a value should stand here", "$this[1]"},
		{"no colon", `{"a" 1}`, "a colon should stand", "$this"},
		{"no comma", `{"a":{"b":1} "c":2}`, "a comma or a closing brace", "$this.a"},
		{"two values", `{} {}`, "after the end", "$this"},
		{"open string", `{"a":"b`, "not closed", "$this.a"},
		{"word", `[nul]`, "a value should stand here", "$this[0]"},
		{"NaN", `[NaN]`, "a value should stand here", "$this[0]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse([]byte(c.text))
			var f *fault.Error
			if !errors.As(err, &f) || f.Code != fault.Malformed {
				t.Fatalf("got %v, want a Malformed fault", err)
			}
			if !strings.Contains(f.Message, c.message) {
				t.Errorf("message %q does not say %q", f.Message, c.message)
			}
			if c.place != "" && (len(f.Expression) != 1 || f.Expression[0] != c.place) {
				t.Errorf("place %q, want %q", f.Expression, c.place)
			}
		})
	}
}

func TestParseKeepsPlaces(t *testing.T) {
	t.Parallel()
	const text = ` {"resourceType":"Observation","valueQuantity":{"value":1.00},"n":12345678901234567890,"_status":{"extension":[{}]},"s":"a\u00e9\n\ud83d\ude00\/","l":[[],{},null,true]} `
	tree, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	root := tree.Root()
	for _, c := range []struct{ got, want string }{
		{string(root.Get("valueQuantity").Get("value").Raw()), "1.00"},
		{string(root.Get("n").Raw()), "12345678901234567890"},
		{root.Get("s").Str(), "aé\n😀/"},
		{root.Get("l").Item(2).Kind().String(), "null"},
		{root.Get("l").Item(1).Path(), "Observation.l[1]"},
		{root.Get("valueQuantity").Get("value").Path(), "Observation.value.value"},
		{root.Get("_status").Get("extension").Item(0).Path(), "Observation.status.extension[0]"},
		{string(root.Raw()), strings.TrimSpace(text)},
		{root.Get("none").Str(), ""},
		{root.Get("none").Kind().String(), "nothing"},
		{root.Get("l").Item(4).Path(), ""},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

// FuzzParse holds the reader against encoding/json: what we take, it takes, and both see the same value.
func FuzzParse(f *testing.F) {
	for _, s := range []string{`{"a":[1,2.50,-0e+3,"x\u00e9"],"b":null}`, `[]`, `"\ud83d\ude00"`, `{"a":{"b":{"c":[{}]}}}`, "\t[ true , false ]\n", `{"a":1,"a":2}`, `"\u000b"`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		tree, err := Parse(text)
		if err != nil {
			var e *fault.Error
			if !errors.As(err, &e) || len(e.Expression) != 1 {
				t.Fatalf("an error without a place: %v", err)
			}
			return
		}
		if !json.Valid(text) {
			t.Fatalf("took %q, which is not JSON", text)
		}
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		var want any
		if err := d.Decode(&want); err != nil {
			t.Fatal(err)
		}
		got, _ := json.Marshal(plainValue(tree.Root()))
		exp, _ := json.Marshal(want)
		if !bytes.Equal(got, exp) {
			t.Fatalf("read %s as %s", exp, got)
		}
	})
}

// plainValue is the value as encoding/json would hold it.
func plainValue(n Node) any {
	switch n.Kind() {
	case Object:
		m := map[string]any{}
		for c := n.First(); c.Exists(); c = c.Next() {
			m[string(c.Name())] = plainValue(c)
		}
		return m
	case Array:
		a := []any{}
		for c := n.First(); c.Exists(); c = c.Next() {
			a = append(a, plainValue(c))
		}
		return a
	case String:
		return n.Str()
	case Number:
		return json.Number(n.Raw())
	case True, False:
		return n.Kind() == True
	}
	return nil
}
