package account

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"slices"
	"strings"
	"time"

	"yitong/internal/fault"
	"yitong/internal/store"
)

// Stage is how far a sign-in has come.
type Stage string

// The stages.
const (
	Half  Stage = "half"  // the password was right; a second factor is to be shown, or to be set up
	Whole Stage = "whole" // signed in
)

// Session is a browser in which somebody has signed in, or has begun to.
type Session struct {
	ID      string    `json:"-"`
	Account string    `json:"account"`
	Stage   Stage     `json:"stage"`
	Methods []string  `json:"methods"` // by which the person was known, as RFC 8176 names them: pwd, otp, hwk, sms, rec
	Acting  string    `json:"acting,omitempty"`
	Began   time.Time `json:"began"`
	Shown   time.Time `json:"shown"`           // when the person last showed who they are
	Proved  time.Time `json:"proved,omitzero"` // when a second factor was last shown; the zero Time for never
	Seen    time.Time `json:"seen"`            // when it was last used, but for a minute
	Ends    time.Time `json:"ends"`            // at the latest
	Line    string    `json:"line"`            // the same for all forms of one session, which has another id after every step
	From    string    `json:"from"`            // network
	Agent   string    `json:"agent,omitempty"`
	Pending []byte    `json:"pending,omitempty"` // what a second factor that is being set up or shown must answer, sealed
}

// How long sessions last (OWASP ASVS 3.3.2, level 2: 30 minutes idle, 12 hours at all), and other limits of theirs.
const (
	sessionIdle  = 30 * time.Minute
	sessionMost  = 12 * time.Hour
	halfMost     = 10 * time.Minute // to show the second factor
	sessionTouch = time.Minute
	freshMost    = 10 * time.Minute // after which one must sign in again to change how one signs in
	sessionsMost = 100              // of one account; beyond them the oldest ends
	agentMost    = 200              // bytes that are kept of what a browser calls itself
)

// Signed is a session with its account.
type Signed struct {
	Session Session
	Account Account
	item    store.Item
}

// sessionID is the id of the session that a cookie holds the token of: the register does not know tokens.
func sessionID(token string) string {
	sum := sessionDigest(token)
	return hex.EncodeToString(sum[:])
}

func sessionDigest(token string) [sha256.Size]byte {
	return sha256.Sum256([]byte("session\x00" + token))
}

// From is where a request comes from.
type From struct {
	Address netip.Addr
	Agent   string // what the browser calls itself
}

func (f From) agent() string {
	if len(f.Agent) > agentMost {
		return strings.ToValidUTF8(f.Agent[:agentMost], "")
	}
	return f.Agent
}

// errSignIn is the refusal of who is not signed in, or not any more.
func errSignIn() error {
	return fault.New(fault.Unknown, "You are not signed in, or your session has ended. Sign in.").WithIssue(issueExpired)
}

// issueExpired is the FHIR issue type of refusals that a new sign-in mends.
const issueExpired = "expired"

// Signed is the session of a token. The error is Unknown where there is none, or it has ended.
func (a *Accounts) Signed(ctx context.Context, token string) (*Signed, error) {
	if token == "" {
		return nil, errSignIn()
	}
	now := a.Now()
	k, err := read[Session](a.db.Item(ctx, kindSession, sessionID(token)))
	if err != nil {
		return nil, err
	}
	if k == nil || !now.Before(k.Item.Until) {
		return nil, errSignIn()
	}
	owner, err := a.account(ctx, a.db, k.Thing.Account)
	if err != nil {
		return nil, err
	}
	if err := owner.Thing.Open(now); err != nil {
		return nil, errSignIn()
	}
	k.Thing.ID = k.Item.ID
	s := &Signed{k.Thing, owner.Thing, k.Item}
	if s.Session.Stage == Whole && now.Sub(s.Session.Seen) >= sessionTouch {
		a.touch(ctx, s, now)
	}
	return s, nil
}

// touch notes that a session is used. Who else does so at the same moment has done it for us.
func (a *Accounts) touch(ctx context.Context, s *Signed, now time.Time) {
	s.Session.Seen = now
	_ = a.writing(ctx, func(tx store.Tx) error {
		_, err := write(tx, s.Session.item(s.item), s.Session, false)
		return err
	})
	s.item.Number++
}

// item is the session as the register keeps it.
func (s *Session) item(i store.Item) store.Item {
	i.Kind, i.Owner, i.Until = kindSession, s.Account, s.Seen.Add(sessionIdle)
	if s.Stage == Half {
		i.Until = s.Began.Add(halfMost)
	}
	if s.Ends.Before(i.Until) {
		i.Until = s.Ends
	}
	return i
}

// open begins a session in place of another one, if there is one: whoever knew the token of that has nothing of this
// (session fixation).
func (a *Accounts) open(tx store.Tx, s Session, instead string) (token string, err error) {
	token = newToken()
	s.ID = sessionID(token)
	if instead != "" {
		if ok, err := tx.Strike(kindSession, instead); err != nil || !ok {
			return "", orElse(err, errSignIn()) // it was used twice at the same moment
		}
	}
	i := s.item(store.Item{ID: s.ID, Author: s.Account})
	return token, must(write(tx, i, s, false))
}

// orElse is the first error that is one.
func orElse(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// begin makes a new session of an account.
func (a *Accounts) begin(account string, from From, stage Stage, methods ...string) Session {
	now := a.Now()
	return Session{
		Line: newID(), Account: account, Stage: stage, Methods: methods, Began: now, Shown: now, Seen: now, Ends: now.Add(sessionMost),
		From: network(from.Address), Agent: from.agent(),
	}
}

// renew puts a session that has come further in place of the one that it was, and on record what change says that it did. It gives
// the new token.
func (a *Accounts) renew(ctx context.Context, s *Signed, change func(tx store.Tx, next *Session) (did Event, err error)) (token string, err error) {
	var e Event
	err = a.writing(ctx, func(tx store.Tx) (err error) {
		next := s.Session
		next.Seen = a.Now()
		if e, err = change(tx, &next); err != nil {
			return err
		}
		e.Account, e.Network, e.person = s.Account.ID, s.Session.From, cmp.Or(e.person, s.Account.Person)
		if err := a.happened(tx, e); err != nil {
			return err
		}
		token, err = a.open(tx, next, s.Session.ID)
		return err
	})
	a.known.drop(s.Session.ID)
	if err == nil {
		a.config.Audit(ctx, e)
	}
	return given(token, err)
}

// given is a token if the transaction that made it has been committed; a try that was undone may have left one.
func given(token string, err error) (string, error) {
	if err != nil {
		return "", err
	}
	return token, nil
}

// pend notes what a second factor must answer.
func (a *Accounts) pend(ctx context.Context, s *Signed, pending []byte) error {
	s.Session.Pending = a.config.Box.Seal("pending "+s.Session.ID, pending)
	err := a.writing(ctx, func(tx store.Tx) error { return must(write(tx, s.Session.item(s.item), s.Session, false)) })
	s.item.Number++
	return err
}

// pending gives back what was noted.
func (a *Accounts) pending(s *Signed) ([]byte, error) {
	if s.Session.Pending == nil {
		return nil, fault.New(fault.Precondition, "This step was not begun, or has been taken. Begin it again.")
	}
	return a.config.Box.Open("pending "+s.Session.ID, s.Session.Pending)
}

// signedIn refuses a session that has not come that far.
func (s *Signed) signedIn() error {
	if s.Session.Stage != Whole {
		return errSignIn()
	}
	return nil
}

// fresh refuses a change of how one signs in, unless the person has shown a moment ago who they are (ASVS 2.2.3, 3.7.1).
func (a *Accounts) fresh(s *Signed) error {
	if s.Session.Stage == Half && !s.Account.Strong() {
		return nil // the first second factor is being set up
	}
	if s.Session.Stage != Whole || a.Now().Sub(s.Session.Shown) > freshMost {
		return fault.New(fault.Unknown, "Sign in again before you change how you sign in.").WithIssue(issueExpired)
	}
	return nil
}

// Act chooses as what the person acts from now on; the session gets a new token.
func (a *Accounts) Act(ctx context.Context, s *Signed, source string) (token string, err error) {
	if err := s.signedIn(); err != nil {
		return "", err
	}
	c, err := a.capacity(ctx, &s.Account, source)
	if err != nil {
		return "", err
	}
	return a.renew(ctx, s, func(_ store.Tx, next *Session) (Event, error) {
		next.Acting = c.Source
		return Event{What: "acts as " + string(c.Role)}, nil
	})
}

// Sessions are those of an account that have not ended, the newest first.
func (a *Accounts) Sessions(ctx context.Context, account string) (list []Session, err error) {
	now := a.Now()
	kept, err := all[Session](a.db.Owned(ctx, kindSession, account, "", 10*sessionsMost))
	for _, k := range kept {
		if now.Before(k.Item.Until) {
			k.Thing.ID = k.Item.ID
			list = append(list, k.Thing)
		}
	}
	slices.SortFunc(list, func(a, b Session) int { return b.Began.Compare(a.Began) })
	return list, err
}

// Prolong uses the session of a line, such as by a program that was launched in it. It tells false where it has ended.
func (a *Accounts) Prolong(ctx context.Context, account, line string) (bool, error) {
	kept, err := all[Session](a.db.Owned(ctx, kindSession, account, "", 10*sessionsMost))
	now := a.Now()
	for _, k := range kept {
		if k.Thing.Line != line || k.Thing.Stage != Whole || !now.Before(k.Item.Until) {
			continue
		}
		if now.Sub(k.Thing.Seen) >= sessionTouch {
			a.touch(ctx, &Signed{Session: k.Thing, item: k.Item}, now)
		}
		return true, err
	}
	return false, err
}

// End ends a session of an account. The error is NotFound where it has none of that id.
func (a *Accounts) End(ctx context.Context, account, id string) error {
	err := a.writing(ctx, func(tx store.Tx) error {
		i, err := tx.Item(ctx, kindSession, id)
		if err != nil {
			return err
		}
		if !i.Exists() || i.Owner != account {
			return fault.New(fault.NotFound, "There is no such session.")
		}
		_, err = tx.Strike(kindSession, id)
		return err
	})
	a.known.drop(id)
	if err == nil {
		a.config.Audit(ctx, Event{What: "ended a session", Account: account})
	}
	return err
}

// EndAll ends all sessions of the account, this one too, and what programs may do for it.
func (a *Accounts) EndAll(ctx context.Context, s *Signed) error {
	err := a.writing(ctx, func(tx store.Tx) error { return a.endAll(ctx, tx, s.Account.ID, "") })
	a.known.forget()
	if err == nil {
		a.config.Audit(ctx, Event{What: "ended all sessions", Account: s.Account.ID})
	}
	return err
}

// endAll ends the sessions of an account, but for one, and what programs may do for it.
func (a *Accounts) endAll(ctx context.Context, tx store.Tx, account, but string) error {
	items, err := tx.Owned(ctx, kindSession, account, "", 10*sessionsMost)
	for _, i := range items {
		if i.ID != but && err == nil {
			_, err = tx.Strike(kindSession, i.ID)
		}
	}
	if err != nil {
		return err
	}
	families, err := tx.Owned(ctx, KindFamily, account, "", 10*sessionsMost)
	for _, i := range families {
		if err == nil {
			_, err = tx.Strike(KindFamily, i.ID)
		}
	}
	return err
}
