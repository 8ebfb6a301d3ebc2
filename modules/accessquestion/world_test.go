package accessquestion_test

import (
	"context"
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
	"yitong/internal/gate/trail"
	"yitong/internal/process"
	"yitong/internal/rule"
	"yitong/internal/store"
	"yitong/modules/accessquestion"
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
}

// each runs a test on both databases.
func each(t *testing.T, test func(w world)) {
	databases.Each(t, func(t *testing.T, db store.DB) { test(newWorld(t, db)) })
}

// monday is a Monday morning behind which three weeks have no holiday.
var monday = time.Date(2026, 5, 11, 9, 0, 0, 0, shanghai)

func newWorld(t *testing.T, db store.DB) world {
	w := world{T: t, now: &atomic.Pointer[time.Time]{}}
	w.at(monday)
	book, err := rule.NewBook(shanghai, append(accessquestion.Tables(), rule.WorkdayTable.Table()))
	w.must(err)
	w.engine, err = process.New(process.Config{Processes: []*process.Process{accessquestion.Process()}, Zone: shanghai, Deadline: deadline(book), Tell: w.tell})
	w.must(err)
	w.gate = gate.New(db, gate.Config{References: true, Zone: shanghai, Owned: process.Owns(accessquestion.Process()), Now: func() time.Time { return *w.now.Load() }, Trail: trail.NewRecorder(db)})
	for _, id := range []string{"a", "b"} {
		w.put(`{"resourceType":"Organization","id":%q,"name":"医院%[1]s"}`, id)
	}
	for _, name := range []string{"office 王主任", "doctor 李医生", "second 赵医生", "other 周医生"} {
		id, called, _ := strings.Cut(name, " ")
		w.put(`{"resourceType":"Practitioner","id":%q,"name":[{"text":%q}]}`, id, called)
	}
	for _, id := range []string{"p", "q"} {
		w.put(`{"resourceType":"Patient","id":%q,%s,"name":[{"text":"居民%[1]s"}]}`, id, meta("a"))
		w.put(`{"resourceType":"Observation","id":"o%s",%s,"status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},"subject":{"reference":"Patient/%[1]s"}}`, id, meta("a"))
	}
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

var (
	typePatient, _ = schema.TypeOf("Patient")
	typeEvent, _   = schema.TypeOf("AuditEvent")
)

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

// look lets somebody read resources, and is the AuditEvent of that.
func (w world) look(s *gate.Session, about ...string) string {
	w.Helper()
	w.pass(time.Second)
	s.Begin(gate.Doing{Do: "read", On: about[0], From: "10.0.0.7", Request: "r"})
	for _, name := range about {
		_, err := s.Read(w.Context(), fhir.ParseReference(name).Ref)
		w.must(err)
	}
	w.must(s.Leave(w.Context(), nil))
	return newest(w.Context(), w.whole())
}

// newest is the newest AuditEvent that a session sees.
func newest(ctx context.Context, s *gate.Session) string {
	asked, err := s.Request([]schema.Type{typeEvent}, gate.Pairs("date=le"+s.Now().UTC().Format(time.RFC3339)+"&_count=1"), gate.Wishes{})
	if err != nil {
		panic(err)
	}
	found, err := s.Search(ctx, asked, "test", "")
	if err != nil {
		panic(err)
	}
	return found.Matches[0].Ref.String()
}

// doctorLooks is the AuditEvent of a look of the doctor.
func (w world) doctorLooks() string { w.Helper(); return w.look(w.doctor(), "Observation/op") }

// ask begins a case about an AuditEvent.
func (w world) ask(s *gate.Session, event string) (fhir.Ref, error) {
	w.Helper()
	made, err := w.engine.Begin(w.Context(), s, accessquestion.Code, "ask", parameters("event", ref(event)), nil)
	if fault.CodeOf(err) == fault.Internal {
		w.Fatal(err)
	}
	return made.Version.Ref, err
}

// asked is a case about a new look of the doctor.
func (w world) asked() fhir.Ref {
	w.Helper()
	of, err := w.ask(w.resident(), w.doctorLooks())
	w.must(err)
	return of
}

// given is what each move needs, filled in so that it can be made.
func given(move string) []any {
	switch move {
	case "explain", "remind":
		return []any{"text", "门诊复诊"}
	case "answer":
		return []any{"verdict", code("justified"), "explanation", "因门诊复诊查看"}
	case "dispute":
		return []any{"why", "当天没有就诊"}
	case "find":
		return []any{"verdict", code("not-justified"), "reasons", "当天没有就诊记录"}
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
	"open": "", "explaining": "ask-looker", "answered": "answer", "disputed": "answer dispute", "escalated": "LATE",
	"accepted": "answer accept", "settled": "answer LATE", "found": "LATE find", "withdrawn": "withdraw",
}

// by is who makes each move.
func (w world) by(move string) *gate.Session {
	switch move {
	case "ask-looker", "answer":
		return w.office()
	case "explain":
		return w.doctor()
	case "accept", "dispute", "withdraw":
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
