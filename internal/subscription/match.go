package subscription

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
	"yitong/internal/store"
)

const (
	stretchMost   = 200  // numbers of the feed that are looked at together
	stretchesMost = 8    // stretches that are remembered
	pendingMost   = 1000 // events that wait for a delivery; with more, the feed is not read on for their Subscription
	lookers       = 4    // Subscriptions that are looked at side by side
)

// stretch is a part of the feed, with what Subscriptions look for in it.
type stretch struct {
	store.Stretch
	from   store.Position
	byType map[schema.Type][]*entry
}

// entry is a change.
type entry struct {
	store.FeedEntry
	resource  fhir.Resource // zero for a deletion
	residents []fhir.Ref    // whom it is about, as it is or was before its deletion
}

// on is what the change did.
func (e *entry) on() Interaction {
	switch {
	case e.Deleted():
		return Deletion
	case e.Number == 1 || e.Method == store.PutNew || e.Method == store.Post:
		return Creation
	}
	return Updating
}

// stretches are the ones that were read last, so that all who look at the same part of the feed share it.
type stretches struct{ list []*stretch }

// stretch reads the feed from a place on, at most to another one.
func (s *Service) stretch(ctx context.Context, from, to store.Position, types []schema.Type) (*stretch, error) {
	if i := slices.IndexFunc(s.stretches.list, func(one *stretch) bool { return one.from == from && one.To.Number <= to.Number }); i >= 0 {
		return s.stretches.list[i], nil
	}
	most := max(0, min(to.Number-from.Number, stretchMost-from.Number%stretchMost)) // so that all who are behind come to the same places
	read, err := s.db.Feed(ctx, from, int(most), types...)
	if err != nil {
		return nil, err
	}
	made := &stretch{Stretch: read, from: from, byType: map[schema.Type][]*entry{}}
	for _, e := range read.Entries {
		one := &entry{FeedEntry: e}
		about := fhir.Resource{}
		if e.Deleted() {
			about, err = s.before(ctx, one)
		} else {
			about, err = fhir.ParseResource(e.Body.Bytes)
			one.resource = about
		}
		if err != nil {
			return nil, fault.Wrap(err, "reading a stored resource")
		}
		one.residents = residents(about)
		made.byType[e.Ref.Type] = append(made.byType[e.Ref.Type], one)
	}
	if s.stretches.list = append(s.stretches.list, made); len(s.stretches.list) > stretchesMost {
		s.stretches.list = slices.Delete(s.stretches.list, 0, 1)
	}
	return made, nil
}

// looks are the watches of a Subscription for which changes are looked at now.
func (r *running) looks() []watch {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.sub == nil || r.state.Status != "requested" && r.state.Status != "active" || !r.sub.Socket && r.state.Events-r.told.To >= pendingMost {
		return nil
	}
	return r.sub.Watches
}

// match looks at what is new in the feed: for those in step together, for those behind from where they are. It tells whether there is
// more to look at.
func (s *Service) match(ctx context.Context) (more bool, err error) {
	types := map[schema.Type]bool{}
	at := map[store.Position][]*running{} // by their places
	for _, r := range s.list() {
		watches := r.looks()
		for i := range watches {
			if t := watches[i].Type; !types[t] {
				types[t] = true
			}
		}
		if len(watches) > 0 {
			at[r.place] = append(at[r.place], r)
		}
	}
	union := slices.Sorted(maps.Keys(types))
	limit := s.directory.at
	if len(union) == 0 {
		s.front = limit
		return false, nil
	}
	if s.front != limit {
		part, err := s.stretch(ctx, s.front, limit, union)
		if err != nil {
			return false, err
		}
		if err := s.look(ctx, part, at[s.front]); err != nil {
			return false, err
		}
		delete(at, s.front)
		s.front = part.To
		more = s.front != limit
	}
	for place, some := range at {
		if time.Since(s.lastTurn) > s.config.Patience.Silence/2 { // deliveries have their turn, too
			return true, nil
		}
		if place == s.front || place.Epoch == s.front.Epoch && place.Number >= s.front.Number {
			continue
		}
		part, err := s.stretch(ctx, place, s.front, union)
		if fault.CodeOf(err) == fault.Gone || fault.CodeOf(err) == fault.Malformed { // of an epoch that is lost
			s.config.Log.Warn("Subscriptions go on from where the feed is now: their places are lost", "place", place.String())
			for _, r := range some {
				r.place = s.front
			}
			continue
		}
		if err != nil {
			return false, err
		}
		if err := s.look(ctx, part, some); err != nil {
			return false, err
		}
		more = more || slices.ContainsFunc(some, func(r *running) bool { return r.place == part.To && part.To != s.front })
	}
	return more, nil
}

// finding is a change that a Subscription may be told of.
type finding struct {
	*entry
	watch *asking
	told  bool // it is to be
}

// looking is one Subscription's look at a stretch.
type looking struct {
	*running
	owned   store.Version // of the Subscription
	session *gate.Session
	all     []*finding
	failed  error
}

// look looks at a stretch for some Subscriptions, enters the events that there are, and moves them on.
func (s *Service) look(ctx context.Context, part *stretch, some []*running) error {
	work, err := s.concerned(ctx, part, some)
	if err != nil {
		return err
	}
	for _, do := range []func(context.Context, *stretch, []*looking) error{s.sift, s.search, s.settleRest} {
		if err := do(ctx, part, work); err != nil {
			return err
		}
	}
	return s.aside(work, func(l *looking) error {
		if l.failed != nil {
			return s.fails(ctx, l)
		}
		return s.commit(ctx, part, l)
	})
}

// aside does something for several Subscriptions side by side.
func (s *Service) aside(work []*looking, do func(*looking) error) error {
	var g errgroup.Group
	g.SetLimit(lookers)
	for _, l := range work {
		g.Go(func() error { return do(l) })
	}
	return g.Wait()
}

// fails tells what becomes of a Subscription for which could not be looked: it ends if it is its own fault, else is tried again.
func (s *Service) fails(ctx context.Context, l *looking) error {
	var e *ended
	switch code := fault.CodeOf(l.failed); {
	case errors.As(l.failed, &e):
		return s.conclude(ctx, l.ref.ID, l.owned.Number, "off", e.why)
	case code == fault.Unprocessable || code == fault.Malformed || code == fault.TooLarge || code == fault.NotSupported:
		return s.conclude(ctx, l.ref.ID, l.owned.Number, "error", fault.From(l.failed).Message)
	case ctx.Err() != nil:
		return ctx.Err()
	}
	s.config.Log.Error("changes could not be looked at for a Subscription; it is tried again", "subscription", l.ref.ID, "cause", l.failed)
	return nil
}

// commit enters the events of a stretch, numbered, and moves the Subscription's place.
func (s *Service) commit(ctx context.Context, part *stretch, l *looking) error {
	var events []Event
	for _, f := range l.all {
		if f.told && !slices.ContainsFunc(events, func(e Event) bool { return e.Of == f.Ref.String() && e.Version == f.Number }) {
			events = append(events, Event{Of: f.Ref.String(), Version: f.Number, On: f.on(), At: f.Updated})
		}
	}
	if len(events) == 0 {
		l.place = part.To
		return nil
	}
	l.writing.Lock()
	defer l.writing.Unlock()
	l.mu.Lock()
	i, next := l.item, l.state
	l.mu.Unlock()
	first := next.Events + 1
	next.Place, next.Events = part.To, next.Events+int64(len(events))
	id, now := l.ref.ID, s.config.Now()
	var entered store.Item
	err := s.write(ctx, len(events)+1, func(tx store.Tx) (err error) {
		if entered, err = enter(tx, i, next); err != nil {
			return err
		}
		for k, e := range events {
			row := store.Item{Kind: kindEvent, ID: rowID(id, first+int64(k)), Owner: id, Until: now.Add(eventsFor)}
			if _, err := enter(tx, row, e); err != nil {
				return err
			}
		}
		for old := max(1, first-eventsMost); old <= next.Events-eventsMost; old++ {
			if _, err := tx.Strike(kindEvent, rowID(id, old)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state.Events == l.told.To {
		l.since = events[0].At
	}
	l.item, l.state.Place, l.state.Events = entered, next.Place, next.Events
	l.place = part.To
	return nil
}
