package process

import (
	"context"
	"slices"

	"yitong/internal/fault"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
)

// Count is how many cases of a process are open for somebody to act, and how many of these are overdue.
type Count struct{ Open, Overdue int }

// overdueMost is how many overdue cases are counted, those that have been so for longest first.
const overdueMost = 200

// Counts tells how much there is to do, by the codes of processes; those of which there is nothing are left out. Of a box, Of and
// Process count. Overdue cases are counted as far as the 200 that have been so for longest. The error is Unprocessable for a scope that
// there is not, or [Begun], which is not about what there is to do.
func (e *Engine) Counts(ctx context.Context, s *gate.Session, b Box) (map[string]Count, error) {
	if b.Of == Begun {
		return nil, fault.New(fault.Unprocessable, "What is to be done is counted of an inbox that is %s or %s.", Mine, Office).WithIssue("value")
	}
	if err := e.knows(b.Process); err != nil {
		return nil, err
	}
	selves, err := e.selves(ctx, s)
	if err != nil {
		return nil, err
	}
	var codes []string // of which each list counts
	var lists [][]search.Pair
	for _, p := range e.Processes() {
		if b.Process != "" && b.Process != p.Code {
			continue
		}
		names, err := e.tokens(s, Box{Of: b.Of, Process: p.Code}, selves)
		if err != nil {
			return nil, err
		}
		for _, name := range names { // each by itself, for of one token the lines of the index are the count
			codes, lists = append(codes, p.Code), append(lists, []search.Pair{{Name: "business-status", Value: name}})
		}
	}
	counts := map[string]Count{}
	for some := range slices.Chunk(lists, gate.CountsMost) {
		open, err := s.Behalf("").Counts(ctx, typeTask, some)
		if err != nil {
			return nil, err
		}
		for i, n := range open {
			if n > 0 {
				counts[codes[i]] = Count{Open: counts[codes[i]].Open + n}
			}
		}
		codes = codes[len(some):]
	}
	return counts, e.overdue(ctx, s, Box{Of: b.Of, Process: b.Process, Late: true}, selves, counts)
}

// overdue adds what is overdue to counts.
func (e *Engine) overdue(ctx context.Context, s *gate.Session, b Box, selves []self, counts map[string]Count) error {
	pairs, err := e.pairs(s, b, selves)
	if err != nil || len(counts) == 0 || pairs == nil {
		return err
	}
	late, err := e.find(ctx, s.Behalf(""), overdueMost, append(pairs, search.Pair{Name: "_sort", Value: "deadline"})...)
	for _, known := range late {
		code := known.resource.Root.Get("code").Get("coding").First().Get("code").Str()
		if c, is := counts[code]; is {
			c.Overdue++
			counts[code] = c
		}
	}
	return err
}
