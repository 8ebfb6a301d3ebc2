package region

import (
	"fmt"

	"yitong/internal/fhir/profiles"
	"yitong/internal/fhir/r4"
)

var (
	nationalID     = hl7("v2-0203", "NI", "居民身份证号")
	medicalRecord  = hl7("v2-0203", "MR", "居民健康档案编号")
	birthDocument  = coding{profiles.IdentityDocuments, "111", "出生医学证明"}
	motherOf       = hl7("v3-RoleCode", "MTH", "母亲")
	maritalDisplay = map[string]string{"M": "已婚", "S": "未婚", "W": "丧偶"}
)

func (g *generator) patient(p *person) r4.Patient {
	v := r4.NewPatient()
	v.SetID(p.id)
	answer(v.Resource, p.home.village.town.centre, profiles.Resident)
	ethnic := v.Extension().Add()
	ethnic.SetURL(profiles.EthnicGroup)
	coding{ethnicSystem, p.people.code, p.people.name}.in(ethnic.ValueCoding())
	if p.citizen != "" {
		identify(v.Identifier(), "official", citizenSystem, p.citizen, nationalID)
	} else {
		identify(v.Identifier(), "temp", birthSystem, p.birthCertificate(), birthDocument)
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
	home := v.Address().Add()
	home.SetUse("home")
	address(home, p.home.village.town, p.home.line)
	if p.married != "" {
		hl7("v3-MaritalStatus", p.married, maritalDisplay[p.married]).as(v.MaritalStatus())
	}
	g.familyDoctor(p).named.in(v.GeneralPractitioner().Add())
	v.ManagingOrganization().SetReference("Organization/" + p.home.village.town.centre)
	return v
}

func called(to r4.HumanName, n name) {
	to.SetUse("official")
	to.SetText(n.text)
	to.SetFamily(n.family)
	to.Given().Add(n.given)
}

// birthCertificate is the number of a newborn's 出生医学证明: a letter and nine digits.
func (p *person) birthCertificate() string { return fmt.Sprintf("Y%s%07d", provinceOf, p.serial) }

// familyDoctor is the same for all of a household.
func (g *generator) familyDoctor(p *person) *clinician {
	team := g.staff[p.home.village.town.centre][:2] // the physicians of a health centre come first
	return &team[p.home.number%len(team)]
}

// relatedPerson is the mother, who speaks for her child.
func (g *generator) relatedPerson(p *person) r4.RelatedPerson {
	v := r4.NewRelatedPerson()
	v.SetID(resourceID(g.seed, "RelatedPerson", p.serial, 0))
	answer(v.Resource, p.home.village.town.centre)
	v.SetActive(true)
	v.Patient().SetReference("Patient/" + p.id)
	motherOf.as(v.Relationship().Add())
	called(v.Name().Add(), p.parent.name)
	phone(v.Telecom(), "mobile", p.parent.phone)
	v.SetGender(gender(p.parent.male))
	v.SetBirthDate(date(p.parent.birth))
	return v
}
