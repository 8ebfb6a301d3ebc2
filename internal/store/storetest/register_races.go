package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"yitong/internal/store"
)

const racers = 16

// race lets many enter an item side by side, and tells how many did. All others must be told that they did not.
func (w world) race(of func(racer int) store.Item) (winner, won int) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	start := make(chan struct{})
	for racer := range racers {
		wg.Go(func() {
			<-start
			told := false
			err := w.write(w.ctx(), 1, func(tx store.Tx) (err error) {
				told, err = tx.Enter(of(racer), true)
				return err
			})
			if err != nil {
				w.Error(err)
			} else if told {
				mu.Lock()
				defer mu.Unlock()
				winner, won = racer, won+1
			}
		})
	}
	close(start)
	wg.Wait()
	return winner, won
}

// oneEnters: of many who enter one version one does.
func oneEnters(t *testing.T, w world) {
	const rounds = 12
	for round := range rounds {
		winner, won := w.race(func(racer int) store.Item {
			i := account("a", int64(round+1), fmt.Sprint("name ", racer))
			i.Author = fmt.Sprint(racer)
			return i
		})
		got, name := w.item("a"), fmt.Sprint("name ", winner)
		if won != 1 || got.Number != int64(round+1) || got.Author != fmt.Sprint(winner) ||
			w.idNamed(name) != "a" || len(got.Names) != 1 {
			t.Fatalf("round %d: %d entered it, %d the last of them; there is %s", round, won, winner, show(got))
		}
	}
	if got := w.past("a"); len(got) != rounds {
		t.Errorf("the versions are %v", got)
	}
}

// oneNamed: of many who enter different items with one name one does.
func oneNamed(t *testing.T, w world) {
	for round := range 12 {
		name, number := fmt.Sprint("name ", round), int64(1)
		id := func(racer int) string { return fmt.Sprint(round, "-", racer) }
		if round%2 == 1 { // for items that are there
			number = 2
			for racer := range racers {
				w.entered(account(id(racer), 1))
			}
		}
		winner, won := w.race(func(racer int) store.Item { return account(id(racer), number, name, "of "+id(racer)) })
		if won != 1 || w.idNamed(name) != id(winner) {
			t.Fatalf("round %d: %d entered it, %s the last of them; it is of %q", round, won, id(winner), w.idNamed(name))
		}
		for racer := range racers {
			if is := w.idNamed("of "+id(racer)) != "" || w.item(id(racer)).Number == number; is != (racer == winner) {
				t.Errorf("round %d: racer %d is there: %t", round, racer, is)
			}
		}
	}
}

// countedItems: what is read in a transaction is still so when it enters.
func countedItems(t *testing.T, w world) {
	const writers, each = 8, 6
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for range each {
				w.must(w.write(w.ctx(), 1, func(tx store.Tx) error {
					i, err := tx.Item(w.ctx(), "account", "a")
					if err != nil {
						return err
					}
					if ok, err := tx.Enter(account("a", i.Number+1), true); err != nil || !ok {
						return fmt.Errorf("version %d was refused after version %d was read: %w", i.Number+1, i.Number, err)
					}
					return nil
				}))
			}
		})
	}
	wg.Wait()
	if got := w.past("a"); len(got) != writers*each || got[0] != writers*each {
		t.Errorf("the versions are %v, want %d", got, writers*each)
	}
}

// noItemSkew: each of two looks at what the other one changes, by reading it, or by an Enter that is refused. Serially
// the second of them sees what the first one did.
func noItemSkew(t *testing.T, w world) {
	absent := errors.New("it is not there")
	looks := map[string]func(tx store.Tx, id string) (there bool, err error){
		"Item": func(tx store.Tx, id string) (bool, error) {
			i, err := tx.Item(w.ctx(), "account", id)
			return i.Exists(), err
		},
		"Named": func(tx store.Tx, id string) (bool, error) {
			i, err := tx.Named(w.ctx(), "account", "name of "+id)
			return i.Exists(), err
		},
		"Owned": func(tx store.Tx, id string) (bool, error) {
			list, err := tx.Owned(w.ctx(), "account", "owner of "+id, "", 1)
			return len(list) == 1, err
		},
		"Enter": func(tx store.Tx, id string) (bool, error) {
			entered, err := tx.Enter(account(id, 1), false)
			return !entered, err
		},
		"Enter with a name": func(tx store.Tx, id string) (bool, error) {
			entered, err := tx.Enter(account("other "+id, 1, "name of "+id), false)
			return !entered, err
		},
	}
	for name, look := range looks {
		for round := range 10 {
			a, b := fmt.Sprint(name, " a", round), fmt.Sprint(name, " b", round)
			for _, id := range []string{a, b} {
				i := account(id, 1, "name of "+id)
				i.Owner = "owner of " + id
				w.entered(i)
			}
			var wg sync.WaitGroup
			var struck atomic.Int32
			for _, pair := range [][2]string{{a, b}, {b, a}} {
				wg.Go(func() {
					err := w.write(w.ctx(), 1, func(tx store.Tx) error {
						if there, err := look(tx, pair[0]); err != nil || !there {
							return errors.Join(err, absent)
						}
						_, err := tx.Strike("account", pair[1])
						return err
					})
					if err == nil {
						struck.Add(1)
					} else if !errors.Is(err, absent) {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if struck.Load() != 1 {
				t.Fatalf("%s, round %d: %d were struck", name, round, struck.Load())
			}
		}
	}
}

// handOn enters the next version of each of three items. A name of the last one is the first one's for a while, and then
// the second one's.
func handOn(ctx context.Context, tx store.Tx, first, second, own string) error {
	for _, names := range [][]string{{first, first, own}, {first, first}, {second, second, own}, {own}} {
		i, err := tx.Item(ctx, "account", names[0])
		if err != nil {
			return err
		}
		if ok, err := tx.Enter(account(names[0], i.Number+1, names[1:]...), false); err != nil || !ok {
			return fmt.Errorf("entering %s: %t, %w", names[0], ok, err)
		}
	}
	return nil
}

// itemGroups runs many writes side by side that enter several items in any order, fail or panic: exactly what succeeded
// must be there.
func itemGroups(t *testing.T, w world) {
	const clients, each, shared = 16, 10, 4
	refused := errors.New("no")
	id := func(at int) string { return fmt.Sprint("shared", at) }
	var counts [shared]atomic.Int64
	var done atomic.Int64
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			for n := range each {
				from, to, kind := (c+n)%shared, (c*3+n*n+1)%shared, (c+n*3)%5
				err := w.write(w.ctx(), 1, func(tx store.Tx) error {
					err := handOn(w.ctx(), tx, id(from), id(to), fmt.Sprint(c, "-", n))
					switch {
					case err == nil && kind == 0:
						return refused
					case err == nil && kind == 1:
						panic("out of order")
					}
					return err
				})
				if (err == nil) != (kind > 1) {
					t.Errorf("a write of kind %d: %v", kind, err)
				}
				if err == nil {
					done.Add(1)
					counts[from].Add(2)
					counts[to].Add(1)
				}
			}
		})
	}
	wg.Wait()
	for at := range shared {
		i := w.item(id(at))
		if i.Number != counts[at].Load() || !slices.Contains(i.Names, id(at)) {
			t.Errorf("there is %s after %d versions", show(i), counts[at].Load())
		}
		for _, name := range i.Names {
			if got := w.idNamed(name); got != id(at) {
				t.Errorf("%s has the name %q, which is of %q", id(at), name, got)
			}
		}
	}
	list, err := w.db.Owned(w.ctx(), "account", "*", "", clients*each+shared+1)
	w.must(err)
	if want := int(done.Load()) + shared; len(list) != want {
		t.Errorf("%d items, want %d", len(list), want)
	}
}
