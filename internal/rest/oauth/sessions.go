package oauth

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"github.com/ory/fosite"

	"yitong/internal/account"
	"yitong/internal/store"
)

// request is what fosite knows of an authorization.
func (f *family) request(form url.Values) *fosite.Request {
	q := fosite.NewRequest()
	q.ID, q.Client, q.Form, q.Session = f.ID, client{Client: &account.Client{ID: f.Client}}, form, f
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
