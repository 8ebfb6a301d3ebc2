package gate_test

import (
	"fmt"
	"testing"

	"yitong/internal/fault"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
	"yitong/internal/store/sqlite"
)

// TestCountsAreExact under an access that is limited, up to 10 000 resources that have to be looked at one by one, whatever else there
// is; of more there is none.
func TestCountsAreExact(t *testing.T) {
	t.Parallel()
	db, err := sqlite.Open(t.Context(), t.TempDir()+"/record.db")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	g := gate.New(db, gate.Config{})
	const theirs, mine, most = 6_000, 4_000, 10_000
	for from := 0; from < theirs+mine; from += 500 {
		var ops []gate.Op
		for n := from; n < from+500; n++ {
			status := "final"
			if n >= theirs {
				status = "amended"
			}
			ops = append(ops, create("Observation", fmt.Sprintf(`,"status":%q,"code":{"coding":[{"code":"c"}]},"subject":{"reference":"Patient/p%d"}`, status, n%7)))
		}
		if _, err := g.Session(gate.Actor{Reference: "Device/load", Access: gate.Whole()}).Apply(t.Context(), ops, nil); err != nil {
			t.Fatal(err)
		}
	}
	s := g.Session(gate.Actor{Reference: "Practitioner/a", Access: gate.NewAccess([]gate.Rule{
		{Type: typeOf("Observation"), May: gate.MayLook, Query: "status=amended"}, {Type: typeOf("Observation"), May: gate.MayLook, Query: "status=registered"},
	})})
	count := func(pairs ...search.Pair) (int, error) {
		t.Helper()
		asked, err := s.Request([]schema.Type{typeOf("Observation")}, append(pairs, search.Pair{Name: "_summary", Value: "count"}), gate.Wishes{})
		if err != nil {
			t.Fatal(err)
		}
		found, err := s.Search(t.Context(), asked, "", "")
		if err != nil {
			return 0, err
		}
		return found.Total, nil
	}
	if n, err := count(search.Pair{Name: "code", Value: "c"}); err != nil || n != mine {
		t.Errorf("of 10 000 candidates %d are counted, %v", n, err)
	}
	add := func(n int, status string) {
		t.Helper()
		for from := 0; from < n; from += 500 {
			var ops []gate.Op
			for range min(500, n-from) {
				ops = append(ops, create("Observation", fmt.Sprintf(`,"status":%q,"code":{"coding":[{"code":"c"}]}`, status)))
			}
			if _, err := g.Session(gate.Actor{Reference: "Device/load", Access: gate.Whole()}).Apply(t.Context(), ops, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	add(1, "final")
	if n, err := count(search.Pair{Name: "code", Value: "c"}); err != nil || n != mine {
		t.Errorf("of 10 001 candidates %d are counted, %v", n, err)
	}
	if n, err := count(search.Pair{Name: "code", Value: "c"}, search.Pair{Name: "subject", Value: "Patient/p1"}); err != nil || n < mine/7 || n > mine/7+1 {
		t.Errorf("of one resident %d are counted, %v", n, err)
	}
	add(most-mine, "amended")
	if n, err := count(search.Pair{Name: "code", Value: "c"}); err != nil || n != most {
		t.Errorf("of 10 000 that are seen %d are counted, %v", n, err)
	}
	add(1, "amended")
	if n, err := count(search.Pair{Name: "code", Value: "c"}); fault.From(err).IssueType() != "too-costly" {
		t.Errorf("of 10 001 that are seen %d are counted, %v", n, err)
	}
}

// TestCountsOfOnesOwn: what an institution keeps is counted by lists alone, and as many are counted as are found.
func TestCountsOfOnesOwn(t *testing.T) {
	eachRegion(t, func(r region) {
		var ops []gate.Op
		for i := range 120 {
			at, system, label := "a", "http://s", ""
			if i%3 == 0 {
				at = "b"
			}
			if i%5 == 0 {
				system = "http://t"
			}
			if i%7 == 0 {
				label = `,"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"HIV"}]`
			}
			code := "c"
			if i%2 == 0 {
				code = "d"
				system = "http://s"
			}
			ops = append(ops, create("Observation", fmt.Sprintf(`,"meta":{"extension":[{"url":%q,"valueReference":{"reference":"Organization/%s"}}]%s},"status":"final",
				"code":{"coding":[{"system":%q,"code":%q}]},"subject":{"reference":"Patient/pa"}`, gate.Custodian, at, label, system, code)))
		}
		r.put(ops...)
		for _, at := range []string{"a", "b"} {
			for _, role := range []gate.Role{gate.Doctor, gate.System} {
				s := r.staff(role, at)
				for _, query := range []string{"code=c", "code=http://s|c", "code=http://t|c", "code=d", "code=http://s|d", "code=http://t|d", "code=c,d", "code=none", "status=final", "code:not=c"} {
					found, err := r.found(s, "Observation?_count=1000&"+query)
					if err != nil {
						t.Fatal(err)
					}
					counted, err := r.search(s, "Observation?_summary=count&"+query, "")
					if err != nil || counted.Total != len(found) {
						t.Errorf("%s of %s: %d are counted by %s, %d found: %v", role, at, counted.Total, query, len(found), err)
					}
				}
			}
		}
	})
}
