package wait

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestSurvival draws the curve of the remissions under 6-mercaptopurine, which textbooks print (Freireich et al., Blood 21, 1963).
func TestSurvival(t *testing.T) {
	var all []seen
	for _, weeks := range []float64{6, 6, 6, -6, 7, -9, 10, -10, -11, 13, 16, -17, -19, -20, 22, 23, -25, -32, -32, -34, -35} { // negative: longer than that
		all = append(all, seen{value: math.Abs(weeks), weight: 1, ended: weeks > 0})
	}
	c := survival(all)
	want := map[float64]float64{6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
	if len(c.at) != len(want) {
		t.Errorf("the curve has %d steps: %v", len(c.at), c.at)
	}
	for i, at := range c.at {
		if math.Abs(c.above[i]-want[at]) > 0.0005 {
			t.Errorf("%.3f last longer than %.0f weeks, printed is %.3f", c.above[i], at, want[at])
		}
	}
	if q := c.quantile(0.5); q != 23 {
		t.Errorf("the median is %.0f weeks, printed is 23", q)
	}
}

// TestBeyond: of what is all known, that is the mean of what is larger.
func TestBeyond(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(-5, 5), 1, 40).Draw(t, "values")
		var all []seen
		for _, v := range values {
			all = append(all, seen{value: v, weight: 1, ended: true})
		}
		c, from := survival(all), rapid.Float64Range(-6, 6).Draw(t, "from")
		sum, n := 0.0, 0.0
		for _, v := range values {
			if v > from {
				sum, n = sum+v, n+1
			}
		}
		want := from
		if n > 0 {
			want = sum / n
		}
		if got := c.beyond(from); math.Abs(got-want) > 1e-6 {
			t.Fatalf("beyond %v of %v is %v, not %v", from, values, got, want)
		}
	})
}

// TestFew: nothing is said where little is known, and what cannot be keeps nobody from an answer.
func TestFew(t *testing.T) {
	now := time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)
	if Learn(nil) != nil || Learn([][]Spell{make([]Spell, leastPast-1)}) != nil {
		t.Error("a model was learnt of too little")
	}
	var day []Spell
	for i := range 4 * leastPast {
		day = append(day, Spell{Began: now.Add(time.Duration(i) * time.Minute), Ahead: i % 20, Rooms: i % 3, Lasted: time.Duration(rand.IntN(60)-10) * time.Minute, Called: i%5 > 0})
	}
	m := Learn([][]Spell{day, nil})
	for _, today := range [][]Spell{nil, day} {
		for _, ahead := range []int{0, 7, 1_000} {
			if e := m.Expect(today, now.Add(2*time.Hour), time.Time{}, ahead, 0); e.Low < 0 || e.Median < e.Low || e.High < e.Median || e.High > 1000*time.Hour {
				t.Errorf("with %d ahead: %v", ahead, e)
			}
		}
	}
	never := make([]Spell, 2*leastPast)
	if e := Learn([][]Spell{never}).Expect(never, now, time.Time{}, 3, 1); e.Low < 0 || e.High < e.Low {
		t.Errorf("where nobody was ever called: %v", e)
	}
	if _, ok := Mean(never); ok {
		t.Error("there is a mean of nothing")
	}
}

func BenchmarkLearn(b *testing.B) {
	var days [][]Spell
	for d := range 28 {
		var day []Spell
		for i := range 200 {
			day = append(day, Spell{Began: time.Unix(int64(d*86_400+i*120), 0), Ahead: rand.IntN(20), Rooms: 2, Lasted: time.Duration(rand.IntN(90)) * time.Minute, Called: rand.IntN(10) > 0})
		}
		days = append(days, day)
	}
	for b.Loop() {
		Learn(days)
	}
}
