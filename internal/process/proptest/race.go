package proptest

import (
	"slices"
	"sync"

	"pgregory.net/rapid"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/process"
)

// racer is who tries a move at the same time as others.
type racer struct {
	choice
	selves  []self
	needs   fhir.Node
	why     string // that it cannot be made where the race begins
	version int64
	err     error
}

// race lets two to four actors make moves that are open to them at once.
func (w *walk) race() {
	if !w.begin(rapid.IntRange(1, 3).Draw(w.T, "times at once")) {
		return
	}
	for range rapid.IntRange(0, 4).Draw(w.T, "steps") {
		w.one(rapid.SampledFrom([]string{"move", "move", "delegate"}).Draw(w.T, "step"))
	}
	open := w.open()
	if len(open) == 0 {
		return
	}
	racers := make([]racer, rapid.IntRange(2, 4).Draw(w.T, "racers"))
	for i := range racers {
		ch := rapid.SampledFrom(open).Draw(w.T, "racer")
		needs, said := w.filled(ch.actor, ch.move)
		racers[i] = racer{choice: ch, selves: w.selves(ch.actor), needs: needs}
		w.step("at once: %s %s", ch, said)
	}
	for i := range racers {
		racers[i].why = w.listed(racers[i].actor, racers[i].selves, racers[i].move.Code)
	}
	before, then := w.c, w.mark()
	var all sync.WaitGroup
	for i := range racers {
		all.Go(func() {
			r := &racers[i]
			made, err := w.engine.Move(w.ctx, w.session(r.actor), process.Asked{Case: before.Ref, Move: r.move.Code, Needs: r.needs})
			r.version, r.err = made.Version.Number, err
		})
	}
	all.Wait()
	w.c = w.look(before.Ref)
	w.raced(racers, before, then)
}

// raced holds that each version was won by one, that all others were told why not, and that only what was won has left anything.
func (w *walk) raced(racers []racer, before Case, then mark) {
	past := []Case{before} // as the case was
	for n := before.Version + 1; n <= w.c.Version; n++ {
		past = append(past, w.read(before.Ref, n))
	}
	var won []int64
	notices := 0
	for i := range racers {
		r := &racers[i]
		if r.err != nil {
			w.lost(r, past)
			continue
		}
		won = append(won, r.version)
		k := r.version - before.Version
		if k < 1 || int(k) >= len(past) {
			w.fail("%s has made version %d; there are versions up to %d", r.choice, r.version, w.c.Version)
		}
		is, was := past[k], past[k-1]
		may := w.expects(r.actor, r.selves, &was, r.move.Code) == ""
		if !may || is.Move != r.move.Code || is.By.Reference != r.actor.Reference || is.From != was.State {
			w.fail("%s has made version %d, which is %s of %v from %s", r.choice, r.version, is.Move, is.By, was.State)
		}
		for _, t := range r.move.Tells {
			if is.Party(t.Party) != (process.Who{}) {
				notices++
			}
		}
	}
	slices.Sort(won)
	for i, n := range won {
		if n != before.Version+int64(i)+1 {
			w.fail("the versions %v were won, behind version %d", won, before.Version)
		}
	}
	versions, signed, told := w.c.Version-before.Version, len(w.provenances()), w.delivered(then.notices)
	if int64(len(won)) != versions || int64(signed) != w.c.Version || told != notices {
		w.fail("%d moves were won: %d versions, %d Provenances in all, %d of %d notices", len(won), versions, signed, told, notices)
	}
}

// lost holds that what a loser was told was so at some moment of the race.
func (w *walk) lost(r *racer, past []Case) {
	got := fault.CodeOf(r.err)
	if got == fault.Internal || got == fault.Unavailable || got == fault.Precondition {
		w.fail("%s: %v", r.choice, r.err)
	}
	for i := range past {
		switch want := w.expects(r.actor, r.selves, &past[i], r.move.Code); {
		case want == "" && got != fault.Conflict: // the move itself has refused
			return
		case want == "" && (i > 0 || r.why == fault.From(r.err).Message): // or it has, in these words
			return
		case want == got && (got != fault.Conflict || names(r.err, &past[i])):
			return
		}
	}
	w.fail("%s was told, truly at no moment of the race: %v", r.choice, r.err)
}
