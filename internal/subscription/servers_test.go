package subscription_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/gate"
	"yitong/internal/store"
	"yitong/internal/subscription"
)

// TestServers: of several servers one at a time delivers, each event once and in order while none of them dies; when one does, another
// goes on with the numbers where it stood.
func TestServers(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w *world) {
		if w.db.Alone() {
			t.Skip("this database has one server")
		}
		e := newEndpoint(t)
		s, stop := w.serve(w.db)
		for range 2 {
			w.serve(w.again())
		}
		w.must(w.subscribe(s, "Practitioner/systema", "s", byTopic(changed+"Observation", "id-only", "", e.URL, 1)))
		e.next(t)
		w.becomes("s", "active")
		const many = 60
		for i := range many {
			if w.observe(fmt.Sprint("o", i), "a", "1"); i == many/2 {
				stop()
			}
		}
		number := 0
		for number < many {
			got := told(t, e.next(t).body)
			want := fmt.Sprintf("event-notification active %d %[1]d=Observation/o%d", number+1, number)
			if again := fmt.Sprintf("event-notification active %d %[1]d=Observation/o%d", number, number-1); got == again && number > 0 {
				continue // told twice: the server stopped before it could note it
			}
			if got != want {
				t.Fatalf("%s was told, not %s", got, want)
			}
			number++
		}
	})
}

// dying is a database that fails at some of the writes, before or behind their commit, as servers die.
type dying struct {
	store.DB
	mu sync.Mutex
	n  int
}

var errDied = errors.New("the server has died here")

// Write implements [store.DB].
func (d *dying) Write(ctx context.Context, w store.Work) error {
	d.mu.Lock()
	d.n++
	n := d.n
	d.mu.Unlock()
	if n%5 == 2 {
		return fault.New(fault.Unavailable, "no").Because(errDied)
	}
	err := d.DB.Write(ctx, w)
	if err == nil && n%5 == 4 {
		err = fault.New(fault.Unavailable, "It may have happened.").Because(errDied)
	}
	return err
}

// slow is a database that takes longer to read what is kept of Subscriptions than a server is taken to be at work.
type slow struct {
	store.DB
	pause time.Duration
}

// Owned implements [store.DB].
func (d slow) Owned(ctx context.Context, kind, owner, behind string, most int) ([]store.Item, error) {
	if owner == "*" {
		<-time.After(d.pause)
	}
	return d.DB.Owned(ctx, kind, owner, behind, most)
}

// TestSlowToBegin: a server that takes long to read what there is delivers all the same.
func TestSlowToBegin(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w *world) {
		w.patience.Silence = 500 * time.Millisecond
		e := newEndpoint(t)
		s := w.service(slow{w.db, time.Second})
		w.run(w.db, s)
		w.must(w.subscribe(s, "Practitioner/systema", "s", byCriteria("Observation?", "", e.URL)))
		e.next(t)
		w.becomes("s", "active")
	})
}

// TestDying: wherever the work is broken off, before a commit or behind it, each change has one number for ever, and is told at least
// once, in order.
func TestDying(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w *world) {
		e := newEndpoint(t)
		w.run(w.db, w.service(&dying{DB: w.db}))
		w.must(w.subscribe(w.service(w.db), "Practitioner/systema", "s", byTopic(changed+"Observation", "id-only", "", e.URL, 3)))
		w.becomes("s", "active")
		const many = 40
		for i := range many {
			w.observe(fmt.Sprint("o", i), "a", "1")
		}
		last := 0
		for last < many {
			for _, one := range strings.Fields(told(t, e.next(t, "handshake").body))[3:] {
				number, of, _ := strings.Cut(one, "=Observation/o")
				if number != plusOne(of) {
					t.Fatalf("change %s has the number %s", of, number)
				}
				var n int
				if _, err := fmt.Sscan(number, &n); err != nil || n > last+1 {
					t.Fatalf("number %d follows %d", n, last)
				}
				last = max(last, n)
			}
		}
	})
}

func plusOne(text string) string {
	var n int
	fmt.Sscan(text, &n)
	return fmt.Sprint(n + 1)
}

// TestEvents: $events tells what there was, also what an endpoint has not taken, in the bounds that are asked for, and leaves out what
// is hidden by now.
func TestEvents(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w *world) {
		e := newEndpoint(t)
		s, _ := w.serve(w.db)
		w.must(w.subscribe(s, "Practitioner/systema", "s", byTopic(changed+"Observation", "id-only", "", e.URL, 1)))
		e.next(t)
		w.becomes("s", "active")
		e.status.Store(503)
		for i := range 5 {
			w.observe(fmt.Sprint("o", i), "a", "1")
		}
		me := w.gate.Session(w.actors["Practitioner/systema"])
		count := func(text []byte, err error) string {
			w.must(err)
			return told(t, text)
		}
		w.comes("five events", func() bool {
			return strings.HasPrefix(count(s.Events(w.Context(), me, "s", subscription.Asked{Since: 5})), "query-event active 5")
		})
		w.observe("o2", "b", "1") // it is b's now
		w.remove("Observation/o3")
		for _, c := range []struct {
			asked subscription.Asked
			want  string
		}{
			{subscription.Asked{Until: 2}, "1=Observation/o0 2=Observation/o1"},
			{subscription.Asked{Since: 2, Until: 5}, "2=Observation/o1 5=Observation/o4"},
			{subscription.Asked{Since: 5, Until: 5, Content: subscription.FullResource}, "5=Observation/o4 POST+"},
			{subscription.Asked{Since: 5, Until: 5, Content: subscription.Empty}, "5"},
			{subscription.Asked{Since: 100}, ""},
		} {
			got := count(s.Events(w.Context(), me, "s", c.asked))
			if _, got, _ = strings.Cut(got, "query-event active "); strings.TrimSpace(got[1:]) != c.want {
				t.Errorf("%+v: %s", c.asked, got)
			}
		}
		if _, err := s.Events(w.Context(), w.gate.Session(w.actors["Practitioner/systemb"]), "s", subscription.Asked{}); fault.CodeOf(err) != fault.NotFound {
			t.Error(err)
		}
	})
}

// wire is a websocket of a client. It implements [subscription.Conn].
type wire struct{ in, out chan string }

// Read implements [subscription.Conn].
func (c wire) Read(ctx context.Context) (string, error) {
	select {
	case text := <-c.in:
		return text, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// Write implements [subscription.Conn].
func (c wire) Write(_ context.Context, text []byte) error {
	c.out <- string(text)
	return nil
}

func (c wire) next(t testing.TB) string {
	t.Helper()
	select {
	case text := <-c.out:
		return text
	case <-time.After(patience):
		t.Fatal("nothing was said")
	}
	return ""
}

// present is somebody who has connected and shown who they are. It implements [subscription.Visitor].
type present struct {
	session *gate.Session
	gone    atomic.Bool // they have signed out
}

// Session implements [subscription.Visitor].
func (p *present) Session() (*gate.Session, error) { return p.session, p.Still(context.Background()) }

// Still implements [subscription.Visitor].
func (p *present) Still(context.Context) error {
	if p.gone.Load() {
		return fault.New(fault.Unknown, "Sign in.")
	}
	return nil
}

// TestSocketOfSomebodyGone: a person's Subscription is bound by that person only, whoever has the token, and is told of nothing once they
// have signed out; one of an institution's system is told of nothing to a program that has no access any more, though others have.
func TestSocketOfSomebodyGone(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w *world) {
		s, _ := w.serve(w.db)
		second := w.actors["Practitioner/systema"]
		second.Reference, second.As = "Practitioner/second", "another"
		w.actors["Practitioner/second"] = second
		socket := `"criteria":"Observation?","channel":{"type":"websocket"}`
		w.must(w.subscribe(s, "Practitioner/doctora", "person", socket))
		w.must(w.subscribe(s, "Practitioner/systema", "system", socket))
		w.becomes("person", "active")
		w.becomes("system", "active")
		token := func(by, id string) string {
			token, err := s.Token(w.Context(), w.gate.Session(w.actors[by]), []string{id})
			w.must(err)
			return token.Text
		}
		connect := func(who subscription.Visitor) wire {
			c := wire{make(chan string), make(chan string, 100)}
			go s.Serve(t.Context(), c, who) //nolint:errcheck // it ends with the test
			return c
		}
		for _, who := range []subscription.Visitor{nil, &present{session: w.gate.Session(w.actors["Practitioner/doctorb"])}} {
			c := connect(who)
			c.in <- "bind-with-token " + token("Practitioner/doctora", "person")
			if got := c.next(t); !strings.HasPrefix(got, "error ") {
				t.Errorf("with somebody else's token: %s", got)
			}
		}
		me := &present{session: w.gate.Session(w.actors["Practitioner/doctora"])}
		person, first, other := connect(me), connect(nil), connect(nil)
		for _, one := range []struct {
			wire
			by, id string
		}{{person, "Practitioner/doctora", "person"}, {first, "Practitioner/systema", "system"}, {other, "Practitioner/second", "system"}} {
			one.in <- "bind-with-token " + token(one.by, one.id)
			if got := one.next(t); got != "bound "+one.id {
				t.Error(got)
			}
		}
		w.observe("o", "a", "1")
		for _, c := range []wire{person, first, other} {
			if got := c.next(t); !strings.HasPrefix(got, "ping ") {
				t.Error(got)
			}
		}
		me.gone.Store(true)
		w.mu.Lock()
		delete(w.actors, "Practitioner/second")
		w.mu.Unlock()
		w.observe("o", "a", "2")
		if got := first.next(t); got != "ping system" {
			t.Error(got)
		}
		for _, c := range []wire{person, other} {
			if got := c.next(t); !strings.HasPrefix(got, "error ") {
				t.Errorf("somebody is told who has gone: %s", got)
			}
		}
	})
}

// TestSocket: a websocket binds by a token, once, on whichever server, and is told of what follows; by R4 it is told that there was
// something.
func TestSocket(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w *world) {
		worker, _ := w.serve(w.db)
		s := w.service(w.again()) // another server
		w.must(w.subscribe(s, "Practitioner/doctora", "topic", byTopic(changed+"Observation", "id-only", "", "", 5)))
		w.must(w.subscribe(s, "Practitioner/doctora", "r4", `"criteria":"Observation?","channel":{"type":"websocket"}`))
		w.becomes("topic", "active")
		w.becomes("r4", "active")
		w.observe("before", "a", "1")
		me := w.gate.Session(w.actors["Practitioner/doctora"])
		w.comes("an event", func() bool {
			text, err := worker.Events(w.Context(), me, "topic", subscription.Asked{})
			w.must(err)
			return strings.HasPrefix(told(t, text), "query-event active 1")
		})
		token, err := s.Token(w.Context(), me, []string{"topic", "r4"})
		w.must(err)
		c := wire{make(chan string), make(chan string, 100)}
		stranger := wire{make(chan string), make(chan string, 100)}
		go s.Serve(t.Context(), stranger, nil) //nolint:errcheck // it ends with the test
		stranger.in <- "bind r4"
		if got := stranger.next(t); !strings.HasPrefix(got, "error ") {
			t.Errorf("without showing who it is: %s", got)
		}
		go s.Serve(t.Context(), c, &present{session: me}) //nolint:errcheck // it ends with the test
		c.in <- "bind-with-token " + token.Text
		if got := told(t, []byte(c.next(t))); got != "handshake active 1" {
			t.Error(got)
		}
		if got := c.next(t); got != "bound r4" {
			t.Error(got)
		}
		c.in <- "bind-with-token " + token.Text
		if got := c.next(t); !strings.HasPrefix(got, "error ") {
			t.Errorf("a token was taken twice: %s", got)
		}
		w.observe("hidden", "b", "1")
		w.observe("o", "a", "1")
		got := map[string]bool{}
		for range 2 {
			text := c.next(t)
			if strings.HasPrefix(text, "{") {
				text = told(t, []byte(text))
			}
			got[text] = true
		}
		if !got["ping r4"] || !got["event-notification active 2 2=Observation/o"] || len(got) != 2 {
			t.Error(got)
		}
		if n := w.lines(); n != 2 {
			t.Errorf("the trail has %d lines of notices", n)
		}
		w.mu.Lock()
		delete(w.actors, "Practitioner/doctora")
		w.mu.Unlock()
		w.observe("o", "a", "1")
		w.becomes("topic", "off")
		if text := c.next(t); !strings.HasPrefix(told(t, []byte(text)), "query-status off") {
			t.Error(text)
		}
	})
}

// TestTokenRunsOut: a token that was not used in its time is good for nothing.
func TestTokenRunsOut(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w *world) {
		s, _ := w.serve(w.db)
		w.must(w.subscribe(s, "Practitioner/doctora", "s", `"criteria":"Observation?","channel":{"type":"websocket"}`))
		token, err := s.Token(w.Context(), w.gate.Session(w.actors["Practitioner/doctora"]), []string{"s"})
		w.must(err)
		if _, err := s.Token(w.Context(), w.gate.Session(w.actors["Practitioner/doctorb"]), []string{"s"}); fault.CodeOf(err) != fault.NotFound {
			t.Error(err)
		}
		w.late.Add(int64(5*time.Minute + time.Second))
		c := wire{make(chan string), make(chan string, 10)}
		go s.Serve(t.Context(), c, nil) //nolint:errcheck // it ends with the test
		c.in <- "bind-with-token " + token.Text
		if got := c.next(t); !strings.HasPrefix(got, "error ") {
			t.Error(got)
		}
	})
}

// TestBacklog: while an endpoint takes nothing, so many events wait and no more; when it does, it is told of everything in order.
func TestBacklog(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w *world) {
		e := newEndpoint(t)
		s, _ := w.serve(w.db)
		w.must(w.subscribe(s, "Practitioner/systema", "s", byTopic(changed+"Observation", "id-only", "", e.URL, 100)))
		e.next(t)
		w.becomes("s", "active")
		e.status.Store(503)
		const many, most = 1500, 1200
		bundle := make([]string, many)
		for i := range bundle {
			bundle[i] = fmt.Sprintf(`{"resourceType":"Observation","id":"o%d","META","status":"final","code":{"text":"x"}}`, i)
		}
		w.putAll("a", bundle)
		w.comes("a backlog", func() bool { return w.events("s") >= 1000 })
		e.next(t) // there are more turns by now
		if n := w.events("s"); n > most {
			t.Errorf("%d events wait", n)
		}
		e.status.Store(200)
		seen := map[string]bool{}
		last := 0
		for last < many {
			for _, one := range strings.Fields(told(t, e.next(t).body))[3:] {
				var n int
				number, of, _ := strings.Cut(one, "=")
				if _, err := fmt.Sscan(number, &n); err != nil || n > last+1 {
					t.Fatalf("number %d follows %d", n, last)
				}
				last, seen[of] = max(last, n), true
			}
		}
		if len(seen) != many {
			t.Errorf("%d were told of", len(seen))
		}
	})
}
