package process

import (
	"context"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
)

// manyMost is how many cases one request moves.
const manyMost = 200

// Outcome is what became of one of several cases.
type Outcome struct {
	Case fhir.Ref
	Err  error
}

// MoveMany makes the same move, filled in alike, in several cases, each by itself: what cannot be done in one changes nothing in the
// others. The error is TooLarge for more cases than one request moves.
func (e *Engine) MoveMany(ctx context.Context, s *gate.Session, cases []fhir.Ref, move string, needs fhir.Node, once *gate.Idempotency) ([]Outcome, error) {
	if len(cases) > manyMost {
		return nil, fault.New(fault.TooLarge, "One request moves at most %d cases.", manyMost)
	}
	all := make([]Outcome, len(cases))
	for i, ref := range cases {
		a := Asked{Case: ref, Move: move, Needs: needs}
		if once != nil {
			own := *once
			own.Key += " " + ref.String()
			a.Once = &own
		}
		_, err := e.Move(ctx, s, a)
		if fault.CodeOf(err) == fault.Internal || ctx.Err() != nil {
			return nil, err // what was moved stands, and is not moved again by the same key
		}
		all[i] = Outcome{ref, err}
	}
	return all, nil
}
