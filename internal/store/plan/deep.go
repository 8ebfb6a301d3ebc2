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
	if set, ok := r.proved[c]; ok {
		return slices.DeleteFunc(matches, func(m Match) bool { return !within(c, m, set) }), nil
	}
	if c.Has != nil {
		return r.referredTo(ctx, c.Has, matches)
	}
	return r.referring(ctx, c, matches)
}

// within tells whether what was found by the inner search of a criterion decides for a match.
func within(c *search.Criterion, m Match, proved map[fhir.Ref]bool) (is bool) {
	if c.Has != nil {
		return proved[m.Ref]
	}
	c.Param.Referred(m.Resource, func(ref fhir.Ref) { is = is || proved[ref] })
	return is
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
		if _, may := r.deeper(s.Type); !may {
			continue
		}
		heads, err := r.Reader.Heads(ctx, refs)
		if err != nil {
			return nil, err
		}
		one := &run{Planner: r.Planner, Query: Query{Type: s.Type, All: []*search.Criterion{s}}}
		found, err := one.verify(ctx, heads)
		if err == nil {
			err = r.spend(len(heads) + one.seen)
		}
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
	if _, may := r.deeper(h.Type); !may {
		return nil, nil
	}
	if len(matches) == 1 {
		return r.referredToOne(ctx, h, matches)
	}
	var keys []store.Key
	for _, m := range matches {
		keys = append(keys, r.referrers(h, m.Ref, false)...)
	}
	holders, err := r.Reader.Holders(ctx, keys, holdersMost)
	if err != nil {
		return nil, err
	}
	if err := r.spend(len(holders)); err != nil {
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
	return slices.DeleteFunc(matches, func(m Match) bool { return !is[m.Ref] }), r.spend(one.seen)
}

// referrers are the keys under which the resources stand that refer to one as a _has asks, and perhaps others that refer
// to it; short leaves those out that cover a long time.
func (r *run) referrers(h *search.Has, to fhir.Ref, short bool) (keys []store.Key) {
	a, ok := r.Table.Compound(search.Refers(h.Type, h.Param, to), h.Criterion)
	if !ok {
		a = r.Table.Referring(h.Type, to)
	}
	for _, s := range a.Spans {
		if !short || !s.Long {
			keys = append(keys, r.Hasher.Key(s.Term))
		}
	}
	return keys
}

// spend notes resources that were looked at, and refuses when they are too many.
func (r *run) spend(n int) error {
	if r.seen += n; r.seen > 2*r.Limits.Candidates {
		return r.costly()
	}
	return nil
}

// deeper is the query of an inner search, with what all meets that may decide there; false if nothing may.
func (p *Planner) deeper(of schema.Type, all ...*search.Criterion) (q Query, may bool) {
	q = Query{Type: of, All: all}
	if p.Narrow == nil {
		return q, true
	}
	more, none := p.Narrow(of)
	q.All = append(q.All, more...)
	return q, !none
}

// referredToOne searches for a resource that refers to the one match.
func (r *run) referredToOne(ctx context.Context, h *search.Has, matches []Match) ([]Match, error) {
	q, _ := r.deeper(h.Type, search.Refers(h.Type, h.Param, matches[0].Ref), h.Criterion)
	q.Sort = r.Usually(h.Type)
	one := &run{Planner: r.Planner, Query: q, Slice: Slice{Most: 1}}
	page, err := one.page(ctx)
	if err == nil {
		err = r.spend(one.seen)
	}
	if err != nil || len(page.Matches) == 0 {
		return nil, err
	}
	return matches, nil
}

// wideMost is from how many resources on a source is used only when nothing else helps: to look up each of them takes
// longer than to go through others in order, most often.
const wideMost = 50

// inner makes the inner search of a chain or _has and adds the source to which it leads, if it finds little enough.
func (r *run) inner(ctx context.Context, c *search.Criterion, most int) error {
	refs, ok, err := r.lead(ctx, c, most)
	if err != nil || !ok {
		return err
	}
	proved := make(map[fhir.Ref]bool, len(refs))
	for _, ref := range refs {
		proved[ref] = true
	}
	if r.proved == nil {
		r.proved = map[*search.Criterion]map[fhir.Ref]bool{}
	}
	r.proved[c] = proved
	s := source{named: true, refs: refs, size: len(refs)}
	if c.Has == nil {
		s = source{listed: true}
		for _, ref := range refs {
			s.ranges = append(s.ranges, r.ranges(r.narrow(r.Table.Referring(c.Type, ref)).Spans)...)
		}
	}
	if len(refs) > wideMost {
		r.wide = append(r.wide, s)
		return nil
	}
	if r.sources = append(r.sources, s); r.settled() {
		r.counted = false
		return nil
	}
	return r.count(ctx, r.most)
}

// widen makes the inner searches that were left out, as far as the limits allow, and takes up all that they lead to.
func (r *run) widen(ctx context.Context) error {
	for _, c := range r.All {
		if _, done := r.proved[c]; c.Deep() && !done {
			if err := r.inner(ctx, c, widest*r.Limits.Inner); err != nil {
				return err
			}
		}
	}
	r.sources = append(r.sources, r.wide...)
	r.wide = nil
	return nil
}

// widest is how much more an inner search may look at when nothing else helps.
const widest = 10

// lead is what the inner search of a chain or _has finds: the resources that meet the next step, or those that are
// referred to.
func (r *run) lead(ctx context.Context, c *search.Criterion, most int) (all []fhir.Ref, ok bool, err error) {
	if c.Has != nil {
		return r.few(ctx, c.Has.Type, c.Has.Criterion, most, func(n int) (bool, error) { return r.rather(ctx, n, most) }, func(m Match, add func(fhir.Ref)) {
			c.Has.Param.Referred(m.Resource, func(ref fhir.Ref) {
				if ref.Type == c.Type {
					add(ref)
				}
			})
		})
	}
	for _, st := range c.Chain {
		left := most - len(all)
		refs, ok, err := r.few(ctx, st.Type, st.Criterion, left, func(n int) (bool, error) { return n <= left, nil }, func(m Match, add func(fhir.Ref)) { add(m.Ref) })
		if err != nil || !ok {
			return nil, false, err
		}
		all = append(all, refs...)
	}
	return all, true, nil
}

// rather tells whether to read all n candidates of the inner search of a _has is less work than to go through the resources
// that are searched for in their order, and to ask of each. Of those that are referred to, each has some five of the n, so a
// page of 20 takes about 100·all/n.
func (r *run) rather(ctx context.Context, n, most int) (bool, error) {
	if n > most || n < wideMost || most > r.Limits.Inner {
		return n <= most, nil
	}
	enough := n * n / 100
	sizes, err := r.Reader.Sizes(ctx, r.ranges(r.Table.All(r.Type).Spans), enough)
	if err != nil {
		return false, err
	}
	all := 0
	for _, size := range sizes {
		all += size
	}
	return all >= enough, nil
}

// few collects what the matches of an inner search lead to, each once; false if by the number of candidates, counted no
// further than most, it is not worth it.
func (r *run) few(ctx context.Context, of schema.Type, c *search.Criterion, most int, worth func(n int) (bool, error), lead func(m Match, add func(fhir.Ref))) (refs []fhir.Ref, ok bool, err error) {
	q, may := r.deeper(of, c)
	if !may {
		return nil, true, nil
	}
	p := *r.Planner
	p.Limits.Candidates = widest * p.Limits.Inner
	one := &run{Planner: &p, Query: q}
	if err := one.survey(ctx, min(p.Limits.Candidates, most)+1); err != nil {
		return nil, false, err
	}
	best := one.best()
	if best == nil {
		return nil, false, nil
	}
	if ok, err := worth(best.size); !ok || err != nil {
		return nil, false, err
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
