package fhirpath

import (
	"strings"

	"github.com/cockroachdb/apd/v3"
)

// conversion is toX, or convertsToX which only tells whether the conversion succeeds (FHIRPath, 5.5).
func conversion(to kind, ask bool) func(m *machine, c *call, in span) error {
	return func(m *machine, c *call, in span) error {
		v, ok, err := m.one(in, c.what)
		if err != nil || !ok {
			return err
		}
		unit, _, err := m.argument(c, 0, kindString)
		if err != nil {
			return err
		}
		v, ok = convert(&v, to)
		if ok && unit.text != "" {
			v, ok = inUnit(&v, unit.text)
		}
		if ask {
			return m.push(Boolean(ok))
		}
		if !ok {
			return nil
		}
		if v.kind == kindString {
			return m.pushText(v.text)
		}
		return m.push(v)
	}
}

func inUnit(v *Value, unit string) (Value, bool) {
	to := quantity(decimal{}, unit)
	d, ok := v.in(&to)
	return quantity(d, unit), ok
}

func convert(v *Value, to kind) (Value, bool) {
	if v.kind == kindNone || v.kind == kindTypeInfo {
		return Value{}, false
	}
	if v.kind == to {
		return *v, true
	}
	switch to {
	case kindString:
		return String(string(v.appendText(nil))), true
	case kindBoolean:
		return toBoolean(v)
	case kindInteger:
		return toInteger(v)
	case kindDecimal:
		return toDecimal(v)
	case kindQuantity:
		return toQuantity(v)
	}
	return toDate(v, to)
}

func toBoolean(v *Value) (Value, bool) {
	switch v.kind {
	case kindInteger, kindDecimal:
		if d := v.decimal(); d.cmp(decimal{digits: 1}) == 0 || d.isZero() {
			return Boolean(!d.isZero()), true
		}
	case kindString:
		switch strings.ToLower(v.text) {
		case "true", "t", "yes", "y", "1", "1.0":
			return Boolean(true), true
		case "false", "f", "no", "n", "0", "0.0":
			return Boolean(false), true
		}
	}
	return Value{}, false
}

// plain reads a number as FHIRPath's conversions take it: digits with a point at most, no exponent.
func plain(s string) (decimal, bool) {
	if strings.ContainsAny(s, "eE") {
		return decimal{}, false
	}
	return parseDecimal(s)
}

func toInteger(v *Value) (Value, bool) {
	switch v.kind {
	case kindBoolean:
		return Value{kind: kindInteger, num: v.num}, true
	case kindString:
		if d, ok := plain(v.text); ok && d.big == nil && d.scale == 0 && inInteger(d.digits) {
			return d.value(kindInteger), true
		}
	}
	return Value{}, false
}

func toDecimal(v *Value) (Value, bool) {
	switch v.kind {
	case kindBoolean:
		return Value{kind: kindDecimal, num: v.num}, true
	case kindInteger:
		return v.decimal().value(kindDecimal), true
	case kindString:
		d, ok := plain(v.text)
		return d.value(kindDecimal), ok
	}
	return Value{}, false
}

func toQuantity(v *Value) (Value, bool) {
	switch v.kind {
	case kindBoolean:
		return quantity(decimal{digits: v.num}, "1"), true
	case kindInteger, kindDecimal:
		return v.asQuantity(), true
	case kindString:
		return textQuantity(v.text)
	}
	return Value{}, false
}

// textQuantity reads a quantity: a number, and a unit in quotes or a word of the calendar.
func textQuantity(s string) (Value, bool) {
	end := len(s)
	other := func(r rune) bool { return (r < '0' || r > '9') && !strings.ContainsRune("+-.", r) }
	if i := strings.IndexFunc(s, other); i >= 0 {
		end = i
	}
	d, ok := plain(s[:end])
	unit := strings.TrimLeft(s[end:], " \t\r\n")
	switch {
	case !ok:
		return Value{}, false
	case unit == "" && end == len(s):
		return quantity(d, "1"), true
	case calendarOf(unit) != noCalendar:
		return quantity(d, unit), true
	case len(unit) > 2 && unit[0] == '\'' && strings.IndexByte(unit[1:], '\'') == len(unit)-2:
		return quantity(d, unit[1:len(unit)-1]), true
	}
	return Value{}, false
}

// toDate makes a Date, DateTime or Time.
func toDate(v *Value, to kind) (r Value, ok bool) {
	switch {
	case v.kind == kindString && to == kindTime:
		return parseTime(strings.TrimPrefix(v.text, "T"))
	case v.kind == kindString:
		if r, ok = parseDateTime(v.text); !ok {
			return r, false
		}
	case isDate(v.kind) && isDate(to):
		r = *v
	default:
		return r, false
	}
	if to == kindDate && r.prec > precisionDay {
		r.num, r.prec, r.zoned, r.offset, r.scale = r.truncate(precisionDay), precisionDay, false, 0, 0
	}
	r.kind = to
	return r, true
}

// Rounding of ceiling, floor and truncate.
const (
	up    = apd.RoundCeiling
	down  = apd.RoundFloor
	inner = apd.RoundDown
)
