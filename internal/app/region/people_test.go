package region

import (
	"testing"

	"yitong/internal/fhir"
)

// TestOnePersonWithTwoPatients: a hospital's own Patient and the one that stands for the resident name each other and are of one person;
// what the hospital writes is about its own, and about nobody else's.
func TestOnePersonWithTwoPatients(t *testing.T) {
	t.Parallel()
	w := read(t, Options{Seed: 15, Residents: 200, Years: 2, Today: someDay})
	sources := map[string]string{} // custodians
	for _, p := range w.of("Patient") {
		l := p.Get("link").Item(0)
		if !l.Exists() {
			continue
		}
		other := w.byName[l.Get("other").Get("reference").Str()].Root
		back := other.Get("link").Item(0)
		if back.Get("other").Get("reference").Str() != "Patient/"+p.Get("id").Str() || back.Get("type").Str() == l.Get("type").Str() {
			t.Errorf("%s and %s do not name each other", p.Get("id").Str(), other.Get("id").Str())
		}
		for _, part := range []string{"birthDate", "gender", "name"} {
			if string(p.Get(part).Raw()) != string(other.Get(part).Raw()) {
				t.Errorf("%s and %s differ in %s", p.Get("id").Str(), other.Get("id").Str(), part)
			}
		}
		if l.Get("type").Str() == "refer" {
			sources["Patient/"+p.Get("id").Str()] = p.Get("managingOrganization").Get("reference").Str()
		}
	}
	written := 0
	for _, e := range w.of("Encounter") {
		hospital, own := sources[subject(e)]
		if own && hospital != e.Get("serviceProvider").Get("reference").Str() {
			t.Errorf("%s is about the Patient of another institution", e.Get("id").Str())
		}
		if own {
			written++
		}
	}
	if len(sources) < 5 || written < 3 {
		t.Errorf("%d people are known twice, with %d visits", len(sources), written)
	}
}

// TestWhoActsForWhom: children have a mother who acts for them, and old people who live with a child that child; both live here.
func TestWhoActsForWhom(t *testing.T) {
	t.Parallel()
	w := read(t, Options{Seed: 16, Residents: 300, Years: 1, Today: someDay})
	speaks := map[string]string{}
	for _, r := range w.of("RelatedPerson") {
		speaks[r.Get("patient").Get("reference").Str()] = r.Get("name").Item(0).Get("text").Str()
	}
	young, old := 0, 0
	age := func(n fhir.Node) int {
		return (&person{birth: clock(t, n.Get("birthDate").Str()).In(china)}).age(someDay)
	}
	for _, c := range w.of("Consent") {
		of := w.byName[c.Get("patient").Get("reference").Str()].Root
		to := w.byName[c.Get("provision").Get("actor").Item(0).Get("reference").Get("reference").Str()].Root
		switch {
		case age(of) < 14:
			young++
		case age(of) >= 70:
			old++
		default:
			t.Errorf("somebody of %d years lets another one act", age(of))
		}
		if age(to) < 18 || to.Get("name").Item(0).Get("text").Str() != speaks["Patient/"+of.Get("id").Str()] {
			t.Errorf("somebody of %d years acts for %s, for whom speaks %s", age(to), of.Get("id").Str(), speaks["Patient/"+of.Get("id").Str()])
		}
	}
	if young < 20 || old < 3 || young+old != len(speaks) {
		t.Errorf("%d children and %d old people, %d relations", young, old, len(speaks))
	}
}
