package scheduling_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/test/services"
)

// TestCodesAreNotGuessed: who is not there does not find the code of a board by trying, and keeps nobody else from checking in by that.
func TestCodesAreNotGuessed(t *testing.T) {
	each(t, func(w *world) {
		h := w.hall()
		visit, who := h.book("1990-01-01")
		other, second := h.book("1990-01-01")
		refused := 0
		for i := range 30 {
			_, err := w.make(who, "arrive-visit", visit, "code", fmt.Sprintf("%06d", i))
			if code := fault.CodeOf(err); code == fault.TooOften {
				refused++
			} else {
				w.want("a guess", err, fault.Unprocessable)
			}
		}
		if refused < 20 {
			t.Errorf("of 30 guesses %d were not looked at", refused)
		}
		code := func() string {
			board, err := w.ask("guide lead", "queue-board", "HealthcareService/heart-lead")
			w.must(err)
			return value(board, "code", "valueString")
		}
		_, err := w.make(who, "arrive-visit", visit, "code", code())
		w.want("the right one among so many", err, fault.TooOften)
		_, err = w.make(second, "arrive-visit", other, "code", code())
		w.must(err)
		w.pass(2 * time.Minute)
		_, err = w.make(who, "arrive-visit", visit, "code", code())
		w.must(err)
	})
}

// TestFullTicketsBlockNobody: a ticket of which much has become stops no room.
func TestFullTicketsBlockNobody(t *testing.T) {
	each(t, func(w *world) {
		h := w.hall()
		full, behind := h.arrive(), h.arrive()
		refused := false
		for i := range 80 {
			_, err := w.make("guide lead", "queue-prioritise", full, "reason", services.Code([]string{"green", "none"}[i%2]))
			if refused = err != nil; refused {
				w.want("to prioritise without end", err, fault.Unprocessable)
				break
			}
		}
		if !refused {
			t.Error("a ticket grows without end")
		}
		for _, want := range []string{full, behind} {
			got, err := w.make(doctors[0], "queue-next", h.rooms[0], "ends", services.Code("done"))
			if err != nil || got != want {
				t.Fatalf("called is %s, %v, and should be %s", got, err, want)
			}
			_, err = w.make(doctors[0], "queue-start", got)
			w.must(err)
		}
	})
}

// TestNonsenseOfOthers: nobody writes what is found where services look for their own, and so crowds that out.
func TestNonsenseOfOthers(t *testing.T) {
	each(t, func(w *world) {
		w.put(`{"resourceType":"Schedule","id":"own",%s,"actor":[{"reference":"HealthcareService/heart-clinic"}]}`, services.Custodian("clinic"))
		for name, text := range map[string]string{
			"a wish":               `{"resourceType":"Appointment","id":"x","status":"waitlist","meta":{META,"tag":[{"system":"urn:yitong:scheduling","code":"wish"}]},"participant":[{"actor":{"reference":"HealthcareService/heart-lead"},"status":"accepted"}]}`,
			"an entry":             `{"resourceType":"Appointment","id":"x","status":"proposed","meta":{META,"tag":[{"system":"urn:yitong:scheduling","code":"draw-1-20261124"}]},"participant":[{"actor":{"reference":"HealthcareService/heart-lead"},"status":"accepted"}]}`,
			"a place that rests":   `{"resourceType":"Appointment","id":"x","status":"cancelled","meta":{META,"tag":[{"system":"urn:yitong:scheduling","code":"resting"}]},"participant":[{"actor":{"reference":"HealthcareService/heart-lead"},"status":"accepted"}]}`,
			"a segment":            `{"resourceType":"Slot","id":"x","meta":{META},"schedule":{"reference":"Schedule/own"},"status":"free","start":"2026-11-24T08:00:00+08:00","end":"2026-11-24T08:30:00+08:00","serviceType":[{"coding":[{"system":"urn:yitong:clinic-of","code":"HealthcareService/heart-lead"}]}]}`,
			"a ticket of a line":   `{"resourceType":"Encounter","id":"x","meta":{META},"status":"arrived","class":{"code":"AMB"},"type":[{"coding":[{"system":"urn:yitong:queue-line","code":"HealthcareService/heart-lead"}]}]}`,
			"one of a department":  `{"resourceType":"Encounter","id":"x","meta":{META},"status":"arrived","class":{"code":"AMB"},"type":[{"coding":[{"system":"urn:yitong:queue-of","code":"HealthcareService/heart-lead"}]}]}`,
			"a draw that is to be": `{"resourceType":"List","id":"x","meta":{META,"tag":[{"system":"urn:yitong:scheduling","code":"undrawn"}]},"status":"current","mode":"snapshot"}`,
		} {
			r, err := fhir.ParseResource([]byte(strings.Replace(text, `"meta":{META`, strings.TrimSuffix(services.Custodian("clinic"), "}"), 1)))
			w.must(err)
			who := map[bool]string{true: "administrator clinic", false: "doctor clinic"}[r.Type.String() == "Slot"]
			_, err = w.as(who).Apply(w.Context(), []gate.Op{{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r}}, nil)
			if w.want(name, err, fault.Forbidden); err != nil && !strings.Contains(err.Error(), "belongs to the process") {
				t.Errorf("%s is refused as %v", name, err)
			}
		}
	})
}

// TestHeldAndLetGo: who holds places and lets them go again, or changes from one to the other, keeps no clinic closed.
func TestHeldAndLetGo(t *testing.T) {
	each(t, func(w *world) {
		clinic, err := w.daily("member", "heart", 40, 0, 30)
		w.must(err)
		first, second := w.slot(clinic, 1, "0800"), w.slot(clinic, 1, "0830")
		for range 40 {
			visit, err := w.make("p0", "hold-place", first)
			if err != nil {
				w.want("to hold once more", err, fault.Unprocessable)
				break
			}
			_, err = w.make("p0", "cancel-visit", visit)
			w.must(err)
		}
		if n := w.free("p1", first); n < 34 {
			t.Errorf("of 40 places %d are open", n)
		}
		visit, err := w.make("p1", "book-place", first)
		w.must(err)
		for i := range 40 {
			if _, err = w.make("p1", "change-visit", visit, "slot", services.Ref([]string{second, first}[i%2])); err != nil {
				w.want("to change once more", err, fault.Unprocessable)
				break
			}
		}
		if n := w.free("p2", first) + w.free("p2", second); n < 68 {
			t.Errorf("of 80 places %d are open", n)
		}
		w.pass(31 * time.Minute)
		_, err = w.make("p1", "change-visit", visit, "slot", services.Ref(w.slot(clinic, 2, "0800")))
		w.must(err)
	})
}

// TestTwoPatientsOfOnePerson: who turns out to be one person gets one place of a department and a day, at a draw too, and waits once.
func TestTwoPatientsOfOnePerson(t *testing.T) {
	each(t, func(w *world) {
		clinic, err := w.drawn("member", "heart", 10, 30)
		w.must(err)
		const day = "2026-05-19"
		var entries []string
		for _, who := range []string{"p0", "p1"} {
			entry, err := w.enters(who, clinic, day)
			w.must(err)
			entries = append(entries, entry)
		}
		eye, err := w.daily("member", "eye", 10, 0, 30)
		w.must(err)
		_, err = w.make("p1", "book-place", w.slot(eye, 1, "0800"))
		w.must(err)
		w.put(`{"resourceType":"Patient","id":"p0",%s,"name":[{"text":"居民0"}],"link":[{"other":{"reference":"Patient/p1"},"type":"seealso"}]}`, services.Custodian("member"))
		w.put(`{"resourceType":"Patient","id":"p1",%s,"name":[{"text":"居民1"}],"link":[{"other":{"reference":"Patient/p0"},"type":"refer"}]}`, services.Custodian("member"))
		_, err = w.make("p0", "book-place", w.slot(eye, 1, "0830"))
		w.want("the same department on the same day", err, fault.Unprocessable)
		w.at(time.Date(2026, 5, 12, 7, 0, 0, 0, services.Zone))
		w.settle()
		booked := 0
		for _, entry := range entries {
			if w.status(entry) == "booked" {
				booked++
			}
		}
		if booked != 1 {
			t.Errorf("one person got %d places", booked)
		}
	})
}

// TestCallsOfOthers: a doctor calls out of turn who waits at the own department, and nobody of another.
func TestCallsOfOthers(t *testing.T) {
	each(t, func(w *world) {
		h := w.hall()
		own, moved := h.arrive(), h.arrive()
		_, err := w.make("guide lead", "queue-transfer", moved, "to", services.Ref("HealthcareService/eye-lead"), "reason", "看错科室")
		w.must(err)
		_, err = w.make(doctors[0], "queue-call", moved, "reason", "急")
		w.want("of another department", err, fault.Unprocessable)
		_, err = w.make(doctors[0], "queue-call", own, "reason", "急")
		w.must(err)
	})
}
