package scheduling_test

import (
	"fmt"
	"testing"
	"time"

	"yitong/test/services"
)

// TestAheadOfBoth: who waits for a doctor sees those too whom the room calls from the department's queue, and the other way round: so many
// are said to be ahead as are called before.
func TestAheadOfBoth(t *testing.T) {
	each(t, func(w *world) {
		h := w.hall()
		_, err := w.make(doctors[1], "queue-rise", h.rooms[1])
		w.must(err)
		var tickets []string
		for i := range 8 {
			tickets = append(tickets, h.arrive())
			if i%2 == 1 {
				_, err := w.make("guide lead", "queue-transfer", tickets[i], "to", services.Ref("PractitionerRole/doctor-lead"), "reason", "复诊")
				w.must(err)
			}
		}
		said := map[string]string{}
		for i, ticket := range tickets {
			out, err := w.ask(fmt.Sprintf("w%d", i+1), "my-queue", "")
			w.must(err)
			if ahead := parts(out, "ticket", "ahead"); len(ahead) == 1 {
				said[ticket] = ahead[0]
			}
		}
		for n := range tickets {
			given := []any{}
			if n > 0 {
				given = []any{"ends", services.Code("done")}
			}
			called, err := w.make(doctors[0], "queue-next", h.rooms[0], given...)
			w.must(err)
			if said[called] != fmt.Sprint(n) {
				t.Errorf("%s is the %d. who is called, and was told that %s are ahead", called, n+1, said[called])
			}
			w.pass(time.Minute)
		}
	})
}
