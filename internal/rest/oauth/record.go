package oauth

import (
	"cmp"
	"context"
	"net/url"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
)

// Record is the platform's own record as [Patients].
func Record(g *gate.Gate) Patients { return record{g} }

type record struct{ gate *gate.Gate }

// Resident implements [Patients].
func (r record) Resident(ctx context.Context, as gate.Actor, who fhir.Ref) (Resident, error) {
	n, err := r.read(ctx, as, who)
	if err != nil {
		return Resident{}, err
	}
	return resident(who, n), nil
}

// session is one of somebody who chooses whom a program is to be about.
func (r record) session(as gate.Actor, on, query string) *gate.Session {
	s := r.gate.Session(as)
	s.Begin(gate.Doing{Do: "choose", On: on, Query: query})
	return s
}

func (r record) read(ctx context.Context, as gate.Actor, ref fhir.Ref) (fhir.Node, error) {
	s := r.session(as, ref.String(), "")
	v, err := s.Read(ctx, ref)
	if err := cmp.Or(s.Leave(ctx, err), err); err != nil {
		return fhir.Node{}, err
	}
	one, err := fhir.ParseResource(v.Body.Bytes)
	if err != nil {
		return fhir.Node{}, fault.Wrap(err, "reading a stored resource")
	}
	return one.Root, nil
}

// Find implements [Patients]: by the beginning of a name, or by a number.
func (r record) Find(ctx context.Context, as gate.Actor, text string, most int) (list []Resident, err error) {
	t, _ := schema.TypeOf("Patient")
	by := search.Pair{Name: "name", Value: search.Escape(text)}
	if strings.ContainsAny(text, "0123456789") {
		by = search.Pair{Name: "identifier", Value: search.Escape(strings.ToUpper(text))}
	}
	s := r.session(as, t.String(), by.Name+"="+url.QueryEscape(text))
	asked, err := s.Request([]schema.Type{t}, []search.Pair{by}, gate.Wishes{})
	if err != nil {
		return nil, err
	}
	found, err := s.Search(ctx, asked, "choose", "")
	if err := cmp.Or(s.Leave(ctx, err), err); err != nil {
		return nil, err
	}
	for _, v := range found.Matches[:min(most, len(found.Matches))] {
		one, err := fhir.ParseResource(v.Body.Bytes)
		if err != nil {
			return nil, fault.Wrap(err, "reading a stored resource")
		}
		list = append(list, resident(v.Ref, one.Root))
	}
	return list, nil
}

// Subject implements [Patients].
func (r record) Subject(ctx context.Context, as gate.Actor, encounter fhir.Ref) (fhir.Ref, error) {
	n, err := r.read(ctx, as, encounter)
	return refOf(n.Get("subject").Get("reference").Str(), "Patient"), err
}

// Called implements [Patients].
func (r record) Called(ctx context.Context, as gate.Actor, institution string) (string, error) {
	ref := refOf(institution, "Organization")
	if ref == (fhir.Ref{}) {
		return "", fault.New(fault.NotFound, "%q is no institution of the record.", short(institution))
	}
	n, err := r.read(ctx, as, ref)
	return n.Get("name").Str(), err
}

// resident is a Patient as it is shown to be told from others.
func resident(ref fhir.Ref, n fhir.Node) Resident {
	one := Resident{Reference: ref.String(), Birth: n.Get("birthDate").Str(), Gender: n.Get("gender").Str()}
	for name := n.Get("name").First(); name.Exists() && one.Name == ""; name = name.Next() {
		if one.Name = name.Get("text").Str(); one.Name == "" {
			one.Name = name.Get("family").Str() + name.Get("given").First().Str()
		}
	}
	one.Number = masked(n.Get("identifier").First().Get("value").Str())
	return one
}

// shown is how many characters of a number are shown.
const shown = 4

// masked is a number of which only the last characters are shown, and of a short one none.
func masked(number string) string {
	c := []rune(number)
	for i := range c {
		if i < len(c)-shown || len(c) < 2*shown {
			c[i] = '*'
		}
	}
	return string(c)
}
