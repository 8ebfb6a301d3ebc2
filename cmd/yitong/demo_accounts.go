package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/pquerna/otp/totp"

	"yitong/internal/account"
	"yitong/internal/app"
	"yitong/internal/app/region"
	"yitong/internal/fault"
	"yitong/internal/fhir/profiles"
	"yitong/internal/gate"
)

// logins are how the demo's people sign in. They are drawn when a demo is made, and stand beside its record, for who has the machine.
type logins struct {
	Password string            `json:"password"` // of all staff
	Secrets  map[string]string `json:"secrets"`  // of one-time passwords, by sign-in name
}

// member is somebody of the demo's staff.
type member struct {
	title  string
	called string // "" for what the person of the record is called
	person string // of the staff of an institution; "" for nobody of the record: then a grant makes the role
	at     string // before the role in the name by which one signs in; "" for who is the only one of a role
	grant  account.Grant
}

// demoStaff are the demo's accounts of staff: one for each role, and who takes referrals at the hospital that leads the alliance. They are
// made up, as all people here.
var demoStaff = []member{
	{"导办员", "周晓雯", "", "", account.Grant{Role: gate.Guide, Institution: workplace}},
	{"医师", "", region.Centre + "-01", "", account.Grant{Role: gate.Doctor}},
	{"护士", "", region.Centre + "-03", "", account.Grant{Role: gate.Nurse}},
	{"药师", "", region.Centre + "-04", "", account.Grant{Role: gate.Pharmacist}},
	{"医技人员", "", region.Centre + "-05", "", account.Grant{Role: gate.Technician}},
	{"机构管理处", "", region.Centre + "-06", "", account.Grant{Role: gate.Office}},
	{"机构管理员", "罗建平", "", "", account.Grant{Role: gate.Administrator, Institution: workplace}},
	{"上级医院医师", "", region.Hospital + "-01", "hospital", account.Grant{Role: gate.Doctor}},
	{"上级医院管理处", "", region.Hospital + "-23", "hospital", account.Grant{Role: gate.Office}},
	{"医保经办人员", "蔡文静", "", "", account.Grant{Role: gate.Insurer, Institution: "Organization/" + region.Insurer}},
	{"监管人员", "宋立群", "", "", account.Grant{Role: gate.Regulator, Institution: "Organization/" + region.Commission}},
	{"疾控人员", "韩雪梅", "", "", account.Grant{Role: gate.CDC, Institution: "Organization/" + region.CDC}},
	{"平台运维", "程浩然", "", "", account.Grant{Role: gate.Operator}},
}

// name is by which one signs in.
func (m member) name() string {
	if m.at == "" {
		return string(m.grant.Role)
	}
	return m.at + "-" + string(m.grant.Role)
}

// reference is the person of the record, "" for none.
func (m member) reference() string {
	if m.person == "" {
		return ""
	}
	return "Practitioner/" + m.person
}

// isAtWork tells whether the administrator of the workplace looks after the account.
func (m member) isAtWork() bool {
	return m.person != "" && m.at == "" || m.grant.Institution == workplace
}

// atWork is the hand of the administrator of the workplace.
func atWork(boss string) account.Hand {
	as := account.Capacity{Role: gate.Administrator, Institution: workplace}
	return account.HandOf(&account.Principal{Account: boss, Capacity: as})
}

// file is where the logins stand.
func (c *demoCommand) file() string { return filepath.Join(c.folder(), "logins.json") }

func (c *demoCommand) known() (l logins, err error) {
	text, err := os.ReadFile(c.file())
	if errors.Is(err, os.ErrNotExist) {
		return logins{Password: rand.Text(), Secrets: map[string]string{}}, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &l)
	}
	if err != nil {
		return l, fault.New(fault.Malformed, "The demo's logins in %s cannot be read. Remove the file; new ones are made then.", c.file()).Because(err)
	}
	return l, nil
}

// accounts makes the accounts of the demo, or finds those of an earlier run.
func (c *demoCommand) accounts(ctx context.Context, s app.Serve, who shown) (l logins, err error) {
	if l, err = c.known(); err != nil {
		return l, err
	}
	var letter caught
	on := app.Register{Database: s.Database, Key: s.Key, Zone: s.Zone, Sender: &letter}
	err = on.With(ctx, func(a *account.Accounts) error {
		first := slices.IndexFunc(demoStaff, func(m member) bool { return m.grant.Role == gate.Administrator })
		boss, err := l.hire(ctx, a, demoStaff[first], who, console())
		for i, one := range demoStaff {
			by := console()
			if err == nil && one.isAtWork() {
				by = atWork(boss)
			}
			if err == nil && i != first {
				_, err = l.hire(ctx, a, one, who, by)
			}
		}
		if err != nil {
			return err
		}
		for _, p := range []shownPerson{who.resident, who.proxy} {
			if err := letter.verify(ctx, a, p); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return l, err
	}
	text, err := json.Marshal(l)
	if err == nil {
		err = os.MkdirAll(c.folder(), 0o700)
	}
	if err == nil {
		err = os.WriteFile(c.file(), text, 0o600)
	}
	if err != nil {
		err = fault.Wrap(err, "keeping the demo's logins")
	}
	return l, err
}

// hire makes the account of somebody of staff, who takes its invitation; it gives the account's id.
func (l *logins) hire(ctx context.Context, a *account.Accounts, one member, who shown, by account.Hand) (id string, err error) {
	name := one.name()
	id, made, err := appoint(ctx, a, by, account.Account{Name: name, Called: who.called(one), Person: one.reference()}, one.grant)
	if err == nil && (made || l.Secrets[name] == "") {
		l.Secrets[name], err = enrol(ctx, a, id, name, l.Password)
	}
	return id, err
}

// appoint makes an account with its role, if it is not there of an earlier demo.
func appoint(ctx context.Context, a *account.Accounts, by account.Hand, new account.Account, grant account.Grant) (id string, made bool, err error) {
	id, err = a.Create(ctx, by, new)
	if fault.CodeOf(err) == fault.Conflict {
		who, _, err := a.Find(ctx, console(), new.Name)
		return who.ID, false, err
	}
	if err == nil && new.Person == "" {
		grant.Account = id
		_, err = a.Give(ctx, by, grant)
	}
	return id, true, err
}

// here is where the demo's own steps of a sign-in come from.
var here = account.From{Address: netip.MustParseAddr("127.0.0.1"), Agent: "yitong demo"}

// enrol takes an invitation as its person would: it chooses the password and sets up one-time passwords, whose secret it gives.
func enrol(ctx context.Context, a *account.Accounts, id, name, password string) (secret string, err error) {
	code, err := a.Invite(ctx, console(), id, true)
	if err != nil {
		return "", err
	}
	token, err := a.Accept(ctx, name, code, password, here)
	if err != nil {
		return "", err
	}
	s, err := a.Signed(ctx, token)
	if err != nil {
		return "", err
	}
	if _, secret, err = a.Seed(ctx, s); err != nil {
		return "", err
	}
	if s, err = a.Signed(ctx, token); err != nil {
		return "", err
	}
	// With the code of half a minute ago, so that the one of now is still there for the person.
	shown, err := totp.GenerateCode(secret, time.Now().Add(-oneTime))
	if err != nil {
		return "", err
	}
	if token, _, err = a.ConfirmSeed(ctx, s, shown, here); err != nil {
		return "", err
	}
	return secret, a.SignOut(ctx, token)
}

// oneTime is how long a one-time password is the one of now.
const oneTime = 30 * time.Second

// caught is the last text that would have gone to a phone. It implements [account.Sender].
type caught struct{ text string }

// Send implements [account.Sender].
func (c *caught) Send(_ context.Context, _, text string) error {
	c.text = text
	return nil
}

var phoneCode = regexp.MustCompile(`[0-9]{6}`)

// verify signs a resident in by phone for the first time and verifies the real name, so that the phone is enough from then on.
func (c *caught) verify(ctx context.Context, a *account.Accounts, p shownPerson) error {
	if p.name == "" {
		return nil // the city is very small
	}
	who, _, err := a.Find(ctx, console(), p.phone)
	if err == nil && who.Person == p.name && who.Verified(a.Now()) {
		return nil
	}
	if err := a.SendCode(ctx, p.phone, here); err != nil {
		return err
	}
	token, err := a.SignInByCode(ctx, p.phone, phoneCode.FindString(c.text), here)
	if err != nil {
		return err
	}
	s, err := a.Signed(ctx, token)
	if err != nil {
		return err
	}
	token, err = a.VerifyName(ctx, s, account.Claim{Name: p.called, System: profiles.CitizenID, Number: p.number}, here)
	return cmp.Or(err, a.SignOut(ctx, token))
}

// codes prints the one-time passwords of a moment.
func (c *demoCommand) codes(now time.Time) error {
	l, err := c.known()
	if err != nil {
		return err
	}
	if len(l.Secrets) == 0 {
		return fault.New(fault.NotFound, "There is no demo in %s. Start one: yitong demo.", c.folder())
	}
	t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	for _, one := range demoStaff {
		name := one.name()
		code, err := totp.GenerateCode(l.Secrets[name], now)
		if err != nil {
			return fault.Wrap(err, "making a one-time password")
		}
		fmt.Fprintf(t, "%s\t%s\t%s\n", name, code, one.title)
	}
	fmt.Fprintf(t, "\t\tfor another %s\n", now.Truncate(oneTime).Add(oneTime).Sub(now).Round(time.Second))
	return t.Flush()
}

// receive tells how to sign in, and what to look at first.
func (c *demoCommand) receive(site string, l logins, who shown) {
	fmt.Printf("Yitong serves %s\n\nA login for each role: by a button at %[1]s/auth/sign-in, on this machine. Or staff by the password %s and the code of now:\n\n", site, l.Password)
	t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	now := time.Now()
	for _, one := range demoStaff {
		name := one.name()
		code, err := totp.GenerateCode(l.Secrets[name], now)
		if err != nil {
			code = "" // --codes tells why
		}
		fmt.Fprintf(t, "  %s\t%s\t%s %s\n", name, code, one.title, who.called(one))
	}
	fmt.Fprintf(t, "  resident\t%s\t居民 %s, by phone\n", who.resident.phone, who.resident.called)
	fmt.Fprintf(t, "  proxy\t%s\t代办人 %s, by phone, then choose to act for %s\n", who.proxy.phone, who.proxy.called, who.ward.called)
	_ = t.Flush()
	again := "bin/yitong demo --codes"
	if c.DB != defaultDemo {
		again += " --db " + c.DB
	}
	fmt.Printf(`
Codes of later: %[5]s. Codes for phones: %[6]s, the last line.

Four things to try:

  1. As the doctor: %[1]s/app/residents/%[2]s
     all that the record has of somebody; and %[1]s/app/residents/%[4]s, of another centre: refused, and told what would open it.
  2. As the resident: %[1]s/app/looked
     who has looked at the record, the doctor of just now included, in plain words.
  3. As the proxy: %[1]s/app/record
     the record of %[3]s, for whom one acts; what is sensitive stays hidden.
  4. As the hospital-office: %[1]s/app/inbox
     a patient whom the centre refers up; approve, and book the visit out of the places for referrals: the resident reads when to come.

Without accounts: bin/yitong demo --auth none. Programs: docs/accounts.md. Stop with Ctrl-C.
`, site, who.resident.id(), who.ward.called, who.elsewhere.id(), again, c.letters())
}

// defaultDemo is the database of a demo that names none.
const defaultDemo = "sqlite:build/demo/yitong.db"
