package ucum

import (
	"strings"
	"testing"
)

// BenchmarkCanonical converts with units that are remembered.
func BenchmarkCanonical(b *testing.B) {
	for _, c := range []struct{ value, code string }{
		{"5", "mg"}, {"5.40", "mmol/L"}, {"120", "mm[Hg]"}, {"37.2", "Cel"}, {"98.6", "[degF]"}, {"72", "/min"},
		{"90", "mL/min/{1.73_m2}"}, {"120", "mmHg"},
	} {
		b.Run(c.value+" "+c.code, func(b *testing.B) {
			value := decimal(b, c.value)
			b.ReportAllocs()
			for b.Loop() {
				Canonical(value, c.code)
			}
		})
	}
}

func BenchmarkCanonicalParallel(b *testing.B) {
	value := decimal(b, "5.40")
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			Canonical(value, "mmol/L")
		}
	})
}

// BenchmarkParse reads codes anew; the last ones are made to take long.
func BenchmarkParse(b *testing.B) {
	for _, code := range []string{
		"mg", "mmol/L", "mL/min/{1.73_m2}", "mmHg", strings.Repeat("(", 31) + "m" + strings.Repeat(")", 31),
		"10*-300.10*-8", "deg2.deg2/[in_br]9/7", "C.K.[iU].cd.g.m.rad.s.C.K.[iU].cd.g.m.rad.s", strings.Repeat("Ym2.", 6) + "m",
	} {
		b.Run(code, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				parse(code)
			}
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		load(text)
	}
}
