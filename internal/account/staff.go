package account

import (
	"context"
	"slices"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/gate"
	"yitong/internal/store"
)

// Create makes an account of staff. It can be used once its invitation is taken. Its home is the institution of the administrator who makes
// it; a command says which.
func (a *Accounts) Create(ctx context.Context, by Hand, new Account) (id string, err error) {
	home := new.Home
	if by.Acting != nil {
		home = by.Acting.Institution
	} else if home != "" {
		if _, err := a.record.Read(ctx, refOf(home)); err != nil {
			return "", fault.New(fault.Unprocessable, "There is no %s in the record. 档案中没有所填的机构。", home).At("home")
		}
	}
	if err := by.leads(home); err != nil {
		return "", err
	}
	name, err := CheckName(new.Name)
	if err != nil {
		return "", err
	}
	if err := a.links(ctx, by, new.Person); err != nil {
		return "", err
	}
	account := Account{ID: newID(), Name: name, Called: strings.TrimSpace(new.Called), Person: new.Person, Expires: new.Expires, Home: home}
	if account.Person != "" && !strings.HasPrefix(account.Person, "Practitioner/") {
		return "", fault.New(fault.Unprocessable, "Staff stand for a Practitioner of the record, named as Practitioner/…. 工作人员须对应人员名录中的一人。").At("person")
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
				return orElse(err, fault.New(fault.Conflict, "Another account has this %s. 已有其他账户使用此项。", what).At(what))
			}
		}
		return keep(ctx, tx, &kept[Account]{Thing: account}, by.By)
	})
	if err == nil {
		a.config.Audit(ctx, Event{What: "was made", Account: account.ID, Reason: by.By})
	}
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
		return fault.New(fault.Forbidden, "An account for a Practitioner is made by the administrator of the one institution where the person has posts. 有岗位的人员，其账户由所在机构的管理员开立，且其岗位须都在本机构。").At("person")
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
			return fault.New(fault.NotSupported, "Residents sign in by their phone; they have no password. 居民用手机号登录，没有密码。")
		}
		account.Invite = &Invite{a.config.Box.Digest("invite "+id, plain(code)), a.Now().Add(inviteTime), reset}
		return nil
	})
	if err == nil {
		a.config.Audit(ctx, Event{What: "invited", Account: id, Reason: by.By})
	}
	return code, err
}

// treats refuses an operator who would open the account of somebody who sees records, or who appoints those who do: whatever
// grant the account ever had, whatever post its person has.
func (a *Accounts) treats(ctx context.Context, by Hand, id string) error {
	if by.Acting == nil || by.Acting.Role != gate.Operator {
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
	blind := []gate.Role{gate.Regulator, gate.Insurer, gate.CDC}
	sees := func(g kept[Grant]) bool { return !slices.Contains(blind, g.Thing.Role) }
	if k.Thing.Person != "" || k.Thing.Home != "" || slices.ContainsFunc(grants, sees) {
		return fault.New(fault.Forbidden, "The account is of an institution's staff, or of those who run the platform. The administrator of their institution invites them, or the console: yitong account invite. 该账户属于机构工作人员或平台运维，请由其机构管理员或在服务器控制台邀请。")
	}
	return nil
}

// leadsAccount refuses who may not change an account. Beside operators, administrators may change those that were made at
// their institution and have roles at no other, and none that they could not have given.
func (a *Accounts) leadsAccount(ctx context.Context, by Hand, id string) error {
	if by.Acting == nil {
		return nil
	}
	if id == by.Account {
		return fault.New(fault.Forbidden, "Nobody changes their own account so. Ask a colleague. 不能这样修改自己的账户，请由同事办理。")
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
	own := by.Acting.Institution
	beyond := func(g kept[Grant]) bool {
		return !g.Thing.Ended && (g.Thing.Institution != own || by.gives(&g.Thing, &k.Thing) != nil)
	}
	elsewhere := func(c Capacity) bool { return c.Institution != own }
	if k.Thing.Home != own || slices.ContainsFunc(grants, beyond) || slices.ContainsFunc(posts, elsewhere) {
		return fault.New(fault.Forbidden, "The account is not of your institution alone. Ask an operator. 该账户不只属于本机构，请联系平台运维。")
	}
	return by.leads(own)
}

// Disable closes an account, for a reason that its person is told; all its sessions and tokens end. "" opens it again.
func (a *Accounts) Disable(ctx context.Context, by Hand, id, reason string) error {
	if err := a.leadsAccount(ctx, by, id); err != nil {
		return err
	}
	if len(reason) > reasonMost {
		return fault.New(fault.Unprocessable, "The reason has at most %d bytes. 原因过长，请缩短。", reasonMost).At("reason")
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

// Find is the account of a sign-in name, a phone or an id, with its grants. The error is NotFound where there is none.
func (a *Accounts) Find(ctx context.Context, by Hand, name string) (who Account, grants []Grant, err error) {
	k, err := a.sought(ctx, name)
	if by.Acting != nil && (k == nil || k.Thing.ID != by.Account) {
		if err := by.leads(by.Acting.Institution); err != nil {
			return who, nil, err // whether there is such an account or not
		}
	}
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
	return nil, fault.New(fault.NotFound, "There is no such account. 没有这个账户。")
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
