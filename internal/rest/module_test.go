package rest_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/gate/policy"
	"yitong/internal/gate/trail"
	"yitong/internal/module"
	"yitong/internal/rest"
	"yitong/internal/store"
)

// callers are those who ask at a server with the module of the example.
func callers() map[string]gate.Actor {
	of := gate.Of{Actor: "Practitioner/wang", Institution: "Organization/a"}
	actor := gate.Actor{Reference: of.Actor, Role: gate.Doctor, Institution: of.Institution}
	with, without := actor, actor
	with.Access = policy.Standard().Access(gate.Doctor, of).Offer("request-call", "call-hours", "give-back", "is-broken", "newest")
	without.Access = policy.Standard().Access(gate.Doctor, of)
	return map[string]gate.Actor{"with": with, "without": without, "all": {Reference: "Device/anonymous", Access: gate.Whole()}}
}

// odd are operations that answer in the other ways.
func odd() module.Descriptor {
	type broken struct {
		Must string `name:"must" zh:"必填" en:"Must"`
	}
	w := bilingual.Text{Zh: "其他", En: "Other"}
	return module.Descriptor{Name: "odd", Words: w, Doc: "For tests.", Operations: []module.Operation{
		module.Op(module.Operation{Name: "give-back", Words: w, Doc: "x", Levels: module.System | module.OfType, Types: module.Types("Patient")}, giveBack),
		module.Op(module.Operation{Name: "is-broken", Words: w, Doc: "x", Levels: module.System}, give(broken{})),
		module.Op(module.Operation{Name: "newest", Words: w, Doc: "x", Levels: module.Instance, Reads: true}, newest),
	}}
}

// TestModule: what a module declares is served like everything else.
func TestModule(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db store.DB) {
		who := callers()
		g := gate.New(db, gate.Config{References: true, Zone: shanghai, Trail: trail.NewRecorder(db)})
		server := rest.New(g, rest.Config{
			Version: "test", BodyMost: 1 << 20, Zone: shanghai, Log: slog.New(slog.DiscardHandler), Modules: []module.Descriptor{Descriptor(), odd()},
			Who: func(r *http.Request) (gate.Actor, error) { return who[r.Header.Get("X-As")], nil },
		})
		s := httptest.NewServer(server.Handler())
		t.Cleanup(s.Close)
		c := caller{t, s.URL + rest.Base}
		as := func(status int, who, method, address, body string, headers ...string) string {
			t.Helper()
			return string(c.want(status, method, address, body, append(headers, "X-As", who)...))
		}
		as(201, "all", "PUT", "/Organization/a", `{"resourceType":"Organization","id":"a","name":"甲医院"}`)
		as(201, "all", "PUT", "/Patient/li", `{"resourceType":"Patient","id":"li","meta":{"extension":[{"url":"urn:yitong:custodian","valueReference":{"reference":"Organization/a"}}]}}`)

		// A write: the resource, where it is, and once.
		about := `{"resourceType":"Parameters","parameter":[{"name":"about","valueString":"复查时间"},{"name":"urgency","valueCode":"urgent"}]}`
		answer, text := c.do("POST", "/Patient/li/$request-call", about, "X-As", "with", "Idempotency-Key", "k")
		if answer.StatusCode != 201 || answer.Header.Get("ETag") != `W/"1"` || !strings.Contains(answer.Header.Get("Location"), "/Task/") ||
			!strings.Contains(string(text), `"description":"复查时间"`) || !strings.Contains(string(text), `"for":{"reference":"Patient/li"}`) {
			t.Errorf("%s %v: %s", answer.Status, answer.Header, text)
		}
		again, _ := c.do("POST", "/Patient/li/$request-call", about, "X-As", "with", "Idempotency-Key", "k")
		if again.Header.Get("Location") != answer.Header.Get("Location") || again.Header.Get("Idempotent-Replayed") != "true" {
			t.Errorf("repeated: %v", again.Header)
		}
		if got, text := c.do("POST", "/Patient/li/$request-call", about, "X-As", "with", "Prefer", "return=minimal"); got.StatusCode != 201 || len(text) > 0 {
			t.Errorf("minimal: %s %s", got.Status, text)
		}

		// Each thing wrong, in the client's language.
		wrong := `{"resourceType":"Parameters","parameter":[{"name":"urgency","valueCode":"soon"},{"name":"other","valueString":"x"}]}`
		text = []byte(as(400, "with", "POST", "/Patient/li/$request-call", wrong, "Accept-Language", "zh-CN"))
		for _, word := range []string{"缺少参数 about（事由）", `"expression":["Parameters.parameter[0]"]`, `"expression":["Parameters.parameter[1]"]`, "routine（普通）", `"expression":["Parameters"]`} {
			if !strings.Contains(string(text), word) {
				t.Errorf("there is no %q in %s", word, text)
			}
		}
		as(400, "with", "POST", "/Patient/li/$request-call?about=x", about)
		as(415, "with", "POST", "/Patient/li/$request-call", `[]`, "Content-Type", "application/json-patch+json")
		as(405, "with", "GET", "/Patient/li/$request-call", "")
		as(501, "with", "POST", "/Observation/li/$request-call", about)
		as(501, "with", "POST", "/Patient/$request-call", about)
		as(403, "without", "POST", "/Patient/li/$request-call", about)
		as(403, "without", "GET", "/$call-hours?day=2026-11-20", "")

		// A read: by GET, by POST, in a batch.
		const answered = `{"resourceType":"Parameters","parameter":[{"name":"from","valueString":"08:30"},{"name":"to","valueString":"17:00"}]}`
		for name, got := range map[string]string{
			"GET":  as(200, "with", "GET", "/$call-hours?day=2026-11-20&_format=json", ""),
			"POST": as(200, "with", "POST", "/$call-hours", `{"resourceType":"Parameters","parameter":[{"name":"day","valueDate":"2026-11-20"}]}`),
		} {
			if got != answered {
				t.Errorf("%s: %s", name, got)
			}
		}
		batch := `{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET","url":"$call-hours?day=2026-11-20"}},{"request":{"method":"GET","url":"$call-hours?day=2026-11-21"}},` +
			`{"resource":{"resourceType":"Parameters"},"request":{"method":"POST","url":"Patient/li/$request-call"}},{"resource":` + about + `,"request":{"method":"POST","url":"Patient/li/$request-call"}}]}`
		if got := as(200, "with", "POST", "", batch); !strings.Contains(got, answered) || !strings.Contains(got, `"status":"422`) || !strings.Contains(got, `"status":"201`) ||
			!strings.Contains(got, `"expression":["Bundle.entry[2].resource"]`) {
			t.Errorf("batch: %s", got)
		}
		if got := as(400, "with", "GET", "/$call-hours?day=soon", ""); !strings.Contains(got, `"expression":["http.day"]`) {
			t.Errorf("a day that is none: %s", got)
		}

		// The other ways to answer.
		if got := as(200, "with", "POST", "/Patient/$give-back", `{"resourceType":"Patient","id":"x"}`); got != `{"resourceType":"Patient","id":"x"}` {
			t.Errorf("given back: %s", got)
		}
		answer, _ = c.do("GET", "/Patient/li/$newest", "", "X-As", "with", "If-Match", `W/"1"`)
		if answer.StatusCode != 200 || answer.Header.Get("ETag") != `W/"1"` {
			t.Errorf("newest: %s %v", answer.Status, answer.Header)
		}
		as(412, "with", "GET", "/Patient/li/$newest", "", "If-Match", `W/"2"`)
		as(400, "with", "GET", "/Patient/li/$newest", "", "If-Match", "x")
		as(500, "with", "POST", "/$is-broken", "")

		// What is told of it.
		capability := as(200, "with", "GET", "/metadata", "")
		for _, word := range []string{`{"name":"request-call","definition":"urn:yitong:operation:request-call"}`, `{"name":"call-hours","definition":"urn:yitong:operation:call-hours"}`} {
			if !strings.Contains(capability, word) {
				t.Errorf("the CapabilityStatement has no %s", word)
			}
		}
		w := httptest.NewRecorder()
		server.Metrics().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
		metrics, err := io.ReadAll(w.Body)
		if err != nil || !strings.Contains(string(metrics), `yitong_request_seconds_count{interaction="$request-call",status="201"} 3`) {
			t.Errorf("%v, the metrics do not count the operation", err)
		}
	})
}

// TestDeclaredRefuses: what nothing carries out is not served.
func TestDeclaredRefuses(t *testing.T) {
	t.Parallel()
	d := Descriptor()
	d.Operations[0].Do = nil
	if _, err := rest.Declared(d); err == nil || !strings.Contains(err.Error(), "request-call has nothing that carries it out") {
		t.Error(err)
	}
	d = Descriptor()
	d.Operations[0].Name = "everything"
	if _, err := rest.Declared(d); err == nil || !strings.Contains(err.Error(), "everything") {
		t.Error(err)
	}
	defer func() {
		if recover() == nil {
			t.Error("a server is made with modules that do not fit together")
		}
	}()
	rest.New(nil, rest.Config{Modules: []module.Descriptor{d}})
}

// TestExampleOfTheHandbook: the example of docs/modules.md is the module that TestModule runs.
func TestExampleOfTheHandbook(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/modules.md")
	if err != nil {
		t.Fatal(err)
	}
	code, err := os.ReadFile("module_example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, code2, _ := strings.Cut(string(code), "from here to the end.\n\n")
	if !strings.Contains(string(page), "```go\npackage callback\n\n"+code2+"```\n") {
		t.Error("docs/modules.md has another example than internal/rest/module_example_test.go")
	}
}

func giveBack(_ context.Context, _ *module.Call, in struct {
	Resource fhir.Resource `name:"resource" zh:"资源" en:"Resource"`
}) (fhir.Resource, error) {
	return in.Resource, nil
}

func newest(ctx context.Context, c *module.Call, _ struct{}) (store.Version, error) {
	v, err := c.Session.Read(ctx, c.Ref)
	if err == nil && c.IfVersion != 0 && c.IfVersion != v.Number {
		err = fault.New(fault.Precondition, "Another version is the newest.")
	}
	return v, err
}

func give[Out any](out Out) func(context.Context, *module.Call, struct{}) (Out, error) {
	return func(context.Context, *module.Call, struct{}) (Out, error) { return out, nil }
}
