package faults

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"yitong/test/pgcluster"
)

// cluster starts a PostgreSQL of the test's own, in a folder or, with "", in memory, where it is up sooner.
func cluster(t *testing.T, dir string) *pgcluster.Cluster {
	t.Helper()
	if dir == "" && !long() {
		dir = pgcluster.Memory()
	}
	c, err := pgcluster.Start(dir, pgcluster.Options{TCP: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// TestFaultRestart restarts PostgreSQL under load, in good order and as if it had crashed. The server stays up and finds
// it again by itself.
func TestFaultRestart(t *testing.T) {
	t.Parallel()
	c := cluster(t, "")
	db, err := c.NewDatabase("record")
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, db)
	var all []*ledger
	for n := range rounds(2, 40) {
		l := newLedger()
		all = append(all, l)
		stop := l.load(t, to(s))
		l.more(t, 50)
		how := []os.Signal{pgcluster.Immediate, pgcluster.Fast}[n%2]
		if err := c.Restart(how); err != nil {
			t.Fatal(err)
		}
		l.more(t, 50)
		stop()
		s.works(t)
		l.settled(t, s)
	}
	for _, l := range all {
		l.check(t, s)
	}
	whole(t, db, s)
}

// TestFaultPause lets PostgreSQL stand still under load for longer than a request may take: requests end within a bound
// and hold no memory meanwhile, and all goes on afterwards.
func TestFaultPause(t *testing.T) {
	t.Parallel()
	c := cluster(t, "")
	db, err := c.NewDatabase("record")
	if err != nil {
		t.Fatal(err)
	}
	const longest = time.Second
	s := start(t, db, "--max-time", longest.String())
	for range rounds(1, 5) {
		idle := s.settled(t)
		l := newLedger()
		stop := l.load(t, to(s))
		l.more(t, 50)
		if err := c.Pause(); err != nil {
			t.Fatal(err)
		}
		for _, address := range []string{"/Patient/" + l.name + "-0-0", "/Patient?identifier=urn:mark|x", "/Patient/_history"} {
			began := time.Now()
			a, err := s.send(t.Context(), "GET", address, "")
			if took := time.Since(began); err != nil || took > longest+10*time.Second {
				t.Errorf("%s took %s while the database stood still: %v", address, took, err)
			} else {
				properly(t, a)
			}
		}
		if _, most := s.memory(t); most > 512<<20 {
			t.Errorf("the server held %d MB", most>>20)
		}
		if err := c.Resume(); err != nil {
			t.Fatal(err)
		}
		l.more(t, 50)
		stop()
		s.works(t)
		l.settled(t, s)
		until(t, "the goroutines have gone", func() bool { return s.goroutines(t) <= idle+10 })
	}
	s.stop(t)
}

// TestFaultLongPause lets PostgreSQL stand still for longer than a transaction may take, with groups of writes under way:
// all of them are answered in the time of one, for nobody should wait for what others have waited for in vain.
func TestFaultLongPause(t *testing.T) {
	t.Parallel()
	if !long() {
		t.Skip("it takes a minute; make faults runs it")
	}
	const longest = 50 * time.Second // 30 s a transaction, 5 s the question what became of it (store/postgres), the rest for a slow machine
	c := cluster(t, "")
	db, err := c.NewDatabase("record")
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, db, "--max-time", "1s")
	s.works(t)
	l := newLedger()
	if err := c.Pause(); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for n := range 60 {
		wg.Go(func() {
			began := time.Now()
			w := l.turn(t, s, n, 5)
			if took := time.Since(began); w.err != nil || w.done() || took > longest {
				t.Errorf("answered after %s: %v %d %s", took, w.err, w.answer.status, w.answer.body)
			}
		})
	}
	wg.Wait()
	if err := c.Resume(); err != nil {
		t.Fatal(err)
	}
	s.works(t)
	quiet(t, "postgres", db)
	l.settled(t, s)
	s.stop(t)
}

// TestFaultNetwork disturbs the way to PostgreSQL under load: it is cut, it resets, swallows, is late or narrow, and is
// mended again.
func TestFaultNetwork(t *testing.T) {
	t.Parallel()
	c := cluster(t, "")
	for name, toxics := range map[string][]string{
		"cut":    nil,
		"reset":  {toxic("reset_peer", "downstream", `"timeout":0`)},
		"hole":   {toxic("timeout", "upstream", `"timeout":0`), toxic("timeout", "downstream", `"timeout":0`)},
		"deaf":   {toxic("timeout", "downstream", `"timeout":0`)},
		"broken": {toxic("limit_data", "downstream", `"bytes":20000`)},
		"late":   {toxic("latency", "downstream", `"latency":150,"jitter":100`)},
		"narrow": {toxic("bandwidth", "downstream", `"rate":20`), toxic("bandwidth", "upstream", `"rate":20`)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, addr, err := c.NewTCPDatabase(name)
			if err != nil {
				t.Fatal(err)
			}
			w, db := newWay(t, db, addr)
			s := start(t, db, "--max-time", "1s")
			for range rounds(1, 10) {
				l := newLedger()
				stop := l.load(t, to(s))
				l.more(t, 50)
				w.disturb(t, toxics)
				time.Sleep(1500 * time.Millisecond) // so long it lasts
				w.mend(t)
				l.more(t, 50)
				stop()
				s.works(t)
				l.settled(t, s)
			}
			whole(t, db, s)
		})
	}
}

// toxic describes a disturbance to toxiproxy.
func toxic(kind, stream, attributes string) string {
	return fmt.Sprintf(`{"type":%q,"stream":%q,"attributes":{%s}}`, kind, stream, attributes)
}

// way is the network between the server and its database.
type way struct{ proxy *toxiproxy.Proxy }

// newWay lays a way to a database at an address, and tells the DSN that leads over it.
func newWay(t *testing.T, dsn, addr string) (way, string) {
	t.Helper()
	p := toxiproxy.NewProxy(toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop()), t.Name(), "127.0.0.1:0", addr)
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	u.Host = p.Listen
	return way{p}, u.String()
}

// disturb makes the way toxic, or cuts it if there are no toxics.
func (w way) disturb(t *testing.T, toxics []string) {
	t.Helper()
	if toxics == nil {
		w.proxy.Stop()
	}
	for _, text := range toxics {
		if _, err := w.proxy.Toxics.AddToxicJson(strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
	}
}

func (w way) mend(t *testing.T) {
	t.Helper()
	w.proxy.Toxics.ResetToxics(context.WithoutCancel(t.Context()))
	if w.proxy.Enabled {
		return
	}
	if err := w.proxy.Start(); err != nil {
		t.Fatal(err)
	}
}
