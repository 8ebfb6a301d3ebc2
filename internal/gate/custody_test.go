package gate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/store"
	"yitong/test/databases"
)

// TestCustody: what somebody at an institution writes is answered for by that institution, by whatever way it is written, and
// stays so.
func TestCustody(t *testing.T) {
	bare := observed("pb", "8867-4")
	a := `[{"op":"add","path":"/meta","value":{"extension":[` + custodied("Organization/a") + `]}}]`
	for name, c := range map[string]struct {
		ops  func(region) []gate.Op
		want fault.Code
		at   string // who answers for Observation/x, or the one that was made
	}{
		"create":             {func(region) []gate.Op { return []gate.Op{create("Observation", bare)} }, "", "b"},
		"create as said":     {func(region) []gate.Op { return []gate.Op{create("Observation", meta("b")+bare)} }, "", "b"},
		"create for another": {func(region) []gate.Op { return []gate.Op{create("Observation", meta("a")+bare)} }, fault.Forbidden, ""},
		"create for both": {func(region) []gate.Op {
			both := `,"meta":{"extension":[` + custodied("Organization/a") + "," + custodied("Organization/b") + "]}"
			return []gate.Op{create("Observation", both+bare)}
		}, fault.Unprocessable, ""},
		"create for a version": {func(region) []gate.Op {
			return []gate.Op{create("Observation", `,"meta":{"extension":[`+custodied("Organization/b/_history/1")+"]}"+bare)}
		}, fault.Forbidden, ""},
		"create for a text": {func(region) []gate.Op {
			return []gate.Op{create("Observation", `,"meta":{"extension":[{"url":"urn:yitong:custodian","valueString":"Organization/a"}]}`+bare)}
		}, "", "b"},
		"create for an object": {func(region) []gate.Op {
			return []gate.Op{create("Observation", `,"meta":{"extension":`+custodied("Organization/a")+"}"+bare)}
		}, fault.Forbidden, ""},
		"put":                {func(region) []gate.Op { return []gate.Op{update("Observation", "new", bare)} }, "", "b"},
		"put for another":    {func(region) []gate.Op { return []gate.Op{update("Observation", "new", meta("a")+bare)} }, fault.Forbidden, ""},
		"update":             {func(region) []gate.Op { return []gate.Op{update("Observation", "ob", bare)} }, "", "b"},
		"update as it is":    {func(region) []gate.Op { return []gate.Op{update("Observation", "ob", meta("b")+bare)} }, "", "b"},
		"update for another": {func(region) []gate.Op { return []gate.Op{update("Observation", "ob", meta("a")+bare)} }, fault.Forbidden, ""},
		"patch": {func(region) []gate.Op {
			return []gate.Op{patching("Observation", "ob", `[{"op":"remove","path":"/meta"}]`)}
		}, "", "b"},
		"patch for another":  {func(region) []gate.Op { return []gate.Op{patching("Observation", "ob", a)} }, fault.Forbidden, ""},
		"conditional create": {func(r region) []gate.Op { return []gate.Op{r.matching(create("Observation", bare), "identifier=x")} }, "", "b"},
		"conditional create of a's": {func(r region) []gate.Op {
			return []gate.Op{r.matching(create("Observation", bare), "subject=Patient/pa")}
		}, "", "b"},
		"conditional update": {func(r region) []gate.Op {
			return []gate.Op{r.matching(replace("Observation", bare), "subject=Patient/pb")}
		}, "", "b"},
		"conditional update of a's": {func(r region) []gate.Op {
			return []gate.Op{r.matching(replace("Observation", bare), "subject=Patient/pa")}
		}, "", "b"},
		"conditional for another": {func(r region) []gate.Op {
			return []gate.Op{r.matching(replace("Observation", meta("a")+bare), "subject=Patient/pb")}
		}, fault.Forbidden, ""},
		"two": {func(region) []gate.Op {
			return []gate.Op{create("Observation", bare), update("Observation", "ob", bare)}
		}, "", "b"},
		"two, the second for another": {func(region) []gate.Op {
			return []gate.Op{create("Observation", bare), update("Observation", "ob", meta("a")+bare)}
		}, fault.Forbidden, ""},
		"take over a's": {func(region) []gate.Op { return []gate.Op{update("Observation", "oa", bare)} }, fault.NotFound, ""},
	} {
		t.Run(name, func(t *testing.T) {
			eachRegion(t, func(r region) {
				results, err := r.staff(gate.Doctor, "b").Apply(r.Context(), c.ops(r), nil)
				if fault.CodeOf(err) != c.want {
					r.Fatalf("got %v, want %q", err, c.want)
				}
				for _, made := range results {
					if at := r.custodian(made.Version.Ref.String()); at != c.at {
						r.Errorf("%s is answered for by %q, want %q", made.Version.Ref, at, c.at)
					}
					if n := strings.Count(string(made.Version.Body.Bytes), gate.Custodian); n != 1 {
						r.Errorf("%s says %d times who answers for it: %s", made.Version.Ref, n, made.Version.Body.Bytes)
					}
				}
				r.finds(r.whole, "Observation?-custodian=Organization/a", "Observation/hiv", "Observation/oa")
			})
		})
	}
}

// TestCustodyOfResidents: a resident is no institution, and says of nothing whose it is.
func TestCustodyOfResidents(t *testing.T) {
	eachRegion(t, func(r region) {
		li := r.resident(gate.Resident, "pa")
		r.may(li, fault.Forbidden, create("Consent", meta("b")+privacy("pa", opens("Organization/b"))))
		r.may(li, "", update("Consent", "mine", privacy("pa", opens("Organization/b"))))
		if at := r.custodian("Consent/mine"); at != "" {
			r.Errorf("what a resident writes is answered for by %s", at)
		}
		r.put(update("Consent", "kept", meta("a")+privacy("pa", opens("Organization/b"))))
		r.may(li, "", update("Consent", "kept", privacy("pa", opens("Organization/c"))))
		r.may(li, fault.Forbidden, update("Consent", "kept", meta("b")+privacy("pa", opens("Organization/c"))))
		if at := r.custodian("Consent/kept"); at != "a" {
			r.Errorf("what a answers for is answered for by %q, after a change by the resident", at)
		}
	})
}

// TestCustodyHandedOver: the platform alone hands a resource over.
func TestCustodyHandedOver(t *testing.T) {
	eachRegion(t, func(r region) {
		r.put(update("Observation", "oa", about("b", "pa", "8867-4", "")))
		r.finds(r.staff(gate.Doctor, "b"), "Observation?code=8867-4", "Observation/oa", "Observation/ob")
		r.finds(r.staff(gate.Doctor, "a"), "Observation?code=8867-4")
		behalf := r.staff(gate.Doctor, "b").Behalf("referral")
		r.may(behalf, "", update("Observation", "oa", about("a", "pa", "8867-4", "")))
		r.may(behalf, "", create("Observation", about("c", "pa", "8867-4", "")))
		r.finds(r.staff(gate.Doctor, "a"), "Observation?code=8867-4", "Observation/oa")
	})
}

// TestCustodyIsNotTaken: whoever may change what another institution answers for does not become the one who answers for it.
func TestCustodyIsNotTaken(t *testing.T) {
	eachRegion(t, func(r region) {
		s := r.by("b", gate.Rule{May: gate.MayAll})
		for _, op := range []gate.Op{
			update("Observation", "oa", observed("pa", "8867-4")), update("Observation", "oa", about("b", "pa", "8867-4", "")),
			patching("Observation", "oa", `[{"op":"remove","path":"/meta"}]`), r.matching(replace("Observation", observed("pa", "8867-4")), "_id=oa"),
		} {
			if code := r.code(s, op); code != "" && code != fault.Forbidden {
				r.Errorf("kind %d: %q", op.Kind, code)
			}
			if at := r.custodian("Observation/oa"); at != "a" {
				r.Fatalf("what a answers for is answered for by %q", at)
			}
		}
	})
}

// TestBytesWithoutCustody: where nobody works at an institution, the record says nothing of what is written.
func TestBytesWithoutCustody(t *testing.T) {
	databases.Each(t, func(t *testing.T, db store.DB) {
		s := gate.New(db, gate.Config{}).Session(gate.Actor{Reference: "Device/x", Access: gate.Whole()})
		for i, members := range []string{"", `,"meta":{}`, `,"meta":{"tag":[{"code":"x"}]}`, meta("a", withheld), `,"meta": {"security" :[ ]}`} {
			r := resource("Observation", fmt.Sprintf(`,"id":"x%d"`, i)+members+`,"status" : "final"`)
			got, err := s.Apply(t.Context(), []gate.Op{{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r}}, nil)
			if err != nil {
				t.Fatal(err)
			}
			want := r.Body(r.ID, fhir.Edits{})
			if !slices.Equal(want.Bytes, got[0].Version.Body.Bytes) {
				t.Errorf("%s is kept as %s", want.Bytes, got[0].Version.Body.Bytes)
			}
		}
	})
}
