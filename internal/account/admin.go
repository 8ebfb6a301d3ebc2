package account

import (
	"context"
	"slices"
	"strings"

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

// Create makes an account of staff. It can be used once its invitation is taken.
func (a *Accounts) Create(ctx context.Context, by Hand, new Account) (id string, err error) {
	institution := ""
	if by.Acting != nil {
		institution = by.Acting.Institution
	}
	if err := by.leads(institution); err != nil {
		return "", err
	}
	name, err := CheckName(new.Name)
	if err != nil {
		return "", err
	}
	if err := a.links(ctx, by, new.Person); err != nil {
		return "", err
	}
	account := Account{ID: newID(), Name: name, Called: strings.TrimSpace(new.Called), Person: new.Person, Expires: new.Expires}
	if account.Person != "" && !strings.HasPrefix(account.Person, "Practitioner/") {
		return "", fault.New(fault.Unprocessable, "Staff stand for a Practitioner of the record, named as Practitioner/….")
	}
	if new.Phone != "" {
		if account.Phone, err = CheckPhone(new.Phone); err != nil {
			return "", err
		}
	}
	err = a.writing(ctx, func(tx store.Tx) error {
		for _, n := range account.names() {
			if other, err := a.named(ctx, tx, n); err != nil || other != nil {
				what, _, _ := strings.Cut(n, ":")
				return orElse(err, fault.New(fault.Conflict, "Another account has this %s.", what))
			}
		}
		return keep(tx, &kept[Account]{Thing: account}, by.By)
	})
	return account.ID, err
}

// links refuses who may not make an account for a Practitioner: only the administrator of the institution where all posts of
// the person are. An operator could otherwise sign in as a doctor.
func (a *Accounts) links(ctx context.Context, by Hand, person string) error {
	if by.Acting == nil || person == "" {
		return nil
	}
	posts, err := a.posts(ctx, person, a.Now())
	if err != nil {
		return err
	}
	place := by.Acting.Institution
	if by.Acting.Role != gate.Administrator || len(posts) == 0 || slices.ContainsFunc(posts, func(c Capacity) bool { return c.Institution != place }) {
		return fault.New(fault.Forbidden, "An account for a Practitioner is made by the administrator of the one institution where the person has posts.")
	}
	return nil
}

// Invite makes a code by which the person of an account chooses a password, once, within three days. With reset the second
// factors end too, and are set up anew. The error is NotSupported for residents, who have no password.
func (a *Accounts) Invite(ctx context.Context, by Hand, id string, reset bool) (code string, err error) {
	if err := a.leadsAccount(ctx, by, id); err != nil {
		return "", err
	}
	if err := a.treats(ctx, by, id); err != nil {
		return "", err
	}
	code = readable()
	err = a.change(ctx, id, by.By, func(_ store.Tx, account *Account) error {
		if !account.Staff() {
			return fault.New(fault.NotSupported, "Residents sign in by their phone; they have no password.")
		}
		account.Invite = &Invite{a.config.Box.Digest("invite "+id, plain(code)), a.Now().Add(inviteTime), reset}
		return nil
	})
	if err == nil {
		a.config.Audit(ctx, Event{What: "invited", Account: id, Reason: by.By})
	}
	return code, err
}

// treats refuses an operator who would open the account of somebody who treats residents.
func (a *Accounts) treats(ctx context.Context, by Hand, id string) error {
	if by.Acting == nil || by.Acting.Role != gate.Operator {
		return nil
	}
	k, err := a.account(ctx, a.db, id)
	if err != nil {
		return err
	}
	can, err := a.Capacities(ctx, &k.Thing)
	if err == nil && slices.ContainsFunc(can, func(c Capacity) bool { return c.Role.Clinical() }) {
		err = fault.New(fault.Forbidden, "The account is of somebody who treats residents. The administrator of their institution invites them.")
	}
	return err
}

// leadsAccount refuses who may not change an account: beside operators, administrators may change those who have a role at
// their institution and at no other, and none that reaches further than theirs.
func (a *Accounts) leadsAccount(ctx context.Context, by Hand, id string) error {
	if by.Acting == nil {
		return nil
	}
	if id == by.Account {
		return fault.New(fault.Forbidden, "Nobody changes their own account so. Ask a colleague.")
	}
	if by.runs() == nil {
		return nil
	}
	k, err := a.account(ctx, a.db, id)
	if err != nil {
		return err
	}
	grants, err := a.grants(ctx, a.db, id)
	if err != nil {
		return err
	}
	posts, err := a.posts(ctx, k.Thing.Person, a.Now())
	if err != nil {
		return err
	}
	places := []string{}
	for _, g := range grants {
		if !g.Thing.Ended {
			places = append(places, g.Thing.Institution)
		}
	}
	for _, c := range posts {
		places = append(places, c.Institution)
	}
	if len(places) == 0 && k.Item.Author == by.By {
		places = append(places, by.Acting.Institution) // one's own new account
	}
	outside := func(place string) bool { return place != by.Acting.Institution }
	if len(places) == 0 || slices.ContainsFunc(places, outside) {
		return fault.New(fault.Forbidden, "The account is not of your institution alone. Ask an operator.")
	}
	return by.leads(by.Acting.Institution)
}

// Disable closes an account, for a reason that its person is told; all its sessions and tokens end. "" opens it again.
func (a *Accounts) Disable(ctx context.Context, by Hand, id, reason string) error {
	if err := a.leadsAccount(ctx, by, id); err != nil {
		return err
	}
	if len(reason) > reasonMost {
		return fault.New(fault.Unprocessable, "The reason has at most %d bytes.", reasonMost)
	}
	err := a.change(ctx, id, by.By, func(tx store.Tx, account *Account) error {
		if account.Disabled = reason; reason == "" {
			return nil
		}
		return a.endAll(ctx, tx, id, "")
	})
	if err == nil {
		a.config.Audit(ctx, Event{What: map[bool]string{true: "opened", false: "disabled"}[reason == ""], Account: id, Reason: by.By})
	}
	return err
}

const reasonMost = 500 // bytes of a reason

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

// Register makes or changes a client. The error is Unprocessable for a registration that is not whole.
func (a *Accounts) Register(ctx context.Context, by Hand, c Client) (id string, err error) {
	if err := orElse(by.runs(), c.Check(a.Now())); err != nil {
		return "", err
	}
	if _, err := a.record.Read(ctx, refOf(c.Institution)); err != nil {
		return "", fault.New(fault.Unprocessable, "There is no %s in the record that could answer for the client.", c.Institution)
	}
	if c.ID != "" && !plainName.MatchString(c.ID) {
		return "", fault.New(fault.Malformed, "A client's id has 3 to 64 of the characters a-z 0-9 . _ - and begins with a letter.")
	}
	if c.ID == "" {
		c.ID = "c-" + newID()
	}
	err = a.writing(ctx, func(tx store.Tx) error {
		i, err := tx.Item(ctx, kindClient, c.ID)
		if err != nil {
			return err
		}
		i.Kind, i.ID, i.Author = kindClient, c.ID, by.By
		return must(write(tx, i, c, true))
	})
	a.known.forget()
	return c.ID, err
}

// Client is a client by its id. The error is NotFound where there is none.
func (a *Accounts) Client(ctx context.Context, id string) (*Client, error) {
	k, err := read[Client](a.db.Item(ctx, kindClient, id))
	if err != nil || k == nil {
		return nil, orElse(err, fault.New(fault.NotFound, "There is no such client."))
	}
	k.Thing.ID = k.Item.ID
	return &k.Thing, nil
}

// Clients are at most so many clients, by their ids, from behind one.
func (a *Accounts) Clients(ctx context.Context, by Hand, behind string, most int) (list []Client, err error) {
	if err := by.runs(); err != nil {
		return nil, err
	}
	kept, err := all[Client](a.db.Owned(ctx, kindClient, "*", behind, most))
	for _, k := range kept {
		k.Thing.ID = k.Item.ID
		list = append(list, k.Thing)
	}
	return list, err
}

// Find is the account of a sign-in name, a phone or an id, with its grants. The error is NotFound where there is none.
func (a *Accounts) Find(ctx context.Context, by Hand, name string) (who Account, grants []Grant, err error) {
	k, err := a.sought(ctx, name)
	if err != nil {
		return who, nil, err
	}
	if by.Account != k.Thing.ID {
		if err := a.leadsAccount(ctx, by, k.Thing.ID); err != nil {
			return who, nil, err
		}
	}
	all, err := a.grants(ctx, a.db, k.Thing.ID)
	for _, g := range all {
		grants = append(grants, g.Thing)
	}
	return k.Thing, grants, err
}

func (a *Accounts) sought(ctx context.Context, name string) (*kept[Account], error) {
	if k, err := a.account(ctx, a.db, name); err == nil || fault.CodeOf(err) != fault.NotFound {
		return k, err
	}
	for prefix, check := range map[string]func(string) (string, error){"name:": CheckName, "phone:": CheckPhone} {
		clean, err := check(name)
		if err != nil {
			continue
		}
		if k, err := a.named(ctx, a.db, prefix+clean); k != nil || err != nil {
			return k, err
		}
	}
	return nil, fault.New(fault.NotFound, "There is no such account.")
}

// Accounts are at most so many accounts, by their ids, from behind one.
func (a *Accounts) Accounts(ctx context.Context, by Hand, behind string, most int) (list []Account, err error) {
	if err := by.runs(); err != nil {
		return nil, err
	}
	kept, err := all[Account](a.db.Owned(ctx, kindAccount, "*", behind, most))
	for _, k := range kept {
		k.Thing.ID = k.Item.ID
		list = append(list, k.Thing)
	}
	return list, err
}
