package subscription_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestBindMost: a websocket that is bound to as many Subscriptions as it takes is refused one more, however often it is asked for.
func TestBindMost(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w *world) {
		s, _ := w.serve(w.db)
		socket := `"criteria":"Observation?","channel":{"type":"websocket"}`
		var ids []string
		for i := range 100 {
			ids = append(ids, fmt.Sprint("s", i))
			w.must(w.subscribe(s, "Practitioner/systema", ids[i], socket))
		}
		w.must(w.subscribe(s, "Practitioner/systemb", "last", socket))
		for _, id := range append(ids, "last") {
			w.becomes(id, "active")
		}
		token := func(by string, ids ...string) string {
			token, err := s.Token(w.Context(), w.gate.Session(w.actors[by]), ids)
			w.must(err)
			return token.Text
		}
		c := wire{make(chan string), make(chan string, 1000)}
		go s.Serve(t.Context(), c, nil) //nolint:errcheck // it ends with the test
		c.in <- "bind-with-token " + token("Practitioner/systema", ids...)
		for range ids {
			c.next(t)
		}
		for range 2 {
			c.in <- "bind-with-token " + token("Practitioner/systemb", "last")
			if told := c.next(t); !strings.Contains(told, "at most 100") {
				t.Errorf("the 101st is told %s", told)
			}
		}
	})
}
