package account_test

import (
	"slices"
	"testing"

	"yitong/internal/account"
	"yitong/internal/gate"
)

// TestGranted: a resident is told who acts for them by a grant now, why and until when; not whose a number is that they have named, nor who
// acts for somebody else.
func TestGranted(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.observed()
		mine := w.verified("13900000001", "李小明", "110101199001011237")
		chen := w.signed(w.verified("13900000002", "陈芳", "110101199002021245"))
		told := func() (list []string) {
			t.Helper()
			for _, p := range must(w.Granted(w.Context(), ref("Patient", "li")))(w) {
				list = append(list, p.Called+" "+p.Grant.Reason)
			}
			return list
		}
		want := func(when string, list ...string) {
			t.Helper()
			if got := told(); !slices.Equal(got, list) {
				t.Errorf("%s li is told of %q, want %q", when, got, list)
			}
		}
		give := func(resident, reason string, months int) string {
			t.Helper()
			g := account.Grant{Account: chen.Account.ID, Role: gate.Proxy, Resident: resident, Reason: reason, Until: w.clock.Now().AddDate(0, months, 0)}
			return must(w.Give(w.Context(), account.Console, g))(w)
		}
		want("before anything")
		good(w, w.write(w.gate.Session(must(w.BySession(w.Context(), mine))(w).Actor()), opens(numberOfChen, "active", "")))
		want("of a number that was named")
		long, short := give("Patient/li", "long", 6), give("Patient/li", "short", 1)
		give("Patient/chen", "another", 6)
		want("with two grants", "陈芳 short", "陈芳 long")
		list := must(w.Granted(w.Context(), ref("Patient", "li")))(w)
		if len(list) != 2 || list[0].Grant.ID != short || !list[0].Grant.Until.Before(list[1].Grant.Until) {
			t.Errorf("the grants are told as %+v", list)
		}
		for n := range 55 {
			give("Patient/li", "more", 2+n%3)
		}
		if got := len(told()); got != 57 {
			t.Errorf("of 57 grants %d are told", got)
		}
		for _, p := range must(w.Granted(w.Context(), ref("Patient", "li")))(w) {
			if p.Grant.Reason == "more" {
				good(w, w.Take(w.Context(), account.Console, p.Grant.ID))
			}
		}
		good(w, w.Take(w.Context(), account.Console, long))
		want("with one taken back", "陈芳 short")
		good(w, w.Disable(w.Context(), account.Console, chen.Account.ID, "lost"))
		want("with the account closed")
	})
}
