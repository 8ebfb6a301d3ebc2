package primitive

import (
	"encoding/base64"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"pgregory.net/rapid"

	"yitong/internal/fhir"
)

const (
	years   = `([0-9]([0-9]([0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)`
	days    = `(0[1-9]|[1-2][0-9]|3[0-1])`
	clocks  = `([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?`
	offsets = `(Z|(\+|-)((0[0-9]|1[0-3]):[0-5][0-9]|14:00))`
)

// expressions are those of R4's StructureDefinitions, and what ours refuse of what these match.
var expressions = map[string]struct {
	text     string
	stricter func(string) bool
	lower    bool // ours take capitals as well
}{
	"base64Binary": {text: `(\s*([0-9a-zA-Z\+/=]){4}\s*)+`, stricter: func(s string) bool {
		_, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s), "")) // = stands at the end only
		return err != nil
	}},
	"canonical": {text: `\S*`, stricter: func(s string) bool {
		before, after, ok := strings.Cut(s, "|")
		return blank(s) || ok && (before == "" || after == "" || after[0] == '#' || strings.Contains(after, "|"))
	}},
	"code": {text: `[^\s]+(\s[^\s]+)*`, stricter: func(s string) bool { return blank(strings.ReplaceAll(s, " ", "")) }},
	"date": {text: years + `(-(0[1-9]|1[0-2])(-` + days + `)?)?`, stricter: noSuchDay},
	"dateTime": {text: years + `(-(0[1-9]|1[0-2])(-` + days + `(T` + clocks + offsets + `)?)?)?`,
		stricter: noSuchDay},
	"id":          {text: `[A-Za-z0-9\-\.]{1,64}`},
	"instant":     {text: years + `-(0[1-9]|1[0-2])-` + days + `T` + clocks + offsets, stricter: noSuchDay},
	"integer":     {text: `-?([0]|([1-9][0-9]*))`, stricter: over32Bits},
	"markdown":    {text: `[ \r\n\t\S]+`},
	"oid":         {text: `urn:oid:[0-2](\.(0|[1-9][0-9]*))+`},
	"positiveInt": {text: `[1-9][0-9]*`, stricter: over32Bits},
	"string":      {text: `[ \r\n\t\S]+`},
	"time":        {text: clocks},
	"unsignedInt": {text: `[0]|([1-9][0-9]*)`, stricter: over32Bits},
	"uri":         {text: `\S*`, stricter: blank},
	"url":         {text: `\S*`, stricter: blank},
	"uuid":        {text: `urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`, lower: true},
}

// blank: the value is empty or holds white space of Unicode, of which \s is only a part.
func blank(s string) bool { return s == "" || strings.ContainsFunc(s, unicode.IsSpace) }

// noSuchDay: the expressions let every month have 31 days.
func noSuchDay(s string) bool {
	if len(s) < dayLen {
		return false
	}
	_, err := time.Parse(time.DateOnly, s[:dayLen])
	return err != nil
}

// over32Bits: the range is in the definitions, but not in the expressions.
func over32Bits(s string) bool {
	_, err := strconv.ParseInt(s, 10, 32)
	return err != nil
}

var compiled = func() map[string]*regexp.Regexp {
	all := map[string]*regexp.Regexp{}
	for typ, e := range expressions {
		all[typ] = regexp.MustCompile(`^(?:` + e.text + `)$`)
	}
	return all
}()

// right tells what R4 and the listed reasons say of a text.
func right(typ, s string) bool {
	e := expressions[typ]
	if e.lower && strings.HasPrefix(s, "urn:uuid:") {
		s = strings.ToLower(s)
	}
	return compiled[typ].MatchString(s) && (e.stricter == nil || !e.stricter(s))
}

// ours tells what the package says of it, as a JSON string or number.
func ours(t interface{ Fatalf(string, ...any) }, name, s string) bool {
	typ, _ := TypeOf(name)
	if facts[typ].kind == fhir.Number {
		return typ.number([]byte(s)) == nil
	}
	plain, escaped := fhir.Quote(s), escapes(s)
	verdicts := [2]bool{}
	for i, text := range [][]byte{plain, escaped} {
		tree, err := fhir.Parse(text)
		if err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		verdicts[i] = typ.Check(tree.Root()) == nil
	}
	if verdicts[0] != verdicts[1] {
		t.Fatalf("%s %s is taken: %t, as %s: %t", name, plain, verdicts[0], escaped, verdicts[1])
	}
	return verdicts[0]
}

// escapes writes all of a string in escapes.
func escapes(s string) []byte {
	quoted := []byte{'"'}
	for _, r := range s {
		if r > 0xffff {
			r -= 0x10000
			quoted = append(quoted, unit(0xd800+r>>10)...)
			r = 0xdc00 + r&0x3ff
		}
		quoted = append(quoted, unit(r)...)
	}
	return append(quoted, '"')
}

func unit(r rune) string {
	hex := strconv.FormatInt(int64(r), 16)
	return `\u` + "0000"[len(hex):] + hex
}

// readable leaves out what the reader of JSON refuses.
func readable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

// The package agrees with R4's expressions on what they match, and on the same with some characters changed.
func TestExpressions(t *testing.T) {
	t.Parallel()
	letters := []rune("0123456789abfzAFZTZ:+-./=|#_ \t\n%<医\u00a0\u3000😀")
	for typ, e := range expressions {
		t.Run(typ, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				s := []rune(rapid.StringMatching(e.text).Draw(t, "matching"))
				for range rapid.IntRange(0, 3).Draw(t, "changes") {
					at := rapid.IntRange(0, len(s)).Draw(t, "at")
					with := rapid.SliceOfN(rapid.SampledFrom(letters), 0, 2).Draw(t, "with")
					cut := min(len(s), at+rapid.IntRange(0, 2).Draw(t, "cut"))
					s = append(append(append([]rune{}, s[:at]...), with...), s[cut:]...)
				}
				text := readable(string(s))
				if got, want := ours(t, typ, text), right(typ, text); got != want {
					t.Fatalf("%s %q is taken: %t, want %t", typ, text, got, want)
				}
			})
		})
	}
}

// Every day of a few centuries, and every day that is none.
func TestCalendar(t *testing.T) {
	t.Parallel()
	digits := func(n, width int) string {
		s := strconv.Itoa(n)
		return strings.Repeat("0", width-len(s)) + s
	}
	for _, year := range []int{1, 4, 100, 400, 1582, 1896, 1900, 1999, 2000, 2023, 2024, 2100, 2400, 9999} {
		for month := range 100 {
			for day := range 100 {
				s := digits(year, 4) + "-" + digits(month, 2) + "-" + digits(day, 2)
				_, err := time.Parse(time.DateOnly, s)
				if got := date([]byte(s)) == nil; got != (err == nil) {
					t.Errorf("%s is taken: %t", s, got)
				}
			}
		}
	}
}

// The expressions above are HL7's.
func TestExpressionsAreThoseOfR4(t *testing.T) {
	t.Parallel()
	for typ, e := range expressions {
		files, _ := filepath.Glob(filepath.Join(definitions, "StructureDefinition-"+typ+".json"))
		if len(files) == 0 {
			t.Skip("the definitions are not installed: npm ci --prefix internal/fhir/schema/generate")
		}
		found := ""
		elements := read(t, files[0]).Get("snapshot").Get("element")
		for e := elements.First(); e.Exists(); e = e.Next() {
			for x := e.Get("type").Item(0).Get("extension").First(); x.Exists(); x = x.Next() {
				if strings.HasSuffix(x.Get("url").Str(), "/regex") {
					found = x.Get("valueString").Str()
				}
			}
		}
		if found != e.text {
			t.Errorf("%s has the expression %s, not %s", typ, found, e.text)
		}
	}
}

func FuzzCheck(f *testing.F) {
	for _, c := range cases {
		for _, value := range append(c.taken, c.refuse...) {
			f.Add(c.typ, strings.Trim(value, `"`))
		}
	}
	f.Fuzz(func(t *testing.T, typ, s string) {
		if _, ok := expressions[typ]; !ok {
			return
		}
		s = readable(s)
		if got, want := ours(t, typ, s), right(typ, s); got != want && len(s) <= MaxCharacters {
			t.Errorf("%s %q is taken: %t, want %t", typ, s, got, want)
		}
	})
}
