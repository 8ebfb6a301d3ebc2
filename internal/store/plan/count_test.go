package plan_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
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

// looks counts how often the sizes of ranges are asked for.
type looks struct {
	store.Reader
	n int
}

func (l *looks) Sizes(ctx context.Context, ranges []store.Range, most int) ([]int, error) {
	l.n++
	return l.Reader.Sizes(ctx, ranges, most)
}

// TestCountsTogether: several queries are counted as each is by itself, whatever they are and whatever each may find; those that lists
// tell, in one look.
func TestCountsTogether(t *testing.T) {
	databases.Each(t, func(t *testing.T, db store.DB) {
		b := load(t, db)
		random := rand.New(rand.NewPCG(7, 9))
		hides := func(r fhir.Resource, _ time.Time, _ bool) bool { return r.ID < "o4" }
		for range 12 {
			var all []plan.Asked
			var want []int
			var texts []string
			for range random.IntN(9) {
				text := questions[random.IntN(len(questions))]
				of, query, _ := strings.Cut(text, "?")
				p := *b.Planner
				if random.IntN(3) == 0 {
					p.Sees = hides
				}
				q := b.ask(t, of, query)
				n, err := p.Count(t.Context(), q.Query, false)
				if err != nil {
					t.Fatalf("%s: %v", text, err)
				}
				if p.Sees == nil && n != len(q.want) {
					t.Errorf("%s: %d are counted, want %d", text, n, len(q.want))
				}
				all, want, texts = append(all, plan.Asked{Planner: &p, Query: q.Query}), append(want, n), append(texts, text)
			}
			if got, err := plan.Counts(t.Context(), db, all); err != nil || !slices.Equal(got, want) {
				t.Errorf("%q: %v together, %v one by one (%v)", texts, got, want, err)
			}
		}
		var all []plan.Asked
		for i := range 20 {
			all = append(all, plan.Asked{Planner: b.Planner, Query: b.ask(t, "Observation", fmt.Sprint("code=s|c", i)).Query})
		}
		l := &looks{Reader: db}
		if got, err := plan.Counts(t.Context(), l, all); err != nil || l.n != 1 || got[0] == 0 || got[19] != 0 {
			t.Errorf("%v in %d looks (%v)", got, l.n, err)
		}
		costly := *b.Planner
		costly.Limits = plan.Limits{Candidates: 10, Inner: 10}
		all = append(all, plan.Asked{Planner: &costly, Query: b.ask(t, "Observation", "status:not=final").Query})
		if got, err := plan.Counts(t.Context(), db, all); fault.From(err).IssueType() != "too-costly" {
			t.Errorf("one that is too costly: %v, %v", got, err)
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
