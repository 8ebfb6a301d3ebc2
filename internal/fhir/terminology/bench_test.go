package terminology

import "testing"

// BenchmarkHas asks sets that have been worked out: of one system, of many, large ones, without case, and by rule.
func BenchmarkHas(b *testing.B) {
	for _, c := range []struct{ set, system, code string }{
		{"administrative-gender", "", "female"},
		{"administrative-gender", "", "none"},
		{"observation-status", "http://hl7.org/fhir/observation-status", "final"},
		{"all-types", "", "VisionPrescription"},
		{"c80-doc-typecodes", loincURL, "34133-9"},
		{"security-labels", actCode, "HIV"},
		{"patient-contactrelationship", "http://terminology.hl7.org/CodeSystem/v2-0131", "n"},
		{"all-languages", "", "zh-Hans-CN"},
		{"mimetypes", "", "text/plain; charset=utf-8"},
		{"ucum-units", "", "mmol/L"},
		{"ucum-units", "", "mmHg"},
		{"condition-code", snomedURL, "73211009"},
	} {
		b.Run(c.set+" "+c.code, func(b *testing.B) {
			s := set(b, R4(), fhirSet+c.set)
			s.Has(c.system, c.code)
			b.ReportAllocs()
			for b.Loop() {
				s.Has(c.system, c.code)
			}
		})
	}
}

// BenchmarkHasParallel finds the set by its canonical, as a validator does, and asks it.
func BenchmarkHasParallel(b *testing.B) {
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			s, _ := R4().ValueSet("http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1")
			s.Has("", "female")
		}
	})
}

// BenchmarkOpen unpacks the file, which happens once.
func BenchmarkOpen(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		unpack(packed)
	}
}

// BenchmarkFirstUse works sets out.
func BenchmarkFirstUse(b *testing.B) {
	for _, name := range []string{"administrative-gender", "all-types", "security-labels", "c80-doc-typecodes"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				set(b, openR4(), fhirSet+name).Has("", "x")
			}
		})
	}
}

// The answers about codes that can be listed take no memory.
func TestHasDoesNotAllocate(t *testing.T) {
	for _, c := range []struct{ set, system, code string }{
		{"administrative-gender|4.0.1", "", "female"},
		{"all-types", "", "no such code"},
		{"patient-contactrelationship", "http://terminology.hl7.org/CodeSystem/v2-0131", "n"},
		{"mimetypes", "", "text/plain; charset=utf-8"},
	} {
		url := fhirSet + c.set
		if n := testing.AllocsPerRun(100, func() { set(t, R4(), url).Has(c.system, c.code) }); n != 0 {
			t.Errorf("%s of %s: %v allocations", c.code, c.set, n)
		}
	}
}
