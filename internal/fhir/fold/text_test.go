package fold

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func TestText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"case", "McDONALD", "mcdonald"},
		{"sharp s", "Straße STRASSE ẞ", "strasse strasse ss"},
		{"final sigma", "ΟΔΥΣΣΕΥΣ Οδυσσεύς", "οδυσσευσ οδυσσευσ"},
		{"the four i of Turkish", "Iıİi İSTANBUL ısparta", "iiii istanbul isparta"},
		{"Armenian ligature", "և", "եւ"},
		{"Cherokee", "Ꭰꭰ", "ꭰꭰ"},
		{"full width", "ＡＢＣ　１２３（ａ）", "abc 123(a)"},
		{"half width", "ｶﾞｷﾞ ﾊﾟ ﾡ", "ガギ パ ᄀ"},
		{"ligature, roman numeral, circle, fraction", "ﬁ Ⅷ ① ½ ㎏ ℡", "fi viii 1 1⁄2 kg tel"},
		{"Chinese", "张伟", "张伟"},
		{"simplified and traditional differ", "張偉", "張偉"},
		{"compatibility ideographs, radicals", "\uF900\U0002F800⼀", "豈丽一"},
		{"ideographic variation", "葛\U000E0100城", "葛城"},
		{"middle dot stays", "阿卜杜拉·买买提", "阿卜杜拉·买买提"},
		{"accents, composed and not", "é e\u0301 Ǖ ç ñ Å", "e e u c n a"},
		{"Vietnamese", "Nguyễn Đỗ Ơ", "nguyen do o"},
		{"strokes", "Łódź Ødegård Ħal đ ŧ", "lodz odegard hal d t"},
		{"ligatures of letters", "Æsop œuvre Ǽ", "aesop oeuvre ae"},
		{"eth and thorn are letters", "Ðþ", "ðþ"},
		{"Greek", "Ώρα ᾳ ΐ", "ωρα α ι"},
		{"Cyrillic", "Ёлка Ѓ ї", "елка г і"},
		{"Cyrillic short i", "Йод и\u0306 Й\u0301", "йод й й"},
		{"kana keep their sound", "カガ ハバパ は\u3099", "カガ ハバパ ば"},
		{"Thai", "ที่ ท", "ที่ ท"},
		{"Devanagari", "क\u093C हिन्दी", "क\u093C हिन्दी"},
		{"Hangul is put together", "\u1112\u1161\u11ab 한", "한 한"},
		{"Hebrew and Arabic keep their points", "שָׁלוֹם مُحَمَّد", "שָׁלוֹם مُحَمَّد"},
		{"Uyghur", "ئابدۇللا", "ئابدۇللا"},
		{"blanks", " \t zhang\u00A0\u2003\r\n wei\u3000 ", "zhang wei"},
		{"only blanks", " \u3000\n", ""},
		{"unseen", "a\u00ADb\u200Bc\u200Dd\uFEFF", "abcd"},
		{"unseen before a mark", "e\u200B\u0301", "e"},
		{"punctuation stays", "O'Brien-Smith, J.", "o'brien-smith, j."},
		{"typographic punctuation stays", "O’Brien", "o’brien"},
		{"accent that stands alone", "a ´", "a \u0301"},
		{"private use", "\uE000", "\uE000"},
		{"iota subscript under another base", "1\u0345\u20DD", "1\u20DD"},
		{"Arabic sign in front of numbers", "\u06001", "\u06001"},
		{"not UTF-8", "a\xffÉ\xc3", "a\uFFFDe\uFFFD"},
		{"among much that is not UTF-8", "\x832\xf8\xff\xd4\xc7\xf7\xf7\xf7\xf7\xf7\u01ff", "\uFFFD2\uFFFDo"},
		{"too many marks", "か" + strings.Repeat("\u0301", 99), "か" + strings.Repeat("\u0301", mostMarks)},
		{"the control character stays", "a\x00\x7fB", "a\x00\x7fb"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := Text(c.in); got != c.want {
				t.Errorf("Text(%+q) = %+q, want %+q", c.in, got, c.want)
			}
		})
	}
}

// TestTextKeepsApart has pairs that must not become one.
func TestTextKeepsApart(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{
		{"カ", "ガ"}, {"は", "ぱ"}, {"и", "й"}, {"ท", "ที"}, {"क", "कि"}, {"ש", "שׁ"}, {"a", "а"}, {"张", "張"},
		{"ab", "a b"}, {"d", "ð"}, {"は", "ハ"}, {"하", "한"},
	} {
		if Text(c[0]) == Text(c[1]) {
			t.Errorf("%s and %s both fold to %s", c[0], c[1], Text(c[0]))
		}
	}
}

// planes are the code points that have properties worth a test: planes 0 to 3 and 14, without most private use.
func planes(yield func(rune) bool) {
	for r := rune(0); r < 0xE1000; r++ {
		if r == 0x33480 {
			r = 0xE0000
		}
		if utf8.ValidRune(r) && !yield(r) {
			return
		}
	}
}

// TestEveryCharacter: each character alone folds to what stays, whichever way it goes, and nothing of what must go is
// left.
func TestEveryCharacter(t *testing.T) {
	t.Parallel()
	for r := range planes {
		s := string(r)
		got := full(s, false)
		if again := full(got, false); again != got {
			t.Fatalf("%U folds to %+q, which folds to %+q", r, got, again)
		}
		if Text(s) != got {
			t.Fatalf("%U folds to %+q and by a shorter way to %+q", r, got, Text(s))
		}
		if stable(r) && got != s {
			t.Fatalf("%U is said to be stable but folds to %+q", r, got)
		}
		if !norm.NFC.IsNormalString(got) {
			t.Fatalf("%U folds to %+q, which is not in normal form", r, got)
		}
		for _, f := range got {
			if unicode.IsSpace(f) && f != ' ' || ignorable(f) {
				t.Fatalf("%U folds to %+q", r, got)
			}
		}
	}
}

// TestCaseFolding compares with the case folding of package cases.
func TestCaseFolding(t *testing.T) {
	t.Parallel()
	fold := cases.Fold()
	for r := range planes {
		if unicode.Is(unicode.Cherokee, r) || r >= firstMark && unicode.Is(accents, r) {
			continue
		}
		for _, d := range norm.NFKD.String(string(r)) {
			if d == 'ı' {
				continue
			}
			want := fold.String(string(d))
			got := string(appendLetter(nil, d))
			if got != want && !strings.ContainsRune("æœøłđħŧ", []rune(want)[0]) {
				t.Errorf("%U folds to %+q, want %+q", d, got, want)
			}
		}
	}
}

// TestStableCharactersDoNotCompose: a character of the shorter ways has no part in a composition with another one of
// them, whichever stands first.
func TestStableCharactersDoNotCompose(t *testing.T) {
	t.Parallel()
	for r := range planes {
		if !stable(r) {
			continue
		}
		if p := norm.NFC.PropertiesString(string(r)); !p.BoundaryBefore() || p.CCC() != 0 {
			t.Fatalf("%U may compose with what stands before", r)
		}
	}
}

// texts are made of what is likely to go wrong: marks, blanks, case, width, and the seams between scripts.
func texts() *rapid.Generator[string] {
	sharp := []rune("aAzéÉßİıøŁ 　\t\u00A0ＡａΣςΌйИ\u0306\u0308\u0301\u0345\u20DD\u093C\u3099ｶﾞガか张伟·´'-.()（1１한하\u1100\u1161\u11A8" +
		"\u200B\u034F\uFE00\U000E0100ทีक्षﷺﬁǅ\uFFFDuUüǚlLvnN\U0002F800ＶͺΆ")
	return rapid.OneOf(
		rapid.StringOf(rapid.SampledFrom(sharp)),
		rapid.StringOf(rapid.OneOf(rapid.SampledFrom(sharp), rapid.Rune())),
		rapid.Custom(func(t *rapid.T) string { return string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")) }),
	)
}

func TestTextIsIdempotent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := texts().Draw(t, "s")
		once := Text(s)
		if once != full(s, false) {
			t.Fatalf("%+q folds to %+q by a shorter way, to %+q by the long one", s, once, full(s, false))
		}
		if twice := Text(once); twice != once {
			t.Fatalf("%+q folds to %+q, which folds to %+q", s, once, twice)
		}
		if !utf8.ValidString(once) {
			t.Fatalf("%+q folds to %+q", s, once)
		}
	})
}

// TestTextGoesByWhatIsSeen: however a text is composed, it folds to the same; case does not matter.
func TestTextGoesByWhatIsSeen(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := strings.ToValidUTF8(texts().Draw(t, "s"), "")
		if marks := strings.Count(s, "\u0301"); marks > 8 {
			t.Skip("package norm cuts long sequences of marks")
		}
		for name, other := range map[string]string{
			"NFC": norm.NFC.String(s), "NFD": norm.NFD.String(s), "NFKC": norm.NFKC.String(s), "NFKD": norm.NFKD.String(s),
		} {
			if Text(s) != Text(other) {
				t.Fatalf("%+q folds to %+q, in %s to %+q", s, Text(s), name, Text(other))
			}
		}
	})
}

// TestTextOfAPrefix: where a character of its own begins, what stands before folds to a prefix of the whole.
func TestTextOfAPrefix(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, rest := texts().Draw(t, "a"), texts().Draw(t, "rest")
		if !beginsACharacter(rest) {
			t.Skip("composes with what stands before")
		}
		if short, long := Text(a), Text(a+rest); !strings.HasPrefix(long, short) {
			t.Fatalf("%+q folds to %+q, but %+q to %+q", a, short, a+rest, long)
		}
	})
}

// beginsACharacter tells whether a text, less what is not seen, begins with what composes with nothing before it.
func beginsACharacter(s string) bool {
	for i, r := range s {
		if !ignorable(r) {
			return utf8.ValidString(s[i:]) && !unicode.Is(unicode.M, r) && norm.NFKD.PropertiesString(s[i:]).BoundaryBefore() &&
				norm.NFKC.PropertiesString(s[i:]).BoundaryBefore()
		}
	}
	return true
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"", " ", "Zhāng Wěi", "张伟", "单·ｶﾞ", "e\u200B\u0301", "吕lü", "+86 (10) 6552.9988", "か" + strings.Repeat("\u0301", 40)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for name, fold := range map[string]func(string) string{"Text": Text, "Contact": Contact, "Spelling": Spelling} {
			once := fold(s)
			if twice := fold(once); twice != once || !utf8.ValidString(once) {
				t.Errorf("%s(%+q) = %+q, of which it makes %+q", name, s, once, twice)
			}
		}
		if Text(s) != full(s, false) {
			t.Errorf("%+q folds to %+q by a shorter way, to %+q by the long one", s, Text(s), full(s, false))
		}
		checkReadings(t, s)
	})
}
