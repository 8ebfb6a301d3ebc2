package oauth

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/ory/fosite"

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

// request is what fosite knows of an authorization.
func (f *family) request(form url.Values) *fosite.Request {
	q := fosite.NewRequest()
	q.ID, q.Client, q.Form, q.Session = f.ID, client{&account.Client{ID: f.Client}}, form, f
	q.RequestedScope, q.GrantedScope = words(f.Scopes), words(f.Scopes)
	return q
}

// familyOf is the family of a request.
func familyOf(q fosite.Requester) *family { return q.GetSession().(*family) }

// CreateAuthorizeCodeSession enters a code, and its family for as long.
func (r *records) CreateAuthorizeCodeSession(ctx context.Context, id string, q fosite.Requester) error {
	f := familyOf(q)
	f.ID = q.GetID()
	until := r.now().Add(r.lifetimes.Code)
	form := q.GetRequestForm()
	return r.add(ctx,
		enter(store.Item{Kind: account.KindFamily, ID: f.ID, Owner: f.owner(), Until: until}, f, errGone),
		enter(store.Item{Kind: kindCode, ID: id, Owner: f.ID, Until: until}, codeBody{form.Get("redirect_uri"), form.Get("code_challenge")}, errSpent))
}

// GetAuthorizeCodeSession finds a code. The error is fosite.ErrInvalidatedAuthorizeCode for one that has been redeemed.
func (r *records) GetAuthorizeCodeSession(ctx context.Context, id string, _ fosite.Session) (fosite.Requester, error) {
	i, f, err := r.token(ctx, kindCode, id)
	if err != nil {
		return nil, err
	}
	if f == nil {
		return nil, fosite.ErrNotFound
	}
	var code codeBody
	if err := unmarshal(i, &code); err != nil {
		return nil, err
	}
	q := f.request(url.Values{"redirect_uri": {code.Redirect}, "code_challenge": {code.Challenge}, "code_challenge_method": {methodS256}})
	if spent(i) {
		return q, fosite.ErrInvalidatedAuthorizeCode
	}
	return q, nil
}

// InvalidateAuthorizeCodeSession redeems a code: its family holds from now on until it ends, and so long the code is known
// as one that was used.
func (r *records) InvalidateAuthorizeCodeSession(ctx context.Context, id string) error {
	return r.add(ctx, func(tx store.Tx) error {
		i, err := tx.Item(ctx, kindCode, id)
		if err != nil {
			return err
		}
		if !i.Exists() || spent(i) {
			return errSpent
		}
		home, err := tx.Item(ctx, account.KindFamily, i.Owner)
		if err != nil {
			return err
		}
		if !home.Exists() {
			return errGone
		}
		var f family
		if err := unmarshal(home, &f); err != nil {
			return err
		}
		home.Until, i.Until = f.Ends, f.Ends
		if err := enter(home, json.RawMessage(home.Body), errGone)(tx); err != nil {
			return err
		}
		return enter(i, json.RawMessage(i.Body), errSpent)(tx)
	})
}

// CreateAccessTokenSession enters an access token; for a program by itself with its family.
func (r *records) CreateAccessTokenSession(ctx context.Context, id string, q fosite.Requester) error {
	f := familyOf(q)
	if f.Account == "" {
		f.ID, f.Began, f.Ends = q.GetID(), r.now(), r.now().Add(r.lifetimes.Backend)
		home := store.Item{Kind: account.KindFamily, ID: f.ID, Owner: f.owner(), Until: f.Ends}
		if err := r.add(ctx, enter(home, f, errGone)); err != nil {
			return err
		}
	}
	var body accessBody
	if scopes := strings.Join(q.GetGrantedScopes(), " "); scopes != f.Scopes {
		body.Scopes = scopes
	}
	until := earlier(r.now().Add(r.lifetimes.Access), f.Ends)
	return r.add(ctx, stands(ctx, f.ID), enter(store.Item{Kind: kindAccess, ID: id, Owner: f.ID, Until: until}, body, errSpent))
}

// stands is the step that makes sure of a family: one that was struck a moment ago gets no tokens.
func stands(ctx context.Context, id string) step {
	return func(tx store.Tx) error {
		home, err := tx.Item(ctx, account.KindFamily, id)
		if err == nil && !home.Exists() {
			err = errGone
		}
		return err
	}
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// GetAccessTokenSession finds an access token.
func (r *records) GetAccessTokenSession(ctx context.Context, id string, _ fosite.Session) (fosite.Requester, error) {
	_, f, err := r.token(ctx, kindAccess, id)
	if err != nil {
		return nil, err
	}
	if f == nil {
		return nil, fosite.ErrNotFound
	}
	return f.request(url.Values{}), nil
}

// DeleteAccessTokenSession takes an access token out.
func (r *records) DeleteAccessTokenSession(ctx context.Context, id string) error {
	return r.add(ctx, strike(kindAccess, id, nil))
}

// CreateRefreshTokenSession enters a refresh token.
func (r *records) CreateRefreshTokenSession(ctx context.Context, id, _ string, q fosite.Requester) error {
	f := familyOf(q)
	until := earlier(r.now().Add(r.lifetimes.Idle), f.Ends)
	return r.add(ctx, enter(store.Item{Kind: kindRefresh, ID: id, Owner: f.ID, Until: until}, struct{}{}, errSpent))
}

// GetRefreshTokenSession finds a refresh token. The error is fosite.ErrInactiveToken for one that has been used.
func (r *records) GetRefreshTokenSession(ctx context.Context, id string, _ fosite.Session) (fosite.Requester, error) {
	i, f, err := r.token(ctx, kindRefresh, id)
	if err != nil {
		return nil, err
	}
	if f == nil {
		return nil, fosite.ErrNotFound
	}
	q := f.request(url.Values{})
	if spent(i) {
		return q, fosite.ErrInactiveToken
	}
	return q, nil
}

// DeleteRefreshTokenSession does nothing: a token that was used stays known as such.
func (r *records) DeleteRefreshTokenSession(context.Context, string) error { return nil }

// RotateRefreshToken uses a refresh token up. Of several who do so at once, one does.
func (r *records) RotateRefreshToken(ctx context.Context, _, id string) error {
	return r.add(ctx, func(tx store.Tx) error {
		i, err := tx.Item(ctx, kindRefresh, id)
		if err != nil {
			return err
		}
		if !i.Exists() || spent(i) {
			return errSpent
		}
		return enter(i, struct{}{}, errSpent)(tx)
	})
}

// RevokeRefreshToken ends a family.
func (r *records) RevokeRefreshToken(ctx context.Context, id string) error {
	err := r.add(ctx, strike(account.KindFamily, id, nil))
	r.accounts.Forget()
	return err
}

// RevokeAccessToken does nothing: the family has ended.
func (r *records) RevokeAccessToken(context.Context, string) error { return nil }

// CreatePKCERequestSession does nothing: the challenge stands with the code.
func (r *records) CreatePKCERequestSession(context.Context, string, fosite.Requester) error {
	return nil
}

// GetPKCERequestSession finds the challenge of a code.
func (r *records) GetPKCERequestSession(ctx context.Context, id string, s fosite.Session) (fosite.Requester, error) {
	return r.GetAuthorizeCodeSession(ctx, id, s)
}

// DeletePKCERequestSession does nothing: the challenge goes with the code.
func (r *records) DeletePKCERequestSession(context.Context, string) error { return nil }
