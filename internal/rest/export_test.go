package rest_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/structure"
	"yitong/internal/fhir/terminology"
	"yitong/internal/fhir/validate"
	"yitong/internal/gate"
	"yitong/internal/gate/export"
	"yitong/internal/gate/policy"
	"yitong/internal/rest"
	"yitong/internal/store"
)

// desk is a server with people of several institutions, who say their names in a header, at a time that the test moves on.
type desk struct {
	t    *testing.T
	base string
	gate *gate.Gate
	now  *atomic.Pointer[time.Time]
}

// staff are those who ask.
func staff(name string) (gate.Actor, bool) {
	actor, known := map[string]gate.Actor{
		"office":    {Reference: "Practitioner/office", Role: gate.Office, Institution: "Organization/a"},
		"colleague": {Reference: "Practitioner/colleague", Role: gate.Office, Institution: "Organization/a"},
		"cdc":       {Reference: "Practitioner/office", Role: gate.CDC, Institution: "Organization/a"},
		"moved":     {Reference: "Practitioner/office", Role: gate.Office, Institution: "Organization/b"},
		"doctor":    {Reference: "Practitioner/doctor", Role: gate.Doctor, Institution: "Organization/a"},
		"insurer":   {Reference: "Practitioner/insurer", Role: gate.Insurer, Institution: "Organization/b"},
		"system":    {Reference: "Device/feed", Role: gate.System, Institution: "Organization/a", Client: "feed"},
		"regulator": {Reference: "Practitioner/regulator", Role: gate.Regulator, Institution: "Organization/health"},
		"both":      {Reference: "Practitioner/office", Role: gate.Regulator, Institution: "Organization/health"},
		"guide":     {Reference: "Practitioner/guide", Role: gate.Guide, Institution: "Organization/a"},
	}[name]
	actor.Access = policy.Standard().Access(actor.Role, gate.Of{Actor: actor.Reference, Institution: actor.Institution})
	if name == "guide" { // the standard policy lets nobody export who sees with masks
		actor.Access.Offer("export-request", "export")
		task := gate.Rule{Type: fhirType("Task"), May: gate.MayLook, Query: "-custodian=Organization/a"}
		rules := append(policy.Standard().Rules(actor.Role, gate.Of{Institution: actor.Institution}), task)
		actor.Access = gate.NewAccess(rules).Offer("export-request", "export")
	}
	return actor, known
}

var rules = sync.OnceValue(func() *validate.Validator { return validate.New(structure.R4(), terminology.R4()) })

// deskOn puts people and data of two institutions into a record. Tasks are validated strictly.
func deskOn(t *testing.T, db store.DB) *desk {
	d := &desk{t: t, now: &atomic.Pointer[time.Time]{}}
	start := time.Date(2026, 5, 4, 8, 0, 0, 123456000, time.UTC)
	d.now.Store(&start)
	strict := gate.Rules{Types: map[schema.Type]gate.Mode{fhirType("Task"): gate.Strict}}
	d.gate = gate.New(db, gate.Config{
		References: true, Zone: shanghai, Owned: export.Owned(), Now: func() time.Time { return *d.now.Load() },
		Validation: &gate.Validation{By: rules, Rules: strict},
	})
	server := rest.New(d.gate, rest.Config{
		Version: "test", BodyMost: 64 << 20, Zone: shanghai, Log: slog.New(slog.DiscardHandler), References: true, RequestTime: time.Minute,
		Who: func(r *http.Request) (gate.Actor, error) {
			actor, known := staff(r.Header.Get("Test-Who"))
			if !known {
				return actor, fault.New(fault.Unknown, "Nobody.")
			}
			return actor, nil
		},
	})
	s := httptest.NewServer(server.Handler())
	t.Cleanup(s.Close)
	d.base = s.URL + rest.Base
	d.fill()
	return d
}

func (d *desk) forward(by time.Duration) {
	now := d.now.Load().Add(by)
	d.now.Store(&now)
}

// fill writes what there is. Li stands as three Patients.
func (d *desk) fill() {
	of := func(custodian string, labels ...string) string {
		return fmt.Sprintf(`"meta":{"extension":[{"url":%q,"valueReference":{"reference":"Organization/%s"}}],"security":[{"system":"urn:example","code":"x"}%s]}`,
			gate.Custodian, custodian, strings.Join(append([]string{""}, labels...), ","))
	}
	observation := func(patient string) string {
		return fmt.Sprintf(`,"status":"final","code":{"coding":[{"system":"urn:example","code":"glucose"}]},"valueQuantity":{"value":5.10},"subject":{"reference":"Patient/%s"}`, patient)
	}
	const (
		hiv      = `{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"HIV"}`
		withheld = `{"system":"urn:yitong:label","code":"withheld"}`
	)
	d.put("Organization", "a", `"name":"甲医院"`)
	d.put("Organization", "b", `"name":"乙医院"`)
	d.put("Organization", "health", `"name":"卫健委"`)
	for _, name := range []string{"office", "colleague", "doctor", "insurer", "regulator"} {
		d.put("Practitioner", name, `"active":true`)
	}
	d.put("Patient", "li", of("health")+`,"name":[{"text":"李小明"}]`)
	d.put("Patient", "li-a", of("a")+`,"name":[{"text":"李小明"}],"identifier":[{"system":"urn:id","value":"110101199001011237"}],"link":[{"type":"refer","other":{"reference":"Patient/li"}}]`)
	d.put("Patient", "li-again", of("a")+`,"link":[{"type":"refer","other":{"reference":"Patient/li"}}]`)
	d.put("Patient", "chen", of("a")+`,"name":[{"text":"陈芳"}]`)
	d.put("Patient", "wu", of("b"))
	for id, members := range map[string]string{
		"a1": of("a") + observation("li-a"), "a2": of("a") + observation("li-again"), "a3": of("a") + observation("chen"),
		"b1": of("b") + observation("li"), "b2": of("b") + observation("wu"),
		"secret": of("a", hiv) + observation("chen"), "hidden": of("a", withheld) + observation("chen"),
	} {
		d.put("Observation", id, members)
	}
	d.put("Consent", "opens", of("health")+`,"status":"active","scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},
		"category":[{"text":"x"}],"patient":{"reference":"Patient/wu"},"policyRule":{"text":"x"},"provision":{"type":"permit","actor":[{"role":{"text":"x"},"reference":{"reference":"Organization/a"}}]}`)
}

func (d *desk) put(kind, id, members string) {
	d.t.Helper()
	r, err := fhir.ParseResource(fmt.Appendf(nil, `{"resourceType":%q,"id":%q,%s}`, kind, id, members))
	if err != nil {
		d.t.Fatal(err)
	}
	s := d.gate.Session(gate.Actor{Reference: "Device/registry", Access: gate.Whole()})
	if _, err := s.Apply(d.t.Context(), []gate.Op{{Kind: gate.Update, Type: r.Type, ID: id, Resource: r}}, nil); err != nil {
		d.t.Fatal(err)
	}
}

// do asks as somebody.
func (d *desk) do(who, method, address, body string, headers ...string) (*http.Response, []byte) {
	d.t.Helper()
	return caller{d.t, d.base}.do(method, address, body, append(headers, "Test-Who", who)...)
}

func (d *desk) want(status int, who, method, address, body string) []byte {
	d.t.Helper()
	return caller{d.t, d.base}.want(status, method, address, body, "Test-Who", who)
}

// said makes Parameters of names and values; a value in single quotes is a JSON value.
func said(pairs ...string) string {
	var list []string
	for i := 0; i < len(pairs); i += 2 {
		member, value := "valueString", strconv.Quote(pairs[i+1])
		switch {
		case pairs[i+1] == "true" || pairs[i+1] == "false":
			member, value = "valueBoolean", pairs[i+1]
		case pairs[i] == "most":
			member, value = "valueInteger", pairs[i+1]
		case strings.HasPrefix(pairs[i+1], "Organization/"):
			member, value = "valueReference", fmt.Sprintf(`{"reference":%q}`, pairs[i+1])
		}
		list = append(list, fmt.Sprintf(`{"name":%q,%q:%s}`, pairs[i], member, value))
	}
	return `{"resourceType":"Parameters","parameter":[` + strings.Join(list, ",") + `]}`
}

// usual is what a request must say.
func usual(more ...string) string {
	return said(append([]string{"purpose", "区域慢病统计", "recipient", "Organization/health", "pia", "PIA-2026-7"}, more...)...)
}

// asked makes a request of somebody and returns the Task's name.
func (d *desk) asked(who string, more ...string) string {
	d.t.Helper()
	var task struct{ ID string }
	if err := json.Unmarshal(d.want(201, who, "POST", "/$export-request", usual(more...)), &task); err != nil {
		d.t.Fatal(err)
	}
	return "/Task/" + task.ID
}

// approved is asked and approved.
func (d *desk) approved(who string, more ...string) string {
	d.t.Helper()
	task := d.asked(who, more...)
	d.want(200, "regulator", "POST", task+"/$export-decide", said("decision", "approve"))
	return task
}

// lines are the ids of an export and its marks, each once.
func (d *desk) lines(text []byte) (ids, marks []string) {
	d.t.Helper()
	for line := range bytes.Lines(text) {
		var r struct {
			ID, ResourceType string
			Meta             struct {
				Tag []struct{ System, Code string }
			}
		}
		if err := json.Unmarshal(line, &r); err != nil || line[len(line)-1] != '\n' {
			d.t.Fatalf("%v: %q", err, line)
		}
		if len(r.Meta.Tag) != 1 || r.Meta.Tag[0].System != "urn:yitong:export" {
			d.t.Fatalf("the line has no mark, or several: %s", line)
		}
		ids = append(ids, r.ResourceType+"/"+r.ID)
		if mark := r.Meta.Tag[0].Code; !slices.Contains(marks, mark) {
			marks = append(marks, mark)
		}
	}
	slices.Sort(ids)
	return ids, marks
}

// facts are what a Task tells of its runs, by the ids of its output.
func (d *desk) facts(who, task string) (status string, facts map[string]string) {
	d.t.Helper()
	var t struct {
		Status string
		Output []map[string]any
	}
	if err := json.Unmarshal(d.want(200, who, "GET", task, ""), &t); err != nil {
		d.t.Fatal(err)
	}
	facts = map[string]string{}
	for _, o := range t.Output {
		for name, v := range o {
			if strings.HasPrefix(name, "value") {
				facts[fmt.Sprint(o["id"])] = fmt.Sprint(v)
			}
		}
	}
	return t.Status, facts
}

// TestExport: what was approved leaves the record once, as its requester sees it, marked and counted.
func TestExport(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db store.DB) {
		d := deskOn(t, db)
		task := d.approved("office", "type", "Patient,Observation", "query", "Observation?code=urn:example|glucose", "most", "50")
		if got, text := d.do("office", "GET", "/Observation?subject=Patient/wu", ""); !strings.Contains(string(text), "b2") {
			t.Fatalf("the permit opens nothing, so that the test shows nothing: %s %s", got.Status, text)
		}
		got, text := d.do("office", "POST", task+"/$export", "", "Accept", "application/fhir+ndjson", "Content-Type", "")
		if got.StatusCode != 200 || got.Header.Get("Content-Type") != "application/fhir+ndjson" || got.Header.Get("Cache-Control") != "no-store, private" {
			t.Fatalf("%s %v %s", got.Status, got.Header, text)
		}
		ids, marks := d.lines(text)
		if want := "Observation/a1 Observation/a2 Observation/a3 Patient/chen Patient/li-a Patient/li-again"; strings.Join(ids, " ") != want || len(marks) != 1 {
			t.Errorf("exported %v with marks %v", ids, marks)
		}
		if !bytes.Contains(text, []byte(`"value":5.10`)) {
			t.Error("the values are not as they were written")
		}
		sum := sha256.Sum256(text)
		for _, who := range []string{"office", "colleague", "regulator"} {
			status, facts := d.facts(who, task)
			for name, want := range map[string]string{
				"resources-1": "6", "people-1": "2", "bytes-1": strconv.Itoa(len(text)), "sha256-1": hex.EncodeToString(sum[:]), "whole-1": "true", "run-1": marks[0],
			} {
				if facts[name] != want {
					t.Errorf("%s sees %s = %s, want %s", who, name, facts[name], want)
				}
			}
			if status != "completed" || facts["ended-1"] == "" {
				t.Errorf("%s sees status %s, %v", who, status, facts)
			}
		}
		if text := d.want(409, "office", "POST", task+"/$export", ""); !bytes.Contains(text, []byte("as often as")) {
			t.Errorf("fetched twice: %s", text)
		}
		d.traced(task, marks[0])
	})
}

// traced follows a mark, and others that are nearly it.
func (d *desk) traced(task, mark string) {
	d.t.Helper()
	trace := string(d.want(200, "regulator", "GET", "/$export-mark?code="+mark, ""))
	for _, want := range []string{task[1:], "Practitioner/office", "Organization/health", "Organization/a", "区域慢病统计", "2026-05-04T08:00:00.123456Z", `"valueInteger":1`} {
		if !strings.Contains(trace, want) {
			d.t.Errorf("the trace does not tell %s: %s", want, trace)
		}
	}
	last := map[bool]string{true: "B", false: "A"}[mark[len(mark)-2] == 'A']
	other := d.asked("office", "type", "Patient")
	for _, forged := range []string{"", "x", "..", mark + "x", mark[:len(mark)-2] + last + mark[len(mark)-1:], strings.Replace(mark, ".1.", ".2.", 1), strings.Replace(mark, ".1.", ".-1.", 1), strings.Replace(mark, task[6:], other[6:], 1), "office.1.AAAA"} {
		d.want(404, "regulator", "GET", "/$export-mark?code="+forged, "")
	}
	d.want(403, "office", "GET", "/$export-mark?code="+mark, "")
}

// TestExportRefused: who may not ask, decide and fetch, and when.
func TestExportRefused(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db store.DB) {
		d := deskOn(t, db)
		task := d.asked("office", "type", "Patient")
		refuse := func(name string, status int, says, who, method, address, body string) {
			t.Helper()
			got, text := d.do(who, method, address, body)
			if got.StatusCode != status || !strings.Contains(string(text), says) {
				t.Errorf("%s: %s, want %d: %s", name, got.Status, status, text)
			}
		}
		yes, no := said("decision", "approve"), said("decision", "reject", "reason", "目的不明")
		refuse("not approved", 409, "not approved yet", "office", "POST", task+"/$export", "")
		refuse("decided by a colleague", 403, "", "colleague", "POST", task+"/$export-decide", yes)
		refuse("decided by a doctor", 403, "", "doctor", "POST", task+"/$export-decide", yes)
		refuse("decided by the requester", 403, "", "office", "POST", task+"/$export-decide", yes)
		refuse("decided by the requester in another role", 403, "themselves", "both", "POST", task+"/$export-decide", yes)
		refuse("a decision that is none", 400, "decision", "regulator", "POST", task+"/$export-decide", said("decision", "perhaps"))
		refuse("no decision", 400, "decision", "regulator", "POST", task+"/$export-decide", said())
		refuse("rejected without a reason", 400, "reason", "regulator", "POST", task+"/$export-decide", said("decision", "reject"))
		refuse("no such Task", 404, "", "regulator", "POST", "/Task/none/$export-decide", yes)
		d.want(200, "regulator", "POST", task+"/$export-decide", no)
		refuse("rejected", 409, "rejected", "office", "POST", task+"/$export", "")
		refuse("decided twice", 409, "before", "regulator", "POST", task+"/$export-decide", yes)

		task = d.approved("office", "type", "Patient", "until", "2026-05-05")
		refuse("another person", 403, "alone", "colleague", "POST", task+"/$export", "")
		refuse("the same person in another role", 403, "alone", "cdc", "POST", task+"/$export", "")
		refuse("the same person elsewhere", 404, "", "moved", "POST", task+"/$export", "")
		refuse("who approved it", 403, "alone", "regulator", "POST", task+"/$export", "")
		refuse("a doctor", 403, "", "doctor", "POST", task+"/$export", "")
		refuse("an argument", 400, "most", "office", "POST", task+"/$export", said("most", "7"))
		refuse("another type", 501, "", "office", "POST", "/Patient/chen/$export", "")
		batch := `{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"POST","url":"` + task[1:] + `/$export"}}]}`
		refuse("in a batch", 200, "501", "office", "POST", "", batch)
		d.forward(32 * time.Hour) // 2026-05-06 00:00 in Shanghai
		refuse("expired", 409, "over", "office", "POST", task+"/$export", "")
		if status, facts := d.facts("office", task); status != "accepted" || len(facts) > 0 {
			t.Errorf("refusals have left %s, %v", status, facts)
		}
		task = d.asked("office", "type", "Patient", "until", "2026-05-06T12:00:00+08:00")
		d.forward(24 * time.Hour)
		refuse("approved too late", 409, "over", "regulator", "POST", task+"/$export-decide", yes)

		d.put("Task", "other", `"status":"requested","intent":"order","meta":{"extension":[{"url":"urn:yitong:custodian","valueReference":{"reference":"Organization/a"}}]}`)
		refuse("a Task of something else", 422, "no request", "office", "POST", "/Task/other/$export", "")
	})
}

// TestExportAsked: requests that nobody is asked to decide about.
func TestExportAsked(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db store.DB) {
		d := deskOn(t, db)
		for name, c := range map[string]struct {
			who    string
			said   string
			status int
			says   string
		}{
			"a doctor's":                {"doctor", usual("type", "Patient"), 403, "export-request"},
			"without types":             {"office", usual(), 400, "type"},
			"of an unknown type":        {"office", usual("type", "Human"), 400, "Human"},
			"without a purpose":         {"office", said("type", "Patient", "recipient", "x", "pia", "1"), 400, "purpose"},
			"with an empty purpose":     {"office", said("type", "Patient", "purpose", "  ", "recipient", "x", "pia", "1"), 400, "purpose"},
			"for nobody":                {"office", said("type", "Patient", "purpose", "x", "pia", "1"), 400, "recipient"},
			"for an institution less":   {"office", said("type", "Patient", "purpose", "x", "recipient", "Organization/none", "pia", "1"), 422, "Organization/none"},
			"without a PIA":             {"office", said("type", "Patient", "purpose", "x", "recipient", "x"), 422, "pia"},
			"abroad, not assessed":      {"office", usual("type", "Patient", "abroad", "true"), 422, "assessment"},
			"abroad or not":             {"office", usual("type", "Patient", "abroad", "perhaps"), 400, "abroad"},
			"of too much":               {"office", usual("type", "Patient", "most", "100001"), 400, "most"},
			"of nothing":                {"office", usual("type", "Patient", "most", "0"), 400, "most"},
			"for too long":              {"office", usual("type", "Patient", "until", "2027-01-01"), 400, "until"},
			"for yesterday":             {"office", usual("type", "Patient", "until", "2026-05-03"), 400, "until"},
			"until nobody knows":        {"office", usual("type", "Patient", "until", "soon"), 400, "until"},
			"with another parameter":    {"office", usual("type", "Patient", "how", "fast"), 400, "how"},
			"two recipients":            {"office", usual("type", "Patient", "recipient", "y"), 400, "once"},
			"criteria for no type":      {"office", usual("type", "Patient", "query", "Observation?code=x"), 400, "query"},
			"criteria twice":            {"office", usual("type", "Patient", "query", "Patient?gender=male", "query", "Patient?gender=female"), 400, "one for Patient"},
			"criteria of nothing":       {"office", usual("type", "Patient", "query", "Patient?"), 400, "criteria"},
			"unknown criteria":          {"office", usual("type", "Patient", "query", "Patient?colour=red"), 400, "colour"},
			"an include":                {"office", usual("type", "Observation", "query", "Observation?_include=Observation:subject"), 400, "_include"},
			"a resident by reference":   {"office", usual("type", "Observation", "query", "Observation?subject=Patient/wu"), 422, "name residents"},
			"a resident by id":          {"office", usual("type", "Patient", "query", "Patient?_id=wu"), 422, "name residents"},
			"a resident in a chain":     {"office", usual("type", "Observation", "query", "Observation?subject:Patient._id=wu"), 422, "name residents"},
			"what is not seen":          {"office", usual("type", "Parameters"), 403, "Parameters"},
			"what the insurer sees not": {"insurer", usual("type", "Observation"), 403, "Observation"},
		} {
			got, text := d.do(c.who, "POST", "/$export-request", c.said)
			if got.StatusCode != c.status || !strings.Contains(string(text), c.says) {
				t.Errorf("%s: %s, want %d and %q: %s", name, got.Status, c.status, c.says, text)
			}
		}
		if text := d.want(200, "regulator", "GET", "/Task?_summary=count", ""); !strings.Contains(string(text), `"total":0`) {
			t.Errorf("refused requests have left Tasks: %s", text)
		}
	})
}

func fhirType(name string) schema.Type {
	t, known := schema.TypeOf(name)
	if !known {
		panic("no type " + name)
	}
	return t
}

// TestExportOwned: Tasks of exports are written by the process alone.
func TestExportOwned(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db store.DB) {
		d := deskOn(t, db)
		task := d.asked("office", "type", "Patient")
		mine := string(d.want(200, "office", "GET", task, ""))
		forged := strings.Replace(mine, `"status":"requested"`, `"status":"accepted"`, 1)
		plain := strings.Replace(mine, `"code":"export"`, `"code":"something"`, 1)
		for name, c := range map[string]struct{ who, method, address, body string }{
			"made":              {"office", "POST", "/Task", forged},
			"made by a feed":    {"system", "POST", "/Task", forged},
			"put":               {"office", "PUT", task, forged},
			"taken over":        {"colleague", "PUT", task, strings.Replace(mine, "Practitioner/office", "Practitioner/colleague", 2)},
			"turned into other": {"office", "PUT", task, plain},
			"patched":           {"office", "PATCH", task, `{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"replace"},{"name":"path","valueString":"Task.status"},{"name":"value","valueCode":"accepted"}]}]}`},
			"in a transaction":  {"office", "POST", "", `{"resourceType":"Bundle","type":"transaction","entry":[{"resource":` + forged + `,"request":{"method":"PUT","url":"` + task[1:] + `"}}]}`},
			"deleted":           {"office", "DELETE", task, ""},
		} {
			if got, text := d.do(c.who, c.method, c.address, c.body); got.StatusCode != 403 {
				t.Errorf("%s: %s %s", name, got.Status, text)
			}
		}
		if now := string(d.want(200, "office", "GET", task, "")); now != mine {
			t.Errorf("the Task has become %s", now)
		}
	})
}

// TestExportOnce: a request that is repeated with its key is one; a feed asks and fetches like anybody.
func TestExportOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db store.DB) {
		d := deskOn(t, db)
		body := usual("type", "Observation", "abroad", "true", "assessment", "网信办〔2026〕3号")
		_, one := d.do("system", "POST", "/$export-request", body, "Idempotency-Key", "k")
		got, two := d.do("system", "POST", "/$export-request", body, "Idempotency-Key", "k")
		if string(one) != string(two) || got.Header.Get("Idempotent-Replayed") != "true" {
			t.Errorf("repeated: %s and %s", one, two)
		}
		task := "/" + strings.TrimPrefix(strings.Split(got.Header.Get("Location"), "/_history")[0], d.base+"/")
		d.want(200, "regulator", "POST", task+"/$export-decide", said("decision", "approve"))
		ids, _ := d.lines(d.want(200, "system", "POST", task+"/$export", ""))
		if want := "Observation/a1 Observation/a2 Observation/a3 Observation/secret"; strings.Join(ids, " ") != want { // its policy hides what is withheld only
			t.Errorf("exported %v", ids)
		}
		insurers := d.approved("insurer", "type", "Organization")
		if ids, _ := d.lines(d.want(200, "insurer", "POST", insurers+"/$export", "")); len(ids) != 3 {
			t.Errorf("the insurer has %v", ids)
		}
		if _, facts := d.facts("insurer", insurers); facts["people-1"] != "0" || facts["resources-1"] != "3" {
			t.Errorf("the insurer sees %v", facts)
		}
	})
}

// TestExportAtMost: a run stops at what was approved and says so; what is just as much is whole.
func TestExportAtMost(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db store.DB) {
		d := deskOn(t, db)
		for i := range 250 {
			d.put("Basic", fmt.Sprint("basic-", i), `"code":{"text":"x"},"meta":{"extension":[{"url":"urn:yitong:custodian","valueReference":{"reference":"Organization/a"}}]}`)
		}
		for most, want := range map[string]struct {
			resources int
			whole     bool
		}{"1": {1, false}, "2": {2, false}, "99": {99, false}, "100": {100, false}, "101": {101, false}, "249": {249, false}, "250": {250, false}, "252": {252, false}, "253": {253, true}, "300": {253, true}} {
			task := d.approved("office", "type", "Basic", "type", "Organization", "most", most)
			ids, marks := d.lines(d.want(200, "office", "POST", task+"/$export", ""))
			cut := slices.Index(ids, "OperationOutcome/") >= 0
			_, facts := d.facts("office", task)
			if cut == want.whole || len(slices.Compact(ids)) != want.resources+map[bool]int{true: 1}[cut] || len(marks) != 1 ||
				facts["resources-1"] != strconv.Itoa(want.resources) || facts["whole-1"] != strconv.FormatBool(want.whole) {
				t.Errorf("%s at most: %d lines, cut %t, %v", most, len(ids), cut, facts)
			}
		}
		task := d.approved("office", "type", "Patient", "most", "1") // li stands twice at a, chen once
		ids, _ := d.lines(d.want(200, "office", "POST", task+"/$export", ""))
		if _, facts := d.facts("office", task); len(ids) != 2 || facts["people-1"] != "1" || facts["whole-1"] != "false" {
			t.Errorf("%v, %v", ids, facts)
		}
	})
}

// TestExportMasked: what leaves is masked as its requester sees it.
func TestExportMasked(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db store.DB) {
		d := deskOn(t, db)
		task := d.approved("guide", "type", "Patient")
		text := d.want(200, "guide", "POST", task+"/$export", "")
		if ids, _ := d.lines(text); len(ids) != 3 || !bytes.Contains(text, []byte("李小明")) || bytes.Contains(text, []byte("110101199001011237")) || !bytes.Contains(text, []byte("110101********1237")) {
			t.Errorf("exported %s", text)
		}
		if got, answer := d.do("guide", "POST", "/$export-request", usual("type", "Patient", "query", "Patient?identifier=110101199001011237")); got.StatusCode != 403 {
			t.Errorf("by what is masked: %s %s", got.Status, answer)
		}
	})
}

// TestExportAtOnce: of several who fetch at the same moment one has it.
func TestExportAtOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db store.DB) {
		d := deskOn(t, db)
		task := d.approved("office", "type", "Observation")
		var group sync.WaitGroup
		var fetched atomic.Int64
		for range 8 {
			group.Go(func() {
				got, _ := d.do("office", "POST", task+"/$export", "")
				switch got.StatusCode {
				case 200:
					fetched.Add(1)
				case 409, 503:
				default:
					t.Errorf("%s", got.Status)
				}
			})
		}
		group.Wait()
		status, facts := d.facts("office", task)
		if fetched.Load() != 1 || status != "completed" || facts["run-1"] == "" || facts["run-2"] != "" {
			t.Errorf("%d have it: %s, %v", fetched.Load(), status, facts)
		}
	})
}

// TestExportBrokenOff: a client that goes in the middle has had its run; what it could have read is counted.
func TestExportBrokenOff(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db store.DB) {
		d := deskOn(t, db)
		long := strings.Repeat("x", 256<<10) // more than connections hold back
		for i := range 120 {
			d.put("Basic", fmt.Sprint("basic-", i), `"code":{"text":"`+long+`"},"meta":{"extension":[{"url":"urn:yitong:custodian","valueReference":{"reference":"Organization/a"}}]}`)
		}
		task := d.approved("office", "type", "Basic")
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		req, err := http.NewRequestWithContext(ctx, "POST", d.base+task+"/$export", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Test-Who", "office")
		got, err := (&http.Client{Transport: &http.Transport{DisableCompression: true}}).Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := bufio.NewReader(got.Body).ReadBytes('\n'); err != nil {
			t.Fatal(err)
		}
		stop()
		got.Body.Close()
		var facts map[string]string
		until(t, func() bool { _, facts = d.facts("office", task); return facts["ended-1"] != "" })
		if n, _ := strconv.Atoi(facts["resources-1"]); facts["whole-1"] != "false" || n < 1 || n > 120 {
			t.Errorf("noted %v", facts)
		}
		d.want(409, "office", "POST", task+"/$export", "")
	})
}

// downed is a record in which searches fail from some time on.
type downed struct {
	store.DB
	left atomic.Int64
}

func (f *downed) Seek(ctx context.Context, ranges []store.Range) ([][]store.Posting, error) {
	if f.left.Add(-1) < 0 {
		return nil, fault.New(fault.Unavailable, "The database is down.")
	}
	return f.DB.Seek(ctx, ranges)
}

// TestExportFails: what fails here in the middle is no end that a client could take for one, compressed or not.
func TestExportFails(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db store.DB) {
		for _, encoding := range []string{"identity", "gzip"} {
			broken := &downed{DB: db}
			broken.left.Store(1 << 40)
			d := deskOn(t, broken)
			for i := range 150 {
				var text string // that does not compress
				for n := range 10 {
					sum := sha256.Sum256(fmt.Append(nil, i, n))
					text += hex.EncodeToString(sum[:])
				}
				d.put("Basic", fmt.Sprint("basic-", i), `"code":{"text":"`+text+`"},"meta":{"extension":[{"url":"urn:yitong:custodian","valueReference":{"reference":"Organization/a"}}]}`)
			}
			whole := d.approved("office", "type", "Basic")
			before := broken.left.Load()
			d.want(200, "office", "POST", whole+"/$export", "")
			needed := before - broken.left.Load()
			task := d.approved("office", "type", "Basic")
			req, err := http.NewRequestWithContext(t.Context(), "POST", d.base+task+"/$export", nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Test-Who", "office")
			req.Header.Set("Accept-Encoding", encoding)
			broken.left.Store(needed - 1)
			got, err := plain.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(got.Body)
			got.Body.Close()
			broken.left.Store(1 << 40)
			if got.StatusCode != 200 || err == nil || len(text) == 0 {
				t.Errorf("%s: %s, %d bytes, then %v", encoding, got.Status, len(text), err)
			}
			if status, facts := d.facts("office", task); status != "completed" || facts["whole-1"] != "false" || facts["resources-1"] != "100" {
				t.Errorf("%s: noted %s %v", encoding, status, facts)
			}
		}
	})
}
