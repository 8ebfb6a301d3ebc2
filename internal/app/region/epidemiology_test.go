package region

import (
	"strings"
	"testing"
	"time"

	"yitong/internal/fhir"
)

// TestTheCityLooksRight holds that ten years of a city look as an epidemiologist expects: who has which disease, who is vaccinated, what
// comes when.
func TestTheCityLooksRight(t *testing.T) {
	t.Parallel()
	w := read(t, Options{Seed: 20, Today: someDay})
	ages := map[string]int{}
	adults, old := 0, 0
	for _, p := range w.residents() {
		age := (&person{birth: clock(t, p.Get("birthDate").Str()).In(china)}).age(someDay)
		ages["Patient/"+p.Get("id").Str()] = age
		if age >= 18 {
			adults++
		}
		if age >= 65 {
			old++
		}
	}
	ill := w.ill()
	within := func(what string, n, of, least, most int) {
		t.Helper()
		t.Logf("%s: %d of %d", what, n, of)
		if n*1000 < of*least || n*1000 > of*most {
			t.Errorf("%s: %d of %d, want %d to %d of a thousand", what, n, of, least, most)
		}
	}
	within("hypertension that is known, of adults", len(ill[hypertension.code]), adults, 180, 290)
	within("diabetes that is known, of adults", len(ill[diabetes.code]), adults, 75, 145)
	within("coronary disease, of adults", len(ill["I25.1"]), adults, 15, 75)
	within("chronic obstructive lung disease, of adults", len(ill["J44.9"]), adults, 5, 45)
	within("of those with hypertension, from 65 on", count(ill[hypertension.code], func(p string) bool { return ages[p] >= 65 }), len(ill[hypertension.code]), 220, 620)
	if n := len(ill["F32.9"]) + len(ill["F20.9"]) + len(ill["B24"]); n < 2 || n > 25 {
		t.Errorf("%d residents with diseases that are sensitive", n)
	}
	w.vaccinated(t, ages, within)
	w.seasons(t, within)
}

// ill are the patients of each diagnosis.
func (w *world) ill() map[string]map[string]bool {
	all := map[string]map[string]bool{}
	for _, c := range w.of("Condition") {
		kind := code(c.Get("code"))
		if all[kind] == nil {
			all[kind] = map[string]bool{}
		}
		all[kind][w.golden(subject(c))] = true
	}
	return all
}

// golden is the Patient to which another one refers.
func (w *world) golden(name string) string {
	if l := w.byName[name].Root.Get("link").Item(0); l.Get("type").Str() == "refer" {
		return l.Get("other").Get("reference").Str()
	}
	return name
}

func count(of map[string]bool, is func(string) bool) (n int) {
	for p := range of {
		if is(p) {
			n++
		}
	}
	return n
}

// vaccinated holds who has which doses.
func (w *world) vaccinated(t *testing.T, ages map[string]int, within func(string, int, int, int, int)) {
	t.Helper()
	doses := map[string]map[string]int{}
	autumn := 0
	for _, v := range w.of("Immunization") {
		vaccine := code(v.Get("vaccineCode"))
		if doses[vaccine] == nil {
			doses[vaccine] = map[string]int{}
		}
		doses[vaccine][subject(v)]++
		if on := clock(t, v.Get("occurrenceDateTime").Str()).In(china); vaccine == flushot.code.code && on.After(someDay.AddDate(-1, 0, 0)) && ages[subject(v)] >= 60 {
			autumn++
		}
	}
	children, complete, sixty, grown, twice := 0, 0, 0, 0, 0
	for p, age := range ages {
		switch {
		case age >= 3 && age < 15:
			children++
			if doses[measles.code.code][p] == 2 && doses[hepatitisB.code.code][p] == 3 {
				complete++
			}
		case age >= 30:
			grown++
			if doses[coronavirus.code.code][p] >= 2 {
				twice++
			}
		}
		if age >= 60 {
			sixty++
		}
	}
	within("children with all doses against measles and hepatitis B", complete, children, 950, 1000)
	within("adults with two doses against COVID-19", twice, grown, 820, 960)
	within("people from 60 on with the year's dose against influenza", autumn, sixty, 200, 450)
}

// seasons holds that influenza comes in winter, and that blood pressure is higher then than in summer.
func (w *world) seasons(t *testing.T, within func(string, int, int, int, int)) {
	t.Helper()
	cold := func(on time.Time) bool {
		return on.Month() == time.December || on.Month() <= time.February
	}
	winterly, all := 0, 0
	for _, c := range w.of("Condition") {
		if kind := code(c.Get("code")); kind == influenza.code || kind == influenzaFound.code {
			all++
			if cold(clock(t, c.Get("recordedDate").Str()).In(china)) {
				winterly++
			}
		}
	}
	within("influenza from December to February", winterly, all, 500, 850)
	var sum, n [2]int
	for _, o := range w.of("Observation") {
		if code(o.Get("code")) != pressure.code.code || !strings.HasSuffix(w.kind(o), "患者随访") {
			continue
		}
		upper, _ := o.Get("component").Item(0).Get("valueQuantity").Get("value").Int()
		switch on := clock(t, o.Get("effectiveDateTime").Str()).In(china); {
		case cold(on):
			sum[0], n[0] = sum[0]+int(upper), n[0]+1
		case on.Month() >= time.June && on.Month() <= time.August:
			sum[1], n[1] = sum[1]+int(upper), n[1]+1
		}
	}
	if winter, summer := sum[0]/n[0], sum[1]/n[1]; winter < summer+4 || winter > summer+14 {
		t.Errorf("%d mmHg in winter, %d in summer", winter, summer)
	}
}

// kind is what an encounter, to which something belongs, was for.
func (w *world) kind(n fhir.Node) string {
	return w.byName[n.Get("encounter").Get("reference").Str()].Root.Get("type").Item(0).Get("text").Str()
}

// TestHowMuchThereIs holds how large a record is, by its years, so that tests, demos and benchmarks do not grow unseen.
func TestHowMuchThereIs(t *testing.T) {
	t.Parallel()
	for years, want := range map[int]map[string][2]int{
		2: {"Encounter": {900, 1900}, "Observation": {1900, 3900}, "Condition": {250, 700}, "MedicationRequest": {400, 1600}, "Immunization": {500, 1600},
			"AllergyIntolerance": {8, 45}, "DiagnosticReport": {40, 160}, "Coverage": {300, 300}, "RelatedPerson": {25, 90}},
		10: {"Encounter": {1400, 3600}, "Observation": {2600, 6800}, "Condition": {280, 950}, "MedicationRequest": {700, 3400}, "Immunization": {350, 1100}},
	} {
		w := read(t, Options{Seed: 21, Residents: map[int]int{2: 300, 10: 100}[years], Years: years, Today: someDay})
		for resourceType, want := range want {
			if n := len(w.of(resourceType)); n < want[0] || n > want[1] {
				t.Errorf("in %d years %d of %s, want %d to %d", years, n, resourceType, want[0], want[1])
			}
		}
	}
}

// TestPrevalence holds that the tables are read on straight lines, and that as many as they say fall ill.
func TestPrevalence(t *testing.T) {
	t.Parallel()
	table := []share{{20, 100}, {30, 200}, {40, 200}}
	for age, want := range map[int]int{19: 0, 20: 100, 25: 150, 30: 200, 35: 200, 90: 200} {
		if got := prevalence(table, age); got != want {
			t.Errorf("at %d years %d of a thousand, want %d", age, got, want)
		}
	}
	const n = 4000
	h := &history{r: newRandom(1, 1), p: &person{birth: midnight(someDay).AddDate(-60, 0, -1)}, until: midnight(someDay)}
	had, known := 0, 0
	for range n {
		f := h.fateOf(hypertensionAt, 50)
		if f.had(h.until) {
			had++
		}
		if f.knew(h.until) {
			known++
		}
		if !f.known.IsZero() && f.known.Before(f.onset) {
			t.Fatal("a disease is known before it comes")
		}
	}
	if had < n*40/100 || had > n*48/100 || known < n*18/100 || known > n*24/100 {
		t.Errorf("of %d people %d have the disease and %d know", n, had, known)
	}
}
