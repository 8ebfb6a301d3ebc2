package region

import "slices"

// checkMonths are the ages of the visits that the basic services owe a child (国家基本公共卫生服务规范, third edition, 2017: children of 0–6);
// bloodMonths those at which haemoglobin is measured.
var (
	checkMonths = []int{1, 3, 6, 8, 12, 18, 24, 30, 36, 48, 60, 72}
	bloodMonths = []int{8, 18, 30}
)

// grow writes the checks of who was a child in the years of the record.
func (h *history) grow() {
	h.homeVisit()
	for _, m := range checkMonths {
		day := h.p.birth.AddDate(0, m, h.r.between(0, 6))
		if !h.within(day) {
			continue
		}
		v := h.atCentre("儿童健康检查", day)
		h.scale(v)
		if slices.Contains(bloodMonths, m) {
			child := *blood
			child.low, child.high = 110, 140
			h.measure(v, child, h.r.around(122, 7))
		}
	}
}

// homeVisit is the visit in the week after the newborn has come home.
func (h *history) homeVisit() {
	day := h.p.birth.AddDate(0, 0, h.r.between(5, 9))
	if !h.within(day) {
		return
	}
	v := h.see(encounter{class: atHome, kind: "新生儿家庭访视", at: h.opening(day), place: h.p.centre(), by: h.family()})
	h.scale(v)
	h.measure(v, temperature, h.r.around(368, 2))
}
