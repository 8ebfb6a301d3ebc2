package fhir

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestMaskValues(t *testing.T) {
	t.Parallel()
	for _, kind := range []struct {
		name string
		mask func(string) string
		of   map[string]string
	}{
		{"name", MaskName, map[string]string{
			"张三": "张**", "张三丰": "张**", "欧阳娜娜": "欧**", "Ann O'Neil": "A**", "𠮷田": "𠮷**", "葛\U000E0100城": "葛\U000E0100**",
			"e\u0301lodie": "e\u0301**", "张": "张**", " 张三": "张**", "": "", " \t": "", "张**": "张**", "**": "**", "*": "**", "\"x": "\"**",
			"买买提·吐尔逊": "买**",
		}},
		{"family", maskFamily, map[string]string{"张": "张", "欧阳": "欧", "𠮷田": "𠮷", "O'Neil": "O**", "O**": "O**", "": ""}},
		{"document", MaskDocument, map[string]string{
			"11010519491231002X": "110105********002X", "11010519491231002x": "110105********002x", "110105491231002": "110105*****1002",
			"110105********002X": "110105********002X", "110105*****1002": "110105*****1002", "91110000710931XXXX": "**************XXXX",
			"1101051949123X0021": "**************0021", "E12345678": "******678", "H1234567": "******67", "12345": "****5", "1234": "****", "1": "*", "": "",
			" 12345 ": "****5", "沪字第12345号": "******45号", "1234567890123456789012": "******************9012",
			"*****9491231002X*X": "**************2X*X",
		}},
		{"phone", MaskPhone, map[string]string{
			"13800138000": "138****8000", "+86 138 0013 8000": "138****8000", "008613800138000": "138****8000", "138-0013-8000": "138****8000",
			"0571-87654321": "057****4321", "010-62345678": "010****5678", "62345678": "****5678", "1234567": "****67", "12345": "****45",
			"110": "****", "": "", " ": "", "ask Ann": "****", "138****8000": "138****8000", "****5678": "****5678", "****67": "****67", "****": "****",
			"+44 7911 123456": "447****3456", "8613800138000": "138****8000", "１３８００１３８０００": "****",
		}},
		{"mail", maskMail, map[string]string{
			"zhang.san@example.cn": "z***@example.cn", "a@b.cn": "a***@b.cn", "z***@example.cn": "z***@example.cn", "张三@例子.中国": "张***@例子.中国",
			"@example.cn": "", "zhangsan": "", "": "", "a@b": "", "a@13800138000": "", "a@1.2": "", "a@b.cn, 13800138000": "", "a@b@c.cn": "a***@c.cn",
		}},
		{"date", maskDate, map[string]string{
			"1956-12-31": "1956", "1956-12": "1956", "1956": "1956", "1956-12-31T08:00:00+08:00": "1956", "": "", "19561231": "", "195": "", "born": "",
		}},
		{"url", maskURL, map[string]string{"Patient?name=x": "Patient", "Patient/1": "Patient/1", "": "", "http://a/b?c?d": "http://a/b"}},
	} {
		for value, want := range kind.of {
			if got := kind.mask(value); got != want {
				t.Errorf("the %s %q becomes %q, want %q", kind.name, value, got, want)
			}
		}
	}
}

// TestMaskValuesHide: whatever the text, what is shown of it is little, valid and stays so.
func TestMaskValuesHide(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]struct {
		mask func(string) string
		most func(characters int) int // that may be shown
	}{
		"name":     {MaskName, func(int) int { return 1 }},
		"document": {MaskDocument, func(n int) int { return n * 2 / 3 }},
		"phone":    {MaskPhone, func(n int) int { return n * 2 / 3 }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := rapid.OneOf(
				rapid.String(), rapid.StringMatching(`[0-9]{0,20}[Xx]?`), rapid.StringMatching(`[+0-9 *-]{0,20}`),
				rapid.StringOf(rapid.RuneFrom(nil, unicode.Han, unicode.Latin)),
			)
			rapid.Check(t, func(t *rapid.T) {
				s := text.Draw(t, "text")
				got := m.mask(s)
				if !utf8.ValidString(got) || m.mask(got) != got {
					t.Fatalf("%q becomes %q, and again %q", s, got, m.mask(got))
				}
				plain := func(r rune) bool { return r != '*' && !unicode.Is(unicode.M, r) }
				if n, most := runes(got, plain), m.most(utf8.RuneCountInString(s)); n > most {
					t.Fatalf("%q becomes %q, which shows %d characters, more than %d", s, got, n, most)
				}
				if (got == "") != (strings.TrimSpace(s) == "") {
					t.Fatalf("%q becomes %q", s, got)
				}
			})
		})
	}
}

func runes(s string, is func(rune) bool) (n int) {
	for _, r := range s {
		if is(r) {
			n++
		}
	}
	return n
}
