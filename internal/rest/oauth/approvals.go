package oauth

import (
	"context"
	"encoding/hex"
	"slices"
	"time"

	"yitong/internal/account"
	"yitong/internal/account/smart"
	"yitong/internal/fault"
	"yitong/internal/store"
)

// Approval is what a person has allowed a program.
type Approval struct {
	Client   string // id
	Program  string // name in Chinese
	English  string
	Acting   string // source of the capacity in which it was allowed
	Scopes   smart.Scopes
	Patients []string  // about whom, such as Patient/…
	Since    time.Time // of the last answer
	Until    time.Time // then it is asked again
}

// approval is what the register keeps of it.
type approval struct {
	Client   string    `json:"client"`
	Acting   string    `json:"acting"`
	Asked    string    `json:"asked"`   // scopes that the person was asked about
	Allowed  string    `json:"allowed"` // those that were left ticked
	Patients []string  `json:"patients,omitempty"`
	Since    time.Time `json:"since"`
}

const (
	approvalYears = 1   // after which a person is asked again
	patientsMost  = 50  // residents of one approval; beyond them the oldest is asked about again
	approvalsMost = 200 // read at a time
)

// approvalID is the id of what an account has allowed a client in a capacity.
func (p *Provider) approvalID(owner, client, acting string) string {
	return hex.EncodeToString(p.box.Digest("approval", owner+"\n"+client+"\n"+acting))
}

// remembered is what the person has allowed before, of what the program asks for now. It tells false where the person is to
// be asked: never before, or not about as much, or not about this resident. A program that cannot prove who it is is
// remembered only by an address that belongs to it (RFC 8252, 8.6).
func (p *Provider) remembered(ctx context.Context, a *asking) (allowed smart.Scopes, known bool, err error) {
	if a.client.Public() && a.request.RedirectURI.Scheme != "https" {
		return allowed, false, nil
	}
	i, err := p.records.standing(ctx, kindApproval, p.approvalID(a.who.Account.ID, a.client.ID, a.as.Source))
	if err != nil || !i.Exists() {
		return allowed, false, err
	}
	var before approval
	if err := unmarshal(i, &before); err != nil {
		return allowed, false, err
	}
	asked, err := smart.Parse(before.Asked)
	if err != nil {
		return allowed, false, err
	}
	left, err := smart.Parse(before.Allowed)
	if err != nil {
		return allowed, false, err
	}
	if !contains(asked, a.scopes) || a.resident != nil && !slices.Contains(before.Patients, a.resident.Reference) {
		return allowed, false, nil
	}
	allowed = a.scopes.Within(left)
	return allowed, useful(allowed), nil
}

// contains tells whether scopes allow all that others do.
func contains(most, s smart.Scopes) bool {
	for _, o := range s.Others {
		if !most.Has(o) {
			return false
		}
	}
	return !slices.ContainsFunc(s.Resources, func(one smart.Scope) bool { return !one.Within(most) })
}

// remember is the step that keeps an answer. Residents whom the person was asked about before stay only where the program
// asks for no more than then.
func (p *Provider) remember(ctx context.Context, a *asking, allowed smart.Scopes) (step, error) {
	now := p.config.Now()
	i, err := p.records.db.Item(ctx, kindApproval, p.approvalID(a.who.Account.ID, a.client.ID, a.as.Source))
	if err != nil {
		return nil, err
	}
	var old approval
	if i.Exists() && now.Before(i.Until) {
		if err := unmarshal(i, &old); err != nil {
			return nil, err
		}
	}
	next := approval{Client: a.client.ID, Acting: a.as.Source, Asked: a.scopes.String(), Allowed: allowed.String(), Since: now}
	if a.resident != nil {
		next.Patients = []string{a.resident.Reference}
		if old.Asked == next.Asked && old.Allowed == next.Allowed {
			others := slices.DeleteFunc(old.Patients, func(one string) bool { return one == a.resident.Reference })
			next.Patients = append(others[max(0, len(others)+1-patientsMost):], a.resident.Reference)
		}
	}
	i.Kind, i.ID = kindApproval, p.approvalID(a.who.Account.ID, a.client.ID, a.as.Source)
	i.Owner, i.Until = a.who.Account.ID, now.AddDate(approvalYears, 0, 0)
	raced := fault.New(fault.Conflict, "The same was answered on another page at the same moment. Begin again at the program.")
	return enter(i, next, raced), nil
}

// Approvals are what a person has allowed programs, the newest first.
func (p *Provider) Approvals(ctx context.Context, owner string) (list []Approval, err error) {
	err = p.each(ctx, kindApproval, owner, func(i store.Item) error {
		var a approval
		if err := unmarshal(i, &a); err != nil || !p.config.Now().Before(i.Until) {
			return err
		}
		scopes, err := smart.Parse(a.Allowed)
		if err != nil {
			return err
		}
		one := Approval{Client: a.Client, Program: a.Client, Acting: a.Acting, Scopes: scopes, Patients: a.Patients, Since: a.Since, Until: i.Until}
		if c, err := p.accounts.Client(ctx, a.Client); err == nil {
			one.Program, one.English = c.Name, c.English
		}
		list = append(list, one)
		return nil
	})
	slices.SortFunc(list, func(a, b Approval) int { return b.Since.Compare(a.Since) })
	return list, err
}

// Withdraw ends what a person has allowed a program, and every token that came of it.
func (p *Provider) Withdraw(ctx context.Context, owner, client string) error {
	var steps []step
	for _, kind := range []string{kindApproval, account.KindFamily} {
		err := p.each(ctx, kind, owner, func(i store.Item) error {
			var of struct{ Client string }
			if err := unmarshal(i, &of); err != nil || of.Client != client {
				return err
			}
			steps = append(steps, strike(kind, i.ID, nil))
			return nil
		})
		if err != nil {
			return err
		}
	}
	err := p.records.write(ctx, steps...)
	p.accounts.Forget()
	return err
}

// each goes through the items of a kind that an owner has.
func (p *Provider) each(ctx context.Context, kind, owner string, do func(store.Item) error) error {
	for behind := ""; ; {
		items, err := p.records.db.Owned(ctx, kind, owner, behind, approvalsMost)
		if err != nil {
			return err
		}
		for _, i := range items {
			if err := do(i); err != nil {
				return err
			}
			behind = i.ID
		}
		if len(items) < approvalsMost {
			return nil
		}
	}
}
