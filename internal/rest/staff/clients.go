package staff

import (
	"context"
	"net/http"

	"yitong/internal/account"
	"yitong/internal/fault"
)

// program is a client as it is shown.
type program struct {
	ID string `json:"id"`
	account.Client
	Secret bool `json:"secret"` // it has one
}

// programs are those of a list.
type programs struct {
	All []program `json:"clients"`
}

func programOf(c account.Client) program {
	p := program{ID: c.ID, Client: c, Secret: c.Secret != nil}
	p.Client.Secret = nil
	return p
}

func (d *Desk) clients(ctx context.Context, by account.Hand, r *http.Request) (any, error) {
	behind, most, err := page(r)
	if err != nil {
		return nil, err
	}
	all, err := d.accounts.Clients(ctx, by, behind, most)
	list := programs{[]program{}}
	for _, c := range all {
		list.All = append(list.All, programOf(c))
	}
	return list, err
}

func (d *Desk) client(ctx context.Context, by account.Hand, r *http.Request) (any, error) {
	c, err := d.accounts.Registered(ctx, by, r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	return programOf(*c), nil
}

// register makes a client, or changes the one that the address names. With newSecret it gets a secret, which is told once.
func (d *Desk) register(ctx context.Context, by account.Hand, r *http.Request) (any, error) {
	var asked struct {
		account.Client
		NewSecret bool `json:"newSecret"`
	}
	if err := read(r, &asked); err != nil {
		return nil, err
	}
	c := asked.Client
	if c.Secret != nil || c.Disabled != "" || !c.Since.IsZero() {
		return nil, fault.New(fault.Malformed, "A registration holds no secret, is not disabled and has no since; ask for newSecret, and see disable.")
	}
	c.ID = r.PathValue("id")
	told := map[string]string{}
	if asked.NewSecret {
		told["secret"], c.Secret = account.NewSecret()
	}
	id, err := d.accounts.Register(ctx, by, c)
	told["id"] = id
	return told, err
}

func (d *Desk) close(ctx context.Context, by account.Hand, r *http.Request) (any, error) {
	var asked why
	if err := read(r, &asked); err != nil {
		return nil, err
	}
	return struct{}{}, d.accounts.Close(ctx, by, r.PathValue("id"), asked.Reason)
}
