package label_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate/label"
)

const (
	icd10  = "http://hl7.org/fhir/sid/icd-10"
	icd10C = "http://hl7.org/fhir/sid/icd-10-cm"
	icd10W = "urn:oid:2.16.156.10011.2.3.3.11"
	icd11  = "http://id.who.int/icd/release/11/mms"
	icd9   = "urn:oid:2.16.156.10011.2.3.3.12"
	loinc  = "http://loinc.org"
	snomed = "http://snomed.info/sct"
	atc    = "http://www.whocc.no/atc"
)

var now = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// resource reads a resource.
func resource(t testing.TB, text string) fhir.Resource {
	t.Helper()
	r, err := fhir.ParseResource([]byte(text))
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return r
}

// condition is a resource with the one code.
func condition(t testing.TB, system, code string) fhir.Resource {
	return resource(t, fmt.Sprintf(`{"resourceType":"Condition","code":{"coding":[{"system":%s,"code":%s}]}}`,
		fhir.Quote(system), fhir.Quote(code)))
}

// want makes a set of the codes of classes, separated by spaces.
func want(codes string) (s label.Set) {
	for _, c := range strings.Fields(codes) {
		s.Add(label.Class(c))
	}
	return s
}

func TestOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ system, code, want string }{
		{icd10, "B20", "HIV"}, {icd10, "B24", "HIV"}, {icd10, "B22.7", "HIV"}, {icd10, "Z21", "HIV"}, {icd10, "R75", "HIV"},
		{icd10, "B19", ""}, {icd10, "B19.9", ""}, {icd10, "B25", ""}, {icd10, "B25.901", ""}, {icd10, "Z20.5", ""}, {icd10, "Z22", ""},
		{icd10, "Z20.2", "STD"}, {icd10, "Z20.6", "HIV"}, {icd10, "O98.7", "HIV SEX"}, {icd10, "O98.1", "STD SEX"},
		{icd10, "F02.4", "HIV PSY"}, {icd10C, "B97.35", "HIV"}, {icd10, "B97.35", ""},
		{loinc, "75622-1", "HIV"}, {loinc, "20447-9", "HIV"}, {loinc, "24467-3", ""}, {loinc, "75622", ""}, {loinc, "75622-12", ""},
		{snomed, "86406008", "HIV"}, {snomed, "864060081", ""}, {snomed, "8640600", ""},
		{atc, "J05AR03", "HIV"}, {atc, "J05AE08", "HIV"}, {atc, "J05AE10", "HIV"}, {atc, "J05AE11", ""}, {atc, "J05AE30", ""},
		{atc, "J05AF01", "HIV"}, {atc, "J05AF05", ""}, {atc, "J05AF07", ""}, {atc, "J05AF10", ""}, {atc, "J05AF13", ""},
		{icd11, "1C62.3", "HIV"}, {icd11, "1C5Z", ""},

		{icd10, "A50", "STD"}, {icd10, "A53.900x001", "STD"}, {icd10, "A64", "STD"}, {icd10, "A49.9", ""}, {icd10, "A65", ""},
		{loinc, "20507-0", "STD"}, {loinc, "24111-7", "STD"}, {loinc, "43304-5", "STD"}, {loinc, "5196-1", ""},
		{snomed, "76272004", "STD"}, {icd11, "1A6Z", "STD"}, {icd11, "1A9Z", "STD"}, {icd11, "1B10", ""}, {atc, "J01CE08", ""},

		{icd10, "F00.9", "PSY"}, {icd10, "F20.0", "PSY"}, {icd10, "F32.900", "PSY"}, {icd10, "F79", "PSY"}, {icd10, "F99", "PSY"},
		{icd10, "F16.2", "PSY"}, {icd10, "F17", ""}, {icd10, "F17.200", ""}, {icd10, "F18", "PSY"}, {icd10, "E99", ""}, {icd10, "G00", ""},
		{icd10, "G30.9", ""}, {icd10, "X60", "PSY"}, {icd10, "X84.9", "PSY"}, {icd10, "X85", ""}, {icd10, "Z81.2", ""},
		{atc, "N05AH03", "PSY"}, {atc, "N06AB06", "PSY"}, {atc, "N05BA01", ""}, {atc, "N05CD08", ""}, {atc, "N06DX02", ""},
		{atc, "N07BA01", ""}, {atc, "N06DX01", "PSY"}, {snomed, "58214004", "PSY"}, {loinc, "44249-1", "PSY"}, {icd9, "94.27", "PSY"},
		{icd11, "6A20", "PSY"}, {icd11, "6C4A.2", ""}, {icd11, "6C4B", "PSY"}, {icd11, "6C49.Z", "PSY"},

		{icd10, "O00", "SEX"}, {icd10, "O80.900", "SEX"}, {icd10, "O99.8", "SEX"}, {icd10, "Z34.9", "SEX"}, {icd10, "Z37.0", "SEX"},
		{icd10, "N97.9", "SEX"}, {icd10, "N96", "SEX"}, {icd10, "N46", "SEX"}, {icd10, "N95.1", ""}, {icd10, "N45", ""}, {icd10, "N99", ""},
		{icd10, "Z38.0", ""}, {icd10, "P07.3", ""}, {icd10, "Z64.0", "SEX"}, {icd10, "Z64.2", ""}, {icd10, "F53.0", "PSY SEX"},
		{icd10C, "Z3A.20", "SEX"}, {icd10C, "O09.90", "SEX"}, {icd10C, "N52.9", "SEX"}, {icd10, "N52.9", ""},
		{icd9, "74.1", "SEX"}, {icd9, "69.01", "SEX"}, {icd9, "69.02", ""}, {icd9, "71.9", ""}, {icd9, "76.0", ""},
		{loinc, "2106-3", "SEX"}, {loinc, "21198-7", ""}, {atc, "G03AA07", "SEX"}, {atc, "G03CA03", ""}, {atc, "G03XB02", ""},

		{icd10, "Q90.9", "GDIS"}, {icd10, "Q99.9", "GDIS"}, {icd10, "Q89.9", ""}, {icd10, "D57.1", "GDIS"}, {icd10, "D55.0", ""},
		{icd10, "D59.0", ""}, {icd10, "E74.2", "GDIS"}, {icd10, "E74.3", ""}, {icd10, "E73.9", ""}, {icd10, "E78.0", ""},
		{icd10, "Z31.5", "GDIS SEX"}, {icd10, "O35.1", "GDIS SEX"}, {icd10C, "Z15.01", "GDIS"}, {icd10, "Z15.01", ""},
		{loinc, "81247-9", "GDIS"}, {snomed, "41040004", "GDIS"}, {icd11, "LD40.0", "GDIS"}, {icd11, "LD2F", ""},

		{icd10, "I10", ""}, {icd10, "", ""}, {icd10, "-", ""}, {icd10, "B", ""}, {icd10, "B2", ""}, {icd10, strings.Repeat("A", 99), ""},
		{"", "B20", ""}, {"http://hl7.org/fhir/sid/icd-9-cm", "B20", ""}, {loinc, "B20", ""}, {"http://unitsofmeasure.org", "B20", ""},
	} {
		if got := label.Default().Of(condition(t, c.system, c.code), now); got != want(c.want) {
			t.Errorf("%s %q: %v, want %v", c.system, c.code, got.Classes(), want(c.want).Classes())
		}
	}
}

// One code as different people write it.
func TestOfForms(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ system, code, want string }{
		{icd10, "B24.x01", "HIV"}, {icd10W, "B24X01", "HIV"}, {icd10, "b24", "HIV"}, {icd10, "B24.", "HIV"}, {icd10, "B20-B24", "HIV"},
		{"urn:oid:2.16.840.1.113883.6.3", "B23.8", "HIV"}, {"urn:oid:2.16.840.1.113883.6.90", "B20", "HIV"},
		{"urn:oid:2.16.156.10011.2.3.3.11.3", "A53.900x001", "STD"}, {icd10, "A53.900X001", "STD"},
		{icd10, "G30.9†F00.9*", "PSY"}, {icd10, "M01.3*A54.8", "STD"}, {icd10, "I39.8+A52.0", "STD"}, {icd10, "G30.9†", ""},
		{icd11, "5A11/6A70.1&XS25", "PSY"}, {icd11, "5A11&XS25", ""},
		{snomed, "243796009:246090004=86406008", "HIV"}, {snomed, "73211009 |Diabetes B20|", ""},
		{"urn:oid:2.16.840.1.113883.6.96", "86406008", "HIV"}, {"urn:oid:2.16.840.1.113883.6.1", "75622-1", "HIV"},
		{"urn:oid:2.16.840.1.113883.6.73", "j05ar10", "HIV"},
	} {
		if got := label.Default().Of(condition(t, c.system, c.code), now); got != want(c.want) {
			t.Errorf("%s %q: %v, want %v", c.system, c.code, got.Classes(), want(c.want).Classes())
		}
	}
}

func TestOfPlaces(t *testing.T) {
	t.Parallel()
	const coding = `{"system":"http://hl7.org/fhir/sid/icd-10","code":"B20"}`
	for _, c := range []struct{ name, text, want string }{
		{"Coding", `{"resourceType":"Encounter","class":` + coding + `}`, "HIV"},
		{"code before system", `{"resourceType":"Encounter","class":{"code":"B20","display":"x","system":"` + icd10 + `"}}`, "HIV"},
		{"second coding", `{"resourceType":"Condition","code":{"coding":[{"system":"x","code":"y"},` + coding + `]}}`, "HIV"},
		{"contained", `{"resourceType":"Encounter","contained":[{"resourceType":"Condition","code":{"coding":[` + coding + `]}}]}`, "HIV"},
		{"extension", `{"resourceType":"Patient","extension":[{"url":"u","valueCoding":` + coding + `}]}`, "HIV"},
		{"extension of a primitive", `{"resourceType":"Patient","_birthDate":{"extension":[{"url":"u","valueCoding":` + coding + `}]}}`, "HIV"},
		{"entry", `{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Condition","code":{"coding":[` + coding + `]}}}]}`, "HIV"},
		{"type of an identifier", `{"resourceType":"Patient","identifier":[{"type":{"coding":[` + coding + `]}}]}`, "HIV"},
		{"two classes", `{"resourceType":"Encounter","class":` + coding + `,"priority":{"coding":[{"system":"` + icd10 + `","code":"F20"}]}}`, "HIV PSY"},
		{"escapes", `{"resourceType":"Encounter","class":{"system":"http:\/\/hl7.org\/fhir\/sid\/icd-10","code":"\u004220"}}`, "HIV"},
		{"contained questionnaire", `{"resourceType":"QuestionnaireResponse","contained":[{"resourceType":"Questionnaire","code":[` + coding + `]}]}`, "HIV"},
		{"identifier", `{"resourceType":"Patient","identifier":[{"system":"` + icd10 + `","value":"B20"}]}`, ""},
		{"words", `{"resourceType":"Condition","code":{"text":"B20 HIV","coding":[{"system":"` + icd10 + `","display":"B20"}]}}`, ""},
		{"system and code apart", `{"resourceType":"Encounter","class":{"system":"` + icd10 + `"},"priority":{"coding":[{"code":"B20"}]}}`, ""},
		{"not strings", `{"resourceType":"Encounter","class":{"system":["` + icd10 + `"],"code":20}}`, ""},
		{"definition", `{"resourceType":"Questionnaire","code":[` + coding + `]}`, ""},
		{"label", `{"resourceType":"Encounter","meta":{"security":[{"system":"` + label.System + `","code":"HIV"}]}}`, ""},
	} {
		if got := label.Default().Of(resource(t, c.text), now); got != want(c.want) {
			t.Errorf("%s: %v, want %v", c.name, got.Classes(), want(c.want).Classes())
		}
	}
}

// Definitions are those that R4 gives a canonical address, and a few that it forgot.
func TestDefinitions(t *testing.T) {
	t.Parallel()
	without := []string{"NamingSystem", "ObservationDefinition", "SpecimenDefinition", "MedicationKnowledge"}
	with := []string{"Contract", "Device"} // an address, but about somebody
	for _, ty := range schema.Types() {
		_, addressed := ty.Shape().Element([]byte("url"))
		definition := addressed && !slices.Contains(with, ty.String()) || slices.Contains(without, ty.String())
		r := resource(t, `{"resourceType":"`+ty.String()+`","extension":[{"valueCoding":{"system":"`+icd10+`","code":"B20"}}]}`)
		if got := label.Default().Of(r, now); got.Empty() != definition {
			t.Errorf("%s: %v", ty, got.Classes())
		}
	}
}

func TestCarried(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ security, want string }{
		{`[{"system":"` + label.System + `","code":"HIV"},{"system":"` + label.System + `","code":"SEX"}]`, "HIV SEX"},
		{`[{"system":"` + label.System + `","code":"ETH"},{"system":"` + label.System + `","code":"hiv"}]`, ""},
		{`[{"system":"http://example.org","code":"HIV"},{"code":"HIV"},{"system":"` + label.System + `"},{},null,1,"HIV"]`, ""},
		{`[{"system":"` + strings.ReplaceAll(label.System, "/", `\/`) + `","code":"P\u0053Y"}]`, "PSY"},
		{`{"system":"` + label.System + `","code":"HIV"}`, ""},
		{`null`, ""},
	} {
		r := resource(t, `{"resourceType":"Patient","meta":{"security":`+c.security+`},
			"contained":[{"resourceType":"Patient","meta":{"security":[{"system":"`+label.System+`","code":"GDIS"}]}}]}`)
		if got := label.Carried(r); got != want(c.want) {
			t.Errorf("%s: %v, want %v", c.security, got.Classes(), want(c.want).Classes())
		}
	}
	if got := label.Carried(resource(t, `{"resourceType":"Patient"}`)); !got.Empty() {
		t.Errorf("no meta: %v", got.Classes())
	}
}

func TestSet(t *testing.T) {
	t.Parallel()
	var s label.Set
	if !s.Empty() || s.Classes() != nil || s.Has(label.HIV) {
		t.Error("the zero Set is not empty")
	}
	s.Add("nonsense")
	s.Add("")
	if !s.Empty() || s.Has("") || s.Has("nonsense") {
		t.Error("what is no class was added")
	}
	all := []label.Class{label.HIV, label.STD, label.Psychiatric, label.Reproductive, label.Genetic}
	for i, c := range slices.Backward(all) {
		if s.Has(c) {
			t.Errorf("%s is there too early", c)
		}
		s.Add(c)
		if !s.Has(c) || !slices.Equal(s.Classes(), all[i:]) {
			t.Errorf("after %s: %v", c, s.Classes())
		}
	}
	if !slices.Equal(label.Classes(), all) {
		t.Errorf("Classes: %v", label.Classes())
	}
}

func TestTitle(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		class      label.Class
		lang, want string
	}{
		{label.HIV, "zh", "艾滋病"}, {label.STD, "zh-CN", "性病"}, {label.Psychiatric, "ZH-Hans-CN", "精神卫生"},
		{label.Reproductive, "en-GB", "sexual and reproductive health"}, {label.Genetic, "", "genetic information"},
		{label.HIV, "zhx", "HIV and AIDS"}, {"ETH", "zh", "ETH"},
	} {
		if got := c.class.Title(c.lang); got != c.want {
			t.Errorf("%s in %q: %q", c.class, c.lang, got)
		}
	}
}

const head = "class,system,code,from,to,meaning,source\nsystem,S,urn:s,,,m,s\n"

func TestDates(t *testing.T) {
	t.Parallel()
	rules, err := label.Read(head + "HIV,S,A*,2021-07-01,2022-06-30,m,s\nSTD,S,A1,2022-01-01,,m,s\nPSY,S,A1,,2021-12-31,m,s\n")
	if err != nil {
		t.Fatal(err)
	}
	r := condition(t, "urn:s", "A1")
	for _, c := range []struct{ on, want string }{
		{"2021-06-30T23:59:59+08:00", "PSY"}, {"2021-07-01T00:00:00+08:00", "HIV PSY"}, {"2021-06-30T16:00:00Z", "HIV PSY"},
		{"2021-12-31T23:59:59+08:00", "HIV PSY"}, {"2022-01-01T00:00:00+08:00", "HIV STD"},
		{"2022-06-30T15:59:59Z", "HIV STD"}, {"2022-06-30T16:00:00Z", "STD"}, {"9999-12-31T00:00:00Z", "STD"}, {"0001-01-01T00:00:00Z", "PSY"},
	} {
		on, err := time.Parse(time.RFC3339, c.on)
		if err != nil {
			t.Fatal(err)
		}
		if got := rules.Of(r, on); got != want(c.want) {
			t.Errorf("%s: %v, want %s", c.on, got.Classes(), c.want)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"", "no header"},
		{"class,system\n", "Line 1:"},
		{"class,system,code,to,from,meaning,source\n", "Line 1: the columns should be class,"},
		{head + "HIV,S,A\n", "Line 3: this cannot be read as 7 columns"},
		{head + "# comment\n\nHIV,S,\"A\"x,,,m,s\n", "Line 5: this cannot be read"},
		{head + "AIDS,S,A,,,m,s\n", `Line 3: "AIDS" is no class; the classes are [HIV STD PSY SEX GDIS].`},
		{head + "hiv,S,A,,,m,s\n", "is no class"},
		{head + ",S,A,,,m,s\n", "Line 3: the column class is empty."},
		{head + "HIV,,A,,,m,s\n", "the column system is empty"},
		{head + "HIV,S,,,,m,s\n", "the column code is empty"},
		{head + "HIV,S,A,,,,s\n", "the column meaning is empty"},
		{head + "HIV,S,A,,,m,\n", "the column source is empty"},
		{head + "HIV,S,A,,,m,s\nHIV,S,A,,2022-01-01,m,s\n", "Line 4: this is on line 3 already."},
		{head + "system,S,urn:s,,,m,s\n", "Line 3: this is on line 2 already."},
		{head + "system,S,urn:t,2021-01-01,,m,s\n", "Line 3: an address has no dates."},
		{head + "HIV,S,A,2021-7-1,,m,s\n", `"2021-7-1" is no date`},
		{head + "HIV,S,A,,2021-02-30,m,s\n", `"2021-02-30" is no date`},
		{head + "HIV,S,A,2022-01-01,2021-12-31,m,s\n", "ends before it begins"},
		{head + "HIV,T,A,,,m,s\n", "Line 3: no row of class system gives the address of T."},
		{head + "HIV,S,*,,,m,s\n", `"*" is no code`},
		{head + "HIV,S,A B,,,m,s\n", `"A B" is no code`},
		{head + "HIV,S,A*B,,,m,s\n", `"A*B" is no code`},
		{head + "HIV,S,艾,,,m,s\n", `"艾" is no code`},
		{head + "HIV,S,A123456789012345678901234,,,m,s\n", "at most 24"},
		{head + "HIV,S,A12345678*,,,m,s\n", "more than 8 characters"},
		{head + "HIV,S,B24-B20,,,m,s\n", `the range "B24-B20"`},
		{head + "HIV,S,B2-B24,,,m,s\n", `the range "B2-B24"`},
		{head + "HIV,S,B20-B24*,,,m,s\n", `"B20-B24*" is a prefix and a range`},
		{head + "HIV,S,B20-B22-B24,,,m,s\n", `"B20-B22-B24" is a prefix and a range`},
	} {
		_, err := label.Read(c.text)
		if fault.CodeOf(err) != fault.Malformed || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %q", c.text, err, c.want)
		}
	}
}
