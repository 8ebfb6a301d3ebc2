package auth

import (
	"encoding/hex"

	"yitong/internal/fault"
)

// factorsPage are the second factors of an account.
type factorsPage struct {
	App      bool
	Only     bool // there is one, which stays
	Passkeys []passkey
	Spare    int
}

type passkey struct{ ID, Label, Added string }

func (v *visit) showFactors() error {
	a := &v.signed.Account
	if !a.Staff() {
		return errStaff
	}
	d := factorsPage{App: len(a.Seed) > 0, Spare: len(a.Spare)}
	for _, p := range a.Passkeys {
		d.Passkeys = append(d.Passkeys, passkey{hex.EncodeToString(p.Credential.ID), p.Label, v.time(p.Added)})
	}
	d.Only = len(d.Passkeys) == 0 || len(d.Passkeys) == 1 && !d.App
	return v.draw("factors", d)
}

// errStaff is the refusal of pages about what only staff have.
var errStaff = fault.New(fault.NotFound,
	"Residents sign in by their phone; they have neither password nor second factor.")

// takeFactors takes a second factor out, or makes new spare codes.
func (v *visit) takeFactors() error {
	ctx, f := v.r.Context(), v.r.PostForm
	var err error
	switch do := f.Get("do"); do {
	case "spare":
		codes, err := v.accounts.Spares(ctx, v.signed)
		if err != nil {
			return err
		}
		return v.draw("spare", spares{codes, "/auth/me/factors"})
	case "app":
		err = v.accounts.DropSeed(ctx, v.signed)
	default:
		err = v.accounts.DropPasskey(ctx, v.signed, f.Get("passkey"))
	}
	if err == nil {
		v.see("/auth/me/factors?done=factor")
	}
	return err
}
