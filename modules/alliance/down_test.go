package alliance_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/form"
	"yitong/modules/alliance"
	"yitong/test/services"
)

// down is what the tests of all services need to know of referrals down: from a, which leads, to b.
var down = clinicsOf(&services.Service{
	Process: alliance.Down(), Files: "down",
	Record: []string{
		department("heart-a", "a"), department("rehab-b", "b"), affiliation("a", "a", "a", "lead", "heart-a"), affiliation("b", "a", "b", "member", "rehab-b"), condition("ill"),
	},
	Begin: func(w *services.World) fhir.Ref {
		w.At(services.Monday) // however many were late before: nobody signs later than by the database's clock
		id := w.NewID()
		w.Put("%s", condition(id))
		of, err := w.Ask(w.As("doctor"), "assess", "problem", services.Ref("Condition/"+id), "assessment", "病情稳定，可在社区康复")
		w.Must(err)
		return of
	},
	Moves: with(up.Moves, map[string]services.Usual{
		"refer": {By: "doctor", With: []any{
			"department", services.Ref("HealthcareService/rehab-b"), "history", "支架术后两周", "findings", "无胸痛", "plan", "心脏康复训练，按时服药",
			"follow-up", inDays(21), "follow-up", inDays(51),
		}},
		"follow-up": {By: "a doctor elsewhere", With: []any{"findings", "血压 130/80，无不适"}},
		"conclude":  {By: "a doctor elsewhere", With: []any{"summary", "恢复良好", "appropriate", services.Code("yes")}},
	}),
	Ways: with(up.Ways, map[string]string{"in-care": toB + " accept schedule arrive", "follow-up-late": toB + " accept schedule arrive LATE", "completed": toB + " accept schedule arrive follow-up follow-up"}),
})

// inDays is the day so many days from now.
func inDays(n int) services.Asked {
	return func(w *services.World, _ fhir.Ref) any {
		return form.Date(w.Now().AddDate(0, 0, n).Format(time.DateOnly))
	}
}

// with is a map with some of its values replaced.
func with[V any](all, some map[string]V) map[string]V {
	both := map[string]V{}
	for _, m := range []map[string]V{all, some} {
		for k, v := range m {
			both[k] = v
		}
	}
	return both
}

// TestDownMatrix: what everybody may do in every state.
func TestDownMatrix(t *testing.T) { services.Each(t, down, (*services.World).Matrix) }

// TestFollowUps: the plan becomes tasks of the doctor who has taken over, one behind the other, each due at the end of its day; the record stays
// open for them and is closed with the last.
func TestFollowUps(t *testing.T) {
	services.Each(t, down, func(w *services.World) {
		of := w.Brought("in-care")
		plan := func() fhir.Resource {
			v, err := w.Whole().Read(w.Context(), fhir.ParseReference(kept(w.Task(of), "plan")).Ref)
			w.Must(err)
			r, err := fhir.ParseResource(v.Body.Bytes)
			w.Must(err)
			return r
		}
		for _, want := range []string{"2026-06-02", "2026-07-02"} {
			if got := w.Due(of).In(services.Zone).Format("2006-01-02 15:04"); got != want+" 00:00" {
				t.Errorf("it is due %s, not %s", got, want)
			}
			sees(w, "another office", "a doctor elsewhere")
			w.At(w.Due(of).Add(-time.Hour))
			w.Do(of, "follow-up")
		}
		if got := plan().Root.Get("status").Str(); w.State(of) != "completed" || got != "completed" {
			t.Errorf("it is %s, and the plan %s", w.State(of), got)
		}
		sees(w)
		for one := plan().Root.Get("activity").First(); one.Exists(); one = one.Next() {
			if got := one.Get("detail").Get("status").Str(); got != "completed" {
				t.Errorf("a follow-up is %s", got)
			}
		}
	})
}

// TestDaysOfFollowUp: they are to come, each behind the one before.
func TestDaysOfFollowUp(t *testing.T) {
	services.Each(t, down, func(w *services.World) {
		of := w.Begin(w)
		refer := func(days ...string) error {
			with := append([]any{}, down.Moves["refer"].With[:8]...)
			for _, day := range days {
				with = append(with, "follow-up", form.Date(day))
			}
			return w.Try(w.As("doctor"), of, "refer", with...)
		}
		for _, days := range [][]string{{"2026-05-11"}, {"2026-06-02", "2026-06-01"}, {"2026-06-01", "2026-06-01"}} {
			if err := refer(days...); fault.CodeOf(err) != fault.Unprocessable {
				t.Errorf("%v: %v", days, err)
			}
		}
		w.Must(refer("2026-05-12"))
	})
}

// TestDownIsDown: a lower institution refers nobody down to a higher one.
func TestDownIsDown(t *testing.T) {
	services.Each(t, down, func(w *services.World) {
		w.Put("%s", affiliation("a", "b", "a", "member"))
		w.Put("%s", affiliation("b", "b", "b", "lead", "rehab-b"))
		if err := w.Try(w.As("doctor"), w.Begin(w), "refer"); fault.CodeOf(err) != fault.Unprocessable {
			t.Error(err)
		}
	})
}

// TestWithoutPlan: where no follow-up was planned none is recorded; the doctor concludes.
func TestWithoutPlan(t *testing.T) {
	services.Each(t, down, func(w *services.World) {
		of := w.Begin(w)
		w.Must(w.Try(w.As("doctor"), of, "refer", down.Moves["refer"].With[:8]...))
		w.Do(of, "agree send approve accept schedule arrive")
		if err := w.Try(w.As("a doctor elsewhere"), of, "follow-up"); fault.CodeOf(err) != fault.Conflict {
			t.Error(err)
		}
		w.Do(of, "conclude")
	})
}

// TestLetter: it is a document that a person and a machine read: its sections, what is attached, its author, its version signed; a letter that is
// written anew takes the place of the one before.
func TestLetter(t *testing.T) {
	services.Each(t, up, func(w *services.World) {
		w.Put(`{"resourceType":"Observation","id":"troponin","status":"final",%s,"code":{"text":"肌钙蛋白"},"subject":{"reference":"Patient/p"}}`, services.Custodian("a"))
		w.Put(`{"resourceType":"AllergyIntolerance","id":"penicillin",%s,"code":{"text":"青霉素"},"patient":{"reference":"Patient/p"}}`, services.Custodian("a"))
		of := w.Begin(w)
		w.Must(w.Try(w.As("doctor"), of, "refer", append(referring("heart-b"), "attached", services.Ref("Observation/troponin"), "attached", services.Ref("AllergyIntolerance/penicillin"))...))
		read := func(name string) fhir.Resource {
			v, err := w.Whole().Read(w.Context(), fhir.ParseReference(kept(w.Task(of), name)).Ref)
			w.Must(err)
			r, err := fhir.ParseResource(v.Body.Bytes)
			w.Must(err)
			return r
		}
		first, said := read("letter"), ""
		for s := first.Root.Get("section").First(); s.Exists(); s = s.Next() {
			said += fmt.Sprintf("%s %s %s\n", s.Get("code").Get("coding").First().Get("code").Str(), s.Get("title").Str(), s.Get("entry").First().Get("reference").Str())
		}
		want := "42349-1 转诊原因 \n10164-2 病史 \n29545-1 检查所见 \n18776-5 转诊目的 \n48765-2 过敏 AllergyIntolerance/penicillin\n30954-2 检查检验结果 Observation/troponin\n"
		if said != want {
			t.Errorf("it says\n%s", said)
		}
		if who := first.Root.Get("author").First().Get("reference").Str(); who != "Practitioner/doctor" {
			t.Errorf("it is by %s", who)
		}
		w.Do(of, "agree send approve reject refer")
		if got := read("letter").Root.Get("relatesTo").First().Get("targetReference").Get("reference").Str(); got != "Composition/"+first.ID {
			t.Errorf("the new letter replaces %s", got)
		}
		if got := read("request").Root.Get("status").Str(); got != "draft" {
			t.Errorf("what is asked is %s", got)
		}
	})
}

// TestFollowUpLate: who does not follow up is reminded through their office, and can still do it; if they do not, it ends, and the record is closed.
// Where no follow-up was planned it ends when the time to answer is up.
func TestFollowUpLate(t *testing.T) {
	services.Each(t, down, func(w *services.World) {
		of := w.Brought("follow-up-late")
		if found := w.Tasks(w.As("another office"), "_id="+of.ID); len(found) != 1 {
			t.Error("the office does not see it")
		}
		w.Do(of, "follow-up")
		if got := w.Due(of).In(services.Zone).Format(time.DateOnly); w.State(of) != "in-care" || got != "2026-07-02" {
			t.Errorf("it is %s until %s", w.State(of), got)
		}
		w.Do(of, "LATE LATE")
		if text := w.Text(kept(w.Task(of), "plan")); w.State(of) != "completed" || strings.Contains(text, "not-started") {
			t.Errorf("it is %s, and the plan %s", w.State(of), text)
		}
		of = w.Begin(w)
		w.Must(w.Try(w.As("doctor"), of, "refer", down.Moves["refer"].With[:8]...))
		w.Do(of, "agree send approve accept schedule arrive LATE")
		if w.State(of) != "completed" {
			t.Errorf("it is %s", w.State(of))
		}
		sees(w)
	})
}
