package region

import "time"

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

// checkMonths are the ages of the visits that the basic services owe a child (国家基本公共卫生服务规范, third edition, 2017: children of 0–6).
var checkMonths = []int{1, 3, 6, 8, 12, 18, 24, 30, 36, 48, 60, 72}

// grow writes a child's checks of the last eighteen months and its vaccinations.
func (h *history) grow() {
	tall, heavy := h.r.around(1000, 32), h.r.around(1000, 90) // per mille of the median, for life
	if !h.p.male {
		tall, heavy = tall*985/1000, heavy*950/1000
	}
	_, h.weight = median(h.p.months(h.until))
	h.weight = h.weight * heavy / 1000
	h.homeVisit(tall, heavy)
	for _, m := range checkMonths {
		day := h.p.birth.AddDate(0, m, h.r.between(0, 6))
		if day.Before(h.until.AddDate(-1, -6, 0)) || !day.Before(h.until) {
			continue
		}
		v := h.see(encounter{class: ambulatory, kind: "儿童健康检查", at: h.opening(day),
			place: h.p.home.village.town.centre, by: h.g.familyDoctor(h.p)})
		h.size(v, m, tall, heavy)
	}
	if h.age() < 15 {
		h.vaccinations()
	}
}

// homeVisit is the visit in the week after the newborn has come home.
func (h *history) homeVisit(tall, heavy int) {
	day := h.p.birth.AddDate(0, 0, h.r.between(5, 9))
	if day.Before(h.until.AddDate(-1, 0, 0)) || !day.Before(h.until) {
		return
	}
	v := h.see(encounter{class: atHome, kind: "新生儿家庭访视", at: h.opening(day),
		place: h.p.home.village.town.centre, by: h.g.familyDoctor(h.p)})
	h.size(v, 0, tall, heavy)
	h.measure(v, temperature, h.r.around(368, 2))
}

func (h *history) size(v visit, months, tall, heavy int) {
	height, weight := median(months)
	h.measure(v, bodyHeight, height*tall/1000)
	h.measure(v, bodyWeight, weight*heavy/1000)
}

// delivered tells whether a resident is the mother of a newborn.
func (g *generator) delivered(p *person) bool { return newbornOf(p) != nil }

func newbornOf(p *person) *person {
	for _, c := range p.home.members {
		if c.newborn && c.parent == p {
			return c
		}
	}
	return nil
}

// delivery is the stay in which the newborn came.
func (h *history) delivery() {
	birth := newbornOf(h.p).birth
	id := h.id("Condition")
	by := h.doctor(maternity, obstetrics)
	start := birth.Add(-time.Duration(h.r.between(60, 600)) * time.Minute)
	end := birth.AddDate(0, 0, 3).Add(10 * time.Hour)
	v := h.see(encounter{class: inpatient, kind: "住院分娩", at: start, end: end, place: maternity, by: by,
		diagnose: "Condition/" + id, leaving: hl7("discharge-disposition", "home", "回家")})
	h.pressure(v, h.r.around(114, 6), h.r.around(72, 4))
	h.condition(diagnosed{id: id, code: disorder("O80.0", "头位顺产"), from: birth, to: end, recorded: end, visit: v, by: by})
}
