package gate_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yitong/internal/fault"
	"yitong/internal/gate"
	"yitong/internal/store"
)

// rows are the permits in the register, as Consent → whom it opens to whom.
func (r region) rows() (rows []string) {
	r.Helper()
	items, err := r.db.Owned(r.Context(), "permit", "*", "", 10_000)
	if err != nil {
		r.Fatal(err)
	}
	for _, i := range items {
		rows = append(rows, fmt.Sprintf("%s of %s: %s", strings.Split(i.ID, "/")[0], i.Owner, grantee(i)))
	}
	slices.Sort(rows)
	return rows
}

func grantee(i store.Item) string {
	var body struct{ Grantee string }
	if err := json.Unmarshal(i.Body, &body); err != nil {
		panic(err)
	}
	return body.Grantee
}

// TestWhoMayOpen: nobody but the resident, and the platform, opens a record by any way to write a Consent.
func TestWhoMayOpen(t *testing.T) {
	evil := privacy("pa", opens("Organization/b"))
	scoped := func(more string) string {
		return strings.Replace(evil, `"coding":[`, `"coding":[`+coding(scopes, "treatment")+","+more, 1)
	}
	tricks := map[string]string{
		"as it is":          evil,
		"for treatment":     scoped(""),
		"for research":      strings.Replace(scoped(""), "treatment", "research", 1),
		"behind it":         strings.Replace(evil, `}]},"patient"`, `},`+coding(scopes, "treatment")+`]},"patient"`, 1),
		"an object":         strings.Replace(evil, `"coding":[`+coding(scopes, "patient-privacy")+"]", `"coding":{"system":"`+scopes+`","code":"treatment","x":`+coding(scopes, "patient-privacy")+"}", 1),
		"scopes":            strings.Replace(evil, `"scope":{"coding":[`+coding(scopes, "patient-privacy")+"]}", `"scope":[{"coding":[`+coding(scopes, "treatment")+`]},{"coding":[`+coding(scopes, "patient-privacy")+"]}]", 1),
		"contained":         `,"contained":[{"resourceType":"Consent","id":"x"` + evil + "}]" + agreed("treatment", "pa", ""),
		"of a process":      evil + `,"category":[{"coding":[` + coding(gate.SystemPermit, gate.PermitProcess) + "]}]",
		"of an emergency":   evil + `,"category":[{"coding":[` + coding(gate.SystemPermit, gate.PermitEmergency) + "]}]",
		"of a duty":         scoped("") + `,"category":[{"coding":[` + coding(gate.SystemPermit, gate.PermitDuty) + "]}]",
		"of one's own":      strings.Replace(evil, "Patient/pa", "Patient/pb", 1),
		"withholding":       privacy("pb", withholds("Observation/ob")),
		"held by treatment": strings.Replace(privacy("pb", withholds("Observation/ob")), `"coding":[`, `"coding":[`+coding(scopes, "treatment")+",", 1),
	}
	mine := []string{"of one's own", "withholding", "held by treatment"} // what the resident pb may
	sessions := map[string]func(region) *gate.Session{}
	for _, role := range gate.Roles() {
		if role.Placed() {
			sessions[string(role)] = func(r region) *gate.Session { return r.staff(role, "b") }
		}
	}
	for _, role := range []gate.Role{gate.Resident, gate.Proxy} {
		sessions[string(role)] = func(r region) *gate.Session { return r.resident(role, "pb") }
	}
	for name, session := range sessions {
		t.Run(name, func(t *testing.T) {
			eachRegion(t, func(r region) {
				r.put(
					update("Patient", "pa", meta("b")+`,"name":[{"text":"张三丰"}]`), // b knows of the resident
					update("Consent", "old", meta("b")+agreed("treatment", "pa", opens("Organization/b"))),
					update("Consent", "draft", meta("b")+strings.Replace(evil, "active", "draft", 1)),
					update("Consent", "other", meta("b")+strings.Replace(privacy("pa", opens("Organization/c")), "active", "inactive", 1)),
				)
				s := session(r)
				for trick, evil := range tricks {
					if name == "resident" && slices.Contains(mine, trick) {
						continue
					}
					for way, ops := range map[string][]gate.Op{
						"create":                 {create("Consent", evil)},
						"put":                    {update("Consent", "new", evil)},
						"update":                 {update("Consent", "old", evil)},
						"update a draft":         {update("Consent", "draft", evil)},
						"conditional create":     {r.matching(create("Consent", evil), "identifier=x")},
						"conditional update":     {r.matching(replace("Consent", evil), "_id=old")},
						"transaction":            {create("Observation", observed("pb", "8867-4")), create("Consent", evil)},
						"with the resident":      {create("Consent", evil), update("Patient", "pa", `,"active":true`)},
						"patched":                {patching("Consent", "old", fmt.Sprintf(`[{"op":"replace","path":"","value":{"resourceType":"Consent","id":"old"%s}}]`, evil))},
						"one's scope":            {patching("Consent", "old", `[{"op":"add","path":"/scope/coding/0","value":`+coding(scopes, "patient-privacy")+`}]`)},
						"one's status":           {patching("Consent", "draft", `[{"op":"replace","path":"/status","value":"active"}]`)},
						"one's status and actor": {patching("Consent", "other", `[{"op":"replace","path":"/status","value":"active"},{"op":"replace","path":"/provision/actor/0/reference/reference","value":"Organization/b"}]`)},
						"a deletion":             {remove("Consent", "draft")},
					} {
						_, err := s.Apply(r.Context(), ops, nil)
						if rows := r.rows(); len(rows) > 0 || r.carries("Observation/ob", withheld) {
							r.Fatalf("%s, %s, opens %q or withholds: %v", trick, way, rows, err)
						}
					}
				}
			})
		})
	}
}

// TestResidentsOpenTheirOwn: by every way to write one, and every way to take it back.
func TestResidentsOpenTheirOwn(t *testing.T) {
	eachRegion(t, func(r region) {
		pa, open := r.resident(gate.Resident, "pa"), "Organization/b"
		b := r.staff(gate.Doctor, "b")
		seen := func(want ...string) {
			r.Helper()
			if want == nil {
				r.refuses(b, "Observation?subject=Patient/pa", fault.Forbidden)
				return
			}
			r.finds(b, "Observation?subject=Patient/pa", want...)
		}
		one := privacy("pa", opens(open))
		r.may(pa, "", update("Consent", "c", one))
		seen("Observation/oa")
		r.may(pa, "", patching("Consent", "c", `[{"op":"replace","path":"/status","value":"inactive"}]`))
		seen()
		r.may(pa, "", patching("Consent", "c", `[{"op":"replace","path":"/status","value":"active"}]`))
		seen("Observation/oa")
		r.may(pa, "", update("Consent", "c", privacy("pa", opens("Organization/c"))))
		seen()
		r.may(pa, "", r.matching(replace("Consent", privacy("pa", opens("Organization/c", open))), "_id=c"))
		seen("Observation/oa")
		r.may(pa, "", update("Consent", "c", privacy("pa", opens(open)+`,"period":{"end":"2026-05-03"}`)))
		seen()
		r.may(pa, "", update("Consent", "c", one))
		r.put(remove("Consent", "c"))
		seen()
		if rows := r.rows(); len(rows) > 0 {
			r.Errorf("of a deleted Consent %q are left", rows)
		}
		r.may(pa, "", update("Consent", "c", one), update("Consent", "d", one))
		r.may(pa, "", update("Consent", "d", privacy("pa", "")))
		seen("Observation/oa") // the other one is there still
		r.may(pa, fault.Forbidden, update("Consent", "c", privacy("pb", opens(open))))
		r.may(pa, fault.Forbidden, create("Consent", privacy("pb", opens(open))))
		r.may(pa, fault.NotFound, func() gate.Op { r.put(update("Consent", "pb", privacy("pb", ""))); return update("Consent", "pb", one) }())
		r.may(pa, fault.Forbidden, update("Consent", "c", agreed("treatment", "pa", opens(open))))
	})
}

// TestPermitsEnd: at the instant at which the Consent ends, and not before.
func TestPermitsEnd(t *testing.T) {
	eachRegion(t, func(r region) {
		r.put(update("Consent", "c", privacy("pa", opens("Organization/b")+`,"period":{"start":"2026-05-05T08:00:00Z","end":"2026-05-05T08:59:59Z"}`)))
		b := r.staff(gate.Doctor, "b")
		start := time.Date(2026, 5, 5, 8, 0, 0, 0, time.UTC)
		for _, c := range []struct {
			at   time.Time
			open bool
		}{
			{start.Add(-time.Microsecond), false}, {start, true}, {start.Add(time.Hour - time.Microsecond), true}, {start.Add(time.Hour), false},
		} {
			r.at(c.at)
			if got, err := r.found(b, "Observation?subject=Patient/pa"); (len(got) == 1) != c.open {
				r.Errorf("at %s: %q, %v", c.at, got, err)
			}
		}
	})
}

// TestPermitRows: after whatever is done to Consents and to the links of Patients, the register has the permits that the
// Consents of the record say, each with the Patient who stands for the resident now.
func TestPermitRows(t *testing.T) {
	eachRegion(t, func(r region) {
		patients := []string{"p0", "p1", "p2", "p3"}
		for _, id := range patients {
			r.put(update("Patient", id, ""))
		}
		rapid.Check(r, func(t *rapid.T) {
			refer, consents := map[string]string{}, map[string][]string{} // by Patient; by Consent: whose, to whom
			var clear []gate.Op
			for i := range 4 {
				clear = append(clear, remove("Consent", fmt.Sprint("c", i)), update("Patient", patients[i], ""))
			}
			r.put(clear...)
			for range rapid.IntRange(1, 12).Draw(t, "transactions") {
				var ops []gate.Op
				for _, id := range patients {
					if rapid.IntRange(0, 3).Draw(t, "link "+id) > 0 {
						continue
					}
					to := rapid.SampledFrom(append(slices.Clone(patients), "")).Draw(t, "to")
					kind := rapid.SampledFrom([]string{"refer", "replaced-by"}).Draw(t, "by")
					if refer[id] = to; to == "" || to == id {
						refer[id] = id
						ops = append(ops, update("Patient", id, ""))
						continue
					}
					ops = append(ops, update("Patient", id, fmt.Sprintf(`,"link":[{"other":{"reference":"Patient/%s"},"type":%q}]`, to, kind)))
				}
				for i := range 4 {
					name := fmt.Sprint("c", i)
					switch rapid.SampledFrom([]string{"", "", "open", "open", "close", "delete"}).Draw(t, "with "+name) {
					case "open":
						whose := rapid.SampledFrom(patients).Draw(t, "whose")
						to := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"Organization/a", "Organization/b", "Practitioner/a"}), 1, 3, rapid.ID).Draw(t, "to whom")
						consents[name] = append([]string{whose}, to...)
						ops = append(ops, update("Consent", name, privacy(whose, opens(slices.Clone(to)...))))
					case "close":
						ops = append(ops, update("Consent", name, strings.Replace(privacy("p0", opens("Organization/a")), "active", "inactive", 1)))
						delete(consents, name)
					case "delete":
						ops = append(ops, remove("Consent", name))
						delete(consents, name)
					}
				}
				if len(ops) > 0 {
					r.put(ops...)
				}
				var want []string
				for name, c := range consents {
					golden := refer[c[0]]
					if golden == "" {
						golden = c[0]
					}
					for _, to := range c[1:] {
						want = append(want, fmt.Sprintf("%s of Patient/%s: %s", name, golden, to))
					}
				}
				slices.Sort(want)
				if got := r.rows(); !slices.Equal(got, want) {
					t.Fatalf("the rows are\n%s\nand should be\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
				}
			}
		})
	})
}

// TestUnpermitted: a resident of another institution and one who never was are the same to whom no permit opens the record: in
// what is answered, and in what is asked of the database.
func TestUnpermitted(t *testing.T) {
	ask := map[string]func(region, *gate.Session, string) error{
		"read": func(r region, s *gate.Session, id string) error {
			_, err := s.Read(r.Context(), ref("Patient", id))
			return err
		},
		"vread": func(r region, s *gate.Session, id string) error {
			_, err := s.VRead(r.Context(), ref("Patient", id), 1)
			return err
		},
		"history": func(r region, s *gate.Session, id string) error {
			_, err := s.History(r.Context(), gate.History{Type: typeOf("Patient"), ID: id, Count: 10})
			return err
		},
	}
	for _, query := range []string{
		"Observation?patient=%s", "Observation?subject=Patient/%s", "Observation?subject:Patient=%s", "Patient?_id=%s", "Observation?patient=%s&_summary=count",
		"Observation?patient=%s&_total=accurate", "Condition?patient=Patient/%s&_include=Condition:patient", "Appointment?actor=Patient/%s",
		"Observation?patient=Patient/%s&_sort=-date&code=8867-4", "Patient?_id=%s&_revinclude=Observation:patient", "Observation?patient=%s&code=8867-4&_total=accurate",
		"Observation?patient=%s&_sort=-_lastUpdated", "Observation?patient=%s&_sort=_id", "Observation?patient=%s&date=gt2000", "Observation?patient=%s&status=final&_count=1", "Observation?subject=Patient/%s&date=gt2000&code:not=x",
		"Observation?patient=%s&category:missing=true", "Encounter?patient=%s&_sort=date",
	} {
		ask[query] = func(r region, s *gate.Session, id string) error {
			_, err := r.found(s, strings.ReplaceAll(query, "%s", id))
			return err
		}
	}
	eachRegion(t, func(r region) {
		r.put(update("Patient", "gone", meta("a")))
		r.put(remove("Patient", "gone"))
		r.put(update("Patient", "bare", meta("a")))
		var many []gate.Op
		for range 300 {
			many = append(many, create("Observation", about("a", "pa", "8867-4", `,"effectiveDateTime":"2024-01-01"`)))
		}
		r.put(many...)
		b := r.staff(gate.Doctor, "b")
		for way, do := range ask {
			type told struct {
				text  string
				calls int64
			}
			tell := func(id string) told {
				before := r.calls.Load()
				err := do(r, b, id)
				if fault.CodeOf(err) != fault.Forbidden {
					r.Errorf("%s of %s: %v", way, id, err)
				}
				calls := r.calls.Load() - before
				if id == "gone" {
					calls = 0
				}
				return told{strings.ReplaceAll(fmt.Sprint(err), id, "X"), calls}
			}
			nobody := tell("nobody")
			never := told{nobody.text, 0}
			for _, id := range []string{"pa", "bare", "gone"} {
				if got := tell(id); got != nobody && (id != "gone" || got != never) {
					r.Errorf("%s of %s: %+v, of nobody: %+v", way, id, got, nobody)
				}
			}
		}
		r.finds(b, "Observation?patient=pb", "Observation/ob")
		r.finds(b, "Condition?patient=pb") // one's own resident has none: that is no refusal
		r.put(update("Observation", "guest", about("b", "pa", "8867-4", "")))
		r.finds(b, "Observation?patient=pa", "Observation/guest")
		r.finds(b, "Observation?code=8867-4", "Observation/guest", "Observation/ob")
	})
}

// TestNamedResidents: eight residents a request, not nine.
func TestNamedResidents(t *testing.T) {
	eachRegion(t, func(r region) {
		b := r.staff(gate.Doctor, "b")
		names := []string{"pa", "pa", "Patient/pa"}
		for i := range 7 {
			id := fmt.Sprint("r", i)
			r.put(update("Patient", id, meta("a")), update("Observation", id, about("a", id, "8867-4", "")), update("Consent", id, privacy(id, opens("Organization/b"))))
			names = append(names, "Patient/"+id)
		}
		r.put(update("Consent", "c", privacy("pa", opens("Organization/b"))))
		got, err := r.found(b, "Observation?patient="+strings.Join(names, ","))
		if err != nil || len(got) != 8 {
			r.Errorf("eight residents: %q, %v", got, err)
		}
		for _, query := range []string{
			"Observation?patient=" + strings.Join(append(names, "pb"), ","), "Observation?patient=" + strings.Join(names, ",") + "&subject=Patient/pb",
			"Observation?patient=" + strings.Join(append(names, "nobody"), ","), "Patient?_id=r0,r1,r2,r3,r4,r5,r6,pa,pb",
		} {
			_, err := r.found(b, query)
			if fault.From(err).IssueType() != "too-costly" {
				r.Errorf("%s: %v", query, err)
			}
		}
	})
}

// TestManyHiddenTargets: how many references of a transaction lead to what is hidden does not tell that it is there.
func TestManyHiddenTargets(t *testing.T) {
	eachRegion(t, func(r region) {
		b := r.staff(gate.Doctor, "b")
		members := func(prefix string) (ops []gate.Op) {
			for i := range 9 {
				ops = append(ops, create("Observation", observed(fmt.Sprint(prefix, i), "8867-4")))
			}
			return ops
		}
		for i := range 9 {
			r.put(update("Patient", fmt.Sprint("r", i), meta("a")))
		}
		_, hidden := b.Apply(r.Context(), members("r"), nil)
		_, none := b.Apply(r.Context(), members("n"), nil)
		if fault.CodeOf(none) != fault.Unprocessable || fmt.Sprint(none) != strings.ReplaceAll(fmt.Sprint(hidden), "Patient/r", "Patient/n") {
			r.Errorf("nine hidden residents: %v; nine who are not there: %v", hidden, none)
		}
	})
}

// TestWithdrawnBetweenPages: a permit that ends ends the pages; what one sees without it is found anew.
func TestWithdrawnBetweenPages(t *testing.T) {
	for name, end := range map[string]func(region){
		"withdrawn":    func(r region) { r.put(update("Consent", "c", privacy("pa", ""))) },
		"for others":   func(r region) { r.put(update("Consent", "c", privacy("pa", opens("Organization/c")))) },
		"deleted":      func(r region) { r.put(remove("Consent", "c")) },
		"run out":      func(r region) { r.at(noon.AddDate(0, 0, 1)) },
		"of another":   func(r region) { r.put(update("Consent", "c", privacy("pb", opens("Organization/b")))) },
		"of two, both": func(r region) { r.put(remove("Consent", "c"), update("Consent", "d", privacy("pb", ""))) },
	} {
		t.Run(name, func(t *testing.T) {
			eachRegion(t, func(r region) {
				r.put(update("Consent", "c", privacy("pa", opens("Organization/b")+`,"period":{"end":"2026-05-04"}`)), update("Consent", "d", privacy("pb", opens("Organization/b"))))
				for i := range 5 {
					r.put(update("Observation", fmt.Sprint("o", i), about("a", "pa", "8867-4", "")), update("Observation", fmt.Sprint("b", i), about("b", "pa", "8867-4", "")))
				}
				b := r.staff(gate.Doctor, "b")
				const search = "Observation?patient=pa,pb&_count=3"
				first, err := r.search(b, search, "")
				if err != nil || first.Next == "" {
					t.Fatal(first, err)
				}
				second, err := r.search(b, search, first.Next)
				if err != nil {
					t.Fatal(err)
				}
				end(r)
				for _, cursor := range []string{first.Next, second.Next, second.Prev} {
					if got, err := r.search(b, search, cursor); fault.CodeOf(err) != fault.Forbidden {
						r.Errorf("goes on with %v, %v", got, err)
					}
				}
				if anew, err := r.found(b, strings.Replace(search, "3", "50", 1)); err != nil || len(anew) != 6 {
					r.Errorf("anew %q are found: %v", anew, err)
				}
			})
		})
	}
}

// TestManyPermits: as many permits as a resident may give count, and one more is refused; nobody is named twice by a Consent.
func TestManyPermits(t *testing.T) {
	eachRegion(t, func(r region) {
		var ops []gate.Op
		for i := range 5 {
			var to []string
			for j := range 19 {
				to = append(to, fmt.Sprintf("Practitioner/%d-%d", i, j))
			}
			ops = append(ops, update("Consent", fmt.Sprint("c", i), privacy("pa", opens(append(to, map[bool]string{true: "Organization/b", false: "Organization/c"}[i == 4])...))))
		}
		r.put(ops...)
		r.finds(r.staff(gate.Doctor, "b"), "Observation?patient=pa", "Observation/oa")
		for i, want := range []fault.Code{"", "", "", "", fault.Unprocessable} { // 100, then 120 to 180, and more
			var to []string
			for j := range 20 {
				to = append(to, fmt.Sprintf("Practitioner/more-%d-%d", i, j))
			}
			if got := r.code(r.whole, update("Consent", fmt.Sprint("d", i), privacy("pa", opens(to...)))); got != want {
				r.Errorf("%d permits more: %q", 20*(i+1), got)
			}
		}
		r.put(update("Consent", "many", privacy("pb", opens(append(slices.Repeat([]string{"Organization/a"}, 20), "Organization/c")...))))
		r.refuses(r.staff(gate.Doctor, "a"), "Observation?patient=pb", fault.Forbidden) // more than a Consent may name: it opens nothing
		r.put(update("Consent", "many", privacy("pb", opens(slices.Repeat([]string{"Organization/a"}, 20)...))))
		r.finds(r.staff(gate.Doctor, "a"), "Observation?patient=pb", "Observation/ob")
		r.put(update("Consent", "many", privacy("pb", "")))
		r.refuses(r.staff(gate.Doctor, "a"), "Observation?patient=pb", fault.Forbidden)
	}, func(c *gate.Config) { c.References = false })
}

// TestLoadedInAnyOrder: a load brings Consents before the Patients that they are about.
func TestLoadedInAnyOrder(t *testing.T) {
	eachRegion(t, func(r region) {
		r.put(update("Consent", "c", privacy("s", opens("Organization/b"))))
		r.put(update("Observation", "s", about("a", "s", "8867-4", "")))
		r.put(update("Patient", "s", meta("a")+`,"link":[{"other":{"reference":"Patient/g"},"type":"refer"}]`))
		r.put(update("Patient", "g", `,"link":[{"other":{"reference":"Patient/s"},"type":"seealso"}]`))
		r.finds(r.staff(gate.Doctor, "b"), "Observation?patient=s", "Observation/s")
		r.finds(r.staff(gate.Doctor, "b"), "Observation?patient=g", "Observation/s")
	}, func(c *gate.Config) { c.References = false })
}

// TestPermitsOpenNoMore: a permit opens what is about the resident whom the request is about, to look at, to those whose role takes
// permits.
func TestPermitsOpenNoMore(t *testing.T) {
	eachRegion(t, func(r region) {
		r.put(
			update("Consent", "c", privacy("pa", opens("Organization/b", "Practitioner/b"))),
			update("Encounter", "e", meta("a")+`,"status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/pa"}`),
			update("Observation", "stray", meta("a")+`,"status":"final"`), update("Observation", "both", about("a", "pa", "8867-4", `,"performer":[{"reference":"Patient/pb"}]`)),
			update("Observation", "oa", about("a", "pa", "8867-4", `,"encounter":{"reference":"Encounter/e"},"hasMember":[{"reference":"Observation/stray"},{"reference":"Observation/both"}]`)),
		)
		doctor := r.staff(gate.Doctor, "b")
		r.finds(doctor, "Observation?patient=pa&_include=Observation:has-member&_include=Observation:encounter", "Encounter/e", "Observation/oa")
		r.finds(doctor, "Observation?encounter.subject=Patient/pa") // named on the way alone
		r.finds(doctor, "Patient?_has:Encounter:subject:subject=Patient/pa")
		r.finds(doctor, "Observation?encounter=e")
		r.may(doctor, fault.Forbidden, update("Observation", "oa", observed("pa", "8867-4")))
		r.may(doctor, fault.Forbidden, patching("Observation", "oa", `[{"op":"replace","path":"/status","value":"amended"}]`))
		r.may(doctor, "", create("Observation", observed("pa", "8867-4")+`,"derivedFrom":[{"reference":"Observation/oa"}]`))
		for _, role := range []gate.Role{gate.System, gate.Guide} {
			if got := r.sees(r.staff(role, "b"), "Patient/pa"); got != fault.NotFound {
				r.Errorf("%s reads the resident: %q", role, got)
			}
		}
		for _, kind := range []string{"Condition?patient=pa", "Encounter?patient=pa", "Patient?_id=pa"} {
			r.finds(r.staff(gate.System, "b"), kind)
		}
		r.refuses(r.staff(gate.Doctor, "c"), "Observation?patient=pa", fault.Forbidden)
		// what the rule leaves out of one's own institution it leaves out of others' too
		said := meta("a") + `,"status":"completed","subject":{"reference":"Patient/pa"},"category":[{"coding":[{"system":"urn:yitong:process","code":"%s"}]}]`
		r.put(update("Communication", "visit", fmt.Sprintf(said, "home-visit")), update("Communication", "notice", fmt.Sprintf(said, "emergency-notice")))
		r.finds(doctor, "Communication?patient=pa", "Communication/visit")
		if got := r.sees(doctor, "Communication/notice"); got != fault.NotFound {
			r.Errorf("a permit opens what the resident is told of an emergency: %q", got)
		}
	})
}
