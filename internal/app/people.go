package app

import (
	"cmp"
	"context"
	"strings"
	"unicode/utf8"

	"yitong/internal/account"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/profiles"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
	"yitong/internal/rest/auth"
	"yitong/internal/rest/oauth"
)

// people tells sign-in and consent pages whom and what the record means. Of residents it tells what the person who is asked may
// see.
type people struct{ gate *gate.Gate }

var (
	_ auth.Names     = people{}
	_ oauth.Patients = people{}
)

// Name implements [auth.Names]. Institutions are everybody's to know; residents are named to who acts for them.
func (p people) Name(ctx context.Context, reference string) string {
	n, err := p.read(ctx, gate.Actor{Reference: "Device/pages", Access: gate.Whole()}, named(reference))
	if err != nil {
		return ""
	}
	return cmp.Or(n.Get("name").Str(), called(n))
}

// named reads Type/id; the zero Ref for anything else.
func named(text string) fhir.Ref {
	if r := fhir.ParseReference(text); r.Kind == fhir.ReferenceLocal {
		return r.Ref
	}
	return fhir.Ref{}
}

// read is a resource as somebody may see it.
func (p people) read(ctx context.Context, as gate.Actor, what fhir.Ref) (fhir.Node, error) {
	if what == (fhir.Ref{}) {
		return fhir.Node{}, fault.New(fault.NotFound, "There is no such resource.")
	}
	v, err := p.gate.Session(as).Read(ctx, what)
	if err != nil {
		return fhir.Node{}, err
	}
	r, err := fhir.ParseResource(v.Body.Bytes)
	if err != nil {
		return fhir.Node{}, fault.Wrap(err, "reading a stored resource")
	}
	return r.Root, nil
}

// called is how a person is called.
func called(n fhir.Node) string {
	name := n.Get("name").First()
	return cmp.Or(name.Get("text").Str(), name.Get("family").Str()+name.Get("given").First().Str())
}

// Resident implements [oauth.Patients].
func (p people) Resident(ctx context.Context, as gate.Actor, who fhir.Ref) (oauth.Resident, error) {
	n, err := p.read(ctx, as, who)
	return resident(who, n), err
}

func resident(who fhir.Ref, n fhir.Node) oauth.Resident {
	r := oauth.Resident{Reference: who.String(), Name: called(n), Birth: n.Get("birthDate").Str(), Gender: n.Get("gender").Str()}
	for id := n.Get("identifier").First(); id.Exists(); id = id.Next() {
		if id.Get("system").Str() == profiles.CitizenID {
			r.Number = masked(id.Get("value").Str())
		}
	}
	return r
}

// masked keeps the first 6 and the last 4 characters of a document's number (domain rules, 12: masks).
func masked(number string) string {
	n := utf8.RuneCountInString(number)
	if n <= 10 || n != len(number) {
		return strings.Repeat("*", n)
	}
	return number[:6] + strings.Repeat("*", n-10) + number[n-4:]
}

// Find implements [oauth.Patients].
func (p people) Find(ctx context.Context, as gate.Actor, text string, most int) ([]oauth.Resident, error) {
	t, _ := schema.TypeOf("Patient")
	by := search.Pair{Name: "name", Value: search.Escape(text)}
	if strings.ContainsAny(text, "0123456789") {
		by.Name = "identifier"
	}
	s := p.gate.Session(as)
	asked, err := s.Request([]schema.Type{t}, []search.Pair{by}, gate.Wishes{})
	if err != nil {
		return nil, err
	}
	asked.Count = most
	found, err := s.Search(ctx, asked, "choose", "")
	if err != nil {
		return nil, err
	}
	var list []oauth.Resident
	for _, v := range found.Matches {
		r, err := fhir.ParseResource(v.Body.Bytes)
		if err != nil {
			return nil, fault.Wrap(err, "reading a stored resource")
		}
		list = append(list, resident(v.Ref, r.Root))
	}
	return list, nil
}

// Subject implements [oauth.Patients].
func (p people) Subject(ctx context.Context, as gate.Actor, encounter fhir.Ref) (fhir.Ref, error) {
	n, err := p.read(ctx, as, encounter)
	return named(n.Get("subject").Get("reference").Str()), err
}

// Called implements [oauth.Patients].
func (p people) Called(ctx context.Context, as gate.Actor, institution string) (string, error) {
	n, err := p.read(ctx, as, named(institution))
	return n.Get("name").Str(), err
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
		for _, s := range one.Scopes.Resources {
			shown.Sentences = append(shown.Sentences, s.Sentence())
		}
		list = append(list, shown)
	}
	return list, err
}

// Withdraw ends what a program may for an account.
func (a *apps) Withdraw(ctx context.Context, owner, client string) error {
	return a.programs.Withdraw(ctx, owner, client)
}
