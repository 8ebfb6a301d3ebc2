package fhirpath

import (
	"bytes"
	"strconv"
	"strings"
	"unsafe"

	"github.com/cockroachdb/apd/v3"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
)

// Value is one item: an element of a resource, or a value of one of FHIRPath's own types (System). The zero Value is
// none, as if absent. Values point into the tree that they come from and keep it alive.
type Value struct {
	kind   kind
	scale  uint8 // digits after the point of a number; of the seconds of a date or time
	prec   precision
	zoned  bool     // a DateTime has an offset
	offset int16    // minutes
	word   calendar // the calendar unit of a quantity
	num    int64    // Boolean: 0 or 1; numbers: digits; dates and times: microseconds
	text   string   // String; the unit of a quantity
	typ    *typ     // of an element, and what a SimpleTypeInfo tells of
	node   fhir.Node
	side   fhir.Node
	big    *apd.Decimal // a number that num does not hold
}

// Collection is an ordered list of items.
type Collection []Value

// Of is a resource; its type is told by resourceType.
func Of(n fhir.Node) Value {
	if !n.Exists() {
		return Value{}
	}
	return Value{kind: kindElement, typ: model().ofResource(n), node: n}
}

// OfElement is an element of a known type. side is its "_name" sibling, or the item of it, where a primitive has one.
func OfElement(n, side fhir.Node, e *schema.Element) Value {
	m := model()
	if e.Kind == schema.AnyResource {
		return Of(n)
	}
	t := m.shapes[e.Type]
	if t == nil {
		t = m.fhir[e.Type]
	}
	return element(t, n, side)
}

func element(t *typ, n, side fhir.Node) Value {
	if n.Kind() == fhir.Null {
		n = fhir.Node{}
	}
	if side.Kind() == fhir.Null {
		side = fhir.Node{}
	}
	if t == model().resource {
		t = model().ofResource(n)
	}
	return Value{kind: kindElement, typ: t, node: n, side: side}
}

// Boolean is a System.Boolean.
func Boolean(b bool) Value {
	if b {
		return Value{kind: kindBoolean, num: 1}
	}
	return Value{kind: kindBoolean}
}

// String is a System.String.
func String(s string) Value { return Value{kind: kindString, text: s} }

// Integer is a System.Integer.
func Integer(i int32) Value { return Value{kind: kindInteger, num: int64(i)} }

// Decimal is a System.Decimal; ok is false when text is no number in JSON's notation, or one of more than 100 digits or
// with an exponent beyond ±1000.
func Decimal(text string) (v Value, ok bool) {
	d, ok := parseDecimal(text)
	return d.value(kindDecimal), ok
}

// Date is a System.Date, such as 2026, 2026-11 or 2026-11-22; ok is false for other texts.
func Date(text string) (v Value, ok bool) {
	v, ok = parseDateTime(text)
	if v.prec > precisionDay {
		return Value{}, false
	}
	v.kind = kindDate
	return v, ok
}

// DateTime is a System.DateTime of any precision, such as 2026-11-22T08:30+08:00; ok is false for other texts. Of
// fractions of a second microseconds count.
func DateTime(text string) (v Value, ok bool) { return parseDateTime(text) }

// Time is a System.Time, such as 08:30; ok is false for other texts.
func Time(text string) (v Value, ok bool) { return parseTime(text) }

// Quantity is a System.Quantity: a number as for [Decimal] and a unit, which is a UCUM code, or a calendar duration
// such as year or days.
func Quantity(number, unit string) (v Value, ok bool) {
	d, ok := parseDecimal(number)
	return quantity(d, unit), ok
}

func typeInfo(t *typ) Value { return Value{kind: kindTypeInfo, typ: t} }

// Node is the element's place; the zero Node for computed values and for primitives that have only extensions.
func (v Value) Node() fhir.Node { return v.node }

// Side is what stands beside a primitive, with its id and extensions; the zero Node where nothing does.
func (v Value) Side() fhir.Node { return v.side }

// Type is the item's type: "FHIR" and such as "code", or "System" and such as "Integer".
func (v Value) Type() (namespace, name string) {
	if t := v.typeOf(); t != nil {
		return t.namespace, t.name
	}
	return "", ""
}

func (v *Value) typeOf() *typ {
	if v.kind == kindElement {
		return v.typ
	}
	return model().ofKind[v.kind]
}

// Path is the place of an element with indexes and the names of JSON, such as Patient.name[0].given[1]; "" for computed
// values.
func (v Value) Path() string {
	if v.node.Exists() || v.kind != kindElement {
		return v.node.Path()
	}
	path := v.side.Path() // Patient.name[0]._given[1]
	if i := strings.LastIndex(path, "._"); i >= 0 {
		path = path[:i+1] + path[i+2:]
	}
	return path
}

// String is the item as FHIRPath's toString gives it, the JSON text of complex elements.
func (v Value) String() string {
	if s := v.system(); s.kind != kindNone {
		return string(s.appendText(nil))
	}
	return string(v.node.Raw())
}

// system is the value of FHIRPath's own types that an item converts to implicitly: a primitive's value, a UCUM quantity
// (R4 fhirpath.html, 2.1.3.2). It is the zero Value when the item has none.
func (v *Value) system() Value {
	if v.kind != kindElement {
		return *v
	}
	if v.typ.system == kindNone {
		if v.typ.is(model().quantity) {
			return quantityOf(v.node)
		}
		return Value{}
	}
	switch v.node.Kind() {
	case fhir.True:
		return Boolean(true)
	case fhir.False:
		return Boolean(false)
	case fhir.Number:
		d, ok := parseDecimal(bytesText(v.node.Raw()))
		switch {
		case !ok:
			return Value{}
		case v.typ.system == kindInteger && d.big == nil && d.scale == 0:
			return d.value(kindInteger)
		}
		return d.value(kindDecimal)
	case fhir.String:
		return v.systemText()
	}
	return Value{}
}

// systemText is the value of a JSON string: a date or time that is none of FHIR's remains a String.
func (v *Value) systemText() Value {
	s := text(v.node)
	var parsed Value
	ok := false
	switch v.typ.system {
	case kindDate, kindDateTime:
		if parsed, ok = parseDateTime(s); ok && v.typ.system == kindDate {
			ok = parsed.prec <= precisionDay
			parsed.kind = kindDate
		}
	case kindTime:
		parsed, ok = parseTime(s)
	}
	if ok {
		return parsed
	}
	return Value{kind: kindString, text: s}
}

// text is the text of a JSON string.
func text(n fhir.Node) string {
	raw := n.Raw()
	if n.Kind() != fhir.String {
		return ""
	}
	if bytes.IndexByte(raw, '\\') >= 0 {
		return n.Str()
	}
	return bytesText(raw[1 : len(raw)-1])
}

// bytesText shows bytes of a tree's text as a string without a copy, which is safe because the text of a tree never
// changes (fhir.Parse) and the string keeps it alive.
func bytesText(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// hasValue tells whether an item is a primitive with a value, or of FHIRPath's own types.
func (v *Value) hasValue() bool {
	if v.kind != kindElement {
		return v.kind != kindTypeInfo
	}
	if v.typ.system == kindNone {
		return false
	}
	k := v.node.Kind()
	return k == fhir.String || k == fhir.Number || k == fhir.True || k == fhir.False
}

// appendText writes a System value as toString does.
func (v *Value) appendText(b []byte) []byte {
	switch v.kind {
	case kindBoolean:
		return strconv.AppendBool(b, v.num != 0)
	case kindString:
		return append(b, v.text...)
	case kindInteger, kindDecimal:
		return v.decimal().append(b)
	case kindDate, kindDateTime, kindTime:
		return v.appendDate(b)
	case kindQuantity:
		return v.appendQuantity(b)
	case kindTypeInfo:
		return append(append(append(b, v.typ.namespace...), '.'), v.typ.name...)
	}
	return b
}
