package bench

import (
	"context"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/store"
	"yitong/internal/worker"
)

const (
	jobRate     = 500 // jobs that are asked for in a second
	jobAskers   = 64
	saturating  = 64 // writers that keep the record busy
	warmUp      = 2 * time.Second
	jobsDrained = 20 * time.Second
)

// runJobs measures how soon jobs start while the record is written to as fast as it can be, what the jobs cost these
// writers, and how far the feed is behind them.
func runJobs(ctx context.Context, o Options, report Report) error {
	for _, name := range o.Databases {
		if err := jobsOn(ctx, name, o.Each, report); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func jobsOn(ctx context.Context, name string, each time.Duration, report Report) (err error) {
	at, err := newPlace(name)
	if err != nil {
		return err
	}
	defer at.close()
	db, _, err := at.record(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	b := &jobBench{db: db, gate: gate.New(db, gate.Config{References: true})}
	w, err := worker.New(ctx, db, worker.Config{Handlers: []worker.Handler{{Kind: "bench.start", Run: b.start}}, Cursors: []worker.Cursor{{Name: "bench", Take: take}}})
	if err != nil {
		return err
	}
	running, stop := context.WithCancel(ctx)
	var work sync.WaitGroup
	work.Go(func() { err = w.Run(running) })
	defer func() { stop(); work.Wait() }()
	alone, e := b.saturate(ctx, each, false)
	if e != nil {
		return e
	}
	beside, e := b.saturate(ctx, each, true)
	if e != nil {
		return e
	}
	if e := b.drained(ctx); e != nil {
		return e
	}
	l := load{took: each, times: b.times, units: len(b.times)}
	report.addTimes(name+".jobs", l, jobRate)
	report.add(name+".jobs.writes_beside", beside.rate(), "per second", alone.rate())
	report.add(name+".feed.behind.p95", b.behind(), "changes", 0)
	return nil
}

// take is the cursor of the benchmark: it reads every change, and makes nothing of it.
func take(context.Context, []store.FeedEntry) (func(store.Tx) error, error) {
	return func(store.Tx) error { return nil }, nil
}

type jobBench struct {
	db   store.DB
	gate *gate.Gate

	asked sync.Map // of each job, when its transaction was answered
	count atomic.Int64
	mu    sync.Mutex
	times []time.Duration // from there to its start
	lags  load            // in changes
}

// start is what a job does: it tells that it has begun.
func (b *jobBench) start(_ context.Context, t worker.Task) error {
	now := time.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	waited := time.Duration(1)
	if asked, ok := b.asked.Load(t.ID); ok { // else it began before its asker was answered
		waited = max(waited, now.Sub(asked.(time.Time)))
	}
	b.times = append(b.times, waited)
	return nil
}

// saturate writes as fast as can be, with jobs asked for at their rate or without, and looks how far the feed is behind.
func (b *jobBench) saturate(ctx context.Context, each time.Duration, withJobs bool) (load, error) {
	var beside sync.WaitGroup
	ctx, cancel := context.WithTimeout(ctx, warmUp+each)
	defer cancel()
	var first error
	if withJobs {
		beside.Go(func() {
			time.Sleep(warmUp)
			first = b.ask(ctx)
		})
	}
	beside.Go(func() { b.watch(ctx) })
	var n atomic.Int64
	l, err := drive(ctx, saturating, warmUp+each, func(_, _ int) (int, error) {
		text := fmt.Appendf(nil, `{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},"effectiveDateTime":"2026-11-22T08:00:00Z","valueInteger":%d}`, n.Add(1))
		r, err := fhir.ParseResource(text)
		if err != nil {
			return 0, err
		}
		_, err = b.gate.Session(gate.Actor{Reference: "Device/bench", Access: gate.Whole()}).Apply(context.Background(), []gate.Op{{Kind: gate.Create, Type: r.Type, Resource: r}}, nil)
		return 1, err
	})
	beside.Wait()
	if err == nil {
		err = first
	}
	return l, err
}

// ask asks for jobs at their rate, each in a transaction of its own.
func (b *jobBench) ask(ctx context.Context) error {
	began := time.Now()
	var asked atomic.Int64
	_, err := drive(ctx, jobAskers, time.Hour, func(_, _ int) (int, error) {
		select {
		case <-ctx.Done():
			return 0, io.EOF
		case <-time.After(time.Until(began.Add(time.Duration(asked.Add(1)) * time.Second / jobRate))):
		}
		job, err := worker.NewJob("bench.start", struct{}{})
		if err != nil {
			return 0, err
		}
		err = b.db.Write(context.Background(), store.Work{Do: func(tx store.Tx, _ store.Found) error { return tx.Enqueue([]store.Job{job}) }})
		b.asked.Store(job.ID, time.Now())
		b.count.Add(1)
		return 1, err
	})
	return err
}

// watch notes again and again how many changes the cursor of the benchmark has not taken.
func (b *jobBench) watch(ctx context.Context) {
	for ctx.Err() == nil {
		state, err := b.db.FeedState(ctx)
		if err == nil {
			at := int64(0)
			for _, f := range state.Followers {
				at = f.At.Number
			}
			b.lags.times = append(b.lags.times, time.Duration(state.Head.Number+state.Waiting-at))
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func (b *jobBench) behind() float64 { return float64(b.lags.percentile(.95)) }

// drained waits until every job that was asked for has started.
func (b *jobBench) drained(ctx context.Context) error {
	for deadline := time.Now().Add(jobsDrained); ; time.Sleep(20 * time.Millisecond) {
		b.mu.Lock()
		n := len(b.times)
		b.mu.Unlock()
		if int64(n) >= b.count.Load() {
			return nil
		}
		if time.Now().After(deadline) || ctx.Err() != nil {
			return fmt.Errorf("%d of %d jobs have started", n, b.count.Load())
		}
	}
}
