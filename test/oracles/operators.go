package oracles

import (
	"slices"
)

// levels are the operators in the order of their precedence, those that bind the closest first (FHIRPath N1, 6.8).
var levels = [][]string{
	{"*", "/", "div", "mod"},
	{"+", "-", "&"},
	{"|"},
	{">", "<", ">=", "<="},
	{"=", "~", "!=", "!~"},
	{"in", "contains"},
	{"and"},
	{"xor", "or"},
	{"implies"},
}

// fitting are the operators that are for items of a kind.
var fitting = map[string][]string{
	"Boolean":  {"and", "or", "xor", "implies", "=", "~", "!="},
	"Integer":  {"+", "-", "*", "/", "div", "mod", "<", ">", "<=", ">=", "=", "~", "!=", "!~"},
	"Decimal":  {"+", "-", "*", "/", "div", "mod", "<", ">", "<=", ">=", "=", "~", "!=", "!~"},
	"String":   {"+", "&", "<", ">", "<=", ">=", "=", "~", "!=", "!~"},
	"Date":     {"+", "-", "<", ">", "<=", ">=", "=", "~", "!=", "!~"},
	"DateTime": {"+", "-", "<", ">", "<=", ">=", "=", "~", "!=", "!~"},
	"Time":     {"+", "-", "<", ">", "<=", ">=", "=", "~", "!=", "!~"},
	"Quantity": {"+", "-", "*", "/", "<", ">", "<=", ">=", "=", "~", "!=", "!~"},
	"Object":   {"=", "~", "!=", "!~", "|", "in", "contains", "is"},
	"Many":     {"=", "~", "!=", "!~", "|", "contains", "in"},
	"Nothing":  {"=", "|", "and", "or", "xor", "implies", "+", "&", "<", "in", "contains", "*"},
}

func allOperators() []string { return slices.Concat(levels...) }

// binary draws an operator behind an expression, with another expression.
func (d drawer) binary(left *Node, depth int) *Node {
	operators := fitting[left.Kind()]
	if operators == nil || d.chance(8) {
		operators = allOperators()
	}
	op := pick(d, operators)
	if op == "is" {
		return d.typed(left)
	}
	return d.with(left, op, d.partner(left, op, depth))
}

// compared draws a comparison, which gives a Boolean.
func (d drawer) compared(left *Node, depth int) *Node {
	op := pick(d, []string{"=", "=", "!=", "~", "<", ">", "<=", ">=", "in", "is", "exists"})
	switch {
	case op == "is":
		return d.typed(left)
	case op == "exists":
		return d.term("exists()", left.operand()+".exists()", left)
	}
	return d.with(left, op, d.partner(left, op, depth))
}

func (d drawer) with(left *Node, op string, right *Node) *Node {
	return d.node(op, left.operand()+" "+op+" "+right.operand(), left, right)
}

// partner draws the right operand, mostly of a kind that goes with the left one, and often of the same value.
func (d drawer) partner(left *Node, op string, depth int) *Node {
	kind := left.Kind()
	switch {
	case d.chance(6):
		return d.literal("")
	case len(left.Items) > 0 && d.chance(25):
		if same := literalOf(pick(d, left.Items)); same != "" {
			return d.term("literal", same)
		}
	case d.chance(10):
		return left
	}
	switch {
	case (op == "+" || op == "-") && (kind == "Date" || kind == "DateTime" || kind == "Time"):
		return d.term("literal", pick(d, durations))
	case (op == "*" || op == "/") && kind == "Quantity" && d.chance(60), kind == "Integer" && d.chance(30):
		return d.expressionOf("Decimal", depth)
	case kind == "Date" && d.chance(30):
		return d.expressionOf("DateTime", depth)
	case op == "contains" || kind == "Object" || kind == "Many" || kind == "Nothing":
		return d.expression(max(depth-1, 0))
	}
	return d.expressionOf(kind, depth)
}

// flat draws three operands and two operators without parentheses. Its part is the same with those that the precedence
// makes needless.
func (d drawer) flat() *Node {
	kind := pick(d, []string{"Boolean", "Integer", "Integer", "Decimal", "String"})
	var operand [3]*Node
	for i := range operand {
		operand[i] = d.literal(kind)
	}
	a, b := pick(d, fitting[kind]), pick(d, fitting[kind])
	if kind != "Boolean" && d.chance(20) {
		b = "in"
	}
	text := operand[0].operand() + " " + a + " " + operand[1].operand() + " " + b + " " + operand[2].operand()
	var explicit *Node
	if level(b) < level(a) {
		explicit = d.with(operand[0], a, d.with(operand[1], b, operand[2]))
	} else {
		explicit = d.with(d.with(operand[0], a, operand[1]), b, operand[2])
	}
	return d.node("precedence", text, explicit)
}

func level(op string) int {
	return slices.IndexFunc(levels, func(l []string) bool { return slices.Contains(l, op) })
}
