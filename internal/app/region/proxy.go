package region

import (
	"time"

	"yitong/internal/fhir"
	"yitong/internal/fhir/profiles"
	"yitong/internal/fhir/r4"
)

var (
	motherOf = hl7("v3-RoleCode", "MTH", "母亲")
	childOf  = hl7("v3-RoleCode", "CHILD", "子女")
)

// adulthood for health care: under 14 years a parent consents (个人信息保护法 Art. 31); old people from entrustAge on let a child act.
const (
	minorAge   = 14
	entrustAge = 70
)

// represent writes who speaks for a child, or for an old parent who lives with a child: the relation, and the Consent by which
// that one acts for them on the platform.
func (g *generator) represent(b *bundle, p *person) {
	age := p.age(g.today)
	switch {
	case !p.death.IsZero():
	case p.parent != nil && age < minorAge:
		g.relatedPerson(b, p, p.parent, motherOf)
		g.entrust(b, p, p.parent, p.parent)
	case p.child != nil && age >= entrustAge && p.child.phone != "":
		g.relatedPerson(b, p, p.child, childOf)
		g.entrust(b, p, p, p.child)
	}
}

func (g *generator) relatedPerson(b *bundle, p, who *person, as coding) {
	v := r4.NewRelatedPerson()
	v.SetID(resourceID(g.seed, "RelatedPerson", p.serial, 0))
	answer(v.Resource, p.centre())
	v.SetActive(true)
	v.Patient().SetReference("Patient/" + p.id)
	as.as(v.Relationship().Add())
	called(v.Name().Add(), who.name)
	phone(v.Telecom(), "mobile", who.phone)
	v.SetGender(gender(who.male))
	v.SetBirthDate(date(who.birth))
	b.put(v.Resource)
}

// entrust writes the Consent by which a resident, or the parent who signs for one, lets somebody act. It is the resident's own, so
// no institution answers for it.
func (g *generator) entrust(b *bundle, p, signer, to *person) {
	day := laterOf(p.birth.AddDate(0, 0, 2), g.today.AddDate(0, 0, -30-p.serial%200)).Add(10 * time.Hour)
	c := r4.NewConsent()
	c.SetID(resourceID(g.seed, "Consent", p.serial, 0))
	claim(c.Resource, profiles.Consent)
	c.SetStatus("active")
	hl7("consentscope", "patient-privacy", "Privacy Consent").as(c.Scope())
	loinc("59284-0", "Consent Document").as(c.Category().Add())
	c.Patient().SetReference("Patient/" + p.id)
	c.SetDateTime(dateTime(day))
	c.Performer().Add().SetReference("Patient/" + signer.id)
	c.Organization().Add().SetReference("Organization/" + p.centre())
	c.PolicyRule().SetText("个人信息保护法第二十九条、第三十一条")
	c.Provision().SetType("permit")
	c.Provision().Period().SetStart(dateTime(day))
	actor := c.Provision().Actor().Add()
	coding{display: "代办人"}.as(actor.Role())
	actor.Reference().SetRaw([]byte(`{"reference":` + string(fhir.Quote("Patient/"+to.id)) + `}`))
	b.put(c.Resource)
}
