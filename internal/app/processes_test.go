package app

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
	"yitong/internal/gate/emergency"
	"yitong/internal/gate/export"
	"yitong/internal/gate/policy"
	"yitong/internal/notice"
	"yitong/internal/process"
	"yitong/internal/rule"
	"yitong/internal/rule/publish"
	"yitong/internal/store"
	"yitong/internal/worker"
	"yitong/modules/accessquestion"
	"yitong/modules/correction"
	"yitong/test/databases"
	"yitong/test/pgcluster"
)

func TestMain(m *testing.M) { pgcluster.Run(m) }

// clockwork is a record with servers whose clock tests set.
type clockwork struct {
	*testing.T
	now atomic.Pointer[time.Time]
}

// server runs the jobs of the clock on a record, and nothing that follows the rules beside them.
func (w *clockwork) server(db store.DB) (*App, services) {
	w.Helper()
	modules, err := Modules()
	w.must(err)
	zone, err := time.LoadLocation("Asia/Shanghai")
	w.must(err)
	now := func() time.Time { return *w.now.Load() }
	a := &App{config: Serve{Zone: "Asia/Shanghai", Region: "440000"}, modules: modules, db: db,
		gate: gate.New(db, gate.Config{References: true, Zone: zone, Owned: modules.Owned(), Now: now})}
	with, err := a.services(w.Context(), policy.Standard())
	w.must(err)
	work, err := worker.New(w.Context(), db, worker.Config{Handlers: clocked(a.gate, with.engine, a.rules), Poll: 5 * time.Millisecond,
		Pause: 20 * time.Millisecond, Drain: time.Second, Now: func(context.Context) (time.Time, error) { return now(), nil }})
	w.must(err)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := work.Run(ctx); err != nil {
			w.Error(err)
		}
	})
	w.Cleanup(func() { cancel(); running.Wait() })
	return a, with
}

func (w *clockwork) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// TestNoticeOfDaysOff: a case goes by the rules of where the institution is that has to act, and else of the platform's region. When the
// notice for a year is published, the deadlines that reach into it are counted anew, once, by whichever server runs the job.
func TestNoticeOfDaysOff(t *testing.T) {
	databases.Each(t, func(t *testing.T, db store.DB) {
		w := &clockwork{T: t}
		w.now.Store(new(time.Date(2026, 12, 25, 9, 0, 0, 0, time.FixedZone("", 8*3600))))
		a, with := w.server(db)
		if !db.Alone() {
			w.server(db) // on the same connections, which servers of a test may share
		}
		whole := a.gate.Session(gate.Actor{Reference: "Device/test", Access: gate.Whole()})
		put := func(format string, args ...any) fhir.Ref {
			r, err := fhir.ParseResource(fmt.Appendf(nil, format, args...))
			w.must(err)
			_, err = whole.Apply(t.Context(), []gate.Op{{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r}}, nil)
			w.must(err)
			return fhir.Ref{Type: r.Type, ID: r.ID}
		}
		put(`{"resourceType":"Organization","id":"here","name":"甲","address":[{"_city":{"extension":[{"url":%q,"valueCoding":{"system":%q,"code":"450100"}}]}}]}`, rule.CodingURL, rule.SystemDivision)
		put(`{"resourceType":"Organization","id":"anywhere","name":"乙"}`)
		patient := put(`{"resourceType":"Patient","id":"p"}`)
		resident := a.gate.Session(gate.Actor{Reference: patient.String(), Role: gate.Resident, Resident: patient, Access: gate.Whole()})
		cases := map[fhir.Ref]string{}
		for institution, region := range map[string]string{"here": "450100", "anywhere": "440000"} {
			put(`{"resourceType":"Observation","id":%q,"meta":{"extension":[{"url":%q,"valueReference":{"reference":"Organization/%[1]s"}}]},"status":"final","code":{"text":"x"},"subject":{"reference":"Patient/p"}}`, institution, gate.Custodian)
			asked, err := fhir.Parse(fmt.Appendf(nil, `{"resourceType":"Parameters","parameter":[{"name":"record","valueReference":{"reference":"Observation/%s"}},{"name":"wrong","valueString":"x"},{"name":"should-be","valueString":"y"}]}`, institution))
			w.must(err)
			made, err := with.engine.Begin(t.Context(), resident, correction.Code, "request", asked.Root(), nil)
			w.must(err)
			cases[made.Version.Ref] = region
		}
		look := func(of fhir.Ref) (due string, version int64, uses string) {
			v, err := whole.Read(t.Context(), of)
			w.must(err)
			r, err := fhir.ParseResource(v.Body.Bytes)
			w.must(err)
			for u := range rule.Uses(r.Root) {
				uses += u.String() + "\n"
			}
			return r.Root.Get("restriction").Get("period").Get("end").Str()[:10], v.Number, uses
		}
		before := map[fhir.Ref]string{}
		for of, region := range cases {
			due, _, uses := look(of)
			if before[of] = due; !strings.Contains(uses, "provisional=true&region="+region) {
				t.Errorf("it is due %s by %s", due, uses)
			}
		}
		w.now.Store(new(w.now.Load().Add(time.Hour)))
		lines, err := rule.WorkdayTable.Table().ReadCSV("region,from,to,value,source\n,2027-01-01,2027-01-04,no,某通知\n")
		w.must(err)
		as := func(role gate.Role) *gate.Session {
			who := "Practitioner/" + string(role)
			return a.gate.Session(gate.Actor{Reference: who, Role: role, Access: policy.Standard().Access(role, gate.Of{Actor: who})})
		}
		drafts, err := with.rules.Draft(t.Context(), as(gate.Operator), publish.Proposal{Version: rule.Version{Table: "workday", From: "2026-12-01", Lines: lines}})
		w.must(err)
		_, err = with.rules.Publish(t.Context(), as(gate.Regulator), drafts[0].ID)
		w.must(err)
		w.all(cases, func(of fhir.Ref) bool { due, _, _ := look(of); return due > before[of] })
		w.now.Store(new(w.now.Load().Add(time.Hour))) // those that were counted meanwhile are looked for once more
		w.idle(db)
		for of := range cases {
			if _, version, uses := look(of); version != 2 || strings.Contains(uses, "provisional") || !strings.Contains(uses, "workday@2026-12/1") {
				t.Errorf("it is in version %d by %s", version, uses)
			}
		}
	})
}

// TestToldOfWhatIsHidden: of a case that is hidden from others at an institution they find no notice either; whom it is for find theirs,
// regulators when it has come to them since nobody has answered.
func TestToldOfWhatIsHidden(t *testing.T) {
	databases.Each(t, func(t *testing.T, db store.DB) {
		w := &clockwork{T: t}
		w.now.Store(new(time.Date(2026, 5, 4, 9, 0, 0, 0, time.FixedZone("", 8*3600))))
		a, with := w.server(db)
		whole := a.gate.Session(gate.Actor{Reference: "Device/test", Access: gate.Whole()})
		meta := fmt.Sprintf(`"meta":{"extension":[{"url":%q,"valueReference":{"reference":"Organization/a"}}]}`, gate.Custodian)
		for _, text := range []string{`{"resourceType":"Organization","id":"a","name":"甲"}`, `{"resourceType":"Patient","id":"p",` + meta + `}`,
			`{"resourceType":"Practitioner","id":"guide"}`, `{"resourceType":"Practitioner","id":"office"}`,
			`{"resourceType":"AuditEvent","id":"line","type":{"code":"rest"},"recorded":"2026-05-01T09:00:00+08:00","source":{"observer":{"display":"x"}},"agent":[` +
				`{"type":{"coding":[{"system":"urn:yitong:agent","code":"person"}]},"role":[{"coding":[{"system":"urn:yitong:role","code":"guide"}]}],"who":{"reference":"Practitioner/guide"},"requestor":true},` +
				`{"type":{"coding":[{"system":"urn:yitong:agent","code":"institution"}]},"who":{"reference":"Organization/a"},"requestor":false}]}`} {
			r, err := fhir.ParseResource([]byte(text))
			w.must(err)
			_, err = whole.Apply(t.Context(), []gate.Op{{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r}}, nil)
			w.must(err)
		}
		as := func(role gate.Role) *gate.Session {
			of := gate.Of{Actor: "Practitioner/" + string(role), Institution: "Organization/a"}
			return a.gate.Session(gate.Actor{Reference: of.Actor, Role: role, Institution: of.Institution, Access: policy.Standard().Access(role, of)})
		}
		finds := func(want map[gate.Role]int) {
			t.Helper()
			for role, n := range want {
				s := as(role)
				asked, err := s.Request([]schema.Type{typeCommunication}, gate.Pairs("category=urn:yitong:notice%7C"), gate.Wishes{})
				w.must(err)
				found, err := s.Search(t.Context(), asked, "test", "")
				w.must(err)
				if len(found.Matches) != n {
					t.Errorf("the role %s finds %d notices, not %d", role, len(found.Matches), n)
				}
			}
		}
		patient := fhir.ParseReference("Patient/p").Ref
		resident := a.gate.Session(gate.Actor{Reference: "Patient/p", Role: gate.Resident, Resident: patient, Access: gate.Whole()})
		asked, err := fhir.Parse([]byte(`{"resourceType":"Parameters","parameter":[{"name":"event","valueReference":{"reference":"AuditEvent/line"}}]}`))
		w.must(err)
		made, err := with.engine.Begin(t.Context(), resident, accessquestion.Code, "ask", asked.Root(), nil)
		w.must(err)
		others := map[gate.Role]int{gate.Doctor: 0, gate.Nurse: 0, gate.Technician: 0, gate.Pharmacist: 0, gate.Administrator: 0, gate.Insurer: 0}
		finds(others)
		finds(map[gate.Role]int{gate.Office: 1, gate.Guide: 0})
		_, err = with.engine.Move(t.Context(), as(gate.Office), process.Asked{Case: made.Version.Ref, Move: "ask-looker"})
		w.must(err)
		finds(others)
		finds(map[gate.Role]int{gate.Guide: 1, gate.Regulator: 0})
		w.now.Store(new(w.now.Load().AddDate(0, 1, 0)))
		w.all(map[fhir.Ref]string{made.Version.Ref: ""}, func(of fhir.Ref) bool {
			v, err := whole.Read(t.Context(), of)
			w.must(err)
			return strings.Contains(string(v.Body.Bytes), `"code":"escalated"`)
		})
		finds(others)
		finds(map[gate.Role]int{gate.Office: 2, gate.Regulator: 1})
	})
}

var typeCommunication, _ = schema.TypeOf("Communication")

// TestNamesOfProcesses: no process is called as what writes notices, exports, rules, reviews of emergency access or delegations is, by
// whose names only these are written.
func TestNamesOfProcesses(t *testing.T) {
	t.Parallel()
	all, err := Modules()
	if err != nil {
		t.Fatal(err)
	}
	if err := ownNames(all.Processes(), all.Modules()); err != nil {
		t.Error(err)
	}
	for _, name := range []string{notice.Process, emergency.Process, export.Process, publish.Process, "delegation"} {
		if err := ownNames([]*process.Process{{Code: name, Version: 2}}, all.Modules()); err == nil || !strings.Contains(err.Error(), " "+name+":") {
			t.Errorf("a process can be called %s: %v", name, err)
		}
	}
}

// all waits until something is so of all cases.
func (w *clockwork) all(cases map[fhir.Ref]string, is func(fhir.Ref) bool) {
	w.Helper()
	end := time.Now().Add(20 * time.Second)
	for of := range cases {
		for !is(of) {
			if time.Now().After(end) {
				w.Fatal("what was to become of a deadline has not")
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
}

// idle waits until no job is due any more.
func (w *clockwork) idle(db store.DB) {
	w.Helper()
	end := time.Now().Add(20 * time.Second)
	for {
		n, first, err := db.Outbox(w.Context())
		w.must(err)
		if n == 0 || first.After(*w.now.Load()) {
			return
		}
		if time.Now().After(end) {
			w.Fatal("jobs that are due are not taken")
		}
		time.Sleep(5 * time.Millisecond)
	}
}
