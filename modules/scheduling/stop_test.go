package scheduling_test

import (
	"strings"
	"testing"
	"time"

	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
	"yitong/modules/scheduling"
	"yitong/test/services"
)

// stop stops a clinic on a day from now on.
func (w *world) stop(clinic string, days int) {
	w.Helper()
	_, err := w.call("administrator lead", "stop-clinic", clinic, nil, services.Parameters("from", day(w, days), "to", day(w, days), "reason", "医师外出"))
	w.must(err)
}

// TestStopOffersOthers: whose clinic is stopped is told of up to three times that are open: at the department, those of the doctor first; then
// at departments alike, the nearest first. What is full, stopped or over is not offered.
func TestStopOffersOthers(t *testing.T) {
	each(t, func(w *world) {
		w.town()
		w.rule(scheduling.ReturnedRest.Table(), "0")
		clinic, err := w.opens("lead", "heart", 2, 0, 30, `{"name":"doctor","valueReference":{"reference":"PractitionerRole/li-lead"}},`)
		w.must(err)
		all, err := w.daily("lead", "heart", 2, 0, 30)
		w.must(err)
		near, err := w.daily("member", "heart", 1, 0, 30)
		w.must(err)
		_, err = w.daily("clinic", "heart", 5, 0, 30)
		w.must(err)
		_, err = w.daily("member", "eye", 5, 0, 30)
		w.must(err)
		visit, err := w.make("p0", "book-place", w.slot(clinic, 6, "0800"))
		w.must(err)
		_, err = w.make("p1", "book-place", w.slot(clinic, 7, "0800"))
		w.must(err)
		w.stop(clinic, 6)
		told := w.notices(visit)
		at := func(days int, span, what string) string { return string(day(w, days)) + " " + span + " " + what }
		// The doctor's other half hour of the seventh day, and then those of the department as a whole.
		w.tells(told, "停诊：医师外出", "不计爽约和取消次数", "如已缴费，将全额退还",
			"目前可改约："+at(7, "08:30–09:00", "heart科 李医生")+"；"+at(6, "08:00–08:30", "heart科")+"；"+at(6, "08:30–09:00", "heart科")+"。")
		text, err := w.written("p0", "list-visits", "visit", services.Ref(visit))
		w.must(err)
		if n := strings.Count(text, `"name":"other"`); n != 3 || !contains(text, `"reference":"`+w.slot(clinic, 7, "0830")+`"`) {
			t.Errorf("%d other times are shown: %s", n, text)
		}
		if text, err = w.written("p0", "list-visits"); err != nil || contains(text, `"name":"other"`) {
			t.Errorf("other times are looked up for each of a list: %v %s", err, text)
		}

		again, err := w.make("p0", "book-place", w.slot(clinic, 7, "0830"))
		w.must(err)
		_, err = w.make("p2", "book-place", w.slot(all, 7, "0800"))
		w.must(err)
		_, err = w.make("p3", "book-place", w.slot(all, 7, "0830"))
		w.must(err)
		_, err = w.make("p4", "book-place", w.slot(near, 7, "0800"))
		w.must(err)
		w.stop(clinic, 7)
		w.tells(w.notices(again), "目前可改约："+at(7, "08:30–09:00", "医院member heart科")+"；"+at(7, "08:00–08:30", "医院clinic heart科")+"；"+at(7, "08:30–09:00", "医院clinic heart科")+"。")
	})
}

func (w *world) tells(text string, parts ...string) {
	w.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			w.Errorf("nobody is told %s, but %s", part, text)
		}
	}
}

// TestOwedBack: what was paid for a visit is owed back when the hospital stops the clinic, or calls off the visit; that stands on the
// Appointment, where the ledger finds it. For what was only held, cancelled by oneself or missed nothing is.
func TestOwedBack(t *testing.T) {
	each(t, func(w *world) {
		clinic, err := w.daily("lead", "heart", 10, 0, 30)
		w.must(err)
		take := func(who, id string, days int) string {
			visit, err := w.make(who, id, w.slot(clinic, days, "0800"))
			w.must(err)
			return visit
		}
		stopped, held := take("p0", "book-place", 3), take("p1", "hold-place", 3)
		called, own, missed, stays := take("p2", "book-place", 2), take("p3", "book-place", 2), take("p4", "book-place", 1), take("p5", "book-place", 4)
		w.stop(clinic, 3)
		_, err = w.make("guide lead", "cancel-visit", called)
		w.must(err)
		_, err = w.make("p3", "cancel-visit", own)
		w.must(err)
		w.pass(27 * time.Hour)
		w.settle()
		if got := w.status(missed); got != "noshow" {
			t.Fatalf("it is %s", got)
		}
		owed := map[string]bool{}
		reads := w.gate.Session(gate.Actor{Access: gate.Whole()})
		request, err := reads.Request([]schema.Type{ref(stopped).Type}, []search.Pair{{Name: "_tag", Value: scheduling.System + "|owed"}}, gate.Wishes{})
		w.must(err)
		found, err := reads.Search(w.Context(), request, "owed", "")
		w.must(err)
		for _, v := range found.Matches {
			owed[v.Ref.String()] = true
			for _, part := range []string{`"urn:yitong:owed-back"`, `{"url":"price","valueDecimal":12.50}`, `{"url":"since","valueInstant":"2026-`} {
				if !contains(string(v.Body.Bytes), part) {
					t.Errorf("%s is not in %s", part, v.Body.Bytes)
				}
			}
		}
		for visit, want := range map[string]bool{stopped: true, called: true, held: false, own: false, missed: false, stays: false} {
			if owed[visit] != want {
				t.Errorf("%s (%s): owed is %t", visit, w.status(visit), owed[visit])
			}
		}
	})
}
