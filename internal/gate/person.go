package gate

import (
	"bytes"
	"context"
	"slices"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/store"
)

var typePatient, _ = schema.TypeOf("Patient")

// namesMost bounds the Patients that stand for one resident.
const namesMost = 64

// link finds out by which other names residents stand in the record: an institution's own Patient refers to the one that
// stands for the resident, which lists them all. So undoing a wrong link is a matter of links alone.
func (v *view) link(ctx context.Context, by reader, refs []fhir.Ref) error {
	refs = slices.DeleteFunc(slices.Clone(refs), func(ref fhir.Ref) bool { _, known := v.heads[ref]; return known })
	if len(refs) == 0 {
		return nil
	}
	named, err := v.read(ctx, by, refs)
	if err != nil {
		return err
	}
	var goldens []fhir.Ref
	for _, p := range named {
		if p.refer != (fhir.Ref{}) {
			goldens = append(goldens, p.refer)
		}
	}
	lists := map[fhir.Ref][]fhir.Ref{}
	if goldens != nil {
		found, err := v.read(ctx, by, goldens)
		if err != nil {
			return err
		}
		for _, g := range found {
			lists[g.self] = g.others
		}
	}
	for _, p := range named {
		g := p.golden()
		all := append([]fhir.Ref{g}, p.others...)
		if g != p.self {
			all = append([]fhir.Ref{g}, lists[g]...)
		}
		if all = slices.DeleteFunc(all, func(n fhir.Ref) bool { return n == p.self }); len(all) > 0 {
			v.names[p.self] = all[:min(len(all), namesMost-1)]
		}
		v.golden[p.self] = g
	}
	return nil
}

// Names are the names by which a resident stands in the record: first the one that stands for all of them.
func (s *Session) Names(ctx context.Context, resident fhir.Ref) ([]fhir.Ref, error) {
	v, _, err := s.viewOf(ctx, s.gate.db, nil)
	if err == nil {
		err = v.link(ctx, s.gate.db, []fhir.Ref{resident})
	}
	if err != nil {
		return nil, err
	}
	names := append([]fhir.Ref{resident}, v.names[resident]...)
	if at := slices.Index(names, v.golden[resident]); at > 0 {
		names[0], names[at] = names[at], names[0]
	}
	return names, nil
}

// linked is a Patient with those that it is linked to.
type linked struct {
	self, refer fhir.Ref
	others      []fhir.Ref
}

// golden is the Patient that stands for the resident.
func (l linked) golden() fhir.Ref {
	if l.refer != (fhir.Ref{}) {
		return l.refer
	}
	return l.self
}

// same tells whether the links are those of another version.
func (l linked) same(other linked) bool {
	return l.refer == other.refer && slices.Equal(l.others, other.others)
}

// read reads the links of Patients.
func (v *view) read(ctx context.Context, by reader, refs []fhir.Ref) ([]linked, error) {
	heads, err := by.Heads(ctx, refs)
	if err != nil {
		return nil, err
	}
	out := make([]linked, len(refs))
	for i, h := range heads {
		v.heads[refs[i]] = h
		if out[i], err = linksIn(h, refs[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// linksIn are the links of a Patient in a version of it; none, if there is none.
func linksIn(v store.Version, self fhir.Ref) (linked, error) {
	if !v.Live() || !bytes.Contains(v.Body.Bytes, []byte(`"link"`)) {
		return linked{self: self}, nil
	}
	r, err := fhir.ParseResource(v.Body.Bytes)
	if err != nil {
		return linked{}, fault.Wrap(err, "reading a Patient")
	}
	return linksOfPatient(r), nil
}

// Golden is the Patient that stands for the resident for whom a Patient of some institution stands: itself, unless it refers to
// another one.
func Golden(patient fhir.Resource) fhir.Ref { return linksOfPatient(patient).golden() }

// linksOfPatient reads whom a Patient refers to as the one that stands for the resident, and whom it lists
// (http://hl7.org/fhir/link-type).
func linksOfPatient(r fhir.Resource) linked {
	l := linked{self: fhir.Ref{Type: r.Type, ID: r.ID}}
	for n := r.Root.Get("link").First(); n.Exists(); n = n.Next() {
		to := fhir.ParseReference(n.Get("other").Get("reference").Str())
		if to.Kind != fhir.ReferenceLocal || to.Ref.Type != typePatient || to.Ref == l.self {
			continue
		}
		switch n.Get("type").Str() {
		case "refer", "replaced-by":
			l.refer = to.Ref
		case "seealso", "replaces":
			l.others = append(l.others, to.Ref)
		}
	}
	return l
}

// person is a resident for whom permits have been asked for.
type person struct {
	ref     fhir.Ref // as which the resident was named
	names   []fhir.Ref
	permits []Permit // that the actor has now
}

// peopleMost bounds the residents for whom permits are asked for at once.
const peopleMost = 8

// openFor asks for permits for residents, each once.
func (v *view) openFor(ctx context.Context, by reader, refs []fhir.Ref) error {
	refs = v.unasked(refs)
	if len(v.open)+len(refs) > peopleMost {
		return fault.New(fault.TooLarge, "A request may name at most %d residents: for each of them it is asked whether you may look. Send several requests.", peopleMost).WithIssue("too-costly")
	}
	if err := v.link(ctx, by, refs); err != nil {
		return err
	}
	for _, ref := range refs {
		p := &person{ref: ref, names: append([]fhir.Ref{ref}, v.names[ref]...)}
		var err error
		if p.permits, err = v.permitsFor(ctx, by, v.golden[ref]); err != nil {
			return err
		}
		v.tellOpen(p.permits)
		v.open = append(v.open, p)
	}
	return nil
}

// unasked are those of some residents for whom no permits have been asked for yet, each once.
func (v *view) unasked(refs []fhir.Ref) (list []fhir.Ref) {
	for _, ref := range refs {
		known := slices.ContainsFunc(v.open, func(p *person) bool { return slices.Contains(p.names, ref) })
		if !known && !slices.Contains(list, ref) {
			list = append(list, ref)
		}
	}
	return list
}

// permits tells whether the actor has a permit for anybody who was named.
func (v *view) permits() bool {
	return slices.ContainsFunc(v.open, func(p *person) bool { return len(p.permits) > 0 })
}

// opened tells whether permits open a resource with such labels: for each resident whom it is about one that is for all that it
// says.
func (v *view) opened(r fhir.Resource, l labels) bool { return v.openedAs(r, r.Type, l) }

// about are the residents whom a resource is about.
func (v *view) about(r fhir.Resource) (refs []fhir.Ref) {
	if !personal(r.Type) {
		return nil
	}
	if r.Type == typePatient {
		return []fhir.Ref{{Type: r.Type, ID: r.ID}}
	}
	c, is := v.Parameters().About(r.Type, fhir.Ref{Type: typePatient})
	if !is {
		return nil
	}
	for _, p := range c.In.Params {
		p.Referred(r, func(ref fhir.Ref) {
			if ref.Type == typePatient && !slices.Contains(refs, ref) {
				refs = append(refs, ref)
			}
		})
	}
	return refs
}
