package gate

import (
	"context"
	"slices"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/store"
)

// ReadsMost bounds what is read at once.
const ReadsMost = 500

// Reads are the newest versions of resources as [Session.Read] gives each, read together. In the place of what it refuses, as NotFound,
// Gone or Forbidden, stands the zero Version. The error is Unprocessable (too-costly) for more than [ReadsMost].
func (s *Session) Reads(ctx context.Context, refs []fhir.Ref) ([]store.Version, error) {
	if len(refs) > ReadsMost {
		return nil, fault.New(fault.Unprocessable, "At most %d resources are read at once, and these are %d. Read them in several requests.", ReadsMost, len(refs)).WithIssue("too-costly")
	}
	by := &ahead{DB: s.gate.db, heads: map[fhir.Ref]store.Version{}}
	if _, err := by.Heads(ctx, refs); err != nil {
		return nil, err
	}
	versions := make([]store.Version, len(refs))
	for i, ref := range refs {
		v, err := s.readOf(ctx, by, ref)
		switch fault.CodeOf(err) {
		case "":
			versions[i] = v
		case fault.NotFound, fault.Gone, fault.Forbidden:
		default:
			return nil, err
		}
	}
	return versions, nil
}

// readOf is Read by what has been read ahead.
func (s *Session) readOf(ctx context.Context, by *ahead, ref fhir.Ref) (store.Version, error) {
	if s.gate.audits(ref.Type) {
		return s.audit(ctx, ref, 1)
	}
	if err := s.allow(ref.Type, MayRead); err != nil {
		return store.Version{}, err
	}
	return s.give(ctx, by, by.heads[ref], ref)
}

// ahead reads a database and keeps heads; of the Patients among them it reads links and permits together, when the first are asked for.
type ahead struct {
	store.DB
	heads   map[fhir.Ref]store.Version
	linked  bool // whether those who stand for the residents have been read
	permits map[string][]store.Item
}

// Heads implements [store.Reader].
func (a *ahead) Heads(ctx context.Context, refs []fhir.Ref) ([]store.Version, error) {
	lacks := func(ref fhir.Ref) bool { _, known := a.heads[ref]; return !known }
	if slices.ContainsFunc(refs, lacks) {
		unread := slices.Clone(refs)
		if len(a.heads) > 0 && !a.linked {
			goldens, err := a.goldens()
			if err != nil {
				return nil, err
			}
			a.linked, unread = true, append(unread, goldens...)
		}
		unread = slices.DeleteFunc(unread, func(ref fhir.Ref) bool { return !lacks(ref) })
		heads, err := a.DB.Heads(ctx, unread)
		if err != nil {
			return nil, err
		}
		for i, ref := range unread {
			a.heads[ref] = heads[i]
		}
	}
	found := make([]store.Version, len(refs))
	for i, ref := range refs {
		found[i] = a.heads[ref]
	}
	return found, nil
}

// goldens are the Patients that stand for the residents who have been read.
func (a *ahead) goldens() (all []fhir.Ref, err error) {
	for ref, head := range a.heads {
		if ref.Type != typePatient {
			continue
		}
		l, err := linksIn(head, ref)
		if err != nil {
			return nil, err
		}
		all = append(all, l.golden())
	}
	return all, nil
}

// Owned implements [store.RegisterReader].
func (a *ahead) Owned(ctx context.Context, kind, owner, behind string, most int) ([]store.Item, error) {
	if kind != kindPermit || behind != "" || most != permitsPage {
		return a.DB.Owned(ctx, kind, owner, behind, most)
	}
	if a.permits == nil {
		goldens, err := a.goldens()
		if err != nil {
			return nil, err
		}
		var owners []string
		for _, ref := range goldens {
			owners = append(owners, ref.String())
		}
		lists, err := a.OwnedBy(ctx, kind, owners, most)
		if err != nil {
			return nil, err
		}
		a.permits = map[string][]store.Item{}
		for i, one := range owners {
			a.permits[one] = lists[i]
		}
	}
	if list, known := a.permits[owner]; known {
		return list, nil
	}
	return a.DB.Owned(ctx, kind, owner, behind, most)
}
