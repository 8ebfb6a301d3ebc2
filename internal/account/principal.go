package account

import (
	"context"
	"crypto/sha256"
	"slices"
	"strings"
	"time"

	"yitong/internal/account/smart"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
)

// Principal is who is behind a request: a person in a capacity, a client, or a person with a client.
type Principal struct {
	Account  string // id; "" for a client by itself
	Called   string // how the person is addressed
	Person   string // who it is in the record; "" if nobody
	Capacity        // as what; of a client by itself: of a system at its institution
	Client   string // id; "" for a browser that has signed in here
	Scopes   smart.Scopes
	Patient  fhir.Ref  // whom patient/ scopes are about
	Session  string    // id; "" for a token
	Proved   time.Time // when a second factor was last shown in the session; the zero Time for never, and for a token
	Access   *gate.Access
}

// Actor is the principal as the gate knows it.
func (p *Principal) Actor() gate.Actor {
	who := p.Person
	switch {
	case who == "" && p.Account != "":
		who = "Person/" + p.Account
	case who == "":
		who = "Device/" + p.Client
	}
	return gate.Actor{Reference: who, Client: p.Client, As: p.Source, Role: p.Role, Institution: p.Institution, Resident: refOf(p.Resident), Access: p.Access, Proved: p.Proved}
}

// BySession is the principal of a session's token. The error is Unknown where there is no whole session, Forbidden where the
// person has not chosen a role or has it no more: then the principal says who it is, without a capacity, for the trail.
func (a *Accounts) BySession(ctx context.Context, token string) (*Principal, error) {
	digest := sessionDigest(token)
	now := a.Now()
	p, turn, ok := a.known.find(digest, now)
	if ok {
		return p, nil
	}
	s, err := a.Signed(ctx, token)
	if err != nil {
		return nil, err
	}
	if p, err = a.acting(ctx, s); fault.CodeOf(err) == fault.Forbidden {
		return person(&s.Account, Capacity{}), err
	}
	if err != nil {
		return nil, err
	}
	if p.lasting() {
		a.known.keep(digest, p, turn, now, earliest(now.Add(believed), s.item.Until, p.Until))
	}
	return p, nil
}

// acting is the principal of a session.
func (a *Accounts) acting(ctx context.Context, s *Signed) (*Principal, error) {
	if err := s.signedIn(); err != nil {
		return nil, err
	}
	if s.Session.Acting == "" {
		return nil, fault.New(fault.Forbidden, "Choose first as what you act.")
	}
	c, err := a.capacity(ctx, &s.Account, s.Session.Acting)
	if err != nil {
		return nil, err
	}
	p := a.inCapacity(&s.Account, c)
	p.Session, p.Proved = s.Session.ID, s.Session.Proved
	return p, nil
}

// Acting is the principal of a session, made anew.
func (a *Accounts) Acting(ctx context.Context, s *Signed) (*Principal, error) {
	return a.acting(ctx, s)
}

func person(who *Account, c Capacity) *Principal {
	return &Principal{Account: who.ID, Called: who.Called, Person: who.Person, Capacity: c}
}

// earliest is the first of some instants; zero ones do not count.
func earliest(at ...time.Time) time.Time {
	at = slices.DeleteFunc(at, time.Time.IsZero)
	return slices.MinFunc(at, time.Time.Compare)
}

// Authority is what a token was given for.
type Authority struct {
	Client  string // id
	Account string // id; "" for a client by itself
	Acting  string // source of the capacity
	Patient string // whom patient/ scopes are about, such as Patient/…; "" for nobody
	Scopes  string
	Began   time.Time // when it was given
}

// ByAuthority is the principal of a token that has been found to be good; believe tells until when it is at most. The error
// is Unknown where the client, the account or the capacity is none any more.
func (a *Accounts) ByAuthority(ctx context.Context, t Authority) (*Principal, error) {
	now := a.Now()
	gone := func(err error) error {
		if c := fault.CodeOf(err); c == fault.Forbidden || c == fault.NotFound {
			return fault.New(fault.Unknown, "What the token was given for has ended.").Because(err)
		}
		return err
	}
	client, err := a.Client(ctx, t.Client)
	if err == nil {
		err = client.Open(now)
	}
	if err == nil && client.Backend != (t.Account == "") {
		err = fault.New(fault.Forbidden, "The client acts for people, or for itself, but not for both.")
	}
	if err == nil && t.Began.Before(client.Since) {
		err = fault.New(fault.Forbidden, "The client was closed since, or has proved who it is in another way.")
	}
	if err != nil {
		return nil, gone(err)
	}
	scopes, err := smart.Parse(t.Scopes)
	if err != nil {
		return nil, err
	}
	most, err := smart.Parse(client.Scopes)
	if err != nil {
		return nil, err
	}
	scopes = scopes.Within(most) // it may have been cut down since
	if t.Account == "" {
		c := Capacity{Source: "client/" + client.ID, Role: gate.System, Institution: client.Institution, Until: client.Expires}
		p := &Principal{Called: client.Name, Capacity: c, Client: client.ID, Scopes: scopes}
		p.Access = a.config.Policy.Access(c.Role, c.of(""), scopes.Rules(fhir.Ref{}))
		return p, nil
	}
	who, err := a.account(ctx, a.db, t.Account)
	if err != nil {
		return nil, gone(err)
	}
	c, err := a.capacity(ctx, &who.Thing, t.Acting)
	if err != nil {
		return nil, gone(err)
	}
	p := person(&who.Thing, c)
	p.Client, p.Scopes, p.Patient = client.ID, scopes, refOf(t.Patient)
	p.Until = earliest(client.Expires, c.Until)
	p.Access = a.config.Policy.Access(c.Role, c.of(p.Actor().Reference), append(c.only(), scopes.Rules(p.Patient))...).Only(looking...)
	return p, nil
}

// looking are the operations that a program may call in a person's name, as far as its scopes go. What else a person may do they do
// themselves: a program that may look must not open records in an emergency.
var looking = []string{"everything", "validate", "fhirpath", "verify-signature"}

// ByToken remembers principals of tokens for a moment. prove finds out what a token was given for, and until when it holds.
func (a *Accounts) ByToken(ctx context.Context, token string, prove func(context.Context) (Authority, time.Time, error)) (*Principal, error) {
	digest := sha256.Sum256([]byte("token\x00" + token))
	now := a.Now()
	p, turn, ok := a.known.find(digest, now)
	if ok {
		return p, nil
	}
	t, until, err := prove(ctx)
	if err != nil {
		return nil, err
	}
	if p, err = a.ByAuthority(ctx, t); err != nil {
		return nil, err
	}
	if p.lasting() {
		a.known.keep(digest, p, turn, now, earliest(now.Add(believed), until, p.Until))
	}
	return p, nil
}

// lasting tells whether who somebody is may be believed for a moment: not if they act by the wish of another resident, which counts
// at once when it is withdrawn.
func (p *Principal) lasting() bool { return !strings.HasPrefix(p.Source, "Consent/") }

// Forget makes this server ask anew who is behind every token and session. It is for whoever has changed tokens.
func (a *Accounts) Forget() { a.known.forget() }

// At names the institution at which somebody acts, without its type.
func (c Capacity) At() string { return strings.TrimPrefix(c.Institution, "Organization/") }
