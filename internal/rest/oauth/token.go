package oauth

import (
	"context"
	"errors"
	"mime"
	"net/http"
	"slices"

	"github.com/ory/fosite"

	"yitong/internal/account/smart"
	"yitong/internal/fault"
)

// formMost bounds a form in bytes.
const formMost = 64 << 10

// posted reads a form that is posted. Nothing is taken from the address: what stands there is kept in logs and histories.
func posted(w http.ResponseWriter, r *http.Request) error {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/x-www-form-urlencoded" {
		return fosite.ErrInvalidRequest.WithHint("The body is a form, application/x-www-form-urlencoded.")
	}
	r.Body = http.MaxBytesReader(w, r.Body, formMost)
	if err := r.ParseForm(); err != nil {
		return fosite.ErrInvalidRequest.WithHint("The form cannot be read.").WithWrap(err)
	}
	return nil
}

// called reads the form of a program that calls: every parameter once, none in the address.
func called(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodPost || r.URL.RawQuery != "" {
		return fosite.ErrInvalidRequest.WithHint("The request is a POST with its parameters in the body.")
	}
	if err := posted(w, r); err != nil {
		return err
	}
	for name, values := range r.PostForm {
		if len(values) > 1 {
			return fosite.ErrInvalidRequest.WithHintf("The parameter %s is given more than once.", short(name))
		}
	}
	return nil
}

// token gives tokens for a code, a refresh token, or the word of a client (OAuth 2.1, 3.2).
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	err := called(w, r)
	if err == nil && !slices.Contains([]string{grantCode, grantRefresh, grantCredentials}, r.PostForm.Get("grant_type")) {
		err = fosite.ErrUnsupportedGrantType
	}
	if err != nil {
		p.refuse(w, r, err)
		return
	}
	ctx := r.Context()
	var answer fosite.AccessResponder
	q, err := p.fosite.NewAccessRequest(ctx, r, &family{})
	if err == nil {
		err = p.records.together(ctx, func(ctx context.Context) (err error) {
			if answer, err = p.fosite.NewAccessResponse(ctx, q); err != nil {
				return err
			}
			return p.records.add(ctx, p.given(q))
		})
	}
	if err != nil {
		p.refuse(w, r, p.lost(ctx, q, err))
		return
	}
	p.fosite.WriteAccessResponse(ctx, w, q, answer)
}

// lost looks at why tokens were not given. Where a code or a refresh token was used for a second time, at the same moment or
// later, somebody else may have it: all that came of it ends (OAuth 2.1, 4.1.3 and 4.3.1; RFC 9700, 4.14).
func (p *Provider) lost(ctx context.Context, q fosite.AccessRequester, err error) error {
	twice := errors.Is(err, errSpent) || errors.Is(err, fosite.ErrInvalidatedAuthorizeCode)
	if !twice && !errors.Is(err, errGone) && !(errors.Is(err, fosite.ErrServerError) && errors.Is(err, fosite.ErrNotFound)) {
		return err
	}
	if twice {
		p.config.Log.Warn("a code or a refresh token was used twice", "client", q.GetClient().GetID(), "family", q.GetID())
		if err := p.records.RevokeRefreshToken(ctx, q.GetID()); err != nil {
			return err
		}
	}
	return fosite.ErrInvalidGrant.WithHint("The code or the refresh token has been used, or its authorization has ended.")
}

// genuine lets nobody try codes and refresh tokens that were not made with the platform's key: a reader of the register
// learns half of each, and could otherwise end what belongs to others by showing it as used.
type genuine struct {
	*Provider
	grant, parameter string
}

// CanHandleTokenEndpointRequest tells whether the grant is its own.
func (g genuine) CanHandleTokenEndpointRequest(_ context.Context, q fosite.AccessRequester) bool {
	return q.GetGrantTypes().ExactOne(g.grant)
}

// CanSkipClientAuth is false.
func (genuine) CanSkipClientAuth(context.Context, fosite.AccessRequester) bool { return false }

// HandleTokenEndpointRequest looks at the code or the token.
func (g genuine) HandleTokenEndpointRequest(ctx context.Context, q fosite.AccessRequester) error {
	if !q.GetClient().GetGrantTypes().Has(g.grant) {
		return fosite.ErrUnauthorizedClient.WithHint("The client acts for itself; it is not registered to act for people.")
	}
	shown := q.GetRequestForm().Get(g.parameter)
	if len(shown) > tokenMost || g.tokens.Enigma.Validate(ctx, shown) != nil {
		return fosite.ErrInvalidGrant.WithHintf("The %s is none that was given here.", g.parameter)
	}
	return nil
}

// PopulateTokenEndpointResponse adds nothing.
func (g genuine) PopulateTokenEndpointResponse(context.Context, fosite.AccessRequester, fosite.AccessResponder) error {
	return nil
}

// extension is what SMART and the platform add to the grants of fosite: who may still be acted for, which scopes are given,
// and what the program learns beside its tokens.
type extension struct{ *Provider }

// CanHandleTokenEndpointRequest is true: it has a part in every grant.
func (extension) CanHandleTokenEndpointRequest(context.Context, fosite.AccessRequester) bool {
	return true
}

// CanSkipClientAuth is false.
func (extension) CanSkipClientAuth(context.Context, fosite.AccessRequester) bool { return false }

// HandleTokenEndpointRequest looks at what a grant may give now.
func (x extension) HandleTokenEndpointRequest(ctx context.Context, q fosite.AccessRequester) error {
	own := q.(*fosite.AccessRequest)
	if q.GetGrantTypes().ExactOne(grantCredentials) {
		return x.credentials(own)
	}
	f := familyOf(q)
	as, err := x.accounts.ByAuthority(ctx, f.authority(f.Scopes))
	if err != nil {
		return err
	}
	if err := x.online(ctx, f); err != nil {
		return err
	}
	f.person = as.Person
	if q.GetGrantTypes().ExactOne(grantRefresh) {
		return narrow(own, as.Scopes)
	}
	return nil
}

// credentials gives a client its own scopes (SMART Backend Services).
func (x extension) credentials(q *fosite.AccessRequest) error {
	c := q.GetClient().(client).Client
	if !c.Backend {
		return fosite.ErrUnauthorizedClient.WithHint("The client acts for people; it is not registered to act for itself.")
	}
	scopes, err := granted(c, q.Form.Get("scope"))
	if err != nil {
		return err
	}
	q.RequestedScope, q.GrantedScope = scopes.List(), scopes.List()
	f := familyOf(q)
	f.Client, f.Scopes = c.ID, scopes.String()
	return nil
}

// online refuses a refresh once the session has ended that it was to end with.
func (x extension) online(ctx context.Context, f *family) error {
	if f.Session == "" {
		return nil
	}
	if open, err := x.accounts.Prolong(ctx, f.Account, f.Session); err != nil || open {
		return err
	}
	return fosite.ErrInvalidGrant.WithHint("The person has signed out.")
}

// narrow gives the scopes that a refresh asks for, which may be fewer than were given but not more (RFC 6749, 6). The refresh
// token that follows stays as wide as its family.
func narrow(q *fosite.AccessRequest, most smart.Scopes) error {
	asked := most
	if text := q.Form.Get("scope"); text != "" {
		var err error
		if asked, err = smart.Parse(text); err != nil {
			return fosite.ErrInvalidScope.WithHint(fault.From(err).Message).WithWrap(err)
		}
		if !contains(most, asked) {
			return fosite.ErrInvalidScope.WithHint("A refresh cannot ask for scopes that were not given before.")
		}
	}
	if !useful(asked) {
		return fosite.ErrInvalidScope.WithHint("None of the scopes allows something any more.")
	}
	q.GrantedScope = asked.List()
	return nil
}

// PopulateTokenEndpointResponse adds what the program learns beside its tokens (SMART App Launch 2.2, launch context).
func (x extension) PopulateTokenEndpointResponse(ctx context.Context, q fosite.AccessRequester, answer fosite.AccessResponder) error {
	answer.SetTokenType("Bearer")
	f := familyOf(q)
	now := x.config.Now()
	answer.SetExpiresIn(earlier(now.Add(x.config.Lifetimes.Access), f.Ends).Sub(now)) // fosite tells the usual time
	if f.Account == "" {
		return nil
	}
	if f.Patient != "" {
		answer.SetExtra("patient", idOf(f.Patient))
		answer.SetExtra("need_patient_banner", true)
	}
	if f.Encounter != "" {
		answer.SetExtra("encounter", idOf(f.Encounter))
	}
	if !q.GetGrantedScopes().Has(smart.OpenID) {
		return nil
	}
	identity, err := x.identity(ctx, f, q)
	if err == nil {
		answer.SetExtra("id_token", identity)
	}
	return err
}
