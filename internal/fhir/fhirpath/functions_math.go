package fhirpath

import (
	"github.com/cockroachdb/apd/v3"

	"yitong/internal/fault"
)

const (
	mathWork = 20_000 // steps that a logarithm, power or root counts
	maxPower = 5000   // the largest absolute exponent of power
	maxExp   = 2300   // the largest absolute argument of exp; results beyond are over maxExponent
)

// number is the number that a function of mathematics works on. ok is false when there is none.
func (m *machine) number(c *call, in span) (v Value, ok bool, err error) {
	v, ok, err = m.one(in, c.what)
	if err != nil || !ok {
		return v, ok, err
	}
	if v.kind == kindNone && m.items[in.from].typ.system != kindNone {
		return v, false, nil
	}
	if !isNumber(v.kind) {
		return v, false, errType(c.what, "a number", &m.items[in.from])
	}
	return v, true, nil
}

func fnAbs(m *machine, c *call, in span) error {
	v, ok, err := m.one(in, c.what)
	if err != nil || !ok {
		return err
	}
	if !isNumber(v.kind) && v.kind != kindQuantity {
		return errType("abs()", "a number or quantity", &m.items[in.from])
	}
	if d := v.decimal(); d.cmp(decimal{}) < 0 {
		d = d.neg()
		v.num, v.scale, v.big = d.digits, d.scale, d.big
	}
	return m.push(v)
}

func fnCeiling(m *machine, c *call, in span) error  { return m.toWhole(c, in, up) }
func fnFloor(m *machine, c *call, in span) error    { return m.toWhole(c, in, down) }
func fnTruncate(m *machine, c *call, in span) error { return m.toWhole(c, in, inner) }

func (m *machine) toWhole(c *call, in span, how apd.Rounder) error {
	v, ok, err := m.number(c, in)
	if err != nil || !ok {
		return err
	}
	n, ok := v.decimal().integer(how)
	if !ok {
		return nil
	}
	return m.push(Value{kind: kindInteger, num: n})
}

func fnRound(m *machine, c *call, in span) error {
	v, ok, err := m.number(c, in)
	if err != nil || !ok {
		return err
	}
	places, _, err := m.argument(c, 0, kindInteger)
	if err != nil {
		return err
	}
	if places.num < 0 || places.num > maxDigits {
		return fault.New(fault.Unprocessable, "FHIRPath, %s: round() takes 0 to %d digits.", c.at, maxDigits)
	}
	d := v.decimal()
	if d.places() > int(places.num) {
		if d, ok = d.round(int(places.num)); !ok {
			return nil
		}
	}
	return m.push(d.value(kindDecimal))
}

// transcendental makes a Decimal of a number by a function of apd.
func (m *machine) transcendental(c *call, in span, f func(r, x *apd.Decimal) (apd.Condition, error)) error {
	v, ok, err := m.number(c, in)
	if err != nil || !ok {
		return err
	}
	if err := m.spend(mathWork); err != nil {
		return err
	}
	d, ok := calculate(func(r *apd.Decimal) (apd.Condition, error) { return f(r, v.decimal().toBig()) })
	if !ok {
		return nil
	}
	return m.push(d.value(kindDecimal))
}

func fnLn(m *machine, c *call, in span) error   { return m.transcendental(c, in, rounded.Ln) }
func fnSqrt(m *machine, c *call, in span) error { return m.transcendental(c, in, rounded.Sqrt) }

func fnExp(m *machine, c *call, in span) error {
	v, ok, err := m.number(c, in)
	if err != nil || !ok || v.decimal().over(maxExp) {
		return err
	}
	return m.transcendental(c, in, rounded.Exp)
}

// over tells whether a number's absolute value is more than a bound.
func (d decimal) over(bound int64) bool {
	return d.cmp(decimal{digits: bound}) > 0 || d.cmp(decimal{digits: -bound}) < 0
}

func fnLog(m *machine, c *call, in span) error {
	base, ok, err := m.factorOf(c)
	if err != nil || !ok {
		return err
	}
	return m.transcendental(c, in, func(r, x *apd.Decimal) (apd.Condition, error) {
		below := new(apd.Decimal)
		if cond, err := wide.Ln(below, base.toBig()); err != nil {
			return cond, err
		}
		if cond, err := wide.Ln(r, x); err != nil {
			return cond, err
		}
		if cond, err := wide.Quo(r, r, below); err != nil {
			return cond, err
		}
		return rounded.Round(r, r)
	})
}

// factorOf is the argument of log and power.
func (m *machine) factorOf(c *call) (d decimal, ok bool, err error) {
	s, err := m.eval(c.args[0])
	if err != nil {
		return d, false, err
	}
	v, ok, err := m.number(c, s)
	m.cut(s.from)
	return v.decimal(), ok, err
}

// fnPower gives an Integer for two Integers, where the result is one. What is no real number is empty.
func fnPower(m *machine, c *call, in span) error {
	exponent, ok, err := m.factorOf(c)
	if err != nil || !ok || exponent.over(maxPower) {
		return err
	}
	v, ok, err := m.number(c, in)
	if err != nil || !ok {
		return err
	}
	if err := m.spend(mathWork); err != nil {
		return err
	}
	if exponent.isZero() { // of 0 too
		return m.push(Value{kind: v.kind, num: 1})
	}
	d, ok := calculate(func(r *apd.Decimal) (apd.Condition, error) {
		x, y := v.decimal().toBig(), exponent.toBig()
		if cond, err := exact.Pow(r, x, y); err == nil {
			return cond, nil
		}
		return rounded.Pow(r, x, y)
	})
	switch {
	case !ok:
		return nil
	case v.kind == kindInteger && exponent.places() == 0 && d.places() == 0:
		if d.big != nil || !inInteger(d.digits) {
			return nil
		}
		return m.push(d.value(kindInteger))
	}
	return m.push(d.value(kindDecimal))
}
