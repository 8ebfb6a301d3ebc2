package primitive

import (
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
)

func node(t testing.TB, json string) fhir.Node {
	t.Helper()
	tree, err := fhir.Parse([]byte(json))
	if err != nil {
		t.Fatalf("%.80s: %v", json, err)
	}
	return tree.Root()
}

// cases are JSON values of a type that are taken, and that are refused.
var cases = []struct {
	typ           string
	taken, refuse []string
}{
	{"boolean", []string{`true`, `false`}, []string{`"true"`, `1`, `0`, `null`, `{}`, `[]`}},
	{"date",
		[]string{`"2026"`, `"2026-11"`, `"2026-11-21"`, `"0001"`, `"9999-12-31"`, `"2024-02-29"`, `"2000-02-29"`,
			`"1582-10-10"`, `"2026-04-30"`, `"2026\u002d01"`},
		[]string{`"0000"`, `"0000-01-01"`, `"2026-00"`, `"2026-13"`, `"2026-11-00"`, `"2026-11-31"`,
			`"2026-12-32"`, `"2023-02-29"`, `"1900-02-29"`, `"2026-1"`, `"2026-1-1"`, `"26-01-01"`, `"12026"`,
			`"2026-"`, `"2026-11-"`, `"2026-11-2"`, `"2026-11-211"`, `"2026/11/21"`, `"20261121"`,
			`"2026-11-21T"`, `"2026-11-21T08:30:00Z"`, `" 2026"`, `"2026 "`, `""`, `"2026年"`, `2026`, `null`,
			`"２０２６"`}},
	{"dateTime",
		[]string{`"2026"`, `"2026-11"`, `"2026-11-21"`, `"2026-11-21T08:30:00Z"`, `"2026-11-21T08:30:00+08:00"`,
			`"2026-11-21T00:00:00.0-14:00"`, `"2026-11-21T23:59:60.123456789012-00:00"`, `"2016-12-31T23:59:60Z"`},
		[]string{`"2026-11-21T"`, `"2026-11-21T08:30Z"`, `"2026-11-21T08:30:00"`, `"2026-11-21 08:30:00Z"`,
			`"2026-11T08:30:00Z"`, `"2026T08:30:00Z"`, `"2026-11-21T24:00:00Z"`, `"2026-11-21T08:60:00Z"`,
			`"2026-11-21T08:30:61Z"`, `"2026-11-21T8:30:00Z"`, `"2026-11-21T08:30:00.Z"`,
			`"2026-11-21T08:30:00,5Z"`, `"2026-11-21T08:30:00+14:01"`, `"2026-11-21T08:30:00+15:00"`,
			`"2026-11-21T08:30:00+08:60"`, `"2026-11-21T08:30:00+0800"`, `"2026-11-21T08:30:00+08"`,
			`"2026-11-21T08:30:00z"`, `"2026-11-21t08:30:00Z"`, `"2026-11-21T08:30:00ZZ"`,
			`"2026-02-30T08:30:00Z"`, `"2026-11-21T08:30:00 +08:00"`, `""`}},
	{"instant",
		[]string{`"2026-11-21T08:30:00Z"`, `"2026-11-21T08:30:00.123+08:00"`},
		[]string{`"2026"`, `"2026-11"`, `"2026-11-21"`, `"2026-11-21T08:30Z"`, `"2026-11-21T08:30:00"`,
			`"2026-02-29T08:30:00Z"`, `""`}},
	{"time",
		[]string{`"08:30:00"`, `"23:59:60"`, `"00:00:00.000"`},
		[]string{`"08:30"`, `"8:30:00"`, `"24:00:00"`, `"08:30:00Z"`, `"08:30:00+08:00"`, `"08:30:00."`,
			`"T08:30:00"`, `""`, `83000`}},
	{"code",
		[]string{`"final"`, `"a b"`, `"a b c"`, `"医嘱"`, `"医 嘱"`, `"<="`, `"a\u002fb"`},
		[]string{`""`, `" "`, `" a"`, `"a "`, `"a  b"`, `"a\tb"`, `"a\nb"`, `"a\u00a0b"`, `"a\u3000b"`,
			`"\u3000"`, `"a\u0085"`, `1`, `true`}},
	{"id",
		[]string{`"a"`, `"A-1.b"`, `"` + strings.Repeat("x", 64) + `"`, `"."`},
		[]string{`""`, `"` + strings.Repeat("x", 65) + `"`, `"a_b"`, `"a b"`, `"a/b"`, `"医"`, `"a@"`, `"["`,
			`"{"`, "\"`\"", `7`}},
	{"oid",
		[]string{`"urn:oid:1.2.156"`, `"urn:oid:0.0"`, `"urn:oid:2.16.840.1.113883"`},
		[]string{`"urn:oid:1"`, `"urn:oid:3.1"`, `"urn:oid:1.02"`, `"urn:oid:1."`, `"urn:oid:1..2"`,
			`"urn:oid:.1.2"`, `"1.2.156"`, `"URN:OID:1.2"`, `"urn:oid:12.3"`, `"urn:oid:"`, `"urn:oid:1.2a"`,
			`""`}},
	{"uuid",
		[]string{`"urn:uuid:c757873d-ec9a-4326-a141-556f43239520"`,
			`"urn:uuid:C757873D-EC9A-4326-A141-556F43239520"`},
		[]string{`"c757873d-ec9a-4326-a141-556f43239520"`, `"urn:uuid:c757873dec9a4326a141556f43239520"`,
			`"urn:uuid:g757873d-ec9a-4326-a141-556f43239520"`, `"urn:uuid:c757873d-ec9a-4326-a141-556f4323952"`,
			`"urn:uuid:c757873d-ec9a-4326-a141-556f432395200"`, `"urn:uuid:c757873d_ec9a_4326_a141_556f43239520"`,
			`""`}},
	{"uri",
		[]string{`"http://example.org/a?b=c#d"`, `"urn:oid:1.2"`, `"Patient/1"`, `"#a"`,
			`"http://example.org/病区"`, `"http:\/\/a"`},
		[]string{`""`, `" "`, `" http://a"`, `"http://a "`, `"a b"`, `"a\tb"`, `"a\u00a0b"`, `"a\u3000b"`, `1`}},
	{"url", []string{`"https://example.org/a"`, `"Binary/1"`, `"mailto:a@example.org"`}, []string{`""`, `"a b"`,
		`{}`}},
	{"canonical",
		[]string{`"http://a/b"`, `"http://a/b|1.0"`, `"http://a/b|1.0#c"`, `"http://a/b#c"`, `"#c"`,
			`"urn:oid:1.2|3"`},
		[]string{`""`, `"http://a/b|"`, `"http://a/b||1"`, `"http://a/b|1|2"`, `"|1"`, `"http://a/b|#c"`,
			`"http://a/b| 1"`, `"a b"`}},
	{"base64Binary",
		[]string{`"YQ=="`, `"YWI="`, `"YWJj"`, `"YWJj YWJj"`, `"YWJj\r\nYQ=="`, `" YWJj\n"`, `"++//"`, `"++\/\/"`,
			`"YQ=\u003d"`, `"YQ=\u003D\u000a"`, `"YR=="`, `"\u0059\u0057JjYWJj"`, `"\/\/\/\/YQ=="`},
		[]string{`""`, `" "`, `"Y"`, `"YQ"`, `"YWI"`, `"YQ="`, `"YQ==="`, `"===="`, `"Y==="`, `"YQ==YWJj"`,
			`"YQ= ="`, `"YQ=a"`, `"YW Jj"`, `"YWJ-"`, `"YWJ_"`, `"YWJj\\"`, `"YWJ\""`, `"YWJ医"`, `"YWJ\u533b"`,
			`"YWJ\u0159"`, `"YWJ\ud83d\ude00"`, `"YWJj="`, `1`}},
	{"integer",
		[]string{`0`, `-0`, `42`, `-2147483648`, `2147483647`},
		[]string{`2147483648`, `-2147483649`, `99999999999999999999`, `1.0`, `1e3`, `0.5`, `"1"`, `true`, `null`}},
	{"unsignedInt", []string{`0`, `2147483647`}, []string{`-1`, `-0`, `2147483648`, `0.0`, `"0"`}},
	{"positiveInt", []string{`1`, `2147483647`}, []string{`0`, `-0`, `-1`, `2147483648`, `1E0`, `"1"`}},
	{"decimal",
		[]string{`0`, `-0`, `36.50`, `1e3`, `-1.5E-10`, `1.234567890123456789012`},
		[]string{`"36.5"`, `true`, `null`}},
	{"string", []string{`"a"`, `" "`, `"\n"`, `"医通"`}, []string{`""`, `1`, `true`, `["a"]`, `null`}},
	{"markdown", []string{`"**a**"`, `" "`}, []string{`""`, `1`}},
	{"xhtml", []string{`"<div/>"`, `"anything"`}, []string{`1`, `{}`}},
	{"Patient", nil, []string{`"a"`}},
	{"", nil, []string{`"a"`}},
}

func TestForms(t *testing.T) {
	t.Parallel()
	for _, c := range cases {
		for _, value := range c.taken {
			if p := Check(c.typ, node(t, value)); p != nil {
				t.Errorf("%s %s: %s", c.typ, value, p.English)
			}
		}
		for _, value := range c.refuse {
			n := node(t, value)
			p := Check(c.typ, n)
			if p == nil {
				t.Errorf("%s %s is taken", c.typ, value)
				continue
			}
			typ, known := TypeOf(c.typ)
			kind := n.Kind()
			if kind == fhir.False {
				kind = fhir.True
			}
			want := "value"
			if !known {
				want = "not-supported"
			} else if kind != facts[typ].kind {
				want = "structure"
			}
			if p.Code != want {
				t.Errorf("%s %s is a problem of %s, want %s", c.typ, value, p.Code, want)
			}
		}
	}
}

// The message says what is wrong, not just that something is.
func TestMessages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		typ, value string
		want       *Problem
	}{
		{"date", `"0000-01-01"`, yearRange},
		{"date", `"2026-13-01"`, monthRange},
		{"date", `"2026-02-29"`, dayRange},
		{"date", `"21.11.2026"`, dateForm},
		{"dateTime", `"2026-11-21T08:30:00"`, offsetMissing},
		{"dateTime", `"2026-11-21T08:30:00+14:30"`, offsetRange},
		{"dateTime", `"2026-11-21T24:00:00+08:00"`, clockRange},
		{"dateTime", `"2026-11-21T08:30+08:00"`, dateTimeForm},
		{"instant", `"2026-11-21"`, instantForm},
		{"time", `"25:00:00"`, clockRange},
		{"time", `"08:30"`, timeForm},
	} {
		if got := Check(c.typ, node(t, c.value)); got != c.want {
			t.Errorf("%s %s: %v", c.typ, c.value, got)
		}
	}
}

// What a message gives as an example is one.
func TestExamplesInMessages(t *testing.T) {
	t.Parallel()
	for i, fact := range facts[1:] {
		typ := Type(i + 1)
		_, example, ok := strings.Cut(fact.wrongKind.English, "such as ")
		if !ok {
			continue
		}
		if p := typ.Check(node(t, strings.TrimSuffix(example, "."))); p != nil {
			t.Errorf("%s: %s: %s", typ, example, p.English)
		}
	}
}

func TestLongText(t *testing.T) {
	t.Parallel()
	fill := func(s string, characters int) string {
		return `"` + strings.Repeat(s, characters/utf8.RuneCountInString(s)) + `"`
	}
	for _, typ := range []string{"string", "markdown", "code"} {
		for _, c := range []struct {
			text string
			want bool
		}{
			{fill("a", MaxCharacters), true},
			{fill("a", MaxCharacters+1), false},
			{fill("医", MaxCharacters), true},
			{fill("医", MaxCharacters+1), false},
			{fill("😀", MaxCharacters), true},
			{`"` + strings.Repeat(`\u533b`, MaxCharacters) + `"`, true},
			{`"` + strings.Repeat(`\u533b`, MaxCharacters+1) + `"`, false},
			{`"` + strings.Repeat(`\ud83d\ude00`, MaxCharacters) + `"`, true},
			{`"` + strings.Repeat(`\uD83D\uDE00`, MaxCharacters+1) + `"`, false},
			{`"` + strings.Repeat(`\"`, MaxCharacters) + `"`, true},
			{`"` + strings.Repeat(`\"`, MaxCharacters+1) + `"`, false},
		} {
			if p := Check(typ, node(t, c.text)); (p == nil) != c.want {
				t.Errorf("%s %.12s… with %d bytes: %v", typ, c.text, len(c.text), p)
			}
		}
	}
	if !strings.Contains(longText.English+longText.Chinese, strconv.Itoa(MaxCharacters)) {
		t.Errorf("the message names another limit: %s", longText.English)
	}
	if p := Check("xhtml", node(t, fill("a", MaxCharacters+1))); p != nil {
		t.Errorf("xhtml: %v", p)
	}
}

// Every primitive type in the tables of R4 is known, and every type has its name.
func TestTypes(t *testing.T) {
	t.Parallel()
	for _, typ := range schema.Types() {
		for _, element := range typ.Shape().Elements {
			if _, ok := TypeOf(element.Type); element.Kind == schema.Primitive && !ok {
				t.Errorf("%s.%s has the unknown type %s", typ, element.Name, element.Type)
			}
		}
	}
	for typ := Base64Binary; typ <= XHTML; typ++ {
		if again, ok := TypeOf(typ.String()); !ok || again != typ {
			t.Errorf("type %d is called %q", typ, typ)
		}
	}
	for _, name := range []string{"", "Date", "datetime", "Quantity"} {
		if typ, ok := TypeOf(name); ok || typ != 0 {
			t.Errorf("%q is type %d", name, typ)
		}
	}
	if none := Type(99); none.String() != "" || none.Check(fhir.Node{}) != unknownType {
		t.Errorf("type 99 is %q", none)
	}
	if p := Date.Check(fhir.Node{}); p == nil || p.Code != "structure" {
		t.Errorf("what is absent is a date: %v", p)
	}
}
