package patch_test

import (
	"strings"
	"testing"
)

// BenchmarkApply measures one operation on a small resource, and many on a large one.
func BenchmarkApply(b *testing.B) {
	large := patient(`"name":[` + strings.Repeat(`{"text":"`+strings.Repeat("x", 80)+`"},`, 1000) + `{"use":"usual"}]`)
	for _, c := range []struct {
		name, before string
		operations   []string
	}{
		{"small", patient(`"name":[{"text":"a","given":["b","c"]}],"birthDate":"1990"`), []string{replace("Patient.birthDate", `"valueDate":"1991"`)}},
		{"large", large, []string{insert("Patient.name", 500, `"valueHumanName":{"text":"x"}`), add("Patient.name.where(use='usual')", "text", `"valueString":"x"`)}},
	} {
		b.Run(c.name, func(b *testing.B) {
			p, err := read(b, parameters(c.operations...))
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			b.SetBytes(int64(len(c.before) * len(c.operations)))
			for b.Loop() {
				if _, err := p.Apply([]byte(c.before)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
