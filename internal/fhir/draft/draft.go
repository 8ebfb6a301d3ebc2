// Package draft has the datatypes of the resources that the platform itself writes from nothing, as far as they go (R4,
// https://hl7.org/fhir/R4/datatypes.html), and makes such a resource. (Mission F8.)
//
// What others have written is changed by the views of package r4 or a [fhir.Doc], which leave every byte alone that they do
// not name; a draft knows only its own elements. An element that is empty is not written.
package draft

import (
	"encoding/json"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
)

type (
	// Object is a resource, or an element that has no type here.
	Object map[string]any
	// Reference is to a resource of the record, or to somebody by an identifier.
	Reference struct {
		Extension  []Extension `json:"extension,omitempty"`
		Reference  string      `json:"reference,omitempty"`
		Identifier *Identifier `json:"identifier,omitempty"`
		Display    string      `json:"display,omitempty"`
	}
	// Identifier is a business identifier.
	Identifier struct {
		System string `json:"system"`
		Value  string `json:"value"`
	}
	// Coding is a code of a code system.
	Coding struct {
		System  string `json:"system"`
		Code    string `json:"code"`
		Display string `json:"display,omitempty"`
	}
	// Concept is a CodeableConcept.
	Concept struct {
		Coding []Coding `json:"coding,omitempty"`
		Text   string   `json:"text,omitempty"`
	}
	// Period is from Start to End, each of them a dateTime.
	Period struct {
		Start string `json:"start,omitempty"`
		End   string `json:"end,omitempty"`
	}
	// Narrative is a text in XHTML.
	Narrative struct {
		Status string `json:"status"`
		Div    string `json:"div"`
	}
	// Meta is what stands in meta beside what the record itself writes there.
	Meta struct {
		Extension []Extension     `json:"extension,omitempty"`
		Security  json.RawMessage `json:"security,omitempty"`
		Tag       []Coding        `json:"tag,omitempty"`
	}
	// Primitive is what stands beside a primitive element.
	Primitive struct {
		Extension []Extension `json:"extension,omitempty"`
	}
	// Extension has a value or further extensions.
	Extension struct {
		URL       string      `json:"url"`
		Extension []Extension `json:"extension,omitempty"`
		String    string      `json:"valueString,omitempty"`
		Also      *Primitive  `json:"_valueString,omitempty"`
		Code      string      `json:"valueCode,omitempty"`
		Date      string      `json:"valueDate,omitempty"`
		Instant   string      `json:"valueInstant,omitempty"`
		Boolean   *bool       `json:"valueBoolean,omitempty"`
		Integer   *int        `json:"valueInteger,omitempty"`
		Decimal   json.Number `json:"valueDecimal,omitempty"`
		Reference *Reference  `json:"valueReference,omitempty"`
	}
)

// To refers to a resource, such as Patient/x.
func To(name string) Reference { return Reference{Reference: name} }

// Named refers to a resource that is called so.
func Named(name, display string) Reference { return Reference{Reference: name, Display: display} }

// ID is an identifier.
func ID(system, value string) Identifier { return Identifier{System: system, Value: value} }

// Coded is a code of a system.
func Coded(system, code string) Coding { return Coding{System: system, Code: code} }

// Code is the concept of one code.
func Code(system, code string) Concept { return Concept{Coding: []Coding{Coded(system, code)}} }

// Refers is the extension whose value refers to a resource.
func Refers(url, name string) Extension {
	return Extension{URL: url, Reference: &Reference{Reference: name}}
}

// Number is the extension whose value is a whole number.
func Number(url string, n int) Extension { return Extension{URL: url, Integer: &n} }

// Moment is the extension whose value is an instant.
func Moment(url string, t time.Time) Extension { return Extension{URL: url, Instant: Instant(t)} }

// Instant is how a draft writes times: by the clocks of the time's own zone, to the microsecond.
func Instant(t time.Time) string { return t.Format("2006-01-02T15:04:05.000000Z07:00") }

// Resource is what has been drafted, as an op of a transaction takes it.
func Resource(drafted any) (fhir.Resource, error) {
	text, err := json.Marshal(drafted)
	if err != nil {
		return fhir.Resource{}, fault.Wrap(err, "writing a resource")
	}
	return fhir.ParseResource(text)
}
