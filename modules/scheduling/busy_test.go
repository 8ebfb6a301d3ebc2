package scheduling_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"yitong/internal/gate"
	"yitong/modules/scheduling/queue"
	"yitong/test/services"
)

// busy is a day of the department on which so many have been seen already, from eight o'clock on.
func (h *hall) busy(seen int) {
	h.Helper()
	eight := h.clock().Add(time.Hour / 2).Truncate(time.Minute)
	var ops []gate.Op
	for i := range seen {
		arrived := eight.Add(time.Duration(i) * time.Second)
		r, err := queue.Past{
			ID: fmt.Sprintf("seen-%d", i), Arrived: arrived, Called: arrived.Add(10 * time.Minute), Over: arrived.Add(15 * time.Minute), Ahead: 3, Rooms: 2,
			Visit: queue.Visit{Institution: "Organization/lead", Department: "HealthcareService/heart-lead", Start: eight, End: eight.Add(30 * time.Minute), Place: i + 1, Total: seen},
		}.Resource()
		h.must(err)
		ops = append(ops, gate.Op{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r})
	}
	for part := range slices.Chunk(ops, 250) {
		_, err := h.gate.Session(gate.Actor{Process: gate.Everything, Access: gate.Whole()}).Apply(h.Context(), part, nil)
		h.must(err)
	}
}

// TestBusyDay: with three thousand tickets of a day nobody is lost, and to call takes as little time as with few.
func TestBusyDay(t *testing.T) {
	each(t, func(w *world) {
		h := w.hall()
		var wait []string
		for range 20 {
			wait = append(wait, h.arrive())
		}
		h.busy(3_000)
		w.pass(3 * time.Hour)
		called, err := w.make(doctors[0], "queue-next", h.rooms[0])
		w.must(err)
		if !slices.Contains(wait, called) {
			t.Errorf("%s is called", called)
		}
		line, err := w.ask(doctors[0], "queue-line", "", "queue", services.Ref("HealthcareService/heart-lead"))
		w.must(err)
		if got := value(line, "finished", "valueInteger"); got != "3000" {
			t.Errorf("%s are finished", got)
		}
		var took []time.Duration
		for range 15 {
			began := time.Now()
			_, err := w.make(doctors[0], "queue-next", h.rooms[0], "ends", services.Code("done"))
			w.must(err)
			took = append(took, time.Since(began))
		}
		slices.Sort(took)
		t.Logf("to call takes %v at the median, %v at most", took[len(took)/2], took[len(took)-1])
		if took[0] > 2*time.Second { // at the least: other tests run beside
			t.Errorf("to call takes %v", took[0])
		}
	})
}
