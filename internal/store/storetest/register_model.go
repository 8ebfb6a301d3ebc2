package storetest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yitong/internal/store"
)

// model is a register as a map: of each ID the versions that can be read, oldest first.
type model map[string][]store.Item

func (m model) item(id string) (i store.Item) {
	if list := m[id]; len(list) > 0 {
		i = list[len(list)-1]
	}
	return i
}

func (m model) named(name string) store.Item {
	for id := range m {
		if slices.Contains(m.item(id).Names, name) {
			return m.item(id)
		}
	}
	return store.Item{}
}

func (m model) enter(i store.Item, keep bool) bool {
	free := func(name string) bool { has := m.named(name); return !has.Exists() || has.ID == i.ID }
	if i.Number != m.item(i.ID).Number+1 || slices.ContainsFunc(i.Names, func(name string) bool { return !free(name) }) {
		return false
	}
	i.Names = slices.Compact(slices.Sorted(slices.Values(i.Names)))
	list := slices.Clone(m[i.ID])
	if n := len(list); n > 0 && !keep {
		list = list[:n-1]
	} else if n > 0 {
		list[n-1].Names = nil
	}
	m[i.ID] = append(list, i)
	return true
}

func (m model) strike(id string) bool {
	_, was := m[id]
	delete(m, id)
	return was
}

func (m model) owned(owner, behind string, most int) (ids []string) {
	for id := range m {
		if id > behind && (owner == "*" || m.item(id).Owner == owner) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids[:min(len(ids), most)]
}

// act is something that a transaction does.
type act struct {
	strike string // in place of entering
	item   store.Item
	over   int64 // the number above that of the present version
	keep   bool
}

// endsMost is the last microsecond at which an item of the model runs out.
const endsMost = 3

var (
	fewIDs   = []string{"a", "b", "B", "é", "c"}
	fewNames = []string{"x", "y", "Y", "", "ü"}
	someID   = rapid.SampledFrom(fewIDs)
	someName = rapid.SampledFrom(fewNames)
	someAct  = rapid.Custom(func(t *rapid.T) (a act) {
		if rapid.IntRange(0, 4).Draw(t, "what") == 0 {
			a.strike = someID.Draw(t, "id")
			return a
		}
		a.over = rapid.SampledFrom([]int64{1, 1, 1, 1, 1, 0, 2, -1}).Draw(t, "over")
		a.keep = rapid.Bool().Draw(t, "keep")
		a.item = store.Item{
			ID:     someID.Draw(t, "id"),
			Owner:  rapid.SampledFrom([]string{"", "o", "p"}).Draw(t, "owner"),
			Author: someName.Draw(t, "author"),
			Names:  rapid.SliceOfN(someName, 0, 3).Draw(t, "names"),
			Body:   rapid.SliceOfN(rapid.Byte(), 0, 4).Draw(t, "body"),
			Until:  store.ForEver,
		}
		if rapid.Bool().Draw(t, "runs out") {
			a.item.Until = time.UnixMicro(rapid.Int64Range(-endsMost, endsMost).Draw(t, "until")).UTC()
		}
		return a
	})
)

// do does it, in a transaction and in the model, which must agree.
func (a act) do(t *rapid.T, kind string, tx store.Tx, m model) error {
	if a.strike != "" {
		was, err := tx.Strike(kind, a.strike)
		if want := m.strike(a.strike); err == nil && was != want {
			t.Errorf("striking %s tells %t, want %t", a.strike, was, want)
		}
		return err
	}
	i := a.item
	i.Kind, i.Number = kind, m.item(i.ID).Number+a.over
	told, err := tx.Enter(i, a.keep)
	if want := m.enter(i, a.keep); err == nil && told != want {
		t.Errorf("entering %s tells %t, want %t", show(i), told, want)
	}
	return err
}

// holds compares what is read with the model.
func (m model) holds(t *rapid.T, who, kind string, r store.RegisterReader) error {
	same := func(what string, got, want store.Item) {
		if show(got) != show(want) {
			t.Errorf("%s: %s is\n%s, want\n%s", who, what, show(got), show(want))
		}
	}
	for _, id := range fewIDs {
		i, err := r.Item(t.Context(), kind, id)
		if err != nil {
			return err
		}
		same(id, i, m.item(id))
	}
	for _, name := range fewNames {
		i, err := r.Named(t.Context(), kind, name)
		if err != nil {
			return err
		}
		same("the item named "+name, i, m.named(name))
	}
	for _, owner := range []string{"*", "o", ""} {
		list, err := r.Owned(t.Context(), kind, owner, "B", 3)
		if err != nil {
			return err
		}
		if want := m.owned(owner, "B", 3); !slices.Equal(itemIDs(list), want) {
			t.Errorf("%s: of %q: %v, want %v", who, owner, itemIDs(list), want)
		}
		for _, i := range list {
			same("one of "+owner, i, m.item(i.ID))
		}
	}
	return nil
}

// together compares what several owners have with the model.
func (m model) together(t *rapid.T, db store.DB, kind string) error {
	owners, most := []string{"p", "", "none", "o"}, rapid.IntRange(0, 3).Draw(t, "most of each")
	lists, err := db.OwnedBy(t.Context(), kind, owners, most)
	for i, list := range lists {
		if want := m.owned(owners[i], "", most); !slices.Equal(itemIDs(list), want) {
			t.Errorf("together, of %q: %v, want %v", owners[i], itemIDs(list), want)
		}
		for _, item := range list {
			if show(item) != show(m.item(item.ID)) {
				t.Errorf("together, one of %q is\n%s, want\n%s", owners[i], show(item), show(m.item(item.ID)))
			}
		}
	}
	return err
}

// past compares all versions that are kept with the model.
func (m model) past(t *rapid.T, db store.DB, kind string) error {
	for _, id := range fewIDs {
		got, err := db.Past(t.Context(), kind, id)
		if err != nil {
			return err
		}
		slices.Reverse(got)
		if !slices.EqualFunc(got, m[id], func(a, b store.Item) bool { return show(a) == show(b) }) {
			t.Errorf("the past of %s is\n%v, want\n%v", id, got, m[id])
		}
	}
	return nil
}

// sweep sweeps, the database and the model. Which are swept is not promised, only how many.
func (m model) sweep(t *rapid.T, db store.DB, kind string, by time.Time, most int) error {
	n, err := db.Sweep(t.Context(), by, most)
	due, gone := 0, 0
	for _, id := range fewIDs {
		if until := m.item(id).Until; m.item(id).Exists() && !until.After(by) {
			due++
			if i, err := db.Item(t.Context(), kind, id); err == nil && !i.Exists() {
				delete(m, id)
				gone++
			}
		}
	}
	if err == nil && (n != min(due, most) || n != gone) {
		t.Errorf("tells of %d swept, where %d are gone of %d, and at most %d should be", n, gone, due, most)
	}
	return err
}

var errRefused = errors.New("no")

// step is a transaction of any kind, which fails or not. It gives the model of what must be there then.
func (m model) step(t *rapid.T, db store.DB, kind string) (after model, err error) {
	acts := rapid.SliceOfN(someAct, 1, 6).Draw(t, "acts")
	puts := rapid.SampledFrom([]int{1, store.BigPuts}).Draw(t, "puts")
	fails := rapid.IntRange(0, 3).Draw(t, "fails") == 0
	err = db.Write(t.Context(), store.Work{Puts: puts, Do: func(tx store.Tx, _ store.Found) error {
		after = maps.Clone(m) // it may run again
		for _, a := range acts {
			if err := a.do(t, kind, tx, after); err != nil {
				return err
			}
		}
		if err := after.holds(t, "the transaction itself", kind, tx); err != nil || !fails {
			return err
		}
		return errRefused
	}})
	if errors.Is(err, errRefused) {
		return m, nil
	}
	return after, err
}

// itemModel lets anything happen to a few items, and compares what there is with a map.
func itemModel(t *testing.T, w world) {
	var round atomic.Int64
	rapid.Check(t, func(t *rapid.T) {
		kind, m := fmt.Sprint("kind ", round.Add(1)), model{}
		must := func(err error) {
			if err != nil || t.Failed() {
				t.Fatal(err)
			}
		}
		_, err := w.db.Sweep(t.Context(), time.UnixMicro(endsMost), 1000) // what is left of the round before
		must(err)
		for range rapid.IntRange(1, 5).Draw(t, "transactions") {
			after, err := m.step(t, w.db, kind)
			must(err)
			m = after
			must(m.holds(t, "a reader", kind, w.db))
			must(m.together(t, w.db, kind))
		}
		by, most := rapid.Int64Range(-endsMost, endsMost).Draw(t, "by"), rapid.IntRange(0, 3).Draw(t, "most")
		must(m.sweep(t, w.db, kind, time.UnixMicro(by), most))
		must(m.holds(t, "a reader after the sweep", kind, w.db))
		must(m.past(t, w.db, kind))
	})
}
