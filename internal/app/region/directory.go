package region

import (
	"fmt"

	"yitong/internal/fhir/profiles"
	"yitong/internal/fhir/r4"
)

// services is the bundle of institutions, their places, departments and staff, and of the alliances.
func (g *generator) services() ([]byte, error) {
	r := newRandom(g.seed, 0)
	b := &bundle{}
	number := 0
	for i := range institutions {
		in := &institutions[i]
		b.put(organization(in, i+1).Resource)
		b.put(location(in).Resource)
		in.departments(b)
		for k, p := range in.posts {
			number++
			c := g.hire(r, p, number)
			id := fmt.Sprintf("%s-%02d", in.id, k+1)
			c.named = named{"Practitioner/" + id, c.name.text}
			g.staff[in.id] = append(g.staff[in.id], c)
			b.put(g.practitioner(id, &c).Resource)
			b.put(practitionerRole(in, id, &c).Resource)
		}
	}
	for i := range alliances {
		alliances[i].write(b)
	}
	b.add("Endpoint", Platform, endpoint{
		ResourceType: "Endpoint", ID: Platform, Status: "active", Name: "沅蘅互联网医院数据接口", Address: base + "platform",
		Connection: concept(hl7("endpoint-connection-type", "hl7-fhir-rest", "HL7 FHIR")),
		Payload:    []concepts{{Text: "互联网诊疗监管数据"}}, Managing: place(Platform).named(),
	})
	return b.bytes()
}

// organization is an institution, with what it is, its class and its level.
func organization(in *institution, number int) r4.Organization {
	o := r4.NewOrganization()
	o.SetID(in.id)
	claim(o.Resource, profiles.Institution)
	code := creditCode(in.kind.credit, in.street.district.stand(), fmt.Sprintf("CL%06d", number))
	identify(o.Identifier(), "official", institutionSystem, code, coding{display: "统一社会信用代码"})
	o.SetActive(true)
	what := o.Type().Add()
	in.kind.of.as(what)
	what.SetText(in.kind.name)
	if in.kind.class != "" {
		coding{profiles.InstitutionClasses, in.kind.class, in.kind.name}.as(o.Type().Add())
	}
	if in.kind.level.code != "" {
		in.kind.level.as(o.Type().Add())
	}
	o.SetName(in.name)
	phone(o.Telecom(), "work", in.phone(number))
	address(o.Address().Add(), "work", in.street, in.address)
	if in.kind == platform {
		o.Endpoint().Add().SetReference("Endpoint/" + in.id)
	}
	return o
}

// phone is of the area code 0700, which no place has.
func (in *institution) phone(number int) string { return fmt.Sprintf("0700-%07d", number) }

func location(in *institution) r4.Location {
	l := r4.NewLocation()
	l.SetID(in.id)
	claim(l.Resource, profiles.Site)
	l.SetStatus("active")
	l.SetName(in.name)
	l.SetMode("instance")
	address(l.Address(), "work", in.street, in.address)
	hl7("location-physical-type", "bu", "Building").as(l.PhysicalType())
	l.Position().SetLongitude(in.longitude)
	l.Position().SetLatitude(in.latitude)
	in.named().in(l.ManagingOrganization())
	return l
}

func (in *institution) named() named { return named{"Organization/" + in.id, in.name} }

// service is the id of what a department offers, "" for one that is of no medical subject.
func (in *institution) service(d coding) string {
	if d.code == "" {
		return ""
	}
	return in.id + "-" + d.code
}

// departments writes what each department of the institution offers.
func (in *institution) departments(b *bundle) {
	seen := map[string]bool{"": true}
	for _, p := range in.posts {
		id := in.service(p.department)
		if seen[id] {
			continue
		}
		seen[id] = true
		b.add("HealthcareService", id, healthcareService{
			ResourceType: "HealthcareService", ID: id, Active: true, By: in.named(), Name: p.department.display,
			Specialty: []concepts{conceptsOf(p.department)}, Location: []named{{ref: "Location/" + in.id, display: in.name}},
			Extension: in.limit(p.department), Languages: in.languages(p.department),
		})
	}
}

// referralsADay is the extension of a HealthcareService that says how many referrals a day it takes.
const referralsADay = "urn:yitong:referrals-a-day"

// limit says how many referrals a day a department takes, nothing for one that takes none.
func (in *institution) limit(d coding) []countText {
	if n := in.capacity(d); n > 0 {
		return []countText{{referralsADay, n}}
	}
	return nil
}

// languages are those in which a department serves people, in what is called for everywhere and, at higher hospitals, in more.
func (in *institution) languages(d coding) []concepts {
	const language = "urn:ietf:bcp:47"
	all := []concepts{conceptsOf(coding{language, "zh-CN", "普通话"})}
	if in.kind.level == tertiary {
		all = append(all, conceptsOf(coding{language, "en", "英语"}))
	}
	if in.id == Hospital && (d == cardiology || d == paediatrics) {
		all = append(all, conceptsOf(coding{language, "sgn-CN", "中国手语"}))
	}
	return all
}

// write writes the alliance, and by what each institution belongs to it.
func (a *alliance) write(b *bundle) {
	o := r4.NewOrganization()
	o.SetID(a.id)
	o.SetActive(true)
	o.Type().Add().SetText("医疗联合体")
	o.SetName(a.name)
	b.put(o.Resource)
	a.affiliate(b, place(a.lead), coding{profiles.AllianceRoles, "lead", "牵头医院"})
	for _, m := range a.members() {
		a.affiliate(b, m, coding{profiles.AllianceRoles, "member", "成员单位"})
	}
	a.affiliate(b, place(Partner), coding{profiles.AllianceRoles, "partner", "合作医院"})
}

// affiliate writes the agreement of an institution with the hospital that leads the alliance.
func (a *alliance) affiliate(b *bundle, in *institution, as coding) {
	id := a.id + "-" + in.id
	says := []concepts{conceptsOf(as)}
	if in.kind.level.code != "" {
		says = append(says, conceptsOf(in.kind.level))
	}
	if in.hurries() {
		says = append(says, conceptsOf(coding{profiles.AllianceRoles, "green-channel", "绿色通道"}))
	}
	var services []named
	for _, d := range in.receives() {
		services = append(services, named{"HealthcareService/" + in.service(d), d.display})
	}
	b.add("OrganizationAffiliation", id, affiliation{
		ResourceType: "OrganizationAffiliation", ID: id, Active: true, Period: span{agreedFrom, agreedTo}, Organization: place(a.lead).named(),
		Participating: in.named(), Network: []named{{"Organization/" + a.id, a.name}}, Code: says, Services: services,
	})
}
