package queue

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"yitong/internal/cases"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
)

const (
	openMost    = 5_000       // tickets of a day of a department that are open at a time
	endedMost   = 50_000      // and that are over
	endedPage   = 500         // of these that are read at once
	endedAgain  = time.Minute // of what has ended is read again: longer than a transaction takes, so that none is missed
	endedKept   = 100_000     // tickets that are remembered; with one more all of them are forgotten
	statusOpen  = "arrived,in-progress,onleave"
	statusEnded = "finished,cancelled"
)

// ended remembers the tickets of this day that are over. Nothing becomes of them any more: so each is read once, and a look at a line reads
// those that are open, and what has ended since the last look.
type ended struct {
	known sync.Map // *endings by what was asked for
	many  atomic.Int64
}

// endings are the tickets of a day that are over, of what was asked for.
type endings struct {
	busy sync.Mutex
	from time.Time // when the day began
	mark time.Time // when the latest of them ended that was read, by the clock of the record
	over map[fhir.Ref]*ticket
}

// ofDay are the tickets of this day: by [SystemLine] of a queue, by [SystemOf] of a department or a doctor.
func (d Desk) ofDay(ctx context.Context, s *gate.Session, system, of string) ([]*ticket, error) {
	from, until := d.dayOf(s.Now())
	pairs := []search.Pair{
		{Name: "type", Value: system + "|" + of}, {Name: "date", Value: "ge" + from.Format(time.RFC3339)}, {Name: "date", Value: "lt" + until.Format(time.RFC3339)},
	}
	var all []*ticket
	whole, err := cases.EachVersion(ctx, s, typeEncounter, openMost, with(pairs, "status", statusOpen), func(r fhir.Resource, version int64) bool {
		if t, is := ticketOf(r, version, d.Zone); is && !t.arrived.Before(from) {
			all = append(all, t)
		}
		return true
	})
	if err == nil && !whole {
		err = tooMany(openMost)
	}
	if err != nil {
		return nil, err
	}
	over, err := d.ended.of(system+of, from, func(e *endings) error { return d.readEnded(ctx, s.Unseen(), pairs, e) })
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(t *ticket) bool { return over[t.ref] != nil }) // it has ended between the two looks
	return slices.AppendSeq(all, maps.Values(over)), nil
}

// today are the tickets of a queue of this day.
func (d Desk) today(ctx context.Context, s *gate.Session, of string) ([]*ticket, error) {
	return d.ofDay(ctx, s, SystemLine, of)
}

// with are criteria and one more.
func with(pairs []search.Pair, name, value string) []search.Pair {
	return append(slices.Clone(pairs), search.Pair{Name: name, Value: value})
}

// tooMany refuses to go by a part of the tickets of a day.
func tooMany(most int) error {
	return fault.New(fault.Unprocessable, "There are more than %d tickets: part the department into queues of its own, by doctors or by departments. 候诊单超过 %[1]d 张，请按医师或科室拆分队列。", most).WithIssue("too-costly")
}

// of are the tickets that are over, once read has added what is new. Who asks at the same time waits. nil remembers nothing.
func (e *ended) of(key string, from time.Time, read func(*endings) error) (map[fhir.Ref]*ticket, error) {
	fresh := &endings{from: from, over: map[fhir.Ref]*ticket{}}
	if e == nil {
		return fresh.over, read(fresh)
	}
	known, was := e.known.LoadOrStore(key, fresh)
	one := known.(*endings)
	if was && !one.from.Equal(from) { // of another day
		e.known.CompareAndSwap(key, known, fresh)
		one = fresh
	}
	one.busy.Lock()
	defer one.busy.Unlock()
	before := len(one.over)
	if err := read(one); err != nil {
		return nil, err
	}
	if e.many.Add(int64(len(one.over)-before)) > endedKept {
		e.known.Clear()
		e.many.Store(0)
	}
	return maps.Clone(one.over), nil
}

// readEnded adds what has ended since the last look.
func (d Desk) readEnded(ctx context.Context, s *gate.Session, pairs []search.Pair, e *endings) error {
	pairs = append(with(pairs, "status", statusEnded), search.Pair{Name: "_count", Value: strconv.Itoa(endedPage)})
	if !e.mark.IsZero() {
		pairs = append(pairs, search.Pair{Name: "_lastUpdated", Value: "ge" + e.mark.Add(-endedAgain).UTC().Format(time.RFC3339)})
	}
	request, err := s.Request([]schema.Type{typeEncounter}, pairs, gate.Wishes{})
	if err != nil {
		return err
	}
	mark := e.mark
	found := map[fhir.Ref]*ticket{}
	for page, more := "", true; more; {
		results, err := s.Search(ctx, request, "ended", page)
		if err != nil {
			return err
		}
		for _, v := range results.Matches {
			if e.over[v.Ref] != nil {
				continue
			}
			r, err := fhir.ParseResource(v.Body.Bytes)
			if err != nil {
				return fault.Wrap(err, "reading a ticket")
			}
			if t, is := ticketOf(r, v.Number, d.Zone); is && !t.arrived.Before(e.from) {
				found[t.ref] = t
			}
			if v.Updated.After(mark) {
				mark = v.Updated
			}
		}
		if len(found) > endedMost {
			return tooMany(endedMost)
		}
		page, more = results.Next, results.Next != ""
	}
	maps.Copy(e.over, found) // all of them, or none
	e.mark = mark
	return nil
}
