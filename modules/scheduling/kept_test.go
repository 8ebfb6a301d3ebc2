package scheduling_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/test/services"
)

func kept(phone, app int) string {
	return fmt.Sprintf(`{"name":"phone","valueInteger":%d},{"name":"app","valueInteger":%d},`, phone, app)
}

// TestKept: of the public's places some are kept for the telephone and some for the hospital's own app, which take these first. Nobody else
// has one of them, nor is handed one, until the evening before; then they are everybody's.
func TestKept(t *testing.T) {
	each(t, func(w *world) {
		w.put(`{"resourceType":"Practitioner","id":"system-clinic"}`)
		w.more = kept(2, 1)
		clinic, err := w.daily("clinic", "heart", 6, 1, 30)
		w.must(err)
		slot := w.slot(clinic, 2, "0800")
		open := func(when string, want map[string]int) {
			w.Helper()
			for who, n := range want {
				if free := w.free(who, slot); free != n {
					w.Errorf("%s %s finds %d free, want %d", when, who, free, n)
				}
			}
		}
		open("at first", map[string]int{"p0": 2, "guide lead": 4, "system clinic": 3, "guide clinic": 3})
		for i := range 2 {
			w.put(`{"resourceType":"Patient","id":"caller%d",%s,%s,"name":[{"text":"来电人"}]}`, i, services.Custodian("lead"), services.Passport)
			_, err = w.make("guide lead", "book-place", slot, patient(fmt.Sprintf("caller%d", i))...)
			w.must(err)
		}
		w.put(`{"resourceType":"Patient","id":"user",%s,%s,"name":[{"text":"用户"}]}`, services.Custodian("clinic"), services.Passport)
		_, err = w.make("system clinic", "book-place", slot, patient("user")...)
		w.must(err)
		open("behind the first", map[string]int{"p3": 2, "guide lead": 2, "system clinic": 2, "guide clinic": 3})
		for i := range 2 {
			_, err = w.make(fmt.Sprintf("p%d", 3+i), "book-place", slot)
			w.must(err)
		}
		_, err = w.make("p5", "book-place", slot)
		w.want("more than is open to all", err, fault.Conflict)
		open("behind all", map[string]int{"p5": 0, "guide lead": 0, "system clinic": 0, "guide clinic": 1})
		text, err := w.written("office clinic", "use-of-places", "from", day(w, 2), "to", day(w, 2))
		w.must(err)
		w.has(text, []string{
			`{"name":"code","valueCode":"public"},{"name":"places","valueInteger":10},{"name":"taken","valueInteger":5}`,
			`{"name":"code","valueCode":"app"},{"name":"visits","valueInteger":1}`, `{"name":"code","valueCode":"phone"},{"name":"visits","valueInteger":2}`,
		})
	})
}

// TestKeptReturned: what is kept for the telephone and comes back is for who waits by telephone; from the evening before on it is for all.
func TestKeptReturned(t *testing.T) {
	each(t, func(w *world) {
		w.more = kept(1, 0)
		clinic, err := w.daily("clinic", "heart", 2, 0, 30)
		w.must(err)
		slot := w.slot(clinic, 2, "0800")
		called, err := w.make("guide lead", "book-place", slot, patient("mother")...)
		w.must(err)
		_, err = w.make("p1", "book-place", slot)
		w.must(err)
		w.fill(w.slot(clinic, 2, "0830"), 0)
		online, err := w.make("p2", "wait-place", "HealthcareService/heart-clinic", "from", day(w, 2), "to", day(w, 2), "sure", true)
		w.must(err)
		_, err = w.make("guide lead", "cancel-visit", called)
		w.must(err)
		w.settle()
		if got := w.status(online); got != "waitlist" {
			w.Errorf("who waits online is given what is kept for the telephone: %s", got)
		}
		if free := w.free("p2", slot); free != 0 {
			w.Errorf("%d are open to all", free)
		}
		w.at(services.Monday.AddDate(0, 0, 1).Add(8 * time.Hour)) // 17:00 of the day before
		if free := w.free("p2", slot); free != 1 {
			w.Errorf("behind the time at which it falls back %d are free", free)
		}
	})
}

// TestKeptPattern: at least one of the public's places is left to all, and none is kept where places are drawn. The pattern is shown as it was
// given.
func TestKeptPattern(t *testing.T) {
	each(t, func(w *world) {
		for _, c := range []struct {
			at         string
			onsite     int
			phone, app int
			want       fault.Code
		}{
			{"clinic", 2, 2, 1, ""}, {"clinic", 2, 4, 3, ""}, {"clinic", 2, 4, 4, fault.Unprocessable}, {"clinic", 2, 8, 0, fault.Unprocessable},
			{"lead", 2, 3, 2, ""}, {"lead", 2, 3, 3, fault.Unprocessable}, // that keeps two for referrals
		} {
			w.more = kept(c.phone, c.app)
			_, err := w.daily(c.at, "heart", 10, c.onsite, 30)
			w.want(fmt.Sprintf("%+v", c), err, c.want)
		}
		w.more = kept(1, 0)
		_, err := w.drawn("member", "heart", 4, 60)
		w.want("kept of what is drawn", err, fault.Unprocessable)
		clinic, err := w.daily("member", "eye", 4, 0, 60)
		w.must(err)
		out, err := w.call("administrator member", "list-clinics", "", nil, services.Parameters("clinic", services.Ref(clinic)))
		w.must(err)
		text, err := w.ops["list-clinics"].Out.Write(out)
		w.must(err)
		if !strings.Contains(string(text), `{"name":"phone","valueInteger":1}`) {
			w.Errorf("it does not say what is kept: %s", text)
		}
	})
}
