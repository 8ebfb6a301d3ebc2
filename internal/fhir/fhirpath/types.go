package fhirpath

import (
	"strings"
	"sync"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
)

// The namespaces of types.
const (
	namespaceFHIR   = "FHIR"
	namespaceSystem = "System"
)

// kind tells what a Value holds: an element of a resource, or one of the types of FHIRPath itself.
type kind uint8

const (
	kindNone kind = iota
	kindElement
	kindBoolean
	kindString
	kindInteger
	kindDecimal
	kindDate
	kindDateTime
	kindTime
	kindQuantity
	kindTypeInfo
)

// typ is a type of FHIR or of FHIRPath.
type typ struct {
	namespace, name string
	path            string // of a group: Patient.contact
	base            *typ
	system          kind // what a primitive converts to, or a System type is; kindNone for complex types
	abstract        bool // its elements may be of any derived type, so a name that it lacks may still be there
	fields          map[string]*field
	members         map[string][]*field // a choice has several fields
}

// field is what a JSON member of a type stands for.
type field struct {
	name   string // as in JSON: valueQuantity
	side   string // "_" and the name, of a primitive
	member string // as in a path: value
	typ    *typ
	many   bool
}

// is tells whether t is another type or derived from it.
func (t *typ) is(other *typ) bool {
	for ; t != nil; t = t.base {
		if t == other {
			return true
		}
	}
	return false
}

// typeModel is every type by name.
type typeModel struct {
	fhir   map[string]*typ
	system map[string]*typ
	shapes map[string]*typ // of groups: Patient.contact

	element, resource, quantity, extension *typ
	ofKind                                 [kindTypeInfo + 1]*typ
}

// model is made from the schema at its first use.
var model = sync.OnceValue(func() *typeModel {
	m := &typeModel{fhir: map[string]*typ{}, system: map[string]*typ{}, shapes: map[string]*typ{}}
	any := m.systemType("Any", kindNone, nil)
	for k, name := range systemNames {
		if name != "" {
			m.ofKind[k] = m.systemType(name, kind(k), any)
		}
	}
	m.element = m.shaped("Element")
	m.resource = m.shaped("Resource")
	for _, p := range primitives {
		base := m.element
		if p.base != "" {
			base = m.fhir[p.base]
		}
		m.fhir[p.name] = &typ{namespace: namespaceFHIR, name: p.name, base: base, system: p.system,
			fields: m.element.fields, members: m.element.members}
	}
	for _, t := range schema.Types() {
		m.shaped(t.String())
	}
	m.quantity = m.shaped("Quantity")
	m.extension = m.shaped("Extension")
	for _, name := range []string{"Age", "Count", "Distance", "Duration"} {
		derived := *m.quantity
		derived.name, derived.base = name, m.quantity
		*m.named(name) = derived
	}
	m.fhir["MoneyQuantity"], m.fhir["SimpleQuantity"] = m.quantity, m.quantity
	m.fill()
	return m
})

var systemNames = [...]string{
	kindBoolean: "Boolean", kindString: "String", kindInteger: "Integer", kindDecimal: "Decimal",
	kindDate: "Date", kindDateTime: "DateTime", kindTime: "Time", kindQuantity: "Quantity", kindTypeInfo: "SimpleTypeInfo"}

// primitives are FHIR's, each after the one that it specializes (R4, 2.24.0.1).
var primitives = []struct {
	name, base string
	system     kind
}{
	{"boolean", "", kindBoolean}, {"integer", "", kindInteger}, {"string", "", kindString}, {"decimal", "", kindDecimal},
	{"uri", "", kindString}, {"base64Binary", "", kindString}, {"instant", "", kindDateTime}, {"date", "", kindDate},
	{"dateTime", "", kindDateTime}, {"time", "", kindTime}, {"xhtml", "", kindString},
	{"unsignedInt", "integer", kindInteger}, {"positiveInt", "integer", kindInteger},
	{"code", "string", kindString}, {"id", "string", kindString}, {"markdown", "string", kindString},
	{"url", "uri", kindString}, {"canonical", "uri", kindString}, {"oid", "uri", kindString}, {"uuid", "uri", kindString},
}

func (m *typeModel) systemType(name string, k kind, base *typ) *typ {
	t := &typ{namespace: namespaceSystem, name: name, base: base, system: k}
	m.system[name] = t
	return t
}

// named is the type of a name, made empty when it is new.
func (m *typeModel) named(name string) *typ {
	types := m.fhir
	path := ""
	if strings.Contains(name, ".") {
		types, path = m.shapes, name
	}
	t := types[name]
	if t == nil {
		t = &typ{namespace: namespaceFHIR, name: name, path: path}
		types[name] = t
	}
	return t
}

// shaped is the type of a shape, with the types of its elements. A group is of the type that it extends: its elements
// have no name of their own.
func (m *typeModel) shaped(name string) *typ {
	t := m.named(name)
	shape, ok := schema.ShapeOf(name)
	if t.fields != nil || !ok {
		return t
	}
	t.fields, t.members = map[string]*field{}, map[string][]*field{}
	_, modified := shape.Element([]byte("modifierExtension"))
	_, contains := shape.Element([]byte("contained"))
	_, ruled := shape.Element([]byte("implicitRules"))
	switch {
	case name == "Element" || name == "Resource":
		t.abstract = true
	case name == "BackboneElement":
		t.base, t.abstract = m.shaped("Element"), true
	case name == "DomainResource":
		t.base, t.abstract = m.shaped("Resource"), true
	case contains && ruled:
		t.base = m.shaped("DomainResource")
	case ruled:
		t.base = m.shaped("Resource")
	case modified:
		t.base = m.shaped("BackboneElement")
	default:
		t.base = m.shaped("Element")
	}
	for i := range shape.Elements {
		e := &shape.Elements[i]
		f := &field{name: e.Name, member: e.Name, many: e.Many, typ: m.shaped(e.Type)}
		if e.Choice != "" {
			f.member = e.Choice
		}
		if e.Kind == schema.Primitive {
			f.side = "_" + e.Name
		}
		t.fields[f.name] = f
		t.members[f.member] = append(t.members[f.member], f)
	}
	return t
}

// fill puts the primitive types, which have no shape, into the places that were made for them, and gives groups the
// name of the type that they extend.
func (m *typeModel) fill() {
	for _, types := range []map[string]*typ{m.fhir, m.shapes} {
		for _, t := range types {
			for _, f := range t.fields {
				if known := m.fhir[f.typ.name]; known != nil {
					f.typ = known
				}
			}
		}
	}
	for _, t := range m.shapes {
		if t.base != nil {
			t.name = t.base.name
		}
	}
}

// label is what messages call the type.
func (t *typ) label() string {
	switch {
	case t.path != "":
		return t.path
	case t.namespace == namespaceSystem:
		return t.namespace + "." + t.name
	}
	return t.name
}

// find gives the FHIR and the System type that a name may mean; nil for none.
func (m *typeModel) find(namespace, name string) (inFHIR, inSystem *typ) {
	if namespace != namespaceSystem {
		inFHIR = m.fhir[name]
	}
	if namespace != namespaceFHIR {
		inSystem = m.system[name]
	}
	return inFHIR, inSystem
}

// ofResource is the type of a resource, Resource itself when R4 knows none of the name.
func (m *typeModel) ofResource(n fhir.Node) *typ {
	raw := n.Get("resourceType").Raw()
	if len(raw) > 2 {
		if t := m.fhir[string(raw[1:len(raw)-1])]; t != nil && t.is(m.resource) {
			return t
		}
	}
	return m.resource
}
