package validate

import (
	"slices"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/structure"
	"yitong/internal/fhir/terminology"
)

// slicing divides the values of an element into slices (R4, profiling.html#slicing).
type slicing struct {
	slices  []*slice
	ordered bool
	rules   string // open, openAtEnd, closed
	named   string
}

// slice is one kind of values of an element.
type slice struct {
	name     string
	node     *node
	part     *part
	matchers []matcher
}

// matcher is one discriminator, with what the slice says at its path.
type matcher struct {
	kind  string // value, exists, pattern, type, profile
	steps []pathStep
	at    *node
}

// slicing compiles the slices of an element; nil where it has none.
func (c *compiler) slicing(n *node) (*slicing, error) {
	s := n.of.Slicing
	if s == nil || len(n.slices) == 0 || len(s.Discriminators) == 0 { // without a discriminator nothing can be told apart
		return nil, nil
	}
	made := &slicing{ordered: s.Ordered, rules: s.Rules, named: n.name}
	for _, of := range n.slices {
		if strings.Contains(of.of.SliceName, "/") {
			continue // a slice of a slice: below
		}
		one := &slice{name: of.of.SliceName, node: of, part: &part{name: n.name, min: of.of.Min, max: of.of.Max}}
		var err error
		if one.part.rules, err = c.rules(of); err != nil {
			return nil, err
		}
		if one.matchers, err = c.matchers(n, of); err != nil {
			return nil, err
		}
		for _, below := range n.slices {
			if strings.HasPrefix(below.of.SliceName, one.name+"/") {
				of.slices = append(of.slices, below)
			}
		}
		if one.part.slicing, err = c.slicing(of.unnamed()); err != nil {
			return nil, err
		}
		made.slices = append(made.slices, one)
	}
	return made, nil
}

// needed tells whether one of the slices has to have a value.
func (s *slicing) needed() bool {
	return s != nil && slices.ContainsFunc(s.slices, func(one *slice) bool { return one.part.min > 0 })
}

// unnamed is a slice as an element with slices of its own, whose names stand behind its name and a slash.
func (n *node) unnamed() *node {
	sliced := &node{of: n.of, name: n.name}
	for _, s := range n.slices {
		of := *s.of
		of.SliceName = strings.TrimPrefix(of.SliceName, n.of.SliceName+"/")
		sliced.slices = append(sliced.slices, &node{of: &of, name: s.name, children: s.children, slices: s.slices})
	}
	return sliced
}

// matchers prepares the discriminators of a slice.
func (c *compiler) matchers(sliced, of *node) ([]matcher, error) {
	var made []matcher
	for _, d := range sliced.of.Slicing.Discriminators {
		steps, err := readPath(d.Path)
		if err != nil {
			return nil, fault.New(fault.Unprocessable, "The discriminator %s of %s in %s cannot be read: %s", d.Path, sliced.of.ID, c.d.URL, fault.From(err).Message)
		}
		at, err := c.v.descend(of, steps)
		if err != nil {
			return nil, fault.New(fault.Unprocessable, "The discriminator %s of %s leads nowhere in %s: %s", d.Path, of.of.ID, c.d.URL, fault.From(err).Message)
		}
		made = append(made, matcher{d.Type, steps, at})
	}
	return made, nil
}

// descend follows a path through a definition, into the definitions of types and their profiles where it ends. Where an
// element on the way has slices, the slice counts that prescribes something at the end.
func (v *Validator) descend(n *node, steps []pathStep) (*node, error) {
	if len(steps) == 0 {
		return n, nil
	}
	next, err := v.step(n, steps[0], len(steps) == 1)
	if err != nil {
		return nil, err
	}
	for _, s := range next.slices {
		if at, err := v.descend(s, steps[1:]); err == nil && at.prescribes() {
			return at, nil
		}
	}
	return v.descend(next, steps[1:])
}

func (v *Validator) step(n *node, s pathStep, last bool) (*node, error) {
	switch s.kind {
	case stepName:
		return v.below(n, s.name)
	case stepExtension:
		if next := n.extension(v, s.name); next != nil {
			return next, nil
		}
		return nil, fault.New(fault.Unprocessable, "it has no slice for the extension %s.", s.name)
	case stepResolve:
		if !last {
			return v.target(n)
		}
	case stepOfType:
	}
	return n, nil
}

// below is an element's part, in its own definition or in that of its type.
func (v *Validator) below(n *node, name string) (*node, error) {
	if c := n.child(name); c != nil {
		return c, nil
	}
	for _, t := range n.of.Types {
		for _, url := range append(t.Profiles[:len(t.Profiles):len(t.Profiles)], t.Code) {
			if tree, err := v.treeOf(url); err == nil {
				if c := tree.child(name); c != nil {
					return c, nil
				}
			}
		}
	}
	return nil, fault.New(fault.Unprocessable, "%s has no element %s.", n.of.ID, name)
}

// target is the definition of what a reference points at.
func (v *Validator) target(n *node) (*node, error) {
	for _, t := range n.of.Types {
		for _, url := range t.Targets {
			return v.treeOf(url)
		}
	}
	return nil, fault.New(fault.Unprocessable, "%s names no target.", n.of.ID)
}

// extension is the slice of an element's extensions that has a url.
func (n *node) extension(v *Validator, url string) *node {
	for _, name := range []string{"extension", "modifierExtension"} {
		c := n.child(name)
		if c == nil {
			continue
		}
		for _, s := range c.slices {
			if u, err := v.below(s, "url"); err == nil && u.of.Fixed.Str() == url {
				return s
			}
		}
	}
	return nil
}

// treeOf is the tree of a definition, which need not be compiled for it.
func (v *Validator) treeOf(canonical string) (*node, error) {
	d, err := v.library.Definition(canonical)
	if err != nil {
		return nil, err
	}
	return grow(d)
}

// matches tells whether a value belongs to the slice.
func (s *slice) matches(w *walk, x value) bool {
	for _, m := range s.matchers {
		if !m.matches(w, x) {
			return false
		}
	}
	return true
}

func (m matcher) matches(w *walk, x value) bool {
	found := w.follow(x, m.steps)
	if m.kind == "exists" {
		return m.at.of.Max == 0 && len(found) == 0 || m.at.of.Min > 0 && len(found) > 0
	}
	for _, f := range found {
		switch m.kind {
		case "type":
			if hasType(m.at.of, f) {
				return true
			}
		case "profile":
			if w.hasProfile(m.at.of, f, len(m.steps) > 0 && m.steps[len(m.steps)-1].kind == stepResolve) {
				return true
			}
		default:
			if w.has(m.at, f) {
				return true
			}
		}
	}
	return false
}

// hasType tells whether a value has one of the types of an element. Of a resource it is that of the resource.
func hasType(of *structure.Element, x value) bool {
	name := x.n.Get("resourceType").Str()
	if x.of != nil && x.of.Kind != schema.AnyResource {
		name = x.of.Type
	}
	for _, t := range of.Types {
		if t.Code == name {
			return true
		}
		for _, url := range t.Targets {
			if strings.TrimPrefix(url, coreBase) == name {
				return true
			}
		}
	}
	return false
}

func (w *walk) hasProfile(of *structure.Element, x value, resolved bool) bool {
	for _, t := range of.Types {
		profiles := t.Profiles
		if resolved {
			profiles = t.Targets
		}
		if len(profiles) > 0 && w.conformsToOne(x, profiles) {
			return true
		}
	}
	return false
}

// has tells whether a value has what an element prescribes: its fixed value, its pattern, a code of its required value set,
// and so for its parts.
func (w *walk) has(n *node, x value) bool {
	of := n.of
	w.work -= x.n.Len()
	if of.Fixed.Exists() && !fhir.Equal(x.n, of.Fixed) || of.Pattern.Exists() && !fits(x.n, of.Pattern) {
		return false
	}
	if b := of.Binding; b != nil && b.Strength == "required" && !of.Fixed.Exists() && x.of != nil {
		if set, ok := w.v.terms.ValueSet(b.ValueSet); ok && w.memberOfSet(x, set) == terminology.Out {
			return false
		}
	}
	for _, c := range n.children {
		if !c.prescribes() {
			continue
		}
		some := false
		for _, f := range w.follow(x, []pathStep{{stepName, strings.TrimSuffix(c.name, "[x]")}}) {
			some = some || w.has(c, f)
		}
		if !some && c.of.Min > 0 {
			return false
		}
	}
	return true
}

// prescribes tells whether an element, or a part of it, has a fixed value or a pattern.
func (n *node) prescribes() bool {
	if n.of.Fixed.Exists() || n.of.Pattern.Exists() {
		return true
	}
	for _, c := range n.children {
		if c.prescribes() {
			return true
		}
	}
	return false
}
