package auth

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
	Notices     bool // there is a page to choose how one is told
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
	d := mePage{Name: a.Name, Staff: a.Staff(), Roles: len(can), Sessions: len(sessions), Factors: len(a.Passkeys),
		Spare: len(a.Spare), Notices: v.config.Notices}
	if a.Phone != "" {
		d.Phone = masked(a.Phone)
	}
	if len(a.Seed) > 0 {
		d.Factors++
	}
	if a.Verified(v.accounts.Now()) && !a.Staff() {
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
