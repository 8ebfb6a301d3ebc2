package triage_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/gate/policy"
	"yitong/internal/gate/trail"
	"yitong/internal/module"
	"yitong/internal/rule"
	"yitong/internal/store"
	"yitong/modules/scheduling/triage"
	"yitong/test/databases"
	"yitong/test/pgcluster"
)

func TestMain(m *testing.M) { pgcluster.Run(m) }

// world is a record with a woman of 30, and an infant of two months for whom she acts.
type world struct {
	*testing.T
	gate *gate.Gate
	ops  map[string]module.Operation
}

var now = time.Date(2026, 5, 11, 9, 0, 0, 0, time.FixedZone("", 8*3600))

func newWorld(t *testing.T, db store.DB) *world {
	book, err := rule.NewBook(now.Location(), triage.Tables())
	if err != nil {
		t.Fatal(err)
	}
	w := &world{T: t, ops: map[string]module.Operation{}}
	for _, op := range triage.Descriptor(triage.Desk{Book: func() *rule.Book { return book }, Zone: now.Location()}).Operations {
		w.ops[op.Name] = op
	}
	w.gate = gate.New(db, gate.Config{References: true, Zone: now.Location(), Now: func() time.Time { return now }, Trail: trail.NewRecorder(db)})
	for id, rest := range map[string]string{"woman": `"gender":"female","birthDate":"1996-02-03"`, "infant": `"gender":"male","birthDate":"2026-03-01"`} {
		r, err := fhir.ParseResource(fmt.Appendf(nil, `{"resourceType":"Patient","id":%q,%s}`, id, rest))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.gate.Session(gate.Actor{Access: gate.Whole()}).Apply(t.Context(), []gate.Op{{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r}}, nil); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// call calls an operation as somebody, with what is sent in its body, and gives back what is answered.
func (w *world) call(role gate.Role, name, given string) (string, error) {
	w.Helper()
	a := gate.Actor{Role: role, Reference: "Practitioner/guide"}
	switch role {
	case gate.Resident:
		a.Reference, a.Resident = "Patient/woman", fhir.ParseReference("Patient/woman").Ref
	case gate.Proxy:
		a.Reference, a.Resident = "Patient/woman", fhir.ParseReference("Patient/infant").Ref
	}
	a.Access = policy.Standard().Access(role, gate.Of{Actor: a.Reference, Resident: a.Resident})
	tree, err := fhir.Parse([]byte(`{"resourceType":"Parameters","parameter":[` + given + `]}`))
	if given == "" {
		tree, err = fhir.Parse([]byte(`{"resourceType":"Parameters"}`))
	}
	if err != nil {
		w.Fatal(err)
	}
	op := w.ops[name]
	in, err := op.In.Read(tree.Root())
	if err != nil {
		return "", err
	}
	out, err := op.Do(w.Context(), &module.Call{Session: w.gate.Session(a), Zone: now.Location()}, in)
	if err != nil {
		return "", err
	}
	text, err := op.Out.Write(out)
	if err != nil {
		w.Fatal(err)
	}
	return string(text), nil
}

func complaint(code string) string {
	return fmt.Sprintf(`{"name":"complaint","valueString":%q}`, code)
}

func answer(sign, code string) string {
	return fmt.Sprintf(`,{"name":"sign","part":[{"name":"sign","valueString":%q},{"name":"answer","valueCode":%q}]}`, sign, code)
}

const notPregnant = `,{"name":"pregnant","valueBoolean":false}`

// TestLead: signs are asked until all are answered, or one means 120; age and sex are the record's for residents and those who act for them.
func TestLead(t *testing.T) {
	databases.Each(t, func(t *testing.T, db store.DB) {
		w := newWorld(t, db)
		text, err := w.call(gate.Resident, "triage", complaint("chest-pain")+notPregnant)
		if err != nil || !strings.Contains(text, `"chest-sweat"`) || strings.Contains(text, `"result"`) || strings.Contains(text, `"testicle-sudden"`) {
			t.Errorf("first: %s, %v", text, err)
		}
		text, err = w.call(gate.Resident, "triage", complaint("chest-pain")+notPregnant+answer("chest-sweat", "yes"))
		if err != nil || !strings.Contains(text, `"urgency","valueCode":"call"`) || !strings.Contains(text, "triage.signs@2026-11/") || strings.Contains(text, `"question"`) {
			t.Errorf("with sweat: %s, %v", text, err)
		}
		text, err = w.call(gate.Proxy, "triage", complaint("fever"))
		if err != nil || !strings.Contains(text, `"fever-infant"`) {
			t.Errorf("of the infant: %s, %v", text, err)
		}
		all := complaint("fever")
		for _, sign := range []string{"unconscious", "no-breath", "breath-words", "bleeding-stop", "stroke-face", "stroke-arm", "stroke-speech", "fever-infant", "fever-high", "neck-stiff", "rash-purple", "fever-immune"} {
			all += answer(sign, "no")
		}
		text, err = w.call(gate.Proxy, "triage", all)
		if err != nil || !strings.Contains(text, `"urgency","valueCode":"emergency"`) {
			t.Errorf("an infant with fever: %s, %v", text, err)
		}
		text, err = w.call(gate.Guide, "triage", all+`,{"name":"months","valueInteger":480},{"name":"sex","valueCode":"male"}`)
		if err != nil || !strings.Contains(text, `"urgency","valueCode":"today"`) || !strings.Contains(text, `"care","valueCode":"community"`) {
			t.Errorf("a man with fever: %s, %v", text, err)
		}
	})
}

// TestAskedWrongly: what cannot be is refused, with what to mend.
func TestAskedWrongly(t *testing.T) {
	databases.Each(t, func(t *testing.T, db store.DB) {
		w := newWorld(t, db)
		for given, want := range map[string]fault.Code{
			"":                   fault.Malformed,
			complaint("no-such"): fault.Malformed,
			complaint("fever"):   fault.Malformed, // whether she is pregnant
			complaint("fever") + "," + complaint("fever") + notPregnant:                                       fault.Malformed,
			complaint("fever") + notPregnant + answer("no-such", "yes"):                                       fault.Malformed,
			complaint("fever") + notPregnant + answer("neck-stiff", "yes") + answer("neck-stiff", "no"):       fault.Malformed,
			complaint("testicle") + notPregnant:                                                               fault.Unprocessable,
			complaint("child-fever") + notPregnant:                                                            fault.Unprocessable,
			complaint("fever") + `,{"name":"pregnant","valueBoolean":true},{"name":"sex","valueCode":"male"}`: fault.Unprocessable,
		} {
			if _, err := w.call(gate.Resident, "triage", given); fault.CodeOf(err) != want {
				t.Errorf("%s: %v", given, err)
			}
		}
		if _, err := w.call(gate.Guide, "triage", complaint("fever")); fault.CodeOf(err) != fault.Malformed {
			t.Errorf("nobody's age: %v", err)
		}
	})
}

// TestChoices: complaints are found by other words and by the letters of their pinyin; a resident's age and sex are told to them alone.
func TestChoices(t *testing.T) {
	databases.Each(t, func(t *testing.T, db store.DB) {
		w := newWorld(t, db)
		text, err := w.call(gate.Resident, "complaints", "")
		if err != nil || !strings.Contains(text, "fashao") || !strings.Contains(text, " fs ") || !strings.Contains(text, "拉稀") || !strings.Contains(text, `"months","valueInteger":363`) {
			t.Errorf("%v: %.300s", err, text)
		}
		if text, err = w.call(gate.Guide, "complaints", ""); err != nil || strings.Contains(text, `"months"`) {
			t.Error("a guide is told an age", err)
		}
	})
}

// TestTriageIsFor: who may ask for help, by the policy.
func TestTriageIsFor(t *testing.T) {
	t.Parallel()
	for _, role := range gate.Roles() {
		may := slices.Contains([]gate.Role{gate.Resident, gate.Proxy, gate.Guide, gate.Doctor, gate.Nurse, gate.Office}, role)
		for _, op := range []string{"complaints", "triage"} {
			if got := slices.Contains(policy.Standard().Allowed(op), role); got != may {
				t.Errorf("%s may call %s: %t", role, op, got)
			}
		}
	}
}
