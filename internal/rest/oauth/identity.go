package oauth

import (
	"context"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v3"
	"github.com/go-jose/go-jose/v3/jwt"
	"github.com/ory/fosite"

	"yitong/internal/account/smart"
	"yitong/internal/fault"
)

// identityTime is how long an identity token may be taken for news.
const identityTime = 10 * time.Minute

// How surely a person is known (acr): by one thing, or by two that are of different kinds.
const (
	oneFactor  = "urn:yitong:assurance:1"
	twoFactors = "urn:yitong:assurance:2"
)

// identity is what an identity token says (OpenID Connect Core, 2; SMART App Launch 2.2, fhirUser).
type identity struct {
	jwt.Claims
	Nonce    string           `json:"nonce,omitempty"`
	AuthTime *jwt.NumericDate `json:"auth_time"`
	ACR      string           `json:"acr"`
	AMR      []string         `json:"amr,omitempty"`
	FHIRUser string           `json:"fhirUser,omitempty"`
	Profile  string           `json:"profile,omitempty"`
}

// identity makes the identity token of a person for a program. A refresh has no nonce.
func (p *Provider) identity(ctx context.Context, f *family, q fosite.AccessRequester) (string, error) {
	keys, err := p.accounts.Keys(ctx)
	if err != nil {
		return "", err
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: keys[0].Private, KeyID: keys[0].ID}},
		(&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return "", fault.Wrap(err, "signing an identity token")
	}
	now := p.config.Now()
	said := identity{
		Claims: jwt.Claims{
			Issuer: p.config.Issuer, Subject: f.Account, Audience: jwt.Audience{f.Client},
			IssuedAt: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(now.Add(identityTime)),
		},
		AuthTime: jwt.NewNumericDate(f.Shown), ACR: oneFactor, AMR: f.Methods,
	}
	if len(f.Methods) > 1 {
		said.ACR = twoFactors
	}
	if q.GetGrantTypes().ExactOne(grantCode) {
		said.Nonce = f.Nonce
	}
	if scopes := q.GetGrantedScopes(); f.person != "" {
		if scopes.Has(smart.FHIRUser) {
			said.FHIRUser = p.base() + "/" + f.person
		}
		if scopes.Has(smart.Profile) {
			said.Profile = p.base() + "/" + f.person
		}
	}
	text, err := jwt.Signed(signer).Claims(said).CompactSerialize()
	if err != nil {
		return "", fault.Wrap(err, "signing an identity token")
	}
	return text, nil
}

// idOf is the id of a resource that is named as Type/id.
func idOf(name string) string {
	_, id, _ := strings.Cut(name, "/")
	return id
}
