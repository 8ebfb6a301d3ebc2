package notice

import (
	"context"
	"sync"
	"time"

	"yitong/internal/fault"
	"yitong/internal/store"
)

// live tells those who listen on this server of new notices. Every server follows the feed for itself, as far as
// notices are settled, so it does not matter which one somebody listens on, nor which one has settled.
type live struct {
	mu        sync.Mutex
	listeners map[string]map[chan string]bool // by account
	all       int
}

// Bounds of listening.
const (
	listenersMost    = 20_000 // on one server
	listenersOfOne   = 10     // of one account
	newsMost         = 64     // that wait for one listener; who is slower must look by themself
	tailPause        = 500 * time.Millisecond
	tailMost         = 200 // changes that are looked at together
	tailPauseAtError = 5 * time.Second
)

// Listen tells the ids of new notices of an account, from now on, until leave is called. "" among them says that some
// were left out. The error is TooOften or Unavailable where too many listen.
func (s *Service) Listen(account string) (news <-chan string, leave func(), err error) {
	l := &s.live
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.all >= listenersMost:
		return nil, nil, fault.New(fault.Unavailable, "Too many listen on this server. Try again in a moment.")
	case len(l.listeners[account]) >= listenersOfOne:
		return nil, nil, fault.New(fault.TooOften, "You listen %d times already. Close a window.", listenersOfOne)
	}
	c := make(chan string, newsMost)
	if l.listeners == nil {
		l.listeners = map[string]map[chan string]bool{}
	}
	if l.listeners[account] == nil {
		l.listeners[account] = map[chan string]bool{}
	}
	l.listeners[account][c] = true
	l.all++
	return c, sync.OnceFunc(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.listeners[account], c)
		if len(l.listeners[account]) == 0 {
			delete(l.listeners, account)
		}
		l.all--
	}), nil
}

// tell tells those who listen of a notice.
func (l *live) tell(accounts []string, id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, a := range accounts {
		for c := range l.listeners[a] {
			news := id
			if len(c) == cap(c)-1 {
				news = ""
			}
			select {
			case c <- news:
			default: // it has been told that some are left out
			}
		}
	}
}

// anybody tells whether somebody listens.
func (l *live) anybody() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all > 0
}

// Tail follows what is settled, by any server, and tells those who listen on this one, until ctx ends. ready is closed
// once it does; it may be nil.
func (s *Service) Tail(ctx context.Context, ready chan<- struct{}) {
	t, at, begun := tail{s, map[string]int{}}, store.Position{}, false
	for {
		pause := tailPause
		next, err := t.goOn(ctx, at, begun)
		if err == nil {
			err = t.lookAgain(ctx)
		}
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			s.config.Log.Error("new notices are not told to those who listen", "cause", err)
			pause = tailPauseAtError
		default:
			if at = next; !begun && ready != nil {
				close(ready)
			}
			begun = true
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// tail is a server on its way behind the cursor.
type tail struct {
	*Service
	late map[string]int // notices whose settling was left to a job, and how often they were looked at
}

// lateMost is how often it is looked whether a notice is settled, and lateNotices how many are waited for.
const (
	lateMost    = 120
	lateNotices = 10_000
)

// goOn goes from a position to where notices are settled, and tells of those between.
func (t *tail) goOn(ctx context.Context, at store.Position, begun bool) (store.Position, error) {
	state, err := t.db.FeedState(ctx)
	if err != nil {
		return at, err
	}
	var to store.Position
	for _, f := range state.Followers {
		if f.Name == Cursor {
			to = f.At
		}
	}
	if !begun || to.Number < at.Number || !t.live.anybody() {
		return to, nil // a cursor that was sent back settles nothing anew
	}
	for at.Number < to.Number {
		stretch, err := t.db.Feed(ctx, at, int(min(tailMost, to.Number-at.Number)), Types()...)
		if err != nil {
			return at, err
		}
		for _, e := range stretch.Entries {
			settled, err := t.look(ctx, e.Ref.ID)
			if err != nil {
				return at, err
			}
			if settled || len(t.late) >= lateNotices {
				continue
			}
			_, fresh, err := t.fresh(ctx, e.Version)
			if err != nil {
				return at, err
			}
			if fresh {
				t.late[e.Ref.ID] = 0
			}
		}
		if stretch.To == at {
			return to, nil
		}
		at = stretch.To
	}
	return at, nil
}

// look tells those whom a notice was settled for, and whether it was.
func (t *tail) look(ctx context.Context, id string) (bool, error) {
	k, err := get[settled](t.db.Item(ctx, kindSettled, id))
	if err != nil || !k.Item.Exists() {
		return false, err
	}
	t.live.tell(k.Thing.Accounts, id)
	return true, nil
}

// lookAgain looks for those that were not settled yet.
func (t *tail) lookAgain(ctx context.Context) error {
	for id := range t.late {
		settled, err := t.look(ctx, id)
		if err != nil {
			return err
		}
		if t.late[id]++; settled || t.late[id] >= lateMost {
			delete(t.late, id)
		}
	}
	return nil
}
