package region

import "time"

var (
	hypertension = disorder("I10", "特发性(原发性)高血压")
	diabetes     = disorder("E11.9", "2型糖尿病不伴有并发症")
)

// ailment is one managed disease of one patient. Levels are in mmHg, or in hundredths of mmol/L.
type ailment struct {
	condition string
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
	obstinate         bool
	visits            int
	failures          int // in a row
}

// manage writes the care of a patient with hypertension, diabetes or both from the day on which they are known: the diagnosis,
// follow-ups, changes of treatment, referrals (国家基本公共卫生服务规范, third edition, 2017: hypertension, diabetes).
func (h *history) manage() {
	first := h.high.known
	if first.IsZero() || !h.sweet.known.IsZero() && h.sweet.known.Before(first) {
		first = h.sweet.known
	}
	if first.IsZero() {
		return
	}
	c := &course{obstinate: h.r.chance(13)}
	at := first
	if at.Before(h.since) {
		at = h.since.AddDate(0, 0, h.r.between(1, 85))
	}
	for at.Before(h.until) {
		added := h.diagnose(c, at)
		v, satisfied, danger := h.followUp(c, at)
		for _, a := range added {
			h.prescribe(v, a.drugs[0], a.condition, 28)
		}
		at = h.next(c, v, satisfied, danger)
	}
}

// diagnose takes up a disease that has become known.
func (h *history) diagnose(c *course, on time.Time) (added []*ailment) {
	if c.pressure == nil && h.high.knew(on) {
		c.pressure = h.ailment(c, hypertension, h.high, 148, 168, 121, 133, 7, 22)
		c.pressure.drugs = []drug{pick(h.r, []drug{amlodipine, amlodipine, enalapril})}
		c.pressure.reserve = []drug{valsartan, metoprolol}
		added = append(added, c.pressure)
	}
	if c.glucose == nil && h.sweet.knew(on) {
		c.glucose = h.ailment(c, diabetes, h.sweet, 860, 1150, 590, 655, 60, 180)
		c.glucose.drugs = []drug{metformin}
		c.glucose.reserve = []drug{pick(h.r, []drug{glimepiride, acarbose}), atorvastatin}
		added = append(added, c.glucose)
	}
	switch {
	case c.glucose == nil:
		c.kind = "高血压患者随访"
	case c.pressure == nil:
		c.kind = "2型糖尿病患者随访"
	default:
		c.kind = "高血压、2型糖尿病患者随访"
	}
	return added
}

// ailment writes the diagnosis. Of those who were ill before the record begins, treatment has done its work already.
func (h *history) ailment(c *course, code coding, f fate, worst, worse, good, fair, step, more int) *ailment {
	id := h.id("Condition")
	h.condition(diagnosed{id: id, code: code, lasting: true, from: f.onset, recorded: h.opening(f.known), by: h.family()})
	a := &ailment{condition: "Condition/" + id, level: h.r.between(worst, worse), floor: h.r.between(good, fair), step: step}
	if c.obstinate {
		a.floor += more
	}
	if f.known.Before(h.since) {
		a.level = a.floor + h.r.between(0, 2*step)
	}
	c.both = append(c.both, a)
	return a
}

// followUp writes one follow-up and says whether its values satisfy, and whether they are dangerous.
func (h *history) followUp(c *course, day time.Time) (v visit, satisfied, danger bool) {
	e := encounter{class: ambulatory, kind: c.kind, at: h.opening(day), place: h.p.centre(), by: h.family(), because: c.both[0].condition}
	switch {
	case c.failures > 0 && c.glucose == nil && h.r.chance(25): // a second look, from a device at home
		e.class = virtual
	case h.age(day) > 82, h.r.chance(8):
		e.class = atHome
	}
	v = h.see(e)
	satisfied, danger = h.values(c, v)
	if c.visits%4 == 0 && e.class != virtual {
		h.weigh(v)
	}
	c.visits++
	return v, satisfied, danger
}

// values measures what the diseases of the patient are followed by. Satisfied is < 140/90, from 65 years on < 150/90, and
// a fasting glucose < 7.0 (国家基本公共卫生服务规范, third edition, 2017).
func (h *history) values(c *course, v visit) (satisfied, danger bool) {
	level, deviation := 124, 7
	if c.pressure != nil {
		level, deviation = c.pressure.level, 6
	}
	upper, lower := h.tension(v, level, deviation)
	limit := 140
	if h.age(v.at) >= 65 {
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

// next reacts to a follow-up and says when the next one is due: after satisfying values in three months, for which there are drugs
// (at most 12 weeks: 长期处方管理规范（试行）, 2021); after others treatment changes and two weeks pass; after the second time in a row,
// or danger, a hospital sees the patient.
func (h *history) next(c *course, v visit, satisfied, danger bool) time.Time {
	soon := v.at.AddDate(0, 0, h.r.between(12, 14))
	later := v.at.AddDate(0, 0, h.r.between(84, 92))
	if satisfied {
		c.failures = 0
		h.supply(c, v)
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
		h.supply(c, v)
		return later
	}
	h.improve(c)
	return soon
}

// supply prescribes what the patient takes until the next regular follow-up.
func (h *history) supply(c *course, v visit) {
	for _, a := range c.both {
		for _, d := range a.drugs {
			h.prescribe(v, d, a.condition, 84)
		}
	}
}

// improve brings the levels down, and adds a drug where there is a long way to go.
func (h *history) improve(c *course) (added []*ailment) {
	for _, a := range c.both {
		if a.level <= a.floor {
			continue
		}
		a.level = max(a.floor, a.level-h.r.between(a.step, 3*a.step))
		if len(a.reserve) > 0 && h.r.chance(18) {
			a.drugs, a.reserve = append(a.drugs, a.reserve[0]), a.reserve[1:]
			added = append(added, a)
		}
	}
	return added
}

// refer writes the visit to the hospital that leads the alliance.
func (h *history) refer(c *course, day time.Time) {
	specialist, level := endocrine, 124
	if c.pressure != nil {
		specialist, level = cardiology, c.pressure.level
	}
	v := h.see(encounter{class: ambulatory, kind: "上级医院转诊门诊", at: h.opening(day), place: h.lead(),
		by: h.doctor(h.lead(), specialist), because: c.both[0].condition})
	h.tension(v, level, 6)
	for _, a := range h.improve(c) {
		h.prescribe(v, a.drugs[len(a.drugs)-1], a.condition, 28)
	}
}
