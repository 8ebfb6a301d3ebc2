package plan

import (
	"cmp"
	"context"
	"slices"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/store"
)

// check reads candidates and keeps those that meet all criteria.
func (r *run) check(ctx context.Context, rids []int64) ([]Match, error) {
	if err := givenUp(ctx); err != nil {
		return nil, err
	}
	versions, err := r.Reader.Bodies(ctx, rids)
	if err != nil {
		return nil, err
	}
	return r.verify(ctx, versions)
}

// verify keeps those versions that meet all criteria and were created in time.
func (r *run) verify(ctx context.Context, versions []store.Version) ([]Match, error) {
	matches := make([]Match, 0, len(versions))
	var later []int64
	for _, v := range versions {
		if !v.Live() || v.Ref.Type != r.Type {
			continue
		}
		if !r.Before.IsZero() && v.Updated.After(r.Before) {
			if v.Number == 1 {
				continue
			}
			later = append(later, v.Rid)
		}
		res, err := fhir.ParseResource(v.Body.Bytes)
		if err != nil {
			return nil, fault.Wrap(err, "reading a stored resource")
		}
		if r.meets(res, v) {
			matches = append(matches, Match{v, res, r.position(v, res)})
		}
	}
	matches, err := r.inTime(ctx, matches, later)
	if err != nil {
		return nil, err
	}
	for _, c := range r.All {
		if matches, err = r.deep(ctx, c, matches); err != nil {
			return nil, err
		}
	}
	return matches, nil
}

// meets tells whether a resource may be seen and meets the criteria that it decides about itself.
func (r *run) meets(res fhir.Resource, v store.Version) bool {
	return r.sees(res, v, false) && !slices.ContainsFunc(r.All, func(c *search.Criterion) bool { return !c.Deep() && !c.Matches(res, v.Updated) })
}

func (p *Planner) sees(res fhir.Resource, v store.Version, included bool) bool {
	return p.Sees == nil || p.Sees(res, v.Updated, included)
}

// inTime leaves out what was created too late, among resources that were changed too late.
func (r *run) inTime(ctx context.Context, matches []Match, later []int64) ([]Match, error) {
	if len(later) == 0 {
		return matches, nil
	}
	born, err := r.Reader.Born(ctx, later)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(matches, func(m Match) bool { return born[m.Rid].After(r.Before) }), nil
}

// Verify keeps those of some versions that meet all criteria of a query.
func (p *Planner) Verify(ctx context.Context, q Query, versions []store.Version) ([]Match, error) {
	r := &run{Planner: p, Query: q}
	slices.SortFunc(versions, func(a, b store.Version) int { return cmp.Compare(a.Rid, b.Rid) })
	return r.verify(ctx, slices.CompactFunc(versions, func(a, b store.Version) bool { return a.Rid == b.Rid }))
}
