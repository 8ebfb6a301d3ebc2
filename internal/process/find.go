package process

import (
	"context"
	"strconv"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
)

// find reads the first Tasks that a search finds, at most so many.
func (e *Engine) find(ctx context.Context, s *gate.Session, most int, pairs ...search.Pair) ([]version, error) {
	found, _, err := e.page(ctx, s, most, "", pairs...)
	return found, err
}

// page is a page of the Tasks that a search finds, and where the next begins, "" for nowhere.
func (e *Engine) page(ctx context.Context, s *gate.Session, most int, at string, pairs ...search.Pair) (found []version, next string, err error) {
	results, err := e.search(ctx, s, at, append(pairs, search.Pair{Name: "_count", Value: strconv.Itoa(most)}))
	if err != nil {
		return nil, "", err
	}
	for _, v := range results.Matches {
		r, err := fhir.ParseResource(v.Body.Bytes)
		if err != nil {
			return nil, "", fault.Wrap(err, "reading a stored resource")
		}
		found = append(found, version{r, v.Number})
	}
	return found, results.Next, nil
}

// count is how many Tasks a search finds.
func (e *Engine) count(ctx context.Context, s *gate.Session, pairs ...search.Pair) (int, error) {
	results, err := e.search(ctx, s, "", append(pairs, search.Pair{Name: "_summary", Value: "count"}))
	if err != nil {
		return 0, err
	}
	return results.Total, nil
}

func (e *Engine) search(ctx context.Context, s *gate.Session, at string, pairs []search.Pair) (*gate.Results, error) {
	asked, err := s.Request([]schema.Type{typeTask}, pairs, gate.Wishes{})
	if err != nil {
		return nil, err
	}
	return s.Search(ctx, asked, "inbox", at)
}
