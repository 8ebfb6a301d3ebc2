package export_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/r4"
	"yitong/internal/gate"
	"yitong/internal/gate/export"
	"yitong/internal/gate/policy"
	"yitong/internal/store"
	"yitong/internal/store/sqlite"
	"yitong/test/databases"
	"yitong/test/pgcluster"
)

func TestMain(m *testing.M) { pgcluster.Run(m) }

// world is a record with a desk, at a time that the test moves on.
type world struct {
	testing.TB
	gate *gate.Gate
	desk *export.Desk
	now  time.Time
}

func newWorld(t testing.TB, db store.DB) *world {
	w := &world{TB: t, now: noon}
	w.gate = gate.New(db, gate.Config{References: true, Owned: export.Owned(), Now: func() time.Time { return w.now }})
	w.desk = export.New(w.gate, limits, time.UTC)
	w.put(`{"resourceType":"Organization","id":"a"}`, `{"resourceType":"Organization","id":"b"}`)
	return w
}

func (w *world) put(texts ...string) {
	w.Helper()
	var ops []gate.Op
	for _, text := range texts {
		r, err := fhir.ParseResource([]byte(text))
		if err != nil {
			w.Fatal(err)
		}
		ops = append(ops, gate.Op{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r})
	}
	if _, err := w.gate.Session(gate.Actor{Reference: "Device/registry", Access: gate.Whole()}).Apply(w.Context(), ops, nil); err != nil {
		w.Fatal(err)
	}
}

// as is a session of somebody.
func (w *world) as(name, institution string, role gate.Role) *gate.Session {
	a := gate.Actor{Reference: "Practitioner/" + name, Institution: "Organization/" + institution, Role: role}
	a.Access = policy.Standard().Access(role, gate.Of{Actor: a.Reference, Institution: a.Institution})
	return w.gate.Session(a)
}

func (w *world) ask(s *gate.Session, types ...string) fhir.Ref {
	w.Helper()
	made, err := w.desk.Ask(w.Context(), s, map[string][]string{"type": types, "purpose": {"x"}, "recipient": {"y"}, "pia": {"1"}}, nil)
	if err != nil {
		w.Fatal(err)
	}
	return made.Version.Ref
}

// task reads a Task as it stands.
func (w *world) task(ref fhir.Ref) r4.Task {
	w.Helper()
	v, err := w.gate.Session(gate.Actor{Access: gate.Whole()}).Read(w.Context(), ref)
	if err != nil {
		w.Fatal(err)
	}
	doc, err := fhir.NewDoc(v.Body.Bytes)
	if err != nil {
		w.Fatal(err)
	}
	t, err := r4.AsTask(doc)
	if err != nil {
		w.Fatal(err)
	}
	return t
}

const custodian = `"meta":{"extension":[{"url":"urn:yitong:custodian","valueReference":{"reference":"Organization/a"}}]}`

// fetch reads a run to its end.
func (w *world) fetch(run *export.Run) (text []byte) {
	w.Helper()
	for {
		p, err := run.Next(w.Context())
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			w.Fatal(err)
		}
		text = append(text, p.Lines...)
	}
	if err := run.End(w.Context(), nil); err != nil {
		w.Fatal(err)
	}
	return text
}

// model is what must become of a request.
type model struct {
	ref    fhir.Ref
	status string
	until  time.Time
	begun  int
	open   []*export.Run
	ended  int
}

// TestWalk: whatever is asked, decided, fetched and left in whatever order, a request stands as the model says.
func TestWalk(t *testing.T) {
	databases.Each(t, func(t *testing.T, db store.DB) {
		w := newWorld(t, db)
		office, regulator := w.as("x", "a", gate.Office), w.as("y", "b", gate.Regulator)
		w.put(`{"resourceType":"Basic","id":"b","code":{"text":"x"},` + custodian + `}`)
		refused := func(t *rapid.T, what string, err error, allowed bool) {
			if want := map[bool]fault.Code{true: "", false: fault.Conflict}[allowed]; fault.CodeOf(err) != want {
				t.Fatalf("%s: %v, want %q", what, err, want)
			}
		}
		rapid.Check(t, func(t *rapid.T) {
			m := model{ref: w.ask(office, "Basic"), status: "requested", until: w.now.Add(limits.Lasts)}
			t.Repeat(map[string]func(*rapid.T){
				"decide": func(t *rapid.T) {
					approve := rapid.Bool().Draw(t, "approve")
					_, err := w.desk.Decide(t.Context(), regulator, m.ref, export.Decision{Approve: approve, Reason: "x"})
					may := m.status == "requested" && (!approve || w.now.Before(m.until))
					refused(t, "deciding", err, may)
					if may {
						m.status = map[bool]string{true: "accepted", false: "rejected"}[approve]
					}
				},
				"begin": func(t *rapid.T) {
					run, err := w.desk.Begin(t.Context(), office, m.ref)
					may := m.status == "accepted" && w.now.Before(m.until) && m.begun < limits.Repetitions
					refused(t, "beginning", err, may)
					if may {
						m.begun++
						m.open = append(m.open, run)
					}
				},
				"end": func(t *rapid.T) {
					if len(m.open) == 0 {
						t.Skip("nothing to end")
					}
					i := rapid.IntRange(0, len(m.open)-1).Draw(t, "run")
					failed := rapid.SampledFrom([]error{nil, io.ErrUnexpectedEOF}).Draw(t, "failed")
					if err := m.open[i].End(t.Context(), failed); err != nil {
						t.Fatal(err)
					}
					last := m.begun == limits.Repetitions && i == len(m.open)-1 && m.ended+len(m.open) == m.begun
					m.open = append(m.open[:i:i], m.open[i+1:]...)
					if m.ended++; last {
						m.status = "completed"
					}
				},
				"wait": func(t *rapid.T) {
					w.now = w.now.Add(time.Duration(rapid.IntRange(1, 20).Draw(t, "days")) * 24 * time.Hour)
				},
				"": func(t *rapid.T) {
					task := w.task(m.ref)
					ended := 0
					for _, out := range task.Output().All() {
						if out.Type().Coding().At(0).Code() == "ended" {
							ended++
						}
					}
					if task.Status() != m.status || ended != m.ended {
						t.Fatalf("it is %s with %d runs ended, want %+v", task.Status(), ended, m)
					}
				},
			})
		})
	})
}

// TestPeople: residents are counted once, however many Patients stand for them, in lists of many too.
func TestPeople(t *testing.T) {
	databases.Each(t, func(t *testing.T, db store.DB) {
		w := newWorld(t, db)
		var patients, members []string
		for i := range 230 {
			link := ""
			if i >= 200 {
				link = fmt.Sprintf(`"link":[{"type":"refer","other":{"reference":"Patient/p%d"}}],`, i-200)
			}
			patients = append(patients, fmt.Sprintf(`{"resourceType":"Patient","id":"p%d",%s%s}`, i, link, custodian))
			members = append(members, fmt.Sprintf(`{"entity":{"reference":"Patient/p%d"}}`, i))
		}
		w.put(patients...)
		w.put(`{"resourceType":"Group","id":"g","type":"person","actual":true,"member":[` + string(bytes.Join(texts(members), []byte(","))) + `],` + custodian + `}`)
		office, regulator := w.as("x", "a", gate.Office), w.as("y", "b", gate.Regulator)
		for _, kind := range []string{"Patient", "Group"} {
			ref := w.ask(office, kind)
			if _, err := w.desk.Decide(t.Context(), regulator, ref, export.Decision{Approve: true}); err != nil {
				t.Fatal(err)
			}
			run, err := w.desk.Begin(t.Context(), office, ref)
			if err != nil {
				t.Fatal(err)
			}
			w.fetch(run)
			if s := run.Sums(); s.People != 200 || !s.Whole {
				t.Errorf("%s: %+v", kind, s)
			}
		}
	})
}

func texts(list []string) (out [][]byte) {
	for _, s := range list {
		out = append(out, []byte(s))
	}
	return out
}

// TestSteady: what is changed while a run is fetched leaves once all the same.
func TestSteady(t *testing.T) {
	databases.Each(t, func(t *testing.T, db store.DB) {
		w := newWorld(t, db)
		put := func(year int) {
			var all []string
			for i := range 150 {
				all = append(all, fmt.Sprintf(`{"resourceType":"Observation","id":"o%d","status":"final","code":{"text":"x"},"effectiveDateTime":"%d-01-01",%s}`, i, year-i, custodian))
			}
			w.put(all...)
		}
		put(2020)
		office := w.as("x", "a", gate.Office)
		ref := w.ask(office, "Observation")
		if _, err := w.desk.Decide(t.Context(), w.as("y", "b", gate.Regulator), ref, export.Decision{Approve: true}); err != nil {
			t.Fatal(err)
		}
		run, err := w.desk.Begin(t.Context(), office, ref)
		if err != nil {
			t.Fatal(err)
		}
		first, err := run.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		put(1800)
		text := append(first.Lines, w.fetch(run)...)
		for i := range 150 {
			if n := bytes.Count(text, fmt.Appendf(nil, `"id":"o%d"`, i)); n != 1 {
				t.Errorf("o%d has left %d times", i, n)
			}
		}
	})
}

// BenchmarkRun fetches Observations of a record in which other institutions have as many.
func BenchmarkRun(b *testing.B) {
	const each = 2000
	db, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "record.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	w := newWorld(b, db)
	w.put(fmt.Sprintf(`{"resourceType":"Patient","id":"p",%s}`, custodian))
	for _, at := range []string{"a", "b"} {
		for i := range each {
			w.put(fmt.Sprintf(`{"resourceType":"Observation","id":"%s%d","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"4548-4"}]},"subject":{"reference":"Patient/p"},"valueQuantity":{"value":6.1,"unit":"%%"},%s}`, at, i, strings.Replace(custodian, "Organization/a", "Organization/"+at, 1)))
		}
	}
	office, regulator := w.as("x", "a", gate.Office), w.as("y", "b", gate.Regulator)
	for b.Loop() {
		b.StopTimer()
		ref := w.ask(office, "Observation")
		if _, err := w.desk.Decide(b.Context(), regulator, ref, export.Decision{Approve: true}); err != nil {
			b.Fatal(err)
		}
		run, err := w.desk.Begin(b.Context(), office, ref)
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		w.fetch(run)
		if s := run.Sums(); s.Resources != min(each, limits.Most) {
			b.Fatalf("%+v", s)
		}
	}
	b.ReportMetric(float64(min(each, limits.Most)*b.N)/b.Elapsed().Seconds(), "lines/s")
}
