package proptest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"pgregory.net/rapid"

	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/process"
	"yitong/internal/rule"
	"yitong/internal/store"
)

var zone = time.FixedZone("Asia/Shanghai", 8*3600)

// began is when every walk begins: a Monday morning.
var began = time.Date(2026, 5, 4, 9, 0, 0, 0, zone)

// walk is one case on its way, on a record of its own.
type walk struct {
	*rapid.T
	table
	world  *World
	ctx    context.Context
	db     store.DB
	gate   *gate.Gate
	engine *process.Engine
	now    time.Time
	actors []gate.Actor
	refs   []fhir.Ref // what there was before
	cover  *cover
	mu     *sync.Mutex // of what the engine tells the walk

	c       Case
	made    []made
	away    []Case                      // delegations that were begun beside
	settled []settled                   // deadlines that were asked for since the last look
	told    []process.Told              // notices that were made since the last look
	notices int                         // so far
	alarms  map[string]bool             // that should be in the outbox
	seen    map[string]bool             // states in which everybody has tried
	steps   []string                    // for people to read
	again   func() (gate.Result, error) // makes the last move again
}

// made is a move that was made.
type made struct {
	move, from, to string
	actor          gate.Actor
	as             self
}

// settled is a deadline that a rule has given.
type settled struct {
	table       string
	from, until time.Time
}

// newWalk prepares a record for a walk.
func newWalk(ctx context.Context, t *rapid.T, p *process.Process, world *World, db store.DB, cover *cover) *walk {
	w := &walk{T: t, table: table{p, world.Allows}, world: world, ctx: ctx, db: db, now: began, cover: cover,
		alarms: map[string]bool{}, seen: map[string]bool{}, actors: world.actors(), mu: &sync.Mutex{}}
	all := world.Processes
	if p.Code != process.Delegation().Code {
		all = append([]*process.Process{p}, all...)
	}
	var err error
	w.engine, err = process.New(process.Config{Processes: all, Zone: zone, Allows: world.Allows, Deadline: w.rule, Signature: signature, Tell: w.tell, Visits: world.Visits})
	w.must(err)
	w.gate = gate.New(db, gate.Config{References: true, Zone: zone, Owned: process.Owns(all...), Now: func() time.Time { return w.now }})
	var ops []gate.Op
	for _, text := range world.seeds(p) {
		r, err := fhir.ParseResource([]byte(text))
		w.must(err)
		ops = append(ops, gate.Op{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r})
		w.refs = append(w.refs, fhir.Ref{Type: r.Type, ID: r.ID})
	}
	_, err = w.platform().Apply(ctx, ops, nil)
	w.must(err)
	return w
}

// must ends the walk for what is wrong with the world, not with the process.
func (w *walk) must(err error) {
	if err != nil {
		w.fail("the walk cannot go on: %v", err)
	}
}

// fail ends the walk, and tells how it came there.
func (w *walk) fail(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	for i, s := range w.steps {
		text += fmt.Sprintf("\n  %2d. %s", i+1, s)
	}
	w.Fatalf("%s: %s", w.Code, text)
}

// step notes what is done, for people to read.
func (w *walk) step(format string, args ...any) {
	w.steps = append(w.steps, fmt.Sprintf(format, args...))
}

func (w *walk) platform() *gate.Session {
	return w.gate.Session(gate.Actor{Reference: "Device/platform", Access: gate.Whole()})
}

func (w *walk) session(a gate.Actor) *gate.Session {
	a.Access = gate.Whole()
	return w.gate.Session(a)
}

func (w *walk) put(text string) {
	r, err := fhir.ParseResource([]byte(text))
	w.must(err)
	_, err = w.platform().Apply(w.ctx, []gate.Op{{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r}}, nil)
	w.must(err)
}

// rule gives deadlines, and remembers which.
func (w *walk) rule(table, region string, from time.Time) (rule.Deadline, error) {
	until, err := w.world.deadline(table, region, from)
	if err == nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.settled = append(w.settled, settled{table, from, until})
	}
	return rule.Deadline{Until: until, Uses: []rule.Use{{Ref: rule.Ref(table + "@1/1"), Region: region}}}, err
}

// tell makes a notice, and remembers which.
func (w *walk) tell(t process.Told) (gate.Op, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.notices++
	w.told = append(w.told, t)
	r, err := fhir.ParseResource(fmt.Appendf(nil, `{"resourceType":"Communication","id":"told-%d","status":"completed"}`, w.notices))
	return gate.Op{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r, IfAbsent: true}, err
}

// look reads a case as it stands.
func (w *walk) look(ref fhir.Ref) Case {
	v, err := w.db.Head(w.ctx, ref)
	w.must(err)
	if !v.Exists() {
		w.fail("%s is not there any more", ref)
	}
	return w.read(ref, v.Number)
}

// read reads a version of a case.
func (w *walk) read(ref fhir.Ref, number int64) Case {
	v, err := w.platform().VRead(w.ctx, ref, number)
	w.must(err)
	r, err := fhir.ParseResource(v.Body.Bytes)
	w.must(err)
	return caseOf(ref, number, r)
}

// scene is where the walk is.
func (w *walk) scene(a gate.Actor, move string) *Scene {
	s := &Scene{T: w.T, Now: w.now, Actor: a, Move: move, Case: w.c, walk: w}
	for _, m := range w.made {
		s.Made = append(s.Made, m.move)
	}
	return s
}

// weights say how often a walk does what.
var weights = []string{
	"move", "move", "move", "move", "move", "move", "move", "deadline", "wake", "time", "again", "version",
	"delegate", "run out", "return", "elsewhere",
}

// whole walks: a case is begun, goes some way, everybody tries in each of its states what is not for them, and it is brought to its end. With a goal it goes that way.
func (w *walk) whole(goal string) {
	if !w.begin(1) {
		return
	}
	w.everybody()
	if goal != "" {
		w.towards(goal)
		w.everybody()
	}
	for range rapid.IntRange(0, 12).Draw(w.T, "steps") {
		w.one(rapid.SampledFrom(weights).Draw(w.T, "step"))
		w.everybody()
		w.absence()
	}
	w.finish()
	w.everybody()
	w.past()
}

// one makes a step of a kind.
func (w *walk) one(kind string) {
	switch kind {
	case "move":
		w.onward()
	case "deadline":
		w.deadline()
	case "wake":
		w.early()
	case "time":
		w.pass(time.Duration(rapid.IntRange(1, 30*60).Draw(w.T, "minutes")) * time.Minute)
	case "again":
		w.repeat()
	case "version":
		w.stale()
	case "delegate":
		w.delegate()
	case "run out":
		w.runOut()
	case "return":
		w.comeBack()
	case "elsewhere":
		w.elsewhere()
	}
}

// elsewhere lets something happen with which the case moves, if there is such a thing.
func (w *walk) elsewhere() {
	i := slices.IndexFunc(w.Moves, func(m process.Move) bool { return m.Happens && slices.Contains(m.From, w.c.State) })
	if i < 0 {
		return
	}
	m := &w.Moves[i]
	var ops []gate.Op
	if w.world.Elsewhere != nil {
		ops = w.world.Elsewhere(w.scene(process.Clock, m.Code))
	}
	before, past := w.mark(), w.c
	w.step("%s happens", m.Code)
	if _, err := w.engine.Happen(w.ctx, w.gate.Session(process.Clock), w.c.Ref, m.Code, ops, nil); err != nil {
		w.fail("%s happens: %v", m.Code, err)
	}
	w.stands(past, choice{process.Clock, m}, self{}, before)
}

// onward lets somebody make a move some time later, now and then somebody who stands in.
func (w *walk) onward() {
	w.now = w.now.Add(time.Duration(rapid.SampledFrom([]int{0, 1, 45, 300}).Draw(w.T, "minutes later")) * time.Minute)
	all := w.open()
	standing := slices.DeleteFunc(slices.Clone(all), func(ch choice) bool {
		as, _ := w.as(ch.actor, w.selves(ch.actor), &w.c, ch.move)
		return !as.away
	})
	if len(standing) > 0 && rapid.Bool().Draw(w.T, "who stands in") {
		all = standing
	}
	if len(all) > 0 {
		w.move(rapid.SampledFrom(all).Draw(w.T, "move"))
	}
}

// standing lets everybody try again where it has changed who stands in for whom.
func (w *walk) standing() {
	if len(w.away) > 0 {
		delete(w.seen, w.c.State)
	}
}

func (w *walk) pass(d time.Duration) {
	w.now = w.now.Add(d)
	w.standing()
	w.step("%s later", d)
}

// choice is a move that somebody may make.
type choice struct {
	actor gate.Actor
	move  *process.Move
}

// String says it for people.
func (c choice) String() string { return name(c.actor) + " by " + c.move.Code }

func name(a gate.Actor) string {
	if a.Institution != "" {
		return fmt.Sprintf("%s %s of %s", a.Role, a.Reference, a.Institution)
	}
	return fmt.Sprintf("%s %s", a.Role, a.Reference)
}

// open are the moves that the table lets somebody make now.
func (w *walk) open() (all []choice) {
	for i := range w.Moves {
		m := &w.Moves[i]
		if !slices.Contains(m.From, w.c.State) {
			continue
		}
		for _, a := range w.actors {
			if w.expects(a, w.selves(a), &w.c, m.Code) == "" {
				all = append(all, choice{a, m})
			}
		}
	}
	return all
}
