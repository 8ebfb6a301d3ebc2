package app

import (
	"cmp"
	"context"
	"strings"

	"yitong/internal/account"
	"yitong/internal/account/smart"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/rest/auth"
	"yitong/internal/rest/oauth"
)

// people tells the pages how those in the record are called.
type people struct{ gate *gate.Gate }

var _ auth.Names = people{}

// Name implements [auth.Names]. Institutions are everybody's to know; residents are named to who acts for them.
func (p people) Name(ctx context.Context, reference string) string {
	ref := fhir.ParseReference(reference)
	if ref.Kind != fhir.ReferenceLocal {
		return ""
	}
	s := p.gate.Session(gate.Actor{Reference: "Device/pages", Access: gate.Whole()})
	if ref.Ref.Type.String() == "Patient" {
		s.Begin(gate.Doing{Do: "name", On: ref.Ref.String()})
	}
	v, err := s.Read(ctx, ref.Ref)
	if cmp.Or(s.Leave(ctx, err), err) != nil {
		return ""
	}
	r, err := fhir.ParseResource(v.Body.Bytes)
	if err != nil {
		return ""
	}
	return cmp.Or(r.Root.Get("name").Str(), called(r.Root))
}

// called is how a person is called.
func called(n fhir.Node) string {
	name := n.Get("name").First()
	return cmp.Or(name.Get("text").Str(), name.Get("family").Str()+name.Get("given").First().Str())
}

// apps are the programs that may act for people, as the pages show them. It implements [auth.Apps].
type apps struct {
	people   people
	accounts *account.Accounts
	programs *oauth.Provider
}

// Approvals are those that may act for an account.
func (a *apps) Approvals(ctx context.Context, owner string) (list []auth.Approval, err error) {
	all, err := a.programs.Approvals(ctx, owner)
	for _, one := range all {
		shown := auth.Approval{Client: one.Client, Name: one.Program, English: one.English, Since: one.Since}
		if c, err := a.accounts.Client(ctx, one.Client); err == nil {
			shown.Institution = a.people.Name(ctx, c.Institution)
		}
		whose := smart.Another
		if strings.HasPrefix(one.Acting, "Patient/") {
			whose = smart.Own
		}
		for _, s := range one.Scopes.Resources {
			shown.Sentences = append(shown.Sentences, s.SentenceOf(whose))
		}
		if one.Scopes.Has(smart.OfflineAccess) {
			shown.Sentences = append(shown.Sentences, smart.WordsOf(smart.OfflineAccess))
		}
		list = append(list, shown)
	}
	return list, err
}

// Withdraw ends what a program may for an account.
func (a *apps) Withdraw(ctx context.Context, owner, client string) error {
	return a.programs.Withdraw(ctx, owner, client)
}
