package plan

import (
	"context"
	"slices"

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
