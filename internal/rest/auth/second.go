package auth

import (
	"net/http"
	"strings"
)

// secondPage is the page on which staff show their second factor.
type secondPage struct {
	App     bool // one-time passwords are set up
	Passkey bool // there is a passkey
	Spare   bool // the person wants to give a spare code
}

func (v *visit) showSecond() error {
	a := &v.signed.Account
	return v.draw("second", secondPage{len(a.Seed) > 0, len(a.Passkeys) > 0, v.r.URL.Query().Get("with") == "spare"})
}

// takeSecond takes a code, or what a passkey has answered.
func (v *visit) takeSecond() error {
	if answer := v.r.PostForm.Get("answer"); answer != "" {
		token, err := v.accounts.ShowPasskey(v.r.Context(), v.signed, []byte(answer), v.from())
		return v.forward(token, err)
	}
	token, err := v.accounts.Second(v.r.Context(), v.signed, v.r.PostForm.Get("code"), v.from())
	return v.forward(token, err)
}

// askPasskey gives the script what a passkey must answer.
func (v *visit) askPasskey() error {
	return v.options(v.accounts.AskPasskey(v.r.Context(), v.signed))
}

// newPasskey gives the script what a new passkey must answer.
func (v *visit) newPasskey() error {
	return v.options(v.accounts.NewPasskey(v.r.Context(), v.signed))
}

func (v *visit) options(text []byte, err error) error {
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "application/json")
	v.w.WriteHeader(http.StatusOK)
	_, _ = v.w.Write(text) // whoever has gone away needs no options
	return nil
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
	Square  *square // nil after a code that was wrong: what was scanned still holds
	Secret  string  // in groups
	Address string
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
	return v.draw("set-up-app", seedPage{qr, groups(secret), address})
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

func (v *visit) showPasskey() error {
	if !v.config.Passkeys {
		v.see(with("/auth/set-up/app", v.next()))
		return nil
	}
	return v.draw("set-up-passkey", v.typed("label"))
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

// strengthened goes on after a second factor has been set up. Codes are shown by the answer itself, as they are kept nowhere.
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
