package search

import (
	"math"
	"slices"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/fhir/fold"
	"yitong/internal/fhir/schema"
)

// SortKey is what a resource is sorted by: a number, or a text.
type SortKey struct {
	Order int64
	Text  string
	Has   bool // whether the resource has a value at all; those without come last
}

// Sortable tells whether resources can be sorted by the parameter.
func (p *Parameter) Sortable() bool {
	switch p.Kind {
	case Date, Number, Quantity:
		return true
	case String:
		return !p.phonetic()
	}
	return p.Name == "_id"
}

// SortKey is the least value of a resource, or down, its greatest: of a date the start, of a quantity its number whatever
// the unit, of a string the folded text.
func (t *Table) SortKey(p *Parameter, r fhir.Resource, updated time.Time, down bool) SortKey {
	var best SortKey
	take := func(k SortKey) {
		if k.Has = true; !best.Has || k.less(best) != down && k != best {
			best = k
		}
	}
	switch p.Name {
	case "_id":
		return SortKey{Text: r.ID, Has: true}
	case "_lastUpdated":
		return SortKey{Order: updated.UnixMicro(), Has: true}
	}
	if p == t.OrderParameter(r.Type) {
		order, _ := t.orderIn(r)
		return SortKey{Order: order, Has: order != math.MinInt64}.orNone()
	}
	p.each(r, func(at *path, n fhir.Node) bool {
		switch p.Kind {
		case Date:
			if when, ok := periodOf(at, n, t.zone); ok {
				take(SortKey{Order: when.lo})
			}
		case Number, Quantity:
			if q, ok := quantityOf(at, n); ok {
				take(SortKey{Order: magnitude(q.lo)})
			}
		case String:
			parts(at, n, func(text string) bool { take(SortKey{Text: Clip(fold.Text(text))}); return true })
		}
		return true
	})
	return best
}

// orNone is the key, or that of no value.
func (k SortKey) orNone() SortKey {
	if !k.Has {
		return SortKey{}
	}
	return k
}

func (k SortKey) less(other SortKey) bool {
	if k.Order != other.Order {
		return k.Order < other.Order
	}
	return k.Text < other.Text
}

// Compare compares two keys in a direction; no value comes last in both.
func (k SortKey) Compare(other SortKey, down bool) int {
	switch {
	case k == other:
		return 0
	case k.Has != other.Has:
		if k.Has {
			return -1
		}
		return 1
	case k.less(other) != down:
		return -1
	}
	return 1
}

// Sorted is where the resources of a type stand in the order of a parameter, those without a value left out; false if the
// index does not have that order.
func (t *Table) Sorted(of schema.Type, p *Parameter) (a Access, ok bool) {
	all := func(form Form, value string) {
		a.Spans = append(a.Spans, Span{Term: Term{p.ID, form, false, value}, From: math.MinInt64, To: math.MaxInt64, Text: form == FormText})
	}
	switch {
	case redundant(p):
		return a, false
	case p == t.OrderParameter(of):
		a = t.All(of)
	case p.Kind == Date:
		for i := range classes {
			all(FormDate, string(rune('a'+i)))
		}
	case p.Kind == String:
		all(FormText, "")
	default:
		all(FormNumber, "")
		all(FormNumber, "-")
	}
	return a, true
}

// Single tells whether the parameter finds at most one value in a resource, so that what matches stands where it is
// sorted.
func (p *Parameter) Single() bool {
	if p.Name == "_lastUpdated" || p.Name == "_id" {
		return true
	}
	several := slices.ContainsFunc(p.paths, func(at path) bool { return at.many || at.leaf == nil || partsOf[at.leaf.Type] != nil })
	return !several && (len(p.paths) == 1 || p.choice())
}

// choice tells whether all paths lead to types of one element.
func (p *Parameter) choice() bool {
	return !slices.ContainsFunc(p.paths, func(at path) bool {
		return at.leaf == nil || at.leaf.Choice == "" || at.leaf.Choice != p.paths[0].leaf.Choice || len(at.steps) != 1
	})
}
