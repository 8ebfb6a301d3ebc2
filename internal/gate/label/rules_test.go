package label_test

import (
	"encoding/csv"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"yitong/internal/fhir"
	"yitong/internal/gate/label"
)

// rows are those of rules.csv without its header, as [class, system, code].
func rows(t *testing.T) [][]string {
	f, err := os.Open("rules.csv")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	r := csv.NewReader(f)
	r.Comment = '#'
	all, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all[1:]
}

// Every rule of the program is found by the code that it names, under every address of its system.
func TestEveryRule(t *testing.T) {
	t.Parallel()
	addresses := map[string][]string{}
	for _, row := range rows(t) {
		if row[0] == "system" {
			addresses[row[1]] = append(addresses[row[1]], row[2])
			continue
		}
		first := strings.TrimSuffix(row[2], "*")
		if row[1] != "LOINC" {
			first, _, _ = strings.Cut(first, "-")
		}
		if len(addresses[row[1]]) == 0 {
			t.Errorf("%v: no address", row)
		}
		for _, address := range addresses[row[1]] {
			if got := label.Default().Of(condition(t, address, first), now); !got.Has(label.Class(row[0])) {
				t.Errorf("%v: %s %s is %v", row, address, first, got.Classes())
			}
		}
	}
}

// The codes that have a check digit have the right one, so none is mistyped.
func TestCheckDigits(t *testing.T) {
	t.Parallel()
	for _, row := range rows(t) {
		switch {
		case row[0] == "system":
		case row[1] == "LOINC" && !mod10(row[2]), row[1] == "SNOMED CT" && !verhoeff(row[2]):
			t.Errorf("%v: the check digit is wrong", row)
		}
	}
}

// mod10 checks the digit behind the dash of a LOINC code (Luhn).
func mod10(code string) bool {
	body, digit, ok := strings.Cut(code, "-")
	if !ok || len(digit) != 1 {
		return false
	}
	sum := int(digit[0] - '0')
	for i := range len(body) {
		d := int(body[len(body)-1-i] - '0')
		if i%2 == 0 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return sum%10 == 0
}

// verhoeff checks the last digit of a SNOMED CT id: the group is that of the symmetries of the pentagon, and each place
// permutes anew.
func verhoeff(id string) bool {
	permutation := [10]int{1, 5, 7, 6, 2, 8, 3, 0, 9, 4}
	sum := 0
	for i := range len(id) {
		d := int(id[len(id)-1-i] - '0')
		for range i % 8 {
			d = permutation[d]
		}
		sum = dihedral(sum, d)
	}
	return sum == 0
}

// dihedral composes two symmetries: 0 to 4 are turns, 5 to 9 reflections.
func dihedral(a, b int) int {
	switch {
	case a < 5 && b < 5:
		return (a + b) % 5
	case a < 5:
		return 5 + (a+b)%5
	case b < 5:
		return 5 + (a-b+5)%5
	}
	return (a - b + 5) % 5
}

// A code has the classes of the codes that it begins with under prefixes and ranges, however it is written.
func TestPrefix(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		category := rapid.StringMatching(`[A-Z][0-9]{2}`).Draw(t, "category")
		digit := rapid.StringMatching(`[0-9]`).Draw(t, "digit")
		extension := rapid.StringMatching(`[0-9x]{0,6}`).Draw(t, "extension")
		rules := label.Default()
		of := func(code string) label.Set {
			text := `{"resourceType":"Encounter","class":{"system":"` + icd10 + `","code":"` + code + `"}}`
			r, err := fhir.ParseResource([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			return rules.Of(r, now)
		}
		whole := of(category + "." + digit + extension)
		for _, other := range []string{
			category + digit + extension,
			strings.ToLower(category) + "." + digit + strings.ToUpper(extension),
			"I10+" + category + "." + digit + extension + "*",
		} {
			if got := of(other); got != whole {
				t.Fatalf("%s: %v, want %v", other, got.Classes(), whole.Classes())
			}
		}
		short := of(category + "." + digit)
		if lacks := of(category) &^ short; lacks != 0 {
			t.Fatalf("%s.%s lacks %v", category, digit, lacks.Classes())
		}
		if lacks := short &^ whole; lacks != 0 {
			t.Fatalf("the extension loses %v", lacks.Classes())
		}
	})
}

// A set keeps what is put into it, and gives it back in the order of Classes.
func TestSetKeeps(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var s label.Set
		in := map[label.Class]bool{}
		for _, c := range rapid.SliceOf(rapid.SampledFrom(label.Classes())).Draw(t, "classes") {
			s.Add(c)
			in[c] = true
		}
		var back label.Set
		for _, c := range s.Classes() {
			back.Add(c)
		}
		if back != s || len(s.Classes()) != len(in) || s.Empty() != (len(in) == 0) {
			t.Fatalf("%v of %v", s.Classes(), in)
		}
	})
}

func FuzzOf(f *testing.F) {
	f.Add(`{"resourceType":"Condition","code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"G30.9†F00.9*"}]}}`)
	f.Add(`{"resourceType":"Patient","meta":{"security":[{"system":"","code":null}]},"a":[[{"system":"\u0000","code":""}]]}`)
	f.Add(`{"resourceType":"Patient","system":"http://loinc.org","code":"75622-1"}`)
	f.Fuzz(func(t *testing.T, text string) {
		r, err := fhir.ParseResource([]byte(text))
		if err != nil {
			return
		}
		if label.Default().Of(r, now) != label.Default().Of(r, now.AddDate(50, 0, 0)) {
			t.Error("the rules of the program have no dates")
		}
		label.Carried(r)
	})
}

func FuzzRead(f *testing.F) {
	f.Add(head + "HIV,S,A00-A99,,2021-07-01,m,s\n")
	f.Add(head + "HIV,S,A.0*,2021-07-01,,m,s\nSTD,S,1-8,,,\"m\n\",s\n")
	r := condition(f, "urn:s", "A00.1")
	f.Fuzz(func(t *testing.T, text string) {
		rules, err := label.Read(text)
		if (rules == nil) != (err != nil) {
			t.Fatalf("%v and %v", rules, err)
		}
		if rules != nil {
			rules.Of(r, now)
		}
	})
}

const observation = `{"resourceType":"Observation","id":"blood-pressure","meta":{"profile":["http://hl7.org/fhir/StructureDefinition/vitalsigns"],` +
	`"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"N"}]},"status":"final",` +
	`"category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs","display":"Vital Signs"}]}],` +
	`"code":{"coding":[{"system":"http://loinc.org","code":"85354-9","display":"血压"}],"text":"血压"},"subject":{"reference":"Patient/example"},` +
	`"effectiveDateTime":"2026-03-01T08:30:00+08:00","performer":[{"reference":"Practitioner/example"}],"component":[` +
	`{"code":{"coding":[{"system":"http://loinc.org","code":"8480-6","display":"收缩压"}]},"valueQuantity":{"value":128,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}},` +
	`{"code":{"coding":[{"system":"http://loinc.org","code":"8462-4","display":"舒张压"}]},"valueQuantity":{"value":82,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}}]}`

func TestAllocations(t *testing.T) {
	rules := label.Default()
	for _, r := range []fhir.Resource{resource(t, observation), condition(t, icd10, "I10.x00x002"), condition(t, icd10, "B24")} {
		if n := testing.AllocsPerRun(100, func() { rules.Of(r, now); label.Carried(r) }); n != 0 {
			t.Errorf("%v allocations", n)
		}
	}
}

func BenchmarkOf(b *testing.B) {
	for _, c := range []struct {
		name string
		r    fhir.Resource
	}{
		{"observation of 1 KB", resource(b, observation)},
		{"condition", condition(b, icd10, "I10.x00x002")},
		{"sensitive condition", condition(b, icd10, "Z97.5")},
	} {
		b.Run(c.name, func(b *testing.B) {
			rules := label.Default()
			b.ReportAllocs()
			for b.Loop() {
				rules.Of(c.r, now)
			}
		})
	}
}

func BenchmarkCarried(b *testing.B) {
	r := resource(b, observation)
	b.ReportAllocs()
	for b.Loop() {
		label.Carried(r)
	}
}

func BenchmarkRead(b *testing.B) {
	text, err := os.ReadFile("rules.csv")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := label.Read(string(text)); err != nil {
			b.Fatal(err)
		}
	}
}
