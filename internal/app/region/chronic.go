package region

import "time"

// band is the share of people in percent, from an age on.
type band struct{ from, percent int }

// About as surveys of rural China find it.
var (
	hypertensionAt = []band{{18, 3}, {35, 15}, {45, 30}, {55, 44}, {65, 55}, {75, 60}}
	diabetesAt     = []band{{18, 1}, {35, 5}, {45, 10}, {55, 16}, {65, 20}}
)

func prevalence(of []band, age int) int {
	percent := 0
	for _, b := range of {
		if age >= b.from {
			percent = b.percent
		}
	}
	return percent
}

var (
	hypertension = disorder("I10", "特发性(原发性)高血压")
	diabetes     = disorder("E11.9", "2型糖尿病不伴有并发症")
)

// ailment is one managed disease of one patient. Levels are in mmHg, or in hundredths of mmol/L.
type ailment struct {
	condition string
	code      coding
	level     int // about which the values lie
	floor     int // to which treatment brings it
	step      int // least that a change of treatment brings
	drugs     []drug
	reserve   []drug // what is added when the first does not do
}

// course is the management of a patient.
type course struct {
	pressure, glucose *ailment // nil without the disease
	both              []*ailment
	kind              string
	visits            int
	failures          int // in a row
}

// manage writes the care of a patient with hypertension, diabetes or both: the diagnosis, follow-ups, changes of
// treatment, referrals, the yearly check
// (国家基本公共卫生服务规范, third edition, 2017: hypertension, diabetes).
func (h *history) manage(high, sweet bool) {
	at := h.until.AddDate(0, 0, -h.r.between(270, 470))
	c := h.course(high, sweet)
	for _, a := range c.both {
		onset := at.AddDate(0, 0, -h.r.between(0, 2500))
		h.condition(diagnosed{id: a.condition[len("Condition/"):], code: a.code, lasting: true,
			from: onset, recorded: h.opening(at), by: h.g.familyDoctor(h.p)})
	}
	first := true
	var last visit
	for at.Before(h.until) {
		v, satisfied, danger := h.followUp(c, at)
		if first {
			h.treat(c, v)
			first = false
		}
		at = h.next(c, v, satisfied, danger)
		last = v
	}
	for _, a := range c.both {
		for _, d := range a.drugs {
			status := "active"
			if !h.p.death.IsZero() {
				status = "stopped"
			}
			h.prescribe(last, d, a.condition, status, 84) // at most 12 weeks: 长期处方管理规范（试行）, 2021
		}
	}
	h.yearly(c)
}

func (h *history) course(high, sweet bool) *course {
	c := &course{kind: "高血压、2型糖尿病患者随访"}
	obstinate := h.r.chance(13)
	if high {
		c.pressure = h.ailment(hypertension, 148, 168, 121, 133, 7)
		c.pressure.drugs = []drug{pick(h.r, []drug{amlodipine, amlodipine, enalapril})}
		c.pressure.reserve = []drug{valsartan, metoprolol}
		if obstinate {
			c.pressure.floor += 22
		}
		c.both = append(c.both, c.pressure)
	}
	if sweet {
		c.glucose = h.ailment(diabetes, 860, 1150, 590, 655, 60)
		c.glucose.drugs = []drug{metformin}
		c.glucose.reserve = []drug{pick(h.r, []drug{glimepiride, acarbose}), atorvastatin}
		if obstinate {
			c.glucose.floor += 180
		}
		c.both = append(c.both, c.glucose)
	}
	switch {
	case !sweet:
		c.kind = "高血压患者随访"
	case !high:
		c.kind = "2型糖尿病患者随访"
	}
	return c
}

func (h *history) ailment(code coding, worst, worse, good, fair, step int) *ailment {
	return &ailment{condition: "Condition/" + h.id("Condition"), code: code,
		level: h.r.between(worst, worse), floor: h.r.between(good, fair), step: step}
}

// followUp writes one follow-up and says whether its values satisfy, and whether they are dangerous.
func (h *history) followUp(c *course, day time.Time) (v visit, satisfied, danger bool) {
	e := encounter{class: ambulatory, kind: c.kind, at: h.opening(day), place: h.clinic, by: h.nearby(), because: c.both[0].condition}
	switch {
	case c.failures > 0 && c.glucose == nil && h.r.chance(25): // a second look, from a device at home
		e.class = virtual
	case h.clinic != h.p.home.village.town.centre && h.r.chance(30), h.age() > 82:
		e.class = atHome
	}
	v = h.see(e)
	satisfied, danger = h.values(c, v)
	if c.visits%3 == 0 && e.class != virtual {
		h.pulse(v)
		h.weigh(v)
	}
	c.visits++
	return v, satisfied, danger
}

// values measures what the diseases of the patient are followed by. Satisfied is < 140/90, from 65 years on < 150/90, and
// a fasting glucose < 7.0 (国家基本公共卫生服务规范, third edition, 2017).
func (h *history) values(c *course, v visit) (satisfied, danger bool) {
	upper := h.r.around(126, 7)
	if c.pressure != nil {
		upper = h.r.around(c.pressure.level, 6)
	}
	lower := h.diastolicFor(upper)
	h.pressure(v, upper, lower)
	limit := 140
	if h.p.age(v.at) >= 65 {
		limit = 150
	}
	satisfied = upper < limit && lower < 90
	danger = upper >= 180 || lower >= 110
	if c.glucose != nil {
		g := max(h.r.around(c.glucose.level, 42), 420)
		h.measure(v, glucose, g)
		if c.visits%4 == 1 {
			h.measure(v, haemoglobin, haemoglobinFor(g))
		}
		satisfied = satisfied && g < 700
		danger = danger || g >= 1670
	}
	return satisfied, danger
}

// haemoglobinFor is the HbA1c in tenths of a percent that goes with a fasting glucose in hundredths of mmol/L: the usual
// relation to the mean glucose, which is taken as a tenth above the fasting one.
func haemoglobinFor(glucose int) int { return (glucose*11/10 + 259) * 10 / 159 }

// next reacts to a follow-up and says when the next one is due: after satisfying values in three months; after others
// treatment changes and two weeks pass; after the second time in a row, or danger, a hospital sees the patient.
func (h *history) next(c *course, v visit, satisfied, danger bool) time.Time {
	soon := v.at.AddDate(0, 0, h.r.between(12, 14))
	later := v.at.AddDate(0, 0, h.r.between(84, 92))
	if satisfied {
		c.failures = 0
		return later
	}
	c.failures++
	switch {
	case c.failures == 2 || danger:
		if at := v.at.AddDate(0, 0, h.r.between(2, 5)); at.Before(h.until) {
			h.refer(c, at)
		}
		return soon
	case c.failures > 2: // the hospital's treatment needs time
		c.failures = 0
		return later
	}
	h.improve(c)
	return soon
}

// improve brings the levels down, and adds a drug where there is a long way to go.
func (h *history) improve(c *course) (added []*ailment) {
	for _, a := range c.both {
		if a.level <= a.floor {
			continue
		}
		a.level = max(a.floor, a.level-h.r.between(a.step, 3*a.step))
		if len(a.reserve) > 0 && h.r.chance(40) {
			a.drugs, a.reserve = append(a.drugs, a.reserve[0]), a.reserve[1:]
			added = append(added, a)
		}
	}
	return added
}

// refer writes the visit to the county hospital.
func (h *history) refer(c *course, day time.Time) {
	specialist, upper := endocrine, h.r.around(126, 7)
	if c.pressure != nil {
		specialist, upper = cardiology, h.r.around(c.pressure.level, 6)
	}
	v := h.see(encounter{class: ambulatory, kind: "上级医院转诊门诊", at: h.opening(day), place: hospital,
		by: h.doctor(hospital, specialist), because: c.both[0].condition})
	h.pressure(v, upper, h.diastolicFor(upper))
	for _, a := range h.improve(c) {
		h.prescribe(v, a.drugs[len(a.drugs)-1], a.condition, "completed", 28)
	}
}

// treat writes the first prescriptions.
func (h *history) treat(c *course, v visit) {
	for _, a := range c.both {
		h.prescribe(v, a.drugs[0], a.condition, "completed", 28)
	}
}

// yearly writes the yearly check of a managed patient: what the follow-ups leave out.
func (h *history) yearly(c *course) {
	day := h.until.AddDate(0, 0, -h.r.between(20, 300))
	v := h.see(encounter{class: ambulatory, kind: "年度健康检查", at: h.opening(day),
		place: h.p.home.village.town.centre, by: h.g.familyDoctor(h.p)})
	h.measure(v, bodyHeight, h.height)
	if c.glucose == nil {
		h.measure(v, glucose, h.r.around(545, 38))
	}
}
