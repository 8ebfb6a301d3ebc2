package region

import "time"

// motherhood writes the pregnancies of the children who were born in the years of the record.
func (h *history) motherhood() {
	for _, c := range h.p.home.members {
		if c.parent == h.p && h.within(c.birth) && h.within(c.birth.AddDate(0, 0, 4)) {
			h.expect(c.birth)
			h.delivery(c.birth)
			h.afterwards(c.birth)
		}
	}
}

// antenatal are the weeks of the five visits before birth (国家基本公共卫生服务规范, third edition, 2017: pregnant women).
var antenatal = []int{12, 18, 23, 32, 38}

func (h *history) expect(birth time.Time) {
	conception := birth.AddDate(0, 0, -280)
	condition := ""
	for i, week := range antenatal {
		day := conception.AddDate(0, 0, 7*week+h.r.between(-3, 3))
		if !h.within(day) {
			continue
		}
		place, by := maternity, h.doctor(maternity, obstetrics)
		if i == 0 {
			place, by = h.p.centre(), h.family() // the handbook is begun
		}
		e := encounter{class: ambulatory, kind: "产前检查", at: h.opening(day), place: place, by: by, because: condition}
		first := condition == ""
		if first {
			condition = "Condition/" + h.id("Condition")
			e.because, e.diagnose = "", condition
		}
		v := h.see(e)
		h.tension(v, 110, 7)
		h.measure(v, bodyWeight, h.body.weight+week*3+h.r.around(0, 8))
		if first {
			h.condition(diagnosed{id: condition[len("Condition/"):], code: disorder("Z34.9", "正常妊娠监督"), from: v.at, to: birth, recorded: v.at, visit: v, by: by})
			h.prescribe(v, folate, condition, 84)
		}
		if i == 0 || i == 3 {
			m := blood.of(h.p, v.at)
			h.measure(v, m, h.r.around(m.mean-12, m.sd))
		}
	}
}

// delivery is the stay in which a child came.
func (h *history) delivery(birth time.Time) {
	id := h.id("Condition")
	by := h.doctor(maternity, obstetrics)
	start := birth.Add(-time.Duration(h.r.between(60, 600)) * time.Minute)
	end := midnight(birth).AddDate(0, 0, 3).Add(10 * time.Hour)
	code, kind := disorder("O80.0", "头位顺产"), "住院分娩"
	if h.r.chance(38) {
		code = disorder("O82.0", "选择性剖宫产术分娩")
	}
	v := h.see(encounter{class: inpatient, kind: kind, at: start, end: end, place: maternity, by: by,
		diagnose: "Condition/" + id, leaving: hl7("discharge-disposition", "home", "回家")})
	h.pressure(v, h.r.around(114, 6), h.r.around(72, 4))
	h.condition(diagnosed{id: id, code: code, from: birth, to: end, recorded: end, visit: v, by: by})
}

// afterwards are the visit in the week after discharge and the check after 42 days.
func (h *history) afterwards(birth time.Time) {
	if day := birth.AddDate(0, 0, h.r.between(5, 9)); h.within(day) {
		v := h.see(encounter{class: atHome, kind: "产后访视", at: h.opening(day), place: h.p.centre(), by: h.family()})
		h.tension(v, 112, 6)
		h.measure(v, temperature, h.r.around(367, 2))
	}
	if day := birth.AddDate(0, 0, 42+h.r.between(0, 4)); h.within(day) {
		v := h.see(encounter{class: ambulatory, kind: "产后42天健康检查", at: h.opening(day), place: maternity, by: h.doctor(maternity, obstetrics)})
		h.tension(v, 112, 6)
		h.measure(v, bodyWeight, h.body.weight+h.r.between(10, 50))
	}
}
