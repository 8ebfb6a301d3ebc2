package region

import (
	"encoding/json"

	"yitong/internal/fhir/profiles"
)

// measure is something that is measured, in units of its last decimal place.
type measure struct {
	code       coding
	unit, ucum string
	places     int
	laboratory bool
	low, high  int    // of the reference range, where high is set
	vital      string // the name of HL7's profile of this vital sign
	mean, sd   int    // of people who are well, where it is drawn
	women      *measure
	old        *[2]int // the range from 60 years on, where it differs
}

func loinc(code, display string) coding { return coding{loincSystem, code, display} }

var (
	heartRate   = measure{code: loinc("8867-4", "心率"), unit: "次/分", ucum: "/min", vital: "heartrate"}
	temperature = measure{code: loinc("8310-5", "体温"), unit: "℃", ucum: "Cel", places: 1, vital: "bodytemp"}
	bodyWeight  = measure{code: loinc("29463-7", "体重"), unit: "kg", ucum: "kg", places: 1, vital: "bodyweight"}
	bodyHeight  = measure{code: loinc("8302-2", "身高"), unit: "cm", ucum: "cm", places: 1, vital: "bodyheight"}
	glucose     = measure{loinc("14771-0", "空腹血糖"), "mmol/L", "mmol/L", 2, true, 390, 610, "", 535, 40, nil, nil}
	haemoglobin = measure{loinc("4548-4", "糖化血红蛋白"), "%", "%", 1, true, 40, 60, "", 52, 3, nil, nil} // HbA1c
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

func (m measure) amount(units int) amount {
	return amount{json.Number(decimal(units, m.places)), m.unit, unitSystem, m.ucum}
}

// measure writes one value, and names it.
func (h *history) measure(v visit, m measure, units int) (ref string) {
	o := h.observation(v, m)
	value := m.amount(units)
	o.Quantity = &value
	if m.high > 0 {
		switch {
		case units > m.high:
			o.Interpretation = []concepts{conceptsOf(tooHigh)}
		case units < m.low:
			o.Interpretation = []concepts{conceptsOf(tooLow)}
		}
		high := m.amount(m.high)
		o.Normal = []normal{{High: &high}}
		if m.low > 0 {
			low := m.amount(m.low)
			o.Normal[0].Low = &low
		}
	}
	h.b.add(o.ResourceType, o.ID, o)
	return "Observation/" + o.ID
}

// pressure writes systolic and diastolic pressure in mmHg; from 140/90 on it is high (国家基本公共卫生服务规范, third edition, 2017).
func (h *history) pressure(v visit, upper, lower int) {
	o := h.observation(v, pressure)
	if upper >= 140 || lower >= 90 {
		o.Interpretation = []concepts{conceptsOf(tooHigh)}
	}
	o.Component = []component{
		{conceptsOf(systolic.code), systolic.amount(upper)},
		{conceptsOf(diastolic.code), diastolic.amount(lower)},
	}
	h.b.add(o.ResourceType, o.ID, o)
}

// observation is what all observations of a visit have.
func (h *history) observation(v visit, m measure) *observation {
	category, by := vitalSigns, v.by
	profile := []string{profiles.Observation, "http://hl7.org/fhir/StructureDefinition/" + m.vital}
	if m.laboratory {
		category, by, profile = laboratory, h.analyst(v.place), []string{profiles.ObservationLab}
	}
	return &observation{
		ResourceType: "Observation", ID: h.id("Observation"), Meta: answering(h.custodian(v), profile...), Status: "final",
		Category: []concepts{conceptsOf(category)}, Code: conceptsOf(m.code), Subject: refer(h.patient(v.place)), Encounter: refer(v.ref),
		Effective: dateTime(v.at), Performer: []named{by.named},
	}
}
