package region

import "time"

// checkups writes the free yearly measuring of those who are not managed: for everybody from 35 on, with more from 65 on
// (国家基本公共卫生服务规范, third edition, 2017: hypertension, the elderly). high and sweet tell of diseases that nobody knows of yet.
func (h *history) checkups(high, sweet bool) {
	age := h.age()
	switch {
	case age >= 65:
		h.elderly(h.until.AddDate(0, 0, -h.r.between(10, 360)), high, sweet)
		if h.r.chance(45) {
			h.elderly(h.until.AddDate(-1, 0, -h.r.between(10, 360)), high, sweet)
		}
	case age >= 35 && h.r.chance(80), h.r.chance(35):
		v := h.screen(h.until.AddDate(0, 0, -h.r.between(5, 360)), "免费测量血压", high)
		if h.r.chance(50) {
			h.pulse(v)
			h.weigh(v)
		}
	}
}

// elderly is the yearly check from 65 years on. HbA1c is part of it since 2025.
func (h *history) elderly(day time.Time, high, sweet bool) {
	v := h.screen(day, "老年人健康体检", high)
	h.pulse(v)
	h.weigh(v)
	h.measure(v, bodyHeight, h.height)
	g := h.r.around(535, 40)
	if sweet {
		g = h.r.around(815, 60)
	}
	h.measure(v, glucose, g)
	if v.at.Year() >= 2025 {
		h.measure(v, haemoglobin, haemoglobinFor(g))
	}
}

// screen measures blood pressure, and once more a week later if it is high and the resident comes back.
func (h *history) screen(day time.Time, kind string, high bool) visit {
	level := 108 + min(h.age(), 80)/4
	if high {
		level = 149
	}
	at := h.opening(day)
	v := h.see(encounter{class: ambulatory, kind: kind, at: at, place: h.p.home.village.town.centre, by: h.g.familyDoctor(h.p)})
	upper := h.r.around(level, 8)
	lower := h.diastolicFor(upper)
	h.pressure(v, upper, lower)
	if upper < 140 && lower < 90 || h.r.chance(50) {
		return v
	}
	if again := at.AddDate(0, 0, 7); again.Before(h.until) {
		second := h.see(encounter{class: ambulatory, kind: "血压复测", at: h.opening(again), place: h.clinic, by: h.nearby()})
		upper = h.r.around(level, 7)
		h.pressure(second, upper, h.diastolicFor(upper))
	}
	return v
}
