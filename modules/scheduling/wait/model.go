package wait

import (
	"math"
	"slices"
	"time"
)

// Spell is a wait.
type Spell struct {
	Began  time.Time
	Opens  time.Time     // when people are called from on that day; the zero time where that is not known
	Ahead  int           // how many waited before, who had to be called first
	Rooms  int           // that called at that time; less than one counts as one
	Lasted time.Duration // until the call; or until now, or until one left
	Called bool          // false: they still wait, or have left
}

// early tells whether somebody came before people are called.
func (s Spell) early() bool { return s.Began.Before(s.Opens) }

// waited is how long it lasted from when people are called, which who came early knows beforehand.
func (s Spell) waited() time.Duration {
	if s.early() {
		return max(0, s.Lasted-s.Opens.Sub(s.Began))
	}
	return max(0, s.Lasted)
}

// Expected is how long a wait is expected to last: eight of ten end between Low and High, and half by Median.
type Expected struct{ Low, Median, High time.Duration }

// high is the share of waits that the interval leaves out none of above; below it leaves out as many.
const high = 0.9

// What is remembered of a queue. They are no rules, but how the curves are drawn.
const (
	leastPast = 100              // spells before anything is said
	mostPast  = 3_000            // spells for which is looked up what was expected of them, the latest
	offset    = time.Minute      // is added to each wait, so that there is a logarithm of none
	fades     = 90 * time.Minute // after which what was seen today counts for its e-th part
	rounds    = 3                // of expecting what is still to come of those who wait
	width     = 0.35             // how far other turns may be, in logarithms, to tell of some
	near      = 60.0             // weight of spells that tell of some turns; where there are fewer, those farther away do
	widest    = 16 * width
	gridFrom  = -2.0 // logarithms of turns for which curves are drawn
	gridStep  = 0.2
	gridSize  = 36
)

// stiffnesses are how many spells the usual pace may count for beside those of today. Which it is is learnt.
var stiffnesses = []float64{0.5, 1, 2, 4, 8, 16, 32}

// Model is what the past of a queue tells.
type Model struct {
	sides     [2]side // of those who come while people are called, and of those who come before
	strays    curve   // by how much waits differ from the usual one, on any day
	stiffness float64
}

// side is what is known of those who come while people are called, or of those who come before: whose place is less sure, since others come
// who are due before them, and of whose day nothing is known yet.
type side struct {
	usual  [gridSize]float64 // the median of logarithms of waits for each turn, by turns
	errors [gridSize][3]float64
}

// sideOf is which side it is.
func sideOf(early bool) int {
	if early {
		return 1
	}
	return 0
}

// sided are those of a side. Where they are too few, all are.
func sided(all []seen, early []bool, turns []float64, of int) ([]seen, []float64) {
	var some []seen
	var theirs []float64
	for i, s := range all {
		if sideOf(early[i]) == of {
			some, theirs = append(some, s), append(theirs, turns[i])
		}
	}
	if len(some) < near {
		return all, turns
	}
	return some, theirs
}

// Learn learns from the spells of past days, in whatever order; one slice each day. It is nil where there are too few.
func Learn(days [][]Spell) *Model {
	var all []seen
	var turns []float64
	var early []bool
	for _, day := range days {
		for _, s := range day {
			all, turns, early = append(all, seen{value: s.log() - s.turns(), weight: 1, ended: s.Called}), append(turns, s.turns()), append(early, s.early())
		}
	}
	if len(all) < leastPast {
		return nil
	}
	m := &Model{}
	for of := range m.sides {
		some, theirs := sided(all, early, turns, of)
		for i := range m.sides[of].usual {
			m.sides[of].usual[i] = survival(about(some, theirs, gridFrom+float64(i)*gridStep)).quantile(0.5)
		}
	}
	strays := slices.Clone(all)
	for i := range strays {
		strays[i].value -= m.usualAt(early[i], turns[i])
	}
	m.strays = survival(strays)
	m.calibrate(days)
	return m
}

// calibrate looks up what would have been expected of past waits, and learns from how that was wrong.
func (m *Model) calibrate(days [][]Spell) {
	first, n := len(days), 0
	days = slices.Clone(days)
	slices.SortFunc(days, func(a, b []Spell) int { return began(a).Compare(began(b)) })
	for first > 0 && n < mostPast {
		first--
		n += len(days[first])
	}
	var turns []float64
	var early []bool
	wrong := make([][]seen, len(stiffnesses))
	for _, day := range days[first:] {
		for _, s := range day {
			then := m.looked(before(day, s.Began), s.Began)
			turns, early = append(turns, s.turns()), append(early, s.early())
			for i, stiffness := range stiffnesses {
				wrong[i] = append(wrong[i], seen{value: s.stray(m) - m.pace(then, stiffness), weight: 1, ended: s.Called})
			}
		}
	}
	best := math.Inf(1)
	for i, all := range wrong {
		c := survival(slices.Clone(all))
		if spread := c.quantile(high) - c.quantile(1-high); spread < best {
			best, m.stiffness = spread, stiffnesses[i]
			for of := range m.sides {
				some, theirs := sided(all, early, turns, of)
				most := high
				if of == sideOf(true) { // of the day itself nothing is seen yet: it may be as unlike these days as each of them is to the others
					most = min(1, high*float64(len(days)-first+1)/float64(len(days)-first))
				}
				for j := range m.sides[of].errors {
					c := survival(about(some, theirs, gridFrom+float64(j)*gridStep))
					m.sides[of].errors[j] = [3]float64{c.quantile(1 - most), c.quantile(0.5), c.quantile(most)}
				}
			}
		}
	}
}

func began(day []Spell) time.Time {
	if len(day) == 0 {
		return time.Time{}
	}
	return day[0].Began
}

// before are the spells of a day as somebody saw them at an instant.
func before(day []Spell, now time.Time) (then []Spell) {
	for _, s := range day {
		if lasted := now.Sub(s.Began); lasted > 0 {
			if s.Lasted > lasted {
				s.Lasted, s.Called = lasted, false
			}
			then = append(then, s)
		}
	}
	return then
}

// Expect says how long somebody will wait from now on who has so many people before them, for whom so many rooms call. today are the spells of this day
// until now, of those too who still wait. Before people are called it counts from when they are: opens, the zero time where that is not known.
func (m *Model) Expect(today []Spell, now, opens time.Time, ahead, rooms int) Expected {
	is := Spell{Began: now, Opens: opens, Ahead: ahead, Rooms: rooms}
	turns, of, until := is.turns(), m.sides[sideOf(is.early())], time.Duration(0)
	if is.early() {
		until = opens.Sub(now)
	}
	usual := m.usualAt(is.early(), turns) + turns + m.pace(m.looked(today, now), m.stiffness)
	at := func(i int) time.Duration {
		wait := math.Exp(usual+interpolated(turns, func(j int) float64 { return of.errors[j][i] })) * float64(offset)
		return until + max(0, time.Duration(wait)-offset).Round(time.Second)
	}
	return Expected{at(0), at(1), at(2)}
}

// looked is by how much the waits of a day differ from the usual ones, and how much that counts at an instant.
func (m *Model) looked(today []Spell, now time.Time) []seen {
	all := make([]seen, len(today))
	for i, s := range today {
		all[i] = seen{value: s.stray(m), weight: math.Exp(-float64(now.Sub(s.Began.Add(s.Lasted))) / float64(fades)), ended: s.Called}
	}
	return all
}

// pace is by how much waits differ from the usual ones today, in logarithms.
func (m *Model) pace(today []seen, stiffness float64) (pace float64) {
	for range rounds {
		sum, weight := 0.0, stiffness
		for _, s := range today {
			if !s.ended {
				s.value = m.strays.beyond(s.value-pace) + pace
			}
			sum, weight = sum+s.weight*s.value, weight+s.weight
		}
		pace = sum / weight
	}
	return pace
}

// Mean is how long those waited on an average who were called: what is often shown, and too short as long as others wait. ok is false
// where nobody was called.
func Mean(today []Spell) (mean time.Duration, ok bool) {
	n := 0
	for _, s := range today {
		if s.Called {
			mean, n = mean+s.Lasted, n+1
		}
	}
	if n == 0 {
		return 0, false
	}
	return (mean / time.Duration(n)).Round(time.Second), true
}

// turns is the logarithm of how often each room calls until it is one's turn.
func (s Spell) turns() float64 { return math.Log(float64(s.Ahead+1) / float64(max(1, s.Rooms))) }

// log is the logarithm of how long it lasted.
func (s Spell) log() float64 { return math.Log(float64(s.waited()+offset) / float64(offset)) }

// stray is by how much it differs from the usual wait.
func (s Spell) stray(m *Model) float64 { return s.log() - s.turns() - m.usualAt(s.early(), s.turns()) }

func (m *Model) usualAt(early bool, turns float64) float64 {
	return interpolated(turns, func(i int) float64 { return m.sides[sideOf(early)].usual[i] })
}

// interpolated reads a grid between its points.
func interpolated(turns float64, of func(int) float64) float64 {
	x := min(max((turns-gridFrom)/gridStep, 0), gridSize-1)
	i := min(int(x), gridSize-2)
	part := x - float64(i)
	return of(i)*(1-part) + of(i+1)*part
}

// about are those that tell of some turns: the more, the nearer theirs are.
func about(all []seen, turns []float64, of float64) (some []seen) {
	for far := width; ; far *= 2 {
		some = some[:0]
		weight := 0.0
		for i, s := range all {
			if s.weight = 1 - math.Abs(turns[i]-of)/far; s.weight > 0 {
				some, weight = append(some, s), weight+s.weight
			}
		}
		if weight >= near || far >= widest {
			return some
		}
	}
}
