package account_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"yitong/internal/account"
	"yitong/internal/fault"
)

// TestInvitations hold once, for three days, for the account that they are of.
func TestInvitations(t *testing.T) {
	eachDatabase(t, func(w world) {
		id := must(w.Create(w.Context(), account.Console, account.Account{Name: "wang"}))(w)
		other := must(w.Create(w.Context(), account.Console, account.Account{Name: "zhao"}))(w)
		accept := func(name, code, password string) (string, error) {
			return w.Accept(w.Context(), name, code, password, here)
		}
		_, err := accept("wang", "", password) // there is none yet
		none := refused(w, err, fault.Unknown)
		first := must(w.Invite(w.Context(), account.Console, id, false))(w)
		code := must(w.Invite(w.Context(), account.Console, id, false))(w)
		theirs := must(w.Invite(w.Context(), account.Console, other, false))(w)
		for _, c := range []struct{ name, code string }{
			{"wang", first}, {"wang", theirs}, {"zhao", code}, {"wang", code[:22]}, {"wang", ""}, {"nobody", code},
		} {
			_, err := accept(c.name, c.code, password)
			if m := refused(w, err, fault.Unknown); m != none {
				w.Errorf("%v is refused in other words: %s", c, m)
			}
			w.clock.forward(10 * time.Minute)
		}
		_, err = accept("wang", code, "password1234")
		refused(w, err, fault.Unprocessable)
		_, err = accept("1", code, password)
		refused(w, err, fault.Malformed)
		token := must(accept(" Wang", strings.ToLower(strings.ReplaceAll(code, "-", "")), password))(w)
		if s := w.signed(token); s.Session.Stage != account.Half || s.Account.ID != id || s.Account.Invite != nil {
			w.Errorf("the session is %+v", s)
		}
		_, err = accept("wang", code, "another horse battery staple")
		refused(w, err, fault.Unknown)
		must(w.SignIn(w.Context(), "wang", password, here))(w)

		w.clock.forward(72*time.Hour - 6*10*time.Minute)
		_, err = accept("zhao", theirs, password)
		refused(w, err, fault.Unknown)
		theirs = must(w.Invite(w.Context(), account.Console, other, false))(w)
		w.clock.forward(72*time.Hour - time.Microsecond)
		must(accept("zhao", theirs, password))(w)
	})
}

// TestInvitationsEnd to the microsecond, and with the account.
func TestInvitationsEnd(t *testing.T) {
	eachDatabase(t, func(w world) {
		id := must(w.Create(w.Context(), account.Console, account.Account{Name: "wang"}))(w)
		code := must(w.Invite(w.Context(), account.Console, id, false))(w)
		w.clock.forward(72 * time.Hour)
		_, err := w.Accept(w.Context(), "wang", code, password, here)
		refused(w, err, fault.Unknown)
		code = must(w.Invite(w.Context(), account.Console, id, false))(w)
		good(w, w.Disable(w.Context(), account.Console, id, "left"))
		_, err = w.Accept(w.Context(), "wang", code, password, here)
		refused(w, err, fault.Unknown)
		good(w, w.Disable(w.Context(), account.Console, id, ""))
		must(w.Accept(w.Context(), "wang", code, password, here))(w)
	})
}

// TestReset: who has lost the second factor gets a new start; who has lost only the password keeps the factor.
func TestReset(t *testing.T) {
	eachDatabase(t, func(w world) {
		wang := w.hire(account.Account{Name: "wang"})
		w.addPasskey(&wang, "key", newAuthenticator(w))
		for _, reset := range []bool{false, true} {
			before := wang
			code := must(w.Invite(w.Context(), account.Console, wang.ID, reset))(w)
			w.signed(before.Token) // until it is taken nothing changes
			must(w.SignIn(w.Context(), "wang", password, here))(w)
			token := must(w.Accept(w.Context(), "wang", code, password, here))(w)
			_, err := w.Signed(w.Context(), before.Token)
			refused(w, err, fault.Unknown)
			s := w.signed(token)
			if s.Session.Stage != account.Half || s.Account.Strong() == reset || (len(s.Account.Spare) == 0) != reset {
				w.Fatalf("with reset %t: %+v", reset, s.Account)
			}
			w.clock.forward(time.Minute)
			if wang.Token = token; reset {
				w.setUp(&wang)
				continue
			}
			_, _, err = w.Seed(w.Context(), s)
			refused(w, err, fault.Unknown) // the factor that is there is shown first
			wang.Token = must(w.Second(w.Context(), s, w.code(wang.Secret), here))(w)
		}
	})
}

// TestInvitationsAtOnce: of many who take one at the same moment, one has it, and that one's password counts.
func TestInvitationsAtOnce(t *testing.T) {
	eachDatabase(t, func(w world) {
		id := must(w.Create(w.Context(), account.Console, account.Account{Name: "wang"}))(w)
		code := must(w.Invite(w.Context(), account.Console, id, false))(w)
		passwords := []string{"one horse battery staple", "two horse battery staple", "three horse battery staple", "four horse battery staple"}
		tokens := make([]string, len(passwords))
		var group sync.WaitGroup
		for i, p := range passwords {
			group.Go(func() {
				token, err := w.Accept(w.Context(), "wang", code, p, at("192.0.2.9"))
				if err == nil {
					tokens[i] = token
				} else if c := fault.CodeOf(err); c != fault.Unknown && c != fault.Unavailable && c != fault.Conflict {
					w.Error(err)
				}
			})
		}
		group.Wait()
		taken := 0
		for i, token := range tokens {
			_, err := w.SignIn(w.Context(), "wang", passwords[i], here)
			if (err == nil) != (token != "") {
				w.Errorf("password %d: accepted %t, signs in: %v", i, token != "", err)
			}
			if token != "" {
				w.signed(token)
				taken++
			}
		}
		if taken != 1 {
			w.Errorf("%d took the invitation", taken)
		}
	}, func(c *account.Config) { c.Work = account.UsualWork }) // hashes that are made side by side end side by side
}

// TestReadable: codes that are typed from paper have 100 bits and no characters that look alike.
func TestReadable(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	letters := map[rune]int{}
	for range 2000 {
		code := account.Readable()
		if len(code) != 23 || strings.Trim(code, "23456789ABCDEFGHJKLMNPQRSTUVWXYZ-") != "" || seen[code] {
			t.Fatalf("%q", code)
		}
		seen[code] = true
		for _, c := range code {
			letters[c]++
		}
	}
	for c, n := range letters { // 1250 of each are expected; the deviation is 35
		if c != '-' && (n < 1000 || n > 1500) {
			t.Errorf("%c comes %d times", c, n)
		}
	}
	if len(letters) != 33 {
		t.Errorf("%d characters", len(letters))
	}
}
