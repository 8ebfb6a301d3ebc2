package region

import "time"

// screenings writes the examinations by which cancer is found early: of women from 35 to 64 every three years (农村妇女“两癌”检查 and what
// cities do likewise), of everybody from 45 to 74 for colorectal cancer every second year. Not all come.
func (h *history) screenings() {
	n := h.r.IntN(6)
	h.years(func(day time.Time) {
		n++
		age := h.age(day)
		if !h.p.male && age >= 35 && age < 65 && n%3 == 0 && h.r.chance(50) {
			v := h.see(encounter{class: ambulatory, kind: "宫颈癌、乳腺癌筛查", at: h.opening(day), place: maternity, by: h.doctor(maternity, obstetrics)})
			h.find(v, papilloDNA, h.r.chance(11))
		}
		if age >= 45 && age < 75 && n%2 == 0 && h.r.chance(30) {
			h.find(h.atCentre("结直肠癌筛查", day.AddDate(0, 0, 2)), hiddenBlood, h.r.chance(7))
		}
	})
}
