package faults

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yitong/test/pgcluster"
)

const (
	crowd        = 1000            // clients at a time, more than ten times those that the server works for
	calm         = 4               // clients that it has usually
	acceptedMost = 8 * time.Second // in which 95 of 100 must be answered of those that are let in
	memoryMost   = 1 << 30
)

// TestFaultOverload lets a crowd write and search as fast as it can, for which the machine is too small by far. What is
// let in is answered within a bound, the rest is told to come back, memory stays bounded, and soon after the crowd has
// gone all is as it was. It runs by itself, for it takes the whole machine.
func TestFaultOverload(t *testing.T) {
	for name, db := range map[string]string{
		"sqlite":   "sqlite:" + filepath.Join(t.TempDir(), "record.db"),
		"postgres": pgcluster.Shared(t),
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, db)
			l := newLedger()
			for i := range 200 {
				l.turn(t, s, 0, i*6+2) // a create
			}
			before := s.rush(t, l, calm, time.Second)
			idle := s.settled(t)
			during := s.rush(t, l, crowd, time.Duration(rounds(2, 60))*time.Second)
			now, most := s.memory(t)
			t.Logf("calm: %v; overload: %v; held %d MB, at most %d MB", before, during, now>>20, most>>20)
			if during.refused == 0 {
				t.Error("nobody was refused; the load shows too little")
			}
			if during.p95 > acceptedMost {
				t.Errorf("of those that were let in 1 of 20 waited longer than %s", during.p95)
			}
			if most > memoryMost {
				t.Errorf("the server held %d MB", most>>20)
			}
			until(t, "it answers as before", func() bool {
				after := s.rush(t, l, calm, time.Second)
				return after.refused == 0 && after.p95 < 5*before.p95+100*time.Millisecond
			})
			until(t, "the goroutines have gone", func() bool { return s.goroutines(t) <= idle+10 })
			s.stop(t)
		})
	}
}

// rush is what came of a load.
type rush struct {
	done, refused, lost int
	p50, p95            time.Duration // of what was done
}

func (r rush) String() string {
	return fmt.Sprintf("%d done, half in %s, 95%% in %s; %d refused, %d without an answer", r.done, r.p50, r.p95, r.refused, r.lost)
}

// rush lets clients write and search for a while, each as fast as it is answered.
func (s *server) rush(t *testing.T, l *ledger, clients int, d time.Duration) (r rush) {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	var mu sync.Mutex
	var wg sync.WaitGroup
	var took []time.Duration
	for n := range clients {
		wg.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				began := time.Now()
				a, err := s.ask(l, n, i)
				mu.Lock()
				switch {
				case err != nil:
					r.lost++
				case a.status < 300:
					took = append(took, time.Since(began))
				default:
					r.refused++
					properly(t, a)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	slices.Sort(took)
	if r.done = len(took); r.done == 0 {
		t.Fatal("nothing was done")
	}
	r.p50, r.p95 = took[r.done/2], took[r.done*95/100]
	return r
}

// ask is one request of the crowd: a small write, a search for many with their bodies, or a read.
func (s *server) ask(l *ledger, n, i int) (answer, error) {
	ctx := context.Background()
	id := fmt.Sprintf("crowd-%d", n)
	switch i % 3 {
	case 0:
		body := fmt.Sprintf(`{"resourceType":"Patient","id":%q,"active":true,"name":[{"family":"Synthetic %d"}]}`, id, i)
		return s.send(ctx, http.MethodPut, "/Patient/"+id, body)
	case 1:
		var all []string
		for c := range colours {
			all = append(all, fmt.Sprintf("urn:%s%%7C%d", l.name, c))
		}
		return s.send(ctx, http.MethodGet, "/Patient?_count=500&_sort=-_lastUpdated&identifier="+strings.Join(all, ","), "")
	}
	return s.send(ctx, http.MethodGet, "/Patient?_count=20&active=true", "")
}
