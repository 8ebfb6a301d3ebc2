package structure

import (
	"slices"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir"
)

// change is what a differential says about an element and what lies below it.
type change struct {
	node     fhir.Node // the ElementDefinition; absent if the differential speaks only of what lies below
	name     string
	slice    string
	children []*change
	slices   []*change
}

// segment is a part of an id: a name and, behind a colon, the name of a slice.
type segment struct{ name, slice string }

// changes reads a differential as a tree. Its elements are found by their ids; by path and order where an id is missing
// or tells another path.
func changes(source, root string, elements []fhir.Node) (*change, error) {
	top := &change{name: root}
	for _, n := range elements {
		path, slice, id := n.Get("path").Str(), n.Get("sliceName").Str(), n.Get("id").Str()
		if path == "" {
			return nil, fault.New(fault.Unprocessable, "StructureDefinition %s: an element of the differential has "+
				"no path. Give it one, such as %s.id.", source, root).At(n.Path())
		}
		names := strings.Split(path, ".")
		if id == "" {
			id = path
		}
		if names[0] != root {
			return nil, unfit(source, id, "its path begins with %s, and must begin with %s.", names[0], root).At(n.Path())
		}
		if depth := len(names) + strings.Count(slice, "/") + strings.Count(id, "/"); depth > MaxDepth {
			return nil, fault.New(fault.TooLarge, "StructureDefinition %s, element %.200s: the path has %d parts; "+
				"at most %d are taken.", source, id, depth, MaxDepth).At(n.Path())
		}
		at := top
		for _, s := range top.segments(names, slice, n.Get("id").Str())[1:] {
			at = at.child(s.name).sliced(s.slice)
		}
		if at.node.Exists() {
			return nil, unfit(source, id, "the differential speaks of it twice. Write one element.").At(n.Path())
		}
		at.node = n
	}
	return top, nil
}

// segments gives the way to an element from the root.
func (c *change) segments(names []string, slice, id string) []segment {
	if way := segmentsOf(id, names, slice); way != nil {
		return way
	}
	if len(names) == 1 {
		return []segment{{names[0], ""}}
	}
	way := []segment{{name: names[0]}}
	at := c
	for i, name := range names[1:] {
		s := segment{name: name}
		if i == len(names)-2 {
			s.slice = slice
		} else if at = at.latest(name); at != nil {
			s.slice = at.slice
		}
		way = append(way, s)
	}
	return way
}

// segmentsOf reads an id; nil if it does not fit the path and the name of the slice.
func segmentsOf(id string, names []string, slice string) []segment {
	parts := strings.Split(id, ".")
	if len(parts) != len(names) {
		return nil
	}
	way := make([]segment, 0, len(parts))
	for i, part := range parts {
		name, of, _ := strings.Cut(part, ":")
		choice, open := strings.CutSuffix(name, "[x]")
		if name != names[i] && !(open && strings.HasPrefix(names[i], choice)) {
			return nil
		}
		way = append(way, segment{name, of})
	}
	last := way[len(way)-1]
	if slice != "" && last.slice != slice && names[len(names)-1] != slice {
		return nil
	}
	return way
}

// latest is the element of that name below c, or of its slices the one that the differential spoke of last.
func (c *change) latest(name string) *change {
	if c == nil {
		return nil
	}
	for _, x := range slices.Backward(c.children) {
		if x.name == name {
			for len(x.slices) > 0 {
				x = x.slices[len(x.slices)-1]
			}
			return x
		}
	}
	return nil
}

// child is the change of the element of that name below c; it is made if it is not there.
func (c *change) child(name string) *change {
	for _, x := range c.children {
		if x.name == name {
			return x
		}
	}
	x := &change{name: name}
	c.children = append(c.children, x)
	return x
}

// sliced is the change of a slice of c; it is made if it is not there. The slice a/b is a slice of the slice a.
func (c *change) sliced(name string) *change {
	if name == "" {
		return c
	}
	if i := strings.LastIndexByte(name, '/'); i > 0 {
		c = c.sliced(name[:i])
	}
	if x := c.sliceOf(name); x != nil {
		return x
	}
	x := &change{name: c.name, slice: name}
	c.slices = append(c.slices, x)
	return x
}

// sliceOf is the change of a slice of c, nil if there is none.
func (c *change) sliceOf(name string) *change {
	if c == nil {
		return nil
	}
	for _, x := range c.slices {
		if x.slice == name {
			return x
		}
	}
	return nil
}

// spellChoices makes what is said of valueQuantity one of the slices of value[x], if that is an element of from. The
// spec calls such a name a shortcut (R4 profiling.html, "Constraining choice elements").
func (c *change) spellChoices(from []*node) {
	for _, f := range from {
		choice, open := strings.CutSuffix(f.name, "[x]")
		if !open {
			continue
		}
		for _, x := range slices.Clone(c.children) {
			of, ok := strings.CutPrefix(x.name, choice)
			if !ok || of == "" || of == "[x]" || !f.has(typeName(of)) {
				continue
			}
			c.children = slices.DeleteFunc(c.children, func(y *change) bool { return y == x })
			slice := c.child(f.name).sliced(x.name)
			slice.short(x)
		}
	}
}

// has tells whether an element may have a type.
func (n *node) has(code string) bool {
	return slices.ContainsFunc(n.el.Types, func(t TypeRef) bool { return t.Code == code })
}

// short takes over what was said under the short name.
func (c *change) short(x *change) {
	if !c.node.Exists() {
		c.node = x.node
	}
	c.children = append(c.children, x.children...)
	c.slices = append(c.slices, x.slices...)
}
