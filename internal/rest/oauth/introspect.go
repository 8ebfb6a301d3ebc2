package oauth

import (
	"context"
	"net/http"

	"github.com/ory/fosite"

	"yitong/internal/account"
	"yitong/internal/account/smart"
	"yitong/internal/fault"
)

// facts are what a program learns of a token (RFC 7662, 2.2; SMART App Launch 2.2, token introspection).
type facts struct {
	Active    bool   `json:"active"`
	Scope     string `json:"scope,omitempty"`
	Client    string `json:"client_id,omitempty"`
	Type      string `json:"token_type,omitempty"`
	Expiry    int64  `json:"exp,omitempty"`
	IssuedAt  int64  `json:"iat,omitempty"` // of the authorization
	Subject   string `json:"sub,omitempty"`
	Audience  string `json:"aud,omitempty"`
	Issuer    string `json:"iss,omitempty"`
	Patient   string `json:"patient,omitempty"`
	Encounter string `json:"encounter,omitempty"`
	FHIRUser  string `json:"fhirUser,omitempty"`
}

// introspect tells a program about a token: its own, or any if it is registered to ask.
func (p *Provider) introspect(w http.ResponseWriter, r *http.Request) {
	by, err := p.caller(w, r)
	if err == nil && by.Public() {
		err = errClient()
	}
	if err != nil {
		p.refuse(w, r, err)
		return
	}
	known, err := p.facts(r.Context(), by, r.PostForm.Get("token"))
	if err != nil && fault.CodeOf(err) != fault.Unknown {
		p.refuse(w, r, err)
		return
	}
	answer(w, http.StatusOK, known)
}

// caller is the program that posts a form.
func (p *Provider) caller(w http.ResponseWriter, r *http.Request) (*account.Client, error) {
	if err := called(w, r); err != nil {
		return nil, err
	}
	c, err := p.fosite.AuthenticateClient(r.Context(), r, r.PostForm)
	if err != nil {
		return nil, err
	}
	if r.PostForm.Get("token") == "" {
		return nil, fosite.ErrInvalidRequest.WithHint("The parameter token is missing.")
	}
	return c.(client).Client, nil
}

// facts are those of a token; it is not active where it does not hold, or is none of the program's business.
func (p *Provider) facts(ctx context.Context, by *account.Client, token string) (facts, error) {
	t, err := p.any(ctx, token)
	if err != nil || t.family.Client != by.ID && !by.Introspects {
		return facts{}, err
	}
	as, err := p.accounts.ByAuthority(ctx, t.family.authority(t.scopes))
	if err != nil {
		return facts{}, err
	}
	f := facts{
		Active: true, Scope: as.Scopes.String(), Client: t.family.Client, Expiry: t.until.Unix(), IssuedAt: t.family.Began.Unix(),
		Subject: t.family.Account, Audience: p.base(), Issuer: p.config.Issuer,
		Patient: idOf(t.family.Patient), Encounter: idOf(t.family.Encounter),
	}
	if t.kind == kindAccess {
		f.Type = "Bearer"
	}
	if f.Subject == "" {
		f.Subject = t.family.Client
	}
	if as.Scopes.Has(smart.FHIRUser) && as.Person != "" {
		f.FHIRUser = p.base() + "/" + as.Person
	}
	return f, nil
}

// any is what a token stands for, of whichever kind it is.
func (p *Provider) any(ctx context.Context, token string) (*proof, error) {
	t, err := p.proved(ctx, kindAccess, token)
	if fault.CodeOf(err) == fault.Unknown {
		return p.proved(ctx, kindRefresh, token)
	}
	return t, err
}

// revoke ends a token of the program that asks: a refresh token with all that came of the same authorization (RFC 7009). What
// is no token of that program is left alone, and nothing is told of it.
func (p *Provider) revoke(w http.ResponseWriter, r *http.Request) {
	by, err := p.caller(w, r)
	if err == nil {
		err = p.end(r.Context(), by, r.PostForm.Get("token"))
	}
	if err != nil {
		p.refuse(w, r, err)
		return
	}
	answer(w, http.StatusOK, struct{}{})
}

func (p *Provider) end(ctx context.Context, by *account.Client, token string) error {
	t, err := p.any(ctx, token)
	if fault.CodeOf(err) == fault.Unknown || err == nil && t.family.Client != by.ID {
		return nil
	}
	if err != nil {
		return err
	}
	if t.kind == kindRefresh || t.family.Account == "" {
		return p.records.RevokeRefreshToken(ctx, t.family.ID)
	}
	err = p.records.DeleteAccessTokenSession(ctx, t.id)
	p.accounts.Forget()
	return err
}
