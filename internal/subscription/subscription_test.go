package subscription_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/gate"
)

const changed = "urn:yitong:topic:resource-change:"

// TestCriteria: who subscribes by R4's criteria is told of what meets them and is theirs to see, by an empty POST, once the endpoint has
// taken the handshake.
func TestCriteria(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w *world) {
		e := newEndpoint(t)
		s, _ := w.serve(w.db)
		w.must(w.subscribe(s, "Practitioner/systema", "s", byCriteria("Observation?code=s|1", "", e.URL+"/hook")))
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
		w.must(w.subscribe(s, "Practitioner/systema", "s", strings.Replace(text, `"type"`, `"header":["Authorization: Bearer x"],"type"`, 1)))
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
			w.must(w.subscribe(s, "Practitioner/systema", content, byTopic(changed+"Observation", content, "Observation?code=s|1", e.URL, 1)))
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
		w.must(w.subscribe(s, "Practitioner/systema", "s", text))
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
		if at, err := s.Stand(t.Context()); err != nil || at.Active != 1 || at.Failing != 1 || at.Failed != 0 || at.Behind != 2 || at.Since.IsZero() {
			t.Errorf("while it fails: %+v, %v", at, err)
		}
		w.late.Add(int64(25 * time.Hour))
		e.next(t)
		w.becomes("s", "error")
		if _, why := w.status("s"); why != "The endpoint answered with status 500." {
			t.Error(why)
		}
		if at, err := s.Stand(t.Context()); err != nil || at.Active != 0 || at.Failing != 0 || at.Failed != 1 {
			t.Errorf("when it is given up: %+v, %v", at, err)
		}
		w.observe("o3", "a", "1")
		w.late.Add(int64(30 * 24 * time.Hour))
		e.status.Store(200)
		w.must(w.subscribe(s, "Practitioner/systema", "s", text))
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
		w.must(w.subscribe(s, "Practitioner/systema", "s", byCriteria("Observation?", "", e.URL)))
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
		w.must(w.subscribe(s, "Practitioner/systema", "slow", byCriteria("Observation?", "", slow.URL)))
		w.must(w.subscribe(s, "Practitioner/systema", "fast", byCriteria("Observation?", "", fast.URL)))
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

// TestChangedUnderWay: who changes a Subscription while a notice is under way is told by the new address of what the old one had not
// taken by then, with its number; who deletes it is told no more, and nothing of it stays.
func TestChangedUnderWay(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w *world) {
		old, e, other := newEndpoint(t), newEndpoint(t), newEndpoint(t)
		s, _ := w.serve(w.db)
		w.must(w.subscribe(s, "Practitioner/systema", "s", byTopic(changed+"Observation", "id-only", "", old.URL, 1)))
		old.next(t)
		w.becomes("s", "active")
		hold := func(e *endpoint, what func()) (release func()) {
			never := make(chan struct{})
			e.hold.Store(&never)
			what()
			w.comes("a call", func() bool { return e.held.Load() == 1 })
			return func() { e.hold.Store(nil); close(never) }
		}
		release := hold(old, func() { w.observe("o1", "a", "1") })
		w.must(w.subscribe(s, "Practitioner/systema", "s", byTopic(changed+"Observation", "id-only", "", e.URL, 1)))
		w.comes("the new version", func() bool {
			i, err := w.db.Item(t.Context(), "subscription", "s")
			w.must(err)
			return strings.Contains(string(i.Body), `"status":"requested"`)
		})
		old.status.Store(500) // it does not take what is under way
		release()
		if got := told(t, e.next(t, "handshake").body); got != "event-notification active 1 1=Observation/o1" {
			t.Errorf("%s was told", got)
		}
		w.noted("s", `"to":1`)
		release = hold(e, func() { w.observe("o2", "a", "1") })
		w.remove("Subscription/s")
		w.must(w.subscribe(s, "Practitioner/systema", "shaken", byCriteria("Observation?", "", other.URL)))
		other.next(t)
		w.becomes("shaken", "active") // so the deletion was seen
		release()
		e.next(t)
		release = hold(other, func() {
			w.must(w.subscribe(s, "Practitioner/systema", "new", byCriteria("Observation?", "", other.URL)))
		})
		w.remove("Subscription/new")
		w.comes("that it was seen", func() bool {
			i, err := w.db.Item(t.Context(), "subscription", "new")
			w.must(err)
			return !i.Exists()
		})
		release()
		other.next(t)
		w.observe("o3", "a", "1")
		other.next(t) // of the one that is left
		for _, id := range []string{"s", "new"} {
			for _, kind := range []string{"subscription", "subscription-told"} {
				i, err := w.db.Item(t.Context(), kind, id)
				w.must(err)
				if i.Exists() {
					t.Errorf("%s/%s is left: %s", kind, id, i.Body)
				}
			}
		}
		if len(old.calls) == 0 || len(e.calls)+len(other.calls) > 0 {
			t.Errorf("%d, %d and %d calls are too many", len(old.calls), len(e.calls), len(other.calls))
		}
	})
}

// TestShare: however many endpoints of one subscriber do not answer, another subscriber is told.
func TestShare(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w *world) {
		w.patience.Timeout, w.patience.AtOnce = time.Hour, 16
		slow, fast := newEndpoint(t), newEndpoint(t)
		never := make(chan struct{})
		slow.hold.Store(&never)
		s, stop := w.serve(w.db)
		for i := range 20 {
			w.must(w.subscribe(s, "Practitioner/systema", fmt.Sprint("slow", i), byCriteria("Observation?", "", slow.URL)))
		}
		w.comes("calls that are not answered", func() bool { return slow.held.Load() >= 2 })
		w.must(w.subscribe(s, "Practitioner/systemb", "fast", byCriteria("Observation?", "", fast.URL)))
		fast.next(t)
		w.becomes("fast", "active")
		w.observe("o", "b", "1")
		fast.next(t)
		if n := slow.held.Load(); n != 2 {
			t.Errorf("%d calls of one subscriber are under way, not 2 of 16", n)
		}
		close(never)
		stop()
	})
}

// TestManyAtOnce: who writes more Subscriptions at once than one may have, before they were counted, has as many as may be. The others
// say why they are not at work, also when they are asked for again.
func TestManyAtOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w *world) {
		s := w.service(w.db)
		write := func(ids ...int) {
			var ops []gate.Op
			by := w.gate.Session(w.actors["Practitioner/doctora"])
			for _, i := range ids {
				r, err := fhir.ParseResource(fmt.Appendf(nil, `{"resourceType":"Subscription","id":"s%d","status":"requested","reason":"r","criteria":"Observation?","channel":{"type":"websocket"}}`, i))
				w.must(err)
				if r, err = s.Admit(t.Context(), by, r, r.ID); err != nil {
					t.Fatal(err)
				}
				ops = append(ops, gate.Op{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r})
			}
			_, err := by.Apply(t.Context(), ops, nil)
			w.must(err)
		}
		const many, most = 110, 100
		all := make([]int, many)
		for i := range all {
			all[i] = i
		}
		write(all...)
		w.run(w.db, s)
		counts := func() (n map[string]int, refused int) {
			n = map[string]int{}
			for i := range many {
				status, why := w.status(fmt.Sprint("s", i))
				if n[status]++; status == "error" {
					if refused = i; !strings.Contains(why, "as many as may be") {
						t.Fatal(why)
					}
				}
			}
			return n, refused
		}
		settled := func() bool { n, _ := counts(); return n["active"] == most && n["error"] == many-most }
		w.comes("all say how they fare", settled)
		_, refused := counts()
		before, err := w.db.Head(t.Context(), fhir.ParseReference(fmt.Sprint("Subscription/s", refused)).Ref)
		w.must(err)
		write(refused)
		w.comes("it says so again", func() bool {
			now, err := w.db.Head(t.Context(), before.Ref)
			w.must(err)
			return now.Number >= before.Number+2 && settled()
		})
	})
}

// TestRevoked: who has no access any more is told of nothing more, and the Subscription ends with the reason.
func TestRevoked(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w *world) {
		e := newEndpoint(t)
		s, _ := w.serve(w.db)
		w.must(w.subscribe(s, "Practitioner/systema", "s", byCriteria("Observation?", "", e.URL)))
		e.next(t)
		w.becomes("s", "active")
		w.mu.Lock()
		delete(w.actors, "Practitioner/systema")
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
