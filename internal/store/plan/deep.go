package plan

import (
	"context"
	"slices"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
)

// deep keeps the matches that meet a criterion about which other resources decide.
func (r *run) deep(ctx context.Context, c *search.Criterion, matches []Match) ([]Match, error) {
	if !c.Deep() || len(matches) == 0 {
		return matches, nil
	}
	if c.Has != nil {
		return r.referredTo(ctx, c.Has, matches)
	}
	return r.referring(ctx, c, matches)
}

// referring keeps the matches that refer to a resource that meets the next step of a chain.
func (r *run) referring(ctx context.Context, c *search.Criterion, matches []Match) ([]Match, error) {
	targets := make([][]fhir.Ref, len(matches))
	wanted := map[fhir.Ref]bool{}
	for i, m := range matches {
		c.Param.Referred(m.Resource, func(ref fhir.Ref) {
			if step(c, ref) != nil {
				targets[i] = append(targets[i], ref)
				wanted[ref] = true
			}
		})
	}
	met, err := r.met(ctx, c, wanted)
	if err != nil {
		return nil, err
	}
	kept := matches[:0]
	for i, m := range matches {
		if slices.ContainsFunc(targets[i], func(ref fhir.Ref) bool { return met[ref] }) {
			kept = append(kept, m)
		}
	}
	return kept, nil
}

// step is the criterion that a chain has for what it refers to, nil for none.
func step(c *search.Criterion, ref fhir.Ref) *search.Criterion {
	for _, s := range c.Chain {
		if s.Type == ref.Type {
			return s.Criterion
		}
	}
	return nil
}

// met tells which of the resources meet the next step of a chain.
func (r *run) met(ctx context.Context, c *search.Criterion, wanted map[fhir.Ref]bool) (map[fhir.Ref]bool, error) {
	met := map[fhir.Ref]bool{}
	byStep := map[*search.Criterion][]fhir.Ref{}
	for ref := range wanted {
		s := step(c, ref)
		byStep[s] = append(byStep[s], ref)
	}
	for s, refs := range byStep {
		heads, err := r.Reader.Heads(ctx, refs)
		if err != nil {
			return nil, err
		}
		one := &run{Planner: r.Planner, Query: Query{Type: s.Type, All: []*search.Criterion{s}}}
		found, err := one.verify(ctx, heads)
		if err != nil {
			return nil, err
		}
		for _, m := range found {
			met[m.Ref] = true
		}
	}
	return met, nil
}

// referredTo keeps the matches to which a resource refers as _has asks.
func (r *run) referredTo(ctx context.Context, h *search.Has, matches []Match) ([]Match, error) {
	kept := matches[:0]
	for _, m := range matches {
		q := Query{Type: h.Type, All: []*search.Criterion{search.Refers(h.Type, h.Param, m.Ref), h.Criterion}, Sort: r.Usually(h.Type)}
		page, err := r.Planner.Page(ctx, q, Slice{Most: 1})
		if err != nil {
			return nil, err
		}
		if r.seen++; r.seen > r.Limits.Candidates {
			return nil, r.costly()
		}
		if len(page.Matches) > 0 {
			kept = append(kept, m)
		}
	}
	return kept, nil
}

// inner adds the source of a chain or _has: what its inner search finds, if that is little enough.
func (r *run) inner(ctx context.Context, c *search.Criterion) error {
	if c.Has != nil {
		refs, ok, err := r.few(ctx, c.Has.Type, c.Has.Criterion, func(m Match, add func(fhir.Ref)) {
			c.Has.Param.Referred(m.Resource, func(ref fhir.Ref) {
				if ref.Type == c.Type {
					add(ref)
				}
			})
		})
		if ok {
			r.sources = append(r.sources, source{named: true, refs: refs, size: len(refs)})
		}
		return err
	}
	s := source{listed: true}
	left := r.Limits.Inner
	for _, st := range c.Chain {
		refs, ok, err := r.few(ctx, st.Type, st.Criterion, func(m Match, add func(fhir.Ref)) { add(m.Ref) })
		if left -= len(refs); err != nil || !ok || left < 0 {
			return err
		}
		for _, ref := range refs {
			s.ranges = append(s.ranges, r.ranges(r.narrow(r.Table.Referring(c.Type, ref)).Spans)...)
		}
	}
	if len(s.ranges) <= rangesMost {
		r.sources = append(r.sources, s)
		return r.count(ctx, probe)
	}
	return nil
}

// rangesMost bounds the lists that are merged into one.
const rangesMost = 2000

// few collects what the matches of an inner search lead to, each once; false if there are too many.
func (r *run) few(ctx context.Context, of schema.Type, c *search.Criterion, lead func(m Match, add func(fhir.Ref))) (refs []fhir.Ref, ok bool, err error) {
	p := *r.Planner
	p.Limits.Candidates = p.Limits.Inner
	one := &run{Planner: &p, Query: Query{Type: of, All: []*search.Criterion{c}}}
	if err := one.survey(ctx); err != nil {
		return nil, false, err
	}
	if best := one.best(); best == nil || best.size > p.Limits.Inner {
		return nil, false, nil
	}
	known := map[fhir.Ref]bool{}
	err = one.each(ctx, func(m Match) bool {
		lead(m, func(ref fhir.Ref) {
			if !known[ref] {
				known[ref] = true
				refs = append(refs, ref)
			}
		})
		return true
	})
	return refs, err == nil, err
}
