package emergency

import (
	"cmp"
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
)

// query is one search parameter whose value means what it says, but for the bar behind a system.
func query(name, value string) string { return name + "=" + url.QueryEscape(value) }

// find reads the first resources that a search finds, at most so many, and tells whether these are all.
func find(ctx context.Context, s *gate.Session, t schema.Type, most int, pairs ...search.Pair) (found []fhir.Resource, all bool, err error) {
	pairs = append(pairs, search.Pair{Name: "_count", Value: strconv.Itoa(most)})
	asked, err := s.Request([]schema.Type{t}, pairs, gate.Wishes{})
	if err != nil {
		return nil, false, err
	}
	results, err := s.Search(ctx, asked, "emergency", "")
	if err != nil {
		return nil, false, err
	}
	for _, v := range results.Matches {
		r, err := fhir.ParseResource(v.Body.Bytes)
		if err != nil {
			return nil, false, fault.Wrap(err, "reading a stored resource")
		}
		found = append(found, r)
	}
	return found, results.Next == "", nil
}

// kept is a resource as a version of it says.
type kept struct {
	fhir.Resource
	number int64
}

// read reads a resource; ok is false where there is none.
func read(ctx context.Context, s *gate.Session, name string) (r kept, ok bool, err error) {
	ref := local(name)
	if ref == (fhir.Ref{}) {
		return r, false, nil
	}
	v, err := s.Read(ctx, ref)
	if c := fault.CodeOf(err); c == fault.NotFound || c == fault.Gone {
		return r, false, nil
	}
	if err == nil {
		r.number = v.Number
		r.Resource, err = fhir.ParseResource(v.Body.Bytes)
	}
	return r, err == nil, err
}

// member is one of a resource, as it is to be.
type member struct {
	name  string
	value any
}

// changed is the op that sets members of a resource as it was read; if it is another by then, it is refused.
func (r kept) changed(members ...member) (gate.Op, error) {
	d, err := fhir.NewDoc(r.Root.Raw())
	if err != nil {
		return gate.Op{}, fault.Wrap(err, "reading a stored resource")
	}
	for _, m := range members {
		text, err := json.Marshal(m.value)
		if err == nil {
			err = d.Set([]fhir.Step{{Name: m.name}}, text)
		}
		if err != nil {
			return gate.Op{}, fault.Wrap(err, "changing a resource")
		}
	}
	next, err := fhir.ParseResource(d.Bytes())
	return gate.Op{Kind: gate.Update, Type: r.Type, ID: r.ID, IfVersion: r.number, Resource: next}, err
}

// local reads Type/id; the zero Ref for everything else.
func local(name string) fhir.Ref {
	if ref := fhir.ParseReference(name); ref.Kind == fhir.ReferenceLocal {
		return ref.Ref
	}
	return fhir.Ref{}
}

// target is what an element refers to.
func target(n fhir.Node) string { return n.Get("reference").Str() }

// called is the name of a person or an institution in the record, "" if it has none.
func called(r fhir.Resource) string {
	name := r.Root.Get("name")
	if name.Kind() == fhir.String {
		return name.Str()
	}
	name = name.First()
	return cmp.Or(name.Get("text").Str(), name.Get("family").Str()+name.Get("given").First().Str())
}

// nameOf is called for what is named.
func nameOf(ctx context.Context, s *gate.Session, name string) (string, error) {
	r, ok, err := read(ctx, s, name)
	if !ok {
		return "", err
	}
	return called(r.Resource), nil
}

// when reads an instant as it is written here, by the clocks of a zone; the zero Time if there is none.
func when(n fhir.Node, zone *time.Location) time.Time {
	at, _, err := fhir.ParsePeriod(n.Str(), zone)
	if err != nil {
		return time.Time{}
	}
	return at.In(zone)
}
