package account_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"yitong/internal/account"
	"yitong/internal/fault"
)

// other is a code that is not this one.
func otherThan(code string) string {
	for {
		if d := account.Digits(6); d != code {
			return d
		}
	}
}

// TestPhoneCodes sign in once, by whoever has the phone; the first time an account is made, which has no rights.
func TestPhoneCodes(t *testing.T) {
	eachDatabase(t, func(w world) {
		const phone = "+8613900000009"
		sign := func(phone, code string) (string, error) {
			return w.SignInByCode(w.Context(), phone, code, here)
		}
		_, err := sign(phone, "123456") // none was sent
		refused(w, err, fault.Unknown)
		good(w, w.SendCode(w.Context(), "139 0000 0009", here))
		first := w.phones.code(phone)
		if w.phones.codes() != 1 || first == "" {
			w.Fatalf("sent: %q", w.phones.sent)
		}
		good(w, w.SendCode(w.Context(), phone, here))
		code := w.phones.code(phone)
		if code != first {
			_, err = sign(phone, first)
			refused(w, err, fault.Unknown) // the later one has taken its place
		}
		_, err = sign("13900000008", code)
		refused(w, err, fault.Unknown)
		token := must(sign("0086139-0000-0009", code[:3]+" "+code[3:]))(w)
		s := w.signed(token)
		if s.Session.Stage != account.Whole || s.Account.Phone != phone || s.Account.Person != "" || s.Account.Staff() {
			w.Errorf("the account is %+v", s.Account)
		}
		if can := must(w.Capacities(w.Context(), &s.Account))(w); len(can) != 0 {
			w.Errorf("it can act as %+v", can)
		}
		_, err = w.BySession(w.Context(), token)
		refused(w, err, fault.Forbidden)
		_, err = sign(phone, code)
		refused(w, err, fault.Unknown) // twice
		again := w.signed(w.resident(phone))
		if again.Account.ID != s.Account.ID {
			w.Error("a second account for the same phone")
		}
		for _, phone := range []string{"", "110", "x"} {
			refused(w, w.SendCode(w.Context(), phone, here), fault.Malformed)
			_, err = sign(phone, code)
			refused(w, err, fault.Malformed)
		}
	})
}

// TestPhoneCodesRunOut after five minutes, and after five guesses; the next one has five guesses again.
func TestPhoneCodesRunOut(t *testing.T) {
	rates := account.UsualRates
	rates.Sign = account.Rate{Burst: 100, Every: time.Second}
	eachDatabase(t, func(w world) {
		const phone = "+8613900000009"
		send := func() string {
			good(w, w.SendCode(w.Context(), phone, here))
			return w.phones.code(phone)
		}
		sign := func(code string) error {
			_, err := w.SignInByCode(w.Context(), phone, code, here)
			return err
		}
		code := send()
		w.clock.forward(5 * time.Minute)
		refused(w, sign(code), fault.Unknown)
		code = send()
		w.clock.forward(5*time.Minute - time.Microsecond)
		good(w, sign(code))
		for range 2 {
			w.clock.forward(time.Hour)
			code = send()
			for range 4 {
				refused(w, sign(otherThan(code)), fault.Unknown)
			}
			good(w, sign(code))
			code = send()
			for range 5 {
				refused(w, sign(otherThan(code)), fault.Unknown)
			}
			refused(w, sign(code), fault.Unknown)
		}
	}, func(c *account.Config) { c.Rates = rates })
}

// TestPhoneCodesAtOnce: a code that several show at the same moment signs one of them in, and makes one account; many guesses
// are five.
func TestPhoneCodesAtOnce(t *testing.T) {
	rates := account.UsualRates
	rates.Sign, rates.Account = account.Rate{Burst: 100, Every: time.Second}, account.Rate{Burst: 100, Every: time.Second}
	eachDatabase(t, func(w world) {
		const phone = "+8613900000009"
		servers := []*account.Accounts{w.Accounts, w.server()}
		race := func(n int, code func() string) (in, wrong int) {
			var group sync.WaitGroup
			errs := make([]error, n)
			for i := range n {
				group.Go(func() { _, errs[i] = servers[i%2].SignInByCode(w.Context(), phone, code(), here) })
			}
			group.Wait()
			for _, err := range errs {
				switch fault.CodeOf(err) {
				case "":
					in++
				case fault.Unknown:
					wrong++
				case fault.Unavailable, fault.Conflict:
				default:
					w.Error(err)
				}
			}
			return in, wrong
		}
		good(w, w.SendCode(w.Context(), phone, here))
		code := w.phones.code(phone)
		if in, _ := race(8, func() string { return code }); in != 1 {
			w.Errorf("one code signed in %d", in)
		}
		if list := must(w.Accounts.Accounts(w.Context(), account.Console, "", 10))(w); len(list) != 1 {
			w.Errorf("%d accounts", len(list))
		}
		good(w, w.SendCode(w.Context(), phone, here))
		code = w.phones.code(phone)
		race(24, func() string { return otherThan(code) })
		w.clock.forward(time.Minute)
		for range 5 { // those that were told to come back come back
			_, _ = w.SignInByCode(w.Context(), phone, otherThan(code), here)
		}
		_, err := w.SignInByCode(w.Context(), phone, code, here)
		refused(w, err, fault.Unknown)
	}, func(c *account.Config) { c.Rates = rates })
}

// TestSendingCodes is bounded for each phone and each network, and tells nobody who has an account.
func TestSendingCodes(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.hire(account.Account{Name: "wang", Phone: "13900000007"})
		w.resident("13900000001")
		w.clock.forward(time.Hour)
		other := w.server()
		for _, phone := range []string{"13900000007", "13900000001", "13900000006"} { // staff, a resident, nobody
			from := at("198.51.100.1")
			for i := range 3 {
				good(w, []*account.Accounts{w.Accounts, other}[i%2].SendCode(w.Context(), phone, from))
			}
			err := w.SendCode(w.Context(), "+86"+phone, at("198.51.100.2"))
			refused(w, err, fault.TooOften)
			var f *fault.Error
			if errors.As(err, &f); f.Wait != 5*time.Minute {
				w.Errorf("%s is told to wait %v", phone, f.Wait)
			}
		}
		sent := w.phones.codes()
		refused(w, w.SendCode(w.Context(), "13900000006", here), fault.TooOften)
		if w.phones.codes() != sent {
			w.Error("a code was sent all the same")
		}
		w.clock.forward(5 * time.Minute)
		good(w, w.SendCode(w.Context(), "13900000006", here))
		refused(w, w.SendCode(w.Context(), "13900000006", here), fault.TooOften)

		net := at("203.0.113.9")
		for i := range 30 {
			good(w, w.SendCode(w.Context(), "1380000"+account.Digits(4)[:2]+string(rune('0'+i/10))+string(rune('0'+i%10)), net))
		}
		refused(w, w.SendCode(w.Context(), "13700000001", net), fault.TooOften)
		good(w, w.SendCode(w.Context(), "13700000001", here))
	})
}

// TestStaffPhones do not sign staff in: a code is one factor. The person is a resident by it, with an account of its own.
func TestStaffPhones(t *testing.T) {
	eachDatabase(t, func(w world) {
		wang := w.hire(account.Account{Name: "wang", Phone: "13900000007"})
		before := len(must(w.Sessions(w.Context(), wang.ID))(w))
		good(w, w.SendCode(w.Context(), "13900000007", here))
		_, err := w.SignInByCode(w.Context(), "13900000007", otherThan(w.phones.code("13900000007")), here)
		refused(w, err, fault.Unknown) // who has not the phone does not learn whose it is
		own := w.signed(must(w.SignInByCode(w.Context(), "13900000007", w.phones.code("13900000007"), here))(w))
		if own.Account.ID == wang.ID || own.Account.Staff() || own.Account.Person != "" {
			w.Errorf("the code signs in %+v", own.Account)
		}
		if after := len(must(w.Sessions(w.Context(), wang.ID))(w)); after != before {
			w.Errorf("%d sessions, before %d", after, before)
		}
	})
}

// TestClosedResidents: an account that is disabled is closed to its phone too.
func TestClosedResidents(t *testing.T) {
	eachDatabase(t, func(w world) {
		token := w.resident("13900000001")
		good(w, w.Disable(w.Context(), account.Console, w.signed(token).Account.ID, "misuse"))
		w.dead(token)
		good(w, w.SendCode(w.Context(), "13900000001", here))
		_, err := w.SignInByCode(w.Context(), "13900000001", w.phones.code("13900000001"), here)
		refused(w, err, fault.Forbidden)
	})
}

// TestNoSender: a server that sends no codes says so; one whose service is down hands its error on.
func TestNoSender(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.phones.failing(fault.New(fault.Unavailable, "The service is down."))
		refused(w, w.SendCode(w.Context(), "13900000001", here), fault.Unavailable)
		w.config.Sender = nil
		refused(w, w.server().SendCode(w.Context(), "13900000001", here), fault.NotSupported)
	})
}
