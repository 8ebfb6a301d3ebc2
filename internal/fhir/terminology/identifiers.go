package terminology

import (
	"strings"

	"golang.org/x/text/language"
)

const (
	minLOINC, maxLOINC = 3, 10 // "1-8" is the shortest form; LOINC's column for codes holds 10
	minSCTID, maxSCTID = 6, 18 // digits of an identifier of SNOMED CT
)

// loinc tells whether a code has the form of LOINC: digits, a hyphen and the check digit (LOINC Users' Guide,
// appendix on the mod 10 check digit). Answers, answer lists, parts and groups have letters in front, and check
// digits by no public rule.
func loinc(code string) Answer {
	number, check, ok := strings.Cut(code, "-")
	if !ok || len(check) != 1 || !digits(check) || len(code) < minLOINC || len(code) > maxLOINC {
		return Out
	}
	for _, prefix := range []string{"LA", "LL", "LP", "LG"} {
		if rest, ok := strings.CutPrefix(number, prefix); ok && digits(rest) {
			return Unknown
		}
	}
	if !digits(number) || mod10(number) != check[0]-'0' {
		return Out
	}
	return Unknown
}

// mod10 is the check digit of a number: every other digit, from the last, counts twice.
func mod10(number string) byte {
	sum := 0
	for i := range len(number) {
		d := int(number[len(number)-1-i] - '0')
		if i%2 == 0 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return byte((10 - sum%10) % 10)
}

// snomed tells whether a code has the form of SNOMED CT: the identifier of a concept (SNOMED CT Release File
// Specifications, 6: partition 00 or 10, and Verhoeff's check digit), or an expression, of which only is asked that
// it begins with one, or with ===, <<< or a parenthesis.
func snomed(code string) Answer {
	end := 0
	for end < len(code) && digit(code[end]) {
		end++
	}
	switch {
	case end == 0 && (strings.HasPrefix(code, "(") || strings.HasPrefix(code, "===") || strings.HasPrefix(code, "<<<")):
		return Unknown
	case !conceptID(code[:end]):
		return Out
	case end == len(code) || strings.IndexByte(" |:+", code[end]) >= 0:
		return Unknown
	default:
		return Out
	}
}

// conceptID tells whether digits are the identifier of a concept.
func conceptID(id string) bool {
	if len(id) < minSCTID || len(id) > maxSCTID || id[0] == '0' {
		return false
	}
	partition := id[len(id)-3 : len(id)-1]
	return (partition == "00" || partition == "10") && verhoeff(id)
}

// verhoeff tells whether digits, the check digit included, pass Verhoeff's check: permuted by their place, from the
// last, their product in the dihedral group D5 is 0.
func verhoeff(number string) bool {
	c := byte(0)
	for i := range len(number) {
		c = dihedral(c, permuted[i%8][number[len(number)-1-i]-'0'])
	}
	return c == 0
}

// permuted are the powers of Verhoeff's permutation, of which the eighth is none.
var permuted = func() (powers [8][10]byte) {
	for d := range powers[0] {
		powers[0][d] = byte(d)
	}
	for i := 1; i < len(powers); i++ {
		for d, p := range powers[i-1] {
			powers[i][d] = "1576283094"[p] - '0'
		}
	}
	return powers
}()

// dihedral is the product in D5, of which 0 to 4 are rotations and 5 to 9 reflections.
func dihedral(a, b byte) byte {
	switch {
	case a < 5 && b < 5:
		return (a + b) % 5
	case a < 5:
		return 5 + (a+b-5)%5
	case b < 5:
		return 5 + (a-5+5-b)%5
	default:
		return (a - b + 5) % 5
	}
}

// province tells whether a code has the form of ISO 3166-2: a country's two letters, a hyphen, and one to three
// letters or digits.
func province(code string) Answer {
	country, part, ok := strings.Cut(code, "-")
	if !ok || len(part) < 1 || len(part) > 3 || !alphanumeric(part) || strings.ToUpper(code) != code || len(country) != 2 {
		return Out
	}
	if r, err := language.ParseRegion(country); err != nil || !r.IsCountry() {
		return Out
	}
	return Unknown
}

// uri tells whether a code is an absolute URI (RFC 3986), and where it is an OID or a UUID, a well-formed one (RFC
// 3061; R4, 2.24.0.1).
func uri(code string) Answer {
	scheme, rest, ok := strings.Cut(code, ":")
	if !ok || scheme == "" || !letter(scheme[0]) || !every(scheme, schemeCharacter) {
		return Out
	}
	if rest == "" || !every(rest, uriCharacter) {
		return Out
	}
	if oid, ok := strings.CutPrefix(code, "urn:oid:"); ok {
		return answer(validOID(oid))
	}
	if uuid, ok := strings.CutPrefix(code, "urn:uuid:"); ok {
		return answer(validUUID(uuid))
	}
	return In
}

func schemeCharacter(c byte) bool { return letter(c) || digit(c) || c == '+' || c == '-' || c == '.' }

// uriCharacter is wider than RFC 3986: FHIR's uris may hold any Unicode, as IRIs do.
func uriCharacter(c byte) bool {
	return c > ' ' && c != 0x7f && strings.IndexByte("<>\"{}|\\^`", c) < 0
}

// validOID tells whether s is an OID: a root of 0 to 2, and arcs without leading zeros.
func validOID(s string) bool {
	root, arcs, ok := strings.Cut(s, ".")
	if !ok || len(root) != 1 || root[0] < '0' || root[0] > '2' {
		return false
	}
	for arc := range strings.SplitSeq(arcs, ".") {
		if !digits(arc) || len(arc) > 1 && arc[0] == '0' {
			return false
		}
	}
	return true
}

// validUUID tells whether s is a UUID in lower case.
func validUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		hyphen := i == 8 || i == 13 || i == 18 || i == 23
		if hyphen != (s[i] == '-') || !hyphen && !digit(s[i]) && (s[i] < 'a' || s[i] > 'f') {
			return false
		}
	}
	return true
}
