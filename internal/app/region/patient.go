package region

import (
	"yitong/internal/fhir/profiles"
	"yitong/internal/fhir/r4"
)

var (
	medicalRecord  = hl7("v2-0203", "MR", "居民健康档案编号")
	maritalDisplay = map[string]string{"M": "已婚", "S": "未婚", "W": "丧偶"}
)

func (g *generator) patient(p *person) r4.Patient {
	v := r4.NewPatient()
	v.SetID(p.id)
	answer(v.Resource, p.centre(), profiles.Resident)
	ethnic := v.Extension().Add()
	ethnic.SetURL(profiles.EthnicGroup)
	coding{ethnicSystem, p.people.code, p.people.name}.in(ethnic.ValueCoding())
	for _, d := range p.papers {
		identify(v.Identifier(), d.use, d.system, d.number, d.kind)
	}
	identify(v.Identifier(), "usual", recordSystem, p.record, medicalRecord)
	v.SetActive(true)
	called(v.Name().Add(), p.name)
	if p.phone != "" {
		phone(v.Telecom(), "mobile", p.phone)
	}
	v.SetGender(gender(p.male))
	v.SetBirthDate(date(p.birth))
	if !p.death.IsZero() {
		v.SetDeceasedDateTime(dateTime(p.death))
	}
	address(v.Address().Add(), "home", p.home.street, p.home.line)
	if p.married != "" {
		hl7("v3-MaritalStatus", p.married, maritalDisplay[p.married]).as(v.MaritalStatus())
	}
	g.familyDoctor(p).named.in(v.GeneralPractitioner().Add())
	v.ManagingOrganization().SetReference("Organization/" + p.centre())
	if p.copy != nil {
		l := v.Link().Add()
		l.Other().SetReference("Patient/" + p.copy.id)
		l.SetType("seealso")
	}
	return v
}

func called(to r4.HumanName, n name) {
	to.SetUse("official")
	to.SetText(n.text)
	to.SetFamily(n.family)
	to.Given().Add(n.given)
}

// familyDoctor is the same for all of a household.
func (g *generator) familyDoctor(p *person) *clinician {
	team := g.staff[p.centre()][:2] // the physicians of a health centre come first
	return &team[p.home.number%len(team)]
}
