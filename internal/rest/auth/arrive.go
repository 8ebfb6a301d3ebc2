package auth

import (
	"strings"

	"yitong/internal/account"
)

// adopt goes on with a session that has come from the accounts, and with no other. One that it does not take the place
// of by itself ends.
func (v *visit) adopt(token string) error {
	if v.signed != nil && v.token != token {
		if err := v.accounts.SignOut(v.r.Context(), v.token); err != nil {
			return err
		}
	}
	signed, err := v.accounts.Signed(v.r.Context(), token)
	if err != nil {
		return err
	}
	v.token, v.signed = token, signed
	v.setCookie(v.w, v.r, sessionCookie, token, withBrowser)
	return nil
}

// arrive goes on after a step of the sign-in: it adopts the session and tells where the person goes. Who can act as one
// only, acts so.
func (v *visit) arrive(token string) (where string, err error) {
	if err := v.adopt(token); err != nil {
		return "", err
	}
	next, who := v.next(), &v.signed.Account
	switch {
	case v.signed.Session.Stage == account.Half && who.Strong():
		return with("/auth/second", next), nil
	case v.signed.Session.Stage == account.Half:
		return with("/auth/set-up", next), nil
	case !who.Verified(v.accounts.Now()):
		return with("/auth/real-name", next), nil
	}
	return v.settle()
}

// settle lets a person act who can act as one only, and tells where to go.
func (v *visit) settle() (where string, err error) {
	next := v.next()
	if v.signed.Session.Acting != "" {
		return v.onward(next), nil
	}
	can, err := v.accounts.Capacities(v.r.Context(), &v.signed.Account)
	switch {
	case err != nil:
		return "", err
	case len(can) != 1 && strings.HasPrefix(next, "/auth/me"):
		return next, nil // the account is looked after in no role
	case len(can) == 0:
		return "/auth/me", nil
	case len(can) > 1:
		return with("/auth/role", next), nil
	}
	token, err := v.accounts.Act(v.r.Context(), v.signed, can[0].Source)
	if err != nil {
		return "", err
	}
	return v.onward(next), v.adopt(token)
}

// onward is by which a form leads to an address. Where that can lead out to a program, a page stands between: the
// policy of the form's page (form-action) reaches through all redirects, and allows this host only.
func (v *visit) onward(next string) string {
	if leadsOut(next) {
		return with("/auth/onward", next)
	}
	return v.orHome(next)
}

// showOnward goes on to an address of the protocol.
func (v *visit) showOnward() error {
	next := v.next()
	if !leadsOut(next) {
		v.see(v.orHome(next))
		return nil
	}
	v.w.Header().Set("Refresh", "0;url="+next)
	return v.draw("onward", next)
}
