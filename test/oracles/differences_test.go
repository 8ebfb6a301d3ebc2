package oracles

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestDifferencesAreFound lies about one function, and looks whether it is the one that is blamed.
func TestDifferencesAreFound(t *testing.T) {
	t.Parallel()
	draw := rapid.Custom(func(t *rapid.T) question {
		r := rapid.SampledFrom(Resources()).Draw(t, "resource")
		return question{r, Draw(t, r, nil)}
	})
	liar := func(r *Resource, text string) Answer {
		a := Ours(r, text)
		if strings.HasSuffix(text, ".count()") && a.Error == "" {
			a.Items = []Item{{Type: "System.Integer", Text: "-1"}}
		}
		return a
	}
	blamed := 0
	for seed := range 3000 {
		q := draw.Example(seed)
		for _, d := range Differences(q.of, q.node, liar) {
			if d.Part.Op != "count()" {
				t.Errorf("%s: blamed is %v", q.node.Closed(), d)
			}
			blamed++
		}
	}
	if blamed == 0 {
		t.Error("nobody was blamed")
	}
}

func TestSame(t *testing.T) {
	t.Parallel()
	one := func(kind, text string) Answer {
		return Answer{Items: []Item{{Type: "System." + kind, Kind: kind, Text: text}}}
	}
	for _, c := range []struct {
		a, b Answer
		want bool
	}{
		{Answer{}, Answer{}, true},
		{Answer{Error: "a"}, Answer{Error: "b"}, true},
		{Answer{Error: "a"}, Answer{}, false},
		{one("Integer", "1"), Answer{}, false},
		{one("Integer", "1"), one("Integer", "1"), true},
		{one("Integer", "1"), one("Integer", "2"), false},
		{one("Integer", "1"), one("Decimal", "1"), false},
		{one("Decimal", "1.50"), one("Decimal", "1.5"), true},
		{one("Decimal", "0.333333333333"), one("Decimal", "0.33333333"), true},
		{one("Decimal", "0.3333"), one("Decimal", "0.3334"), false},
		{one("String", "1.50"), one("String", "1.5"), false},
		{one("DateTime", "2020-01-01T00:00:00Z"), one("DateTime", "2020-01-01T00:00:00+00:00"), true},
		{one("DateTime", "2020-01-01T00:00:00Z"), one("DateTime", "2020-01-01T00:00:00"), false},
		{one("Time", "10:30:00.5"), one("Time", "10:30:00.500"), true},
		{one("Object", `{"a":1,"b":2.0}`), one("Object", `{"b":2,"a":1}`), true},
		{one("Object", `{"a":1}`), one("Object", `{"a":2}`), false},
	} {
		if got := c.a.Same(c.b); got != c.want {
			t.Errorf("%v and %v: %v", c.a, c.b, got)
		}
	}
}

// TestDeviations looks whether patterns fit what they say and nothing else.
func TestDeviations(t *testing.T) {
	t.Parallel()
	d := Difference{Part: &Node{Op: "+"}, Kinds: "Date Quantity"}
	for _, c := range []struct {
		rule Deviation
		want bool
	}{
		{Deviation{}, true},
		{Deviation{Op: "- +"}, true},
		{Deviation{Op: "-"}, false},
		{Deviation{Op: "+", Kinds: "Date"}, true},
		{Deviation{Op: "+", Kinds: "* Quantity"}, true},
		{Deviation{Op: "+", Kinds: "Time|Date Quantity"}, true},
		{Deviation{Op: "+", Kinds: "Date Date"}, false},
		{Deviation{Op: "+", Kinds: "Date Quantity *"}, false},
		{Deviation{Op: "+", When: func(Difference) bool { return false }}, false},
	} {
		if got := c.rule.explains(d); got != c.want {
			t.Errorf("%s %s: %v", c.rule.Op, c.rule.Kinds, got)
		}
	}
}
