package process

import (
	"context"
	"strconv"
	"strings"

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

// findsMost is how many resources a search of a move finds at most.
const findsMost = 200

// seek is what a search of a move finds.
func (e *Engine) seek(ctx context.Context, s *gate.Session, query string) (found []fhir.Resource, err error) {
	of, criteria, _ := strings.Cut(query, "?")
	t, ok := schema.TypeOf(of)
	if !ok {
		return nil, fault.Wrap(nil, "a move searches "+of+", which is no type")
	}
	asked, err := s.Request([]schema.Type{t}, append(gate.Pairs(criteria), search.Pair{Name: "_count", Value: strconv.Itoa(findsMost)}), gate.Wishes{})
	if err != nil {
		return nil, err
	}
	results, err := s.Search(ctx, asked, "move", "")
	if fault.CodeOf(err) == fault.Forbidden { // it names a resident whose record is not open: for who moves there is nothing
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if results.Next != "" {
		return nil, fault.New(fault.Unprocessable, "%s finds more than %d, of which a move cannot choose. 数量过多，无法办理。", of, findsMost).WithIssue("too-costly")
	}
	for _, v := range results.Matches {
		r, err := fhir.ParseResource(v.Body.Bytes)
		if err != nil {
			return nil, fault.Wrap(err, "reading a stored resource")
		}
		found = append(found, r)
	}
	return found, nil
}

func (e *Engine) search(ctx context.Context, s *gate.Session, at string, pairs []search.Pair) (*gate.Results, error) {
	asked, err := s.Request([]schema.Type{typeTask}, pairs, gate.Wishes{})
	if err != nil {
		return nil, err
	}
	return s.Search(ctx, asked, "inbox", at)
}
