package form

import (
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/primitive"
)

// Kind is what a value is, named as FHIR's types are.
type Kind string

// The kinds.
const (
	KindText       Kind = "string"
	KindBoolean    Kind = "boolean"
	KindInteger    Kind = "integer"
	KindDecimal    Kind = "decimal"
	KindInstant    Kind = "instant"
	KindDateTime   Kind = "dateTime"
	KindDate       Kind = "date"
	KindCode       Kind = "code"
	KindReference  Kind = "Reference"
	KindCoding     Kind = "Coding"
	KindIdentifier Kind = "Identifier"
	KindResource   Kind = "Resource"
	KindPart       Kind = "part"
)

// Decimal is a number as it is written: 1.0 and 1.00 differ in precision.
type Decimal string

// Date is a day, such as 2026-11-21.
type Date string

// Time is when the day begins in a zone, the zero Time for what is no day.
func (d Date) Time(zone *time.Location) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, string(d), zone)
	if err != nil {
		return time.Time{}
	}
	return t
}

// DateTime is a date of any precision, or a date with a time.
type DateTime string

// Period is the time that it covers, from start to before end, in UTC. zone is that of dates without an offset. The
// error is Malformed, which one that a form has read never is.
func (d DateTime) Period(zone *time.Location) (start, end time.Time, err error) {
	return fhir.ParsePeriod(string(d), zone)
}

// Reference names a resource of this record: Patient/1.
type Reference string

// Ref takes the reference apart. It is the zero Ref for one that names no resource of this record, which a form never
// reads.
func (r Reference) Ref() fhir.Ref {
	if p := fhir.ParseReference(string(r)); p.Kind == fhir.ReferenceLocal {
		return p.Ref
	}
	return fhir.Ref{}
}

// Named is a reference with what its target is called.
type Named struct {
	Reference Reference
	Display   string // "" for nothing
}

// AnyCode is a code of a list that is not closed.
type AnyCode string

// Coding is a code of a system.
type Coding struct {
	System, Code string
	Display      string // "" for none
}

// Identifier is a number by which something is known, and what gives such numbers. A text of it is system|value.
type Identifier struct{ System, Value string }

// choice is a member of a parameter by which a value of some kind may be given.
type choice struct {
	member string
	of     primitive.Type // 0: an object
}

// choices are the members by which a value may be given. The first is how it is written; the rest are what clients send
// for it that do not look at the definition.
func (x Field) choices() []choice {
	all := choicesOf[x.Kind]
	if x.Kind == KindText && x.Targets != nil {
		all = append(all[:len(all):len(all)], choice{"valueReference", 0})
	}
	return all
}

// Member is the member of a parameter by which a value is sent, such as valueString.
func (x Field) Member() string { return x.choices()[0].member }

var choicesOf = map[Kind][]choice{
	KindText:       {{"valueString", primitive.String}, {"valueMarkdown", primitive.Markdown}},
	KindBoolean:    {{"valueBoolean", primitive.Boolean}},
	KindInteger:    {{"valueInteger", primitive.Integer}, {"valuePositiveInt", primitive.PositiveInt}, {"valueUnsignedInt", primitive.UnsignedInt}},
	KindDecimal:    {{"valueDecimal", primitive.Decimal}, {"valueInteger", primitive.Integer}},
	KindInstant:    {{"valueInstant", primitive.Instant}, {"valueDateTime", primitive.DateTime}},
	KindDateTime:   {{"valueDateTime", primitive.DateTime}, {"valueDate", primitive.Date}, {"valueInstant", primitive.Instant}, {"valueString", primitive.DateTime}},
	KindDate:       {{"valueDate", primitive.Date}},
	KindCode:       {{"valueCode", primitive.Code}, {"valueString", primitive.Code}},
	KindReference:  {{"valueReference", 0}},
	KindCoding:     {{"valueCoding", 0}},
	KindIdentifier: {{"valueIdentifier", 0}, {"valueString", primitive.String}},
	KindResource:   {{"resource", 0}},
	KindPart:       {{"part", 0}},
}

// check tells what is wrong with a text of a primitive type that has been written here.
func check(of primitive.Type, raw []byte) error {
	tree, err := fhir.Parse(raw)
	if err != nil {
		return err
	}
	if p := of.Check(tree.Root()); p != nil {
		return fault.New(fault.Internal, "%s", p.English)
	}
	return nil
}
