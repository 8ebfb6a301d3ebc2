package oauth

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/hex"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v3"
	"github.com/go-jose/go-jose/v3/jwt"
	"github.com/ory/fosite"

	"yitong/internal/account"
	"yitong/internal/store"
)

// Limits of assertions (SMART App Launch 2.2, client authentication: asymmetric).
const (
	assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
	assertionMost = 8 << 10          // bytes
	assertionTime = 5 * time.Minute  // that one may hold
	clockAside    = 30 * time.Second // that a client's clock may be off
	jtiMost       = 256              // bytes
)

// algorithms are those that a client may sign by. Who verifies knows which of a client's keys is meant, and so never takes a
// public key for a secret one, as of HS256.
var algorithms = []jose.SignatureAlgorithm{jose.RS384, jose.ES384, jose.RS256, jose.ES256}

// asserted is the client that an assertion proves (RFC 7523, 3): signed by a key of its own, about itself, for this token
// address, for a short time and for the first time on any server.
func (p *Provider) asserted(ctx context.Context, form url.Values) (*account.Client, error) {
	text := form.Get("client_assertion")
	if form.Get("client_assertion_type") != assertionType || strings.Count(text, ".") != 2 || len(text) > assertionMost {
		return nil, fosite.ErrInvalidClient.WithHintf("An assertion is a JWT (compact) of at most %d bytes in client_assertion, with client_assertion_type %s.", assertionMost, assertionType)
	}
	token, err := jwt.ParseSigned(text)
	if err != nil || len(token.Headers) != 1 || !slices.Contains(algorithms, jose.SignatureAlgorithm(token.Headers[0].Algorithm)) {
		return nil, fosite.ErrInvalidClient.WithHintf("The assertion is no JWT that is signed by one of %v.", algorithms)
	}
	var said jwt.Claims
	if err := token.UnsafeClaimsWithoutVerification(&said); err != nil { // to know whose key to look for
		return nil, errClient().WithWrap(err)
	}
	c, err := p.clientOf(ctx, said.Subject)
	if err != nil {
		return nil, err
	}
	key, err := p.keyOf(ctx, c, token.Headers[0])
	if err != nil {
		return nil, err
	}
	said = jwt.Claims{}
	if err := token.Claims(key, &said); err != nil {
		return nil, errClient().WithWrap(err)
	}
	if err := p.accept(c, said); err != nil {
		return nil, err
	}
	return c, p.once(ctx, c, said)
}

// accept looks at what an assertion says.
func (p *Provider) accept(c *account.Client, said jwt.Claims) error {
	now := p.config.Now()
	wrong := func(hint string) error {
		return fosite.ErrInvalidClient.WithHint("The assertion is not taken: " + hint)
	}
	switch {
	case said.Issuer != c.ID || said.Subject != c.ID:
		return wrong("iss and sub are both the client_id.")
	case len(said.Audience) != 1 || said.Audience[0] != p.config.Issuer+pathToken && said.Audience[0] != p.config.Issuer:
		return wrong("aud is " + p.config.Issuer + pathToken + ", or " + p.config.Issuer + ".")
	case said.Expiry == nil || !now.Before(said.Expiry.Time()):
		return wrong("exp is in the past, or missing.")
	case said.Expiry.Time().Sub(now) > assertionTime+clockAside:
		return wrong("exp is more than five minutes ahead.")
	case said.NotBefore != nil && said.NotBefore.Time().Sub(now) > clockAside:
		return wrong("nbf is in the future.")
	case said.IssuedAt != nil && said.IssuedAt.Time().Sub(now) > clockAside:
		return wrong("iat is in the future.")
	case said.ID == "" || len(said.ID) > jtiMost:
		return wrong("jti is new for every assertion, and not longer than 256 bytes.")
	}
	return nil
}

// once takes an assertion the first time that any server sees it.
func (p *Provider) once(ctx context.Context, c *account.Client, said jwt.Claims) error {
	id := hex.EncodeToString(p.box.Digest("jti "+c.ID, said.ID))
	i := store.Item{Kind: kindAssertion, ID: id, Owner: "client/" + c.ID, Until: said.Expiry.Time()}
	err := p.records.write(ctx, enter(i, struct{}{}, errSpent))
	if errors.Is(err, errSpent) {
		return fosite.ErrInvalidClient.WithHint("The assertion is not taken: its jti has been used.")
	}
	return err
}

// keyOf is the key of a client that a token's header names by its kid, if it is made for the token's algorithm.
func (p *Provider) keyOf(ctx context.Context, c *account.Client, h jose.Header) (any, error) {
	unknown := fosite.ErrInvalidClient.WithHint("The client has no key with the kid of the assertion that is made for its algorithm.")
	if jku, says := h.ExtraHeaders["jku"]; h.KeyID == "" || says && jku != c.KeysURL { // SMART 2.2, asymmetric authentication
		return nil, unknown
	}
	set, err := p.keys.of(ctx, c, h.KeyID)
	if err != nil {
		return nil, errClient().WithWrap(err)
	}
	for _, k := range set.Key(h.KeyID) {
		if (k.Use == "" || k.Use == "sig") && (k.Algorithm == "" || k.Algorithm == h.Algorithm) && fits(k.Key, jose.SignatureAlgorithm(h.Algorithm)) {
			return k.Key, nil
		}
	}
	return nil, unknown
}

// keyBits is the least length of RSA keys.
const keyBits = 2048

// fits tells whether a public key is of the kind that an algorithm signs with.
func fits(key any, alg jose.SignatureAlgorithm) bool {
	switch k := key.(type) {
	case *rsa.PublicKey:
		return (alg == jose.RS256 || alg == jose.RS384) && k.N.BitLen() >= keyBits
	case *ecdsa.PublicKey:
		return alg == jose.ES256 && k.Curve == elliptic.P256() || alg == jose.ES384 && k.Curve == elliptic.P384()
	}
	return false
}
