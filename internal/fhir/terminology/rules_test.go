package terminology

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/text/currency"
	"pgregory.net/rapid"
)

func TestRules(t *testing.T) {
	t.Parallel()
	for url, answers := range map[string]map[Answer][]string{
		languagesURL: {
			In: {"zh", "zh-CN", "zh-Hans-CN", "cmn", "yue", "zh-yue-HK", "en-US", "EN-us", "de-CH-1996", "sl-rozaj-biske-1994",
				"es-419", "de-a-value", "en-a-myext-b-another", "de-CH-x-phonebk", "az-Arab-x-AZE-derbend", "x-whatever",
				"i-klingon", "zh-min-nan", "art-lojban", "qaa-Qaaa-QM-x-southern", "und", "mul", "zh-u-co-pinyin",
				"hy-Latn-IT-arevela"},
			Out: {"", "-", "a", "a-DE", "ar-a-aaa-b-bbb-a-ccc", "de-419-DE", "english", "qq", "zzzz", "zh-", "-zh",
				"zh--CN", "zh_CN", "zh-x", "x", "x-", "x-123456789", "en-a", "en-a-x-1", "中文", "de-Qqqqq-", "en-XXXX",
				"en US", "zh-Hans-Hant",
				strings.Repeat("x-a", 200)},
		},
		mediaURL: {
			In: {"text/plain", "TEXT/html", "application/fhir+json", "application/fhir+json; fhirVersion=4.0", "image/svg+xml",
				"text/plain;charset=utf-8", `text/plain; charset="utf 8"`, `a/b;c="\"";d=e`,
				"application/vnd.x-1.2", "application/dicom"},
			Unknown: {"xml", "json", "ttl"},
			Out: {"", "/", "text", "text/", "/plain", "text/plain/x", "text plain", "text/plain;", "text/plain; charset",
				"text/plain; charset=", `text/plain; charset="utf-8`, "text/plain; charset=a b", "text/*", "*/*", "文/本",
				"text/" + strings.Repeat("a", 128)},
		},
		ucumURL: {
			In: {"mg", "mmol/L", "%", "1", "{score}", "[pH]", "[pH]{venous}", "dB", "B[SPL]", "dB[SPL]", "Cel", "10*9/L", "/min",
				"mL/min/{1.73_m2}", "%[slope]", "[m/s2/Hz^(1/2)]", "kNp"},
			Unknown: {"Cel/min", "dB/m", strings.Repeat("m.", 40) + "m"},
			Out: {"", "mmHg", "foo", "xB", "k[pH]", "mg/", "mg//L", "dB//m", "[pH", "dB/foo", "(m", "m)",
				"(dB", "m/dB)", "[pH]{", "毫克", "kk"},
		},
		uriURL: {
			In: {"http://hl7.org/fhir", "urn:oid:2.16.840.1.113883.3", "urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
				"urn:iso:std:iso:3166", "mailto:a@b.cn", "http://例子.cn/x"},
			Out: {"", ":", "http", "http:", "1http:x", "a b:c", "http://a b", "urn:oid:3.1",
				"urn:oid:1.02", "urn:oid:1", "urn:oid:1.",
				"urn:uuid:C757873D-EC9A-4326-A141-556F43239520", "urn:uuid:c757873dec9a4326a141556f43239520", "relative/x"},
		},
		loincURL: {
			Unknown: {"2093-3", "8867-4", "1-8", "100000-9", "LA27975-4", "LP43571-6", "LL379-9"},
			Out:     {"", "-", "2093", "2093-", "-3", "2093-4", "2093-33", "LX1-1", "LA-4", "12345678901-2", "8867−4"},
		},
		snomedURL: {
			Unknown: {"73211009", "138875005", "900000000000207008", "21000241105", "73211009 |Diabetes mellitus|",
				"73211009:363698007=113331007", "=== 73211009", "( 73211009 )"},
			Out: {"", "73211008", "7321", "073211009", "73211009x", "diabetes",
				"754786011" /* a description */, "1234567890123456789"},
		},
		provincesURL: {
			Unknown: {"CN-GD", "CN-44", "US-CA", "GB-ENG"},
			Out:     {"", "CN", "CN-", "-GD", "XX-YY", "cn-gd", "CN-GUAN", "CHN-GD", "CN-G_"},
		},
	} {
		c, ok := R4().CodeSystem(url)
		if !ok {
			t.Errorf("%s is not here", url)
			continue
		}
		for want, codes := range answers {
			for _, code := range codes {
				if got := c.Has(code); got != want {
					t.Errorf("%s|%s is %s, want %s", url, code, got, want)
				}
			}
		}
	}
}

// LOINC's and SNOMED CT's codes in R4's value sets have the form that the rules want.
func TestListedCodesHaveTheirForm(t *testing.T) {
	t.Parallel()
	checked := map[string]int{}
	for url := range embedded()["ValueSet"] {
		d := R4().definition(url)
		for _, c := range d.include {
			for _, code := range c.codes {
				if rules[c.system] == nil {
					continue
				}
				checked[c.system]++
				if rules[c.system](code) == Out {
					t.Errorf("%s: %s|%s has not the form", url, c.system, code)
				}
			}
		}
	}
	for url, least := range map[string]int{loincURL: 6000, snomedURL: 2500, ucumURL: 1300, languagesURL: 50} {
		if checked[url] < least {
			t.Errorf("%d codes of %s", checked[url], url)
		}
	}
}

// A check digit finds every single wrong digit and, but for 09 and 90 of LOINC's, every two that change places.
func TestCheckDigits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		number := []byte(rapid.StringMatching(`[1-9][0-9]{4,15}`).Draw(t, "number"))
		var valid []byte
		for d := byte('0'); d <= '9'; d++ {
			if n := append(number[:len(number):len(number)], d); verhoeff(string(n)) {
				valid = append(valid, d)
			}
		}
		if len(valid) != 1 {
			t.Fatalf("%s has check digits %q", number, valid)
		}
		n := append(number[:len(number):len(number)], valid[0])
		i := rapid.IntRange(0, len(n)-2).Draw(t, "place")
		wrong := append([]byte{}, n...)
		wrong[i] = '0' + (wrong[i]-'0'+byte(rapid.IntRange(1, 9).Draw(t, "by")))%10
		if verhoeff(string(wrong)) || mod10(string(wrong)) == mod10(string(n)) {
			t.Fatalf("%s passes as %s", wrong, n)
		}
		swapped := append([]byte{}, n...)
		if swapped[i], swapped[i+1] = n[i+1], n[i]; n[i] != n[i+1] && verhoeff(string(swapped)) {
			t.Fatalf("%s passes as %s", swapped, n)
		}
	})
}

// The units that no factor converts are those of package ucum's table that it calls special.
func TestSpecialUnits(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../ucum/units.txt")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		if words[0] != "special" {
			continue
		}
		n++
		if metric, ok := special[words[1]]; !ok || metric != (words[2] == "M") {
			t.Errorf("%s is special: %t, takes prefixes: %t", words[1], ok, metric)
		}
	}
	if n != len(special) {
		t.Errorf("%d special units, want %d", len(special), n)
	}
}

// The list of currencies agrees with another of 2017, but for those that came and went since.
func TestCurrencies(t *testing.T) {
	t.Parallel()
	came := map[string]bool{
		"MRU": true, "SLE": true, "UYW": true, "VED": true, "VES": true, "XAD": true, "XCG": true, "ZWG": true,
	}
	went := map[string]bool{"MRO": true, "VEF": true} // before R4
	c, _ := R4().CodeSystem("urn:iso:std:iso:4217")
	for _, one := range c.concepts {
		if _, err := currency.ParseISO(one.code); err != nil && !came[one.code] {
			t.Errorf("%s: %v", one.code, err)
		}
	}
	for all := currency.Query(); all.Next(); {
		if code := all.Unit().String(); c.Has(code) != In && !went[code] {
			t.Errorf("%s is missing", code)
		}
	}
}
