package account

import (
	"context"
	"strings"

	"yitong/internal/account/smart"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
)

// Standing is the principal of somebody who has asked for something that lasts, such as a Subscription, as they are now: who is how the
// gate knows them, source the capacity in which they asked, client the program, "" for none. A client that acts by itself counts with all
// scopes that it is registered with. The error is Forbidden, NotFound or Unknown where the account, the capacity or the client is none
// any more, and Forbidden for a program that asked in a person's name: the person is not there.
func (a *Accounts) Standing(ctx context.Context, who, source, client string) (*Principal, error) {
	if client != "" {
		return a.standingClient(ctx, who, client)
	}
	var account *kept[Account]
	var err error
	if id, is := strings.CutPrefix(who, "Person/"); is {
		account, err = a.account(ctx, a.db, id)
	} else if account, err = a.named(ctx, a.db, "person:"+who); err == nil && account == nil {
		err = fault.New(fault.NotFound, "There is no account any more.")
	}
	if err != nil {
		return nil, err
	}
	c, err := a.capacity(ctx, &account.Thing, source)
	if err != nil {
		return nil, err
	}
	return a.inCapacity(&account.Thing, c), nil
}

// inCapacity is the principal of an account in a capacity.
func (a *Accounts) inCapacity(who *Account, c Capacity) *Principal {
	p := person(who, c)
	p.Access = a.config.Policy.Access(c.Role, c.of(p.Actor().Reference), c.only()...)
	return p
}

func (a *Accounts) standingClient(ctx context.Context, who, id string) (*Principal, error) {
	client, err := a.Client(ctx, id)
	if err == nil {
		err = client.Open(a.Now())
	}
	if err == nil && (!client.Backend || who != "Device/"+id) {
		err = fault.New(fault.Forbidden, "A program does not ask in a person's name for what lasts.")
	}
	if err != nil {
		return nil, err
	}
	scopes, err := smart.Parse(client.Scopes)
	if err != nil {
		return nil, err
	}
	c := Capacity{Source: "client/" + client.ID, Role: gate.System, Institution: client.Institution, Until: client.Expires}
	p := &Principal{Called: client.Name, Capacity: c, Client: client.ID, Scopes: scopes}
	p.Access = a.config.Policy.Access(c.Role, c.of(""), scopes.Rules(fhir.Ref{}))
	return p, nil
}
