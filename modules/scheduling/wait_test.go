package scheduling_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/gate/policy"
	"yitong/modules/scheduling"
	"yitong/test/services"
)

// waits has somebody wait for a place at a department from tomorrow to a day.
func (w *world) waits(who, department string, days int, pairs ...any) (string, error) {
	w.Helper()
	given := append([]any{"from", day(w, 1), "to", day(w, days)}, pairs...)
	return w.make(who, "wait-place", "HealthcareService/"+department, given...)
}

// status is how an Appointment stands.
func (w *world) status(name string) string {
	w.Helper()
	return w.visit(name).Root.Get("status").Str()
}

// fill has strangers take all of a segment that is free online, but for what is left out.
func (w *world) fill(slot string, but int) (visits []string) {
	w.Helper()
	for n := w.free("p0", slot); n > but; n-- {
		who := fmt.Sprintf("x%d-%s", n, strings.TrimPrefix(slot, "Slot/seg-")[37:])
		w.put(`{"resourceType":"Patient","id":%q,%s}`, who, services.Custodian("clinic"))
		visit, err := w.make(who, "book-place", slot)
		w.must(err)
		visits = append(visits, visit)
	}
	return visits
}

// TestWait: what comes back goes to who waits, in the order in which they began, and to nobody else before; it is held for a while, or
// booked at once where that is wished; whom it is for is told.
func TestWait(t *testing.T) {
	each(t, func(w *world) {
		clinic, err := w.daily("member", "heart", 3, 0, 60)
		w.must(err)
		slot := w.slot(clinic, 1, "0800")
		_, err = w.waits("p0", "heart-member", 1)
		w.want("there are places", err, fault.Unprocessable)
		visits := w.fill(slot, 0)
		first, err := w.waits("p0", "heart-member", 1)
		w.must(err)
		w.pass(time.Second)
		second, err := w.waits("p1", "heart-member", 1, "sure", true)
		w.must(err)
		w.pass(time.Second)
		afternoon, err := w.waits("p2", "heart-member", 1, "part", services.Code("pm"))
		w.want("there is no clinic then", err, fault.Unprocessable)
		if afternoon != "" {
			t.Error(afternoon)
		}
		_, err = w.waits("p0", "heart-member", 1)
		w.want("waiting twice", err, fault.Conflict)
		text, err := w.written("p1", "list-visits")
		w.must(err)
		w.has(text, []string{second, `"name":"before","valueInteger":1`, `"name":"sure","valueBoolean":true`}, first)
		for _, visit := range visits[:2] {
			_, err := w.make("office member", "cancel-visit", visit)
			w.must(err)
		}
		_, err = w.make("p3", "book-place", slot)
		w.want("what rests", err, fault.Conflict)
		w.settle()
		if a, b := w.status(first), w.status(second); a != "pending" || b != "booked" {
			t.Fatalf("the first is %s, the second %s", a, b)
		}
		w.has(w.notices(first), []string{"候补有号"})
		w.has(w.notices(second), []string{"候补成功"})
		_, err = w.make("p0", "book-held", first)
		w.must(err)
		text, err = w.written("p0", "list-visits")
		w.must(err)
		w.has(text, []string{first, `"name":"waited","valueBoolean":true`})
		if n := w.free("p3", slot); n != 0 {
			t.Errorf("%d are free", n)
		}
	})
}

// TestWaitNext: who does not answer in time loses the place to the next; who has too much already is passed over and waits on; who
// withdraws is not asked; a wish ends when its last day begins.
func TestWaitNext(t *testing.T) {
	each(t, func(w *world) {
		clinic, err := w.daily("member", "heart", 1, 0, 60)
		w.must(err)
		slot, later := w.slot(clinic, 2, "0800"), w.slot(clinic, 3, "0800")
		visits := append(w.fill(slot, 0), w.fill(later, 0)...)
		w.fill(w.slot(clinic, 1, "0800"), 0)
		var wishes []string
		for _, who := range []string{"p0", "p1", "p2"} {
			wish, err := w.waits(who, "heart-member", 2)
			w.must(err)
			wishes = append(wishes, wish)
			w.pass(time.Second)
		}
		_, err = w.make("p1", "cancel-visit", wishes[0])
		w.want("somebody else withdraws it", err, fault.NotFound)
		_, err = w.make("p0", "cancel-visit", wishes[0])
		w.must(err)
		_, err = w.make("office member", "cancel-visit", visits[1])
		w.must(err)
		w.settle() // of a day for which nobody waits
		_, err = w.make("office member", "cancel-visit", visits[0])
		w.must(err)
		w.settle()
		if got := w.status(wishes[0]) + " " + w.status(wishes[1]) + " " + w.status(wishes[2]); got != "cancelled pending waitlist" {
			t.Fatalf("they are %s", got)
		}
		w.pass(31 * time.Minute)
		w.settle() // calls it off, and hands it on
		w.settle()
		if got := w.status(wishes[1]) + " " + w.status(wishes[2]); got != "cancelled pending" {
			t.Fatalf("behind half an hour they are %s", got)
		}
		w.has(w.notices(wishes[1]), []string{"未在时限内确认"})
		if n := w.free("p3", later); n != 1 {
			t.Errorf("of what nobody waits for %d are free behind its rest", n)
		}
		ends, err := w.waits("p3", "heart-member", 1)
		w.must(err)
		w.pass(16 * time.Hour)
		w.settle()
		if got := w.status(ends); got != "cancelled" {
			t.Errorf("behind the beginning of its last day a wish is %s", got)
		}
		w.has(w.notices(ends), []string{"候补已到期"})
	})
}

// TestWaitRights: the policy lets those wait and enter draws who may book, and all but insurers read draws; who comes by another way is
// refused for whom they may not book for.
func TestWaitRights(t *testing.T) {
	for _, name := range []string{"wait", "enter"} {
		if may, want := policy.Standard().Allowed(name), policy.Standard().Allowed("book"); !slices.Equal(may, want) || slices.Contains(may, gate.Regulator) {
			t.Errorf("%s is for %v, booking for %v", name, may, want)
		}
	}
	if may := policy.Standard().Allowed("draw"); len(may) != len(gate.Roles())-1 || slices.Contains(may, gate.Insurer) {
		t.Errorf("draws are for %v", may)
	}
	each(t, func(w *world) {
		clinic, err := w.daily("member", "heart", 1, 0, 60)
		w.must(err)
		w.fill(w.slot(clinic, 1, "0800"), 0)
		for _, who := range []string{"regulator region", "administrator clinic", "insurer region", "operator region"} {
			_, err := w.waits(who, "heart-member", 1, patient("p0")...)
			if code := fault.CodeOf(err); code != fault.Forbidden && code != fault.NotFound {
				t.Errorf("%s waits: %v", who, err)
			}
		}
		_, err = w.waits("proxy", "heart-member", 1, patient("p0")...)
		w.want("a proxy for somebody else", err, fault.Forbidden)
		_, err = w.waits("guide lead", "heart-member", 1, patient("mother")...)
		w.must(err)
	})
}

// TestNight: an offer that would run out at night lasts until the night ends; one near its visit no longer than to its beginning.
func TestNight(t *testing.T) {
	each(t, func(w *world) {
		clinic, err := w.daily("member", "heart", 1, 0, 60)
		w.must(err)
		visits := w.fill(w.slot(clinic, 2, "0800"), 0)
		w.fill(w.slot(clinic, 1, "0800"), 0)
		wish, err := w.waits("p0", "heart-member", 2)
		w.must(err)
		w.at(services.Monday.Add(12*time.Hour + 50*time.Minute)) // 21:50
		_, err = w.make("office member", "cancel-visit", visits[0])
		w.must(err)
		w.settle()
		text, err := w.written("p0", "list-visits")
		w.must(err)
		w.has(text, []string{wish, `"name":"held","valueInstant":"2026-05-11T23:30:00`})
	})
}

// TestSureLate: what was to be booked at once is held where it could not be cancelled any more, or at night; else nobody would know of a
// visit that they miss.
func TestSureLate(t *testing.T) {
	for name, c := range map[string]struct {
		when time.Time
		want string
	}{
		"in the evening":            {services.Monday.Add(12*time.Hour + 50*time.Minute), "booked"},
		"at night":                  {services.Monday.Add(13*time.Hour + 5*time.Minute), "pending"},
		"just before midnight":      {services.Monday.Add(14*time.Hour + 55*time.Second), "pending"},
		"behind the last moment":    {services.Monday.Add(15*time.Hour + 5*time.Second), "pending"},
		"behind it, in the morning": {services.Monday.Add(22*time.Hour + 35*time.Minute), "pending"},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(w *world) {
				w.rule(scheduling.ReturnedNear.Table(), "0")
				clinic, err := w.daily("member", "heart", 1, 0, 60)
				w.must(err)
				visits := w.fill(w.slot(clinic, 1, "0800"), 0)
				w.fill(w.slot(clinic, 2, "0800"), 0)
				wish, err := w.waits("p1", "heart-member", 2, "sure", true)
				w.must(err)
				w.at(c.when)
				_, err = w.make("office member", "cancel-visit", visits[0])
				w.must(err)
				w.settle()
				if got := w.status(wish); got != c.want {
					t.Errorf("it is %s", got)
				}
				_, err = w.make("p1", "cancel-visit", wish)
				w.must(err)
			})
		})
	}
}

// TestReturned: a place that nobody waits for comes back at a moment within its rest that does not follow from the record, and near to its
// beginning at once; where the rule says so, always at once.
func TestReturned(t *testing.T) {
	each(t, func(w *world) {
		clinic, err := w.daily("member", "heart", 40, 0, 60)
		w.must(err)
		slot := w.slot(clinic, 1, "0800")
		visits := w.fill(slot, 0)
		for _, visit := range visits {
			_, err := w.make("office member", "cancel-visit", visit)
			w.must(err)
		}
		if strings.Contains(string(w.visit(visits[0]).Root.Raw()), "opens") {
			t.Error("the record says when it opens")
		}
		seen := map[int]int{}
		for minute := range 31 {
			w.settle()
			seen[minute] = w.free("p0", slot)
			w.pass(time.Minute)
		}
		if seen[0] > 6 || seen[15] < 8 || seen[15] > 32 || seen[30] != 40 {
			t.Errorf("they come back as %v", seen)
		}
		w.rule(scheduling.ReturnedRest.Table(), "0")
		visit, err := w.make("p0", "book-place", slot)
		w.must(err)
		_, err = w.make("p0", "cancel-visit", visit)
		w.must(err)
		if n := w.free("p0", slot); n != 40 {
			t.Errorf("at once %d are free", n)
		}
		w.rule(scheduling.ReturnedRest.Table(), "30")
		w.at(services.Monday.Add(21 * time.Hour)) // 6:00 of the day
		visit, err = w.make("p0", "book-place", slot)
		w.must(err)
		_, err = w.make("office member", "cancel-visit", visit)
		w.must(err)
		if n := w.free("p0", slot); n != 40 {
			t.Errorf("near to it %d are free", n)
		}
	})
}

// notices are the texts of all that was told about something.
func (w *world) notices(about string) string {
	w.Helper()
	var out strings.Builder
	w.all("Communication", func(r fhir.Resource) {
		if text := string(r.Root.Raw()); strings.Contains(text, about) {
			out.WriteString(text)
		}
	})
	return out.String()
}

// TestBefore: how many are before somebody is remembered for a moment, in which who begins to wait is told right all the same; who begins
// behind a draw in its order is before those who began later.
func TestBefore(t *testing.T) {
	each(t, func(w *world) {
		clinic, err := w.daily("member", "heart", 1, 0, 60)
		w.must(err)
		w.fill(w.slot(clinic, 1, "0800"), 0)
		var wishes []string
		before := func(who string, want int) {
			t.Helper()
			text, err := w.written(who, "list-visits")
			w.must(err)
			w.has(text, []string{fmt.Sprintf(`"name":"before","valueInteger":%d`, want)})
		}
		for i := range 4 {
			wish, err := w.waits(fmt.Sprintf("p%d", i), "heart-member", 1)
			w.must(err)
			wishes = append(wishes, wish)
			w.pass(time.Millisecond)
			for earlier := range i + 1 {
				before(fmt.Sprintf("p%d", earlier), earlier)
			}
		}
		_, err = w.make("p1", "cancel-visit", wishes[1])
		w.must(err)
		w.pass(6 * time.Second)
		before("p0", 0)
		before("p3", 2)
	})
}
