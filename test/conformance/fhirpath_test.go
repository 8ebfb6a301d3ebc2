//go:build conformance

package conformance

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"yitong/test/oracles"
)

// fhirpathJS is the program that evaluates with fhirpath.js.
type fhirpathJS struct {
	in  io.Writer
	out *bufio.Scanner
}

func startFHIRPath(t *testing.T) *fhirpathJS {
	var lines bytes.Buffer
	for _, r := range oracles.Resources() {
		lines.WriteString(r.Text + "\n")
	}
	cmd, in, out := startNode(t, "fhirpath", "fhirpath.mjs", lines.Bytes())
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait() // its context may have ended it
	})
	return &fhirpathJS{in, out}
}

// ask is an oracle. When the program has ended it gives errors only, and the test fails on most expressions.
func (p *fhirpathJS) ask(r *oracles.Resource, expression string) oracles.Answer {
	question, err := json.Marshal([]any{r.Place, expression})
	if err == nil {
		_, err = fmt.Fprintf(p.in, "%s\n", question)
	}
	if err != nil || !p.out.Scan() {
		return oracles.Answer{Error: fmt.Sprintf("fhirpath.js says nothing: %v %v", err, p.out.Err())}
	}
	var a struct {
		Items []struct {
			Type, Text, Unit string
			Bare             bool
		}
		Error string
	}
	if err := json.Unmarshal(p.out.Bytes(), &a); err != nil {
		return oracles.Answer{Error: err.Error()}
	}
	answer := oracles.Answer{Error: a.Error}
	for _, i := range a.Items {
		item := oracles.Item{Type: i.Type, Text: i.Text, Unit: i.Unit}
		if i.Bare {
			item.Kind = "Bare"
		}
		if i.Type == "System.Object" { // it does not know better
			item.Type = ""
		}
		answer.Items = append(answer.Items, item)
	}
	return answer
}

// TestFHIRPath holds our FHIRPath against fhirpath.js.
func TestFHIRPath(t *testing.T) {
	oracles.Compare(t, startFHIRPath(t).ask, fhirpathJSLacks, fhirpathJSDeviates, expressions)
}

// expressions are how many are compared.
const expressions = 60_000

// fhirpathJSLacks are functions that it does not have, or not without a network.
var fhirpathJSLacks = []string{"resolve", "precision"}

// fhirpathJSDeviates is where fhirpath.js 5.2.2 differs from the normative release, or from what it leaves open.
var fhirpathJSDeviates = []oracles.Deviation{
	// It lacks something.
	{Op: "convertsToQuantity()", When: says("expects no params"), Why: "N1 5.5.7: the unit is an optional argument"},
	{Op: "lowBoundary() highBoundary()", When: says("Expected a Decimal"), Why: "STU: of Quantities too"},
	{Op: "encode() decode() unescape()", Why: "STU: it knows Latin-1 only, and fails where others give nothing"},
	{Op: "replaceMatches()", When: with("'.*'"),
		Why: "N1 5.6.10: whether nothing matches behind the last match is left to the dialect"},

	// Types.
	{When: retyped("System.Integer", "System.Decimal"), Why: "JavaScript has one type of number"},
	{Op: ". children() descendants() repeat()", When: retyped("System.String", "FHIR.id", "FHIR.uri", "FHIR.string"),
		Why: "R4: id and Extension.url, of which HL7's definitions give the System type"},
	{When: with("xtension"), Op: "is() is as() as ofType() type()", Why: "R4: extensions have a type"},
	{When: with("type()"), Why: "STU: what type() gives has elements and a type"},
	{Op: "ofType() as() as", When: ofSystem, Why: "N1 6.3: System.String is another type than FHIR.string"},
	{Op: "toDateTime()", Kinds: "Date", When: retyped("System.Date", "System.DateTime"),
		Why: "N1 5.5.5: the result is a DateTime"},
	{Op: "toDate() convertsToDate()", Kinds: "DateTime|String", Why: "N1 5.5.4: a DateTime has a date"},
	{Op: "toDecimal() toInteger() convertsToDecimal() convertsToInteger()", Kinds: "DateTime|Date", Why: "N1 5.5: dates are no Strings"},
	{Op: "toInteger() convertsToInteger()", Kinds: "String|Decimal", Why: "N1 5.5.3: of 32 bits, and no Decimals"},
	{Op: "convertsToBoolean()", Kinds: "Decimal", Why: "N1 5.5.2: of 1.0 and 0.0, to the last digit"},
	{Op: "toString() convertsToString()", Kinds: "Object", Why: "N1 5.5.8: objects have no text"},
	{Op: "toString()", Kinds: "Quantity|Decimal",
		Why: "N1 5.5.8: with the zeros that it has, of which JSON.parse leaves nothing"},
	{Op: "toString()", Kinds: "DateTime", When: ends("T"), Why: "N1 5.5.8: the T of @2020T belongs to the literal"},
	{Op: "toString()", Kinds: "Many", When: with(".select($this.toString())"), Why: "N1 5.5.8: objects have no text"},
	{Op: "toQuantity()", Kinds: "Quantity", When: oneNothing, Why: "N1 5.5.7: how many days a month has is left open"},
	{Op: "getValue() hasValue()", Kinds: "Date|DateTime|Time|Quantity",
		Why: "R4 2.1.3.2: of the type that the value has"},
	{Op: ".", When: with("resourceType", "valueQuantity"), Why: "R4 2.1.3.1: elements have their names of FHIRPath"},
	{Op: ".", When: named(".Patient"), Why: "N1 3.1: a type only begins a path"},
	{Op: ".", When: named("value)"), Why: "N1 4.1: values of System types have no elements"},
	{Op: ".", When: named(".value"), Kinds: "Integer|Decimal|Quantity|Many",
		Why: "N1 4.1: values of System types have no elements"},

	// It gives something where the rules make an error.
	{When: ourFault("takes one item, but there are"), Why: "N1 4.5: several items where one is asked for"},
	{Op: "skip()", When: ourFault("takes one argument, not 0"), Why: "N1 5.3.6: skip() takes an argument"},
	{Op: "< > <= >=", When: ourFault("does not go between"), Why: "N1 6.2: not for Booleans and objects"},
	{Op: "+ - * / div mod aggregate()", When: ourFault("does not go between"), Why: "N1 6.6: Strings are no numbers"},
	{Op: "dayOf() monthOf() yearOf() hourOf() minuteOf() secondOf() millisecondOf() timezoneOffsetOf() dateOf() timeOf()", When: ourFault("takes a date"),
		Why: "STU: only dates have days"},
	{Op: "allTrue() anyTrue() allFalse() anyFalse()", When: ourFault("takes Booleans"), Why: "N1 5.1: of Booleans"},
	{Op: "comparable()", Why: "STU: only Quantities have units"},
	{Op: "ceiling() floor() truncate() round()", When: ourFault("takes a number, not System.Quantity"),
		Why: "N1 5.7: of numbers"},
	{Op: "& join() aggregate()", When: ourFault("takes one String"), Why: "N1 6.6.7: dates are no Strings"},
	{Op: "join()", When: ourFault("takes Strings"), Why: "STU: dates are no Strings"},

	// One gives nothing.
	{Op: "log() ln() power()", When: infinite, Why: "N1 5.7: what is no number is empty"},
	{Op: "power()", When: ourNothing, Kinds: "* Integer|Decimal", Why: "N1 5.7.7: 0 to the 0 may be anything"},
	{Op: "div", Kinds: "Decimal Decimal", When: theirNothing, Why: "N1 6.6.5: a number is not 0 because it is small"},
	{Op: "exp()", When: ourNothing, Why: "N1 6.6: underflow is empty"},
	{Op: "+ - * div exp() power()", When: large, Why: "N1 6.6: overflow is empty"},
	{Op: "+ - * / div mod", When: valueless,
		Why: "N1 6.6: with an empty operand the result is empty, whatever the other one"},
	{Op: "+ - * / div mod aggregate()", Kinds: "Object", When: ourNothing,
		Why: "N1 6.6: a Quantity without a value is empty"},
	{Op: "take()", When: ourNothing, Why: "N1 5.3.7: a number below one gives nothing"},
	{Op: "skip()", Kinds: "Many Integer", Why: "N1 5.3.6: a number below one skips nothing"},
	{Op: "split()", Kinds: "* Nothing", Why: "STU: an empty argument gives nothing"},
	{Op: "substring()", When: ours(""), Why: "N1 5.6.2: a length below one leaves an empty String"},
	{Op: "millisecondOf()", Why: "STU: seconds and their fraction are one precision"},
	{Op: "= !=", When: theirNothing, Why: "N1 6.1.1: items of different types are not equal"},
	{Op: "= != < > <= >= + -", When: oneNothing,
		Kinds: "Quantity|Integer|Decimal|Object Quantity|Integer|Decimal|Object",
		Why:   "N1 6.1.1, 6.2: units of other dimensions give nothing; which units of time compare is left open"},
	{Op: "= !=", When: ourNothing, Kinds: "Many Many", Why: "N1 6.1.1: as above, for many items"},
	{Op: "< > <= >=", Kinds: "* Object", When: ourNothing, Why: "N1 6.2: a Quantity without a value is empty"},
	{Op: "< > <= >=", Kinds: "Object", When: ourNothing, Why: "N1 6.2: a Quantity without a value is empty"},
	{Op: "= != < > <= >=", Kinds: "DateTime DateTime", When: ourNothing,
		Why: "N1 6.1.1: without an offset the moment is not known"},
	{Op: "~ !~", Kinds: "Date|DateTime Date|DateTime",
		Why: "N1 6.1.2: a fraction of a second is no precision, a Date is a DateTime"},
	{Op: "~ !~", Kinds: "Quantity Quantity", Why: "N1 6.1.2: which units of time are equivalent is left open"},

	// Other values.
	{Op: "all() iif() where() exists()", When: singleton, Why: "N1 4.5: one item of any type counts as true"},
	{Op: "and or implies iif() all() where() exists()", When: errorInside,
		Why: "N1 6.5: whether an operand is evaluated that does not count is left open"},
	{Op: "= != ~ !~", Kinds: "* Error", Why: "N1 6.1: how an error inside all() and exists() shows is left open"},
	{Op: "or and implies", Kinds: "* Many",
		Why: "N1 6.5: whether an operand is evaluated that does not count is left open"},
	{When: inexact, Why: "N1 4.1.4: digits beyond the eighth are left open"},
	{Op: "+ -", Kinds: "DateTime Quantity", When: sameMoment, Why: "N1 6.7: which offset a sum has is left open"},
	{Op: "lowBoundary() highBoundary()", Kinds: "Decimal|Integer|DateTime|Many",
		Why: "STU: offsets, and how many digits there are"},
	{Op: "* /", Kinds: "Quantity *", Why: "N1 6.6.1: in which form the unit of the result is given is left open"},
	{Op: "* /", Kinds: "* Quantity", Why: "N1 6.6.1: in which form the unit of the result is given is left open"},
	{Op: "subsetOf() supersetOf()", Why: "N1 5.1.8: by =, and an item may be there more often"},
	{Op: "repeat()", Kinds: "Many", Why: "N1 5.2.3: equal items are given once"},
	{Op: "repeat()", When: with("value"), Why: "N1 4.1: values of System types have no elements"},
	{Op: "sort() coalesce()", Why: "STU"},
}

func says(what string) func(oracles.Difference) bool {
	return func(d oracles.Difference) bool { return strings.Contains(d.Theirs.Error, what) }
}

func ourFault(text string) func(oracles.Difference) bool {
	return func(d oracles.Difference) bool { return strings.Contains(d.Ours.Error, text) }
}

func theirNothing(d oracles.Difference) bool { return d.Theirs.Error == "" && len(d.Theirs.Items) == 0 }

func oneNothing(d oracles.Difference) bool { return ourNothing(d) != theirNothing(d) }

// valueless tells whether an operand is empty, or a primitive without a value.
func valueless(d oracles.Difference) bool {
	return ourNothing(d) && (strings.Contains(d.Kinds, "Nothing") || strings.Contains(d.Kinds, "Bare"))
}

func errorInside(d oracles.Difference) bool { return strings.Contains(d.Kinds, "Error") }

func singleton(d oracles.Difference) bool { return d.Theirs.Error == "" && d.Ours.Error == "" }

func inexact(d oracles.Difference) bool { return d.Inexact }

// with tells whether the part has one of the texts in it, or is evaluated for what has.
func with(texts ...string) func(oracles.Difference) bool {
	return func(d oracles.Difference) bool {
		return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(d.Part.Closed(), text) })
	}
}

// named tells whether the part ends with one of the texts.
func named(names ...string) func(oracles.Difference) bool {
	return func(d oracles.Difference) bool {
		return slices.ContainsFunc(names, func(name string) bool { return strings.HasSuffix(d.Part.Closed(), name) })
	}
}

// retyped tells whether the answers are the same when items of one type are taken for others.
func retyped(from string, to ...string) func(oracles.Difference) bool {
	return func(d oracles.Difference) bool {
		theirs := oracles.Answer{Error: d.Theirs.Error}
		for i, item := range d.Theirs.Items {
			if item.Type == from && i < len(d.Ours.Items) && slices.Contains(to, d.Ours.Items[i].Type) {
				item.Type = d.Ours.Items[i].Type
			}
			theirs.Items = append(theirs.Items, item)
		}
		return d.Ours.Same(theirs)
	}
}

// ofSystem tells whether items are asked for a type of System by a name that FHIR does not have.
func ofSystem(d oracles.Difference) bool {
	return len(d.Ours.Items) < len(d.Theirs.Items) && systemName.MatchString(d.Part.Text)
}

var systemName = regexp.MustCompile(`(String|Integer|Decimal|Boolean|Date|DateTime|Time)\)?$`)

// ends tells whether fhirpath.js gives a text with this at its end.
func ends(text string) func(oracles.Difference) bool {
	return func(d oracles.Difference) bool {
		return len(d.Theirs.Items) == 1 && strings.HasSuffix(d.Theirs.Items[0].Text, text)
	}
}

// infinite tells whether fhirpath.js gives no number and we give nothing.
func infinite(d oracles.Difference) bool {
	none := []string{"NaN", "Infinity", "-Infinity"}
	number := func(i oracles.Item) bool { return !slices.Contains(none, i.Text) }
	return ourNothing(d) && len(d.Theirs.Items) > 0 && !slices.ContainsFunc(d.Theirs.Items, number)
}

// large tells whether fhirpath.js gives an Integer that has more than 32 bits, or a Decimal that is larger still.
func large(d oracles.Difference) bool {
	if !ourNothing(d) || len(d.Theirs.Items) != 1 {
		return false
	}
	x, err := strconv.ParseFloat(d.Theirs.Items[0].Text, 64)
	return (err == nil || errors.Is(err, strconv.ErrRange)) && math.Abs(x) > math.MaxInt32
}

func ourNothing(d oracles.Difference) bool { return d.Ours.Error == "" && len(d.Ours.Items) == 0 }

func ours(text string) func(oracles.Difference) bool {
	return func(d oracles.Difference) bool { return len(d.Ours.Items) == 1 && d.Ours.Items[0].Text == text }
}

// sameMoment tells whether two DateTimes are the same moment. fhirpath.js gives sums in UTC, those without an offset
// too.
func sameMoment(d oracles.Difference) bool {
	if len(d.Ours.Items) != 1 || len(d.Theirs.Items) != 1 {
		return false
	}
	if strings.TrimSuffix(d.Theirs.Items[0].Text, "-00:00") == d.Ours.Items[0].Text {
		return true
	}
	a, errA := time.Parse(time.RFC3339, d.Ours.Items[0].Text)
	b, errB := time.Parse(time.RFC3339, strings.Replace(d.Theirs.Items[0].Text, "-00:00", "Z", 1))
	return errA == nil && errB == nil && a.Equal(b)
}
