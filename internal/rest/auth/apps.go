package auth

import "yitong/internal/fault"

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
