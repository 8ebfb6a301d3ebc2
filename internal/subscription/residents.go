package subscription

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
)

// Most Subscriptions name a resident. So that each change is not held against all of them, it is found out once for a stretch of the feed
// whom its changes are about, and those that name somebody else are passed over.

// residents are the Patients that a resource refers to, and itself if it is one.
func residents(r fhir.Resource) (refs []fhir.Ref) {
	if r.Type == 0 {
		return nil
	}
	if r.Type == typePatient {
		refs = append(refs, fhir.Ref{Type: r.Type, ID: r.ID})
	}
	r.Links(func(l fhir.Link) {
		if ref := fhir.ParseReference(l.Node.Str()); ref.Kind == fhir.ReferenceLocal && ref.Ref.Type == typePatient {
			refs = append(refs, ref.Ref)
		}
	})
	return refs
}

// before is what was deleted, as it was; zero where that is not kept any more.
func (s *Service) before(ctx context.Context, e *entry) (fhir.Resource, error) {
	v, err := s.db.Version(ctx, e.Ref, e.Number-1)
	if err != nil || !v.Live() {
		return fhir.Resource{}, err
	}
	return fhir.ParseResource(v.Body.Bytes)
}

// touched are the residents whom the changes of a stretch are about, by all their names.
func (s *Service) touched(ctx context.Context, part *stretch) (map[fhir.Ref]bool, error) {
	all := map[fhir.Ref]bool{}
	var fresh []fhir.Ref
	note := func(ref fhir.Ref) {
		if !all[ref] {
			all[ref], fresh = true, append(fresh, ref)
		}
	}
	for _, entries := range part.byType {
		for _, e := range entries {
			for _, ref := range e.residents {
				note(ref)
			}
		}
	}
	for range 2 { // who stands for a person is linked to each other name of theirs: from one name to another it is two steps
		some := fresh
		fresh = nil
		for part := range slices.Chunk(some, idsMost) {
			list, err := s.linking(ctx, part)
			if err != nil {
				return nil, err
			}
			for _, ref := range list {
				note(ref)
			}
		}
	}
	return all, nil
}

// linking are the Patients that have a link to one of some. It is asked in this direction because it is the one in which criteria are
// widened: from the Patient that they name.
func (s *Service) linking(ctx context.Context, refs []fhir.Ref) (list []fhir.Ref, err error) {
	var names []string
	for _, ref := range refs {
		names = append(names, ref.String())
	}
	by := s.platform()
	pairs := []search.Pair{{Name: "link", Value: strings.Join(names, ",")}, {Name: "_count", Value: strconv.Itoa(search.CountMost)}}
	asked, err := by.Request([]schema.Type{typePatient}, pairs, gate.Wishes{Base: s.config.URL})
	if err != nil {
		return nil, err
	}
	for token := ""; ; {
		found, err := by.Search(ctx, asked, "subscription", token)
		if err != nil {
			return nil, err
		}
		for _, v := range found.Matches {
			list = append(list, v.Ref)
		}
		if token = found.Next; token == "" {
			return list, nil
		}
	}
}

// concerned leaves out the Subscriptions to which nothing in a stretch can matter: of other types, or of other residents.
func (s *Service) concerned(ctx context.Context, part *stretch, some []*running) (work []*looking, err error) {
	table := s.platform().Parameters()
	var touched map[fhir.Ref]bool
	for _, r := range some {
		all, failed := s.read(r, table)
		is := failed != nil
		for _, a := range all {
			if is || len(part.byType[a.Type]) == 0 {
				continue
			}
			if a.of != nil && touched == nil {
				if touched, err = s.touched(ctx, part); err != nil {
					return nil, err
				}
			}
			is = a.of == nil || slices.ContainsFunc(a.of, func(ref fhir.Ref) bool { return touched[ref] })
		}
		if is {
			work = append(work, &looking{running: r})
		} else {
			r.place = part.To
		}
	}
	return work, nil
}
