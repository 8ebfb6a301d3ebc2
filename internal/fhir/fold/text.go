package fold

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Text folds case, width, accents and compatibility forms (see the package comment). Runs of white space become one
// blank, those at the ends fall away, and so do characters that are not seen: soft hyphens, zero-width characters,
// variation selectors (NFKC_Casefold). Punctuation stays. Text that is folded already is returned as it is, without
// an allocation if it is ASCII, Chinese or Japanese.
func Text(s string) string { return folded(s, false) }

// folded is Text; with umlauts, ü keeps its dots.
func folded(s string, umlauts bool) string {
	if settled(s) {
		return s
	}
	if t, ok := simple(s); ok {
		return t
	}
	return full(s, umlauts)
}

// settled tells, of ASCII and the characters that [stable] knows, whether they are folded. It may say no too often.
func settled(s string) bool {
	blank := true // a blank would be the first, or one too many
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if !stable(r) {
				return false
			}
			i += size
			blank = false
			continue
		}
		if 'A' <= c && c <= 'Z' || '\t' <= c && c <= '\r' || c == ' ' && blank {
			return false
		}
		blank = c == ' '
		i++
	}
	return !blank || s == ""
}

// simple folds what consists of ASCII, its full-width forms and the characters that [stable] knows. That is most text;
// of other text it says that it cannot.
func simple(s string) (string, bool) {
	var b strings.Builder
	b.Grow(len(s))
	blank := false
	for _, r := range s {
		if '\uFF01' <= r && r <= '\uFF5E' { // the full-width forms of ! to ~
			r -= '\uFF01' - '!'
		}
		switch {
		case r == ' ' || r == '\u3000' || '\t' <= r && r <= '\r':
			blank = b.Len() > 0
			continue
		case 'A' <= r && r <= 'Z':
			r += 'a' - 'A'
		case r >= utf8.RuneSelf && !stable(r):
			return "", false
		}
		if blank {
			b.WriteByte(' ')
			blank = false
		}
		b.WriteRune(r)
	}
	return b.String(), true
}

// stable knows characters outside ASCII that fold to themselves whatever stands beside them, as long as that is ASCII
// or stable too: Chinese characters, kana, Hangul syllables and the punctuation of names. No two of them compose.
func stable(r rune) bool {
	switch {
	case 0x4E00 <= r && r <= 0x9FFF, // CJK unified ideographs
		0x3400 <= r && r <= 0x4DBF,   // extension A
		0x20000 <= r && r <= 0x2F7FF, // extensions B to F, I
		0x30000 <= r && r <= 0x323AF, // extensions G, H
		0x3041 <= r && r <= 0x3096,   // hiragana
		0x30A1 <= r && r <= 0x30FE,   // katakana
		0xAC00 <= r && r <= 0xD7A3,   // Hangul syllables
		r == '·', 0x3001 <= r && r <= 0x3003, 0x3007 <= r && r <= 0x3011:
		return true
	}
	return false
}

// full folds any text.
//
// The order of the steps makes it idempotent: what stands in front of a mark is known only once everything is
// decomposed; case folding leaves text decomposed (NFKD) as it found it; composition comes last.
func full(s string, umlauts bool) string {
	var stack [256]byte
	valid := strings.ToValidUTF8(s, "\uFFFD") // package norm does not decompose some of what stands among invalid bytes
	decomposed := norm.NFKD.AppendString(stack[:0], valid)
	return norm.NFC.String(string(strip(make([]byte, 0, len(valid)+8), decomposed, umlauts)))
}

// mostMarks is how many marks on one character count; no language has as many. The limit keeps clear of the 30 after
// which package norm inserts characters.
const mostMarks = 16

// strip appends decomposed text without case, accents, unseen characters and superfluous blanks.
func strip(dst, text []byte, umlauts bool) []byte {
	var base rune // what marks stand on; 0 at the beginning
	marks, blank := 0, false
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		text = text[size:]
		switch {
		case ignorable(r):
			continue
		case unicode.IsSpace(r):
			base, marks, blank = ' ', 0, len(dst) > 0
			continue
		case r >= firstMark && unicode.In(r, unicode.M):
			if umlauts && r == diaeresis && marks == 0 && (base == 'u' || base == 'U') {
				dst, base = append(dst[:len(dst)-1], "ü"...), 'ü'
			}
			if marks == mostMarks || isAccent(r, base) {
				continue
			}
			marks++
		default:
			base, marks = r, 0
		}
		if blank {
			dst, blank = append(dst, ' '), false
		}
		dst = appendLetter(dst, r)
	}
	return dst
}
