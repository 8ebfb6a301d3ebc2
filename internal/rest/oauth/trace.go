package oauth

import (
	"strings"

	"github.com/ory/fosite"

	"yitong/internal/gate"
	"yitong/internal/gate/trail"
	"yitong/internal/store"
)

// allowed is the step that puts on record that a person lets a program act for them, as what and about whom.
func (p *Provider) allowed(a *asking, f *family) step {
	who := a.as.Actor()
	r := trail.Record{
		Do: "authorize", Outcome: trail.Done, Who: who.Reference, As: string(who.Role), Grant: who.As, For: who.Institution, Client: f.Client,
		On: "client/" + f.Client, Query: "scope=" + f.Scopes,
	}
	if f.Patient != "" {
		r.Of = []string{f.Patient}
	}
	return func(tx store.Tx) error { return p.accounts.Trace(tx, r) }
}

// given is the step that puts on record that a program gets tokens: by a person's word, or by its own.
func (p *Provider) given(q fosite.AccessRequester) step {
	f := familyOf(q)
	r := trail.Record{
		Do: "token", Outcome: trail.Done, Who: "Device/" + f.Client, Grant: f.Acting, Client: f.Client, On: "client/" + f.Client,
		Query: "grant_type=" + strings.Join(q.GetGrantTypes(), " ") + "&scope=" + strings.Join(q.GetGrantedScopes(), " "),
	}
	switch {
	case f.Account == "":
		r.As = string(gate.System)
	case f.person != "":
		r.Who = f.person
	default:
		r.Who = "Person/" + f.Account
	}
	return func(tx store.Tx) error { return p.accounts.Trace(tx, r) }
}
