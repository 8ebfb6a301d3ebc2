package oracles

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	gofhir "github.com/gofhir/fhirpath"
	"github.com/gofhir/fhirpath/types"
)

// calendar are the units that are words; gofhir does not tell them from UCUM's.
var calendar = list(`year, month, week, day, hour, minute, second, millisecond`)

// What R4 defines for every evaluation, and gofhir does not know.
var (
	sct  = gofhir.WithVariable("sct", types.Collection{types.NewString("http://snomed.info/sct")})
	ucum = gofhir.WithVariable("ucum", types.Collection{types.NewString("http://unitsofmeasure.org")})
	vsX  = gofhir.WithVariable("vs-x", types.Collection{types.NewString("http://hl7.org/fhir/ValueSet/x")})
)

// askGofhir is an oracle.
func askGofhir(r *Resource, text string) (a Answer) {
	defer func() {
		if why := recover(); why != nil {
			a = Answer{Error: fmt.Sprintf("panic: %v", why)}
		}
	}()
	e, err := gofhir.GetCached(text)
	if err != nil {
		return Answer{Error: err.Error()}
	}
	found, err := e.EvaluateWithOptions([]byte(r.Text), gofhir.WithModel(r4{}), sct, ucum, vsX)
	if err != nil {
		return Answer{Error: err.Error()}
	}
	for _, v := range found {
		item := Item{Text: v.String()}
		switch v := v.(type) {
		case *types.ObjectValue:
			item.Kind = "Object"
		case types.Quantity:
			item.Kind, item.Text, item.Unit = "Quantity", v.Value().String(), v.Unit()
			if !slices.Contains(calendar, strings.TrimSuffix(item.Unit, "s")) {
				item.Unit = "'" + item.Unit + "'"
			}
		case types.String:
			item.Kind = "String"
		default:
			item.Kind = v.Type()
		}
		a.Items = append(a.Items, item)
	}
	return a
}

// TestGofhir holds our FHIRPath against gofhir.
func TestGofhir(t *testing.T) {
	t.Parallel()
	Compare(t, askGofhir, gofhirLacks, gofhirDeviates, expressions)
}

// expressions are how many are compared.
const expressions = 25_000

// gofhirLacks are functions that it does not have, computes for hours, or gets wrong for so many items that nothing
// is left to compare: types (it knows of an element only what JSON tells), conversions, and the tree with
// resourceType in it.
var gofhirLacks = list(`sort, coalesce, type, precision, comparable, yearOf, monthOf, dayOf, hourOf, minuteOf, secondOf,
	millisecondOf, timezoneOffsetOf, dateOf, timeOf, lastIndexOf, matchesFull, encode, decode, escape,
	unescape, power, exp, round, log, ln, lowBoundary, highBoundary, resolve, trace, is, as, ofType, children,
	descendants, repeat, toBoolean, toInteger, toDecimal, toString, toDate, toDateTime, toTime, toQuantity,
	convertsToBoolean, convertsToInteger, convertsToDecimal, convertsToString, convertsToDate,
	convertsToDateTime, convertsToTime, convertsToQuantity, union, combine, intersect, exclude, subsetOf,
	supersetOf`)

// gofhirDeviates is where gofhir 1.4.0 differs from the normative release.
var gofhirDeviates = []Deviation{
	{When: lenient, Why: "N1 4.5, 6.2: several items where one is asked for, and types that do not fit, are errors"},
	{When: theirFault("panic"), Why: "it panics: 'a'.substring(1, -1)"},
	{Op: "literal", When: theirFault("extraneous input 'T'"), Why: "N1 4.1.6: @2020T"},
	{When: bare, Why: "R4 2.1.3.1: primitives that have only extensions are items"},
	{Op: ".", When: with("resourceType"), Why: "R4 json.html: it is no element"},
	{Op: ".", When: named("valueQuantity"), Why: "R4 2.1.3.1: the name of a choice is value"},
	{Op: ".", When: named(".Patient"), Why: "N1 3.1: a type only begins a path"},
	{Op: "/ div mod", When: theirFault("division by zero"), Why: "N1 6.6: empty"},
	{Op: "/ div mod * + - < > <= >= aggregate()", When: theirFault("cannot apply"),
		Why: "N1 6.6: for Decimals, Quantities and Times too"},
	{Op: "literal", When: named(`\u4e91\n'`), Why: "N1 4.1.2: \\u is an escape"},
	{Op: "literal", When: theirFault("cannot negate Quantity"), Why: "N1 6.6: a Quantity has a sign too"},
	{Op: "* + - abs()", When: large, Why: "N1 6.6: overflow is empty"},
	{Op: "+ - < > <= >=", When: theirFault("incompatible units"), Why: "N1 6.2, 6.6: empty; and weeks are days"},
	{Op: "< > <= >=", When: theirFault("ambiguous"),
		Why: "N1 6.2: empty; a fraction of a second is no precision of its own"},
	{Op: "< > <= >=", When: theirFault("cannot compare"), Why: "N1 6.2: a Date is a DateTime; empty with nothing"},
	{Op: "< > <= >=", When: theirFault("type error in comparison"), Why: "N1 5.5: a number is a Quantity"},
	{Op: "= !=", Kinds: "Quantity|Object Integer|Decimal",
		Why: "N1 5.5: a number is a Quantity; of other units: empty"},
	{Op: "= !=", Kinds: "Integer|Decimal Quantity|Object",
		Why: "N1 5.5: a number is a Quantity; of other units: empty"},
	{Op: "< > <= >=", Kinds: "DateTime DateTime", Why: "N1 6.2: by the moment, not by the text"},
	{Op: "= != ~ !~", Kinds: "Many", Why: "N1 6.1: collections compare item by item"},
	{Op: "= != ~ !~", Kinds: "* Many", Why: "N1 6.1: collections compare item by item"},
	{Op: "= != ~ !~ in contains", Kinds: "Date|DateTime|Time|Quantity|Object Date|DateTime|Time|Quantity|Object",
		Why: "N1 6.1: units, and precisions"},
	{Op: "~ !~", Kinds: "String String", Why: "N1 6.1.2: spaces at the ends count"},
	{Op: "distinct() isDistinct()", Kinds: "Many", Why: "N1 6.1.1: 1.5 and 1.50 are equal"},
	{Op: "~ !~", Kinds: "Integer|Decimal Integer|Decimal", Why: "N1 6.1.2: rounded to the digits of the coarser"},
	{Op: "|", Kinds: "DateTime DateTime", Why: "N1 6.1.1: moments of which one has no offset are not equal"},
	{Op: "|", Kinds: "Many", Why: "N1 6.4.1: no item twice"},
	{Op: "|", Kinds: "* Many", Why: "N1 6.4.1: no item twice"},
	{Op: "+ -", Kinds: "Date|DateTime|Time Quantity", Why: "N1 6.7: UCUM units, partial dates, fractions"},
	{Op: "abs() hasValue() getValue()", Kinds: "Quantity", Why: "N1 5.7.1: of a Quantity"},
	{Op: "abs()", Kinds: "Many", When: theirNothing, Why: "N1 5.7.1: of a Quantity"},
	{Op: "iif()", When: with("$index"), Why: "N1 5.5.1: its arguments are evaluated as in where()"},
	{Op: "join()", Why: "STU: empty Strings"},
	{Op: "substring() skip() take()", When: with("count()"), Why: "N1 5: the argument is evaluated outside"},
	{Op: "length() substring() indexOf() contains()", When: notLatin, Why: "N1 5.6: characters, not bytes"},
	{Op: "and or xor implies not() all() where() exists() iif()", When: singleton,
		Why: "N1 4.5: one item of any type counts as true"},
	{Op: "aggregate()", Kinds: "Many", Why: "STU: $total is a collection"},
	{When: theirFault("got empty collection"),
		Why: "N1 5: single() of nothing, and functions with an empty argument, give nothing"},
	{Op: "hasValue() getValue()", Kinds: "Many", Why: "R4 2.1.3.2: of one item"},
	{Op: "extension() .", When: onPrimitive, Why: "R4 2.1.3.1: primitives have extensions too"},
	{When: inexact, Why: "N1 4.1.4: digits beyond the eighth are left open"},
	{Op: "abs() * + - aggregate()", When: wholeDecimals,
		Why: "N1 4.1.4: what JSON writes without a point is still a Decimal, when the element is one"},
}

// lenient tells whether gofhir gives something, or nothing, where our engine gives an error.
func lenient(d Difference) bool { return d.Ours.Error != "" && d.Theirs.Error == "" }

// theirFault tells whether gofhir fails with such an error.
func theirFault(text string) func(Difference) bool {
	return func(d Difference) bool { return strings.Contains(d.Theirs.Error, text) }
}

func theirNothing(d Difference) bool { return d.Theirs.Error == "" && len(d.Theirs.Items) == 0 }

// bare tells whether the answers are the same but for primitives without a value.
func bare(d Difference) bool {
	var valued Answer
	for _, i := range d.Ours.Items {
		if i.Kind != "Bare" {
			valued.Items = append(valued.Items, i)
		}
	}
	return len(valued.Items) < len(d.Ours.Items) && valued.Same(d.Theirs)
}

// onPrimitive tells whether gofhir gives neither the id nor the extensions of a primitive.
func onPrimitive(d Difference) bool {
	inside := strings.Contains(d.Part.Text, "extension") || strings.HasSuffix(d.Part.Text, "id")
	return theirNothing(d) && inside && !strings.Contains(d.Kinds, "Object")
}

func inexact(d Difference) bool { return d.Inexact }

// wholeDecimals tells whether the answers are the same when Integers are taken for Decimals.
func wholeDecimals(d Difference) bool {
	theirs := Answer{Error: d.Theirs.Error}
	for _, item := range d.Theirs.Items {
		if item.Kind == "Integer" {
			item.Kind = "Decimal"
		}
		theirs.Items = append(theirs.Items, item)
	}
	return d.Ours.Same(theirs)
}

func with(text string) func(Difference) bool {
	return func(d Difference) bool { return strings.Contains(d.Part.Text, text) }
}

func named(name string) func(Difference) bool {
	return func(d Difference) bool { return strings.HasSuffix(d.Part.Text, name) }
}

// large tells whether gofhir gives an Integer of more than 32 bits, and we give nothing.
func large(d Difference) bool {
	if d.Ours.Error != "" || len(d.Ours.Items) > 0 || len(d.Theirs.Items) == 0 {
		return false
	}
	x, err := strconv.ParseFloat(d.Theirs.Items[0].Text, 64)
	return err == nil && math.Abs(x) > math.MaxInt32
}

// notLatin tells whether an operand has characters of several bytes.
func notLatin(d Difference) bool {
	for _, part := range d.Part.Parts {
		for _, v := range part.Items {
			if strings.ContainsFunc(v.String(), func(r rune) bool { return r > unicode.MaxASCII }) {
				return true
			}
		}
	}
	return false
}

// singleton tells whether something else than a Boolean is taken as one.
func singleton(d Difference) bool {
	other := func(kind string) bool { return kind != "Boolean" && kind != "Nothing" }
	return slices.ContainsFunc(strings.Fields(d.Kinds), other)
}
