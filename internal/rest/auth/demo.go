package auth

import (
	"context"

	"yitong/internal/account"
	"yitong/internal/gate"
)

// Demo lets visitors of a demonstration in by a button, as people who are made up. A server that has one is open to whoever reaches it,
// so only the command demo gives it one, on its own machine.
type Demo interface {
	// People are those as whom one can sign in.
	People() []DemoPerson
	// SignIn signs in who has a name, second factor included, and acts in the role; it gives the token of the session. The error is
	// NotFound for a name that nobody has, TooOften where the person has to wait for the next one-time password.
	SignIn(ctx context.Context, accounts *account.Accounts, name string, from account.From) (token string, err error)
}

// DemoPerson is somebody of a demonstration.
type DemoPerson struct {
	Name   string // of the button
	Role   gate.Role
	Called string
	At     string // the institution, where others of the role are elsewhere; "" for the usual one
}

// PathDemo is where the buttons of a demonstration lead. Without one there is no such page.
const PathDemo = "/auth/demo"

// Demo is whom the page offers to be, nobody where this is no demonstration.
func (p *page) Demo() []DemoPerson {
	if p.visit.config.Demo == nil {
		return nil
	}
	return p.visit.config.Demo.People()
}

func (v *visit) takeDemo() error {
	token, err := v.config.Demo.SignIn(v.r.Context(), v.accounts, v.r.PostForm.Get("as"), v.from())
	return v.forward(token, err)
}
