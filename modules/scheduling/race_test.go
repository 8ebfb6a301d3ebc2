package scheduling_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"yitong/internal/cases"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
	"yitong/modules/scheduling"
	"yitong/test/services"
)

// TestRush: many want few places, hold, book, change and cancel at the same time. Nobody has what another has, nobody has a place without
// an Appointment that says so, whom each booked visit is for was told, and all that is free can be had.
func TestRush(t *testing.T) {
	each(t, func(w *world) {
		const people, turns, capacity = 24, 12, 5
		w.now.Store(nil) // by which the store's own clock goes
		w.open = true
		w.rule(scheduling.Cancels.Table(), "50")
		w.rule(scheduling.ReturnedRest.Table(), "0") // places that come back are fought for at once
		clinic, err := w.daily("clinic", "heart", capacity, 0, 30)
		w.must(err)
		slots := []string{w.slot(clinic, 1, "0800"), w.slot(clinic, 1, "0830"), w.slot(clinic, 2, "0800")}
		for i := range people {
			w.put(`{"resourceType":"Patient","id":"r%d",%s}`, i, services.Custodian("clinic"))
		}
		var all sync.WaitGroup
		for i := range people {
			all.Go(func() {
				who, visit, held := fmt.Sprintf("r%d", i), "", false
				for range turns {
					slot := slots[rand.IntN(len(slots))]
					var err error
					switch n := rand.IntN(4); {
					case visit == "" && n < 2:
						visit, err = w.make(who, "hold-place", slot)
						held = true
					case visit == "":
						visit, err = w.make(who, "book-place", slot)
						held = false
					case held && n < 2:
						_, err = w.make(who, "book-held", visit)
						held = held && err != nil
					case n < 3:
						_, err = w.make(who, "change-visit", visit, "slot", services.Ref(slot))
					default:
						if _, err = w.make(who, "cancel-visit", visit); err == nil {
							visit = ""
						}
					}
					if code := fault.CodeOf(err); err != nil && code != fault.Conflict && code != fault.Unprocessable {
						w.Errorf("%s: %v", who, err)
					}
				}
			})
		}
		all.Wait()
		w.conserved(slots, capacity)
	})
}

// conserved holds that places and visits say the same, and that whom booked visits are for was told.
func (w *world) conserved(slots []string, capacity int) {
	w.Helper()
	reserved, err := w.db.Reserved(w.Context())
	w.must(err)
	holders := map[string]int{}
	taken := map[string]int{}
	for _, r := range reserved {
		if strings.HasPrefix(r.Scope, "urn:yitong:clinic/cancelled/") {
			continue // of what was cancelled for good
		}
		holders[r.Holder]++
		taken[r.Scope]++
	}
	told := map[string]bool{}
	w.all("Communication", func(r fhir.Resource) {
		for a := r.Root.Get("about").First(); a.Exists(); a = a.Next() {
			told[a.Get("reference").Str()] = true
		}
	})
	live := map[string]int{}
	w.all("Appointment", func(r fhir.Resource) {
		name, status := "Appointment/"+r.ID, r.Root.Get("status").Str()
		places := 3 // in the segment, at the department that day, and of the departments of the day
		if status == "pending" {
			places = 5 // and of those that the person holds, and keeps from others
		}
		if status == "cancelled" {
			places = 0
		} else {
			live[r.Root.Get("slot").First().Get("reference").Str()]++
		}
		if holders[name] != places {
			w.Errorf("%s is %s and has %d places", name, status, holders[name])
		}
		delete(holders, name)
		if status == "booked" && !told[name] {
			w.Errorf("nobody was told of %s", name)
		}
	})
	if len(holders) > 0 {
		w.Errorf("places have gone to nobody: %v", holders)
	}
	for _, slot := range slots {
		n := taken["urn:yitong:clinic/segment/"+ref(slot).ID]
		if n != live[slot] || n > capacity {
			w.Errorf("%s has %d visits and %d places taken of %d", slot, live[slot], n, capacity)
		}
		if free := w.free("p0", slot); free != capacity-n {
			w.Errorf("%s has %d free, of %d with %d taken", slot, free, capacity, n)
		}
	}
}

func (w *world) all(of string, do func(fhir.Resource)) {
	w.Helper()
	t, _ := schema.TypeOf(of)
	whole, err := cases.Each(w.Context(), w.gate.Session(gate.Actor{Access: gate.Whole()}), t, 10_000, []search.Pair{}, func(r fhir.Resource) bool {
		do(r)
		return true
	})
	w.must(err)
	if !whole {
		w.Errorf("there are more of %s", of)
	}
}
