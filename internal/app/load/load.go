package load

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"yitong/internal/fault"
	"yitong/internal/fhir"
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

// send sends a unit. Lines of ndjson that are refused together are sent again one by one, so that one bad line does
// not keep the others out.
func (l *load) send(ctx context.Context, u unit) {
	l.fail(u.bad...)
	stored := 0
	if u.bundle != nil {
		sum := sha256.Sum256(u.bundle)
		key := "load-" + hex.EncodeToString(sum[:])
		answer, replayed, err := l.to.Send(context.WithoutCancel(ctx), u.bundle, key)
		if f := fault.From(err); err != nil && u.lines != nil && f.Code != fault.Internal && f.Code != fault.Unavailable {
			answer, replayed, err = l.to.Send(context.WithoutCancel(ctx), asBatch(u.bundle), key+"-one-by-one")
		}
		if err != nil {
			l.refused(u, err)
		} else {
			stored = l.take(u, answer, replayed)
		}
	}
	l.progress.Done(u.bytes, stored)
}

var entryPlace = regexp.MustCompile(`^Bundle\.entry\[(\d+)\]`)

// refused reports a unit of which nothing was stored.
func (l *load) refused(u unit, err error) {
	entry := -1
	if f, ok := errors.AsType[*fault.Error](err); ok && len(f.Expression) > 0 {
		if m := entryPlace.FindStringSubmatch(f.Expression[0]); m != nil {
			entry, _ = strconv.Atoi(m[1])
		}
	}
	l.fail(Failure{u.place(entry), err})
}

// take counts what the answer tells.
func (l *load) take(u unit, answer []byte, replayed bool) (stored int) {
	tree, err := fhir.Parse(answer)
	if err != nil {
		l.refused(u, err)
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	i := 0
	for e := tree.Root().Get("entry").First(); e.Exists(); e = e.Next() {
		response := e.Get("response")
		kind, _, _ := strings.Cut(response.Get("location").Str(), "/")
		switch status := response.Get("status").Str(); {
		case !strings.HasPrefix(status, "2"):
			issue := response.Get("outcome").Get("issue").Item(0)
			l.report.Failures = append(l.report.Failures, Failure{u.place(i), fault.New(fault.Unprocessable, "%s", issue.Get("diagnostics").Str())})
		case replayed:
			l.report.Repeated++
		case kind != "":
			l.report.Stored[kind]++
			stored++
		}
		i++
	}
	return stored
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
	fmt.Fprintf(w, "; %d failures\n", len(r.Failures))
	for _, f := range r.Failures {
		e := fault.From(f.Err)
		fmt.Fprintf(w, "failed: %s: %s", f.Place, e.Message)
		if len(e.Expression) > 0 {
			fmt.Fprintf(w, " (%s)", strings.Join(e.Expression, ", "))
		}
		fmt.Fprintln(w)
	}
}
