package alliance_test

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/process"
	"yitong/modules/alliance"
	"yitong/modules/scheduling"
	"yitong/test/services"
)

// places are the numbers that are taken of a segment.
func places(w *services.World, slot string) (all []int) {
	w.Helper()
	list, err := w.Whole().Behalf(scheduling.Process).Reserved(w.Context(), "urn:yitong:clinic/segment/"+strings.TrimPrefix(slot, "Slot/"))
	w.Must(err)
	for _, r := range list {
		n, err := strconv.Atoi(r.Name)
		w.Must(err)
		all = append(all, n)
	}
	slices.Sort(all)
	return all
}

// accepts lets the office of b take a patient at a segment.
func accepts(w *services.World, of fhir.Ref, slot string) error {
	w.Helper()
	return w.Try(w.As("another office"), of, "accept-visit", "post", services.Ref("PractitionerRole/other-b"), "slot", services.Ref(slot), "bring", "既往检查报告")
}

// TestAcceptVisit: the acceptance carries the segment; the Appointment is written with it, out of the places for referrals, and says who has
// booked for whom, and by which referral. The resident is told once. Asked for again under its key it is booked once.
func TestAcceptVisit(t *testing.T) {
	services.Each(t, up, func(w *services.World) {
		clinic := opens(w, "heart-b", 10, "") // 8 of the public's, 2 for referrals
		of, slot := w.Brought("receiving-review"), slotAt(w, clinic, 1)
		told := len(w.Find("Communication?recipient=Patient/p"))
		once := &gate.Idempotency{Key: "accept", Digest: []byte("x"), Keep: time.Hour}
		for range 2 {
			_, err := w.Engine.Move(w.Context(), w.As("another office"), process.Asked{
				Case: of, Move: "accept-visit", Once: once, Needs: services.Parameters("post", services.Ref("PractitionerRole/other-b"), "slot", services.Ref(slot)),
			})
			w.Must(err)
		}
		isVisit(w, of, "scheduled", "booked")
		if got := places(w, slot); len(got) != 1 || got[0] < 9 || got[0] > 10 {
			t.Errorf("of the places %v are taken", got)
		}
		if n := len(w.Find("Communication?recipient=Patient/p")) - told; n != 1 {
			t.Errorf("the resident is told %d times", n)
		}
		visit := visitOf(w, of)
		for _, part := range []string{
			`"basedOn":[{"reference":"` + kept(w.Task(of), "request") + `"}]`, `"valueReference":{"reference":"` + of.String() + `"}`, `"valueReference":{"reference":"Organization/a"}`,
			`"url":"urn:yitong:booked-by","valueReference":{"reference":"Practitioner/other"}`, `"actor":{"reference":"Patient/p"}`, `"valueCode":"member"`,
		} {
			if !strings.Contains(string(visit.Root.Raw()), part) {
				t.Errorf("the visit does not say %s:\n%s", part, visit.Root.Raw())
			}
		}
		if due := w.Due(of).In(services.Zone).Format("01-02 15:04"); due != "05-12 08:30" {
			t.Errorf("it is due %s", due)
		}
	})
}

// TestAcceptedOnce: an acceptance that is sent several times at the same moment, under one key, is made once, and each is told so.
func TestAcceptedOnce(t *testing.T) {
	services.Each(t, up, func(w *services.World) {
		of, slot := w.Brought("receiving-review"), slotAt(w, opens(w, "heart-b", 10, ""), 1)
		once := &gate.Idempotency{Key: "accept", Digest: []byte("x"), Keep: time.Hour}
		versions, errs := make([]int64, 6), make([]error, 6)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() {
				made, err := w.Engine.Move(w.Context(), w.As("another office"), process.Asked{
					Case: of, Move: "accept-visit", Once: once, Needs: services.Parameters("post", services.Ref("PractitionerRole/other-b"), "slot", services.Ref(slot)),
				})
				versions[i], errs[i] = made.Version.Number, err
			})
		}
		all.Wait()
		for i, err := range errs {
			if err != nil || versions[i] != versions[0] {
				t.Errorf("version %d, not %d: %v", versions[i], versions[0], err)
			}
		}
		if len(places(w, slot)) != 1 || len(w.Find("Appointment?patient=Patient/p")) != 1 {
			t.Errorf("%v are taken", places(w, slot))
		}
	})
}

// TestLastPlace: of two who are accepted for the last place at the same moment one is; the other is told, and nothing of theirs is written.
func TestLastPlace(t *testing.T) {
	services.Each(t, up, func(w *services.World) {
		slot := slotAt(w, opens(w, "heart-b", 1, ""), 1) // for referrals
		w.Put(`{"resourceType":"Condition","id":"of-q",%s,"code":{"text":"冠心病"},"subject":{"reference":"Patient/q"}}`, services.Custodian("a"))
		both := []fhir.Ref{w.Brought("receiving-review"), broughtFor(w, "Condition/of-q")}
		errs := make([]error, len(both))
		var all sync.WaitGroup
		for i, of := range both {
			all.Go(func() { errs[i] = accepts(w, of, slot) })
		}
		all.Wait()
		for i, of := range both {
			if errs[i] == nil {
				isVisit(w, of, "scheduled", "booked")
				continue
			}
			if fault.CodeOf(errs[i]) != fault.Conflict || !strings.Contains(errs[i].Error(), "号源已约满") {
				t.Error(errs[i])
			}
			if w.State(of) != "receiving-review" || kept(w.Task(of), "visit") != "" || kept(w.Task(of), "post") != "" {
				t.Errorf("who was too late is %s with %s", w.State(of), kept(w.Task(of), "visit"))
			}
		}
		if (errs[0] == nil) == (errs[1] == nil) || len(places(w, slot)) != 1 || len(w.Find("Appointment?status=booked")) != 1 {
			t.Errorf("%v, %v; %v are taken", errs[0], errs[1], places(w, slot))
		}
	})
}

// broughtFor is a referral of somebody that waits for the office of b.
func broughtFor(w *services.World, about string) fhir.Ref {
	w.Helper()
	of, err := consult(w, "doctor", about)
	w.Must(err)
	w.Do(of, "refer")
	w.Must(w.Try(w.As("doctor"), of, "record-consent", "consent", services.Code("paper")))
	w.Do(of, "send approve")
	return of
}

// TestRushOfReferrals: many are accepted at once for few places; as many are as there are, and each has another one.
func TestRushOfReferrals(t *testing.T) {
	services.Each(t, up, func(w *services.World) {
		const people, capacity = 8, 5
		slot := slotAt(w, opens(w, "heart-b", capacity, ""), 1)
		var all []fhir.Ref
		for range people {
			id := w.NewID()
			w.Put(`{"resourceType":"Patient","id":%q,%s,%s,"name":[{"text":"转诊居民"}]}`, id, services.Custodian("a"), services.Passport)
			w.Put(`{"resourceType":"Condition","id":%q,%s,"code":{"text":"冠心病"},"subject":{"reference":"Patient/%[1]s"}}`, id, services.Custodian("a"))
			all = append(all, broughtFor(w, "Condition/"+id))
		}
		var group sync.WaitGroup
		errs := make([]error, people)
		for i, of := range all {
			group.Go(func() { errs[i] = accepts(w, of, slot) })
		}
		group.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if fault.CodeOf(err) != fault.Conflict {
				t.Error(err)
			}
		}
		if got := places(w, slot); won != capacity || !slices.Equal(got, []int{1, 2, 3, 4, 5}) {
			t.Errorf("%d were taken over, and have %v", won, got)
		}
	})
}

// TestVisitRefused: what does not fit is refused, and nothing is written.
func TestVisitRefused(t *testing.T) {
	services.Each(t, up, func(w *services.World) {
		w.Put("%s", department("eye-b", "b"))
		w.Put(`{"resourceType":"PractitionerRole","id":"zhou-b","practitioner":{"reference":"Practitioner/second"},"organization":{"reference":"Organization/b"}}`)
		own := slotAt(w, opens(w, "heart-b", 10, ""), 1)
		theirs := slotAt(w, opens(w, "heart-b", 10, `{"name":"doctor","valueReference":{"reference":"PractitionerRole/zhou-b"}},`), 1)
		w.Put(`{"resourceType":"Schedule","id":"any","actor":[{"reference":"HealthcareService/heart-b"}]}`)
		w.Put(`{"resourceType":"Slot","id":"foreign","schedule":{"reference":"Schedule/any"},"status":"free","start":"2026-05-12T08:00:00+08:00","end":"2026-05-12T08:30:00+08:00"}`)
		of := w.Brought("receiving-review")
		for slot, want := range map[string]fault.Code{
			slotAt(w, opens(w, "eye-b", 10, ""), 1): fault.Unprocessable, theirs: fault.Unprocessable, "Slot/none": fault.Unprocessable, "Slot/foreign": fault.Unprocessable,
		} {
			if err := accepts(w, of, slot); fault.CodeOf(err) != want {
				t.Errorf("%s: %v", slot, err)
			}
		}
		for who, want := range map[string]fault.Code{"office": fault.Forbidden, "doctor": fault.Forbidden, "resident": fault.Forbidden, "a doctor elsewhere": fault.NotFound, "another resident": fault.NotFound, "guide": fault.NotFound} {
			if err := w.Try(w.As(who), of, "accept-visit", "post", services.Ref("PractitionerRole/other-b"), "slot", services.Ref(own)); fault.CodeOf(err) != want {
				t.Errorf("%s: %v", who, err)
			}
		}
		w.Must(accepts(w, of, own))
		again := w.Brought("receiving-review")
		if err := accepts(w, again, own); fault.CodeOf(err) != fault.Unprocessable {
			t.Errorf("a second visit at the department that day: %v", err)
		}
		w.Do(of, "withdraw")
		if err := w.Try(w.As("another office"), of, "book-visit", "slot", services.Ref(own)); err == nil {
			t.Error("a referral that has ended books")
		}
		w.Put(`{"resourceType":"Patient","id":"p",%s,"deceasedDateTime":"2026-05-10"}`, services.Custodian("a"))
		if err := accepts(w, again, own); fault.CodeOf(err) != fault.Unprocessable {
			t.Errorf("for who has died: %v", err)
		}
		if n := len(w.Find("Appointment?status=booked")); n != 0 {
			t.Errorf("%d visits are booked", n)
		}
	})
}

// TestVisitLetGo: with the referral, or with its time, the place goes: it rests, and is a place for referrals again.
func TestVisitLetGo(t *testing.T) {
	services.Each(t, up, func(w *services.World) {
		clinic := opens(w, "heart-b", 10, "")
		for i, one := range []struct{ move, state string }{
			{"withdraw", "withdrawn"}, {"refuse", "refused"}, {"died", "died"}, {"decline", "receiving-review"}, {"schedule", "scheduled"},
		} {
			of, slot := w.Brought("receiving-review"), slotAt(w, clinic, i+1)
			w.Must(accepts(w, of, slot))
			told := len(w.Find("Communication?recipient=Patient/p"))
			w.Do(of, one.move)
			isVisit(w, of, one.state, "cancelled")
			n := len(w.Find("Communication?recipient=Patient/p")) - told
			if want := map[string]int{"refuse": 1}[one.move]; n != want { // of the others the case itself tells
				t.Errorf("%s: of the visit they are told %d times", one.move, n)
			}
			w.Pass(31 * time.Minute)
			_, err := deskOf(w).HandOver(w.Context(), w.Gate.Session(scheduling.Platform))
			w.Must(err)
			if got := places(w, slot); len(got) != 0 {
				t.Errorf("behind %s %v are taken", one.move, got)
			}
		}
	})
}

// TestVisitMoves: what is booked goes to another time with the same Appointment, by the office or the doctor.
func TestVisitMoves(t *testing.T) {
	services.Each(t, up, func(w *services.World) {
		clinic := opens(w, "heart-b", 10, "")
		of := w.Brought("assigned")
		w.Must(w.Try(w.As("another office"), of, "book-visit", "slot", services.Ref(slotAt(w, clinic, 1))))
		visit := kept(w.Task(of), "visit")
		w.Must(w.Try(w.As("a doctor elsewhere"), of, "book-visit", "slot", services.Ref(slotAt(w, clinic, 3))))
		if kept(w.Task(of), "visit") != visit || len(w.Find("Appointment?patient=Patient/p")) != 1 || len(places(w, slotAt(w, clinic, 3))) != 1 {
			t.Errorf("it has %d visits", len(w.Find("Appointment?patient=Patient/p")))
		}
		if err := w.Try(w.As("a doctor elsewhere"), of, "book-visit", "slot", services.Ref(slotAt(w, clinic, 3))); fault.CodeOf(err) != fault.Unprocessable {
			t.Errorf("at that time already: %v", err)
		}
		if _, err := operate(w, w.As("resident"), "change-visit", visit, services.Parameters("slot", services.Ref(slotAt(w, clinic, 4)))); fault.CodeOf(err) != fault.Unprocessable {
			t.Errorf("the resident changes it past the referral: %v", err)
		}
		w.Do(of, "arrive")
		isVisit(w, of, "in-care", "fulfilled")
	})
}

// TestVisitLost: where the clinic is stopped, or the resident cancels, the referral stays accepted in the same transaction, and both offices
// are told.
func TestVisitLost(t *testing.T) {
	services.Each(t, up, func(w *services.World) {
		clinic := opens(w, "heart-b", 10, "")
		for i, lose := range []func(of fhir.Ref, day int) error{
			func(_ fhir.Ref, day int) error {
				on := form.Date(w.Now().AddDate(0, 0, day).Format(time.DateOnly))
				_, err := operate(w, w.Working(gate.Administrator, "office", "b"), "stop-clinic", clinic, services.Parameters("from", on, "to", on, "reason", "医师外出"))
				return err
			},
			func(of fhir.Ref, _ int) error {
				out, err := operate(w, w.As("resident"), "cancel-visit", kept(w.Task(of), "visit"), services.Parameters())
				if err == nil && out.(gate.Result).Version.Ref.String() != kept(w.Task(of), "visit") {
					t.Errorf("$cancel answers with %s", out.(gate.Result).Version.Ref)
				}
				return err
			},
		} {
			of := w.Brought("receiving-review")
			w.Must(accepts(w, of, slotAt(w, clinic, i+3)))
			told := len(w.Find("Communication?recipient=Patient/p"))
			w.Must(lose(of, i+3))
			isVisit(w, of, "assigned", "cancelled")
			all := w.Find("Communication?recipient=Patient/p")
			if n := len(all) - told; n != 1 {
				t.Errorf("the resident is told %d times", n)
			}
			if !slices.ContainsFunc(all, func(note fhir.Ref) bool { return strings.Contains(w.Text(note.String()), "转诊仍然有效") }) {
				t.Error("the resident is not told that the referral stands")
			}
			w.Must(w.Try(w.As("another office"), of, "book-visit", "slot", services.Ref(slotAt(w, clinic, i+6))))
			isVisit(w, of, "scheduled", "booked")
			w.Do(of, "withdraw")
		}
	})
}

// TestLostTold: both offices and both doctors are told that the visit is off.
func TestLostTold(t *testing.T) {
	t.Parallel()
	for _, p := range []*process.Process{alliance.Up(), alliance.Down()} {
		for _, party := range []string{"sending", "receiving", "initiator", "doctor"} {
			if !slices.ContainsFunc(p.Move(alliance.MoveLost).Tells, func(t process.Tell) bool { return t.Party == party }) {
				t.Errorf("%s: %s is not told", p.Code, party)
			}
		}
	}
}

// TestVisitMissed: who has not come by what the hospital's clocks say, and was taken over all the same, has missed nothing.
func TestVisitMissed(t *testing.T) {
	services.Each(t, up, func(w *services.World) {
		of := w.Brought("receiving-review")
		w.Must(accepts(w, of, slotAt(w, opens(w, "heart-b", 10, ""), 1)))
		w.Late(of)
		w.Pass(time.Hour)
		_, err := deskOf(w).Settle(w.Context(), w.Gate.Session(scheduling.Platform))
		w.Must(err)
		isVisit(w, of, "unconfirmed", "noshow")
		w.Do(of, "arrive")
		isVisit(w, of, "in-care", "fulfilled")
		missed, err := w.Whole().Behalf(scheduling.Process).Reserved(w.Context(), "urn:yitong:clinic/missed/p")
		w.Must(err)
		if len(missed) != 0 {
			t.Errorf("%d visits were missed", len(missed))
		}
	})
}

// TestVisitByRealName: a referral, too, books only for who is known by a document.
func TestVisitByRealName(t *testing.T) {
	services.Each(t, up, func(w *services.World) {
		of, slot := w.Brought("receiving-review"), slotAt(w, opens(w, "heart-b", 10, ""), 1)
		w.Put(`{"resourceType":"Patient","id":"p",%s,"name":[{"text":"居民p"}]}`, services.Custodian("a"))
		if err := accepts(w, of, slot); fault.CodeOf(err) != fault.Unprocessable || !strings.Contains(err.Error(), "实名") {
			t.Errorf("accepted without a document: %v", err)
		}
		w.Put(`{"resourceType":"Patient","id":"p",%s,%s,"name":[{"text":"居民p"}]}`, services.Custodian("a"), services.Passport)
		w.Must(accepts(w, of, slot)) // it stayed where it was
	})
}
