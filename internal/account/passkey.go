package account

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"yitong/internal/fault"
	"yitong/internal/store"
)

// Passkeys says for which site passkeys are.
type Passkeys struct {
	Host    string   // of the platform, such as health.example.cn
	Origins []string // of its pages
}

const (
	passkeysMost = 10
	labelMost    = 80 // bytes of what a person calls a passkey
)

// holder is an account as the library sees it.
type holder struct{ *Account }

func (h holder) WebAuthnID() []byte          { return []byte(h.ID) }
func (h holder) WebAuthnName() string        { return h.Name }
func (h holder) WebAuthnDisplayName() string { return h.Called }
func (h holder) WebAuthnCredentials() (list []webauthn.Credential) {
	for _, p := range h.Passkeys {
		list = append(list, p.Credential)
	}
	return list
}

func (a *Accounts) webauthn() (*webauthn.WebAuthn, error) {
	c := a.config.Passkeys
	if c.Host == "" {
		return nil, fault.New(fault.NotSupported, "This server takes no passkeys: it does not know under which address people reach it.")
	}
	w, err := webauthn.New(&webauthn.Config{
		RPID: c.Host, RPDisplayName: a.config.Issuer, RPOrigins: c.Origins, AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{UserVerification: protocol.VerificationRequired},
	})
	if err != nil {
		return nil, fault.Wrap(err, "setting up passkeys")
	}
	return w, nil
}

// NewPasskey begins to add a passkey: the options for the browser's navigator.credentials.create, as JSON.
// [Accounts.AddPasskey] ends it.
func (a *Accounts) NewPasskey(ctx context.Context, s *Signed) (options []byte, err error) {
	if err := a.fresh(s); err != nil {
		return nil, err
	}
	if len(s.Account.Passkeys) >= passkeysMost || !s.Account.Staff() {
		return nil, fault.New(fault.Precondition, "An account of staff has at most %d passkeys; take one out first. Residents sign in by their phone.", passkeysMost)
	}
	w, err := a.webauthn()
	if err != nil {
		return nil, err
	}
	who := holder{&s.Account}
	made, data, err := w.BeginRegistration(who, webauthn.WithExclusions(webauthn.Credentials(who.WebAuthnCredentials()).CredentialDescriptors()))
	if err != nil {
		return nil, fault.Wrap(err, "beginning a passkey")
	}
	return a.ceremony(ctx, s, data, made)
}

// ceremony notes what the browser must answer.
func (a *Accounts) ceremony(ctx context.Context, s *Signed, data *webauthn.SessionData, options any) ([]byte, error) {
	text, err := json.Marshal(data)
	if err == nil {
		err = a.pend(ctx, s, append([]byte("passkey "), text...))
	}
	if err != nil {
		return nil, fault.From(err)
	}
	return json.Marshal(options)
}

// begun gives back what was noted.
func (a *Accounts) begun(s *Signed) (data webauthn.SessionData, err error) {
	pending, err := a.pending(s)
	if err != nil {
		return data, err
	}
	text, is := strings.CutPrefix(string(pending), "passkey ")
	if !is || json.Unmarshal([]byte(text), &data) != nil {
		return data, fault.New(fault.Precondition, "Begin with the passkey again.")
	}
	return data, nil
}

// AddPasskey ends the addition of a passkey with the browser's answer. It gives spare codes if there were none, and the
// token of the session that takes the place of this one.
func (a *Accounts) AddPasskey(ctx context.Context, s *Signed, label string, answer []byte) (token string, spare []string, err error) {
	if label = strings.TrimSpace(label); label == "" || len(label) > labelMost {
		return "", nil, fault.New(fault.Unprocessable, "Give the passkey a name of at most %d bytes, such as “my phone”.", labelMost)
	}
	data, err := a.begun(s)
	if err != nil {
		return "", nil, err
	}
	w, err := a.webauthn()
	if err != nil {
		return "", nil, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return "", nil, errPasskey(err)
	}
	credential, err := w.CreateCredential(holder{&s.Account}, data, parsed)
	if err != nil {
		return "", nil, errPasskey(err)
	}
	var digests [][]byte
	if !s.Account.Strong() {
		spare, digests = a.spares(s.Account.ID)
	}
	token, err = a.strengthen(ctx, s, "hwk", func(account *Account) {
		account.Passkeys = append(account.Passkeys, Passkey{label, a.Now(), *credential})
		if digests != nil {
			account.Spare = digests
		}
	})
	return token, spare, err
}

func errPasskey(err error) error {
	return fault.New(fault.Unknown, "%s", refusals["passkey"]).Because(err)
}

// AskPasskey begins to show a passkey: the options for the browser's navigator.credentials.get, as JSON.
func (a *Accounts) AskPasskey(ctx context.Context, s *Signed) (options []byte, err error) {
	if len(s.Account.Passkeys) == 0 {
		return nil, fault.New(fault.Precondition, "The account has no passkey.")
	}
	w, err := a.webauthn()
	if err != nil {
		return nil, err
	}
	asked, data, err := w.BeginLogin(holder{&s.Account})
	if err != nil {
		return nil, fault.Wrap(err, "asking for a passkey")
	}
	return a.ceremony(ctx, s, data, asked)
}

// ShowPasskey ends it with the browser's answer and makes a half session whole; in a whole one the person shows once more
// that it is them.
func (a *Accounts) ShowPasskey(ctx context.Context, s *Signed, answer []byte, from From) (token string, err error) {
	data, err := a.begun(s)
	if err != nil {
		return "", err
	}
	w, err := a.webauthn()
	if err != nil {
		return "", err
	}
	err = a.attempt(ctx, "passkey", s.Account.ID, s.Account.ID, from, func() (bool, error) {
		parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
		if err != nil {
			return false, nil
		}
		credential, err := w.ValidateLogin(holder{&s.Account}, data, parsed)
		if err != nil || credential.Authenticator.CloneWarning {
			return false, nil
		}
		token, err = a.renew(ctx, s, func(tx store.Tx, next *Session) (did Event, err error) {
			k, err := a.account(ctx, tx, s.Account.ID)
			if err != nil {
				return did, err
			}
			i := slices.IndexFunc(k.Thing.Passkeys, func(p Passkey) bool { return bytes.Equal(p.Credential.ID, credential.ID) })
			if i < 0 {
				return did, errPasskey(nil) // it was taken out meanwhile
			}
			k.Thing.Passkeys[i].Credential = *credential
			a.whole(next, &k.Thing, "hwk")
			return Event{What: s.Session.proved(), Reason: "hwk"}, keep(ctx, tx, k, k.Thing.ID)
		})
		return err == nil, err
	})
	return token, err
}

// DropPasskey takes a passkey out, by the hexadecimal digits of its id, unless it is the last second factor.
func (a *Accounts) DropPasskey(ctx context.Context, s *Signed, id string) (err error) {
	defer func() { a.told(ctx, s, "dropped a passkey", err) }()
	if err := orElse(s.signedIn(), a.fresh(s)); err != nil {
		return err
	}
	return a.change(ctx, s.Account.ID, s.Account.ID, func(_ store.Tx, account *Account) error {
		var left []Passkey
		for _, p := range account.Passkeys {
			if hex.EncodeToString(p.Credential.ID) != id {
				left = append(left, p)
			}
		}
		if len(left) == len(account.Passkeys) {
			return fault.New(fault.NotFound, "The account has no such passkey.")
		}
		if account.Passkeys = left; !account.Strong() {
			return fault.New(fault.Precondition, "This is the last second factor. Add another one first.")
		}
		return nil
	})
}
