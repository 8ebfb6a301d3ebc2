package subscription

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/store"
)

const (
	directoryMost = 200 // numbers of the feed that Subscriptions are followed by at a time
	itemsMost     = 500 // items that are read at a time
	sweepsMost    = 20  // times so many old items that one upkeep takes out
)

// load reads what is kept of all Subscriptions.
func (s *Service) load(ctx context.Context) error {
	at, err := s.db.FeedState(ctx)
	if err != nil {
		return err
	}
	s.directory = cursor{}
	for _, f := range at.Followers {
		if f.Name == Follower {
			s.directory = cursor{f.At, f.At}
		}
	}
	all := map[string]*running{}
	for behind := ""; ; {
		items, err := s.db.Owned(ctx, kindState, "*", behind, itemsMost)
		if err != nil {
			return err
		}
		for _, i := range items {
			behind = i.ID
			r, err := s.recall(ctx, i.ID)
			if err != nil {
				return err
			}
			if r != nil {
				all[i.ID] = r
			}
		}
		if len(items) < itemsMost {
			break
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, r := range all { // what is under way on this server stays so
		if old := s.all[id]; old != nil {
			old.mu.Lock()
			r.busy, r.beat = old.busy, old.beat
			old.mu.Unlock()
			if r.busy {
				all[id] = old.as(r)
			}
		}
	}
	s.all, s.front, s.stretches = all, s.directory.at, stretches{}
	return nil
}

// as takes over what is kept.
func (r *running) as(other *running) *running {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.by, r.owned, r.sub, r.item, r.state, r.told, r.kept, r.settled = other.by, other.owned, other.sub, other.item, other.state, other.told, other.kept, other.settled
	r.place, r.asked = other.place, nil
	return r
}

// recall reads what is kept of a Subscription; nil if nothing is.
func (s *Service) recall(ctx context.Context, id string) (*running, error) {
	r := &running{ref: fhir.Ref{Type: typeSubscription, ID: id}, beat: s.config.Now()}
	var is bool
	var err error
	if r.item, r.state, is, err = item[state](ctx, s.db, kindState, id); err != nil || !is {
		return nil, err
	}
	r.by = r.item.Owner
	if r.kept, r.told, _, err = item[told](ctx, s.db, kindTold, id); err != nil {
		return nil, err
	}
	if r.kept.ID == "" {
		r.kept = store.Item{Kind: kindTold, ID: id}
	}
	r.place = r.state.Place
	head, err := s.db.Head(ctx, r.ref)
	if err != nil {
		return nil, err
	}
	if r.owned = head; head.Number != r.state.Version {
		if r.owned, err = s.db.Version(ctx, r.ref, r.state.Version); err != nil {
			return nil, err
		}
	}
	r.settled = !head.Live() || statusOf(head) == r.state.Status
	if r.owned.Live() {
		r.sub = s.readable(r.owned)
	}
	if r.told.Version != r.state.Version {
		r.told = told{Version: r.state.Version, To: r.told.To}
	}
	return r, nil
}

// readable is a version as it was read, nil if it cannot be: as when a topic is there no more.
func (s *Service) readable(v store.Version) *Subscription {
	r, err := fhir.ParseResource(v.Body.Bytes)
	if err != nil {
		return nil
	}
	sub, err := s.Read(r)
	if err != nil {
		return nil
	}
	sub.Ref = v.Ref
	return sub
}

// follow takes up the Subscriptions that were written since the last turn.
func (s *Service) follow(ctx context.Context) error {
	for {
		stretch, err := s.db.Feed(ctx, s.directory.at, directoryMost, typeSubscription)
		if fault.CodeOf(err) == fault.Gone { // the database was brought back from a copy: what it has begins anew
			return s.restart(ctx)
		}
		if err != nil || stretch.To == s.directory.at {
			return err
		}
		if len(stretch.Entries) > 0 {
			if err := s.take(ctx, stretch); err != nil {
				return err
			}
		}
		if s.directory.at = stretch.To; len(stretch.Entries) == 0 {
			continue
		}
		s.directory.kept = stretch.To
	}
}

// restart puts the cursor of Subscriptions at the end of a feed that is not the one it was on.
func (s *Service) restart(ctx context.Context) error {
	at, err := s.db.FeedState(ctx)
	if err != nil {
		return err
	}
	s.config.Log.Warn("the feed was brought back from a copy; Subscriptions go on from its end", "at", at.Head.String())
	return s.advance(ctx, at.Head)
}

func (s *Service) advance(ctx context.Context, to store.Position) error {
	from := s.directory.kept
	err := s.write(ctx, 1, func(tx store.Tx) error { return advance(tx, from, to) })
	if err == nil {
		s.directory = cursor{to, to}
	}
	return err
}

func advance(tx store.Tx, from, to store.Position) error {
	ok, err := tx.Advance(Follower, from, to)
	if err == nil && !ok {
		err = moved(store.Item{Kind: "cursor", ID: Follower})
	}
	return err
}

// written is a Subscription as its owner has written it.
type written struct {
	store.FeedEntry
	by             string // key of the subscriber
	status, reason string
}

// take enters what the owners of Subscriptions have written, in the transaction that moves the cursor.
func (s *Service) take(ctx context.Context, stretch store.Stretch) error {
	latest := map[string]*written{}
	for _, e := range stretch.Entries {
		if e.Author != author {
			latest[e.Ref.ID] = &written{FeedEntry: e}
		}
	}
	if err := s.bound(latest); err != nil {
		return err
	}
	from := s.directory.kept
	err := s.write(ctx, len(latest)+1, func(tx store.Tx) error {
		for _, w := range latest {
			if err := s.enlist(ctx, tx, w, stretch.To.Epoch); err != nil {
				return err
			}
		}
		return advance(tx, from, stretch.To)
	})
	if err != nil {
		return err
	}
	for id, w := range latest {
		if err := s.renew(ctx, id, w.FeedEntry); err != nil {
			return err
		}
	}
	s.stretches = stretches{} // what is read of the feed depends on what is subscribed to
	return nil
}

// bound reads what was written, and says what becomes of it. Who wrote many at once, before they were counted, has as many as they may.
func (s *Service) bound(latest map[string]*written) error {
	open := map[string]int{} // by subscriber
	for _, r := range s.list() {
		r.mu.Lock()
		if latest[r.ref.ID] == nil && (r.state.Status == "requested" || r.state.Status == "active") {
			open[r.by]++
		}
		r.mu.Unlock()
	}
	for _, w := range slices.SortedFunc(maps.Values(latest), func(a, b *written) int { return cmp.Compare(a.Place, b.Place) }) {
		if w.Deleted() {
			continue
		}
		r, err := fhir.ParseResource(w.Body.Bytes)
		if err != nil {
			return fault.Wrap(err, "reading a Subscription")
		}
		by, _ := SubscriberOf(r)
		w.by, w.status = by.key(), "requested"
		switch {
		case r.Root.Get("status").Str() == "off":
			w.status = "off"
		case open[w.by] >= ownedMost:
			w.status, w.reason = "error", enough().Message
		default:
			open[w.by]++
		}
	}
	return nil
}

// enlist enters the state of a Subscription that its owner has written.
func (s *Service) enlist(ctx context.Context, tx store.Tx, w *written, epoch int64) error {
	i, was, is, err := item[state](ctx, tx, kindState, w.Ref.ID)
	if err != nil {
		return err
	}
	if w.Deleted() {
		return strike(ctx, tx, w.Ref.ID, was)
	}
	next := state{Version: w.Number, Status: w.status, Reason: w.reason, Place: store.Position{Epoch: epoch, Number: w.Place}}
	if is {
		next.Events = was.Events
		if was.Status != "off" {
			next.Place = was.Place // it goes on from where it stood
		}
	}
	i.Kind, i.ID, i.Owner = kindState, w.Ref.ID, w.by
	_, err = enter(tx, i, next)
	return err
}

// strike takes out what is kept of a Subscription that was deleted. Its events run out by themselves, but those that wait for as long as
// it takes.
func strike(ctx context.Context, tx store.Tx, id string, was state) error {
	_, t, _, err := item[told](ctx, tx, kindTold, id)
	if err != nil {
		return err
	}
	for number := max(t.To, was.Events-pendingMost-stretchMost) + 1; was.Status == "error" && number <= was.Events; number++ {
		if _, err := tx.Strike(kindEvent, rowID(id, number)); err != nil {
			return err
		}
	}
	for _, kind := range []string{kindState, kindTold} {
		if _, err := tx.Strike(kind, id); err != nil {
			return err
		}
	}
	return nil
}

// renew brings what is in memory up to what is kept, once an owner has written.
func (s *Service) renew(ctx context.Context, id string, e store.FeedEntry) error {
	next, err := s.recall(ctx, id)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.all[id]
	switch {
	case next == nil || e.Deleted():
		delete(s.all, id)
	case old == nil:
		s.all[id] = next
	default:
		if place := old.place; place.Epoch == next.place.Epoch && place.Number > next.place.Number && old.state.Status != "off" {
			next.place = place // which has not been written down yet
		}
		old.as(next)
	}
	return nil
}

// upkeep writes down, now and then, how far those have come for whom there was nothing, and takes out events that are old.
func (s *Service) upkeep(ctx context.Context) error {
	now := s.config.Now()
	if now.Sub(s.upkept) < s.config.Patience.Upkeep {
		return nil
	}
	s.upkept = now
	if s.directory.at != s.directory.kept {
		if err := s.advance(ctx, s.directory.at); err != nil {
			return err
		}
	}
	all := slices.DeleteFunc(s.list(), func(r *running) bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.place == r.state.Place
	})
	for part := range slices.Chunk(all, itemsMost) {
		if err := s.keepPlaces(ctx, part); err != nil {
			return err
		}
	}
	for range sweepsMost {
		if n, err := s.db.Sweep(ctx, now.Add(-time.Minute), itemsMost); err != nil || n < itemsMost {
			return err
		}
	}
	return nil
}

// keepPlaces writes down how far some have come.
func (s *Service) keepPlaces(ctx context.Context, part []*running) error {
	items, next, entered := make([]store.Item, len(part)), make([]state, len(part)), make([]store.Item, len(part))
	for k, r := range part {
		r.writing.Lock()
		defer r.writing.Unlock()
		r.mu.Lock()
		items[k], next[k] = r.item, r.state
		r.mu.Unlock()
		next[k].Place = r.place
	}
	err := s.write(ctx, len(part), func(tx store.Tx) (err error) {
		for k := range part {
			if entered[k], err = enter(tx, items[k], next[k]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for k, r := range part {
		r.mu.Lock()
		r.item, r.state.Place = entered[k], r.place
		r.mu.Unlock()
	}
	return nil
}
