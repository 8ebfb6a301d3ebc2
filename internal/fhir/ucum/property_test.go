package ucum

import (
	"strings"
	"testing"

	"github.com/cockroachdb/apd/v3"
	"pgregory.net/rapid"
)

// drawAtom draws a unit of a ratio scale, now and then with a prefix and an exponent. Units with π are left out: their
// 65 digits are soon too many.
func drawAtom(t *rapid.T) string {
	table := units()
	symbol := rapid.SampledFrom(all()).Filter(func(symbol string) bool {
		a := table.atoms[symbol]
		return a.term.factor != nil && a.term.offset == nil && len(symbol) < 8 && size(a.term.factor) < 200
	}).Draw(t, "symbol")
	exponent := rapid.SampledFrom([]string{"", "", "", "2", "-1", "3", "+2"}).Draw(t, "exponent")
	if table.atoms[symbol].metric {
		symbol = rapid.SampledFrom([]string{"", "", "m", "k", "u", "da", "n"}).Draw(t, "prefix") + symbol
	}
	if strings.HasPrefix(symbol, "10") && exponent == "" {
		exponent = "4"
	}
	return symbol + exponent
}

// drawCode draws the code of a unit that converts by a factor, short enough to be put in others.
func drawCode(t *rapid.T) string {
	code := rapid.SampledFrom([]string{"", "", "/"}).Draw(t, "start") + drawAtom(t)
	for range rapid.IntRange(0, 2).Draw(t, "more") {
		next := drawAtom(t)
		switch rapid.IntRange(0, 4).Draw(t, "kind") {
		case 0:
			next = "24{x}"
		case 1:
			next = "(" + next + "/{y})"
		}
		if len(code)+len(next) > 24 {
			break
		}
		code += rapid.SampledFrom([]string{".", "/"}).Draw(t, "operator") + next
	}
	return code
}

func drawValue(t *rapid.T) *apd.Decimal {
	return apd.New(rapid.Int64Range(-1e15, 1e15).Draw(t, "coefficient"), rapid.Int32Range(-20, 12).Draw(t, "exponent"))
}

func mustParse(t *rapid.T, code string) *Unit {
	u, err := parse(code)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func mustBase(t *rapid.T, u *Unit, v *apd.Decimal) *apd.Decimal {
	d, err := u.Base(v)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestAnyBytes(t *testing.T) {
	t.Parallel()
	pieces := append(all(), strings.Split(`. / ( ) { } [ ] + - ' " * ^ % 0 1 2 10* 10^ 999 k m da Ki é`, " ")...)
	rapid.Check(t, func(t *rapid.T) {
		code := string(rapid.SliceOfN(rapid.Byte(), 0, 70).Draw(t, "bytes"))
		if rapid.Bool().Draw(t, "of pieces") {
			code = strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 12).Draw(t, "pieces"), "")
		}
		u, err := Parse(code)
		if (u == nil) == (err == nil) {
			t.Fatalf("Parse(%q) = %v, %v", code, u, err)
		}
		if err == nil && mustBase(t, u, apd.New(1, 0)).Sign() <= 0 {
			t.Fatalf("one %q is %s", code, mustBase(t, u, apd.New(1, 0)))
		}
	})
}

func TestAUnitByItselfIsOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		code := strings.TrimPrefix(drawCode(t), "/")
		for _, quotient := range []string{"(" + code + ")/(" + code + ")", "/(" + code + ").(" + code + ")"} {
			u := mustParse(t, quotient)
			if v := mustBase(t, u, apd.New(1, 0)); u.Canonical() != "1" || v.Cmp(apd.New(1, 0)) != 0 {
				t.Fatalf("%s is %s %s", quotient, v, u.Canonical())
			}
		}
	})
}

// What is canonical stays as it is.
func TestCanonicalIsCanonical(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		code, value := drawCode(t), drawValue(t)
		v, unit, ok := Canonical(value, code)
		if !ok {
			t.Fatalf("%s %s has no canonical form", value, code)
		}
		if again, same, ok := Canonical(v, unit); !ok || same != unit || again.Text('e') != v.Text('e') {
			t.Fatalf("%s %s is %s %s, and that is %s %s", value, code, v, unit, again, same)
		}
	})
}

// A quantity keeps its value in another unit of the same kind: exactly when the two differ by a power of ten, else up to
// rounding.
func TestThereAndBack(t *testing.T) {
	t.Parallel()
	context := apd.BaseContext.WithPrecision(digits)
	rapid.Check(t, func(t *rapid.T) {
		from, value := drawCode(t), drawValue(t)
		to := from + ".24/7"
		u, other := mustParse(t, from), mustParse(t, to)
		if u.Canonical() != other.Canonical() {
			t.Fatalf("%s is %s, %s is %s", from, u.Canonical(), to, other.Canonical())
		}
		want := mustBase(t, u, value)
		shifted := apd.NewWithBigInt(&value.Coeff, value.Exponent-3)
		shifted.Negative = value.Negative
		if got := mustBase(t, mustParse(t, to+".10*3"), shifted); got.Cmp(mustBase(t, other, value)) != 0 {
			t.Fatalf("%s %s and %s %s.10*3 differ", value, to, shifted, to)
		}
		there := new(apd.Decimal)
		if _, err := context.Quo(there, want, mustBase(t, other, apd.New(1, 0))); err != nil {
			t.Fatal(err)
		}
		if back := mustBase(t, other, there); !near(t, back, want) {
			t.Fatalf("%s %s is %s %s, and back %s instead of %s", value, from, there, to, back, want)
		}
	})
}

// near tells whether two numbers agree in all but the last digits.
func near(t *rapid.T, a, b *apd.Decimal) bool {
	difference, allowed := new(apd.Decimal), new(apd.Decimal)
	if _, err := apd.BaseContext.Sub(difference, a, b); err != nil {
		t.Fatal(err)
	}
	if _, err := apd.BaseContext.Mul(allowed, b, apd.New(3, 1-digits)); err != nil {
		t.Fatal(err)
	}
	return difference.Abs(difference).Cmp(allowed.Abs(allowed)) <= 0
}

// The order of the parts of a product does not matter, not in the last digit.
func TestOrderDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.Custom(drawAtom), 2, 4).Draw(t, "parts")
		value := drawValue(t)
		code, turned := strings.Join(parts, "."), strings.Join(rapid.Permutation(parts).Draw(t, "turned"), ".")
		if len(code) > maxCode {
			t.Skip("too long")
		}
		u, w := mustParse(t, code), mustParse(t, turned)
		if a, b := mustBase(t, u, value), mustBase(t, w, value); u.Canonical() != w.Canonical() || a.Text('e') != b.Text('e') {
			t.Fatalf("%s is %s %s, %s is %s %s", code, a, u.Canonical(), turned, b, w.Canonical())
		}
	})
}

// FuzzCanonical brings any quantity to canonical form, which must then be its own.
func FuzzCanonical(f *testing.F) {
	for _, s := range []struct{ value, code string }{
		{"5.40", "mmol/L"}, {"-1e3", "[degF]"}, {"37", "mCel"}, {"0", "10*-3{x}.(m/s2)/[iU]"}, {"1e999", "/deg3"}, {"NaN", "%"},
		{"7", "(((m)))"}, {"1", "m-999"}, {"1", "B[10.nV]"}, {"1", "[m/s2/Hz^(1/2)]"}, {"1", "{次}/min"}, {"1", "9.9.9/7/7/7"},
	} {
		f.Add(s.value, s.code)
	}
	f.Fuzz(func(t *testing.T, value, code string) {
		d, _, err := apd.NewFromString(value)
		if err != nil {
			return
		}
		v, unit, ok := Canonical(d, code)
		if !ok {
			return
		}
		if v.NumDigits() > digits || v.Sign() != d.Sign() && !strings.Contains(unit, "K") {
			t.Fatalf("%s %s is %s %s", value, code, v, unit)
		}
		if again, same, ok := Canonical(v, unit); ok && (same != unit || again.Cmp(v) != 0) {
			t.Fatalf("%s %s is %s %s, and that is %s %s", value, code, v, unit, again, same)
		}
	})
}
