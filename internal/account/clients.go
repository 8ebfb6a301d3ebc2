package account

import (
	"bytes"
	"context"
	"slices"
	"time"

	"yitong/internal/account/smart"
	"yitong/internal/fault"
	"yitong/internal/store"
)

// Register makes or changes a client. The error is Unprocessable for a registration that is not whole.
func (a *Accounts) Register(ctx context.Context, by Hand, c Client) (id string, err error) {
	if err := orElse(by.registers(&c), c.Check(a.Now()), a.readable(&c)); err != nil {
		return "", err
	}
	if _, err := a.record.Read(ctx, refOf(c.Institution)); err != nil {
		return "", fault.New(fault.Unprocessable, "There is no %s in the record that could answer for the client. 档案中没有所填的机构。", c.Institution).At("institution")
	}
	if c.ID != "" && !plainName.MatchString(c.ID) {
		return "", fault.New(fault.Malformed, "A client's id has 3 to 64 of the characters a-z 0-9 . _ - and begins with a letter. 程序编号须为 3 至 64 个字符，可用 a-z 0-9 . _ -，以字母开头。")
	}
	if c.ID == "" {
		c.ID = "c-" + newID()
	}
	err = a.writing(ctx, func(tx store.Tx) error {
		i, err := tx.Item(ctx, kindClient, c.ID)
		if err != nil {
			return err
		}
		old, err := read[Client](i, nil)
		if err != nil || old != nil && by.registers(&old.Thing) != nil {
			return orElse(err, fault.New(fault.Forbidden, "The client %s is not yours to change. 您不能修改这个程序。", c.ID))
		}
		next := c // this may run again
		if old != nil {
			next.follow(&old.Thing, a.Now())
		}
		if err := next.Check(a.Now()); err != nil {
			return err
		}
		i.Kind, i.ID, i.Author = kindClient, c.ID, by.By
		return must(write(tx, i, next, true))
	})
	a.known.forget()
	if err == nil {
		a.config.Audit(ctx, Event{What: "was registered", Client: c.ID, Reason: by.By})
	}
	return c.ID, err
}

// follow takes over what a change of a registration leaves as it was: that it is closed, and its secret, unless it has
// another one or keys now. What proves who it is, or says where answers go, ends what was given before when it changes.
func (c *Client) follow(old *Client, now time.Time) {
	if c.Disabled, c.Since = old.Disabled, old.Since; c.Secret == nil && c.Keys == nil && c.KeysURL == "" {
		c.Secret = old.Secret
	}
	if !bytes.Equal(c.Secret, old.Secret) || !bytes.Equal(c.Keys, old.Keys) || c.KeysURL != old.KeysURL || !slices.Equal(c.Redirects, old.Redirects) {
		c.Since = now
	}
}

// readable refuses scopes whose criteria nobody can read: they would allow nothing.
func (a *Accounts) readable(c *Client) error {
	scopes, err := smart.Parse(c.Scopes)
	if err != nil {
		return err
	}
	for _, s := range scopes.Resources {
		if s.Query == "" {
			continue
		}
		if _, err := a.record.Criteria(s.Type, s.Query); err != nil {
			return fault.New(fault.Unprocessable, "The criteria of %s cannot be read: %s", s, fault.From(err).Message).At("scopes")
		}
	}
	return nil
}

// Close closes a client, for a reason; its tokens end. "" opens it again.
func (a *Accounts) Close(ctx context.Context, by Hand, id, reason string) error {
	if err := by.runs(); err != nil {
		return err
	}
	if len(reason) > reasonMost {
		return fault.New(fault.Unprocessable, "The reason has at most %d bytes. 原因过长，请缩短。", reasonMost).At("reason")
	}
	err := a.writing(ctx, func(tx store.Tx) error {
		k, err := read[Client](tx.Item(ctx, kindClient, id))
		if err != nil || k == nil {
			return orElse(err, fault.New(fault.NotFound, "There is no such client. 没有这个程序。"))
		}
		if k.Thing.Disabled, k.Item.Author = reason, by.By; reason != "" {
			k.Thing.Since = a.Now()
		}
		return must(write(tx, k.Item, k.Thing, true))
	})
	a.known.forget()
	if err == nil {
		a.config.Audit(ctx, Event{What: map[bool]string{true: "opened", false: "disabled"}[reason == ""], Client: id, Reason: by.By})
	}
	return err
}

// Client is a client by its id. The error is NotFound where there is none.
func (a *Accounts) Client(ctx context.Context, id string) (*Client, error) {
	k, err := read[Client](a.db.Item(ctx, kindClient, id))
	if err != nil || k == nil {
		return nil, orElse(err, fault.New(fault.NotFound, "There is no such client. 没有这个程序。"))
	}
	k.Thing.ID = k.Item.ID
	return &k.Thing, nil
}

// Registered is a client by its id, for those who may change it.
func (a *Accounts) Registered(ctx context.Context, by Hand, id string) (*Client, error) {
	c, err := a.Client(ctx, id)
	if err == nil && by.runs() != nil {
		err = by.registers(c)
	}
	if err != nil {
		return nil, err
	}
	return c, nil
}

// Clients are at most so many clients, by their ids, from behind one; administrators have those that they may change.
func (a *Accounts) Clients(ctx context.Context, by Hand, behind string, most int) (list []Client, err error) {
	runs := by.runs() == nil
	if !runs {
		if err := by.leads(by.Acting.Institution); err != nil {
			return nil, err
		}
	}
	for {
		kept, err := all[Client](a.db.Owned(ctx, kindClient, "*", behind, most))
		if err != nil {
			return nil, err
		}
		for _, k := range kept {
			behind = k.Item.ID
			if k.Thing.ID = behind; len(list) < most && (runs || by.registers(&k.Thing) == nil) {
				list = append(list, k.Thing)
			}
		}
		if len(list) == most || len(kept) < most {
			return list, nil
		}
	}
}
