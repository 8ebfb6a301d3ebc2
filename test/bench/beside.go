package bench

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"yitong/internal/fhir"
)

const (
	besideRate    = 5000 // resources a second that are imported
	besideFirst   = 200  // bundles that are there before
	besidePerson  = 27   // resources of a resident, about
	besideReaders = 16

	besideImporters = 10  // so that waiting for a commit does not keep the import below its rate
	besideEntries   = 256 // of a transaction at least, as yitong import cuts files of resources on average
)

// runBeside measures how many reads a server answers while resources are imported at a given rate, beside what it
// answers when nothing else happens; and how fast an import is while half as many are read as it could answer then.
func runBeside(ctx context.Context, o Options, report Report) error {
	o.Residents = max(o.Residents, besideFirst+int(4*o.Each.Seconds()*besideRate/besidePerson))
	bundles, references, err := input(o)
	if err != nil {
		return err
	}
	for _, name := range o.Databases {
		b := &record{ctx: ctx, report: report, program: o.Program, name: name, each: o.Each, bundles: bundles}
		if err := b.beside(references); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func (b *record) beside(references string) error {
	at, err := newPlace(b.name)
	if err != nil {
		return err
	}
	defer at.close()
	db, err := at.database("record")
	if err != nil {
		return err
	}
	if b.srv, err = startServer(b.ctx, b.program, db, "--references", references); err != nil {
		return err
	}
	defer func() { _ = b.srv.stop() }()
	all := b.bundles
	b.bundles = all[:min(besideFirst, len(all))]
	if err := b.importing(); err != nil {
		return err
	}
	settle()
	idle, err := b.reads(0)
	if err != nil {
		return err
	}
	bulk, err := merged(all[len(b.bundles):], besideEntries)
	if err != nil {
		return err
	}
	for name, pace := range map[string]float64{"read_beside_import": 0, "half_reads_beside_import": idle.rate() / 2} {
		half := len(bulk) / 2
		busy, rate, err := b.both(bulk[:half], pace)
		if bulk = bulk[half:]; err != nil {
			return err
		}
		if pace == 0 {
			b.report.addTimes(b.name+"."+name, busy, idle.rate())
		} else {
			b.report.add(b.name+"."+name, busy.rate(), "per second", idle.rate())
		}
		b.report.add(b.name+"."+name+".import", rate.perSecond, "per second", besideRate)
	}
	return nil
}

// both reads while bundles are imported.
func (b *record) both(bundles [][]byte, pace float64) (busy load, rate importRate, err error) {
	stop, done := make(chan struct{}), make(chan importRate, 1)
	go func() { done <- b.pour(bundles, stop) }()
	busy, err = b.reads(pace)
	close(stop)
	if rate = <-done; err == nil {
		err = rate.err
	}
	return busy, rate, err
}

// merged joins transactions until each has so many entries.
func merged(bundles [][]byte, least int) (all [][]byte, err error) {
	var text []byte
	entries := 0
	for _, b := range bundles {
		tree, err := fhir.Parse(b)
		if err != nil {
			return nil, err
		}
		list := tree.Root().Get("entry")
		if entries > 0 {
			text = append(text, ',')
		}
		raw := list.Raw()
		text = append(text, raw[1:len(raw)-1]...)
		if entries += list.Len(); entries >= least {
			all = append(all, slices.Concat([]byte(`{"resourceType":"Bundle","type":"transaction","entry":[`), text, []byte(`]}`)))
			text, entries = nil, 0
		}
	}
	return all, nil
}

// reads reads what is stored over several connections: so many a second, or as many as it can for 0.
func (b *record) reads(pace float64) (load, error) {
	conns, err := dialAll(b.srv.addr, besideReaders)
	if err != nil {
		return load{}, err
	}
	defer func() {
		for _, c := range conns {
			_ = c.conn.Close()
		}
	}()
	began := time.Now()
	return drive(b.ctx, besideReaders, b.each, func(w, n int) (int, error) {
		if pace > 0 {
			time.Sleep(time.Until(began.Add(time.Duration(float64(n*besideReaders) / pace * float64(time.Second)))))
		}
		return 1, b.ask(conns[w], http.MethodGet, b.stored[rand.IntN(len(b.stored))].path, nil, http.StatusOK)
	})
}

type importRate struct {
	perSecond float64
	err       error
}

// pour imports bundles, no faster than the rate, until it is stopped.
func (b *record) pour(bundles [][]byte, stop <-chan struct{}) (r importRate) {
	conns, err := dialAll(b.srv.addr, besideImporters)
	if err != nil {
		return importRate{err: err}
	}
	var next, stored atomic.Int64
	began := time.Now()
	_, r.err = drive(b.ctx, besideImporters, importFloor, func(w, _ int) (int, error) {
		due := began.Add(time.Duration(stored.Load()) * time.Second / besideRate)
		i := int(next.Add(1)) - 1
		select {
		case <-stop:
			return 0, io.EOF
		case <-time.After(time.Until(due)):
		}
		if i >= len(bundles) {
			return 0, io.EOF
		}
		status, _, answer, err := conns[w].do(http.MethodPost, "/fhir", bundles[i], "")
		if err == nil && status != http.StatusOK {
			err = fmt.Errorf("a bundle was answered with %d: %.500s", status, answer)
		}
		stored.Add(int64(strings.Count(string(answer), `"status":"201`)))
		return 1, err
	})
	r.perSecond = float64(stored.Load()) / time.Since(began).Seconds()
	<-stop
	return r
}
