package naive

import (
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
)

var decimalForm = regexp.MustCompile(`^-?\d+(\.\d+)?([eE][+-]?\d{1,3})?$`)

// decimal reads a number, and half of the unit of its last digit: what its precision leaves open on each side.
func decimal(text string) (value, half *big.Rat, err error) {
	if !decimalForm.MatchString(text) {
		return nil, nil, fmt.Errorf("%q is no number", text)
	}
	value, _ = new(big.Rat).SetString(text)
	digits, exponent, _ := strings.Cut(strings.ToLower(text), "e")
	_, fraction, _ := strings.Cut(digits, ".")
	power, _ := strconv.Atoi(exponent) // none is 0
	half, _ = new(big.Rat).SetString(fmt.Sprintf("5e%d", power-len(fraction)-1))
	return value, half, nil
}

// stretch is the numbers from lo to hi; nil is an open side.
type stretch struct{ lo, hi *big.Rat }

// numbers are the numbers in a node.
func numbers(n node) []stretch {
	switch n.typ {
	case "integer", "positiveInt", "unsignedInt", "decimal":
		if v := rational(n.value); v != nil {
			return []stretch{{v, v}}
		}
	case "Range":
		low, _ := member(n.value, "low").(map[string]any)
		high, _ := member(n.value, "high").(map[string]any)
		if has := (stretch{rational(low["value"]), rational(high["value"])}); has.lo != nil || has.hi != nil {
			return []stretch{has}
		}
	}
	return nil
}

func rational(v any) *big.Rat {
	n, ok := v.(json.Number)
	if !ok {
		return nil
	}
	value, _, err := decimal(n.String())
	if err != nil {
		return nil
	}
	return value
}

// numberMatches compares a number asked for with what a resource has.
func numberMatches(prefix string, value, half *big.Rat, has stretch) bool {
	from, to := new(big.Rat).Sub(value, half), new(big.Rat).Add(value, half)
	equal := has.lo != nil && has.hi != nil && from.Cmp(has.lo) <= 0 && has.hi.Cmp(to) < 0
	above := has.hi == nil || has.hi.Cmp(value) > 0 // it reaches above the number
	below := has.lo == nil || has.lo.Cmp(value) < 0
	switch prefix {
	case "eq":
		return equal
	case "ne":
		return !equal
	case "gt":
		return above
	case "lt":
		return below
	case "ge":
		return above || equal
	case "le":
		return below || equal
	case "sa":
		return has.lo != nil && has.lo.Cmp(value) > 0
	case "eb":
		return has.hi != nil && has.hi.Cmp(value) < 0
	case "ap":
		tenth := new(big.Rat).Quo(new(big.Rat).Abs(value), big.NewRat(10, 1))
		from.Sub(from, tenth)
		to.Add(to, tenth)
		return (has.lo == nil || has.lo.Cmp(to) < 0) && (has.hi == nil || has.hi.Cmp(from) >= 0)
	}
	panic("no prefix " + prefix)
}
