package oracles

import (
	"strings"

	"yitong/internal/fhir/fhirpath"
)

// literals are examples of each kind.
var literals = map[string][]string{
	"Boolean": list(`true, false`),
	"Integer": list(`1, 0, 2, 3, -1, 10, 2147483647, -7`),
	"Decimal": list(`1.0, 0.5, 1.5, 2.50, -1.5, 3.14159, 0.0, 100.25, 0.001, -0.5, -0.01, 99.9995`),
	"String": list(`'a', '', 'abc', 'ABC', ' a  b ', 'male', '5', '1.50', 'true', 'N', '2020-02-29', '2020', '10:30',
		'2020-02-29T10:30:00+08:00', '10 \'mg\'', '4 days', '\u4e91\n', '云溪', '-3', '+1', 'a,b,c'`),
	"Date": list(`@2020, @2020-02, @2020-02-29, @2019-12-31, @2026-01-31`),
	"DateTime": list(`@2020-02-29T10:30:00Z, @2020-02-29T10:30:00.000+08:00, @2020-02-29T18:30:00+08:00, @2020T, @2020-02T,
		@2020-02-29T, @2020-02-29T10:30, @2019-12-31T23:59:59.999Z`),
	"Time": list(`@T10:30, @T10:30:00, @T10:30:00.000, @T23:59:59.999, @T10, @T00:00:00`),
	"Quantity": list(`1 'mg', 1000 'ug', 1.5 'g', 3 days, 1 year, 1 'a', 4 weeks, 1 month, 2 'cm', 1 'm', 7 'd', 60 'min',
		1 hour, 1.00 'mg', 5 '1', 37.0 'Cel', 120 'mm[Hg]', -2 'mg'`),
	"Nothing": list(`{}`),
}

// kinds are those of literals, in an order that does not change.
var kinds = []string{"Integer", "String", "Boolean", "Decimal", "Date", "DateTime", "Time", "Quantity", "Nothing"}

// durations are what is added to dates and times.
var durations = list(`1 day, 1 month, 1 year, 2 weeks, 36 hours, 90 minutes, 61 seconds, 1500 milliseconds, -1 day, 1.5 days,
	1 'd', 1 'a', 1 's', 13 months, 1 'mg', 1 'min'`)

// literal draws a literal of a kind, of any when there are none of it.
func (d drawer) literal(kind string) *Node {
	from := literals[kind]
	if from == nil {
		from = literals[pick(d, kinds)]
	}
	text := pick(d, from)
	n := d.term("literal", text)
	n.whole = text[0] != '-' // a sign binds less than a dot
	return n
}

// literalOf writes an item as a literal; "" when it has none.
func literalOf(v fhirpath.Value) string {
	text := v.String()
	switch kindOf(v) {
	case "Boolean":
		return text
	case "Integer":
		return "(" + text + ")"
	case "Decimal":
		if !strings.Contains(text, ".") {
			text += ".0"
		}
		return "(" + text + ")"
	case "String":
		if len(text) > 60 {
			return ""
		}
		return quote(text)
	case "Date":
		return "@" + text
	case "DateTime":
		if !strings.Contains(text, "T") {
			text += "T"
		}
		return "@" + text
	case "Time":
		return "@T" + text
	}
	return ""
}

var quoter = strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`, "\r", `\r`, "\t", `\t`)

func quote(s string) string { return "'" + quoter.Replace(s) + "'" }
