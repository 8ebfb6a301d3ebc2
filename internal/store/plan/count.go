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
	r := p.counting(q)
	if l := r.lines(); l != nil {
		sizes, err := r.Reader.Sizes(ctx, l.ranges, countMost)
		if err != nil {
			return 0, err
		}
		if n, ok, err := l.tell(ctx, sizes); ok || err != nil {
			return n, err
		}
	}
	return r.looked(ctx, estimate)
}

// Asked is a query with the planner that answers it.
type Asked struct {
	*Planner
	Query
}

// Counts is what [Planner.Count] tells of each of some queries, exactly. What the lines of the index tell is counted in one look at a
// reader of the same record, as of one moment.
func Counts(ctx context.Context, by store.Reader, all []Asked) ([]int, error) {
	runs, told := make([]*run, len(all)), make([]*lines, len(all))
	var ranges []store.Range
	for i, one := range all {
		runs[i] = one.counting(one.Query)
		if told[i] = runs[i].lines(); told[i] != nil {
			ranges = append(ranges, told[i].ranges...)
		}
	}
	var sizes []int
	if len(ranges) > 0 {
		var err error
		if sizes, err = by.Sizes(ctx, ranges, countMost); err != nil {
			return nil, err
		}
	}
	counts := make([]int, len(all))
	for i, r := range runs {
		ok, err := false, error(nil)
		if l := told[i]; l != nil {
			counts[i], ok, err = l.tell(ctx, sizes[:len(l.ranges)])
			sizes = sizes[len(l.ranges):]
		}
		if !ok && err == nil {
			counts[i], err = r.looked(ctx, false)
		}
		if err != nil {
			return nil, err
		}
	}
	return counts, nil
}

// counting is the run of a count, with the sources that make no inner searches.
func (p *Planner) counting(q Query) *run {
	r := &run{Planner: p, Query: q}
	for _, c := range r.All {
		r.plain(c)
	}
	return r
}

// looked counts by looking at candidates.
func (r *run) looked(ctx context.Context, estimate bool) (int, error) {
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

// lines are ranges of the index, of which how many lines they have tells a count. tell is false where they do not after all.
type lines struct {
	ranges []store.Range
	tell   func(ctx context.Context, sizes []int) (n int, ok bool, err error)
}

// lines are those where nobody stands who does not match, and nobody twice; nil if there are none.
func (r *run) lines() *lines {
	var ranges []store.Range
	switch {
	case r.Sees != nil:
		return r.lessHidden()
	case len(r.All) == 0:
		ranges = r.ranges(r.Table.All(r.Type).Spans)
	case len(r.All) == 1 && len(r.sources) == 1 && r.sources[0].exact && r.sources[0].listed && len(r.sources[0].ranges) <= 2:
		ranges = r.sources[0].ranges
	default:
		return nil
	}
	return &lines{ranges, func(_ context.Context, sizes []int) (int, bool, error) { return sum(sizes), true, nil }}
}

func sum(sizes []int) (n int) {
	for _, size := range sizes {
		n += size
	}
	return n
}

// lessHidden are the lines of a list in which everybody stands who meets the criteria: less those that may not be found they tell the
// count.
func (r *run) lessHidden() *lines {
	if r.Unless == nil || len(r.All) != 2 {
		return nil
	}
	code := r.All[1]
	a, ok := r.Table.Compound(r.All[0], code)
	if !ok || !a.Exact {
		code = r.All[0]
		a, ok = r.Table.Compound(r.All[1], code)
	}
	hides, known := r.Unless(r.Type)
	if !ok || !a.Exact || !known {
		return nil
	}
	list := r.ranges(a.Spans)
	bare, asked, systems := r.Table.Bare(code)
	every := slices.Concat(list, r.ranges(bare.Spans), r.ranges(asked.Spans))
	return &lines{every, func(ctx context.Context, sizes []int) (int, bool, error) {
		n, rest := sum(sizes[:len(list)]), sizes[len(list):]
		others := sum(rest[:len(bare.Spans)]) != sum(rest[len(bare.Spans):])
		if systems && (others || r.Limits.Counted > 0 && n > r.Limits.Counted) { // whether others have the code in another system is not to be told
			return 0, false, nil
		}
		if hides == nil || n == 0 {
			return n, true, nil
		}
		labeled, ok := r.Table.Access(hides)
		if !ok {
			return 0, false, nil
		}
		return r.less(ctx, n, list, r.ranges(labeled.Spans))
	}}
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
	total := sum(sizes)
	postings, err := newStream(r.Reader, best.ranges, true, sample).next(ctx, sample)
	if err != nil || len(postings) == 0 {
		return 0, err
	}
	matches, err := r.check(ctx, rids(postings))
	return int(math.Round(float64(total) * float64(len(matches)) / float64(len(postings)))), err
}
