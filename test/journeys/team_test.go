package journeys

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/pquerna/otp/totp"

	"yitong/internal/account"
	"yitong/internal/app"
	"yitong/internal/gate"
)

// password is that of all accounts of staff.
const password = "竹子 lamp 河流 37 carriage"

// step is how long a one-time password is the one of now.
const step = 30 * time.Second

// posts are where the team of testdata/team.ndjson works, by the names of its accounts: in each role one, and an office that answers for
// all of these institutions.
var posts = map[string][]account.Grant{
	"guide":         {{Role: gate.Guide, Institution: "Organization/county-hospital"}},
	"doctor":        {{Role: gate.Doctor, Institution: "Organization/county-hospital"}},
	"nurse":         {{Role: gate.Nurse, Institution: "Organization/county-hospital"}},
	"pharmacist":    {{Role: gate.Pharmacist, Institution: "Organization/county-hospital"}},
	"technician":    {{Role: gate.Technician, Institution: "Organization/county-hospital"}},
	"office":        {{Role: gate.Office, Institution: "Organization/county-hospital"}},
	"administrator": {{Role: gate.Administrator, Institution: "Organization/county-hospital"}},
	"insurer":       {{Role: gate.Insurer, Institution: "Organization/insurance"}},
	"regulator":     {{Role: gate.Regulator, Institution: "Organization/health-commission"}},
	"cdc":           {{Role: gate.CDC, Institution: "Organization/cdc"}},
	"operator":      {{Role: gate.Operator}},
	"chen":          nil, // by the posts of the record
	"offices": {
		{Role: gate.Office, Institution: "Organization/county-hospital"}, {Role: gate.Office, Institution: "Organization/insurance"},
		{Role: gate.Office, Institution: "Organization/cdc"},
	},
}

// referrers are where those of testdata/referral.ndjson work: a doctor and the office of a clinic, of the hospital that leads its alliance, and of
// one that leads another.
var referrers = map[string][]account.Grant{
	"lin":    nil, // doctors by the posts of the record
	"clinic": {{Role: gate.Office, Institution: "Organization/town-clinic"}},
	"hewei":  nil,
	"county": {{Role: gate.Office, Institution: "Organization/county-hospital"}},
	"song":   nil,
	"city":   {{Role: gate.Office, Institution: "Organization/city-hospital"}},
}

// team makes accounts of the team, all of them unless some are named.
func (w *world) team(names ...string) {
	w.t.Helper()
	w.yitong("import", "testdata/team.ndjson")
	w.staffed(posts, names...)
}

// staffed makes accounts of people, all of them unless some are named. They have the password, and one-time passwords whose secrets the
// journey gets.
func (w *world) staffed(posts map[string][]account.Grant, names ...string) {
	w.t.Helper()
	if names == nil {
		names = slices.Collect(maps.Keys(posts))
	}
	w.accounts(func(ctx context.Context, a *account.Accounts) error {
		for _, name := range names {
			who := account.Account{Name: name, Called: name}
			if name != "offices" {
				who = account.Account{Name: name, Person: "Practitioner/" + name}
			}
			// With the code of half a minute ago, so that those of now are still there.
			token, err := w.enrol(ctx, a, who, posts[name], step)
			if err = cmp.Or(err, a.SignOut(ctx, token)); err != nil {
				return err
			}
		}
		return nil
	})
}

// accounts does something to the accounts of the record.
func (w *world) accounts(do func(context.Context, *account.Accounts) error) {
	w.t.Helper()
	ctx := w.t.Context()
	register := app.Register{Database: app.Database{DB: w.db()}, Zone: w.zone}
	if err := register.With(ctx, func(a *account.Accounts) error { return do(ctx, a) }); err != nil {
		w.t.Fatal(err)
	}
}

// enrol makes an account with its roles, takes the invitation as its person would, with the one-time password of some time ago, and gives
// the token of the session. What it typed must not be logged.
func (w *world) enrol(
	ctx context.Context, a *account.Accounts, who account.Account, roles []account.Grant, ago time.Duration,
) (token string, err error) {
	id, err := a.Create(ctx, account.Console, who)
	if err != nil {
		return "", err
	}
	for _, grant := range roles {
		grant.Account = id
		if _, err = a.Give(ctx, account.Console, grant); err != nil {
			return "", err
		}
	}
	code, err := a.Invite(ctx, account.Console, id, false)
	if err != nil {
		return "", err
	}
	if token, err = a.Accept(ctx, who.Name, code, password, account.From{}); err != nil {
		return "", err
	}
	signed, err := a.Signed(ctx, token)
	if err != nil {
		return "", err
	}
	_, secret, err := a.Seed(ctx, signed)
	if err != nil {
		return "", err
	}
	w.Seeds[who.Name] = secret
	w.hidden = append(w.hidden, code, secret)
	if signed, err = a.Signed(ctx, token); err != nil {
		return "", err
	}
	once, err := totp.GenerateCode(secret, time.Now().Add(-ago)) // not a moment before it is shown
	if err != nil {
		return "", err
	}
	token, _, err = a.ConfirmSeed(ctx, signed, once, account.From{})
	return token, err
}
