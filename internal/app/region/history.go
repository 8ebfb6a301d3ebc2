package region

import (
	"cmp"
	"time"
)

// history writes what happened to one resident.
type history struct {
	g       *generator
	r       random
	b       *bundle
	p       *person
	numbers int       // of resources so far
	since   time.Time // the first day of the record of care; what a child was vaccinated with goes back to the birth
	until   time.Time // midnight of the day on which nothing happens any more
	body    body
	high    fate // hypertension
	sweet   fate // diabetes
	allergy *allergen
}

// live writes the record of a resident: how life ended, what lasts, what is owed to everybody, what came and went.
func (g *generator) live(r random, b *bundle, p *person) {
	h := &history{g: g, r: r, b: b, p: p, since: laterOf(g.since(), p.birth), until: g.today}
	h.body = h.grown()
	if !p.death.IsZero() {
		h.lastDays()
	}
	if r.chance(8) && !p.newborn {
		h.allergic()
	}
	h.vaccinations()
	h.grow()
	h.motherhood()
	h.high = h.fateOf(hypertensionAt, knownPressure)
	h.sweet = h.fateOf(diabetesAt, knownGlucose)
	h.manage()
	h.checkups()
	h.lastings()
	h.screenings()
	h.illnesses()
	h.pandemic()
	h.admissions()
}

// age is in whole years on a day.
func (h *history) age(on time.Time) int { return h.p.age(on) }

// within tells whether a day is one of the record.
func (h *history) within(day time.Time) bool { return !day.Before(h.since) && day.Before(h.until) }

// years calls of for each year of the record, the latest first, with some day of it that is drawn; early ones are left out where the
// record is shorter.
func (h *history) years(of func(day time.Time)) {
	for k := range h.g.years {
		if day := h.until.AddDate(-k, 0, -h.r.between(5, 360)); h.within(day) {
			of(day)
		}
	}
}

// id is a new id for a resource of this resident.
func (h *history) id(resourceType string) string {
	h.numbers++
	return resourceID(h.g.seed, resourceType, h.p.serial, h.numbers)
}

// patient is who the resident is to an institution: a hospital that has a Patient of its own writes about that one.
func (h *history) patient(place string) string {
	if c := h.p.copy; c != nil && c.hospital == place {
		return "Patient/" + c.id
	}
	return "Patient/" + h.p.id
}

// lead is the hospital to which the resident's centre refers.
func (h *history) lead() string { return h.p.home.street.lead }

// opening is a time of work on a day; Sundays give way to the Saturday before.
func (h *history) opening(day time.Time) time.Time {
	day = midnight(day)
	if day.Weekday() == time.Sunday && day.After(h.p.birth) {
		day = day.AddDate(0, 0, -1)
	}
	minute := h.r.between(8*60, 11*60+20)
	if h.r.chance(45) {
		minute = h.r.between(14*60, 16*60+50)
	}
	return day.Add(time.Duration(minute) * time.Minute)
}

func midnight(t time.Time) time.Time {
	year, month, day := t.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, china)
}

func laterOf(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// custodian is the institution that answers for what belongs to a visit; for what belongs to none, the resident's own centre.
func (h *history) custodian(v visit) string { return cmp.Or(v.place, h.p.centre()) }

// place is the institution of that id.
func place(id string) *institution {
	for i := range institutions {
		if institutions[i].id == id {
			return &institutions[i]
		}
	}
	panic("region: no institution " + id) // the tables of this package are wrong
}

// doctor is someone of an institution who treats people, of one of the departments if there are such.
func (h *history) doctor(institution string, departments ...coding) *clinician {
	staff := h.g.staff[institution]
	var fit, any []*clinician
	for i := range staff {
		c := &staff[i]
		if !c.job.treats() {
			continue
		}
		any = append(any, c)
		for _, d := range departments {
			if c.department == d {
				fit = append(fit, c)
			}
		}
	}
	if fit != nil {
		return pick(h.r, fit)
	}
	return pick(h.r, any)
}

// analyst is who does the laboratory work of an institution.
func (h *history) analyst(institution string) *clinician {
	for i := range h.g.staff[institution] {
		if c := &h.g.staff[institution][i]; c.job == technician {
			return c
		}
	}
	panic("region: no technician at " + institution)
}

// family is the resident's family doctor.
func (h *history) family() *clinician { return h.g.familyDoctor(h.p) }
