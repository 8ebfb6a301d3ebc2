package process_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
	"yitong/internal/process"
	"yitong/internal/rule"
	"yitong/internal/store"
	"yitong/internal/worker"
	"yitong/test/databases"
)

// TestDeadlineOfThePlace: by whose rules somebody has to act is settled by where the institution is: of a person, the one for which they
// have their part. An institution that says nothing of it, and a role, go by the rules of the platform's own region.
func TestDeadlineOfThePlace(t *testing.T) {
	each(t, func(w world) {
		for institution, want := range map[string][2]string{
			"Organization/a": {"2026-05-05 09:00", "a-day@1/1?at=2026-05-04T01%3A00%3A00Z"},
			"Organization/c": {"2026-05-04 21:00", "a-day@1/2?at=2026-05-04T01%3A00%3A00Z&region=440106"},
		} {
			if until, rows := w.due(w.askOf(institution)); until != want[0] || fmt.Sprint(rows) != "["+want[1]+"]" {
				t.Errorf("%s has until %s by %s; want %v", institution, until, rows, want)
			}
		}
	})
}

// TestDeadlineOfAPerson: for a person it is the institution at which they act, for a role nothing.
func TestDeadlineOfAPerson(t *testing.T) {
	for who, want := range map[process.Who]string{
		{Reference: "Practitioner/doctor", At: "Organization/c"}: "2026-05-04 21:00",
		{Reference: "Practitioner/doctor", At: "Organization/a"}: "2026-05-05 09:00",
		{Reference: "Practitioner/doctor"}:                       "2026-05-05 09:00",
		{Role: gate.Doctor}:                                      "2026-05-05 09:00",
	} {
		p := asked(1)
		p.States[1].Keeps, p.States[1].Within, p.Parties[1].Only = false, "a-day", ""
		p.Move("assign").Decide = func(c *process.Case, _ any) error { c.Set("doctor", who); return nil }
		t.Run(fmt.Sprint(who), func(t *testing.T) {
			databases.Each(t, func(t *testing.T, db store.DB) {
				w := newWorld(t, db, p)
				of := w.ask()
				if got := w.move(w.office(), of, "assign", "doctor", "Practitioner/doctor"); got != "" {
					t.Fatal(got)
				}
				if until, rows := w.due(of); until != want {
					t.Errorf("%+v has until %s by %s, not %s", who, until, rows, want)
				}
			})
		})
	}
}

// counted is [asked] with a deadline of ten working days.
func counted() *process.Process {
	p := asked(1)
	p.States[0].Within = "ten-days"
	return p
}

// christmas is a Friday: ten working days behind it the year is another.
var christmas = time.Date(2026, 12, 25, 9, 0, 0, 0, shanghai)

const (
	before = "2027-01-09 00:00" // ten days behind it by weekends alone
	behind = "2027-01-12 00:00" // with New Year off
)

// notice lets everybody know the days off of 2027, as a version does that somebody has published.
func (r *rules) notice(t *testing.T, name, rows string) {
	t.Helper()
	lines, err := rule.WorkdayTable.Table().ReadCSV("region,from,to,value,source\n" + rows)
	if err != nil {
		t.Fatal(err)
	}
	next, err := r.book.Load().With(rule.Version{Table: "workday", Name: name, From: "2026-12-01", Published: christmas, Lines: lines})
	if err != nil {
		t.Fatal(err)
	}
	r.book.Store(next)
}

const newYear = ",2027-01-01,2027-01-04,no,某通知\n"

// recount counts a case anew, as its job does.
func (w world) recount(of fhir.Ref) {
	w.Helper()
	w.must(w.engine.Recount(w.Context(), w.gate.Session(process.Clock), []byte(`{"task":"`+of.ID+`"}`)))
}

// marked tells whether a case is found as one whose deadline is provisional.
func (w world) marked(of fhir.Ref) bool {
	return strings.Contains(string(w.task(of).Root.Get("businessStatus").Raw()), "provisional")
}

// TestRecount: a provisional deadline is counted anew once, when the notice is known: by the same row, as a move of the clock. What is not
// provisional, has ended or has passed stays.
func TestRecount(t *testing.T) {
	eachServing(t, counted(), func(w served) {
		w.now.Store(&christmas)
		of, kept, answered, regional := w.ask(), w.ask(), w.ask(), w.askOf("Organization/c")
		for _, one := range []fhir.Ref{kept, answered} {
			if got := w.move(w.office(), one, "assign", "doctor", "Practitioner/doctor"); got != "" {
				t.Fatal(got)
			}
		}
		if got := w.move(w.office(), answered, "answer", "text", "x"); got != "" {
			t.Fatal(got)
		}
		for _, one := range []fhir.Ref{of, kept, regional} {
			if until, rows := w.due(one); until != before || !w.marked(one) || !strings.Contains(rows[0], "provisional=true") {
				t.Fatalf("before the notice is known it has until %s by %s", until, rows)
			}
		}
		if w.marked(answered) {
			t.Error("what has ended has a provisional deadline")
		}
		w.recount(of)
		if n := w.version(of); n != 1 {
			t.Errorf("nothing is known that was not, yet it is in version %d", n)
		}
		w.pass(time.Hour)
		w.rules.notice(t, "2026-12", newYear)
		for range 2 {
			for _, one := range []fhir.Ref{of, kept, answered, regional} {
				w.recount(one)
			}
		}
		for one, versions := range map[fhir.Ref]int64{of: 2, kept: 3, regional: 2} {
			until, rows := w.due(one)
			if n := w.version(one); until != behind || n != versions || w.marked(one) {
				t.Errorf("until %s in version %d, marked %t", until, n, w.marked(one))
			}
			ten := slices.IndexFunc(rows, func(row string) bool { return strings.HasPrefix(row, "ten-days@1/1?at=2026-12-25T01") })
			if !strings.Contains(fmt.Sprint(rows), "workday@2026-12/1") || strings.Contains(fmt.Sprint(rows), "provisional") || ten < 0 {
				t.Errorf("by %s", rows)
			}
		}
		if n := w.version(answered); n != 3 {
			t.Errorf("what has ended is in version %d", n)
		}
		if got := w.signed(of); got != "recount of Device/clock" {
			t.Errorf("the last who signed it is %s", got)
		}
		if steps, err := w.engine.History(w.Context(), w.resident(), of); err != nil || len(steps) != 2 || steps[1].To != "open" || steps[1].Move != "recount" {
			t.Errorf("%v, %v", steps, err)
		}
	})
}

// signed is which move of whom the newest Provenance of a case tells.
func (w world) signed(of fhir.Ref) string {
	w.Helper()
	typeProvenance, _ := schema.TypeOf("Provenance")
	s := w.gate.Session(gate.Actor{Access: gate.Whole()})
	asked, err := s.Request([]schema.Type{typeProvenance}, gate.Pairs("target="+of.String()), gate.Wishes{})
	w.must(err)
	found, err := s.Search(w.Context(), asked, "test", "")
	w.must(err)
	var who string
	last := int64(0)
	for _, v := range found.Matches {
		r, err := fhir.ParseResource(v.Body.Bytes)
		w.must(err)
		if n := fhir.ParseReference(r.Root.Get("target").First().Get("reference").Str()).Version; n > last {
			last = n
			who = r.Root.Get("activity").Get("coding").First().Get("code").Str() + " of " + r.Root.Get("agent").First().Get("who").Get("identifier").Get("value").Str()
		}
	}
	return who
}

// TestRecountOfThePast: a deadline that has passed is not moved, nor one to where it would have passed.
func TestRecountOfThePast(t *testing.T) {
	eachServing(t, counted(), func(w served) {
		w.now.Store(&christmas)
		of, early := w.ask(), w.ask()
		w.now.Store(new(time.Date(2027, 1, 7, 0, 0, 0, 0, shanghai)))
		w.rules.notice(t, "2026-12", ",2027-01-01,2027-01-02,no,某通知\n,2027-01-02,2027-01-04,yes,某通知\n")
		w.recount(early) // 2, 3 January are worked instead of the 1st: until the 8th
		if until, _ := w.due(early); until != "2027-01-08 00:00" {
			t.Errorf("it has until %s", until)
		}
		w.now.Store(new(time.Date(2027, 1, 8, 9, 0, 0, 0, shanghai)))
		w.recount(of) // that day is over, by the count that was told it is not
		w.rules.notice(t, "2026-12.2", newYear)
		w.now.Store(new(time.Date(2027, 1, 9, 9, 0, 0, 0, shanghai)))
		w.recount(of)
		if until, _ := w.due(of); until != before || w.version(of) != 1 {
			t.Errorf("what has passed is until %s in version %d", until, w.version(of))
		}
	})
}

// TestRecountAll: with several servers, of which one dies in the middle, every open case is counted anew, and once; the clock is woken by
// the new deadline and not by the old one.
func TestRecountAll(t *testing.T) {
	eachServing(t, counted(), func(w served) {
		w.now.Store(&christmas)
		var all []fhir.Ref
		for range 12 {
			all = append(all, w.ask())
		}
		w.pass(time.Hour)
		w.rules.notice(t, "2026-12", newYear)
		w.must(w.engine.RecountAll(w.Context(), w.gate.Session(process.Clock)))
		w.dies(4)
		w.serve(w.db, nil)
		if !w.db.Alone() {
			w.serve(w.open(), nil)
		}
		w.must(w.engine.RecountAll(w.Context(), w.gate.Session(process.Clock))) // asked for once more
		for _, of := range all {
			w.until("it is counted anew", func() bool { until, _ := w.due(of); return until == behind })
		}
		w.now.Store(new(time.Date(2027, 1, 9, 9, 0, 0, 0, shanghai)))
		w.idle()
		for _, of := range all {
			if n := w.version(of); n != 2 || w.state(of) != "open" {
				t.Errorf("a case is %s in version %d", w.state(of), n)
			}
		}
		w.now.Store(new(time.Date(2027, 1, 12, 9, 0, 0, 0, shanghai)))
		for _, of := range all {
			w.until("it is escalated", func() bool { w.pass(time.Second); return w.state(of) == "escalated" })
		}
		w.idle()
		for _, of := range all {
			if n := w.version(of); n != 3 {
				t.Errorf("a case is in version %d", n)
			}
		}
	})
}

// dies lets a server count so many cases anew and die at the next.
func (w served) dies(after int32) {
	w.Helper()
	var runs atomic.Int32
	stuck, end := make(chan struct{}, after+100), make(chan struct{})
	handler := worker.Handler{Kind: process.RecountJob, Run: func(ctx context.Context, t worker.Task) error {
		if runs.Add(1) > after {
			stuck <- struct{}{}
			<-end
			return nil
		}
		return w.engine.Recount(ctx, w.gate.Session(process.Clock), t.Args)
	}}
	db := w.open()
	work, err := worker.New(context.Background(), db, w.config(handler))
	w.must(err)
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = work.Run(ctx) }) // it cannot write that it has ended
	w.Cleanup(func() { close(end); stop(); running.Wait() })
	<-stuck
	w.must(db.Close())
}
