package oauth

import (
	"context"
	"strings"
	"time"

	"github.com/ory/fosite"

	"yitong/internal/account"
	"yitong/internal/fault"
	"yitong/internal/store"
)

// family is one authorization: what a person has allowed a program, or what a program does for itself. Its tokens stand and
// fall with it. To fosite it is the session of a request.
type family struct {
	ID        string    `json:"-"`
	Client    string    `json:"client"`
	Account   string    `json:"account,omitempty"` // "" for a program by itself
	Acting    string    `json:"acting,omitempty"`  // source of the capacity
	Patient   string    `json:"patient,omitempty"`
	Encounter string    `json:"encounter,omitempty"` // of an EHR launch
	Scopes    string    `json:"scopes"`
	Session   string    `json:"session,omitempty"` // that it ends with, of online_access
	Nonce     string    `json:"nonce,omitempty"`   // for the identity token (OpenID Connect)
	Methods   []string  `json:"methods,omitempty"` // by which the person was known
	Shown     time.Time `json:"shown,omitzero"`    // when the person last showed who they are
	Began     time.Time `json:"began"`
	Ends      time.Time `json:"ends"`

	person string // who it is in the record now
}

// owner is whose the family is in the register.
func (f *family) owner() string {
	if f.Account == "" {
		return "client/" + f.Client
	}
	return f.Account
}

// authority is what tokens of the family with some scopes are given for.
func (f *family) authority(scopes string) account.Authority {
	return account.Authority{Client: f.Client, Account: f.Account, Acting: f.Acting, Patient: f.Patient, Scopes: scopes, Began: f.Began}
}

// SetExpiresAt does nothing: the register knows when a token runs out.
func (f *family) SetExpiresAt(fosite.TokenType, time.Time) {}

// GetExpiresAt is zero, which leaves it to the register.
func (f *family) GetExpiresAt(fosite.TokenType) time.Time { return time.Time{} }

// GetUsername is empty.
func (f *family) GetUsername() string { return "" }

// GetSubject is the account's id.
func (f *family) GetSubject() string { return f.Account }

// Clone copies the family.
func (f *family) Clone() fosite.Session {
	c := *f
	return &c
}

// proof is a token that holds.
type proof struct {
	kind   string
	id     string
	family *family
	scopes string
	until  time.Time
}

// tokenMost bounds the length of what can be a token.
const tokenMost = 200

// errToken is the refusal of a token that does not hold, whatever the reason.
func errToken() error {
	return fault.New(fault.Unknown, "The token is not known, has run out or has been revoked. Ask for a new one.")
}

// proved finds what a token of a kind stands for: it was made with the platform's key, it is in the register, and so is its
// family. The error is Unknown for one that does not hold.
func (p *Provider) proved(ctx context.Context, kind, token string) (*proof, error) {
	if len(token) > tokenMost || p.tokens.Enigma.Validate(ctx, token) != nil {
		return nil, errToken()
	}
	item, f, err := p.records.token(ctx, kind, p.tokens.Enigma.Signature(token))
	if err != nil {
		return nil, err
	}
	if f == nil || kind == kindRefresh && spent(item) {
		return nil, errToken()
	}
	var body accessBody
	if kind == kindAccess {
		if err := unmarshal(item, &body); err != nil {
			return nil, err
		}
	}
	if body.Scopes == "" {
		body.Scopes = f.Scopes
	}
	return &proof{kind, item.ID, f, body.Scopes, item.Until}, nil
}

// accessBody is what the register keeps of an access token.
type accessBody struct {
	Scopes string `json:"scopes,omitempty"` // where they are fewer than those of the family
}

// codeBody is what it keeps of a code.
type codeBody struct {
	Redirect  string `json:"redirect"`
	Challenge string `json:"challenge"` // S256 (RFC 7636)
}

// spent tells whether a code or a refresh token has been used: then it has a second version.
func spent(i store.Item) bool { return i.Number > 1 }

// words are scopes one by one.
func words(scopes string) []string { return strings.Fields(scopes) }
