package region

import "time"

// checkups writes the free yearly measuring: of everybody from 35 on, with more from 65 on and of those who are managed
// (国家基本公共卫生服务规范, third edition, 2017: hypertension, diabetes, the elderly). Some have high values that no doctor has looked into yet.
func (h *history) checkups() {
	h.years(func(day time.Time) {
		age := h.age(day)
		managed := h.high.knew(day) || h.sweet.knew(day)
		switch {
		case age >= 65:
			if h.r.chance(75) {
				h.elderly(day)
			}
		case managed:
			v := h.atCentre("年度健康检查", day)
			h.scale(v)
			h.measure(v, glucose, h.sugar(day))
		case age >= 35 && h.r.chance(42), age >= 18 && h.r.chance(8):
			v := h.screen(day, "免费测量血压")
			if h.r.chance(30) {
				h.pulse(v)
				h.weigh(v)
			}
		}
	})
}

// elderly is the yearly check from 65 years on. HbA1c is part of it since 2025.
func (h *history) elderly(day time.Time) {
	v := h.screen(day, "老年人健康体检")
	h.scale(v)
	g := h.sugar(day)
	results := []string{h.measure(v, glucose, g)}
	if v.at.Year() >= 2025 {
		results = append(results, h.measure(v, haemoglobin, haemoglobinFor(g)))
	}
	h.report(v, append(results, h.panel(v, elderlyPanel)...))
}

// sugar draws a fasting glucose.
func (h *history) sugar(day time.Time) int {
	switch {
	case h.sweet.knew(day):
		return h.r.around(680, 55)
	case h.sweet.had(day):
		return h.r.around(815, 60)
	}
	return h.r.around(glucose.mean, glucose.sd)
}

// screen measures blood pressure, and once more a week later if it is high, nobody knows of it and the resident comes back.
func (h *history) screen(day time.Time, kind string) visit {
	level := h.healthy(day)
	switch {
	case h.high.knew(day):
		level = 134
	case h.high.had(day):
		level = 149
	}
	v := h.atCentre(kind, day)
	upper, lower := h.tension(v, level, 8)
	if upper < 140 && lower < 90 || h.high.knew(day) || h.r.chance(50) {
		return v
	}
	if again := v.at.AddDate(0, 0, 7); again.Before(h.until) {
		h.tension(h.atCentre("血压复测", again), level, 7)
	}
	return v
}
