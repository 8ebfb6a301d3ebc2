package account_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yitong/internal/account"
	"yitong/internal/fault"
	"yitong/internal/store"
)

// dead fails the test unless a token is one of nobody.
func (w world) dead(token string) {
	w.Helper()
	for _, ask := range []func() error{
		func() error { _, err := w.Signed(w.Context(), token); return err },
		func() error { _, err := w.BySession(w.Context(), token); return err },
	} {
		refused(w, ask(), fault.Unknown)
	}
}

// TestNoFixation: the token changes at every step, and the one before is dead, on every server.
func TestNoFixation(t *testing.T) {
	eachDatabase(t, func(w world) {
		wang := w.hire(account.Account{Name: "wang"})
		grant := w.give(wang.ID, "guide", "Organization/a")
		w.clock.forward(time.Minute)
		var tokens []string
		step := func(token string, err error) *account.Signed {
			w.Helper()
			good(w, err)
			for _, old := range tokens {
				w.dead(old)
				w.on(w.server()).dead(old)
			}
			tokens = append(tokens, token)
			return w.signed(token)
		}
		s := step(w.SignIn(w.Context(), "wang", password, here))
		began := s.Session.Began
		s = step(w.Second(w.Context(), s, w.code(wang.Secret), here))
		w.clock.forward(time.Second)
		s = step(w.Act(w.Context(), s, "grant/"+grant))
		s = step(w.Act(w.Context(), s, "grant/"+grant)) // the same again
		device := newAuthenticator(w)
		options := must(w.NewPasskey(w.Context(), s))(w)
		token, _, err := w.AddPasskey(w.Context(), w.signed(tokens[len(tokens)-1]), "key", device.create(w, options))
		s = step(token, err)
		if !s.Session.Began.Equal(began) || s.Session.Acting != "grant/"+grant {
			w.Errorf("the session is %+v", s.Session)
		}
		if slices.Contains(tokens, "") || len(tokens[0]) != 43 {
			w.Errorf("the tokens are %q", tokens)
		}

		tokens = nil
		s = step(w.resident("13900000001"), nil)
		claim := account.Claim{Name: "李小明", System: card, Number: "110101199001011237"}
		token, err = w.VerifyName(w.Context(), s, claim, here)
		step(token, err)
	})
}

// TestTokensThatAreNone are those of nobody, whatever they look like.
func TestTokensThatAreNone(t *testing.T) {
	eachDatabase(t, func(w world) {
		wang := w.hire(account.Account{Name: "wang"})
		id := w.signed(wang.Token).Session.ID
		for _, token := range []string{"", "x", id, wang.Token + "=", wang.Token[:42], " " + wang.Token, "\x00", strings.Repeat("a", 1<<20), "'; DROP TABLE item; --"} {
			w.dead(token)
			good(w, w.SignOut(w.Context(), token))
		}
		w.signed(wang.Token)
	})
}

// TestSessionsEnd after half an hour without use, after twelve hours at all, half ones after ten minutes.
func TestSessionsEnd(t *testing.T) {
	eachDatabase(t, func(w world) {
		wang := w.hire(account.Account{Name: "wang"})
		// Idle.
		w.clock.forward(30*time.Minute - time.Microsecond)
		w.signed(wang.Token)
		w.clock.forward(30*time.Minute - time.Microsecond) // it has been used
		w.signed(wang.Token)
		w.clock.forward(30 * time.Minute)
		w.dead(wang.Token)
		if open := must(w.Sessions(w.Context(), wang.ID))(w); len(open) != 0 {
			w.Errorf("listed: %+v", open)
		}
		// A use within a minute of the last is not noted.
		w.signIn(&wang)
		w.clock.forward(59 * time.Second)
		w.signed(wang.Token)
		w.clock.forward(30*time.Minute - 59*time.Second)
		w.dead(wang.Token)
		// At all, however much it is used, and whatever is done in it.
		w.signIn(&wang)
		grant := w.give(wang.ID, "guide", "Organization/a")
		for range 12*3 - 1 {
			w.clock.forward(20 * time.Minute)
			w.act(&wang, "grant/"+grant)
		}
		w.clock.forward(20*time.Minute - time.Microsecond)
		w.signed(wang.Token)
		w.clock.forward(time.Microsecond)
		w.dead(wang.Token)
		// Half: use does not draw it out.
		half := must(w.SignIn(w.Context(), "wang", password, here))(w)
		w.clock.forward(9 * time.Minute)
		s := w.signed(half)
		_, err := w.Second(w.Context(), s, "", here)
		refused(w, err, fault.Unknown)
		w.clock.forward(time.Minute)
		w.dead(half)
	})
}

// TestSetUpInTime: a half session in which a factor is being set up lasts no longer for that.
func TestSetUpInTime(t *testing.T) {
	eachDatabase(t, func(w world) {
		who := w.newStaff("wang")
		w.clock.forward(9 * time.Minute)
		_, _, err := w.Seed(w.Context(), w.signed(who.Token))
		good(w, err)
		w.clock.forward(time.Minute)
		w.dead(who.Token)
	})
}

// TestTouch: many uses at the same moment are one, and do not stand in each other's way.
func TestTouch(t *testing.T) {
	eachDatabase(t, func(w world) {
		wang := w.hire(account.Account{Name: "wang"})
		grant := w.give(wang.ID, "guide", "Organization/a")
		w.act(&wang, "grant/"+grant)
		w.clock.forward(20 * time.Minute)
		other := w.server()
		var group sync.WaitGroup
		for i := range 16 {
			server := []*account.Accounts{w.Accounts, other}[i%2]
			group.Go(func() {
				if _, err := server.BySession(w.Context(), wang.Token); err != nil {
					w.Error(err)
				}
			})
		}
		group.Wait()
		w.clock.forward(20 * time.Minute)
		if s := w.signed(wang.Token); s.Session.Acting != "grant/"+grant {
			w.Errorf("the session is %+v", s.Session)
		}
	})
}

// TestMySessions are listed with where they are, and end one by one; nobody ends another's.
func TestMySessions(t *testing.T) {
	eachDatabase(t, func(w world) {
		wang := w.hire(account.Account{Name: "wang"})
		zhao := w.hire(account.Account{Name: "zhao"})
		for i := range 3 {
			w.clock.forward(time.Minute)
			from := account.From{Address: netip.MustParseAddr(fmt.Sprintf("2001:db8::%d", i)), Agent: strings.Repeat("语", 100)}
			half := must(w.SignIn(w.Context(), "wang", password, from))(w)
			must(w.Second(w.Context(), w.signed(half), w.code(wang.Secret), from))(w)
		}
		open := must(w.Sessions(w.Context(), wang.ID))(w)
		if len(open) != 4 || open[0].From != "2001:db8::/64" || open[3].From != "192.0.2.1" || open[3].Agent != "Firefox" {
			w.Fatalf("listed: %+v", open)
		}
		if a := open[0].Agent; len(a) > 200 || strings.Trim(a, "语") != "" {
			w.Errorf("the browser is called %q", a)
		}
		if !slices.IsSortedFunc(open, func(a, b account.Session) int { return b.Began.Compare(a.Began) }) {
			w.Error("not the newest first")
		}
		theirs := must(w.Sessions(w.Context(), zhao.ID))(w)[0].ID
		for _, id := range []string{theirs, "", "x", wang.Token} {
			refused(w, w.End(w.Context(), wang.ID, id), fault.NotFound)
		}
		refused(w, w.End(w.Context(), "", "x"), fault.NotFound)
		w.signed(zhao.Token)
		mine := w.signed(wang.Token).Session.ID
		for _, s := range open {
			if s.ID != mine {
				good(w, w.End(w.Context(), wang.ID, s.ID))
				refused(w, w.End(w.Context(), wang.ID, s.ID), fault.NotFound)
			}
		}
		w.signed(wang.Token)
		good(w, w.SignOut(w.Context(), wang.Token))
		w.dead(wang.Token)
		if open := must(w.Sessions(w.Context(), wang.ID))(w); len(open) != 0 {
			w.Errorf("listed: %+v", open)
		}
	})
}

// TestEndAll ends all of one's sessions, this one too, and what programs may do; those of others go on.
func TestEndAll(t *testing.T) {
	eachDatabase(t, func(w world) {
		wang := w.hire(account.Account{Name: "wang"})
		zhao := w.hire(account.Account{Name: "zhao"})
		other := wang
		w.signIn(&wang)
		family := store.Item{Kind: account.KindFamily, ID: "f", Number: 1, Owner: wang.ID, Until: store.ForEver}
		theirs := store.Item{Kind: account.KindFamily, ID: "g", Number: 1, Owner: zhao.ID, Until: store.ForEver}
		enter := func() {
			w.Helper()
			good(w, w.db.Write(w.Context(), store.Work{Puts: 1, Do: func(tx store.Tx, _ store.Found) error {
				for _, i := range []store.Item{family, theirs} {
					if _, err := tx.Enter(i, false); err != nil {
						return err
					}
				}
				return nil
			}}))
		}
		left := func(id string) bool { return must(w.db.Item(w.Context(), account.KindFamily, id))(w).Exists() }
		for name, end := range map[string]func(){
			"EndAll":  func() { good(w, w.EndAll(w.Context(), w.signed(wang.Token))) },
			"Disable": func() { good(w, w.Disable(w.Context(), account.Console, wang.ID, "left")) },
			"ChangePassword": func() {
				good(w, w.ChangePassword(w.Context(), w.signed(wang.Token), password, "another horse battery staple", here))
				good(w, w.ChangePassword(w.Context(), w.signed(wang.Token), "another horse battery staple", password, here))
				w.signed(wang.Token)
				good(w, w.SignOut(w.Context(), wang.Token))
			},
		} {
			good(w, w.Disable(w.Context(), account.Console, wang.ID, ""))
			w.signIn(&other)
			w.signIn(&wang)
			enter()
			end()
			w.dead(wang.Token)
			w.dead(other.Token)
			if left("f") || !left("g") {
				w.Errorf("after %s: their programs may go on: %t, those of others: %t", name, left("f"), left("g"))
			}
		}
		w.signed(zhao.Token)
	})
}

// TestEndedAtOnce: what is ended on this server is not believed for a moment longer.
func TestEndedAtOnce(t *testing.T) {
	eachDatabase(t, func(w world) {
		wang := w.hire(account.Account{Name: "wang"})
		grant := w.give(wang.ID, "guide", "Organization/a")
		for name, end := range map[string]func(){
			"SignOut": func() { good(w, w.SignOut(w.Context(), wang.Token)) },
			"End":     func() { good(w, w.End(w.Context(), wang.ID, w.signed(wang.Token).Session.ID)) },
			"Disable": func() {
				good(w, w.Disable(w.Context(), account.Console, wang.ID, "left"))
				w.dead(wang.Token)
				good(w, w.Disable(w.Context(), account.Console, wang.ID, ""))
			},
		} {
			w.signIn(&wang)
			w.act(&wang, "grant/"+grant)
			w.act(&wang, "grant/"+grant)
			end()
			if _, err := w.BySession(w.Context(), wang.Token); fault.CodeOf(err) != fault.Unknown {
				w.Errorf("after %s: %v", name, err)
			}
		}
	})
}

// TestVeryManySessions: an account has at most a hundred; beyond them the oldest ends, at once.
func TestVeryManySessions(t *testing.T) {
	eachDatabase(t, func(w world) {
		phone := "13900000001"
		code := func() string {
			good(w, w.SendCode(w.Context(), phone, here))
			return w.phones.code(phone)
		}
		first := must(w.SignInByCode(w.Context(), phone, code(), here))(w)
		token := must(w.VerifyName(w.Context(), w.signed(first), account.Claim{Name: "李小明", System: card, Number: "110101199001011237"}, here))(w)
		id := w.signed(token).Account.ID
		var last string
		for i := range 100 {
			must(w.BySession(w.Context(), token))(w)
			w.clock.forward(time.Millisecond)
			last = must(w.SignInByCode(w.Context(), phone, code(), here))(w)
			if n := len(must(w.Sessions(w.Context(), id))(w)); n != min(i+2, 100) {
				w.Fatalf("%d sessions after %d", n, i+2)
			}
		}
		w.dead(token)
		w.signed(last)
	}, func(c *account.Config) {
		c.Rates = account.UsualRates
		c.Rates.Send, c.Rates.SendMax = account.Rate{Burst: 1000, Every: time.Second}, account.Rate{Burst: 1000, Every: time.Second}
	})
}

// TestClosedAccounts: who has the password of an account that is disabled or has run out learns why; others learn nothing.
func TestClosedAccounts(t *testing.T) {
	eachDatabase(t, func(w world) {
		wang := w.hire(account.Account{Name: "wang"})
		zhao := w.hire(account.Account{Name: "zhao", Expires: w.clock.Now().Add(5 * time.Minute)})
		half := w.half("wang")
		good(w, w.Disable(w.Context(), account.Console, wang.ID, "on leave"))
		w.dead(wang.Token)
		_, err := w.Second(w.Context(), half, w.code(wang.Secret), here)
		refused(w, err, fault.Unknown)
		_, err = w.SignIn(w.Context(), "wang", password, here)
		if m := refused(w, err, fault.Forbidden); !strings.Contains(m, "on leave") {
			w.Errorf("told %q", m)
		}
		_, err = w.SignIn(w.Context(), "nobody", password, here)
		unknown := refused(w, err, fault.Unknown)
		if m := refused(w, w.guess("wang", "192.0.2.1"), fault.Unknown); m != unknown {
			w.Errorf("told %q, of nobody %q", m, unknown)
		}
		w.clock.forward(5*time.Minute - time.Microsecond)
		w.signed(zhao.Token)
		w.clock.forward(time.Microsecond)
		w.dead(zhao.Token)
		_, err = w.SignIn(w.Context(), "zhao", password, here)
		refused(w, err, fault.Forbidden)
		good(w, w.Disable(w.Context(), account.Console, wang.ID, ""))
		w.dead(wang.Token) // what has ended stays so
		w.signIn(&wang)
	})
}
