package region

import (
	"slices"
	"strings"
	"testing"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/fhir/profiles"
)

// agreed is what an agreement of an alliance says.
type agreed struct {
	lead, institution, alliance string
	part, level                 string
	green                       bool
	services                    []string
}

func agreements(w *world) (all []agreed) {
	for _, r := range w.of("OrganizationAffiliation") {
		a := agreed{
			lead: r.Get("organization").Get("reference").Str(), institution: r.Get("participatingOrganization").Get("reference").Str(),
			alliance: r.Get("network").Item(0).Get("reference").Str(),
		}
		for c := r.Get("code").First(); c.Exists(); c = c.Next() {
			switch system := c.Get("coding").Item(0).Get("system").Str(); {
			case system == profiles.HospitalLevels:
				a.level = code(c)
			case code(c) == "green-channel":
				a.green = true
			default:
				a.part += code(c)
			}
		}
		for s := r.Get("healthcareService").First(); s.Exists(); s = s.Next() {
			a.services = append(a.services, s.Get("reference").Str())
		}
		all = append(all, a)
	}
	return all
}

// TestAgreements holds what referrals need: both alliances with a lead, to which all others of it can refer up, since they are of a lower
// level; a partner hospital of another province; a green channel where there is an emergency department of a tertiary hospital; departments
// of the institution's own, with physicians and a limit; an office everywhere.
func TestAgreements(t *testing.T) {
	t.Parallel()
	w := read(t, Options{Seed: 1, Residents: 1, Years: 1, Today: someDay})
	posts := map[string][]string{} // roles at institutions
	doctors := map[string]int{}    // of departments
	for _, p := range w.of("PractitionerRole") {
		at, role := p.Get("organization").Get("reference").Str(), code(p.Get("code").Item(0))
		posts[at] = append(posts[at], role)
		if role == "doctor" {
			doctors[p.Get("healthcareService").Item(0).Get("reference").Str()]++
		}
	}
	all := agreements(w)
	leads := map[string]agreed{}
	for _, a := range all {
		if a.part == "lead" {
			leads[a.alliance] = a
		}
	}
	if len(leads) != 2 || len(all) != 19 {
		t.Fatalf("%d alliances, %d agreements", len(leads), len(all))
	}
	centres := 0
	for _, a := range all {
		lead := leads[a.alliance]
		if a.lead != lead.institution || (a.part == "lead") != (a.lead == a.institution) {
			t.Errorf("%s is led by %s, %s by %s", a.institution, a.lead, a.alliance, lead.institution)
		}
		if a.part == "member" && a.level >= lead.level || a.part == "partner" && a.level != "3A" {
			t.Errorf("%s has the level %q, the lead %q", a.institution, a.level, lead.level)
		}
		if a.green != (a.part == "lead") || !slices.Contains(posts[a.institution], "office") || len(a.services) == 0 {
			t.Errorf("%+v, with %v", a, posts[a.institution])
		}
		if strings.HasSuffix(a.institution, "-centre") {
			centres++
			if id := strings.TrimPrefix(a.institution, "Organization/"); !slices.Equal(a.services, []string{"HealthcareService/" + id + "-02", "HealthcareService/" + id + "-21"}) {
				t.Errorf("%s takes referrals in %v", id, a.services)
			}
		}
		for _, s := range a.services {
			takes(t, w, a, s, doctors[s])
		}
	}
	if centres != 12 {
		t.Errorf("%d centres have agreements", centres)
	}
}

// takes checks a department that takes referrals.
func takes(t *testing.T, w *world, a agreed, service string, doctors int) {
	t.Helper()
	r := w.byName[service].Root
	limit := r.Get("extension").Item(0)
	n, _ := limit.Get("valueInteger").Int()
	least := map[string]int64{"3A": 8, "2A": 5, "": 3}[a.level]
	if r.Get("providedBy").Get("reference").Str() != a.institution || doctors == 0 || limit.Get("url").Str() != "urn:yitong:referrals-a-day" || n < least || n > 12 {
		t.Errorf("%s of %s has %d doctors and takes %d a day", service, a.institution, doctors, n)
	}
}

// TestAgreementsHold: for five years, which the region's day is in.
func TestAgreementsHold(t *testing.T) {
	t.Parallel()
	for _, r := range read(t, Options{Seed: 1, Residents: 1, Years: 1, Today: someDay}).of("OrganizationAffiliation") {
		start, end := r.Get("period").Get("start").Str(), r.Get("period").Get("end").Str()
		if start != "2024-01-01" || end != "2028-12-31" || date(Day) < start || date(Day) > end {
			t.Errorf("%s holds from %q to %q", r.Get("id").Str(), start, end)
		}
	}
}

// TestHours: physicians say when they are there: on working days, and in an emergency department at any time; others say nothing.
func TestHours(t *testing.T) {
	t.Parallel()
	always := 0
	for _, p := range read(t, Options{Seed: 1, Residents: 1, Years: 1, Today: someDay}).of("PractitionerRole") {
		hours, doctor := p.Get("availableTime"), code(p.Get("code").Item(0)) == "doctor"
		switch id := p.Get("id").Str(); {
		case hours.Exists() != doctor:
			t.Errorf("%s: %s", id, hours.Raw())
		case !doctor:
		case string(hours.Item(0).Get("allDay").Raw()) == "true":
			always++
			if code(p.Get("specialty").Item(0)) != "20" || hours.Len() != 1 {
				t.Errorf("%s is always there: %s", id, hours.Raw())
			}
		case !inOrder(hours):
			t.Errorf("%s: %s", id, hours.Raw())
		}
	}
	if always != 3 {
		t.Errorf("%d physicians of emergency departments", always)
	}
}

// inOrder tells whether hours are two spans of one working day, one behind the other.
func inOrder(hours fhir.Node) bool {
	last := ""
	for h := hours.First(); h.Exists(); h = h.Next() {
		start, end := h.Get("availableStartTime").Str(), h.Get("availableEndTime").Str()
		if _, err := time.Parse(time.TimeOnly, start); err != nil || start <= last || end <= start || h.Get("daysOfWeek").Len() != 5 {
			return false
		}
		last = end
	}
	return hours.Len() == 2
}
