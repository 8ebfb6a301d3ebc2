package notice_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/gate/emergency"
	"yitong/internal/gate/policy"
	"yitong/internal/notice"
)

// resident is a session of a resident, as the policy has it.
func (w world) resident(id string) *gate.Session {
	ref := fhir.Ref{Type: typeOf("Patient"), ID: id}
	of := gate.Of{Actor: ref.String(), Resident: ref}
	return w.gate.Session(gate.Actor{Reference: ref.String(), Role: gate.Resident, Access: policy.Standard().Access(gate.Resident, of)})
}

// TestInbox: newest first, page by page, each once, read or unread; only what the person's own session sees.
func TestInbox(t *testing.T) {
	eachDatabase(t, func(w world) {
		var want []string
		for range 7 {
			want = append([]string{w.write(w.a("care", "Patient/li"))}, want...)
		}
		w.pump()
		if got := w.inbox("li", false); !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
		for _, id := range []string{want[1], want[4]} {
			w.must(w.MarkRead(w.Context(), w.engine, "li", id))
			w.must(w.MarkRead(w.Context(), w.engine, "li", id))
		}
		unread := slices.DeleteFunc(slices.Clone(want), func(id string) bool { return id == want[1] || id == want[4] })
		if got := w.inbox("li", true); !slices.Equal(got, unread) {
			t.Errorf("unread are %v, want %v", got, unread)
		}
		if got := w.inbox("li", false); !slices.Equal(got, want) {
			t.Errorf("all are %v, want %v", got, want)
		}
		w.refused(w.MarkRead(w.Context(), w.engine, "chen", want[0]), fault.NotFound) // somebody else's
		w.refused(w.MarkRead(w.Context(), w.engine, "li", "none"), fault.NotFound)
		n, more, err := w.Count(w.Context(), w.resident("li"), "li")
		if err != nil || n != 5 || more {
			t.Errorf("%d are unread, %v %v", n, more, err)
		}
		w.retract(want[0])
		if n, _, _ := w.Count(w.Context(), w.resident("li"), "li"); n != 4 {
			t.Errorf("%d are unread", n)
		}
		if n, _, _ := w.Count(w.Context(), w.resident("chen"), "li"); n != 0 {
			t.Errorf("a session of somebody else sees %d", n)
		}
		page, err := w.Inbox(w.Context(), w.resident("chen"), "li", false, "", 10)
		if err != nil || len(page.Entries) != 0 {
			t.Errorf("a session of somebody else sees %v %v", page, err)
		}
		e, err := w.One(w.Context(), w.resident("li"), "li", want[2])
		if err != nil || e.Title != both("题目", "title") {
			t.Errorf("got %+v %v", e, err)
		}
		_, err = w.One(w.Context(), w.resident("li"), "li", want[0])
		w.refused(err, fault.NotFound)
		w.must(w.MarkAllRead(w.Context(), w.engine, "li"))
		if got := w.inbox("li", true); len(got) != 0 {
			t.Errorf("unread are %v", got)
		}
	})
}

// TestReadRaces: several browsers of one person mark the same as read; each is read once and none is lost.
func TestReadRaces(t *testing.T) {
	eachDatabase(t, func(w world) {
		var ids []string
		for range 5 {
			ids = append(ids, w.write(w.a("care", "Patient/li")))
		}
		w.pump()
		var all sync.WaitGroup
		for i := range 6 {
			all.Go(func() {
				var err error
				if i%3 == 0 {
					err = w.MarkAllRead(w.Context(), w.engine, "li")
				} else {
					for _, id := range ids {
						if err = w.MarkRead(w.Context(), w.engine, "li", id); err != nil {
							break
						}
					}
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if got := w.inbox("li", true); len(got) != 0 {
			t.Errorf("unread are %v", got)
		}
		if got := w.inbox("li", false); len(got) != len(ids) {
			t.Errorf("the inbox has %v", got)
		}
	})
}

// TestForged: nobody but the process writes what a notice is.
func TestForged(t *testing.T) {
	eachDatabase(t, func(w world) {
		r, err := notice.Resource(w.a("care", "Patient/li"))
		w.must(err)
		op := []gate.Op{{Kind: gate.Create, Type: r.Type, Resource: r}}
		_, err = w.gate.Session(gate.Actor{Reference: "Practitioner/wang", Access: gate.Whole()}).Apply(w.Context(), op, nil)
		w.refused(err, fault.Forbidden)
		_, err = w.gate.Session(gate.Actor{Reference: "Practitioner/wang"}).Behalf(notice.Process).Apply(w.Context(), op, nil)
		w.must(err)
	})
}

// TestEmergencyIsTold: what residents are told of emergency access, as package emergency writes it, is a notice that nobody
// can switch off.
func TestEmergencyIsTold(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.must(w.Choose(w.Context(), "li", off(notice.Access, notice.Inbox)))
		w.clock.to(23, 0)
		actor := gate.Actor{Reference: "Practitioner/wang", Role: gate.Doctor, Institution: "Organization/a", Access: gate.Whole()}
		service := emergency.New(emergency.Config{Rules: policy.Standard().Emergency(), Zone: shanghai})
		_, err := service.Open(w.Context(), w.gate.Session(actor), emergency.Resident{Patient: "Patient/li"}, "昏迷，需要了解既往病史和用药")
		w.must(err)
		w.left("sms li 1")
		page, err := w.Inbox(w.Context(), w.resident("li"), "li", true, "", 10)
		if err != nil || len(page.Entries) != 1 {
			t.Fatalf("the inbox has %v %v", page, err)
		}
		e := page.Entries[0]
		if e.Title.En != "Emergency access to your record" || !strings.Contains(e.Text.Zh, "仁爱医院王医生") || !strings.HasPrefix(e.Text.En, "Your health record") {
			t.Errorf("got %+v", e)
		}
	})
}

// TestMetrics: what has left and what waits is told.
func TestMetrics(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.write(w.a("alone", "Patient/li"))
		w.pump()
		w.write(w.a("care", "Patient/li"))
		w.pump()
		w.clock.forward(16 * time.Minute)
		registry := prometheus.NewRegistry()
		w.must(registry.Register(w.Metrics()))
		all, err := registry.Gather()
		w.must(err)
		var got []string
		for _, family := range all {
			for _, m := range family.GetMetric() {
				name := family.GetName()
				for _, l := range m.GetLabel() {
					name += " " + l.GetValue()
				}
				got = append(got, fmt.Sprint(name, " ", m.GetGauge().GetValue()+m.GetCounter().GetValue()))
			}
		}
		want := []string{
			"yitong_notices_oldest_seconds 60", "yitong_notices_sent_total sms sent 1", "yitong_notices_unsent 0",
			"yitong_notices_waiting email 0", "yitong_notices_waiting sms 1", "yitong_notices_waiting wechat 0",
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %q", got)
		}
	})
}

// TestOutbox: of what has left operators see where it went in part, and nothing of what it was about.
func TestOutbox(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.write(w.a("alone", "Patient/li"))
		w.pump()
		list, err := w.Outbox(w.Context(), "")
		w.must(err)
		if len(list) != 1 || list[0].To != "139****0001" || list[0].State != "sent" || list[0].Count != 1 || strings.Contains(list[0].Text, "李小明") {
			t.Errorf("got %+v", list)
		}
		if rest, err := w.Outbox(w.Context(), list[0].ID); err != nil || len(rest) != 0 {
			t.Errorf("behind the last: %+v %v", rest, err)
		}
	})
}

// TestStand: by each channel it is told what waits, what has not left and what was refused within a day; and for how long the first of it
// has been due.
func TestStand(t *testing.T) {
	eachDatabase(t, func(w world) {
		stand := func() notice.Standing {
			w.Helper()
			at, err := w.Stand(w.Context())
			w.must(err)
			return at
		}
		want := func(late time.Duration, sms notice.ChannelStanding) {
			w.Helper()
			at := stand()
			sms.Channel, sms.Sends = notice.SMS, true
			if got := at.Channels[slices.IndexFunc(at.Channels, func(c notice.ChannelStanding) bool { return c.Channel == notice.SMS })]; got != sms || at.Late != late {
				t.Errorf("got %+v, %s late; want %+v, %s", got, at.Late, sms, late)
			}
		}
		want(0, notice.ChannelStanding{})
		w.write(w.a("care", "Patient/li"))
		w.settle(w.Service)
		want(0, notice.ChannelStanding{Waiting: 1})
		w.clock.forward(17 * time.Minute)
		want(2*time.Minute, notice.ChannelStanding{Waiting: 1})
		w.gather(w.Service)
		want(0, notice.ChannelStanding{Unsent: 1})
		w.clock.forward(time.Minute)
		want(time.Minute, notice.ChannelStanding{Unsent: 1})
		w.out.fail = fault.New(fault.Unprocessable, "no such number")
		if err := w.Send(w.Context(), args(map[string]string{"message": w.messages()[0]})); fault.CodeOf(err) != fault.Unprocessable {
			t.Error(err)
		}
		want(0, notice.ChannelStanding{Failed: 1})
		w.clock.forward(25 * time.Hour)
		want(0, notice.ChannelStanding{})
	})
}

// TestListen: whichever server settles a notice, those who listen on another one are told, and nobody else; who is slow
// is told to look.
func TestListen(t *testing.T) {
	eachDatabase(t, func(w world) {
		other, ready := w.server(), make(chan struct{})
		var tail sync.WaitGroup
		tail.Go(func() { other.Tail(t.Context(), ready) })
		t.Cleanup(tail.Wait)
		<-ready
		li, leave, err := other.Listen("li")
		w.must(err)
		wang, leaveToo, err := other.Listen("wang")
		w.must(err)
		defer leaveToo()
		id := w.write(w.a("care", "Patient/li"))
		w.settle(w.Service)
		select {
		case got := <-li:
			if got != id {
				t.Errorf("told of %s, want %s", got, id)
			}
		case <-time.After(20 * time.Second):
			t.Fatal("not told")
		}
		for i := range 100 {
			if i == 99 {
				id = w.write(w.a("care", "Patient/li", "Practitioner/wang"))
			} else {
				w.write(w.a("care", "Patient/li"))
			}
		}
		w.settle(w.Service)
		if got := <-wang; got != id {
			t.Errorf("told of %s, want %s", got, id)
		}
		var all []string
		for len(all) < 64 {
			all = append(all, <-li)
		}
		if all[63] != "" {
			t.Error("who is slow is not told to look")
		}
		for i := range 10 {
			_, end, err := other.Listen("li")
			if i == 9 {
				w.refused(err, fault.TooOften)
				break
			}
			w.must(err)
			defer end()
		}
		leave()
		_, end, err := other.Listen("li")
		w.must(err)
		end()
	})
}
