package scheduling_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"yitong/internal/gate"
	"yitong/modules/scheduling/queue"
)

// TestWaitBeforeItBegins: who checks in before the clinic begins is told when it does, and how long it took from then on by the days before.
func TestWaitBeforeItBegins(t *testing.T) {
	each(t, func(w *world) {
		h := w.hall()
		eight := h.clock().Add(30 * time.Minute)
		var ops []gate.Op
		for day := 1; day <= 25; day++ {
			for i := range 8 {
				start := eight.AddDate(0, 0, -day)
				r, err := queue.Past{
					ID: fmt.Sprintf("past-%d-%d", day, i), Arrived: start.Add(time.Duration(-60+6*i) * time.Minute), Called: start.Add(time.Duration(4+day%4+5*(i/2)) * time.Minute), Over: start.Add(time.Hour),
					Ahead: i, Rooms: 2, Visit: queue.Visit{Institution: "Organization/lead", Department: "HealthcareService/heart-lead", Start: start, End: start.Add(30 * time.Minute), Place: i + 1, Total: 10},
				}.Resource()
				w.must(err)
				ops = append(ops, gate.Op{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r})
			}
		}
		_, err := w.gate.Session(gate.Actor{Process: gate.Everything, Access: gate.Whole()}).Apply(w.Context(), ops, nil)
		w.must(err)
		h.arrive()
		last := h.arrive()
		told := func(who string) (opens []string, low, high int) {
			out, err := w.ask(who, "my-queue", "")
			w.must(err)
			text := string(out.Raw())
			if n := strings.Count(text, `"name":"low"`); n != 1 {
				t.Fatalf("it says %s", text)
			}
			_, err = fmt.Sscanf(text[strings.Index(text, `"name":"low"`):], `"name":"low","valueInteger":%d`, &low)
			w.must(err)
			_, err = fmt.Sscanf(text[strings.Index(text, `"name":"high"`):], `"name":"high","valueInteger":%d`, &high)
			w.must(err)
			return parts(out, "ticket", "opens"), low, high
		}
		left := int(eight.Sub(w.clock()).Minutes())
		if opens, low, high := told("w2"); len(opens) != 1 || !strings.HasPrefix(opens[0], eight.Format("2006-01-02T15:04")) || low < left || high > left+40 {
			t.Errorf("%d minutes before it begins it says that it begins at %v, and %d to %d minutes", left, opens, low, high)
		}
		w.at(eight.Add(time.Minute))
		if opens, _, high := told("w2"); len(opens) != 0 || high > 40 {
			t.Errorf("a minute behind the beginning of %s it says %v, and at most %d minutes", last, opens, high)
		}
	})
}
