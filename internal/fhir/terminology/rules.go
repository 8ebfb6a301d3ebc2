package terminology

// Systems whose codes are told by a rule.
const (
	ucumURL      = "http://unitsofmeasure.org"
	languagesURL = "urn:ietf:bcp:47"
	mediaURL     = "urn:ietf:bcp:13"
	uriURL       = "urn:ietf:rfc:3986"
	loincURL     = "http://loinc.org"
	snomedURL    = "http://snomed.info/sct"
	provincesURL = "urn:iso:std:iso:3166:-2"
)

// rules decide about codes of systems that are not listed.
var rules = map[string]func(code string) Answer{
	ucumURL:      unit,
	languagesURL: languageTag,
	mediaURL:     mediaType,
	uriURL:       uri,
	loincURL:     loinc,
	snomedURL:    snomed,
	provincesURL: province,
}

// decides tells of which systems the rule decides about every code, but for odd ones. The others' codes are Out or
// Unknown.
var decides = map[string]bool{ucumURL: true, languagesURL: true, mediaURL: true, uriURL: true}

// caseless are systems by rule whose codes are compared by their lower case (RFC 5646, 2.1.1; RFC 2045, 5.1).
var caseless = map[string]bool{languagesURL: true, mediaURL: true}

// letters tells whether all of s are ASCII letters, and there is one.
func letters(s string) bool { return s != "" && every(s, letter) }

func digits(s string) bool { return s != "" && every(s, digit) }

func alphanumeric(s string) bool {
	return s != "" && every(s, func(c byte) bool { return letter(c) || digit(c) })
}

func every(s string, is func(byte) bool) bool {
	for i := range len(s) {
		if !is(s[i]) {
			return false
		}
	}
	return true
}

func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func digit(c byte) bool { return '0' <= c && c <= '9' }
