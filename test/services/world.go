package services

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
	"yitong/internal/gate/emergency"
	"yitong/internal/gate/policy"
	"yitong/internal/gate/trail"
	"yitong/internal/process"
	"yitong/internal/rule"
	"yitong/internal/sign"
	"yitong/internal/store"
	"yitong/internal/vault"
	"yitong/test/databases"
)

// Service is what is a service's own.
type Service struct {
	Process *process.Process
	Beside  []*process.Process // that are there too
	Files   string             // the folder of its golden files below testdata; "" for testdata itself
	Rules   []*rule.Table
	Record  []string                                // resources that are there before, as JSON with ids, beside those of every world
	Owned   []gate.Ownership                        // by what its moves write beside
	Visits  func(*World, *rule.Book) process.Visits // that its moves book; nil for none
	Begin   func(*World) fhir.Ref                   // begins a new case about Patient/p at Organization/a
	Moves   map[string]Usual                        // how each move is made that people make and that begins no case
	Ways    map[string]string                       // moves that lead a new case to each state; LATE is the clock's
	Differs func(task fhir.Resource) (id, name string)
}

// Usual is how a move is usually made: by one of [World.As], what is filled in, as names and values for [Parameters], and what they do
// before.
type Usual struct {
	By    string
	With  []any
	First func(*World, fhir.Ref)
}

// Zone is that of the region.
var Zone = time.FixedZone("Asia/Shanghai", 8*3600)

// Monday is when a world begins: a Monday morning behind which three weeks have no holiday.
var Monday = time.Date(2026, 5, 11, 9, 0, 0, 0, Zone)

// Passport is the document of a Patient, of whom others book a visit: that is by real name.
const Passport = `"identifier":[{"type":{"coding":[{"system":"urn:yitong:codesystem:identity-document","code":"03"}]},"value":"E12345678"}]`

// World is a record with an engine. There are Organization/a and b; Patient/p and q, whose custodian is a; Practitioner/office,
// doctor and second, who work at a, and other, who works at b; and the posts of the last three, such as PractitionerRole/doctor-a.
type World struct {
	*testing.T
	*Service
	Gate   *gate.Gate
	Engine *process.Engine
	signs  *sign.Service
	now    atomic.Pointer[time.Time]
	ids    atomic.Int64
}

// Each runs a test on each database, in a world of its own.
func Each(t *testing.T, s *Service, test func(*World)) {
	databases.Each(t, func(t *testing.T, db store.DB) { test(newWorld(t, s, db)) })
}

func newWorld(t *testing.T, s *Service, db store.DB) *World {
	w := &World{T: t, Service: s}
	w.At(Monday)
	book, err := Book(s.Rules...)
	w.Must(err)
	w.signs = signing(t, db, w.Now)
	var visits process.Visits
	if s.Visits != nil {
		visits = s.Visits(w, book)
	}
	w.Engine, err = process.New(process.Config{
		Processes: append([]*process.Process{s.Process}, s.Beside...), Zone: Zone, Deadline: book.Deadline, Tell: w.tell, Signature: w.signs.Of, Visits: visits,
	})
	w.Must(err)
	w.Gate = gate.New(db, gate.Config{References: true, Zone: Zone, Owned: slices.Concat(process.Owns(append([]*process.Process{s.Process}, s.Beside...)...), sign.Owned(), emergency.Owned(), s.Owned), Now: w.Now, Trail: trail.NewRecorder(db)})
	for _, id := range []string{"a", "b"} {
		w.Put(`{"resourceType":"Organization","id":%q,"name":"医院%[1]s"}`, id)
	}
	for _, one := range []string{"office 王主任", "doctor 李医生 a", "second 赵医生 a", "other 周医生 b"} {
		f := strings.Fields(one)
		w.Put(`{"resourceType":"Practitioner","id":%q,"name":[{"text":%q}]}`, f[0], f[1])
		for _, at := range f[2:] {
			w.Put(`{"resourceType":"PractitionerRole","id":"%s-%s","practitioner":{"reference":"Practitioner/%[1]s"},"organization":{"reference":"Organization/%[2]s"}}`, f[0], at)
		}
	}
	for _, id := range []string{"p", "q"} {
		w.Put(`{"resourceType":"Patient","id":%q,%s,%s,"name":[{"text":"居民%[1]s"}]}`, id, Custodian("a"), Passport)
	}
	for _, text := range s.Record {
		w.Put("%s", text)
	}
	return w
}

// signing is the service of signatures of a world.
func signing(t *testing.T, db store.DB, now func() time.Time) *sign.Service {
	t.Helper()
	master, err := vault.NewSoftware(make([]byte, vault.MasterBytes))
	if err != nil {
		t.Fatal(err)
	}
	return sign.New(db, sign.Config{Vault: vault.New("sign", master), Now: now, Zone: Zone, Name: "区域平台", URL: "https://record.example"})
}

// Sign lets somebody sign a resource as it stands.
func (w *World) Sign(who string, of fhir.Ref) {
	w.Helper()
	_, err := w.signs.Sign(w.Context(), w.As(who), sign.Asked{Ref: of})
	w.Must(err)
}

// Book has the rules of a service and the calendar.
func Book(tables ...*rule.Table) (*rule.Book, error) {
	return rule.NewBook(Zone, append(tables[:len(tables):len(tables)], rule.WorkdayTable.Table()))
}

// Custodian is the meta of a resource for which an institution answers.
func Custodian(id string) string {
	return fmt.Sprintf(`"meta":{"extension":[{"url":%q,"valueReference":{"reference":"Organization/%s"}}]}`, gate.Custodian, id)
}

// tell makes a message to whoever is told.
func (w *World) tell(t process.Told) (gate.Op, error) {
	text := fmt.Sprintf(`{"resourceType":"Basic","id":"told","code":{"text":%q},"author":{"display":%q}}`, t.Text.Zh, t.Who.Reference+string(t.Who.Role))
	r, err := fhir.ParseResource([]byte(text))
	return gate.Op{Kind: gate.Create, Type: r.Type, Resource: r}, err
}

// Must ends the test for an error.
func (w *World) Must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// Now is what the clock shows.
func (w *World) Now() time.Time { return *w.now.Load() }

// At sets the clock.
func (w *World) At(now time.Time) { w.now.Store(&now) }

// Pass lets time go by.
func (w *World) Pass(d time.Duration) { w.At(w.Now().Add(d)) }

// NewID is an id that nothing has yet.
func (w *World) NewID() string { return fmt.Sprintf("n%d", w.ids.Add(1)) }

// Whole is a session that sees everything.
func (w *World) Whole() *gate.Session {
	return w.Gate.Session(gate.Actor{Reference: "Device/test", Access: gate.Whole()})
}

// Put writes a resource as the platform.
func (w *World) Put(format string, args ...any) {
	w.Helper()
	r, err := fhir.ParseResource(fmt.Appendf(nil, format, args...))
	w.Must(err)
	_, err = w.Whole().Apply(w.Context(), []gate.Op{{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r}}, nil)
	w.Must(err)
}

// Task is a case as it stands.
func (w *World) Task(of fhir.Ref) fhir.Resource {
	w.Helper()
	v, err := w.Whole().Read(w.Context(), of)
	w.Must(err)
	r, err := fhir.ParseResource(v.Body.Bytes)
	w.Must(err)
	return r
}

// State is where a case is.
func (w *World) State(of fhir.Ref) string {
	w.Helper()
	return w.Task(of).Root.Get("businessStatus").Get("coding").First().Get("code").Str()
}

// Due is the deadline of a case.
func (w *World) Due(of fhir.Ref) time.Time {
	w.Helper()
	at, err := time.Parse(time.RFC3339Nano, w.Task(of).Root.Get("restriction").Get("period").Get("end").Str())
	w.Must(err)
	return at
}

// person is somebody who tries.
type person struct {
	name        string
	role        gate.Role
	id          string
	institution string
}

// people are those of whom it is told what they may do and see.
var people = []person{
	{"resident", gate.Resident, "p", ""}, {"proxy", gate.Proxy, "q", ""}, {"another resident", gate.Resident, "q", ""},
	{"office", gate.Office, "office", "a"}, {"a colleague", gate.Office, "second", "a"}, {"another office", gate.Office, "other", "b"},
	{"doctor", gate.Doctor, "doctor", "a"}, {"the doctor elsewhere", gate.Doctor, "doctor", "b"},
	{"another doctor", gate.Doctor, "second", "a"}, {"a doctor elsewhere", gate.Doctor, "other", "b"},
	{"nurse", gate.Nurse, "second", "a"}, {"pharmacist", gate.Pharmacist, "second", "a"}, {"technician", gate.Technician, "second", "a"},
	{"regulator", gate.Regulator, "other", "b"}, {"another regulator", gate.Regulator, "second", "b"},
	{"administrator", gate.Administrator, "office", "a"}, {"guide", gate.Guide, "second", "a"}, {"insurer", gate.Insurer, "other", "b"},
	{"cdc", gate.CDC, "other", "b"}, {"system", gate.System, "office", "a"}, {"operator", gate.Operator, "office", ""},
}

var (
	typePatient, _ = schema.TypeOf("Patient")
	typeTask, _    = schema.TypeOf("Task")
)

// As is a new session of somebody by the platform's policy: resident (Patient/p), proxy (who acts for them), another resident;
// office, a colleague (of it), another office; doctor, the doctor elsewhere, another doctor (there), a doctor elsewhere; nurse, pharmacist,
// technician; regulator, another regulator; administrator, guide, insurer, cdc, system, operator.
func (w *World) As(name string) *gate.Session {
	w.Helper()
	for _, who := range people {
		if who.name == name {
			return w.session(who)
		}
	}
	w.Fatalf("there is nobody who is called %s", name)
	return nil
}

// Working is a new session of somebody who works in a role at an institution.
func (w *World) Working(role gate.Role, id, institution string) *gate.Session {
	return w.session(person{role: role, id: id, institution: institution})
}

// Write writes a resource as somebody.
func (w *World) Write(s *gate.Session, format string, args ...any) error {
	w.Helper()
	r, err := fhir.ParseResource(fmt.Appendf(nil, format, args...))
	w.Must(err)
	_, err = s.Apply(w.Context(), []gate.Op{{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r}}, nil)
	return err
}

// Text is the JSON of a resource as it stands.
func (w *World) Text(reference string) string {
	w.Helper()
	v, err := w.Whole().Read(w.Context(), fhir.ParseReference(reference).Ref)
	w.Must(err)
	return string(v.Body.Bytes)
}

func (w *World) session(who person) *gate.Session {
	a := gate.Actor{Reference: "Practitioner/" + who.id, Role: who.role}
	if who.institution != "" {
		a.Institution = "Organization/" + who.institution
	}
	switch who.role {
	case gate.Resident:
		a.Reference, a.Resident = "Patient/"+who.id, fhir.Ref{Type: typePatient, ID: who.id}
	case gate.Proxy:
		a.Reference, a.Resident = "Patient/"+who.id, fhir.Ref{Type: typePatient, ID: "p"}
	}
	a.Access = policy.Standard().Access(a.Role, gate.Of{Actor: a.Reference, Institution: a.Institution, Resident: a.Resident})
	return w.Gate.Session(a)
}

// Find is what a search finds as the platform, such as Appointment?status=booked.
func (w *World) Find(query string) (found []fhir.Ref) {
	w.Helper()
	of, criteria, _ := strings.Cut(query, "?")
	t, _ := schema.TypeOf(of)
	asked, err := w.Whole().Request([]schema.Type{t}, gate.Pairs(criteria), gate.Wishes{})
	w.Must(err)
	results, err := w.Whole().Search(w.Context(), asked, "test", "")
	w.Must(err)
	for _, v := range results.Matches {
		found = append(found, v.Ref)
	}
	return found
}

// Tasks are those that a session finds; none where it may not search for any.
func (w *World) Tasks(s *gate.Session, query string) (found []fhir.Ref) {
	w.Helper()
	asked, err := s.Request([]schema.Type{typeTask}, gate.Pairs(query), gate.Wishes{})
	if err == nil {
		var results *gate.Results
		if results, err = s.Search(w.Context(), asked, "test", ""); err == nil {
			for _, v := range results.Matches {
				found = append(found, v.Ref)
			}
		}
	}
	if fault.CodeOf(err) != fault.Forbidden {
		w.Must(err)
	}
	return found
}
