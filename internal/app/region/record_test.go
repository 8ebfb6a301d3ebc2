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
		w := read(t, Options{Seed: uint64(seed), Residents: 250, Years: 2, Today: today})
		for _, r := range w.resources {
			born, end := time.Time{}, midnight(today.In(china))
			if p, ok := w.byName[subject(r.Root)]; ok && r.Type.String() != "RelatedPerson" {
				born = clock(t, p.Root.Get("birthDate").Str())
				if death := p.Root.Get("deceasedDateTime").Str(); death != "" {
					end = clock(t, death).Add(time.Second)
				}
			}
			times(r.Root, r.Type.Shape(), func(n fhir.Node, el *schema.Element) {
				if el.Name == "expirationDate" || r.Type.String() == "OrganizationAffiliation" { // agreements hold for years to come
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
	w := read(t, Options{Seed: 6, Residents: 250, Years: 2, Today: someDay})
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

// TestWhoLivesHere: people of all ages, as many old and young as in a city, and those who are there on purpose.
func TestWhoLivesHere(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		whoLivesIn(t, read(t, Options{Seed: seed, Years: 1, Today: someDay}))
	}
}

func whoLivesIn(t *testing.T, w *world) {
	t.Helper()
	found, namesakes := map[string]int{}, map[string]int{}
	for _, p := range w.residents() {
		n := &person{birth: clock(t, p.Get("birthDate").Str()).In(china)}
		age := n.age(someDay)
		if age < 0 || age > 96 {
			t.Errorf("a resident of %d years", age)
		}
		name := p.Get("name").Item(0)
		namesakes[name.Get("text").Str()+p.Get("gender").Str()]++
		born, visits := identifier(p, birthSystem) != "", kinds(p)[permit.code]
		for what, is := range map[string]bool{
			"dead":                p.Get("deceasedDateTime").Exists(),
			"newborn":             born,
			"of a minority":       p.Get("extension").Item(0).Get("valueCoding").Get("code").Str() != "01",
			"without family name": !name.Get("family").Exists() && age > 0,
			"from elsewhere":      visits,
			"with several papers": len(kinds(p)) > 2, // beside the health record
			"known twice":         p.Get("link").Exists(),
			"old":                 age >= 65, "young": age < 15,
		} {
			if is {
				found[what]++
			}
		}
		if identifier(p, citizenSystem) == "" && !visits && (n.months(someDay) > 1 || !born) {
			t.Errorf("%s has neither an ID number nor a reason", name.Raw())
		}
	}
	for _, n := range namesakes {
		if n > 1 {
			found["of one name"]++
		}
	}
	for what, want := range map[string][2]int{"dead": {3, 20}, "newborn": {3, 20}, "of a minority": {8, 60}, "without family name": {1, 20}, "from elsewhere": {2, 10},
		"with several papers": {80, 260}, "known twice": {15, 60}, "of one name": {1, 60}, "old": {72, 125}, "young": {70, 135}} {
		if n := found[what]; n < want[0] || n > want[1] {
			t.Errorf("%d residents %s, want %d to %d", n, what, want[0], want[1])
		}
	}
}

// kinds are the kinds of documents that a Patient has.
func kinds(p fhir.Node) map[string]bool {
	all := map[string]bool{}
	for id := p.Get("identifier").First(); id.Exists(); id = id.Next() {
		all[code(id.Get("type"))] = true
	}
	return all
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
	w := read(t, Options{Seed: 9, Residents: 250, Years: 2, Today: someDay})
	heights := map[string]string{}
	for p, list := range w.values(bodyHeight) {
		born := &person{birth: clock(t, w.byName[p].Root.Get("birthDate").Str()).In(china)}
		for _, o := range list {
			height := string(o.Get("valueQuantity").Get("value").Raw())
			switch grown := clock(t, o.Get("effectiveDateTime").Str()).In(china); {
			case born.age(grown) < 18:
			case heights[p] == "":
				heights[p] = height
			case height != heights[p]:
				t.Errorf("%s changes height", p)
			}
		}
	}
}

// Managed patients are seen at least every three months, and most come to have a satisfying pressure.
func TestFollowUps(t *testing.T) {
	t.Parallel()
	w := read(t, Options{Seed: 10, Residents: 300, Years: 2, Today: someDay})
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
	w := read(t, Options{Seed: 11, Residents: 400, Years: 3, Today: someDay})
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
	w := read(t, Options{Seed: 12, Residents: 400, Years: 2, Today: someDay})
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
