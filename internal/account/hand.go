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
	return fault.New(fault.Forbidden, "Only operators may do this. 仅限平台运维操作。")
}

// leads refuses all but those who run the platform, and the administrators of an institution.
func (h Hand) leads(institution string) error {
	if h.runs() == nil {
		return nil
	}
	if h.Acting.Role == gate.Administrator && h.Acting.Client == "" && institution != "" && h.Acting.Institution == institution {
		return nil
	}
	return fault.New(fault.Forbidden, "Only operators, and administrators for their own institution, may do this. 仅限平台运维和本机构管理员操作。")
}

// gives refuses who may not give a role to an account, or take it. Administrators give roles at their institution to staff
// whose accounts an institution made. Operators give roles that see no records. Who runs the platform must not make a way to
// records, by no detour; so the first administrator of an institution, and other operators, come from the console.
func (h Hand) gives(g *Grant, to *Account) error {
	if h.Acting == nil {
		return nil
	}
	switch {
	case g.Account == h.Account:
		return fault.New(fault.Forbidden, "Nobody gives a role to themself. Ask a colleague. 不能为自己授权，请由同事办理。").At("role")
	case g.Role == gate.Regulator || g.Role == gate.Insurer || g.Role == gate.CDC:
		return h.runs()
	case g.Role == gate.Operator:
		return fault.New(fault.Forbidden, "Operators are appointed at the console: yitong account give. 平台运维须在服务器控制台任命。").At("role")
	case h.Acting.Role != gate.Administrator:
		return fault.New(fault.Forbidden, "The role %s is given by the administrator of the institution; the first one is appointed at the console. 该角色由机构管理员授予，首位管理员须在服务器控制台任命。", g.Role).At("role")
	case g.Role == gate.Proxy:
		return h.leads(h.Acting.Institution)
	case to.Home == "":
		return fault.New(fault.Forbidden, "The account was not made by an institution. Make one for the person. 该账户不是由机构开立的，请为本人另开账户。").At("role")
	}
	return h.leads(g.Institution)
}

// registers refuses who may not register a client. One that acts for itself sees what its institution sees, so the
// administrator there registers it.
func (h Hand) registers(c *Client) error {
	if h.Acting == nil || !c.Backend {
		return h.runs()
	}
	if h.Acting.Role == gate.Administrator && h.Acting.Client == "" && h.Acting.Institution == c.Institution && !c.Introspects {
		return nil
	}
	return fault.New(fault.Forbidden, "A program that acts for itself is registered by the administrator of the institution that answers for it. 后台程序由其所属机构的管理员登记。").At("backend")
}

// Give gives a role to an account. The error is Forbidden for who may not, Unprocessable for a role that makes no sense so.
func (a *Accounts) Give(ctx context.Context, by Hand, g Grant) (id string, err error) {
	if g.From.IsZero() {
		g.From = a.Now()
	}
	if len(g.Reason) > reasonMost {
		return "", fault.New(fault.Unprocessable, "The reason has at most %d bytes. 原因过长，请缩短。", reasonMost).At("reason")
	}
	if err := g.check(); err != nil {
		return "", err
	}
	for at, name := range map[string]*string{"institution": &g.Institution, "resident": &g.Resident} {
		if *name == "" {
			continue
		}
		ref := refOf(*name)
		if _, err := a.record.Read(ctx, ref); err != nil {
			return "", fault.New(fault.Unprocessable, "There is no %s in the record. 档案中没有所填的机构或居民。", *name).At(at)
		}
		*name = ref.String()
	}
	g.ID, g.Ended = newID(), false
	err = a.writing(ctx, func(tx store.Tx) error {
		k, err := a.account(ctx, tx, g.Account)
		if err != nil {
			return err
		}
		if err := by.gives(&g, &k.Thing); err != nil {
			return err
		}
		if g.Role != gate.Proxy && !k.Thing.Staff() {
			return fault.New(fault.Unprocessable, "The role %s is for accounts that sign in by a name and a second factor. 该角色只能授予用用户名和第二步验证登录的工作人员账户。", g.Role).At("role")
		}
		others, err := a.grants(ctx, tx, g.Account)
		if err != nil {
			return err
		}
		if len(others) >= grantsMost {
			return fault.New(fault.Unprocessable, "An account has at most %d grants, ended ones included. 该账户的授权记录已达上限。", grantsMost)
		}
		if err := must(write(tx, store.Item{Kind: kindGrant, ID: g.ID, Author: by.By, Owner: g.Account}, g, true)); err != nil {
			return err
		}
		return must(enterHolder(tx, &g))
	})
	a.known.forget()
	if err == nil {
		a.config.Audit(ctx, Event{What: "was given the role " + string(g.Role), Account: g.Account, Reason: by.By})
		if g.Role == gate.Proxy {
			a.tellResident(ctx, g.Resident)
		}
	}
	return g.ID, err
}

// Take ends a grant.
func (a *Accounts) Take(ctx context.Context, by Hand, id string) error {
	account := ""
	err := a.writing(ctx, func(tx store.Tx) error {
		k, err := read[Grant](tx.Item(ctx, kindGrant, id))
		if err != nil || k == nil {
			return orElse(err, fault.New(fault.NotFound, "There is no such grant. 没有这项授权。"))
		}
		if by.Acting == nil || k.Thing.Account != by.Account || by.Acting.Client != "" { // who gives up a role of their own may
			to, err := a.account(ctx, tx, k.Thing.Account)
			if err != nil {
				return err
			}
			if err := by.gives(&k.Thing, &to.Thing); err != nil {
				return err
			}
		}
		k.Thing.Ended = true
		k.Item.Author = by.By
		account = k.Thing.Account
		if err := strikeHolder(tx, id); err != nil {
			return err
		}
		return must(write(tx, k.Item, k.Thing, true))
	})
	a.known.forget()
	if err == nil {
		a.config.Audit(ctx, Event{What: "lost a role", Account: account, Reason: by.By})
	}
	return err
}
