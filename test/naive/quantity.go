package naive

import (
	"fmt"
	"math/big"
	"strings"
)

const (
	ucum       = "http://unitsofmeasure.org"
	currencies = "urn:iso:std:iso:4217"
)

// amount is a quantity: a stretch of numbers in a unit.
type amount struct {
	stretch
	system, code, unit string
}

// amounts are the quantities in a node.
func amounts(n node) []amount {
	switch n.typ {
	case "Quantity", "SimpleQuantity", "MoneyQuantity", "Age", "Count", "Distance", "Duration":
		return quantity(n.value)
	case "Money":
		if v := rational(member(n.value, "value")); v != nil {
			return []amount{{stretch{v, v}, currencies, text(member(n.value, "currency")), ""}}
		}
	case "Range":
		low, high := quantity(member(n.value, "low")), quantity(member(n.value, "high"))
		switch {
		case len(low) > 0 && len(high) > 0:
			low[0].hi = high[0].hi
		case len(low) > 0:
			low[0].hi = nil
		case len(high) > 0:
			high[0].lo = nil
			return high
		}
		return low
	case "SampledData":
		return sampled(n.value)
	}
	return nil
}

// quantity is one Quantity. A comparator opens one side.
func quantity(v any) []amount {
	value := rational(member(v, "value"))
	if value == nil {
		return nil
	}
	a := amount{stretch{value, value}, text(member(v, "system")), text(member(v, "code")), text(member(v, "unit"))}
	switch text(member(v, "comparator")) {
	case "<", "<=":
		a.lo = nil
	case ">", ">=":
		a.hi = nil
	}
	return []amount{a}
}

// sampled is the stretch from the least to the greatest sample. E, L and U stand for samples without a number.
func sampled(v any) []amount {
	all := quantity(member(v, "origin"))
	if len(all) == 0 {
		return nil
	}
	a, factor := all[0], rational(member(v, "factor"))
	if factor == nil {
		factor = big.NewRat(1, 1)
	}
	var lo, hi *big.Rat
	for _, word := range strings.Fields(text(member(v, "data"))) {
		sample, _, err := decimal(word)
		if err != nil {
			continue
		}
		sample.Add(sample.Mul(sample, factor), a.lo)
		if lo == nil || sample.Cmp(lo) < 0 {
			lo = sample
		}
		if hi == nil || sample.Cmp(hi) > 0 {
			hi = sample
		}
	}
	if lo == nil {
		return nil
	}
	a.stretch = stretch{lo, hi}
	return []amount{a}
}

// askedQuantity is a value such as gt5.4|http://unitsofmeasure.org|mg.
type askedQuantity struct {
	prefix       string
	value, half  *big.Rat
	system, unit string
}

func parseQuantity(text string) (q askedQuantity, err error) {
	parts := splitAt(text, '|')
	q.prefix, parts[0] = cutPrefix(unescape(parts[0]))
	if q.value, q.half, err = decimal(parts[0]); err != nil {
		return q, err
	}
	switch len(parts) {
	case 1:
		return q, nil
	case 3:
		q.system, q.unit = unescape(parts[1]), unescape(parts[2])
		if q.unit != "" {
			return q, nil
		}
	}
	return q, fmt.Errorf("%q is no quantity", text)
}

func (q askedQuantity) matches(a amount) bool {
	in, ok := q.sees(a)
	return ok && numberMatches(q.prefix, q.value, q.half, in)
}

// sees is the stretch of an amount in the unit asked for; false when that is another kind of unit.
func (q askedQuantity) sees(a amount) (stretch, bool) {
	switch {
	case q.unit == "":
		return a.stretch, true
	case q.system == "":
		return a.stretch, a.code == q.unit || a.unit == q.unit
	case q.system == a.system && q.unit == a.code:
		return a.stretch, true
	case q.system != ucum || a.system != ucum:
		return stretch{}, false
	}
	from, known := units[a.code]
	to, alsoKnown := units[q.unit]
	if !known || !alsoKnown || from.kind != to.kind {
		return stretch{}, false
	}
	return stretch{from.in(to, a.lo), from.in(to, a.hi)}, true
}
