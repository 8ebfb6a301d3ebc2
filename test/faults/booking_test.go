package faults

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	mrand "math/rand/v2"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"yitong/test/pgcluster"
)

const (
	connections = 256             // at a time
	rivals      = 20              // for each place
	tries       = 3               // of somebody who finds a segment full
	holds       = time.Minute     // that a place is held
	rests       = time.Minute     // that one rests which was given back
	offers      = 5 * time.Minute // that one is held which came for somebody who waits
)

// TestFaultBooking lets many residents hold, book, change and cancel few places of a clinic, and wait for them, over HTTP, while servers are
// killed. What is given back rests, and goes to who waits. Each request has a key and is repeated with it until it is answered. Nobody is
// given what another has, nobody loses what was given to them, nothing is carried out twice, everybody is told, and when nothing rests any
// more each place can be had.
func TestFaultBooking(t *testing.T) {
	for name, servers := range map[string]int{"sqlite": 1, "postgres": 2} {
		t.Run(name, func(t *testing.T) {
			db := "sqlite:" + filepath.Join(t.TempDir(), "record.db")
			if name == "postgres" {
				db = pgcluster.Shared(t)
			}
			newBooking(t, db, servers).run(rounds(1, 3))
		})
	}
}

// booking is the rush for the places of a clinic.
type booking struct {
	*testing.T
	db       string
	flags    []string // of its servers
	servers  []atomic.Pointer[server]
	office   *office
	begun    time.Time
	slots    []string
	capacity int               // of each
	sessions map[string]string // of residents
	people   []string          // who come at once
	latest   []string          // who come at the end
	asleep   int64             // until when those have places who never come

	mu      sync.Mutex
	told    []told
	waiting []told         // who wait, and have not seen that anything came
	counts  map[string]int // of what was done, and how it was answered
}

func newBooking(t *testing.T, db string, servers int) *booking {
	t.Helper()
	b := &booking{T: t, db: db, servers: make([]atomic.Pointer[server], servers), capacity: rounds(3, 50), counts: map[string]int{}}
	key := platformKey(t)
	b.flags = []string{"--auth", "required", "--key-file", key, "--trail-log", filepath.Join(t.TempDir(), "log")}
	o := newOffice(t, db, key)
	o.hurry()
	o.close()
	b.office = newOffice(t, db, key) // which goes by the rule
	b.slots = b.office.openClinic(b.capacity)
	places := len(b.slots) * b.capacity
	b.begun = time.Now()
	b.sessions = b.office.signIn(places*rivals + 2*places)
	for i := range len(b.sessions) {
		b.people = append(b.people, fmt.Sprintf("Patient/p%d", i))
	}
	b.latest, b.people = b.people[:places], b.people[places:]
	sleepers := places / 3
	b.told = b.office.sleep(b.begun, b.people[:sleepers], b.slots, time.Duration(rounds(4, 60))*time.Second)
	for _, a := range b.told {
		b.asleep = max(b.asleep, a.until)
	}
	b.people = b.people[sleepers:]
	b.office.close()
	for i := range b.servers {
		b.servers[i].Store(b.start())
	}
	return b
}

// start starts a server on a free port: one that knows people says where it is before it listens.
func (b *booking) start() *server {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err == nil {
		err = l.Close()
	}
	if err != nil {
		b.Fatal(err)
	}
	return start(b.T, b.db, append(b.flags, "--addr", l.Addr().String(), "--url", "http://"+l.Addr().String())...)
}

// run lets them all come, kills a server as often as is said, and looks at what is there behind it.
func (b *booking) run(kills int) {
	b.Helper()
	first := time.Now()
	ctx, cancel := context.WithCancel(b.Context())
	queue := make(chan string)
	var all sync.WaitGroup
	b.Cleanup(func() { cancel(); all.Wait() })
	for range connections {
		all.Go(func() {
			for who := range queue {
				b.come(who)
			}
		})
	}
	over := make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() { b.watch(ctx, over) })
	all.Go(func() {
		defer close(queue)
		for _, who := range b.people {
			select {
			case queue <- who:
			case <-ctx.Done():
				return
			}
		}
	})
	for range kills {
		given := b.given() + len(b.slots)*b.capacity/2
		until(b.T, "many have got something", func() bool { return b.given() >= given })
		dead := mrand.IntN(len(b.servers))
		b.servers[dead].Load().kill()
		if len(b.servers) == 1 {
			b.parted() // nobody is at work
		}
		time.Sleep(time.Duration(mrand.IntN(500)) * time.Millisecond)
		b.servers[dead].Store(b.start())
	}
	all.Wait()
	b.Logf("%d people in %s: %v", len(b.people), time.Since(first).Round(time.Millisecond), b.counts)
	if long() {
		time.Sleep(holds + rests + soon) // what was held and not booked has run out, and rests no more
	} else {
		time.Sleep(time.Until(b.begun.Add(time.Duration(b.asleep)))) // those who do not come back have lost theirs
	}
	until(b.T, "something comes for somebody who waits", func() bool { return b.counted("offer") > 0 })
	b.fill()
	close(over)
	watch.Wait()
	var servers []*server
	for i := range b.servers {
		servers = append(servers, b.servers[i].Load())
	}
	whole(b.T, b.db, servers...)
	b.office = newOffice(b.T, b.db, b.office.key)
	defer b.office.close()
	end := b.office.outcome(b.begun, b.slots, b.capacity)
	b.told = append(b.told, came(b.told, end)...)
	for _, complaint := range wrong(b.T, b.told, end) {
		b.Error(complaint)
	}
	b.finish(end)
	b.Logf("behind all: %v", b.counts)
	for _, what := range []string{"hold 201", "book 201", "confirm 200", "change 200", "cancel 200", "hold 409", "book 409", "wait 201", "offer", "rest", "again", "lost"} {
		seen := b.counts[what] > 0 || what == "change 200" && !long() // of few places one seldom finds another
		if what == "rest" && long() && len(b.servers) > 1 {
			seen = true // it was looked at the end alone, when nothing does
		}
		if !seen {
			b.Errorf("there was no %q; the test shows too little", what)
		}
	}
}

// come is what a resident does: wait for a place where none is free, or hold or book one, perhaps change it, and then keep it, give it back,
// or forget about it.
func (b *booking) come(who string) {
	if mrand.IntN(waits) == 0 && b.ask(who, "wait", department, nil) != nil {
		return
	}
	held := mrand.IntN(2) == 0
	mine := b.seek(who, map[bool]string{true: "hold", false: "book"}[held], nil)
	if mine == nil {
		return
	}
	if mrand.IntN(2) == 0 {
		if next := b.seek(who, "change", mine); next != nil {
			mine = next
		}
	}
	n := mrand.IntN(10)
	if held && n < 5 {
		if mine = b.ask(who, "confirm", "", mine); mine == nil {
			return
		}
	}
	if n < 3 || n > 6 {
		b.ask(who, "cancel", "", mine)
	}
}

// seek asks for a place of one segment after the other, some times.
func (b *booking) seek(who, do string, had *told) (mine *told) {
	for n := 0; n < tries && mine == nil; n++ {
		mine = b.ask(who, do, b.slots[mrand.IntN(len(b.slots))], had)
	}
	return mine
}

// fill lets the last ones take what is free, until nothing is.
func (b *booking) fill() {
	var all sync.WaitGroup
	for i, slot := range b.slots {
		all.Go(func() {
			for _, who := range b.latest[i*b.capacity : (i+1)*b.capacity] {
				if b.ask(who, "book", slot, nil) == nil {
					return
				}
			}
		})
	}
	all.Wait()
}

// ask asks for something until it is answered: for a place of a segment, or about the one that somebody has. It is nil where that was
// refused.
func (b *booking) ask(who, do, slot string, had *told) *told {
	address, body := "/"+slot+"/$"+do, ""
	if had != nil {
		address = "/" + had.visit + "/$" + strings.Replace(do, "confirm", "book", 1)
	}
	switch do {
	case "wait":
		body = b.wish()
	case "change":
		body = fmt.Sprintf(`{"resourceType":"Parameters","parameter":[{"name":"slot","valueReference":{"reference":%q}}]}`, slot)
	}
	key, asked := rand.Text(), time.Now()
	got, err := b.carry(http.MethodPost, who, address, body, key)
	if err != nil {
		b.Errorf("%s of %s was not answered: %v", do, who, err)
		return nil
	}
	then := time.Now()
	b.count(fmt.Sprintf("%s %d", do, got.status))
	if got.status >= 300 {
		if got.status != http.StatusConflict && got.status != http.StatusUnprocessableEntity {
			b.Errorf("%s of %s was answered with %d %s", do, who, got.status, got.body)
		}
		return nil
	}
	a, err := given(b.begun, do, who, got.body)
	if err != nil {
		b.Errorf("%s of %s: %v in %s", do, who, err, got.body)
		return nil
	}
	a.asked, a.then = since(b.begun, asked), since(b.begun, then)
	if had != nil && do != "confirm" {
		a.left = had.place
	}
	b.mu.Lock()
	b.told = append(b.told, a)
	if do == "wait" {
		b.waiting = append(b.waiting, a)
	}
	b.mu.Unlock()
	if mrand.IntN(10) == 0 {
		b.again(who, do, address, body, key, got)
	}
	return &a
}

// carry sends a request with a key, to any server, until one has answered. Some do not wait for the first answer.
func (b *booking) carry(method, who, address, body, key string) (got answer, err error) {
	for end, n := time.Now().Add(soon), 0; time.Now().Before(end); n++ {
		s := b.servers[mrand.IntN(len(b.servers))].Load()
		ctx, cancel := context.WithTimeout(context.Background(), soon)
		if n == 0 && mrand.IntN(20) == 0 {
			cancel()
			ctx, cancel = context.WithTimeout(context.Background(), time.Duration(mrand.IntN(100))*time.Millisecond)
		}
		got, err = s.send(ctx, method, address, body, "Idempotency-Key", key, "Cookie", "yitong="+b.sessions[who])
		cancel()
		switch {
		case err != nil:
			b.count("lost")
		case got.status == http.StatusServiceUnavailable || got.status == http.StatusTooManyRequests:
			err = fmt.Errorf("%d %s", got.status, got.body)
			b.count("later")
		default:
			return got, nil
		}
		if n > 0 {
			time.Sleep(time.Duration(20+mrand.IntN(100)) * time.Millisecond)
		}
	}
	return got, err
}

// again repeats a request that has been answered: it gets the same answer.
func (b *booking) again(who, do, address, body, key string, first answer) {
	got, err := b.carry(http.MethodPost, who, address, body, key)
	if err != nil || got.status != first.status || !bytes.Equal(got.body, first.body) || got.header.Get("Idempotent-Replayed") != "true" {
		b.Errorf("%s of %s was answered with\n%d %s, again with\n%d %s %v", do, who, first.status, first.body, got.status, got.body, got.header)
	}
	b.count("again")
}

// given is how much was given to people.
func (b *booking) given() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.told)
}

func (b *booking) counted(what string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.counts[what]
}

func (b *booking) count(what string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.counts[what]++
}
