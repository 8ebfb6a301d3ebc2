package rule

import (
	"cmp"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/fhir"
)

const (
	// SystemDivision is the system of division codes (GB/T 2260) in the record.
	SystemDivision = "urn:yitong:division"
	// CodingURL names the extension by which a part of an address has a code beside its name (ISO 21090 SC; FHIR R4).
	CodingURL = "http://hl7.org/fhir/StructureDefinition/iso21090-SC-coding"
)

// region is a division code of GB/T 2260 as a number; 0 is the country.
type region uint32

// provinces tells which first two digits there are (GB/T 2260).
var provinces = [100]bool{
	11: true, 12: true, 13: true, 14: true, 15: true, 21: true, 22: true, 23: true, 31: true, 32: true, 33: true, 34: true,
	35: true, 36: true, 37: true, 41: true, 42: true, 43: true, 44: true, 45: true, 46: true, 50: true, 51: true, 52: true,
	53: true, 54: true, 61: true, 62: true, 63: true, 64: true, 65: true, 71: true, 81: true, 82: true,
}

// regionDigits is the length of a code.
const regionDigits = 6

// parseRegion reads a code; "" is the country. Whether there is, or was, such a county is not checked: divisions
// change.
func parseRegion(text string) (region, bool) {
	if text == "" {
		return 0, true
	}
	if len(text) != regionDigits {
		return 0, false
	}
	var r region
	for i := range regionDigits {
		if text[i] < '0' || text[i] > '9' {
			return 0, false
		}
		r = r*10 + region(text[i]-'0')
	}
	return r, provinces[r/10_000] && (r/100%100 != 0 || r%100 == 0)
}

var noRegion = bilingual.Text{
	Zh: "%q 不是行政区划代码（GB/T 2260）。请写六位数字，如 440000（省）、440100（市）、440106（县区）；全国请留空。",
	En: "%q is no division code of GB/T 2260. Write six digits, such as 440000 for a province, 440100 for a city, " +
		"440106 for a county; leave it empty for the whole country.",
}

// CheckRegion refuses what is no division code: six digits, with 00 for what is left open, or "" for the country.
func CheckRegion(code string) error {
	if _, ok := parseRegion(code); !ok {
		says := noRegion.Put(code)
		return fault.New(fault.Unprocessable, "%s", says.En).InChinese("%s", says.Zh)
	}
	return nil
}

// wider is the region that a region stands in; that of the country is the country.
func (r region) wider() region {
	switch {
	case r%100 != 0:
		return r / 100 * 100
	case r%10_000 != 0:
		return r / 10_000 * 10_000
	}
	return 0
}

// level is a bit for each width: 1 for the country, then province, city, county.
func (r region) level() uint8 {
	switch {
	case r == 0:
		return 1
	case r%10_000 == 0:
		return 2
	case r%100 == 0:
		return 4
	}
	return 8
}

// within tells whether a region is another or stands in it.
func (r region) within(scope region) bool {
	for ; r != scope; r = r.wider() {
		if r == 0 {
			return false
		}
	}
	return true
}

// Within tells whether a division is another or stands in it; all stand in "". What is no division code stands in none.
func Within(code, scope string) bool {
	r, known := parseRegion(code)
	s, there := parseRegion(scope)
	return known && there && r.within(s)
}

// Where is the division in which an institution is: the code that the first of its addresses has which is in use and has one, of the
// district, or else of the city or the province. "" where none says it.
func Where(institution fhir.Resource) string {
	for a := institution.Root.Get("address").First(); a.Exists(); a = a.Next() {
		if a.Get("use").Str() == "old" {
			continue
		}
		if code := cmp.Or(coded(a.Get("_district")), coded(a.Get("_city")), coded(a.Get("_state"))); code != "" {
			return code
		}
	}
	return ""
}

// coded is the division code of a part of an address; "" for none, and for what is no division.
func coded(part fhir.Node) string {
	for e := part.Get("extension").First(); e.Exists(); e = e.Next() {
		coding := e.Get("valueCoding")
		if e.Get("url").Str() != CodingURL || coding.Get("system").Str() != SystemDivision {
			continue
		}
		if code := coding.Get("code").Str(); CheckRegion(code) == nil {
			return code
		}
	}
	return ""
}
