package scheduling_test

import (
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/modules/scheduling"
	"yitong/test/services"
)

// TestMoved: whose clinic is changed keeps the place, is told of that and of other times, and may cancel until it begins; that counts as nothing,
// and what was paid is owed back. Asked again nothing is moved twice, and nobody told twice.
func TestMoved(t *testing.T) {
	each(t, func(w *world) {
		w.rule(scheduling.ReturnedRest.Table(), "0")
		w.rule(scheduling.Cancels.Table(), "1") // who cancels once is barred
		clinic, err := w.daily("lead", "heart", 10, 0, 30)
		w.must(err)
		visit, err := w.make("p0", "book-place", w.slot(clinic, 1, "0800"))
		w.must(err)
		second, err := w.make("p2", "book-place", w.slot(clinic, 1, "0830"))
		w.must(err)
		other, err := w.make("p1", "book-place", w.slot(clinic, 2, "0800"))
		w.must(err)
		move := func(who string, days int, pairs ...any) error {
			_, err := w.call(who, "move-clinic", clinic, nil, services.Parameters(append(pairs, "day", day(w, days), "reason", "医师会诊")...))
			return err
		}
		w.want("by another hospital", move("administrator clinic", 1, "later", 20), fault.Forbidden)
		w.want("of nothing", move("administrator lead", 1), fault.Malformed)
		w.want("what has begun", move("administrator lead", 0, "later", 20), fault.Unprocessable)
		var times int
		for range 2 {
			w.must(move("administrator lead", 1, "later", 20, "doctor", services.Ref("PractitionerRole/li-lead")))
			if n := strings.Count(w.notices(visit), "就诊安排有调整"); times > 0 && n != times {
				t.Errorf("it was told again")
			} else {
				times = n
			}
		}
		if got := w.visit(visit).Root.Get("start").Str(); got[11:16] != "08:20" {
			t.Errorf("it begins at %s", got)
		}
		w.tells(w.notices(visit), "就诊安排有调整", string(day(w, 1))+" 08:20–08:50，heart科 李医生：医师会诊", "不计取消次数", "目前可改约："+string(day(w, 1))+" 08:50–09:20 heart科 李医生")
		w.tells(w.notices(second), "目前可改约："+string(day(w, 1))+" 08:20–08:50 heart科 李医生")
		w.at(time.Date(2026, 5, 12, 8, 0, 0, 0, services.Zone)) // twenty minutes before
		text, err := w.written("p0", "list-visits", "visit", services.Ref(visit))
		w.must(err)
		w.has(text, []string{`"name":"deadline","valueInstant":"2026-05-12T08:20`})
		_, err = w.make("p0", "cancel-visit", visit)
		w.must(err)
		if text := string(w.visit(visit).Root.Raw()); !contains(text, `"urn:yitong:owed-back"`) {
			t.Errorf("nothing is owed back: %s", text)
		}
		_, err = w.make("p0", "book-place", w.slot(clinic, 3, "0800"))
		w.must(err) // it does not count as cancelled
		w.at(time.Date(2026, 5, 13, 7, 0, 0, 0, services.Zone))
		_, err = w.make("p1", "cancel-visit", other)
		w.want("what was not changed, on the day", err, fault.Unprocessable)
	})
}
