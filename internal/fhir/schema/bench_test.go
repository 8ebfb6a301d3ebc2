package schema

import "testing"

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		parse(text)
	}
}

func BenchmarkElement(b *testing.B) {
	for _, c := range []struct{ shape, member string }{
		{"Patient", "id"}, {"Observation", "valueQuantity"}, {"Extension", "valueCodeableConcept"}, {"Coding", "absent"},
		{"ElementDefinition", "patternCodeableConcept"},
	} {
		b.Run(c.shape+"."+c.member, func(b *testing.B) {
			s, name := r4().shapes[c.shape], []byte(c.member)
			b.ReportAllocs()
			for b.Loop() {
				s.Element(name)
			}
		})
	}
}

// BenchmarkEveryElement looks up every element of every shape in turn: the mean, with caches as cold as they get.
func BenchmarkEveryElement(b *testing.B) {
	type lookup struct {
		shape *Shape
		name  []byte
	}
	var all []lookup
	for _, s := range r4().shapes {
		for _, e := range s.Elements {
			all = append(all, lookup{s, []byte(e.Name)})
		}
	}
	i := 0
	for b.Loop() {
		all[i].shape.Element(all[i].name)
		if i++; i == len(all) {
			i = 0
		}
	}
	b.ReportMetric(float64(len(all)), "elements")
}

func BenchmarkTypeOf(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		TypeOf("Observation")
	}
}
