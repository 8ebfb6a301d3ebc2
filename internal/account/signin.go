package account

import (
	"bytes"
	"context"
	"time"

	"yitong/internal/fault"
	"yitong/internal/store"
)

// Meters of a sign-in: a person who mistypes, a person whom many guess at, a network from which many are guessed at.
func (a *Accounts) trying(what, whom string, from From) (failed []meter, address meter) {
	net := network(from.Address)
	r := a.config.Rates
	return []meter{{what + " " + whom + " " + net, r.Sign}, {what + " " + whom, r.Account}}, meter{"network " + net, r.Address}
}

// attempt lets something be tried that only who is meant can do, as often as the rates allow. A success gives back what it
// used, and all that was used from its own network; what others have used on the account stays. A failure is told of in the same words,
// whatever the reason, once it is on record; whose is the account's id, or a name that it may have, such as name:zhang.
func (a *Accounts) attempt(ctx context.Context, what, whom, whose string, from From, try func() (ok bool, err error)) error {
	own, address := a.trying(what, whom, from)
	wait, err := a.spend(ctx, append(own, address)...)
	if err != nil {
		return err
	}
	if wait > 0 {
		return a.often(ctx, what, whom, whose, from, wait)
	}
	ok, err := try()
	if err != nil {
		return err
	}
	if !ok {
		return a.failed(ctx, what, whom, whose, from)
	}
	return a.giveBack(ctx, own[:1], []meter{own[1], address})
}

var refusals = map[string]string{
	"password":  "The name or the password is wrong. Look at both, and at the keyboard; after some attempts one has to wait.",
	"invite":    "The name or the code is wrong, or the code has been used or has run out. Ask your administrator for a new one.",
	"second":    "This is not the code of now. Look at the clock of your phone, wait for the next code, and give that.",
	"phone":     "The code is wrong or has run out. Ask for a new one.",
	"passkey":   "This passkey does not belong to the account.",
	"real name": "These details do not belong together in the register. Look at the name and the number as they stand on the document; the phone must be the one that your clinic knows. Otherwise go to a service window with the document.",
}

// SignIn begins a session by a name and a password. It gives the token of a session that is half: a second factor follows.
// The error is Unknown for what does not belong together, TooOften after many attempts, Forbidden for an account that may
// not be used.
func (a *Accounts) SignIn(ctx context.Context, name, password string, from From) (token string, err error) {
	if clean, err := CheckName(name); err == nil {
		name = clean
	} else {
		name = "" // is nobody's, and takes as long
	}
	if len(password) > passwordBytes {
		password = ""
	}
	var who *kept[Account]
	err = a.attempt(ctx, "password", name, "name:"+name, from, func() (bool, error) {
		if who, err = a.named(ctx, a.db, "name:"+name); err != nil {
			return false, err
		}
		ok, old, err := a.verify(ctx, who, password)
		if err == nil && ok && old {
			err = a.rehash(ctx, who, password)
		}
		return ok, err
	})
	if err != nil {
		return "", err
	}
	if err := who.Thing.Open(a.Now()); err != nil {
		return "", orElse(a.closed(ctx, &who.Thing, from), err)
	}
	return a.enter(ctx, &who.Thing, a.begin(who.Thing.ID, from, Half, "pwd"))
}

// closed puts on record that somebody was refused who has shown who they are, since the account may not be used.
func (a *Accounts) closed(ctx context.Context, who *Account, from From) error {
	return a.refused(ctx, who.ID, Event{Network: network(from.Address), Reason: "not open", person: who.Person})
}

func idOf(k *kept[Account]) string {
	if k == nil {
		return ""
	}
	return k.Thing.ID
}

// enter begins a session, and ends the oldest of an account that has very many.
func (a *Accounts) enter(ctx context.Context, who *Account, s Session) (token string, err error) {
	open, err := a.Sessions(ctx, who.ID)
	if err != nil {
		return "", err
	}
	e := Event{What: "signed in", Account: who.ID, Network: s.From, Reason: s.Methods[0], person: who.Person}
	if s.Stage == Half {
		e.What = "showed the first factor"
	}
	err = a.writing(ctx, func(tx store.Tx) error {
		for _, old := range open[min(len(open), sessionsMost-1):] {
			if _, err := tx.Strike(kindSession, old.ID); err != nil {
				return err
			}
		}
		if err := a.happened(tx, e); err != nil {
			return err
		}
		token, err = a.open(tx, s, "")
		return err
	})
	if len(open) >= sessionsMost {
		a.known.forget()
	}
	if err == nil {
		a.config.Audit(ctx, e)
	}
	return given(token, err)
}

// rehash keeps the password by today's work.
func (a *Accounts) rehash(ctx context.Context, who *kept[Account], password string) error {
	hash, err := a.hash(ctx, who.Thing.ID, password)
	if err != nil {
		return err
	}
	was := who.Thing.Password
	return a.change(ctx, who.Thing.ID, who.Thing.ID, func(_ store.Tx, account *Account) error {
		if bytes.Equal(account.Password, was) {
			account.Password = hash
		}
		return nil
	})
}

// SignOut ends the session of a token, if there is one.
func (a *Accounts) SignOut(ctx context.Context, token string) error {
	err := a.writing(ctx, func(tx store.Tx) error {
		_, err := tx.Strike(kindSession, sessionID(token))
		return err
	})
	a.known.drop(sessionID(token))
	return err
}

// inviteTime is how long an invitation holds.
const inviteTime = 72 * time.Hour

// Accept takes an invitation: the person chooses a password and has a session that is half. The error is Unknown for a code
// that does not hold, Unprocessable for a password that is no good.
func (a *Accounts) Accept(ctx context.Context, name, code, password string, from From) (token string, err error) {
	if name, err = CheckName(name); err != nil {
		return "", err
	}
	if err := CheckPassword(password, name); err != nil {
		return "", err
	}
	var hash []byte
	var id string
	err = a.attempt(ctx, "invite", name, "name:"+name, from, func() (bool, error) {
		who, err := a.named(ctx, a.db, "name:"+name)
		if err != nil {
			return false, err
		}
		if hash, err = a.hash(ctx, idOf(who), password); err != nil {
			return false, err
		}
		id = idOf(who)
		return who != nil && a.invited(&who.Thing, code), nil
	})
	if err != nil {
		return "", err
	}
	s := a.begin(id, from, Half, "pwd")
	err = a.writing(ctx, func(tx store.Tx) error {
		k, err := a.account(ctx, tx, id)
		if err != nil {
			return err
		}
		if !a.invited(&k.Thing, code) || k.Thing.Open(a.Now()) != nil {
			return fault.New(fault.Unknown, "%s", refusals["invite"])
		}
		if k.Thing.Invite.Reset {
			k.Thing.Seed, k.Thing.Passkeys, k.Thing.Spare, k.Thing.Step = nil, nil, nil, 0
		}
		k.Thing.Password, k.Thing.Invite = hash, nil
		if err := a.endAll(ctx, tx, id, ""); err != nil {
			return err
		}
		if err := keep(ctx, tx, k, id); err != nil {
			return err
		}
		if err := a.happened(tx, Event{What: "took an invitation", Account: id, Network: s.From, Reason: s.Methods[0]}); err != nil {
			return err
		}
		token, err = a.open(tx, s, "")
		return err
	})
	a.known.forget()
	if err == nil {
		a.changed(ctx, id, "took an invitation")
	}
	return given(token, err)
}

func (a *Accounts) invited(who *Account, code string) bool {
	i := who.Invite
	return i != nil && a.Now().Before(i.Until) && same(i.Digest, a.config.Box.Digest("invite "+who.ID, plain(code)))
}
