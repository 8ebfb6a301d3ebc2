package notice_test

import (
	"slices"
	"testing"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/notice"
)

// acting is a session of somebody who acts for a resident and sees everything.
func (w world) acting(resident string) *gate.Session {
	return w.gate.Session(gate.Actor{Reference: "Patient/chen", Role: gate.Proxy, Resident: fhir.Ref{Type: typeOf("Patient"), ID: resident}, Access: gate.Whole()})
}

// box are the notices that a session shows in an inbox of an account.
func (w world) box(s *gate.Session, account string) (ids []string) {
	w.Helper()
	p, err := w.Inbox(w.Context(), s, account, false, "", 50)
	w.must(err)
	for _, e := range p.Entries {
		if e.For != s.Actor().Resident.String() && s.Actor().Role == gate.Proxy {
			w.Errorf("the notice is for %q", e.For)
		}
		ids = append(ids, e.ID)
	}
	return ids
}

var forLi = notice.Recipient{Reference: "Patient/li", Role: gate.Proxy}

// TestProxiesAreTold: who acts for a resident has the resident's notices in a box apart, always, and is told outside by choices of
// their own, in words that say so; not of what is the resident's alone, nor of what they would not be shown.
func TestProxiesAreTold(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.put("Patient", "chen", `"name":[{"text":"陈芳"}]`)
		w.people.mean(notice.Recipient{Reference: "Patient/chen"}, "chen")
		w.people.mean(forLi, "chen")
		w.people.phone("chen", "+8613900000003")
		c := notice.Choices{Language: "zh-CN", Quiet: notice.UsualQuiet, Channels: map[notice.Group]map[notice.Channel]bool{notice.Care: {notice.Inbox: false}}}
		w.must(w.Choose(w.Context(), "chen", c))

		care := w.write(w.a("care", "Patient/li"))
		w.write(w.a("platform", "Patient/li"))
		w.write(w.a("access", "Patient/li"))
		hidden := w.a("care", "Patient/li")
		hidden.About = []string{"Patient/li"}
		w.people.blindTo("chen", "Patient/li")
		w.write(hidden)
		w.settle(w.Service)
		if got := w.box(w.acting("li"), "chen"); !slices.Equal(got, []string{care}) {
			w.Errorf("for li, chen has %q, want %q", got, care)
		}
		if got := w.box(w.engine, "chen"); got != nil {
			w.Errorf("for herself, chen has %q", got)
		}
		if got := w.inbox("li", true); len(got) != 4 {
			w.Errorf("li has %q", got)
		}
		w.clock.forward(time.Hour)
		w.gather(w.Service)
		w.send(w.Service)
		said := map[string]string{}
		for _, m := range w.out.all() {
			said[m.Account] = m.Text
		}
		if want := "【医通】您代办的居民有新的通知，请登录并切换身份查看：https://health.example.cn"; said["chen"] != want {
			w.Errorf("chen was told %q", said["chen"])
		}
	})
}

// TestBoxesStandApart: what is read, counted and marked in one box is not in the other; one notice for both is in both, and told outside
// once.
func TestBoxesStandApart(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.put("Patient", "chen", `"name":[{"text":"陈芳"}]`)
		w.people.mean(notice.Recipient{Reference: "Patient/chen"}, "chen")
		w.people.mean(forLi, "chen")
		w.people.phone("chen", "+8613900000003")
		both := w.write(w.a("care", "Patient/chen", "Patient/li"))
		w.settle(w.Service)
		count := func(s *gate.Session, want int) {
			t.Helper()
			if n, _, err := w.Count(w.Context(), s, "chen"); err != nil || n != want {
				w.Errorf("%d are unread, want %d (%v)", n, want, err)
			}
		}
		count(w.engine, 1)
		count(w.acting("li"), 1)
		w.must(w.MarkAllRead(w.Context(), w.engine, "chen"))
		count(w.engine, 0)
		count(w.acting("li"), 1)
		w.refused(w.MarkRead(w.Context(), w.acting("chen"), "none", both), "not-found")
		w.must(w.MarkRead(w.Context(), w.acting("li"), "chen", both))
		count(w.acting("li"), 0)
		w.write(w.a("care", "Patient/chen", "Patient/li"))
		w.clock.forward(time.Hour)
		w.settle(w.Service)
		w.clock.forward(time.Hour)
		w.left("sms chen 1, sms li 2")
	})
}

// TestProxyNoMore: what waits for who acts for a resident does not leave any more once they do not, or are not shown it.
func TestProxyNoMore(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.people.mean(forLi, "chen", "ma")
		w.people.phone("chen", "+8613900000003")
		w.people.phone("ma", "+8613900000004")
		id := w.write(w.a("care", "Patient/li"))
		w.settle(w.Service)
		w.people.mean(forLi, "ma")
		w.people.blindTo("ma", "Communication/"+id)
		w.clock.forward(time.Hour)
		w.left("sms li 1")
	})
}
