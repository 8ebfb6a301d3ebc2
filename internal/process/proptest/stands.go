package proptest

import (
	"slices"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
	"yitong/internal/process"
)

// stands holds what is so after a move that was made, and goes on from there.
func (w *walk) stands(before Case, ch choice, as self, then mark) {
	after := w.look(before.Ref)
	w.c = after
	to := w.State(after.State)
	actor := process.Who{Reference: ch.actor.Reference}
	switch {
	case after.Version != before.Version+1:
		w.fail("%s: version %d follows version %d", ch, after.Version, before.Version)
	case to == nil || !slices.Contains(ch.move.To, after.State):
		w.fail("%s leads to %q, which the table does not say", ch, after.State)
	case after.Status != to.Status:
		w.fail("in %s the Task is %s, not %s", to.Code, after.Status, to.Status)
	case after.Table != w.Canonical():
		w.fail("the case is on %s", after.Table)
	case after.Move != ch.move.Code || after.From != before.State || after.By != actor:
		w.fail("%s from %s stands as %s from %s by %v", ch, before.State, after.Move, after.From, after.By)
	case before.Version > 0 && after.Resident != before.Resident:
		w.fail("%s: the case of %q is that of %q now", ch, before.Resident, after.Resident)
	}
	w.owned(to)
	w.dated(before, to)
	w.announced(ch.move, then)
	w.made = append(w.made, made{ch.move.Code, before.State, after.State, ch.actor, as})
	w.signed()
	w.steps[len(w.steps)-1] += " → " + after.State
	w.cover.states[after.State]++
	w.cover.moves[ch.move.Code]++
	if w.world.Invariant != nil {
		if err := w.world.Invariant(w.scene(ch.actor, ch.move.Code)); err != nil {
			w.fail("%v", err)
		}
	}
}

// owned holds that it is for the state's party to act, and for nobody at the end, when its place is given back.
func (w *walk) owned(to *process.State) {
	nobody := process.Who{}
	if to.Final() {
		if w.c.Owner != nobody || !w.c.Deadline.IsZero() {
			w.fail("it has ended, yet it is for %v to act by %s", w.c.Owner, w.c.Deadline)
		}
		if w.c.Placed() {
			w.fail("it has ended, yet it keeps its place")
		}
		return
	}
	if w.c.Owner == nobody || w.c.Owner != w.c.Party(to.Owner) {
		w.fail("in %s it is for %v to act; %s is %v", to.Code, w.c.Owner, to.Owner, w.c.Party(to.Owner))
	}
}

// dated holds that the deadline is the rule's, since when the case is in its state, and that the clock will be woken.
func (w *walk) dated(before Case, to *process.State) {
	entered := w.now
	if before.State == to.Code {
		entered = before.Entered
	}
	if !w.c.Entered.Equal(entered) {
		w.fail("it is in %s since %s, not since %s", to.Code, w.c.Entered, entered)
	}
	within := to.Within
	if to.Hurried != "" && w.c.Task.Root.Get("priority").Str() == "stat" {
		within = to.Hurried
	}
	switch n := len(w.settled); {
	case n > 1:
		w.fail("%d deadlines were asked for by one move", n)
	case n == 1 && (w.settled[0].table != within || !w.settled[0].from.Equal(w.now)):
		w.fail("in %s the deadline was asked of %s from %s", to.Code, w.settled[0].table, w.settled[0].from)
	case n == 1 && !w.c.Deadline.Equal(w.settled[0].until.Truncate(time.Microsecond)):
		w.fail("in %s the deadline is %s; by %s it is %s", to.Code, w.c.Deadline, within, w.settled[0].until)
	case n == 0 && to.Within != "" && w.c.Deadline.IsZero():
		w.fail("in %s there is no deadline", to.Code)
	}
	w.settled = nil
	w.alarm(&w.c)
	if jobs, _, err := w.db.Outbox(w.ctx); err != nil || int(jobs) != len(w.alarms) {
		w.fail("in %s there are %d jobs to come, not %d: the clock is not woken at %s (%v)", to.Code, jobs, len(w.alarms), w.c.Deadline, err)
	}
}

// alarm notes that the clock is to be woken at the deadline of a case.
func (w *walk) alarm(c *Case) {
	p := w.Process
	if c.Table != p.Canonical() {
		p = process.Delegation()
	}
	if s := p.State(c.State); s != nil && s.Late != "" && !c.Deadline.IsZero() {
		w.alarms[c.Ref.ID+" "+c.Deadline.UTC().String()] = true
	}
}

// announced holds that exactly those were told whom the table names and who are somebody.
func (w *walk) announced(m *process.Move, then mark) {
	var want []process.Told
	for _, t := range m.Tells {
		if who := w.c.Party(t.Party); who != (process.Who{}) {
			want = append(want, process.Told{Tell: t, Who: who})
		}
	}
	for i, t := range w.told {
		known := i < len(want) && t.Tell == want[i].Tell && t.Who == want[i].Who
		if !known || t.Case != w.c.Ref || t.Resident != w.c.Resident || !t.At.Equal(w.now) {
			w.fail("%s tells %v: %+v", m.Code, t.Who, t)
		}
	}
	if n := w.delivered(then.notices); n != len(want) || len(w.told) != len(want) {
		w.fail("%s tells %d of %d", m.Code, n, len(want))
	}
	w.told = nil
}

// signed holds that there is one Provenance of each version, with who made it as what and on whose behalf.
func (w *walk) signed() {
	all := w.provenances()
	if len(all) != len(w.made) || int64(len(all)) != w.c.Version {
		w.fail("%d moves have left %d versions and %d Provenances", len(w.made), w.c.Version, len(all))
	}
	last := w.made[len(w.made)-1]
	var found []fhir.Node
	for _, n := range all {
		if fhir.ParseReference(n.Get("target").First().Get("reference").Str()).Version == w.c.Version {
			found = append(found, n)
		}
	}
	if len(found) != 1 {
		w.fail("%d Provenances are of version %d", len(found), w.c.Version)
	}
	agent := found[0].Get("agent").First()
	behalf := last.actor.Institution
	if last.as.away {
		behalf = last.as.reference
	}
	role := agent.Get("role").First().Get("coding").First().Get("code").Str()
	move := found[0].Get("activity").Get("coding").First().Get("code").Str()
	by, of := who(agent.Get("who")).Reference, who(agent.Get("onBehalfOf")).Reference
	if by != last.actor.Reference || role != string(last.actor.Role) || of != behalf || move != last.move || agent.Next().Exists() {
		w.fail("%s of %s as %q for %q stands as %s of %s as %q for %q",
			last.move, last.actor.Reference, last.actor.Role, behalf, move, by, role, of)
	}
	if at := instant(found[0].Get("recorded")); !at.Equal(w.now) {
		w.fail("%s was made at %s, and is recorded at %s", last.move, w.now, at)
	}
}

var typeProvenance, _ = schema.TypeOf("Provenance")

// provenances are those of the case.
func (w *walk) provenances() (all []fhir.Node) {
	s := w.platform()
	pairs := []search.Pair{{Name: "target", Value: w.c.Ref.String()}, {Name: "_count", Value: "200"}}
	asked, err := s.Request([]schema.Type{typeProvenance}, pairs, gate.Wishes{})
	w.must(err)
	found, err := s.Search(w.ctx, asked, "proptest", "")
	w.must(err)
	for _, v := range found.Matches {
		r, err := fhir.ParseResource(v.Body.Bytes)
		w.must(err)
		all = append(all, r.Root)
	}
	return all
}

// past holds that the history tells the moves that were made.
func (w *walk) past() {
	for _, a := range w.actors {
		if !w.concerned(a, w.selves(a), &w.c) {
			continue
		}
		steps, err := w.engine.History(w.ctx, w.session(a), w.c.Ref)
		if err != nil || len(steps) != len(w.made) {
			w.fail("of %d moves the history tells %d: %v", len(w.made), len(steps), err)
		}
		for i, s := range steps {
			if m := w.made[i]; s.Move != m.move || s.From != m.from || s.To != m.to || s.Who.Reference != m.actor.Reference {
				w.fail("the history tells step %d as %s from %s to %s of %v; it was %s from %s to %s of %s",
					i+1, s.Move, s.From, s.To, s.Who, m.move, m.from, m.to, m.actor.Reference)
			}
		}
		return
	}
}
