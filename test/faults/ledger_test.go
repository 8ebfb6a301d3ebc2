package faults

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const (
	workers = 8
	colours = 7
)

// ledger holds what was sent to the record and what was answered. Every write bears a mark of its own, an identifier, by
// which it is known again in versions and searches; and a colour, which many share.
type ledger struct {
	name string // begins its ids and marks
	mu   sync.Mutex
	sent []*write
}

// write is one write: of one resource, or of a pair by a transaction.
type write struct {
	mark, key     string   // the idempotency key, "" for none
	colour        int      //
	names         []string // Patient/id; nil for a create, whose id the server gives
	method, place string
	body          string
	answer        answer // of status 0 if there was none
	err           error
	begun, ended  time.Time
}

// done tells that the write was answered as carried out.
func (w *write) done() bool { return w.err == nil && w.answer.status/100 == 2 }

// refused tells that the write was answered as not carried out.
func (w *write) refused() bool {
	return w.err == nil && !w.done() && !strings.Contains(string(w.answer.body), "it is not known whether the change was stored")
}

// load writes and reads with several workers until it is stopped. at says to which server a worker turns.
func (l *ledger) load(t *testing.T, at func(worker int) *server) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for n := range workers {
		wg.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				if w := l.turn(t, at(n), n, i); w != nil && !w.done() {
					time.Sleep(10 * time.Millisecond) // it is told to wait longer; the test has less time
				}
			}
		})
	}
	stop = sync.OnceFunc(func() { cancel(); wg.Wait() })
	t.Cleanup(stop)
	return stop
}

// turn is what a worker does next. It waits for the answer, however long that takes.
func (l *ledger) turn(t *testing.T, s *server, n, i int) *write {
	w := &write{mark: fmt.Sprintf("%s-%d-%d", l.name, n, i), colour: i % colours, method: http.MethodPut}
	own := fmt.Sprintf("Patient/%s-%d-%d", l.name, n, i%3)
	switch i % 6 {
	case 0: // both or none
		a, b := fmt.Sprintf("%s-a%d-%d", l.name, n, i%4), fmt.Sprintf("%s-b%d-%d", l.name, n, i%4)
		w.method, w.place, w.names = http.MethodPost, "", []string{"Patient/" + a, "Patient/" + b}
		w.body = fmt.Sprintf(`{"resourceType":"Bundle","type":"transaction","entry":[%s,%s]}`, w.entry(l, a, b), w.entry(l, b, a))
	case 1: // many want the same one
		w.place = fmt.Sprintf("/Patient/%s-shared-%d", l.name, i/6%2)
	case 2:
		w.method, w.place, w.key = http.MethodPost, "/Patient", w.mark
		w.body = w.patient(l, "", "")
	case 3:
		w.place, w.key = "/"+own, w.mark
	case 4:
		l.look(t, s, w.colour)
		return nil
	default:
		w.place = "/" + own
	}
	if w.body == "" {
		w.names = []string{w.place[1:]}
		w.body = w.patient(l, strings.TrimPrefix(w.place, "/Patient/"), "")
	}
	w.begun = time.Now()
	w.answer, w.err = s.carry(w)
	w.ended = time.Now()
	l.note(t, w)
	return w
}

func (s *server) carry(w *write) (answer, error) {
	var headers []string
	if w.key != "" {
		headers = []string{"Idempotency-Key", w.key}
	}
	return s.send(context.Background(), w.method, w.place, w.body, headers...)
}

// patient is the resource that a write puts, with a link to another.
func (w *write) patient(l *ledger, id, other string) string {
	var more string
	if id != "" {
		more = fmt.Sprintf(`"id":%q,`, id)
	}
	if other != "" {
		more += fmt.Sprintf(`"link":[{"type":"seealso","other":{"reference":"Patient/%s"}}],`, other)
	}
	return fmt.Sprintf(`{"resourceType":"Patient",%s"identifier":[{"system":"urn:mark","value":%q},{"system":"urn:%s","value":"%d"}],"active":true}`,
		more, w.mark, l.name, w.colour)
}

func (w *write) entry(l *ledger, id, other string) string {
	return fmt.Sprintf(`{"resource":%s,"request":{"method":"PUT","url":"Patient/%s"}}`, w.patient(l, id, other), id)
}

// note takes a write into the ledger. Whoever is refused must be told so properly.
func (l *ledger) note(t *testing.T, w *write) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sent = append(l.sent, w)
	if w.err == nil && !w.done() {
		properly(t, w.answer)
	}
}

// properly holds that a refusal under a fault is one that asks to come back, and says why.
func properly(t *testing.T, a answer) {
	t.Helper()
	if a.status != http.StatusServiceUnavailable && a.status != http.StatusTooManyRequests {
		t.Errorf("a write or search was answered with %d %s", a.status, a.body)
	} else if a.header.Get("Retry-After") == "" || !strings.Contains(string(a.body), `"diagnostics":"`) {
		t.Errorf("a refusal without a time or a word: %v %s", a.header, a.body)
	}
}

// look reads beside the writes: a search that is answered is one of the right colour.
func (l *ledger) look(t *testing.T, s *server, colour int) {
	a, err := s.send(context.Background(), http.MethodGet, fmt.Sprintf("/Patient?identifier=urn:%s|%d&_count=5", l.name, colour), "")
	switch {
	case err != nil:
		time.Sleep(10 * time.Millisecond)
	case a.status != http.StatusOK:
		properly(t, a)
		time.Sleep(10 * time.Millisecond)
	}
}

// some are writes of named resources that were carried out, the last first.
func (l *ledger) some(n int) (list []*write) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, w := range slices.Backward(l.sent) {
		if len(list) < n && w.done() && w.names != nil {
			list = append(list, w)
		}
	}
	return list
}

// answered counts the writes that were carried out.
func (l *ledger) answered() (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, w := range l.sent {
		if w.done() {
			n++
		}
	}
	return n
}

// more waits until so many more writes have been carried out.
func (l *ledger) more(t *testing.T, n int) {
	t.Helper()
	n += l.answered()
	until(t, "more writes are carried out", func() bool { return l.answered() >= n })
}

// to is a server that all workers turn to.
func to(s *server) func(int) *server { return func(int) *server { return s } }

// ledgers get names that differ.
var ledgers atomic.Int64

func newLedger() *ledger { return &ledger{name: fmt.Sprintf("l%d", ledgers.Add(1))} }
