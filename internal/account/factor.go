package account

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"yitong/internal/fault"
	"yitong/internal/store"
)

// One-time passwords (TOTP, RFC 6238) as every app for them makes: SHA-1, 6 digits, a new one every 30 seconds. One step to
// each side is taken, for clocks that are a little off.
const (
	stepSeconds = 30
	stepsAside  = 1
	seedBytes   = 20
	spareCodes  = 10
)

// Seed begins to set up one-time passwords: the address that an app reads from a QR code, and the secret to be typed where
// that is not possible. [Accounts.ConfirmSeed] ends it.
func (a *Accounts) Seed(ctx context.Context, s *Signed) (address, secret string, err error) {
	if err := a.fresh(s); err != nil {
		return "", "", err
	}
	if !s.Account.Staff() {
		return "", "", fault.New(fault.NotSupported, "Residents sign in by their phone; there is no second factor to set up.")
	}
	seed := make([]byte, seedBytes)
	rand.Read(seed)
	if err := a.pend(ctx, s, append([]byte("seed "), seed...)); err != nil {
		return "", "", err
	}
	secret = base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(seed)
	q := url.Values{"secret": {secret}, "issuer": {a.config.Issuer}}
	address = "otpauth://totp/" + url.PathEscape(a.config.Issuer+":"+s.Account.Name) + "?" + q.Encode()
	return address, secret, nil
}

// ConfirmSeed ends the set-up with a code from the app. It gives codes for when the phone is lost, which are shown once, and
// the token of the session that takes the place of this one.
func (a *Accounts) ConfirmSeed(ctx context.Context, s *Signed, code string, from From) (token string, spare []string, err error) {
	pending, err := a.pending(s)
	if err != nil {
		return "", nil, err
	}
	seed, is := strings.CutPrefix(string(pending), "seed ")
	if !is {
		return "", nil, fault.New(fault.Precondition, "Begin the set-up again.")
	}
	var step uint64
	err = a.attempt(ctx, "second", s.Account.ID, s.Account.ID, from, func() (ok bool, err error) {
		step, ok, err = a.step([]byte(seed), code, 0)
		return ok, err
	})
	if err != nil {
		return "", nil, err
	}
	spare, digests := a.spares(s.Account.ID)
	token, err = a.strengthen(ctx, s, "otp", func(account *Account) {
		account.Seed, account.Step, account.Spare = a.config.Box.Seal("seed "+account.ID, []byte(seed)), step, digests
	})
	return token, spare, err
}

// strengthen adds a factor to the account and lets the session go on as a whole one. All others end.
func (a *Accounts) strengthen(ctx context.Context, s *Signed, method string, add func(*Account)) (token string, err error) {
	if err := a.fresh(s); err != nil {
		return "", err
	}
	token, err = a.renew(ctx, s, func(tx store.Tx, next *Session) (did Event, err error) {
		k, err := a.account(ctx, tx, s.Account.ID)
		if err != nil {
			return did, err
		}
		if did = (Event{What: "added a second factor", Reason: method}); next.Stage == Half {
			if k.Thing.Strong() {
				return did, errRace() // it has been set up elsewhere since
			}
			did.What = "signed in with a new second factor"
		}
		add(&k.Thing)
		if err := a.endAll(ctx, tx, k.Thing.ID, s.Session.ID); err != nil {
			return did, err
		}
		a.whole(next, &k.Thing, method)
		return did, keep(ctx, tx, k, k.Thing.ID)
	})
	a.known.forget()
	if err == nil {
		a.tellStaff(ctx, s.Account.ID)
	}
	return token, err
}

// whole notes that the second factor was shown. A session that is whole lasts no longer by that, and its person has not
// shown the password again.
func (a *Accounts) whole(next *Session, who *Account, method string) {
	next.Proved = a.Now()
	if next.Stage == Half {
		next.Stage, next.Shown, who.Seen = Whole, next.Proved, next.Proved
		next.Ends = next.Shown.Add(sessionMost)
	}
	if !slices.Contains(next.Methods, method) {
		next.Methods = append(slices.Clip(next.Methods), method)
	}
	next.Pending = nil
}

// told tells of a change that has not failed.
func (a *Accounts) told(ctx context.Context, s *Signed, what string, err error) {
	if err == nil {
		a.changed(ctx, s.Account.ID, what)
	}
}

// step is the time step of a one-time password, false if it is none of now, or not after the one that was taken last.
func (a *Accounts) step(seed []byte, code string, last uint64) (uint64, bool, error) {
	code = plain(code)
	now := a.Now()
	for aside := -stepsAside; aside <= stepsAside; aside++ {
		at := now.Add(time.Duration(aside*stepSeconds) * time.Second)
		want, err := totp.GenerateCodeCustom(base32.StdEncoding.EncodeToString(seed), at, totp.ValidateOpts{Period: stepSeconds, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err != nil {
			return 0, false, fault.Wrap(err, "making a one-time password")
		}
		if step := uint64(at.Unix() / stepSeconds); same([]byte(want), []byte(code)) && step > last {
			return step, true, nil
		}
	}
	return 0, false, nil
}

// Second shows a one-time password, or one of the spare codes, and makes a half session whole; in a whole one the person
// shows once more that it is them. Each counts once.
func (a *Accounts) Second(ctx context.Context, s *Signed, code string, from From) (token string, err error) {
	err = a.attempt(ctx, "second", s.Account.ID, s.Account.ID, from, func() (ok bool, err error) {
		token, err = a.renew(ctx, s, func(tx store.Tx, next *Session) (did Event, err error) {
			k, err := a.account(ctx, tx, s.Account.ID)
			if err != nil {
				return did, err
			}
			did.What = s.Session.proved()
			if ok, did.Reason, err = a.second(&k.Thing, code); err != nil || !ok {
				return did, orElse(err, errWrong)
			}
			a.whole(next, &k.Thing, did.Reason)
			return did, keep(ctx, tx, k, k.Thing.ID)
		})
		if err == errWrong {
			err = nil
		}
		return ok, err
	})
	return token, err
}

// proved is what happens in a session when a second factor is shown.
func (s *Session) proved() string {
	if s.Stage == Whole {
		return "confirmed"
	}
	return "signed in"
}

var errWrong = fault.New(fault.Unknown, "%s", refusals["second"])

// second tells whether the account takes a code, and uses it up.
func (a *Accounts) second(account *Account, code string) (ok bool, method string, err error) {
	if len(account.Seed) > 0 {
		seed, err := a.config.Box.Open("seed "+account.ID, account.Seed)
		if err != nil {
			return false, "", err
		}
		step, ok, err := a.step(seed, code, account.Step)
		if ok || err != nil {
			account.Step = step
			return ok, "otp", err
		}
	}
	digest := a.config.Box.Digest("spare "+account.ID, plain(code))
	for i, d := range account.Spare {
		if same(d, digest) {
			account.Spare = slices.Delete(slices.Clone(account.Spare), i, i+1)
			return true, "rec", nil
		}
	}
	return false, "", nil
}

// spares makes codes for when the second factor is lost.
func (a *Accounts) spares(account string) (codes []string, digests [][]byte) {
	for range spareCodes {
		code := readable()
		codes = append(codes, code)
		digests = append(digests, a.config.Box.Digest("spare "+account, plain(code)))
	}
	return codes, digests
}

// Spares puts new spare codes in place of those that are left.
func (a *Accounts) Spares(ctx context.Context, s *Signed) (codes []string, err error) {
	if err := orElse(s.signedIn(), a.fresh(s)); err != nil {
		return nil, err
	}
	codes, digests := a.spares(s.Account.ID)
	defer func() { a.told(ctx, s, "made new spare codes", err) }()
	return codes, a.change(ctx, s.Account.ID, s.Account.ID, func(_ store.Tx, account *Account) error {
		if !account.Strong() {
			return fault.New(fault.Precondition, "Set up a second factor first.")
		}
		account.Spare = digests
		return nil
	})
}

// DropSeed ends the one-time passwords of an account that has a passkey.
func (a *Accounts) DropSeed(ctx context.Context, s *Signed) (err error) {
	defer func() { a.told(ctx, s, "dropped the one-time passwords", err) }()
	if err := orElse(s.signedIn(), a.fresh(s)); err != nil {
		return err
	}
	return a.change(ctx, s.Account.ID, s.Account.ID, func(_ store.Tx, account *Account) error {
		if len(account.Passkeys) == 0 {
			return fault.New(fault.Precondition, "Add a passkey first: an account of staff has a second factor at all times.")
		}
		account.Seed, account.Step = nil, 0
		return nil
	})
}
