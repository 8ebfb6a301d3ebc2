package gate_test

import (
	"fmt"
	"strings"
	"testing"

	"yitong/internal/fault"
	"yitong/internal/gate"
	"yitong/internal/store"
)

// TestWithhold: what a Consent withholds has the label in a new version, and has it no more when no Consent withholds it.
func TestWithhold(t *testing.T) {
	eachRegion(t, func(r region) {
		pa, a, feed := r.resident(gate.Resident, "pa"), r.staff(gate.Doctor, "a"), r.staff(gate.System, "a")
		is := func(name string, number int64, want bool) {
			r.Helper()
			if v := r.read(name); v.Number != number || r.carries(name, withheld) != want {
				r.Errorf("%s is version %d: %s", name, v.Number, v.Body.Bytes)
			}
		}
		before := string(r.read("Observation/oa").Body.Bytes)
		r.may(pa, "", update("Consent", "c", privacy("pa", withholds("Observation/oa", "Condition/ca", "Observation/oa"))))
		is("Observation/oa", 2, true)
		is("Condition/ca", 2, true)
		is("Observation/hiv", 1, false)
		if v := r.read("Observation/oa"); v.Method != store.Patch || v.Author != "Patient/pa" {
			r.Errorf("the label is put by %s of %s", v.Method, v.Author)
		}
		for _, s := range []*gate.Session{a, feed} {
			for _, name := range []string{"Observation/oa", "Condition/ca"} {
				if got := r.sees(s, name); got != fault.NotFound {
					r.Errorf("%s reads %s: %q", s.Actor().Role, name, got)
				}
			}
		}
		r.finds(a, "Observation?patient=pa")
		r.finds(feed, "Observation?patient=pa", "Observation/hiv")
		r.finds(pa, "Observation?patient=pa", "Observation/hiv", "Observation/oa")
		r.may(pa, "", update("Consent", "d", privacy("pa", withholds("Observation/oa"))))
		r.may(pa, "", update("Consent", "c", privacy("pa", withholds("Observation/hiv"))))
		is("Observation/oa", 2, true) // d withholds it still
		is("Condition/ca", 3, false)
		is("Observation/hiv", 2, true)
		r.may(pa, "", update("Consent", "c", privacy("pa", withholds("Observation/hiv")+`,"id":"x"`)))
		is("Observation/hiv", 2, true) // as it was
		r.put(remove("Consent", "d"), update("Consent", "c", privacy("pa", "")))
		is("Observation/oa", 3, false)
		is("Observation/hiv", 3, false)
		if got := string(r.read("Observation/oa").Body.Bytes); got != before {
			r.Errorf("given free it is %s, and was %s", got, before)
		}
		r.may(pa, "", update("Consent", "c", privacy("pa", withholds("Observation/oa"))))
		r.may(pa, "", patching("Consent", "c", `[{"op":"replace","path":"/status","value":"inactive"}]`))
		is("Observation/oa", 5, false)
		r.finds(a, "Observation?patient=pa", "Observation/oa")
	})
}

// TestWithheldTogether: two Consents of one transaction hand what is withheld over to each other.
func TestWithheldTogether(t *testing.T) {
	eachRegion(t, func(r region) {
		pa := r.resident(gate.Resident, "pa")
		one, none := privacy("pa", withholds("Observation/oa")), privacy("pa", "")
		r.may(pa, "", update("Consent", "c", one), update("Consent", "d", one))
		r.may(pa, "", update("Consent", "c", none), update("Consent", "d", one))
		r.may(pa, "", update("Consent", "c", one), update("Consent", "d", none))
		if v := r.read("Observation/oa"); v.Number != 2 || !r.carries("Observation/oa", withheld) {
			r.Errorf("version %d: %s", v.Number, v.Body.Bytes)
		}
		r.put(update("Consent", "c", none), remove("Consent", "d"))
		if r.carries("Observation/oa", withheld) {
			r.Error("is withheld still")
		}
	})
}

// TestWhatIsNotWithheld: who somebody is, what others are about, and what is not there.
func TestWhatIsNotWithheld(t *testing.T) {
	eachRegion(t, func(r region) {
		r.put(update("Observation", "both", about("a", "pa", "8867-4", `,"performer":[{"reference":"Patient/pb"}]`)), update("Observation", "empty", ""),
			update("Group", "g", meta("a")+`,"type":"person","actual":true,"member":[{"entity":{"reference":"Patient/pa"}}]`),
			update("Consent", "old", meta("a")+agreed("research", "pa", "")), update("Observation", "deleted", about("a", "pa", "8867-4", "")))
		r.put(remove("Observation", "deleted"))
		pa := r.resident(gate.Resident, "pa")
		tell := func(name string) string {
			_, err := pa.Apply(r.Context(), []gate.Op{create("Consent", privacy("pa", withholds(name)))}, nil)
			if fault.CodeOf(err) != fault.Unprocessable {
				r.Errorf("%s: %v", name, err)
			}
			return strings.ReplaceAll(fmt.Sprint(err), name, "X")
		}
		none := tell("Observation/none")
		for _, name := range []string{"Patient/pa", "Consent/old", "Organization/a", "Observation/both"} { // which the resident sees
			tell(name)
		}
		for _, name := range []string{"Observation/ob", "Patient/pb", "Group/g", "Observation/empty", "Observation/deleted"} {
			if got := tell(name); got != none {
				r.Errorf("of %s: %s; of what is not there: %s", name, got, none)
			}
		}
		for _, name := range []string{"Observation/ob", "Observation/empty", "Observation/both", "Patient/pa", "Group/g"} { // not even by the platform
			r.may(r.whole, fault.Unprocessable, create("Consent", privacy("pa", withholds(name))))
		}
		if page, err := r.whole.History(r.Context(), gate.History{Type: typeOf("Observation"), ID: "ob", Count: 9}); err != nil || len(page.Versions) != 1 {
			r.Errorf("another's has %d versions, %v", len(page.Versions), err)
		}
	})
}

// TestWithheldMost: a Consent withholds fifty resources and not one more, all or none.
func TestWithheldMost(t *testing.T) {
	eachRegion(t, func(r region) {
		var ops []gate.Op
		var names []string
		for i := range 51 {
			names = append(names, fmt.Sprint("Observation/o", i))
			ops = append(ops, update("Observation", fmt.Sprint("o", i), about("a", "pa", "8867-4", "")))
		}
		r.put(ops...)
		results := r.put(update("Consent", "c", privacy("pa", withholds(append([]string{}, names...)...))))
		if r.carries("Observation/o0", withheld) || len(results[0].Issues) == 0 {
			r.Errorf("51 are withheld, or nobody is told: %v", results[0].Issues)
		}
		r.put(update("Consent", "c", privacy("pa", withholds(append([]string{}, names[:50]...)...))))
		for i, name := range names {
			if r.carries(name, withheld) != (i < 50) {
				r.Errorf("%s: %v", name, i >= 50)
			}
		}
		r.put(update("Consent", "c", privacy("pa", withholds(append([]string{}, names[1:]...)...))))
		for i, name := range names {
			if r.carries(name, withheld) != (i > 0) {
				r.Errorf("%s: %v", name, i == 0)
			}
		}
	})
}

// TestWithheldAndChanged: a transaction does not withhold what it changes; nothing of it stands.
func TestWithheldAndChanged(t *testing.T) {
	eachRegion(t, func(r region) {
		for _, op := range []gate.Op{update("Observation", "oa", about("a", "pa", "8867-4", `,"language":"zh"`)), remove("Observation", "oa")} {
			_, err := r.whole.Apply(r.Context(), []gate.Op{create("Consent", privacy("pa", withholds("Observation/oa"))), op}, nil)
			if fault.CodeOf(err) != fault.Unprocessable {
				r.Error(err)
			}
		}
		r.finds(r.whole, "Consent?")
		if v := r.read("Observation/oa"); v.Number != 1 {
			r.Errorf("version %d", v.Number)
		}
		r.put(update("Consent", "c", privacy("pa", withholds("Observation/oa", "Condition/ca"))))
		r.put(remove("Observation", "oa"))                                      // though the Consent names it: references of old are no matter
		r.put(update("Consent", "c", privacy("pa", withholds("Condition/ca")))) // what is gone is given free without more ado
		r.put(update("Observation", "oa", about("a", "pa", "8867-4", "")))
		if r.carries("Observation/oa", withheld) {
			r.Error("what comes back is withheld, though nobody withholds it")
		}
	}, func(c *gate.Config) { c.References = false })
}

// TestFeedsKeepUpWhatIsWithheld: a feed goes on writing what the resident withholds, and the label stays on it; neither it nor
// anybody else takes the label off or puts it on.
func TestFeedsKeepUpWhatIsWithheld(t *testing.T) {
	eachRegion(t, func(r region) {
		r.put(update("Consent", "c", privacy("pa", withholds("Observation/oa"))))
		feed, doctor := r.staff(gate.System, "a"), r.staff(gate.Doctor, "a")
		amended := strings.Replace(about("a", "pa", "8867-4", `,"identifier":[{"value":"x"}]`), "final", "amended", 1)
		r.may(feed, "", update("Observation", "oa", amended))
		r.may(feed, "", r.matching(replace("Observation", amended+`,"language":"zh"`), "identifier=x"))
		v := r.read("Observation/oa")
		if v.Number != 4 || !r.carries("Observation/oa", withheld) || !strings.Contains(string(v.Body.Bytes), "zh") {
			r.Errorf("version %d: %s", v.Number, v.Body.Bytes)
		}
		r.may(feed, fault.NotFound, patching("Observation", "oa", `[{"op":"replace","path":"/status","value":"final"}]`))
		r.may(feed, fault.Forbidden, r.matching(create("Observation", amended), "identifier=x"))
		r.may(doctor, fault.NotFound, update("Observation", "oa", amended))
		r.may(doctor, "", r.matching(create("Observation", amended), "identifier=x")) // for them it is not there
		r.may(feed, "", update("Observation", "new", meta("a", withheld)+observed("pa", "8867-4")), update("Observation", "other", meta("a", withheld)+observed("pa", "8867-4")))
		if r.carries("Observation/new", withheld) || r.carries("Observation/other", withheld) {
			r.Error("a feed withholds")
		}
		r.may(doctor, "", patching("Observation", "new", `[{"op":"add","path":"/meta/security","value":[`+withheld+`]}]`))
		if r.carries("Observation/new", withheld) {
			r.Error("a doctor withholds")
		}
	})
}
