package load

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"

	"yitong/internal/fault"
)

// Sender carries a batch or transaction Bundle out, once for a key, and gives the response Bundle. replayed tells that
// it had been carried out before. A refusal is a *fault.Error whose expressions name the entries at fault.
type Sender interface {
	Send(ctx context.Context, bundle []byte, key string) (answer []byte, replayed bool, err error)
}

// Failure is something that was not stored.
type Failure struct {
	Place string // file and line or entry
	Err   error
}

// Report tells what a load has done.
type Report struct {
	Files    int
	Stored   map[string]int // resources by type
	Repeated int            // resources that an earlier run of the same load had stored
	Found    int            // resources that were to be created only if they were not there, and were
	Failures []Failure
}

// Total is how many resources were stored by this run.
func (r *Report) Total() (n int) {
	for _, c := range r.Stored {
		n += c
	}
	return n
}

// Progress follows a load: bytes of the files that are done, and resources that are stored.
type Progress interface {
	Done(bytes int64, resources int)
}

// Run loads the files that paths name over several connections. When ctx ends it finishes what has been sent and
// reports; the same load can then be run again. The error is for what stops the whole load; what is wrong with single
// files and entries is in the report.
func Run(ctx context.Context, to Sender, paths []string, connections int, bar func(total int64) Progress) (*Report, error) {
	files, err := find(paths)
	if err != nil {
		return nil, err
	}
	var total int64
	for _, f := range files {
		total += f.size
	}
	l := &load{to: to, progress: bar(total), report: &Report{Files: len(files), Stored: map[string]int{}}}
	units := make(chan unit)
	var workers sync.WaitGroup
	for range connections {
		workers.Go(func() {
			for u := range units {
				l.send(ctx, u)
			}
		})
	}
	for _, f := range files {
		err := read(f, func(u unit) error {
			select {
			case units <- u:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
		if ctx.Err() != nil {
			break
		}
		if err != nil {
			l.fail(Failure{f.path, err})
			l.progress.Done(f.size, 0)
		}
	}
	close(units)
	workers.Wait()
	if ctx.Err() != nil {
		return l.report, fault.New(fault.Unavailable, "The load was interrupted. Run it again: what has been stored will not be stored twice.")
	}
	return l.report, nil
}

// load is a load that is going on.
type load struct {
	to       Sender
	progress Progress
	mu       sync.Mutex
	report   *Report
}

func (l *load) fail(f ...Failure) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.report.Failures = append(l.report.Failures, f...)
}

// Print writes the report for a person: what was stored, by type, and every failure.
func (r *Report) Print(w io.Writer) {
	for _, t := range slices.Sorted(maps.Keys(r.Stored)) {
		fmt.Fprintf(w, "%10d %s\n", r.Stored[t], t)
	}
	fmt.Fprintf(w, "%10d resources stored from %d files", r.Total(), r.Files)
	if r.Repeated > 0 {
		fmt.Fprintf(w, "; %d had been stored by an earlier run", r.Repeated)
	}
	if r.Found > 0 {
		fmt.Fprintf(w, "; %d were there already", r.Found)
	}
	fmt.Fprintf(w, "; %d failures\n", len(r.Failures))
	for _, f := range r.Failures {
		e := fault.From(f.Err)
		if len(e.Issues) > 0 {
			fmt.Fprintf(w, "failed: %s:\n", f.Place)
			for _, i := range e.Issues {
				fmt.Fprintf(w, "    %s: %s\n", i.Expression, i.English)
			}
			continue
		}
		fmt.Fprintf(w, "failed: %s: %s", f.Place, e.Message)
		if len(e.Expression) > 0 {
			fmt.Fprintf(w, " (%s)", strings.Join(e.Expression, ", "))
		}
		fmt.Fprintln(w)
	}
}
