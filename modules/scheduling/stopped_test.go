package scheduling_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/gate/trail"
	"yitong/internal/notice"
	"yitong/modules/scheduling"
	"yitong/modules/scheduling/queue"
	"yitong/test/services"
)

// stopping stops a clinic from one day to another, or takes that back, and tells what came of it.
func (w *world) stopping(clinic string, from, to int, more ...any) string {
	w.Helper()
	out, err := w.call("administrator lead", "stop-clinic", clinic, nil, services.Parameters(append([]any{"from", day(w, from), "to", day(w, to)}, more...)...))
	w.must(err)
	text, err := w.ops["stop-clinic"].Out.Write(out)
	w.must(err)
	return string(text)
}

// TestStopOfWhatIsToBePublished: a stop counts for days that are not published yet, whatever becomes of the pattern meanwhile, and its answer says
// from which day on that is.
func TestStopOfWhatIsToBePublished(t *testing.T) {
	each(t, func(w *world) {
		clinic, err := w.daily("lead", "heart", 5, 0, 30)
		w.must(err)
		if text := w.stopping(clinic, 8, 8, "reason", "x"); strings.Contains(text, "later") {
			t.Errorf("what is published is said not to be: %s", text)
		}
		if text := w.stopping(clinic, 7, 20, "reason", "进修"); !contains(text, `"name":"later","valueDate":"`+string(day(w, 9))+`"`) {
			t.Errorf("it does not say what is stopped later: %s", text)
		}
		_, err = w.pattern("lead", "heart", clinic, "08:00", "09:00", "")
		w.must(err)
		text, err := w.written("administrator lead", "list-clinics")
		w.must(err)
		if n := strings.Count(text, `"name":"stop"`); n != 1 || !contains(text, `"valueString":"进修"`) {
			t.Errorf("%d stops are listed: %s", n, text)
		}
		w.pass(12 * 24 * time.Hour)
		w.publish()
		_, err = w.make("p0", "book-place", w.slot(clinic, 5, "0800"))
		w.want("on a day that was stopped before it was published", err, fault.Unprocessable)
		w.pass(24 * time.Hour)
		w.publish()
		_, err = w.make("p0", "book-place", w.slot(clinic, 8, "0800"))
		w.want("before it opens", err, fault.Unprocessable)
		w.pass(24 * time.Hour)
		_, err = w.make("p0", "book-place", w.slot(clinic, 7, "0800"))
		w.must(err)
	})
}

// TestStopTakenBack: what is stopped no more is open again, published or not, but not who was called off is booked again; what the doctor cannot do
// any more stays stopped.
func TestStopTakenBack(t *testing.T) {
	each(t, func(w *world) {
		clinic, err := w.opens("lead", "heart", 2, 0, 30, doctorLi)
		w.must(err)
		visit, err := w.make("p0", "book-place", w.slot(clinic, 3, "0800"))
		w.must(err)
		w.stopping(clinic, 2, 12, "reason", "x")
		skin, err := w.daily("lead", "skin", 2, 0, 30)
		w.must(err)
		_, err = w.call("administrator lead", "move-clinic", skin, nil, services.Parameters("day", day(w, 4), "doctor", services.Ref("PractitionerRole/li-lead"), "reason", "x"))
		w.must(err)
		if text := w.stopping(clinic, 3, 12, "back", true); !contains(text, `"name":"segments","valueInteger":10`) || !contains(text, `"name":"left","valueInteger":2`) {
			t.Errorf("it says %s", text)
		}
		if got := w.status(visit); got != "cancelled" {
			t.Errorf("who was called off is %s", got)
		}
		_, err = w.make("p0", "book-place", w.slot(clinic, 3, "0800"))
		w.must(err)
		for _, ahead := range []int{2, 4} {
			_, err = w.make("p1", "book-place", w.slot(clinic, ahead, "0800"))
			w.want("what stays stopped", err, fault.Unprocessable)
		}
		w.pass(4 * 24 * time.Hour)
		w.publish()
		_, err = w.make("p1", "book-place", w.slot(clinic, 6, "0800"))
		w.must(err)
		_, err = w.call("administrator clinic", "stop-clinic", clinic, nil, services.Parameters("from", day(w, 1), "to", day(w, 1), "back", true))
		w.want("by another hospital", err, fault.Forbidden)
		_, err = w.call("administrator lead", "stop-clinic", clinic, nil, services.Parameters("from", day(w, 1), "to", day(w, 1)))
		w.want("without a reason", err, fault.Malformed)
	})
}

// TestDrawTakenBack: the places of a day that is stopped no more are drawn as ever, if there is time to enter.
func TestDrawTakenBack(t *testing.T) {
	each(t, func(w *world) {
		w.at(services.Monday.Add(-3 * time.Hour)) // before the next day opens
		clinic, err := w.drawn("lead", "heart", 2, 30)
		w.must(err)
		w.stopping(clinic, 8, 8, "reason", "x")
		_, err = w.make("p0", "enter-draw", clinic, "day", day(w, 8))
		w.want("where the clinic is stopped", err, fault.Unprocessable)
		w.stopping(clinic, 8, 8, "back", true)
		w.pass(24*time.Hour - time.Minute)
		_, err = w.make("p0", "book-place", w.slot(clinic, 7, "0800"))
		w.want("before it is drawn", err, fault.Unprocessable)
		_, err = w.make("p0", "enter-draw", clinic, "day", day(w, 7))
		w.must(err)
	})
}

// TestChangeMeetsBooking: a visit that somebody changes while its clinic is being stopped or moved, behind the look at it, is called off or moved
// all the same.
func TestChangeMeetsBooking(t *testing.T) {
	each(t, func(w *world) {
		clinic, err := w.daily("lead", "heart", 5, 0, 30)
		w.must(err)
		for ahead, one := range map[int]struct {
			id, part string
			pairs    []any
			want     []string
		}{
			1: {"stop-clinic", `"status":"busy-unavailable"`, []any{"from", day(w, 1), "to", day(w, 1)}, []string{`"status":"cancelled"`}},
			2: {"move-clinic", "T08:10", []any{"day", day(w, 2), "later", 10}, []string{`"status":"booked"`, "T08:10"}},
		} {
			slot := w.slot(clinic, ahead, "0800")
			visit, err := w.make("p0", "book-place", slot)
			w.must(err)
			meets := w.meets(slot, one.part, visit)
			_, err = w.call("administrator lead", one.id, clinic, nil, services.Parameters(append(one.pairs, "reason", "x")...))
			w.must(err)
			if !meets() {
				t.Error("nobody has changed the visit meanwhile")
			}
			w.has(string(w.visit(visit).Root.Raw()), one.want)
		}
	})
}

// meets has somebody write a visit anew once its segment says something; what it gives back ends that, and tells whether it has happened.
func (w *world) meets(slot, part, visit string) func() bool {
	plain, in, met := w.gate, false, false
	w.gate = gate.New(w.db, gate.Config{
		References: true, Zone: services.Zone, Owned: slices.Concat(scheduling.Owned(), queue.Owned(), notice.Owned()), Trail: trail.NewRecorder(w.db),
		Now: func() time.Time {
			if in || met {
				return w.clock()
			}
			in = true
			hooked := w.gate
			if w.gate = plain; contains(string(w.visit(slot).Root.Raw()), part) {
				v := w.visit(visit)
				_, err := plain.Session(gate.Actor{Access: gate.Whole(), Process: scheduling.Process}).Apply(w.Context(), []gate.Op{{Kind: gate.Update, Type: v.Type, ID: v.ID, Resource: v}}, nil)
				w.must(err)
				met = true
			}
			w.gate, in = hooked, false
			return w.clock()
		},
	})
	return func() bool {
		w.gate = plain
		return met
	}
}

// TestStopRace: of those who hold, book and enter while a clinic is stopped, none has a place at it behind that.
func TestStopRace(t *testing.T) {
	each(t, func(w *world) {
		clinic, err := w.daily("lead", "heart", 20, 0, 30)
		w.must(err)
		slot := w.slot(clinic, 1, "0800")
		var all sync.WaitGroup
		begin, visits := make(chan struct{}), make([]string, 8)
		for i := range visits {
			visits[i], err = w.make(fmt.Sprintf("p%d", i), "hold-place", slot)
			w.must(err)
			all.Go(func() {
				<-begin
				_, err := w.make(fmt.Sprintf("p%d", i), "book-held", visits[i])
				if code := fault.CodeOf(err); err != nil && code != fault.Unprocessable && code != fault.Conflict {
					w.Error(err)
				}
			})
		}
		all.Go(func() {
			<-begin
			w.stopping(clinic, 1, 1, "reason", "x")
		})
		close(begin)
		all.Wait()
		for _, visit := range visits {
			if got := w.status(visit); got != "cancelled" {
				t.Errorf("a visit at the stopped clinic is %s", got)
			}
		}
	})
}

// TestHeldIsStopped: what is held is not booked once its clinic is stopped, also where the stop has not come to it.
func TestHeldIsStopped(t *testing.T) {
	each(t, func(w *world) {
		clinic, err := w.daily("lead", "heart", 20, 0, 30)
		w.must(err)
		slot := w.slot(clinic, 1, "0800")
		visit, err := w.make("p0", "hold-place", slot)
		w.must(err)
		text := strings.Replace(string(w.visit(slot).Root.Raw()), `"free"`, `"busy-unavailable"`, 1)
		r, err := fhir.ParseResource([]byte(text))
		w.must(err)
		_, err = w.gate.Session(gate.Actor{Access: gate.Whole(), Process: scheduling.Process}).Apply(w.Context(), []gate.Op{{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r}}, nil)
		w.must(err)
		_, err = w.make("p0", "book-held", visit)
		w.want("booking what is held at a stopped clinic", err, fault.Unprocessable)
	})
}

// TestStopOfWhoHasCome: who has come and waits is called off as well, the ticket ends, and what was paid is owed back; who has been with the doctor
// is not, nor whom the hospital has moved to another queue.
func TestStopOfWhoHasCome(t *testing.T) {
	each(t, func(w *world) {
		h := w.hall()
		first, second := h.arrive(), h.arrive()
		seen, err := w.make(doctors[0], "queue-next", h.rooms[0])
		w.must(err)
		_, err = w.make(doctors[0], "queue-start", seen)
		w.must(err)
		waits, moved := first, h.arrive()
		if seen == first {
			waits = second
		}
		_, err = w.make("guide lead", "queue-transfer", moved, "to", services.Ref("HealthcareService/eye-lead"), "reason", "x")
		w.must(err)
		visitOf := func(ticket string) string { return "Appointment/" + strings.TrimPrefix(ticket, "Encounter/visit-") }
		w.stopping(h.clinic, 0, 0, "reason", "突发疾病")
		if got := w.status(visitOf(waits)); got != "cancelled" || w.state(waits) != "left" {
			t.Errorf("who waits is %s and the ticket %s", got, w.state(waits))
		}
		w.tells(w.notices(visitOf(waits)), "停诊：突发疾病", "全额退还")
		for _, ticket := range []string{seen, moved} {
			if got := w.status(visitOf(ticket)); got != "arrived" || w.state(ticket) == "left" {
				t.Errorf("who stays is %s and the ticket %s", got, w.state(ticket))
			}
		}
	})
}

// TestStopOfADraw: who has entered the draw of a day that is stopped is told so, and not that nothing was drawn for them; the draw goes on with
// nobody.
func TestStopOfADraw(t *testing.T) {
	each(t, func(w *world) {
		clinic, err := w.drawn("lead", "heart", 2, 30)
		w.must(err)
		const day = "2026-05-19"
		entry, err := w.enters("p0", clinic, day, "wait", true)
		w.must(err)
		if text := w.stopping(clinic, 8, 8, "reason", "医师外出"); !contains(text, `"name":"visits","valueInteger":1`) {
			t.Errorf("it says %s", text)
		}
		if got := w.status(entry); got != "cancelled" {
			t.Errorf("the entry is %s", got)
		}
		w.tells(w.notices(entry), "抽签取消", "停诊：医师外出", "请另选时间")
		w.at(time.Date(2026, 5, 12, 7, 0, 0, 0, services.Zone))
		w.settle()
		if strings.Contains(w.notices(entry), "未中签") {
			t.Error("who had entered is told of a draw that there was not")
		}
		text, err := w.tell("p0", clinic, "day", form.Date(day))
		w.must(err)
		w.has(text, []string{`"valueCode":"done"`, `"name":"count","valueInteger":0`}, `"name":"mine"`)
	})
}
