package fhirpath

import (
	"strings"
	"unicode"

	"yitong/internal/fhir"
)

// truth is a value of three-valued logic.
type truth int8

const (
	unknown truth = iota
	no
	yes
)

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

func (t truth) not() truth {
	switch t {
	case yes:
		return no
	case no:
		return yes
	}
	return unknown
}

func isNumber(k kind) bool { return k == kindInteger || k == kindDecimal }
func isDate(k kind) bool   { return k == kindDate || k == kindDateTime }

// asQuantity is a number as a quantity of unit 1 (FHIRPath, 5.5: implicit conversion).
func (v Value) asQuantity() Value {
	if isNumber(v.kind) {
		v.kind, v.text = kindQuantity, "1"
	}
	return v
}

// equal compares two items by the rules of = (FHIRPath, 6.1.1).
func (m *machine) equal(a, b *Value) (truth, error) {
	if err := m.spend(1); err != nil {
		return unknown, err
	}
	x, y := a.system(), b.system()
	if x.kind == kindNone || y.kind == kindNone {
		if a.kind != kindElement || b.kind != kindElement {
			return no, nil
		}
		return m.equalElements(a, b)
	}
	return equalSystem(&x, &y), nil
}

func equalSystem(x, y *Value) truth {
	switch {
	case isNumber(x.kind) && isNumber(y.kind):
		return truthOf(x.decimal().cmp(y.decimal()) == 0)
	case isDate(x.kind) && isDate(y.kind), x.kind == kindTime && y.kind == kindTime:
		order, known := compareDates(x, y)
		if !known && order == 0 {
			return unknown
		}
		return truthOf(order == 0)
	case x.kind == kindQuantity && isNumber(y.kind), y.kind == kindQuantity && isNumber(x.kind):
		q, r := x.asQuantity(), y.asQuantity()
		return equalSystem(&q, &r)
	case x.kind != y.kind:
		return no
	case x.kind == kindQuantity:
		p, q, ok := sameUnit(x, y)
		if !ok {
			return unknown
		}
		return truthOf(p.cmp(q) == 0)
	case x.kind == kindString:
		return truthOf(x.text == y.text)
	case x.kind == kindTypeInfo:
		return truthOf(x.typ == y.typ)
	}
	return truthOf(x.num == y.num)
}

// equalElements compares elements without a value of their own, child by child and in order.
func (m *machine) equalElements(a, b *Value) (truth, error) {
	if a.node == b.node && a.side == b.side {
		return yes, nil
	}
	mark := len(m.items)
	defer m.cut(mark)
	if err := m.pushChildren(a); err != nil {
		return unknown, err
	}
	middle := len(m.items)
	if err := m.pushChildren(b); err != nil {
		return unknown, err
	}
	if len(m.items)-middle != middle-mark {
		return no, nil
	}
	// The members of two objects may come in any order, the items of one member only in their own.
	var x, y Value // outside of the loop, so that they stay on the stack
	for i := mark; i < middle; i++ {
		j, err := m.nth(i, mark, middle)
		if err != nil {
			return unknown, err
		}
		if j < 0 {
			return no, nil
		}
		x, y = m.items[i], m.items[j]
		if t, err := m.equal(&x, &y); err != nil || t != yes {
			return t, err
		}
	}
	return yes, nil
}

// nth finds the child that stands in the second list where child i stands in the first: of the same name, and as many
// of that name before it. It is -1 when there is none.
func (m *machine) nth(i, first, second int) (int, error) {
	name := memberName(&m.items[i])
	before := 0
	for k := i - 1; k >= first && memberName(&m.items[k]) == name; k-- {
		before++
	}
	for j := second; j < len(m.items); j++ {
		if err := m.spend(1); err != nil {
			return 0, err
		}
		if memberName(&m.items[j]) == name {
			if j += before; j < len(m.items) && memberName(&m.items[j]) == name {
				return j, nil
			}
			return -1, nil
		}
	}
	return -1, nil
}

// memberName is the name of a child as pushChildren noted it.
func memberName(v *Value) string { return v.text }

// equivalent compares two items by the rules of ~ (FHIRPath, 6.1.2).
func (m *machine) equivalent(a, b *Value) (bool, error) {
	if err := m.spend(1); err != nil {
		return false, err
	}
	x, y := a.system(), b.system()
	if x.kind == kindNone || y.kind == kindNone {
		if a.kind != kindElement || b.kind != kindElement {
			return false, nil
		}
		return m.equivalentElements(a, b)
	}
	switch {
	case isNumber(x.kind) && isNumber(y.kind):
		return equivalentDecimals(x.decimal(), y.decimal()), nil
	case isDate(x.kind) && isDate(y.kind), x.kind == kindTime && y.kind == kindTime:
		order, known := compareDates(&x, &y)
		return known && order == 0, nil
	case x.kind == kindQuantity && isNumber(y.kind), y.kind == kindQuantity && isNumber(x.kind):
		x, y = x.asQuantity(), y.asQuantity()
	case x.kind != y.kind:
		return false, nil
	}
	switch x.kind {
	case kindQuantity:
		return equivalentQuantities(&x, &y), nil
	case kindString:
		return equivalentText(x.text, y.text), m.spend(len(x.text) / textStep)
	}
	return equalSystem(&x, &y) == yes, nil
}

// equivalentElements compares the children of two elements in any order. Their ids do not count.
func (m *machine) equivalentElements(a, b *Value) (bool, error) {
	mark := len(m.items)
	defer m.cut(mark)
	if err := m.pushChildren(a); err != nil {
		return false, err
	}
	middle := len(m.items)
	if err := m.pushChildren(b); err != nil {
		return false, err
	}
	return m.permuted(mark, middle, len(m.items), true)
}

// permuted tells whether each item of [from,middle) has an equivalent of its own in [middle,to). named asks for the
// same member's name too.
func (m *machine) permuted(from, middle, to int, named bool) (bool, error) {
	if to-middle != middle-from {
		return false, nil
	}
	taken := make([]bool, to-middle)
	var x, y Value
next:
	for i := from; i < middle; i++ {
		for j := middle; j < to; j++ {
			x, y = m.items[i], m.items[j]
			if taken[j-middle] || named && memberName(&x) != memberName(&y) {
				continue
			}
			same, err := m.equivalent(&x, &y)
			if err != nil {
				return false, err
			}
			if same {
				taken[j-middle] = true
				continue next
			}
		}
		return false, nil
	}
	return true, nil
}

// equivalentDecimals compares two numbers to the precision of the coarser, zeros at the end not counted.
func equivalentDecimals(a, b decimal) bool {
	places := min(a.significant(), b.significant())
	x, okX := a.round(places)
	y, okY := b.round(places)
	return okX && okY && x.cmp(y) == 0
}

// equivalentText compares texts without regard to case and to how blanks are written.
func equivalentText(a, b string) bool {
	return a == b || strings.EqualFold(blanks(a), blanks(b))
}

// blanks writes every blank as a space.
func blanks(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		return r
	}, s)
}

// order compares two items by the rules of <. known is false where the answer is empty; comparable is false where the
// types have no order in common.
func order(x, y *Value) (order int, known, comparable bool) {
	switch {
	case isNumber(x.kind) && isNumber(y.kind):
		return x.decimal().cmp(y.decimal()), true, true
	case isDate(x.kind) && isDate(y.kind), x.kind == kindTime && y.kind == kindTime:
		order, known = compareDates(x, y)
		return order, known, true
	case x.kind == kindString && y.kind == kindString:
		return strings.Compare(x.text, y.text), true, true
	case (x.kind == kindQuantity || isNumber(x.kind)) && (y.kind == kindQuantity || isNumber(y.kind)):
		q, r := x.asQuantity(), y.asQuantity()
		a, b, ok := sameUnit(&q, &r)
		if !ok {
			return 0, false, true
		}
		return a.cmp(b), true, true
	}
	return 0, false, false
}

// isNull tells whether a node is absent or only fills a gap.
func isNull(n fhir.Node) bool { k := n.Kind(); return k == fhir.Absent || k == fhir.Null }
