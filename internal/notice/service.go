package notice

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/store"
)

// People are those who have accounts, as far as notices need to know them.
type People interface {
	// Holders are those who are meant by a recipient now: at most so many. Who may not sign in is none of them. A Patient means the
	// resident, with the role [gate.Proxy] those who act for the resident.
	Holders(ctx context.Context, r Recipient, most int) ([]Person, error)
	// Holds is one person by their account; is tells whether the recipient means them still.
	Holds(ctx context.Context, account string, r Recipient) (p Person, is bool, err error)
	// Sees tells whether somebody whom a recipient means would be shown all of some resources now. Nothing is given out by it, and the
	// trail does not tell of it.
	Sees(ctx context.Context, account string, r Recipient, all []fhir.Ref) (bool, error)
}

// Person is somebody who is told.
type Person struct {
	Account string // id
	Phone   string // as E.164; "" for none
}

// Message is what leaves for one person by one channel. It tells nothing of what its notices say.
type Message struct {
	ID       string // the same whenever it is sent again
	Channel  Channel
	Account  string // id; by which a provider of WeChat messages knows who follows it
	To       string // the phone or the address for e-mail; "" for WeChat
	Subject  string // of an e-mail
	Text     string
	Language string
	Count    int // notices
}

// Provider brings messages to people. Its error is Unprocessable where trying again cannot help.
type Provider interface {
	// Send takes a message, and gives what the provider calls it. A message whose ID it has taken before it need not
	// deliver again.
	Send(ctx context.Context, m Message) (receipt string, err error)
}

// Outbox is the provider that delivers nothing: what it takes stands on the operators' page and nowhere else.
type Outbox struct{}

// Send implements [Provider].
func (Outbox) Send(context.Context, Message) (string, error) { return "outbox", nil }

// Limits bound what one person is sent by a channel. What is more waits, and then goes together.
type Limits struct {
	Day    map[Channel]int // messages a day, by the region's clocks; none by a channel that is missing
	Minute int             // messages a minute
}

// UsualLimits are those of a platform.
var UsualLimits = Limits{Day: map[Channel]int{SMS: 20, Email: 50, WeChat: 20}, Minute: 5}

// DigestUsual is how long what is routine waits for others to go with it.
const DigestUsual = 15 * time.Minute

// Config says how notices are sent.
type Config struct {
	Kinds     Registry
	People    People
	Providers map[Channel]Provider // those that are missing: [Outbox], but e-mail is not sent at all
	Limits    Limits               // the zero Limits are [UsualLimits]
	Digest    time.Duration        // 0 is [DigestUsual]
	Zone      *time.Location       // of quiet hours and days; nil for UTC
	Name      bilingual.Text       // of the platform, which every message begins with
	URL       string               // where people sign in; it ends every message
	Now       func() time.Time     // the clock; nil for the machine's
	Log       *slog.Logger         // nil: nothing is told
}

// Service is notices to people.
type Service struct {
	db     store.DB
	record *gate.Session // by which it is looked up whether a notice holds
	config Config
	key    []byte // by which codes are kept

	mu     sync.Mutex
	counts map[[2]string]int64 // of what this server has sent, by channel and outcome

	live live
}

// New makes the service of a record. g is the gate to it.
func New(db store.DB, g *gate.Gate, c Config) *Service {
	c.Zone = cmp.Or(c.Zone, time.UTC)
	c.Digest = cmp.Or(c.Digest, DigestUsual)
	c.Log = cmp.Or(c.Log, slog.New(slog.DiscardHandler))
	if c.Name == (bilingual.Text{}) {
		c.Name = bilingual.Text{Zh: "医通", En: "Yitong"}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Limits.Day == nil {
		c.Limits = UsualLimits
	}
	return &Service{
		db: db, record: g.Session(gate.Actor{Reference: "Device/notices", Access: gate.Whole()}), config: c, key: g.Key("notice"), counts: map[[2]string]int64{},
	}
}

// now is the instant by the region's clocks, in microseconds.
func (s *Service) now() time.Time { return s.config.Now().In(s.config.Zone).Truncate(time.Microsecond) }

// Kinds are those that there are.
func (s *Service) Kinds() Registry { return s.config.Kinds }

// provider of a channel; nil where nothing goes by it.
func (s *Service) provider(c Channel) Provider {
	if p := s.config.Providers[c]; p != nil || c == Email {
		return p
	}
	return Outbox{}
}

// Sends tells whether anything goes by a channel.
func (s *Service) Sends(c Channel) bool { return s.provider(c) != nil }

// read is the newest version of a Communication, as a notice; is tells whether it is one.
func (s *Service) read(ctx context.Context, id string) (t Told, is bool, err error) {
	v, err := s.record.Read(ctx, fhir.Ref{Type: typeCommunication, ID: id})
	if c := fault.CodeOf(err); c == fault.NotFound || c == fault.Gone {
		return t, false, nil
	}
	if err != nil {
		return t, false, err
	}
	r, err := fhir.ParseResource(v.Body.Bytes)
	if err != nil {
		return t, false, fault.Wrap(err, "reading a notice")
	}
	t, is = s.config.Kinds.Read(r)
	return t, is, nil
}

// institution is what an institution is called, "" if it has no name.
func (s *Service) institution(ctx context.Context, name string) (string, error) {
	ref := fhir.ParseReference(name)
	if ref.Kind != fhir.ReferenceLocal || ref.Ref.Type != typeOrganization {
		return "", nil
	}
	v, err := s.record.Read(ctx, ref.Ref)
	if c := fault.CodeOf(err); c == fault.NotFound || c == fault.Gone {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	r, err := fhir.ParseResource(v.Body.Bytes)
	if err != nil {
		return "", fault.Wrap(err, "reading an institution")
	}
	return r.Root.Get("name").Str(), nil
}
