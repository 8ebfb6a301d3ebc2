package oracles

import (
	"math/bits"
	"strings"
	"time"

	"pgregory.net/rapid"

	"yitong/internal/fhir"
	"yitong/internal/fhir/fhirpath"
)

const (
	maxNesting = 4 // of operators and of functions with arguments, inside each other
	maxSteps   = 4 // behind each other, as in a.b.c
)

// Draw draws an expression for a resource. It knows what every part of it gives, so most of what it draws has types
// that fit, and finds something. It leaves the functions out that an oracle is without.
func Draw(t *rapid.T, r *Resource, without []string) *Node {
	env := &fhirpath.Env{Resource: r.root, Now: time.Now()}
	d := drawer{T: t, env: env, focus: fhirpath.Of(r.root), without: without}
	return d.expression(maxNesting)
}

// drawer draws expressions that are evaluated for one item.
type drawer struct {
	*rapid.T
	env   *fhirpath.Env
	focus fhirpath.Value
	over  *Node

	without []string
}

// below draws a number from 0, each as likely as the other: rapid's own numbers are mostly small. It becomes 0 where
// rapid minimizes.
func (d drawer) below(n int) (drawn int) {
	digits := bits.Len(uint(n-1)) + 3
	for range digits {
		drawn *= 2
		if coin.Draw(d.T, "coin") {
			drawn++
		}
	}
	return drawn * n >> digits
}

var coin = rapid.Bool()

func pick[E any](d drawer, from []E) E { return from[d.below(len(from))] }

func (d drawer) chance(percent int) bool { return d.below(100) >= 100-percent }

// node makes an expression of its text and evaluates it, so that what follows can go by what it gives.
func (d drawer) node(op, text string, parts ...*Node) *Node {
	n := &Node{Op: op, Text: text, Parts: parts, over: d.over}
	if e, err := fhirpath.Parse(text); err == nil {
		n.Items, _ = e.Evaluate(d.env, d.focus)
	}
	return n
}

// term is a node that needs no parentheses.
func (d drawer) term(op, text string, parts ...*Node) *Node {
	n := d.node(op, text, parts...)
	n.whole = true
	return n
}

// within draws for one of the items of a collection, as in the argument of where().
func (d drawer) within(in *Node) drawer {
	if len(in.Items) > 0 {
		d.focus = pick(d, in.Items)
	}
	d.over = in
	return d
}

// expression draws any expression.
func (d drawer) expression(depth int) *Node {
	n := d.start(depth)
	for range 1 + d.below(maxSteps) {
		if depth > 0 && d.chance(25) {
			return d.binary(n, depth-1)
		}
		n = d.step(n, depth)
	}
	return n
}

var variables = []string{"%resource", "%context", "$this", "%ucum", "%`vs-x`", "%sct", "%rootResource"}

// start draws what a path begins with.
func (d drawer) start(depth int) *Node {
	switch {
	case depth > 1 && d.chance(8):
		return d.flat()
	case d.chance(18):
		return d.literal(pick(d, []string{"", "", "Decimal", "String", "Quantity"}))
	case d.chance(4):
		return d.term("variable", pick(d, variables))
	case d.over != nil && d.chance(8):
		return d.term("$index", "$index")
	case d.over == nil && d.chance(40):
		_, name := d.focus.Type()
		return d.term("type at the start", name)
	}
	if kindOf(d.focus) == "Object" {
		name := d.member(d.focus)
		return d.term(".", name)
	}
	return d.term("variable", "$this")
}

// member draws the name of an element of an item, mostly one that it has, as FHIRPath writes it.
func (d drawer) member(v fhirpath.Value) string {
	object := v.Node()
	if systemOf[nameOf(v)] != "" {
		object = v.Side()
	}
	if object.Kind() != fhir.Object || d.chance(6) {
		return pick(d, someNames)
	}
	var names []string
	for c := object.First(); c.Exists(); c = c.Next() {
		path := strings.TrimPrefix(c.Path()[strings.LastIndexByte(c.Path(), '.')+1:], "_")
		if path != "resourceType" || d.chance(1) {
			names = append(names, path)
		}
	}
	if len(names) == 0 {
		return pick(d, someNames)
	}
	name := pick(d, names)
	if name == "div" || d.chance(2) {
		name = "`" + name + "`" // the operator has the same name
	}
	return name
}

func nameOf(v fhirpath.Value) string { _, name := v.Type(); return name }

// someNames are names that most items do not have.
var someNames = []string{
	"id", "extension", "value", "name", "code", "period", "meta", "contained", "deceased", "system", "nothing", "text",
	"contains", "as", "is", "in", "valueQuantity", "Patient",
}

// step draws what stands behind an expression: .name, [0], .function().
func (d drawer) step(n *Node, depth int) *Node {
	kind := n.Kind()
	several := kind == "Many"
	if several {
		kind = kindOf(n.Items[0])
	}
	switch {
	case kind == "Object" && d.chance(60):
		return d.term(".", n.operand()+"."+d.member(pick(d, n.Items)), n)
	case several && d.chance(15):
		i := d.expressionOf("Integer", 0)
		return d.term("[]", n.operand()+"["+i.Text+"]", n, i)
	case d.chance(3):
		return d.term(".", n.operand()+"."+pick(d, someNames), n)
	case depth > 0 && d.chance(30):
		return d.nested(n, depth-1)
	case several && d.chance(50):
		return d.call(n, d.offered(collections), depth)
	case d.chance(15):
		return d.typed(n)
	case d.chance(15):
		return d.call(n, d.offered(conversions), depth)
	case d.chance(12):
		return d.call(n, d.offered(collections), depth)
	}
	if own := byKind[kind]; own != nil {
		return d.call(n, d.offered(own), depth)
	}
	return d.call(n, d.offered(collections), depth)
}

// expressionOf draws an expression that gives mostly an item of a kind.
func (d drawer) expressionOf(kind string, depth int) *Node {
	if depth <= 0 || d.chance(50) {
		return d.literal(kind)
	}
	best := d.expression(depth - 1)
	for range 2 {
		if best.Kind() == kind {
			return best
		}
		best = d.expression(depth - 1)
	}
	if best.Kind() != kind && d.chance(80) {
		return d.literal(kind)
	}
	return best
}

// criterion draws an expression that gives mostly a Boolean.
func (d drawer) criterion(depth int) *Node {
	if depth > 0 && d.chance(60) {
		n := d.start(depth - 1)
		for range d.below(3) {
			n = d.step(n, 0)
		}
		return d.compared(n, depth-1)
	}
	return d.expressionOf("Boolean", depth)
}
