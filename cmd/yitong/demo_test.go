package main

import (
	"context"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"yitong/internal/account"
	"yitong/internal/app"
	"yitong/internal/app/region"
	"yitong/internal/fault"
	"yitong/internal/gate"
	"yitong/internal/rest"
)

// small is a demo that a test makes.
func small(t *testing.T) (*demoCommand, app.Serve) {
	t.Helper()
	c := &demoCommand{DB: "sqlite:" + filepath.Join(t.TempDir(), "yitong.db"), Addr: "127.0.0.1:0", People: 90, Years: 1, Auth: "required"}
	s := app.Serve{
		Record: app.Record{Database: app.Database{DB: c.DB}, References: "check"}, Client: "demo", Addr: c.Addr, Auth: "none",
		MaxBody: 64 << 20, Zone: "Asia/Shanghai", LogLevel: "error", Drain: 5 * time.Second,
	}
	return c, s
}

// filled is a demo's record with its people in it, and so many years of their care.
func filled(t *testing.T, years int) (*demoCommand, app.Serve, shown) {
	t.Helper()
	c, s := small(t)
	c.Years = years
	a, err := app.New(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if err := c.own(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	who, err := c.fill(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.own(t.Context(), a); err != nil {
		t.Errorf("the demo does not know its own record: %v", err)
	}
	return c, s, who
}

// TestOneLoginForEachRole: by what the demo prints somebody can act in every role that there is, in that role alone; a second run finds
// the same logins, and they stand where nobody else reads them.
func TestOneLoginForEachRole(t *testing.T) {
	t.Parallel()
	c, s, who := filled(t, 1)
	l, err := c.accounts(t.Context(), s, who)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := c.accounts(t.Context(), s, who); err != nil || again.Password != l.Password || len(again.Secrets) != len(l.Secrets) {
		t.Errorf("a second run gives other logins, or %v", err)
	}
	if at, err := os.Stat(c.file()); err != nil || at.Mode().Perm() != 0o600 {
		t.Errorf("the logins stand as %v, %v", at.Mode(), err)
	}
	roles := map[gate.Role]bool{}
	var letter caught
	err = app.Register{Database: s.Database, Key: s.Key, Zone: s.Zone, Sender: &letter}.With(t.Context(), func(a *account.Accounts) error {
		for _, one := range demoStaff {
			can := signedInAs(t, a, one.name(), l)
			if len(can) != 1 || can[0] != one.grant.Role {
				t.Errorf("the %s can act as %v", one.name(), can)
			}
			roles[one.grant.Role] = true
		}
		if ids := lookedAfter(t, a, workplace); len(ids) != 6 {
			t.Errorf("the administrator looks after %d accounts", len(ids))
		}
		for _, p := range []struct {
			shownPerson
			role gate.Role
		}{{who.resident, gate.Resident}, {who.proxy, gate.Proxy}} {
			can := byPhone(t, a, &letter, p.phone)
			if !slices.Contains(can, gate.Resident) || !slices.Contains(can, p.role) {
				t.Errorf("%s can act as %v", p.role, can)
			}
			roles[p.role] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range gate.Roles() {
		if role != gate.System && !roles[role] {
			t.Errorf("nobody is %s", role)
		}
	}
	pressed(t, c, s, &buttons{logins: l, who: who, letters: c.letters(), last: map[string]int64{}})
	other := *c
	other.Seed = 7
	if err := opened(t, s, func(a *app.App) error { return other.own(t.Context(), a) }); fault.CodeOf(err) != fault.Forbidden {
		t.Errorf("a city of another seed would be put beside this one: %v", err)
	}
	if err := c.codes(time.Now()); err != nil {
		t.Error(err)
	}
}

// lookedAfter are the accounts that the administrator of an institution finds.
func lookedAfter(t *testing.T, a *account.Accounts, institution string) (ids []string) {
	t.Helper()
	by := account.HandOf(&account.Principal{Account: "test", Capacity: account.Capacity{Role: gate.Administrator, Institution: institution}})
	all, _, _, err := a.Staff(t.Context(), by, account.Sought{Most: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		if _, err := a.History(t.Context(), by, "account", e.ID); err != nil {
			t.Errorf("the history of %s: %v", e.Name, err)
		}
		ids = append(ids, e.ID)
	}
	return ids
}

// opened does something with a server of the record that listens to nobody.
func opened(t *testing.T, s app.Serve, do func(*app.App) error) error {
	t.Helper()
	a, err := app.New(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	return do(a)
}

// letterFile keeps the codes for phones as a server does that is told to write them into a file.
type letterFile string

// Send implements [account.Sender].
func (f letterFile) Send(_ context.Context, phone, text string) error {
	return os.WriteFile(string(f), []byte("+8619900000000 code 000000\n"+phone+" "+text+"\n"), 0o600)
}

// pressed presses each of the buttons: who is signed in is wholly so, and acts in the role; an account whose one-time passwords are used
// up has to wait.
func pressed(t *testing.T, c *demoCommand, s app.Serve, b *buttons) {
	t.Helper()
	ctx := t.Context()
	err := app.Register{Database: s.Database, Key: s.Key, Zone: s.Zone, Sender: letterFile(c.letters())}.With(ctx, func(a *account.Accounts) error {
		for _, p := range b.People() {
			token, err := b.SignIn(ctx, a, p.Name, here)
			if err != nil {
				t.Errorf("%s: %v", p.Name, err)
				continue
			}
			signed, err := a.Signed(ctx, token)
			if err != nil {
				return err
			}
			as, err := a.Acting(ctx, signed)
			if err != nil || signed.Session.Stage != account.Whole || as.Role != p.Role || p.Called == "" {
				t.Errorf("the button of the %s %q makes %+v, %v", p.Name, p.Called, as, err)
			}
			if p.At != "" && (p.At != b.who.hospital || as.Institution != "Organization/"+region.Hospital) {
				t.Errorf("the %s is at %q, and acts at %s", p.Name, p.At, as.Institution)
			}
		}
		if n := len(b.People()); n != len(gate.Roles())-1+2 { // nobody is a system, and two are at the hospital
			t.Errorf("there are %d buttons", n)
		}
		if _, err := b.SignIn(ctx, a, string(gate.System), here); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("a button for a system: %v", err)
		}
		var err error
		for range 3 { // a code of now, and those beside it
			if _, err = b.SignIn(ctx, a, string(gate.Doctor), here); err != nil {
				break
			}
		}
		if f := fault.From(err); f.Code != fault.TooOften || f.Wait <= 0 || f.Wait > 2*oneTime {
			t.Errorf("pressed again and again it says %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// signedInAs signs in by name, password and the code of now, and tells what the account can act as.
func signedInAs(t *testing.T, a *account.Accounts, name string, l logins) []gate.Role {
	t.Helper()
	ctx := t.Context()
	token, err := a.SignIn(ctx, name, l.Password, here)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	half, err := a.Signed(ctx, token)
	if err != nil {
		t.Fatal(err)
	}
	code, err := totp.GenerateCode(l.Secrets[name], time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if token, err = a.Second(ctx, half, code, here); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return can(ctx, t, a, token)
}

// byPhone signs a resident in by the code that goes to the phone.
func byPhone(t *testing.T, a *account.Accounts, letter *caught, phone string) []gate.Role {
	t.Helper()
	if err := a.SendCode(t.Context(), phone, here); err != nil {
		t.Fatal(err)
	}
	token, err := a.SignInByCode(t.Context(), phone, phoneCode.FindString(letter.text), here)
	if err != nil {
		t.Fatal(err)
	}
	return can(t.Context(), t, a, token)
}

func can(ctx context.Context, t *testing.T, a *account.Accounts, token string) (roles []gate.Role) {
	t.Helper()
	s, err := a.Signed(ctx, token)
	if err != nil {
		t.Fatal(err)
	}
	all, err := a.Capacities(ctx, &s.Account)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range all {
		roles = append(roles, one.Role)
	}
	return roles
}

// TestTheDemoLeavesOtherRecordsAlone: it puts nothing into a record in which there are other people, and gives nobody a login there.
func TestTheDemoLeavesOtherRecordsAlone(t *testing.T) {
	t.Parallel()
	c, s := small(t)
	a, err := app.New(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	other := []byte(`{"resourceType":"Bundle","type":"transaction","entry":[{"resource":{"resourceType":"Patient"},"request":{"method":"POST","url":"Patient"}}]}`)
	if _, _, err := (app.Local{Rest: a.Rest}).Send(t.Context(), other, "other"); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	c.Auth = "none"
	if err := c.Run(t.Context()); fault.CodeOf(err) != fault.Forbidden {
		t.Errorf("into another record the demo goes with %v", err)
	}
	if _, err := os.Stat(c.file()); !os.IsNotExist(err) {
		t.Errorf("there are logins: %v", err)
	}
}

// TestTheDemosWork: what the demo's people do by themselves leads to cases in the states that others are to find.
func TestTheDemosWork(t *testing.T) {
	t.Parallel()
	c, s, who := filled(t, 10)
	s.Auth, s.SMS.SMS, s.Addr = "required", "file:"+c.letters(), freeAddress(t)
	doors := &buttons{letters: c.letters(), who: who, last: map[string]int64{}}
	s.Demo = doors
	a, err := app.New(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if doors.logins, err = c.accounts(t.Context(), s, who); err != nil {
		t.Fatal(err)
	}
	serving, stop := context.WithCancel(t.Context())
	defer stop()
	if err := a.Listen(serving, func(addr string) {
		defer stop()
		site := strings.TrimSuffix(a.Base(addr), rest.Base)
		if err := work(t.Context(), site, who); err != nil {
			t.Error(err)
			return
		}
		waits(t, site, string(gate.Office), "Task?code=urn:yitong:process|referral-up", "receiving-review", "scheduled")
		waits(t, site, hospitalOffice, "Task/$inbox?of=office", "receiving-review")
		waits(t, site, hospitalDoctor, "Task/$inbox", "scheduled")
		waits(t, site, string(gate.Doctor), "Task/$inbox", "in-care")
	}); err != nil {
		t.Fatal(err)
	}
}

// waits checks that somebody is told of cases in some states.
func waits(t *testing.T, site, name, asked string, states ...string) {
	t.Helper()
	v, err := enter(t.Context(), site, name)
	if err != nil {
		t.Error(err)
		return
	}
	text, err := v.send(t.Context(), http.MethodGet, rest.Base+"/"+asked, "", nil)
	for _, state := range states {
		if err != nil || !strings.Contains(string(text), `"`+state+`"`) {
			t.Errorf("the %s finds nothing in %s that is %s: %v", name, asked, state, err)
		}
	}
}

// freeAddress is one of this machine at which nobody listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// TestDemoAnswersThisMachineOnly: a demo, whose password stands on a screen, is not served to others.
func TestDemoAnswersThisMachineOnly(t *testing.T) {
	t.Parallel()
	c, _ := small(t)
	c.Addr = "192.0.2.1:8080"
	if err := c.Run(t.Context()); fault.CodeOf(err) != fault.Forbidden {
		t.Errorf("served to others it says %v", err)
	}
}

// TestPastDay: on the days of the demo's queue everybody comes once, nobody is called before they come, and the doctor sees one at a time.
func TestPastDay(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 0))
	for range 50 {
		seen, free := map[string]bool{}, time.Time{}
		all := pastDay(r, time.Date(2026, 5, 11, 0, 0, 0, 0, china))
		for _, p := range all {
			switch {
			case p.Over.Before(p.Arrived) || p.Ahead < 0 || p.Ahead >= len(all):
				t.Fatalf("%s comes %s and is ready %s", p.ID, p.Arrived, p.Over)
			case !p.Called.IsZero() && (p.Called.Before(p.Arrived) || p.Called.Before(free)):
				t.Fatalf("%s is called too early", p.ID)
			case !p.Called.IsZero():
				free = p.Over
			}
			if _, err := p.Resource(); err != nil || seen[p.ID] {
				t.Fatalf("%s stands there twice, or %v", p.ID, err)
			}
			seen[p.ID] = true
		}
		if len(all) != perDay {
			t.Fatalf("%d come", len(all))
		}
	}
}
