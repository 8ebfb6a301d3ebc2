package ucum

import (
	"github.com/cockroachdb/apd/v3"

	"yitong/internal/fault"
)

const (
	digits      = 34   // of a value in base units
	maxDigits   = 100  // of a value that is converted
	maxExponent = 1000 // of the same, either way
)

var (
	exact   = &apd.BaseContext
	rounded = apd.BaseContext.WithPrecision(digits)

	errValue = fault.New(fault.Malformed, "The value is no number of at most %d digits and with an exponent from %d to %d.",
		maxDigits, -maxExponent, maxExponent).WithIssue("value")
)

// Unit is a unit of UCUM: what its base units are, and how many of them one is. Parse makes units; they are shared by all
// callers and never change.
type Unit struct {
	canonical string
	offset    *apd.Decimal // is added to a value before it is multiplied; nil but for Cel and its like
	factor    *apd.Decimal
	divisor   *apd.Decimal // nil when it is one, as for every factor that a decimal can hold
}

// Canonical brings a quantity to canonical form: 5 with "mg" gives 0.005 and "g". ok is false when the code is no unit of
// UCUM or one that cannot be converted (the package comment tells which), or when the value is no finite number of at most
// 100 digits.
func Canonical(value *apd.Decimal, code string) (v *apd.Decimal, canonical string, ok bool) {
	u, err := Parse(code)
	if err != nil {
		return nil, "", false
	}
	if v, err = u.Base(value); err != nil {
		return nil, "", false
	}
	return v, u.canonical, true
}

// Parse gives the unit of a code. The error is a *fault.Error, Malformed. Units of late are remembered, and so are the
// refusals.
func Parse(code string) (*Unit, error) {
	if len(code) > maxCode {
		return nil, errLong
	}
	if found, ok := recent.get(code); ok {
		return found.unit, found.err
	}
	u, err := parse(code)
	recent.put(code, remembered{u, err})
	return u, err
}

// parse gives the unit of a code that is not remembered.
func parse(code string) (*Unit, error) {
	t, err := units().parse(code)
	if err != nil {
		return nil, err
	}
	return t.unit(), nil
}

// Canonical gives the base units in canonical order, such as "g.m-3", and "1" for a number. Quantities are comparable when
// their units have the same canonical form.
func (u *Unit) Canonical() string { return u.canonical }

// Base gives the value in base units of a value in this unit, rounded to 34 significant digits. Zeros at its end are
// taken off: they would not tell the precision of the measurement any more. The error is a *fault.Error, Malformed, for
// what is no finite number, has more than 100 digits or an exponent beyond ±1000.
func (u *Unit) Base(v *apd.Decimal) (*apd.Decimal, error) {
	if v.Form != apd.Finite || v.Exponent < -maxExponent || v.Exponent > maxExponent || v.NumDigits() > maxDigits {
		return nil, errValue
	}
	d := new(apd.Decimal)
	if u.offset != nil {
		if _, err := exact.Add(d, v, u.offset); err != nil {
			return nil, fault.Wrap(err, "converting a unit")
		}
		v = d
	}
	if _, err := u.scale(d, v); err != nil {
		return nil, fault.Wrap(err, "converting a unit")
	}
	reduce(d)
	return d, nil
}

// scale multiplies v by the unit's factor, and rounds once.
func (u *Unit) scale(d, v *apd.Decimal) (apd.Condition, error) {
	if u.divisor == nil {
		return rounded.Mul(d, v, u.factor)
	}
	if c, err := exact.Mul(d, v, u.factor); err != nil {
		return c, err
	}
	return rounded.Quo(d, d, u.divisor)
}

// zeros are how many zeros reduce tries to take off at once, and the powers of ten that do it.
var zeros = []struct {
	count int32
	power *apd.BigInt
}{{16, apd.NewBigInt(1e16)}, {16, apd.NewBigInt(1e16)}, {8, apd.NewBigInt(1e8)}, {4, apd.NewBigInt(1e4)}}

// reduce takes off the zeros at the end, as apd does too, but that one at a time, which of 34 digits takes a microsecond.
func reduce(d *apd.Decimal) {
	var quotient, rest apd.BigInt
	for _, many := range zeros {
		if d.Coeff.IsUint64() {
			break
		}
		if quotient.QuoRem(&d.Coeff, many.power, &rest); rest.Sign() == 0 {
			d.Coeff.Set(&quotient)
			d.Exponent += many.count
		}
	}
	d.Reduce(d)
}
