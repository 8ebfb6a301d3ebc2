package terminology

import (
	"strings"

	"yitong/internal/fhir/ucum"
)

// special are UCUM's special units (§21, §22 and its tables); true are those that take prefixes. Package ucum converts
// temperatures where they stand alone, and refuses the others, which no factor converts.
var special = map[string]bool{
	"[p'diop]": false, "%[slope]": false, "[hp'_X]": false, "[hp'_C]": false, "[hp'_M]": false, "[hp'_Q]": false,
	"[pH]": false, "Np": true, "B": true, "B[SPL]": true, "B[V]": true, "B[mV]": true, "B[uV]": true, "B[10.nV]": true,
	"B[W]": true, "B[kW]": true, "[m/s2/Hz^(1/2)]": false, "bit_s": false,
	"Cel": true, "[degF]": false, "[degRe]": false,
}

// maxUnit is how long a code package ucum reads, in bytes.
const maxUnit = 64

// unit tells whether a code is a unit of UCUM: one that package ucum reads, or one that no factor converts. Special
// units are meant to stand alone (§21); whether one that stands in a product is a unit all the same is Unknown,
// because catalogues list such as Cel/min. Codes longer than package ucum reads are Unknown, too.
func unit(code string) Answer {
	if len(code) > maxUnit {
		return Unknown
	}
	if _, err := ucum.Parse(code); err == nil {
		return In
	}
	plain, found := withoutSpecial(code)
	if _, err := ucum.Parse(plain); !found || err != nil {
		return Out
	}
	if _, operators, _ := cutSymbol(code); operators != "" {
		return Unknown
	}
	return In
}

// withoutSpecial puts the unit 1 in place of special units, so that the rest of the code can be read, and tells
// whether there were any.
func withoutSpecial(code string) (plain string, found bool) {
	var out strings.Builder
	for code != "" {
		symbol, rest, annotation := cutSymbol(code)
		if isSpecial(symbol) {
			symbol, found = "1", true
		}
		out.WriteString(symbol)
		out.WriteString(annotation)
		if rest != "" {
			out.WriteByte(rest[0])
			rest = rest[1:]
		}
		code = rest
	}
	return out.String(), found
}

// cutSymbol takes a symbol off the front of a code, and the annotation after it. The rest begins with an operator or a
// parenthesis, if it is not empty.
func cutSymbol(code string) (symbol, rest, annotation string) {
	depth := 0
	end := strings.IndexFunc(code, func(r rune) bool {
		switch r {
		case '[', '{':
			depth++
		case ']', '}':
			depth--
		}
		return depth == 0 && strings.ContainsRune("./()", r)
	})
	if end < 0 {
		end = len(code)
	}
	symbol, rest = code[:end], code[end:]
	if at := strings.IndexByte(symbol, '{'); at >= 0 {
		symbol, annotation = symbol[:at], symbol[at:]
	}
	return symbol, rest, annotation
}

// isSpecial tells whether a symbol is a special unit, with or without a prefix.
func isSpecial(symbol string) bool {
	if _, ok := special[symbol]; ok {
		return true
	}
	for n := 1; n <= 2 && n < len(symbol); n++ {
		if special[symbol[n:]] {
			_, err := ucum.Parse(symbol[:n] + "m") // the metre takes every prefix
			return err == nil
		}
	}
	return false
}
