package fhirpath

import (
	"slices"
	"strings"

	"yitong/internal/fault"
)

// Check finds what can never work when the focus is of the FHIR type given ("Patient", "HumanName", "Patient.contact";
// "" for any): names that the types on the way do not have, functions that do not exist or take another number of
// arguments, variables without a meaning, operators that do not go between their operands, positions in what has no
// order. It is nil when there is nothing, which does not promise that every evaluation succeeds. The error is a
// *fault.Error, Unprocessable or NotSupported, and says which name, and where.
func (e *Expression) Check(context string) error {
	all := model()
	focus := static{any: true}
	if context != "" {
		t := all.fhir[context]
		if t == nil {
			t = all.shapes[context]
		}
		if t == nil {
			return fault.New(fault.Unprocessable, "FHIRPath: there is no type %s in FHIR R4.", context)
		}
		focus = static{types: []*typ{t}}
	}
	_, err := e.root.check(scope{this: focus, context: focus})
	return err
}

// static is what is known of a collection without a resource: the types that its items may have.
type static struct {
	types     []*typ // none: the collection is empty
	any       bool   // items may be of any type
	unordered bool
}

// scope is what names mean at a place of an expression.
type scope struct {
	this, context static
	adds          bool // inside aggregate()
}

func ofKinds(kinds ...kind) static {
	var s static
	for _, k := range kinds {
		s.types = append(s.types, model().ofKind[k])
	}
	return s
}

// with is what either of two collections may hold.
func (s static) with(other static) static {
	both := static{any: s.any || other.any, unordered: s.unordered || other.unordered, types: slices.Clone(s.types)}
	for _, t := range other.types {
		if !slices.Contains(both.types, t) {
			both.types = append(both.types, t)
		}
	}
	return both
}

// kinds are the System types that the items may convert to; known is false when others are possible.
func (s static) kinds() (kinds []kind, known bool) {
	for _, t := range s.types {
		k := t.system
		if k == kindNone && t.is(model().quantity) {
			k = kindQuantity
		}
		if k == kindNone && t.abstract {
			return nil, false
		}
		kinds = append(kinds, k)
	}
	return kinds, !s.any && len(kinds) > 0
}

func (n *literal) check(scope) (static, error) {
	if n.v.kind == kindNone {
		return static{}, nil
	}
	return ofKinds(n.v.kind), nil
}

func (this) check(s scope) (static, error) { return s.this, nil }

func (index) check(scope) (static, error) { return ofKinds(kindInteger), nil }

func (n *total) check(s scope) (static, error) {
	if !s.adds {
		return static{}, fault.New(fault.Unprocessable, "FHIRPath, %s: $total is known inside aggregate() only.", n.at)
	}
	return static{any: true}, nil
}

func (n *variable) check(s scope) (static, error) {
	_, constant := constants[n.name]
	_, url := namedURL(n.name)
	switch {
	case constant || url:
		return ofKinds(kindString), nil
	case n.name == "context":
		return s.context, nil
	case n.name == "resource" || n.name == "rootResource":
		return static{any: true}, nil
	}
	return static{}, fault.New(fault.Unprocessable, "FHIRPath, %s: the variable %%%s is not defined.", n.at, n.name)
}

func (n *chain) check(s scope) (static, error) {
	in, err := n.first.check(s)
	for _, st := range n.steps {
		if err != nil {
			return in, err
		}
		in, err = st.check(s, in)
	}
	return in, err
}

func (n *rooted) check(s scope) (static, error) { return n.step.check(s, s.this) }

func (n *item) check(s scope, in static) (static, error) {
	if _, err := n.index.check(s); err != nil {
		return in, err
	}
	return in, in.checkOrder("an index", n.at)
}

func (s static) checkOrder(what string, at position) error {
	if s.unordered {
		return fault.New(fault.Unprocessable,
			"FHIRPath, %s: %s needs an order, and children() and descendants() have none.", at, what)
	}
	return nil
}

func (n *member) check(_ scope, in static) (static, error) {
	if n.start {
		if out, ok := n.narrow(in); ok {
			return out, nil
		}
	}
	if in.any {
		return static{any: true, unordered: in.unordered}, nil
	}
	out := static{unordered: in.unordered}
	found := len(in.types) == 0
	for _, t := range in.types {
		fields := t.members[n.name]
		switch {
		case len(fields) > 0:
			found = true
		case t.abstract:
			found, out.any = true, true
		case t.system == kindTypeInfo && (n.name == "name" || n.name == "namespace"):
			found = true
			out = out.with(ofKinds(kindString))
		}
		for _, f := range fields {
			out = out.with(static{types: []*typ{f.typ}})
		}
	}
	if !found {
		return out, n.errMissing(in)
	}
	return out, nil
}

// narrow is what the name of a type leaves of $this.
func (n *member) narrow(in static) (static, bool) {
	named := model().fhir[n.name]
	if named == nil || named.system != kindNone {
		return in, false
	}
	if in.any {
		return static{types: []*typ{named}}, true
	}
	var out static
	for _, t := range in.types {
		switch {
		case t.is(named):
			out.types = append(out.types, t)
		case named.is(t):
			out.types = append(out.types, named)
		}
	}
	return out, len(out.types) > 0
}

func (n *member) errMissing(in static) error {
	hint := ""
	for _, t := range in.types {
		if f := t.fields[n.name]; f != nil {
			hint = "; write " + f.member
		}
	}
	return fault.New(fault.Unprocessable, "FHIRPath, %s: %s has no element %s%s.", n.at, labels(in), n.name, hint)
}

func (n *binary) check(s scope) (static, error) {
	a, err := n.left.check(s)
	if err != nil {
		return a, err
	}
	b, err := n.right.check(s)
	if err != nil {
		return b, err
	}
	switch operators[n.op].binds {
	case bindsMultiply, bindsAdd:
		return n.checkArithmetic(a, b)
	case bindsUnion:
		return a.with(b), nil
	case bindsCompare:
		_, err = n.fitting(a, b, func(x, y *Value) bool { _, _, ok := order(x, y); return ok })
	}
	return ofKinds(kindBoolean), err
}

func (n *binary) checkArithmetic(a, b static) (static, error) {
	if n.op == "&" {
		return ofKinds(kindString), nil
	}
	var out static
	fits, err := n.fitting(a, b, func(x, y *Value) bool {
		var m machine
		m.work = DefaultWork
		if y.kind == kindQuantity && x.kind != kindQuantity {
			y.word = calendarDay
			if x.kind == kindTime {
				y.word = calendarHour
			}
		}
		v, _, err := m.calculate(n, x, y)
		if err == nil && v.kind != kindNone {
			out = out.with(ofKinds(v.kind))
		}
		return err == nil
	})
	if err != nil || !fits || len(out.types) == 0 {
		return static{any: true}, err
	}
	return out, nil
}

// fitting tries an operator on sample values of every type that the sides may have. It is an error when all are known
// and none goes; fits is false when they are not known.
func (n *binary) fitting(a, b static, try func(x, y *Value) bool) (fits bool, err error) {
	left, knownLeft := a.kinds()
	right, knownRight := b.kinds()
	if !knownLeft || !knownRight {
		return false, nil
	}
	for _, k := range left {
		for _, l := range right {
			x, y := sample(k), sample(l)
			fits = try(&x, &y) || fits
		}
	}
	if !fits {
		return false, fault.New(fault.Unprocessable, "FHIRPath, %s: %s does not go between %s and %s.",
			n.at, n.op, labels(a), labels(b))
	}
	return true, nil
}

func labels(s static) string {
	var all []string
	for _, t := range s.types {
		all = append(all, t.label())
	}
	return strings.Join(all, ", ")
}

// sample is some value of a type.
func sample(k kind) Value {
	v := Value{kind: k, num: 1}
	switch k {
	case kindDate, kindDateTime:
		v.num, v.prec = civil{2000, 1, 1}.days()*day, precisionDay
	case kindTime:
		v.num, v.prec = hour, precisionSecond
	case kindQuantity:
		v.text = "1"
	}
	return v
}

func (n *sign) check(s scope) (static, error) { return n.of.check(s) }

func (n *typed) check(s scope) (static, error) {
	in, err := n.of.check(s)
	if err == nil {
		err = n.to.check()
	}
	if !n.as {
		return ofKinds(kindBoolean), err
	}
	return n.to.static(in), err
}

// static is what a type leaves of a collection.
func (t *typeName) static(in static) static {
	out := static{unordered: in.unordered}
	for _, of := range []*typ{t.fhir, t.system} {
		if of != nil {
			out.types = append(out.types, of)
		}
	}
	if t.fhir != nil && !in.any { // of a type of both namespaces, such as Quantity, the one that may be there
		kept := out.types[:0:0]
		for _, of := range out.types {
			if slices.ContainsFunc(in.types, func(i *typ) bool { return i.is(of) || of.is(i) }) {
				kept = append(kept, of)
			}
		}
		if len(kept) > 0 {
			out.types = kept
		}
	}
	return out
}
