package plan

import (
	"context"
	"slices"

	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/store"
)

// sieve holds the resources of a second, shorter source: only of these need the bodies be read on the way through a list.
type sieve struct {
	rids  map[int64]bool
	lines int // of the list that may be gone through, before it is better to read and sort the few
}

const (
	sieveMost   = 2000 // resources in a sieve
	sieveWorth  = 10   // lines of the index that cost about as much as one body
	soughtFirst = 64   // candidates of which it is asked first whether they meet a _has
	wasteMost   = 100  // bodies that may be read in vain before a sieve is better
)

// wasteful tells whether, at the rate at which candidates have matched so far, many more would be read in vain until the
// page is full.
func (r *run) wasteful(found int) bool {
	if r.seen == 0 || found > r.Most {
		return false
	}
	return (r.Most+1-found)*(r.seen-found) > wasteMost*max(found, 1)
}

// sift makes a sieve of the shortest source beside the one that is followed, if it is short enough; nil if not. Of very few
// candidates none need be followed: then the error is errNoOrder.
func (r *run) sift(ctx context.Context, followed []store.Range) (*sieve, error) {
	var others []*source
	for i := range r.sources {
		if s := &r.sources[i]; !s.named && !slices.Equal(s.ranges, followed) {
			others = append(others, s)
		}
	}
	if len(others) == 0 {
		return nil, nil
	}
	best := others[0]
	if len(others) > 1 {
		for _, s := range others {
			if err := r.measure(ctx, s, sieveMost+1); err != nil {
				return nil, err
			}
			if s.size < best.size {
				best = s
			}
		}
	}
	ranges := slices.Clone(best.ranges)
	for i := range ranges {
		ranges[i].Most = sieveMost + 1
	}
	found, err := r.Reader.Seek(ctx, ranges)
	if err != nil {
		return nil, err
	}
	lines := slices.Concat(found...)
	if len(lines) > sieveMost {
		return nil, nil
	}
	if len(lines) < probe {
		best.lines = append([]store.Posting{}, lines...)
		return nil, errNoOrder
	}
	out := &sieve{rids: make(map[int64]bool, len(lines))}
	for _, p := range lines {
		out.rids[p.Rid] = true
	}
	out.lines = sieveWorth * max(len(out.rids), probe)
	return out, nil
}

// measure counts the candidates of a source on as far as most, if they have not been counted to their end.
func (r *run) measure(ctx context.Context, s *source, most int) error {
	if s.size < probe {
		return nil
	}
	sizes, err := r.Reader.Sizes(ctx, s.ranges, most)
	s.size = 0
	for _, n := range sizes {
		s.size += n
	}
	return err
}

// pass keeps what the sieve lets through; all, if there is none.
func (s *sieve) pass(postings []store.Posting) []store.Posting {
	if s == nil {
		return postings
	}
	s.lines -= len(postings)
	return slices.DeleteFunc(postings, func(p store.Posting) bool { return !s.rids[p.Rid] })
}

// spent tells whether it has been gone through more of the list than is worth it.
func (s *sieve) spent() bool { return s != nil && s.lines < 0 }

// soughtBy are the criteria of which names or the index tell, without bodies, that a candidate does not meet them.
func (r *run) soughtBy() (list []*search.Criterion) {
	for _, c := range r.All {
		if c.Has == nil {
			continue
		}
		_, proved := r.proved[c]
		_, kept := r.Table.Compound(search.Refers(c.Has.Type, c.Has.Param, fhir.Ref{Type: r.Type, ID: "x"}), c.Has.Criterion)
		if proved || kept {
			list = append(list, c)
		}
	}
	return list
}

// sought leaves out candidates to which no resource refers as a _has asks.
func (r *run) sought(ctx context.Context, by []*search.Criterion, postings []store.Posting) ([]store.Posting, error) {
	for _, c := range by {
		if len(postings) == 0 {
			break
		}
		numbers := make([]int64, len(postings))
		for i, p := range postings {
			numbers[i] = p.Rid
		}
		refs, err := r.Reader.Names(ctx, numbers)
		if err != nil {
			return nil, err
		}
		is := make([]bool, len(refs))
		if set, proved := r.proved[c]; proved {
			for i, ref := range refs {
				is[i] = set[ref]
			}
		} else if is, err = r.referred(ctx, c.Has, refs); err != nil {
			return nil, err
		}
		n := 0
		for i, p := range postings {
			if is[i] {
				postings[n] = p
				n++
			}
		}
		postings = postings[:n]
	}
	return postings, nil
}

// referred tells of each name whether the index has a resource that refers to it as a _has asks.
func (r *run) referred(ctx context.Context, h *search.Has, refs []fhir.Ref) ([]bool, error) {
	var keys []store.Key
	var of []int
	for i, ref := range refs {
		for _, key := range r.referrers(h, ref) {
			keys, of = append(keys, key), append(of, i)
		}
	}
	held, err := r.Reader.Held(ctx, keys)
	is := make([]bool, len(refs))
	for i, yes := range held {
		is[of[i]] = is[of[i]] || yes
	}
	return is, err
}
