package auth

import (
	"html/template"
	"strings"
	"time"

	"yitong/internal/account"
	"yitong/internal/fault"
)

// secondPage is the page on which staff show their second factor.
type secondPage struct {
	App     bool   // one-time passwords are set up
	Options string // for the script, what a passkey must answer; "" where there is none, or none is taken any more
	Spare   bool   // the person wants to give a spare code
	Again   bool   // who is signed in shows it once more
	Path    string // of the page
}

func (v *visit) showSecond() error {
	a := &v.signed.Account
	d := secondPage{Again: v.signed.Session.Stage == account.Whole, Path: v.r.URL.Path, App: len(a.Seed) > 0, Spare: v.r.URL.Query().Get("with") == "spare"}
	if len(a.Passkeys) > 0 && !d.Spare {
		options, err := v.accounts.AskPasskey(v.r.Context(), v.signed)
		if err != nil && fault.CodeOf(err) != fault.NotSupported {
			return err
		}
		d.Options = string(options)
	}
	return v.draw("second", d)
}

// takeSecond takes a code, or what a passkey has answered.
func (v *visit) takeSecond() error {
	token, err := v.second()
	return v.forward(token, err)
}

// PathConfirm is the page on which who is signed in shows the second factor once more: what binds a person for long asks for
// it to have been shown a short time ago.
const PathConfirm = "/auth/confirm"

// confirmed is for how long the second factor is not asked for again on that page: who was led to sign in has just shown it.
const confirmed = time.Minute

func (v *visit) showConfirm() error {
	switch {
	case !v.signed.Account.Strong():
		return errStaff
	case v.problem == nil && v.accounts.Now().Sub(v.signed.Session.Proved) < confirmed:
		v.see(v.orHome(v.next()))
		return nil
	}
	return v.showSecond()
}

func (v *visit) takeConfirm() error {
	if !v.signed.Account.Strong() {
		return errStaff
	}
	token, err := v.second()
	if err != nil {
		return err
	}
	where, err := v.arrive(token)
	if err == nil && v.next() == "" {
		where = "/auth/me?done=confirm"
	}
	if err == nil {
		v.see(where)
	}
	return err
}

// second shows the accounts a code, or what a passkey has answered, and gives the token of the session that has come further.
func (v *visit) second() (token string, err error) {
	if answer := v.r.PostForm.Get("answer"); answer != "" {
		token, err = v.accounts.ShowPasskey(v.r.Context(), v.signed, []byte(answer), v.from())
		if fault.CodeOf(err) == fault.Unknown {
			err = fault.From(err).WithIssue("passkey") // the page has another way beside
		}
		return token, err
	}
	token, err = v.accounts.Second(v.r.Context(), v.signed, v.r.PostForm.Get("code"), v.from())
	if fault.CodeOf(err) == fault.Unknown && fault.From(err).Issue == "" && v.r.URL.Query().Get("with") == "spare" {
		err = fault.From(err).WithIssue("spare")
	}
	return token, err
}

// showSetUp lets choose between the kinds of second factors, where there is a choice.
func (v *visit) showSetUp() error {
	if !v.config.Passkeys {
		v.see(with("/auth/set-up/app", v.next()))
		return nil
	}
	return v.draw("set-up", nil)
}

// seedPage is the page on which one-time passwords are set up.
type seedPage struct {
	Square  *square      // nil after a code that was wrong: what was scanned still holds
	Secret  string       // in groups
	Address template.URL // that an app on this phone opens; html/template knows no otpauth: scheme
}

func (v *visit) showSeed() error {
	if v.problem != nil {
		return v.draw("set-up-app", seedPage{})
	}
	address, secret, err := v.accounts.Seed(v.r.Context(), v.signed)
	if err != nil {
		return err
	}
	qr, err := squareOf(address)
	if err != nil {
		return err
	}
	return v.draw("set-up-app", seedPage{qr, groups(secret), template.URL(address)})
}

// groups divides a secret, to be typed more easily.
func groups(secret string) string {
	const each = 4
	var parts []string
	for ; len(secret) > each; secret = secret[each:] {
		parts = append(parts, secret[:each])
	}
	return strings.Join(append(parts, secret), " ")
}

func (v *visit) takeSeed() error {
	token, spare, err := v.accounts.ConfirmSeed(v.r.Context(), v.signed, v.r.PostForm.Get("code"), v.from())
	return v.strengthened(token, spare, err)
}

// passkeyPage is the page on which a passkey is added.
type passkeyPage struct {
	Label   string
	Options string // for the script, what the passkey must answer
}

func (v *visit) showPasskey() error {
	if !v.config.Passkeys {
		v.see(with("/auth/set-up/app", v.next()))
		return nil
	}
	options, err := v.accounts.NewPasskey(v.r.Context(), v.signed)
	if err != nil {
		return err
	}
	return v.draw("set-up-passkey", passkeyPage{v.typed("label"), string(options)})
}

func (v *visit) takePasskey() error {
	f := v.r.PostForm
	token, spare, err := v.accounts.AddPasskey(v.r.Context(), v.signed, f.Get("label"), []byte(f.Get("answer")))
	return v.strengthened(token, spare, err)
}

// spares are codes that are shown once, and where to go on.
type spares struct {
	Codes []string
	On    string
}

// strengthened goes on after a second factor has been set up. Codes are shown by the answer itself, as they are kept
// nowhere.
func (v *visit) strengthened(token string, codes []string, err error) error {
	if err != nil {
		return err
	}
	where, err := v.arrive(token)
	if err != nil {
		return err
	}
	if len(codes) == 0 {
		v.see(where)
		return nil
	}
	return v.draw("spare", spares{codes, where})
}
