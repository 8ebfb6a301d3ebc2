package notice_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/notice"
	"yitong/internal/store"
	"yitong/internal/worker"
)

// TestSettledOnce: a cursor that is sent back to the start settles nothing again, nor what a notice says in a later
// version, nor what is old.
func TestSettledOnce(t *testing.T) {
	eachDatabase(t, func(w world) {
		id := w.write(w.a("alone", "Patient/li"))
		w.left("sms li 1")
		v, err := w.engine.Read(w.Context(), fhir.Ref{Type: typeOf("Communication"), ID: id})
		w.must(err)
		r, err := fhir.ParseResource(v.Body.Bytes)
		w.must(err)
		entry := store.FeedEntry{Place: 1, Version: v}
		for range 2 {
			effect, err := w.Take(w.Context(), []store.FeedEntry{entry, entry})
			w.must(err)
			w.must(w.db.Write(w.Context(), store.Work{Do: func(tx store.Tx, _ store.Found) error { return effect(tx) }}))
		}
		w.put("Communication", r.ID, string(r.Root.Raw())[strings.Index(string(r.Root.Raw()), `"language"`):len(r.Root.Raw())-1])
		w.left("")
		if got := w.inbox("li", false); len(got) != 1 {
			t.Errorf("the inbox has %v", got)
		}
		w.write(w.a("alone", "Patient/li"))
		w.clock.forward(8 * 24 * time.Hour)
		w.left("")
	})
}

// TestMany: what is too much for one transaction is settled by jobs, once as well, and those who listen are told.
func TestMany(t *testing.T) {
	eachDatabase(t, func(w world) {
		office := notice.Recipient{Reference: "Organization/a", Role: "office"}
		var all []string
		for i := range 250 {
			a := fmt.Sprintf("a%03d", i)
			all = append(all, a)
			w.people.phone(a, fmt.Sprintf("+86139%08d", i))
		}
		w.people.mean(office, all...)
		ready, listening := make(chan struct{}), w.server()
		var tail sync.WaitGroup
		tail.Go(func() { listening.Tail(t.Context(), ready) })
		t.Cleanup(tail.Wait)
		<-ready
		news, leave, err := listening.Listen("a199")
		w.must(err)
		defer leave()
		var ids []string
		for range 4 {
			ids = append(ids, w.write(w.a("alone", "Organization/a")))
		}
		w.settle(w.Service)
		if got := w.inbox("a199", true); len(got) != 2 {
			t.Fatalf("in one transaction were settled %d", len(got))
		}
		told := func() {
			t.Helper()
			select {
			case <-news:
			case <-time.After(20 * time.Second):
				t.Fatal("not told")
			}
		}
		told()
		told()
		for range 2 {
			for _, id := range ids {
				w.must(w.Settle(w.Context(), args(map[string]string{"notice": id})))
			}
		}
		w.must(w.Settle(w.Context(), args(map[string]string{"notice": "none"})))
		if got := w.inbox("a199", true); len(got) != 4 {
			t.Errorf("the inbox has %v", got)
		}
		if got := w.inbox("a200", true); len(got) != 0 {
			t.Errorf("more are told than may: %v", got)
		}
		told()
		told()
		w.gather(w.Service)
		w.send(w.Service)
		for _, m := range w.out.all() {
			if m.Count != 4 {
				t.Errorf("%s got %d", m.Account, m.Count)
			}
		}
	})
}

// TestTwoServers: of servers that settle, gather and send the same at the same time, one does each.
func TestTwoServers(t *testing.T) {
	eachDatabase(t, func(w world) {
		for range 3 {
			w.write(w.a("care", "Patient/li"))
		}
		w.settle(w.Service)
		w.clock.forward(time.Hour)
		both := func(do func(*notice.Service)) {
			var all sync.WaitGroup
			for range 4 {
				s := w.server()
				all.Go(func() { do(s) })
			}
			all.Wait()
		}
		both(func(s *notice.Service) {
			err := s.Gather(context.Background(), args(map[string]string{"account": "li", "channel": "sms"}))
			if err != nil && fault.CodeOf(err) != fault.Conflict {
				t.Error(err)
			}
		})
		ids := w.messages()
		if len(ids) != 1 {
			t.Fatalf("there are %d messages", len(ids))
		}
		both(func(s *notice.Service) {
			err := s.Send(context.Background(), args(map[string]string{"message": ids[0]}))
			if c := fault.CodeOf(err); err != nil && c != fault.Conflict && c != fault.Unavailable {
				t.Error(err)
			}
		})
		if got := w.out.take(); got != "sms li 3" {
			t.Errorf("there left %q", got)
		}
	})
}

// TestServerDies: whoever sends when a server has died in the middle uses the same id, and not before that one's time
// is over; what the provider has failed to take is sent again, what it refuses is not.
func TestServerDies(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.write(w.a("alone", "Patient/li"))
		w.settle(w.Service)
		w.gather(w.Service)
		job := args(map[string]string{"message": w.messages()[0]})

		w.out.failing(fault.New(fault.Unavailable, "away"))
		w.refused(w.Send(w.Context(), job), fault.Unavailable)
		if got := w.states(); got != "ready" {
			t.Errorf("after a failure the message is %s", got)
		}
		w.out.failing(nil)

		dying := w.server()
		w.out.hook = func(notice.Message) { w.out.hook = nil; panic("the server dies here") }
		func() {
			defer func() { _ = recover() }()
			_ = dying.Send(w.Context(), job)
			t.Error("it has not died")
		}()
		w.refused(w.Send(w.Context(), job), fault.Unavailable) // it may be alive
		w.clock.forward(3 * time.Minute)
		w.must(w.Send(w.Context(), job))
		w.must(w.Send(w.Context(), job))
		sent := w.out.all()
		if len(sent) != 2 || sent[0].ID != sent[1].ID {
			t.Errorf("there left %v, want one message twice under one id", sent)
		}
		w.out.take()

		w.write(w.a("alone", "Patient/li"))
		w.settle(w.Service)
		w.gather(w.Service)
		w.out.failing(fault.New(fault.Unprocessable, "no such number"))
		ids := w.messages()
		job = args(map[string]string{"message": ids[len(ids)-1]})
		w.refused(w.Send(w.Context(), job), fault.Unprocessable)
		w.out.failing(nil)
		w.must(w.Send(w.Context(), job))
		if got := w.out.take() + w.states(); got != "failed sent" {
			t.Errorf("got %q", got)
		}
	})
}

// TestWorkers: with real workers, of which one dies between the commit of a message and its sending, every notice
// leaves once.
func TestWorkers(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.config.Now = time.Now
		w.config.Digest = time.Nanosecond
		w.config.Limits = notice.Limits{Day: map[notice.Channel]int{notice.SMS: 1000}, Minute: 1000}
		w.Service = w.server()
		none := off(notice.Care)
		none.Quiet = notice.Hours{From: "00:00", To: "00:00"}
		w.must(w.Choose(w.Context(), "li", none))
		var died atomic.Bool
		start := func(fragile bool) (stop func()) {
			s := w.server()
			c := worker.Config{Poll: 5 * time.Millisecond, Lease: 300 * time.Millisecond, Pause: 20 * time.Millisecond, Drain: time.Second}
			if os.Getenv("WLOG") != "" {
				c.Log = slog.New(slog.NewTextHandler(os.Stderr, nil))
			}
			c.Cursors = []worker.Cursor{{Name: notice.Cursor, Types: notice.Types(), Take: s.Take}}
			ctx, cancel := context.WithCancel(context.Background())
			send := func(ctx context.Context, t worker.Task) error {
				if fragile && died.CompareAndSwap(false, true) {
					cancel() // it stops, as if it had died, before it has done anything
					return errors.New("died")
				}
				return s.Send(ctx, t.Args)
			}
			gather := func(ctx context.Context, t worker.Task) error { return s.Gather(ctx, t.Args) }
			c.Handlers = []worker.Handler{{Kind: notice.JobGather, Run: gather}, {Kind: notice.JobSend, Run: send}}
			run, err := worker.New(context.Background(), w.db, c)
			w.must(err)
			var all sync.WaitGroup
			all.Go(func() { _ = run.Run(ctx) })
			return func() { cancel(); all.Wait() }
		}
		first := start(true)
		defer first()
		const many = 20
		for range many {
			w.write(w.a("care", "Patient/li"))
		}
		until(t, "the first server has died", died.Load)
		first()
		second := start(false)
		defer second()
		if !w.db.Alone() {
			third := start(false)
			defer third()
		}
		notices := func() (n int) {
			for _, m := range w.out.all() {
				n += m.Count
			}
			return n
		}
		until(t, "all have left", func() bool { return notices() >= many })
		seen := map[string]bool{}
		for _, m := range w.out.all() {
			if seen[m.ID] {
				t.Errorf("message %s left twice", m.ID)
			}
			seen[m.ID] = true
		}
		if n := notices(); n != many {
			t.Errorf("%d notices have left, want %d", n, many)
		}
	})
}

// until waits until something is so.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("still not: %s", what)
		}
	}
}
