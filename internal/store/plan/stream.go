package plan

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/store"
)

// stream reads several ranges as one, in their common order.
type stream struct {
	reader store.Reader
	parts  []part
	down   bool
	chunk  int // lines to read of each range at a time
	last   store.Posting
}

// part is one range: what has been read and what is still to come.
type part struct {
	rest  store.Range
	ready []store.Posting
	done  bool
}

const (
	chunkFirst = 8 // lines to read at first, beside those of a page
	chunkMost  = 1024
)

func newStream(reader store.Reader, ranges []store.Range, down bool, first int) *stream {
	s := &stream{reader: reader, down: down, chunk: first, last: store.Posting{Rid: -1}}
	for _, r := range ranges {
		r.Down = down
		s.parts = append(s.parts, part{rest: r})
	}
	return s
}

// skip lets the stream begin behind a place.
func (s *stream) skip(at store.Posting) {
	for i := range s.parts {
		r := &s.parts[i].rest
		if s.down && comparePlaces(at, r.To) < 0 {
			r.To = at
		}
		if !s.down && comparePlaces(at, r.From) > 0 {
			r.From = at
		}
	}
}

func comparePlaces(a, b store.Posting) int {
	return cmp.Or(cmp.Compare(a.Order, b.Order), strings.Compare(a.Text, b.Text), cmp.Compare(a.Rid, b.Rid))
}

// next gives the next lines, at least one unless there are none left. A resource that stands at the same place in several
// ranges comes once.
func (s *stream) next(ctx context.Context, most int) (out []store.Posting, err error) {
	for len(out) < most {
		if err := s.fill(ctx); err != nil {
			return nil, err
		}
		first := s.first()
		if first == nil {
			return out, nil
		}
		p := first.ready[0]
		first.ready = first.ready[1:]
		if p != s.last {
			out = append(out, p)
		}
		s.last = p
	}
	return out, nil
}

// fill reads on in every range of which nothing is left.
func (s *stream) fill(ctx context.Context) error {
	var ask []store.Range
	var of []*part
	for i := range s.parts {
		if p := &s.parts[i]; len(p.ready) == 0 && !p.done {
			p.rest.Most = s.chunk
			ask, of = append(ask, p.rest), append(of, p)
		}
	}
	if len(ask) == 0 {
		return nil
	}
	if err := givenUp(ctx); err != nil {
		return err
	}
	found, err := s.reader.Seek(ctx, ask)
	if err != nil {
		return err
	}
	for i, p := range of {
		p.ready = found[i]
		if p.done = len(p.ready) < s.chunk; !p.done {
			last := p.ready[len(p.ready)-1]
			if s.down {
				p.rest.To = last
			} else {
				p.rest.From = last
			}
		}
	}
	s.chunk = min(2*s.chunk, chunkMost)
	return nil
}

// givenUp ends a search that nobody waits for any more.
func givenUp(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}
	return fault.New(fault.Unavailable, "The search was given up.").Because(ctx.Err())
}

// first is the part with the next line, nil if there is none.
func (s *stream) first() (first *part) {
	for i := range s.parts {
		p := &s.parts[i]
		if len(p.ready) == 0 {
			continue
		}
		if first == nil || (comparePlaces(p.ready[0], first.ready[0]) < 0) != s.down && p.ready[0] != first.ready[0] {
			first = p
		}
	}
	return first
}

// rids are the numbers of resources, each once.
func rids(postings []store.Posting) []int64 {
	out := make([]int64, len(postings))
	for i, p := range postings {
		out[i] = p.Rid
	}
	slices.Sort(out)
	return slices.Compact(out)
}
