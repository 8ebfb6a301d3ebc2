package region

import (
	"fmt"
	"time"

	"yitong/internal/fhir/profiles"
	"yitong/internal/fhir/r4"
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

func (g *generator) practitioner(id string, c *clinician) r4.Practitioner {
	p := r4.NewPractitioner()
	p.SetID(id)
	claim(p.Resource, profiles.Practitioner)
	if c.job <= nurse {
		identify(p.Identifier(), "official", licenceSystem, c.licence(), coding{display: "执业证书编码"})
	} else {
		identify(p.Identifier(), "usual", staffSystem, fmt.Sprintf("%05d", c.number), employee)
	}
	p.SetActive(true)
	n := p.Name().Add()
	n.SetText(c.name.text)
	n.SetFamily(c.name.family)
	n.Given().Add(c.name.given)
	p.SetGender(gender(c.male))
	p.SetBirthDate(date(c.birth))
	if jobs[c.job].name == "" {
		return p
	}
	q := p.Qualification().Add()
	if c.job.treats() {
		identify(q.Identifier(), "official", qualificationSystem, c.qualification(g.number(c)), coding{display: "医师资格证书编码"})
	}
	q.Code().SetText(jobs[c.job].name)
	q.Period().SetStart(date(c.since))
	return p
}

// staffSystem is of the numbers by which employers know those who need no licence of the two kinds.
const staffSystem = base + "staff"

var employee = hl7("v2-0203", "EI", "工号")

// number is a citizen ID number of digits only, as certificates hold them here.
func (g *generator) number(c *clinician) string {
	for {
		if id := g.citizen(&echeng, c.birth, c.male); digits(id) {
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
	return fmt.Sprintf("1%s%s%06d", jobs[c.job].category, echeng.stand(), c.number)
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
	jobs[c.job].role.as(role)
	role.SetText(c.title)
	c.department.as(p.Specialty().Add())
	p.Location().Add().SetReference("Location/" + in.id)
	if id := in.service(c.department); id != "" {
		p.HealthcareService().Add().SetReference("HealthcareService/" + id)
	}
	if c.job.treats() {
		p.Child("availableTime").SetRaw(c.hours())
	}
	return p
}

// hours are when a physician is there: on working days in the morning and in the afternoon, in an emergency department at any time.
func (p post) hours() []byte {
	if p.department == emergency {
		return []byte(`[{"allDay":true}]`)
	}
	const days = `{"daysOfWeek":["mon","tue","wed","thu","fri"],"availableStartTime":`
	return []byte(`[` + days + `"08:00:00","availableEndTime":"12:00:00"},` + days + `"14:00:00","availableEndTime":"17:30:00"}]`)
}

func gender(male bool) string {
	if male {
		return "male"
	}
	return "female"
}
