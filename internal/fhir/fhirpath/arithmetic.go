package fhirpath

import (
	"strings"

	"github.com/cockroachdb/apd/v3"

	"yitong/internal/fault"
)

// arithmetic is + - * / div and mod. A result that is over the range of its type is empty, as is what division by zero
// gives (FHIRPath, 6.6).
func arithmetic(m *machine, n *binary) error {
	a, b, x, y, ok, err := m.single(n)
	if err != nil || !ok {
		return err
	}
	v, ok, err := m.calculate(n, &x, &y)
	if err == errOperand {
		return m.errOperands(n, a, b)
	}
	m.cut(a.from)
	if err != nil || !ok {
		return err
	}
	return m.push(v)
}

// errOperand stands for the message that arithmetic gives.
var errOperand = fault.New(fault.Unprocessable, "FHIRPath: an operator does not go between its operands.")

func (m *machine) calculate(n *binary, x, y *Value) (v Value, ok bool, err error) {
	switch {
	case isNumber(x.kind) && isNumber(y.kind):
		v, ok = numbers(n.op, x, y)
		return v, ok, nil
	case x.kind == kindString && y.kind == kindString && n.op == "+":
		if err := m.room(len(x.text) + len(y.text)); err != nil {
			return v, false, err
		}
		return String(x.text + y.text), true, nil
	case (isDate(x.kind) || x.kind == kindTime) && y.kind == kindQuantity && (n.op == "+" || n.op == "-"):
		return shift(x, y, n.op == "-")
	case (x.kind == kindQuantity || isNumber(x.kind)) && (y.kind == kindQuantity || isNumber(y.kind)):
		return quantities(n.op, x, y)
	}
	return v, false, errOperand
}

// numbers calculates with two numbers.
func numbers(op string, x, y *Value) (Value, bool) {
	a, b := x.decimal(), y.decimal()
	var d decimal
	ok := false
	switch op {
	case "+":
		d, ok = a.add(b)
	case "-":
		d, ok = a.add(b.neg())
	case "*":
		d, ok = a.mul(b)
	case "/":
		d, ok = a.quo(b)
		return d.value(kindDecimal), ok
	case "div":
		return whole(a, b)
	case "mod":
		if b.isZero() {
			return Value{}, false
		}
		d, ok = calculate(func(r *apd.Decimal) (apd.Condition, error) { return exact.Rem(r, a.toBig(), b.toBig()) })
	}
	if x.kind == kindInteger && y.kind == kindInteger {
		return d.value(kindInteger), ok && d.big == nil && d.scale == 0 && inInteger(d.digits)
	}
	return d.value(kindDecimal), ok
}

// whole is the whole part of a quotient.
func whole(a, b decimal) (Value, bool) {
	if b.isZero() {
		return Value{}, false
	}
	d, ok := calculate(func(r *apd.Decimal) (apd.Condition, error) { return exact.QuoInteger(r, a.toBig(), b.toBig()) })
	if !ok || d.big != nil || d.scale != 0 || !inInteger(d.digits) {
		return Value{}, false
	}
	return d.value(kindInteger), true
}

// quantities calculates with quantities; a number is a quantity of unit 1.
func quantities(op string, x, y *Value) (v Value, ok bool, err error) {
	a, b := x.asQuantity(), y.asQuantity()
	switch op {
	case "+", "-":
		v, ok = sum(&a, &b, op == "-")
		return v, ok, nil
	case "*", "/":
		if a.word == foreignUnit || b.word == foreignUnit {
			return v, false, nil
		}
		var d decimal
		if op == "*" {
			d, ok = a.decimal().mul(b.decimal())
		} else {
			d, ok = a.decimal().quo(b.decimal())
		}
		return quantity(d, product(op, a.code(), b.code())), ok, nil
	}
	return v, false, errOperand
}

// sum adds two quantities in the finer of their units; empty when they measure different things.
func sum(a, b *Value, minus bool) (Value, bool) {
	to, other := a, b
	if a.word != b.word || a.text != b.text {
		f, okF := a.factor()
		g, okG := b.factor()
		if okF && okG && g.cmp(f) < 0 {
			to, other = b, a
		}
	}
	converted, ok := other.in(to)
	if !ok {
		return Value{}, false
	}
	first, second := to.decimal(), converted
	if to == b {
		first, second = second, first
	}
	if minus {
		second = second.neg()
	}
	d, ok := first.add(second)
	v := *to
	v.num, v.scale, v.big = d.digits, d.scale, d.big
	return v, ok
}

// product is the unit of a product or quotient.
func product(op, a, b string) string {
	switch {
	case b == "1":
		return a
	case op == "*" && a == "1":
		return b
	case op == "*":
		return a + "." + grouped(b)
	case a == b:
		return "1"
	}
	return a + "/" + grouped(b)
}

// grouped is a unit that may stand behind an operator.
func grouped(unit string) string {
	if strings.ContainsAny(unit, "./") {
		return "(" + unit + ")"
	}
	return unit
}

// The approximate lengths by which a duration finer than a date counts (FHIRPath, 6.6.7).
const (
	monthsOfYear = 12
	daysOfMonth  = 30
	daysOfYear   = 365
)

// shift adds a duration to a date or time. Of the parts of the duration that are finer than the date whole ones of the
// date's precision count; a fraction counts for seconds only. What lies outside of the years 1 to 9999 is empty; a Time
// goes round the clock.
func shift(x, q *Value, minus bool) (v Value, ok bool, err error) {
	word := q.word
	if word == noCalendar {
		word = definite(q.text)
	}
	if word == noCalendar || word == foreignUnit || x.kind == kindTime && word < calendarHour {
		return v, false, fault.New(fault.Unprocessable,
			"FHIRPath: %q cannot be added to a %s; use a calendar duration such as 1 year or 2 days.",
			q.String(), systemNames[x.kind])
	}
	d := q.decimal()
	if minus {
		d = d.neg()
	}
	if x.kind == kindTime {
		n, ok := micros(d, word)
		v = *x
		n -= n % units[x.prec]
		v.num = ((x.num+n%day)%day + day) % day
		v.widen()
		return v, ok, nil
	}
	v, ok = shiftDate(x, d, word)
	return v, ok, nil
}

// definite is the calendar word of a UCUM unit of time that may be added to a date: not a and mo, whose lengths no
// calendar knows.
func definite(code string) calendar {
	for c, w := range calendarWords {
		if calendar(c) > calendarMonth && w.code == code {
			return calendar(c)
		}
	}
	return noCalendar
}

var lengths = [...]int64{calendarWeek: 7 * day, calendarDay: day, calendarHour: hour, calendarMinute: minute,
	calendarSecond: second, calendarMillisecond: second / 1000}

// micros is a duration in microseconds. Fractions count for seconds and milliseconds only.
func micros(d decimal, word calendar) (int64, bool) {
	if word < calendarSecond {
		d, _ = d.quantize(0, apd.RoundDown)
	}
	d, ok := d.mul(decimal{digits: lengths[word]})
	if !ok {
		return 0, false
	}
	d, ok = d.quantize(0, apd.RoundDown)
	return d.digits, ok && d.big == nil
}

func shiftDate(x *Value, d decimal, word calendar) (Value, bool) {
	v := *x
	if word <= calendarMonth {
		n, ok := d.integer(apd.RoundDown)
		if !ok {
			return v, false
		}
		if word == calendarYear {
			n *= monthsOfYear
		}
		return v.addMonths(n)
	}
	n, ok := micros(d, word)
	if !ok || n > (maxYear+1)*366*day || n < -(maxYear+1)*366*day {
		return v, false
	}
	switch v.prec {
	case precisionYear:
		return v.addMonths(n / (daysOfYear * day) * monthsOfYear)
	case precisionMonth:
		return v.addMonths(n / (daysOfMonth * day))
	}
	v.num += n - n%units[v.prec]
	v.widen()
	return v, v.inRange()
}

// addMonths moves a date by months; a day that the month does not have becomes its last.
func (v Value) addMonths(n int64) (Value, bool) {
	if v.prec == precisionYear {
		n -= n % monthsOfYear
	}
	c, rest := civilOf(v.num/day), v.num%day
	months := int64(c.year)*monthsOfYear + int64(c.month-1) + n
	if months < monthsOfYear || months >= (maxYear+1)*monthsOfYear {
		return v, false
	}
	c.year, c.month = int(months/monthsOfYear), int(months%monthsOfYear)+1
	c.day = min(c.day, daysIn(c.year, c.month))
	v.num = c.days()*day + rest
	return v, true
}

func (v *Value) inRange() bool {
	return v.num >= civil{1, 1, 1}.days()*day && v.num < civil{maxYear + 1, 1, 1}.days()*day
}

// widen gives the seconds as many digits as their fraction has.
func (v *Value) widen() {
	for v.prec == precisionSecond && v.scale < fractionDigits && v.num%powers[fractionDigits-v.scale] != 0 {
		v.scale++
	}
}
