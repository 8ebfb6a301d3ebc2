package notice_test

import (
	"testing"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/notice"
)

// TestDigest: what is routine goes together, fifteen minutes after the first; what is at once goes at once and alone.
func TestDigest(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.write(w.a("care", "Patient/li"))
		w.left("")
		w.clock.forward(10 * time.Minute)
		w.write(w.a("care", "Patient/li"))
		w.write(w.a("alone", "Patient/li"))
		w.left("sms li 1")
		w.clock.forward(4 * time.Minute)
		w.left("")
		w.clock.forward(time.Minute)
		w.left("sms li 2")
		w.clock.forward(time.Hour)
		w.left("")
		urgent := w.a("care", "Patient/li", "Practitioner/wang")
		urgent.Urgent = true
		w.write(urgent)
		w.left("sms li 1, sms wang 1")
	})
}

// TestQuietHours: what comes in quiet hours, or would leave in them, leaves together at their end; what is urgent or
// mandatory does not wait.
func TestQuietHours(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.clock.to(21, 50)
		w.write(w.a("care", "Patient/li"))
		w.left("")
		w.clock.to(22, 5)
		w.left("")
		w.write(w.a("care", "Patient/li"))
		w.write(w.a("alone", "Patient/li"))
		w.left("")
		w.write(w.a("access", "Patient/li"))
		w.left("sms li 1")
		w.clock.to(0, 30)
		w.write(w.a("care", "Patient/li"))
		w.left("")
		w.clock.to(7, 59)
		w.write(w.a("care", "Patient/li"))
		w.left("")
		w.clock.to(8, 0)
		w.left("sms li 5")
		w.clock.forward(time.Hour)
		w.left("")
	})
}

// TestTakenBack: what was taken back, read, switched off, or lost its person before it went, does not go.
func TestTakenBack(t *testing.T) {
	eachDatabase(t, func(w world) {
		later := func() { w.clock.forward(20 * time.Minute) }
		w.retract(w.write(w.a("care", "Patient/li"))) // before it was settled
		w.pump()
		if got := w.inbox("li", false); len(got) != 0 {
			t.Errorf("what was taken back before it was settled is in the inbox: %v", got)
		}
		id := w.write(w.a("care", "Patient/li")) // while it waits
		w.pump()
		w.retract(id)
		later()
		w.left("")
		if got := w.states(); got != "" {
			t.Errorf("of what was taken back a message was made: %s", got)
		}

		id = w.write(w.a("care", "Patient/li")) // in a message that waits to be sent
		other := w.write(w.a("care", "Patient/li"))
		w.pump()
		later()
		w.gather(w.Service)
		w.retract(id)
		w.left("sms li 1")
		if got := w.inbox("li", false); len(got) != 1 || got[0] != other {
			t.Errorf("the inbox has %v, want %s alone", got, other)
		}

		id = w.write(w.a("care", "Patient/li"))
		w.pump()
		w.must(w.MarkRead(w.Context(), w.engine, "li", id))
		later()
		w.left("")

		w.write(w.a("care", "Patient/li"))
		w.pump()
		w.must(w.Choose(w.Context(), "li", off(notice.Care, notice.SMS)))
		later()
		w.left("")
		w.must(w.Choose(w.Context(), "li", off(notice.Work, notice.SMS)))

		w.write(w.a("care", "Patient/li"))
		w.pump()
		w.people.mean(notice.Recipient{Reference: "Patient/li"})
		later()
		w.left("")
	})
}

// off are choices that switch a channel off for a group.
func off(g notice.Group, by ...notice.Channel) notice.Choices {
	c := notice.Choices{Language: bilingual.Chinese, Quiet: notice.UsualQuiet, Channels: map[notice.Group]map[notice.Channel]bool{g: {}}}
	for _, one := range by {
		c.Channels[g][one] = false
	}
	return c
}

// TestOffice: a notice for an institution's office is for those who have the role then, and leaves to those of them who
// have it still.
func TestOffice(t *testing.T) {
	eachDatabase(t, func(w world) {
		office := notice.Recipient{Reference: "Organization/a", Role: "office"}
		w.people.mean(office, "ma", "su")
		w.people.phone("ma", "+8613900000003")
		w.people.phone("su", "+8613900000004")
		w.people.phone("xu", "+8613900000005")
		first := w.write(w.a("task", "Organization/a"))
		w.pump()
		w.people.mean(office, "su", "xu") // one has left, one has come
		second := w.write(w.a("task", "Organization/a"))
		w.clock.forward(20 * time.Minute)
		w.left("sms su 2") // the second goes along
		w.clock.forward(20 * time.Minute)
		w.left("sms xu 1")
		for account, want := range map[string]int{"ma": 1, "su": 2, "xu": 1} {
			if got := w.inbox(account, true); len(got) != want {
				t.Errorf("%s has %v of %s and %s", account, got, first, second)
			}
		}
		administrators := w.a("task")
		administrators.Recipients = []notice.Recipient{{Reference: "Organization/a", Role: "administrator"}, {Reference: "Practitioner/wang"}}
		w.people.mean(notice.Recipient{Reference: "Organization/a", Role: "administrator"}, "wang")
		w.write(administrators)
		w.pump()
		if got := w.inbox("wang", true); len(got) != 1 {
			t.Errorf("who is meant in two ways has %v", got)
		}
	})
}

// TestLimits: no more messages leave than may; the rest waits and goes together the next day.
func TestLimits(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.config.Limits = notice.Limits{Day: map[notice.Channel]int{notice.SMS: 3}, Minute: 2}
		w.Service = w.server()
		for range 2 {
			w.write(w.a("alone", "Patient/li"))
			w.left("sms li 1")
		}
		w.write(w.a("alone", "Patient/li"))
		w.left("")
		w.clock.forward(time.Minute)
		w.left("sms li 1")
		for range 3 {
			w.clock.forward(time.Minute)
			w.write(w.a("alone", "Patient/li"))
			w.left("")
		}
		w.clock.to(23, 59)
		w.left("")
		w.clock.to(8, 0)
		w.left("sms li 3")
	})
}
