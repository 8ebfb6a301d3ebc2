package staff

import (
	"context"
	"net/http"
	"time"

	"yitong/internal/account"
)

// person is an account as it is shown: nothing that would help to sign in by it.
type person struct {
	ID       string    `json:"id"`
	Name     string    `json:"name,omitempty"`
	Called   string    `json:"called,omitempty"`
	Phone    string    `json:"phone,omitempty"`
	Person   string    `json:"person,omitempty"`
	Home     string    `json:"home,omitempty"`
	Strong   bool      `json:"strong"`  // it has a second factor
	Invited  bool      `json:"invited"` // a code is out
	Disabled string    `json:"disabled,omitempty"`
	Expires  time.Time `json:"expires,omitzero"`
	Seen     time.Time `json:"seen,omitzero"` // when somebody of staff last signed in by it

	Can    []account.Capacity `json:"can,omitempty"` // what it can act as now, but in the list of all
	Grants []account.Given    `json:"grants,omitempty"`
	Names  map[string]string  `json:"names,omitempty"` // of those who gave and ended grants
}

// people are those of a list; in a search with how many there are in all, and behind which id it goes on.
type people struct {
	All   []person `json:"accounts"`
	Total *int     `json:"total,omitempty"`
	Next  string   `json:"next,omitempty"`
}

func personOf(a account.Account) person {
	return person{
		ID: a.ID, Name: a.Name, Called: a.Called, Phone: a.Phone, Person: a.Person, Home: a.Home, Strong: a.Strong(),
		Invited: a.Invite != nil, Disabled: a.Disabled, Expires: a.Expires, Seen: a.Seen,
	}
}

func (d *Desk) list(ctx context.Context, by account.Hand, r *http.Request) (any, error) {
	behind, most, err := page(r)
	if err != nil {
		return nil, err
	}
	all, err := d.accounts.Accounts(ctx, by, behind, most)
	list := people{All: []person{}}
	for _, a := range all {
		list.All = append(list.All, personOf(a))
	}
	return list, err
}

// search is posted, so that no phone stands in an address.
func (d *Desk) search(ctx context.Context, by account.Hand, r *http.Request) (any, error) {
	asked := struct {
		Text        string `json:"text"`
		Institution string `json:"institution"`
		Behind      string `json:"behind"`
		Most        int    `json:"most"`
	}{Most: pageUsual}
	if err := read(r, &asked); err != nil {
		return nil, err
	}
	if err := bounded(asked.Most); err != nil {
		return nil, err
	}
	found, total, next, err := d.accounts.Staff(ctx, by, account.Sought(asked))
	if err != nil {
		return nil, err
	}
	list := people{[]person{}, &total, next}
	for _, e := range found {
		p := personOf(e.Account)
		p.Can = e.Can
		list.All = append(list.All, p)
	}
	return list, nil
}

func (d *Desk) show(ctx context.Context, by account.Hand, r *http.Request) (any, error) {
	a, grants, err := d.accounts.Find(ctx, by, r.PathValue("name"))
	if err != nil {
		return nil, err
	}
	p := personOf(a)
	if p.Can, err = d.accounts.Can(ctx, &a); err != nil {
		return nil, err
	}
	if p.Grants, err = d.accounts.Given(ctx, grants); err != nil {
		return nil, err
	}
	var authors []string
	for _, g := range p.Grants {
		authors = append(authors, g.By, g.EndedBy)
	}
	p.Names, err = d.accounts.Authors(ctx, authors...)
	return p, err
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
	if err != nil {
		return nil, err
	}
	var authors []string
	for _, c := range changes {
		authors = append(authors, c.By)
	}
	names, err := d.accounts.Authors(ctx, authors...)
	return map[string]any{"changes": changes, "names": names}, err
}
