package region

import (
	"yitong/internal/fhir/profiles"
	"yitong/internal/fhir/r4"
)

// measure is something that is measured, in units of its last decimal place.
type measure struct {
	code       coding
	unit, ucum string
	places     int
	laboratory bool
	low, high  int    // of the reference range, where high is set
	vital      string // the name of HL7's profile of this vital sign
}

func loinc(code, display string) coding { return coding{loincSystem, code, display} }

var (
	heartRate   = measure{code: loinc("8867-4", "心率"), unit: "次/分", ucum: "/min", vital: "heartrate"}
	temperature = measure{code: loinc("8310-5", "体温"), unit: "℃", ucum: "Cel", places: 1, vital: "bodytemp"}
	bodyWeight  = measure{code: loinc("29463-7", "体重"), unit: "kg", ucum: "kg", places: 1, vital: "bodyweight"}
	bodyHeight  = measure{code: loinc("8302-2", "身高"), unit: "cm", ucum: "cm", places: 1, vital: "bodyheight"}
	glucose     = measure{loinc("14771-0", "空腹血糖"), "mmol/L", "mmol/L", 2, true, 390, 610, ""}
	haemoglobin = measure{loinc("4548-4", "糖化血红蛋白"), "%", "%", 1, true, 40, 60, ""} // HbA1c
	pressure    = measure{code: loinc("85354-9", "血压"), vital: "bp"}
	systolic    = measure{code: loinc("8480-6", "收缩压"), unit: "mmHg", ucum: "mm[Hg]"}
	diastolic   = measure{code: loinc("8462-4", "舒张压"), unit: "mmHg", ucum: "mm[Hg]"}
)

var (
	vitalSigns = hl7("observation-category", "vital-signs", "生命体征")
	laboratory = hl7("observation-category", "laboratory", "实验室检查")
	tooHigh    = hl7("v3-ObservationInterpretation", "H", "偏高")
	tooLow     = hl7("v3-ObservationInterpretation", "L", "偏低")
)

func (m measure) quantity(units int) quantity {
	return quantity{decimal(units, m.places), m.unit, m.ucum}
}

// measure writes one value.
func (h *history) measure(v visit, m measure, units int) {
	o := h.observation(v, m)
	m.quantity(units).in(o.ValueQuantity())
	if m.high > 0 {
		switch {
		case units > m.high:
			tooHigh.as(o.Interpretation().Add())
		case units < m.low:
			tooLow.as(o.Interpretation().Add())
		}
		normal := o.ReferenceRange().Add()
		m.quantity(m.low).in(normal.Low())
		m.quantity(m.high).in(normal.High())
	}
	h.b.put(o.Resource)
}

// pressure writes systolic and diastolic pressure in mmHg; from 140/90 on it is high (国家基本公共卫生服务规范, third edition, 2017).
func (h *history) pressure(v visit, upper, lower int) {
	o := h.observation(v, pressure)
	if upper >= 140 || lower >= 90 {
		tooHigh.as(o.Interpretation().Add())
	}
	for _, part := range [...]struct {
		measure
		value int
	}{{systolic, upper}, {diastolic, lower}} {
		c := o.Component().Add()
		part.code.as(c.Code())
		part.quantity(part.value).in(c.ValueQuantity())
	}
	h.b.put(o.Resource)
}

func (h *history) observation(v visit, m measure) r4.Observation {
	o := r4.NewObservation()
	o.SetID(h.id("Observation"))
	category := vitalSigns
	if m.laboratory {
		category = laboratory
		answer(o.Resource, h.custodian(v), profiles.ObservationLab)
	} else {
		answer(o.Resource, h.custodian(v), profiles.Observation, "http://hl7.org/fhir/StructureDefinition/"+m.vital)
	}
	o.SetStatus("final")
	category.as(o.Category().Add())
	m.code.as(o.Code())
	o.Subject().SetReference(h.patient())
	o.Encounter().SetReference(v.ref)
	o.SetEffectiveDateTime(dateTime(v.at))
	v.by.named.in(o.Performer().Add())
	return o
}

// diastolicFor is the lower pressure that goes with an upper one: the gap widens with age.
func (h *history) diastolicFor(upper int) int {
	lower := 84 + (upper-145)*35/100 - (h.age()-60)*25/100 + h.r.around(0, 4)
	return max(48, min(lower, upper-25))
}

// stature draws an adult's height and weight, which the later values keep to.
func (h *history) stature() {
	h.height = h.r.around(1580, 52)
	if h.p.male {
		h.height = h.r.around(1695, 58)
	}
	if h.p.birth.Year() < 1960 {
		h.height -= 35 // they grew up in lean years
	}
	index := min(max(h.r.around(238, 30), 172), 345) // body-mass index in tenths
	h.weight = index * h.height * h.height / 1_000_000
}

// weigh writes the adult's weight of the day.
func (h *history) weigh(v visit) { h.measure(v, bodyWeight, h.weight+h.r.around(0, 7)) }

func (h *history) pulse(v visit) { h.measure(v, heartRate, h.r.around(73, 7)) }
