package process_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/process"
	"yitong/internal/rule"
	"yitong/internal/store"
	"yitong/test/databases"
)

var shanghai = time.FixedZone("Asia/Shanghai", 8*3600)

type asking struct {
	Of   form.Reference `name:"of" zh:"机构" en:"Institution" types:"Organization" doc:"Who is asked."`
	Text string         `name:"text" zh:"内容" en:"Text" bytes:"200" doc:"What is asked."`
}

type answering struct {
	Text string `name:"text" zh:"内容" en:"Text" bytes:"200" doc:"What is answered."`
}

func words(zh, en string) bilingual.Text { return bilingual.Text{Zh: zh, En: en} }

// asked is a small process: a resident asks, an office answers within a day or it goes to the regulator; whoever answers may be assigned.
func asked(version int) *process.Process {
	offices := []process.By{{Party: "institution", Roles: []gate.Role{gate.Office}}}
	doctors := []process.By{{Party: "doctor", Roles: []gate.Role{gate.Doctor}}}
	return &process.Process{
		Code: "asked", Version: version, Words: words("提问", "Question"), Doc: "For tests.", Focus: []schema.Type{typeCommunication},
		Parties: []process.Party{{Name: "institution", Words: words("机构", "Institution"), Only: process.Institution}, {Name: "doctor", Words: words("医师", "Doctor"), Only: process.Person}, {Name: "regulator", Words: words("监管", "Regulator")}},
		States: []process.State{
			{Code: "open", Words: words("待答复", "Open"), Doc: "It is to be answered.", Owner: "institution", Status: "requested", Within: "a-day", Late: "escalate"},
			{Code: "assigned", Words: words("已分派", "Assigned"), Doc: "A doctor answers.", Owner: "doctor", Status: "in-progress", Keeps: true, Late: "escalate"},
			{Code: "escalated", Words: words("已上报", "Escalated"), Doc: "The regulator looks.", Owner: "regulator", Status: "in-progress"},
			{Code: "answered", Words: words("已答复", "Answered"), Doc: "It is answered.", Status: "completed"},
			{Code: "withdrawn", Words: words("已撤回", "Withdrawn"), Doc: "It is not asked any more.", Status: "cancelled"},
		},
		Moves: []process.Move{
			process.Make(process.Move{Code: "ask", Words: words("提问", "Ask"), Doc: "Ask.", To: []string{"open"},
				By: []process.By{{Party: process.Resident, Roles: []gate.Role{gate.Resident, gate.Proxy}}}},
				func(c *process.Case, in asking) error {
					if in.Text == "refuse" {
						return fault.New(fault.Unprocessable, "refused")
					}
					c.For(c.Actor.Resident.String())
					c.Set("institution", process.Who{Reference: string(in.Of)})
					c.Set("regulator", process.Who{Role: gate.Regulator})
					c.FocusOn(c.Create(typeCommunication, fmt.Appendf(nil, `{"resourceType":"Communication","status":"in-progress","subject":{"reference":%q}}`, c.Resident())))
					c.Note(in.Text)
					return nil
				}),
			process.Make(process.Move{Code: "assign", Words: words("分派", "Assign"), Doc: "Assign.", From: []string{"open", "assigned"}, To: []string{"assigned"}, By: offices},
				func(c *process.Case, in struct {
					Doctor form.Reference `name:"doctor" zh:"医师" en:"Doctor" types:"Practitioner" doc:"Who."`
				}) error {
					c.Set("doctor", process.Who{Reference: string(in.Doctor), At: c.Party("institution").Reference})
					return nil
				}),
			process.Make(process.Move{Code: "answer", Words: words("答复", "Answer"), Doc: "Answer.", From: []string{"open", "assigned", "escalated"}, To: []string{"answered"},
				By: append(append([]process.By{{Party: "regulator", Roles: []gate.Role{gate.Regulator}}}, offices...), doctors...)},
				func(c *process.Case, in answering) error {
					c.Output("answer", in.Text)
					return c.Focus().Doc().Set([]fhir.Step{{Name: "status"}}, []byte(`"completed"`))
				}),
			process.Make(process.Move{Code: "withdraw", Words: words("撤回", "Withdraw"), Doc: "Withdraw.", From: []string{"open", "assigned", "escalated"}, To: []string{"withdrawn"},
				By:    []process.By{{Party: process.Resident, Roles: []gate.Role{gate.Resident}}},
				Guard: func(c *process.Case) error { return nil }},
				func(*process.Case, struct{}) error { return nil }),
			process.Make(process.Move{Code: "escalate", Words: words("上报", "Escalate"), Doc: "Nobody has answered.", From: []string{"open", "assigned"}, To: []string{"escalated"}},
				func(*process.Case, struct{}) error { return nil }),
		},
	}
}

var typeCommunication, _ = schema.TypeOf("Communication")

// world is a record with an engine, whose clock tests set.
type world struct {
	*testing.T
	db     store.DB
	gate   *gate.Gate
	engine *process.Engine
	now    *atomic.Pointer[time.Time]
	rules  *rules
}

// tables are the rules of tests: a day in the country, half of it in one city; ten working days.
var tables = []*rule.Table{
	rule.WorkdayTable.Table(),
	rule.Declare(rule.Table{Name: "a-day", Title: words("一日", "A day"), Value: rule.Value{Kind: rule.KindDuration, Unit: "h"}, Edition: "1",
		Rows: "region,from,to,value,source\n,,,24,for tests\n440100,,,12,for tests\n"}),
	rule.Declare(rule.Table{Name: "ten-days", Title: words("十日", "Ten days"), Value: rule.Value{Kind: rule.KindWorkdays}, Edition: "1",
		Rows: "region,from,to,value,source\n,,,10,for tests\n"}),
}

// rules are a book that tests change for another.
type rules struct{ book atomic.Pointer[rule.Book] }

func newRules(t *testing.T) *rules {
	t.Helper()
	book, err := rule.NewBook(shanghai, tables)
	if err != nil {
		t.Fatal(err)
	}
	r := &rules{}
	r.book.Store(book)
	return r
}

func (r *rules) deadline(table, region string, from time.Time) (rule.Deadline, error) {
	return r.book.Load().Deadline(table, region, from)
}

func (r *rules) recount(u rule.Use) (rule.Deadline, error) { return r.book.Load().Recount(u) }

// each runs a test on both databases.
func each(t *testing.T, test func(w world)) {
	databases.Each(t, func(t *testing.T, db store.DB) { test(newWorld(t, db, asked(1))) })
}

func newWorld(t *testing.T, db store.DB, all ...*process.Process) world {
	w := world{T: t, db: db, now: &atomic.Pointer[time.Time]{}, rules: newRules(t)}
	at := time.Date(2026, 5, 4, 9, 0, 0, 0, shanghai)
	w.now.Store(&at)
	var err error
	stands := func(_ context.Context, person string, _ gate.Role, _ string) (bool, error) {
		return person != "Practitioner/elsewhere", nil
	}
	w.engine, err = process.New(process.Config{Processes: all, Zone: shanghai, Deadline: w.rules.deadline, Recount: w.rules.recount, Stands: stands})
	w.must(err)
	w.gate = gate.New(db, gate.Config{References: true, Zone: shanghai, Owned: process.Owns(all...), Now: func() time.Time { return *w.now.Load() }})
	s := w.gate.Session(gate.Actor{Reference: "Device/test", Access: gate.Whole()})
	for _, text := range []string{
		`{"resourceType":"Organization","id":"a","name":"甲"}`, fmt.Sprintf(`{"resourceType":"Organization","id":"c","name":"丙","address":[{"use":"old",%s},{"text":"x"},{%s}]}`,
			district("450000"), district("440106")),
		`{"resourceType":"Organization","id":"b","name":"乙"}`,
		`{"resourceType":"Patient","id":"p"}`, `{"resourceType":"Patient","id":"q"}`,
		`{"resourceType":"Practitioner","id":"office"}`, `{"resourceType":"Practitioner","id":"other"}`, `{"resourceType":"Practitioner","id":"doctor"}`, `{"resourceType":"Practitioner","id":"substitute"}`, `{"resourceType":"Practitioner","id":"elsewhere"}`,
	} {
		r, err := fhir.ParseResource([]byte(text))
		w.must(err)
		_, err = s.Apply(w.Context(), []gate.Op{{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r}}, nil)
		w.must(err)
	}
	return w
}

func (w world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// district is the part of an address that has a division code.
func district(code string) string {
	return fmt.Sprintf(`"district":"某区","_district":{"extension":[{"url":%q,"valueCoding":{"system":%q,"code":%q}}]}`, rule.CodingURL, rule.SystemDivision, code)
}

// pass lets time go by.
func (w world) pass(d time.Duration) {
	at := w.now.Load().Add(d)
	w.now.Store(&at)
}

func (w world) as(role gate.Role, id, institution string) *gate.Session {
	a := gate.Actor{Reference: "Practitioner/" + id, Role: role, Institution: institution, Access: gate.Whole()}
	if role == gate.Resident {
		a.Reference = "Patient/" + id
		a.Resident = fhir.Ref{Type: typePatient, ID: id}
	}
	return w.gate.Session(a)
}

var typePatient, _ = schema.TypeOf("Patient")

func (w world) resident() *gate.Session  { return w.as(gate.Resident, "p", "") }
func (w world) office() *gate.Session    { return w.as(gate.Office, "office", "Organization/a") }
func (w world) doctor() *gate.Session    { return w.as(gate.Doctor, "doctor", "Organization/a") }
func (w world) regulator() *gate.Session { return w.as(gate.Regulator, "other", "Organization/b") }

// needs are Parameters of texts; a value that looks like a reference is one.
func (w world) needs(pairs ...string) fhir.Node {
	w.Helper()
	text := `{"resourceType":"Parameters"`
	for i := 0; i < len(pairs); i += 2 {
		value := fmt.Sprintf(`"valueString":%q`, pairs[i+1])
		switch pairs[i] {
		case "of", "doctor", "stand-in":
			value = fmt.Sprintf(`"valueReference":{"reference":%q}`, pairs[i+1])
		case "until", "from":
			value = fmt.Sprintf(`"valueInstant":%q`, pairs[i+1])
		}
		text += []string{`,"parameter":[`, ","}[min(i, 1)] + fmt.Sprintf(`{"name":%q,%s}`, pairs[i], value)
	}
	if len(pairs) > 0 {
		text += "]"
	}
	tree, err := fhir.Parse([]byte(text + "}"))
	w.must(err)
	return tree.Root()
}

// ask begins a case.
func (w world) ask() fhir.Ref {
	w.Helper()
	return w.askOf("Organization/a")
}

// askOf begins a case for an institution to act.
func (w world) askOf(institution string) fhir.Ref {
	w.Helper()
	made, err := w.engine.Begin(w.Context(), w.resident(), "asked", "ask", w.needs("of", institution, "text", "why?"), nil)
	w.must(err)
	return made.Version.Ref
}

// move makes a move and returns the error's code, "" for none.
func (w world) move(s *gate.Session, of fhir.Ref, move string, needs ...string) fault.Code {
	w.Helper()
	_, err := w.engine.Move(w.Context(), s, process.Asked{Case: of, Move: move, Needs: w.needs(needs...)})
	if fault.CodeOf(err) == fault.Internal {
		w.Fatal(err)
	}
	return fault.CodeOf(err)
}

// task is a case as it stands.
func (w world) task(of fhir.Ref) fhir.Resource {
	w.Helper()
	v, err := w.gate.Session(gate.Actor{Access: gate.Whole()}).Read(w.Context(), of)
	w.must(err)
	r, err := fhir.ParseResource(v.Body.Bytes)
	w.must(err)
	return r
}

// state is where a case is.
func (w world) state(of fhir.Ref) string {
	w.Helper()
	return w.task(of).Root.Get("businessStatus").Get("coding").First().Get("code").Str()
}

// due is by when somebody must have acted in a case, by the region's clocks, and the rows that say so.
func (w world) due(of fhir.Ref) (until string, rows []string) {
	w.Helper()
	task := w.task(of)
	for u := range rule.Uses(task.Root) {
		rows = append(rows, u.String())
	}
	at, err := time.Parse(time.RFC3339Nano, task.Root.Get("restriction").Get("period").Get("end").Str())
	w.must(err)
	return at.In(shanghai).Format("2006-01-02 15:04"), rows
}
