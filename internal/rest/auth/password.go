package auth

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
