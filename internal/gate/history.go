package gate

import (
	"context"
	"math"
	"slices"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/store"
)

// History asks for versions, newest first.
type History struct {
	Type   schema.Type  // 0 for every type
	ID     string       // "" for every resource of the type
	Count  int          // at most so many
	Since  time.Time    // only versions made at or after; zero for all
	At     [2]time.Time // only versions that were the newest at some time from the first to before the second; zero for all
	Before store.Mark   // only versions behind this mark; zero for the newest
}

// Page is a part of a history.
type Page struct {
	Versions []store.Past
	Next     *store.Mark // where the next page starts, nil at the end
}

// lookMost bounds how many versions one page looks at; a page may be short, or empty, and still have a next.
const lookMost = 20_000

// History is a page of the history of a resource, a type or the whole record. The error is NotFound for a resource
// that never was.
//
// What may not be seen is left out; of all types those are left out of which the actor may see nothing.
func (s *Session) History(ctx context.Context, q History) (Page, error) {
	page, err := s.history(ctx, q)
	if err != nil {
		return page, err
	}
	for _, p := range page.Versions {
		if err := s.tell(p.Version); err != nil {
			return Page{}, err
		}
	}
	return page, nil
}

func (s *Session) history(ctx context.Context, q History) (Page, error) {
	v, err := s.view(ctx, s.gate.db)
	if err == nil {
		err = v.mayFollow(ctx, q)
	}
	if err != nil {
		return Page{}, err
	}
	page, err := v.history(ctx, q)
	if err != nil {
		return page, err
	}
	var all []*store.Version
	for i := range page.Versions {
		all = append(all, &page.Versions[i].Version)
	}
	if q.ID != "" {
		return page, v.hushAsked(ctx, s.gate.db, all...)
	}
	return page, v.hush(ctx, s.gate.db, all...)
}

// history is a page, but for what references say.
func (v *view) history(ctx context.Context, q History) (Page, error) {
	if q.Before.Updated.IsZero() {
		q.Before = store.Mark{Updated: time.UnixMicro(math.MaxInt64 / 4), Rid: math.MaxInt64, Number: math.MaxInt32}
	}
	if q.ID == "" && !q.At[1].IsZero() && q.At[1].Before(q.Before.Updated) {
		q.Before = store.Mark{Updated: q.At[1]}
	}
	var page Page
	for looked := 0; looked < lookMost; {
		n := q.Count + 1 - len(page.Versions)
		list, err := v.versions(ctx, q, n)
		if err != nil {
			return Page{}, err
		}
		looked += len(list)
		follows, err := v.follows(ctx, q, list)
		if err != nil {
			return Page{}, err
		}
		for _, p := range list {
			if p.Updated.Before(q.Since) {
				return page, nil
			}
			if len(page.Versions) == q.Count {
				page.Next = markBehind(page.Versions[q.Count-1])
				return page, nil
			}
			if p.Version, err = follows(p.Version); err != nil {
				return Page{}, err
			} else if !p.Exists() {
				continue
			}
			if q.At[1].IsZero() || p.Updated.Before(q.At[1]) && (p.Until.IsZero() || p.Until.After(q.At[0])) {
				page.Versions = append(page.Versions, p)
			}
		}
		if len(list) < n {
			return page, nil
		}
		q.Before = *markBehind(list[len(list)-1])
	}
	page.Next = &q.Before
	return page, nil
}

// mayFollow refuses a history of which the actor may see nothing. That of one resource is for those who may read the
// resource as it is now; for others there is no such resource.
func (v *view) mayFollow(ctx context.Context, q History) error {
	switch {
	case v.gate.audits(q.Type):
		return historyless()
	case q.Type == 0:
		return nil
	case q.ID == "":
		return v.allow(q.Type, MaySearch)
	}
	if err := v.allow(q.Type, MayRead); err != nil {
		return err
	}
	return v.current(ctx, fhir.Ref{Type: q.Type, ID: q.ID}, MayRead)
}

// follows tells of versions how they may be seen, the zero Version if not: by what they were, and by what their resources are now.
// In the history of many no permits are asked for.
func (v *view) follows(ctx context.Context, q History, list []store.Past) (func(store.Version) (store.Version, error), error) {
	may, look := MaySearch, v.seenWithin
	if q.ID != "" {
		may, look = MayRead, v.seen // its newest version has been looked at
	}
	now := map[fhir.Ref]bool{}
	var limited []fhir.Ref
	for _, p := range list {
		if _, known := now[p.Ref]; !known && q.ID == "" && !v.whole(p.Ref.Type, may) {
			now[p.Ref] = false
			limited = append(limited, p.Ref)
		}
	}
	if limited != nil {
		heads, err := v.gate.db.Heads(ctx, limited)
		if err != nil {
			return nil, err
		}
		for _, h := range heads {
			head, err := look(ctx, v.gate.db, h, may)
			if err != nil {
				return nil, err
			}
			now[h.Ref] = head.Exists()
		}
	}
	return func(version store.Version) (store.Version, error) {
		if is, limited := now[version.Ref]; limited && !is {
			return store.Version{}, nil
		}
		return look(ctx, v.gate.db, version, may)
	}, nil
}

func markBehind(p store.Past) *store.Mark {
	return &store.Mark{Updated: p.Updated, Rid: p.Rid, Number: p.Number}
}

// versions are the next n versions behind q.Before, whatever Since and At say.
func (s *Session) versions(ctx context.Context, q History, n int) ([]store.Past, error) {
	switch {
	case q.ID != "":
		return s.ofResource(ctx, fhir.Ref{Type: q.Type, ID: q.ID}, q.Before, n)
	case q.Type != 0:
		return s.gate.db.Changes(ctx, q.Type, q.Before, n)
	}
	var all []store.Past
	for _, t := range schema.Types() {
		if s.allow(t, MaySearch) != nil {
			continue
		}
		list, err := s.gate.db.Changes(ctx, t, q.Before, n)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	slices.SortFunc(all, func(a, b store.Past) int {
		if markBehind(a).Before(b.Version) {
			return -1
		}
		return 1
	})
	return all[:min(n, len(all))], nil
}

func (s *Session) ofResource(ctx context.Context, ref fhir.Ref, before store.Mark, n int) ([]store.Past, error) {
	list, err := s.gate.db.Versions(ctx, ref, before.Number, n)
	if err == nil && len(list) == 0 && before.Number == math.MaxInt32 {
		return nil, fault.New(fault.NotFound, "There is no %s.", ref)
	}
	return list, err
}
