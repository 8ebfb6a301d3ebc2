package plan

import (
	"context"
	"slices"

	"yitong/internal/store"
)

// sieve holds the resources of a second, shorter source: only of these need the bodies be read on the way through a list.
type sieve struct {
	rids  map[int64]bool
	lines int // of the list that may be gone through, before it is better to read and sort the few
}

const (
	sieveMost  = 2000 // resources in a sieve
	sieveWorth = 10   // lines of the index that cost about as much as one body
)

// sift makes a sieve of the shortest source beside the one that is followed, if it is short enough; nil if not.
func (r *run) sift(ctx context.Context, segments []segment) (*sieve, error) {
	best := (*source)(nil)
	for i := range r.sources {
		s := &r.sources[i]
		if s.named || slices.Equal(s.ranges, segments[0].ranges) {
			continue
		}
		if s.size >= probe {
			sizes, err := r.Reader.Sizes(ctx, s.ranges, sieveMost+1)
			if err != nil {
				return nil, err
			}
			s.size = 0
			for _, n := range sizes {
				s.size += n
			}
		}
		if s.size <= sieveMost && (best == nil || s.size < best.size) {
			best = s
		}
	}
	if best == nil {
		return nil, nil
	}
	ranges := slices.Clone(best.ranges)
	for i := range ranges {
		ranges[i].Most = sieveMost + 1
	}
	found, err := r.Reader.Seek(ctx, ranges)
	if err != nil {
		return nil, err
	}
	out := &sieve{rids: make(map[int64]bool, best.size), lines: sieveWorth * max(best.size, probe)}
	for _, list := range found {
		for _, p := range list {
			out.rids[p.Rid] = true
		}
	}
	return out, nil
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
