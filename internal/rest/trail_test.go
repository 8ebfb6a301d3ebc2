package rest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/gate/trail"
	"yitong/internal/rest"
	"yitong/internal/store"
	"yitong/internal/subscription"
)

// archive is a record whose trail is read by the tests (missions F3, F4).
type archive struct {
	*testing.T
	db    store.DB
	base  string
	lost  atomic.Bool // whether the trail takes no lines
	asked int
}

// Trace implements [store.DB].
func (a *archive) Trace(ctx context.Context, lines []byte) error {
	if a.lost.Load() {
		return fault.New(fault.Unavailable, "There is no room.")
	}
	return a.db.Trace(ctx, lines)
}

// lossy is a record whose trail can fail.
type lossy struct {
	store.DB
	archive *archive
}

// Trace implements [store.DB].
func (l lossy) Trace(ctx context.Context, lines []byte) error { return l.archive.Trace(ctx, lines) }

func eachArchive(t *testing.T, test func(*archive)) {
	eachDatabase(t, func(t *testing.T, db store.DB) {
		a := &archive{T: t, db: db}
		g := gate.New(lossy{db, a}, gate.Config{References: true, Zone: shanghai, Trail: trail.NewRecorder(lossy{db, a})})
		who := people()
		subscribers, err := subscription.New(db, g, subscription.Config{Standing: func(context.Context, subscription.Subscriber) (gate.Actor, error) { return who["feed"], nil }})
		if err != nil {
			t.Fatal(err)
		}
		s := httptest.NewServer(rest.New(g, rest.Config{
			Subscriptions: subscribers, Version: "test", BodyMost: 1 << 20, Zone: shanghai, Log: slog.New(slog.DiscardHandler), References: true,
			Who: func(r *http.Request) (gate.Actor, error) {
				switch as := r.Header.Get("X-As"); as {
				case "whose role has ended":
					return gate.Actor{Reference: "Person/7", Access: gate.Whole()}, fault.New(fault.Forbidden, "Your role has ended.")
				case "from another site":
					return gate.Actor{}, fault.New(fault.Forbidden, "Not from there.")
				case "unknown":
					return gate.Actor{Reference: "Person/7"}, fault.New(fault.Unknown, "Sign in.")
				default:
					return who[as], nil
				}
			},
		}).Handler())
		t.Cleanup(s.Close)
		a.base = s.URL + rest.Base
		kept := `"meta":{"extension":[{"url":"urn:yitong:custodian","valueReference":{"reference":"Organization/%s"}}]},`
		for _, one := range [][2]string{
			{"Organization/a", ""}, {"Organization/b", ""}, {"Practitioner/wang", ""},
			{"Patient/li", fmt.Sprintf(kept, "b")}, {"Patient/chen", fmt.Sprintf(kept, "a")}, {"Patient/wu", fmt.Sprintf(kept, "a")},
			{"Observation/li", fmt.Sprintf(kept, "b") + `"status":"final","code":{"text":"x"},"subject":{"reference":"Patient/li"},`},
			{"Observation/chen", fmt.Sprintf(kept, "a") + `"status":"final","code":{"text":"x"},"subject":{"reference":"Patient/chen"},`},
			{"Observation/wu", fmt.Sprintf(kept, "a") + `"status":"final","code":{"text":"x"},"subject":{"reference":"Patient/wu"},"performer":[{"reference":"Practitioner/wang"}],`},
		} {
			a.ask("all", "PUT", one[0], resourceText(one[0], one[1]))
			a.ask("all", "PUT", one[0], resourceText(one[0], one[1]+`"language":"zh",`))
		}
		a.ask("feed", "PUT", "Subscription/s", socketOf("s"))
		a.ask("all", "PUT", "Observation/chen", resourceText("Observation/chen", fmt.Sprintf(kept, "a")+`"status":"final","code":{"text":"x"},"subject":{"reference":"Patient/chen"},`))
		for end := time.Now().Add(20 * time.Second); !a.subscribed("s"); {
			_, err := db.Sequence(t.Context(), 1000)
			if err == nil {
				_, err = subscribers.Step(t.Context())
			}
			if err != nil || time.Now().After(end) {
				t.Fatal("the Subscription has not come to the end of the feed: ", err)
			}
		}
		t.Cleanup(func() { subscribers.Close(context.Background()) })
		test(a)
	})
}

// subscribed tells whether a Subscription has an event, and says that it is active.
func (a *archive) subscribed(id string) bool {
	a.Helper()
	i, err := a.db.Item(a.Context(), "subscription", id)
	if err != nil {
		a.Fatal(err)
	}
	v, err := a.db.Head(a.Context(), fhir.ParseReference("Subscription/"+id).Ref)
	if err != nil {
		a.Fatal(err)
	}
	return bytes.Contains(i.Body, []byte(`"events":1`)) && bytes.Contains(v.Body.Bytes, []byte(`"status":"active"`))
}

func resourceText(path, members string) string {
	kind, id, _ := strings.Cut(path, "/")
	return fmt.Sprintf(`{"resourceType":%q,%s"id":%q}`, kind, members, id)
}

// ask sends a request and gives its answer, and the lines of the trail about it that are there when it has come.
func (a *archive) ask(as, method, path, body string, headers ...string) (status int, answer []byte, lines []trail.Record) {
	a.Helper()
	r, err := http.NewRequest(method, a.base+"/"+path, strings.NewReader(body))
	if err != nil {
		a.Fatal(err)
	}
	a.asked++
	id := fmt.Sprintf("request-%d", a.asked)
	r.Header.Set("X-As", as)
	r.Header.Set("X-Request-Id", id)
	if body != "" {
		r.Header.Set("Content-Type", "application/fhir+json")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	got, err := plain.Do(r)
	if err != nil {
		a.Fatal(err)
	}
	defer got.Body.Close()
	lines = a.of(id)
	if answer, err = io.ReadAll(got.Body); err != nil {
		a.Fatal(err)
	}
	return got.StatusCode, answer, lines
}

// of are the lines about a request.
func (a *archive) of(request string) (all []trail.Record) {
	a.Helper()
	rows, err := a.db.Loose(a.Context(), 64<<20)
	if err != nil {
		a.Fatal(err)
	}
	for _, row := range rows {
		for line := range bytes.Lines(row.Lines) {
			r, err := trail.Parse(line)
			if err != nil {
				a.Fatal(err)
			}
			if r.Request == request {
				all = append(all, r)
			}
		}
	}
	return all
}

// shown are the versions that an answer holds.
func shown(t *testing.T, answer []byte) (names []string) {
	t.Helper()
	var r struct {
		ResourceType, ID string
		Meta             struct{ VersionID string }
		Entry            []struct{ Resource json.RawMessage }
	}
	if len(answer) == 0 {
		return nil
	}
	if err := json.Unmarshal(answer, &r); err != nil {
		t.Fatal(err, string(answer))
	}
	for _, e := range r.Entry {
		if e.Resource != nil {
			names = append(names, shown(t, e.Resource)...)
		}
	}
	if r.ID != "" && r.Meta.VersionID != "" && r.ResourceType != "Bundle" {
		names = append(names, r.ResourceType+"/"+r.ID+"/"+r.Meta.VersionID)
	}
	return names
}

// TestEveryAnswerIsOnRecord: before the first byte of an answer comes, the trail has one line that says what was asked, by whom, what
// became of it, what is given out and whom that is about.
func TestEveryAnswerIsOnRecord(t *testing.T) {
	eachArchive(t, func(a *archive) {
		for _, one := range []struct {
			as, method, path, body string
			do                     string
			out                    trail.Outcome
			of                     string // besides whom the answer shows
		}{
			{"zhao", "GET", "Observation/chen", "", "read", trail.Done, "Patient/chen"},
			{"zhao", "GET", "Observation/chen/_history/1", "", "vread", trail.Done, "Patient/chen"},
			{"zhao", "GET", "Observation/chen/_history", "", "history-instance", trail.Done, "Patient/chen"},
			{"zhao", "GET", "Observation/_history", "", "history-type", trail.Done, "Patient/chen Patient/wu"},
			{"zhao", "GET", "_history", "", "history-system", trail.Done, "Patient/chen Patient/wu"},
			{"zhao", "GET", "Observation?status=final", "", "search-type", trail.Done, "Patient/chen Patient/wu"},
			{"zhao", "GET", "Observation?status=final&_count=1", "", "search-type", trail.Done, "Patient/wu"},
			{"zhao", "GET", "Observation?patient=Patient/chen&_include=Observation:subject", "", "search-type", trail.Done, "Patient/chen"},
			{"zhao", "GET", "Patient?_id=chen&_revinclude=Observation:subject", "", "search-type", trail.Done, "Patient/chen"},
			{"zhao", "GET", "Observation?status=cancelled", "", "search-type", trail.Done, ""},
			{"zhao", "GET", "Observation?patient=Patient/chen&status=cancelled", "", "search-type", trail.Done, "Patient/chen"},
			{"zhao", "GET", "Patient/chen/Observation", "", "search-compartment", trail.Done, "Patient/chen"},
			{"zhao", "GET", "Patient/chen/$everything", "", "$everything", trail.Done, "Patient/chen"},
			{"zhao", "GET", "?_type=Observation,Patient&_count=2", "", "search-system", trail.Done, "Patient/chen Patient/wu"},
			{"zhao", "POST", "", `{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET","url":"Patient/chen"}},{"request":{"method":"GET","url":"Patient/wu"}}]}`, "batch", trail.Done, "Patient/chen Patient/wu"},
			{"zhao", "POST", "", `{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"GET","url":"Patient/chen"}}]}`, "transaction", trail.Done, "Patient/chen"},
			{"as guide", "GET", "Patient/chen", "", "read", trail.Done, "Patient/chen"},
			{"chen", "GET", "Observation", "", "search-type", trail.Done, "Patient/chen"},
			{"feed", "GET", "Subscription/s/$status", "", "$status", trail.Done, ""},
			{"feed", "GET", "Subscription/$status", "", "$status", trail.Done, ""},
			{"feed", "GET", "Subscription/s/$events?content=full-resource", "", "$events", trail.Done, "Patient/chen"},

			{"zhao", "GET", "Subscription/s/$events", "", "$events", trail.Absent, ""},
			{"zhao", "GET", "Observation/li", "", "read", trail.Absent, "Patient/li"},
			{"zhao", "GET", "Patient/li", "", "read", trail.Denied, "Patient/li"},
			{"zhao", "GET", "Observation/none", "", "read", trail.Absent, ""},
			{"zhao", "GET", "Observation?patient=Patient/li", "", "search-type", trail.Denied, "Patient/li"},
			{"chen", "GET", "Observation/li", "", "read", trail.Absent, "Patient/li"},
			{"as operator", "GET", "Observation", "", "search-type", trail.Denied, ""},
			{"as guide", "GET", "Patient/chen/$everything", "", "$everything", trail.Denied, ""},
			{"zhao", "GET", "Observation?nonsense=1", "", "search-type", trail.Refused, ""},
			{"zhao", "POST", "Observation", `{"resourceType":"Observation"`, "create", trail.Refused, ""},
			{"zhao", "DELETE", "Observation/chen", "", "delete", trail.Denied, "Patient/chen"},
			{"zhao", "POST", "", `{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"DELETE","url":"Patient/chen"}}]}`, "transaction", trail.Denied, "Patient/chen"},
		} {
			status, answer, lines := a.ask(one.as, one.method, one.path, one.body)
			if len(lines) != 1 {
				a.Errorf("%s %s: %d %.200s has %d lines", one.method, one.path, status, answer, len(lines))
				continue
			}
			l, want := lines[0], people()[one.as]
			if l.Do != one.do || l.Outcome != one.out || l.Who != want.Reference || l.As != string(want.Role) || l.For != want.Institution || l.From != "127.0.0.1" || l.ID == "" {
				a.Errorf("%s %s: %d %.200s\n%+v", one.method, one.path, status, answer, l)
			}
			saw, on := shown(a.T, answer), []string(nil)
			if one.out == trail.Done && strings.HasPrefix(one.path, "Subscription/") { // of which it is told how it fares
				saw = append(saw, "Subscription/s/2")
			}
			for _, name := range l.Saw {
				name, of, several := strings.Cut(name, " ")
				on = append(on, name)
				if several && "Observation/"+strings.TrimPrefix(l.Of[slices.Index([]string{"0", "1"}, of)], "Patient/")+"/" != name[:strings.LastIndex(name, "/")+1] {
					a.Errorf("%s %s: %s is about %s of %v", one.method, one.path, name, of, l.Of)
				}
			}
			slices.Sort(saw)
			if slices.Sort(on); !slices.Equal(saw, on) {
				a.Errorf("%s %s shows %v, the trail has %v", one.method, one.path, saw, l.Saw)
			}
			if !slices.Equal(strings.Fields(one.of), slices.Sorted(slices.Values(l.Of))) {
				a.Errorf("%s %s is about %v, the trail says %v", one.method, one.path, one.of, l.Of)
			}
			if _, query, _ := strings.Cut(one.path, "?"); one.method == "GET" && query != l.Query {
				a.Errorf("%s: the trail says %q", one.path, l.Query)
			}
		}
		if _, _, lines := a.ask("zhao", "GET", "metadata", ""); len(lines) != 0 {
			a.Errorf("that the server was asked what it can do is on record: %v", lines)
		}
	})
}

// TestEveryWriteIsOnRecord: a transaction leaves its line with what it writes, or none; one that is refused leaves one that says so.
func TestEveryWriteIsOnRecord(t *testing.T) {
	eachArchive(t, func(a *archive) {
		text := resourceText("Observation/new", `"status":"final","code":{"text":"x"},"subject":{"reference":"Patient/chen"},`)
		for _, one := range []struct {
			method, path, body string
			do                 string
			wrote              string
			headers            []string
		}{
			{"PUT", "Observation/new", text, "update", "C Observation/new/1", nil},
			{"PUT", "Observation/new", strings.Replace(text, "final", "amended", 1), "update", "U Observation/new/2", []string{"Prefer", "return=representation"}},
			{"DELETE", "Observation/new", "", "delete", "D Observation/new/3", nil},
			{"PUT", "Observation/new", text, "update", "C Observation/new/4", []string{"Idempotency-Key", "k"}},
			{"POST", "", `{"resourceType":"Bundle","type":"transaction","entry":[{"resource":` + strings.Replace(text, "new", "two", 1) + `,"request":{"method":"PUT","url":"Observation/two"}},` +
				`{"request":{"method":"DELETE","url":"Observation/new"}}]}`, "transaction", "D Observation/new/5 C Observation/two/1", nil},
		} {
			status, answer, lines := a.ask("all", one.method, one.path, one.body, one.headers...)
			if len(lines) != 1 || lines[0].Do != one.do || lines[0].Outcome != trail.Done || strings.Join(lines[0].Wrote, " ") != one.wrote ||
				!slices.Equal(lines[0].Of, []string{"Patient/chen"}) {
				a.Errorf("%s %s: %d %.200s\n%+v", one.method, one.path, status, answer, lines)
			}
		}
		_, _, lines := a.ask("all", "PUT", "Observation/new", text, "Idempotency-Key", "k")
		if len(lines) != 1 || len(lines[0].Wrote) != 0 || !slices.Equal(lines[0].Saw, []string{"Observation/new/4"}) {
			a.Errorf("an answer that is given again: %+v", lines)
		}
		status, _, lines := a.ask("all", "PUT", "Observation/lost", strings.NewReplacer("new", "lost", "Patient/chen", "Patient/nobody").Replace(text))
		if status != 422 || len(lines) != 1 || len(lines[0].Wrote) != 0 || lines[0].Outcome != trail.Refused {
			a.Errorf("a write that is refused: %d %+v", status, lines)
		}
		status, _, lines = a.ask("all", "POST", "", `{"resourceType":"Bundle","type":"batch","entry":[{"resource":`+strings.Replace(text, "new", "three", 1)+
			`,"request":{"method":"PUT","url":"Observation/three"}},{"request":{"method":"GET","url":"Patient/nobody"}}]}`)
		if status != 200 || len(lines) != 3 || strings.Join(lines[0].Wrote, " ") != "C Observation/three/1" || lines[1].Outcome != trail.Absent ||
			lines[1].On != "GET Patient/nobody" || !strings.Contains(lines[2].Query, "GET Patient/nobody absent") {
			a.Errorf("a batch: %d %+v", status, lines)
		}
		moved := strings.Replace(resourceText("Observation/three", `"status":"final","code":{"text":"x"},"subject":{"reference":"Patient/chen"},`), "chen", "wu", 1)
		if _, _, lines = a.ask("all", "PUT", "Observation/three", moved); len(lines) != 1 || !slices.Equal(lines[0].Of, []string{"Patient/wu", "Patient/chen"}) {
			a.Errorf("what is filed under somebody else now is on record as %+v", lines)
		}
		if status, _, lines = a.ask("all", "DELETE", "Observation?_id=three", ""); len(lines) != 1 || !slices.Equal(lines[0].Of, []string{"Patient/wu"}) {
			a.Errorf("a conditional delete: %d %+v", status, lines)
		}
	})
}

// TestNothingIsAnsweredThatIsNotOnRecord: while the trail takes no lines, nothing is told, not even that there is nothing.
func TestNothingIsAnsweredThatIsNotOnRecord(t *testing.T) {
	eachArchive(t, func(a *archive) {
		a.lost.Store(true)
		for _, path := range []string{"Observation/chen", "Observation/none", "Observation?status=final", "Observation/chen/_history", "Patient/chen/$everything"} {
			status, answer, lines := a.ask("zhao", "GET", path, "")
			if status != 503 || len(lines) != 0 || len(shown(a.T, answer)) != 0 || bytes.Contains(answer, []byte("chen")) || !bytes.Contains(answer, []byte("on record")) {
				a.Errorf("%s: %d %s", path, status, answer)
			}
		}
		a.lost.Store(false)
		if status, _, _ := a.ask("zhao", "GET", "Observation/chen", ""); status != 200 {
			a.Error("afterwards it does not go on")
		}
	})
}

// TestNothingHidesInABatch: what is denied in a batch has a line of its own, with whom it is about; text of an entry cannot look like
// another, what it should not carry is not kept, and however much there is, a line stays short.
func TestNothingHidesInABatch(t *testing.T) {
	eachArchive(t, func(a *archive) {
		_, _, lines := a.ask("zhao", "POST", "", `{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET","url":"Observation/chen"}},`+
			`{"request":{"method":"GET","url":"Patient/li"}},{"request":{"method":"GET","url":"Patient/x done\nDELETE Patient/chen?access_token=s3cret"}}]}`)
		if len(lines) != 2 || lines[0].Outcome != trail.Denied || lines[0].On != "GET Patient/li" || !slices.Equal(lines[0].Of, []string{"Patient/li"}) ||
			lines[1].Outcome != trail.Done || strings.Count(lines[1].Query, "\n") != 2 || strings.Contains(lines[1].Query, "s3cret") {
			a.Errorf("%+v", lines)
		}
		long := strings.Repeat("x", 900<<10)
		_, _, lines = a.ask("zhao", "POST", "", `{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET","url":"Patient/`+long+`"}}]}`)
		for _, l := range lines {
			if n := len(l.Append(nil)); n > 200<<10 {
				a.Errorf("a line has %d bytes", n)
			}
		}
		if _, _, lines = a.ask("zhao", "POST", "Observation/_search", "code="+long[:500<<10], "Content-Type", "application/x-www-form-urlencoded"); len(lines) > 0 && len(lines[0].Query) > 100<<10 {
			a.Errorf("criteria of %d bytes are kept", len(lines[0].Query))
		}
	})
}
