package gate

import (
	"context"
	"slices"
	"strings"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/draft"
	"yitong/internal/store"
)

// ReservationURL names the extension by which a resource takes a place that only one resource can have at a time: a
// number of a clinic session, a use of a prescription. It holds the extensions scope and place (valueString), and until
// (valueInstant) for a hold that runs out. To confirm is to write the resource without until, to release is to write it
// without the extension, or to delete it.
const ReservationURL = "urn:yitong:reservation"

// Takes is that extension: of a place of a scope, until then, or, for the zero time, for as long as the resource says so.
func Takes(scope, place string, until time.Time) draft.Extension {
	parts := []draft.Extension{{URL: "scope", String: scope}, {URL: "place", String: place}}
	if !until.IsZero() {
		parts = append(parts, draft.Moment("until", until))
	}
	return draft.Extension{URL: ReservationURL, Extension: parts}
}

const (
	placesMost = 50  // that one resource may take
	placeBytes = 200 // of the name of a scope or a place
)

// taken is a place that a resource takes.
type taken struct {
	store.Place
	until time.Time
	at    fhir.Node
}

// places are those that a resource takes.
func places(r fhir.Resource) (list []taken, err error) {
	for e := r.Root.Get("extension").First(); e.Exists(); e = e.Next() {
		if e.Get("url").Str() != ReservationURL {
			continue
		}
		one := taken{until: store.ForEver, at: e}
		for part := e.Get("extension").First(); part.Exists(); part = part.Next() {
			switch part.Get("url").Str() {
			case "scope":
				one.Scope = part.Get("valueString").Str()
			case "place":
				one.Name = part.Get("valueString").Str()
			case "until":
				if one.until, _, err = fhir.ParsePeriod(part.Get("valueInstant").Str(), time.UTC); err != nil {
					return nil, fault.From(err).At(part.Path())
				}
			}
		}
		if err := one.check(list); err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, nil
}

func (t taken) check(others []taken) error {
	switch {
	case t.Scope == "" || t.Name == "" || len(t.Scope) > placeBytes || len(t.Name) > placeBytes:
		return fault.New(fault.Unprocessable, "A reservation names its scope and its place, each of at most %d bytes, as valueString.", placeBytes).At(t.at.Path())
	case strings.HasPrefix(t.Scope, store.OwnScopes):
		return fault.New(fault.Unprocessable, "Scopes that begin with %s are the platform's own.", store.OwnScopes).At(t.at.Path())
	case len(others) == placesMost:
		return fault.New(fault.TooLarge, "A resource reserves at most %d places.", placesMost).At(t.at.Path())
	case slices.ContainsFunc(others, func(o taken) bool { return o.Place == t.Place }):
		return fault.New(fault.Unprocessable, "The resource reserves this place twice.").WithIssue("duplicate").At(t.at.Path())
	}
	return nil
}

// moves is what becomes of the places of one resource.
type moves struct {
	op       *Op
	holder   string
	old, now []taken
}

// move notes what becomes of the places of a changed resource.
func (d *decision) move(i int, ref fhir.Ref, old *fhir.Resource, now []taken) error {
	m := moves{op: &d.ops[i], holder: ref.String(), now: now}
	if old != nil {
		var err error
		if m.old, err = places(*old); err != nil {
			return fault.Wrap(err, "reading the places of a stored resource")
		}
	}
	if len(m.old)+len(m.now) > 0 {
		d.moves = append(d.moves, m)
	}
	return nil
}

// reserve gives back what the changed resources do not take any more, and takes what they take now. The error is Conflict
// for a place that another resource has.
func (d *decision) reserve(tx store.Tx) error {
	for _, m := range d.moves {
		for _, was := range m.old {
			if slices.ContainsFunc(m.now, func(t taken) bool { return t.Place == was.Place }) {
				continue
			}
			if _, err := tx.Release(was.Place, m.holder); err != nil {
				return err
			}
		}
	}
	for _, m := range d.moves {
		for _, t := range m.now {
			if slices.ContainsFunc(m.old, func(was taken) bool { return was.Place == t.Place && was.until.Equal(t.until) }) {
				continue
			}
			ok, err := tx.Reserve(t.Place, m.holder, t.until)
			if err != nil {
				return err
			}
			if !ok {
				return m.op.at(fault.New(fault.Conflict, "Place %s of %s is taken.", t.Name, t.Scope).WithIssue("duplicate").At(t.at.Path()))
			}
		}
	}
	return nil
}

// Reserved are the places of some scopes that somebody has now, by their scopes and names. The session writes on behalf of the process
// that gives them, and what they say is for what that settles: they tell of resources that the person might not see.
func (s *Session) Reserved(ctx context.Context, scopes ...string) ([]store.Reservation, error) {
	all, err := s.gate.owned()
	if err != nil || len(scopes) == 0 {
		return nil, err
	}
	for _, scope := range scopes {
		if !slices.ContainsFunc(all, func(o owner) bool { return o.Process == s.actor.Process && o.under(scope) }) {
			return nil, fault.New(fault.Internal, "the process %q gives no places of %s", s.actor.Process, scope)
		}
	}
	list, err := s.gate.db.Reserved(ctx, scopes...)
	now := s.gate.now()
	return slices.DeleteFunc(list, func(r store.Reservation) bool { return !r.Until.After(now) }), err
}

// Reservations are the places that a stored resource takes.
func Reservations(r fhir.Resource) ([]store.Reservation, error) {
	all, err := places(r)
	list := make([]store.Reservation, len(all))
	for i, t := range all {
		list[i] = store.Reservation{Place: t.Place, Holder: fhir.Ref{Type: r.Type, ID: r.ID}.String(), Until: t.until}
	}
	return list, err
}

// wanted are the places that the prepared resources take.
func (t *transaction) wanted() (list []store.Place) {
	for i := range t.prepared {
		for _, p := range t.prepared[i].places {
			list = append(list, p.Place)
		}
	}
	for _, a := range t.ahead {
		for _, p := range a.places {
			list = append(list, p.Place)
		}
	}
	return list
}
