package fhirpath

import (
	"strings"

	"yitong/internal/fhir"
)

// ValueName is the name under which Parameters.parameter holds the item: such as valueHumanName, or resource. It is ""
// for elements that no value[x] takes, such as Patient.contact.
func (v Value) ValueName() string {
	t := v.typeOf()
	switch {
	case t == nil:
		return ""
	case v.kind == kindElement && t.is(model().resource):
		return "resource"
	case v.kind == kindElement:
		f := model().extensionValue(t.name)
		if t.name == "xhtml" {
			return "valueString"
		}
		if f == nil {
			return ""
		}
		return f.name
	case v.kind == kindTypeInfo || v.kind == kindDateTime && v.prec > precisionDay && !v.writable():
		return "valueString"
	}
	return "value" + t.name
}

// extensionValue is the field of value[x] for a type, nil if there is none.
func (m *typeModel) extensionValue(name string) *field {
	if name == "" {
		return nil
	}
	return m.extension.fields["value"+strings.ToUpper(name[:1])+name[1:]]
}

// writable tells whether a DateTime is one of FHIR: with a time it has seconds and an offset (R4, 2.24.0.1).
func (v *Value) writable() bool { return v.zoned && v.prec == precisionSecond }

// AppendJSON writes the item as JSON: an element as its author wrote it, a computed value as the FHIR type that
// [Value.ValueName] names. It writes null for a primitive that has only extensions; see [Value.Side].
func (v Value) AppendJSON(b []byte) []byte {
	switch v.kind {
	case kindElement:
		if !v.node.Exists() {
			return append(b, "null"...)
		}
		return append(b, v.node.Raw()...)
	case kindBoolean, kindInteger, kindDecimal:
		return v.appendText(b)
	case kindTime:
		return append(v.appendTime(append(b, '"')), '"')
	case kindQuantity:
		return v.appendQuantityJSON(b)
	case kindNone:
		return append(b, "null"...)
	}
	return append(b, fhir.Quote(string(v.appendText(nil)))...)
}

// appendTime writes a Time with seconds, which FHIR asks for.
func (v *Value) appendTime(b []byte) []byte {
	full := *v
	full.prec = precisionSecond
	return full.appendDate(b)
}

// appendQuantityJSON writes a Quantity; a word of the calendar becomes UCUM's unit (R4 fhirpath.html, 2.1.3.2).
func (v *Value) appendQuantityJSON(b []byte) []byte {
	b = v.decimal().append(append(b, `{"value":`...))
	switch {
	case v.word == foreignUnit:
		b = append(append(b, `,"unit":`...), fhir.Quote(v.text)...)
	default:
		if v.word != noCalendar {
			b = append(append(append(b, `,"unit":"`...), calendarWords[v.word].word...), '"')
		}
		b = append(append(b, `,"system":"`+ucumSystem+`","code":`...), fhir.Quote(v.code())...)
	}
	return append(b, '}')
}
