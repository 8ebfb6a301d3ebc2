package region

import (
	"time"

	"yitong/internal/fhir/profiles"
	"yitong/internal/fhir/r4"
)

var (
	active      = hl7("condition-clinical", "active", "活动")
	resolved    = hl7("condition-clinical", "resolved", "已愈")
	confirmed   = hl7("condition-ver-status", "confirmed", "确诊")
	problemItem = hl7("condition-category", "problem-list-item", "健康问题")
	diagnosis   = hl7("condition-category", "encounter-diagnosis", "就诊诊断")
)

// diagnosed is what a Condition is made of.
type diagnosed struct {
	id       string
	code     coding
	lasting  bool // of the problem list; else of the encounter
	from, to time.Time
	recorded time.Time
	visit    visit // zero when it was found elsewhere
	by       *clinician
}

func (h *history) condition(d diagnosed) {
	c := r4.NewCondition()
	c.SetID(d.id)
	answer(c.Resource, h.custodian(d.visit), profiles.Condition)
	if d.to.IsZero() || !d.to.Before(h.g.today) {
		active.as(c.ClinicalStatus())
	} else {
		resolved.as(c.ClinicalStatus())
		c.SetAbatementDateTime(date(d.to))
	}
	confirmed.as(c.VerificationStatus())
	if d.lasting {
		problemItem.as(c.Category().Add())
	} else {
		diagnosis.as(c.Category().Add())
	}
	d.code.as(c.Code())
	c.Subject().SetReference(h.patient(d.visit.place))
	if d.visit.ref != "" {
		c.Encounter().SetReference(d.visit.ref)
	}
	c.SetOnsetDateTime(date(d.from))
	c.SetRecordedDate(dateTime(d.recorded))
	d.by.named.in(c.Recorder())
	h.b.put(c.Resource)
}

// allergen is what somebody cannot stand.
type allergen struct {
	code       coding
	category   string
	reaction   string
	penicillin bool
}

var allergens = []allergen{
	{atc("J01C", "青霉素类"), "medication", "皮疹", true},
	{atc("J01C", "青霉素类"), "medication", "荨麻疹", true},
	{atc("J01E", "磺胺类"), "medication", "皮疹", false},
	{coding{display: "海鲜"}, "food", "荨麻疹", false},
	{coding{display: "花生"}, "food", "口唇肿胀", false},
	{coding{display: "花粉"}, "environment", "鼻炎", false},
}

// allergic draws an allergy, which the prescriptions respect.
func (h *history) allergic() {
	h.allergy = &allergens[h.r.IntN(len(allergens))]
	by := h.g.familyDoctor(h.p)
	a := r4.NewAllergyIntolerance()
	a.SetID(h.id("AllergyIntolerance"))
	answer(a.Resource, h.custodian(visit{}), profiles.AllergyIntolerance)
	hl7("allergyintolerance-clinical", "active", "活动").as(a.ClinicalStatus())
	hl7("allergyintolerance-verification", "confirmed", "确诊").as(a.VerificationStatus())
	a.SetType("allergy")
	a.Category().Add(h.allergy.category)
	if h.allergy.penicillin {
		a.SetCriticality("high")
	} else {
		a.SetCriticality("low")
	}
	h.allergy.code.as(a.Code())
	a.Patient().SetReference(h.patient(""))
	a.SetRecordedDate(dateTime(h.after(h.p.birth, h.until.AddDate(0, 0, -h.r.between(200, 3500)))))
	by.named.in(a.Recorder())
	a.Reaction().Add().Manifestation().Add().SetText(h.allergy.reaction)
	h.b.put(a.Resource)
}

// after is an opening on the day, or some weeks after birth where the day is earlier than that.
func (h *history) after(birth, day time.Time) time.Time {
	if first := birth.AddDate(0, 0, 20); day.Before(first) {
		day = first
	}
	return h.opening(day)
}
