package validate

// sorting assigns the values of one element to its slices while they are looked at, one after the other.
type sorting struct {
	part   *part
	counts []int
	below  []sorting // of the slices that have slices
	last   int       // the slice of the newest value
	open   bool      // a value that belongs to none has been seen
}

func (w *walk) slicesOf(p *part) sorting {
	s := sorting{part: p, last: -1}
	if p.slicing == nil {
		return s
	}
	s.counts = make([]int, len(p.slicing.slices))
	s.below = make([]sorting, len(p.slicing.slices))
	for i, one := range p.slicing.slices {
		s.below[i] = w.slicesOf(one.part)
	}
	return s
}

// rulesFor gives the rules for a value: those of its slice, or of the element where it belongs to none.
func (s *sorting) rulesFor(w *walk, x value) *rules {
	if s.counts == nil {
		return s.part.rules
	}
	of := s.part.slicing
	for i, one := range of.slices {
		if !w.step() || !one.matches(w, x) {
			continue
		}
		s.counts[i]++
		switch {
		case of.ordered && i < s.last:
			w.report(x.place(), sliceOrder, one.name, of.named)
		case of.rules == "openAtEnd" && s.open:
			w.report(x.place(), sliceAtEnd, one.name, of.named)
		}
		s.last = max(s.last, i)
		return s.below[i].rulesFor(w, x)
	}
	s.open = true
	if of.rules == "closed" {
		w.report(x.place(), inNoSlice, of.named, s.names())
	}
	return s.part.rules
}

// done reports slices with too few or too many values, once all have been seen.
func (s *sorting) done(w *walk, m value) {
	for i, n := range s.counts {
		one := s.part.slicing.slices[i]
		if n < one.part.min {
			w.report(m.place(), tooFewOfSlice, one.name, s.part.slicing.named, n, one.part.min)
		}
		if one.part.max >= 0 && n > one.part.max {
			w.report(m.place(), tooManyOfSlice, one.name, s.part.slicing.named, n, one.part.max)
		}
		if n > 0 {
			s.below[i].done(w, m)
		}
	}
}

func (s *sorting) names() string {
	var names []string
	for _, one := range s.part.slicing.slices {
		names = append(names, one.name)
	}
	return list(names)
}
