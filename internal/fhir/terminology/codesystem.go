package terminology

import (
	"strings"
	"sync"
)

// CodeSystem is a code system, or what is known of one. Code systems are shared by all callers and never change.
type CodeSystem struct {
	URL     string
	Version string // "" if it names none, and for systems known by a rule

	complete   bool // all its codes are here
	fold       bool // its codes are compared by their lower case
	concepts   []concept
	index      map[string]int32 // places in concepts, by key of the code
	further    map[int32][]int32
	properties map[int32][]property
	rule       func(code string) Answer // decides about codes that are not listed; nil if none does

	turn   sync.Once
	turned [][]int32 // the places of each concept's children; made by children
}

// concept is a code. It has one parent where its system's codes nest; further ones are those of the system's map.
type concept struct {
	code, display string
	parent        int32 // its place, -1 for none
	abstract      bool
	inactive      bool
}

type property struct{ code, value string }

// Has tells whether the code is one of the system, abstract and inactive ones included. Of a system that is here in
// part it is In or Unknown; of one that is known by the form of its codes, Out or Unknown.
func (c *CodeSystem) Has(code string) Answer {
	_, a := c.find(code)
	return a
}

// Listed tells whether all codes of the system are here, so that a code that is not among them is none.
func (c *CodeSystem) Listed() bool { return c.complete }

// find gives the place of a code among the concepts, -1 if it is not there, and whether it is in the system.
func (c *CodeSystem) find(code string) (int32, Answer) {
	if i, ok := lookup(c.index, code, c.fold); ok {
		return i, In
	}
	switch {
	case c.complete:
		return -1, Out
	case c.rule != nil:
		return -1, c.rule(code)
	default:
		return -1, Unknown
	}
}

// Display is the name that the system gives to the code, "" where it is not known.
func (c *CodeSystem) Display(code string) string {
	if i, ok := lookup(c.index, code, c.fold); ok {
		return c.concepts[i].display
	}
	return ""
}

// Subsumes tells whether b is a or one of the codes below it. The answer says whether that could be told: In, if
// both are codes of a system whose hierarchy is here; Out, if one is no code of the system; else Unknown. The first
// result is false unless the answer is In.
func (c *CodeSystem) Subsumes(a, b string) (bool, Answer) {
	i, inA := c.find(a)
	j, inB := c.find(b)
	both := inA.and(inB)
	switch {
	case both != In:
		return false, both
	case i >= 0 && j >= 0:
		return c.contains(i, j), In
	case c.same(a, b):
		return true, In
	default:
		return false, Unknown // codes by rule have no hierarchy
	}
}

// contains tells whether the concept at i is the one at top or below it.
func (c *CodeSystem) contains(top, i int32) bool {
	if c.further != nil {
		return c.above(i)[top]
	}
	for ; i >= 0; i = c.concepts[i].parent {
		if i == top {
			return true
		}
	}
	return false
}

// above gives the concept at i and all that it is below of.
func (c *CodeSystem) above(i int32) map[int32]bool { return reach(i, c.parents) }

// below gives the concept at i and all below it.
func (c *CodeSystem) below(i int32) map[int32]bool { return reach(i, c.children) }

// children gives the places of a concept's children.
func (c *CodeSystem) children(i int32) []int32 {
	c.turn.Do(func() {
		c.turned = make([][]int32, len(c.concepts))
		for child := range c.concepts {
			for _, p := range c.parents(int32(child)) {
				c.turned[p] = append(c.turned[p], int32(child))
			}
		}
	})
	return c.turned[i]
}

// parents gives the places of a concept's parents.
func (c *CodeSystem) parents(i int32) []int32 {
	if p := c.concepts[i].parent; p >= 0 {
		return append([]int32{p}, c.further[i]...)
	}
	return c.further[i]
}

// reach gives the places that lead on from one, itself included. There may be circles.
func reach(from int32, next func(int32) []int32) map[int32]bool {
	seen := map[int32]bool{from: true}
	for todo := []int32{from}; len(todo) > 0; {
		last := len(todo) - 1
		i := todo[last]
		todo = todo[:last]
		for _, n := range next(i) {
			if !seen[n] {
				seen[n] = true
				todo = append(todo, n)
			}
		}
	}
	return seen
}

// same tells whether two texts are the same code.
func (c *CodeSystem) same(a, b string) bool {
	return key(a, c.fold) == key(b, c.fold)
}

// key is the form of a code by which it is found.
func key(code string, fold bool) string {
	if fold {
		return strings.ToLower(code)
	}
	return code
}

// maxShort is how long a code may be to be brought to lower case without allocating.
const maxShort = 64

// lookup finds the value of a code by its key.
func lookup[V any](m map[string]V, code string, fold bool) (V, bool) {
	v, ok := m[code]
	if ok || !fold {
		return v, ok
	}
	var buffer [maxShort]byte
	if len(code) > maxShort {
		v, ok = m[strings.ToLower(code)]
		return v, ok
	}
	for i := range len(code) {
		c := code[i]
		if c >= 0x80 {
			v, ok = m[strings.ToLower(code)]
			return v, ok
		}
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		buffer[i] = c
	}
	v, ok = m[string(buffer[:len(code)])]
	return v, ok
}
