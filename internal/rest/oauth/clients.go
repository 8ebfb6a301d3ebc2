package oauth

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/ory/fosite"

	"yitong/internal/account"
	"yitong/internal/fault"
)

// client is a registered program as fosite knows it.
type client struct {
	*account.Client
	lifetimes Lifetimes
}

// The grants (RFC 6749) that there are.
const (
	grantCode        = "authorization_code"
	grantRefresh     = "refresh_token"
	grantCredentials = "client_credentials"
)

// GetID is its id.
func (c client) GetID() string { return c.ID }

// GetHashedSecret is empty: secrets are compared here.
func (c client) GetHashedSecret() []byte { return nil }

// GetRedirectURIs are where answers may go.
func (c client) GetRedirectURIs() []string { return c.Redirects }

// GetGrantTypes are those of a program that acts for itself, or of one that acts for people.
func (c client) GetGrantTypes() fosite.Arguments {
	if c.Backend {
		return fosite.Arguments{grantCredentials}
	}
	return fosite.Arguments{grantCode, grantRefresh}
}

// GetResponseTypes is the code.
func (c client) GetResponseTypes() fosite.Arguments { return fosite.Arguments{"code"} }

// GetResponseModes is the query.
func (c client) GetResponseModes() []fosite.ResponseModeType {
	return []fosite.ResponseModeType{fosite.ResponseModeQuery}
}

// GetScopes is empty: scopes are looked at here.
func (c client) GetScopes() fosite.Arguments { return nil }

// IsPublic tells whether it can keep no secret.
func (c client) IsPublic() bool { return c.Public() }

// GetEffectiveLifespan is how long a token holds.
func (c client) GetEffectiveLifespan(g fosite.GrantType, _ fosite.TokenType, usual time.Duration) time.Duration {
	if g == fosite.GrantTypeClientCredentials {
		return c.lifetimes.Backend
	}
	return usual
}

// GetAudience is empty: there is one audience.
func (c client) GetAudience() fosite.Arguments { return nil }

// GetClient finds a client. The error is fosite.ErrNotFound where there is none.
func (r *records) GetClient(ctx context.Context, id string) (fosite.Client, error) {
	c, err := r.accounts.Client(ctx, id)
	if fault.CodeOf(err) == fault.NotFound {
		return nil, fosite.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return client{c, r.lifetimes}, nil
}

// ClientAssertionJWTValid is not asked: see [Provider.authenticate].
func (r *records) ClientAssertionJWTValid(context.Context, string) error { return fosite.ErrJTIKnown }

// SetClientAssertionJWT is not asked either.
func (r *records) SetClientAssertionJWT(context.Context, string, time.Time) error {
	return fosite.ErrJTIKnown
}

// errClient is the refusal of a client that has not proved who it is; it does not tell what is wrong, nor whether there is
// such a client.
func errClient() *fosite.RFC6749Error {
	return fosite.ErrInvalidClient.WithHint("The client is not known, or has not proved who it is in the way that it is registered for.")
}

// authenticate finds out which client asks: by private_key_jwt (RFC 7523), by its secret in the header (client_secret_basic),
// or by its id alone if it is public. It is invalid_client where that fails, and where the client is closed.
func (p *Provider) authenticate(ctx context.Context, r *http.Request, form url.Values) (fosite.Client, error) {
	id, secret, basic := r.BasicAuth()
	asserts := form.Has("client_assertion") || form.Has("client_assertion_type")
	if form.Has("client_secret") {
		return nil, fosite.ErrInvalidClient.WithHint("A secret is sent in the Authorization header (client_secret_basic), not in the body.")
	}
	if basic && asserts {
		return nil, fosite.ErrInvalidRequest.WithHint("A client proves who it is in one way, not in two.")
	}
	var found *account.Client
	var err error
	switch {
	case asserts:
		found, err = p.asserted(ctx, form)
	case basic:
		found, err = p.knows(ctx, id, secret)
	default:
		if id = form.Get("client_id"); id == "" && form.Get("grant_type") == grantRefresh {
			id, err = p.holder(ctx, form.Get("refresh_token"))
		}
		if err == nil {
			found, err = p.clientOf(ctx, id)
		}
		if err == nil && !found.Public() {
			err = errClient()
		}
	}
	if err != nil {
		return nil, err
	}
	if form.Has("client_id") && form.Get("client_id") != found.ID {
		return nil, errClient()
	}
	if err := found.Open(p.config.Now()); err != nil {
		return nil, fosite.ErrInvalidClient.WithHint(fault.From(err).Message).WithWrap(err)
	}
	return client{found, p.config.Lifetimes}, nil
}

// holder is the id of the client that a refresh token was given to, "" for a token that is not known. Public clients need not
// say who they are when they refresh (RFC 6749, 6; SMART App Launch 2.2, 2.1.13): the token tells. One that was used counts
// too, so that its second use is seen.
func (p *Provider) holder(ctx context.Context, token string) (string, error) {
	if len(token) > tokenMost || p.tokens.Enigma.Validate(ctx, token) != nil {
		return "", nil
	}
	_, f, err := p.records.token(ctx, kindRefresh, p.tokens.Enigma.Signature(token))
	if err != nil || f == nil {
		return "", err
	}
	return f.Client, nil
}

// clientOf is the client of an id; where there is none, the error is as for one that has not proved itself.
func (p *Provider) clientOf(ctx context.Context, id string) (*account.Client, error) {
	c, err := p.accounts.Client(ctx, id)
	if fault.CodeOf(err) == fault.NotFound {
		return nil, errClient().WithWrap(err)
	}
	return c, err
}

// knows is the client of an id and a secret, both written as form values are (RFC 6749, 2.3.1).
func (p *Provider) knows(ctx context.Context, id, secret string) (*account.Client, error) {
	id, err := url.QueryUnescape(id)
	secret, err2 := url.QueryUnescape(secret)
	if err != nil || err2 != nil {
		return nil, errClient()
	}
	c, err := p.clientOf(ctx, id)
	if err == nil && !c.Knows(secret) {
		return nil, errClient()
	}
	return c, err
}

// redirects tells whether an answer may go to an address: one that is registered, letter by letter. Only the port may be
// another on this machine, for programs that listen on the one that they get (RFC 8252, 7.3).
func redirects(c *account.Client, address string) bool {
	if slices.Contains(c.Redirects, address) {
		return true
	}
	there, is := withoutPort(address)
	return is && slices.ContainsFunc(c.Redirects, func(registered string) bool {
		here, is := withoutPort(registered)
		return is && here == there
	})
}

// withoutPort takes the port from an address on this machine, written by number. It tells whether the address is one.
func withoutPort(address string) (string, bool) {
	for _, host := range []string{"http://127.0.0.1", "http://[::1]"} {
		rest, is := strings.CutPrefix(address, host)
		if !is {
			continue
		}
		if after, has := strings.CutPrefix(rest, ":"); has {
			rest = strings.TrimLeft(after, "0123456789")
			if digits := len(after) - len(rest); digits == 0 || digits > 5 {
				return "", false
			}
		}
		clean := rest == "" || strings.HasPrefix(rest, "/") || strings.HasPrefix(rest, "?")
		return host + rest, clean && !strings.Contains(rest, "#")
	}
	return "", false
}
