package region

import (
	"fmt"
	"strings"
	"time"

	"yitong/internal/fhir/profiles"
	"yitong/internal/fhir/r4"
	"yitong/internal/rule"
)

// clinician is a member of staff in the making.
type clinician struct {
	named
	post
	number int // among all staff, from 1
	name   name
	male   bool
	birth  time.Time
	since  time.Time // of the licence
}

// services is the bundle of institutions, their places and their staff.
func (g *generator) services() ([]byte, error) {
	r := newRandom(g.seed, 0)
	b := &bundle{}
	number := 0
	for i := range institutions {
		in := &institutions[i]
		b.put(organization(in, i+1).Resource)
		b.put(location(in).Resource)
		for k, p := range in.posts {
			number++
			c := g.hire(r, p, number)
			id := fmt.Sprintf("%s-%02d", in.id, k+1)
			c.named = named{"Practitioner/" + id, c.name.text}
			g.staff[in.id] = append(g.staff[in.id], c)
			b.put(g.practitioner(r, id, &c).Resource)
			b.put(practitionerRole(in, id, &c).Resource)
		}
	}
	return b.bytes()
}

// organization is an institution; the disease control centre is an authority, the others treat people.
func organization(in *institution, number int) r4.Organization {
	o := r4.NewOrganization()
	o.SetID(in.id)
	claim(o.Resource, profiles.Institution)
	code := creditCode(in.credit, countyCode, fmt.Sprintf("YX%06d", number))
	identify(o.Identifier(), "official", institutionSystem, code, coding{display: "统一社会信用代码"})
	o.SetActive(true)
	kind := o.Type().Add()
	if in.id == disease {
		hl7("organization-type", "govt", "Government").as(kind)
	} else {
		hl7("organization-type", "prov", "Healthcare Provider").as(kind)
	}
	kind.SetText(in.kind)
	o.SetName(in.name)
	phone(o.Telecom(), "work", in.phone(number))
	at := o.Address().Add()
	address(at, in.town, in.address)
	at.Child("_district").SetRaw(fmt.Appendf(nil, `{"extension":[{"url":%q,"valueCoding":%s}]}`, rule.CodingURL,
		object("system", rule.SystemDivision, "code", countyCode)))
	if in.partOf != "" {
		o.PartOf().SetReference("Organization/" + in.partOf)
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
	address(l.Address(), in.town, in.address)
	hl7("location-physical-type", "bu", "Building").as(l.PhysicalType())
	l.Position().SetLongitude(in.longitude)
	l.Position().SetLatitude(in.latitude)
	in.named().in(l.ManagingOrganization())
	return l
}

func (in *institution) named() named { return named{"Organization/" + in.id, in.name} }

// hire draws who holds a post.
func (g *generator) hire(r random, p post, number int) clinician {
	c := clinician{post: p, number: number, male: r.chance(52)}
	if p.job == nurse {
		c.male = r.chance(4)
	}
	age := r.between(p.youngest(), 58)
	c.birth = g.today.AddDate(-age, 0, -r.between(0, 364))
	c.name = newName(surname(r), givenName(r, c.male, c.birth.Year()))
	c.since = time.Date(c.birth.Year()+r.between(23, 26), 7, r.between(1, 28), 0, 0, 0, 0, china)
	return c
}

// youngest is the age from which people hold such a post. Nurses gave the first doses to those who are fourteen today.
func (p post) youngest() int {
	switch {
	case p.job == nurse:
		return 43
	case strings.HasPrefix(p.title, "主任"):
		return 46
	case strings.HasPrefix(p.title, "副主任"):
		return 40
	}
	return 31
}

func (g *generator) practitioner(r random, id string, c *clinician) r4.Practitioner {
	p := r4.NewPractitioner()
	p.SetID(id)
	claim(p.Resource, profiles.Practitioner)
	identify(p.Identifier(), "official", licenceSystem, c.licence(), coding{display: "执业证书编码"})
	p.SetActive(true)
	n := p.Name().Add()
	n.SetText(c.name.text)
	n.SetFamily(c.name.family)
	n.Given().Add(c.name.given)
	p.SetGender(gender(c.male))
	p.SetBirthDate(date(c.birth))
	q := p.Qualification().Add()
	if c.job < villageDoctor {
		identify(q.Identifier(), "official", qualificationSystem, c.qualification(g.number(c)), coding{display: "医师资格证书编码"})
	}
	q.Code().SetText(jobs[c.job].name)
	q.Period().SetStart(date(c.since))
	return p
}

// jobs are named as on the certificate, with the category that physicians' certificates number (10 临床, 30 公共卫生,
// 40 中医).
var jobs = [...]struct{ name, category, role string }{
	physician:     {"执业医师(临床)", "10", "doctor"},
	tcmPhysician:  {"执业医师(中医)", "40", "doctor"},
	publicHealth:  {"执业医师(公共卫生)", "30", "doctor"},
	villageDoctor: {"乡村医生", "50", "doctor"},
	nurse:         {"执业护士", "", "nurse"},
}

// number is a citizen ID number of digits only, as certificates hold them here.
func (g *generator) number(c *clinician) string {
	for {
		if id := g.citizen(c.birth, c.male); digits(id) {
			return id
		}
	}
}

// licence numbers the certificate to practise: 15 digits of physicians (level, category, county, serial), 12 of nurses
// (year, province, serial). Sources contradict each other on the inner split, so nothing should read it.
func (c *clinician) licence() string {
	if c.job == nurse {
		return fmt.Sprintf("%d%s%06d", c.since.Year(), provinceOf, c.number)
	}
	return fmt.Sprintf("1%s%s%06d", jobs[c.job].category, countyCode, c.number)
}

// qualification numbers the physician's certificate: 27 digits of year, province, level, category, citizen ID number.
func (c *clinician) qualification(citizen string) string {
	return fmt.Sprintf("%d%s1%s%s", c.since.Year(), provinceOf, jobs[c.job].category, citizen)
}

func practitionerRole(in *institution, id string, c *clinician) r4.PractitionerRole {
	p := r4.NewPractitionerRole()
	p.SetID(id)
	claim(p.Resource, profiles.PractitionerRole)
	p.SetActive(true)
	p.Period().SetStart(date(c.since))
	c.named.in(p.Practitioner())
	in.named().in(p.Organization())
	role := p.Code().Add()
	hl7("practitioner-role", jobs[c.job].role, "").as(role)
	role.SetText(c.title)
	c.department.as(p.Specialty().Add())
	p.Location().Add().SetReference("Location/" + in.id)
	return p
}

func gender(male bool) string {
	if male {
		return "male"
	}
	return "female"
}
