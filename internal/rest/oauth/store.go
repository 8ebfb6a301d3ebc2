package oauth

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"yitong/internal/account"
	"yitong/internal/fault"
	"yitong/internal/store"
)

// The kinds of items, beside [account.KindFamily]. Codes and tokens belong to their family and have as id the second half of
// what the client holds, from which nobody can tell the first half.
const (
	kindCode      = "authcode"
	kindAccess    = "access"
	kindRefresh   = "refresh"
	kindAssertion = "jti"      // of a client that has authenticated by it
	kindLaunch    = "launch"   // from an EHR
	kindApproval  = "approval" // what a person has allowed a client
)

// Why a change of the register is not made.
var (
	errSpent = errors.New("what can be used once has been used")
	errGone  = errors.New("the authorization has ended")
)

// records keeps families, codes and tokens in the register, as fosite asks for it.
type records struct {
	db        store.DB
	accounts  *account.Accounts
	now       func() time.Time
	lifetimes Lifetimes
}

// step is a part of a change of the register.
type step func(store.Tx) error

// changes are steps that are carried out together at the end.
type changes struct{ steps []step }

type changesKey struct{}

// together lets do say what to write, and writes all of it in one transaction or nothing.
func (r *records) together(ctx context.Context, do func(ctx context.Context) error) error {
	var c changes
	if err := do(context.WithValue(ctx, changesKey{}, &c)); err != nil {
		return err
	}
	return r.write(ctx, c.steps...)
}

// add puts steps to the changes that are being collected; where none are, it carries them out.
func (r *records) add(ctx context.Context, steps ...step) error {
	if c, is := ctx.Value(changesKey{}).(*changes); is {
		c.steps = append(c.steps, steps...)
		return nil
	}
	return r.write(ctx, steps...)
}

func (r *records) write(ctx context.Context, steps ...step) error {
	return r.db.Write(ctx, store.Work{Puts: len(steps), Do: func(tx store.Tx, _ store.Found) error {
		for _, s := range steps {
			if err := s(tx); err != nil {
				return err
			}
		}
		return nil
	}})
}

// enter is the step that writes the next version of an item; instead is the error where another one was quicker.
func enter(i store.Item, body any, instead error) step {
	text, err := json.Marshal(body)
	i.Number++
	i.Body = text
	return func(tx store.Tx) error {
		if err != nil {
			return fault.Wrap(err, "writing to the register")
		}
		ok, err := tx.Enter(i, false)
		if err == nil && !ok {
			err = instead
		}
		return err
	}
}

// strike is the step that takes an item out; instead is the error where it is not there, nil if that is as well.
func strike(kind, id string, instead error) step {
	return func(tx store.Tx) error {
		ok, err := tx.Strike(kind, id)
		if err == nil && !ok {
			err = instead
		}
		return err
	}
}

func unmarshal(i store.Item, into any) error {
	if err := json.Unmarshal(i.Body, into); err != nil {
		return fault.Wrap(err, "reading the register")
	}
	return nil
}

// standing is an item that has not run out; the zero Item where there is none.
func (r *records) standing(ctx context.Context, kind, id string) (store.Item, error) {
	i, err := r.db.Item(ctx, kind, id)
	if err != nil || !r.now().Before(i.Until) {
		return store.Item{}, err
	}
	return i, nil
}

// token is the item of a code or a token and its family, nil where one of them does not stand.
func (r *records) token(ctx context.Context, kind, id string) (store.Item, *family, error) {
	i, err := r.standing(ctx, kind, id)
	if err != nil || !i.Exists() {
		return i, nil, err
	}
	home, err := r.standing(ctx, account.KindFamily, i.Owner)
	if err != nil || !home.Exists() {
		return i, nil, err
	}
	f := &family{ID: home.ID}
	return i, f, unmarshal(home, f)
}
