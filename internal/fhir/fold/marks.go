package fold

import (
	"unicode"
	"unicode/utf8"
)

const (
	firstMark     = '\u0300' // no combining mark has a lower number
	breve         = '\u0306'
	diaeresis     = '\u0308'
	iotaSubscript = '\u0345'
)

// accents are the marks that Latin, Greek and Cyrillic letters take.
var accents = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x0300, Hi: 0x036F, Stride: 1}, // combining diacritical marks
		{Lo: 0x0483, Hi: 0x0489, Stride: 1}, // of Cyrillic
		{Lo: 0x1AB0, Hi: 0x1AFF, Stride: 1}, // extended
		{Lo: 0x1DC0, Hi: 0x1DFF, Stride: 1}, // supplement
		{Lo: 0x20D0, Hi: 0x20FF, Stride: 1}, // for symbols
		{Lo: 0x2DE0, Hi: 0x2DFF, Stride: 1}, // Cyrillic extended A
		{Lo: 0xA66F, Hi: 0xA67D, Stride: 1}, // Cyrillic extended B
		{Lo: 0xFE20, Hi: 0xFE2F, Stride: 1}, // half marks
	},
}

// isAccent tells whether a mark on a base is an accent. The iota subscript always is: case folding would make a letter
// of it, which marks behind it would then stand on.
func isAccent(mark, base rune) bool {
	switch {
	case mark == iotaSubscript:
		return true
	case mark == breve && (base == 'и' || base == 'И'):
		return false
	}
	return unicode.Is(accents, mark) && unicode.In(base, unicode.Latin, unicode.Greek, unicode.Cyrillic)
}

// appendLetter folds the case of a decomposed character, and appends it or what stands for it: the letters below are
// accented ones to their readers, though not to Unicode.
//
// Lower of upper case is Unicode's full case folding here, but for Cherokee, which is folded the other way: what else
// folds to several characters than ß, decomposition has taken apart. Package cases folds Cherokee back and forth.
func appendLetter(dst []byte, r rune) []byte {
	if r < utf8.RuneSelf {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return append(dst, byte(r))
	}
	switch r = unicode.ToLower(unicode.ToUpper(r)); r {
	case 'ß':
		return append(dst, "ss"...)
	case 'æ':
		return append(dst, "ae"...)
	case 'œ':
		return append(dst, "oe"...)
	case 'ø':
		return append(dst, 'o')
	case 'ł':
		return append(dst, 'l')
	case 'đ':
		return append(dst, 'd')
	case 'ħ':
		return append(dst, 'h')
	case 'ŧ':
		return append(dst, 't')
	}
	return utf8.AppendRune(dst, r)
}

// ignorable are Unicode's Default_Ignorable_Code_Points (UAX #44), which NFKC_Casefold removes.
func ignorable(r rune) bool {
	switch {
	case r < '\u00AD':
		return false
	case 0xFFF9 <= r && r <= 0xFFFB, 0x13430 <= r && r <= 0x13440, unicode.Is(unicode.Prepended_Concatenation_Mark, r):
		return false
	}
	return unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}
