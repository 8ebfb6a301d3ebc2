package oracles

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"time"

	"yitong/internal/fhir/fhirpath"
)

// Item is one item of a result. What an oracle does not tell is empty.
type Item struct {
	Type string // with its namespace, such as FHIR.code
	Kind string // what Node.Kind calls it
	Text string // as toString() writes it; the JSON of objects
	Unit string // of a System.Quantity, as in a literal: 'mg', day
}

// Answer is what an engine makes of an expression: items, or an error.
type Answer struct {
	Items []Item
	Error string
}

// maxShown is how many bytes of an item a failed test shows.
const maxShown = 200

func (a Answer) String() string {
	if a.Error != "" {
		return "error: " + a.Error
	}
	texts := []string{}
	for _, i := range a.Items {
		text := strings.TrimSpace(i.Text + " " + i.Unit)
		texts = append(texts, fmt.Sprintf("%s %.*q", cmp.Or(i.Type, i.Kind, "something"), maxShown, text))
	}
	return fmt.Sprintf("%d: %s", len(a.Items), strings.Join(texts, " | "))
}

// Ours is what our engine makes of an expression.
func Ours(r *Resource, text string) Answer {
	e, err := fhirpath.Parse(text)
	if err != nil {
		return Answer{Error: err.Error()}
	}
	env := &fhirpath.Env{Resource: r.root, Now: time.Now()}
	found, err := e.Evaluate(env, fhirpath.Of(r.root))
	if err != nil {
		return Answer{Error: err.Error()}
	}
	var a Answer
	for _, v := range found {
		a.Items = append(a.Items, itemOf(v))
	}
	return a
}

func itemOf(v fhirpath.Value) Item {
	namespace, name := v.Type()
	item := Item{Type: namespace + "." + name, Kind: kindOf(v), Text: v.String()}
	switch {
	case item.Type == "System.Quantity":
		item.Text, item.Unit, _ = strings.Cut(item.Text, " ")
	case item.Kind == "Object":
		item.Text = string(v.AppendJSON(nil))
	case v.Node().Exists() && item.Kind != "Bare": // as it is written: 2020-01-01T00:00:00.000Z
		_ = json.Unmarshal(v.Node().Raw(), &item.Text)
		if item.Kind == "Integer" || item.Kind == "Decimal" || item.Kind == "Boolean" {
			item.Text = string(v.Node().Raw())
		}
	}
	return item
}

// Same tells whether two engines answer the same. What the other one does not tell is not compared.
func (a Answer) Same(other Answer) bool {
	if (a.Error != "") != (other.Error != "") || len(a.Items) != len(other.Items) {
		return false
	}
	for i := range a.Items {
		if !a.Items[i].same(other.Items[i]) {
			return false
		}
	}
	return true
}

func (i Item) same(other Item) bool {
	if other.Type != "" && i.Type != other.Type || unit(i.Unit) != unit(other.Unit) {
		return false
	}
	whole := i.Type == "FHIR.decimal" && other.Kind == "Integer" // as JSON shows it
	if other.Kind != "" && i.Kind != other.Kind && !whole {
		return false
	}
	switch i.Kind {
	case "Integer", "Decimal", "Quantity":
		return sameNumber(i.Text, other.Text)
	case "Object":
		return sameJSON(i.Text, other.Text)
	}
	return i.Text == other.Text || (i.Kind == "DateTime" || i.Kind == "Time") && moment(i.Text) == moment(other.Text)
}

// exact tells whether the numbers of answers that are the same are equal to the last digit.
func (a Answer) exact(other Answer) bool {
	for i, item := range a.Items {
		x, okX := new(big.Rat).SetString(item.Text)
		y, okY := new(big.Rat).SetString(other.Items[i].Text)
		if okX && okY && x.Cmp(y) != 0 {
			return false
		}
	}
	return true
}

// unit takes words of the calendar in the singular.
func unit(u string) string {
	if strings.HasPrefix(u, "'") {
		return u
	}
	return strings.TrimSuffix(u, "s")
}

// moment takes the ways to write a DateTime or a Time as one: 2020T is 2020, -00:00 is Z, 10:30:00.500 is 10:30:00.5.
func moment(text string) string {
	if hours, fraction, ok := strings.Cut(text, "."); ok && !strings.ContainsAny(text, "TZ") {
		return strings.TrimSuffix(hours+"."+strings.TrimRight(fraction, "0"), ".")
	}
	for _, zero := range []string{"T", "+00:00", "-00:00"} {
		if rest, ok := strings.CutSuffix(text, zero); ok {
			return rest + strings.Repeat("Z", len(zero)/len("+00:00"))
		}
	}
	return text
}

// closeTo is how near numbers are that count as the same: a Decimal has at least eight digits after the point
// (FHIRPath N1, 4.1.4), and roots and logarithms need not have more.
var closeTo = big.NewRat(1, 100_000_000)

func sameNumber(a, b string) bool {
	x, okX := new(big.Rat).SetString(a)
	y, okY := new(big.Rat).SetString(b)
	if !okX || !okY {
		return a == b
	}
	scale := new(big.Rat).Abs(x)
	if scale.Cmp(big.NewRat(1, 1)) < 0 {
		scale.SetInt64(1)
	}
	difference := new(big.Rat).Sub(x, y)
	return difference.Abs(difference).Cmp(scale.Mul(scale, closeTo)) <= 0
}

// sameJSON compares texts of JSON without regard to the order of members, and numbers by value.
func sameJSON(a, b string) bool {
	var x, y any
	if json.Unmarshal([]byte(a), &x) != nil || json.Unmarshal([]byte(b), &y) != nil {
		return a == b
	}
	left, errX := json.Marshal(x)
	right, errY := json.Marshal(y)
	return errX == nil && errY == nil && bytes.Equal(left, right)
}
