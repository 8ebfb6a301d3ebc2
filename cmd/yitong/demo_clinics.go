package main

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"yitong/internal/app/region"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/rest"
)

// clinic is how a department of the demo, or a doctor of it, can be booked.
type clinic struct {
	office     string // who opens it
	department string
	post       string // "" for the department as a whole
	price      string
	capacity   int // of a segment, of which onsite are for the window
	onsite     int
	hours      []string // from and to, one behind the other
	days       string
	kind       string
	insurance  string
}

const (
	everyDay    = "mon tue wed thu fri sat sun"
	workingDays = "mon tue wed thu fri"
)

// hospitalDay and centreDay are when clinics take place.
var (
	hospitalDay = []string{"08:00", "12:00", "14:00", "17:00"}
	centreDay   = []string{"08:00", "11:30", "14:00", "17:00", "18:00", "20:30"}
)

// clinics are those of the hospital that leads the alliance, and of the centre.
var clinics = []clinic{
	{hospitalOffice, cardiology, heartDoctor, "50", 4, 1, hospitalDay, workingDays, "expert", "outpatient"},
	{hospitalOffice, cardiology, "PractitionerRole/" + region.Hospital + "-02", "30", 6, 1, hospitalDay, everyDay, "general", "outpatient"},
	{hospitalOffice, endocrine, "PractitionerRole/" + region.Hospital + "-03", "40", 5, 1, hospitalDay, workingDays, "expert", "chronic"},
	{hospitalOffice, "HealthcareService/" + region.Hospital + "-03.03", "PractitionerRole/" + region.Hospital + "-04", "40", 5, 1, hospitalDay[:2], workingDays, "general", "outpatient"},
	{hospitalOffice, "HealthcareService/" + region.Hospital + "-04.03", "PractitionerRole/" + region.Hospital + "-13", "30", 6, 1, hospitalDay, workingDays, "general", "outpatient"},
	{hospitalOffice, "HealthcareService/" + region.Hospital + "-07", "PractitionerRole/" + region.Hospital + "-15", "40", 6, 2, hospitalDay, everyDay, "general", "outpatient"},
	{hospitalOffice, "HealthcareService/" + region.Hospital + "-03", "", "20", 10, 3, hospitalDay, everyDay, "general", "outpatient"},
	{string(gate.Office), atCentre, doctorsPost, "8", 4, 1, centreDay, everyDay, "general", "outpatient"},
	{string(gate.Office), atCentre, "PractitionerRole/" + region.Centre + "-02", "8", 4, 1, centreDay[:4], workingDays, "general", "outpatient"},
	{string(gate.Office), rehabilitation, "PractitionerRole/" + region.Centre + "-07", "8", 3, 1, centreDay[2:4], workingDays, "general", "outpatient"},
}

const (
	rehabilitation = "HealthcareService/" + region.Centre + "-21"
	demoSegment    = 30 // minutes
	demoAhead      = 7  // days
)

// parameters are those of $open-clinic.
func (c clinic) parameters(today string) map[string]any {
	integer := func(name string, n int) map[string]any { return map[string]any{"name": name, "valueInteger": n} }
	text := func(name, value string) map[string]any { return map[string]any{"name": name, "valueString": value} }
	p := parametersOf("department", c.department, "from", today, "opens", "07:00")
	list := append(p["parameter"].([]map[string]any), integer("segment", demoSegment), integer("ahead", demoAhead), map[string]any{"name": "price", "valueDecimal": json.Number(c.price)},
		map[string]any{"name": "kind", "valueCode": c.kind}, map[string]any{"name": "insurance", "valueCode": c.insurance})
	if c.post != "" {
		list = append(list, parametersOf("doctor", c.post)["parameter"].([]map[string]any)...)
	}
	if c.post == heartDoctor { // whom more want than there are places
		list = append(list, map[string]any{"name": "draw", "valueBoolean": true}, integer("enter", 48))
	}
	for i := 0; i+1 < len(c.hours); i += 2 {
		parts := []map[string]any{text("from", c.hours[i]), text("to", c.hours[i+1]), integer("capacity", c.capacity), integer("onsite", c.onsite), integer("extra", 2)}
		for _, day := range strings.Fields(c.days) {
			parts = append(parts, map[string]any{"name": "day", "valueCode": day})
		}
		parts = append(parts, map[string]any{"name": "holidays", "valueBoolean": c.days == everyDay})
		list = append(list, map[string]any{"name": "session", "part": parts})
	}
	p["parameter"] = list
	return p
}

// openClinics opens the clinics, so that there is something to book.
func openClinics(ctx context.Context, people map[string]*visitor, _ shown) error {
	today := time.Now().In(china).Format(time.DateOnly)
	for _, c := range clinics {
		if _, err := people[c.office].operate(ctx, "Schedule/$open-clinic", c.parameters(today)); err != nil {
			return err
		}
	}
	return nil
}

// bookVisits: the resident and the proxy book online, and the guide for people at the window, of whom some have come.
func bookVisits(ctx context.Context, people map[string]*visitor, who shown) error {
	resident, proxy, guide := people[name(gate.Resident)], people[name(gate.Proxy)], people[name(gate.Guide)]
	if _, err := resident.book(ctx, cardiology, 2, 3, ""); err != nil {
		return err
	}
	if _, err := proxy.book(ctx, endocrine, 3, 2, ""); err != nil {
		return err
	}
	come, err := guide.residents(ctx, who)
	if err != nil {
		return err
	}
	today := time.Now().In(china).Format(time.DateOnly)
	for i, patient := range come {
		visit, err := guide.book(ctx, atCentre, i%3/2, i, patient) // two of three today
		if err != nil {
			return err
		}
		if i > 0 || !strings.HasPrefix(visit.start, today) {
			continue
		}
		if _, err := guide.operate(ctx, visit.name+"/$arrive", parametersOf()); err != nil {
			return err
		}
	}
	return nil
}

// windowVisits is how many people of the demo are booked for at the window.
const windowVisits = 9

// residents are some of those who come to the window, and are alive.
func (v *visitor) residents(ctx context.Context, who shown) (names []string, err error) {
	_, err = v.find(ctx, "Patient?_count=60&_sort=_id", func(r fhir.Resource) bool {
		name := r.Type.String() + "/" + r.ID
		if !r.Root.Get("deceasedDateTime").Exists() && name != who.resident.name && name != who.ward.name {
			names = append(names, name)
		}
		return len(names) == windowVisits
	})
	if len(names) > 0 {
		err = nil // of a very small city there are fewer
	}
	return names, err
}

// booked is a visit that somebody has booked.
type booked struct{ name, start string }

// book takes a place at a department, or with a doctor, from so many days on, at the first time that has one behind so many others.
func (v *visitor) book(ctx context.Context, at string, days, skip int, patient string) (b booked, err error) {
	of := "department"
	if strings.HasPrefix(at, "PractitionerRole/") {
		of = "doctor"
	}
	from := time.Now().In(china).AddDate(0, 0, days).Format(time.DateOnly)
	sought, err := json.Marshal(parametersOf(of, at, "from", from))
	if err != nil {
		return b, err
	}
	text, err := v.send(ctx, http.MethodPost, rest.Base+"/Slot/$find", "application/fhir+json", sought)
	if err != nil {
		return b, err
	}
	tree, err := fhir.Parse(text)
	if err != nil {
		return b, err
	}
	for p := tree.Root().Get("parameter").First(); p.Exists(); p = p.Next() {
		slot, free := "", int64(0)
		for part := p.Get("part").First(); part.Exists(); part = part.Next() {
			switch part.Get("name").Str() {
			case "slot":
				slot = part.Get("valueReference").Get("reference").Str()
			case "start":
				b.start = part.Get("valueInstant").Str()
			case "free":
				free, _ = part.Get("valueInteger").Int()
			}
		}
		if free == 0 {
			continue
		}
		if skip--; skip >= 0 {
			continue
		}
		given := parametersOf()
		if patient != "" {
			given = parametersOf("patient", patient)
		}
		b.name, err = v.operate(ctx, slot+"/$book", given)
		return b, err
	}
	return b, fault.Wrap(nil, "the demo's work: nothing is free at "+at)
}
