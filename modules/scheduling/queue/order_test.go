package queue

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yitong/internal/fhir"
)

var (
	morning = time.Date(2026, 5, 11, 8, 0, 0, 0, time.FixedZone("Asia/Shanghai", 8*3600))
	usual   = limits{
		calls: 3, behind: 3, skips: 3, every: 2, returns: 2, age: 80, early: 2 * time.Hour, notify: 3, first: map[Priority]bool{Elder: true, Military: true, Green: true},
	}
)

// waits is somebody who waits: their name, the segment in minutes behind eight, the place, and what else is given.
func waits(name string, segment, place int, change ...func(*ticket)) *ticket {
	start := morning.Add(time.Duration(segment) * time.Minute)
	t := &ticket{
		ref: fhir.Ref{Type: typeEncounter, ID: name}, state: Waiting, start: start, end: start.Add(30 * time.Minute), due: start, place: place,
		arrived: morning, department: "HealthcareService/heart", steps: []step{{Act: actArrive, State: Waiting, At: morning}},
	}
	for _, c := range change {
		c(t)
	}
	return t
}

func asFirst(p Priority) func(*ticket) { return func(t *ticket) { t.priority = p } }

// back lets somebody have been called, at tests and back, some minutes behind eight.
func back(minutes int) func(*ticket) {
	return func(t *ticket) {
		at := morning.Add(time.Duration(minutes) * time.Minute)
		t.steps = append(t.steps, step{Act: actTests, State: Tests, At: morning}, step{Act: actBack, State: Returning, At: at})
		t.state, t.due = Returning, at
	}
}

// late lets somebody have come some minutes behind eight.
func late(minutes int) func(*ticket) {
	return func(t *ticket) {
		t.arrived = morning.Add(time.Duration(minutes) * time.Minute)
		t.due = dueOf(t.start, t.end, t.arrived)
	}
}

func namesOf(line []next) string {
	var names []string
	for _, n := range line {
		names = append(names, n.ref.ID)
	}
	return strings.Join(names, " ")
}

func TestOrder(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		all  []*ticket
		want string
	}{
		"by segment and place":                     {[]*ticket{waits("c", 30, 1), waits("b", 0, 2), waits("a", 0, 1)}, "a b c"},
		"extra places behind":                      {[]*ticket{waits("x", 0, 11), waits("b", 0, 2)}, "b x"},
		"late within the segment keeps its place":  {[]*ticket{waits("b", 0, 2), waits("a", 0, 1, late(29))}, "a b"},
		"late behind the segment lines up":         {[]*ticket{waits("a", 0, 1, late(31)), waits("b", 30, 1), waits("c", 60, 1)}, "b a c"},
		"priority, every other call":               {[]*ticket{waits("a", 0, 1), waits("b", 0, 2), waits("e", 0, 3, asFirst(Elder)), waits("f", 0, 4, asFirst(Military))}, "e a f b"},
		"whoever comes first need not go before":   {[]*ticket{waits("e", 0, 1, asFirst(Elder)), waits("a", 0, 2), waits("f", 0, 3, asFirst(Elder))}, "e f a"},
		"no priority by the rules":                 {[]*ticket{waits("a", 0, 1), waits("k", 0, 2, asFirst(Child))}, "a k"},
		"priority of the next segment, not beyond": {[]*ticket{waits("a", 0, 1), waits("b", 0, 2), waits("e", 30, 1, asFirst(Elder)), waits("f", 60, 1, asFirst(Elder))}, "e a b f"},
		"one back behind two first visits":         {[]*ticket{waits("a", 0, 1), waits("b", 0, 2), waits("c", 0, 3), waits("r", 0, 4, back(5)), waits("s", 0, 5, back(3))}, "a b s c r"},
		"back at once if nobody else waits":        {[]*ticket{waits("r", 0, 4, back(5)), waits("s", 0, 5, back(3))}, "s r"},
		"who is called or gone is not in the line": {[]*ticket{waits("a", 0, 1), waits("b", 0, 2, func(t *ticket) { t.state = Called }), waits("c", 0, 3, func(t *ticket) { t.state = Left })}, "a"},
	} {
		if got := namesOf(order(c.all, usual, morning)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// TestOrderSkipped: who was skipped comes behind the next three who waited then; behind fewer where there are fewer.
func TestOrderSkipped(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{1: "b a", 2: "b c a", 3: "b c d a", 5: "b c d a e f"} {
		all := []*ticket{waits("a", 0, 1)}
		for i := range n {
			all = append(all, waits(string(rune('b'+i)), 0, 2+i))
		}
		a := all[0]
		must(t, a.do(step{Act: actCall, At: morning}))
		must(t, a.skip(morning.Add(time.Minute), n, usual))
		if got := namesOf(order(all, usual, morning)); got != want {
			t.Errorf("%d wait: %s, want %s", n, got, want)
		}
		other := waits("z", 0, 0) // who comes meanwhile is called as usual, and is none of those
		other.steps[0].At = morning.Add(2 * time.Minute)
		if got := namesOf(order(append(slices.Clone(all), other), usual, morning)); got != "z "+want {
			t.Errorf("%d wait, and one more comes: %s", n, got)
		}
	}
}

func must(t interface {
	Helper()
	Fatal(...any)
}, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// day is a day of people who come, are called, skipped, at tests and back, as chance will have it.
type day struct {
	all []*ticket
	now time.Time
}

func (d *day) pass() { d.now = d.now.Add(time.Minute) }

// call calls the next, and says why; nil for nobody.
func (d *day) call(t *rapid.T, l limits) *next {
	line := order(d.all, l, d.now)
	if len(line) == 0 {
		return nil
	}
	must(t, line[0].do(step{Act: actCall, At: d.now, Turn: line[0].turn}))
	return &line[0]
}

func drawDay(t *rapid.T) *day {
	d := &day{now: morning}
	for i := range rapid.IntRange(1, 30).Draw(t, "people") {
		one := waits(fmt.Sprintf("p%02d", i), 30*rapid.IntRange(0, 4).Draw(t, "segment"), i+1, asFirst(rapid.SampledFrom([]Priority{"", "", Elder, Military, Child}).Draw(t, "priority")))
		if rapid.IntRange(0, 4).Draw(t, "back") == 0 {
			back(i)(one)
		}
		d.all = append(d.all, one)
	}
	return d
}

// TestOrderHolds: in the line is everybody who waits, once; it does not depend on how the tickets were found; between two who go before others
// one goes who does not; and those who are back come behind every two first visits, if there are any.
func TestOrderHolds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := drawDay(t)
		for range rapid.IntRange(0, 40).Draw(t, "steps") {
			d.pass()
			one := d.call(t, usual)
			if one == nil {
				break
			}
			switch rapid.IntRange(0, 3).Draw(t, "then") {
			case 0:
				must(t, one.skip(d.now, len(order(d.all, usual, d.now)), usual))
			case 1:
				must(t, one.do(step{Act: actTests, At: d.now}))
			default:
				must(t, one.do(step{Act: actDone, At: d.now}))
			}
		}
		line := order(d.all, usual, d.now)
		seen := map[string]bool{}
		for _, n := range line {
			if seen[n.ref.ID] || !n.inLine() {
				t.Fatalf("%s stands there twice, or does not wait", n.ref.ID)
			}
			seen[n.ref.ID] = true
		}
		for _, one := range d.all {
			if one.inLine() && !seen[one.ref.ID] {
				t.Fatalf("%s is lost", one.ref.ID)
			}
		}
		mixed := slices.Clone(d.all)
		rand.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		if other := namesOf(order(mixed, usual, d.now)); other != namesOf(line) {
			t.Fatalf("found otherwise it is %s, not %s", other, namesOf(line))
		}
		for i := 1; i < len(line); i++ {
			if line[i].turn == turnPriority && line[i-1].turn == turnPriority {
				t.Fatalf("two go before others in a row: %s", namesOf(line))
			}
		}
	})
}

// TestReturns: as long as people wait for their first visit and others are back, every third call is one of these.
func TestReturns(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := &day{now: morning.Add(time.Hour)}
		n := rapid.IntRange(1, 12).Draw(t, "back")
		for i := range 2 * n {
			d.all = append(d.all, waits(fmt.Sprintf("f%02d", i), 0, i+1))
		}
		for i := range n {
			d.all = append(d.all, waits(fmt.Sprintf("r%02d", i), 0, 50+i, back(i)))
		}
		for i := range 3 * n {
			d.pass()
			one := d.call(t, usual)
			if is := one.turn == turnReturn; is != (i%3 == 2) {
				t.Fatalf("call %d is %s", i+1, one.turn)
			}
			must(t, one.do(step{Act: actDone, At: d.now}))
		}
	})
}

// TestNobodyStarves: however many come who have priority, others are called at least every other time.
func TestNobodyStarves(t *testing.T) {
	t.Parallel()
	d := &day{now: morning}
	for i := range 20 {
		d.all = append(d.all, waits(fmt.Sprintf("p%02d", i), 0, i+1))
	}
	plain := 0
	for i := range 40 {
		d.all = append(d.all, waits(fmt.Sprintf("e%02d", i), 0, 100+i, asFirst(Elder)))
		line := order(d.all, usual, d.now)
		must(t, line[0].do(step{Act: actCall, At: d.now, Turn: line[0].turn}))
		must(t, line[0].do(step{Act: actDone, At: d.now}))
		if line[0].priority == "" {
			plain++
		}
		d.pass()
	}
	if plain != 20 {
		t.Errorf("of 20 who have no priority %d were called in 40 calls", plain)
	}
}

// TestSkippedBehind: whoever is skipped is called behind three of those who waited then, or behind all of them; others who come do not count.
func TestSkippedBehind(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := drawDay(t)
		for range rapid.IntRange(0, 10).Draw(t, "before") {
			d.pass()
			if one := d.call(t, usual); one != nil {
				must(t, one.do(step{Act: actDone, At: d.now}))
			}
		}
		d.pass()
		skipped := d.call(t, usual)
		if skipped == nil {
			return
		}
		waited := map[string]bool{}
		for _, one := range d.all {
			waited[one.ref.ID] = one.inLine()
		}
		line := order(d.all, usual, d.now)
		must(t, skipped.skip(d.now, len(line), usual))
		passed := 0
		for {
			if d.pass(); rapid.Bool().Draw(t, "one comes") && len(d.all) < 60 {
				one := waits(fmt.Sprintf("n%02d", len(d.all)), 0, len(d.all), late(60))
				one.steps[0].At = d.now
				d.all = append(d.all, one)
			}
			one := d.call(t, usual)
			if one.ref == skipped.ref {
				break
			}
			if must(t, one.do(step{Act: actDone, At: d.now})); waited[one.ref.ID] {
				passed++
			}
		}
		if passed < min(usual.behind, len(line)) {
			t.Fatalf("%d of %d went before", passed, len(line))
		}
	})
}
