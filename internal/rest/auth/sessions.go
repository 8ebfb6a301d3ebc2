package auth

import (
	"yitong/internal/account"
	"yitong/internal/fault"
)

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

// takeSessions ends one session, or all of them.
func (v *visit) takeSessions() error {
	ctx, id := v.r.Context(), v.r.PostForm.Get("end")
	if v.r.PostForm.Get("do") == "all" {
		if err := v.accounts.EndAll(ctx, v.signed); err != nil {
			return err
		}
		return v.out()
	}
	err := v.accounts.End(ctx, v.signed.Account.ID, id)
	switch {
	case err != nil && fault.CodeOf(err) != fault.NotFound: // it may have ended by itself
		return err
	case id == v.signed.Session.ID:
		return v.out()
	}
	v.see("/auth/me/sessions?done=session")
	return nil
}
