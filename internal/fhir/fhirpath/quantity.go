package fhirpath

import (
	"strings"

	"github.com/cockroachdb/apd/v3"

	"yitong/internal/fhir"
	"yitong/internal/fhir/ucum"
)

// ucumSystem names UCUM in FHIR.
const ucumSystem = "http://unitsofmeasure.org"

// calendar is a unit of a calendar duration; none for a quantity with a UCUM unit.
type calendar uint8

const (
	noCalendar calendar = iota
	calendarYear
	calendarMonth
	calendarWeek
	calendarDay
	calendarHour
	calendarMinute
	calendarSecond
	calendarMillisecond
	foreignUnit // no UCUM: comparable with the same text only
)

// calendarWords are the words of the units, with the UCUM code that is nearest (R4 fhirpath.html, 2.1.3.2).
var calendarWords = [...]struct{ word, code string }{
	calendarYear: {"year", "a"}, calendarMonth: {"month", "mo"}, calendarWeek: {"week", "wk"}, calendarDay: {"day", "d"},
	calendarHour: {"hour", "h"}, calendarMinute: {"minute", "min"}, calendarSecond: {"second", "s"},
	calendarMillisecond: {"millisecond", "ms"},
}

// calendarOf reads a calendar word, singular or plural.
func calendarOf(word string) calendar {
	word = strings.TrimSuffix(word, "s")
	for c, w := range calendarWords {
		if w.word == word && word != "" {
			return calendar(c)
		}
	}
	return noCalendar
}

// quantity makes a System.Quantity; the unit is a code of UCUM or a calendar word.
func quantity(d decimal, unit string) Value {
	v := d.value(kindQuantity)
	if v.word = calendarOf(unit); v.word == noCalendar {
		v.text = unit
	}
	return v
}

// quantityOf is the value of an element of type Quantity; the zero Value when it has none, or a comparator (R4
// fhirpath.html, 2.1.3.2). One that is not in UCUM compares with the same unit only.
func quantityOf(n fhir.Node) Value {
	var value, code, unit, system fhir.Node
	for c := n.First(); c.Exists(); c = c.Next() {
		switch string(c.Name()) {
		case "value":
			value = c
		case "comparator":
			return Value{}
		case "code":
			code = c
		case "unit":
			unit = c
		case "system":
			system = c
		}
	}
	d, ok := parseDecimal(bytesText(value.Raw()))
	if value.Kind() != fhir.Number || !ok {
		return Value{}
	}
	v := d.value(kindQuantity)
	switch {
	case code.Exists() && text(system) == ucumSystem:
		v.text = text(code)
	case !code.Exists() && !unit.Exists():
		v.text = "1"
	case code.Exists():
		v.word, v.text = foreignUnit, text(code)
	default:
		v.word, v.text = foreignUnit, text(unit)
	}
	return v
}

// code is the unit as UCUM has it, or comes nearest to it.
func (v *Value) code() string {
	if v.word != noCalendar && v.word != foreignUnit {
		return calendarWords[v.word].code
	}
	return v.text
}

func (v *Value) appendQuantity(b []byte) []byte {
	b = append(v.decimal().append(b), ' ')
	if v.word == noCalendar || v.word == foreignUnit {
		return append(append(append(b, '\''), v.text...), '\'')
	}
	b = append(b, calendarWords[v.word].word...)
	if v.decimal().cmp(decimal{digits: 1}) != 0 {
		b = append(b, 's')
	}
	return b
}

// uncertain tells whether a unit is a year or month of the calendar, whose length in days is not known.
func (v *Value) uncertain() bool { return v.word == calendarYear || v.word == calendarMonth }

// sameUnit brings two quantities to one unit; false where their units cannot be compared. Years and months of the
// calendar compare with each other only (FHIRPath, 2.1.3).
func sameUnit(a, b *Value) (x, y decimal, ok bool) {
	x, y = a.decimal(), b.decimal()
	if a.word == b.word && a.text == b.text {
		return x, y, true
	}
	if a.word == foreignUnit || b.word == foreignUnit {
		return x, y, false
	}
	switch {
	case a.uncertain() && b.uncertain():
		return a.months(), b.months(), true
	case a.uncertain() || b.uncertain():
		return x, y, false
	}
	return inBase(a, b)
}

func (v *Value) months() decimal {
	d := v.decimal()
	if v.word == calendarYear {
		d, _ = d.mul(decimal{digits: monthsOfYear})
	}
	return d
}

// inBase brings two quantities to the base units of UCUM.
func inBase(a, b *Value) (x, y decimal, ok bool) {
	u, errU := ucum.Parse(a.code())
	w, errW := ucum.Parse(b.code())
	if errU != nil || errW != nil || u.Canonical() != w.Canonical() {
		return x, y, false
	}
	x, okX := base(u, a.decimal())
	y, okY := base(w, b.decimal())
	return x, y, okX && okY
}

func base(u *ucum.Unit, d decimal) (decimal, bool) {
	v, err := u.Base(d.toBig())
	if err != nil {
		return decimal{}, false
	}
	return fromBig(v)
}

// in is the value of a quantity in the unit of another.
func (v *Value) in(other *Value) (decimal, bool) {
	if v.word == other.word && v.text == other.text {
		return v.decimal(), true
	}
	if from, to := v.uncertain(), other.uncertain(); from && to {
		if other.word == calendarYear {
			return v.months().quo(decimal{digits: monthsOfYear})
		}
		return v.months(), true
	} else if from != to {
		return decimal{}, false
	}
	u, errU := ucum.Parse(v.code())
	w, errW := ucum.Parse(other.code())
	if errU != nil || errW != nil || u.Canonical() != w.Canonical() {
		return decimal{}, false
	}
	value, ok := base(u, v.decimal())
	zero, okZero := base(w, decimal{})
	one, okOne := base(w, decimal{digits: 1})
	if !ok || !okZero || !okOne {
		return decimal{}, false
	}
	value, ok = value.add(zero.neg())
	one, okOne = one.add(zero.neg())
	if !ok || !okOne {
		return decimal{}, false
	}
	return value.quo(one)
}

// factor is how many base units one of a unit is.
func (v *Value) factor() (decimal, bool) {
	u, err := ucum.Parse(v.code())
	if err != nil {
		return decimal{}, false
	}
	return base(u, decimal{digits: 1})
}

// equivalentQuantities compares two quantities to the precision of the coarser (FHIRPath, 6.1.2). A year or month of
// the calendar is equivalent to UCUM's.
func equivalentQuantities(a, b *Value) bool {
	if a.word == foreignUnit || b.word == foreignUnit {
		return a.word == b.word && a.text == b.text && equivalentDecimals(a.decimal(), b.decimal())
	}
	if a.code() == b.code() {
		return equivalentDecimals(a.decimal(), b.decimal())
	}
	if x, y, ok := bothMonths(a, b); ok {
		return equivalentDecimals(x, y)
	}
	stepA, okA := a.step()
	stepB, okB := b.step()
	if !okA || !okB {
		return false
	}
	if stepA.cmp(stepB) < 0 {
		a, b = b, a
	}
	value, ok := b.in(a)
	if !ok {
		return false
	}
	places := a.decimal().significant()
	x, okX := a.decimal().round(places)
	y, okY := value.round(places)
	return okX && okY && x.cmp(y) == 0
}

func bothMonths(a, b *Value) (x, y decimal, ok bool) {
	months := func(v *Value) (decimal, bool) {
		switch v.code() {
		case "a":
			return v.decimal().mul(decimal{digits: monthsOfYear})
		case "mo":
			return v.decimal(), true
		}
		return decimal{}, false
	}
	x, okX := months(a)
	y, okY := months(b)
	return x, y, okX && okY
}

// step is the least difference that a quantity's digits show, in base units.
func (v *Value) step() (decimal, bool) {
	f, ok := v.factor()
	if !ok {
		return f, false
	}
	unit, _ := fromBig(apd.New(1, -int32(v.decimal().significant())))
	return f.mul(unit)
}
