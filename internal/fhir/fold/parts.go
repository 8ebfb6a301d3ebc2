package fold

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"
)

// kind tells what a part of a name is made of.
type kind uint8

const (
	nothing kind = iota // falls away: blanks, punctuation, symbols, controls
	mark                // belongs to what stands before
	han
	digit
	letter
)

// part is a Chinese character with its readings, or a run of letters or digits, which has one.
type part struct {
	kind     kind
	readings []string
}

func (p part) chinese() bool { return p.kind == han }

func (p part) whole(i int) string { return p.readings[i] }

// initial is the first letter. Numbers are not shortened.
func (p part) initial(i int) string {
	s := p.readings[i]
	if p.kind == digit {
		return s
	}
	_, size := utf8.DecodeRuneInString(s)
	return s[:size]
}

// longInitial is the first letter, or the two that write one sound.
func (p part) longInitial(i int) string {
	if s := p.readings[i]; p.kind == han && len(s) > 2 && s[1] == 'h' && strings.IndexByte("zcs", s[0]) >= 0 {
		return s[:2]
	}
	return p.initial(i)
}

// partsOf takes a name apart, down to its twelfth Chinese character.
func partsOf(name string) []part {
	var parts []part
	text := folded(name, true)
	characters, start, last := 0, 0, nothing // last is the kind of the character before, start where its run does
	for i, r := range text {
		k := kindOf(r)
		switch {
		case k == nothing, k == mark && last != letter && last != digit: // a mark goes with what it stands on
			last = nothing
			continue
		case k == mark, k == last && k != han:
			parts[len(parts)-1].readings[0] = text[start : i+utf8.RuneLen(r)]
			continue
		case k == han && characters == mostCharacters:
			read(parts)
			return parts
		case k == han:
			characters++
		}
		parts = append(parts, part{k, []string{text[i : i+utf8.RuneLen(r)]}})
		start, last = i, k
	}
	read(parts)
	return parts
}

func kindOf(r rune) kind {
	switch {
	case 'a' <= r && r <= 'z':
		return letter
	case '0' <= r && r <= '9':
		return digit
	case r < utf8.RuneSelf:
		return nothing
	case isHan(r):
		return han
	case unicode.In(r, unicode.P, unicode.S, unicode.Z, unicode.Cc, unicode.Cf), 'ʹ' <= r && r <= '˿':
		return nothing // the latter are apostrophes and other marks that pass for letters
	case unicode.Is(unicode.M, r):
		return mark
	case unicode.Is(unicode.N, r):
		return digit
	}
	return letter
}

func isHan(r rune) bool {
	if 0x4E00 <= r && r <= 0x9FFF {
		return true
	}
	_, known := pinyin.PinyinDict[int(r)]
	return known || unicode.Is(unicode.Han, r)
}

// read puts their readings in the place of the Chinese characters. A name begins with the surname.
func read(parts []part) {
	first := slices.IndexFunc(parts, part.chinese)
	if first < 0 {
		return
	}
	next := first
	for i, readings := range compound(parts[first:]) {
		parts[first+i].readings = readings
		next++
	}
	for i := next; i < len(parts); i++ {
		if p := &parts[i]; p.chinese() {
			p.readings = readingsOf(p.readings[0], i == first)
		}
	}
}

// compound are the readings of the compound surname that the characters begin with, if it has special ones.
func compound(parts []part) [][]string {
	var name string
	for _, p := range parts[:min(len(parts), longestCompound)] {
		if !p.chinese() {
			break
		}
		name += p.readings[0]
		if readings := compounds[name]; readings != nil {
			return readings
		}
	}
	return nil
}

// readingsOf are the readings of one character, the likeliest first.
func readingsOf(character string, surname bool) []string {
	r, _ := utf8.DecodeRuneInString(character)
	if p, ok := polyphones[r]; ok {
		if surname {
			return p.surname
		}
		return p.everyday
	}
	if all, ok := pinyin.PinyinDict[int(r)]; ok {
		first, _, _ := strings.Cut(all, ",")
		return []string{toneless(first)}
	}
	return []string{character}
}

// toneless takes the tones off a syllable as the dictionary has it.
func toneless(syllable string) string {
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf || r == 'ü' {
			return r
		}
		if plain, ok := untoned[r]; ok {
			return plain
		}
		return -1 // a combining tone
	}, syllable)
}

// untoned are the letters of pinyin that have a tone.
var untoned = map[rune]rune{
	'ā': 'a', 'á': 'a', 'ǎ': 'a', 'à': 'a',
	'ē': 'e', 'é': 'e', 'ě': 'e', 'è': 'e', 'ê': 'e', 'ế': 'e', 'ề': 'e',
	'ī': 'i', 'í': 'i', 'ǐ': 'i', 'ì': 'i',
	'ō': 'o', 'ó': 'o', 'ǒ': 'o', 'ò': 'o',
	'ū': 'u', 'ú': 'u', 'ǔ': 'u', 'ù': 'u',
	'ǖ': 'ü', 'ǘ': 'ü', 'ǚ': 'ü', 'ǜ': 'ü',
	'ḿ': 'm', 'ń': 'n', 'ň': 'n', 'ǹ': 'n',
}
