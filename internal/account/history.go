package account

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"yitong/internal/fault"
	"yitong/internal/store"
)

// Change is a version of an account, a grant or a client.
type Change struct {
	Number int64           `json:"number"`
	At     time.Time       `json:"at"`
	By     string          `json:"by"`
	Thing  json.RawMessage `json:"thing"` // as it was, without secrets
}

// History are the versions of an account, a grant or a client, newest first: who changed what, and when. kind is account,
// grant or client.
func (a *Accounts) History(ctx context.Context, by Hand, kind, id string) (list []Change, err error) {
	if !slices.Contains([]string{kindAccount, kindGrant, kindClient}, kind) {
		return nil, fault.New(fault.Malformed, "There is a history of an account, a grant or a client.")
	}
	if err := by.runs(); err != nil {
		return nil, err
	}
	items, err := a.db.Past(ctx, kind, id)
	if err == nil && len(items) == 0 {
		err = fault.New(fault.NotFound, "There is no such %s.", kind)
	}
	for _, i := range items {
		text, err := withoutSecrets(kind, i)
		if err != nil {
			return nil, err
		}
		list = append(list, Change{i.Number, i.Updated, i.Author, text})
	}
	return list, err
}

// withoutSecrets is an item's body but for what would help to sign in; that there is one stays to be seen.
func withoutSecrets(kind string, i store.Item) (json.RawMessage, error) {
	var thing any
	switch kind {
	case kindAccount:
		k, err := read[Account](i, nil)
		if err != nil {
			return nil, err
		}
		who := k.Thing
		if who.Password != nil {
			who.Password = []byte("…")
		}
		if who.Seed != nil {
			who.Seed = []byte("…")
		}
		if who.Invite != nil {
			who.Invite = &Invite{Until: who.Invite.Until, Reset: who.Invite.Reset}
		}
		for n := range who.Passkeys {
			who.Passkeys[n].Credential = webauthn.Credential{ID: who.Passkeys[n].Credential.ID}
		}
		who.Spare = make([][]byte, len(who.Spare))
		thing = who
	case kindClient:
		k, err := read[Client](i, nil)
		if err != nil {
			return nil, err
		}
		if k.Thing.Secret != nil {
			k.Thing.Secret = []byte("…")
		}
		thing = k.Thing
	default:
		return i.Body, nil
	}
	return json.Marshal(thing)
}
