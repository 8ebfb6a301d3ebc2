package subscription_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

const changed = "urn:yitong:topic:resource-change:"

// TestCriteria: who subscribes by R4's criteria is told of what meets them and is theirs to see, by an empty POST, once the endpoint has
// taken the handshake.
func TestCriteria(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w *world) {
		e := newEndpoint(t)
		s, _ := w.serve(w.db)
		w.must(w.subscribe(s, "Practitioner/doctora", "s", byCriteria("Observation?code=s|1", "", e.URL+"/hook")))
		if c := e.next(t); c.method != "POST" || len(c.body) != 0 || c.path != "/hook" {
			t.Fatalf("the handshake is %s %s %s", c.method, c.path, c.body)
		}
		w.becomes("s", "active")
		w.observe("hidden", "b", "1")
		w.observe("other", "a", "2")
		w.observe("mine", "a", "1")
		if c := e.next(t); c.method != "POST" || len(c.body) != 0 {
			t.Fatalf("the notice is %s %s", c.method, c.body)
		}
		if n := w.lines(); n != 1 {
			t.Errorf("the trail has %d lines of notices, not 1", n)
		}
		w.observe("mine", "a", "2") // it meets them no more
		w.remove("Observation/mine")
		w.observe("last", "a", "1")
		e.next(t)
		if n := w.lines(); n != 2 {
			t.Errorf("the trail has %d lines of notices, not 2", n)
		}
	})
}

// TestPayload: with a payload the endpoint is a FHIR base, to which the resource is put as the subscriber sees it.
func TestPayload(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w *world) {
		e := newEndpoint(t)
		s, _ := w.serve(w.db)
		text := byCriteria("Observation?", "application/fhir+json", e.URL+"/base")
		w.must(w.subscribe(s, "Practitioner/doctora", "s", strings.Replace(text, `"type"`, `"header":["Authorization: Bearer x"],"type"`, 1)))
		if c := e.next(t); c.method != "POST" || len(c.body) != 0 || c.header.Get("Authorization") != "Bearer x" {
			t.Fatalf("the handshake is %s %s", c.method, c.body)
		}
		w.observe("o", "a", "1")
		c := e.next(t)
		if c.method != "PUT" || c.path != "/base/Observation/o" || !strings.Contains(string(c.body), `"versionId":"1"`) || c.header.Get("Content-Type") != "application/fhir+json" {
			t.Errorf("the notice is %s %s %s %s", c.method, c.path, c.header, c.body)
		}
	})
}

// TestTopic: notices by a topic are Bundles with numbers from 1 without a gap, of each content, deletions included.
func TestTopic(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w *world) {
		s, _ := w.serve(w.db)
		all := map[string]*endpoint{}
		for _, content := range []string{"empty", "id-only", "full-resource"} {
			e := newEndpoint(t)
			all[content] = e
			w.must(w.subscribe(s, "Practitioner/doctora", content, byTopic(changed+"Observation", content, "Observation?code=s|1", e.URL, 1)))
			if got := told(t, e.next(t).body); got != "handshake requested 0" {
				t.Fatal(got)
			}
			w.becomes(content, "active")
		}
		w.observe("o", "a", "1")
		w.observe("hidden", "b", "1")
		w.observe("o", "a", "1")
		w.comes("both", func() bool {
			return len(all["empty"].calls) == 2 && len(all["id-only"].calls) == 2 && len(all["full-resource"].calls) == 2
		})
		w.remove("Observation/hidden")
		w.remove("Observation/o")
		for content, want := range map[string][]string{
			"empty":         {"1 1", "2 2", "3 3"},
			"id-only":       {"1 1=Observation/o", "2 2=Observation/o", "3 3=Observation/o"},
			"full-resource": {"1 1=Observation/o POST+", "2 2=Observation/o PUT+", "3 3=Observation/o DELETE"},
		} {
			for _, one := range want {
				c := all[content].next(t)
				if got := told(t, c.body); got != "event-notification active "+one {
					t.Errorf("%s: %s, not %s", content, got, one)
				}
			}
		}
	})
}

// TestOrder: many changes are told in their order, several in a notice, each once while nothing fails.
func TestOrder(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w *world) {
		e := newEndpoint(t)
		s, _ := w.serve(w.db)
		w.must(w.subscribe(s, "Practitioner/systema", "s", byTopic(changed+"Observation", "id-only", "", e.URL, 7)))
		e.next(t)
		const many = 150
		for i := range many {
			w.observe(fmt.Sprint("o", i), "a", "1")
		}
		number := 0
		for number < many {
			line := strings.Fields(told(t, e.next(t).body))
			for _, one := range line[3:] {
				if want := fmt.Sprintf("%d=Observation/o%d", number+1, number); one != want {
					t.Fatalf("%s was told, not %s", one, want)
				}
				number++
			}
		}
	})
}

// TestRetry: what an endpoint does not take is sent again after pauses that double, in order; the Subscription ends in an error after a
// while, and goes on from where it stood when its owner asks for it.
func TestRetry(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w *world) {
		w.patience.Pause = time.Minute
		e := newEndpoint(t)
		s, _ := w.serve(w.db)
		text := byTopic(changed+"Observation", "id-only", "", e.URL, 1)
		w.must(w.subscribe(s, "Practitioner/doctora", "s", text))
		e.next(t)
		w.becomes("s", "active")
		e.status.Store(500)
		w.observe("o1", "a", "1")
		w.observe("o2", "a", "1")
		if got := told(t, e.next(t).body); got != "event-notification active 1 1=Observation/o1" {
			t.Fatal(got)
		}
		tries := 0
		for pause := time.Minute; pause < 20*time.Minute; pause *= 2 {
			tries++
			w.noted("s", fmt.Sprintf(`"tries":%d`, tries))
			w.late.Add(int64(pause - pause/100))
			select {
			case c := <-e.calls:
				t.Fatalf("it was tried again too early: %s", c.body)
			case <-time.After(30 * time.Millisecond):
			}
			w.late.Add(int64(pause / 5)) // with the part that is left to chance
			if got := told(t, e.next(t).body); got != "event-notification active 1 1=Observation/o1" {
				t.Fatal(got)
			}
		}
		w.noted("s", fmt.Sprintf(`"tries":%d`, tries+1))
		w.late.Add(int64(25 * time.Hour))
		e.next(t)
		w.becomes("s", "error")
		if _, why := w.status("s"); why != "The endpoint answered with status 500." {
			t.Error(why)
		}
		w.observe("o3", "a", "1")
		w.late.Add(int64(30 * 24 * time.Hour))
		e.status.Store(200)
		w.must(w.subscribe(s, "Practitioner/doctora", "s", text))
		for i, want := range []string{"handshake requested 2", "event-notification active 1 1=Observation/o1", "event-notification active 2 2=Observation/o2", "event-notification active 3 3=Observation/o3"} {
			got := told(t, e.next(t).body)
			if i == 0 {
				got = got[:len("handshake requested")] + " 2" // or already 3
			}
			if got != want {
				t.Errorf("%s was told, not %s", got, want)
			}
		}
	})
}

// TestHandshakeFails: a Subscription whose endpoint does not take the handshake comes to an error, and is told of nothing.
func TestHandshakeFails(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w *world) {
		w.patience.Shakes = 3
		e := newEndpoint(t)
		e.status.Store(302)
		s, _ := w.serve(w.db)
		w.must(w.subscribe(s, "Practitioner/doctora", "s", byCriteria("Observation?", "", e.URL)))
		w.becomes("s", "error")
		if len(e.calls) != 3 {
			t.Errorf("it was tried %d times", len(e.calls))
		}
	})
}

// TestSlow: an endpoint that does not answer holds nobody up.
func TestSlow(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w *world) {
		w.patience.Timeout = time.Hour
		slow, fast := newEndpoint(t), newEndpoint(t)
		s, stop := w.serve(w.db)
		w.must(w.subscribe(s, "Practitioner/doctora", "slow", byCriteria("Observation?", "", slow.URL)))
		w.must(w.subscribe(s, "Practitioner/doctora", "fast", byCriteria("Observation?", "", fast.URL)))
		slow.next(t)
		fast.next(t)
		w.becomes("slow", "active")
		w.becomes("fast", "active")
		never := make(chan struct{})
		slow.hold.Store(&never)
		for i := range 30 {
			w.observe(fmt.Sprint("o", i), "a", "1")
		}
		for range 30 {
			fast.next(t)
		}
		if len(slow.calls) > 0 {
			t.Error("the slow one has answered")
		}
		close(never)
		for range 30 {
			slow.next(t)
		}
		stop()
	})
}

// TestRevoked: who has no access any more is told of nothing more, and the Subscription ends with the reason.
func TestRevoked(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w *world) {
		e := newEndpoint(t)
		s, _ := w.serve(w.db)
		w.must(w.subscribe(s, "Practitioner/doctora", "s", byCriteria("Observation?", "", e.URL)))
		e.next(t)
		w.becomes("s", "active")
		w.mu.Lock()
		delete(w.actors, "Practitioner/doctora")
		w.mu.Unlock()
		w.observe("o", "a", "1")
		w.becomes("s", "off")
		if _, why := w.status("s"); !strings.Contains(why, "cannot act so any more") {
			t.Error(why)
		}
		if len(e.calls) > 0 || w.lines() > 0 {
			t.Error("something was told")
		}
	})
}
