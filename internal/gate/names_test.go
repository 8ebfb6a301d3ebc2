package gate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"yitong/internal/fault"
	"yitong/internal/gate"
)

// linking is the members of links, such as refer g or seealso s t.
func linking(kind string, to ...string) string {
	for i := range to {
		to[i] = fmt.Sprintf(`{"other":{"reference":"Patient/%s"},"type":%q}`, to[i], kind)
	}
	return `,"link":[` + strings.Join(to, ",") + `]`
}

// one makes the resident g, whom a calls sa and b sb, each with an Observation.
func one(r region) {
	r.put(
		update("Patient", "g", `,"name":[{"text":"王五"}]`+linking("seealso", "sa", "sb")),
		update("Patient", "sa", meta("a")+`,"gender":"female"`+linking("refer", "g")), update("Patient", "sb", meta("b")+linking("refer", "g")),
		update("Observation", "g", `,"status":"final","subject":{"reference":"Patient/g"}`),
		update("Observation", "sa", about("a", "sa", "8867-4", "")), update("Observation", "sb", about("b", "sb", "8867-4", "")),
	)
}

// TestNames: whichever of a resident's Patients is named, all of the resident's record is meant.
func TestNames(t *testing.T) {
	eachRegion(t, func(r region) {
		one(r)
		all := []string{"Observation/g", "Observation/sa", "Observation/sb"}
		for _, id := range []string{"g", "sa", "sb"} {
			r.finds(r.whole, "Observation?patient="+id, all...)
			r.finds(r.whole, "Observation?subject=Patient/"+id, all...)
			r.finds(r.whole, "Observation?subject:Patient="+id, all...)
			r.finds(r.whole, "Patient?_id="+id, "Patient/"+id)
			r.finds(r.resident(gate.Resident, id), "Observation?", all...)
			r.finds(r.resident(gate.Resident, id), "Patient?", "Patient/g", "Patient/sa", "Patient/sb")
			r.finds(r.resident(gate.Proxy, id), "Observation?", all...)
			for _, name := range all {
				if got := r.sees(r.resident(gate.Resident, id), name); got != "" {
					r.Errorf("the resident as %s reads %s: %q", id, name, got)
				}
			}
		}
		r.finds(r.whole, "Patient?_has:Observation:patient:_id=sa", "Patient/sa")
		r.finds(r.whole, "Observation?patient:Patient.gender=female", "Observation/hiv", "Observation/oa", "Observation/sa")
	})
}

// TestPermitsOfNames: a permit for any of a resident's Patients is one for all of them, and moves with their links.
func TestPermitsOfNames(t *testing.T) {
	eachRegion(t, func(r region) {
		one(r)
		c := r.staff(gate.Doctor, "c")
		all := []string{"Observation/g", "Observation/sa", "Observation/sb"}
		for _, id := range []string{"g", "sa", "sb"} {
			for _, asked := range []string{"g", "sa", "sb"} {
				r.refuses(c, "Observation?patient="+asked, fault.Forbidden)
			}
			r.may(r.resident(gate.Resident, "sb"), "", update("Consent", "c", privacy(id, opens("Organization/c"))))
			for _, asked := range []string{"g", "sa", "sb"} {
				r.finds(c, "Observation?patient="+asked, all...)
				if got := r.sees(c, "Patient/"+asked); got != "" {
					r.Errorf("by a permit for %s Patient/%s is read: %q", id, asked, got)
				}
			}
			r.finds(c, "Patient?_id=g,sa,sb", "Patient/g", "Patient/sa", "Patient/sb")
			r.put(remove("Consent", "c"))
		}
		r.put(update("Consent", "c", privacy("sa", opens("Organization/c"))))
		r.put(update("Patient", "sa", meta("a")), update("Patient", "g", linking("seealso", "sb"))) // it was somebody else
		r.finds(c, "Observation?patient=sa", "Observation/sa")
		r.refuses(c, "Observation?patient=g", fault.Forbidden)
		r.refuses(c, "Observation?patient=sb", fault.Forbidden)
	})
}

// TestSplitBetweenPages: a link that is undone while somebody reads takes what is the other person's away from the pages that
// follow. Nothing else is left out or repeated.
func TestSplitBetweenPages(t *testing.T) {
	eachRegion(t, func(r region) {
		one(r)
		want := map[string]bool{"g": true}
		for i := range 6 {
			r.put(update("Observation", fmt.Sprint("x", i), about("a", "sa", "8867-4", "")), update("Observation", fmt.Sprint("y", i), about("b", "sb", "8867-4", "")))
			want[fmt.Sprint("x", i)] = true
		}
		want["sa"] = true
		for name, s := range map[string]*gate.Session{"platform": r.whole, "resident": r.resident(gate.Resident, "g")} {
			one(r)
			const search = "Observation?patient=g&_count=3"
			page, err := r.search(s, search, "")
			if err != nil {
				r.Fatal(err)
			}
			first := map[string]int{}
			for _, m := range page.Matches {
				first[m.Ref.ID]++
			}
			r.put(update("Patient", "sb", meta("b")), update("Patient", "g", linking("seealso", "sa")))
			later := map[string]int{}
			for page.Next != "" {
				if page, err = r.search(s, search, page.Next); err != nil {
					r.Fatal(err)
				}
				for _, m := range page.Matches {
					later[m.Ref.ID]++
				}
			}
			for id := range later {
				if !want[id] {
					r.Errorf("%s: %s is of the other person", name, id)
				}
			}
			for id := range want {
				if first[id]+later[id] != 1 {
					r.Errorf("%s: %s stands on %d pages", name, id, first[id]+later[id])
				}
			}
		}
	})
}

// TestOddLinks: circles, links to oneself, to nothing and to many, end.
func TestOddLinks(t *testing.T) {
	eachRegion(t, func(r region) {
		r.put(
			update("Patient", "x", linking("refer", "y")), update("Patient", "y", linking("refer", "x")), update("Patient", "self", linking("refer", "self")),
			update("Patient", "lost", linking("refer", "nobody")), update("Patient", "only", linking("seealso", "pa")),
			update("Patient", "last", `,"link":[{"other":{"reference":"RelatedPerson/r"},"type":"seealso"},{"other":{"display":"x"},"type":"refer"},{"other":{"reference":"https://example.org/Patient/pa"},"type":"refer"}]`),
		)
		for _, id := range []string{"x", "y", "self", "lost", "only", "last"} {
			r.put(update("Observation", id, about("c", id, "8867-4", "")))
		}
		for id, want := range map[string][]string{
			"x": {"Observation/x", "Observation/y"}, "y": {"Observation/x", "Observation/y"}, "self": {"Observation/self"}, "lost": {"Observation/lost"},
			"last": {"Observation/last"},
		} {
			r.finds(r.whole, "Observation?patient="+id, want...)
			r.finds(r.resident(gate.Resident, id), "Observation?", want...)
			r.put(update("Consent", "of-"+id, privacy(id, opens("Organization/b"))))
			r.finds(r.staff(gate.Doctor, "b"), "Observation?patient="+id, want...)
		}
		var many, want []string
		for i := range 70 {
			id := fmt.Sprint("m", i)
			many = append(many, id)
			r.put(update("Patient", id, linking("refer", "big")), update("Observation", id, about("c", id, "8867-4", "")))
			want = append(want, "Observation/"+id)
		}
		r.put(update("Patient", "big", linking("seealso", many...)))
		got, err := r.found(r.whole, "Observation?patient=big&_count=100")
		if err != nil || len(got) != 63 { // 64 names with its own
			r.Errorf("by 70 names %d are found, %v", len(got), err)
		}
		for _, name := range got {
			if !slices.Contains(want, name) {
				r.Errorf("%s is found", name)
			}
		}
	}, func(c *gate.Config) { c.References = false })
}

// TestWhoLinks: nobody but the platform says which Patients are the same person.
func TestWhoLinks(t *testing.T) {
	eachRegion(t, func(r region) {
		one(r)
		other := []gate.Rule{{May: gate.MayAll}}
		sessions := []*gate.Session{r.staff(gate.Doctor, "a"), r.staff(gate.System, "a"), r.staff(gate.Office, "a"), r.by("a", other...)}
		for _, s := range sessions {
			for _, op := range []gate.Op{
				create("Patient", linking("refer", "pb")), update("Patient", "new", linking("seealso", "pb")), update("Patient", "pa", linking("refer", "pb")),
				update("Patient", "pa", linking("replaced-by", "pb")), update("Patient", "pa", linking("replaces", "pb")),
				patching("Patient", "pa", `[{"op":"add","path":"/link","value":[{"other":{"reference":"Patient/pb"},"type":"refer"}]}]`),
				patching("Patient", "sa", `[{"op":"replace","path":"/link/0/other/reference","value":"Patient/pb"}]`),
				patching("Patient", "sa", `[{"op":"replace","path":"/link/0/type","value":"seealso"}]`), update("Patient", "sa", linking("refer", "g/_history/1", "pb")),
				r.matching(create("Patient", linking("refer", "pb")), "identifier=x"), r.matching(replace("Patient", linking("refer", "pb")), "_id=pa"),
			} {
				if code := r.code(s, op); code != fault.Forbidden {
					r.Errorf("%s: kind %d: %q", s.Actor().Role, op.Kind, code)
				}
			}
			for _, op := range []gate.Op{patching("Patient", "sa", `[{"op":"remove","path":"/link"}]`), update("Patient", "sa", `,"gender":"female"`)} {
				if code := r.code(s, op); !r.carries("Patient/sa", "Patient/g") {
					r.Errorf("%s: the link is gone: %q", s.Actor().Role, code)
				}
			}
			r.may(s, "", update("Patient", "sa", `,"language":"zh"`+linking("refer", "g")))
			r.may(s, "", patching("Patient", "sa", `[{"op":"add","path":"/active","value":true}]`))
		}
	})
}
