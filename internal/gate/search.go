package gate

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/store"
	"yitong/internal/store/plan"
)

// parser reads criteria.
func (s *Session) parser() search.Parser {
	return search.Parser{Table: s.gate.index.Table(), Now: time.Now()}
}

// Wishes say how a search is to be read.
type Wishes struct {
	Lenient bool   // leave out what is not known
	Base    string // absolute URL of this record, in front of references
}

// Request reads the parameters of a search for resources of some types.
func (s *Session) Request(types []schema.Type, pairs []search.Pair, w Wishes) (*search.Request, error) {
	p := s.parser()
	p.Lenient, p.Base = w.Lenient, w.Base
	return p.Request(types, pairs)
}

// Parameters are the search parameters that there are.
func (s *Session) Parameters() *search.Table { return s.gate.index.Table() }

// Results is a page of what a search has found.
type Results struct {
	Matches  []store.Version
	Included []store.Version
	Whole    bool   // whether all that was to be included is there
	Total    int    // -1 if it was not asked for
	Next     string // sealed cursors of the pages behind and before, "" at the ends
	Prev     string
}

// cursor is a place between two pages.
type cursor struct {
	Part  int // of the request
	Keys  []search.SortKey
	Rid   int64
	Back  bool
	Since int64    // when the first page was read, in microseconds
	Open  []string // the residents whose records permits opened then
}

// Search reads a page of what a request finds. about is what cursors are bound to: the request itself.
//
// The error is Malformed for a cursor that is not of this search, Unprocessable (too-costly) for a search that would look
// at too much.
func (s *Session) Search(ctx context.Context, r *search.Request, about, token string) (*Results, error) {
	r, audits, err := s.gate.searched(r)
	if err != nil {
		return nil, err
	}
	if audits {
		return s.searchAudits(ctx, r, about, token)
	}
	v, r, err := s.looking(ctx, r)
	if err != nil {
		return nil, err
	}
	p := v.planner(s.gate.db, plan.Usual)
	found := &Results{Total: -1, Whole: true}
	at := &cursor{Part: -1}
	if token != "" {
		if at, err = s.open(about, token); err == nil {
			err = v.still(at.Open)
		}
		if err != nil {
			return nil, err
		}
	}
	if r.Only || r.Total != search.TotalNone {
		if found.Total, err = total(ctx, p, r); err == nil && found.Total == 0 {
			err = v.unknown(r)
		}
		if err != nil {
			return found, err
		}
		if s.tellNumber(found.Total); r.Only {
			return found, nil
		}
	}
	matches, more, err := page(ctx, p, r, at)
	if err == nil && len(matches) == 0 && token == "" {
		err = v.unknown(r)
	}
	if err != nil {
		return nil, err
	}
	if at.Since == 0 && more {
		now, err := s.gate.db.Now(ctx)
		if err != nil {
			return nil, err
		}
		at.Since = now.UnixMicro()
	}
	at.Open = v.opens()
	s.links(found, about, at, matches, more)
	for _, m := range matches {
		found.Matches = append(found.Matches, m.Version)
	}
	if len(r.Include) > 0 {
		var plain []plan.Match
		for _, m := range matches {
			plain = append(plain, m.Match)
		}
		if found.Included, found.Whole, err = p.Include(ctx, plain, r.Include); err != nil {
			return nil, err
		}
	}
	if err := v.all(found.Matches, MaySearch); err != nil {
		return nil, err
	}
	if err := v.all(found.Included, MayLook); err != nil {
		return nil, err
	}
	if err := v.hush(ctx, s.gate.db, pointers(found.Matches, found.Included)...); err != nil {
		return nil, err
	}
	return found, s.tell(slices.Concat(found.Matches, found.Included)...)
}

// looking is the view of a request, and the request for what the actor may find.
func (s *Session) looking(ctx context.Context, r *search.Request) (*view, *search.Request, error) {
	var criteria []*search.Criterion
	for _, part := range r.Parts {
		criteria = append(criteria, part.All...)
	}
	v, err := s.view(ctx, s.gate.db, criteria...)
	if err == nil {
		err = v.touch(r)
	}
	if err != nil {
		return nil, nil, err
	}
	mine, err := v.permitted(r)
	return v, mine, err
}

func pointers(lists ...[]store.Version) (all []*store.Version) {
	for _, list := range lists {
		for i := range list {
			all = append(all, &list[i])
		}
	}
	return all
}

// permitted is the request for what the actor may find. Of several types those are left out of which it is nothing.
func (v *view) permitted(r *search.Request) (*search.Request, error) {
	mine := *r
	mine.Parts = nil
	for _, part := range r.Parts {
		if v.allow(part.Type, MaySearch) != nil {
			continue
		}
		part.All = v.narrowed(part.Type, part.All)
		mine.Parts = append(mine.Parts, part)
	}
	if len(mine.Parts) == 0 && len(r.Parts) > 0 {
		return nil, v.allow(r.Parts[0].Type, MaySearch)
	}
	return &mine, nil
}

// opens are the residents whose records permits open.
func (v *view) opens() (names []string) {
	for _, p := range v.open {
		if len(p.permits) > 0 {
			names = append(names, p.ref.String())
		}
	}
	return names
}

// still refuses to go on with pages when a permit has ended by which the first were read.
func (v *view) still(open []string) error {
	now := v.opens()
	for _, name := range open {
		if !slices.Contains(now, name) {
			return fault.New(fault.Forbidden, "The permit by which the pages before were read has ended. What is yours to see without it, a new search finds.")
		}
	}
	return nil
}

// unknown refuses a search that finds nothing if it names a resident whose record is not open to the actor, but would be by a
// permit: it says how to come by one.
func (v *view) unknown(r *search.Request) error {
	if !slices.ContainsFunc(r.Parts, func(p search.Part) bool { return v.sight(p.Type).permits() }) {
		return nil
	}
	for _, p := range v.open {
		if len(p.permits) > 0 {
			continue
		}
		if head := v.heads[p.ref]; head.Live() {
			r, err := fhir.ParseResource(head.Body.Bytes)
			if err != nil {
				return fault.Wrap(err, "reading a stored Patient")
			}
			if v.sees(MayRead, r, head.Updated) {
				continue
			}
		}
		return unpermitted()
	}
	return nil
}

// open reads a cursor.
func (s *Session) open(about, token string) (*cursor, error) {
	text, err := s.Unseal(about, token)
	if err != nil {
		return nil, err
	}
	at := &cursor{}
	if err := json.Unmarshal([]byte(text), at); err != nil {
		return nil, fault.Wrap(err, "reading a sealed cursor")
	}
	return at, nil
}

// links seals the cursors of the neighbouring pages.
func (s *Session) links(found *Results, about string, at *cursor, matches []hit, more bool) {
	if len(matches) == 0 {
		return
	}
	seal := func(m hit, back bool) string {
		text, err := json.Marshal(cursor{m.part, m.At.Keys, m.At.Rid, back, at.Since, at.Open})
		if err != nil {
			panic(err) // numbers and texts always marshal
		}
		return s.Seal(about, string(text))
	}
	if more || at.Back {
		found.Next = seal(matches[len(matches)-1], false)
	}
	if at.Back && more || !at.Back && at.Part >= 0 {
		found.Prev = seal(matches[0], true)
	}
}

// hit is a match of a part of a request.
type hit struct {
	plan.Match
	part int
}

// page reads matches behind a cursor. Several types come one after the other, unless they are sorted together.
func page(ctx context.Context, p *plan.Planner, r *search.Request, at *cursor) (matches []hit, more bool, err error) {
	together := len(r.Parts) > 1 && r.Parts[0].Sort != nil
	parts := make([]int, 0, len(r.Parts))
	for i := range r.Parts {
		if together || at.Part < 0 || i == at.Part || i > at.Part != at.Back {
			parts = append(parts, i)
		}
	}
	if at.Back {
		slices.Reverse(parts)
	}
	for _, i := range parts {
		q := plan.Query{Type: r.Parts[i].Type, All: r.Parts[i].All, Sort: r.Parts[i].Sort}
		if q.Sort == nil {
			q.Sort = p.Usually(q.Type)
		}
		slice := plan.Slice{Back: at.Back, Most: r.Count - len(matches)}
		if at.Since != 0 {
			slice.Before = time.UnixMicro(at.Since)
		}
		if together {
			slice.Most = r.Count
		}
		if at.Part == i || at.Part >= 0 && together {
			slice.Behind = &plan.Position{Keys: at.Keys, Rid: at.Rid}
		}
		got, err := p.Page(ctx, q, slice)
		if err != nil {
			return nil, false, err
		}
		var some []hit
		for _, m := range got.Matches {
			some = append(some, hit{m, i})
		}
		if at.Back {
			matches = append(some, matches...)
		} else {
			matches = append(matches, some...)
		}
		if more = more || got.More; more && !together {
			return matches, true, nil
		}
	}
	if together {
		return merge(r, matches, at, more)
	}
	return matches, more, nil
}

// merge sorts the matches of all types together and keeps a page of them.
func merge(r *search.Request, matches []hit, at *cursor, more bool) ([]hit, bool, error) {
	slices.SortFunc(matches, func(a, b hit) int { return plan.Compare(r.Parts[0].Sort, a.At, b.At) })
	if len(matches) <= r.Count {
		return matches, more, nil
	}
	if at.Back {
		return matches[len(matches)-r.Count:], true, nil
	}
	return matches[:r.Count], true, nil
}
