package terminology

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/binary"
	"io"
	"sync"

	"yitong/internal/fhir"
)

//go:embed r4.gz
var packed []byte

// shelf is the text of resources by type and url.
type shelf map[string]map[string][]byte

// embedded unpacks the file at its first use.
var embedded = sync.OnceValue(func() shelf { return unpack(packed) })

// unpack reads the file. It is part of the program: a fault in it is a panic.
func unpack(packed []byte) shelf {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		panic("terminology: " + err.Error())
	}
	text := make([]byte, binary.LittleEndian.Uint32(packed[len(packed)-4:])) // RFC 1952, 2.3.1: ISIZE
	if _, err := io.ReadFull(r, text); err != nil {
		panic("terminology: " + err.Error())
	}
	s := shelf{"CodeSystem": {}, "ValueSet": {}}
	for line := range bytes.Lines(text) {
		kind, rest, _ := bytes.Cut(line, []byte(" "))
		url, resource, _ := bytes.Cut(rest, []byte(" "))
		s[string(kind)][string(url)] = resource
	}
	return s
}

// node gives the resource of a type and url.
func (s shelf) node(kind, url string) (fhir.Node, bool) {
	text, ok := s[kind][url]
	if !ok {
		return fhir.Node{}, false
	}
	tree, err := fhir.Parse(text)
	if err != nil {
		panic("terminology: " + url + ": " + err.Error())
	}
	return tree.Root(), true
}
