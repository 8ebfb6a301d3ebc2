package module

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"yitong/internal/bilingual"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
	"yitong/internal/process"
	"yitong/internal/rule"
)

// Descriptor is a module: everything that it offers.
type Descriptor struct {
	Name       string // such as scheduling; that of its folder
	Words      bilingual.Text
	Doc        string   // what it is for, in a few sentences
	Mission    []string // ids of the requirements that it is for
	Operations []Operation
	Processes  []*process.Process // every version of them that cases may be on
	Rules      []*rule.Table      // by region and year, that it goes by
	Owns       []gate.Ownership   // resources that it alone writes, beside those of its processes
}

// Set is the modules of a platform, which fit together.
type Set struct{ modules []Descriptor }

// New puts modules together. The error names all that is wrong with them: a name that there is twice or that is none,
// what has no words or says nothing of what it does, an operation without a level, on a type that FHIR R4 does not
// have, or with a declaration that another one has taken at the same level and type.
func New(all ...Descriptor) (*Set, error) {
	c := checking{modules: map[string]bool{}, ids: map[string]string{}, taken: map[place]string{}}
	for _, d := range all {
		c.module(d)
	}
	if err := errors.Join(c.wrong...); err != nil {
		return nil, err
	}
	return &Set{modules: all}, nil
}

// Modules are the modules, in the order in which they were given.
func (s *Set) Modules() []Descriptor { return slices.Clone(s.modules) }

// Operations are those of all modules, in order.
func (s *Set) Operations() (all []Operation) {
	for _, d := range s.modules {
		all = append(all, d.Operations...)
	}
	return all
}

// Permissions are the names of all operations, each once, sorted: what a policy has to decide about.
func (s *Set) Permissions() (names []string) {
	for _, o := range s.Operations() {
		names = append(names, o.Name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Owned are the resources that modules and processes own.
func (s *Set) Owned() (all []gate.Ownership) {
	for _, d := range s.modules {
		all = append(all, d.Owns...)
	}
	return append(all, process.Owns(s.Processes()...)...)
}

// Processes are those of all modules, in order.
func (s *Set) Processes() (all []*process.Process) {
	for _, d := range s.modules {
		all = append(all, d.Processes...)
	}
	return all
}

// Tables are the rule tables of all modules, in order.
func (s *Set) Tables() (all []*rule.Table) {
	for _, d := range s.modules {
		all = append(all, d.Rules...)
	}
	return all
}

// Decided refuses a policy that leaves undecided whether a role may call an operation. The error names all of them.
func (s *Set) Decided(by func(role gate.Role, operation string) bool) error {
	var wrong []error
	for _, name := range s.Permissions() {
		var open []gate.Role
		for _, role := range gate.Roles() {
			if !by(role, name) {
				open = append(open, role)
			}
		}
		if open != nil {
			wrong = append(wrong, fmt.Errorf("the policy does not decide whether %v may call the operation %s: add %[2]s: allow or %[2]s: deny to their operations", open, name))
		}
	}
	return errors.Join(wrong...)
}

// place is where an operation is called.
type place struct {
	name  string
	level Levels
	of    schema.Type // 0 for all
}

// checking gathers what is wrong.
type checking struct {
	modules map[string]bool
	ids     map[string]string // of definitions, and the modules that have them
	taken   map[place]string
	wrong   []error
}

func (c *checking) refuse(format string, args ...any) {
	c.wrong = append(c.wrong, fmt.Errorf(format, args...))
}

// named is how modules and operations are called.
var named = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

func (c *checking) module(d Descriptor) {
	if !named.MatchString(d.Name) {
		c.refuse("a module is called %q: its name should be of small letters, digits and hyphens", d.Name)
	}
	if c.modules[d.Name] {
		c.refuse("there are two modules %s", d.Name)
	}
	c.modules[d.Name] = true
	c.documented("the module "+d.Name, d.Words, d.Doc)
	for _, o := range d.Operations {
		c.operation(d.Name, o)
	}
}

func (c *checking) documented(what string, w bilingual.Text, doc string) {
	if !w.Whole() {
		c.refuse("%s does not say what people call it, in Chinese and in English (Words)", what)
	}
	if doc == "" {
		c.refuse("%s does not say what it is for (Doc)", what)
	}
}

func (c *checking) operation(in string, o Operation) {
	what := fmt.Sprintf("the operation %s of %s", o.Name, in)
	if !named.MatchString(o.Name) || o.ID != "" && !named.MatchString(o.ID) {
		c.refuse("%s should have a name of small letters, digits and hyphens", what)
	}
	c.documented(what, o.Words, o.Doc)
	if by, twice := c.ids[o.id()]; twice {
		c.refuse("%s has the definition %s, and so has one of %s: give one of them another ID", what, o.id(), by)
	}
	c.ids[o.id()] = in
	if o.Levels == 0 || o.Levels&^(System|OfType|Instance) != 0 {
		c.refuse("%s does not say on which levels it is called", what)
	}
	if o.Do != nil && o.In == nil {
		c.refuse("%s has no form for what it is given: make it by module.Op", what)
	}
	for i, t := range o.Types {
		if t.String() == "" {
			c.refuse("%s names a type that FHIR R4 does not have, the %d. of its types", what, i+1)
		}
	}
	for _, p := range o.places() {
		if by, twice := c.clash(p); twice {
			c.refuse("%s is called at the same addresses as one of %s", what, by)
		}
		c.taken[p] = in
	}
}

// places are where an operation is called.
func (o Operation) places() (all []place) {
	if o.Levels&System != 0 {
		all = append(all, place{o.Name, System, 0})
	}
	types := o.Types
	if types == nil {
		types = []schema.Type{0}
	}
	for _, level := range []Levels{OfType, Instance} {
		for _, t := range types {
			if o.Levels&level != 0 {
				all = append(all, place{o.Name, level, t})
			}
		}
	}
	return all
}

// clash finds who is called at a place already, or at all of its types.
func (c *checking) clash(p place) (by string, is bool) {
	for q, by := range c.taken {
		if q.name == p.name && q.level == p.level && (q.of == p.of || q.of == 0 || p.of == 0) {
			return by, true
		}
	}
	return "", false
}
