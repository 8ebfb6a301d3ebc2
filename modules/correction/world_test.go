package correction_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
	"yitong/internal/gate/policy"
	"yitong/internal/process"
	"yitong/internal/rule"
	"yitong/internal/store"
	"yitong/modules/correction"
	"yitong/test/databases"
	"yitong/test/pgcluster"
)

func TestMain(m *testing.M) { pgcluster.Run(m) }

var shanghai = time.FixedZone("Asia/Shanghai", 8*3600)

// world is a record of two institutions with the policy of the platform and an engine, whose clock tests set.
type world struct {
	*testing.T
	gate   *gate.Gate
	engine *process.Engine
	now    *atomic.Pointer[time.Time]
	made   *atomic.Int64 // Observations that cases are about
}

// each runs a test on both databases.
func each(t *testing.T, test func(w world)) {
	databases.Each(t, func(t *testing.T, db store.DB) { test(newWorld(t, db)) })
}

// monday is a Monday morning behind which three weeks have no holiday.
var monday = time.Date(2026, 5, 11, 9, 0, 0, 0, shanghai)

func newWorld(t *testing.T, db store.DB) world {
	w := world{T: t, now: &atomic.Pointer[time.Time]{}, made: &atomic.Int64{}}
	w.at(monday)
	book, err := rule.NewBook(shanghai, append(correction.Tables(), rule.WorkdayTable.Table()))
	w.must(err)
	w.engine, err = process.New(process.Config{Processes: []*process.Process{correction.Process()}, Zone: shanghai, Deadline: deadline(book), Tell: w.tell})
	w.must(err)
	w.gate = gate.New(db, gate.Config{References: true, Zone: shanghai, Owned: process.Owns(correction.Process()), Now: func() time.Time { return *w.now.Load() }})
	for _, id := range []string{"a", "b"} {
		w.put(`{"resourceType":"Organization","id":%q,"name":"医院%[1]s"}`, id)
	}
	for _, id := range []string{"office", "doctor", "second", "other"} {
		w.put(`{"resourceType":"Practitioner","id":%q}`, id)
	}
	for _, post := range []string{"doctor a", "second a", "other b"} {
		who, at, _ := strings.Cut(post, " ")
		w.put(`{"resourceType":"PractitionerRole","id":"%s-%s","practitioner":{"reference":"Practitioner/%[1]s"},"organization":{"reference":"Organization/%[2]s"}}`, who, at)
	}
	for _, id := range []string{"p", "q"} {
		w.put(`{"resourceType":"Patient","id":%q,%s}`, id, meta("a"))
	}
	for _, o := range []string{"o p 8867-4", "o2 p 8867-4", "hiv p 5220-9", "oq q 8867-4"} {
		f := strings.Fields(o)
		w.observe(f[0], f[1], f[2], meta("a"), 72)
	}
	w.observe("nobodys", "p", "8867-4", `"meta":{}`, 72)
	return w
}

// deadline counts working days: until the end of the last of them.
func deadline(book *rule.Book) func(string, time.Time) (time.Time, string, error) {
	return func(table string, from time.Time) (time.Time, string, error) {
		row, err := book.Find(table, "", from)
		if err != nil {
			return time.Time{}, "", err
		}
		days, err := book.Calendar("")
		if err != nil {
			return time.Time{}, "", err
		}
		until, _ := days.AddWorkdays(from, row.Workdays(), shanghai)
		y, m, d := until.Date()
		return time.Date(y, m, d+1, 0, 0, 0, 0, shanghai), string(row.Ref()), nil
	}
}

func meta(custodian string) string {
	return fmt.Sprintf(`"meta":{"extension":[{"url":%q,"valueReference":{"reference":"Organization/%s"}}]}`, gate.Custodian, custodian)
}

// tell makes a message to whoever is told, so that tests see it.
func (w world) tell(t process.Told) (gate.Op, error) {
	text := fmt.Sprintf(`{"resourceType":"Basic","id":"told-%s-%s-%d","code":{"text":%q},"author":{"display":%q}}`, t.Case.ID[:8], t.Party, t.At.UnixNano()%1e9, t.Text.Zh, t.Who.Reference+string(t.Who.Role))
	r, err := fhir.ParseResource([]byte(text))
	return gate.Op{Kind: gate.Create, Type: r.Type, Resource: r}, err
}

func (w world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w world) at(now time.Time) { w.now.Store(&now) }

// pass lets time go by.
func (w world) pass(d time.Duration) { w.at(w.now.Load().Add(d)) }

func (w world) whole() *gate.Session {
	return w.gate.Session(gate.Actor{Reference: "Device/test", Access: gate.Whole()})
}

// put writes as the platform.
func (w world) put(format string, args ...any) int64 {
	w.Helper()
	r, err := fhir.ParseResource(fmt.Appendf(nil, format, args...))
	w.must(err)
	made, err := w.whole().Apply(w.Context(), []gate.Op{{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r}}, nil)
	w.must(err)
	return made[0].Version.Number
}

// observe writes an Observation; it returns its version.
func (w world) observe(id, patient, code, meta string, value int) int64 {
	w.Helper()
	return w.put(`{"resourceType":"Observation","id":%q,%s,"status":"final","code":{"coding":[{"system":"http://loinc.org","code":%q}]},"subject":{"reference":"Patient/%s"},"valueQuantity":{"value":%d}}`,
		id, meta, code, patient, value)
}

var typePatient, _ = schema.TypeOf("Patient")

// as is a session of somebody in a role, by the platform's policy.
func (w world) as(role gate.Role, id, institution string) *gate.Session {
	a := gate.Actor{Reference: "Practitioner/" + id, Role: role}
	if institution != "" {
		a.Institution = "Organization/" + institution
	}
	if role == gate.Resident || role == gate.Proxy {
		a.Reference, a.Resident = "Patient/"+id, fhir.Ref{Type: typePatient, ID: "p"}
		if role == gate.Resident {
			a.Resident.ID = id
		}
	}
	a.Access = policy.Standard().Access(role, gate.Of{Actor: a.Reference, Institution: a.Institution, Resident: a.Resident})
	return w.gate.Session(a)
}

func (w world) resident() *gate.Session  { return w.as(gate.Resident, "p", "") }
func (w world) office() *gate.Session    { return w.as(gate.Office, "office", "a") }
func (w world) doctor() *gate.Session    { return w.as(gate.Doctor, "doctor", "a") }
func (w world) regulator() *gate.Session { return w.as(gate.Regulator, "other", "b") }

// parameters are name, value, …
func parameters(pairs ...any) fhir.Node {
	var list []string
	for i := 0; i+1 < len(pairs); i += 2 {
		value := fmt.Sprintf(`"valueString":%q`, pairs[i+1])
		switch v := pairs[i+1].(type) {
		case int:
			value = fmt.Sprintf(`"valueInteger":%d`, v)
		case ref:
			value = fmt.Sprintf(`"valueReference":{"reference":%q}`, string(v))
		case code:
			value = fmt.Sprintf(`"valueCode":%q`, string(v))
		}
		list = append(list, fmt.Sprintf(`{"name":%q,%s}`, pairs[i], value))
	}
	text := `{"resourceType":"Parameters"}`
	if len(list) > 0 {
		text = `{"resourceType":"Parameters","parameter":[` + strings.Join(list, ",") + `]}`
	}
	tree, err := fhir.Parse([]byte(text))
	if err != nil {
		panic(err)
	}
	return tree.Root()
}

type (
	ref  string
	code string
)

// ask begins a case about a resource.
func (w world) ask(s *gate.Session, about string, more ...any) (fhir.Ref, error) {
	w.Helper()
	pairs := append([]any{"record", ref(about), "version", 1, "wrong", "心率记错了", "should-be", "应为 82"}, more...)
	made, err := w.engine.Begin(w.Context(), s, correction.Code, "request", parameters(pairs...), nil)
	if fault.CodeOf(err) == fault.Internal {
		w.Fatal(err)
	}
	return made.Version.Ref, err
}

// asked is a case about the first version of a new Observation, of which there is a second by now.
func (w world) asked() fhir.Ref {
	w.Helper()
	id := fmt.Sprintf("n%d", w.made.Add(1))
	w.observe(id, "p", "8867-4", meta("a"), 72)
	of, err := w.ask(w.resident(), "Observation/"+id)
	w.must(err)
	w.observe(id, "p", "8867-4", meta("a"), 82)
	return of
}

// given is what each move needs, filled in so that it can be made.
func given(move string) []any {
	switch move {
	case "assign":
		return []any{"post", ref("PractitionerRole/doctor-a")}
	case "correct":
		return []any{"version", 2}
	case "refuse":
		return []any{"reason", code("accurate"), "why", "核对过原始记录"}
	case "appeal":
		return []any{"why", "没有核对"}
	case "remind", "remind-order", "order", "uphold", "enforce":
		return []any{"text", "请注意"}
	}
	return nil
}

// try makes a move and returns the error.
func (w world) try(s *gate.Session, of fhir.Ref, move string, pairs ...any) error {
	w.Helper()
	_, err := w.engine.Move(w.Context(), s, process.Asked{Case: of, Move: move, Needs: parameters(pairs...)})
	if fault.CodeOf(err) == fault.Internal {
		w.Fatal(err)
	}
	return err
}

// do makes a move that can be made.
func (w world) do(s *gate.Session, of fhir.Ref, move string) {
	w.Helper()
	if err := w.try(s, of, move, given(move)...); err != nil {
		w.Fatalf("%s: %v", move, err)
	}
}

// wake lets the clock look at a case.
func (w world) wake(of fhir.Ref) {
	w.Helper()
	w.must(w.engine.Wake(w.Context(), w.gate.Session(process.Clock), fmt.Appendf(nil, `{"task":%q}`, of.ID)))
}

// late lets the deadline of a case pass, and the clock see it.
func (w world) late(of fhir.Ref) {
	w.Helper()
	w.at(w.deadline(of))
	w.wake(of)
}

func (w world) task(of fhir.Ref) fhir.Resource {
	w.Helper()
	v, err := w.whole().Read(w.Context(), of)
	w.must(err)
	r, err := fhir.ParseResource(v.Body.Bytes)
	w.must(err)
	return r
}

func (w world) state(of fhir.Ref) string {
	w.Helper()
	return w.task(of).Root.Get("businessStatus").Get("coding").First().Get("code").Str()
}

func (w world) deadline(of fhir.Ref) time.Time {
	w.Helper()
	at, err := time.Parse(time.RFC3339Nano, w.task(of).Root.Get("restriction").Get("period").Get("end").Str())
	w.must(err)
	return at
}

// ways lead a new case to a state.
var ways = map[string]string{
	"open": "", "assigned": "assign", "refused": "refuse", "appealed": "refuse appeal", "escalated": "LATE", "ordered": "LATE order", "order-late": "LATE order LATE",
	"corrected": "correct", "upheld": "refuse appeal uphold", "settled": "refuse LATE", "enforced": "LATE order LATE enforce", "withdrawn": "withdraw",
}

// by is who makes each move.
func (w world) by(move string) *gate.Session {
	switch move {
	case "assign", "correct", "refuse":
		return w.office()
	case "appeal", "withdraw":
		return w.resident()
	}
	return w.regulator()
}

// brought is a new case in a state.
func (w world) brought(state string) fhir.Ref {
	w.Helper()
	of := w.asked()
	for move := range strings.FieldsSeq(ways[state]) {
		if move == "LATE" {
			w.late(of)
		} else {
			w.do(w.by(move), of, move)
		}
	}
	if got := w.state(of); got != state {
		w.Fatalf("it is %s, not %s", got, state)
	}
	return of
}
