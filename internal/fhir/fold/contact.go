package fold

import (
	"strings"
	"unicode"
)

// Contact is a telephone number or an address of mail as it is compared: folded like [Text], without blanks, hyphens
// and brackets. In a telephone number, which is what has neither letters nor an @, dots only separate groups and fall
// away too; in addresses of mail and of sites they stay. A country's prefix is not understood: +86 138… is not 138….
func Contact(s string) string {
	t := without(Text(s))
	if !isASCII(t) {
		t = Text(t) // a mark may have got a new neighbour
	}
	return t
}

func without(t string) string {
	number := !strings.ContainsFunc(t, func(r rune) bool { return r == '@' || unicode.IsLetter(r) })
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '.' && number || isHyphen(r) || isBracket(r) {
			return -1
		}
		return r
	}, t)
}

// isHyphen knows the dashes and the minus, which phones put in their place.
func isHyphen(r rune) bool {
	return r == '-' || r >= 0x80 && (r == '−' || unicode.Is(unicode.Pd, r))
}

func isBracket(r rune) bool {
	if r < 0x80 {
		return strings.ContainsRune("()[]{}", r)
	}
	return unicode.In(r, unicode.Ps, unicode.Pe)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
