// Command generate writes definitions.json.gz, the StructureDefinitions that package structure embeds, from HL7's own.
// The npm package hl7.fhir.r4.examples carries them (CC0-1.0); its version and hash are pinned beside the generator of
// package schema, which installs it. From the root of the repository:
//
//	npm ci --prefix internal/fhir/schema/generate
//	go generate ./internal/fhir/structure
//
// The same definitions give the same bytes. Only facts are written; none of the specification's prose is.
package main

import (
	"bytes"
	"compress/gzip"
	"flag"
	"log"
	"os"
)

const definitions = "schema/generate/node_modules/hl7.fhir.r4.examples"

func main() {
	log.SetFlags(0)
	from := flag.String("from", "../"+definitions, "folder of the definitions")
	to := flag.String("to", "definitions.json.gz", "file to write")
	flag.Parse()
	data, err := generate(*from)
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(*to, data, 0o644); err != nil {
		log.Fatal(err)
	}
}

// generate gives the compressed lines for the definitions in a folder.
func generate(from string) ([]byte, error) {
	lines, err := read(from)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	for _, line := range lines {
		if _, err := w.Write(append(line, '\n')); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
