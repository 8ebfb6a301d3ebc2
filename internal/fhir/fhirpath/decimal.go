package fhirpath

import (
	"strconv"

	"github.com/cockroachdb/apd/v3"
)

// Limits of numbers; beyond them a number is none, and the result of a calculation is empty.
const (
	maxDigits   = 100
	maxExponent = 1000
	roundedTo   = 34 // digits of a quotient, root or logarithm, as of IEEE 754 decimal128
	maxScale    = 18 // digits after the point that a decimal holds without big
)

var (
	exact   = contextOf(maxDigits, apd.DefaultTraps|apd.Inexact)
	rounded = contextOf(roundedTo, apd.DefaultTraps)
	wide    = contextOf(roundedTo+10, apd.DefaultTraps) // for what is rounded afterwards
)

func contextOf(precision uint32, traps apd.Condition) *apd.Context {
	return &apd.Context{Precision: precision, MaxExponent: maxExponent, MinExponent: -maxExponent, Traps: traps}
}

// powers of ten.
var powers = [maxScale + 1]int64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9,
	1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18}

// decimal is digits × 10^-scale, or big where that is not nil.
type decimal struct {
	digits int64
	scale  uint8
	big    *apd.Decimal
}

func (v *Value) decimal() decimal { return decimal{v.num, v.scale, v.big} }

func (d decimal) value(k kind) Value {
	return Value{kind: k, num: d.digits, scale: d.scale, big: d.big}
}

// parseDecimal reads a number in JSON's notation; a plus sign is taken as well.
func parseDecimal(s string) (decimal, bool) {
	if d, ok := parseShort(s); ok {
		return d, true
	}
	if s == "" || s[len(s)-1] < '0' || s[len(s)-1] > '9' || len(s) > maxDigits+maxExponent {
		return decimal{}, false
	}
	b, _, err := apd.NewFromString(s)
	if err != nil {
		return decimal{}, false
	}
	return fromBig(b)
}

// parseShort reads a number of at most 18 digits without an exponent.
func parseShort(s string) (d decimal, ok bool) {
	i, negative := 0, false
	if s != "" && (s[0] == '-' || s[0] == '+') {
		i, negative = 1, s[0] == '-'
	}
	start, point := i, -1
	for ; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			d.digits = d.digits*10 + int64(c-'0')
		case c == '.' && point < 0 && i > start && i+1 < len(s):
			point = i
		default:
			return d, false
		}
	}
	if i == start || i-start > maxScale {
		return d, false
	}
	if point >= 0 {
		d.scale = uint8(len(s) - point - 1)
	}
	if negative {
		d.digits = -d.digits
	}
	return d, true
}

// fromBig is a decimal in its short form where it has one; false when it is over the limits.
func fromBig(b *apd.Decimal) (decimal, bool) {
	if b.Form != apd.Finite || b.Exponent < -maxExponent || b.Exponent > maxExponent || b.NumDigits() > maxDigits {
		return decimal{}, false
	}
	if b.Coeff.IsInt64() && b.Exponent <= 0 && b.Exponent >= -maxScale && !(b.Negative && b.IsZero()) {
		n := b.Coeff.Int64()
		if b.Negative {
			n = -n
		}
		return decimal{digits: n, scale: uint8(-b.Exponent)}, true
	}
	if b.Coeff.IsInt64() && b.Exponent > 0 && b.Exponent <= maxScale {
		if n, ok := times(b.Coeff.Int64(), powers[b.Exponent]); ok {
			d := decimal{digits: n}
			if b.Negative {
				d.digits = -n
			}
			return d, true
		}
	}
	return decimal{big: b}, true
}

// toBig is the decimal as apd has it; callers leave it as it is.
func (d decimal) toBig() *apd.Decimal {
	if d.big != nil {
		return d.big
	}
	return apd.New(d.digits, -int32(d.scale))
}

// places is the number of digits after the point.
func (d decimal) places() int {
	if d.big == nil {
		return int(d.scale)
	}
	return max(0, -int(d.big.Exponent))
}

// reduced is the decimal without zeros at its end.
func (d decimal) reduced() decimal {
	if d.big != nil {
		b, _ := new(apd.Decimal).Reduce(d.big)
		b.Negative = b.Negative && !b.IsZero()
		if d, _ = fromBig(b); d.big != nil {
			return d
		}
	}
	for d.scale > 0 && d.digits%10 == 0 {
		d.digits /= 10
		d.scale--
	}
	return d
}

// significant is the number of digits after the point without zeros at the end.
func (d decimal) significant() int { return d.reduced().places() }

func (d decimal) isZero() bool {
	if d.big != nil {
		return d.big.IsZero()
	}
	return d.digits == 0
}

func (d decimal) cmp(e decimal) int {
	if a, b, _, ok := align(d, e); ok {
		switch {
		case a < b:
			return -1
		case a > b:
			return 1
		}
		return 0
	}
	return d.toBig().Cmp(e.toBig())
}

// align brings two short decimals to one scale; ok is false when that overflows.
func align(d, e decimal) (a, b int64, scale uint8, ok bool) {
	if d.big != nil || e.big != nil {
		return 0, 0, 0, false
	}
	scale = max(d.scale, e.scale)
	a, okA := times(d.digits, powers[scale-d.scale])
	b, okB := times(e.digits, powers[scale-e.scale])
	return a, b, scale, okA && okB
}

func times(a, b int64) (int64, bool) {
	if a == 0 || b == 0 {
		return 0, true
	}
	c := a * b
	return c, c/b == a && !(a == -1<<63 || b == -1<<63)
}

func (d decimal) neg() decimal {
	if d.big != nil || d.digits == -1<<63 {
		b := new(apd.Decimal)
		b.Neg(d.toBig())
		n, _ := fromBig(b)
		return n
	}
	d.digits = -d.digits
	return d
}

func (d decimal) add(e decimal) (decimal, bool) {
	if a, b, scale, ok := align(d, e); ok {
		if sum := a + b; (sum > a) == (b > 0) {
			return decimal{digits: sum, scale: scale}, true
		}
	}
	b := new(apd.Decimal)
	if _, err := exact.Add(b, d.toBig(), e.toBig()); err != nil {
		return decimal{}, false
	}
	return fromBig(b)
}

func (d decimal) mul(e decimal) (decimal, bool) {
	if d.big == nil && e.big == nil && d.scale+e.scale <= maxScale {
		if n, ok := times(d.digits, e.digits); ok {
			return decimal{digits: n, scale: d.scale + e.scale}, true
		}
	}
	b := new(apd.Decimal)
	if _, err := exact.Mul(b, d.toBig(), e.toBig()); err != nil {
		if _, err := rounded.Mul(b, d.toBig(), e.toBig()); err != nil {
			return decimal{}, false
		}
	}
	return fromBig(b)
}

// calculate makes a decimal by a function of apd; false when the function has no result.
func calculate(f func(result *apd.Decimal) (apd.Condition, error)) (decimal, bool) {
	b := new(apd.Decimal)
	if _, err := f(b); err != nil {
		return decimal{}, false
	}
	d, ok := fromBig(b)
	return d.reduced(), ok
}

func (d decimal) quo(e decimal) (decimal, bool) {
	if e.isZero() {
		return decimal{}, false
	}
	return calculate(func(r *apd.Decimal) (apd.Condition, error) { return rounded.Quo(r, d.toBig(), e.toBig()) })
}

// round is the decimal with so many digits after the point, halves away from zero.
func (d decimal) round(places int) (decimal, bool) { return d.quantize(places, apd.RoundHalfUp) }

func (d decimal) quantize(places int, how apd.Rounder) (decimal, bool) {
	c := contextOf(maxDigits+maxExponent, 0)
	c.MinExponent, c.Rounding = -2*maxExponent, how
	b := new(apd.Decimal)
	if _, err := c.Quantize(b, d.toBig(), -int32(places)); err != nil {
		return decimal{}, false
	}
	b.Negative = b.Negative && !b.IsZero()
	return fromBig(b)
}

// integer is the whole number after rounding; false when it is over the range of Integer.
func (d decimal) integer(how apd.Rounder) (int64, bool) {
	whole, part := new(apd.Decimal), new(apd.Decimal)
	d.toBig().Modf(whole, part)
	n, err := whole.Int64()
	if err != nil {
		return 0, false
	}
	switch away := !part.IsZero(); {
	case away && how == apd.RoundCeiling && !part.Negative:
		n++
	case away && how == apd.RoundFloor && part.Negative:
		n--
	}
	return n, inInteger(n)
}

// inInteger tells whether a number is in the range of System.Integer.
func inInteger(n int64) bool { return n >= -1<<31 && n < 1<<31 }

func (d decimal) append(b []byte) []byte {
	if d.big != nil {
		return d.big.Append(b, 'f')
	}
	if d.scale == 0 {
		return strconv.AppendInt(b, d.digits, 10)
	}
	n := uint64(d.digits)
	if d.digits < 0 {
		b = append(b, '-')
		n = -n
	}
	unit := uint64(powers[d.scale])
	b = strconv.AppendUint(b, n/unit, 10)
	b = append(b, '.')
	return appendPadded(b, n%unit, int(d.scale))
}

// appendPadded writes a number with zeros before it.
func appendPadded(b []byte, n uint64, width int) []byte {
	for w := width - 1; w > 0; w-- {
		if n < uint64(powers[w]) {
			b = append(b, '0')
		}
	}
	return strconv.AppendUint(b, n, 10)
}
