package region

import (
	"time"

	"yitong/internal/fhir/profiles"
	"yitong/internal/fhir/r4"
)

// Laboratory measures with the reference ranges of adults in China (WS/T 404, WS/T 405 and usual ones); those of women, and from 60 years
// on, where they differ.
var (
	leucocytes    = lab(loinc("6690-2", "白细胞计数"), "10⁹/L", "10*9/L", 1, 35, 95, 62, 14)
	blood         = lab(loinc("718-7", "血红蛋白"), "g/L", "g/L", 0, 130, 175, 150, 10).unlike(115, 150, 131, 9)
	platelets     = lab(loinc("777-3", "血小板计数"), "10⁹/L", "10*9/L", 0, 125, 350, 220, 48)
	transaminase  = lab(loinc("1742-6", "丙氨酸氨基转移酶"), "U/L", "U/L", 0, 9, 50, 22, 10).unlike(7, 40, 17, 8)
	aspartate     = lab(loinc("1920-8", "天门冬氨酸氨基转移酶"), "U/L", "U/L", 0, 15, 40, 23, 5).unlike(13, 35, 21, 5)
	bilirubin     = lab(loinc("14631-6", "总胆红素"), "μmol/L", "umol/L", 1, 0, 260, 125, 38).unlike(0, 210, 110, 34)
	creatinine    = lab(loinc("14682-9", "肌酐"), "μmol/L", "umol/L", 0, 57, 97, 76, 12).unlike(41, 73, 59, 9).later(57, 111, 41, 81)
	urea          = lab(loinc("22664-7", "尿素"), "mmol/L", "mmol/L", 1, 31, 80, 53, 11).unlike(26, 75, 48, 10).later(36, 95, 31, 88)
	cholesterol   = lab(loinc("14647-2", "总胆固醇"), "mmol/L", "mmol/L", 2, 0, 520, 478, 82)
	triglycerides = lab(loinc("14927-8", "甘油三酯"), "mmol/L", "mmol/L", 2, 0, 170, 138, 55)
	hdl           = lab(loinc("14646-4", "高密度脂蛋白胆固醇"), "mmol/L", "mmol/L", 2, 104, 220, 136, 27)
	ldl           = lab(loinc("22748-8", "低密度脂蛋白胆固醇"), "mmol/L", "mmol/L", 2, 0, 340, 284, 68)
	protein       = lab(loinc("1988-5", "C反应蛋白"), "mg/L", "mg/L", 0, 0, 10, 5, 2)
)

var (
	// elderlyPanel is of what the yearly check of the elderly looks at in blood (国家基本公共卫生服务规范, third edition, 2017).
	elderlyPanel = []*measure{blood, transaminase, creatinine, cholesterol, triglycerides, ldl}
	bloodPanel   = []*measure{leucocytes, blood, platelets}
	lipidPanel   = []*measure{cholesterol, triglycerides, hdl, ldl}
	liverPanel   = []*measure{transaminase, aspartate, bilirubin}
	kidneyPanel  = []*measure{creatinine, urea}
)

func lab(code coding, unit, ucum string, places, low, high, mean, sd int) *measure {
	return &measure{code: code, unit: unit, ucum: ucum, places: places, laboratory: true, low: low, high: high, mean: mean, sd: sd}
}

// unlike gives a measure another range, mean and deviation for women.
func (m *measure) unlike(low, high, mean, sd int) *measure {
	w := *m
	w.low, w.high, w.mean, w.sd = low, high, mean, sd
	m.women = &w
	return m
}

// later gives a measure that has another range for women other ranges from 60 years on, of men and of women.
func (m *measure) later(low, high, womenLow, womenHigh int) *measure {
	m.old, m.women.old = &[2]int{low, high}, &[2]int{womenLow, womenHigh}
	return m
}

// of is the measure as it is for a person on a day.
func (m *measure) of(p *person, day time.Time) measure {
	if m.women != nil && !p.male {
		m = m.women
	}
	one := *m
	if m.old != nil && p.age(day) >= 60 {
		one.low, one.high = m.old[0], m.old[1]
	}
	return one
}

// panel writes values as people have them, and names them.
func (h *history) panel(v visit, list []*measure) (results []string) {
	for _, one := range list {
		m := one.of(h.p, v.at)
		results = append(results, h.measure(v, m, max(h.r.around(m.mean, m.sd), m.mean/3)))
	}
	return results
}

var (
	laboratoryReport = loinc("11502-2", "检验报告")
	laboratorySector = hl7("v2-0074", "LAB", "检验")
)

// report gathers results in what the laboratory hands out some hours later.
func (h *history) report(v visit, results []string) {
	d := r4.NewDiagnosticReport()
	d.SetID(h.id("DiagnosticReport"))
	answer(d.Resource, h.custodian(v), profiles.DiagnosticReport)
	d.SetStatus("final")
	laboratorySector.as(d.Category().Add())
	laboratoryReport.as(d.Code())
	d.Subject().SetReference(h.patient(v.place))
	d.Encounter().SetReference(v.ref)
	d.SetEffectiveDateTime(dateTime(v.at))
	d.SetIssued(dateTime(v.at.Add(time.Duration(h.r.between(2, 6)) * time.Hour)))
	h.analyst(v.place).named.in(d.Performer().Add())
	for _, ref := range results {
		d.Result().Add().SetReference(ref)
	}
	h.b.put(d.Resource)
}

// Tests whose result is a word.
var (
	influenzaA  = measure{code: loinc("80382-5", "甲型流感病毒抗原"), laboratory: true}
	papilloDNA  = measure{code: loinc("21440-3", "高危型人乳头瘤病毒核酸"), laboratory: true}
	hiddenBlood = measure{code: loinc("29771-3", "粪便隐血（免疫法）"), laboratory: true}

	positive = coding{"http://snomed.info/sct", "10828004", "阳性"}
	negative = coding{"http://snomed.info/sct", "260385009", "阴性"}
)

// find writes a result that is a word.
func (h *history) find(v visit, m measure, found bool) {
	o := h.observation(v, m)
	result := negative
	if found {
		result = positive
		o.Interpretation = []concepts{conceptsOf(abnormal)}
	}
	word := conceptsOf(result)
	o.Word, o.Normal = &word, []normal{{Text: negative.display}}
	h.b.add(o.ResourceType, o.ID, o)
}

var abnormal = hl7("v3-ObservationInterpretation", "A", "异常")
