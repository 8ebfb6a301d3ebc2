package auth

import (
	"cmp"

	"yitong/internal/account"
	"yitong/internal/gate"
)

// choice is something that the person can act as.
type choice struct {
	Source string
	Role   string
	Where  string
	Until  string
	Now    bool
}

// called is how the person is addressed.
func (v *visit) called() string {
	a := &v.signed.Account
	if a.Called == "" && a.Name == "" {
		return masked(a.Phone)
	}
	return cmp.Or(a.Called, a.Name)
}

// where says at which institution a capacity is, or for whom; "" for oneself.
func (v *visit) where(c account.Capacity) string {
	switch {
	case c.Role == gate.Proxy:
		return v.named(c.Resident)
	case c.Role == gate.Resident:
		return ""
	}
	return v.named(c.Institution)
}

// named is the name of something in the record, or else its reference.
func (v *visit) named(reference string) string {
	if reference == "" || v.config.Names == nil {
		return reference
	}
	return cmp.Or(v.config.Names.Name(v.r.Context(), reference), reference)
}

func (v *visit) choices() (list []choice, err error) {
	can, err := v.accounts.Capacities(v.r.Context(), &v.signed.Account)
	for _, c := range can {
		one := choice{Source: c.Source, Role: string(c.Role), Where: v.where(c),
			Now: c.Source == v.signed.Session.Acting}
		if !c.Until.IsZero() {
			one.Until = v.time(c.Until)
		}
		list = append(list, one)
	}
	return list, err
}

func (v *visit) showRole() error {
	list, err := v.choices()
	if err != nil {
		return err
	}
	return v.draw("role", list)
}

func (v *visit) takeRole() error {
	token, err := v.accounts.Act(v.r.Context(), v.signed, v.r.PostForm.Get("as"))
	if err != nil {
		return err
	}
	if err := v.adopt(token); err != nil {
		return err
	}
	v.see(v.onward(v.next()))
	return nil
}
