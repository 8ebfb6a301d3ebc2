package plan

import (
	"context"
	"slices"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/store"
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

// holdersMost bounds the resources that are read to decide about several matches at a time.
const holdersMost = 2000

// referredTo keeps the matches to which a resource refers as _has asks. If too many refer to them, it looks at fewer
// matches at a time, and at last searches for each.
func (r *run) referredTo(ctx context.Context, h *search.Has, matches []Match) ([]Match, error) {
	if len(matches) == 1 {
		return r.referredToOne(ctx, h, matches)
	}
	var keys []store.Key
	for _, m := range matches {
		a, ok := r.Table.Compound(search.Refers(h.Type, h.Param, m.Ref), h.Criterion)
		if !ok {
			a = r.Table.Referring(h.Type, m.Ref)
		}
		for _, s := range a.Spans {
			keys = append(keys, r.Hasher.Key(s.Term))
		}
	}
	holders, err := r.Reader.Holders(ctx, keys, holdersMost)
	if err != nil {
		return nil, err
	}
	if len(holders) == holdersMost {
		half := len(matches) / 2
		first, err := r.referredTo(ctx, h, slices.Clone(matches[:half]))
		if err != nil {
			return nil, err
		}
		second, err := r.referredTo(ctx, h, slices.Clone(matches[half:]))
		return append(first, second...), err
	}
	one := &run{Planner: r.Planner, Query: Query{Type: h.Type, All: []*search.Criterion{h.Criterion}}}
	found, err := one.verify(ctx, holders)
	if err != nil {
		return nil, err
	}
	is := map[fhir.Ref]bool{}
	for _, m := range found {
		h.Param.Referred(m.Resource, func(ref fhir.Ref) { is[ref] = true })
	}
	return slices.DeleteFunc(matches, func(m Match) bool { return !is[m.Ref] }), r.spend(len(holders))
}

// spend notes resources that were looked at, and refuses when they are too many.
func (r *run) spend(n int) error {
	if r.seen += n; r.seen > 2*r.Limits.Candidates {
		return r.costly()
	}
	return nil
}

// referredToOne searches for a resource that refers to the one match.
func (r *run) referredToOne(ctx context.Context, h *search.Has, matches []Match) ([]Match, error) {
	q := Query{Type: h.Type, All: []*search.Criterion{search.Refers(h.Type, h.Param, matches[0].Ref), h.Criterion}, Sort: r.Usually(h.Type)}
	page, err := r.Planner.Page(ctx, q, Slice{Most: 1})
	if err != nil || len(page.Matches) == 0 {
		return nil, err
	}
	return matches, r.spend(1)
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
	if len(s.ranges) > rangesMost {
		r.wide = append(r.wide, s)
		return nil
	}
	r.sources = append(r.sources, s)
	return r.count(ctx, probe)
}

// rangesMost bounds the lists that are merged into one without need.
const rangesMost = 100

// few collects what the matches of an inner search lead to, each once; false if there are too many.
func (r *run) few(ctx context.Context, of schema.Type, c *search.Criterion, lead func(m Match, add func(fhir.Ref))) (refs []fhir.Ref, ok bool, err error) {
	p := *r.Planner
	p.Limits.Candidates = p.Limits.Inner
	one := &run{Planner: &p, Query: Query{Type: of, All: []*search.Criterion{c}}}
	if err := one.survey(ctx); err != nil {
		return nil, false, err
	}
	if best := one.best(); best != nil && best.size >= probe && !best.named {
		if err := one.count(ctx, p.Limits.Inner+1); err != nil {
			return nil, false, err
		}
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
	if fault.From(err).IssueType() == "too-costly" {
		return nil, false, nil // a deeper search was too much
	}
	return refs, err == nil, err
}
