package account_test

import (
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"time"

	"yitong/internal/account"
	"yitong/internal/fault"
)

// half signs in by the password only.
func (w world) half(name string) *account.Signed {
	w.Helper()
	return w.signed(must(w.SignIn(w.Context(), name, password, here))(w))
}

// addPasskey adds one to who is signed in.
func (w world) addPasskey(who *staff, label string, device *authenticator) (spare []string) {
	w.Helper()
	options := must(w.NewPasskey(w.Context(), w.signed(who.Token)))(w)
	token, spare, err := w.AddPasskey(w.Context(), w.signed(who.Token), label, device.create(w, options))
	good(w, err)
	who.Token = token
	return spare
}

// newStaff is somebody who has accepted an invitation and not set up a second factor yet.
func (w world) newStaff(name string) *staff {
	w.Helper()
	who := &staff{Name: name, ID: must(w.Create(w.Context(), account.Console, account.Account{Name: name}))(w)}
	code := must(w.Invite(w.Context(), account.Console, who.ID, false))(w)
	who.Token = must(w.Accept(w.Context(), name, code, password, here))(w)
	return who
}

// TestPasskeys: one is set up at the first sign-in, and is the second factor from then on.
func TestPasskeys(t *testing.T) {
	eachDatabase(t, func(w world) {
		device := newAuthenticator(w)
		who := w.newStaff("wang")
		o := readOptions(w, must(w.NewPasskey(w.Context(), w.signed(who.Token)))(w)).PublicKey
		if o.RP.ID != host || o.AuthenticatorSelection.UserVerification != "required" || o.User.Name != "wang" {
			w.Errorf("the options say %+v", o)
		}
		before := who.Token
		if spare := w.addPasskey(who, " my phone ", device); len(spare) != 10 {
			w.Errorf("%d spare codes", len(spare))
		}
		_, err := w.Signed(w.Context(), before)
		refused(w, err, fault.Unknown)
		s := w.signed(who.Token)
		if s.Session.Stage != account.Whole || !slices.Equal(s.Session.Methods, []string{"pwd", "hwk"}) ||
			s.Account.Passkeys[0].Label != "my phone" {
			w.Errorf("the session is %+v", s.Session)
		}

		half := w.half("wang")
		options := must(w.AskPasskey(w.Context(), half))(w)
		if o := readOptions(w, options).PublicKey; o.RPID != host || o.UserVerification != "required" ||
			len(o.AllowCredentials) != 1 || o.AllowCredentials[0].ID != encode64(device.id) {
			w.Errorf("the options say %+v", o)
		}
		token := must(w.ShowPasskey(w.Context(), half, device.get(w, options), here))(w)
		if s := w.signed(token); s.Session.Stage != account.Whole || !slices.Equal(s.Session.Methods, []string{"pwd", "hwk"}) {
			w.Errorf("the session is %+v", s.Session)
		}
		if _, err := w.ShowPasskey(w.Context(), half, device.get(w, options), here); fault.CodeOf(err) != fault.Unknown {
			w.Errorf("the half session lives on: %v", err)
		}
		_, err = w.Second(w.Context(), w.half("wang"), "123456", here) // it has no one-time passwords
		refused(w, err, fault.Unknown)
	})
}

// TestNewPasskeysRefused: what an authenticator or a page says that is not as it should be.
func TestNewPasskeysRefused(t *testing.T) {
	eachDatabase(t, func(w world) {
		device := newAuthenticator(w)
		who := w.newStaff("wang")
		for name, d := range map[string]*authenticator{
			"the person has not shown who they are": device.but(func(a *authenticator) { a.knows = false }),
			"nobody has touched it":                 device.but(func(a *authenticator) { a.present = false }),
			"another page":                          device.but(func(a *authenticator) { a.origin = "https://evil.example" }),
			"the same host without TLS":             device.but(func(a *authenticator) { a.origin = "http://" + host }),
			"a page below":                          device.but(func(a *authenticator) { a.origin = "https://a." + host }),
			"another port":                          device.but(func(a *authenticator) { a.origin = origin + ":8443" }),
			"another site":                          device.but(func(a *authenticator) { a.host = "evil.example" }),
			"another challenge":                     device.but(func(a *authenticator) { a.answers = encode64([]byte("0123456789abcdef0123456789abcdef")) }),
			"another ceremony":                      device.but(func(a *authenticator) { a.kind = "webauthn.get" }),
		} {
			options := must(w.NewPasskey(w.Context(), w.signed(who.Token)))(w)
			_, _, err := w.AddPasskey(w.Context(), w.signed(who.Token), "key", d.create(w, options))
			if fault.CodeOf(err) != fault.Unknown {
				w.Errorf("%s: %v", name, err)
			}
		}
		options := must(w.NewPasskey(w.Context(), w.signed(who.Token)))(w)
		for name, answer := range map[string][]byte{"nothing": nil, "no JSON": []byte("x"), "an empty object": []byte("{}"), "null": []byte("null")} {
			if _, _, err := w.AddPasskey(w.Context(), w.signed(who.Token), "key", answer); fault.CodeOf(err) != fault.Unknown {
				w.Errorf("%s: %v", name, err)
			}
		}
		for _, label := range []string{"", "  ", strings.Repeat("x", 81)} {
			_, _, err := w.AddPasskey(w.Context(), w.signed(who.Token), label, device.create(w, options))
			refused(w, err, fault.Unprocessable)
		}
		if a := w.signed(who.Token).Account; a.Strong() || w.signed(who.Token).Session.Stage != account.Half {
			w.Errorf("the account has a second factor: %+v", a.Passkeys)
		}
		w.addPasskey(who, "key", device)
		_, _, err := w.AddPasskey(w.Context(), w.signed(who.Token), "again", device.create(w, options)) // the same answer again
		refused(w, err, fault.Precondition)
	})
}

// TestPasskeysRefused: a second factor that is not the one, or not now.
func TestPasskeysRefused(t *testing.T) {
	eachDatabase(t, func(w world) {
		device := newAuthenticator(w)
		device.signs = 7
		who := w.newStaff("wang")
		w.addPasskey(who, "key", device)
		other := newAuthenticator(w)
		zhao := w.newStaff("zhao")
		w.addPasskey(zhao, "key", other)

		earlier := w.half("wang")
		replayed := device.get(w, must(w.AskPasskey(w.Context(), earlier))(w))
		must(w.ShowPasskey(w.Context(), earlier, replayed, here))(w)

		for name, lie := range map[string]func(options []byte) []byte{
			"the person has not shown who they are": device.but(func(a *authenticator) { a.signs, a.knows = 100, false }).getFor(w),
			"nobody has touched it":                 device.but(func(a *authenticator) { a.signs, a.present = 100, false }).getFor(w),
			"another page":                          device.but(func(a *authenticator) { a.signs, a.origin = 100, "https://evil.example" }).getFor(w),
			"another site":                          device.but(func(a *authenticator) { a.signs, a.host = 100, "evil.example" }).getFor(w),
			"another ceremony":                      device.but(func(a *authenticator) { a.signs, a.kind = 100, "webauthn.create" }).getFor(w),
			"a guessed challenge":                   device.but(func(a *authenticator) { a.signs, a.answers = 100, encode64(make([]byte, 32)) }).getFor(w),
			"another key under this id":             device.but(func(a *authenticator) { a.signs, a.key = 100, other.key }).getFor(w),
			"somebody else's passkey":               other.getFor(w),
			"a counter that has not grown":          device.but(func(a *authenticator) { a.signs = 3 }).getFor(w),
			"an answer to an earlier challenge":     func([]byte) []byte { return replayed },
			"nothing":                               func([]byte) []byte { return nil },
			"no signature":                          func(o []byte) []byte { return tampered(w, device.get(w, o), `"signature":"`, `"signature":"AAAA`) },
		} {
			w.clock.forward(time.Hour) // the meters are of another test
			half := w.half("wang")
			options := must(w.AskPasskey(w.Context(), half))(w)
			_, err := w.ShowPasskey(w.Context(), half, lie(options), here)
			if fault.CodeOf(err) != fault.Unknown {
				w.Errorf("%s: %v", name, err)
			}
		}
		w.clock.forward(time.Hour)
		half := w.half("wang")
		_, err := w.ShowPasskey(w.Context(), half, replayed, here) // nothing was asked
		refused(w, err, fault.Precondition)
		options := must(w.AskPasskey(w.Context(), half))(w)
		device.signs = 200
		answer := device.get(w, options)
		another := w.half("wang")
		must(w.AskPasskey(w.Context(), another))(w)
		_, err = w.ShowPasskey(w.Context(), another, answer, here) // the answer to another session
		refused(w, err, fault.Unknown)
		must(w.ShowPasskey(w.Context(), half, answer, here))(w)
		for range 10 {
			_, err = w.ShowPasskey(w.Context(), another, answer, here)
		}
		refused(w, err, fault.TooOften)
	})
}

// getFor is get with the test bound.
func (a *authenticator) getFor(t testing.TB) func([]byte) []byte {
	return func(options []byte) []byte { return a.get(t, options) }
}

// TestPasskeysOfAnAccount: several may be there; the last second factor stays.
func TestPasskeysOfAnAccount(t *testing.T) {
	eachDatabase(t, func(w world) {
		wang := w.hire(account.Account{Name: "wang"})
		var devices []*authenticator
		for i := range 10 {
			d := newAuthenticator(w)
			if spare := w.addPasskey(&wang, "key", d); spare != nil {
				w.Errorf("new spare codes with key %d", i)
			}
			devices = append(devices, d)
		}
		_, err := w.NewPasskey(w.Context(), w.signed(wang.Token))
		refused(w, err, fault.Precondition)
		s := w.signed(wang.Token)
		refused(w, w.DropPasskey(w.Context(), s, "00"), fault.NotFound)
		good(w, w.DropSeed(w.Context(), s))
		for _, d := range devices[:9] {
			good(w, w.DropPasskey(w.Context(), s, hex.EncodeToString(d.id)))
		}
		refused(w, w.DropPasskey(w.Context(), s, hex.EncodeToString(devices[9].id)), fault.Precondition)
		half := w.half("wang")
		options := must(w.AskPasskey(w.Context(), half))(w)
		_, err = w.ShowPasskey(w.Context(), half, devices[0].get(w, options), here)
		refused(w, err, fault.Unknown)
		_, err = w.Second(w.Context(), half, w.code(wang.Secret), here)
		refused(w, err, fault.Unknown)
		must(w.ShowPasskey(w.Context(), half, devices[9].get(w, options), here))(w)

		w.clock.forward(11 * time.Minute)
		refused(w, w.DropPasskey(w.Context(), w.signed(wang.Token), hex.EncodeToString(devices[9].id)), fault.Unknown) // not fresh
		_, err = w.NewPasskey(w.Context(), w.signed(wang.Token))
		refused(w, err, fault.Unknown)
	})
}

// TestDroppedPasskey: one that is taken out between the look and the answer does not sign in any more.
func TestDroppedPasskey(t *testing.T) {
	eachDatabase(t, func(w world) {
		device := newAuthenticator(w)
		wang := w.hire(account.Account{Name: "wang"})
		w.addPasskey(&wang, "key", device)
		half := w.half("wang")
		answer := device.get(w, must(w.AskPasskey(w.Context(), half))(w))
		good(w, w.DropPasskey(w.Context(), w.signed(wang.Token), hex.EncodeToString(device.id)))
		_, err := w.ShowPasskey(w.Context(), half, answer, here)
		refused(w, err, fault.Unknown)
	})
}

// TestNoPasskeys: a server that does not know its address offers none, and residents need none.
func TestNoPasskeys(t *testing.T) {
	eachDatabase(t, func(w world) {
		who := w.newStaff("wang")
		_, err := w.NewPasskey(w.Context(), w.signed(who.Token))
		refused(w, err, fault.NotSupported)
		_, err = w.AskPasskey(w.Context(), w.signed(who.Token))
		refused(w, err, fault.Precondition)
		s := w.signed(w.resident("13900000001"))
		_, err = w.NewPasskey(w.Context(), s)
		refused(w, err, fault.Precondition)
		_, _, err = w.Seed(w.Context(), s)
		refused(w, err, fault.NotSupported)
	}, func(c *account.Config) { c.Passkeys = account.Passkeys{} })
}
