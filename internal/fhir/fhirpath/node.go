package fhirpath

import (
	"strings"
	"sync/atomic"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
)

// node is a part of an expression that gives a collection.
type node interface {
	eval(m *machine) error
	check(s scope) (static, error)
}

// step is a part of a path: it goes from a collection to another.
type step interface {
	apply(m *machine, in span) error
	check(s scope, in static) (static, error)
}

type (
	// literal is a value that is written out; none for {}.
	literal struct{ v Value }
	this    struct{}
	index   struct{}
	total   struct{ at position }

	// variable is %name.
	variable struct {
		name string
		at   position
	}

	// chain is a term with the steps behind it.
	chain struct {
		first node
		steps []step
	}

	// start of a path: a step from $this.
	rooted struct{ step step }

	// member is the step to elements of a name. At the start of a path the name may also be that of $this's type.
	member struct {
		name  string
		start bool
		at    position
		first atomic.Pointer[found]
	}

	// at is the step [i].
	item struct {
		index node
		at    position
	}

	// call is the step of a function.
	call struct {
		name string
		what string    // the name with (), for messages
		f    *function // nil when there is none of the name
		args []node
		typ  *typeName // of is, as and ofType
		desc []bool    // of sort: which keys go down
		at   position
		memo atomic.Pointer[pattern]
	}
)

// found is what a name means in the type that a step met first; most meet no other.
type found struct {
	t      *typ
	fields []*field
}

func (n *literal) eval(m *machine) error {
	if n.v.kind == kindNone {
		return nil
	}
	return m.push(n.v)
}

func (this) eval(m *machine) error { return m.pushSpan(m.frame.this) }

func (index) eval(m *machine) error {
	if m.frame.index < 0 {
		return nil
	}
	return m.push(Value{kind: kindInteger, num: int64(m.frame.index)})
}

func (n *total) eval(m *machine) error {
	if !m.frame.adds {
		return fault.New(fault.Unprocessable, "FHIRPath, %s: $total is known inside aggregate() only.", n.at)
	}
	return m.pushSpan(m.frame.total)
}

// pushSpan lays copies of items on the stack.
func (m *machine) pushSpan(s span) error {
	m.items = append(m.items, m.items[s.from:s.to]...)
	return m.grown(s.len() + 1)
}

func (n *chain) eval(m *machine) error {
	in, err := m.eval(n.first)
	for _, s := range n.steps {
		if err != nil {
			return err
		}
		if err = s.apply(m, in); err == nil {
			m.lower(in.from, in.to)
			in.to = len(m.items)
		}
	}
	return err
}

func (n *rooted) eval(m *machine) error { return n.step.apply(m, m.frame.this) }

func (n *item) apply(m *machine, in span) error {
	s, err := m.eval(n.index)
	if err != nil {
		return err
	}
	v, ok, err := m.oneOf(kindInteger, s, "an index")
	m.cut(s.from)
	if err != nil || !ok || v.num < 0 || v.num >= int64(in.len()) {
		return err
	}
	return m.push(m.items[in.from+int(v.num)])
}

func (n *member) apply(m *machine, in span) error {
	if err := m.spend(1); err != nil {
		return err
	}
	for i := in.from; i < in.to; i++ {
		v := m.items[i]
		if v.kind != kindElement {
			if v.kind == kindTypeInfo {
				m.pushTypeInfo(v.typ, n.name)
			}
			continue
		}
		if n.start && n.names(v.typ) {
			if err := m.push(v); err != nil {
				return err
			}
			continue
		}
		if err := m.pushFields(&v, n.fields(v.typ), n.name); err != nil {
			return err
		}
	}
	return nil
}

// names tells whether the name is that of the type, or of one that it extends.
func (n *member) names(t *typ) bool {
	if c := n.name[0]; c < 'A' || c > 'Z' {
		return false
	}
	for ; t != nil; t = t.base {
		if t.name == n.name {
			return true
		}
	}
	return false
}

// fields are what the name means in a type.
func (n *member) fields(t *typ) []*field {
	f := n.first.Load()
	if f == nil {
		f = &found{t, t.members[n.name]}
		n.first.Store(f)
	}
	if f.t == t {
		return f.fields
	}
	return t.members[n.name]
}

// pushTypeInfo lays the part of a SimpleTypeInfo on the stack.
func (m *machine) pushTypeInfo(t *typ, name string) {
	switch name {
	case "name":
		m.items = append(m.items, String(t.name))
	case "namespace":
		m.items = append(m.items, String(t.namespace))
	}
}

// pushFields lays the elements on the stack that an object has for the fields of one name.
func (m *machine) pushFields(v *Value, fields []*field, name string) error {
	object := v.node
	if v.typ.system != kindNone {
		object = v.side
	}
	if len(fields) == 0 || object.Kind() != fhir.Object {
		return nil
	}
	only := fields[0]
	var value, side fhir.Node
	for c := object.First(); c.Exists(); c = c.Next() {
		key := c.Name()
		switch {
		case len(fields) == 1:
			if string(key) == only.name {
				value = c
			} else if len(key) > 0 && key[0] == '_' && string(key) == only.side {
				side = c
			}
		case len(key) > 0 && key[0] == '_':
			if f := choice(fields, key[1:], name); f != nil && f.side != "" {
				only, side = f, c
			}
		default:
			if f := choice(fields, key, name); f != nil {
				only, value = f, c
			}
		}
	}
	return m.pushField(only, value, side)
}

// choice is the field of a JSON name, nil when it is not among the choices.
func choice(fields []*field, key []byte, name string) *field {
	if len(key) <= len(name) || string(key[:len(name)]) != name {
		return nil
	}
	for _, f := range fields {
		if f.name == string(key) {
			return f
		}
	}
	return nil
}

// pushField lays one element or the items of an array on the stack. An item is there when it has a value or something
// beside it.
func (m *machine) pushField(f *field, value, side fhir.Node) error {
	if value.Kind() != fhir.Array && side.Kind() != fhir.Array {
		if isNull(value) && isNull(side) {
			return nil
		}
		return m.pushElement(f, value, side)
	}
	v, s := value.First(), side.First()
	for v.Exists() || s.Exists() {
		if !isNull(v) || !isNull(s) {
			if err := m.pushElement(f, v, s); err != nil {
				return err
			}
		}
		v, s = v.Next(), s.Next()
	}
	return nil
}

func (m *machine) pushElement(f *field, value, side fhir.Node) error {
	v := element(f.typ, value, side)
	v.text = f.name
	return m.push(v)
}

// pushChildren lays all elements of an item on the stack, in the order of the text. Members that the type does not have
// are left out.
func (m *machine) pushChildren(v *Value) error {
	if v.kind != kindElement {
		return nil
	}
	object, t := v.node, v.typ
	if t.system != kindNone {
		object = v.side
	}
	if object.Kind() != fhir.Object {
		return nil
	}
	for c := object.First(); c.Exists(); c = c.Next() {
		key := c.Name()
		if len(key) > 0 && key[0] == '_' {
			if f := t.fields[string(key[1:])]; f != nil && f.side != "" && !object.Get(f.name).Exists() {
				if err := m.pushField(f, fhir.Node{}, c); err != nil {
					return err
				}
			}
			continue
		}
		f := t.fields[string(key)]
		if f == nil {
			continue
		}
		var side fhir.Node
		if f.side != "" {
			side = object.Get(f.side)
		}
		if err := m.pushField(f, c, side); err != nil {
			return err
		}
	}
	return nil
}

func (n *variable) eval(m *machine) error {
	if c, ok := m.env.Variables[n.name]; ok {
		m.items = append(m.items, c...)
		return m.grown(len(c) + 1)
	}
	if constant, ok := constants[n.name]; ok {
		return m.push(String(constant))
	}
	switch n.name {
	case "context":
		return m.pushSpan(m.focus)
	case "resource":
		return m.pushResource(m.env.Resource)
	case "rootResource":
		root := m.env.Root
		if !root.Exists() {
			root = m.env.Resource
		}
		return m.pushResource(root)
	}
	if s, ok := namedURL(n.name); ok {
		return m.push(String(s))
	}
	return fault.New(fault.Unprocessable, "FHIRPath, %s: the variable %%%s is not defined.", n.at, n.name)
}

// constants of every evaluation (R4 fhirpath.html, 2.1.3.4).
var constants = map[string]string{
	"sct":   "http://snomed.info/sct",
	"loinc": "http://loinc.org",
	"ucum":  ucumSystem,
}

// namedURL is what %`vs-name` and %`ext-name` stand for (R4 fhirpath.html, 2.1.3.4).
func namedURL(name string) (string, bool) {
	if s, ok := strings.CutPrefix(name, "vs-"); ok {
		return "http://hl7.org/fhir/ValueSet/" + s, true
	}
	if s, ok := strings.CutPrefix(name, "ext-"); ok {
		return "http://hl7.org/fhir/StructureDefinition/" + s, true
	}
	return "", false
}

func (m *machine) pushResource(n fhir.Node) error {
	if !n.Exists() {
		return m.pushSpan(m.focus)
	}
	return m.push(Of(n))
}

// now is the moment of the evaluation.
func (m *machine) now(what string) (time.Time, error) {
	now := m.env.Now
	if now.IsZero() {
		return now, fault.New(fault.NotSupported, "FHIRPath: %s has no answer here, because no time was given.", what)
	}
	if m.env.Zone != nil {
		now = now.In(m.env.Zone)
	}
	return now, nil
}
