package plan

import (
	"cmp"
	"context"
	"slices"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/store"
)

// Limits bound what one search may look at.
type Limits struct {
	Candidates int // that are read and checked
	Inner      int // resources that an inner search of a chain or _has may look at
	Counted    int // matches that a count tells of where each has to be looked at; 0 for any number
}

// Usual are the limits of a search by itself; Inside those of one inside a write, which others wait for.
var (
	Usual  = Limits{Candidates: 50_000, Inner: 400}
	Inside = Limits{Candidates: 1000, Inner: 200}
)

// Planner carries out searches on a record.
type Planner struct {
	Table  *search.Table
	Hasher store.Hasher
	Reader store.Reader
	Limits Limits
	// Sees tells of a resource that was last changed at that time whether it may be found, or decide about others by a
	// chain or _has; or, whether it may be included. nil: all may.
	Sees func(r fhir.Resource, updated time.Time, included bool) bool
	// Narrow gives criteria that all of a type meets that may be found; none tells that nothing may. Inner searches make use of
	// it, so that they look neither at what may not be found nor, if none, at anything. nil: no such criteria.
	Narrow func(of schema.Type) (more []*search.Criterion, none bool)
	// Unless tells of a type when all that meets the criteria of a query may be found: unless it meets the criterion that it
	// gives, nil for always. It is false where more than that decides. nil: always more.
	Unless func(of schema.Type) (*search.Criterion, bool)
}

// Query is what is asked for: resources of a type that meet all criteria, in an order.
type Query struct {
	Type schema.Type
	All  []*search.Criterion
	Sort []search.Sort // what is still equal comes in the order of creation, in the direction of the first
}

// Usually is the order of a type when none is asked for: the newest first, by the clinical date if the type has one.
func (p *Planner) Usually(of schema.Type) []search.Sort {
	if clinical := p.Table.OrderParameter(of); clinical != nil {
		return []search.Sort{{Param: clinical, Down: true}}
	}
	return nil
}

// Position is the place of a resource in the order of a query.
type Position struct {
	Keys []search.SortKey
	Rid  int64
}

// Match is a resource that was found.
type Match struct {
	store.Version
	Resource fhir.Resource
	At       Position
}

// Slice asks for a part of what a query finds.
type Slice struct {
	Behind *Position // the part begins behind it; nil: at the beginning
	Back   bool      // the part ends before Behind and is read backwards; the matches come in the query's order anyway
	Most   int
	Before time.Time // what was created later is left out; zero for nothing
}

// Page is a part of what a query finds.
type Page struct {
	Matches []Match
	More    bool // there is more in the direction of reading
}

// run is one search.
type run struct {
	*Planner
	Query
	Slice
	sources []source
	wide    []source // of so many lists that it is better to do without, if one can
	sieve   *sieve
	sifted  bool    // whether a sieve would help has been settled
	most    int     // how far the candidates of sources are counted
	counted bool    // whether they have been
	seen    int     // candidates that were read
	passed  int     // candidates that have been gone through in an order
	bytes   int     // of the bodies of matches
	valued  []Match // those of the page that have a value to be sorted by, when the others could not be found yet

	// proved are the results of inner searches that were made to their end: of a chain the resources that meet its next
	// step, of _has those that are referred to.
	proved map[*search.Criterion]map[fhir.Ref]bool
}

// Page reads a part of what the query finds. The error is Unprocessable (too-costly) for a query over the limits.
func (p *Planner) Page(ctx context.Context, q Query, s Slice) (Page, error) {
	return (&run{Planner: p, Query: q, Slice: s}).page(ctx)
}

func (r *run) page(ctx context.Context) (Page, error) {
	if err := r.survey(ctx, probe); err != nil {
		return Page{}, err
	}
	matches, more, err := r.ordered(ctx, min(patience, r.Limits.Candidates/2))
	if err == errNoOrder {
		matches, more, err = r.persevere(ctx)
	}
	if err != nil {
		return Page{}, err
	}
	if r.Back {
		slices.Reverse(matches)
	}
	return Page{matches, more}, nil
}

// persevere goes on where following an order was not possible or took too long: it sorts the candidates of the best
// source, or, if these are too many, follows the order as far as it may.
func (r *run) persevere(ctx context.Context) ([]Match, bool, error) {
	if !r.counted {
		if err := r.count(ctx, probe); err != nil {
			return nil, false, err
		}
	}
	best := r.best()
	if best == nil || !best.named && best.size >= probe {
		if err := r.widen(ctx); err != nil {
			return nil, false, err
		}
		if err := r.count(ctx, r.Limits.Candidates+1); err != nil {
			return nil, false, err
		}
		best = r.best()
	}
	r.seen, r.bytes = 0, 0
	if best == nil || best.size > r.Limits.Candidates || r.clinical() && best.listed {
		if matches, more, err := r.ordered(ctx, r.Limits.Candidates); err == nil {
			return matches, more, err
		} else if err != errNoOrder {
			return r.orValued(err)
		}
	}
	r.bytes = 0
	matches, more, err := r.sorted(ctx)
	if err != nil {
		return r.orValued(err)
	}
	return matches, more, nil
}

// orValued gives what of the page has a value, where it would be too costly to find what has none. Whoever goes on to that
// is refused on the next page.
func (r *run) orValued(err error) ([]Match, bool, error) {
	if len(r.valued) > 0 && fault.From(err).IssueType() == "too-costly" {
		return r.valued, true, nil
	}
	return nil, false, err
}

// down tells whether the order of creation is read backwards.
func (r *run) down() bool {
	return (len(r.Sort) == 0 || r.Sort[0].Down) != r.Back
}

// position is the place of a resource.
func (r *run) position(v store.Version, res fhir.Resource) Position {
	at := Position{Rid: v.Rid}
	for _, s := range r.Sort {
		at.Keys = append(at.Keys, r.Table.SortKey(s.Param, res, v.Updated, s.Down))
	}
	return at
}

// compare tells which of two places comes first in the direction of reading.
func (r *run) compare(a, b Position) int {
	if r.Back {
		a, b = b, a
	}
	return Compare(r.Sort, a, b)
}

// Compare tells which of two places comes first in an order.
func Compare(sort []search.Sort, a, b Position) int {
	for i, s := range sort {
		if c := a.Keys[i].Compare(b.Keys[i], s.Down); c != 0 {
			return c
		}
	}
	if len(sort) == 0 || sort[0].Down {
		return cmp.Compare(b.Rid, a.Rid)
	}
	return cmp.Compare(a.Rid, b.Rid)
}

// behind tells whether a place is in the part that is asked for.
func (r *run) behind(at Position) bool { return r.Behind == nil || r.compare(at, *r.Behind) > 0 }

// costly refuses a search over the limits.
func (r *run) costly() error {
	return fault.New(fault.Unprocessable, "The search for %s would have to look at more than %d resources.%s", r.Type, r.Limits.Candidates, r.advice()).WithIssue("too-costly")
}

// advice names parameters that would narrow the search.
func (r *run) advice() string {
	var would []string
	for _, name := range []string{"patient", "subject", "identifier", "code", "name", "date", "_id"} {
		asked := slices.ContainsFunc(r.All, func(c *search.Criterion) bool { return c.Param != nil && c.Param.Name == name })
		if r.Table.Lookup(r.Type, name) != nil && !asked && len(would) < 2 {
			would = append(would, name)
		}
	}
	if len(would) == 0 {
		return " Narrow it."
	}
	return " Add " + would[0] + " or " + would[len(would)-1] + "."
}
