package region

import "time"

// body is how somebody is built. An adult keeps to it; a child is so many per mille of the median of its age.
type body struct {
	height, weight int // of the adult, in mm and hundreds of grams
	tall, heavy    int // per mille, of the child
}

// grown draws a body.
func (h *history) grown() (b body) {
	b.height = h.r.around(1590, 52)
	if h.p.male {
		b.height = h.r.around(1705, 58)
	}
	if h.p.birth.Year() < 1960 {
		b.height -= 35 // they grew up in lean years
	}
	index := min(max(h.r.around(241, 30), 172), 345) // body-mass index in tenths
	b.weight = index * b.height * b.height / 1_000_000
	b.tall, b.heavy = h.r.around(1000, 32), h.r.around(1000, 90)
	if !h.p.male {
		b.tall, b.heavy = b.tall*985/1000, b.heavy*950/1000
	}
	return b
}

// growth is the median of a boy of so many months: mm and hundreds of grams, rounded from the WHO's standards.
var growth = []struct{ months, height, weight int }{
	{0, 499, 33}, {1, 547, 45}, {3, 614, 64}, {6, 676, 79}, {9, 720, 89}, {12, 757, 96}, {18, 823, 109}, {24, 871, 122},
	{36, 961, 143}, {48, 1033, 163}, {60, 1100, 183}, {72, 1160, 205}, {96, 1273, 254}, {120, 1378, 312}, {144, 1491, 399},
	{168, 1632, 510}, {192, 1705, 608},
}

// median looks the table up, with straight lines between its rows.
func median(months int) (height, weight int) {
	last := growth[0]
	for _, row := range growth {
		if row.months >= months {
			span := max(row.months-last.months, 1)
			part := months - last.months
			return last.height + (row.height-last.height)*part/span, last.weight + (row.weight-last.weight)*part/span
		}
		last = row
	}
	return last.height, last.weight
}

// size is the height and weight of a resident on a day.
func (h *history) size(day time.Time) (height, weight int) {
	if h.age(day) >= 18 {
		return h.body.height, h.body.weight
	}
	height, weight = median(h.p.months(day))
	return height * h.body.tall / 1000, weight * h.body.heavy / 1000
}

// scale writes height and weight.
func (h *history) scale(v visit) {
	height, _ := h.size(v.at)
	h.measure(v, bodyHeight, height)
	h.weigh(v)
}

// weigh writes the weight of the day.
func (h *history) weigh(v visit) {
	_, weight := h.size(v.at)
	if h.age(v.at) >= 18 {
		weight += h.r.around(0, 7)
	}
	h.measure(v, bodyWeight, weight)
}

func (h *history) pulse(v visit) { h.measure(v, heartRate, h.r.around(73, 7)) }

// winter is by how many mmHg the upper pressure of a month is above the year's: cold raises it.
var winter = [12]int{5, 4, 2, 0, -2, -4, -5, -4, -2, 1, 3, 4}

// upper draws the systolic pressure of a day about a level.
func (h *history) upper(day time.Time, level, deviation int) int {
	return h.r.around(level+winter[day.Month()-1], deviation)
}

// healthy is the level of those who have no hypertension.
func (h *history) healthy(day time.Time) int { return 108 + min(h.age(day), 80)/4 }

// diastolicFor is the lower pressure that goes with an upper one: the gap widens with age.
func (h *history) diastolicFor(day time.Time, upper int) int {
	lower := 84 + (upper-145)*35/100 - (h.age(day)-60)*25/100 + h.r.around(0, 4)
	return max(48, min(lower, upper-25))
}

// tension measures the blood pressure about a level, and gives it.
func (h *history) tension(v visit, level, deviation int) (upper, lower int) {
	upper = h.upper(v.at, level, deviation)
	lower = h.diastolicFor(v.at, upper)
	h.pressure(v, upper, lower)
	return upper, lower
}
