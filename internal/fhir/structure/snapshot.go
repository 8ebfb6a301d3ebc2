package structure

import (
	"slices"
	"strings"

	"yitong/internal/fault"
)

// generator makes the snapshot of one definition.
type generator struct {
	lookup
	def         *Definition
	baseRoot    *node // of the base's snapshot, nil if there is no base
	specializes bool  // elements may be added
	made        int   // nodes
}

// node counts what is made: slices within slices copy each other, and grow quickly.
func (g *generator) node(e *Element, name string) (*node, error) {
	if g.made++; g.made > MaxElements {
		return nil, g.tooLarge()
	}
	return &node{el: e, name: name}, nil
}

func (g *generator) tooLarge() error {
	return fault.New(fault.TooLarge, "The differential or the snapshot of StructureDefinition %s has more than %d "+
		"elements. Slice less, or divide the profile.", g.def.URL, MaxElements)
}

// merge gives the node of an element: what the base says with the change over it, below at. base is nil for an element
// that the definition adds, c for one that the definition does not speak of.
func (g *generator) merge(base *node, c *change, at place) (*node, error) {
	if c == nil {
		return g.move(base, at)
	}
	if base == nil {
		base = &node{name: c.name, el: &Element{}}
	}
	own := *base
	if own.el.SliceName == "" && own.el.Slicing == nil && c.renames() {
		c = c.slices[0]
		own.el = copyOf(own.el, c.slice)
	}
	e, err := g.overlay(own.el, c, at)
	if err != nil {
		return nil, err
	}
	n, err := g.node(e, base.name)
	if err != nil {
		return nil, err
	}
	if n.children, err = g.children(&own, e, c); err != nil {
		return nil, err
	}
	if n.slices, err = g.slices(&own, n, c, at); err != nil {
		return nil, err
	}
	return n, nil
}

func copyOf(e *Element, slice string) *Element {
	e2 := *e
	e2.SliceName = slice
	return &e2
}

// move gives a node below another element. What is there already is shared.
func (g *generator) move(n *node, at place) (*node, error) {
	to := at.of(n.name, n.el.SliceName)
	if n.el.ID == to.id && n.el.Path == to.path {
		return n, nil
	}
	e := *n.el
	e.ID, e.Path = to.id, to.path
	moved, err := g.node(&e, n.name)
	if err != nil {
		return nil, err
	}
	if moved.children, err = g.moveAll(n.children, placeOf(&e)); err != nil {
		return nil, err
	}
	moved.slices, err = g.moveAll(n.slices, at)
	return moved, err
}

func (g *generator) moveAll(all []*node, at place) ([]*node, error) {
	if len(all) == 0 {
		return nil, nil
	}
	moved := make([]*node, len(all))
	for i, n := range all {
		var err error
		if moved[i], err = g.move(n, at); err != nil {
			return nil, err
		}
	}
	return moved, nil
}

// children gives what lies below e, the merged element.
func (g *generator) children(base *node, e *Element, c *change) ([]*node, error) {
	from := base.children
	if len(c.children) == 0 {
		return g.moveAll(from, placeOf(e))
	}
	if from == nil {
		var err error
		if from, err = g.descend(e, c); err != nil {
			return nil, err
		}
	}
	c.spellChoices(from)
	at := placeOf(e)
	out := make([]*node, 0, len(from))
	known := map[string]bool{}
	for _, f := range from {
		known[f.name] = true
		n, err := g.merge(f, c.of(f.name), at)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	for _, x := range c.children {
		if known[x.name] {
			continue
		}
		if !g.specializes {
			return nil, g.unknown(e, x, from)
		}
		n, err := g.merge(nil, x, at)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}

// of is the change of the element of that name below c, nil if there is none.
func (c *change) of(name string) *change {
	for _, x := range c.children {
		if x.name == name {
			return x
		}
	}
	return nil
}

func (g *generator) unknown(e *Element, x *change, from []*node) error {
	names := make([]string, len(from))
	for i, f := range from {
		names[i] = f.name
	}
	f := unfit(g.def.URL, placeOf(e).of(x.name, x.slice).id, "there is no such element in %s; it has %s.",
		e.Path, strings.Join(names, ", "))
	if x.node.Exists() {
		f = f.At(x.node.Path())
	}
	return f
}

// descend gives the elements below an element that has none in its own definition: those of its type, of its type's
// profile, or of the element whose content it has.
func (g *generator) descend(e *Element, c *change) ([]*node, error) {
	if e.ContentReference != "" {
		return g.content(e)
	}
	var from string
	switch t := e.Types; {
	case len(t) == 0 && !strings.Contains(e.Path, "."):
		return nil, nil // the root of a type without base
	case len(t) == 0:
		return nil, unfit(g.def.URL, e.ID, "it has no type, and elements below it. Give it a type.")
	case len(t) > 1 && c.extendsOnly() || t[0].system != "":
		from = "Element"
	case len(t) > 1 && !slices.ContainsFunc(t, func(x TypeRef) bool { return x.Code != t[0].Code }):
		from = t[0].Code
	case len(t) > 1:
		return nil, unfit(g.def.URL, e.ID, "it has several types, and elements below it. "+
			"Name one type, or slice it by type.")
	case len(t[0].Profiles) == 1:
		from = t[0].Profiles[0]
	default:
		from = t[0].Code
	}
	d, err := g.definition(from)
	if err != nil {
		return nil, g.needs(err, "%s for the elements below %s", from, e.ID)
	}
	return d.root.children, nil
}

// extendsOnly tells whether only what every type has is spoken of below c.
func (c *change) extendsOnly() bool {
	return !slices.ContainsFunc(c.children, func(x *change) bool { return x.name != "id" && x.name != "extension" })
}

// content takes in the elements of another element of the type, as the base has them, and its types.
func (g *generator) content(e *Element) ([]*node, error) {
	var target *node
	if g.baseRoot != nil {
		target = g.baseRoot.find(e.ContentReference)
	}
	if target == nil {
		name, _, _ := strings.Cut(e.ContentReference, ".")
		d, err := g.definition(name)
		if err != nil {
			return nil, g.needs(err, "%s for the elements below %s", name, e.ID)
		}
		target = d.root.find(e.ContentReference)
	}
	if target == nil {
		return nil, unfit(g.def.URL, e.ID, "its contentReference names %s, which is no element.", e.ContentReference)
	}
	e.ContentReference, e.Types = "", target.el.Types
	return target.children, nil
}
