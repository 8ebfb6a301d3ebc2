package main

import (
	"context"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pquerna/otp/totp"

	"yitong/internal/account"
	"yitong/internal/fault"
	"yitong/internal/gate"
	"yitong/internal/rest/auth"
)

// buttons sign in the demo's people, by the same steps as they would take: password and one-time password, or the code for the phone.
type buttons struct {
	logins  logins
	who     shown
	letters string // the file to which codes for phones go

	one  sync.Mutex       // signs in at a time
	last map[string]int64 // step of the one-time password that was used last, by this, of each name
}

// People implements [auth.Demo].
func (b *buttons) People() []auth.DemoPerson {
	people := []auth.DemoPerson{
		{Name: string(gate.Resident), Role: gate.Resident, Called: b.who.resident.called},
		{Name: string(gate.Proxy), Role: gate.Proxy, Called: b.who.proxy.called},
	}
	for _, one := range demoStaff {
		p := auth.DemoPerson{Name: one.name(), Role: one.grant.Role, Called: b.who.called(one)}
		if one.at != "" {
			p.At = b.who.hospital
		}
		people = append(people, p)
	}
	return slices.DeleteFunc(people, func(p auth.DemoPerson) bool { return p.Called == "" }) // the city is very small
}

// SignIn implements [auth.Demo].
func (b *buttons) SignIn(ctx context.Context, a *account.Accounts, name string, from account.From) (token string, err error) {
	b.one.Lock()
	defer b.one.Unlock()
	people := b.People()
	at := slices.IndexFunc(people, func(p auth.DemoPerson) bool { return p.Name == name })
	if at < 0 {
		return "", fault.New(fault.NotFound, "Nobody of the demo has this name.")
	}
	role := people[at].Role
	switch role {
	case gate.Resident:
		token, err = b.byPhone(ctx, a, b.who.resident.phone, from)
	case gate.Proxy:
		token, err = b.byPhone(ctx, a, b.who.proxy.phone, from)
	default:
		token, err = b.byPassword(ctx, a, name, from)
	}
	if err != nil {
		return "", err
	}
	s, err := a.Signed(ctx, token)
	if err != nil {
		return "", err
	}
	can, err := a.Capacities(ctx, &s.Account)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(can, func(c account.Capacity) bool { return c.Role == role })
	if i < 0 {
		return "", fault.New(fault.NotFound, "Nobody of the demo has this role any more.")
	}
	return a.Act(ctx, s, can[i].Source)
}

// byPassword signs in somebody of staff. A one-time password counts once, and those half a minute early and late are taken too: one that
// has not been used is there unless the same person has signed in three times in a moment.
func (b *buttons) byPassword(ctx context.Context, a *account.Accounts, name string, from account.From) (token string, err error) {
	now, period := a.Now(), int64(oneTime/time.Second)
	step := now.Unix() / period
	if last := b.last[name]; last > step {
		return "", again(last, now)
	}
	if token, err = a.SignIn(ctx, name, b.logins.Password, from); err != nil {
		return "", err
	}
	half, err := a.Signed(ctx, token)
	if err != nil {
		return "", err
	}
	for try := max(step-1, b.last[name]+1); try <= step+1; try++ {
		code, err := totp.GenerateCode(b.logins.Secrets[name], time.Unix(try*period, 0))
		if err != nil {
			return "", fault.Wrap(err, "making a one-time password")
		}
		b.last[name] = try
		token, err := a.Second(ctx, half, code, from)
		if fault.CodeOf(err) != fault.Unknown { // somebody has typed that one
			return token, err
		}
	}
	return "", again(b.last[name], now)
}

// again says when there is a one-time password that nobody has used.
func again(last int64, now time.Time) error {
	f := fault.New(fault.TooOften, "The one-time passwords of now are used. Wait half a minute.")
	f.Wait = time.Unix(last*int64(oneTime/time.Second), 0).Sub(now)
	return f
}

// byPhone signs a resident in.
func (b *buttons) byPhone(ctx context.Context, a *account.Accounts, phone string, from account.From) (token string, err error) {
	if phone, err = account.CheckPhone(phone); err != nil {
		return "", err
	}
	if err := a.SendCode(ctx, phone, from); err != nil {
		return "", err
	}
	text, err := os.ReadFile(b.letters)
	if err != nil {
		return "", fault.Wrap(err, "reading the code for the phone")
	}
	letter := string(text)[strings.LastIndex(string(text), phone+" ")+len(phone):]
	return a.SignInByCode(ctx, phone, phoneCode.FindString(letter), from)
}
