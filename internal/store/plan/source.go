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
	dated  bool // all that is of the time that criteria on the clinical date ask for
	exact  bool // whoever stands there meets the criterion
	of     *search.Criterion
	size   int             // at most so many candidates
	lines  []store.Posting // all of the ranges, if they have been read
}

// textEnd stands behind every text that begins alike.
const textEnd = "\U0010ffff"

// ranges are spans as the store reads them.
func (p *Planner) ranges(spans []search.Span) []store.Range {
	out := make([]store.Range, len(spans))
	for i, s := range spans {
		r := &out[i]
		r.Key, r.Texts = p.Hasher.Key(s.Term), s.Text
		r.From, r.To = store.Posting{Order: s.From, Rid: -1}, store.Posting{Order: s.To, Rid: math.MaxInt64}
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

// probe is how far sizes are counted at first; fewer candidates than that are read and sorted without more ado.
const probe = 200

// fewMost is how many lines of a single source are read at once.
const fewMost = 50

// survey finds the sources of criteria and counts them, each as far as most. Inner searches are made only if no other
// source is small.
func (r *run) survey(ctx context.Context, most int) error {
	r.most = most
	for _, c := range r.All {
		r.plain(c)
	}
	r.compounds()
	if err := r.selves(ctx); err != nil {
		return err
	}
	if len(r.sources) > 1 { // the list of all of a time is the longest, but for a time alone
		r.sources = slices.DeleteFunc(r.sources, func(s source) bool {
			return s.dated && slices.ContainsFunc(r.sources, func(o source) bool { return o.listed && !o.dated })
		})
	}
	r.intersect()
	deep := slices.ContainsFunc(r.All, (*search.Criterion).Deep)
	if !deep && r.settled() {
		return nil
	}
	if len(r.sources) > 0 {
		if err := r.size(ctx, most); err != nil || r.best().size < min(most, probe) {
			return err
		}
	}
	for _, c := range r.All {
		if c.Deep() {
			if err := r.inner(ctx, c, r.Limits.Inner); err != nil {
				return err
			}
		}
	}
	return nil
}

// settled tells whether there is nothing to choose: one source that names resources, or one that has the order asked for
// and none beside it but such as have not.
func (r *run) settled() bool {
	if len(r.sources) == 1 && r.sources[0].named {
		return true
	}
	listed := 0
	for _, s := range r.sources {
		if s.named || slices.ContainsFunc(s.ranges, func(one store.Range) bool { return one.Texts }) { // few may have such a name
			return false
		}
		if s.listed {
			listed++
		}
	}
	return listed == 1 && r.clinical() && r.Most > 0
}

// size counts the candidates of every source as far as most. Of a single one it reads the lines first: if there are few,
// they are all to be looked at.
func (r *run) size(ctx context.Context, most int) error {
	only := &r.sources[0]
	if len(r.sources) > 1 || only.named {
		return r.count(ctx, most)
	}
	lines, whole, err := r.read(ctx, only, min(most, fewMost))
	if err != nil {
		return err
	}
	if !whole {
		return r.count(ctx, most)
	}
	only.size, only.lines, r.counted = len(lines), lines, true
	return nil
}

// read reads so many lines of each range of a source; whole, if these are all. They are not nil, even if there are none.
func (r *run) read(ctx context.Context, s *source, most int) (lines []store.Posting, whole bool, err error) {
	ranges := slices.Clone(s.ranges)
	for i := range ranges {
		ranges[i].Most = most
	}
	found, err := r.Reader.Seek(ctx, ranges)
	whole = !slices.ContainsFunc(found, func(list []store.Posting) bool { return len(list) == most })
	return append([]store.Posting{}, slices.Concat(found...)...), whole, err
}

// plain adds the source of a criterion that is not deep, if there is one.
func (r *run) plain(c *search.Criterion) {
	if refs, is := c.IDs(); is {
		r.sources = append(r.sources, source{named: true, refs: refs, size: len(refs)})
		return
	}
	if updated, is := c.Updated(); is {
		span := store.Range{Changes: r.Type, From: store.Posting{Order: updated[0], Rid: -1}, To: store.Posting{Order: updated[1], Rid: math.MaxInt64}}
		r.sources = append(r.sources, source{ranges: []store.Range{span}, of: c})
		return
	}
	if c.Param != nil && c.Param == r.Table.OrderParameter(r.Type) {
		a := r.Table.All(r.Type)
		if n := r.narrow(a); !slices.Equal(n.Spans, a.Spans) && !slices.ContainsFunc(r.sources, func(s source) bool { return s.dated }) {
			s := r.source(n)
			s.dated, s.exact = true, false
			r.sources = append(r.sources, s)
		}
		return
	}
	if a, ok := r.Table.Access(c); ok {
		s := r.source(r.narrow(a))
		s.exact, s.of = s.exact && len(r.All) == 1, c
		r.sources = append(r.sources, s)
	}
}

// intersect makes one source of those that are about the same values, such as both ends of a time.
func (r *run) intersect() {
	for i := 0; i < len(r.sources); i++ {
		for j := len(r.sources) - 1; j > i; j-- {
			a, b := &r.sources[i], &r.sources[j]
			if a.of == nil || b.of == nil || a.of.Param == nil || a.of.Param != b.of.Param || !a.of.Param.Single() || !cuts(a.ranges, b.ranges) {
				continue
			}
			for k := range a.ranges {
				a.ranges[k].From = later(a.ranges[k].From, b.ranges[k].From)
				a.ranges[k].To = earlier(a.ranges[k].To, b.ranges[k].To)
			}
			a.exact = false
			r.sources = slices.Delete(r.sources, j, j+1)
		}
	}
}

// cuts tells whether ranges are of the same keys, one by one, each key once.
func cuts(a, b []store.Range) bool {
	keys := map[store.Key]bool{}
	for _, r := range a {
		keys[r.Key] = true
	}
	return len(keys) == len(a) && slices.EqualFunc(a, b, func(a, b store.Range) bool {
		return a.Key == b.Key && a.Texts == b.Texts && a.Changes == b.Changes && a.From.Rid == b.From.Rid && a.To.Rid == b.To.Rid
	})
}

func later(a, b store.Posting) store.Posting {
	if comparePlaces(a, b) < 0 {
		return b
	}
	return a
}

func earlier(a, b store.Posting) store.Posting {
	if comparePlaces(a, b) < 0 {
		return a
	}
	return b
}

// selvesMost bounds the resources of a compartment's own type in it.
const selvesMost = 1000

// selves adds the sources of compartments in which their own resource is: it, and what of its type refers to it.
func (r *run) selves(ctx context.Context) error {
	for _, c := range r.All {
		if c.In == nil || !c.In.Self {
			continue
		}
		var keys []store.Key
		for _, ref := range c.In.Refs {
			for _, span := range r.Table.Referring(c.Type, ref).Spans {
				keys = append(keys, r.Hasher.Key(span.Term))
			}
		}
		holders, err := r.Reader.Holders(ctx, keys, selvesMost)
		if err != nil {
			return err
		}
		if len(holders) == selvesMost {
			continue
		}
		s := source{named: true, refs: slices.Clone(c.In.Refs)}
		for _, v := range holders {
			s.refs = append(s.refs, v.Ref)
		}
		s.size = len(s.refs)
		r.sources = append(r.sources, s)
	}
	return nil
}

// narrow cuts lists by the criteria on the clinical date.
func (r *run) narrow(a search.Access) search.Access {
	for _, date := range r.All {
		a = r.Table.Narrow(a, date)
	}
	return a
}

// compounds puts the sources of pairs of criteria that are kept together in the place of those that they make needless: of
// a patient and a code both, of a code and a quantity the quantity, for the code's list has the usual order.
func (r *run) compounds() {
	for _, one := range r.All {
		for _, other := range r.All {
			if a, ok := r.Table.Compound(one, other); ok {
				r.replace(a, one, other)
			} else if a, ok := r.Table.Measured(one, other); ok {
				r.replace(a, other)
			}
		}
	}
}

// replace adds a source in the place of those of some criteria.
func (r *run) replace(a search.Access, of ...*search.Criterion) {
	r.sources = slices.DeleteFunc(r.sources, func(s source) bool { return s.of != nil && slices.Contains(of, s.of) })
	r.sources = append(r.sources, r.source(r.narrow(a)))
}

// count counts the candidates of every source, each as far as most.
func (r *run) count(ctx context.Context, most int) error {
	r.counted = true
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

// best is the source with the fewest candidates; of equals one that is in the order asked for.
func (r *run) best() *source {
	if len(r.sources) == 0 {
		return nil
	}
	clinical := r.clinical()
	best := &r.sources[0]
	for i := range r.sources {
		s := &r.sources[i]
		if s.size < best.size || s.size == best.size && clinical && s.listed && !best.listed {
			best = s
		}
	}
	return best
}
