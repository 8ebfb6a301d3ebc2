package auth

import (
	"yitong/internal/account"
)

// signIn is the page by which staff sign in.
type signIn struct {
	Name  string
	Again bool // who is signed in shows once more who they are
}

func (v *visit) showSignIn() error {
	again := v.r.URL.Query().Get("again") != ""
	if v.signed != nil && v.signed.Session.Stage == account.Whole && !again && v.problem == nil {
		v.see(v.orHome(v.next()))
		return nil
	}
	d := signIn{Name: v.typed("name"), Again: again && v.signed != nil}
	if d.Again && d.Name == "" {
		d.Name = v.signed.Account.Name
	}
	return v.draw("sign-in", d)
}

func (v *visit) takeSignIn() error {
	f := v.r.PostForm
	token, err := v.accounts.SignIn(v.r.Context(), f.Get("name"), f.Get("password"), v.from())
	return v.forward(token, err)
}

func (v *visit) takeInvite() error {
	f := v.r.PostForm
	if f.Get("password") != f.Get("repeat") {
		return errRepeat
	}
	token, err := v.accounts.Accept(v.r.Context(), f.Get("name"), f.Get("code"), f.Get("password"), v.from())
	return v.forward(token, err)
}

// forward goes on with the session that a step of the sign-in has given.
func (v *visit) forward(token string, err error) error {
	if err != nil {
		return err
	}
	where, err := v.arrive(token)
	if err == nil {
		v.see(where)
	}
	return err
}

func (v *visit) takeSignOut() error {
	if v.signed != nil {
		if err := v.accounts.SignOut(v.r.Context(), v.token); err != nil {
			return err
		}
	}
	return v.out()
}

// out is where the person is whose session has ended.
func (v *visit) out() error {
	v.setCookie(v.w, v.r, sessionCookie, "", noLonger)
	v.see("/auth/sign-in?done=sign-out")
	return nil
}
