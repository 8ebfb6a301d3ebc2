package gate

import (
	"yitong/internal/fhir"
	"yitong/internal/store"
)

// description is what the record needs to know of a resource beside its bytes.
type description struct {
	terms      []store.Term
	references []reference
}

// reference is a place that refers to a resource of this record, or to a version of one.
type reference struct {
	to      fhir.Ref
	version int64 // 0 for none
	place   fhir.Node
	old     bool // it stood there before a patch
}

// describe reads a resource's terms and references.
func describe(r fhir.Resource) description {
	d := description{terms: identifiers(nil, r)}
	r.Links(func(l fhir.Link) {
		if l.Kind != fhir.LinkReference {
			return
		}
		if ref := fhir.ParseReference(l.Node.Str()); ref.Kind == fhir.ReferenceLocal {
			d.references = append(d.references, reference{to: ref.Ref, version: ref.Version, place: l.Node})
			d.terms = append(d.terms, store.ReferenceTerm(ref.Ref))
		}
	})
	return d
}

// identifiers adds the terms of a resource's own identifiers: by value, and by system and value.
func identifiers(terms []store.Term, r fhir.Resource) []store.Term {
	list := r.Root.Get("identifier")
	if !list.Exists() || !hasIdentifier(r.Type) {
		return terms
	}
	first := list
	if list.Kind() == fhir.Array {
		first = list.First()
	}
	for n := first; n.Exists(); n = n.Next() {
		if value := n.Get("value").Str(); value != "" {
			terms = append(terms,
				store.Term{Type: r.Type, Param: "identifier", Form: store.FormToken, Value: value},
				store.Term{Type: r.Type, Param: "identifier", Form: store.FormSystemToken, Value: n.Get("system").Str() + "|" + value})
		}
		if list.Kind() != fhir.Array {
			break
		}
	}
	return terms
}
