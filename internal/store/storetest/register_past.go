package storetest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"yitong/internal/store"
)

// itemPast keeps those versions that it is told to keep.
func itemPast(t *testing.T, w world) {
	var want []store.Item
	for n, keep := range []bool{false, true, false, false, true, true} { // whether the version before is kept
		i := account("a", int64(n+1), fmt.Sprint("name ", n))
		i.Author, i.Owner, i.Until = fmt.Sprint("author ", n), fmt.Sprint("owner ", n), time.UnixMicro(int64(n)).UTC()
		if n > 0 && !keep {
			want = want[:len(want)-1]
		}
		w.enter(keep, i)
		w.entered(account("b", int64(n+1)))
		want = append(want, w.item("a"))
	}
	slices.Reverse(want)
	got, err := w.db.Past(w.ctx(), "account", "a")
	w.must(err)
	if len(got) != len(want) || w.past("b")[0] != 6 {
		t.Fatalf("the versions are %v, want %v", got, want)
	}
	for n := range got {
		if n > 0 {
			want[n].Names = nil
		}
		if show(got[n]) != show(want[n]) || !got[n].Updated.Equal(want[n].Updated) {
			t.Errorf("got\n%+v, want\n%+v", got[n], want[n])
		}
	}
	for _, id := range []string{"none", "a\x00"} {
		if got := w.past(id); got != nil {
			t.Errorf("the past of %q is %v", id, got)
		}
	}
}

// sweep takes out what has run out, so many at a time, with its names and its past.
func sweep(t *testing.T, w world) {
	end := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	for n := range 10 {
		i := account(fmt.Sprint(n), 1, fmt.Sprint("name ", n))
		i.Kind = []string{"account", "session"}[n%2]
		i.Until = end.Add(time.Duration(n-5) * time.Microsecond)
		w.entered(i)
		i.Number, i.Until = 2, i.Until.Add(time.Microsecond)
		w.entered(i)
	}
	w.entered(account("ever", 1, "ever"))
	left := func() (n int) {
		for _, kind := range []string{"account", "session"} {
			list, err := w.db.Owned(w.ctx(), kind, "*", "", 100)
			w.must(err)
			n += len(list)
		}
		return n
	}
	for _, step := range []struct {
		by         time.Time
		most, want int
	}{
		{end.Add(-5 * time.Microsecond), 100, 0}, {end, 0, 0}, {end, 2, 2}, {end, 2, 2}, {end, 2, 1}, {end, 100, 0},
		{store.ForEver, 3, 3}, {store.ForEver, 100, 2}, {store.ForEver, 100, 0},
	} {
		before := left()
		n, err := w.db.Sweep(w.ctx(), step.by, step.most)
		if w.must(err); n != step.want || before-left() != n {
			t.Errorf("swept %d by %v, %d are gone; want %d", n, step.by, before-left(), step.want)
		}
		if step.by.Equal(end) && step.want == 0 && step.most > 0 && (w.item("4").Exists() || !w.item("6").Exists()) {
			t.Error("what had not run out was swept, or what had was not")
		}
	}
	if w.idNamed("ever") != "ever" || w.idNamed("name 4") != "" || w.past("4") != nil {
		t.Errorf("left: %q, %q, %v", w.idNamed("ever"), w.idNamed("name 4"), w.past("4"))
	}
	w.entered(account("4", 1, "name 2"), account("2", 1, "name 4"))
	if got := w.past("4"); !slices.Equal(got, []int64{1}) {
		t.Errorf("what was swept and entered anew has the versions %v", got)
	}
}

// failedItems: a transaction that enters and strikes and fails leaves all as it was, by itself or among others.
func failedItems(t *testing.T, w world) {
	w.entered(account("a", 1, "x"), account("a", 2, "y"), account("b", 1, "z"))
	state := func() string {
		items := []string{show(w.item("a")), show(w.item("b")), show(w.item("c"))}
		return fmt.Sprint(items, w.past("a"), w.idNamed("new"), w.idNamed("y"))
	}
	before := state()
	refused := errors.New("no")
	for _, puts := range []int{1, store.BigPuts} {
		var wg sync.WaitGroup
		for n := range 8 {
			wg.Go(func() {
				if n%2 == 0 {
					w.must(w.write(w.ctx(), puts, func(tx store.Tx) error { _, err := tx.Item(w.ctx(), "account", "a"); return err }))
					return
				}
				err := w.write(w.ctx(), puts, func(tx store.Tx) error {
					entered, err1 := tx.Enter(account("a", 3, "new"), true)
					made, err2 := tx.Enter(account("c", 1, "y"), true)
					struck, err3 := tx.Strike("account", "b")
					i, err4 := tx.Named(w.ctx(), "account", "new")
					if err := errors.Join(err1, err2, err3, err4); err != nil {
						return err
					}
					if !entered || !made || !struck || i.Number != 3 {
						t.Errorf("entered %t, made %t, struck %t, sees %+v", entered, made, struck, i)
					}
					if n%4 == 1 {
						panic("boom")
					}
					return refused
				})
				if err == nil || n%4 == 3 && !errors.Is(err, refused) {
					t.Errorf("got %v", err)
				}
			})
		}
		wg.Wait()
		if after := state(); after != before {
			t.Errorf("failed writes left\n%s, want\n%s", after, before)
		}
	}
}

// sweepRace: what is prolonged while others sweep is either gone before or not swept at all.
func sweepRace(t *testing.T, w world) {
	const rounds, each, by = 8, 16, 1000
	for round := range rounds {
		id := func(n int) string { return fmt.Sprint(round, "-", n) }
		for n := range each {
			i := account(id(n), 1, "name of "+id(n))
			i.Until = time.UnixMicro(by)
			w.entered(i)
		}
		var wg sync.WaitGroup
		var swept, prolonged atomic.Int64
		for range 2 {
			wg.Go(func() {
				for range each / 4 {
					n, err := w.db.Sweep(w.ctx(), time.UnixMicro(by), 2)
					if err != nil {
						t.Error(err)
					}
					swept.Add(int64(n))
				}
			})
		}
		for n := range each {
			wg.Go(func() {
				told := false
				err := w.write(w.ctx(), 1, func(tx store.Tx) (err error) {
					told, err = tx.Enter(account(id(n), 2, "name of "+id(n), "new name of "+id(n)), true)
					return err
				})
				if err != nil {
					t.Error(err)
				}
				if told {
					prolonged.Add(1)
				}
				if named := w.idNamed("new name of "+id(n)) != ""; told != named || told != w.item(id(n)).Exists() {
					t.Errorf("%s was prolonged: %t; it is there: %t", id(n), told, named)
				}
			})
		}
		wg.Wait()
		rest, err := w.db.Sweep(w.ctx(), time.UnixMicro(by), each)
		if w.must(err); swept.Load()+prolonged.Load()+int64(rest) != each {
			t.Errorf("%d were swept, %d prolonged, %d left of %d", swept.Load(), prolonged.Load(), rest, each)
		}
	}
}
