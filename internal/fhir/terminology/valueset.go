package terminology

import "sync"

// ValueSet is a set of codes. It is worked out at its first use and kept; it is safe for concurrent use.
type ValueSet struct {
	URL     string
	Version string // "" if it names none

	library    *Library
	definition *definition

	once   sync.Once
	plan   *plan // nil where all answers are known
	parts  []part
	beyond bool // codes of systems other than those of the parts may be in it
	gaps   []string
}

// part is what a set has of one code system.
type part struct {
	system string
	source *CodeSystem // nil if it is not here
	fold   bool        // codes are compared by their lower case
	codes  []string    // those in the set that can be listed, in order of the definition
	// known are the answers about all codes that can be listed, by key. Where the part is closed those that are Out are
	// left out, and so is every other.
	known  map[string]Answer
	closed bool
}

// other stands for a system that no part is of.
const other = "\x00"

// Has tells whether a code of a system is in the set. The system "" stands for any that the set draws on, as for
// elements of type code, whose system the binding tells. Codes that can be listed take constant time and no memory; the
// others are decided by rule.
func (s *ValueSet) Has(system, code string) Answer {
	if system == "" {
		_, a := s.Find(code)
		return a
	}
	s.once.Do(s.expand)
	for i := range s.parts {
		if s.parts[i].system == system {
			return s.parts[i].has(s.plan, code)
		}
	}
	if s.beyond {
		return s.plan.has(system, code)
	}
	return Out
}

// Find gives the system of the set that has the code, the first if several do, and whether the code is in the set. The
// system is "" unless the answer is In.
func (s *ValueSet) Find(code string) (system string, a Answer) {
	s.once.Do(s.expand)
	a = Out
	for i := range s.parts {
		p := &s.parts[i]
		if a = a.or(p.has(s.plan, code)); a == In {
			return p.system, In
		}
	}
	if s.beyond {
		a = a.or(s.plan.has(other, code))
	}
	return "", a
}

func (p *part) has(plan *plan, code string) Answer {
	if a, ok := lookup(p.known, code, p.fold); ok {
		return a
	}
	if p.closed {
		return Out
	}
	return plan.has(p.system, code)
}

// Codes gives up to limit codes of the set, in the order of its definition. complete says that these are all; a set
// that draws on rules, or on what is not here, has more.
func (s *ValueSet) Codes(limit int) (codes []Coding, complete bool) {
	s.once.Do(s.expand)
	complete = !s.beyond
	for i := range s.parts {
		p := &s.parts[i]
		complete = complete && p.closed && len(p.known) == len(p.codes)
		for _, code := range p.codes {
			if len(codes) >= limit {
				return codes, false
			}
			c := Coding{System: p.system, Code: code}
			if p.source != nil {
				c.Display = p.source.Display(code)
			}
			codes = append(codes, c)
		}
	}
	return codes, complete
}

// Gaps says in English what is missing for every answer to be certain, for those who run the platform; nil if
// nothing is.
func (s *ValueSet) Gaps() []string {
	s.once.Do(s.expand)
	return s.gaps
}

// settled tells whether every answer is certain.
func (s *ValueSet) settled() bool { return len(s.Gaps()) == 0 }

// expand decides about every code that can be listed.
func (s *ValueSet) expand() {
	m := planner{library: s.library, open: map[string]bool{}}
	s.plan = m.plan(s.definition)
	s.beyond, s.gaps = m.beyond, m.gaps
	for _, system := range m.systems {
		p := part{system: system, source: s.library.system(system), known: map[string]Answer{}}
		p.fold = p.source != nil && p.source.fold
		p.closed = !m.open[system] && !m.beyond
		for _, code := range s.plan.list(system) {
			p.add(s.plan, code)
		}
		s.parts = append(s.parts, p)
	}
	if !s.beyond && len(m.open) == 0 {
		s.plan = nil // every answer is known
	}
}

// add decides about a code.
func (p *part) add(plan *plan, code string) {
	a := plan.has(p.system, code)
	if a == In {
		p.codes = append(p.codes, code)
	}
	if a != Out || !p.closed {
		p.known[key(code, p.fold)] = a
	}
}

// list gives the codes of a system that the includes can list, each once, in order. Some may be out again.
func (p *plan) list(system string) []string {
	l := lister{system: system, seen: map[string]bool{}}
	l.list(p)
	return l.codes
}

// lister gathers codes.
type lister struct {
	system string
	codes  []string
	seen   map[string]bool // by key
	whole  bool            // the concepts of the system have been listed
}

func (l *lister) list(p *plan) {
	for _, c := range p.include {
		for _, imported := range c.imports {
			l.list(imported)
		}
		l.clause(c)
	}
	for _, c := range p.expansion {
		l.clause(c)
	}
}

func (l *lister) clause(c clause) {
	if c.system != l.system {
		return
	}
	for _, code := range c.codes {
		l.add(code, c.fold)
	}
	if c.listed != nil || c.source == nil || l.whole {
		return
	}
	l.whole = true
	for i := range c.source.concepts {
		l.add(c.source.concepts[i].code, c.fold)
	}
}

func (l *lister) add(code string, fold bool) {
	if k := key(code, fold); !l.seen[k] {
		l.seen[k] = true
		l.codes = append(l.codes, code)
	}
}
