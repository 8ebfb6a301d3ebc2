package region

import "time"

// lasting is a disease that a hospital looks after for years.
type lasting struct {
	code       coding
	at         []share
	men, women bool
	known      int // of a hundred
	department coding
	every      int // days between visits
	drugs      []drug
	labs       []*measure // once a year
	worse      int        // of a hundred winters: the disease gets worse, and the patient comes
}

// lastings are what people have beside hypertension and diabetes. Some are sensitive; the codes tell the record so.
var lastings = []lasting{
	{disorder("I25.1", "动脉粥样硬化性心脏病"), []share{{40, 6}, {50, 35}, {60, 90}, {70, 160}, {85, 210}}, true, true, 85, cardiology, 112,
		[]drug{aspirin, atorvastatin, nitrate}, lipidPanel, 20},
	{disorder("J44.9", "慢性阻塞性肺疾病"), []share{{40, 8}, {55, 45}, {65, 80}, {80, 110}}, true, true, 45, respiratory, 112, []drug{theophylline}, nil, 45},
	{disorder("M10.9", "痛风"), []share{{30, 6}, {50, 20}, {75, 28}}, true, false, 80, endocrine, 120, []drug{febuxostat}, kidneyPanel, 0},
	{disorder("B18.1", "慢性乙型病毒性肝炎"), []share{{20, 8}, {35, 18}, {60, 20}}, true, true, 70, infections, 168, []drug{entecavir}, liverPanel, 0},
	{disorder("N18.9", "慢性肾脏病"), []share{{40, 4}, {60, 18}, {80, 40}}, true, true, 50, kidneys, 120, nil, kidneyPanel, 0},
	{disorder("F32.9", "抑郁发作"), []share{{18, 8}, {35, 18}, {70, 22}}, true, true, 60, psychiatry, 84, []drug{sertraline}, nil, 10},
	{disorder("F20.9", "精神分裂症"), []share{{18, 2}, {35, 6}}, true, true, 90, psychiatry, 84, []drug{risperidone}, nil, 0},
	{disorder("B24", "人类免疫缺陷病毒病"), []share{{20, 2}, {45, 4}}, true, true, 90, infections, 84, []drug{antiviral}, nil, 0},
	{disorder("C50.9", "乳房恶性肿瘤"), []share{{40, 3}, {55, 10}, {75, 14}}, false, true, 95, oncology, 168, []drug{letrozole}, nil, 0},
	{disorder("C34.9", "支气管和肺恶性肿瘤"), []share{{45, 1}, {60, 6}, {80, 14}}, true, true, 90, oncology, 168, nil, nil, 0},
	{disorder("C18.9", "结肠恶性肿瘤"), []share{{45, 1}, {60, 5}, {80, 12}}, true, true, 90, oncology, 168, nil, nil, 0},
}

// lastings writes the care of what lasts.
func (h *history) lastings() {
	for i := range lastings {
		l := &lastings[i]
		if h.p.male && !l.men || !h.p.male && !l.women {
			continue
		}
		if f := h.fateOf(l.at, l.known); !f.known.IsZero() {
			h.look(l, f)
		}
	}
}

// look writes the visits on account of a disease.
func (h *history) look(l *lasting, f fate) {
	by := h.doctor(h.lead(), l.department)
	id := h.id("Condition")
	h.condition(diagnosed{id: id, code: l.code, lasting: true, from: f.onset, recorded: h.opening(f.known), by: by})
	at := laterOf(f.known, h.since).AddDate(0, 0, h.r.between(1, l.every))
	for n := 0; at.Before(h.until); n++ {
		v := h.see(encounter{class: ambulatory, kind: "专科门诊", at: h.opening(at), place: h.lead(), by: by, because: "Condition/" + id})
		for _, d := range l.drugs {
			h.prescribe(v, d, "Condition/"+id, 84)
		}
		if l.labs != nil && n%max(1, 360/l.every) == 0 {
			h.report(v, h.panel(v, l.labs))
		}
		at = v.at.AddDate(0, 0, l.every+h.r.between(-10, 25))
	}
	for year := laterOf(f.known, h.since).Year(); l.worse > 0 && year <= h.until.Year(); year++ {
		day := time.Date(year, time.December, 1, 0, 0, 0, 0, china).AddDate(0, 0, h.r.between(0, 80))
		if h.r.chance(l.worse) && f.knew(day) && h.within(day) {
			v := h.see(encounter{class: ambulatory, kind: "急诊", at: h.opening(day), place: h.lead(), by: h.doctor(h.lead(), emergency), because: "Condition/" + id})
			h.measure(v, temperature, h.r.between(365, 378))
			h.tension(v, h.healthy(day)+6, 8)
		}
	}
}
