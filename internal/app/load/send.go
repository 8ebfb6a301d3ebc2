package load

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
)

// send sends a unit. What is refused together, but does not belong together, is sent again alone, so that one bad line
// does not keep the others out. When ctx ends, what has not been sent is left.
func (l *load) send(ctx context.Context, u unit) {
	l.fail(u.bad...)
	stored, alone := 0, u.alone
	if bundle := u.transaction(); bundle != nil {
		n, err := l.carry(ctx, u.file, bundle, u.entries, 1)
		switch stored += n; {
		case err == nil:
		case u.parts && ofEntries[fault.CodeOf(err)]:
			alone = slices.Concat(numbered(u.entries, map[uint64]int{}), alone)
		default:
			l.fail(failure(u.file, u.entries, err))
		}
	}
	kind := "transaction"
	if u.batch {
		kind = "batch"
	}
	for i := range alone {
		if ctx.Err() != nil {
			break
		}
		one := alone[i : i+1]
		n, err := l.carry(ctx, u.file, bundleOf(kind, one), one, one[0].nth)
		if stored += n; err != nil {
			l.fail(failure(u.file, one, err))
		}
	}
	l.progress.Done(u.bytes, stored)
}

// ofEntries are the refusals that are an entry's fault, or the fault of sending so many together.
var ofEntries = map[fault.Code]bool{
	fault.Malformed: true, fault.TooLarge: true, fault.Unprocessable: true, fault.Conflict: true, fault.Precondition: true, fault.NotSupported: true,
}

// transaction is the Bundle of the unit's entries, nil if it has none.
func (u unit) transaction() []byte {
	if u.whole != nil || len(u.entries) == 0 {
		return u.whole
	}
	return bundleOf("transaction", u.entries)
}

// carry sends a Bundle and counts what its answer tells. A defect that shows in it ends this Bundle, not the load.
func (l *load) carry(ctx context.Context, file string, bundle []byte, entries []entry, nth int) (stored int, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.New(fault.Internal, "The program failed at this, which is its own defect: %v", p).Because(fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
		}
	}()
	answer, replayed, err := l.patiently(ctx, bundle, key(bundle, nth))
	if err != nil {
		return 0, err
	}
	tree, err := fhir.Parse(answer)
	if err != nil {
		return 0, fault.New(fault.Unavailable, "The answer cannot be read, so it is not known what was stored.").Because(err)
	}
	list := tree.Root().Get("entry")
	if list.Len() != len(entries) {
		return 0, fault.New(fault.Unavailable, "%d entries were sent, but the answer has %d, so it is not known what was stored.", len(entries), list.Len())
	}
	return l.take(file, entries, list, replayed), nil
}

// waits are the times between the attempts at what is not available for a moment: a busy server, a broken connection.
var waits = []time.Duration{200 * time.Millisecond, time.Second, 3 * time.Second}

// patiently sends a Bundle, again after a while if need be. Its key makes that safe.
func (l *load) patiently(ctx context.Context, bundle []byte, key string) (answer []byte, replayed bool, err error) {
	for _, wait := range waits {
		answer, replayed, err = l.to.Send(context.WithoutCancel(ctx), bundle, key)
		if fault.CodeOf(err) != fault.Unavailable {
			return answer, replayed, err
		}
		select {
		case <-ctx.Done():
			return nil, false, err
		case <-time.After(wait):
		}
	}
	return l.to.Send(context.WithoutCancel(ctx), bundle, key)
}

// take counts what an answer tells of each entry.
func (l *load) take(file string, entries []entry, list fhir.Node, replayed bool) (stored int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := 0
	for e := list.First(); e.Exists(); e = e.Next() {
		response, method := e.Get("response"), entries[i].method
		status, kind := response.Get("status").Str(), located(response.Get("location").Str())
		switch {
		case !strings.HasPrefix(status, "2"):
			l.report.Failures = append(l.report.Failures, failure(file, entries[i:i+1], refusal(response)))
		case kind == "" || method != "POST" && method != "PUT" && method != "PATCH": // read, searched or deleted
		case method == "POST" && strings.HasPrefix(status, "200"): // created only if it was not there (R4, 3.1.0.8.1)
			l.report.Found++
		case replayed:
			l.report.Repeated++
		default:
			l.report.Stored[kind]++
			stored++
		}
		i++
	}
	return stored
}

// located is the type of the resource at a location: Type/id/_history/version, with or without a base before it.
func located(location string) string {
	name, _, _ := strings.Cut(location, "/_history/")
	parts := strings.Split(name, "/")
	if len(parts) < 2 {
		return ""
	}
	return parts[len(parts)-2]
}

// refusal is what the answer to an entry of a batch says.
func refusal(response fhir.Node) error {
	issue := response.Get("outcome").Get("issue").Item(0)
	said := issue.Get("diagnostics").Str()
	if said == "" {
		said = "It was answered with status " + response.Get("status").Str() + "."
	}
	f := fault.New(fault.Unprocessable, "%s", said)
	if at := issue.Get("expression").Item(0).Str(); at != "" {
		f = f.At(at)
	}
	return f
}
