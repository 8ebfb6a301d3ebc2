package storetest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
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
	slices.Sort(i.Names)
	i.Names = slices.Compact(i.Names)
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

var (
	someID   = rapid.SampledFrom([]string{"a", "b", "B", "é", "c"})
	someName = rapid.SampledFrom([]string{"x", "y", "Y", "", "ü"})
	someAct  = rapid.Custom(func(t *rapid.T) (a act) {
		if rapid.IntRange(0, 4).Draw(t, "what") == 0 {
			a.strike = someID.Draw(t, "id")
			return a
		}
		a.over = rapid.SampledFrom([]int64{1, 1, 1, 1, 1, 0, 2, -1}).Draw(t, "over")
		a.keep = rapid.Bool().Draw(t, "keep")
		a.item = store.Item{
			ID: someID.Draw(t, "id"), Owner: rapid.SampledFrom([]string{"", "o", "p"}).Draw(t, "owner"), Author: someName.Draw(t, "author"),
			Names: rapid.SliceOfN(someName, 0, 3).Draw(t, "names"), Body: rapid.SliceOfN(rapid.Byte(), 0, 4).Draw(t, "body"),
			Until: store.ForEver,
		}
		if rapid.Bool().Draw(t, "runs out") {
			a.item.Until = time.UnixMicro(rapid.Int64Range(-3, 3).Draw(t, "until")).UTC()
		}
		return a
	})
)

// do does it, in a transaction and in the model, which must agree.
func (a act) do(t *testing.T, kind string, tx store.Tx, m model) error {
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
	i.Names = slices.Clone(i.Names)
	if want := m.enter(i, a.keep); err == nil && told != want {
		t.Errorf("entering %s tells %t, want %t", show(i), told, want)
	}
	return err
}

// holds compares what is read with the model.
func (m model) holds(t *testing.T, who, kind string, r store.RegisterReader) error {
	same := func(what string, got, want store.Item) {
		if len(want.Names) == 0 {
			want.Names = nil
		}
		if show(got) != show(want) {
			t.Errorf("%s: %s is\n%s, want\n%s", who, what, show(got), show(want))
		}
	}
	for _, id := range []string{"a", "b", "B", "é", "c"} {
		i, err := r.Item(t.Context(), kind, id)
		if err != nil {
			return err
		}
		same(id, i, m.item(id))
	}
	for _, name := range []string{"x", "y", "Y", "", "ü"} {
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

// sweep sweeps, of the database and of the model.
func (m model) sweep(t *testing.T, w world, kind string, by time.Time, most int) {
	var out []string
	for id := range m {
		if until := m.item(id).Until; !until.After(by) && !until.Equal(store.ForEver) {
			out = append(out, id)
		}
	}
	n, err := w.db.Sweep(w.ctx(), by, most)
	if w.must(err); n != min(len(out), most) {
		t.Errorf("swept %d of %d, at most %d", n, len(out), most)
	}
	for _, id := range out {
		if i, err := w.db.Item(w.ctx(), kind, id); err != nil || !i.Exists() {
			delete(m, id)
			n--
		}
	}
	if n != 0 {
		t.Errorf("it told of %d too many", n)
	}
}

// itemModel lets transactions of any kind happen, some of which fail, and compares what there is with a map.
func itemModel(t *testing.T, w world) {
	refused := errors.New("no")
	rounds := 0
	rapid.Check(t, func(rt *rapid.T) {
		rounds++
		kind, m := fmt.Sprint("kind ", rounds), model{}
		for range rapid.IntRange(1, 5).Draw(rt, "transactions") {
			acts := rapid.SliceOfN(someAct, 1, 6).Draw(rt, "acts")
			puts := rapid.SampledFrom([]int{1, store.BigPuts}).Draw(rt, "puts")
			fails := rapid.IntRange(0, 3).Draw(rt, "fails") == 0
			var after model
			err := w.write(w.ctx(), puts, func(tx store.Tx) error {
				after = maps.Clone(m) // it may run again
				for _, a := range acts {
					if err := a.do(t, kind, tx, after); err != nil {
						return err
					}
				}
				if err := after.holds(t, "the transaction itself", kind, tx); err != nil {
					return err
				}
				if fails {
					return refused
				}
				return nil
			})
			switch {
			case err == nil:
				m = after
			case !errors.Is(err, refused):
				t.Fatal(err)
			}
			w.must(m.holds(t, "a reader", kind, w.db))
			if t.Failed() {
				rt.Fatalf("after %+v", acts)
			}
		}
		m.sweep(t, w, kind, time.UnixMicro(rapid.Int64Range(-3, 3).Draw(rt, "by")), rapid.IntRange(0, 3).Draw(rt, "most"))
		for id := range m {
			list, err := w.db.Past(w.ctx(), kind, id)
			w.must(err)
			if got := len(list); got != len(m[id]) {
				t.Errorf("%s has %d versions, want %d", id, got, len(m[id]))
			}
			for n, i := range list {
				if want := m[id][len(list)-1-n]; i.Number != want.Number || i.Author != want.Author {
					t.Errorf("version %s, want %s", show(i), show(want))
				}
			}
			w.strike(kind, id)
		}
		w.must(model{}.holds(t, "in the end a reader", kind, w.db))
	})
}
