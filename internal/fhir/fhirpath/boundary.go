package fhirpath

import (
	"github.com/cockroachdb/apd/v3"
)

// Digits that lowBoundary and highBoundary give when none are asked for, and the most that may be.
const (
	boundaryScale = 8
	maxBoundary   = 31
)

// digitsOf counts the digits of a date or time up to a precision: those of the year and so on.
var (
	dateDigits = [...]int64{precisionYear: 4, precisionMonth: 6, precisionDay: 8,
		precisionHour: 10, precisionMinute: 12, precisionSecond: 14}
	timeDigits = [...]int64{precisionHour: 2, precisionMinute: 4, precisionSecond: 6}
)

const millisecondDigits = 3

func fnLowBoundary(m *machine, c *call, in span) error  { return m.boundary(c, in, false) }
func fnHighBoundary(m *machine, c *call, in span) error { return m.boundary(c, in, true) }

// boundary gives the least or greatest value that what is written may stand for, to so many digits; empty when the type
// has not so many.
func (m *machine) boundary(c *call, in span, high bool) error {
	v, ok, err := m.one(in, c.what)
	if err != nil || !ok {
		return err
	}
	places, given, err := m.argument(c, 0, kindInteger)
	if err != nil {
		return err
	}
	switch {
	case isNumber(v.kind), v.kind == kindQuantity:
		n := int64(boundaryScale)
		if given {
			n = places.num
		}
		v, ok = numberBoundary(v, n, high)
	case isDate(v.kind), v.kind == kindTime:
		n := v.fullDigits()
		if given {
			n = places.num
		}
		v, ok = dateBoundary(v, n, high)
	default:
		return errType(c.what, "a number, quantity, date or time", &m.items[in.from])
	}
	if !ok {
		return nil
	}
	return m.push(v)
}

// numberBoundary is half a unit of the last digit away. What is cut off from the lower end of the absolute value is
// dropped, at the upper end it is rounded.
func numberBoundary(v Value, places int64, high bool) (Value, bool) {
	if places < 0 || places > maxBoundary {
		return v, false
	}
	d := v.decimal()
	half := apd.New(5, -int32(d.places())-1)
	outward := high == (d.cmp(decimal{}) >= 0) || d.isZero()
	negative := d.cmp(decimal{}) < 0 || d.isZero() && !high
	size := new(apd.Decimal).Abs(d.toBig())
	how := apd.RoundDown
	var err error
	if outward {
		how = apd.RoundHalfUp
		_, err = exact.Add(size, size, half)
	} else {
		_, err = exact.Sub(size, size, half)
	}
	r, ok := decimal{big: size}.quantize(int(places), how)
	if negative {
		b := new(apd.Decimal).Set(r.toBig())
		b.Negative = true
		r, _ = fromBig(b)
	}
	v.num, v.scale, v.big = r.digits, r.scale, r.big
	if v.kind == kindInteger {
		v.kind = kindDecimal
	}
	return v, ok && err == nil
}

// fullDigits is how many digits the type has.
func (v *Value) fullDigits() int64 {
	switch v.kind {
	case kindDate:
		return dateDigits[precisionDay]
	case kindTime:
		return timeDigits[precisionSecond] + millisecondDigits
	}
	return dateDigits[precisionSecond] + millisecondDigits
}

// statedDigits is how many digits a date or time is written with.
func (v *Value) statedDigits() int64 {
	if v.kind == kindTime {
		return timeDigits[v.prec] + int64(v.scale)
	}
	return dateDigits[v.prec] + int64(v.scale)
}

func dateBoundary(v Value, digits int64, high bool) (Value, bool) {
	if digits > v.fullDigits() {
		return v, false
	}
	table := dateDigits[:]
	if v.kind == kindTime {
		table = timeDigits[:]
	}
	to, scale, ok := precisionSecond, uint8(0), digits == v.fullDigits() && v.kind != kindDate
	if ok {
		scale = millisecondDigits
	} else {
		for p, n := range table {
			if n == digits && n > 0 {
				to, ok = precision(p), true
			}
		}
	}
	if !ok {
		return v, false
	}
	last := v.num
	if high && (to > v.prec || scale > v.scale) {
		last = v.end() - second/powers3[scale]
	}
	v.num, v.scale = last, scale
	if v.prec = to; to < precisionSecond || scale == 0 {
		v.num = v.cutTo(to)
	}
	switch {
	case v.kind == kindTime || v.zoned:
	case to > precisionDay && high:
		v.zoned, v.offset = true, minOffset
	case to > precisionDay:
		v.zoned, v.offset = true, maxOffset
	}
	if to <= precisionDay {
		v.zoned, v.offset = false, 0
	}
	return v, true
}

// powers3 divides a second into the least that a boundary shows: itself, or milliseconds.
var powers3 = [...]int64{0: 1, millisecondDigits: 1000}

// cutTo is the start of the part that a precision names; the fraction of a second is dropped.
func (v *Value) cutTo(p precision) int64 {
	if p == precisionSecond {
		return v.num - v.num%second
	}
	return v.truncate(p)
}

// end is where what a date or time names ends.
func (v *Value) end() int64 {
	switch v.prec {
	case precisionYear, precisionMonth:
		n := int64(1)
		if v.prec == precisionYear {
			n = monthsOfYear
		}
		c := civilOf(v.num / day)
		months := int64(c.year)*monthsOfYear + int64(c.month-1) + n
		return civil{int(months / monthsOfYear), int(months%monthsOfYear) + 1, 1}.days() * day
	case precisionSecond:
		return v.num + powers[fractionDigits-v.scale]
	}
	return v.num + units[v.prec]
}

// fnPrecision counts the digits that a number has after the point, or a date or time at all.
func fnPrecision(m *machine, c *call, in span) error {
	v, ok, err := m.one(in, c.what)
	if err != nil || !ok {
		return err
	}
	var n int64
	switch {
	case isNumber(v.kind), v.kind == kindQuantity:
		n = int64(v.decimal().places())
	case isDate(v.kind), v.kind == kindTime:
		n = v.statedDigits()
	default:
		return errType(c.what, "a number, quantity, date or time", &m.items[in.from])
	}
	return m.push(Value{kind: kindInteger, num: n})
}

func fnComparable(m *machine, c *call, in span) error {
	v, ok, err := m.oneOf(kindQuantity, in, c.what)
	if err != nil || !ok {
		return err
	}
	other, ok, err := m.argument(c, 0, kindQuantity)
	if err != nil || !ok {
		return err
	}
	_, _, comparable := sameUnit(&v, &other)
	return m.push(Boolean(comparable))
}
