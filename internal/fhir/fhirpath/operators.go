package fhirpath

import (
	"yitong/internal/fault"
)

type (
	// binary is an operator between two terms.
	binary struct {
		op          string
		do          func(m *machine, n *binary) error
		left, right node
		at          position
	}
	// sign is + or - before a term.
	sign struct {
		minus bool
		of    node
		at    position
	}
	// typed is the operator is or as.
	typed struct {
		as bool
		of node
		to typeName
		at position
	}
)

// typeName is a type as written, and what it means.
type typeName struct {
	namespace, name string
	fhir, system    *typ
	at              position
}

func (n *binary) eval(m *machine) error { return n.do(m, n) }

// How tightly operators bind (FHIRPath, 6.8).
const (
	bindsImplies = iota + 1
	bindsOr
	bindsAnd
	bindsMember
	bindsEqual
	bindsCompare
	bindsUnion
	bindsType
	bindsAdd
	bindsMultiply
	bindsSign // more than any operator, less than a path
)

// operators by what they look like.
var operators = map[string]struct {
	binds int
	do    func(m *machine, n *binary) error
}{
	"*": {bindsMultiply, arithmetic}, "/": {bindsMultiply, arithmetic},
	"div": {bindsMultiply, arithmetic}, "mod": {bindsMultiply, arithmetic},
	"+": {bindsAdd, arithmetic}, "-": {bindsAdd, arithmetic}, "&": {bindsAdd, concatenate},
	"is": {bindsType, nil}, "as": {bindsType, nil},
	"|": {bindsUnion, union},
	"<": {bindsCompare, inequality}, ">": {bindsCompare, inequality},
	"<=": {bindsCompare, inequality}, ">=": {bindsCompare, inequality},
	"=": {bindsEqual, equality}, "!=": {bindsEqual, equality},
	"~": {bindsEqual, equivalence}, "!~": {bindsEqual, equivalence},
	"in": {bindsMember, membership}, "contains": {bindsMember, membership},
	"and": {bindsAnd, logic}, "or": {bindsOr, logic}, "xor": {bindsOr, logic}, "implies": {bindsImplies, logic},
}

// logic is and, or, xor and implies; the right side is not evaluated when the left decides.
func logic(m *machine, n *binary) error {
	a, err := m.truth(n.left)
	if err != nil {
		return err
	}
	switch {
	case n.op == "and" && a == no:
		return m.pushTruth(no)
	case n.op == "or" && a == yes, n.op == "implies" && a == no:
		return m.pushTruth(yes)
	}
	b, err := m.truth(n.right)
	if err != nil {
		return err
	}
	switch n.op {
	case "and":
		return m.pushTruth(both(a, b))
	case "or":
		return m.pushTruth(both(a.not(), b.not()).not())
	case "implies":
		return m.pushTruth(both(a, b.not()).not())
	}
	if a == unknown || b == unknown {
		return m.pushTruth(unknown)
	}
	return m.pushTruth(truthOf(a != b))
}

// both is the three-valued and.
func both(a, b truth) truth {
	switch {
	case a == no || b == no:
		return no
	case a == unknown || b == unknown:
		return unknown
	}
	return yes
}

// operands evaluates both sides.
func (m *machine) operands(n *binary) (a, b span, err error) {
	if a, err = m.eval(n.left); err != nil {
		return a, b, err
	}
	b, err = m.eval(n.right)
	return a, b, err
}

func equality(m *machine, n *binary) error {
	a, b, err := m.operands(n)
	if err != nil {
		return err
	}
	t, err := m.equalSpans(a, b)
	m.cut(a.from)
	if err != nil {
		return err
	}
	if n.op == "!=" {
		t = t.not()
	}
	return m.pushTruth(t)
}

// equalSpans compares two collections in order.
func (m *machine) equalSpans(a, b span) (truth, error) {
	if a.len() == 0 || b.len() == 0 {
		return unknown, nil
	}
	if a.len() != b.len() {
		return no, nil
	}
	result := yes
	var x, y Value
	for i := range a.len() {
		x, y = m.items[a.from+i], m.items[b.from+i]
		t, err := m.equal(&x, &y)
		if err != nil || t == no {
			return no, err
		}
		if t == unknown {
			result = unknown
		}
	}
	return result, nil
}

func equivalence(m *machine, n *binary) error {
	a, b, err := m.operands(n)
	if err != nil {
		return err
	}
	same, err := m.equivalentSpans(a, b)
	m.cut(a.from)
	if err != nil {
		return err
	}
	return m.push(Boolean(same == (n.op == "~")))
}

// equivalentSpans compares two collections in any order; two empty ones are equivalent.
func (m *machine) equivalentSpans(a, b span) (bool, error) {
	if a.len() == 1 && b.len() == 1 {
		x, y := m.items[a.from], m.items[b.from]
		return m.equivalent(&x, &y)
	}
	return m.permuted(a.from, a.to, b.to, false)
}

// single evaluates the operands of an operator that takes one value on each side: a and b are their places, x and y the
// values. Where one of them is not there, ok is false and the result is empty.
func (m *machine) single(n *binary) (a, b span, x, y Value, ok bool, err error) {
	if a, b, err = m.operands(n); err != nil {
		return
	}
	var okX, okY bool
	if x, okX, err = m.one(a, n.op); err != nil {
		return
	}
	if y, okY, err = m.one(b, n.op); err != nil {
		return
	}
	if ok = okX && okY && !m.valueless(a) && !m.valueless(b); !ok {
		m.cut(a.from)
	}
	return
}

func inequality(m *machine, n *binary) error {
	a, b, x, y, ok, err := m.single(n)
	if err != nil || !ok {
		return err
	}
	order, known, comparable := order(&x, &y)
	if !comparable {
		return m.errOperands(n, a, b)
	}
	m.cut(a.from)
	if !known {
		return nil
	}
	var holds bool
	switch n.op {
	case "<":
		holds = order < 0
	case "<=":
		holds = order <= 0
	case ">":
		holds = order > 0
	default:
		holds = order >= 0
	}
	return m.push(Boolean(holds))
}

// valueless tells whether a collection is a primitive that has only extensions, or a quantity without a plain value:
// they have no value to calculate with, as if empty.
func (m *machine) valueless(s span) bool {
	v := &m.items[s.from]
	return v.kind == kindElement && v.system().kind == kindNone &&
		(v.typ.system != kindNone || v.typ.is(model().quantity))
}

func (m *machine) errOperands(n *binary, a, b span) error {
	_, left := m.items[a.from].Type()
	_, right := m.items[b.from].Type()
	return fault.New(fault.Unprocessable, "FHIRPath, %s: %s does not go between %s and %s.", n.at, n.op, left, right)
}

// membership is in and contains.
func membership(m *machine, n *binary) error {
	a, b, err := m.operands(n)
	if err != nil {
		return err
	}
	mark := a.from
	if n.op == "contains" {
		a, b = b, a
	}
	if a.len() > 1 {
		return errMany(n.op, a.len())
	}
	if a.len() == 0 {
		m.cut(mark)
		return nil
	}
	found, err := m.has(b, m.items[a.from])
	m.cut(mark)
	if err != nil {
		return err
	}
	return m.push(Boolean(found))
}

// has tells whether an item of a collection equals v.
func (m *machine) has(s span, v Value) (bool, error) {
	var x Value
	for i := s.from; i < s.to; i++ {
		x = m.items[i]
		if t, err := m.equal(&x, &v); err != nil || t == yes {
			return t == yes, err
		}
	}
	return false, nil
}

func union(m *machine, n *binary) error {
	a, b, err := m.operands(n)
	if err != nil {
		return err
	}
	return m.distinct(span{a.from, b.to})
}

// concatenate is &: empty counts as an empty text.
func concatenate(m *machine, n *binary) error {
	a, b, err := m.operands(n)
	if err != nil {
		return err
	}
	x, _, err := m.oneOf(kindString, a, "&")
	if err != nil {
		return err
	}
	y, _, err := m.oneOf(kindString, b, "&")
	if err != nil {
		return err
	}
	m.cut(a.from)
	return m.join(x.text, y.text)
}

func (m *machine) join(a, b string) error {
	if err := m.room(len(a) + len(b)); err != nil {
		return err
	}
	return m.push(String(a + b))
}

func (n *sign) eval(m *machine) error {
	s, err := m.eval(n.of)
	if err != nil {
		return err
	}
	v, ok, err := m.one(s, "a sign")
	if err != nil || !ok {
		return err
	}
	if !isNumber(v.kind) && v.kind != kindQuantity {
		return errType("a sign", "a number", &m.items[s.from])
	}
	m.cut(s.from)
	if n.minus {
		d := v.decimal().neg()
		v.num, v.scale, v.big = d.digits, d.scale, d.big
	}
	return m.push(v)
}

func (n *typed) eval(m *machine) error {
	s, err := m.eval(n.of)
	if err != nil {
		return err
	}
	if n.as {
		err = m.asType(s, &n.to)
	} else {
		err = m.isType(s, &n.to)
	}
	m.lower(s.from, s.to)
	return err
}

// fits tells whether an item is of a type.
func (t *typeName) fits(v *Value) bool {
	of := v.typeOf()
	return t.fhir != nil && of.is(t.fhir) || t.system != nil && (of.is(t.system) || t.system.name == "Any")
}

func (t *typeName) check() error {
	if t.fhir == nil && t.system == nil {
		return fault.New(fault.Unprocessable, "FHIRPath, %s: there is no type %s.", t.at, t)
	}
	return nil
}

func (t *typeName) String() string {
	if t.namespace == "" {
		return t.name
	}
	return t.namespace + "." + t.name
}

func (m *machine) isType(in span, t *typeName) error {
	if err := t.check(); err != nil || in.len() == 0 {
		return err
	}
	if in.len() > 1 {
		return errMany("is", in.len())
	}
	return m.push(Boolean(t.fits(&m.items[in.from])))
}

func (m *machine) asType(in span, t *typeName) error {
	if in.len() > 1 && !m.manyAs {
		return errMany("as", in.len())
	}
	return m.ofType(in, t)
}

func (m *machine) ofType(in span, t *typeName) error {
	if err := t.check(); err != nil {
		return err
	}
	for i := in.from; i < in.to; i++ {
		if v := m.items[i]; t.fits(&v) {
			if err := m.push(v); err != nil {
				return err
			}
		}
	}
	return m.spend(in.len())
}
