package main

import (
	"context"
	"fmt"

	"yitong/internal/account"
	"yitong/internal/app"
	"yitong/internal/app/region"
	"yitong/internal/fault"
	"yitong/internal/gate"
)

// demoLetters is where the demo's codes for phones go.
const demoLetters = "build/demo/phone-codes.txt"

// workplace is where the demo's staff work: staff see the residents of their institution.
const workplace = "Organization/" + region.Centre

// invitation is how one of the demo's staff signs in for the first time.
type invitation struct{ name, called, code string }

// invite makes accounts of staff in the demo's region, one of each kind, or invites them anew.
func (c *demoCommand) invite(ctx context.Context, s app.Serve) (list []invitation, err error) {
	register := app.Register{Database: s.Database, Key: s.Key, Zone: s.Zone}
	return list, register.With(ctx, func(a *account.Accounts) error {
		for _, one := range []struct {
			name, called string
			grant        account.Grant
		}{
			{"operator", "平台运维", account.Grant{Role: gate.Operator}},
			{"administrator", "机构管理员", account.Grant{Role: gate.Administrator, Institution: workplace}},
			{"doctor", "医师", account.Grant{Role: gate.Doctor, Institution: workplace}},
			{"guide", "导办员", account.Grant{Role: gate.Guide, Institution: workplace}},
		} {
			id, err := a.Create(ctx, console(), account.Account{Name: one.name, Called: one.called})
			switch fault.CodeOf(err) {
			case "":
				one.grant.Account = id
				if _, err := a.Give(ctx, console(), one.grant); err != nil {
					return err
				}
			case fault.Conflict: // of an earlier demo
				who, _, err := a.Find(ctx, console(), one.name)
				if err != nil {
					return err
				}
				id = who.ID
			default:
				return err
			}
			code, err := a.Invite(ctx, console(), id, true)
			if err != nil {
				return err
			}
			list = append(list, invitation{one.name, one.called, code})
		}
		return nil
	})
}

// receive tells how to sign in.
func receive(site string, list []invitation, who shown) {
	fmt.Printf("Yitong serves %s\n\nStaff choose a password at %[1]s/auth/invite, then set up a second factor:\n\n", site)
	for _, one := range list {
		fmt.Printf("  %-14s %s  %s\n", one.name, one.code, one.called)
	}
	fmt.Printf(`
Administrator, doctor and guide work at %[3]s. Try, signed in as the doctor:

  %[1]s/fhir/Patient?_count=3&_pretty=true    residents of the centre; as the guide, with the ends of their numbers only
  %[1]s/fhir/Observation?patient=%[4]s&_count=3&_pretty=true    what the centre has measured of one of them
  %[1]s/fhir/%[5]s?_pretty=true    a resident of another centre: refused, and told what would open the record

Residents sign in by phone at %[1]s/auth/sign-in; the codes are added to %[2]s.
Their names, numbers and phones are in the record, for the doctor to look up.

Programs: docs/accounts.md. Stop with Ctrl-C.
`, site, demoLetters, workplace, who.here, who.elsewhere)
}
