package validate

import (
	"slices"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir/fhirpath"
	"yitong/internal/fhir/primitive"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/structure"
)

// plan is a definition made ready for walking.
type plan struct {
	definition *structure.Definition
	tree       *node
	root       *rules
}

// rules is what a value of one element of a definition has to keep.
type rules struct {
	of       *structure.Element
	types    []typed       // that it may have; empty where parts says it all (a group that repeats another)
	shape    *schema.Shape // of the object that parts are about
	parts    []*part       // its children; nil where the plan of the type says it
	places   []int16       // for each element of shape, the part that it belongs to, -1 for none
	checks   []*check
	binding  *binding
	targets  *targets
	abstract bool   // the object has more elements than shape, those of its own type
	side     bool   // parts are about what stands beside a primitive
	like     *rules // of the group that this one repeats: its parts are those of this
}

// typed is one type that an element may have.
type typed struct {
	name     string
	profiles []string // one of which the value has to conform to
	at       *entry   // of the type's plan; nil for primitives
}

// part is an element of a definition as a part of another: how many there may be, and of which kinds.
type part struct {
	name     string // "value[x]"
	min, max int    // max -1: any number
	needed   bool   // one at least, or one of a slice
	rules    *rules
	slicing  *slicing
}

// check is an invariant.
type check struct {
	key        string
	severity   Severity
	expression *fhirpath.Expression
	native     func(*walk, value) bool // faster than the expression; holds for just the same values
	lenient    bool                    // nothing is as good as true
	en, zh     string                  // our sentence, if there is one
	human      string                  // the definition's own
	text       string                  // the expression as published
}

// node is an element of a definition with what stands below it.
type node struct {
	of       *structure.Element
	name     string // last step of the path
	parent   *node
	children []*node
	slices   []*node
	rules    *rules // once compiled
}

// child finds an element below, by the name in the definition: "value[x]" is found by "value" too.
func (n *node) child(name string) *node {
	for _, c := range n.children {
		if c.name == name || strings.TrimSuffix(c.name, "[x]") == name {
			return c
		}
	}
	return nil
}

// grow puts the elements of a snapshot into their places by their ids.
func grow(d *structure.Definition) (*node, error) {
	root := &node{of: d.Elements[0], name: d.Elements[0].Path}
	for _, e := range d.Elements[1:] {
		if !root.plant(e) {
			return nil, fault.New(fault.Unprocessable, "The element %s of %s stands before the one that it belongs to.", e.ID, d.URL)
		}
	}
	return root, nil
}

// plant puts an element below the node; false if there is no place for it.
func (n *node) plant(e *structure.Element) bool {
	steps := strings.Split(e.ID, ".")[1:]
	at := n
	for i, step := range steps {
		name, slice, sliced := strings.Cut(step, ":")
		last := i == len(steps)-1
		next := at.child(name)
		if next == nil {
			if !last { // a sliceName without a slicing stands for the element
				return false
			}
			at.children = append(at.children, &node{of: e, name: name, parent: at})
			return true
		}
		if sliced && next.of.SliceName != slice {
			named := slices.IndexFunc(next.slices, func(s *node) bool { return s.of.SliceName == slice })
			if named < 0 {
				if !last {
					return false
				}
				next.slices = append(next.slices, &node{of: e, name: name, parent: at})
				return true
			}
			next = next.slices[named]
		}
		at = next
	}
	return false
}

// find is the node of a path within the definition's type, such as Questionnaire.item.
func (n *node) find(path string) *node {
	for _, step := range strings.Split(path, ".")[1:] {
		if n = n.child(step); n == nil {
			return nil
		}
	}
	return n
}

// compiler makes the rules of one definition.
type compiler struct {
	v    *Validator
	d    *structure.Definition
	tree *node
}

func (v *Validator) compile(d *structure.Definition) (*plan, error) {
	if err := v.descent(d); err != nil {
		return nil, err
	}
	tree, err := grow(d)
	if err != nil {
		return nil, err
	}
	c := compiler{v, d, tree}
	root, err := c.rules(tree)
	if err != nil {
		return nil, err
	}
	if root.shape == nil {
		if root.shape, err = c.shapeOf(tree); err != nil {
			return nil, err
		}
	}
	return &plan{definition: d, tree: tree, root: root}, nil
}

// descent checks that a definition constrains one of R4's own, at the end of its bases: only such a one has all the rules of
// its type.
func (v *Validator) descent(d *structure.Definition) error {
	of := d
	for range structure.MaxChain {
		if of.Derivation != structure.Profile {
			if of.URL != coreBase+d.Type {
				break
			}
			return nil
		}
		base, err := v.library.Definition(of.Base)
		if err != nil {
			return err
		}
		of = base
	}
	return fault.New(fault.Unprocessable, "%s is no profile of R4's %s: a profile constrains R4's own definition, or another profile of it.", d.URL, d.Type)
}

// rules makes the rules of an element and of all below.
func (c *compiler) rules(n *node) (*rules, error) {
	if n.rules != nil {
		return n.rules, nil
	}
	r := &rules{of: n.of, targets: c.v.targetsOf(n.of), binding: c.v.bindingOf(n.of)}
	n.rules = r
	var err error
	if r.checks, err = c.checks(n.of); err != nil {
		return nil, err
	}
	r.types = c.types(n)
	switch {
	case n.of.ContentReference != "" && len(n.children) == 0:
		err = c.repeat(r, n)
	case len(n.children) > 0:
		err = c.parts(r, n)
	}
	return r, err
}

// repeat gives a group the parts of the one that it repeats.
func (c *compiler) repeat(r *rules, n *node) error {
	like := c.tree.find(n.of.ContentReference)
	if like == nil {
		return fault.New(fault.Unprocessable, "The element %s of %s repeats %s, which is not there.", n.of.ID, c.d.URL, n.of.ContentReference)
	}
	same, err := c.rules(like)
	if err != nil {
		return err
	}
	r.types, r.like = nil, same
	return nil
}

func (c *compiler) types(n *node) (types []typed) {
	for _, t := range n.of.Types {
		if t.Code == "BackboneElement" || t.Code == "Element" && n != c.tree {
			if len(n.children) > 0 {
				continue // the parts say it all
			}
		}
		one := typed{name: t.Code, profiles: t.Profiles}
		if _, simple := primitive.TypeOf(t.Code); !simple && t.Code != "Resource" {
			e, _ := c.v.plans.LoadOrStore(t.Code, &entry{})
			one.at = e.(*entry)
		}
		types = append(types, one)
	}
	return types
}

// shapeOf is the shape of the object that the children of a node are members of.
func (c *compiler) shapeOf(n *node) (*schema.Shape, error) {
	name := c.d.Type
	if n.parent != nil && n.parent.rules != nil && n.parent.rules.shape != nil {
		if e, ok := n.parent.rules.shape.Element([]byte(n.name)); ok && e.Shape != nil {
			return e.Shape, nil
		}
	}
	switch {
	case n == c.tree:
	case n.of.ContentReference != "":
		name = n.of.ContentReference
	case len(n.of.Types) == 1:
		if name = n.of.Types[0].Code; name == "BackboneElement" || name == "Element" {
			name = n.of.Base.Path
		}
	default:
		return schema.ElementShape(), nil
	}
	if shape, ok := schema.ShapeOf(name); ok {
		return shape, nil
	}
	if t, ok := schema.TypeOf(name); ok {
		return t.Shape(), nil
	}
	if _, ok := primitive.TypeOf(name); ok {
		return schema.ElementShape(), nil
	}
	return nil, fault.New(fault.Unprocessable, "The element %s of %s has parts, but FHIR R4 knows none of %s.", n.of.ID, c.d.URL, name)
}

// parts makes the rules of the children and says which member of the JSON object belongs to which.
func (c *compiler) parts(r *rules, n *node) (err error) {
	if r.shape, err = c.shapeOf(n); err != nil {
		return err
	}
	r.abstract = r.shape.Name == "Resource" || r.shape.Name == "DomainResource"
	r.side = r.shape == schema.ElementShape() && n != c.tree
	r.parts = make([]*part, 0, len(n.children))
	r.places = slices.Repeat([]int16{-1}, len(r.shape.Elements))
	for _, child := range n.children {
		p := &part{name: child.name, min: child.of.Min, max: child.of.Max}
		for i := range r.shape.Elements {
			if e := &r.shape.Elements[i]; e.Name == child.name || e.Choice != "" && e.Choice+"[x]" == child.name {
				r.places[i] = int16(len(r.parts))
			}
		}
		r.parts = append(r.parts, p)
		if p.rules, err = c.rules(child); err != nil {
			return err
		}
		if p.slicing, err = c.slicing(child); err != nil {
			return err
		}
		p.needed = p.min > 0 || p.slicing.needed()
	}
	return nil
}

// checks compiles the invariants of an element.
func (c *compiler) checks(e *structure.Element) (checks []*check, err error) {
	for _, constraint := range e.Constraints {
		one := &check{key: constraint.Key, severity: Severity(constraint.Severity), human: constraint.Human, text: constraint.Expression}
		of := c.d.Type
		if d, err := c.v.library.Definition(constraint.Source); err == nil {
			of = d.Type
		}
		text := constraint.Expression
		if c.v.trusts(constraint.Source) {
			one.en, one.zh, _ = invariantText(constraint.Key, of)
			one.lenient = undecided[constraint.Key] || text == namesPattern
			if s := slips[constraint.Key]; s.wrong == text {
				text, one.native = s.right, s.native
			}
			if n, ok := natives[constraint.Key]; ok && n.expression == text {
				one.native = n.holds
			}
		}
		if text == "" && one.native == nil {
			continue // a rule for people
		}
		if one.native == nil {
			if one.expression, err = c.v.expression(text); err != nil {
				return nil, fault.New(fault.Unprocessable, "The invariant %s of %s cannot be read: %s", constraint.Key, c.d.URL, fault.From(err).Message)
			}
		}
		checks = append(checks, one)
	}
	return checks, nil
}

// trusts tells whether the constraints of a definition may mean what ours by their keys do: those of R4, and of the platform.
func (v *Validator) trusts(source string) bool {
	if strings.HasPrefix(source, "urn:yitong:") {
		return true
	}
	_, err := structure.R4().Definition(source)
	return strings.HasPrefix(source, coreBase) && err == nil
}

// expression compiles an expression once for all definitions.
func (v *Validator) expression(text string) (*fhirpath.Expression, error) {
	if e, ok := v.expressions.Load(text); ok {
		return e.(*fhirpath.Expression), nil
	}
	e, err := fhirpath.Parse(text)
	if err != nil {
		return nil, err
	}
	v.expressions.Store(text, e)
	return e, nil
}
