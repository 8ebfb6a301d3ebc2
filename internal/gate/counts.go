package gate

import (
	"context"

	"yitong/internal/fault"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/store/plan"
)

// CountsMost bounds what is counted at once.
const CountsMost = 500

// Counts is how many resources of a type meet each of some lists of criteria: what as many searches for counts alone would tell, by the
// rights of each. What lines of the index tell is counted in one look, as of one moment.
//
// The error is Unprocessable (too-costly) for more than [CountsMost] lists, and for a list that would look at too much; that of a list
// which may not be searched for is the error of all. AuditEvents are counted by searches.
func (s *Session) Counts(ctx context.Context, of schema.Type, lists [][]search.Pair) ([]int, error) {
	if len(lists) > CountsMost {
		return nil, fault.New(fault.Unprocessable, "At most %d numbers are counted at once, and these are %d. Ask for them in several requests.", CountsMost, len(lists)).WithIssue("too-costly")
	}
	if s.gate.audits(of) {
		return nil, auditsAlone()
	}
	var asked []plan.Asked
	var views []*view
	var requests []*search.Request
	for _, pairs := range lists {
		r, err := s.Request([]schema.Type{of}, pairs, Wishes{})
		if err == nil {
			r, _, err = s.gate.searched(r)
		}
		if err != nil {
			return nil, err
		}
		v, r, err := s.looking(ctx, r) // of each list its own: whom one names is open to it alone
		if err != nil {
			return nil, err
		}
		views, requests = append(views, v), append(requests, r)
		asked = append(asked, plan.Asked{Planner: counter(v.planner(s.gate.db, plan.Usual)), Query: plan.Query{Type: of, All: r.Parts[0].All}})
	}
	counts, err := plan.Counts(ctx, s.gate.db, asked)
	if err != nil {
		return nil, err
	}
	for i, n := range counts {
		if n == 0 {
			if err := views[i].unknown(requests[i]); err != nil {
				return nil, err
			}
		}
		s.tellNumber(n)
	}
	return counts, nil
}

// countedMost bounds what a count tells of where each resource has to be looked at to tell whether it may be seen: it is the number of
// those that may. What may not is passed by, as far as a search may look.
const countedMost = 10_000

// total is how many resources a request finds: under an access that is limited exactly, or not at all.
func total(ctx context.Context, p *plan.Planner, r *search.Request) (sum int, err error) {
	p = counter(p)
	for _, part := range r.Parts {
		n, err := p.Count(ctx, plan.Query{Type: part.Type, All: part.All}, r.Total == search.TotalEstimate && !r.Only && p.Sees == nil)
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return sum, nil
}

// counter is a planner for counts.
func counter(p *plan.Planner) *plan.Planner {
	if p.Sees == nil {
		return p
	}
	limited := *p
	limited.Limits.Counted = countedMost
	return &limited
}
