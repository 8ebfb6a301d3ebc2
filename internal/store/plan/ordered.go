package plan

import (
	"context"
	"errors"
	"math"
	"slices"

	"yitong/internal/fhir/search"
	"yitong/internal/store"
)

// errNoOrder says that the index does not have the order, or that following it would be long.
var errNoOrder = errors.New("no index has the order")

// patience is how many candidates are looked at in the index's order before it is asked whether others would be fewer.
const patience = 2000

// clinical tells whether the order is that of lists: by the clinical date, or of creation.
func (r *run) clinical() bool {
	if len(r.Sort) == 0 {
		return r.Table.OrderParameter(r.Type) == nil
	}
	return len(r.Sort) == 1 && r.Sort[0].Param == r.Table.OrderParameter(r.Type)
}

// segment is a stretch of the order: resources with a value, or those without.
type segment struct {
	ranges []store.Range
	none   bool // those without a value
	both   bool // both
	lists  bool // the ranges are lists, not ordered by the value
}

// ordered reads candidates in the order of the query until the page is full, as many as the budget allows.
func (r *run) ordered(ctx context.Context, budget int) ([]Match, bool, error) {
	segments := r.segments()
	if segments == nil {
		return nil, false, errNoOrder
	}
	if r.Back {
		slices.Reverse(segments)
	}
	var err error
	r.sieve, r.sifted, r.passed = nil, budget == r.Limits.Candidates, 0
	var found []Match
	for _, s := range segments {
		if !s.both && r.Behind != nil && r.Behind.Keys[0].Has == s.none && s.none == r.Back {
			continue // it ends before the part that is asked for
		}
		if none, err := r.nobody(ctx, s); err != nil {
			return nil, false, err
		} else if none {
			continue
		}
		before := found
		if found, err = r.follow(ctx, s, budget, found); err != nil {
			if s.none && !r.Back {
				r.valued = before
			}
			return nil, false, err
		}
		if len(found) > r.Most {
			return found[:r.Most], true, nil
		}
	}
	return found, false, nil
}

// segments are the stretches to be read, none if the index does not have the order or few candidates are known.
func (r *run) segments() []segment {
	best := r.best()
	switch {
	case len(r.Sort) > 1 || best != nil && best.named || len(r.Sort) == 0 && !r.clinical():
		return nil
	case r.clinical() && best != nil && best.listed:
		return r.lists(best.ranges)
	case best != nil && best.size < probe && !(r.clinical() && best.size > r.Most+fewMost && slices.ContainsFunc(r.sources, func(s source) bool { return s.listed })):
		return nil
	case r.clinical():
		return r.lists(r.listed())
	}
	sort := r.Sort[0].Param
	if sort.Name == "_lastUpdated" {
		return []segment{{ranges: []store.Range{r.changes()}, both: true}}
	}
	a, ok := r.Table.Sorted(r.Type, sort)
	if !ok {
		return nil
	}
	return []segment{{ranges: r.within(sort, r.ranges(a.Spans))}, {ranges: r.ranges(r.Table.All(r.Type).Spans), none: true, lists: true}}
}

// within cuts the ranges of an order to those of a criterion on the same parameter, if there is one.
func (r *run) within(sort *search.Parameter, ranges []store.Range) []store.Range {
	if !sort.Single() {
		return ranges
	}
	for _, s := range r.sources {
		if s.of == nil || s.of.Param != sort || s.listed || s.named {
			continue
		}
		same := !slices.ContainsFunc(s.ranges, func(part store.Range) bool {
			return !slices.ContainsFunc(ranges, func(whole store.Range) bool { return whole.Key == part.Key })
		})
		if same {
			return s.ranges
		}
	}
	return ranges
}

// changes are all resources of the type by when they changed, as far as a criterion asks for.
func (r *run) changes() store.Range {
	for _, s := range r.sources {
		if len(s.ranges) == 1 && s.ranges[0].Changes != 0 {
			return s.ranges[0]
		}
	}
	return store.Range{Changes: r.Type, From: store.Posting{Order: math.MinInt64}, To: store.Posting{Order: math.MaxInt64}}
}

// listed is the shortest list, or that of all resources of the type.
func (r *run) listed() []store.Range {
	var best *source
	for i := range r.sources {
		if s := &r.sources[i]; s.listed && !s.named && (best == nil || s.size < best.size) {
			best = s
		}
	}
	if best != nil {
		return best.ranges
	}
	return r.ranges(r.narrow(r.Table.All(r.Type)).Spans)
}

// lists are the segments of lists. In ascending order those without a date, which stand first, come last.
func (r *run) lists(ranges []store.Range) []segment {
	if len(r.Sort) == 0 || r.Sort[0].Down {
		return []segment{{ranges: ranges, both: true, lists: true}}
	}
	dated, undated := slices.Clone(ranges), slices.Clone(ranges)
	for i := range ranges {
		if dated[i].From.Order == math.MinInt64 {
			dated[i].From.Order++
		}
		undated[i].To = store.Posting{Order: math.MinInt64, Rid: math.MaxInt64}
	}
	return []segment{{ranges: dated, lists: true}, {ranges: undated, none: true, lists: true}}
}

// nobody tells whether a segment of those without a value is known to be empty: because each resource of the type stands
// once among those with one.
func (r *run) nobody(ctx context.Context, s segment) (bool, error) {
	if !s.none || r.clinical() || !r.Sort[0].Param.Single() {
		return false, nil
	}
	a, _ := r.Table.Sorted(r.Type, r.Sort[0].Param)
	with, all := r.ranges(a.Spans), r.ranges(r.Table.All(r.Type).Spans)
	sizes, err := r.Reader.Sizes(ctx, slices.Concat(with, all), countMost)
	if err != nil {
		return false, err
	}
	left := 0
	for i, size := range sizes {
		if i < len(with) {
			size = -size
		}
		left += size
	}
	return left == 0, nil
}

// follow reads a segment until the page is full, and looks whether there is one more.
func (r *run) follow(ctx context.Context, s segment, budget int, found []Match) ([]Match, error) {
	if s.none && !r.clinical() && r.Table.OrderParameter(r.Type) != nil {
		return nil, errNoOrder // they stand by their clinical date, but should come by their creation
	}
	by, err := r.seekers(ctx)
	if err != nil {
		return nil, err
	}
	first := r.Most + chunkFirst
	if by != nil {
		first = r.Most + 2*soughtFirst
	}
	st := newStream(r.Reader, s.ranges, r.down(), min(first, chunkMost))
	if at, in := r.place(s); in {
		st.skip(at)
	}
	for len(found) <= r.Most {
		postings, err := r.next(ctx, st, by, budget, len(found))
		if err != nil {
			return nil, err
		}
		if len(postings) == 0 {
			return found, nil
		}
		for len(postings) > 0 && len(found) <= r.Most {
			n := min(len(postings), r.portion(len(found), r.sieve != nil || by != nil))
			if found, err = r.take(ctx, s, postings[:n], found); err != nil {
				return nil, err
			}
			postings = postings[n:]
		}
		if waste := r.waste(len(found)); !r.sifted && waste > wasteMost {
			r.sifted = true
			if r.sieve, err = r.sift(ctx, s.ranges, min(sieveWorth*waste, sieveMost)); err != nil {
				return nil, err
			}
		}
	}
	return found, nil
}

// next gives candidates to be checked, none at the end. Where most are left out without their bodies it reads on until
// those that are left fill the page.
func (r *run) next(ctx context.Context, st *stream, by []seeker, budget, found int) (left []store.Posting, err error) {
	for {
		postings, err := st.next(ctx, r.batch(found+len(left), by != nil))
		if err != nil || len(postings) == 0 {
			return left, err
		}
		postings = r.sieve.pass(postings)
		r.passed += len(postings)
		if r.seen += len(postings); r.seen > budget || r.sieve.spent() {
			if budget < r.Limits.Candidates {
				return nil, errNoOrder
			}
			return nil, r.costly()
		}
		if postings, err = r.sought(ctx, by, postings); err != nil {
			return nil, err
		}
		left = append(left, postings...)
		if r.sieve == nil && by == nil || len(left) > r.Most-found {
			return left, nil
		}
	}
}

// take checks candidates and adds those that match.
func (r *run) take(ctx context.Context, s segment, postings []store.Posting, found []Match) ([]Match, error) {
	matches, err := r.check(ctx, rids(postings))
	if err != nil {
		return nil, err
	}
	before := len(found)
	found = r.inOrder(s, postings, matches, found)
	for _, m := range found[before:] {
		r.bytes += len(m.Body.Bytes)
	}
	if r.bytes > bytesMost && len(found) > 1 {
		r.Most = min(r.Most, len(found)-1) // the rest is for the next page
	}
	return found, nil
}

// bytesMost is about how many bytes of bodies one page has, if it has several.
const bytesMost = 32 << 20

// batch is how many candidates to look at at a time: as many as will fill the page at the rate at which they have matched.
func (r *run) batch(found int, sought bool) int {
	switch {
	case r.sieve != nil:
		return 256
	case r.passed == 0 && sought: // most are left out without their bodies
		return soughtFirst
	case r.passed == 0:
		return min(r.Most+1, 64)
	case found == 0:
		return min(2*r.passed, 512)
	}
	return min(max((r.Most+1-found)*r.passed*5/4/found, 8), 512)
}

// portion is how many bodies to read at a time: not many more than the page needs where most will match, and few of big
// ones.
func (r *run) portion(found int, likely bool) int {
	n := 512
	if likely {
		n = min(n, r.Most+1-found+r.Most/8)
	}
	switch {
	case found == 0:
		return min(n, 64)
	case r.bytes/found > bytesMost/256:
		return min(n, 8)
	}
	return n
}

// inOrder adds matches in the order of their postings. A resource that stands in several places counts only where its
// place is that of its sort key.
func (r *run) inOrder(s segment, postings []store.Posting, matches []Match, found []Match) []Match {
	byRid := make(map[int64]*Match, len(matches))
	for i := range matches {
		byRid[matches[i].Rid] = &matches[i]
	}
	for _, p := range postings {
		m := byRid[p.Rid]
		if m == nil || !r.behind(m.At) {
			continue
		}
		if len(m.At.Keys) > 0 {
			k := m.At.Keys[0]
			if !s.both && k.Has == s.none || k.Has && (k.Order != p.Order || k.Text != p.Text) {
				continue
			}
		}
		found = append(found, *m)
		delete(byRid, p.Rid)
	}
	return found
}

// place is where the part that is asked for begins in a segment, false if the whole of it belongs to the part.
func (r *run) place(s segment) (store.Posting, bool) {
	if r.Behind == nil {
		return store.Posting{}, false
	}
	at := store.Posting{Rid: r.Behind.Rid}
	if len(r.Sort) == 0 {
		return at, true
	}
	k := r.Behind.Keys[0]
	at.Order, at.Text = k.Order, k.Text
	if !k.Has {
		at.Order, at.Text = math.MinInt64, ""
		if s.lists && !r.clinical() {
			at.Order = 0
		}
	}
	if !s.both && k.Has == s.none {
		return at, false
	}
	return at, true
}
