package staff

import (
	"context"
	"net/http"
	"time"

	"yitong/internal/account"
)

// person is an account as it is shown: nothing that would help to sign in by it.
type person struct {
	ID       string          `json:"id"`
	Name     string          `json:"name,omitempty"`
	Called   string          `json:"called,omitempty"`
	Phone    string          `json:"phone,omitempty"`
	Person   string          `json:"person,omitempty"`
	Home     string          `json:"home,omitempty"`
	Strong   bool            `json:"strong"`  // it has a second factor
	Invited  bool            `json:"invited"` // a code is out
	Disabled string          `json:"disabled,omitempty"`
	Expires  time.Time       `json:"expires,omitzero"`
	Grants   []account.Grant `json:"grants,omitempty"`
	GrantIDs []string        `json:"grantIds,omitempty"` // in the order of the grants
}

// people are those of a list.
type people struct {
	All []person `json:"accounts"`
}

func personOf(a account.Account, grants []account.Grant) person {
	p := person{
		ID: a.ID, Name: a.Name, Called: a.Called, Phone: a.Phone, Person: a.Person, Home: a.Home, Strong: a.Strong(),
		Invited: a.Invite != nil, Disabled: a.Disabled, Expires: a.Expires, Grants: grants,
	}
	for _, g := range grants {
		p.GrantIDs = append(p.GrantIDs, g.ID)
	}
	return p
}

func (d *Desk) list(ctx context.Context, by account.Hand, r *http.Request) (any, error) {
	behind, most, err := page(r)
	if err != nil {
		return nil, err
	}
	all, err := d.accounts.Accounts(ctx, by, behind, most)
	list := people{[]person{}}
	for _, a := range all {
		list.All = append(list.All, personOf(a, nil))
	}
	return list, err
}

func (d *Desk) show(ctx context.Context, by account.Hand, r *http.Request) (any, error) {
	a, grants, err := d.accounts.Find(ctx, by, r.PathValue("name"))
	return personOf(a, grants), err
}

func (d *Desk) create(ctx context.Context, by account.Hand, r *http.Request) (any, error) {
	var asked struct {
		Name    string    `json:"name"`
		Called  string    `json:"called"`
		Person  string    `json:"person"`
		Phone   string    `json:"phone"`
		Expires time.Time `json:"expires"`
	}
	if err := read(r, &asked); err != nil {
		return nil, err
	}
	id, err := d.accounts.Create(ctx, by, account.Account{
		Name: asked.Name, Called: asked.Called, Person: asked.Person, Phone: asked.Phone, Expires: asked.Expires,
	})
	return map[string]string{"id": id}, err
}

func (d *Desk) invite(ctx context.Context, by account.Hand, r *http.Request) (any, error) {
	var asked struct {
		Reset bool `json:"reset"`
	}
	if err := read(r, &asked); err != nil {
		return nil, err
	}
	code, err := d.accounts.Invite(ctx, by, r.PathValue("id"), asked.Reset)
	return map[string]string{"code": code}, err
}

// why is the body of a request that closes something, or opens it again.
type why struct {
	Reason string `json:"reason"`
}

func (d *Desk) disable(ctx context.Context, by account.Hand, r *http.Request) (any, error) {
	var asked why
	if err := read(r, &asked); err != nil {
		return nil, err
	}
	return struct{}{}, d.accounts.Disable(ctx, by, r.PathValue("id"), asked.Reason)
}

func (d *Desk) give(ctx context.Context, by account.Hand, r *http.Request) (any, error) {
	var asked account.Grant
	if err := read(r, &asked); err != nil {
		return nil, err
	}
	asked.Account = r.PathValue("id")
	id, err := d.accounts.Give(ctx, by, asked)
	return map[string]string{"id": id}, err
}

func (d *Desk) take(ctx context.Context, by account.Hand, r *http.Request) (any, error) {
	return struct{}{}, d.accounts.Take(ctx, by, r.PathValue("id"))
}

func (d *Desk) history(ctx context.Context, by account.Hand, r *http.Request) (any, error) {
	changes, err := d.accounts.History(ctx, by, r.PathValue("kind"), r.PathValue("id"))
	return map[string]any{"changes": changes}, err
}
