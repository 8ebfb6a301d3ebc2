package cases_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/cases"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/gate/policy"
	"yitong/internal/gate/trail"
	"yitong/internal/module"
	"yitong/internal/process"
	"yitong/internal/rest"
	"yitong/internal/store"
	"yitong/test/databases"
)

type asking struct {
	Of   form.Reference `name:"of" zh:"机构" en:"Institution" types:"Organization"`
	Text string         `name:"text" zh:"内容" en:"Text" bytes:"200"`
}

// question is a small process: a resident asks an institution, its office answers.
func question() *process.Process {
	words := func(zh, en string) bilingual.Text { return bilingual.Text{Zh: zh, En: en} }
	return &process.Process{
		Code: "question", Version: 1, Words: words("提问", "Question"), Doc: "For tests.",
		Parties: []process.Party{{Name: "institution", Words: words("机构", "Institution")}},
		States: []process.State{
			{Code: "open", Words: words("待答复", "Open"), Doc: "To be answered.", Owner: "institution", Status: "requested"},
			{Code: "answered", Words: words("已答复", "Answered"), Doc: "Answered.", Status: "completed"},
		},
		Moves: []process.Move{
			process.Make(process.Move{Code: "ask", Words: words("提问", "Ask"), Doc: "Ask.", To: []string{"open"},
				By: []process.By{{Party: process.Resident, Roles: []gate.Role{gate.Resident}}}}, func(c *process.Case, in asking) error {
				c.For(c.Actor.Resident.String())
				c.Set("institution", process.Who{Reference: string(in.Of)})
				c.Note(in.Text)
				return nil
			}),
			process.Make(process.Move{Code: "answer", Words: words("答复", "Answer"), Doc: "Answer.", From: []string{"open"}, To: []string{"answered"},
				By: []process.By{{Party: "institution", Roles: []gate.Role{gate.Office}}}}, func(c *process.Case, in struct {
				Text string `name:"text" zh:"内容" en:"Text" bytes:"200"`
			}) error {
				c.Output("answer", in.Text)
				return nil
			}),
		},
	}
}

// world is a server that takes the header X-As for who asks: the resident p, the office of an institution, or a role at institution a.
type world struct {
	*testing.T
	url  string
	free *gate.Gate // that lets anybody write cases
}

func newWorld(t *testing.T, db store.DB) world {
	w := world{T: t, free: gate.New(db, gate.Config{})}
	engine, err := process.New(process.Config{Processes: []*process.Process{question()}})
	w.must(err)
	g := gate.New(db, gate.Config{References: true, Owned: process.Owns(question()), Trail: trail.NewRecorder(db)})
	s := g.Session(gate.Actor{Reference: "Device/test", Access: gate.Whole()})
	for _, text := range []string{
		`{"resourceType":"Organization","id":"a","name":"甲"}`, `{"resourceType":"Organization","id":"b","name":"乙"}`, `{"resourceType":"Patient","id":"p"}`,
		`{"resourceType":"Practitioner","id":"a","name":[{"text":"赵一"}]}`, `{"resourceType":"Practitioner","id":"b"}`,
	} {
		r, err := fhir.ParseResource([]byte(text))
		w.must(err)
		_, err = s.Apply(t.Context(), []gate.Op{{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r}}, nil)
		w.must(err)
	}
	patient, _ := schema.TypeOf("Patient")
	who := func(r *http.Request) (gate.Actor, error) {
		name := r.Header.Get("X-As")
		if name == "p" {
			of := gate.Of{Actor: "Patient/p", Resident: fhir.Ref{Type: patient, ID: "p"}}
			return gate.Actor{Reference: of.Actor, Role: gate.Resident, Resident: of.Resident, Access: policy.Standard().Access(gate.Resident, of)}, nil
		}
		if role := gate.Role(name); role.Known() {
			of := gate.Of{Actor: "Practitioner/a", Institution: "Organization/a"}
			return gate.Actor{Reference: of.Actor, Role: role, Institution: of.Institution, Access: policy.Standard().Access(role, of)}, nil
		}
		of := gate.Of{Actor: "Practitioner/" + name, Institution: "Organization/" + name}
		return gate.Actor{Reference: of.Actor, Role: gate.Office, Institution: of.Institution, Access: policy.Standard().Access(gate.Office, of)}, nil
	}
	server := httptest.NewServer(rest.New(g, rest.Config{
		Version: "test", BodyMost: 1 << 20, Zone: time.UTC, Log: slog.New(slog.DiscardHandler), References: true, RequestTime: time.Minute,
		Who: who, Modules: []module.Descriptor{cases.Module(engine)},
	}).Handler())
	t.Cleanup(server.Close)
	w.url = server.URL + rest.Base
	return w
}

func (w world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// do sends Parameters of texts and references, or a GET without them, and holds the status.
func (w world) do(as, path string, status int, body string, headers ...string) (text string, head http.Header) {
	w.Helper()
	method := http.MethodPost
	if body == "" {
		method = http.MethodGet
	}
	r, err := http.NewRequestWithContext(w.Context(), method, w.url+path, strings.NewReader(body))
	w.must(err)
	r.Header.Set("X-As", as)
	r.Header.Set("Content-Type", "application/fhir+json")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	got, err := http.DefaultClient.Do(r)
	w.must(err)
	defer got.Body.Close()
	all, err := io.ReadAll(got.Body)
	w.must(err)
	if got.StatusCode != status {
		w.Fatalf("%s %s as %s: %d, want %d: %s", method, path, as, got.StatusCode, status, all)
	}
	return string(all), got.Header
}

// with is the Parameters of a move, and what is filled in.
func with(names string, filled string) string {
	return `{"resourceType":"Parameters","parameter":[` + names + `,{"name":"with","resource":{"resourceType":"Parameters","parameter":[` + filled + `]}}]}`
}

func text(name, value string) string { return fmt.Sprintf(`{"name":%q,"valueString":%q}`, name, value) }

// TestOverHTTP: a case goes its way over FHIR, from what one may begin to what was done; strangers learn nothing, and of an operation
// asked for twice under one key there is one effect.
func TestOverHTTP(t *testing.T) {
	databases.Each(t, func(t *testing.T, db store.DB) {
		w := newWorld(t, db)
		has := func(got string, words ...string) {
			t.Helper()
			for _, word := range words {
				if !strings.Contains(got, word) {
					t.Errorf("%q is not in %s", word, got)
				}
			}
		}
		got, _ := w.do("p", "/Task/$beginnings", 200, "")
		has(got, `"ask"`, "question", "maxLength", "提问")
		ask := with(text("process", "question")+","+text("move", "ask"), `{"name":"of","valueReference":{"reference":"Organization/a"}},`+text("text", "why?"))
		got, head := w.do("p", "/Task/$begin", 201, ask, "Idempotency-Key", "k")
		has(got, `"resourceType":"Task"`, "urn:yitong:process:question|1")
		again, _ := w.do("p", "/Task/$begin", 201, ask, "Idempotency-Key", "k")
		if again != got {
			t.Errorf("asked for twice: %s and %s", got, again)
		}
		r, err := fhir.ParseResource([]byte(got))
		w.must(err)
		of := "/Task/" + r.ID
		if head.Get("ETag") != `W/"1"` {
			t.Errorf("the version is %s", head.Get("ETag"))
		}
		got, _ = w.do("p", "/Task/$begin", 400, with(text("process", "question")+","+text("move", "ask"), text("text", "why?")))
		has(got, "of", "OperationOutcome")
		w.do("b", of+"/$moves", 404, "")
		w.do("b", of+"/$move", 404, with(text("move", "answer"), text("text", "x")))
		w.do("p", of+"/$move", 403, with(text("move", "answer"), text("text", "x")))
		got, _ = w.do("a", "/Task/$inbox?of=office&process=question&counts=true", 200, "")
		has(got, r.ID, "待答复", `{"name":"waits-en","valueString":"Institution"}`, `{"name":"open","valueInteger":1}`)
		got, _ = w.do("b", "/Task/$inbox?of=office", 200, "")
		if strings.Contains(got, r.ID) {
			t.Errorf("another office has %s", got)
		}
		got, _ = w.do("a", of+"/$moves", 200, "")
		has(got, `"answer"`, `"schema"`, `{"name":"version","valueInteger":1}`, `{"name":"who","valueString":"Organization/a"},{"name":"called","valueString":"甲"}`, `"name":"kept"`, "内容")
		also := func(names ...string) string {
			var all []string
			for _, name := range names {
				all = append(all, `{"name":"also","valueReference":{"reference":"Task/`+name+`"}}`)
			}
			return `{"resourceType":"Parameters","parameter":[` + strings.Join(all, ",") + `]}`
		}
		got, _ = w.do("a", of+"/$moves", 200, also(r.ID))
		has(got, `"answer"`)
		w.do("a", of+"/$moves", 404, also(r.ID, "none"))
		w.do("b", of+"/$moves", 404, also(r.ID))
		w.do("a", of+"/$move", 412, with(text("move", "answer"), text("text", "x")), "If-Match", `W/"7"`)
		got, _ = w.do("a", "/Task/$move-many", 200, with(`{"name":"case","valueReference":{"reference":"Task/none"}},{"name":"case","valueReference":{"reference":"Task/`+r.ID+`"}},`+text("move", "answer"), text("text", "x")))
		has(got, `"valueBoolean":true`, `"valueBoolean":false`, "not-found")
		got, _ = w.do("a", of+"/$move", 409, with(text("move", "answer"), text("text", "x")))
		has(got, "answered", "Practitioner/a")
		got, _ = w.do("p", of+"/$move-history", 200, "")
		has(got, `"ask"`, `"answer"`, "Practitioner/a", "Patient/p", `{"name":"move-zh","valueString":"答复"}`, `{"name":"to-en","valueString":"Answered"}`, `{"name":"called","valueString":"赵一"}`)
		got, _ = w.do("a", "/metadata", 200, "")
		has(got, "urn:yitong:operation:move-history")
		if got, _ := w.do("a", "/Task?code="+url.QueryEscape("urn:yitong:process|question"), 200, ""); !strings.Contains(got, r.ID) {
			t.Errorf("the office does not find what it answers for: %s", got)
		}
	})
}
