package worker

import (
	"context"
	"errors"

	"yitong/internal/fault"
	"yitong/internal/fhir/schema"
	"yitong/internal/store"
)

// Cursor follows the feed under a name that is its own for ever.
type Cursor struct {
	Name  string
	Types []schema.Type // that it wants, none for all
	// Take makes ready what is to be made of a stretch of changes, outside the transaction; what it returns is run in the
	// one that moves the cursor, perhaps several times until that commits. An error holds the cursor where it is: a change
	// is never skipped.
	Take func(ctx context.Context, changes []store.FeedEntry) (func(store.Tx) error, error)
	// Clear takes a part of what the cursor has built out again, before it is built anew, and tells whether that was all.
	// nil where building anew writes over what is there.
	Clear func(tx store.Tx) (done bool, err error)
}

const (
	sequenceMost = 2000 // changes that get their numbers in one transaction
	stretchMost  = 200  // numbers that a cursor moves by in one transaction
)

// Cleared is the place of a cursor that is to be cleared and then to start anew.
var Cleared = store.Position{Epoch: 0, Number: -1}

// sequence gives changes their numbers.
func (w *Worker) sequence(ctx context.Context) (more bool, err error) {
	n, err := w.db.Sequence(ctx, sequenceMost)
	return n == sequenceMost, err
}

// step moves a cursor by one stretch.
func (w *Worker) step(ctx context.Context, c *Cursor) (more bool, err error) {
	state, err := w.db.FeedState(ctx)
	if err != nil {
		return false, err
	}
	at := place(state, c.Name)
	if at == Cleared {
		return true, w.clear(ctx, c)
	}
	if at.Number == state.Head.Number {
		return false, nil
	}
	s, err := w.db.Feed(ctx, at, stretchMost, c.Types...)
	if err != nil || s.To == at {
		return false, err
	}
	effect := func(store.Tx) error { return nil }
	if len(s.Entries) > 0 {
		if effect, err = c.Take(ctx, s.Entries); err != nil {
			return false, err
		}
	}
	err = w.db.Write(ctx, store.Work{Puts: len(s.Entries), Do: func(tx store.Tx, _ store.Found) error {
		if err := advance(tx, c.Name, at, s.To); err != nil {
			return err
		}
		return effect(tx)
	}})
	if errors.Is(err, errMoved) { // another server has done it
		return false, nil
	}
	return s.To.Number < state.Head.Number, err
}

func (w *Worker) clear(ctx context.Context, c *Cursor) error {
	err := w.db.Write(ctx, store.Work{Do: func(tx store.Tx, _ store.Found) error {
		done, err := true, error(nil)
		if c.Clear != nil {
			done, err = c.Clear(tx)
		}
		if err != nil || !done {
			return err
		}
		return advance(tx, c.Name, Cleared, store.Position{})
	}})
	if errors.Is(err, errMoved) {
		return nil
	}
	return err
}

var errMoved = errors.New("the cursor has moved meanwhile")

// advance moves a cursor, or fails where another server has moved it.
func advance(tx store.Tx, name string, from, to store.Position) error {
	moved, err := tx.Advance(name, from, to)
	if err == nil && !moved {
		err = fault.New(fault.Conflict, "The cursor %s has moved meanwhile.", name).Because(errMoved)
	}
	return err
}

// place is where a cursor stands, the start for one that is new.
func place(state store.FeedState, name string) store.Position {
	for _, f := range state.Followers {
		if f.Name == name {
			return f.At
		}
	}
	return store.Position{}
}

// Rebuild sends a cursor back to the start: whoever runs it clears what it has built, and builds it anew. The error is
// NotFound where no cursor of that name has ever moved.
func Rebuild(ctx context.Context, db store.DB, name string) error {
	for {
		state, err := db.FeedState(ctx)
		if err != nil {
			return err
		}
		at := place(state, name)
		if at == (store.Position{}) {
			return fault.New(fault.NotFound, "No cursor %q has moved on this record.", name)
		}
		err = db.Write(ctx, store.Work{Do: func(tx store.Tx, _ store.Found) error { return advance(tx, name, at, Cleared) }})
		if !errors.Is(err, errMoved) {
			return err
		}
	}
}
