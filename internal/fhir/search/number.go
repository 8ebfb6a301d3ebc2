package search

import (
	"regexp"
	"strings"

	"github.com/cockroachdb/apd/v3"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/ucum"
)

// unitsOfMeasure is the system of UCUM.
const unitsOfMeasure = "http://unitsofmeasure.org"

// span is a number, or the numbers from lo to hi; a side that is nil is open.
type span struct{ lo, hi *apd.Decimal }

// point tells whether the span is one number.
func (s span) point() bool { return s.lo != nil && s.lo == s.hi }

var decimalForm = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?$`)

// decimal reads a number of FHIR, nil for what is none.
func decimal(text string) *apd.Decimal {
	if len(text) > 40 || !decimalForm.MatchString(text) {
		return nil
	}
	d, _, err := apd.NewFromString(text)
	if err != nil || d.Form != apd.Finite || d.Exponent > 400 || d.Exponent < -400 {
		return nil
	}
	return d
}

// exact does arithmetic on decimals of at most 40 digits and exponents of at most 400, and so never rounds what counts.
var exact = apd.BaseContext.WithPrecision(60)

// quantity is an element with the unit that its numbers have.
type quantity struct {
	span
	unit, system, code string
}

// quantityOf reads an element that holds a number, false for none.
func quantityOf(at *path, n fhir.Node) (quantity, bool) {
	switch at.leaf.Type {
	case "Range":
		low, high := single(n.Get("low")), single(n.Get("high"))
		q := low
		if q.lo == nil {
			q = high
		}
		q.lo, q.hi = low.lo, high.hi
		turned := q.lo != nil && q.hi != nil && q.lo.Cmp(q.hi) > 0
		return q, !turned && (q.lo != nil || q.hi != nil)
	case "Money":
		d := decimal(string(n.Get("value").Raw()))
		code := n.Get("currency").Str()
		return quantity{span{d, d}, code, "urn:iso:std:iso:4217", code}, d != nil
	case "SampledData":
		return sampled(n)
	case "decimal", "integer", "positiveInt", "unsignedInt":
		d := decimal(string(n.Raw()))
		return quantity{span: span{d, d}}, d != nil
	}
	q := single(n)
	switch n.Get("comparator").Str() {
	case "<", "<=":
		q.lo = nil
	case ">", ">=":
		q.hi = nil
	}
	return q, q.lo != nil || q.hi != nil
}

// single reads a Quantity without its comparator.
func single(n fhir.Node) quantity {
	d := decimal(string(n.Get("value").Raw()))
	return quantity{span{d, d}, n.Get("unit").Str(), n.Get("system").Str(), n.Get("code").Str()}
}

// sampled reads the least and the greatest sample: origin + factor × datum.
func sampled(n fhir.Node) (quantity, bool) {
	q := single(n.Get("origin"))
	origin, factor := q.lo, decimal(string(n.Get("factor").Raw()))
	if factor == nil {
		factor = apd.New(1, 0)
	}
	q.span = span{}
	for word := range strings.FieldsSeq(n.Get("data").Str()) {
		d := decimal(word)
		if d == nil || origin == nil {
			continue
		}
		v := new(apd.Decimal)
		_, _ = exact.Mul(v, d, factor)
		_, _ = exact.Add(v, v, origin)
		if q.lo == nil || v.Cmp(q.lo) < 0 {
			q.lo = v
		}
		if q.hi == nil || v.Cmp(q.hi) > 0 {
			q.hi = v
		}
	}
	return q, q.lo != nil
}

// canonical is the same in base units, false where the unit is none of UCUM.
func (q quantity) canonical() (span, string, bool) {
	if q.system != unitsOfMeasure {
		return span{}, "", false
	}
	var out span
	var unit string
	var ok bool
	if q.lo != nil {
		if out.lo, unit, ok = ucum.Canonical(q.lo, q.code); !ok {
			return out, "", false
		}
	}
	switch {
	case q.point():
		out.hi = out.lo
	case q.hi != nil:
		if out.hi, unit, ok = ucum.Canonical(q.hi, q.code); !ok {
			return out, "", false
		}
	}
	return out, unit, ok
}

// numberValue is a number or quantity as it is asked for.
type numberValue struct {
	prefix       prefix
	n            *apd.Decimal
	low, high    *apd.Decimal // the range that its digits imply, or, for ap, that widened by a tenth
	system, code string       // "" for any
	anySystem    bool

	base *numberValue // the same in base units, nil without a unit of UCUM
	unit string       // of base
}

// parseNumber reads a number, and for a quantity the unit behind it.
func parseNumber(text string, units bool) (*numberValue, error) {
	parts := []string{text}
	if units {
		parts = split(text, '|')
	}
	p, digits, err := cutPrefix(parts[0])
	if err != nil {
		return nil, err
	}
	d := decimal(digits)
	if d == nil || len(parts) == 2 || len(parts) > 3 {
		return nil, fault.New(fault.Malformed, "%s", map[bool]string{
			false: "A number is written with digits, such as 5.4, -2 or 1e3, and a prefix such as gt before it.",
			true:  "A quantity is written number, number||unit or number|system|unit.",
		}[units]).WithIssue("value")
	}
	v := &numberValue{prefix: p, n: d, low: new(apd.Decimal), high: new(apd.Decimal), anySystem: true}
	half := apd.New(5, d.Exponent-1)
	_, _ = exact.Sub(v.low, d, half)
	_, _ = exact.Add(v.high, d, half)
	if p == "ap" {
		tenth := new(apd.Decimal).Abs(d)
		tenth.Exponent--
		_, _ = exact.Sub(v.low, v.low, tenth)
		_, _ = exact.Add(v.high, v.high, tenth)
	}
	if len(parts) == 3 {
		v.system, v.code = plain(parts[1]), plain(parts[2])
		v.anySystem = v.system == ""
		v.toBase()
	}
	return v, nil
}

// toBase brings the value to base units if its unit is one of UCUM.
func (v *numberValue) toBase() {
	if v.system != unitsOfMeasure {
		return
	}
	base := &numberValue{prefix: v.prefix, anySystem: true}
	var ok bool
	if base.n, v.unit, ok = ucum.Canonical(v.n, v.code); !ok {
		return
	}
	base.low, _, _ = ucum.Canonical(v.low, v.code)
	base.high, _, _ = ucum.Canonical(v.high, v.code)
	v.base = base
}

func (v *numberValue) matches(at *path, n fhir.Node) bool {
	q, ok := quantityOf(at, n)
	if !ok {
		return false
	}
	if v.base != nil {
		if s, unit, is := q.canonical(); is {
			return unit == v.unit && v.base.holds(s)
		}
	}
	if !v.anySystem && q.system != v.system || v.code != "" && q.code != v.code && !(v.anySystem && q.unit == v.code) {
		return false
	}
	return v.holds(q.span)
}

// holds compares a resource's span; ne is turned round by who asks.
func (v *numberValue) holds(s span) bool {
	within := s.lo != nil && s.hi != nil && s.lo.Cmp(v.low) >= 0 && s.hi.Cmp(v.high) < 0
	above := s.hi == nil || s.hi.Cmp(v.n) > 0
	below := s.lo == nil || s.lo.Cmp(v.n) < 0
	switch v.prefix {
	case "gt":
		return above
	case "lt":
		return below
	case "ge":
		return above || within
	case "le":
		return below || within
	case "sa":
		return s.lo != nil && s.lo.Cmp(v.n) > 0
	case "eb":
		return s.hi != nil && s.hi.Cmp(v.n) < 0
	case "ap":
		return (s.hi == nil || s.hi.Cmp(v.low) >= 0) && (s.lo == nil || s.lo.Cmp(v.high) < 0)
	}
	return within // eq and ne
}
