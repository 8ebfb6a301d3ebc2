package account

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"sync"
	"time"

	"yitong/internal/fault"
	"yitong/internal/gate"
	"yitong/internal/gate/policy"
	"yitong/internal/store"
)

// Config says how accounts are kept.
type Config struct {
	Box      *Box
	Work     Work                         // of password hashes; the zero Work is [UsualWork]
	Rates    Rates                        // the zero Rates are [UsualRates]
	Now      func() time.Time             // the clock; nil for the machine's
	Zone     *time.Location               // of what people are told
	Sender   Sender                       // of codes; nil: nobody can sign in by phone
	Verifier Verifier                     // of real names; nil: by the population that is registered here
	Passkeys Passkeys                     // zero: none can be added
	Issuer   string                       // what one-time password apps show, such as the host of the platform
	Policy   *policy.Policy               // what roles may do; nil: the program's
	Audit    func(context.Context, Event) // is told what has happened to accounts, for the log; nil: nobody
}

// Event is something that happened to an account, a session or a client, for the log and, where it is a sign-in, the trail. It
// holds no personal data and no secret.
type Event struct {
	What    string // such as "signed in", "refused"
	Account string // id; "" if it is not known
	Client  string
	Network string
	Reason  string

	person string // who the account stands for in the record, for the trail
}

// Accounts is all that the package can do.
type Accounts struct {
	db     store.DB
	record *gate.Session // by which people and posts are looked up
	config Config
	hasher *Hasher
	known  principals

	keyring keyring
	walk    walk
}

// New keeps accounts in a record's register. g is the gate to the same record.
func New(db store.DB, g *gate.Gate, c Config) (*Accounts, error) {
	if c.Box == nil {
		return nil, fault.New(fault.Malformed, "Accounts need the platform's key.")
	}
	if c.Rates == (Rates{}) {
		c.Rates = UsualRates
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	if c.Policy == nil {
		c.Policy = policy.Standard()
	}
	if c.Audit == nil {
		c.Audit = func(context.Context, Event) {}
	}
	a := &Accounts{db: db, config: c, hasher: NewHasher(c.Work)}
	a.record = g.Session(gate.Actor{Reference: "Device/accounts", Access: gate.Whole()})
	if a.config.Verifier == nil {
		a.config.Verifier = Population{a.record}
	}
	return a, nil
}

// Ready makes sure that the platform's key is the one of this record: the first that is used with a record stays its key. And it enters
// what earlier versions of the program have not: by what grants and accounts of staff are found.
func (a *Accounts) Ready(ctx context.Context) error {
	const about, text = "proof", "this record's key"
	proof, err := a.db.Item(ctx, kindProof, about)
	if err != nil {
		return err
	}
	if !proof.Exists() {
		err = a.writing(ctx, func(tx store.Tx) error {
			_, err := tx.Enter(store.Item{Kind: kindProof, ID: about, Number: 1, Until: store.ForEver, Body: a.config.Box.Seal(about, []byte(text))}, false)
			return err
		})
		if err != nil {
			return err
		}
		if proof, err = a.db.Item(ctx, kindProof, about); err != nil {
			return err
		}
	}
	if _, err := a.config.Box.Open(about, proof.Body); err != nil {
		return fault.New(fault.Precondition, "The platform's key is not the one that this record was begun with. Give the file of that key; without it nobody can sign in.")
	}
	if err := a.holdersOfOld(ctx); err != nil {
		return err
	}
	return a.rosterOfOld(ctx)
}

// Now is the instant by the clock of the accounts, in microseconds.
func (a *Accounts) Now() time.Time { return a.config.Now().UTC().Truncate(time.Microsecond) }

// changed tells the log that something about an account has changed, and its person.
func (a *Accounts) changed(ctx context.Context, id, what string) {
	a.config.Audit(ctx, Event{What: what, Account: id})
	a.tellStaff(ctx, id)
}

// tellStaff tells the person of an account that something about it has changed, if it has a phone: who has not done it learns of it
// (ASVS 2.2.3). What fails there fails nothing here.
func (a *Accounts) tellStaff(ctx context.Context, id string) {
	if k, err := a.account(ctx, a.db, id); err == nil && k.Thing.Staff() {
		a.tell(ctx, &k.Thing, tellText)
	}
}

// tellResident tells a resident who has an account that somebody may act for them now.
func (a *Accounts) tellResident(ctx context.Context, person string) {
	if k, err := a.named(ctx, a.db, "person:"+person); err == nil && k != nil {
		a.tell(ctx, &k.Thing, tellProxy)
	}
}

// tell sends a text to the phone of an account, if it has one, beside what goes on.
func (a *Accounts) tell(ctx context.Context, who *Account, text string) {
	if a.config.Sender == nil || who.Phone == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tellMost)
	go func() {
		defer cancel()
		if err := a.config.Sender.Send(ctx, who.Phone, text); err != nil {
			a.config.Audit(ctx, Event{What: "could not be told of a change", Account: who.ID})
		}
	}()
}

const (
	tellMost  = 30 * time.Second
	tellText  = "医通：您的登录方式刚刚发生变更。如非本人操作，请立即联系本机构管理员。Yitong: how you sign in has just changed. If that was not you, tell the administrator of your institution at once."
	tellProxy = "医通：有人已登记为您的代办人，可以代您查看健康档案。如非您本人同意，请立即联系服务窗口。Yitong: somebody may now act for you and see your record. If you have not agreed, go to a service window at once."
)

// account is an account by its id; the error is NotFound where there is none.
func (a *Accounts) account(ctx context.Context, r store.RegisterReader, id string) (*kept[Account], error) {
	k, err := read[Account](r.Item(ctx, kindAccount, id))
	if err == nil && k == nil {
		err = fault.New(fault.NotFound, "There is no such account. 没有这个账户。")
	}
	if err != nil {
		return nil, err
	}
	k.Thing.ID = k.Item.ID
	return k, nil
}

// named is the account that has a name such as name:zhang or phone:+86…; nil if there is none.
func (a *Accounts) named(ctx context.Context, r store.RegisterReader, name string) (*kept[Account], error) {
	k, err := read[Account](r.Named(ctx, kindAccount, name))
	if k != nil {
		k.Thing.ID = k.Item.ID
	}
	return k, err
}

// keep writes the next version of an account, and its past; by is who changes it.
func keep(ctx context.Context, tx store.Tx, k *kept[Account], by string) error {
	i := k.Item
	i.Kind, i.ID, i.Author, i.Names = kindAccount, k.Thing.ID, by, k.Thing.names()
	if err := must(write(tx, i, k.Thing, true)); err != nil || !k.Thing.Staff() {
		return err
	}
	return list(ctx, tx, &k.Thing)
}

// change carries out a change of one account. do gets the account as it is and changes it.
func (a *Accounts) change(ctx context.Context, id, by string, do func(tx store.Tx, account *Account) error) error {
	err := a.writing(ctx, func(tx store.Tx) error {
		k, err := a.account(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := do(tx, &k.Thing); err != nil {
			return err
		}
		return keep(ctx, tx, k, by)
	})
	a.known.forget()
	return err
}

// principals are those that were made a moment ago, by the digest of what the request showed.
type principals struct {
	mu    sync.RWMutex
	made  map[[32]byte]remembered
	turn  uint64    // grows with every change here
	swept time.Time // when those that had run out were last taken out: in a rush there are thousands, each with its rules
}

type remembered struct {
	*Principal
	until time.Time
}

// Another server may have changed something: what was made is believed for so long. What is changed on this server counts
// at once.
const believed = 2 * time.Second

// principalsMost bounds those that are remembered.
const principalsMost = 50_000

// forget drops all that are remembered: something about accounts, grants, clients, sessions or tokens has changed here.
func (p *principals) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.made)
	p.turn++
}

// drop drops the principal of a session.
func (p *principals) drop(session string) {
	var digest [sha256.Size]byte
	if n, err := hex.Decode(digest[:], []byte(session)); n != len(digest) || err != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.made, digest)
	p.turn++
}

func (p *principals) find(digest [32]byte, now time.Time) (*Principal, uint64, bool) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	r, ok := p.made[digest]
	if !ok || !now.Before(r.until) {
		return nil, p.turn, false
	}
	return r.Principal, p.turn, true
}

// keep remembers a principal that was made since a turn, unless something has changed since.
func (p *principals) keep(digest [32]byte, made *Principal, turn uint64, now, until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.turn != turn {
		return
	}
	if now.Sub(p.swept) >= believed {
		maps.DeleteFunc(p.made, func(_ [32]byte, r remembered) bool { return !now.Before(r.until) })
		p.swept = now
	}
	if p.made == nil || len(p.made) >= principalsMost {
		p.made = map[[32]byte]remembered{}
	}
	p.made[digest] = remembered{made, until}
}
