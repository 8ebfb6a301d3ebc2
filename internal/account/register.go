package account

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"

	"yitong/internal/fault"
	"yitong/internal/gate/trail"
	"yitong/internal/store"
)

// The kinds of items.
const (
	kindAccount  = "account"
	kindGrant    = "grant"
	kindHolder   = "holder"          // the grants that stand, by what they are for: see [Accounts.Holders]
	kindAnywhere = "holder-anywhere" // the same, by their roles
	kindRoster   = "roster"          // of accounts of staff: see [Accounts.Staff]
	kindClient   = "client"
	kindSession  = "session"
	kindMeter    = "meter"
	kindCode     = "code" // that was sent to a phone
	kindKey      = "key"  // by which tokens are signed
	kindProof    = "proof"

	// KindFamily are the tokens that came from one authorization; its items belong to the account. Without it none of them
	// holds. Package oauth keeps them.
	KindFamily = "family"
)

// Any tells whether a record has accounts or clients: whether people's data may be in it, and not a trial's.
func Any(ctx context.Context, register store.RegisterReader) (bool, error) {
	for _, kind := range []string{kindAccount, kindClient} {
		if some, err := register.Owned(ctx, kind, "*", "", 1); err != nil || len(some) > 0 {
			return len(some) > 0, err
		}
	}
	return false, nil
}

// kept is a thing with the item that it stands in.
type kept[T any] struct {
	Thing T
	Item  store.Item // without its body
}

// read makes a thing of an item, nil of the zero Item.
func read[T any](i store.Item, err error) (*kept[T], error) {
	if err != nil || !i.Exists() {
		return nil, err
	}
	k := &kept[T]{Item: i}
	if err := json.Unmarshal(i.Body, &k.Thing); err != nil {
		return nil, fault.Wrap(err, "reading the register")
	}
	k.Item.Body = nil
	return k, nil
}

// all makes things of items.
func all[T any](items []store.Item, err error) ([]kept[T], error) {
	list := make([]kept[T], 0, len(items))
	for _, i := range items {
		k, err := read[T](i, nil)
		if err != nil {
			return nil, err
		}
		list = append(list, *k)
	}
	return list, err
}

// write enters the next version of an item with a thing as its body. It tells false if another version is there now, or a
// name is taken. Who may do what is on record in the trail: each change of an account, a grant or a client.
func write(tx store.Tx, i store.Item, thing any, keep bool) (bool, error) {
	text, err := json.Marshal(thing)
	if err != nil {
		return false, fault.Wrap(err, "writing to the register")
	}
	i.Number++
	i.Body = text
	if i.Until.IsZero() {
		i.Until = store.ForEver
	}
	ok, err := tx.Enter(i, keep)
	if err == nil && ok && slices.Contains(histories, i.Kind) {
		err = unrecorded(trail.Entered(tx, "account", i))
	}
	return ok, err
}

// Histories are the kinds of items of which every change is kept, and leaves a line in the trail.
func Histories() []string { return slices.Clone(histories) }

// histories are the kinds of items of which all changes are known.
var histories = []string{kindAccount, kindGrant, kindClient}

// errRace is the refusal of a change that another one was quicker than.
func errRace() error {
	return fault.New(fault.Conflict, "Somebody else has changed this at the same moment. Look again, then repeat the change. 他人刚刚修改过，请刷新后重试。")
}

// must turns a refusal of Enter into an error.
func must(ok bool, err error) error {
	if err == nil && !ok {
		return errRace()
	}
	return err
}

// writing carries a change of the register out in one transaction.
func (a *Accounts) writing(ctx context.Context, do func(tx store.Tx) error) error {
	return a.db.Write(ctx, store.Work{Puts: 1, Do: func(tx store.Tx, _ store.Found) error { return do(tx) }})
}

// newID is a new id of an item.
func newID() string { return uuid.Must(uuid.NewV7()).String() }

// sweepMost bounds the items that one sweep takes out, so that it holds up nobody.
const sweepMost = 500

// Sweep takes out what has run out: sessions, codes, meters, tokens. It is for a clock to call.
func (a *Accounts) Sweep(ctx context.Context) error {
	for {
		n, err := a.db.Sweep(ctx, a.config.Now().Add(-sweepAfter), sweepMost)
		if err != nil || n < sweepMost {
			return err
		}
	}
}

// sweepAfter is how long items that have run out stay, so that what is refused can be told from what never was.
const sweepAfter = time.Hour
