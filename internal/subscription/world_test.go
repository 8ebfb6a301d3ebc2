package subscription_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/gate/policy"
	"yitong/internal/gate/trail"
	"yitong/internal/rest"
	"yitong/internal/store"
	"yitong/internal/store/postgres"
	"yitong/internal/store/sqlite"
	"yitong/internal/subscription"
	"yitong/internal/worker"
	"yitong/test/pgcluster"
)

func TestMain(m *testing.M) { pgcluster.Run(m) }

// databases open new, empty records, and give a way to open each once more as another server would.
var databases = map[string]func(testing.TB) (db store.DB, again func() store.DB){
	"sqlite": func(t testing.TB) (store.DB, func() store.DB) {
		db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "record.db"))
		db2 := opened(t, db, err)
		return db2, func() store.DB { return db2 } // one process has the file
	},
	"postgres": func(t testing.TB) (store.DB, func() store.DB) {
		url := pgcluster.Shared(t)
		open := func() store.DB {
			db, err := postgres.Open(t.Context(), url)
			return opened(t, db, err)
		}
		return open(), open
	},
}

func opened(t testing.TB, db store.DB, err error) store.DB {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// eachDatabase runs a test in a world of its own on each database, side by side.
func eachDatabase(t *testing.T, test func(*testing.T, *world)) {
	t.Parallel()
	for name, open := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, again := open(t)
			test(t, newWorld(t, db, again))
		})
	}
}

// world is a record with institutions a and b, and who works there.
type world struct {
	testing.TB
	db    store.DB
	again func() store.DB
	gate  *gate.Gate
	late  atomic.Int64 // by which the clock of servers is ahead, in nanoseconds

	mu       sync.Mutex
	actors   map[string]gate.Actor // by reference
	patience subscription.Patience
	topics   []subscription.Topic
}

func newWorld(t testing.TB, db store.DB, again func() store.DB) *world {
	w := &world{TB: t, db: db, again: again, actors: map[string]gate.Actor{}}
	w.gate = w.gateOn(db)
	for _, at := range []string{"a", "b"} {
		w.put(`{"resourceType":"Organization","id":"` + at + `"}`)
		for _, role := range []gate.Role{gate.Doctor, gate.System, gate.Office} {
			of := gate.Of{Actor: "Practitioner/" + string(role) + at, Institution: "Organization/" + at}
			w.actors[of.Actor] = gate.Actor{Reference: of.Actor, As: "as", Role: role, Institution: of.Institution, Access: policy.Standard().Access(role, of)}
		}
		w.put(`{"resourceType":"Patient","id":"p`+at+`","META","name":[{"text":"x"}]}`, at)
	}
	return w
}

func (w *world) gateOn(db store.DB) *gate.Gate {
	return gate.New(db, gate.Config{Zone: time.UTC, Trail: trail.NewRecorder(db)})
}

func (w *world) now() time.Time { return time.Now().Add(time.Duration(w.late.Load())) }

// standing is the access of who subscribed, unless it was taken away.
func (w *world) standing(_ context.Context, by subscription.Subscriber) (gate.Actor, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	actor, is := w.actors[by.Actor]
	if !is {
		return actor, fault.New(fault.Forbidden, "You cannot act so any more.")
	}
	return actor, nil
}

func (w *world) service(db store.DB) *subscription.Service {
	allowed := subscription.Endpoints{Loopback: true}
	p := w.patience
	if p.Pause == 0 {
		p.Pause = 10 * time.Millisecond
	}
	p.Look = 10 * time.Millisecond
	s, err := subscription.New(db, w.gateOn(db), subscription.Config{
		Standing: w.standing, Send: rest.NewHooks(allowed), Endpoints: allowed, URL: "http://record.example/fhir", Now: w.now, Log: slog.New(slog.NewTextHandler(w.Output(), nil)), Patience: p, Topics: w.topics,
	})
	if err != nil {
		w.Fatal(err)
	}
	return s
}

// serve runs a server's part until stop is called, or the test ends.
func (w *world) serve(db store.DB) (s *subscription.Service, stop func()) {
	s = w.service(db)
	return s, w.run(db, s)
}

// run does the work of a service.
func (w *world) run(db store.DB, s *subscription.Service) (stop func()) {
	k, err := worker.New(w.Context(), db, worker.Config{Poll: 5 * time.Millisecond, Lease: 600 * time.Millisecond, Works: []worker.Work{{Name: "subscriptions", Do: s.Step}}})
	if err != nil {
		w.Fatal(err)
	}
	ctx, cancel := context.WithCancel(w.Context())
	var all sync.WaitGroup
	all.Go(func() { _ = k.Run(ctx) })
	stop = sync.OnceFunc(func() {
		cancel()
		all.Wait()
		s.Close(context.Background())
	})
	w.Cleanup(stop)
	return stop
}

// put writes a resource as the platform; "META" stands for a meta with a custodian.
func (w *world) put(text string, custodian ...string) store.Version {
	w.Helper()
	if len(custodian) > 0 {
		text = strings.Replace(text, `"META"`, `"meta":{"extension":[{"url":"urn:yitong:custodian","valueReference":{"reference":"Organization/`+custodian[0]+`"}}]}`, 1)
	}
	r, err := fhir.ParseResource([]byte(text))
	if err != nil {
		w.Fatal(err, text)
	}
	out, err := w.gate.Session(gate.Actor{Reference: "Device/x", Process: gate.Everything, Access: gate.Whole()}).
		Apply(w.Context(), []gate.Op{{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r}}, nil)
	if err != nil {
		w.Fatal(err, text)
	}
	return out[0].Version
}

func (w *world) remove(name string) {
	w.Helper()
	ref := fhir.ParseReference(name).Ref
	if _, err := w.gate.Session(gate.Actor{Reference: "Device/x", Process: gate.Everything, Access: gate.Whole()}).
		Apply(w.Context(), []gate.Op{{Kind: gate.Delete, Type: ref.Type, ID: ref.ID}}, nil); err != nil {
		w.Fatal(err)
	}
}

// observe writes an Observation.
func (w *world) observe(id, at, code string) store.Version {
	w.Helper()
	return w.put(`{"resourceType":"Observation","id":"`+id+`","META","status":"final","code":{"coding":[{"system":"s","code":"`+code+`"}]},"subject":{"reference":"Patient/p`+at+`"}}`, at)
}

// subscribe writes a Subscription in somebody's name.
func (w *world) subscribe(s *subscription.Service, who, id, text string) error {
	r, err := fhir.ParseResource([]byte(`{"resourceType":"Subscription","id":"` + id + `","status":"requested","reason":"r",` + text + `}`))
	if err != nil {
		w.Fatal(err, text)
	}
	return w.write(s, who, r)
}

func (w *world) write(s *subscription.Service, who string, r fhir.Resource) error {
	session := w.gate.Session(w.actors[who])
	r, err := s.Admit(w.Context(), session, r, r.ID)
	if err != nil {
		return err
	}
	_, err = session.Apply(w.Context(), []gate.Op{{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r}}, nil)
	return err
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// byCriteria and byTopic are Subscriptions to an endpoint.
func byCriteria(criteria, payload, endpoint string) string {
	if payload != "" {
		payload = `"payload":"` + payload + `",`
	}
	return `"criteria":"` + criteria + `","channel":{"type":"rest-hook",` + payload + `"endpoint":"` + endpoint + `"}`
}

const guide = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-"

func byTopic(topic, content, filter, endpoint string, most int) string {
	criteria := `"criteria":"` + topic + `",`
	if filter != "" {
		criteria += `"_criteria":{"extension":[{"url":"` + guide + `filter-criteria","valueString":"` + filter + `"}]},`
	}
	channel := `"type":"rest-hook","endpoint":"` + endpoint + `",`
	if endpoint == "" {
		channel = `"type":"websocket",`
	}
	return criteria + `"channel":{` + channel + `"payload":"application/fhir+json","_payload":{"extension":[{"url":"` + guide + `payload-content","valueCode":"` + content + `"}]},` +
		`"extension":[{"url":"` + guide + `max-count","valuePositiveInt":` + fmt.Sprint(most) + `}]}`
}

// call is a request that an endpoint got.
type call struct {
	method, path string
	header       http.Header
	body         []byte
}

// endpoint is a subscriber's server.
type endpoint struct {
	*httptest.Server
	calls  chan call
	status atomic.Int64 // of its answers
	hold   atomic.Pointer[chan struct{}]
	held   atomic.Int64 // calls that wait
}

func newEndpoint(t testing.TB) *endpoint {
	e := &endpoint{calls: make(chan call, 10_000)}
	e.status.Store(200)
	e.Server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if hold := e.hold.Load(); hold != nil {
			e.held.Add(1)
			select {
			case <-*hold:
			case <-r.Context().Done():
			}
			e.held.Add(-1)
		}
		e.calls <- call{r.Method, r.URL.Path, r.Header, body}
		rw.WriteHeader(int(e.status.Load()))
	}))
	t.Cleanup(e.Close)
	return e
}

const patience = 20 * time.Second

// next is the next call that is none of the kinds given.
func (e *endpoint) next(t testing.TB, but ...string) call {
	t.Helper()
	for {
		select {
		case c := <-e.calls:
			if len(but) > 0 && strings.Contains(string(c.body), `"valueCode":"`+but[0]+`"`) {
				continue
			}
			return c
		case <-time.After(patience):
			t.Fatal("nobody has called")
		}
	}
}

// told is what a notice says, in a line: kind, count, and each event.
func told(t testing.TB, body []byte) string {
	t.Helper()
	var b struct {
		Type  string
		Entry []struct {
			FullURL  string
			Resource json.RawMessage
			Request  *struct{ Method, URL string }
		}
	}
	if err := json.Unmarshal(body, &b); err != nil {
		t.Fatal(err, string(body))
	}
	type parameter struct {
		Name                                                 string
		ValueCode, ValueString, ValueCanonical, ValueInstant string
		ValueReference                                       struct{ Reference string }
		Part                                                 []struct {
			Name, ValueString string
			ValueReference    struct{ Reference string }
		}
	}
	var p struct {
		Meta      struct{ Profile []string }
		Parameter []parameter
	}
	if err := json.Unmarshal(b.Entry[0].Resource, &p); err != nil {
		t.Fatal(err)
	}
	var kind, count, status string
	var events []string
	for _, x := range p.Parameter {
		switch x.Name {
		case "type":
			kind = x.ValueCode
		case "status":
			status = x.ValueCode
		case "events-since-subscription-start":
			count = x.ValueString
		case "notification-event":
			one := ""
			for _, q := range x.Part {
				switch q.Name {
				case "event-number":
					one = q.ValueString
				case "focus":
					one += "=" + strings.TrimPrefix(q.ValueReference.Reference, "http://record.example/fhir/")
				}
			}
			events = append(events, one)
		}
	}
	line := strings.TrimSpace(strings.Join([]string{kind, status, count, strings.Join(events, " ")}, " "))
	for _, e := range b.Entry[1:] {
		line += " " + e.Request.Method
		if e.Resource != nil {
			line += "+"
		}
	}
	return line
}

// status is how a Subscription fares, as its resource says.
func (w *world) status(id string) (status, why string) {
	v, err := w.db.Head(w.Context(), fhir.ParseReference("Subscription/"+id).Ref)
	w.must(err)
	r, err := fhir.ParseResource(v.Body.Bytes)
	w.must(err)
	return r.Root.Get("status").Str(), r.Root.Get("error").Str()
}

// comes waits until something is so.
func (w *world) comes(what string, is func() bool) {
	w.Helper()
	for end := time.Now().Add(patience); !is(); {
		if time.Now().After(end) {
			w.Fatal("it did not come: ", what)
		}
		time.Sleep(5 * time.Millisecond) // between looks: what it waits for is work of other goroutines
	}
}

func (w *world) becomes(id, status string) {
	w.Helper()
	w.comes("Subscription/"+id+" "+status, func() bool { is, _ := w.status(id); return is == status })
}

// events is how many events a Subscription has.
func (w *world) events(id string) int64 {
	w.Helper()
	i, err := w.db.Item(w.Context(), "subscription", id)
	w.must(err)
	var state struct{ Events int64 }
	w.must(json.Unmarshal(i.Body, &state))
	return state.Events
}

// lines are those of the trail for what a subscriber was told.
func (w *world) lines() (n int) {
	rows, err := w.db.Loose(w.Context(), 64<<20)
	w.must(err)
	for _, row := range rows {
		for line := range bytes.SplitSeq(row.Lines, []byte("\n")) {
			if bytes.Contains(line, []byte(`"$notify"`)) && !bytes.Contains(line, []byte("Device/subscriptions")) {
				n++
			}
		}
	}
	return n
}

// noted waits until what is kept of deliveries has a text in it.
func (w *world) noted(id, text string) {
	w.Helper()
	w.comes(text, func() bool {
		i, err := w.db.Item(w.Context(), "subscription-told", id)
		w.must(err)
		return bytes.Contains(i.Body, []byte(text))
	})
}

// putAll writes resources in one transaction.
func (w *world) putAll(custodian string, texts []string) {
	w.Helper()
	w.putBy(gate.Actor{Reference: "Device/x", Process: gate.Everything, Access: gate.Whole()}, custodian, texts)
}

// putBy writes resources in one transaction, in somebody's name.
func (w *world) putBy(by gate.Actor, custodian string, texts []string) {
	w.Helper()
	var ops []gate.Op
	for _, text := range texts {
		r, err := fhir.ParseResource([]byte(strings.Replace(text, `"META"`, `"meta":{"extension":[{"url":"urn:yitong:custodian","valueReference":{"reference":"Organization/`+custodian+`"}}]}`, 1)))
		w.must(err)
		ops = append(ops, gate.Op{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r})
	}
	_, err := w.gate.Session(by).Apply(w.Context(), ops, nil)
	w.must(err)
}
