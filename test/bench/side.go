package bench

import (
	"fmt"
	"net/http"
)

// side is one of two that do the same work on one record: somebody who may do everything, or whose view is limited.
type side struct {
	conns   []*client
	views   []*sight // of each worker
	turn    []int    // how many each worker has had
	walks   []map[string]*walk
	writers []*record
	limited bool
	share   float64         // of what a turn usually has
	spent   map[string]load // by kind of request
}

func newSide(workers int, doors []door, views []*sight, limited bool, share float64) (*side, error) {
	s := &side{turn: make([]int, workers), limited: limited, share: share, spent: map[string]load{}}
	for w := range workers {
		c, err := dial(doors[w%len(doors)].addr)
		if err != nil {
			return nil, err
		}
		s.conns = append(s.conns, c)
		s.views = append(s.views, views[w%len(views)])
		s.walks = append(s.walks, map[string]*walk{})
		s.writers = append(s.writers, &record{})
	}
	return s, nil
}

// many is how many requests a worker makes in a turn that usually has so many.
func (s *side) many(usually int) int { return max(1, int(s.share*float64(usually))) }

func (s *side) close() {
	for _, c := range s.conns {
		_ = c.conn.Close()
	}
}

// add takes up a turn.
func (s *side) add(kind string, l load) {
	sum := s.spent[kind]
	sum.took += l.took
	sum.units += l.units
	s.spent[kind] = sum
}

// all is what all kinds of requests took together.
func (s *side) all() (sum load) {
	for _, l := range s.spent {
		sum.took += l.took
		sum.units += l.units
	}
	return sum
}

// read reads resources by their ids.
func (s *side) read(w int) (int, error) {
	n := s.many(gateReads)
	for range n {
		s.turn[w]++
		path := s.views[w].path(w*gateReads/3 + s.turn[w])
		status, _, answer, err := s.conns[w].do(http.MethodGet, path, nil, "")
		if err == nil && status != http.StatusOK {
			err = fmt.Errorf("%s was answered with %d: %.500s", path, status, answer)
		}
		if err != nil {
			return 0, err
		}
	}
	return n, nil
}

// search makes searches of one kind; who has several pages to read goes on where the last turn ended.
func (s *side) search(w int, t template) (int, error) {
	n := s.many(gateSearches)
	for range n {
		s.turn[w]++
		queries := s.views[w].queries[t.name]
		q := queries[(w+len(s.conns)*s.turn[w])%len(queries)]
		q.exact = q.exact && s.limited // who sees everything finds more
		if s.walks[w][t.name] == nil {
			s.walks[w][t.name] = &walk{}
		}
		if err := s.walks[w][t.name].step(s.conns[w], t.pages, q); err != nil {
			return 0, err
		}
	}
	return n, nil
}

// write creates, reads and updates resources about residents.
func (s *side) write(w int, people []string) (int, error) {
	n, b, c := s.many(gateWrites), s.writers[w], s.conns[w]
	b.people = people
	for range n {
		made, err := b.create(c)
		if err == nil {
			err = b.ask(c, http.MethodGet, made.path, nil, http.StatusOK)
		}
		if err == nil {
			err = b.ask(c, http.MethodPut, made.path, b.observation(made.id), http.StatusOK)
		}
		if err != nil {
			return 0, err
		}
	}
	return 3 * n, nil
}
