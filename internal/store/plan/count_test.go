package plan_test

import (
	"fmt"
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

// TestCountsAsIfNotThere: a count is exact however much may not be found, and refused for what may; but for the bound of work, in
// the same words.
func TestCountsAsIfNotThere(t *testing.T) {
	databases.Each(t, func(t *testing.T, db store.DB) {
		b := load(t, db)
		observation, _ := schema.TypeOf("Observation")
		count := func(seen int, limits plan.Limits, text string) (int, error) {
			p := *b.Planner
			p.Limits = limits
			left := map[string]bool{}
			for _, m := range b.all[observation][observations-seen:] {
				left[m.Ref.ID] = true
			}
			p.Sees = func(r fhir.Resource, _ time.Time, _ bool) bool { return r.Type != observation || left[r.ID] }
			return p.Count(t.Context(), b.ask(t, "Observation", text).Query, false)
		}
		usual := plan.Limits{Candidates: observations, Inner: 400, Counted: 500}
		const all = "status=final,amended"
		for _, seen := range []int{0, 1, 499, 500} {
			if n, err := count(seen, usual, all); err != nil || n != seen {
				t.Errorf("of %d that may be found %d are counted, %v", seen, n, err)
			}
		}
		_, many := count(501, usual, all)
		_, work := count(10, plan.Limits{Candidates: observations - 1, Inner: 400, Counted: 500}, all)
		if fault.From(many).IssueType() != "too-costly" || fault.From(work).IssueType() != "too-costly" {
			t.Errorf("too many: %v; too much to look at: %v", many, work)
		}
		_, both := count(501, plan.Limits{Candidates: 400, Inner: 400, Counted: 500}, all)
		_, less := count(10, plan.Limits{Candidates: 400, Inner: 400, Counted: 500}, all)
		if both == nil || fmt.Sprint(both) != fmt.Sprint(less) {
			t.Errorf("it is told which limit it was: %v, and %v", both, less)
		}
	})
}

// TestInnerSearchesAreNarrowed: an inner search looks only at what meets the criteria that all meets that may be found, and at nothing
// where none may: what refers to the matches beside that does not refuse it.
func TestInnerSearchesAreNarrowed(t *testing.T) {
	databases.Each(t, func(t *testing.T, db store.DB) {
		b := load(t, db)
		observation, _ := schema.TypeOf("Observation")
		parser := search.Parser{Table: b.Table}
		more, _, err := parser.Criteria(observation, []search.Pair{{Name: "subject", Value: "Patient/p1"}})
		if err != nil {
			t.Fatal(err)
		}
		q := b.ask(t, "Organization", "_has:Observation:performer:status=final,amended").Query
		p := *b.Planner
		p.Limits = plan.Limits{Candidates: 1000, Inner: 100}
		p.Sees = func(r fhir.Resource, updated time.Time, _ bool) bool {
			return r.Type != observation || more[0].Matches(r, updated)
		}
		if n, err := p.Count(t.Context(), q, false); fault.From(err).IssueType() != "too-costly" {
			t.Errorf("without being narrowed %d are counted, %v: the test tells nothing", n, err)
		}
		p.Narrow = func(schema.Type) ([]*search.Criterion, bool) { return nil, true }
		if n, err := p.Count(t.Context(), q, false); err != nil || n != 0 {
			t.Errorf("where nothing may be found %d are counted, %v", n, err)
		}
		p.Narrow = func(of schema.Type) ([]*search.Criterion, bool) {
			if of == observation {
				return more, false
			}
			return nil, false
		}
		if n, err := p.Count(t.Context(), q, false); err != nil || n != 1 {
			t.Errorf("narrowed %d are counted, %v", n, err)
		}
	})
}
