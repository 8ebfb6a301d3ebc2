package subscription

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"yitong/internal/fault"
	"yitong/internal/gate"
	"yitong/internal/store"
)

// Sender calls endpoints.
type Sender interface {
	// Send sends one message, and returns nil once the endpoint has taken it, with a status of 2xx. The error is a *fault.Error whose message
	// says what was wrong with the endpoint, and nothing of what it answered.
	Send(ctx context.Context, m Message) error
}

// Message is what an endpoint is called with.
type Message struct {
	Method  string
	URL     string
	Headers []Header
	Body    []byte // FHIR JSON; nil for none
	Timeout time.Duration
}

// Bounds of what one has at a time, so that others have their turn.
const (
	turnMost  = 20 // messages of a Subscription in its turn, which is over, too, once it has taken as long as a message may
	shareMost = 8  // of so many slots a subscriber has one
)

// deliver begins what is due, each Subscription by itself: first for those that have waited longest for a notice. A subscriber has a share
// of the slots, so that endpoints that are slow, however many, hold up their own subscriber only.
func (s *Service) deliver(ctx context.Context) {
	held := map[string]int{} // slots, by subscriber
	var all []*running
	beats := map[*running]time.Time{}
	now := s.config.Now()
	for _, r := range s.list() {
		r.mu.Lock()
		switch {
		case r.busy:
			held[r.by]++
		case s.next(r, now) != nothing:
			all, beats[r] = append(all, r), r.beat
		}
		r.mu.Unlock()
	}
	slices.SortFunc(all, func(a, b *running) int { return beats[a].Compare(beats[b]) })
	share := max(1, s.config.Patience.AtOnce/shareMost)
	for _, r := range all {
		if held[r.by] >= share {
			continue
		}
		if !s.slots.TryAcquire(1) {
			return
		}
		held[r.by]++
		r.mu.Lock()
		r.busy = true
		r.mu.Unlock()
		s.underway.Go(func() {
			defer func() {
				r.mu.Lock()
				r.busy = false
				r.mu.Unlock()
				s.slots.Release(1)
			}()
			until := time.Now().Add(s.config.Patience.Timeout)
			for i := 0; i < turnMost && time.Now().Before(until) && s.mine() && ctx.Err() == nil && s.turn(ctx, r); i++ {
			}
		})
	}
}

// task is what is to be done for a Subscription.
type task uint8

const (
	nothing  task = iota
	settling      // the resource does not say yet how it fares
	ending        // its time is over
	spoilt        // it cannot be read any more
	shaking       // a handshake
	starting      // it is active from now on
	telling       // events
	beating       // a heartbeat
)

// next is what is to be done next. The caller holds r.mu.
func (s *Service) next(r *running, now time.Time) task {
	open := r.state.Status == "requested" || r.state.Status == "active"
	switch {
	case now.Before(r.told.Next):
		return nothing
	case open && r.sub == nil:
		return spoilt
	case open && !r.sub.End.IsZero() && !now.Before(r.sub.End):
		return ending
	case !r.settled:
		return settling
	case !open:
		return nothing
	case r.state.Status == "requested" && (r.sub.Socket || r.told.Shaken):
		return starting
	case s.config.Send == nil || r.sub.Socket:
		return nothing
	case r.state.Status == "requested":
		return shaking
	case r.state.Events > r.told.To:
		return telling
	case r.sub.Topic != "" && r.sub.Heartbeat > 0 && now.Sub(r.beat) >= r.sub.Heartbeat:
		return beating
	}
	return nothing
}

// turn does what is due next for a Subscription, and tells whether to go on.
func (s *Service) turn(ctx context.Context, r *running) bool {
	r.mu.Lock()
	do, sub, at, owned, as := s.next(r, s.config.Now()), r.sub, r.told, r.owned, r.state
	r.mu.Unlock()
	var err error
	switch do {
	case nothing:
		return false
	case spoilt:
		err = s.conclude(ctx, r.ref.ID, as.Version, "error", "The Subscription cannot be read any more; its topic, or its criteria, are there no more.")
	case ending:
		err = s.conclude(ctx, r.ref.ID, as.Version, "off", "Its end has come.")
	case settling:
		err = s.settle(ctx, r.ref.ID, as)
	case starting:
		if _, err = s.owner(ctx, owned); err == nil {
			err = s.conclude(ctx, r.ref.ID, as.Version, "active", "")
		}
	case shaking, telling, beating:
		return s.send(ctx, r, do, sub, at, owned, as)
	}
	return s.went(ctx, r, as, err)
}

// went tells whether to go on after something that has nothing to do with an endpoint.
func (s *Service) went(ctx context.Context, r *running, as state, err error) bool {
	var e *ended
	switch {
	case err == nil:
		return true
	case errors.As(err, &e):
		return s.went(ctx, r, as, s.conclude(ctx, r.ref.ID, as.Version, "off", e.why))
	case errors.Is(err, errMoved):
		s.forgetful()
		return false
	}
	if ctx.Err() == nil {
		s.config.Log.Error("a Subscription is not served, and will be tried again", "subscription", r.ref.ID, "cause", err)
	}
	r.mu.Lock() // in memory only: it is no fault of the subscriber's
	r.told.Next = s.config.Now().Add(s.config.Patience.Pause)
	r.mu.Unlock()
	return false
}

// send makes a message of what is due, and sends it.
func (s *Service) send(ctx context.Context, r *running, do task, sub *Subscription, at told, owned store.Version, as state) bool {
	actor, err := s.owner(ctx, owned)
	if err != nil {
		return s.went(ctx, r, as, err)
	}
	n := notice{sub: sub, state: as, kind: map[task]string{shaking: "handshake", telling: "event-notification", beating: "heartbeat"}[do], total: as.Events}
	next := at
	next.Version, next.Tries, next.Failing, next.Next = as.Version, 0, time.Time{}, time.Time{}
	next.Shaken = next.Shaken || do == shaking
	if do == telling {
		list, err := s.eventsOf(ctx, r.ref.ID, at.To, sub.Most)
		if err == nil && len(list) == 0 { // they were kept for long enough
			next.To = as.Events
			return s.went(ctx, r, as, s.note(ctx, r, as.Version, next))
		}
		if err == nil {
			r.mu.Lock()
			r.since = list[0].At
			r.mu.Unlock()
			next.To = list[len(list)-1].Number
			n.total = next.To
			n.events, err = s.show(ctx, s.notifying(actor, r.ref), list)
		}
		if err != nil {
			return s.went(ctx, r, as, err)
		}
		if len(n.events) == 0 { // nothing of it may be told any more
			s.counts.delivered.WithLabelValues("hidden").Add(float64(len(list)))
			return s.went(ctx, r, as, s.note(ctx, r, as.Version, next))
		}
	}
	err = s.config.Send.Send(ctx, s.message(n))
	if err == nil {
		s.counts.delivered.WithLabelValues("taken").Inc()
		r.mu.Lock()
		r.beat = s.config.Now()
		r.mu.Unlock()
		return s.went(ctx, r, as, s.note(ctx, r, as.Version, next))
	}
	if ctx.Err() != nil {
		return false
	}
	s.counts.delivered.WithLabelValues("failed").Inc()
	return s.failed(ctx, r, as, at, fault.From(err).Message)
}

// failed puts a delivery off, or gives it up.
func (s *Service) failed(ctx context.Context, r *running, as state, at told, why string) bool {
	now, p := s.config.Now(), s.config.Patience
	at.Version = as.Version
	if at.Failing.IsZero() {
		at.Failing = now
	}
	pause := p.Longest
	if at.Tries < 30 {
		pause = min(p.Longest, p.Pause<<at.Tries)
	}
	at.Tries++
	at.Next = now.Add(pause + time.Duration(rand.Float64()/10*float64(pause))) // so that those who failed together do not come back together
	if err := s.note(ctx, r, as.Version, at); err != nil {
		return s.went(ctx, r, as, err)
	}
	if as.Status == "requested" && at.Tries < p.Shakes || as.Status == "active" && now.Sub(at.Failing) < p.GiveUp {
		return false
	}
	return s.went(ctx, r, as, s.conclude(ctx, r.ref.ID, as.Version, "error", why))
}

// note writes down how far a Subscription has been delivered, unless its owner has written it since.
func (s *Service) note(ctx context.Context, r *running, version int64, next told) error {
	r.mu.Lock()
	i, current := r.kept, r.state.Version == version
	r.mu.Unlock()
	if !current {
		return nil
	}
	var entered store.Item
	err := s.write(ctx, 1, func(tx store.Tx) error {
		kept, err := tx.Item(ctx, kindState, i.ID)
		if err == nil && !kept.Exists() { // it was deleted meanwhile, and nothing of it stays
			err = moved(i)
		}
		if err == nil {
			entered, err = enter(tx, i, next)
		}
		return err
	})
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.kept = entered; r.state.Version == version {
		r.told = next
	} else {
		r.told.To = next.To
	}
	return nil
}

// notifying is a session of a subscriber of whom the trail hears that they are told.
func (s *Service) notifying(actor gate.Actor, ref interface{ String() string }) *gate.Session {
	session := s.gate.Session(actor)
	session.Begin(gate.Doing{Do: "$notify", On: ref.String()})
	return session
}
