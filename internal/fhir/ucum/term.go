package ucum

import (
	"errors"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/cockroachdb/apd/v3"
)

// maxBits limits numerator and denominator of a factor.
const maxBits = 1024

var (
	one  = big.NewRat(1, 1)
	five = big.NewInt(5)

	errHuge  = errors.New("its factor is too large or too small")
	errScale = errors.New("temperatures of a scale other than K stand alone")
)

// term is a product of powers of base units, and how many times. Terms are shared and never change.
type term struct {
	factor *big.Rat
	powers map[string]int // exponents, none of which is zero, by base unit
	offset *big.Rat       // of Cel and its like: is added to a value before it is multiplied; else nil
}

// scaled gives so many of t. A value in the unit that this is counts in smaller or larger steps, and so does its offset.
func (t term) scaled(by *big.Rat) term {
	t.factor = new(big.Rat).Mul(t.factor, by)
	if t.offset != nil {
		t.offset = new(big.Rat).Quo(t.offset, by)
	}
	return t
}

// times gives t × other^n.
func (t term) times(other term, n int) (term, error) {
	if t.offset != nil || other.offset != nil {
		return term{}, errScale
	}
	raised, err := power(other.factor, n)
	if err != nil {
		return term{}, err
	}
	product := term{factor: raised.Mul(raised, t.factor), powers: maps.Clone(t.powers)}
	if size(product.factor) > maxBits {
		return term{}, errHuge
	}
	if product.powers == nil {
		product.powers = make(map[string]int, len(other.powers))
	}
	for unit, exponent := range other.powers {
		if sum := product.powers[unit] + n*exponent; sum != 0 {
			product.powers[unit] = sum
		} else {
			delete(product.powers, unit)
		}
	}
	return product, nil
}

// power gives r^n.
func power(r *big.Rat, n int) (*big.Rat, error) {
	exponent := max(n, -n)
	if (size(r)-1)*exponent > maxBits { // the power has more bits than that
		return nil, errHuge
	}
	e := big.NewInt(int64(exponent))
	num, den := new(big.Int).Exp(r.Num(), e, nil), new(big.Int).Exp(r.Denom(), e, nil)
	if n < 0 {
		num, den = den, num
	}
	return new(big.Rat).SetFrac(num, den), nil
}

// size is that of the larger part of a fraction, in bits.
func size(r *big.Rat) int { return max(r.Num().BitLen(), r.Denom().BitLen()) }

// unit makes the unit that callers have.
func (t term) unit() *Unit {
	u := &Unit{canonical: t.canonical()}
	u.factor, u.divisor = decimals(t.factor)
	if t.offset != nil {
		u.offset, _ = decimals(t.offset) // a decimal divided by a prefix, which is a power of ten or two
	}
	return u
}

// canonical writes the base units.
func (t term) canonical() string {
	if len(t.powers) == 0 {
		return "1"
	}
	var b strings.Builder
	for i, unit := range slices.Sorted(maps.Keys(t.powers)) {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(unit)
		if exponent := t.powers[unit]; exponent != 1 {
			b.WriteString(strconv.Itoa(exponent))
		}
	}
	return b.String()
}

// decimals gives r as the quotient of a decimal and an integer that shares no factor with ten; nil when that is one.
func decimals(r *big.Rat) (factor, divisor *apd.Decimal) {
	rest := new(big.Int).Set(r.Denom())
	twos := int(rest.TrailingZeroBits())
	rest.Rsh(rest, uint(twos))
	fives := 0
	quotient, remainder := new(big.Int), new(big.Int)
	for quotient.QuoRem(rest, five, remainder); remainder.Sign() == 0; quotient.QuoRem(rest, five, remainder) {
		rest.Set(quotient)
		fives++
	}
	places := max(twos, fives)
	num := new(big.Int).Exp(five, big.NewInt(int64(places-fives)), nil)
	num.Mul(num, r.Num()).Lsh(num, uint(places-twos))
	factor = apd.NewWithBigInt(new(apd.BigInt).SetMathBigInt(num), -int32(places))
	factor.Reduce(factor)
	if rest.IsInt64() && rest.Int64() == 1 {
		return factor, nil
	}
	return factor, apd.NewWithBigInt(new(apd.BigInt).SetMathBigInt(rest), 0)
}
