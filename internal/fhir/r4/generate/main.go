// Command generate writes the views of package r4, the files *_gen.go in the folder it runs in, from the tables of
// package schema. The same tables give the same bytes.
package main

import (
	"log"
	"os"
	"path/filepath"
)

func main() {
	log.SetFlags(0)
	files, err := generate(resources)
	if err != nil {
		log.Fatal(err)
	}
	old, err := filepath.Glob("*" + suffix)
	if err != nil {
		log.Fatal(err)
	}
	for _, name := range old {
		if _, stays := files[name]; !stays {
			if err := os.Remove(name); err != nil {
				log.Fatal(err)
			}
		}
	}
	for name, text := range files {
		if err := os.WriteFile(name, text, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}
