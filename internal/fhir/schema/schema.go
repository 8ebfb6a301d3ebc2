package schema

import "sync"

// Version is the release of FHIR that the tables describe.
const Version = "4.0.1"

// Type is a resource type: its place, from 1, in the alphabetical list of R4's concrete resource types. R4 is frozen, so
// the number is stable and may be stored. Zero is no type.
type Type uint8

// Kind says how the value of an element is to be read.
type Kind uint8

const (
	Primitive   Kind = iota // a JSON string, number or boolean
	Complex                 // an object with the elements of Element.Shape
	Reference               // an object as Complex, that points at a resource
	AnyResource             // a resource: its resourceType tells its shape
)

// Shape lists the elements of a resource type, a data type, or a group inside one of these. Shapes are shared by all
// callers, who leave them as they are.
type Shape struct {
	Name     string    // "Patient", "HumanName", or a path: "Patient.contact"
	Elements []Element // in the order of the specification; those of the extended type first

	index []uint16 // open hash table of places in Elements, counted from 1
}

// Element is one member that the JSON object of a shape may have. A choice such as value[x] is as many elements as it has
// types, of which an object has at most one.
type Element struct {
	Name     string // as in JSON: "birthDate", "valueQuantity"
	Choice   string // what the choice is called: "value" for valueQuantity; empty for other elements
	Type     string // a type's name ("code", "HumanName", "Resource"), or the path of the group whose shape it has
	Kind     Kind
	Shape    *Shape // of Complex and Reference; else nil
	Many     bool   // an array
	Required bool   // at least one; of a choice: at least one of the choice's elements
	Summary  bool   // part of a summary
	Modifier bool   // may change the meaning of the object that it is in
	Targets  []Type // what a Reference may point at; nil: at anything

	rewritable bool
}

// Rewritable tells whether the element is a uri, url, oid or uuid: the primitive types in which a transaction replaces the
// fullUrl of an entry, such as a urn:uuid, by the place that the entry was given (R4 http.html, transaction processing rules).
// References and the links in a narrative are replaced as well; canonicals are not.
func (e *Element) Rewritable() bool { return e.rewritable }

// r4 parses the tables at their first use, which takes 2 ms.
var r4 = sync.OnceValue(func() *model { return parse(text) })

// TypeOf gives the type of a name; false when no concrete R4 resource type is called so. Case matters.
func TypeOf(name string) (Type, bool) {
	t, ok := r4().types[name]
	return t, ok
}

// Types gives all types in order of number, which is that of their names.
func Types() []Type {
	types := make([]Type, len(r4().resources))
	for i := range types {
		types[i] = Type(i + 1)
	}
	return types
}

// String gives the name of the type, empty for what is no type.
func (t Type) String() string {
	if s := t.Shape(); s != nil {
		return s.Name
	}
	return ""
}

// Shape gives the shape of the type, nil for what is no type.
func (t Type) Shape() *Shape {
	if resources := r4().resources; t != 0 && int(t) <= len(resources) {
		return resources[t-1]
	}
	return nil
}

// ShapeOf gives the shape of a resource type, a data type that is not primitive, a group ("Patient.contact"), or one of the
// abstract types Element, BackboneElement, Resource and DomainResource. Age, Count, Distance, Duration, MoneyQuantity and
// SimpleQuantity have the shape called Quantity. A group that repeats another has no shape of its own: the element item of
// Questionnaire.item has the shape Questionnaire.item.
func ShapeOf(name string) (*Shape, bool) {
	s, ok := r4().shapes[name]
	return s, ok
}

// ElementShape is the shape, id and extension, of what stands beside a primitive: the object _birthDate beside birthDate,
// and each that is not null in the array _given beside given. Such members are not listed among a shape's elements: take
// off the underscore, look up the element, and if it is Primitive the member has this shape.
func ElementShape() *Shape { return r4().shapes["Element"] }
