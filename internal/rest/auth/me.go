package auth

import (
	"encoding/hex"

	"yitong/internal/account"
	"yitong/internal/fault"
)

// mePage is what a person reads of their account.
type mePage struct {
	Name, Phone string
	Staff       bool
	Verified    string // when the real name was; "" if it was not
	Roles       int    // that the person can act in
	Sessions    int
	Factors     int
	Spare       int
	Apps        int
	HasApps     bool
}

func (v *visit) showMe() error {
	ctx, a := v.r.Context(), &v.signed.Account
	can, err := v.accounts.Capacities(ctx, a)
	if err != nil {
		return err
	}
	sessions, err := v.accounts.Sessions(ctx, a.ID)
	if err != nil {
		return err
	}
	d := mePage{Name: a.Name, Staff: a.Staff(), Roles: len(can), Sessions: len(sessions), Factors: len(a.Passkeys), Spare: len(a.Spare)}
	if a.Phone != "" {
		d.Phone = masked(a.Phone)
	}
	if len(a.Seed) > 0 {
		d.Factors++
	}
	if !a.Checked.IsZero() {
		d.Verified = v.time(a.Checked)
	}
	if d.HasApps = v.config.Apps != nil; d.HasApps {
		list, err := v.config.Apps.Approvals(ctx, a.ID)
		if err != nil {
			return err
		}
		d.Apps = len(list)
	}
	return v.draw("me", d)
}

// openSession is a session as its person reads of it.
type openSession struct {
	ID          string
	Browser     browser
	From        string
	Began, Seen string
	Half, This  bool
}

func (v *visit) showSessions() error {
	list, err := v.accounts.Sessions(v.r.Context(), v.signed.Account.ID)
	if err != nil {
		return err
	}
	open := make([]openSession, len(list))
	for i, s := range list {
		open[i] = openSession{
			ID: s.ID, Browser: browserOf(s.Agent), From: s.From, Began: v.time(s.Began), Seen: v.time(s.Seen),
			Half: s.Stage == account.Half, This: s.ID == v.signed.Session.ID,
		}
	}
	return v.draw("sessions", open)
}

// takeSessions ends one session, or all of them, this one last.
func (v *visit) takeSessions() error {
	ctx, who := v.r.Context(), v.signed.Account.ID
	end := []string{v.r.PostForm.Get("end")}
	if v.r.PostForm.Get("do") == "all" {
		list, err := v.accounts.Sessions(ctx, who)
		if err != nil {
			return err
		}
		end = nil
		for _, s := range list {
			if s.ID != v.signed.Session.ID {
				end = append(end, s.ID)
			}
		}
		end = append(end, v.signed.Session.ID)
	}
	for _, id := range end {
		if err := v.accounts.End(ctx, who, id); err != nil && fault.CodeOf(err) != fault.NotFound { // it has ended by itself
			return err
		}
	}
	if end[len(end)-1] == v.signed.Session.ID {
		v.setCookie(v.w, v.r, sessionCookie, "", noLonger)
		v.see("/auth/sign-in?done=sign-out")
		return nil
	}
	v.see("/auth/me/sessions?done=session")
	return nil
}

// factorsPage are the second factors of an account.
type factorsPage struct {
	App      bool
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
	return v.draw("factors", d)
}

// errStaff is the refusal of pages about what only staff have.
var errStaff = fault.New(fault.NotFound, "Residents sign in by their phone; they have neither password nor second factor.")

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

func (v *visit) showPassword() error {
	if !v.signed.Account.Staff() {
		return errStaff
	}
	return v.draw("password", v.signed.Account.Name)
}

func (v *visit) takePassword() error {
	f := v.r.PostForm
	if f.Get("password") != f.Get("repeat") {
		return errRepeat
	}
	err := v.accounts.ChangePassword(v.r.Context(), v.signed, f.Get("old"), f.Get("password"), v.from())
	if err == nil {
		v.see("/auth/me?done=password")
	}
	return err
}

// app is a program that may act for the person.
type app struct {
	Approval
	Since string
}

func (v *visit) showApps() error {
	if v.config.Apps == nil {
		return fault.New(fault.NotFound, "There are no programs here.")
	}
	list, err := v.config.Apps.Approvals(v.r.Context(), v.signed.Account.ID)
	apps := make([]app, len(list))
	for i, a := range list {
		apps[i] = app{a, v.time(a.Since)}
	}
	if err != nil {
		return err
	}
	return v.draw("apps", apps)
}

func (v *visit) takeApps() error {
	if v.config.Apps == nil {
		return fault.New(fault.NotFound, "There are no programs here.")
	}
	err := v.config.Apps.Withdraw(v.r.Context(), v.signed.Account.ID, v.r.PostForm.Get("client"))
	if err == nil {
		v.see("/auth/me/apps?done=app")
	}
	return err
}
