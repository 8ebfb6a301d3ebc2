package auth

import (
	"strings"

	"yitong/internal/account"
)

// phonePage is the page by which residents sign in.
type phonePage struct {
	Phone string
	Again bool
}

func (v *visit) showPhone() error {
	again := v.r.URL.Query().Get("again") != "" && v.signed != nil
	if v.signed != nil && v.signed.Session.Stage == account.Whole && !again && v.problem == nil {
		v.see(v.orHome(v.next()))
		return nil
	}
	d := phonePage{v.typed("phone"), again}
	if again && d.Phone == "" {
		d.Phone = v.signed.Account.Phone
	}
	return v.draw("phone", d)
}

// takePhone sends a code. The number is not part of the next page's address.
func (v *visit) takePhone() error {
	phone, err := account.CheckPhone(v.r.PostForm.Get("phone"))
	if err != nil {
		return err
	}
	return v.sendCode(phone)
}

func (v *visit) sendCode(phone string) error {
	if err := v.accounts.SendCode(v.r.Context(), phone, v.from()); err != nil {
		return err
	}
	v.setCookie(v.w, v.r, phoneCookie, phone, tenMinutes)
	v.see(with("/auth/code", v.next()))
	return nil
}

// sentTo is the phone to which a code was sent, "" for none.
func (v *visit) sentTo() string {
	phone, err := account.CheckPhone(v.cookie(v.r, phoneCookie))
	if err != nil {
		return ""
	}
	return phone
}

func (v *visit) showCode() error {
	phone := v.sentTo()
	if phone == "" {
		v.see(with("/auth/phone", v.next()))
		return nil
	}
	return v.draw("code", masked(phone))
}

func (v *visit) takeCode() error {
	phone := v.sentTo()
	switch {
	case phone == "":
		v.see(with("/auth/phone", v.next()))
		return nil
	case v.r.PostForm.Get("do") == "again":
		return v.sendCode(phone)
	}
	token, err := v.accounts.SignInByCode(v.r.Context(), phone, v.r.PostForm.Get("code"), v.from())
	if err == nil {
		v.setCookie(v.w, v.r, phoneCookie, "", noLonger)
	}
	return v.forward(token, err)
}

// masked is a phone number of which only the beginning and the end are shown.
func masked(phone string) string {
	const behind = 4
	if len(phone) < 2*behind {
		return "…"
	}
	end := phone[len(phone)-behind:]
	if own, is := strings.CutPrefix(phone, "+86"); is {
		return own[:3] + " **** " + end // as people of the country write it
	}
	return phone[:behind] + "…" + end
}
