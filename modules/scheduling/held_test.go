package scheduling_test

import (
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/modules/scheduling"
	"yitong/test/services"
)

// TestHolds: nobody holds more places online at a time than the rule says, whatever clinics they are of, and what runs out counts as what
// is given back: one account cannot lock a clinic.
func TestHolds(t *testing.T) {
	each(t, func(w *world) {
		var clinics []string
		for _, of := range []string{"heart", "eye"} {
			clinic, err := w.daily("member", of, 1, 0, 60)
			w.must(err)
			clinics = append(clinics, clinic)
		}
		grab := func() (held []string) {
			for d := 1; d <= 6; d++ {
				for _, c := range clinics {
					if visit, err := w.make("p0", "hold-place", w.slot(c, d, "0800")); err == nil {
						held = append(held, visit)
					} else if fault.CodeOf(err) != fault.Unprocessable && fault.CodeOf(err) != fault.Conflict {
						w.Error(err)
					}
				}
			}
			return held
		}
		closed := func() (n int) {
			for d := 1; d <= 6; d++ {
				for _, c := range clinics {
					n += 1 - w.free("p1", w.slot(c, d, "0800"))
				}
			}
			return n
		}
		first := grab()
		if len(first) != 2 {
			t.Fatalf("one person holds %d places at a time", len(first))
		}
		for range 12 {
			w.pass(16 * time.Minute)
			grab()
			w.settle()
			if n := closed(); n > 5 {
				t.Fatalf("one person keeps others from %d places", n)
			}
		}
		w.pass(4 * time.Hour)
		w.settle()
		if held := grab(); len(held) != 2 {
			t.Fatalf("in peace one person holds %d places", len(held))
		} else {
			_, err := w.make("p0", "change-visit", held[0], "slot", services.Ref(w.slot(clinics[0], 5, "0800")))
			w.must(err)
			_, err = w.make("p0", "book-held", held[0])
			w.must(err)
			_, err = w.make("p0", "hold-place", w.slot(clinics[1], 4, "0800"))
			w.must(err)
			_, err = w.make("p0", "hold-place", w.slot(clinics[1], 6, "0800"))
			w.want("a third", err, fault.Unprocessable)
			_, err = w.make("p0", "cancel-visit", held[1])
			w.must(err)
			_, err = w.make("p0", "hold-place", w.slot(clinics[1], 6, "0800"))
			w.must(err)
		}
		w.rule(scheduling.Holds.Table(), "1")
		_, err := w.make("p2", "hold-place", w.slot(clinics[0], 6, "0800"))
		w.must(err)
		_, err = w.make("p2", "hold-place", w.slot(clinics[1], 2, "0800"))
		w.want("more than the rule says", err, fault.Unprocessable)
		_, err = w.make("p2", "book-place", w.slot(clinics[1], 2, "0800"))
		w.must(err)
	})
}
