package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"yitong/internal/account"
	"yitong/internal/app"
	"yitong/internal/fault"
	"yitong/internal/gate"
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

// filled is a demo's record with its people in it.
func filled(t *testing.T) (*demoCommand, app.Serve, shown) {
	t.Helper()
	c, s := small(t)
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
	c, s, who := filled(t)
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
			can := signedInAs(t, a, string(one.grant.Role), l)
			if len(can) != 1 || can[0] != one.grant.Role {
				t.Errorf("the %s can act as %v", one.grant.Role, can)
			}
			roles[one.grant.Role] = true
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
	if err := c.codes(time.Now()); err != nil {
		t.Error(err)
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

// TestDemoAnswersThisMachineOnly: a demo, whose password stands on a screen, is not served to others.
func TestDemoAnswersThisMachineOnly(t *testing.T) {
	t.Parallel()
	c, _ := small(t)
	c.Addr = "192.0.2.1:8080"
	if err := c.Run(t.Context()); fault.CodeOf(err) != fault.Forbidden {
		t.Errorf("served to others it says %v", err)
	}
}
