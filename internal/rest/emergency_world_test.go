package rest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/gate/emergency"
	"yitong/internal/gate/policy"
	"yitong/internal/rest"
	"yitong/internal/store"
)

// ward is a record of two institutions with people who ask in different roles, at a time that only the test moves on.
type ward struct {
	*testing.T
	base string
	log  *lines

	mu  sync.Mutex
	now time.Time
}

// lines collect a log.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (w *ward) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *ward) forward(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// people are those who ask, by the names that a request gives for them.
func people() map[string]gate.Actor {
	as := func(role gate.Role, reference, institution string) gate.Actor {
		of := gate.Of{Actor: reference, Institution: institution}
		if strings.HasPrefix(reference, "Patient/") {
			of.Resident = fhir.ParseReference(reference).Ref
		}
		return gate.Actor{Reference: reference, Role: role, Institution: institution, As: string(role), Access: policy.Standard().Access(role, of)}
	}
	all := map[string]gate.Actor{
		"wang":          as(gate.Doctor, "Practitioner/wang", "Organization/a"),
		"wang as admin": as(gate.Administrator, "Practitioner/wang", "Organization/a"),
		"zhao":          as(gate.Doctor, "Practitioner/zhao", "Organization/a"),
		"qian":          as(gate.Doctor, "Practitioner/qian", "Organization/b"),
		"nobody":        as(gate.Doctor, "Person/7", "Organization/a"),
		"homeless":      as(gate.Doctor, "Practitioner/wang", ""),
		"admin a":       as(gate.Administrator, "Person/1", "Organization/a"),
		"admin b":       as(gate.Administrator, "Person/2", "Organization/b"),
		"regulator":     as(gate.Regulator, "Person/3", "Organization/health"),
		"program":       as(gate.Administrator, "Device/x", "Organization/a"),
		"feed":          as(gate.System, "Device/feed", "Organization/a"),
		"li":            as(gate.Resident, "Patient/li", ""),
		"chen":          as(gate.Resident, "Patient/chen", ""),
		"all":           {Reference: "Device/anonymous", Access: gate.Whole()},
	}
	for _, role := range gate.Roles() {
		all["as "+string(role)] = as(role, "Practitioner/wang", "Organization/a")
	}
	return all
}

const (
	cardSystem = "urn:oid:2.16.156.10011.1.3"
	liCard     = "110101199001011237"
	sound      = "患者昏迷送医,家属不在,需立即了解过敏史"
)

// eachWard runs a test in a ward of its own on each database.
func eachWard(t *testing.T, test func(*ward)) {
	eachDatabase(t, func(t *testing.T, db store.DB) {
		w := &ward{T: t, log: &lines{}, now: time.Date(2026, 5, 4, 16, 0, 0, 0, shanghai)}
		w.base = w.serve(db)
		w.fill()
		test(w)
		w.silent()
	})
}

// serve starts a server that lets the people in by their names, and validates everything.
func (w *ward) serve(db store.DB) string {
	g := gate.New(db, gate.Config{
		References: true, Zone: shanghai, Now: w.clock, Owned: emergency.Owned(),
		Validation: &gate.Validation{By: validator, Rules: gate.Rules{Mode: gate.Strict}},
	})
	who := people()
	s := httptest.NewServer(rest.New(g, rest.Config{
		Version: "test", BodyMost: 1 << 20, Zone: shanghai, Log: slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})), References: true,
		Who: func(r *http.Request) (gate.Actor, error) { return who[r.Header.Get("X-As")], nil },
	}).Handler())
	w.Cleanup(s.Close)
	return s.URL + rest.Base
}

// fill puts residents of institution b into the record: one with an observation, one that is sensitive and one that she
// withholds; another who stands in it twice.
func (w *ward) fill() {
	w.Helper()
	kept := func(by, security string) string {
		return fmt.Sprintf(`"meta":{"extension":[{"url":"urn:yitong:custodian","valueReference":{"reference":"Organization/%s"}}]%s}`, by, security)
	}
	labelled := func(system, code string) string {
		return fmt.Sprintf(`,"security":[{"system":%q,"code":%q}]`, system, code)
	}
	observation := `,"status":"final","code":{"text":"血糖"},"subject":{"reference":"Patient/li"}`
	for path, members := range map[string]string{
		"Organization/a": `"name":"甲医院"`, "Organization/b": `"name":"乙医院"`, "Organization/health": `"name":"卫健委"`,
		"Practitioner/wang": `"name":[{"text":"王医生"}]`, "Practitioner/zhao": `"name":[{"text":"赵医生"}]`, "Practitioner/qian": `"name":[{"text":"钱医生"}]`,
	} {
		w.want(200, "all", "PUT", path, members)
	}
	for _, one := range [][2]string{
		{"Patient/li", kept("b", "") + `,"name":[{"text":"李小明"}],"identifier":[{"system":"` + cardSystem + `","value":"` + liCard + `"}]`},
		{"Observation/plain", kept("b", "") + observation},
		{"Observation/sensitive", kept("b", labelled("http://terminology.hl7.org/CodeSystem/v3-ActCode", "HIV")) + observation},
		{"Observation/withheld", kept("b", labelled("urn:yitong:label", "withheld")) + observation},
		{"Patient/chen", kept("b", "") + `,"name":[{"text":"陈芳"}],"identifier":[{"system":"x","value":"1"},{"system":"x","value":"both"}]`},
		{"Patient/chen-b", kept("b", "") + `,"identifier":[{"system":"x","value":"1"}],"link":[{"other":{"reference":"Patient/chen"},"type":"refer"}]`},
		{"Patient/chen", kept("b", "") + `,"name":[{"text":"陈芳"}],"identifier":[{"system":"x","value":"1"},{"system":"x","value":"both"}],"link":[{"other":{"reference":"Patient/chen-b"},"type":"seealso"}]`},
		{"Patient/zhou", kept("b", "") + `,"name":[{"text":"周强"}],"identifier":[{"system":"x","value":"both"}]`},
	} {
		w.want(200, "all", "PUT", one[0], one[1])
	}
}

// silent fails if the log tells why somebody has opened a record, or who anybody is.
func (w *ward) silent() {
	w.Helper()
	w.log.mu.Lock()
	defer w.log.mu.Unlock()
	for _, word := range []string{"昏迷", "李小明", liCard, "王医生"} {
		if strings.Contains(w.log.text.String(), word) {
			w.Errorf("the log has %q", word)
		}
	}
}

// ask sends a request of somebody. A body of a resource is given by its members.
func (w *ward) ask(who, method, path, members string) (status int, body map[string]any, text string) {
	w.Helper()
	if members != "" && !strings.HasPrefix(members, "[") && !strings.HasPrefix(members, "{") {
		kind, rest, _ := strings.Cut(path, "/")
		if kind, _, _ = strings.Cut(kind, "?"); rest != "" {
			id, _, _ := strings.Cut(rest, "/")
			members = fmt.Sprintf(`"id":%q,`, id) + members
		}
		members = fmt.Sprintf(`{"resourceType":%q,`, kind) + members + "}"
	}
	url := path
	if !strings.HasPrefix(path, "http") {
		url = w.base + "/" + path
	}
	r, err := http.NewRequestWithContext(w.Context(), method, url, strings.NewReader(members))
	if err != nil {
		w.Fatal(err)
	}
	r.Header.Set("X-As", who)
	r.Header.Set("Content-Type", "application/fhir+json")
	if strings.HasPrefix(members, "[") {
		r.Header.Set("Content-Type", "application/json-patch+json")
	}
	got, err := plain.Do(r)
	if err != nil {
		w.Error(err)
		return 0, nil, ""
	}
	defer got.Body.Close()
	b, err := io.ReadAll(got.Body)
	if err == nil && len(b) > 0 {
		err = json.Unmarshal(b, &body)
	}
	if err != nil {
		w.Error(err)
	}
	return got.StatusCode, body, string(b)
}

// want fails the test unless a request is answered so; a write may create too.
func (w *ward) want(status int, who, method, path, members string) (map[string]any, string) {
	w.Helper()
	got, body, text := w.ask(who, method, path, members)
	if got != status && (status != 200 || got != 201) {
		w.Fatalf("%s: %s %s is answered %d, want %d: %s", who, method, path, got, status, text)
	}
	return body, text
}

// asks are Parameters of names and texts.
func asks(pairs ...string) string {
	var list []string
	for i := 0; i < len(pairs); i += 2 {
		name, value := "valueString", fmt.Sprintf("%q", pairs[i+1])
		if pairs[i] == "patient" {
			name, value = "valueReference", fmt.Sprintf(`{"reference":%q}`, pairs[i+1])
		}
		list = append(list, fmt.Sprintf(`{"name":%q,%q:%s}`, pairs[i], name, value))
	}
	return `{"resourceType":"Parameters","parameter":[` + strings.Join(list, ",") + `]}`
}

// open is what an answer says of an open record.
type open struct{ Patient, Consent, Task, Until string }

func opening(body map[string]any) (o open) {
	list, _ := body["parameter"].([]any)
	for _, p := range list {
		m := p.(map[string]any)
		ref, _ := m["valueReference"].(map[string]any)
		name, _ := ref["reference"].(string)
		switch m["name"] {
		case "patient":
			o.Patient = name
		case "consent":
			o.Consent = name
		case "task":
			o.Task = name
		case "until":
			o.Until, _ = m["valueInstant"].(string)
		}
	}
	return o
}

// opens opens a record.
func (w *ward) opens(who, patient string) open {
	w.Helper()
	body, _ := w.want(200, who, "POST", "Patient/$emergency-access", asks("patient", patient, "reason", sound))
	return opening(body)
}

// ids are the resources of a search set, and the address of its next page.
func (w *ward) ids(who, query string) (list []string, next string) {
	w.Helper()
	body, _ := w.want(200, who, "GET", query, "")
	entries, _ := body["entry"].([]any)
	for _, e := range entries {
		r := e.(map[string]any)["resource"].(map[string]any)
		list = append(list, fmt.Sprint(r["id"]))
	}
	links, _ := body["link"].([]any)
	for _, l := range links {
		if m := l.(map[string]any); m["relation"] == "next" {
			next = fmt.Sprint(m["url"])
		}
	}
	return list, next
}
