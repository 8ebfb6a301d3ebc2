package fold

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

const (
	mostReadings   = 16 // of a name
	mostCharacters = 12 // of a name, Chinese ones; what follows is cut off
)

// Readings are the ways to spell a name phonetically, without blanks and punctuation, each once, the best one first
// and 16 at most. Of a name with Chinese characters they are
//
//   - the full pinyin (zhangwei), with YU for ü: 吕伟 is lyuwei;
//   - the initials, one letter a character (zw);
//   - both again for every other reading of a character that has several: of the first character those of a surname
//     too (单 shan, dan), of compound surnames their own (尉迟 yuchi, weichi). If there are too many, those that differ
//     least from the best one are given;
//   - the full pinyin with u for ü, as passports had it before 2012 and as many type it (luwei);
//   - the initials with zh, ch and sh whole (zhw), as input methods take them.
//
// A run of other letters in such a name counts as one character. Names without Chinese characters have their folded
// letters. Only twelve Chinese characters are read, the rest of the name is cut off. A character without a known
// reading stands for itself.
//
// A family name, a given name and the two joined are three names to this function.
func Readings(name string) []string {
	parts := partsOf(name)
	if len(parts) == 0 {
		return nil
	}
	var found, umlauts []string
	add := func(s string) {
		if len(found) < mostReadings && !slices.Contains(found, s) {
			found = append(found, s)
		}
	}
	chinese := slices.ContainsFunc(parts, part.chinese)
	ways := choices(parts, mostReadings)
	for _, way := range ways {
		whole := spell(parts, way, part.whole)
		add(withYU(whole))
		if chinese {
			add(withYU(spell(parts, way, part.initial)))
		}
		if strings.Contains(whole, "ü") {
			umlauts = append(umlauts, whole)
		}
	}
	for _, whole := range umlauts {
		add(withU(whole))
	}
	if chinese {
		for _, way := range ways {
			add(withYU(spell(parts, way, part.longInitial)))
		}
	}
	return found
}

// Spelling is what somebody typed to find a name by its sound, as it is compared with [Readings]: folded like [Text],
// without blanks and punctuation, with YU for ü. "Zhang Wei", "zhāng wěi" and "zhang'wei" are zhangwei; "lü", "lv" and
// "lyu" are lyu; "lu" is lu and finds both 卢 and 吕. Digits that stand for tones are not understood.
//
// Chinese characters are spelt as the first of their Readings, so that a name finds those that sound like it.
func Spelling(s string) string {
	parts := partsOf(s)
	return withYU(spell(parts, make([]int, len(parts)), part.whole))
}

// spell joins the parts, each in the chosen reading, in full or its initial. ü stays.
func spell(parts []part, way []int, form func(part, int) string) string {
	if len(parts) == 1 {
		return form(parts[0], way[0])
	}
	var b strings.Builder
	b.Grow(6 * len(parts))
	for i, p := range parts {
		b.WriteString(form(p, way[i]))
	}
	return b.String()
}

// withYU spells ü as GB/T 28039 does: yu after l and n, u elsewhere. v after l and n is a ü too, as input methods
// have it; elsewhere it is a letter of other languages. Either can be told by the letter before, so a spelling's
// beginning is the beginning of its spelling, which replacing yu by v would not grant (陈宇 chenyu).
func withYU(s string) string {
	if isASCII(s) && !strings.Contains(s, "v") {
		return s
	}
	var b strings.Builder
	var last rune
	for _, r := range s {
		switch {
		case (r == 'ü' || r == 'v') && (last == 'l' || last == 'n'):
			b.WriteString("yu")
		case r == 'ü':
			b.WriteByte('u')
		default:
			b.WriteRune(r)
		}
		last = r
	}
	return norm.NFC.String(b.String()) // parts of a Hangul syllable may have come together
}

// withU spells ü as u, and v as withYU does.
func withU(s string) string { return withYU(strings.ReplaceAll(s, "ü", "u")) }

// choices are ways to choose a reading for each part, as indices: first the first ones, then those that differ the
// least, by the sum of their indices; among equals, those that differ in front.
func choices(parts []part, most int) [][]int {
	rest := make([]int, len(parts)+1) // the largest sum that the parts from here on can have
	for i := len(parts) - 1; i >= 0; i-- {
		rest[i] = rest[i+1] + len(parts[i].readings) - 1
	}
	var found [][]int
	way := make([]int, len(parts))
	var choose func(i, sum int)
	choose = func(i, sum int) {
		if i == len(parts) {
			found = append(found, slices.Clone(way))
			return
		}
		for way[i] = min(sum, len(parts[i].readings)-1); way[i] >= 0; way[i]-- {
			if sum-way[i] > rest[i+1] || len(found) == most {
				return
			}
			choose(i+1, sum-way[i])
		}
	}
	for sum := 0; sum <= rest[0] && len(found) < most; sum++ {
		choose(0, sum)
	}
	return found
}
