package account

import (
	"bytes"
	"context"
	"strings"
	"unicode/utf8"

	"github.com/nbutton23/zxcvbn-go"

	"yitong/internal/fault"
	"yitong/internal/store"
)

// Lengths of passwords (OWASP ASVS 2.1.1, 2.1.2), and how hard one must be to guess: zxcvbn's score from 0 to 4, which
// knows the common ones in many languages.
const (
	PasswordLeast = 12 // characters
	PasswordMost  = 128
	passwordBytes = PasswordMost * utf8.UTFMax
	guessLeast    = 3
	guessLook     = 64 // bytes that are looked at; the work grows with their square
	distinctLeast = 5  // different characters
)

// CheckPassword refuses a password that is short or easy to guess, for one thing from the name. There are no rules about
// which characters it must have (ASVS 2.1.9).
func CheckPassword(password, name string) error {
	switch n := utf8.RuneCountInString(password); {
	case !utf8.ValidString(password) || n > PasswordMost:
		return fault.New(fault.Unprocessable, "The password is too long: at most %d characters.", PasswordMost)
	case n < PasswordLeast:
		return fault.New(fault.Unprocessable, "The password is too short: at least %d characters. Several words in a row are good.", PasswordLeast)
	}
	look := password[:min(len(password), guessLook)]
	known := append(strings.FieldsFunc(name, func(c rune) bool { return c == '.' || c == '-' || c == '_' }), name, "yitong", "医通")
	distinct := map[rune]bool{}
	for _, c := range password {
		distinct[c] = true
	}
	if len(distinct) < distinctLeast {
		return fault.New(fault.Unprocessable, "The password is easy to guess: it is a few characters again and again. Several unrelated words in a row are good.")
	}
	if zxcvbn.PasswordStrength(look, known).Score < guessLeast {
		return fault.New(fault.Unprocessable, "The password is easy to guess: it is a common one, a name, or a row of keys. Several unrelated words in a row are good.")
	}
	return nil
}

// ChangePassword puts another password in place of the one that is shown. All other sessions of the account end.
func (a *Accounts) ChangePassword(ctx context.Context, s *Signed, old, password string, from From) error {
	if err := s.signedIn(); err != nil {
		return err
	}
	if err := CheckPassword(password, s.Account.Name); err != nil {
		return err
	}
	if len(old) > passwordBytes {
		old = "" // is nobody's, and takes as long
	}
	err := a.attempt(ctx, "password", s.Account.Name, s.Account.ID, from, func() (bool, error) {
		ok, _, err := a.verify(ctx, &kept[Account]{Thing: s.Account}, old)
		return ok, err
	})
	if err != nil {
		return err
	}
	hash, err := a.hash(ctx, s.Account.ID, password)
	if err != nil {
		return err
	}
	err = a.change(ctx, s.Account.ID, s.Account.ID, func(tx store.Tx, account *Account) error {
		if !bytes.Equal(account.Password, s.Account.Password) {
			return errRace()
		}
		account.Password = hash
		return a.endAll(ctx, tx, account.ID, s.Session.ID)
	})
	if err == nil {
		a.changed(ctx, s.Account.ID, "changed the password")
	}
	return err
}

// hash makes what is kept of an account's password: the hash, sealed, so that who reads the database cannot even guess.
func (a *Accounts) hash(ctx context.Context, id, password string) ([]byte, error) {
	text, err := a.hasher.Hash(ctx, password)
	if err != nil {
		return nil, err
	}
	return a.config.Box.Seal("password "+id, []byte(text)), nil
}

// verify tells whether a password is the account's, and whether it should be kept anew. For nobody, and for an account
// without one, it does as much work and tells false.
func (a *Accounts) verify(ctx context.Context, who *kept[Account], password string) (is, old bool, err error) {
	text := []byte(nil)
	if who != nil && who.Thing.Password != nil {
		if text, err = a.config.Box.Open("password "+who.Thing.ID, who.Thing.Password); err != nil {
			return false, false, err
		}
	}
	return a.hasher.Verify(ctx, string(text), password)
}
