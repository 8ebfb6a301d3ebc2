package account_test

import (
	"encoding/base32"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yitong/internal/account"
	"yitong/internal/fault"
)

// TestSetUp: what an app is given is what RFC 6238 and the apps' address form want, and the set-up makes the session whole.
func TestSetUp(t *testing.T) {
	eachDatabase(t, func(w world) {
		who := w.newStaff("wang")
		first := who.Token
		_, _, err := w.ConfirmSeed(w.Context(), w.signed(first), "123456", here)
		refused(w, err, fault.Precondition) // was not begun
		address, secret, err := w.Seed(w.Context(), w.signed(first))
		good(w, err)
		u, err := url.Parse(address)
		if err != nil || u.Scheme != "otpauth" || u.Host != "totp" || u.Path != "/Yitong:wang" ||
			u.Query().Get("secret") != secret || u.Query().Get("issuer") != "Yitong" {
			w.Errorf("the address is %q", address)
		}
		if seed, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret); err != nil || len(seed) != 20 {
			w.Errorf("the secret is %q", secret)
		}
		_, again, err := w.Seed(w.Context(), w.signed(first)) // another one takes its place
		good(w, err)
		if again == secret {
			w.Error("the same secret twice")
		}
		_, _, err = w.ConfirmSeed(w.Context(), w.signed(first), w.code(secret), here)
		refused(w, err, fault.Unknown)
		if s := w.signed(first); s.Account.Strong() || s.Session.Stage != account.Half {
			w.Fatal("a wrong code ended the set-up")
		}
		token, spare, err := w.ConfirmSeed(w.Context(), w.signed(first), " "+w.code(again)[:3]+" "+w.code(again)[3:], here)
		good(w, err)
		if s := w.signed(token); s.Session.Stage != account.Whole ||
			!slices.Equal(s.Session.Methods, []string{"pwd", "otp"}) || !s.Account.Strong() || s.Session.Pending != nil {
			w.Errorf("the session is %+v", s.Session)
		}
		_, err = w.Signed(w.Context(), first)
		refused(w, err, fault.Unknown)
		slices.Sort(spare)
		if len(slices.Compact(spare)) != 10 {
			w.Errorf("the spare codes are %q", spare)
		}
		_, err = w.Second(w.Context(), w.half("wang"), w.code(again), here) // the code of the set-up has been used
		refused(w, err, fault.Unknown)
	})
}

// TestOneTimePasswords: one step to each side is taken, none twice, and none before one that was taken.
func TestOneTimePasswords(t *testing.T) {
	eachDatabase(t, func(w world) {
		wang := w.hire(account.Account{Name: "wang"})
		show := func(aside time.Duration) error {
			code := oneTime(wang.Secret, w.clock.Now().Add(aside))
			_, err := w.Second(w.Context(), w.half("wang"), code, here)
			return err
		}
		const step = 30 * time.Second
		for _, c := range []struct {
			after, aside time.Duration
			good         bool
		}{
			{5 * time.Minute, -2 * step, false},
			{0, 2 * step, false},
			{0, -step, true},
			{0, -step, false}, // again
			{0, 0, true},
			{0, 0, false},
			{0, -step, false}, // an earlier one
			{0, step, true},
			{step, 0, false}, // it was that one
			{0, step, true},
			{5 * time.Minute, 0, true},
			{time.Hour, -time.Hour, false},
		} {
			w.clock.forward(c.after)
			err := show(c.aside)
			if c.good && err != nil || !c.good && fault.CodeOf(err) != fault.Unknown {
				w.Errorf("%v after, %v aside: %v", c.after, c.aside, err)
			}
		}
		w.clock.forward(time.Hour)
		for _, code := range []string{"", "0", "12345", "1234567", "abcdef", strings.Repeat("1", 10_000), "１２３４５６"} {
			w.clock.forward(time.Hour)
			_, err := w.Second(w.Context(), w.half("wang"), code, here)
			refused(w, err, fault.Unknown)
		}
	})
}

// TestRacingCodes: of many sessions that show one code at the same moment, at two servers, one is signed in.
func TestRacingCodes(t *testing.T) {
	for name, pick := range map[string]func(world, staff) string{
		"one-time": func(w world, s staff) string { return w.code(s.Secret) },
		"spare":    func(_ world, s staff) string { return s.Spare[3] },
	} {
		t.Run(name, func(t *testing.T) {
			eachDatabase(t, func(w world) {
				wang := w.hire(account.Account{Name: "wang"})
				w.clock.forward(time.Minute)
				code := pick(w, wang)
				servers := []world{w, w.on(w.server())}
				var halves []*account.Signed
				for range 5 {
					halves = append(halves, w.half("wang"))
				}
				var group sync.WaitGroup
				var mu sync.Mutex
				var tokens []string
				for i, half := range halves {
					group.Go(func() {
						token, err := servers[i%2].Second(w.Context(), half, code, here)
						mu.Lock()
						defer mu.Unlock()
						if err == nil {
							tokens = append(tokens, token)
						} else if c := fault.CodeOf(err); c != fault.Unknown && c != fault.Unavailable && c != fault.TooOften && c != fault.Conflict {
							t.Error(err)
						}
					})
				}
				group.Wait()
				if len(tokens) != 1 {
					t.Fatalf("%d sessions were signed in by one code", len(tokens))
				}
				whole := 0
				for _, s := range must(w.Sessions(w.Context(), wang.ID))(w) {
					if s.Stage == account.Whole {
						whole++
					}
				}
				if whole != 2 { // and the one of the set-up
					t.Errorf("%d sessions are whole", whole)
				}
			})
		})
	}
}

// TestSpareCodes: each signs in once, however it is typed; new ones take the place of the old ones.
func TestSpareCodes(t *testing.T) {
	eachDatabase(t, func(w world) {
		wang := w.hire(account.Account{Name: "wang"})
		zhao := w.hire(account.Account{Name: "zhao"})
		show := func(code string) (string, error) { return w.Second(w.Context(), w.half("wang"), code, here) }
		token := must(show(strings.ToLower(strings.ReplaceAll(wang.Spare[0], "-", " "))))(w)
		if s := w.signed(token); !slices.Equal(s.Session.Methods, []string{"pwd", "rec"}) || len(s.Account.Spare) != 9 {
			w.Errorf("the session is %+v with %d codes left", s.Session, len(s.Account.Spare))
		}
		for _, code := range []string{wang.Spare[0], zhao.Spare[0], wang.Spare[1][:22], wang.Spare[1] + "A"} {
			_, err := show(code)
			refused(w, err, fault.Unknown)
		}
		must(show(wang.Spare[1]))(w)
		fresh := must(w.Spares(w.Context(), w.signed(token)))(w)
		_, err := show(wang.Spare[2])
		refused(w, err, fault.Unknown)
		must(show(fresh[9]))(w)

		half := w.newStaff("chen")
		_, err = w.Spares(w.Context(), w.signed(half.Token))
		refused(w, err, fault.Unknown)
		w.clock.forward(11 * time.Minute)
		_, err = w.Spares(w.Context(), w.signed(token))
		refused(w, err, fault.Unknown) // not fresh
	})
}

// TestHalfCannotAct: who has shown only the password can do nothing but show the second factor.
func TestHalfCannotAct(t *testing.T) {
	eachDatabase(t, func(w world) {
		wang := w.hire(account.Account{Name: "wang"})
		grant := w.give(wang.ID, "doctor", "Organization/a")
		half := must(w.SignIn(w.Context(), "wang", password, here))(w)
		s := w.signed(half)
		if s.Session.Stage != account.Half {
			w.Fatalf("the session is %+v", s.Session)
		}
		for name, do := range map[string]func() error{
			"BySession":      func() error { _, err := w.BySession(w.Context(), half); return err },
			"Acting":         func() error { _, err := w.Acting(w.Context(), s); return err },
			"Act":            func() error { _, err := w.Act(w.Context(), s, "grant/"+grant); return err },
			"Seed":           func() error { _, _, err := w.Seed(w.Context(), s); return err },
			"NewPasskey":     func() error { _, err := w.NewPasskey(w.Context(), s); return err },
			"Spares":         func() error { _, err := w.Spares(w.Context(), s); return err },
			"DropSeed":       func() error { return w.DropSeed(w.Context(), s) },
			"DropPasskey":    func() error { return w.DropPasskey(w.Context(), s, "00") },
			"ChangePassword": func() error { return w.ChangePassword(w.Context(), s, password, "another horse battery staple", here) },
			"VerifyName": func() error {
				_, err := w.VerifyName(w.Context(), s, account.Claim{Name: "李小明", System: card, Number: "110101199001011237"}, here)
				return err
			},
		} {
			if err := do(); fault.CodeOf(err) != fault.Unknown {
				w.Errorf("%s: %v", name, err)
			}
		}
		// What was begun before the account had a second factor cannot be ended after.
		who := w.newStaff("zhao")
		thief := w.half("zhao")
		_, secret, err := w.Seed(w.Context(), thief)
		good(w, err)
		w.setUp(who)
		_, _, err = w.ConfirmSeed(w.Context(), thief, w.code(secret), here)
		refused(w, err, fault.Conflict)
		_, err = w.Second(w.Context(), w.half("zhao"), w.code(secret), here)
		refused(w, err, fault.Unknown)
	})
}

// TestFresh: how one signs in is changed only by who has shown a moment ago who they are; a second factor alone, shown again,
// does not make a session fresh.
func TestFresh(t *testing.T) {
	eachDatabase(t, func(w world) {
		wang := w.hire(account.Account{Name: "wang"})
		w.clock.forward(10 * time.Minute)
		_, _, err := w.Seed(w.Context(), w.signed(wang.Token))
		good(w, err)
		w.clock.forward(time.Second)
		_, _, err = w.Seed(w.Context(), w.signed(wang.Token))
		refused(w, err, fault.Unknown)
		_, _, err = w.ConfirmSeed(w.Context(), w.signed(wang.Token), "123456", here) // what was begun in time ends in time
		refused(w, err, fault.Unknown)
		refused(w, w.DropSeed(w.Context(), w.signed(wang.Token)), fault.Unknown)
		again, err := w.Second(w.Context(), w.signed(wang.Token), w.code(wang.Secret), here)
		if err == nil {
			_, err = w.Spares(w.Context(), w.signed(again))
		}
		refused(w, err, fault.Unknown)
		half := must(w.SignIn(w.Context(), "wang", password, here))(w)
		w.clock.forward(9 * time.Minute)
		wang.Token = must(w.Second(w.Context(), w.signed(half), w.code(wang.Secret), here))(w)
		w.clock.forward(9 * time.Minute)                                              // it counts from the second factor on
		refused(w, w.DropSeed(w.Context(), w.signed(wang.Token)), fault.Precondition) // the only one
	})
}

// TestNewSeed: an app on a new phone takes the place of the old one, and all other sessions end.
func TestNewSeed(t *testing.T) {
	eachDatabase(t, func(w world) {
		wang := w.hire(account.Account{Name: "wang"})
		old := wang
		w.signIn(&wang)
		w.clock.forward(time.Minute)
		w.setUp(&wang)
		_, err := w.Signed(w.Context(), old.Token)
		refused(w, err, fault.Unknown)
		w.clock.forward(time.Minute)
		_, err = w.Second(w.Context(), w.half("wang"), w.code(old.Secret), here)
		refused(w, err, fault.Unknown)
		_, err = w.Second(w.Context(), w.half("wang"), old.Spare[0], here)
		refused(w, err, fault.Unknown)
		must(w.Second(w.Context(), w.half("wang"), w.code(wang.Secret), here))(w)
	})
}

// TestChangesAreTold: whoever has an account of staff with a phone is told when how one signs in by it changes, and of no
// other change. That it cannot be told stops nothing.
func TestChangesAreTold(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.phones.told = make(chan string, 100)
		const phone = "+8613900000007"
		zhao := w.hire(account.Account{Name: "zhao"}) // has none
		wang := w.hire(account.Account{Name: "wang", Phone: phone})
		told := func(what string, times int) {
			w.Helper()
			for range times {
				select {
				case to := <-w.phones.told:
					if to != phone {
						w.Errorf("%s: %s was told", what, to)
					}
				case <-time.After(20 * time.Second):
					w.Fatalf("%s: nobody was told", what)
				}
			}
		}
		told("the invitation and the app", 2)
		device := newAuthenticator(w)
		w.addPasskey(&wang, "key", device)
		told("a passkey", 1)
		must(w.Spares(w.Context(), w.signed(wang.Token)))(w)
		told("spare codes", 1)
		good(w, w.DropSeed(w.Context(), w.signed(wang.Token)))
		told("no app any more", 1)
		refused(w, w.DropPasskey(w.Context(), w.signed(wang.Token), "00"), fault.NotFound)
		w.phones.failing(fault.New(fault.Unavailable, "The service is down."))
		good(w, w.ChangePassword(w.Context(), w.signed(wang.Token), password, "another horse battery staple", here))
		told("the password", 1)
		good(w, w.ChangePassword(w.Context(), w.signed(zhao.Token), password, "another horse battery staple", here))
		if n := len(w.phones.told); n > 0 {
			w.Errorf("%d were told of nothing", n)
		}
	})
}
