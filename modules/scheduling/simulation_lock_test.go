package scheduling_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"yitong/internal/app"
	"yitong/modules/scheduling"
)

// TestSimulationLock: one account wants to keep everybody from two clinics that have a place a day: whenever something is free, it holds it, and
// never books. Without a limit nobody gets a place; with it, all do for whom there is one beside what one person may hold and let rest.
func TestSimulationLock(t *testing.T) {
	t.Parallel()
	const people, kept = 8, 5
	free, limited := locked(t, people, true), locked(t, people, false)
	t.Logf("of %d people %d got a place while one account holds what it can, and %d where it may hold few", people, free, limited)
	if free > people/4 {
		t.Errorf("without a limit %d of %d get a place: the simulation shows too little", free, people)
	}
	if limited < people {
		t.Errorf("one account keeps %d of %d from their places, of which there are %d", people-limited, people, 2*(simHorizon-1)-kept)
	}
}

// locked is how many people get a place while one account holds what it can.
func locked(t *testing.T, people int, unlimited bool) (served int) {
	t.Helper()
	db, err := app.Database{DB: "sqlite:" + filepath.Join(t.TempDir(), "record.db")}.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	w := newWorld(t, db)
	if unlimited {
		w.rule(scheduling.Holds.Table(), "20")
		w.rule(scheduling.ReturnedMost.Table(), "50")
	}
	var slots []string
	for _, of := range []string{"heart", "eye"} {
		clinic, err := w.daily("member", of, 1, 0, 60)
		w.must(err)
		for ahead := 1; ahead < simHorizon; ahead++ {
			slots = append(slots, w.slot(clinic, ahead, "0800"))
		}
	}
	w.put(`{"resourceType":"Patient","id":"locker"}`)
	for i := range people {
		for range 4 { // each looks every 16 minutes, behind who is quicker
			for _, slot := range slots {
				_, _ = w.make("locker", "hold-place", slot) // refused is what it may not
			}
			who, got := fmt.Sprintf("p%d", i), false
			for _, slot := range slots {
				if _, err := w.make(who, "book-place", slot); err == nil {
					got, served = true, served+1
					break
				}
			}
			if got {
				break
			}
			w.pass(16 * time.Minute)
			w.settle()
		}
	}
	return served
}
