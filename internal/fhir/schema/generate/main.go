// Command generate writes r4.txt, the tables that package schema embeds, from HL7's own definitions. The npm package
// hl7.fhir.r4.examples carries them (CC0-1.0); its version and hash are pinned beside this file. From the root of the
// repository:
//
//	npm ci --prefix internal/fhir/schema/generate
//	go run ./internal/fhir/schema/generate
//
// The same definitions give the same bytes. Only facts are written (names, types, cardinalities, flags, targets); none of
// the specification's prose is.
package main

import (
	"flag"
	"log"
	"os"
)

const (
	folder      = "internal/fhir/schema/"
	definitions = "node_modules/hl7.fhir.r4.examples"
)

func main() {
	log.SetFlags(0)
	from := flag.String("from", folder+"generate/"+definitions, "folder of the definitions")
	to := flag.String("to", folder+"r4.txt", "file to write")
	flag.Parse()
	text, err := generate(*from)
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(*to, text, 0o644); err != nil {
		log.Fatal(err)
	}
}

// generate gives the tables for the definitions in a folder.
func generate(from string) ([]byte, error) {
	defs, err := read(from)
	if err != nil {
		return nil, err
	}
	return tables(defs)
}
