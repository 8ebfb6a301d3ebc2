package region

import "time"

// illness is one that brings people to a doctor and goes by.
type illness struct {
	code       coding
	weight     int // how often it comes, relative to the others
	from, to   int // ages
	winter     bool
	feverish   bool
	women      bool
	days       int // that it takes
	drugs      []drug
	department coding
}

var illnesses = []illness{
	{disorder("J06.9", "急性上呼吸道感染"), 32, 0, 120, true, true, false, 7, []drug{paracetamol}, medicine},
	{disorder("J20.9", "急性支气管炎"), 14, 0, 120, true, true, false, 12, []drug{amoxicillin}, medicine},
	{disorder("K29.7", "胃炎"), 14, 16, 120, false, false, false, 30, []drug{omeprazole}, medicine},
	{disorder("M54.5", "下背痛"), 12, 25, 120, false, false, false, 21, []drug{ibuprofen}, surgery},
	{disorder("K52.9", "非感染性胃肠炎和结肠炎"), 9, 0, 120, false, false, false, 5, []drug{smectite}, medicine},
	{disorder("M17.9", "膝关节病"), 10, 50, 120, false, false, false, 60, []drug{ibuprofen}, surgery},
	{disorder("J30.4", "变应性鼻炎"), 8, 5, 60, false, false, false, 30, []drug{loratadine}, medicine},
	{disorder("L30.9", "皮炎"), 6, 0, 120, false, false, false, 14, []drug{loratadine}, medicine},
	{disorder("N39.0", "泌尿道感染"), 7, 20, 120, false, false, true, 10, []drug{levofloxacin}, medicine},
}

// illnesses writes the passing illnesses of the last years.
func (h *history) illnesses() {
	if h.p.months(h.until) < 4 {
		return
	}
	first := laterOf(h.since(), h.p.birth.AddDate(0, 3, 0))
	days := int(h.until.Sub(first) / (24 * time.Hour))
	for range h.r.weighted([]int{34, 38, 20, 8}) {
		h.illness(first.AddDate(0, 0, h.r.IntN(days)))
	}
}

func (h *history) illness(day time.Time) {
	age := h.p.age(day)
	weights := make([]int, len(illnesses))
	for i, x := range illnesses {
		switch cold := day.Month() >= time.November || day.Month() <= time.March; {
		case age < x.from || age > x.to || x.women && h.p.male:
		case x.winter && cold:
			weights[i] = x.weight * 2
		default:
			weights[i] = x.weight
		}
	}
	x := &illnesses[h.r.weighted(weights)]
	at := h.opening(day)
	where := []string{h.clinic, h.p.home.village.town.centre, hospital, tcmHospital}[h.r.weighted([]int{25, 35, 28, 12})]
	by := h.doctor(where, x.department)
	if age < 14 && where == hospital {
		by = h.doctor(where, paediatrics)
	}
	condition := h.id("Condition")
	v := h.see(encounter{class: ambulatory, kind: "门诊", at: at, place: where, by: by, reason: x.code, diagnose: "Condition/" + condition})
	h.condition(diagnosed{id: condition, code: x.code, from: at.AddDate(0, 0, -h.r.between(1, 3)),
		to: at.AddDate(0, 0, x.days), recorded: at, visit: v, by: by})
	if x.feverish {
		h.measure(v, temperature, h.r.between(368, 389))
		h.measure(v, heartRate, h.r.around(88, 6))
	} else if age >= 18 {
		h.pulse(v)
	}
	h.remedy(v, x, age, "Condition/"+condition)
}

// remedy prescribes; children get their own medicines, by weight, and none that are for grown people.
func (h *history) remedy(v visit, x *illness, age int, condition string) {
	if age >= 14 {
		for _, d := range x.drugs {
			h.prescribe(v, d, condition, "completed", min(x.days, 7))
		}
		return
	}
	if x.feverish {
		h.prescribe(v, syrup(h.weight), condition, "completed", 3)
	}
}
