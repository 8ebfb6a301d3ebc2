package account_test

import (
	"slices"
	"testing"
	"time"

	"yitong/internal/account"
)

// TestProved: a session knows when a second factor was last shown in it. To show it once more gives another token, as every
// step does, and changes nothing else: the session ends when it would have ended, and the password was not given again.
func TestProved(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.put(post("p", "wang", "a", "doctor"))
		wang := w.hire(account.Account{Name: "wang", Called: "王医生", Person: "Practitioner/wang"})
		w.clock.forward(time.Minute)
		w.signIn(&wang)
		if half := w.half("wang"); !half.Session.Proved.IsZero() {
			w.Error("a password has proved", half.Session.Proved)
		}
		first := w.clock.Now()
		w.act(&wang, "PractitionerRole/p#doctor")
		for range 3 {
			w.clock.forward(20 * time.Minute)
			p := must(w.BySession(w.Context(), wang.Token))(w)
			if !p.Proved.Equal(first) || !p.Actor().Proved.Equal(first) {
				w.Errorf("proved %s, want %s", p.Proved, first)
			}
		}
		before := w.signed(wang.Token).Session
		_, err := w.Second(w.Context(), w.signed(wang.Token), "000000", here)
		refused(w, err, "unknown")
		if p := must(w.BySession(w.Context(), wang.Token))(w); !p.Proved.Equal(first) {
			w.Error("a wrong code has proved", p.Proved)
		}
		token := must(w.Second(w.Context(), w.signed(wang.Token), w.code(wang.Secret), here))(w)
		_, err = w.BySession(w.Context(), wang.Token)
		refused(w, err, "unknown")
		p := must(w.BySession(w.Context(), token))(w)
		if now := w.clock.Now(); !p.Proved.Equal(now) || !p.Actor().Proved.Equal(now) || p.Source != "PractitionerRole/p#doctor" {
			w.Errorf("%+v", p)
		}
		after := w.signed(token).Session
		if !after.Ends.Equal(before.Ends) || !after.Shown.Equal(before.Shown) || after.Line != before.Line || !slices.Equal(after.Methods, before.Methods) {
			w.Errorf("%+v became %+v", before, after)
		}
		log := w.log.all()
		if e := log[len(log)-1]; e.What != "confirmed" || e.Reason != "otp" || e.Account != wang.ID {
			w.Errorf("%+v", e)
		}
		resident := w.signed(w.resident("13900000001"))
		if !resident.Session.Proved.IsZero() {
			w.Error("a code by SMS is no second factor")
		}
	})
}
