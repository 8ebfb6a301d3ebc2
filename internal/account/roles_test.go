package account_test

import (
	"slices"
	"testing"
	"time"

	"yitong/internal/account"
	"yitong/internal/fault"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
)

// TestTwoRolesOfOneAccount: the same person sees one thing as a doctor of a and another as a doctor of b, and neither by what was
// given to them in the other role: tokens of pages, answers under a key, permits of an institution.
func TestTwoRolesOfOneAccount(t *testing.T) {
	eachDatabase(t, func(w world) {
		of := func(id, who, custodian string) thing {
			return thing{"Observation", id, `"meta":{"extension":[{"url":"urn:yitong:custodian","valueReference":{"reference":"Organization/` + custodian + `"}}]},` +
				`"status":"final","code":{"text":"血糖"},"subject":{"reference":"Patient/` + who + `"}`}
		}
		w.put(of("a1", "li", "a"), of("a2", "li", "a"), of("a3", "chen", "a"), of("b1", "chen", "b"), of("b2", "chen", "b"), of("b3", "li", "b"))
		wang := w.hire(account.Account{Name: "wang", Person: "Practitioner/wang"})
		sources := map[string]string{"a": "grant/" + w.give(wang.ID, "doctor", "Organization/a"), "b": "grant/" + w.give(wang.ID, "doctor", "Organization/b")}
		as := func(where string) *gate.Session {
			p := w.act(&wang, sources[where])
			if p.Institution != "Organization/"+where || p.Actor().Reference != "Practitioner/wang" {
				w.Fatalf("acts as %+v", p.Actor())
			}
			return w.gate.Session(p.Actor())
		}
		atA, atB := as("a"), as("b")
		mine := w.gate.Session(must(w.BySession(w.Context(), w.verified("13900000001", "李小明", "110101199001011237")))(w).Actor())
		for name, c := range map[string]struct {
			s    *gate.Session
			want []string
		}{
			"at a": {atA, []string{"Observation/a1", "Observation/a2", "Observation/a3"}}, "at b": {atB, []string{"Observation/b1", "Observation/b2", "Observation/b3"}},
			"for oneself": {mine, []string{"Observation/a1", "Observation/a2", "Observation/b3"}},
		} {
			if got, err := w.find(c.s, "Observation", ""); err != nil || !slices.Equal(got, c.want) {
				w.Errorf("%s finds %q, %v", name, got, err)
			}
		}
		w.pages(atA, atB)
		w.pages(atB, atA)
		w.pages(mine, atA)

		once := &gate.Idempotency{Key: "k", Digest: []byte("d"), Keep: time.Hour}
		ops := []gate.Op{{Kind: gate.Create, Type: typeOf("Observation"), Resource: thing{"Observation", "x", `"status":"final","code":{"text":"x"}`}.op().Resource}}
		made := must(atA.Apply(w.Context(), ops, once))(w)
		again := must(atA.Apply(w.Context(), ops, once))(w)
		other := must(atB.Apply(w.Context(), ops, once))(w)
		if !again[0].Replayed || other[0].Replayed || other[0].Version.Ref == made[0].Version.Ref {
			w.Errorf("the key is answered %v, then %v, and in the other role %v", made, again, other)
		}
		if _, err := atB.Read(w.Context(), made[0].Version.Ref); fault.CodeOf(err) != fault.NotFound {
			w.Errorf("what was made at a is read at b: %v", err)
		}

		permit := func(to string) thing { return opens(`{"reference":"`+to+`"}`, "active", "") }
		good(w, w.write(mine, permit("Organization/b")))
		if got, err := w.find(atB, "Observation", "subject=Patient/li"); err != nil || len(got) != 3 {
			w.Errorf("with a permit for b: %q, %v", got, err)
		}
		if got, err := w.find(atA, "Observation", "subject=Patient/li"); err != nil || len(got) != 2 {
			w.Errorf("at a, with a permit for b: %q, %v", got, err)
		}
		good(w, w.write(mine, permit("Practitioner/wang")))
		for where, s := range map[string]*gate.Session{"a": atA, "b": atB} {
			if got, err := w.find(s, "Observation", "subject=Patient/li"); err != nil || len(got) != 3 {
				w.Errorf("with a permit for the person, at %s: %q, %v", where, got, err)
			}
		}
	})
}

// pages fails the test if the token of a page that one role was given leads anywhere in another, or does not in its own.
func (w world) pages(one, other *gate.Session) {
	w.Helper()
	asked := must(one.Request([]schema.Type{typeOf("Observation")}, gate.Pairs("_count=1"), gate.Wishes{}))(w)
	first := must(one.Search(w.Context(), asked, "about", ""))(w)
	if first.Next == "" {
		w.Fatal("there is no second page")
	}
	must(one.Search(w.Context(), asked, "about", first.Next))(w)
	_, err := other.Search(w.Context(), asked, "about", first.Next)
	refused(w, err, fault.Malformed)
	_, err = other.Unseal("about", first.Next)
	refused(w, err, fault.Malformed)
}
