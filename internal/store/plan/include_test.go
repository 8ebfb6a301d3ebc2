package plan_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/store"
	"yitong/internal/store/plan"
	"yitong/test/databases"
)

// TestIncludesAsIfNotThere: what may not be seen takes no room among what is included, and does not make it incomplete, however
// much of it there is.
func TestIncludesAsIfNotThere(t *testing.T) {
	databases.Each(t, func(t *testing.T, db store.DB) {
		b := load(t, db)
		observation, _ := schema.TypeOf("Observation")
		organization, _ := schema.TypeOf("Organization")
		performed := func(m plan.Match) bool { return strings.Contains(string(m.Body.Bytes), "Organization/big") }
		// seeing lets see the last n of those that refer to the organization, and whatever else there is.
		seeing := func(n int) map[string]bool {
			seen := map[string]bool{}
			for i := len(b.all[observation]) - 1; i >= 0 && len(seen) < n; i-- {
				if m := b.all[observation][i]; performed(m) {
					seen[m.Ref.ID] = true
				}
			}
			return seen
		}
		revinclude := []search.Include{{Source: observation, Param: "performer", Reverse: true}}
		include := func(limits plan.Limits, seen map[string]bool, asked []search.Include, of ...plan.Match) (map[fhir.Ref]bool, bool, error) {
			p := *b.Planner
			p.Limits = limits
			p.Sees = func(r fhir.Resource, _ time.Time, _ bool) bool { return r.Type != observation || seen[r.ID] }
			found, whole, err := p.Include(t.Context(), of, asked)
			got := map[fhir.Ref]bool{}
			for _, v := range found {
				if got[v.Ref] || !seen[v.Ref.ID] {
					t.Errorf("%s is included twice, or hidden", v.Ref)
				}
				got[v.Ref] = true
			}
			return got, whole, err
		}
		big := b.all[organization][0]
		for _, n := range []int{0, 1, 500, 999, 1000, 1001, 3000} {
			got, whole, err := include(plan.Usual, seeing(n), revinclude, big)
			if err != nil || len(got) != min(n, 1000) || whole != (n <= 1000) {
				t.Errorf("of %d that are seen %d are included, whole %v, %v", n, len(got), whole, err)
			}
		}
		// what refuses is how many refer to it, be they hidden or of another parameter
		few := plan.Limits{Candidates: 3000, Inner: 400}
		_, _, hidden := include(few, seeing(5), revinclude, big)
		_, _, other := include(few, seeing(10_000), []search.Include{{Source: observation, Param: "subject", Reverse: true}}, big)
		if fault.From(hidden).IssueType() != "too-costly" || fmt.Sprint(hidden) != fmt.Sprint(other) {
			t.Errorf("beyond the limit: %v, and %v", hidden, other)
		}

		follow := func(refs int) plan.Match {
			var list []string
			for i := range refs {
				list = append(list, fmt.Sprintf(`{"reference":"Observation/o%d"}`, i))
			}
			r, err := fhir.ParseResource([]byte(`{"resourceType":"Observation","id":"x","hasMember":[` + strings.Join(list, ",") + `]}`))
			if err != nil {
				t.Fatal(err)
			}
			return plan.Match{Version: store.Version{Ref: fhir.Ref{Type: observation, ID: "x"}}, Resource: r}
		}
		members := []search.Include{{Source: observation, Param: "has-member"}}
		between := func(from, to int) map[string]bool {
			seen := map[string]bool{}
			for i := from; i < to; i++ {
				seen[fmt.Sprintf("o%d", i)] = true
			}
			return seen
		}
		for name, c := range map[string]struct {
			seen  map[string]bool
			refs  int
			found int
			whole bool
		}{
			"none":           {nil, 1500, 0, true},
			"the last":       {between(1100, 1500), 1500, 400, true},
			"room for all":   {between(500, 1500), 1500, 1000, true},
			"one too many":   {between(499, 1500), 1500, 1000, false},
			"all":            {between(0, 1500), 1500, 1000, false},
			"too many to go": {between(0, 10), 4001, 10, false},
			"just as many":   {between(3990, 4000), 4000, 10, true},
		} {
			got, whole, err := include(plan.Usual, c.seen, members, follow(c.refs))
			if err != nil || len(got) != c.found || whole != c.whole {
				t.Errorf("%s: %d are included, whole %v, %v", name, len(got), whole, err)
			}
		}
	})
}
