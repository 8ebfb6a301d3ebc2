package fhir

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"yitong/test/conformance"
)

// BenchmarkReader reads whole resources with our reader and, beside it, with encoding/json: made-up ones of 1 to 3 KB,
// and bundles of real size where Synthea's lie beside the repository.
func BenchmarkReader(b *testing.B) {
	for _, set := range []struct {
		name  string
		texts [][]byte
	}{{"made-up", madeUp()}, {"bundles", bundles(b)}} {
		if len(set.texts) == 0 {
			continue
		}
		b.Run(set.name, func(b *testing.B) {
			reads(b, "ours", set.texts, func(text []byte) error { _, err := Parse(text); return err })
			reads(b, "encoding-json", set.texts, func(text []byte) error { var v any; return json.Unmarshal(text, &v) })
			reads(b, "encoding-json-numbers", set.texts, func(text []byte) error {
				d := json.NewDecoder(bytes.NewReader(text))
				d.UseNumber()
				var v any
				return d.Decode(&v)
			})
		})
	}
}

// reads measures one pass over all texts.
func reads(b *testing.B, name string, texts [][]byte, read func([]byte) error) {
	b.Run(name, func(b *testing.B) {
		size := 0
		for _, text := range texts {
			size += len(text)
		}
		b.SetBytes(int64(size))
		b.ReportAllocs()
		for b.Loop() {
			for _, text := range texts {
				if err := read(text); err != nil {
					b.Fatal(err)
				}
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(texts)), "ns/text")
	})
}

// madeUp are the smaller samples, without their odd numbers, which encoding/json does not take as float64.
func madeUp() (texts [][]byte) {
	for s := range conformance.Spread() {
		var v any
		if n := len(s.Text); n >= 1000 && n <= 3000 && json.Unmarshal(s.Text, &v) == nil {
			texts = append(texts, s.Text)
		}
	}
	return texts
}

func bundles(b *testing.B) (texts [][]byte) {
	files, err := filepath.Glob("../../../shared/data/synthea/*.json.gz")
	if err != nil {
		b.Fatal(err)
	}
	for _, name := range files[:min(4, len(files))] {
		f, err := os.Open(name)
		if err != nil {
			b.Fatal(err)
		}
		z, err := gzip.NewReader(bufio.NewReader(f))
		if err != nil {
			b.Fatal(err)
		}
		var text bytes.Buffer
		if _, err := text.ReadFrom(z); err != nil {
			b.Fatal(err)
		}
		f.Close()
		texts = append(texts, text.Bytes())
	}
	return texts
}
