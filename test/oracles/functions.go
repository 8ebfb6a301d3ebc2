package oracles

import (
	"regexp"
	"slices"
	"strings"
)

// What functions take stands behind their names: each word is an argument, drawn by [drawer.argument].

// list is a text with commas as a list.
func list(text string) []string { return comma.Split(text, -1) }

var comma = regexp.MustCompile(`,\s+`)

// byKind are the functions for one item of a kind.
var byKind = map[string][]string{
	"Boolean": list(`not, not, toInteger, toString`),
	"Integer": list(`abs, ceiling, floor, truncate, sqrt, exp, ln, log number, power number, round, round digits,
		lowBoundary, highBoundary, precision, toString`),
	"Decimal": list(`abs, ceiling, floor, truncate, sqrt, exp, ln, log number, power number, round, round digits,
		lowBoundary, highBoundary, lowBoundary digits, highBoundary digits, precision, toString`),
	"String": list(`length, upper, lower, toChars, trim, indexOf part, lastIndexOf part, substring digits,
		substring digits digits, startsWith part, endsWith part, contains part, replace part part,
		matches regex, matchesFull regex, replaceMatches regex part, split part, encode code, decode code,
		escape mark, unescape mark, join part, toInteger, toDecimal`),
	"Date":     list(`lowBoundary, highBoundary, precision, yearOf, monthOf, dayOf, toDateTime, toString`),
	"DateTime": list(`lowBoundary, highBoundary, precision, yearOf, hourOf, timezoneOffsetOf, dateOf, timeOf, toDate`),
	"Time":     list(`lowBoundary, highBoundary, precision, hourOf, minuteOf, secondOf, millisecondOf, toString`),
	"Quantity": list(`abs, ceiling, floor, round digits, truncate, lowBoundary, highBoundary, comparable quantity, toString`),
	"Object": list(`children, descendants, extension url, hasValue, resolve, getValue, toQuantity, type,
		comparable quantity`),
	"Bare": list(`extension url, hasValue, getValue, children, type, exists, empty, toString, length`),
}

// collections are the functions for several items.
var collections = list(`empty, exists, count, first, last, tail, skip digits, take digits, single, distinct, isDistinct, allTrue,
	anyTrue, allFalse, anyFalse, children, descendants, not, type, trace name, join part, hasValue, getValue,
	sort, coalesce any, union any, combine any, intersect any, exclude any, subsetOf any, supersetOf any,
	union same, combine same, intersect same, exclude same, subsetOf same, supersetOf same, first, count,
	extension url, resolve, nonsense, count digits, skip`)

// conversions go between System types.
var conversions = list(`toBoolean, toInteger, toDecimal, toString, toDate, toDateTime, toTime, toQuantity, convertsToBoolean,
	convertsToInteger, convertsToDecimal, convertsToString, convertsToDate, convertsToDateTime, convertsToTime,
	convertsToQuantity, toQuantity unit, convertsToQuantity unit`)

// arguments are texts from which the words of a function's signature are drawn.
var arguments = map[string][]string{
	"number":   list(`2, 10, 0.5, -1, 3.0, 0`),
	"digits":   list(`0, 1, 2, 5, -1, 3, 20`),
	"part":     list(`'a', '', 'e', ' ', '-', '云', 'abc', '.', ',', {}`),
	"regex":    {"'a'", "'^[A-Z]'", "'[0-9]+'", "'.*'", "'^\\\\d{4}'", "'(a|b)c?'", "'^.$'", "'\\\\w+'"},
	"code":     list(`'hex', 'base64', 'urlbase64'`),
	"mark":     list(`'html', 'json'`),
	"url":      list(`'http://example.org/a', 'http://example.org/b', 'http://example.org/none'`),
	"name":     list(`'t'`),
	"unit":     list(`'mg', 'g', 'day', 'cm'`),
	"quantity": list(`1 'mg', 1 'cm', 1 day, 1 'mm[Hg]', 1 'Cel'`),
}

// offered picks one of those functions that the oracle has.
func (d drawer) offered(signatures []string) string {
	var names []string
	for _, s := range signatures {
		if name, _, _ := strings.Cut(s, " "); !slices.Contains(d.without, name) {
			names = append(names, s)
		}
	}
	return pick(d, names)
}

// call draws a function behind an expression; signature is its name and its arguments.
func (d drawer) call(n *Node, signature string, depth int) *Node {
	words := strings.Fields(signature)
	parts := []*Node{n}
	var texts []string
	for _, word := range words[1:] {
		a := d.argument(n, word, depth)
		parts = append(parts, a)
		texts = append(texts, a.Text)
	}
	return d.term(words[0]+"()", n.operand()+"."+words[0]+"("+strings.Join(texts, ", ")+")", parts...)
}

func (d drawer) argument(n *Node, word string, depth int) *Node {
	switch {
	case word == "any":
		return d.expression(max(depth-2, 0))
	case word == "same" && d.chance(50):
		return d.step(n, 0)
	case word == "same":
		return d.call(n, pick(d, []string{"first", "tail", "skip digits", "take digits", "distinct"}), 0)
	case word == "part" && len(n.Items) > 0 && d.chance(50):
		if s := []rune(n.Items[0].String()); len(s) > 0 && len(s) < 60 {
			from := d.below(len(s))
			return d.term("literal", quote(string(s[from:min(len(s), from+1+d.below(3))])))
		}
	case word == "digits" && depth > 1 && d.chance(10):
		return d.expressionOf("Integer", depth-2)
	}
	text := pick(d, arguments[word])
	return d.term("literal", text)
}

// eachItem are the functions that evaluate an argument for every item.
var eachItem = list(`where, where, select, select, exists, all, iif, repeat, aggregate, sort`)

// sums are the arguments of aggregate().
var sums = []string{"$total + $this, 0", "$total & $this, ''", "$total + 1, 0", "iif($total.empty(), $this, $total)",
	"$total | $this", "iif($this > $total, $this, $total)", "$total + $index, 0"}

// nested draws a function whose arguments are expressions for each item.
func (d drawer) nested(n *Node, depth int) *Node {
	in := d.within(n)
	each := func(name string, body *Node) *Node {
		return d.term(name+"()", n.operand()+"."+name+"("+body.Text+")", n, body)
	}
	switch name := d.offered(eachItem); name {
	case "where", "exists", "all":
		return each(name, in.criterion(depth))
	case "repeat":
		return each(name, in.path())
	case "iif":
		return d.iif(n, in, depth)
	case "aggregate":
		return d.term("aggregate()", n.operand()+".aggregate("+pick(d, sums)+")", n)
	case "sort":
		return each(name, in.path())
	default:
		return each("select", in.expression(depth))
	}
}

// path draws a path of names.
func (d drawer) path() *Node {
	if kindOf(d.focus) != "Object" {
		return d.term("variable", "$this")
	}
	n := d.term(".", d.member(d.focus))
	for len(n.Items) > 0 && kindOf(n.Items[0]) == "Object" && d.chance(40) {
		n = d.term(".", n.Text+"."+d.member(n.Items[0]), n)
	}
	return n
}

// iif draws iif() for a collection of at most one item, mostly.
func (d drawer) iif(n *Node, in drawer, depth int) *Node {
	if len(n.Items) != 1 && d.chance(90) {
		n = d.term("first()", n.operand()+".first()", n)
		in = d.within(n)
	}
	if len(n.Items) == 0 {
		return n
	}
	parts := []*Node{n, in.criterion(depth), in.expression(depth - 1)}
	text := n.operand() + ".iif(" + parts[1].Text + ", " + parts[2].Text
	if d.chance(70) {
		otherwise := in.expression(depth - 1)
		parts = append(parts, otherwise)
		text += ", " + otherwise.Text
	}
	return d.term("iif()", text+")", parts...)
}

// typeNames are types that few items are of.
var typeNames = list(`String, System.String, FHIR.string, string, Boolean, boolean, Integer, integer, Decimal, decimal,
	System.Date, date, dateTime, DateTime, Time, Quantity, FHIR.Quantity, System.Quantity, Patient, Element,
	Resource, DomainResource, BackboneElement, uri, code, Coding, FHIR.Element, HumanName, System.Patient,
	Nonsense`)

// typed draws a question for the type of an expression's items.
func (d drawer) typed(n *Node) *Node {
	if slices.Contains(d.without, "is") {
		return d.call(n, d.offered(collections), 0)
	}
	name := pick(d, typeNames)
	if len(n.Items) > 0 && d.chance(60) {
		namespace, own := pick(d, n.Items).Type()
		name = own
		if d.chance(40) {
			name = namespace + "." + own
		}
	}
	many := len(n.Items) > 1
	switch {
	case many && d.chance(80), d.chance(25):
		return d.term("ofType()", n.operand()+".ofType("+name+")", n)
	case d.chance(30):
		return d.node("is", n.operand()+" is "+name, n)
	case d.chance(30):
		return d.term("is()", n.operand()+".is("+name+")", n)
	case d.chance(50):
		return d.term("as()", n.operand()+".as("+name+")", n)
	}
	return d.node("as", n.operand()+" as "+name, n)
}
