package proptest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"pgregory.net/rapid"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/process"
)

// mark is how much there is in the record, so that it can be said that nothing has come to it.
type mark struct {
	changes, jobs int64
	notices       int
}

func (w *walk) mark() mark {
	state, err := w.db.FeedState(w.ctx)
	w.must(err)
	jobs, _, err := w.db.Outbox(w.ctx)
	w.must(err)
	return mark{state.Head.Number + state.Waiting, jobs, w.notices}
}

// unchanged holds that nothing has come to the record, and nobody was told anything.
func (w *walk) unchanged(before mark, what string) {
	now := w.mark()
	if now.changes != before.changes || now.jobs != before.jobs {
		w.fail("%s was refused, yet the record has %d changes and %d jobs more", what, now.changes-before.changes, now.jobs-before.jobs)
	}
	if n := w.delivered(before.notices); n > 0 {
		w.fail("%s was refused, yet %d were told of it", what, n)
	}
	w.told, w.settled = nil, nil
}

// delivered is how many of the notices behind a number are in the record.
func (w *walk) delivered(after int) (n int) {
	for i := after + 1; i <= w.notices; i++ {
		if _, is := w.scene(gate.Actor{}, "").Read(fmt.Sprintf("Communication/told-%d", i)); is {
			n++
		}
	}
	return n
}

// anonymous is an error's text without the case.
func anonymous(err error, of fhir.Ref) string {
	if err == nil {
		return ""
	}
	return strings.ReplaceAll(fault.From(err).Message, of.ID, "*")
}

// filled fills in what a move needs, after what people do ahead of it.
func (w *walk) filled(a gate.Actor, m *process.Move) (needs fhir.Node, said string) {
	s := w.scene(a, m.Code)
	if w.world.Before != nil {
		w.world.Before(s)
	}
	f := filling{Scene: s, values: w.world.Values}
	needs = f.fill(m.Needs)
	return needs, "{" + strings.Join(f.said, ", ") + "}"
}

// begin begins a case; false where none of its tries was taken. It is asked for so many times at once, under one key, and once more
// when it has begun: that is one case all the same.
func (w *walk) begin(times int) bool {
	var all []choice
	for i := range w.Moves {
		m := &w.Moves[i]
		for _, a := range w.actors {
			if m.Begins() && slices.ContainsFunc(m.By, func(by process.By) bool { return slices.Contains(by.Roles, a.Role) }) &&
				(w.allows == nil || w.allows(a.Role, w.Code, m.Code)) {
				all = append(all, choice{a, m})
			}
		}
	}
	if len(all) == 0 {
		w.fail("nobody who tries can begin it")
	}
	w.cannotBegin()
	for range 6 {
		ch := rapid.SampledFrom(all).Draw(w.T, "begins")
		needs, said := w.filled(ch.actor, ch.move)
		before := w.mark()
		key := w.key()
		begin := func() (gate.Result, error) {
			return w.engine.Begin(w.ctx, w.session(ch.actor), w.Code, ch.move.Code, needs, key)
		}
		made, err := w.atOnce(times, begin)
		w.step("%s %s%s", ch, said, outcome(err))
		if err != nil {
			w.refused(ch, err, before)
			continue
		}
		w.again = begin
		me := []self{{reference: ch.actor.Reference, institution: ch.actor.Institution, role: ch.actor.Role}}
		c := w.look(made.Version.Ref)
		as, may := w.as(ch.actor, me, &c, ch.move)
		if !may {
			w.fail("%s has begun a case in which they are none who may", name(ch.actor))
		}
		w.stands(Case{Ref: c.Ref}, ch, as, before)
		w.repeat()
		return true
	}
	return false
}

// key is one under which what is done next is done once.
func (w *walk) key() *gate.Idempotency {
	return &gate.Idempotency{Key: fmt.Sprintf("walk-%d", len(w.steps)), Digest: []byte("walk"), Keep: time.Hour}
}

// atOnce begins a case several times at once, and holds that all have begun the same one, or were refused alike.
func (w *walk) atOnce(times int, begin func() (gate.Result, error)) (gate.Result, error) {
	made, errs := make([]gate.Result, times), make([]error, times)
	var all sync.WaitGroup
	for i := range times {
		all.Go(func() { made[i], errs[i] = begin() })
	}
	all.Wait()
	for i := range times {
		if made[i].Version.Ref != made[0].Version.Ref || fault.CodeOf(errs[i]) != fault.CodeOf(errs[0]) {
			w.fail("begun at once under one key it is %s (%v), and %s (%v)", made[0].Version.Ref, errs[0], made[i].Version.Ref, errs[i])
		}
	}
	// What was worked out for a case that did not begin counts for nothing.
	w.told = slices.DeleteFunc(w.told, func(t process.Told) bool { return t.Case != made[0].Version.Ref })
	w.settled = w.settled[:min(len(w.settled), 1)]
	return made[0], errs[0]
}

// cannotBegin holds that nobody begins a case whose role may not.
func (w *walk) cannotBegin() {
	before := w.mark()
	for i := range w.Moves {
		m := &w.Moves[i]
		for _, a := range w.actors {
			may := slices.ContainsFunc(m.By, func(by process.By) bool { return slices.Contains(by.Roles, a.Role) })
			_, err := w.engine.Begin(w.ctx, w.session(a), w.Code, m.Code, spoiled, nil)
			want := fault.Forbidden
			if !m.Begins() {
				want = fault.Unprocessable
			} else if may {
				want = cmp.Or(fault.CodeOf(err), "refused")
			}
			if got := fault.CodeOf(err); got != want || got == fault.Internal {
				w.fail("%s begins a case by %s and is told %q, not %q: %v", name(a), m.Code, got, want, err)
			}
		}
	}
	w.unchanged(before, "beginning a case")
}

// spoiled is what no form takes.
var spoiled = func() fhir.Node {
	tree, err := fhir.Parse([]byte(parameters(`{"name":"no-such-field","valueString":"x"}`)))
	if err != nil {
		panic(err)
	}
	return tree.Root()
}()

func outcome(err error) string {
	if err != nil {
		return ": refused, " + fault.From(err).Message
	}
	return ""
}

// refused holds what is so where a move that the table lets somebody make was refused by what was filled in, or by the move itself.
func (w *walk) refused(ch choice, err error, before mark) {
	switch fault.CodeOf(err) {
	case fault.Internal, fault.Unavailable, fault.Precondition:
		w.fail("%s: %v", ch, err)
	}
	w.cover.refused[ch.move.Code] = fault.From(err).Message
	w.unchanged(before, ch.String())
}

// move lets somebody make a move that the table lets them make. Whether it was made is told.
func (w *walk) move(ch choice) bool {
	selves := w.selves(ch.actor)
	as, _ := w.as(ch.actor, selves, &w.c, ch.move)
	needs, said := w.filled(ch.actor, ch.move)
	guarded := w.listed(ch.actor, selves, ch.move.Code)
	before, past := w.mark(), w.c
	asked := process.Asked{Case: w.c.Ref, Move: ch.move.Code, Needs: needs, Once: w.key()}
	made, err := w.engine.Move(w.ctx, w.session(ch.actor), asked)
	w.step("%s %s%s", ch, said, outcome(err))
	if err != nil {
		w.refused(ch, err, before)
		return false
	}
	if guarded != "" {
		w.fail("%s was made, though the case's moves say: %s", ch, guarded)
	}
	w.again = func() (gate.Result, error) { return w.engine.Move(w.ctx, w.session(ch.actor), asked) }
	if made.Version.Number != past.Version+1 {
		w.fail("%s has made version %d of version %d", ch, made.Version.Number, past.Version)
	}
	w.stands(past, ch, as, before)
	return true
}

// listed holds that somebody is told of exactly the moves that the table lets them make, and says why one cannot be made at present.
func (w *walk) listed(a gate.Actor, selves []self, move string) (why string) {
	view, err := w.engine.Moves(w.ctx, w.session(a), w.c.Ref)
	if err != nil {
		w.fail("%s asks for the moves: %v", name(a), err)
	}
	var got, want []string
	for _, p := range view.Moves {
		if got = append(got, p.Code); p.Code == move {
			why = p.Why
		}
	}
	for i := range w.Moves {
		if code := w.Moves[i].Code; w.expects(a, selves, &w.c, code) == "" {
			want = append(want, code)
		}
	}
	if !slices.Equal(got, want) || view.State.Code != w.c.State {
		w.fail("%s is told that in %s they may %v; by the table it is %v in %s", name(a), view.State.Code, got, want, w.c.State)
	}
	return why
}

// repeat makes the last move again under its key.
func (w *walk) repeat() {
	if w.again == nil {
		return
	}
	before := w.mark()
	made, err := w.again()
	if v := made.Version; err != nil || !made.Replayed || v.Ref != w.c.Ref || v.Number > w.c.Version {
		w.fail("the last move again, under its key: version %d of %s, anew %t, %v", v.Number, v.Ref, !made.Replayed, err)
	}
	w.unchanged(before, "the last move, again,")
}

// stale lets somebody move a case as it is not any more, or not yet.
func (w *walk) stale() {
	all := w.open()
	if len(all) == 0 {
		return
	}
	ch, before := all[0], w.mark()
	for _, version := range []int64{w.c.Version - 1, w.c.Version + 1} {
		if version == 0 {
			continue
		}
		_, err := w.engine.Move(w.ctx, w.session(ch.actor), process.Asked{Case: w.c.Ref, Move: ch.move.Code, Needs: spoiled, IfVersion: version})
		if fault.CodeOf(err) != fault.Precondition {
			w.fail("%s, if it is version %d of %d: %v", ch, version, w.c.Version, err)
		}
	}
	w.unchanged(before, "a move of another version")
}

// everybody tries everything that is not for them, once in each state.
func (w *walk) everybody() {
	if w.seen[w.c.State] {
		return
	}
	w.seen[w.c.State] = true
	before := w.mark()
	for i, a := range w.actors {
		selves, s := w.selves(a), w.session(a)
		if !w.concerned(a, selves, &w.c) {
			_, err := w.engine.Moves(w.ctx, s, w.c.Ref)
			w.stranger(a, "the list of moves", err)
			_, err = w.engine.History(w.ctx, s, w.c.Ref)
			w.stranger(a, "the history", err)
			_, err = w.engine.Move(w.ctx, s, process.Asked{Case: w.c.Ref, Move: w.Moves[i%len(w.Moves)].Code})
			w.stranger(a, "a move", err)
			continue
		}
		w.listed(a, selves, "")
		for j := range w.Moves {
			w.tries(a, selves, w.Moves[j].Code)
		}
	}
	_, err := w.platform().Apply(w.ctx, []gate.Op{{Kind: gate.Delete, Type: w.c.Ref.Type, ID: w.c.Ref.ID}}, nil)
	if fault.CodeOf(err) != fault.Forbidden {
		w.fail("the case was deleted by no move: %v", err)
	}
	w.unchanged(before, "what is for nobody in "+w.c.State)
}

// tries lets somebody who knows of the case ask for a move that they may not make now, or with a form that is not taken.
func (w *walk) tries(a gate.Actor, selves []self, move string) {
	want := w.expects(a, selves, &w.c, move)
	_, err := w.engine.Move(w.ctx, w.session(a), process.Asked{Case: w.c.Ref, Move: move, Needs: spoiled})
	got := fault.CodeOf(err)
	switch {
	case err == nil || got == fault.Internal, want != "" && got != want:
		w.fail("%s tries %s in %s and is told %q, not %q: %v", name(a), move, w.c.State, got, want, err)
	case want == fault.Conflict && !names(err, &w.c):
		w.fail("%s tries %s in %s and is not told who brought it there: %v", name(a), move, w.c.State, err)
	}
}

// names tells whether a refusal says who brought a case where it is.
func names(err error, c *Case) bool {
	return strings.Contains(fault.From(err).Message, cmp.Or(c.By.Reference, string(c.By.Role)))
}
