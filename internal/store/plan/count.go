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

// Count is how many resources a query finds, as far as the limits: exactly, or estimated from a sample when more is
// looked at than most.
//
// The error is Unprocessable (too-costly) for more than [Limits.Counted] that have to be looked at one by one, or for more than
// [Limits.Candidates] among which they would have to be found; in the same words, so that under [Planner.Sees] a refusal tells of
// what may not be found no more than that it is as much.
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
		return 0, r.uncounted(err)
	}
	if estimate {
		return r.estimate(ctx)
	}
	n, most := 0, r.Limits.Counted
	err := r.each(ctx, func(Match) bool { n++; return most == 0 || n <= most })
	if err == nil && most > 0 && n > most {
		err = r.costly()
	}
	return n, r.uncounted(err)
}

// uncounted is the refusal of a count for any of the limits.
func (r *run) uncounted(err error) error {
	if r.Limits.Counted == 0 || fault.From(err).IssueType() != "too-costly" {
		return err
	}
	return fault.New(fault.Unprocessable, "To count this, more than %d resources of type %s would have to be looked at one by one, or searched for among more than %d.%s",
		r.Limits.Counted, r.Type, r.Limits.Candidates, r.advice()).WithIssue("too-costly")
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
	if err != nil {
		return 0, false, err
	}
	n := counts[0]
	if systems && (counts[1] != counts[2] || r.Limits.Counted > 0 && n > r.Limits.Counted) { // whether others have the code in another system is not to be told
		return 0, false, nil
	}
	if hides == nil || n == 0 {
		return n, true, nil
	}
	labeled, ok := r.Table.Access(hides)
	if !ok {
		return 0, false, nil
	}
	return r.less(ctx, n, r.ranges(a.Spans), r.ranges(labeled.Spans))
}

// less counts what may be found of the n lines of a list by looking at what may be hidden, or at all of them, whichever is less. It is
// false if both are over the limits.
func (r *run) less(ctx context.Context, n int, list, labeled []store.Range) (int, bool, error) {
	most := min(n, r.Limits.Candidates)
	lines, whole, err := r.read(ctx, &source{ranges: labeled}, most+1)
	if err != nil {
		return 0, false, err
	}
	found, per := n, -1
	if !whole || len(lines) > most {
		if n > r.Limits.Candidates {
			return 0, false, nil
		}
		if lines, _, err = r.read(ctx, &source{ranges: list}, n+1); err != nil {
			return 0, false, err
		}
		found, per = 0, 1
	}
	for some := range slices.Chunk(rids(lines), chunkMost/2) {
		versions, err := r.Reader.Bodies(ctx, some)
		if err == nil {
			err = givenUp(ctx)
		}
		if err != nil {
			return 0, false, err
		}
		for _, v := range versions {
			res, err := fhir.ParseResource(v.Body.Bytes)
			if err != nil {
				return 0, false, fault.Wrap(err, "reading a stored resource")
			}
			is := v.Live() && !slices.ContainsFunc(r.All, func(c *search.Criterion) bool { return !c.Matches(res, v.Updated) })
			if is && r.sees(res, v, false) == (per > 0) {
				found += per
			}
		}
	}
	return found, true, nil
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
