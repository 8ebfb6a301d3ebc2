// Command generate writes r4.gz, the code systems and value sets that package terminology embeds, from HL7's own
// definitions, those of package schema, and from the lists beside this file. From the root of the repository:
//
//	npm ci --prefix internal/fhir/schema/generate
//	go generate ./internal/fhir/terminology
//
// The same definitions give the same text. Only facts are written (codes, their displays where HL7 is the author, their
// hierarchy and properties, what the value sets are composed of); none of the definitions' prose is.
package main

import (
	"bytes"
	"compress/gzip"
	"flag"
	"log"
	"os"
)

const definitions = "../../schema/generate/node_modules/hl7.fhir.r4.examples"

func main() {
	log.SetFlags(0)
	from := flag.String("from", "generate/"+definitions, "folder of the definitions")
	to := flag.String("to", "r4.gz", "file to write")
	test := flag.String("required", "testdata/required.txt", "file to write of the required bindings, for the tests")
	flag.Parse()
	text, err := generate(*from)
	if err != nil {
		log.Fatal(err)
	}
	packed, err := pack(text)
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(*to, packed, 0o644); err != nil {
		log.Fatal(err)
	}
	bindings, err := required(*from)
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(*test, bindings, 0o644); err != nil {
		log.Fatal(err)
	}
}

// generate gives the lines for the definitions in a folder.
func generate(from string) ([]byte, error) {
	systems, err := readSystems(from)
	if err != nil {
		return nil, err
	}
	sets, err := readSets(from)
	if err != nil {
		return nil, err
	}
	others, err := otherSystems(sets)
	if err != nil {
		return nil, err
	}
	return lines(append(systems, others...), sets)
}

// pack compresses the lines. The file carries no time, so the same lines give the same bytes.
func pack(text []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(text); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
