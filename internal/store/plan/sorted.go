package plan

import (
	"context"
	"math"
	"slices"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/store"
)

const (
	keptMost  = 400     // matches that are kept until they have been sorted
	keptBytes = 4 << 20 // of their bodies, about
)

// sorted reads all candidates of the best source, checks and sorts them. If there are many it keeps their places only, and
// reads those on the page again.
func (r *run) sorted(ctx context.Context) ([]Match, bool, error) {
	r.seen = 0
	var places []Position
	var kept []Match
	bytes := 0
	err := r.each(ctx, func(m Match) bool {
		if !r.behind(m.At) {
			return true
		}
		places = append(places, m.At)
		if bytes += len(m.Body.Bytes); len(places) <= keptMost && bytes <= keptBytes {
			kept = append(kept, m)
		} else {
			kept = nil
		}
		return true
	})
	if err != nil {
		return nil, false, err
	}
	if len(kept) == len(places) {
		slices.SortFunc(kept, func(a, b Match) int { return r.compare(a.At, b.At) })
		most := min(r.Most, len(kept))
		return kept[:most], len(kept) > most, nil
	}
	slices.SortFunc(places, r.compare)
	var found []Match
	for chunk := range slices.Chunk(places[:min(r.Most, len(places))], 64) {
		matches, err := r.check(ctx, numbers(chunk))
		if err != nil {
			return nil, false, err
		}
		slices.SortFunc(matches, func(a, b Match) int { return r.compare(a.At, b.At) })
		for _, m := range matches {
			r.bytes += len(m.Body.Bytes)
		}
		if found = append(found, matches...); r.bytes > bytesMost {
			return found, len(places) > len(found), nil
		}
	}
	return found, len(places) > r.Most, nil
}

// numbers are those of the resources at some places.
func numbers(places []Position) []int64 {
	out := make([]int64, len(places))
	for i, p := range places {
		out[i] = p.Rid
	}
	return out
}

// each calls do with every match, in no order, until it returns false.
func (r *run) each(ctx context.Context, do func(Match) bool) error {
	best := r.best()
	if best == nil || best.size > r.Limits.Candidates {
		all := source{listed: true, ranges: r.listed()}
		best = &all
	}
	if best.named {
		return r.named(ctx, best, do)
	}
	st := newStream(r.Reader, best.ranges, true, chunkMost)
	if best.lines != nil {
		st.parts = []part{{ready: best.lines, done: true}}
	}
	known := map[int64]bool{}
	for {
		postings, err := st.next(ctx, 512)
		if err != nil || len(postings) == 0 {
			return err
		}
		postings = slices.DeleteFunc(postings, func(p store.Posting) bool { is := known[p.Rid]; known[p.Rid] = true; return is })
		if r.seen += len(postings); r.seen > r.Limits.Candidates {
			return r.costly()
		}
		matches, err := r.check(ctx, rids(postings))
		if err != nil {
			return err
		}
		for _, m := range matches {
			if !do(m) {
				return nil
			}
		}
	}
}

// named calls do with the matches among resources that have been named.
func (r *run) named(ctx context.Context, s *source, do func(Match) bool) error {
	heads, err := r.Reader.Heads(ctx, s.refs)
	if err != nil {
		return err
	}
	slices.SortFunc(heads, func(a, b store.Version) int { return int(min(max(a.Rid-b.Rid, -1), 1)) })
	heads = slices.CompactFunc(heads, func(a, b store.Version) bool { return a.Rid == b.Rid })
	matches, err := r.verify(ctx, heads)
	if err != nil {
		return err
	}
	for _, m := range matches {
		if !do(m) {
			return nil
		}
	}
	return nil
}

// Count is how many resources a query finds, as far as the limits: exactly, or estimated from a sample when more is
// looked at than most.
func (p *Planner) Count(ctx context.Context, q Query, estimate bool) (int, error) {
	r := &run{Planner: p, Query: q}
	for _, c := range r.All {
		r.plain(c)
	}
	if n, ok, err := r.lines(ctx); ok || err != nil {
		return n, err
	}
	r.sources = nil
	if err := r.survey(ctx, probe); err != nil {
		return 0, err
	}
	n := 0
	if estimate {
		return r.estimate(ctx)
	}
	err := r.each(ctx, func(Match) bool { n++; return true })
	return n, err
}

// countMost bounds the lines of the index that are counted without looking at bodies.
const countMost = 10_000_000

// lines counts the lines of the index where nobody stands who does not match, and nobody twice.
func (r *run) lines(ctx context.Context) (int, bool, error) {
	var ranges []store.Range
	switch {
	case r.Sees != nil:
		return r.lessHidden(ctx)
	case len(r.All) == 0:
		ranges = r.ranges(r.Table.All(r.Type).Spans)
	case len(r.All) == 1 && len(r.sources) == 1 && r.sources[0].exact && r.sources[0].listed && len(r.sources[0].ranges) <= 2:
		ranges = r.sources[0].ranges
	default:
		return 0, false, nil
	}
	sizes, err := r.Reader.Sizes(ctx, ranges, countMost)
	n := 0
	for _, size := range sizes {
		n += size
	}
	return n, true, err
}

// countLists counts the lines of some lists, in one look.
func (r *run) countLists(ctx context.Context, lists []search.Access) ([]int, error) {
	var ranges []store.Range
	for _, a := range lists {
		ranges = append(ranges, r.ranges(a.Spans)...)
	}
	sizes, err := r.Reader.Sizes(ctx, ranges, countMost)
	if err != nil {
		return nil, err
	}
	counts := make([]int, len(lists))
	for i, a := range lists {
		for range a.Spans {
			counts[i] += sizes[0]
			sizes = sizes[1:]
		}
	}
	return counts, nil
}

// hiddenMost bounds the resources of a type that may be hidden, if all of them are to be looked at for a count.
const hiddenMost = 2000

// lessHidden counts the lines of a list in which everybody stands who meets the criteria, less those that may not be found.
func (r *run) lessHidden(ctx context.Context) (int, bool, error) {
	if r.Unless == nil || len(r.All) != 2 {
		return 0, false, nil
	}
	code := r.All[1]
	a, ok := r.Table.Compound(r.All[0], code)
	if !ok || !a.Exact {
		code = r.All[0]
		a, ok = r.Table.Compound(r.All[1], code)
	}
	hides, known := r.Unless(r.Type)
	if !ok || !a.Exact || !known {
		return 0, false, nil
	}
	lists := []search.Access{a}
	bare, asked, systems := r.Table.Bare(code)
	if systems {
		lists = append(lists, bare, asked)
	}
	counts, err := r.countLists(ctx, lists)
	if err != nil || systems && counts[1] != counts[2] {
		return 0, false, err
	}
	n := counts[0]
	if hides == nil || n == 0 {
		return n, true, nil
	}
	labeled, ok := r.Table.Access(hides)
	if !ok {
		return 0, false, nil
	}
	lines, whole, err := r.read(ctx, &source{ranges: r.ranges(labeled.Spans)}, hiddenMost)
	if err != nil || !whole || len(lines) > hiddenMost {
		return 0, false, err
	}
	versions, err := r.Reader.Bodies(ctx, rids(lines))
	if err != nil {
		return 0, false, err
	}
	for _, v := range versions {
		res, err := fhir.ParseResource(v.Body.Bytes)
		if err != nil {
			return 0, false, fault.Wrap(err, "reading a stored resource")
		}
		is := v.Live() && !slices.ContainsFunc(r.All, func(c *search.Criterion) bool { return !c.Matches(res, v.Updated) })
		if is && !r.sees(res, v, false) {
			n--
		}
	}
	return n, true, nil
}

// sample is how many candidates an estimate looks at.
const sample = 500

// estimate counts the candidates and checks some of them.
func (r *run) estimate(ctx context.Context) (int, error) {
	best := r.best()
	if best == nil || best.named {
		all := source{ranges: r.listed()}
		best = &all
	}
	sizes, err := r.Reader.Sizes(ctx, best.ranges, countMost)
	if err != nil {
		return 0, err
	}
	total := 0
	for _, size := range sizes {
		total += size
	}
	postings, err := newStream(r.Reader, best.ranges, true, sample).next(ctx, sample)
	if err != nil || len(postings) == 0 {
		return 0, err
	}
	matches, err := r.check(ctx, rids(postings))
	return int(math.Round(float64(total) * float64(len(matches)) / float64(len(postings)))), err
}
