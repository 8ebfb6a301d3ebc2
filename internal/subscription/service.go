package subscription

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
	"yitong/internal/store"
)

// author is whom the versions name in which the platform tells how a Subscription fares.
const author = "Device/subscriptions"

// Follower is the cursor of the feed by which Subscriptions themselves are followed.
const Follower = "subscriptions"

// Config says how subscribers are told.
type Config struct {
	// Standing is the access that a subscriber has now. The error is Forbidden, NotFound, Gone or Unknown where they have none any more:
	// then their Subscriptions end, with the message as the reason.
	Standing func(ctx context.Context, by Subscriber) (gate.Actor, error)
	// Send calls an endpoint. nil: nothing is delivered there, which is for servers that only answer.
	Send      Sender
	Endpoints Endpoints
	Topics    []Topic // beside those of every type
	URL       string  // of the FHIR base, in front of references; "" for relative ones
	Log       *slog.Logger
	Now       func() time.Time // nil: the machine's clock
	Patience  Patience
}

// Patience says how long subscribers are waited for. The zero value of each number is what servers do.
type Patience struct {
	Timeout  time.Duration // of one delivery, unless the Subscription says a shorter one; 10 s
	Pause    time.Duration // before the first retry; it doubles with each, up to Longest; 1 s
	Longest  time.Duration // 1 h
	GiveUp   time.Duration // from the first failure until the status is error; 24 h
	Shakes   int           // tries of a handshake before the status is error; 5
	AtOnce   int           // deliveries under way at the same time; 128
	Look     time.Duration // between two looks of a websocket at what is new; 200 ms
	Silence  time.Duration // without a turn after which a server takes it that another one delivers; 5 s
	Upkeep   time.Duration // between two times that places are written down and old events taken out; 1 min
	TokenFor time.Duration // that a token to bind by is good for; 5 min
}

func (p *Patience) complete() {
	for at, usual := range map[*time.Duration]time.Duration{
		&p.Timeout: 10 * time.Second, &p.Pause: time.Second, &p.Longest: time.Hour, &p.GiveUp: 24 * time.Hour, &p.Look: 200 * time.Millisecond,
		&p.Silence: 5 * time.Second, &p.Upkeep: time.Minute, &p.TokenFor: 5 * time.Minute,
	} {
		if *at == 0 {
			*at = usual
		}
	}
	if p.Shakes == 0 {
		p.Shakes = 5
	}
	if p.AtOnce == 0 {
		p.AtOnce = 128
	}
}

// Service tells subscribers of changes. It is safe for concurrent use; one goroutine at a time calls [Service.Step].
type Service struct {
	db     store.DB
	gate   *gate.Gate
	config Config
	topics topics
	slots  *semaphore.Weighted // of deliveries
	counts *counts

	// The work of the server that delivers. Only Step uses it.
	loaded    bool
	lastTurn  time.Time
	upkept    time.Time
	directory cursor
	front     store.Position // up to which those in step have come
	stretches stretches

	mu       sync.Mutex
	all      map[string]*running // by id
	fence    time.Time           // until when this server delivers
	underway sync.WaitGroup
	stale    bool // what is in memory is not what is kept
}

// cursor is a follower of the feed: where it is, and where it was written down.
type cursor struct{ at, kept store.Position }

// running is a Subscription that is at work.
type running struct {
	ref   fhir.Ref
	by    string         // key of its subscriber
	place store.Position // up to here nothing is left to look at; Step alone uses it

	writing sync.Mutex // of state: held by who writes it down
	mu      sync.Mutex
	owned   store.Version // that its owner wrote last
	sub     *Subscription // nil where it cannot be read
	item    store.Item    // of state
	state   state
	told    told
	kept    store.Item // of told
	busy    bool
	beat    time.Time // of the last notice
	since   time.Time // when the first change was made that waits for its delivery, as far as it is known
	settled bool      // the resource says what state does
	asked   []*asking // the watches, as they were read by table
	table   *search.Table
}

// errMoved is why a change of the register is undone: another server was quicker.
var errMoved = errors.New("another server has done this")

func moved(i store.Item) error {
	return fault.New(fault.Conflict, "The item %s/%s has moved meanwhile.", i.Kind, i.ID).Because(errMoved)
}

// New makes the service of a record. The error is Malformed for topics that make no sense.
func New(db store.DB, g *gate.Gate, config Config) (*Service, error) {
	all, err := newTopics(config.Topics)
	if err != nil {
		return nil, err
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	config.Patience.complete()
	return &Service{
		db: db, gate: g, config: config, topics: all, slots: semaphore.NewWeighted(int64(config.Patience.AtOnce)), counts: newCounts(),
		all: map[string]*running{},
	}, nil
}

// Topics are the URLs of all topics.
func (s *Service) Topics() []string { return s.topics.urls() }

// Step is one turn of the server that does the work: it looks at what is new in the feed, and begins the deliveries that are due. It
// tells whether there is more to do. Whoever calls it holds the lease of the work; for Patience.Silence after a turn deliveries go on.
func (s *Service) Step(ctx context.Context) (more bool, err error) {
	if err := s.attend(ctx); err != nil {
		return false, err
	}
	more, err = s.step(ctx)
	if errors.Is(err, errMoved) {
		s.loaded = false // another server has been at it: look anew
		return true, nil
	}
	return more, err
}

func (s *Service) step(ctx context.Context) (more bool, err error) {
	if err := s.follow(ctx); err != nil {
		return false, err
	}
	if more, err = s.match(ctx); err != nil {
		return false, err
	}
	s.deliver(ctx)
	return more, s.upkeep(ctx)
}

// attend begins a turn: what is kept is read anew by a server that has had none for a while.
func (s *Service) attend(ctx context.Context) error {
	now := time.Now() // the machine's: it measures a pause, and needs no other clock
	s.mu.Lock()
	stale := s.stale
	s.stale, s.fence = false, now.Add(s.config.Patience.Silence)
	s.mu.Unlock()
	if stale || now.Sub(s.lastTurn) > s.config.Patience.Silence {
		s.loaded = false
	}
	s.lastTurn = now
	if s.loaded {
		return nil
	}
	err := s.load(ctx)
	s.loaded = err == nil
	s.mu.Lock() // what was read is of now, however long that took
	s.lastTurn = time.Now()
	s.fence = s.lastTurn.Add(s.config.Patience.Silence)
	s.mu.Unlock()
	return err
}

// mine tells whether this server still delivers.
func (s *Service) mine() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Now().Before(s.fence)
}

// forgetful makes the next turn read anew what is kept.
func (s *Service) forgetful() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stale = true
}

// Close ends the deliveries that are under way, and waits for them until ctx ends.
func (s *Service) Close(ctx context.Context) {
	s.mu.Lock()
	s.fence = time.Time{}
	s.mu.Unlock()
	done := make(chan struct{})
	go func() { s.underway.Wait(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// list are all that are at work.
func (s *Service) list() []*running {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.AppendSeq(make([]*running, 0, len(s.all)), maps.Values(s.all))
}

// platform is the session in which the platform tells how Subscriptions fare.
func (s *Service) platform() *gate.Session {
	return s.gate.Session(gate.Actor{Reference: author, Process: gate.Everything, Access: gate.Whole()})
}

// write carries a change of the register out.
func (s *Service) write(ctx context.Context, puts int, do func(tx store.Tx) error) error {
	return s.db.Write(ctx, store.Work{Puts: puts, Do: func(tx store.Tx, _ store.Found) error { return do(tx) }})
}
