package region

import (
	"fmt"

	"yitong/internal/fhir/profiles"
	"yitong/internal/fhir/r4"
)

// paper is a document that tells who a person is. Documents that have no system of numbers are known by their kind.
type paper struct {
	use, system, number string
	kind                coding
}

var (
	nationalID    = hl7("v2-0203", "NI", "居民身份证号")
	birthDocument = document("111", "出生医学证明")
	register      = document("02", "居民户口簿")
	passport      = document("031", "中国护照")
	permit        = document("06", "港澳居民来往内地通行证")
)

func document(code, display string) coding { return coding{profiles.IdentityDocuments, code, display} }

const (
	passportPercent = 12 // of adults under 70
	registerPercent = 20 // of people who have also shown the register of their household
	copyPercent     = 7  // of adults whom another hospital knows under a number of its own
)

// documents gives a person their documents; some have several. Children have the register of the household, newborns the
// certificate of their birth, people from Hong Kong and Macao their permit in place of a citizen ID number.
func (g *generator) documents(r random, p *person) {
	age := p.age(g.today)
	switch {
	case p.newborn:
		p.papers = append(p.papers, paper{"temp", birthSystem, fmt.Sprintf("Y%s%07d", provinceOf, p.serial), birthDocument})
	case p.visitor:
		p.papers = append(p.papers, paper{"official", "", fmt.Sprintf("%c99%06d", "HM"[p.serial%2], p.serial%1_000_000), permit})
	default:
		p.citizen = g.citizen(p.home.street.district, p.birth, p.male)
		p.papers = append(p.papers, paper{"official", citizenSystem, p.citizen, nationalID})
		if age < 16 || r.chance(registerPercent) {
			p.papers = append(p.papers, paper{"secondary", "", fmt.Sprintf("%s%07d", provinceOf, p.home.number+1), register})
		}
		if age >= 18 && age < 70 && r.chance(passportPercent) {
			p.papers = append(p.papers, paper{"secondary", "", fmt.Sprintf("YT%07d", p.serial), passport})
		}
	}
	if age >= 18 && p.death.IsZero() && r.chance(copyPercent) {
		p.copy = &source{id: resourceID(g.seed, "Patient", p.serial, 1), hospital: p.home.street.lead, number: fmt.Sprintf("%08d", p.serial)}
	}
}

// source is the Patient that a hospital has made of a person; it refers to the one that stands for the resident.
type source struct{ id, hospital, number string }

func (s *source) write(b *bundle, p *person) {
	if s == nil {
		return
	}
	v := r4.NewPatient()
	v.SetID(s.id)
	answer(v.Resource, s.hospital, profiles.Resident)
	identify(v.Identifier(), "usual", base+s.hospital+"/card", s.number, medicalRecord)
	v.SetActive(true)
	called(v.Name().Add(), p.name)
	v.SetGender(gender(p.male))
	v.SetBirthDate(date(p.birth))
	v.ManagingOrganization().SetReference("Organization/" + s.hospital)
	l := v.Link().Add()
	l.Other().SetReference("Patient/" + p.id)
	l.SetType("refer")
	b.put(v.Resource)
}

// insure writes who pays: 职工基本医疗保险 of those who work or have worked, 城乡居民基本医疗保险 of all others.
func (g *generator) insure(b *bundle, p *person) {
	id := resourceID(g.seed, "Coverage", p.serial, 0)
	kind := "城乡居民基本医疗保险"
	if p.worker {
		kind = "职工基本医疗保险"
	}
	c := coverage{
		ResourceType: "Coverage", ID: id, Meta: answering(p.centre()), Status: "active",
		Type:       concepts{Coding: []concept{concept(hl7("v3-ActCode", "PUBLICPOL", "public healthcare"))}, Text: kind},
		Subscriber: fmt.Sprintf("CL%010d", p.serial), Beneficiary: named{ref: "Patient/" + p.id, display: p.name.text},
		Period: span{Start: date(laterOf(p.birth, g.since()))}, Payor: []named{place(Insurer).named()},
	}
	if !p.death.IsZero() {
		c.Status, c.Period.End = "cancelled", date(p.death)
	}
	b.add("Coverage", id, c)
}
