package subscription

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/store"
)

// Conn is a websocket: texts in both directions. Write is not called twice at a time.
type Conn interface {
	Read(ctx context.Context) (string, error)
	Write(ctx context.Context, text []byte) error
}

// Visitor is who has connected a websocket and shown who they are.
type Visitor interface {
	// Session is their session as it is now.
	Session() (*gate.Session, error)
	// Still is asked before each notice whether they are signed in yet, which is no use of how they have signed in. The error is Unknown
	// or Forbidden where they are not.
	Still(ctx context.Context) error
}

// socket is one websocket and what it is bound to.
type socket struct {
	s    *Service
	conn Conn
	who  Visitor // nil: tokens alone bind

	mu    sync.Mutex
	bound map[string]bool
	tails sync.WaitGroup
}

// Serve talks to a websocket until it goes, or ctx ends. The client binds by "bind-with-token TOKEN" (the guide), which is answered by a
// handshake for each Subscription, or by "bind ID" (R4), which is answered by "bound ID" where who has connected, if who is not nil, reads
// it. A person's Subscription is bound by that person alone, with a token, too. Then it is told of the events that follow, as the
// subscriber sees them, for as long as who has bound it stands.
func (s *Service) Serve(ctx context.Context, conn Conn, who Visitor) error {
	ctx, stop := context.WithCancel(ctx)
	w := &socket{s: s, conn: conn, who: who, bound: map[string]bool{}}
	defer w.tails.Wait()
	defer stop()
	for {
		text, err := conn.Read(ctx)
		if err != nil {
			return err
		}
		verb, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
		rest = strings.TrimSpace(rest)
		switch verb {
		case "bind-with-token":
			err = w.redeem(ctx, rest)
		case "bind":
			err = w.bind(ctx, rest, nil)
		default:
			err = fault.New(fault.Malformed, "Send bind-with-token and a token, or bind and the id of a Subscription.")
		}
		if err == nil {
			continue
		}
		f := fault.From(err)
		if f.Code == fault.Internal {
			return err
		}
		if err := w.say(ctx, []byte("error "+f.Message)); err != nil {
			return err
		}
	}
}

func (w *socket) say(ctx context.Context, text []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.conn.Write(ctx, text)
}

func (w *socket) redeem(ctx context.Context, token string) error {
	b, err := w.s.redeem(ctx, token)
	if err == nil && b.Subscriptions == nil {
		err = fault.New(fault.Forbidden, "The token is not good, or no longer. Get another by Subscription/[id]/$get-ws-binding-token.")
	}
	for _, id := range b.Subscriptions {
		if err == nil {
			err = w.bind(ctx, id, &b.By)
		}
	}
	return err
}

// bind binds the websocket to a Subscription: for who has asked for a token, or nil for who has connected.
func (w *socket) bind(ctx context.Context, id string, by *Subscriber) error {
	none := fault.New(fault.NotFound, "There is no Subscription that you could bind to by this id.")
	if !fhir.ValidID(id) {
		return none
	}
	if by == nil || by.person() {
		if w.who == nil {
			return none
		}
		session, err := w.who.Session()
		if err == nil {
			_, err = session.Read(ctx, subscriptionRef(id))
		}
		if over(err) {
			return none
		}
		if err != nil {
			return err
		}
		shown := subscriberBehind(session.Actor())
		by = &shown
	}
	t := &tail{socket: w, id: id, by: *by}
	if _, err := t.look(ctx); err != nil {
		return err
	}
	if t.sub == nil || !t.sub.Socket {
		return none
	}
	t.at = t.state.Events
	w.mu.Lock()
	known := w.bound[id]
	full := !known && len(w.bound) >= bindMost
	if !full {
		w.bound[id] = true
	}
	w.mu.Unlock()
	if full {
		return fault.New(fault.TooLarge, "A websocket is bound to at most %d Subscriptions.", bindMost)
	}
	hello := []byte("bound " + id)
	if t.sub.Topic != "" {
		hello = w.s.bundle("history", notice{sub: t.sub, state: t.state, kind: "handshake", total: t.at}, t.sub.Content)
	}
	if err := w.say(ctx, hello); err != nil || known {
		return err
	}
	w.tails.Go(func() {
		err := t.follow(ctx)
		w.mu.Lock()
		delete(w.bound, id)
		w.mu.Unlock()
		if err != nil && ctx.Err() == nil {
			w.s.config.Log.Debug("a websocket is not told any more", "subscription", id, "cause", err)
		}
	})
	return nil
}

// tail follows the events of one Subscription for a websocket.
type tail struct {
	*socket
	id    string
	by    Subscriber // who has bound it
	at    int64      // number of the last event that was sent
	sub   *Subscription
	owned store.Version
	state state
	beat  time.Time
}

// look reads how the Subscription stands. It tells false where it is there no more.
func (t *tail) look(ctx context.Context) (bool, error) {
	_, as, is, err := item[state](ctx, t.s.db, kindState, t.id)
	if err != nil {
		return false, err
	}
	if !is { // nobody has looked at it yet, or it is gone
		head, err := t.s.db.Head(ctx, subscriptionRef(t.id))
		if err != nil || !head.Live() {
			return false, err
		}
		as = state{Version: head.Number, Status: statusOf(head)}
	}
	if t.sub == nil || as.Version != t.state.Version {
		if t.owned, err = t.s.db.Version(ctx, subscriptionRef(t.id), as.Version); err != nil {
			return false, err
		}
		t.sub = nil
		if t.owned.Live() {
			t.sub = t.s.readable(t.owned)
		}
	}
	t.state = as
	return t.sub != nil && t.sub.Socket, nil
}

// follow tells of events until the Subscription is over.
func (t *tail) follow(ctx context.Context) error {
	t.beat = t.s.config.Now()
	tick := time.NewTicker(t.s.config.Patience.Look)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		is, err := t.look(ctx)
		if fault.CodeOf(err) == fault.Unavailable {
			continue
		}
		if err != nil {
			return err
		}
		if !is || t.state.Status == "off" || t.state.Status == "error" {
			return t.over(ctx)
		}
		if err := t.news(ctx); err != nil {
			if errors.Is(err, errUnbound) {
				return t.say(ctx, []byte("error You are not bound to Subscription/"+t.id+" any more: who has bound it has no access now."))
			}
			var e *ended
			if errors.As(err, &e) {
				err = t.s.conclude(ctx, t.id, t.state.Version, "off", e.why)
			}
			if err != nil && fault.CodeOf(err) != fault.Unavailable {
				return err
			}
		}
	}
}

// errUnbound is that who has bound a Subscription has no access to it any more.
var errUnbound = errors.New("who has bound it has no access any more")

// owner is the subscriber's access as it is now, while who has bound the websocket has theirs. The error wraps errUnbound where they have
// not.
func (t *tail) owner(ctx context.Context) (gate.Actor, error) {
	actor, err := t.s.owner(ctx, t.owned)
	if err != nil {
		return actor, err
	}
	switch {
	case t.by.person():
		err = t.who.Still(ctx)
	case t.by != t.sub.By:
		_, err = t.s.stands(ctx, t.by, t.owned.Ref)
	}
	if over(err) {
		err = fmt.Errorf("%w: %w", errUnbound, err)
	}
	return actor, err
}

// over tells a client of a topic that the Subscription is over.
func (t *tail) over(ctx context.Context) error {
	if t.sub == nil || t.sub.Topic == "" {
		return nil
	}
	return t.say(ctx, t.s.bundle("history", notice{sub: t.sub, state: t.state, kind: "query-status", total: t.state.Events}, t.sub.Content))
}

// news sends the events that there are, as many in a notice as the Subscription takes.
func (t *tail) news(ctx context.Context) error {
	now := t.s.config.Now()
	if t.state.Events <= t.at {
		if t.sub.Topic == "" || t.sub.Heartbeat == 0 || now.Sub(t.beat) < t.sub.Heartbeat {
			return nil
		}
		if _, err := t.owner(ctx); err != nil {
			return err
		}
		t.beat = now
		return t.say(ctx, t.s.bundle("history", notice{sub: t.sub, state: t.state, kind: "heartbeat", total: t.at}, t.sub.Content))
	}
	for t.state.Events > t.at {
		list, err := t.s.eventsOf(ctx, t.id, t.at, t.sub.Most)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			t.at = t.state.Events
			return nil
		}
		actor, err := t.owner(ctx)
		if err != nil {
			return err
		}
		seen, err := t.s.show(ctx, t.s.notifying(actor, subscriptionRef(t.id)), list)
		if err != nil {
			return err
		}
		last := list[len(list)-1].Number
		if len(seen) > 0 {
			if err := t.tell(ctx, seen, last); err != nil {
				return err
			}
			t.beat = now
			t.s.counts.delivered.WithLabelValues("taken").Inc()
		}
		t.at = last
	}
	return nil
}

func (t *tail) tell(ctx context.Context, seen []shown, last int64) error {
	if t.sub.Topic == "" {
		return t.say(ctx, []byte("ping "+t.id))
	}
	return t.say(ctx, t.s.bundle("history", notice{sub: t.sub, state: t.state, kind: "event-notification", total: last, events: seen}, t.sub.Content))
}
