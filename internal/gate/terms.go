package gate

import (
	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
)

// description is what the record needs to know of a resource beside its bytes.
type description struct {
	terms      search.Terms
	kept       string // by which definitions the terms are made
	references []reference
	places     []taken
}

// reference is a place that refers to a resource of this record, or to a version of one.
type reference struct {
	to      fhir.Ref
	version int64 // 0 for none
	place   fhir.Node
	old     bool // it stood there before a patch
}

// describe reads a resource's terms, references and places.
func (g *Gate) describe(r fhir.Resource) (description, error) {
	kept := g.index.Kept()
	places, err := places(r)
	return description{g.index.Terms(r), kept, references(r), places}, err
}

// references are the places of a resource that refer to resources of this record.
func references(r fhir.Resource) (list []reference) {
	r.Links(func(l fhir.Link) {
		if l.Kind != fhir.LinkReference {
			return
		}
		if ref := fhir.ParseReference(l.Node.Str()); ref.Kind == fhir.ReferenceLocal {
			list = append(list, reference{to: ref.Ref, version: ref.Version, place: l.Node})
		}
	})
	return list
}
