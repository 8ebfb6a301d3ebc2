package region

import (
	"slices"
	"strings"
	"testing"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
)

// days are ones on which dates are easily wrong.
var days = []time.Time{
	someDay,
	time.Date(2024, 2, 29, 0, 0, 0, 0, china),
	time.Date(2025, 3, 1, 23, 59, 0, 0, china),
	time.Date(2026, 12, 31, 12, 0, 0, 0, china),
}

// times calls found for each date and time in an object.
func times(n fhir.Node, shape *schema.Shape, found func(fhir.Node, *schema.Element)) {
	for m := n.First(); m.Exists(); m = m.Next() {
		el, known := shape.Element(m.Name())
		switch {
		case !known:
		case el.Kind == schema.Primitive:
			if el.Type == "date" || el.Type == "dateTime" {
				found(m, el)
			}
		case m.Kind() == fhir.Array:
			for c := m.First(); c.Exists(); c = c.Next() {
				times(c, el.Shape, found)
			}
		default:
			times(m, el.Shape, found)
		}
	}
}

func TestEverythingHappensBetweenBirthAndToday(t *testing.T) {
	t.Parallel()
	for seed, today := range days {
		w := read(t, Options{Seed: uint64(seed), Residents: 250, Today: today})
		for _, r := range w.resources {
			born, end := time.Time{}, midnight(today.In(china))
			if p, ok := w.byName[subject(r.Root)]; ok && r.Type.String() != "RelatedPerson" {
				born = clock(t, p.Root.Get("birthDate").Str())
				if death := p.Root.Get("deceasedDateTime").Str(); death != "" {
					end = clock(t, death).Add(time.Second)
				}
			}
			times(r.Root, r.Type.Shape(), func(n fhir.Node, el *schema.Element) {
				if el.Name == "expirationDate" {
					return
				}
				if at := clock(t, n.Str()); at.Before(born) || !at.Before(end) {
					t.Errorf("today %s: %s/%s %s is %s; born %s, end %s", date(today), r.Type, r.ID, n.Path(), n.Str(), date(born), dateTime(end))
				}
			})
		}
	}
}

func TestWhatBelongsToAnEncounterHappensInIt(t *testing.T) {
	t.Parallel()
	w := read(t, Options{Seed: 6, Residents: 250, Today: someDay})
	for _, r := range w.resources {
		name := r.Root.Get("encounter").Get("reference").Str()
		if name == "" {
			continue
		}
		e := w.byName[name].Root
		start, end := clock(t, e.Get("period").Get("start").Str()), clock(t, e.Get("period").Get("end").Str())
		if end.Before(start) {
			t.Errorf("%s ends before it begins", name)
		}
		if subject(e) != subject(r.Root) {
			t.Errorf("%s/%s is of another patient than its encounter", r.Type, r.ID)
		}
		for _, member := range []string{"effectiveDateTime", "authoredOn", "recordedDate"} {
			if s := r.Root.Get(member).Str(); s != "" {
				if at := clock(t, s); at.Before(start) || at.After(end) {
					t.Errorf("%s/%s at %s, its encounter from %s to %s", r.Type, r.ID, s, start, end)
				}
			}
		}
	}
}

func TestWhoLivesHere(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		whoLivesIn(t, read(t, Options{Seed: seed, Today: someDay}))
	}
}

func whoLivesIn(t *testing.T, w *world) {
	t.Helper()
	var dead, unnumbered, minority, familyless, old, young int
	namesakes := map[string]int{}
	for _, p := range w.of("Patient") {
		n := &person{birth: clock(t, p.Get("birthDate").Str()).In(china)}
		age := n.age(someDay)
		if age < 0 || age > 96 {
			t.Errorf("a resident of %d years", age)
		}
		name := p.Get("name").Item(0)
		namesakes[name.Get("text").Str()+p.Get("gender").Str()]++
		count := func(to *int, yes bool) {
			if yes {
				*to++
			}
		}
		count(&dead, p.Get("deceasedDateTime").Exists())
		count(&unnumbered, identifier(p, citizenSystem) == "")
		count(&minority, p.Get("extension").Item(0).Get("valueCoding").Get("code").Str() != "01")
		count(&familyless, !name.Get("family").Exists() && age > 0)
		count(&old, age >= 65)
		count(&young, age < 15)
		if identifier(p, citizenSystem) == "" && (n.months(someDay) > 1 || identifier(p, birthSystem) == "") {
			t.Errorf("%s has neither an ID number nor a reason", name.Raw())
		}
	}
	pairs := 0
	for _, n := range namesakes {
		if n > 1 {
			pairs++
		}
	}
	for what, n := range map[string]int{"dead": dead, "without ID number": unnumbered, "of a minority": minority,
		"without family name": familyless, "namesakes": pairs} {
		if n < 1 || n > 25 {
			t.Errorf("%d residents %s", n, what)
		}
	}
	if old < 40 || old > 120 || young < 20 || young > 75 {
		t.Errorf("%d old, %d young of 300", old, young)
	}
}

func TestHowMuchThereIs(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		howMuchIn(t, read(t, Options{Seed: seed, Today: someDay}))
	}
}

func howMuchIn(t *testing.T, w *world) {
	t.Helper()
	for resourceType, want := range map[string][2]int{
		"Organization": {14, 14}, "Location": {14, 14}, "Practitioner": {41, 41}, "PractitionerRole": {41, 41},
		"Patient": {300, 300}, "RelatedPerson": {15, 80}, "Encounter": {900, 1800}, "Observation": {1900, 3600},
		"Condition": {250, 600}, "MedicationRequest": {300, 900}, "Immunization": {400, 1600}, "AllergyIntolerance": {10, 45},
	} {
		if n := len(w.of(resourceType)); n < want[0] || n > want[1] {
			t.Errorf("%d of %s, want %d to %d", n, resourceType, want[0], want[1])
		}
	}
	each, chronic := map[string]int{}, map[string]bool{}
	for _, r := range w.resources {
		s := subject(r.Root)
		each[s]++
		if c := code(r.Root.Get("code")); c == hypertension.code || c == diabetes.code {
			chronic[s] = true
		}
	}
	delete(each, "")
	sum := [2]int{}
	for s, n := range each {
		if chronic[s] {
			sum[0] += n
		} else {
			sum[1] += n
		}
	}
	t.Logf("%d bundles; %d resources of %d managed patients, %d of %d others", w.bundles, sum[0], len(chronic), sum[1], 300-len(chronic))
	if mean := sum[0] / len(chronic); len(chronic) < 35 || len(chronic) > 90 || mean < 25 || mean > 40 {
		t.Errorf("%d managed patients with %d resources each", len(chronic), mean)
	}
	if mean := sum[1] / (300 - len(chronic)); mean < 8 || mean > 15 {
		t.Errorf("%d resources for each of the others", mean)
	}
}

// values are the values of a measure, by patient.
func (w *world) values(m measure) map[string][]fhir.Node {
	found := map[string][]fhir.Node{}
	for _, o := range w.of("Observation") {
		if code(o.Get("code")) == m.code.code {
			found[subject(o)] = append(found[subject(o)], o)
		}
	}
	return found
}

func TestAdultsKeepTheirHeight(t *testing.T) {
	t.Parallel()
	w := read(t, Options{Seed: 9, Residents: 250, Today: someDay})
	for p, list := range w.values(bodyHeight) {
		born := &person{birth: clock(t, w.byName[p].Root.Get("birthDate").Str()).In(china)}
		for _, o := range list {
			if born.age(someDay) >= 18 && string(o.Get("valueQuantity").Get("value").Raw()) != string(list[0].Get("valueQuantity").Get("value").Raw()) {
				t.Errorf("%s changes height", p)
			}
		}
	}
}

// Managed patients are seen at least every three months, and most come to have a satisfying pressure.
func TestFollowUps(t *testing.T) {
	t.Parallel()
	w := read(t, Options{Seed: 10, Residents: 300, Today: someDay})
	seen := map[string][]time.Time{}
	for _, e := range w.of("Encounter") {
		if kind := e.Get("type").Item(0).Get("text").Str(); strings.HasSuffix(kind, "患者随访") {
			seen[subject(e)] = append(seen[subject(e)], clock(t, e.Get("period").Get("start").Str()))
		}
	}
	for p, list := range seen {
		for i := 1; i < len(list); i++ {
			if gap := list[i].Sub(list[i-1]); gap < 10*24*time.Hour || gap > 93*24*time.Hour {
				t.Errorf("%s was seen on %s and then on %s", p, date(list[i-1]), date(list[i]))
			}
		}
	}
	controlled, managed := 0, 0
	pressures := w.values(pressure)
	for _, c := range w.of("Condition") {
		if list := pressures[subject(c)]; code(c.Get("code")) == hypertension.code && len(list) > 3 {
			managed++
			if !list[len(list)-1].Get("interpretation").Exists() {
				controlled++
			}
		}
	}
	if managed < 20 || controlled*100 < managed*45 || controlled == managed {
		t.Errorf("%d of %d controlled", controlled, managed)
	}
}

// Nobody gets what they are known not to stand.
func TestAllergiesAreRespected(t *testing.T) {
	t.Parallel()
	w := read(t, Options{Seed: 11, Residents: 600, Today: someDay})
	allergic := map[string]bool{}
	for _, a := range w.of("AllergyIntolerance") {
		if code(a.Get("code")) == "J01C" {
			allergic[subject(a)] = true
		}
	}
	if len(allergic) < 5 {
		t.Fatalf("only %d are allergic", len(allergic))
	}
	for _, m := range w.of("MedicationRequest") {
		if allergic[subject(m)] && strings.HasPrefix(code(m.Get("medicationCodeableConcept")), "J01C") {
			t.Errorf("%s is given a penicillin", subject(m))
		}
	}
}

func TestDosesAreInOrderAndApart(t *testing.T) {
	t.Parallel()
	w := read(t, Options{Seed: 12, Residents: 400, Today: someDay})
	type shot struct {
		at     time.Time
		number int64
	}
	shots := map[string][]shot{}
	for _, v := range w.of("Immunization") {
		number, _ := v.Get("protocolApplied").Item(0).Get("doseNumberPositiveInt").Int()
		key := subject(v) + " " + code(v.Get("vaccineCode"))
		shots[key] = append(shots[key], shot{midnight(clock(t, v.Get("occurrenceDateTime").Str()).In(china)), number})
	}
	for key, list := range shots {
		gap := 0
		for i := range programme {
			if v := programme[i].vaccine; strings.HasSuffix(key, v.code.code) {
				gap = v.gap
			}
		}
		if strings.HasSuffix(key, hepatitisB.code.code) {
			gap = 28 // of the first two; 60 before the third
		}
		for i := 1; i < len(list); i++ {
			if list[i].at.Before(list[i-1].at.AddDate(0, 0, gap)) {
				t.Errorf("%s: doses on %s and %s", key, date(list[i-1].at), date(list[i].at))
			}
		}
		if !slices.IsSortedFunc(list, func(a, b shot) int { return int(a.number - b.number) }) {
			t.Errorf("%s: doses out of order", key)
		}
	}
}
