package oracles

import (
	"yitong/internal/fhir/fhirpath"
)

// Node is a drawn expression with its parts. The parts of an operator are its operands, those of a function the
// collection before it and its arguments.
type Node struct {
	Op    string // as in the table of deviations: "+", "where()", ".name" is ".", "[]", "literal"
	Text  string
	Parts []*Node
	// Items is what our engine gave for the first of the items that the expression is evaluated for. The drawer goes
	// by it; nothing is compared with it.
	Items fhirpath.Collection

	over  *Node // what the text is evaluated for the items of, as an argument of where() is; nil: the resource
	whole bool  // it needs no parentheses as an operand or before a dot
}

// Closed is the expression as it can be evaluated for the resource.
func (n *Node) Closed() string {
	if n.over == nil {
		return n.Text
	}
	return "(" + n.over.Closed() + ").select(" + n.Text + ")"
}

// operand is the text as it can stand beside an operator or before a dot.
func (n *Node) operand() string {
	if n.whole {
		return n.Text
	}
	return "(" + n.Text + ")"
}

// Kind is what a drawn expression gave: one of FHIRPath's own types, to which primitives convert, "Object", "Nothing",
// "Many", or "Bare" for a primitive that has no value.
func (n *Node) Kind() string {
	switch len(n.Items) {
	case 0:
		return "Nothing"
	case 1:
		return kindOf(n.Items[0])
	}
	return "Many"
}

// kindOf is the kind of one item.
func kindOf(v fhirpath.Value) string {
	namespace, name := v.Type()
	if namespace == "System" {
		return name
	}
	kind, primitive := systemOf[name]
	switch {
	case !primitive:
		return "Object"
	case !v.Node().Exists():
		return "Bare"
	}
	return kind
}

// systemOf is what FHIR's primitives convert to (R4 fhirpath.html, 2.1.3.2).
var systemOf = map[string]string{
	"boolean": "Boolean", "integer": "Integer", "unsignedInt": "Integer", "positiveInt": "Integer", "decimal": "Decimal",
	"string": "String", "code": "String", "id": "String", "markdown": "String", "base64Binary": "String", "xhtml": "String",
	"uri": "String", "url": "String", "canonical": "String", "oid": "String", "uuid": "String",
	"date": "Date", "dateTime": "DateTime", "instant": "DateTime", "time": "Time",
}
