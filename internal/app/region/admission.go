package region

import "time"

// stay is a reason to be in hospital.
type stay struct {
	code       coding
	department coding
	days       int
	drugs      []drug
}

var (
	stays = []stay{
		{disorder("J18.9", "肺炎"), medicine, 8, []drug{levofloxacin}},
		{disorder("K80.2", "胆囊结石不伴有胆囊炎"), surgery, 6, nil},
		{disorder("I63.9", "脑梗死"), neurology, 11, []drug{aspirin, atorvastatin}},
		{disorder("S72.0", "股骨颈骨折"), orthopaedics, 12, nil},
		{disorder("I20.9", "心绞痛"), cardiology, 7, []drug{aspirin, metoprolol}},
	}
	ends = []stay{
		{disorder("I63.9", "脑梗死"), neurology, 6, nil},
		{disorder("I21.9", "急性心肌梗死"), cardiology, 2, nil},
		{disorder("J44.9", "慢性阻塞性肺疾病"), medicine, 9, nil},
	}
)

// admissionPercent is how many of an age are in hospital in a year.
func admissionPercent(age int) int {
	switch {
	case age >= 75:
		return 18
	case age >= 60:
		return 10
	case age >= 40:
		return 4
	case age >= 18:
		return 2
	}
	return 0
}

// admissions writes the stays in hospital.
func (h *history) admissions() {
	h.years(func(day time.Time) {
		if day.Before(h.until.AddDate(0, 0, -20)) && h.r.chance(admissionPercent(h.age(day))) {
			h.admission(day)
		}
	})
}

// admission writes a stay in the hospital that leads the alliance, and the talk by video some weeks later that half of the patients
// have.
func (h *history) admission(day time.Time) {
	s := pick(h.r, stays)
	if h.age(day) < 50 {
		s = stays[h.r.IntN(2)]
	}
	days := s.days + h.r.between(-2, 3)
	start := h.opening(day)
	end := midnight(start).AddDate(0, 0, days).Add(time.Duration(h.r.between(9*60, 11*60)) * time.Minute)
	v, condition := h.stay(s, start, end, hl7("discharge-disposition", "home", "回家"))
	for _, d := range s.drugs {
		h.prescribe(visit{v.ref, v.place, end, v.by}, d, condition, 14)
	}
	if talk := end.AddDate(0, 0, h.r.between(12, 20)); talk.Before(h.until) && h.r.chance(50) {
		h.see(encounter{class: virtual, kind: "出院后线上复诊", at: h.opening(talk), place: h.lead(), by: v.by, because: condition})
	}
}

func (h *history) stay(s stay, start, end time.Time, leaving coding) (v visit, condition string) {
	by := h.doctor(h.lead(), s.department)
	id := h.id("Condition")
	condition = "Condition/" + id
	v = h.see(encounter{class: inpatient, kind: "住院", at: start, end: end, place: h.lead(), by: by, reason: s.code,
		diagnose: condition, leaving: leaving})
	recovery := time.Time{}
	if h.p.death.IsZero() {
		recovery = end.AddDate(0, 0, 30)
	}
	h.condition(diagnosed{id: id, code: s.code, from: start, to: recovery, recorded: start, visit: v, by: by})
	h.tension(v, 132, 11)
	h.measure(v, temperature, h.r.between(364, 381))
	h.pulse(v)
	h.report(v, h.panel(v, bloodPanel))
	return v, condition
}

// lastDays writes how a resident died: most of them in hospital, the others at home, of which there is no record. Whatever
// else happened was before.
func (h *history) lastDays() {
	h.until = midnight(h.p.death)
	if !h.r.chance(70) {
		return
	}
	s := pick(h.r, ends)
	h.until = h.until.AddDate(0, 0, -s.days)
	start := h.opening(h.until)
	h.until = midnight(start)
	h.stay(s, start, h.p.death, hl7("discharge-disposition", "exp", "死亡"))
}
