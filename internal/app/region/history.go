package region

import (
	"cmp"
	"time"

	"yitong/internal/fhir/profiles"
	"yitong/internal/fhir/r4"
)

// years is how far the clinical record goes back; what children were vaccinated with goes back to their birth.
const years = 2

// history writes what happened to one resident.
type history struct {
	g       *generator
	r       random
	b       *bundle
	p       *person
	numbers int       // of resources so far
	until   time.Time // midnight of the day on which nothing happens any more
	height  int       // of adults, in mm
	weight  int       // of adults, in hundreds of grams
	clinic  string    // the institution that is nearest
	allergy *allergen
}

// live writes the record of a resident.
func (g *generator) live(r random, b *bundle, p *person) {
	h := &history{g: g, r: r, b: b, p: p, until: g.today, clinic: p.home.village.town.centre}
	if c := p.home.village.clinic; c != "" && r.chance(60) {
		h.clinic = c
	}
	if !p.death.IsZero() {
		h.lastDays()
	}
	if r.chance(8) && !p.newborn {
		h.allergic()
	}
	if h.age() < 18 {
		h.grow()
	} else {
		h.adult()
	}
	h.illnesses()
}

// adult writes what follows from age and from the two diseases that the region manages.
func (h *history) adult() {
	h.stature()
	age := h.age()
	high := h.r.chance(prevalence(hypertensionAt, age))
	sweet := h.r.chance(prevalence(diabetesAt, age))
	diagnosed := [2]bool{high && h.r.chance(64), sweet && h.r.chance(62)}
	switch managed := diagnosed[0] || diagnosed[1]; {
	case managed:
		h.manage(diagnosed[0], diagnosed[1])
	default:
		h.checkups(high, sweet)
	}
	if h.g.delivered(h.p) {
		h.delivery()
	} else if h.r.chance(admissionPercent(age)) {
		h.admission()
	}
}

func (h *history) age() int { return h.p.age(h.until) }

func (h *history) since() time.Time { return h.until.AddDate(-years, 0, 0) }

// id is a new id for a resource of this resident.
func (h *history) id(resourceType string) string {
	h.numbers++
	return resourceID(h.g.seed, resourceType, h.p.serial, h.numbers)
}

func (h *history) patient() string { return "Patient/" + h.p.id }

// opening is a time of work on a day; Sundays give way to the Saturday before.
func (h *history) opening(day time.Time) time.Time {
	day = midnight(day)
	if day.Weekday() == time.Sunday {
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

// Classes of encounters.
var (
	ambulatory = hl7("v3-ActCode", "AMB", "门诊")
	inpatient  = hl7("v3-ActCode", "IMP", "住院")
	virtual    = hl7("v3-ActCode", "VR", "线上")
	atHome     = hl7("v3-ActCode", "HH", "上门")
)

// encounter is what an Encounter is made of.
type encounter struct {
	class    coding
	kind     string
	at       time.Time
	end      time.Time // zero: after some minutes
	place    string    // an institution's id
	by       *clinician
	reason   coding // or:
	because  string // a Condition
	diagnose string // a Condition that was found in it
	leaving  coding // how an inpatient left
}

// visit is an encounter that has been written, for what belongs to it.
type visit struct {
	ref   string
	place string // an institution's id
	at    time.Time
	by    *clinician
}

// custodian is the institution that answers for what belongs to a visit; for what belongs to none, the resident's own centre.
func (h *history) custodian(v visit) string { return cmp.Or(v.place, h.p.home.village.town.centre) }

func (h *history) see(e encounter) visit {
	v := r4.NewEncounter()
	v.SetID(h.id("Encounter"))
	answer(v.Resource, e.place, profiles.Encounter)
	v.SetStatus("finished")
	e.class.in(v.Class())
	v.Type().Add().SetText(e.kind)
	v.Subject().SetReference(h.patient())
	e.by.named.in(v.Participant().Add().Individual())
	if e.end.IsZero() {
		e.end = e.at.Add(time.Duration(h.r.between(6, 25)) * time.Minute)
	}
	v.Period().SetStart(dateTime(e.at))
	v.Period().SetEnd(dateTime(e.end))
	if e.reason.display != "" {
		e.reason.as(v.ReasonCode().Add())
	}
	if e.because != "" {
		v.ReasonReference().Add().SetReference(e.because)
	}
	if e.diagnose != "" {
		v.Diagnosis().Add().Condition().SetReference(e.diagnose)
	}
	if e.leaving.code != "" {
		e.leaving.as(v.Hospitalization().DischargeDisposition())
	}
	place(e.place).named().in(v.ServiceProvider())
	h.b.put(v.Resource)
	return visit{"Encounter/" + v.ID(), e.place, e.at, e.by}
}

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
		if c.job == nurse {
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

// nearby is who looks after the resident at the nearest institution: the village doctor or the family doctor.
func (h *history) nearby() *clinician {
	if h.clinic != h.p.home.village.town.centre {
		return &h.g.staff[h.clinic][0]
	}
	return h.g.familyDoctor(h.p)
}
