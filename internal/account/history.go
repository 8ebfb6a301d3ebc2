package account

import (
	"context"
	"encoding/json"
	"slices"
	"time"

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
// grant or client. Administrators have those of the accounts that [Accounts.Find] finds for them; all else is for operators.
func (a *Accounts) History(ctx context.Context, by Hand, kind, id string) (list []Change, err error) {
	if !slices.Contains(histories, kind) {
		return nil, fault.New(fault.Malformed, "There is a history of an account, a grant or a client.")
	}
	if err := a.looksBack(ctx, by, kind, id); err != nil {
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

// looksBack refuses who may not see the versions of something.
func (a *Accounts) looksBack(ctx context.Context, by Hand, kind, id string) error {
	err := by.runs()
	if err == nil || kind != kindAccount {
		return err
	}
	if err := by.leads(by.Acting.Institution); err != nil || id == by.Account {
		return err
	}
	return a.leadsAccount(ctx, by, id)
}

// withoutSecrets is an item's body but for what would help to sign in; that there is one stays to be seen.
func withoutSecrets(kind string, i store.Item) (json.RawMessage, error) {
	switch kind {
	case kindAccount:
		k, err := read[Account](i, nil)
		if err != nil {
			return nil, err
		}
		return json.Marshal(shownOf(k.Thing))
	case kindClient:
		k, err := read[Client](i, nil)
		if err != nil {
			return nil, err
		}
		secret := k.Thing.Secret != nil
		k.Thing.Secret = nil
		return json.Marshal(struct {
			Client
			Secret bool `json:"secret"`
		}{k.Thing, secret})
	}
	return i.Body, nil
}

// shown is an account as its history shows it.
type shown struct {
	Account
	Password bool     `json:"password"`
	Seed     bool     `json:"seed"` // of one-time passwords
	Passkeys []string `json:"passkeys,omitempty"`
	Spare    int      `json:"spare"` // codes that are left
	Invite   *Invite  `json:"invite,omitempty"`
}

func shownOf(who Account) shown {
	s := shown{Password: who.Password != nil, Seed: who.Seed != nil, Spare: len(who.Spare)}
	for _, p := range who.Passkeys {
		s.Passkeys = append(s.Passkeys, p.Label)
	}
	if who.Invite != nil {
		s.Invite = &Invite{Until: who.Invite.Until, Reset: who.Invite.Reset}
	}
	who.Password, who.Seed, who.Passkeys, who.Spare, who.Invite, who.Step = nil, nil, nil, nil, nil, 0
	s.Account = who
	return s
}
