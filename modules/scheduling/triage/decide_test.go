package triage

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yitong/internal/bilingual"
	"yitong/internal/rule"
)

// ages are some of each of those whom the rules tell apart, and of both sides of the bounds, in months.
var ages = []int{0, 2, 3, 24, 167, 168, 300, 779, 780, 1100}

func rules(t testing.TB) Rules {
	t.Helper()
	zone := time.FixedZone("", 8*3600)
	book, err := rule.NewBook(zone, Tables())
	if err != nil {
		t.Fatal(err)
	}
	return Rules{Book: book, At: time.Date(2026, 11, 23, 9, 0, 0, 0, zone)}
}

// people are all that the rules tell apart, of both sexes.
func people(t testing.TB, r Rules) (all []Person) {
	t.Helper()
	for _, months := range ages {
		for _, sex := range []Sex{male, female, "unknown"} {
			p := Person{Months: months, Sex: sex}
			fertile, err := r.Place(&p)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, p)
			if fertile {
				p.Pregnant = true
				if _, err := r.Place(&p); err != nil {
					t.Fatal(err)
				}
				all = append(all, p)
			}
		}
	}
	return all
}

func decide(t testing.TB, r Rules, in Asked) Decision {
	t.Helper()
	d, err := r.Decide(in)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestRedFlags: each sign of danger leads to 120 or the emergency department, with whatever complaint, at whatever age, whatever else is
// answered, also where one is not sure.
func TestRedFlags(t *testing.T) {
	t.Parallel()
	r, flags := rules(t), 0
	who := people(t, r)
	for _, s := range signs {
		value, _, err := OfSign.Find(r.Book, r.Region, r.At, s.code)
		if err != nil {
			t.Fatal(err)
		}
		if !above(Urgency(value), Today) {
			continue
		}
		flags++
		for _, c := range complaints {
			for i, p := range who {
				answers := map[string]Answer{s.code: []Answer{Yes, Unsure}[i%2]}
				for _, other := range signs {
					if other.code != s.code {
						answers[other.code] = No
					}
				}
				d := decide(t, r, Asked{p, []string{c.code}, answers})
				if above(Urgency(value), d.Urgency) || !above(d.Urgency, Today) || d.Specialties[0] != departmentOfEmergencies || d.Care != AtEmergency && d.Care != ByAmbulance {
					t.Fatalf("%s with %s: %+v", s.code, c.code, d)
				}
			}
		}
	}
	if flags < 40 {
		t.Errorf("there are %d signs of danger", flags)
	}
}

// TestEveryComplaintEnds: each complaint ends in a specialty that there is, by rows that say why, for each age and sex.
func TestEveryComplaintEnds(t *testing.T) {
	t.Parallel()
	r, known := rules(t), codes(t)
	if len(complaints) < 60 {
		t.Errorf("there are %d complaints", len(complaints))
	}
	for _, c := range complaints {
		if !slices.ContainsFunc(groups, func(g bilingual.Code) bool { return g.Code == c.group }) {
			t.Errorf("%s is of no part of the body", c.code)
		}
		for _, p := range people(t, r) {
			d := decide(t, r, Asked{p, []string{c.code}, nil})
			if len(d.Specialties) == 0 || len(d.Rows) < 3 {
				t.Fatalf("%s ends in %+v", c.code, d)
			}
			for _, code := range d.Specialties {
				if part, _, _ := strings.Cut(code, "."); !known[part] {
					t.Errorf("%s leads to %s, which is no specialty", c.code, code)
				}
			}
			for _, row := range d.Rows {
				if row.Source() == "" {
					t.Errorf("%s has no source", row.Ref())
				}
			}
		}
	}
}

// codes are those of the catalogue of specialties.
func codes(t *testing.T) map[string]bool {
	t.Helper()
	text, err := os.ReadFile("../../../internal/fhir/profiles/definitions/codesystem-department.json")
	if err != nil {
		t.Fatal(err)
	}
	var list struct{ Concept []struct{ Code string } }
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, c := range list.Concept {
		known[c.Code] = true
	}
	return known
}

// TestNoDeadQuestions: each sign is asked of somebody, and only of those whom it can concern; who has answered all is asked nothing more.
func TestNoDeadQuestions(t *testing.T) {
	t.Parallel()
	r := rules(t)
	asked := map[string]bool{}
	for _, c := range complaints {
		for _, p := range people(t, r) {
			in := Asked{p, []string{c.code}, map[string]Answer{}}
			questions, err := r.Questions(in)
			if err != nil {
				t.Fatal(err)
			}
			if len(questions) < 7 || !questions[0].First {
				t.Fatalf("%s asks %v", c.code, questions)
			}
			for _, q := range questions {
				s := signs[slices.IndexFunc(signs, func(s sign) bool { return s.code == q.Sign })]
				if !p.concerns(s.whose) {
					t.Errorf("%s is asked of %+v", q.Sign, p)
				}
				if p.concerns(c.whose) {
					asked[q.Sign] = true
				}
				in.Answers[q.Sign] = No
			}
			if questions, err = r.Questions(in); err != nil || len(questions) > 0 {
				t.Fatalf("%s asks on: %v, %v", c.code, questions, err)
			}
		}
	}
	for _, s := range signs {
		if !asked[s.code] {
			t.Errorf("%s is never asked", s.code)
		}
	}
}

// TestMonotone: a further yes, an answer that is not sure, or another complaint never makes anything less urgent.
func TestMonotone(t *testing.T) {
	t.Parallel()
	r := rules(t)
	who := people(t, r)
	rapid.Check(t, func(t *rapid.T) {
		in := Asked{rapid.SampledFrom(who).Draw(t, "who"), []string{rapid.SampledFrom(complaints).Draw(t, "complaint").code}, map[string]Answer{}}
		for _, s := range rapid.SliceOfN(rapid.SampledFrom(signs), 0, 8).Draw(t, "answered") {
			in.Answers[s.code] = rapid.SampledFrom([]Answer{Yes, No, Unsure}).Draw(t, "answer")
		}
		before, err := r.Decide(in)
		if err != nil {
			t.Fatal(err)
		}
		in.Answers[rapid.SampledFrom(signs).Draw(t, "more").code] = rapid.SampledFrom([]Answer{Yes, Unsure}).Draw(t, "how")
		if other := rapid.SampledFrom(complaints).Draw(t, "other").code; !slices.Contains(in.Complaints, other) {
			in.Complaints = append(in.Complaints, other)
		}
		after, err := r.Decide(in)
		if err != nil || above(before.Urgency, after.Urgency) {
			t.Fatalf("%v, then %v: %v", before.Urgency, after.Urgency, err)
		}
	})
}

// TestPregnancyIsPlausible: there is none at an age or of a sex that it cannot be of.
func TestPregnancyIsPlausible(t *testing.T) {
	t.Parallel()
	r := rules(t)
	for _, p := range []Person{{Months: 300, Sex: male, Pregnant: true}, {Months: 60, Sex: female, Pregnant: true}, {Months: 900, Sex: female, Pregnant: true}} {
		if _, err := r.Place(&p); err == nil {
			t.Errorf("%+v is taken", p)
		}
	}
}
