package region

import "time"

// share is how many of a thousand have a disease at an age; between two ages of a table it lies on the straight line.
type share struct{ age, permille int }

// About as surveys of China find it: a good quarter of adults has hypertension, an eighth diabetes.
var (
	hypertensionAt = []share{{18, 25}, {30, 80}, {40, 180}, {50, 310}, {60, 440}, {70, 540}, {85, 580}}
	diabetesAt     = []share{{18, 10}, {30, 38}, {40, 100}, {50, 170}, {60, 220}, {70, 250}, {85, 260}}
)

// knownPressure and knownGlucose are of a hundred who have the disease, those whom a doctor tells in time.
const (
	knownPressure = 82
	knownGlucose  = 86
)

func prevalence(of []share, age int) int {
	if age < of[0].age {
		return 0
	}
	last := of[0]
	for _, s := range of {
		if s.age > age {
			return last.permille + (s.permille-last.permille)*(age-last.age)/(s.age-last.age)
		}
		last = s
	}
	return last.permille
}

// fate is a disease in a life: since when somebody has it, and since when it is known. Zero times: not at all.
type fate struct{ onset, known time.Time }

// fateOf draws when a disease comes, so that of each age as many have it as the table says, and when it is found, in so many of a
// hundred at all.
func (h *history) fateOf(of []share, percent int) (f fate) {
	luck, delay, found := h.r.IntN(1000), h.r.between(20, 900), h.r.chance(percent)
	day := h.r.between(0, 364)
	for age := of[0].age; age <= h.age(h.until); age++ {
		if luck >= prevalence(of, age) {
			continue
		}
		if f.onset = h.p.birth.AddDate(age, 0, day); !f.onset.Before(h.until) {
			return fate{}
		}
		if known := f.onset.AddDate(0, 0, delay); found && known.Before(h.until) {
			f.known = known
		}
		return f
	}
	return fate{}
}

// had tells whether the disease was there on a day.
func (f fate) had(day time.Time) bool { return !f.onset.IsZero() && !day.Before(f.onset) }

// knew tells whether it was known on a day.
func (f fate) knew(day time.Time) bool { return !f.known.IsZero() && !day.Before(f.known) }
