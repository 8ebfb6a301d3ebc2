package rest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/rest"
	"yitong/internal/store"
	"yitong/internal/subscription"
)

// calls are what endpoints were called with, by their addresses. It implements [subscription.Sender].
type calls struct {
	mu  sync.Mutex
	all map[string][]string
}

// Send implements [subscription.Sender].
func (c *calls) Send(_ context.Context, m subscription.Message) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	name, _, _ := strings.Cut(strings.TrimPrefix(m.URL, "https://198.18.0.1/"), "/")
	c.all[name] = append(c.all[name], m.Method+" "+m.URL+" "+string(m.Body))
	return nil
}

// told are the calls of one endpoint, without what differs from one time to the next.
func (c *calls) told(name string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return unsteady.ReplaceAllString(strings.Join(c.all[name], "\n"), "…")
}

// testNetworks has the endpoint of these tests, which is called by nobody.
var testNetworks = []netip.Prefix{netip.MustParsePrefix("198.18.0.0/15")}

// subscribing is a server with subscribers.
type subscribing struct {
	*testing.T
	db    store.DB
	gate  *gate.Gate
	s     *subscription.Service
	calls *calls
	http.Handler
}

func (s story) subscribing(t *testing.T, db store.DB) *subscribing {
	g := gate.New(db, gate.Config{References: true, Zone: shanghai})
	w := &subscribing{T: t, db: db, gate: g, calls: &calls{all: map[string][]string{}}}
	allowed := subscription.Endpoints{Loopback: true, Networks: testNetworks}
	var err error
	w.s, err = subscription.New(db, g, subscription.Config{
		Standing: func(_ context.Context, by subscription.Subscriber) (gate.Actor, error) {
			return s.actors[string(by.Role)], nil
		},
		Send: w.calls, Endpoints: allowed, URL: "http://localhost/fhir", Patience: subscription.Patience{Upkeep: time.Nanosecond, Look: 5 * time.Millisecond},
	})
	if err != nil {
		t.Fatal(err)
	}
	w.Handler = rest.New(g, rest.Config{
		Version: "test", BodyMost: 1 << 20, Zone: shanghai, Log: slog.New(slog.DiscardHandler), References: true, URL: "http://localhost/fhir", RequestsMost: 64,
		Who: func(r *http.Request) (gate.Actor, error) { return s.actors[r.Header.Get("X-Who")], nil }, Subscriptions: w.s,
	}).Handler()
	t.Cleanup(func() { w.s.Close(context.Background()) })
	return w
}

// quiet works until all that has changed was looked at, and told.
func (w *subscribing) quiet() {
	w.Helper()
	for end := time.Now().Add(20 * time.Second); ; {
		for more := true; more; {
			n, err := w.db.Sequence(w.Context(), 1000)
			if err != nil {
				w.Fatal(err)
			}
			if more, err = w.s.Step(w.Context()); err != nil {
				w.Fatal(err)
			}
			more = more || n > 0
		}
		if w.settled() {
			return
		}
		if time.Now().After(end) {
			w.Fatal("it does not come to rest")
		}
	}
}

// settled tells whether every Subscription has come to the end of the feed, and has told what there was.
func (w *subscribing) settled() bool {
	at, err := w.db.FeedState(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	states, err := w.db.Owned(w.Context(), "subscription", "*", "", 1000)
	if err != nil {
		w.Fatal(err)
	}
	return at.Waiting == 0 && !slices.ContainsFunc(states, func(i store.Item) bool {
		var state struct {
			Status string
			Place  store.Position
			Events int64
		}
		var told struct{ To int64 }
		other, err := w.db.Item(w.Context(), "subscription-told", i.ID)
		if err == nil {
			err = json.Unmarshal(i.Body, &state)
		}
		if err == nil && other.Exists() {
			err = json.Unmarshal(other.Body, &told)
		}
		if err != nil {
			w.Fatal(err)
		}
		return state.Status != "off" && (state.Status != "active" || state.Place != at.Head || other.Exists() && told.To != state.Events) // websockets keep no account
	})
}

// TestHostileSubscriptions: nobody follows what is hidden by a Subscription. Whatever somebody subscribes to is answered alike, and tells
// the same notices with the same numbers, whether what is hidden is there and changes, or never was; $status and $events, too. Residents,
// those who act for them, and others of whom the policy says so subscribe to nothing.
func TestHostileSubscriptions(t *testing.T) {
	t.Parallel()
	for name, open := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := usualStory()
			with, without := open(t), open(t)
			s.told(t, with, true)
			s.told(t, without, false)
			a, b := s.subscribing(t, with), s.subscribing(t, without)
			w := twins{t, a, b}
			ids := hostileSubscriptions(w)
			a.quiet()
			b.quiet()
			put(t, a.gate, "a", hidden)
			for _, one := range []*subscribing{a, b} {
				put(t, one.gate, "b", plainly[5:])
			}
			put(t, a.gate, "a", hidden)
			erase(t, a.gate, "Appointment/qz7a")
			erase(t, a.gate, "Appointment/ab")
			erase(t, b.gate, "Appointment/ab")
			a.quiet()
			b.quiet()
			var some int
			for _, who := range slices.Sorted(maps.Keys(outsiders)) {
				for n := range hostileCriteria {
					endpoint := fmt.Sprint(who, n)
					if x, y := a.calls.told(endpoint), b.calls.told(endpoint); x != y || strings.Contains(x, secret) {
						t.Errorf("%s is told by %q:\n%s\nand not\n%s", who, hostileCriteria[n], x, y)
					} else if len(x) > 0 {
						some++
					}
				}
				list := []asked{{method: "GET", address: "/Subscription?_sort=_id"}, {method: "GET", address: "/Subscription/$status"}}
				for _, id := range ids[who] {
					for _, what := range []string{"", "/$status", "/$events?content=full-resource", "/_history"} {
						list = append(list, asked{method: "GET", address: "/Subscription/" + id + what})
					}
				}
				for _, one := range list {
					if w.differs(who, one) { // what they have asked for may well name what is hidden
						x, _ := toldBy(a, who, one)
						y, _ := toldBy(b, who, one)
						x, y = apart(x, y)
						t.Errorf("%s can tell by %s:\n%s\n%s", who, one, x, y)
					}
				}
			}
			if some < 10 {
				t.Errorf("only %d Subscriptions were told anything", some)
			}
		})
	}
}

// hostileCriteria is what outsiders subscribe to.
var hostileCriteria = []string{
	"Observation?", "Observation?patient=Patient/qz7p", "Observation?patient=Patient/pb", "Patient?_id=qz7p", "Patient?", "Observation?code=8867-4", "Patient?gender=female",
	"Patient?name=qz7", "Task?", "Claim?", "Coverage?", "Observation?patient.name=qz7", "Patient?birthdate:missing=true", "urn:yitong:topic:resource-change:Observation",
	"urn:yitong:topic:resource-change:Encounter", "urn:yitong:topic:resource-change:Appointment",
}

// hostileSubscriptions subscribes in every role, and tells the ids of what was taken.
func hostileSubscriptions(w twins) map[string][]string {
	ids := map[string][]string{}
	for _, who := range slices.Sorted(maps.Keys(outsiders)) {
		for n, criteria := range hostileCriteria {
			id := fmt.Sprint(who, n)
			payload := `,"payload":"application/fhir+json"`
			if strings.HasPrefix(criteria, "urn:") {
				payload += `,"_payload":{"extension":[{"url":"http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-payload-content","valueCode":"full-resource"}]}`
			}
			write := func(channel string) asked {
				return asked{method: "PUT", address: "/Subscription/" + id, body: fmt.Sprintf(
					`{"resourceType":"Subscription","id":%q,"status":"requested","reason":"x","criteria":%q,"channel":{%s}}`, id, criteria, channel)}
			}
			a := write(`"type":"rest-hook","endpoint":"https://198.18.0.1/` + id + `"` + payload)
			if who != "system" { // nothing leaves for an address that a person names
				if got, _ := toldBy(w.with, who, a); strings.HasPrefix(got, "20") {
					w.Errorf("%s may %s", who, a)
				}
				if a = write(`"type":"websocket"` + payload); !strings.HasPrefix(criteria, "urn:") {
					a = write(`"type":"websocket"`)
				}
			}
			w.same(who, a)
			told, _ := toldBy(w.with, who, asked{method: "GET", address: "/Subscription/" + id})
			taken := strings.HasPrefix(told, "200")
			if taken && !subscribes[who] {
				w.Errorf("%s may %s", who, a)
			}
			if taken {
				ids[who] = append(ids[who], id)
			}
		}
		if subscribes[who] != (len(ids[who]) > 0) {
			w.Errorf("%s has %d Subscriptions", who, len(ids[who]))
		}
	}
	return ids
}

// subscribes are the roles that have Subscriptions.
var subscribes = map[string]bool{"doctor": true, "nurse": true, "office": true, "insurer": true, "regulator": true, "cdc": true, "system": true}

// erase deletes a resource.
func erase(t *testing.T, g *gate.Gate, name string) {
	t.Helper()
	ref := fhir.ParseReference(name).Ref
	whole := g.Session(gate.Actor{Reference: "Device/x", Access: gate.Whole()})
	if _, err := whole.Apply(t.Context(), []gate.Op{{Kind: gate.Delete, Type: ref.Type, ID: ref.ID}}, nil); err != nil {
		t.Fatal(err)
	}
}
