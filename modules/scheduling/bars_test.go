package scheduling_test

import (
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/modules/scheduling"
	"yitong/test/services"
)

// TestCancelled: who cancels five booked visits by themselves within 30 days cannot book online for 30 days at the hospital; what the
// hospital cancels or stops, what was only held, and changes do not count. How far the ban goes is a rule.
func TestCancelled(t *testing.T) {
	each(t, func(w *world) {
		w.rule(scheduling.ReturnedRest.Table(), "0")
		clinic, err := w.daily("lead", "heart", 10, 2, 30)
		w.must(err)
		eye, err := w.daily("lead", "eye", 10, 2, 30)
		w.must(err)
		other, err := w.daily("clinic", "heart", 10, 2, 30)
		w.must(err)
		book := func(clinic string, days int) error {
			_, err := w.make("p0", "book-place", w.slot(clinic, days, "0800"))
			return err
		}
		away := func(by, take string) {
			visit, err := w.make("p0", take, w.slot(clinic, 1, "0800"))
			w.must(err)
			_, err = w.make(by, "cancel-visit", visit)
			w.must(err)
		}
		for range 5 {
			away("guide lead", "book-place")
			away("p0", "hold-place")
		}
		_, err = w.make("p0", "book-place", w.slot(clinic, 2, "0800"))
		w.must(err)
		_, err = w.call("administrator lead", "stop-clinic", clinic, nil, services.Parameters("from", day(w, 2), "to", day(w, 2), "reason", "医师外出"))
		w.must(err)
		for range 4 {
			away("p0", "book-place")
		}
		visit, err := w.make("p0", "book-place", w.slot(clinic, 1, "0800"))
		w.must(err)
		_, err = w.make("p0", "change-visit", visit, "slot", services.Ref(w.slot(clinic, 3, "0800")))
		w.must(err)
		_, err = w.make("p0", "cancel-visit", visit)
		w.must(err)
		w.want("at the department", book(clinic, 4), fault.Unprocessable)
		w.want("at the hospital", book(eye, 4), fault.Unprocessable)
		w.must(book(other, 4))
		_, err = w.waits("p0", "heart-lead", 4)
		w.want("waiting instead", err, fault.Unprocessable)
		w.rule(scheduling.CancelsScope.Table(), "department")
		w.must(book(eye, 4))
		w.want("at the department alone", book(clinic, 4), fault.Unprocessable)
		w.rule(scheduling.CancelsScope.Table(), "region")
		w.want("in the region", book(other, 5), fault.Unprocessable)
		w.pass(31 * 24 * time.Hour)
		w.publish()
		w.must(book(clinic, 1))
	})
}
