package primitive

import (
	"bytes"

	"yitong/internal/fhir"
)

// Type is a primitive type of R4. Zero is none.
type Type uint8

// The primitive types, in the order of their names.
const (
	Base64Binary Type = iota + 1
	Boolean
	Canonical
	Code
	Date
	DateTime
	Decimal
	ID
	Instant
	Integer
	Markdown
	OID
	PositiveInt
	String
	Time
	UnsignedInt
	URI
	URL
	UUID
	XHTML
)

var byName = func() map[string]Type {
	types := make(map[string]Type, len(facts))
	for i := range facts[1:] {
		types[facts[i+1].name] = Type(i + 1)
	}
	return types
}()

// TypeOf gives the type of a name as in schema.Element.Type: "date", "base64Binary". False when R4 has no primitive
// type of that name. Case matters.
func TypeOf(name string) (Type, bool) {
	t, ok := byName[name]
	return t, ok
}

// String gives the name of the type, empty for none.
func (t Type) String() string {
	if int(t) >= len(facts) {
		return ""
	}
	return facts[t].name
}

// Check is [Type.Check] for the name of a type. A name that [TypeOf] does not know is itself a problem.
func Check(typ string, n fhir.Node) *Problem {
	t, _ := TypeOf(typ)
	return t.Check(n)
}

// Check tells what is wrong with a value, nil if nothing. First comes the JSON kind: true or false for boolean, a
// number for integer, unsignedInt, positiveInt and decimal, a string for all others; then the form. It looks at one
// value: the items of an array are checked one by one, and a null in an array is not for Check. Of xhtml only the
// kind is checked, its content is package narrative's. The length of base64Binary and xhtml is bounded by the reader,
// not here.
//
// The Problem is shared; leave it as it is.
func (t Type) Check(n fhir.Node) *Problem {
	if t == 0 || int(t) >= len(facts) {
		return unknownType
	}
	kind := n.Kind()
	if kind == fhir.False {
		kind = fhir.True
	}
	if fact := &facts[t]; kind != fact.kind {
		return &fact.wrongKind
	}
	switch kind {
	case fhir.Number:
		return t.number(n.Raw())
	case fhir.String:
		raw := n.Raw()
		return t.text(raw[1:len(raw)-1], n)
	}
	return nil
}

// number checks the JSON number s. Every one is a decimal: more digits than the 18 that systems must be able to keep
// are no error (R4, 2.24.0.1).
func (t Type) number(s []byte) *Problem {
	switch t {
	case Integer:
		return integer(s)
	case PositiveInt:
		return positiveInt(s)
	case UnsignedInt:
		return unsignedInt(s)
	}
	return nil
}

// text checks the content s of the JSON string n, in which escapes still stand.
func (t Type) text(s []byte, n fhir.Node) *Problem {
	switch t {
	case String, Markdown:
		return text(s)
	case Base64Binary:
		return base64Binary(s)
	case XHTML:
		return nil
	}
	if bytes.IndexByte(s, '\\') >= 0 {
		s = []byte(n.Str())
	}
	return t.form(s)
}

// form checks text without escapes.
func (t Type) form(s []byte) *Problem {
	switch t {
	case Canonical:
		return canonical(s)
	case Code:
		return code(s)
	case Date:
		return date(s)
	case DateTime:
		return dateTime(s)
	case ID:
		return id(s)
	case Instant:
		return instant(s)
	case OID:
		return oid(s)
	case Time:
		return timeOfDay(s)
	case UUID:
		return uuid(s)
	}
	return uri(s)
}
