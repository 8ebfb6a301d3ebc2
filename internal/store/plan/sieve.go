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
	sieveMost   = 12_000 // resources in a sieve
	sieveWorth  = 25     // lines of the index that cost about as much as one body
	soughtFirst = 64     // candidates of which it is asked first whether they meet a _has
	wasteMost   = 50     // bodies that may be read in vain before a sieve is better
)

// waste is how many more candidates would be read in vain until the page is full, at the rate at which they have matched.
func (r *run) waste(found int) int {
	return max(r.Most+1-found, 0) * (r.passed - found) / max(found, 1)
}

// sameList tells whether two ranges are of one list, perhaps of different parts of it.
func sameList(a, b store.Range) bool {
	return a.Key == b.Key && a.Texts == b.Texts && a.Changes == b.Changes
}

// sift makes a sieve of the shortest source beside the one that is followed, if it has at most so many candidates; nil if
// not. Of very few candidates none need be followed: then the error is errNoOrder.
func (r *run) sift(ctx context.Context, followed []store.Range, most int) (*sieve, error) {
	var others []*source
	for i := range r.sources {
		if s := &r.sources[i]; !s.named && !slices.EqualFunc(s.ranges, followed, sameList) {
			others = append(others, s)
		}
	}
	if len(others) == 0 {
		return nil, nil
	}
	best := others[0]
	for _, s := range others {
		if err := r.measure(ctx, s, most+1); err != nil {
			return nil, err
		}
		if s.size < best.size {
			best = s
		}
	}
	if best.size > most {
		return nil, nil
	}
	lines, whole, err := r.read(ctx, best, most+1)
	if err != nil || !whole || len(lines) > most {
		return nil, err
	}
	if len(lines) < probe {
		best.lines = lines
		return nil, errNoOrder
	}
	out := &sieve{rids: make(map[int64]bool, len(lines))}
	for _, p := range lines {
		out.rids[p.Rid] = true
	}
	out.lines = 10 * len(lines)
	return out, nil
}

// measure counts the candidates of a source on as far as most, if they have not been counted to their end.
func (r *run) measure(ctx context.Context, s *source, most int) error {
	if r.counted && s.size < probe {
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

// seeker is a criterion of which names or the index tell, without bodies, that a candidate does not meet it.
type seeker struct {
	*search.Criterion
	short bool // nothing that meets it covers a long time, so that half of the keys need not be asked for
}

// seekers are those among the criteria.
func (r *run) seekers(ctx context.Context) (list []seeker, err error) {
	for _, c := range r.All {
		if c.Has == nil {
			continue
		}
		_, proved := r.proved[c]
		_, kept := r.Table.Compound(search.Refers(c.Has.Type, c.Has.Param, fhir.Ref{Type: r.Type, ID: "x"}), c.Has.Criterion)
		if !proved && !kept {
			continue
		}
		s := seeker{Criterion: c}
		if a, ok := r.Table.Access(c.Has.Criterion); ok && !proved {
			var long []store.Key
			for _, span := range a.Spans {
				if span.Long {
					long = append(long, r.Hasher.Key(span.Term))
				}
			}
			held, err := r.Reader.Held(ctx, long)
			if err != nil {
				return nil, err
			}
			// A resource stands among the long ones under all its keys, or under none.
			s.short = 2*len(long) == len(a.Spans) && !slices.Contains(held, true)
		}
		list = append(list, s)
	}
	return list, nil
}

// sought leaves out candidates to which no resource refers as a _has asks.
func (r *run) sought(ctx context.Context, by []seeker, postings []store.Posting) ([]store.Posting, error) {
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
		if set, proved := r.proved[c.Criterion]; proved {
			for i, ref := range refs {
				is[i] = set[ref]
			}
		} else if is, err = r.referred(ctx, c, refs); err != nil {
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
func (r *run) referred(ctx context.Context, c seeker, refs []fhir.Ref) ([]bool, error) {
	var keys []store.Key
	var of []int
	for i, ref := range refs {
		for _, key := range r.referrers(c.Has, ref, c.short) {
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
