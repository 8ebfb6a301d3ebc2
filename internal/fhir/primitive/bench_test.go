package primitive

import (
	"strings"
	"testing"
)

func BenchmarkCheck(b *testing.B) {
	for _, c := range []struct {
		typ   Type
		value string
	}{
		{Boolean, `true`}, {Code, `"entered-in-error"`}, {Date, `"2026-11-21"`},
		{DateTime, `"2026-11-21T08:30:00+08:00"`},
		{Instant, `"2026-11-21T08:30:00.123456+08:00"`}, {Decimal, `36.50`}, {Integer, `42`}, {String, `"张伟"`},
		{ID, `"c757873d-ec9a-4326-a141-556f43239520"`}, {URI, `"http://terminology.hl7.org/CodeSystem/v3-ActCode"`},
		{Canonical, `"http://hl7.org/fhir/StructureDefinition/Patient|4.0.1"`},
		{UUID, `"urn:uuid:c757873d-ec9a-4326-a141-556f43239520"`},
	} {
		n := node(b, c.value)
		b.Run(c.typ.String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if c.typ.Check(n) != nil {
					b.Fatal("refused")
				}
			}
		})
	}
}

// BenchmarkByName looks the type up for each value.
func BenchmarkByName(b *testing.B) {
	n := node(b, `"2026-11-21"`)
	b.ReportAllocs()
	for b.Loop() {
		Check("date", n)
	}
}

// BenchmarkBase64 checks a document of a megabyte, with plain slashes and with escaped ones.
func BenchmarkBase64(b *testing.B) {
	plain := strings.Repeat("5Yy7/YCa", 1<<17)
	for name, text := range map[string]string{"plain": plain, "escaped": strings.ReplaceAll(plain, "/", `\/`)} {
		n := node(b, `"`+text+`"`)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				Base64Binary.Check(n)
			}
		})
	}
}
