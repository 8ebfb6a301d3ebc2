package scheduling_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/gate/policy"
	"yitong/internal/gate/trail"
	"yitong/internal/module"
	"yitong/internal/notice"
	"yitong/internal/rule"
	"yitong/internal/store"
	"yitong/modules/scheduling"
	"yitong/modules/scheduling/queue"
	"yitong/modules/scheduling/triage"
	"yitong/test/databases"
	"yitong/test/pgcluster"
	"yitong/test/services"
)

func TestMain(m *testing.M) { pgcluster.Run(m) }

// world is a record with a hospital that leads an alliance (lead), a member of it (member) and one of no alliance (clinic), and with
// residents, on a Monday morning.
type world struct {
	*testing.T
	db   store.DB
	gate *gate.Gate
	desk scheduling.Desk
	ops  map[string]module.Operation // by their ids
	now  atomic.Pointer[time.Time]   // nil: the machine's
	book atomic.Pointer[rule.Book]
	open bool   // clinics take place on holidays too
	more string // of the sessions of clinics
}

func each(t *testing.T, test func(*world)) {
	databases.Each(t, func(t *testing.T, db store.DB) { test(newWorld(t, db)) })
}

func newWorld(t *testing.T, db store.DB) *world {
	w := &world{T: t, db: db, ops: map[string]module.Operation{}}
	w.at(services.Monday)
	tables, err := rule.NewBook(services.Zone, slices.Concat(scheduling.Tables(), queue.Tables(), triage.Tables(), []*rule.Table{rule.WorkdayTable.Table()}))
	w.must(err)
	w.book.Store(tables)
	w.desk = scheduling.Desk{Book: w.book.Load, Zone: services.Zone, Secret: []byte("what the platform alone knows")}
	w.desk.Queue = queue.Desk{Book: w.book.Load, Zone: services.Zone, Secret: []byte("a secret of the record"), Fulfil: w.desk.Fulfil, Booked: w.desk.Booked, Segments: w.desk.Segments}
	for _, op := range append(scheduling.Descriptor(w.desk).Operations, queue.Descriptor(w.desk.Queue).Operations...) {
		w.ops[strings.TrimPrefix(op.Definition(), "urn:yitong:operation:")] = op
	}
	w.gate = gate.New(db, gate.Config{
		References: true, Zone: services.Zone, Owned: slices.Concat(scheduling.Owned(), queue.Owned(), notice.Owned()), Now: w.clock, Trail: trail.NewRecorder(db),
	})
	hospital := func(id, level string) {
		w.put(`{"resourceType":"Organization","id":%q,"name":"医院%[1]s","type":[{"coding":[{"system":"urn:yitong:codesystem:hospital-level","code":%q}]}]}`, id, level)
		for _, department := range []string{"heart", "eye", "skin"} {
			w.put(`{"resourceType":"HealthcareService","id":"%s-%s","active":true,"name":"%[1]s科","providedBy":{"reference":"Organization/%[2]s"}}`, department, id)
		}
	}
	hospital("lead", "3A")
	hospital("member", "1")
	hospital("clinic", "2A")
	w.put(`{"resourceType":"Practitioner","id":"li","name":[{"text":"李医生"}]}`)
	w.put(`{"resourceType":"PractitionerRole","id":"li-lead","practitioner":{"reference":"Practitioner/li"},"organization":{"reference":"Organization/lead"}}`)
	for id, role := range map[string]string{"lead": "lead", "member": "member"} {
		w.put(`{"resourceType":"OrganizationAffiliation","id":%q,"active":true,"organization":{"reference":"Organization/lead"},"participatingOrganization":{"reference":"Organization/%[1]s"},
			"code":[{"coding":[{"system":"urn:yitong:codesystem:alliance-role","code":%q}]}],"period":{"start":"2026-01-01","end":"2026-12-31"}}`, id, role)
	}
	for _, who := range []string{"administrator lead", "administrator clinic", "administrator member", "guide lead", "guide clinic", "office member", "doctor member", "doctor lead", "doctor clinic"} {
		w.put(`{"resourceType":"Practitioner","id":%q}`, strings.ReplaceAll(who, " ", "-"))
	}
	w.put(`{"resourceType":"Patient","id":"proxy"}`)
	for i := range 8 {
		w.put(`{"resourceType":"Patient","id":"p%d",%s,%s,"name":[{"text":"居民%[1]d"}]}`, i, services.Custodian("member"), services.Passport)
	}
	w.put(`{"resourceType":"Patient","id":"mother",%s,%s,"name":[{"text":"母亲"}],"birthDate":"1944-03-01"}`, services.Custodian("lead"), services.Passport)
	return w
}

func (w *world) at(t time.Time) { w.now.Store(&t) }
func (w *world) clock() time.Time {
	if at := w.now.Load(); at != nil {
		return *at
	}
	return time.Now().In(services.Zone)
}

// rule has a rule say something else from now on, in each of its cases.
func (w *world) rule(of *rule.Table, value string) {
	w.Helper()
	rows := ",2026-01-01,," + value + ",test\n"
	if len(of.Keys) > 0 {
		rows = ""
		for _, c := range of.Keys[0].Codes {
			rows += ",2026-01-01,," + c.Code + "," + value + ",test\n"
		}
	}
	lines, err := of.ReadCSV(strings.Join(of.Columns(), ",") + "\n" + rows)
	w.must(err)
	n := len(w.book.Load().Versions(of.Name))
	book, err := w.book.Load().With(rule.Version{
		Table: of.Name, Name: fmt.Sprintf("test-%d", n), From: "2026-01-01", Published: services.Monday.Add(time.Duration(n) * time.Second), Lines: lines,
	})
	w.must(err)
	w.book.Store(book)
}

func (w *world) pass(for_ time.Duration) { w.at(w.now.Load().Add(for_)) }

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) put(format string, args ...any) {
	w.Helper()
	r, err := fhir.ParseResource(fmt.Appendf(nil, format, args...))
	w.must(err)
	_, err = w.gate.Session(gate.Actor{Access: gate.Whole()}).Apply(w.Context(), []gate.Op{{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r}}, nil)
	w.must(err)
}

// as is a session of somebody: a resident by the id of the Patient, proxy for the mother, or a role and an institution, such as "guide lead".
func (w *world) as(who string) *gate.Session {
	w.Helper()
	a := gate.Actor{Role: gate.Resident, Reference: "Patient/" + who, Resident: ref("Patient/" + who)}
	if who == "proxy" {
		a.Role, a.Resident = gate.Proxy, ref("Patient/mother")
	}
	if role, at, is := strings.Cut(who, " "); is {
		a = gate.Actor{Role: gate.Role(role), Reference: "Practitioner/" + role + "-" + at, Institution: "Organization/" + at}
		if role == "second" { // a second doctor
			a.Role = gate.Doctor
		}
		if role == "account" { // a guide of whom the record knows nothing
			a.Role, a.Reference = gate.Guide, "Person/7"
		}
	}
	a.Access = policy.Standard().Access(a.Role, gate.Of{Actor: a.Reference, Institution: a.Institution, Resident: a.Resident})
	return w.gate.Session(a)
}

func ref(name string) fhir.Ref { return fhir.ParseReference(name).Ref }

// call calls an operation by its id; what is not a resource it returns as it is.
func (w *world) call(who, id, on string, once *gate.Idempotency, given fhir.Node) (any, error) {
	w.Helper()
	op, is := w.ops[id]
	if !is {
		w.Fatalf("there is no operation %s", id)
	}
	in, err := op.In.Read(given)
	if err != nil {
		return nil, err
	}
	target := ref(on)
	if target.ID == "" {
		target.Type = op.Types[0]
	}
	out, err := op.Do(w.Context(), &module.Call{Session: w.as(who), Ref: target, Once: once, Zone: services.Zone}, in)
	if fault.CodeOf(err) == fault.Internal {
		w.Fatal(err)
	}
	return out, err
}

// make calls an operation that gives back a resource.
func (w *world) make(who, id, on string, pairs ...any) (string, error) {
	w.Helper()
	out, err := w.call(who, id, on, nil, services.Parameters(pairs...))
	if err != nil {
		return "", err
	}
	return out.(gate.Result).Version.Ref.String(), nil
}

// daily is a clinic that takes place every day from 8:00 to 9:00.
func (w *world) daily(at, department string, capacity, onsite, segment int) (string, error) {
	w.Helper()
	return w.opens(at, department, capacity, onsite, segment, "")
}

// drawn is a clinic such as daily's whose places are drawn, which can be entered for a day.
func (w *world) drawn(at, department string, capacity, segment int) (string, error) {
	w.Helper()
	return w.opens(at, department, capacity, 0, segment, `{"name":"draw","valueBoolean":true},{"name":"enter","valueInteger":24},`)
}

func (w *world) opens(at, department string, capacity, onsite, segment int, more string) (string, error) {
	w.Helper()
	tree, err := fhir.Parse(fmt.Appendf(nil, `{"resourceType":"Parameters","parameter":[
		{"name":"department","valueReference":{"reference":"HealthcareService/%s-%s"}},{"name":"from","valueDate":"2026-05-01"},
		{"name":"segment","valueInteger":%d},{"name":"ahead","valueInteger":7},{"name":"opens","valueString":"07:00"},{"name":"price","valueDecimal":12.50},%s
		{"name":"session","part":[{"name":"from","valueString":"08:00"},{"name":"to","valueString":"09:00"},{"name":"capacity","valueInteger":%d},{"name":"onsite","valueInteger":%d},{"name":"extra","valueInteger":1},%s{"name":"holidays","valueBoolean":%t},
		{"name":"day","valueCode":"mon"},{"name":"day","valueCode":"tue"},{"name":"day","valueCode":"wed"},{"name":"day","valueCode":"thu"},{"name":"day","valueCode":"fri"},{"name":"day","valueCode":"sat"},{"name":"day","valueCode":"sun"}]}]}`,
		department, at, segment, more, capacity, onsite, w.more, w.open))
	w.must(err)
	out, err := w.call("administrator "+at, "open-clinic", "", nil, tree.Root())
	if err != nil {
		return "", err
	}
	return out.(gate.Result).Version.Ref.String(), nil
}

// slot is the Slot of a clinic on a day from now on, at the beginning or half an hour later.
func (w *world) slot(clinic string, days int, at string) string {
	day := w.clock().AddDate(0, 0, days).Format("20060102")
	return "Slot/seg-" + strings.TrimPrefix(clinic, "Schedule/") + "-" + day + at
}

// free is how many places somebody may book of a segment.
func (w *world) free(who, slot string) int {
	w.Helper()
	out, err := w.call(who, "find-segments", "", nil, services.Parameters())
	w.must(err)
	text, err := w.ops["find-segments"].Out.Write(out)
	w.must(err)
	tree, err := fhir.Parse(text)
	w.must(err)
	for p := tree.Root().Get("parameter").First(); p.Exists(); p = p.Next() {
		free, is := 0, false
		for part := p.Get("part").First(); part.Exists(); part = part.Next() {
			switch part.Get("name").Str() {
			case "slot":
				is = part.Get("valueReference").Get("reference").Str() == slot
			case "free":
				n, _ := part.Get("valueInteger").Int()
				free = int(n)
			}
		}
		if is {
			return free
		}
	}
	w.Fatalf("%s does not find %s", who, slot)
	return 0
}

// visit is an Appointment as it stands.
func (w *world) visit(name string) fhir.Resource {
	w.Helper()
	v, err := w.gate.Session(gate.Actor{Access: gate.Whole()}).Read(w.Context(), ref(name))
	w.must(err)
	r, err := fhir.ParseResource(v.Body.Bytes)
	w.must(err)
	return r
}

// settle lets the platform look for what nobody has asked for, and hand over what came back.
func (w *world) settle() {
	w.Helper()
	platform := w.gate.Session(scheduling.Platform)
	for _, look := range []func(context.Context, *gate.Session) (bool, error){w.desk.Settle, w.desk.HandOver, w.desk.Expire} {
		_, err := look(w.Context(), platform)
		w.must(err)
	}
	w.must(w.desk.Draw(w.Context(), platform))
}

// want holds what an attempt comes to.
func (w *world) want(what string, err error, want fault.Code) {
	w.Helper()
	if fault.CodeOf(err) != want {
		w.Errorf("%s: %v", what, err)
	}
}

func patient(id string) []any { return []any{"patient", services.Ref("Patient/" + id)} }
