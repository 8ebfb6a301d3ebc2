package scheduling_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/modules/scheduling"
	"yitong/test/services"
)

// TestReturnedConserved walks at random: people hold, book, change, cancel, wait and forget, time passes, and the platform looks. At each
// moment each place is free, or rests, or is held or booked by one visit; what rests is not free, and what waits has no place.
func TestReturnedConserved(t *testing.T) {
	each(t, func(w *world) {
		const people, steps, capacity = 11, 300, 4
		clinic, err := w.daily("member", "heart", capacity, 0, 60)
		w.must(err)
		w.rule(scheduling.Cancels.Table(), "50")
		names := w.people("n", people)
		slots := []string{w.slot(clinic, 1, "0800"), w.slot(clinic, 2, "0800")}
		has, done := map[string]string{}, map[string]int{}
		chance := rand.New(rand.NewPCG(7, 11))
		for range steps {
			who, slot := names[chance.IntN(people)], slots[chance.IntN(len(slots))]
			do, err := "", error(nil)
			switch n := chance.IntN(8); {
			case n == 0:
				w.pass(time.Duration(chance.IntN(12)) * time.Minute)
				w.settle()
			case has[who] == "" && n < 3:
				do = "hold"
				has[who], err = w.make(who, "hold-place", slot)
			case has[who] == "" && n < 6:
				do = "book"
				has[who], err = w.make(who, "book-place", slot)
			case has[who] == "":
				do = "wait"
				has[who], err = w.waits(who, "heart-member", 2, "sure", n == 6)
			case n < 3:
				do = "change"
				_, err = w.make(who, "change-visit", has[who], "slot", services.Ref(slot))
			case n < 4:
				do = "confirm"
				_, err = w.make(who, "book-held", has[who])
			default:
				do = "cancel"
				_, err = w.make(who, "cancel-visit", has[who])
				delete(has, who)
			}
			if code := fault.CodeOf(err); err != nil && code != fault.Conflict && code != fault.Unprocessable {
				t.Fatalf("%s: %v", do, err)
			}
			if err == nil {
				done[do]++
			}
			done["rest"] += w.each(slots, capacity)
		}
		for _, do := range []string{"hold", "book", "wait", "change", "confirm", "cancel", "rest"} {
			if done[do] == 0 {
				t.Errorf("there was no %s: %v", do, done)
			}
		}
		w.pass(time.Hour)
		w.settle()
		w.settle()
		w.pass(2 * time.Hour)
		w.settle()
		if rests := w.each(slots, capacity); rests > 0 {
			t.Errorf("behind hours %d places rest", rests)
		}
	})
}

// each holds that each place of segments is of one kind, and says how many rest.
func (w *world) each(slots []string, capacity int) (rests int) {
	w.Helper()
	now := w.clock()
	kinds := map[string][]string{} // by places
	w.all("Appointment", func(r fhir.Resource) {
		status, own := r.Root.Get("status").Str(), ""
		if status == "pending" || status == "booked" {
			own = r.Root.Get("slot").First().Get("reference").Str()
		}
		list, err := gate.Reservations(r)
		w.must(err)
		for _, p := range list {
			slot, is := strings.CutPrefix(p.Scope, "urn:yitong:clinic/segment/")
			if !is || !p.Until.After(now) {
				continue
			}
			kind := "rests"
			if "Slot/"+slot == own && p.Name == numberOf(r) {
				kind = status
			}
			kinds[slot+"#"+p.Name] = append(kinds[slot+"#"+p.Name], kind)
		}
	})
	for _, slot := range slots {
		taken := 0
		for n := 1; n <= capacity; n++ {
			of := kinds[fmt.Sprintf("%s#%d", strings.TrimPrefix(slot, "Slot/"), n)]
			if len(of) > 1 {
				w.Fatalf("place %d of %s is %v", n, slot, of)
			}
			taken += len(of)
			rests += len(of) - len(slices.DeleteFunc(of, func(kind string) bool { return kind == "rests" }))
		}
		if free := w.free("p0", slot); free != capacity-taken {
			w.Fatalf("%s has %d free and %d taken, of %d", slot, free, taken, capacity)
		}
	}
	return rests
}

// numberOf is the number of the place of an Appointment.
func numberOf(r fhir.Resource) string {
	for e := r.Root.Get("extension").First(); e.Exists(); e = e.Next() {
		if e.Get("url").Str() == "urn:yitong:place-number" {
			n, _ := e.Get("valueInteger").Int()
			return strconv.FormatInt(n, 10)
		}
	}
	return ""
}
