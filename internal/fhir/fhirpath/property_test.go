package fhirpath

import (
	"math"
	"strconv"
	"testing"
	"time"

	"github.com/cockroachdb/apd/v3"
	"pgregory.net/rapid"
)

// TestCalendar compares the calendar with package time's.
func TestCalendar(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at := time.Date(rapid.IntRange(1, 9999).Draw(t, "year"), 1, rapid.IntRange(1, 366).Draw(t, "day"), 0, 0, 0, 0, time.UTC)
		c := civil{at.Year(), int(at.Month()), at.Day()}
		if days := at.Unix()/86400 + epochDays; c.days() != days {
			t.Fatalf("%v is day %d, want %d", at, c.days(), days)
		}
		if back := civilOf(c.days()); back != c {
			t.Fatalf("%v came back as %v", c, back)
		}
	})
}

// someDate draws a date or time as text.
func someDate(t *rapid.T, name string) string {
	forms := []string{"2006", "2006-01", "2006-01-02", "2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02T15:04:05.000",
		"2006-01-02T15:04Z07:00", "2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05.000Z07:00"}
	zone := time.FixedZone("", rapid.IntRange(-12*60, 14*60).Draw(t, name+" offset")*60)
	seconds := rapid.Int64Range(1_700_000_000, 1_700_400_000).Draw(t, name+" seconds")
	return time.Unix(seconds, rapid.Int64Range(0, 999).Draw(t, name+" ms")*1e6).In(zone).Format(rapid.SampledFrom(forms).Draw(t, name+" form"))
}

func TestDatesComeBackAsWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := someDate(t, "date")
		v, ok := DateTime(s)
		if !ok || v.String() != s {
			t.Fatalf("%q became %q, %v", s, v.String(), ok)
		}
	})
}

// TestDatesCompare compares moments that both have an offset with package time, and any two with each other.
func TestDatesCompare(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, u := someDate(t, "a"), someDate(t, "b")
		a, _ := DateTime(s)
		b, _ := DateTime(u)
		order, known := compareDates(&a, &b)
		back, knownBack := compareDates(&b, &a)
		if order != -back || known != knownBack {
			t.Fatalf("%s and %s: %d %v one way, %d %v the other", s, u, order, known, back, knownBack)
		}
		x, errX := time.Parse(time.RFC3339, s)
		y, errY := time.Parse(time.RFC3339, u)
		if errX == nil && errY == nil && (!known || order != x.Compare(y)) {
			t.Fatalf("%s and %s: %d %v, want %d", s, u, order, known, x.Compare(y))
		}
	})
}

// someDecimal draws a number as text, often near the border between the short form and the long one.
func someDecimal(t *rapid.T, name string) string {
	return rapid.OneOf(
		rapid.StringMatching(`-?(0|[1-9][0-9]{0,5})(\.[0-9]{1,4})?`),
		rapid.StringMatching(`-?[1-9][0-9]{14,25}(\.[0-9]{1,20})?`),
		rapid.Map(rapid.SampledFrom([]int64{0, 1, -1, math.MaxInt64, math.MinInt64, 999999999999999999}), func(n int64) string { return strconv.FormatInt(n, 10) }),
	).Draw(t, name)
}

// TestDecimals compares calculation with that of apd.
func TestDecimals(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, u := someDecimal(t, "a"), someDecimal(t, "b")
		a, okA := parseDecimal(s)
		b, okB := parseDecimal(u)
		if !okA || !okB || string(a.append(nil)) != s && !a.isZero() { // -0 is 0
			t.Fatalf("%q was read as %s, %v", s, a.append(nil), okA)
		}
		x, _, _ := apd.NewFromString(s)
		y, _, _ := apd.NewFromString(u)
		if a.cmp(b) != x.Cmp(y) {
			t.Fatalf("%s and %s compare %d", s, u, a.cmp(b))
		}
		want := new(apd.Decimal)
		c := apd.BaseContext.WithPrecision(200)
		_, _ = c.Add(want, x, y)
		if sum, ok := a.add(b); !ok || sum.toBig().Cmp(want) != 0 {
			t.Fatalf("%s + %s = %s, want %s", s, u, sum.append(nil), want)
		}
		_, _ = c.Mul(want, x, y)
		if product, ok := a.mul(b); !ok || product.toBig().Cmp(want) != 0 {
			t.Fatalf("%s * %s = %s, want %s", s, u, product.append(nil), want)
		}
		if n := a.neg(); n.toBig().Cmp(new(apd.Decimal).Neg(x)) != 0 {
			t.Fatalf("-(%s) = %s", s, n.append(nil))
		}
	})
}

// someValue draws an item of any System type.
func someValue(t *rapid.T, name string) Value {
	switch rapid.IntRange(0, 5).Draw(t, name) {
	case 0:
		return Boolean(rapid.Bool().Draw(t, "boolean"))
	case 1:
		return Integer(rapid.Int32Range(-3, 3).Draw(t, "integer"))
	case 2:
		v, _ := Decimal(rapid.StringMatching(`-?[0-3](\.[0-5]0{0,2})?`).Draw(t, "decimal"))
		return v
	case 3:
		return String(rapid.StringMatching(`[aA ]{0,2}`).Draw(t, "string"))
	case 4:
		v, _ := DateTime(someDate(t, "date"))
		return v
	}
	v, _ := Quantity(rapid.StringMatching(`[0-2](\.[05])?`).Draw(t, "number"), rapid.SampledFrom([]string{"1", "g", "mg", "year", "months", "d", "days", "{x}"}).Draw(t, "unit"))
	return v
}

// TestEquality holds what = and ~ promise: they are symmetric and reflexive, and equal items have the same hash.
func TestEquality(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := start(nil, nil)
		defer m.stop()
		a, b := someValue(t, "a"), someValue(t, "b")
		ab, _ := m.equal(&a, &b)
		ba, _ := m.equal(&b, &a)
		if ab != ba {
			t.Fatalf("%v = %v is %v, the other way %v", a, b, ab, ba)
		}
		if ab == yes && m.hash(&a) != m.hash(&b) {
			t.Fatalf("%v = %v, but their hashes differ", a, b)
		}
		if self, _ := m.equal(&a, &a); self != yes {
			t.Fatalf("%v = %v is %v", a, a, self)
		}
		like, _ := m.equivalent(&a, &b)
		back, _ := m.equivalent(&b, &a)
		if like != back {
			t.Fatalf("%v ~ %v is %v, the other way %v", a, b, like, back)
		}
		if self, _ := m.equivalent(&a, &a); !self {
			t.Fatalf("%v is not like itself", a)
		}
	})
}

// TestBigSets compares sets that find their items by hashes with the comparison of each with each.
func TestBigSets(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		items := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Value { return someValue(t, "item") }), smallSet+1, 60).Draw(t, "items")
		m := start(nil, items)
		defer m.stop()
		mark := len(m.items)
		if err := m.pushSpan(m.focus); err != nil {
			t.Fatal(err)
		}
		if err := m.distinct(span{mark, len(m.items)}); err != nil {
			t.Fatal(err)
		}
		got := show(m.items[mark:])
		var want Collection
	next:
		for _, v := range items {
			for i := range want {
				if same, _ := m.equal(&want[i], &v); same == yes {
					continue next
				}
			}
			want = append(want, v)
		}
		if got != show(want) {
			t.Fatalf("got  %s\nwant %s", got, show(want))
		}
	})
}
