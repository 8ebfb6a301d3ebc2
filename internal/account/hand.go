package account

import (
	"context"

	"yitong/internal/fault"
	"yitong/internal/gate"
	"yitong/internal/store"
)

// Hand is who changes accounts, grants and clients.
type Hand struct {
	By      string     // noted as author: an account's id, or the name of a command
	Account string     // of the person; "" for a command, which may do all
	Acting  *Principal // nil for a command
}

// Console is the hand of who has the machine and the platform's key: the commands.
var Console = Hand{By: "console"}

// HandOf is the hand of somebody who is signed in.
func HandOf(p *Principal) Hand {
	return Hand{By: "account/" + p.Account, Account: p.Account, Acting: p}
}

// runs refuses all but operators and commands. Programs do not run the platform: the person must be signed in here.
func (h Hand) runs() error {
	if h.Acting == nil || h.Acting.Role == gate.Operator && h.Acting.Client == "" {
		return nil
	}
	return fault.New(fault.Forbidden, "Only operators may do this.")
}

// leads refuses all but those who run the platform, and the administrators of an institution.
func (h Hand) leads(institution string) error {
	if h.runs() == nil {
		return nil
	}
	if h.Acting.Role == gate.Administrator && h.Acting.Client == "" && institution != "" && h.Acting.Institution == institution {
		return nil
	}
	return fault.New(fault.Forbidden, "Only operators, and administrators for their own institution, may do this.")
}

// grants refuses who may not give a role, and everybody who would give one to themself. Operators appoint administrators,
// regulators, insurers, the CDC and other operators, but nobody who treats residents: that is for the institutions, so that
// who runs the platform does not make a way to records.
func (h Hand) grants(g *Grant) error {
	switch {
	case h.Acting == nil:
		return nil
	case g.Account == h.Account:
		return fault.New(fault.Forbidden, "Nobody gives a role to themself. Ask a colleague.")
	case h.runs() == nil:
		if g.Role.Clinical() || g.Role == gate.Guide || g.Role == gate.Proxy {
			return fault.New(fault.Forbidden, "The role %s is given by the administrator of the institution.", g.Role)
		}
		return nil
	case g.Role == gate.Proxy: // for whoever acts for residents of the institution
		return h.leads(h.Acting.Institution)
	case g.Role.Clinical() || g.Role == gate.Guide || g.Role == gate.Administrator:
		return h.leads(g.Institution)
	}
	return fault.New(fault.Forbidden, "The role %s is given by operators.", g.Role)
}

// Give gives a role to an account. The error is Forbidden for who may not, Unprocessable for a role that makes no sense so.
func (a *Accounts) Give(ctx context.Context, by Hand, g Grant) (id string, err error) {
	if g.From.IsZero() {
		g.From = a.Now()
	}
	if len(g.Reason) > reasonMost {
		return "", fault.New(fault.Unprocessable, "The reason has at most %d bytes.", reasonMost)
	}
	if err := orElse(g.check(), by.grants(&g)); err != nil {
		return "", err
	}
	for _, name := range []string{g.Institution, g.Resident} {
		if name == "" {
			continue
		}
		if _, err := a.record.Read(ctx, refOf(name)); err != nil {
			return "", fault.New(fault.Unprocessable, "There is no %s in the record.", name)
		}
	}
	g.ID, g.Ended = newID(), false
	err = a.writing(ctx, func(tx store.Tx) error {
		if _, err := a.account(ctx, tx, g.Account); err != nil {
			return err
		}
		others, err := a.grants(ctx, tx, g.Account)
		if err != nil {
			return err
		}
		if len(others) >= grantsMost {
			return fault.New(fault.Unprocessable, "An account has at most %d grants, ended ones included.", grantsMost)
		}
		return must(write(tx, store.Item{Kind: kindGrant, ID: g.ID, Author: by.By, Owner: g.Account}, g, true))
	})
	a.known.forget()
	if err == nil {
		a.config.Audit(ctx, Event{What: "was given the role " + string(g.Role), Account: g.Account, Reason: by.By})
	}
	return g.ID, err
}

// Take ends a grant.
func (a *Accounts) Take(ctx context.Context, by Hand, id string) error {
	err := a.writing(ctx, func(tx store.Tx) error {
		k, err := read[Grant](tx.Item(ctx, kindGrant, id))
		if err != nil || k == nil {
			return orElse(err, fault.New(fault.NotFound, "There is no such grant."))
		}
		if by.Acting != nil && k.Thing.Account != by.Account { // who gives up a role of their own may
			if err := by.grants(&k.Thing); err != nil {
				return err
			}
		}
		k.Thing.Ended = true
		k.Item.Author = by.By
		return must(write(tx, k.Item, k.Thing, true))
	})
	a.known.forget()
	return err
}
