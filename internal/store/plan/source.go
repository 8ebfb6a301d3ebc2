package plan

import (
	"context"
	"math"
	"slices"

	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/store"
)

// source is where the candidates of a criterion stand: in ranges of the index, or under names.
type source struct {
	ranges []store.Range
	refs   []fhir.Ref
	named  bool // refs, however few, instead of ranges
	listed bool // the ranges are in the order of the type's clinical date, or of creation
	exact  bool // whoever stands there meets the criterion
	size   int  // at most so many candidates
}

// textEnd stands behind every text that begins alike.
const textEnd = "\U0010ffff"

// ranges are spans as the store reads them.
func (p *Planner) ranges(spans []search.Span) []store.Range {
	out := make([]store.Range, len(spans))
	for i, s := range spans {
		r := &out[i]
		r.Key, r.Texts = p.Hasher.Key(s.Term), s.Text
		r.From, r.To = store.Place{Order: s.From, Rid: -1}, store.Place{Order: s.To, Rid: math.MaxInt64}
		if s.Text {
			r.Key = p.Hasher.Key(search.Term{Definition: s.Definition, Form: s.Form})
			r.From.Text, r.To.Text = s.Value, s.Value+textEnd
		}
	}
	return out
}

func (p *Planner) source(a search.Access) source {
	return source{ranges: p.ranges(a.Spans), listed: a.Listed(), exact: a.Exact}
}

// Sizes are counted as far as the first of these, then as far as a search may go.
const probe = 200

// survey finds the sources of criteria and counts them, until one is small. Inner searches are made only if none is.
func (r *run) survey(ctx context.Context) error {
	for _, c := range r.All {
		r.plain(c)
	}
	r.compounds()
	if len(r.sources) == 1 && (r.sources[0].named || r.sources[0].listed && r.clinical() && r.Most > 0) {
		return nil // there is nothing to choose
	}
	if len(r.sources) > 0 {
		if err := r.count(ctx, probe); err != nil || r.best().size < probe {
			return err
		}
	}
	before := len(r.sources)
	for _, c := range r.All {
		if c.Deep() {
			if err := r.inner(ctx, c); err != nil {
				return err
			}
		}
	}
	if len(r.sources) == 0 || len(r.sources) > before && r.best().size < probe {
		return nil
	}
	return r.count(ctx, r.Limits.Candidates+1)
}

// plain adds the source of a criterion that is not deep, if there is one.
func (r *run) plain(c *search.Criterion) {
	if refs, is := c.IDs(); is {
		r.sources = append(r.sources, source{named: true, refs: refs, size: len(refs)})
		return
	}
	if updated, is := c.Updated(); is {
		span := store.Range{Changes: r.Type, From: store.Place{Order: updated[0], Rid: -1}, To: store.Place{Order: updated[1], Rid: math.MaxInt64}}
		r.sources = append(r.sources, source{ranges: []store.Range{span}})
		return
	}
	if a, ok := r.Table.Access(c); ok {
		s := r.source(r.narrow(a))
		s.exact = s.exact && len(r.All) == 1
		r.sources = append(r.sources, s)
	}
}

// narrow cuts lists by the criteria on the clinical date.
func (r *run) narrow(a search.Access) search.Access {
	for _, date := range r.All {
		a = r.Table.Narrow(a, date)
	}
	return a
}

// compounds adds the sources of pairs of criteria that are kept together.
func (r *run) compounds() {
	for _, who := range r.All {
		for _, what := range r.All {
			if a, ok := r.Table.Compound(who, what); ok {
				r.sources = append(r.sources, r.source(r.narrow(a)))
			}
		}
	}
}

// count counts the candidates of every source, each as far as most.
func (r *run) count(ctx context.Context, most int) error {
	var all []store.Range
	for _, s := range r.sources {
		all = append(all, s.ranges...)
	}
	sizes, err := r.Reader.Sizes(ctx, all, most)
	if err != nil {
		return err
	}
	for i := range r.sources {
		s := &r.sources[i]
		if s.named {
			continue
		}
		s.size = 0
		for range s.ranges {
			s.size += sizes[0]
			sizes = sizes[1:]
		}
	}
	return nil
}

// best is the source with the fewest candidates; of equals a listed one.
func (r *run) best() *source {
	if len(r.sources) == 0 {
		return nil
	}
	best := slices.MinFunc(r.sources, func(a, b source) int {
		if a.size != b.size {
			return a.size - b.size
		}
		return len(a.ranges) - len(b.ranges)
	})
	return &best
}
