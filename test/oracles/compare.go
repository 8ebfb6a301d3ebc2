package oracles

import (
	"fmt"
	"slices"
	"strings"
)

// Oracle is another engine: it evaluates an expression for a resource of [Resources].
type Oracle func(r *Resource, expression string) Answer

// Difference is the smallest part of an expression on which two engines differ: they agree on its own parts.
type Difference struct {
	Part         *Node
	Kinds        string // of its parts: "Integer Quantity"
	Inexact      bool   // the engines agree on the parts only because digits far behind the point do not count
	Ours, Theirs Answer
}

func (d Difference) String() string {
	part := fmt.Sprintf("%s of %s\n    %s", d.Part.Op, d.Kinds, d.Part.Closed())
	return fmt.Sprintf("%s\n    ours   %v\n    theirs %v", part, d.Ours, d.Theirs)
}

// Deviation is a rule by which an oracle is known to be wrong, or to differ where the specification lets it.
type Deviation struct {
	Op    string // of the part; several are separated by a space
	Kinds string // of the parts, of the first ones: "Integer|Decimal *"; "": all
	When  func(Difference) bool
	Why   string // with the section of the specification
}

// Differences finds the smallest parts of an expression on which an oracle differs from our engine; none when they
// agree on the whole.
func Differences(r *Resource, n *Node, oracle Oracle) []Difference {
	if n.over != nil {
		if around := Differences(r, n.over, oracle); around != nil {
			return around // it is evaluated for other items
		}
	}
	text := n.Closed()
	ours, theirs := Ours(r, text), oracle(r, text)
	if ours.Same(theirs) {
		return nil
	}
	var inside []Difference
	for _, part := range n.Parts {
		inside = append(inside, Differences(r, part, oracle)...)
	}
	if inside != nil {
		return inside
	}
	d := Difference{Part: n, Ours: ours, Theirs: theirs}
	var kinds []string
	for _, part := range n.Parts {
		a := Ours(r, part.Closed())
		kinds = append(kinds, partKind(a))
		d.Inexact = d.Inexact || !a.exact(oracle(r, part.Closed()))
	}
	d.Kinds = strings.Join(kinds, " ")
	return []Difference{d}
}

// partKind is the kind of a whole answer, as Node.Kind tells it.
func partKind(a Answer) string {
	switch {
	case a.Error != "":
		return "Error"
	case len(a.Items) == 0:
		return "Nothing"
	case len(a.Items) > 1:
		return "Many"
	}
	return a.Items[0].Kind
}

// explains tells whether a deviation is the reason of a difference.
func (v *Deviation) explains(d Difference) bool {
	if v.Op != "" && !slices.Contains(strings.Fields(v.Op), d.Part.Op) {
		return false
	}
	if v.Kinds != "" && !matches(strings.Fields(v.Kinds), strings.Fields(d.Kinds)) {
		return false
	}
	return v.When == nil || v.When(d)
}

// matches compares kinds with a pattern, in which * stands for any and A|B for either.
func matches(pattern, kinds []string) bool {
	if len(pattern) > len(kinds) {
		return false
	}
	for i, p := range pattern {
		if p != "*" && !slices.Contains(strings.Split(p, "|"), kinds[i]) {
			return false
		}
	}
	return true
}

// Unexplained gives the differences that no deviation explains, and counts in used what each of them has explained.
func Unexplained(all []Difference, known []Deviation, used []int) (rest []Difference) {
next:
	for _, d := range all {
		for i := range known {
			if known[i].explains(d) {
				used[i]++
				continue next
			}
		}
		rest = append(rest, d)
	}
	return rest
}
