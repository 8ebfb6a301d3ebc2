package export

import (
	"context"
	"slices"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/r4"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
	"yitong/internal/store"
)

// people counts the residents whom a run is about: those in whose compartment a resource is, Patients that stand for the same
// resident as one. It keeps their names: those of as many residents as a run may be about, and those of one page.
type people struct {
	session *gate.Session         // that may read all
	stands  map[fhir.Ref]fhir.Ref // for each Patient the one that stands for the resident
	seen    map[fhir.Ref]struct{} // of these
}

func newPeople(session *gate.Session) *people {
	return &people{session, map[fhir.Ref]fhir.Ref{}, map[fhir.Ref]struct{}{}}
}

func (p *people) count() int { return len(p.seen) }

// add counts residents, unless they would be more than most.
func (p *people) add(residents []fhir.Ref, most int) bool {
	added := 0
	for _, ref := range residents {
		if _, known := p.seen[ref]; !known {
			added++
		}
	}
	if len(p.seen)+added > most {
		return false
	}
	for _, ref := range residents {
		p.seen[ref] = struct{}{}
	}
	return true
}

// about are the residents whom each version is about, each once.
func (p *people) about(ctx context.Context, versions []store.Version) ([][]fhir.Ref, error) {
	all := make([][]fhir.Ref, len(versions))
	var unknown []fhir.Ref
	for i, v := range versions {
		r, err := fhir.ParseResource(v.Body.Bytes)
		if err != nil {
			return nil, fault.Wrap(err, "reading a resource that is exported")
		}
		if all[i] = patients(p.session.Parameters(), r); len(all[i]) == 0 {
			continue
		}
		for _, ref := range all[i] {
			if _, known := p.stands[ref]; !known {
				p.stands[ref] = ref
				unknown = append(unknown, ref)
			}
		}
	}
	for some := range slices.Chunk(unknown, pageMost) {
		if err := p.learn(ctx, some); err != nil {
			return nil, err
		}
	}
	for i, refs := range all {
		for j, ref := range refs {
			refs[j] = p.stands[ref]
		}
		all[i] = distinct(refs)
	}
	return all, nil
}

// patients are those in whose compartments a resource is, and the Patient that it is itself.
func patients(table *search.Table, r fhir.Resource) (refs []fhir.Ref) {
	c, is := table.Compartment(r.Type, fhir.Ref{Type: typePatient})
	if !is {
		return nil
	}
	if r.Type == typePatient {
		refs = append(refs, fhir.Ref{Type: r.Type, ID: r.ID})
	}
	for _, param := range c.In.Params {
		if r.Type == typePatient {
			break // those to whom it is linked are not what it tells of
		}
		param.Referred(r, func(ref fhir.Ref) {
			if ref.Type == typePatient {
				refs = append(refs, ref)
			}
		})
	}
	return distinct(refs)
}

// learn finds out which Patients refer to another one as the one that stands for the resident.
func (p *people) learn(ctx context.Context, refs []fhir.Ref) error {
	ids := make([]string, len(refs))
	for i, ref := range refs {
		ids[i] = ref.ID
	}
	r, err := p.session.Request([]schema.Type{typePatient}, []search.Pair{{Name: "_id", Value: strings.Join(ids, ",")}}, gate.Wishes{})
	if err != nil {
		return err
	}
	r.Count = len(ids)
	found, err := p.session.Search(ctx, r, "", "")
	if err != nil {
		return err
	}
	for _, v := range found.Matches {
		doc, err := fhir.NewDoc(v.Body.Bytes)
		if err != nil {
			return fault.Wrap(err, "reading a stored Patient")
		}
		patient, err := r4.AsPatient(doc)
		if err != nil {
			return err
		}
		for _, link := range patient.Link().All() {
			to := fhir.ParseReference(link.Other().Reference())
			if kind := link.Type(); (kind == "refer" || kind == "replaced-by") && to.Kind == fhir.ReferenceLocal && to.Ref.Type == typePatient {
				p.stands[v.Ref] = to.Ref
			}
		}
	}
	return nil
}

func distinct(refs []fhir.Ref) (once []fhir.Ref) {
	known := make(map[fhir.Ref]bool, len(refs))
	for _, ref := range refs {
		if !known[ref] {
			known[ref] = true
			once = append(once, ref)
		}
	}
	return once
}
