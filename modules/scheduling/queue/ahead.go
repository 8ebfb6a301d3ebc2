package queue

import (
	"context"
	"slices"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/gate"
)

// stand is how somebody stands in the line.
type stand struct {
	ahead int       // how many are called before them by the rooms that may call them
	rooms int       // how many these are
	own   []*ticket // of the day, of their queue
}

// stands is how a ticket stands. It may not be written yet.
func (d Desk) stands(ctx context.Context, s *gate.Session, t *ticket, l limits, now time.Time) (is stand, err error) {
	all, err := d.ofDay(ctx, s, SystemOf, t.department)
	if err != nil {
		return is, err
	}
	if t.doctor != "" { // who may have patients of other departments too
		others, err := d.ofDay(ctx, s, SystemLine, t.doctor)
		if err != nil {
			return is, err
		}
		all = append(all, slices.DeleteFunc(others, func(o *ticket) bool { return o.department == t.department })...)
	}
	all = append(slices.DeleteFunc(all, func(o *ticket) bool { return o.ref == t.ref }), t)
	at, err := d.allRooms(ctx, s, t.institution)
	is.own = ofOne(all, t.queue())
	is.ahead, is.rooms = aheadOf(all, at, t, l, now)
	return is, err
}

// aheadOf is how many are called before a ticket by the rooms that may call it, and how many rooms these are. Each room calls from its doctor's
// queue and from that of its department, and all of them one after the other: so whom another room calls is not before it. Where no room calls,
// it is how many stand before it in its own queue.
func aheadOf(all []*ticket, at []*room, t *ticket, l limits, now time.Time) (ahead, rooms int) {
	lines, may := linesOf(all, at, t, l, now)
	for _, is := range may {
		if is {
			rooms++
		}
	}
	if rooms == 0 {
		lines, may = [][]next{order(ofOne(all, t.queue()), l, now)}, []bool{true}
	}
	called := map[fhir.Ref]bool{}
	for more := true; more; {
		more = false
		for i, line := range lines {
			for len(line) > 0 && called[line[0].ref] {
				line = line[1:]
			}
			if lines[i] = line; len(line) == 0 {
				continue
			}
			if line[0].ref == t.ref {
				return ahead, rooms
			}
			if called[line[0].ref], more = true, true; may[i] {
				ahead++
			}
		}
	}
	return 0, rooms // it is in no line
}

// linesOf are the lines of the rooms that call from the queue of a ticket, or from that of its department, and which of them may call it.
func linesOf(all []*ticket, at []*room, t *ticket, l limits, now time.Time) (lines [][]next, may []bool) {
	common := order(ofOne(all, t.department), l, now)
	for _, m := range at {
		if !m.calls(now) || m.post != t.queue() && m.department != t.department {
			continue
		}
		line := common
		if own := ofOne(all, m.post); len(own) > 0 || m.department != t.department {
			line = order(append(own, ofOne(all, m.department)...), l, now)
		}
		lines, may = append(lines, line), append(may, m.post == t.queue() || m.department == t.queue())
	}
	return lines, may
}
