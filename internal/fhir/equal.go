package fhir

import (
	"bytes"
	"math"
	"strconv"
)

// Equal compares two JSON values as RFC 6902, 4.6 does: members in any order, numbers by value, strings by text.
func Equal(a, b Node) bool {
	if a.Kind() != b.Kind() || a.Len() != b.Len() {
		return false
	}
	switch a.Kind() {
	case Number:
		return equalNumbers(a.Raw(), b.Raw())
	case String:
		return a.Str() == b.Str()
	case Object:
		other := make(map[string]Node, b.Len())
		for c := b.First(); c.Exists(); c = c.Next() {
			other[string(c.Name())] = c
		}
		for c := a.First(); c.Exists(); c = c.Next() {
			if !Equal(c, other[string(c.Name())]) {
				return false
			}
		}
	case Array:
		d := b.First()
		for c := a.First(); c.Exists(); c, d = c.Next(), d.Next() {
			if !Equal(c, d) {
				return false
			}
		}
	}
	return true
}

// equalNumbers compares JSON numbers exactly, whatever their size: by sign, digits and the place of the point.
func equalNumbers(a, b []byte) bool {
	na, da, ea := scientific(a)
	nb, db, eb := scientific(b)
	return bytes.Equal(da, db) && (len(da) == 0 || na == nb && ea == eb)
}

// scientific is a number as 0.digits × 10^exponent, without zeros at either end of digits.
func scientific(raw []byte) (negative bool, digits []byte, exponent int64) {
	if raw[0] == '-' {
		negative, raw = true, raw[1:]
	}
	if i := bytes.IndexAny(raw, "eE"); i >= 0 {
		var err error
		if exponent, err = strconv.ParseInt(string(raw[i+1:]), 10, 32); err != nil && exponent != 0 {
			exponent = int64(math.Copysign(math.MaxInt32, float64(exponent)))
		}
		raw = raw[:i]
	}
	whole, fraction, _ := bytes.Cut(raw, []byte("."))
	exponent += int64(len(whole))
	all := append(bytes.Clone(whole), fraction...)
	digits = bytes.TrimLeft(all, "0")
	exponent -= int64(len(all) - len(digits))
	return negative, bytes.TrimRight(digits, "0"), exponent
}
