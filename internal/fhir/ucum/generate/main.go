// Command generate writes units.txt, the table that package ucum embeds, from the tables of UCUM. The npm package
// @atomic-ehr/ucum carries them; its version and hash are pinned beside this file. From the root of the repository:
//
//	npm ci --prefix internal/fhir/ucum/generate
//	go generate ./internal/fhir/ucum
//
// The same tables give the same bytes. Only facts are written (codes, values, definitions); none of the names and
// descriptions is.
package main

import (
	"flag"
	"log"
	"os"
)

const tables = "node_modules/@atomic-ehr/ucum/dist"

func main() {
	log.SetFlags(0)
	from := flag.String("from", "generate/"+tables, "folder of the tables")
	to := flag.String("to", "units.txt", "file to write")
	flag.Parse()
	text, err := generate(*from)
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(*to, text, 0o644); err != nil {
		log.Fatal(err)
	}
}
