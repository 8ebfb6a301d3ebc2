package queue

import (
	"fmt"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
)

// act is what somebody does with a ticket.
type act string

// The acts. They are stored: never rename one.
const (
	actArrive act = "arrive"     // makes it
	actCall   act = "call"       // to a room
	actAgain  act = "again"      // the same call once more
	actStart  act = "start"      // has come in
	actTests  act = "tests"      // goes off to tests
	actDone   act = "done"       // is ready
	actSkip   act = "skip"       // has not come when called
	actBack   act = "back"       // from tests, or has turned up who was skipped
	actMove   act = "move"       // to another queue
	actLeave  act = "leave"      // does not wait any more
	actFirst  act = "prioritise" // goes first, or not any more
)

// moves are what can be done in each state, and to which it leads: the table of the states (docs of the package).
var moves = map[State]map[act]State{
	Waiting:    {actCall: Called, actMove: Waiting, actFirst: Waiting, actLeave: Left},
	Skipped:    {actCall: Called, actBack: Waiting, actMove: Skipped, actFirst: Skipped, actLeave: Left},
	Returning:  {actCall: Called, actMove: Returning, actFirst: Returning, actLeave: Left},
	Called:     {actAgain: Called, actStart: Consulting, actSkip: Skipped, actTests: Tests, actDone: Done, actLeave: Left},
	Consulting: {actTests: Tests, actDone: Done, actLeave: Left},
	Tests:      {actBack: Returning, actDone: Done, actLeave: Left},
}

// turn is why somebody was called then.
type turn string

// The turns. They are stored: never rename one.
const (
	turnFirst    turn = "first"    // a first visit in its turn
	turnPriority turn = "priority" // one that goes before others
	turnReturn   turn = "return"   // back from tests
	turnOut      turn = "out"      // out of turn, with a reason
)

// step is what became of a ticket.
type step struct {
	Act    act
	State  State // then
	At     time.Time
	Room   string // Location/…, "" for none
	Turn   turn   // of a call
	Reason string
}

// stepsMost is how many steps a ticket has before it can only go on to its end.
const stepsMost = 64

// endless are the acts that can be done again and again. A ticket that is full refuses them; all others lead to its end, so that none
// stands at the head of a line and cannot be called.
var endless = map[act]bool{actFirst: true, actMove: true, actTests: true}

// ticket is how somebody stands in a queue.
type ticket struct {
	ref         fhir.Ref
	version     int64
	appointment string
	patient     fhir.Ref
	institution string
	department  string    // HealthcareService/…
	doctor      string    // PractitionerRole/…, "" where it stands in the queue of the department
	names       [2]string // of these
	start, end  time.Time // of the segment
	due         time.Time
	place       int    // in the segment
	label       string // shown and spoken
	arrived     time.Time
	way         Way
	priority    Priority
	ahead       int // when it checked in
	open        int // rooms that called then
	behind      int // of how many who waited then it comes behind who was skipped
	told        bool
	room        string // Location/…, to which it is called or where it is
	roomName    string
	state       State
	steps       []step
}

// queue is the one in which it stands.
func (t *ticket) queue() string {
	if t.doctor != "" {
		return t.doctor
	}
	return t.department
}

// label is how the place of a segment is called: 08:30-03, and of an extra place 08:30-加2.
func labelOf(start time.Time, place, total int) string {
	if place > total {
		return fmt.Sprintf("%s-加%d", start.Format("15:04"), place-total)
	}
	return fmt.Sprintf("%s-%02d", start.Format("15:04"), place)
}

// dueOf is when somebody is due: at the start of the segment, or when they came who came behind its end.
func dueOf(start, end, arrived time.Time) time.Time {
	if arrived.Before(end) {
		return start
	}
	return arrived
}

// do makes a step. The error is Conflict where the state does not allow it, and Unprocessable where there were too many.
func (t *ticket) do(s step) error {
	next, can := moves[t.state][s.Act]
	if !can {
		return t.unfit()
	}
	if len(t.steps) >= stepsMost && endless[s.Act] {
		return fault.New(fault.Unprocessable, "The ticket has %d steps already: see them, and end it. 该候诊单操作次数已达上限，请完成本次就诊。", stepsMost).WithIssue("business-rule")
	}
	if s.Act == actBack && t.state == Tests {
		t.due = s.At
	}
	if t.state = next; !t.inRoom() {
		t.room, t.roomName = "", ""
	}
	s.State = next
	t.steps = append(t.steps, s)
	return nil
}

// unfit says how a ticket stands with which something cannot be done.
func (t *ticket) unfit() error {
	return fault.New(fault.Conflict, "The ticket is %s: that cannot be done now. 当前状态不能这样办理（%[1]s）。", t.state).WithIssue("conflict")
}

// skip lets others go first, or ends it who was skipped too often.
func (t *ticket) skip(now time.Time, waiting int, l limits) error {
	if t.state == Called && t.skips()+1 >= l.skips {
		return t.do(step{Act: actLeave, At: now, Room: t.room, Reason: reasonSkipped})
	}
	if err := t.do(step{Act: actSkip, At: now, Room: t.room}); err != nil {
		return err
	}
	t.behind = min(waiting, l.behind)
	return nil
}

// reasonSkipped is why somebody has left who was skipped too often.
const reasonSkipped = "skipped"

// inRoom tells whether it takes a room.
func (t *ticket) inRoom() bool { return t.state == Called || t.state == Consulting }

// inLine tells whether it waits to be called.
func (t *ticket) inLine() bool {
	return t.state == Waiting || t.state == Skipped || t.state == Returning
}

// over tells whether nothing becomes of it any more.
func (t *ticket) over() bool { return t.state == Done || t.state == Left }

// returned tells whether it was at tests and has come back.
func (t *ticket) returned() bool {
	for _, s := range t.steps {
		if s.State == Returning {
			return true
		}
	}
	return false
}

// since is since when it stands as it does.
func (t *ticket) since() time.Time {
	at := t.arrived
	was := State("")
	for _, s := range t.steps {
		if s.State != was {
			at, was = s.At, s.State
		}
	}
	return at
}

// calls is how often it was called since it was last in the line.
func (t *ticket) calls() (n int) {
	for _, s := range t.steps {
		switch s.Act {
		case actCall:
			n = 1
		case actAgain:
			n++
		case actSkip, actBack:
			n = 0
		}
	}
	return n
}

// skips is how often it was skipped.
func (t *ticket) skips() (n int) {
	for _, s := range t.steps {
		if s.Act == actSkip {
			n++
		}
	}
	return n
}

// last is the latest step of some kind; false where there is none.
func (t *ticket) last(a act) (s step, is bool) {
	for _, one := range t.steps {
		if one.Act == a {
			s, is = one, true
		}
	}
	return s, is
}

// waited is how long it waited for the first call, or has until now or until it left, and whether it was called.
func (t *ticket) waited(now time.Time) (d time.Duration, called bool) {
	for _, s := range t.steps {
		switch s.Act {
		case actCall:
			return s.At.Sub(t.arrived), true
		case actLeave:
			return s.At.Sub(t.arrived), false
		}
	}
	return now.Sub(t.arrived), false
}
