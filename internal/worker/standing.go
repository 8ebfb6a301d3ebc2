package worker

import (
	"context"
	"time"

	"yitong/internal/store"
)

// Follower tells how far a cursor has come.
type Follower struct {
	Name   string
	At     store.Position
	Behind int64     // changes that it has not taken, those among them that have no number yet
	Oldest time.Time // when the first of them was made; zero for none
}

// Followers are the cursors of these names, those too that have never moved; without names all that have.
func Followers(ctx context.Context, db store.DB, state store.FeedState, names ...string) ([]Follower, error) {
	if names == nil {
		for _, f := range state.Followers {
			names = append(names, f.Name)
		}
	}
	list := make([]Follower, len(names))
	for i, name := range names {
		at := place(state, name)
		list[i] = Follower{Name: name, At: at, Oldest: state.Oldest}
		if at == Cleared {
			at = store.Position{}
		}
		if at.Number < state.Head.Number {
			s, err := db.Feed(ctx, at, 1)
			if err != nil {
				return nil, err
			}
			for _, e := range s.Entries {
				list[i].Oldest = e.Updated
			}
		}
		list[i].Behind = state.Head.Number + state.Waiting - at.Number
	}
	return list, nil
}

// Cursors are the names of those that the worker moves.
func (w *Worker) Cursors() []string {
	names := []string{}
	for _, c := range w.config.Cursors {
		names = append(names, c.Name)
	}
	return names
}

// ID is the name under which this server shows that it lives.
func (w *Worker) ID() string { return w.id }

// Server is one of those that work on a record, or did until lately.
type Server struct {
	ID    string
	Until time.Time // when its sign of life runs out, unless it is renewed
}

// Servers are those that have shown that they live. One that has ended without a word is among them for a while.
func Servers(ctx context.Context, db store.DB) (list []Server, err error) {
	known, err := db.Reserved(ctx, servers)
	for _, r := range known {
		list = append(list, Server{r.Name, r.Until})
	}
	return list, err
}
