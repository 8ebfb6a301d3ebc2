package scheduling_test

import (
	"testing"
	"time"

	"yitong/test/services"
)

// TestDead: who has died is offered no place and has missed no visit; both are called off, nobody is told, and who waits behind has the place.
func TestDead(t *testing.T) {
	each(t, func(w *world) {
		clinic, err := w.daily("member", "heart", 2, 0, 60)
		w.must(err)
		slot := w.slot(clinic, 1, "0800")
		visit, err := w.make("p4", "book-place", slot)
		w.must(err)
		visits := w.fill(slot, 0)
		gone, err := w.waits("p0", "heart-member", 1)
		w.must(err)
		w.pass(time.Second)
		next, err := w.waits("p1", "heart-member", 1)
		w.must(err)
		told := w.notices(gone) + w.notices(visit)
		for _, id := range []string{"p0", "p4"} {
			w.put(`{"resourceType":"Patient","id":%q,%s,"deceasedBoolean":true}`, id, services.Custodian("member"))
		}
		_, err = w.make("office member", "cancel-visit", visits[0])
		w.must(err)
		w.settle()
		if got := w.status(gone) + " " + w.status(next); got != "cancelled pending" {
			t.Errorf("who has died and who waits behind are %s", got)
		}
		w.pass(48 * time.Hour)
		w.settle()
		if got := w.status(visit); got != "cancelled" {
			t.Errorf("the visit of who has died is %s", got)
		}
		if now := w.notices(gone) + w.notices(visit); now != told {
			t.Errorf("somebody was told: %s", now)
		}
	})
}
