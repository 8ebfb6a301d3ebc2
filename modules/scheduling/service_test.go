package scheduling_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/modules/scheduling"
	"yitong/test/services"
)

// TestSharpPool: of 100 places the lead of an alliance keeps 20 for its members until the evening before; the 81st of the public is refused
// (sharp case 9; 国卫规划发〔2020〕22号, annex 1).
func TestSharpPool(t *testing.T) {
	each(t, func(w *world) {
		clinic, err := w.daily("lead", "heart", 10, 0, 30)
		w.must(err)
		slot := w.slot(clinic, 2, "0800")
		if online, member := w.free("p0", slot), w.free("office member", slot); online != 8 || member != 10 {
			t.Fatalf("%d places are free online, %d for members", online, member)
		}
		for i := range 8 {
			_, err := w.make(fmt.Sprintf("p%d", i), "book-place", slot)
			w.must(err)
		}
		_, err = w.make("proxy", "book-place", slot)
		w.want("the public takes a place for referrals", err, fault.Conflict)
		_, err = w.make("doctor member", "book-place", w.slot(clinic, 3, "0800"), patient("p0")...)
		w.must(err)
		w.at(services.Monday.AddDate(0, 0, 1).Add(8 * time.Hour)) // 17:00 of the day before
		if online := w.free("proxy", w.slot(clinic, 1, "0800")); online != 2 {
			t.Errorf("behind the time at which they fall back, %d are free", online)
		}
		_, err = w.make("proxy", "book-place", w.slot(clinic, 1, "0800"))
		w.must(err)
	})
}

// TestSharpSegment: a hospital of level 2 or 3 has no segments of 45 minutes (sharp case 10; 北京门诊预约诊疗服务规范, 2023).
func TestSharpSegment(t *testing.T) {
	each(t, func(w *world) {
		_, err := w.daily("clinic", "heart", 10, 0, 45)
		w.want("segments of 45 minutes at level 2", err, fault.Unprocessable)
		_, err = w.daily("member", "heart", 10, 0, 45)
		w.must(err)
		_, err = w.daily("lead", "heart", 10, 9, 30)
		w.want("too many places for the window", err, fault.Unprocessable)
	})
}

// TestSharpMissed: who has missed three visits within 90 days cannot book online for 90 days, but at the window; a clinic that was stopped does
// not count (sharp case 11).
func TestSharpMissed(t *testing.T) {
	each(t, func(w *world) {
		clinic, err := w.daily("lead", "heart", 10, 2, 30)
		w.must(err)
		_, err = w.make("p0", "book-place", w.slot(clinic, 1, "0800"))
		w.must(err)
		_, err = w.call("administrator lead", "stop-clinic", clinic, nil, services.Parameters("from", day(w, 1), "to", day(w, 1), "reason", "医师外出"))
		w.must(err)
		for range 3 {
			_, err := w.make("p0", "book-place", w.slot(clinic, 2, "0800"))
			w.must(err)
			w.pass(3 * 24 * time.Hour)
			w.publish()
			w.settle()
		}
		_, err = w.make("p0", "book-place", w.slot(clinic, 1, "0800"))
		w.want("online after three missed visits", err, fault.Unprocessable)
		_, err = w.make("guide lead", "book-place", w.slot(clinic, 1, "0800"), patient("mother")...)
		w.must(err)
		_, err = w.make("p1", "book-place", w.slot(clinic, 1, "0800"))
		w.must(err)
		w.pass(88 * 24 * time.Hour) // 89 days behind the last visit
		w.publish()
		_, err = w.make("p0", "book-place", w.slot(clinic, 1, "0800"))
		w.want("a day before the end of the ban", err, fault.Unprocessable)
		w.pass(24 * time.Hour)
		w.publish()
		_, err = w.make("p0", "book-place", w.slot(clinic, 1, "0800"))
		w.must(err)
	})
}

// TestSharpProxy: a daughter books for her mother, whose the visit is; both stand on it (sharp case 12).
func TestSharpProxy(t *testing.T) {
	each(t, func(w *world) {
		clinic, err := w.daily("lead", "heart", 10, 2, 30)
		w.must(err)
		slot := w.slot(clinic, 1, "0800")
		visit, err := w.make("proxy", "book-place", slot)
		w.must(err)
		text := string(w.visit(visit).Root.Raw())
		for _, part := range []string{`"actor":{"reference":"Patient/mother"}`, `"valueReference":{"reference":"Patient/proxy"}`} {
			if !contains(text, part) {
				t.Errorf("%s is not in %s", part, text)
			}
		}
		_, err = w.make("proxy", "book-place", slot, patient("p0")...)
		w.want("a proxy books for somebody else", err, fault.Forbidden)
		_, err = w.make("p0", "cancel-visit", visit)
		w.want("somebody else cancels", err, fault.NotFound)
		_, err = w.make("mother", "cancel-visit", visit)
		w.must(err)
	})
}

// TestHold: a place is held for a quarter of an hour, then it is free again; what is held is booked in time, once.
func TestHold(t *testing.T) {
	each(t, func(w *world) {
		clinic, err := w.daily("clinic", "heart", 1, 0, 30)
		w.must(err)
		slot := w.slot(clinic, 1, "0800")
		held, err := w.make("p0", "hold-place", slot)
		w.must(err)
		_, err = w.make("p1", "hold-place", slot)
		w.want("what another holds", err, fault.Conflict)
		w.pass(15 * time.Minute)
		_, err = w.make("p0", "book-held", held)
		w.want("too late", err, fault.Conflict)
		_, err = w.make("p1", "hold-place", slot)
		w.want("what rests", err, fault.Conflict)
		w.settle()
		w.pass(30 * time.Minute)
		w.settle()
		other, err := w.make("p1", "hold-place", slot)
		w.must(err)
		w.pass(2 * time.Minute)
		if got := w.visit(held).Root.Get("status").Str(); got != "cancelled" {
			t.Errorf("what was held too long is %s", got)
		}
		_, err = w.make("p1", "book-held", other)
		w.must(err)
		_, err = w.make("p1", "book-held", other)
		w.want("booked twice", err, fault.Conflict)
		w.pass(time.Hour)
		w.settle()
		if got := w.visit(other).Root.Get("status").Str(); got != "booked" {
			t.Errorf("what was booked in time is %s", got)
		}
		if n := w.free("p0", slot); n != 0 {
			t.Errorf("%d are free", n)
		}
	})
}

// TestLimits: one place at a department a day, and two departments; who changes keeps within them.
func TestLimits(t *testing.T) {
	each(t, func(w *world) {
		clinics := map[string]string{}
		for _, department := range []string{"heart", "eye", "skin"} {
			clinic, err := w.daily("lead", department, 10, 2, 30)
			w.must(err)
			clinics[department] = clinic
		}
		heart, err := w.make("p0", "book-place", w.slot(clinics["heart"], 1, "0800"))
		w.must(err)
		_, err = w.make("p0", "book-place", w.slot(clinics["heart"], 1, "0830"))
		w.want("the same department twice", err, fault.Unprocessable)
		_, err = w.make("p0", "book-place", w.slot(clinics["eye"], 1, "0830"))
		w.must(err)
		_, err = w.make("p0", "book-place", w.slot(clinics["skin"], 1, "0800"))
		w.want("a third department", err, fault.Unprocessable)
		change := func(to string) error {
			_, err := w.make("p0", "change-visit", heart, "slot", services.Ref(to))
			return err
		}
		w.must(change(w.slot(clinics["heart"], 1, "0830")))
		if a, b := w.free("p1", w.slot(clinics["heart"], 1, "0800")), w.free("p1", w.slot(clinics["heart"], 1, "0830")); a != 5 || b != 5 {
			t.Errorf("%d and %d are free", a, b)
		}
		w.pass(30 * time.Minute)
		w.settle()
		if a, b := w.free("p1", w.slot(clinics["heart"], 1, "0800")), w.free("p1", w.slot(clinics["heart"], 1, "0830")); a != 6 || b != 5 {
			t.Errorf("%d and %d are free", a, b)
		}
		w.must(change(w.slot(clinics["heart"], 2, "0800")))
		_, err = w.make("p0", "book-place", w.slot(clinics["skin"], 1, "0800"))
		w.must(err)
		w.want("back, where there are two now", change(w.slot(clinics["heart"], 1, "0800")), fault.Unprocessable)
		w.pass(46 * time.Hour)
		w.want("on the day itself", change(w.slot(clinics["heart"], 3, "0800")), fault.Unprocessable)
		_, err = w.make("p0", "cancel-visit", heart)
		w.want("cancelled too late", err, fault.Unprocessable)
		_, err = w.make("guide lead", "cancel-visit", heart)
		w.must(err)
	})
}

// TestChannels: who books how, of which pool, and for whom.
func TestChannels(t *testing.T) {
	each(t, func(w *world) {
		clinic, err := w.daily("lead", "heart", 5, 2, 30) // 2 public, 1 for referrals, 2 at the window
		w.must(err)
		slot := w.slot(clinic, 1, "0800")
		for who, want := range map[string]int{"p0": 2, "guide lead": 4, "guide clinic": 2, "office member": 3, "doctor clinic": 2, "regulator region": 0} {
			if got := w.free(who, slot); got != want {
				t.Errorf("%s may take %d, want %d", who, got, want)
			}
		}
		_, err = w.make("doctor lead", "book-place", slot, "reason", "复诊换药", "patient", services.Ref("Patient/mother"))
		w.want("no doctor of the department", err, fault.Forbidden)
		w.put(doctorOf, "heart")
		_, err = w.make("doctor lead", "book-place", slot, "reason", "复诊换药", "patient", services.Ref("Patient/mother"))
		w.must(err)
		_, err = w.make("doctor lead", "book-place", slot, "reason", "复诊换药", "patient", services.Ref("Patient/p0"))
		w.want("for somebody whose record is not open to the doctor", err, fault.Forbidden)
		_, err = w.make("p0", "book-place", slot, "reason", "着急")
		w.want("a resident takes an extra place", err, fault.Forbidden)
		_, err = w.make("guide lead", "book-place", slot)
		w.want("for nobody", err, fault.Malformed)
		far := w.slot(clinic, 8, "0800")
		_, err = w.make("p0", "book-place", far)
		w.want("before it opens", err, fault.Unprocessable)
	})
}

// TestWrites: nobody writes segments and visits but by the operations, nor takes their places first.
func TestWrites(t *testing.T) {
	each(t, func(w *world) {
		clinic, err := w.daily("lead", "heart", 5, 2, 30)
		w.must(err)
		slot := w.slot(clinic, 1, "0800")
		visit, err := w.make("p0", "book-place", slot)
		w.must(err)
		for name, who := range map[string]string{slot: "administrator lead", clinic: "administrator lead", visit: "guide lead"} {
			r := w.visit(name)
			_, err := w.as(who).Apply(w.Context(), []gate.Op{{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r}}, nil)
			w.want(who+" writes "+name, err, fault.Forbidden)
		}
	})
}

// TestOnce: a request that is repeated books once.
func TestOnce(t *testing.T) {
	each(t, func(w *world) {
		clinic, err := w.daily("lead", "heart", 5, 2, 30)
		w.must(err)
		once := &gate.Idempotency{Key: "a", Digest: []byte("b"), Keep: time.Hour}
		var made [2]string
		for i := range made {
			out, err := w.call("p0", "book-place", w.slot(clinic, 1, "0800"), once, services.Parameters())
			w.must(err)
			made[i] = out.(gate.Result).Version.Ref.String()
		}
		if made[0] != made[1] {
			t.Errorf("%s and %s", made[0], made[1])
		}
	})
}

// TestOnceAtATime: who repeats a request while it is still being carried out, as behind an answer that was lost, gets its answer each time,
// and no refusal because of what it has done itself.
func TestOnceAtATime(t *testing.T) {
	each(t, func(w *world) {
		clinic, err := w.daily("clinic", "heart", 20, 0, 30)
		w.must(err)
		all := func(who, id, on string, pairs ...any) string {
			once := &gate.Idempotency{Key: who + id, Digest: []byte(id), Keep: time.Hour}
			var made [8]string
			var calls sync.WaitGroup
			for i := range made {
				calls.Go(func() {
					out, err := w.call(who, id, on, once, services.Parameters(pairs...))
					if err != nil {
						w.Errorf("%s by %s: %v", id, who, err)
						return
					}
					v := out.(gate.Result).Version
					made[i] = fmt.Sprintf("%s %d", v.Ref, v.Number)
				})
			}
			calls.Wait()
			if some := slices.Compact(made[:]); len(some) > 1 {
				w.Errorf("%s by %s comes to %v", id, who, some)
			}
			visit, _, _ := strings.Cut(made[0], " ")
			return visit
		}
		slot, other := w.slot(clinic, 1, "0800"), w.slot(clinic, 2, "0800")
		for i := range 4 {
			who := fmt.Sprintf("p%d", i)
			held := all(who, "hold-place", slot)
			all(who, "book-held", held)
			all(who, "change-visit", held, "slot", services.Ref(other))
			all(who, "cancel-visit", held)
			all(who, "book-place", slot)
		}
	})
}

// TestMissedBefore: who has missed visits as another Patient, of whom it was found out since that they are the same, is barred too.
func TestMissedBefore(t *testing.T) {
	each(t, func(w *world) {
		clinic, err := w.daily("lead", "heart", 10, 2, 30)
		w.must(err)
		for range 3 {
			_, err := w.make("p0", "book-place", w.slot(clinic, 1, "0800"))
			w.must(err)
			w.pass(3 * 24 * time.Hour)
			w.publish()
			w.settle()
		}
		_, err = w.make("p1", "book-place", w.slot(clinic, 1, "0800"))
		w.must(err)
		w.put(`{"resourceType":"Patient","id":"p0",%s,"link":[{"other":{"reference":"Patient/p1"},"type":"replaced-by"}]}`, services.Custodian("member"))
		w.put(`{"resourceType":"Patient","id":"p1",%s,"link":[{"other":{"reference":"Patient/p0"},"type":"replaces"}]}`, services.Custodian("member"))
		for _, who := range []string{"p0", "p1"} {
			_, err = w.make(who, "book-place", w.slot(clinic, 2, "0800"))
			w.want("missed as p0, by "+who, err, fault.Unprocessable)
		}
		_, err = w.make("guide lead", "book-place", w.slot(clinic, 2, "0800"), patient("mother")...)
		w.must(err)
	})
}

// TestArrive: the hospital says on the day who has come; who has not, has missed the visit half an hour behind its end.
func TestArrive(t *testing.T) {
	each(t, func(w *world) {
		clinic, err := w.daily("lead", "heart", 10, 2, 30)
		w.must(err)
		came, err := w.make("p0", "book-place", w.slot(clinic, 1, "0800"))
		w.must(err)
		missed, err := w.make("p1", "book-place", w.slot(clinic, 1, "0800"))
		w.must(err)
		_, err = w.make("guide lead", "arrive-visit", came)
		w.want("a day early", err, fault.Unprocessable)
		w.at(services.Monday.Add(23*time.Hour + 59*time.Minute)) // 8:59 of the next day
		_, err = w.make("p0", "arrive-visit", came)
		w.want("the resident says so", err, fault.Malformed)
		_, err = w.make("guide lead", "arrive-visit", came)
		w.must(err)
		w.settle()
		if got := w.visit(missed).Root.Get("status").Str(); got != "booked" {
			t.Errorf("29 minutes late it is %s", got)
		}
		w.pass(2 * time.Minute)
		w.settle()
		for visit, want := range map[string]string{came: "arrived", missed: "noshow"} {
			if got := w.visit(visit).Root.Get("status").Str(); got != want {
				t.Errorf("it is %s, want %s", got, want)
			}
		}
	})
}

// TestHolidays: on days off there is no clinic, and segments are published once.
func TestHolidays(t *testing.T) {
	each(t, func(w *world) {
		w.at(time.Date(2026, 9, 30, 9, 0, 0, 0, services.Zone)) // behind it the National Day, from Thursday on
		clinic, err := w.daily("lead", "heart", 10, 2, 30)
		w.must(err)
		_, err = w.make("p0", "book-place", w.slot(clinic, 1, "0800"))
		w.want("on the National Day", err, fault.NotFound)
		_, err = w.make("p0", "book-place", w.slot(clinic, 3, "0800"))
		w.want("on the Saturday of these days off", err, fault.NotFound)
		if n, _, err := w.desk.Publish(w.Context(), w.gate.Session(scheduling.Platform)); n != 0 || err != nil {
			t.Errorf("%d were published again: %v", n, err)
		}
	})
}

func (w *world) publish() {
	w.Helper()
	_, _, err := w.desk.Publish(w.Context(), w.gate.Session(scheduling.Platform))
	w.must(err)
}

func day(w *world, ahead int) form.Date {
	return form.Date(w.clock().AddDate(0, 0, ahead).Format(time.DateOnly))
}

func contains(text, part string) bool {
	return strings.Contains(strings.ReplaceAll(text, " ", ""), part)
}
