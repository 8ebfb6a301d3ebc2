package structure

import (
	"strings"
)

// byURL is the slicing of an extension that nobody needs to state (R4 extensibility.html), and byType that of a choice
// whose types are spoken of one by one.
var (
	byURL  = Slicing{Discriminators: []Discriminator{{"value", "url"}}, Rules: "open"}
	byType = Slicing{Discriminators: []Discriminator{{"type", "$this"}}, Rules: "open"}
)

// renames tells whether a differential gives an element the name of a slice without slicing it. Profiles of HL7 do so
// with elements that need no slicing; the element then has that name.
func (c *change) renames() bool {
	if c.node.Exists() || len(c.children) > 0 || len(c.slices) != 1 || c.extension() {
		return false
	}
	choice, open := strings.CutSuffix(c.name, "[x]")
	return !open || !strings.HasPrefix(c.slices[0].slice, choice)
}

func (c *change) extension() bool { return c.name == "extension" || c.name == "modifierExtension" }

// slices gives the slices of n, the merged element: those of the base, then those that the differential adds.
func (g *generator) slices(base, n *node, c *change, at place) ([]*node, error) {
	out := make([]*node, 0, len(base.slices)+len(c.slices))
	known := map[string]bool{}
	for _, s := range base.slices {
		known[s.el.SliceName] = true
		x, err := g.merge(s, c.sliceOf(s.el.SliceName), at)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	if err := g.slicing(base, n, c); err != nil {
		return nil, err
	}
	for _, s := range c.slices {
		if known[s.slice] {
			continue
		}
		if was := base.el.Slicing; was != nil && was.Rules == "closed" {
			return nil, unfit(g.def.URL, n.el.ID, "the slicing of the base is closed, and %s a slice that it does "+
				"not have. Leave it out.", s.slice)
		}
		x, err := g.slice(n, s, at)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, g.fits(n.el, out)
}

// slice makes a new slice: it begins as the element that it slices, but optional.
func (g *generator) slice(n *node, c *change, at place) (*node, error) {
	e := *n.el
	e.Slicing, e.SliceName, e.Min = nil, c.slice, 0
	if choice, open := strings.CutSuffix(n.name, "[x]"); open {
		if of, ok := strings.CutPrefix(c.slice, choice); ok && of != "" && n.has(typeName(of)) {
			e.Types = only(e.Types, typeName(of))
		}
	}
	return g.merge(&node{el: &e, name: n.name, children: n.children}, c, at)
}

// only are the types of one code.
func only(all []TypeRef, code string) (some []TypeRef) {
	for _, t := range all {
		if t.Code == code {
			some = append(some, t)
		}
	}
	return some
}

// slicing sees to it that an element with slices says how to tell them apart.
func (g *generator) slicing(base, n *node, c *change) error {
	if len(c.slices) == 0 || n.el.Slicing != nil {
		return nil
	}
	choice, open := strings.CutSuffix(n.name, "[x]")
	switch {
	case c.extension():
		n.el.Slicing = &byURL
	case open:
		s := byType
		n.el.Slicing = &s
		of, ok := strings.CutPrefix(c.slices[0].slice, choice)
		if ok && len(c.slices) == 1 && !c.node.Exists() && n.has(typeName(of)) {
			s.Rules = "closed"
			n.el.Types = only(n.el.Types, typeName(of))
		}
	default:
		return unfit(g.def.URL, n.el.ID, "it has the slice %s and no slicing. "+
			"Say in its slicing how to tell slices apart.", c.slices[0].slice)
	}
	return nil
}

// fits refuses slices that cannot all be there.
func (g *generator) fits(e *Element, all []*node) error {
	least := 0
	for _, s := range all {
		least += s.el.Min
	}
	if e.Max != Many && least > e.Max {
		return unfit(g.def.URL, e.ID, "its slices need at least %d together, and at most %d are allowed.", least, e.Max)
	}
	return nil
}
