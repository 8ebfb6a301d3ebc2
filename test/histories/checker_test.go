package histories

import (
	"bytes"
	"context"
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/store"
)

// step is a call by hand. Its client is as good as any; what counts is when it was asked and answered.
func step(asked, answered int64, c call, a answer) porcupine.Operation {
	return porcupine.Operation{Input: c, Call: asked, Output: a, Return: answered}
}

// The calls and answers of histories by hand, all of one thing.
var (
	made     = answer{event: "created", version: 1, value: value{1, 1}}
	lost     = answer{lost: true}
	yes, no  = answer{event: "yes"}, answer{event: "no"}
	ann, bob = call{do: "take", who: "ann"}, call{do: "take", who: "bob"}
	read     = call{do: "read"}
	find     = call{do: "search"}
)

func put(n int) call { return call{do: "put", n: n} }

// second asks to write n in place of version 1.
func second(n int) call { return call{do: "put", n: n, version: 1} }

// is answers an update or a read of a version that says n.
func is(event string, version int64, n int) answer {
	return answer{event: event, version: version, value: value{n, n}}
}

// of is the answer about the resource with an id.
func of(id string, a answer) answer {
	a.id = id
	return a
}

// TestCheckerByHand shows the models histories of which it is known whether they are explained by an order.
func TestCheckerByHand(t *testing.T) {
	t.Parallel()
	type history = []porcupine.Operation
	needed := call{do: "create", n: 1}
	for name, c := range map[string]struct {
		kind    kind
		history history
		want    porcupine.CheckResult
	}{
		"one of two updates of a version": {versions, history{step(1, 2, put(1), made),
			step(3, 6, second(2), is("updated", 2, 2)), step(4, 5, second(3), refused(fault.Precondition))}, porcupine.Ok},
		"a lost update": {versions, history{step(1, 2, put(1), made),
			step(3, 6, second(2), is("updated", 2, 2)), step(4, 5, second(3), is("updated", 2, 3))}, porcupine.Illegal},
		"a refusal for no reason": {versions, history{step(1, 2, put(1), made),
			step(3, 4, second(2), refused(fault.Precondition)), step(5, 6, second(3), is("updated", 2, 3))}, porcupine.Illegal},
		"a read beside an update": {versions, history{step(1, 2, put(1), made),
			step(3, 6, second(2), is("updated", 2, 2)), step(4, 5, read, is("found", 1, 1))}, porcupine.Ok},
		"a stale read": {versions, history{step(1, 2, put(1), made),
			step(3, 4, second(2), is("updated", 2, 2)), step(5, 6, read, is("found", 1, 1))}, porcupine.Illegal},
		"reads that go back": {versions, history{step(1, 2, put(1), made), step(3, 8, second(2), is("updated", 2, 2)),
			step(4, 5, read, is("found", 2, 2)), step(6, 7, read, is("found", 1, 1))}, porcupine.Illegal},
		"a read of what was deleted": {versions, history{step(1, 2, put(1), made),
			step(3, 4, call{do: "delete"}, answer{event: "deleted", version: 2}), step(5, 6, read, is("found", 1, 1))}, porcupine.Illegal},
		"a patch that brings the rest back": {versions, history{step(1, 2, put(1), made), step(3, 4, put(2), is("updated", 2, 2)),
			step(5, 6, call{do: "patch", n: 3}, answer{event: "updated", version: 3, value: value{1, 3}})}, porcupine.Illegal},
		"a lost answer, seen late": {versions, history{step(1, 2, put(1), made), step(3, never, second(2), lost),
			step(4, 5, read, is("found", 1, 1)), step(6, 7, read, is("found", 2, 2))}, porcupine.Ok},
		"a lost answer, never seen": {versions, history{step(1, 2, put(1), made), step(3, never, second(2), lost),
			step(4, 5, second(3), is("updated", 2, 3))}, porcupine.Ok},
		"a lost answer, seen and undone": {versions, history{step(1, 2, put(1), made), step(3, never, second(2), lost),
			step(4, 5, read, is("found", 2, 2)), step(6, 7, read, is("found", 1, 1))}, porcupine.Illegal},
		"a create and who finds it": {identifiers, history{step(1, 4, needed, of("x", made)),
			step(2, 3, call{do: "create", n: 2}, of("x", is("found", 1, 1)))}, porcupine.Ok},
		"two creates of one identifier": {identifiers, history{step(1, 4, needed, of("x", made)),
			step(2, 3, call{do: "create", n: 2}, of("y", is("created", 1, 2)))}, porcupine.Illegal},
		"an identifier that nobody finds": {identifiers, history{step(1, 2, needed, of("x", made)),
			step(3, 4, find, answer{event: "nothing"})}, porcupine.Illegal},
		"a lost create under one name": {identifiers, history{step(1, never, needed, lost),
			step(2, 3, find, of("x", is("found", 1, 1))), step(4, 5, call{do: "delete", who: "y"}, answer{event: "nothing"})}, porcupine.Ok},
		"a lost create under two names": {identifiers, history{step(1, never, needed, lost),
			step(2, 3, find, of("x", is("found", 1, 1))), step(4, 5, find, of("y", is("found", 1, 1)))}, porcupine.Illegal},
		"a place for one of two":   {places, history{step(1, 4, ann, yes), step(2, 3, bob, no)}, porcupine.Ok},
		"a place for two":          {places, history{step(1, 4, ann, yes), step(2, 3, bob, yes)}, porcupine.Illegal},
		"a place for nobody":       {places, history{step(1, 4, ann, no), step(2, 3, bob, no)}, porcupine.Illegal},
		"a place that has run out": {places, history{step(1, 2, call{do: "take", who: "ann", over: true}, yes), step(3, 4, bob, yes)}, porcupine.Ok},
		"half of two places": {places, history{step(1, 2, ann, yes), step(3, 4, call{do: "both", who: "bob"}, refused(fault.Conflict)),
			step(5, 6, call{do: "take", who: "cai", place: 1}, no)}, porcupine.Illegal},
		"a reference to what is deleted": {references, history{step(1, 2, put(1), answer{event: "done", version: 1}),
			step(3, 6, call{do: "link"}, answer{event: "done", other: 1, linked: true}),
			step(4, 5, call{do: "delete"}, answer{event: "done", version: 2})}, porcupine.Illegal},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := porcupine.CheckOperationsTimeout(c.kind.model, c.history, patience); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// chances are the histories in which a broken store must be found out: in one it may have done no harm.
const chances = 8

// TestCheckerSeesBrokenStores holds that a store that does wrong is found out by what clients are told.
func TestCheckerSeesBrokenStores(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind kind
		db   func(store.DB) store.DB
	}{
		"updates forgotten":      {versions, func(db store.DB) store.DB { return &forgetful{DB: db} }},
		"creates forgotten":      {identifiers, func(db store.DB) store.DB { return &forgetful{DB: db} }},
		"reservations forgotten": {places, func(db store.DB) store.DB { return &forgetful{DB: db} }},
		"stale reads":            {versions, func(db store.DB) store.DB { return &stale{DB: db} }},
		"conditions unseen":      {identifiers, func(db store.DB) store.DB { return blinkered{db} }},
		"references unseen":      {references, func(db store.DB) store.DB { return blinkered{db} }},
		"places for everybody":   {places, func(db store.DB) store.DB { return generous{db} }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			servers, seed := []store.DB{c.db(onSQLite(t)[0])}, seedOf(t)
			for round := range chances {
				history := record(t, c.kind, servers, seed, round)
				if porcupine.CheckOperationsTimeout(c.kind.model, history, patience) == porcupine.Illegal {
					return
				}
			}
			t.Errorf("%d histories of it were explained (YITONG_SEED=%d)", chances, seed)
		})
	}
}

// forgetful answers every tenth write as done, and undoes it.
type forgetful struct {
	store.DB
	writes atomic.Int64
}

var errUndo = errors.New("undo")

// Write implements [store.DB].
func (f *forgetful) Write(ctx context.Context, w store.Work) error {
	if f.writes.Add(1)%10 != 0 {
		return f.DB.Write(ctx, w)
	}
	do := w.Do
	w.Do = func(tx store.Tx, found store.Found) error {
		if err := do(tx, found); err != nil {
			return err
		}
		return errUndo
	}
	if err := f.DB.Write(ctx, w); !errors.Is(err, errUndo) {
		return err
	}
	return nil
}

// stale answers every tenth read with what it was the first time.
type stale struct {
	store.DB
	reads atomic.Int64
	first sync.Map // versions by name
}

// Head implements [store.DB].
func (s *stale) Head(ctx context.Context, ref fhir.Ref) (store.Version, error) {
	v, err := s.DB.Head(ctx, ref)
	if err != nil || !v.Live() {
		return v, err
	}
	first, _ := s.first.LoadOrStore(ref, v)
	if s.reads.Add(1)%10 == 0 {
		v = first.(store.Version)
	}
	return v, nil
}

// blinkered lets writes see nobody who has a key.
type blinkered struct{ store.DB }

// Write implements [store.DB].
func (b blinkered) Write(ctx context.Context, w store.Work) error {
	do := w.Do
	w.Do = func(tx store.Tx, found store.Found) error {
		found.Seek = make([][]store.Version, len(found.Seek))
		return do(tx, found)
	}
	return b.DB.Write(ctx, w)
}

// generous gives a place to whoever asks.
type generous struct{ store.DB }

// Write implements [store.DB].
func (g generous) Write(ctx context.Context, w store.Work) error {
	do := w.Do
	w.Do = func(tx store.Tx, found store.Found) error { return do(givingTx{tx}, found) }
	return g.DB.Write(ctx, w)
}

type givingTx struct{ store.Tx }

// Reserve implements [store.Tx].
func (g givingTx) Reserve(place store.Place, holder string, until time.Time) (bool, error) {
	_, err := g.Tx.Reserve(place, holder, until)
	return true, err
}

// TestPage holds that a history with every kind of answer can be shown.
func TestPage(t *testing.T) {
	t.Parallel()
	history := record(t, versions, losing(onSQLite(t)), seedOf(t), 0)
	name := page(t, versions.model, history)
	defer os.Remove(name)
	if text, err := os.ReadFile(name); err != nil || !bytes.Contains(text, []byte("precondition")) {
		t.Errorf("%v, %d bytes", err, len(text))
	}
}
