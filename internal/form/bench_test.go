package form

import (
	"testing"

	"yitong/internal/fhir"
)

// BenchmarkRead reads a form of two texts, a code, a reference and a part, from the bytes on.
func BenchmarkRead(b *testing.B) {
	f := Of[asked]()
	text := []byte(`{"resourceType":"Parameters","parameter":[` + needed + patient + `,{"name":"to","valueString":"县医院"},{"name":"place","part":[{"name":"ward","valueString":"三"}]}]}`)
	b.ReportAllocs()
	for b.Loop() {
		tree, err := fhir.Parse(text)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := f.Read(tree.Root()); err != nil {
			b.Fatal(err)
		}
	}
}
