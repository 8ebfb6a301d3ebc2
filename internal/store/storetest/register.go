package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"yitong/internal/store"
)

// registers are the tests of items.
var registers = map[string]func(*testing.T, world){
	"items":                          items,
	"versions of items":              itemVersions,
	"names of items":                 itemNames,
	"items by their owner":           owned,
	"the past of items":              itemPast,
	"items are swept":                sweep,
	"items are swept in a race":      sweepRace,
	"a failed write leaves no items": failedItems,
	"items against a model":          itemModel,
	"one enters a version":           oneEnters,
	"one enters a name":              oneNamed,
	"items are counted one by one":   countedItems,
	"no write skew of items":         noItemSkew,
	"items in groups":                itemGroups,
}

// account is a version of an account.
func account(id string, number int64, names ...string) store.Item {
	return store.Item{
		Kind: "account", ID: id, Number: number, Author: "Device/test", Until: store.ForEver,
		Names: names, Body: fmt.Appendf(nil, "%s %d", id, number),
	}
}

// enter enters items in one transaction, and tells what it was told of each.
func (w world) enter(keep bool, items ...store.Item) (told []bool) {
	w.Helper()
	w.must(w.write(w.ctx(), len(items), func(tx store.Tx) error {
		told = nil
		for _, i := range items {
			ok, err := tx.Enter(i, keep)
			if err != nil {
				return err
			}
			told = append(told, ok)
		}
		return nil
	}))
	return told
}

// entered enters items that nothing stands against, and keeps the versions before.
func (w world) entered(items ...store.Item) {
	w.Helper()
	if told := w.enter(true, items...); slices.Contains(told, false) {
		w.Fatalf("entering %v was told %v", items, told)
	}
}

// strike takes an item out.
func (w world) strike(kind, id string) (was bool) {
	w.Helper()
	w.must(w.write(w.ctx(), 0, func(tx store.Tx) (err error) {
		was, err = tx.Strike(kind, id)
		return err
	}))
	return was
}

func (w world) item(id string) store.Item {
	w.Helper()
	i, err := w.db.Item(w.ctx(), "account", id)
	w.must(err)
	return i
}

// idNamed is the ID of the account that has a name.
func (w world) idNamed(name string) string {
	w.Helper()
	i, err := w.db.Named(w.ctx(), "account", name)
	w.must(err)
	if i.Exists() && !slices.Contains(i.Names, name) {
		w.Errorf("%s is found by the name %q, but says that it has %q", i.ID, name, i.Names)
	}
	return i.ID
}

// past are the versions of an account that can be read, newest first.
func (w world) past(id string) (numbers []int64) {
	w.Helper()
	list, err := w.db.Past(w.ctx(), "account", id)
	w.must(err)
	for n, i := range list {
		numbers = append(numbers, i.Number)
		if n > 0 && (i.Names != nil || !i.Updated.Before(list[n-1].Updated)) {
			w.Errorf("version %d of the past is %+v, before %+v", i.Number, i, list[n-1])
		}
	}
	return numbers
}

// show writes an item out, but for its instant.
func show(i store.Item) string {
	return fmt.Sprintf("%s/%s/%d by %q of %q as %q until %d: %q",
		i.Kind, i.ID, i.Number, i.Author, i.Owner, i.Names, i.Until.UnixMicro(), i.Body)
}

// itemIDs are those of items, in their order.
func itemIDs(list []store.Item) (out []string) {
	for _, i := range list {
		out = append(out, i.ID)
	}
	return out
}

// readers calls check with the database and with a transaction.
func (w world) readers(check func(who string, r store.RegisterReader) error) {
	w.Helper()
	w.everybody(func(who string, r store.Reader) error { return check(who, r.(store.RegisterReader)) })
}

// items are read as they were entered, by their ID and their names, and those that are not there are not.
func items(t *testing.T, w world) {
	full := store.Item{
		Kind: "account", ID: "医-1", Number: 1, Author: "Practitioner/a", Owner: "Organization/o",
		Names: []string{"wang", "Ärzt", "", "wang", "王"},
		Until: time.Date(2030, 1, 2, 3, 4, 5, 678901000, time.UTC), Body: []byte("\x00\xff{}"),
	}
	bare := store.Item{Kind: "", ID: "", Number: 1, Until: store.ForEver}
	twin := store.Item{Kind: "token", ID: full.ID, Number: 1, Names: []string{"wang"}, Body: []byte("twin")}
	want := full
	want.Names = []string{"", "wang", "Ärzt", "王"}
	holds := func(who string, r store.RegisterReader) error {
		for _, c := range []struct {
			kind, id, name string
			want           store.Item
		}{
			{"account", full.ID, "王", want},
			{"account", full.ID, "", want},
			{"", "", "none", bare},
			{"token", full.ID, "wang", twin},
			{"account", "none", "none", store.Item{}},
			{"Account", full.ID, "wang", store.Item{}},
			{"account", "医-2", "Wang", store.Item{}},
			{"token", "", "王", store.Item{}},
			{"account", "a\x00", "a\x00", store.Item{}},
			{"account", "\xff", "\xff", store.Item{}},
		} {
			byID, err1 := r.Item(t.Context(), c.kind, c.id)
			byName, err2 := r.Named(t.Context(), c.kind, c.name)
			if err := errors.Join(err1, err2); err != nil {
				return err
			}
			if show(byID) != show(c.want) || byID.Exists() != c.want.Exists() {
				t.Errorf("%s: %s/%q is\n%s, want\n%s", who, c.kind, c.id, show(byID), show(c.want))
			}
			if c.name != "none" && show(byName) != show(c.want) {
				t.Errorf("%s: the %s named %q is\n%s, want\n%s", who, c.kind, c.name, show(byName), show(c.want))
			}
		}
		return nil
	}
	var now time.Time
	w.must(w.write(w.ctx(), 1, func(tx store.Tx) (err error) {
		for _, i := range []store.Item{full, bare, twin} {
			if ok, err := tx.Enter(i, true); err != nil || !ok {
				return fmt.Errorf("entering %s: %t, %w", show(i), ok, err)
			}
		}
		if now, err = tx.Now(); err != nil {
			return err
		}
		return holds("the transaction itself", tx)
	}))
	w.readers(func(who string, r store.RegisterReader) error {
		for _, i := range []store.Item{full, bare, twin} {
			if got, err := r.Item(t.Context(), i.Kind, i.ID); err != nil || !got.Updated.Equal(now) {
				t.Errorf("%s: %s/%s was updated %v (%v), want %v", who, i.Kind, i.ID, got.Updated, err, now)
			}
		}
		return holds(who, r)
	})
}

// itemVersions follow each other without a gap, and in time. What is refused changes nothing.
func itemVersions(t *testing.T, w world) {
	w.entered(account("a", 1, "x"), account("a", 2, "y"))
	w.entered(account("a", 3, "z"))
	before := w.item("a")
	for _, number := range []int64{-1, 0, 1, 2, 3, 5, 1 << 40} {
		if told := w.enter(true, account("a", number, "new")); told[0] {
			t.Errorf("version %d was entered over version 3", number)
		}
		if told := w.enter(true, account("b", number, "new")); told[0] != (number == 1) {
			t.Errorf("version %d of what was not there: %v", number, told)
		}
		w.strike("account", "b")
		if got := w.item("a"); show(got) != show(before) || !got.Updated.Equal(before.Updated) || w.idNamed("new") != "" {
			t.Errorf("the refused version %d left %+v, want %+v", number, got, before)
		}
	}
	if got := w.past("a"); !slices.Equal(got, []int64{3, 2, 1}) {
		t.Errorf("the versions are %v", got)
	}
	for _, was := range []bool{true, false} {
		if got := w.strike("account", "a"); got != was {
			t.Errorf("striking tells %t, want %t", got, was)
		}
	}
	if w.item("a").Exists() || w.past("a") != nil || w.idNamed("z") != "" {
		t.Errorf("what was struck is there: %+v, %v", w.item("a"), w.past("a"))
	}
	w.entered(account("a", 1)) // anew
	if got := w.past("a"); !slices.Equal(got, []int64{1}) {
		t.Errorf("what was entered anew has the versions %v", got)
	}
}

// itemNames belong to one item of a kind. They are given up by a version without them, and when the item is struck.
func itemNames(t *testing.T, w world) {
	session := account("s", 1, "ann")
	session.Kind = "session"
	w.entered(account("1", 1, "ann", "a@example.org"), account("2", 1, "bob"), session)
	for _, step := range []struct {
		do   store.Item // version 0: strike
		told bool
		want string // who has ann, bob, a@example.org
	}{
		{account("2", 2, "bob", "ann"), false, "1 2 1"},
		{account("3", 1, "eve", "bob"), false, "1 2 1"},
		{account("1", 2, "ann"), true, "1 2 "}, // keeps one, gives one up
		{account("2", 2, "a@example.org", "bob"), true, "1 2 2"},
		{account("1", 3), true, " 2 2"},
		{account("2", 3, "ann", "ann"), true, "2  "}, // from the other one
		{account("1", 4, "bob", "a@example.org"), true, "2 1 1"},
		{account("2", 0), true, " 1 1"},
		{account("4", 1, "ann"), true, "4 1 1"},
		{account("1", 5, "eve", "ann"), false, "4 1 1"},
	} {
		told := true
		if step.do.Number == 0 {
			told = w.strike("account", step.do.ID)
		} else {
			told = w.enter(true, step.do)[0]
		}
		got := strings.Join([]string{w.idNamed("ann"), w.idNamed("bob"), w.idNamed("a@example.org")}, " ")
		if told != step.told || got != step.want {
			t.Errorf("%s: told %t, want %t; the names are of %q, want %q", show(step.do), told, step.told, got, step.want)
		}
	}
	if i, err := w.db.Named(w.ctx(), "session", "ann"); err != nil || i.ID != "s" || w.idNamed("eve") != "" {
		t.Errorf("the session is %+v, %v; eve is %q", i, err, w.idNamed("eve"))
	}
	swapped := []store.Item{account("4", 2), account("1", 5, "ann"), account("4", 3, "bob")} // in one transaction
	told := w.enter(true, swapped...)
	if !slices.Equal(told, []bool{true, true, true}) || w.idNamed("ann")+w.idNamed("bob") != "14" {
		t.Errorf("told %v; ann is %s and bob %s", told, w.idNamed("ann"), w.idNamed("bob"))
	}
}

// owned items come page by page, in the order of their bytes.
func owned(t *testing.T, w world) {
	all := []string{"", "A", "B", "a", "a-b", "aB", "ab", "b", "é", "医"}
	var set []store.Item
	want := map[string][]string{}
	for n, id := range all {
		i := account(id, 1, "name of "+id)
		i.Owner = []string{"o", "O", ""}[n%3]
		other := i
		other.Kind, other.Owner = "other", "o"
		set = append(set, i, other)
		if id != "" { // which nothing is behind
			want["*"] = append(want["*"], id)
			want[i.Owner] = append(want[i.Owner], id)
		}
	}
	slices.Reverse(set)
	w.entered(set...)
	w.readers(func(who string, r store.RegisterReader) error {
		for _, owner := range []string{"*", "o", "O", "", "nobody", "\x00"} {
			for most := range 4 {
				var got []string
				for behind := ""; ; {
					page, err := r.Owned(t.Context(), "account", owner, behind, most+1)
					if err != nil {
						return err
					}
					got = append(got, itemIDs(page)...)
					if len(page) <= most {
						break
					}
					behind = page[most].ID
					if i := w.item(behind); show(i) != show(page[most]) {
						t.Errorf("%s: got\n%s, want\n%s", who, show(page[most]), show(i))
					}
				}
				if !slices.Equal(got, want[owner]) {
					t.Errorf("%s: of %q, %d at a time: %q, want %q", who, owner, most+1, got, want[owner])
				}
			}
		}
		none, err := r.Owned(t.Context(), "account", "*", "", 0)
		if len(none) > 0 {
			t.Errorf("%s: asked for none, got %v", who, none)
		}
		return err
	})
	owners := []string{"o", "nobody", "O", "", "\x00", "o", "*"}
	for most := range 4 {
		lists, err := w.db.OwnedBy(w.ctx(), "account", owners, most)
		w.must(err)
		for i, owner := range owners {
			first := want[owner][:min(most, len(want[owner]))]
			if owner == "*" {
				first = nil
			}
			if !slices.Equal(itemIDs(lists[i]), first) {
				t.Errorf("together, of %q, %d at most: %q, want %q", owner, most, itemIDs(lists[i]), first)
			}
		}
	}
	if lists, err := w.db.OwnedBy(w.ctx(), "account", nil, 9); err != nil || len(lists) != 0 {
		t.Errorf("of nobody: %v, %v", lists, err)
	}
	moved := account("A", 2)
	moved.Owner = "o"
	w.entered(moved)
	if list, err := w.db.Owned(w.ctx(), "account", "O", "", 9); err != nil || slices.Contains(itemIDs(list), "A") {
		t.Errorf("what has another owner now is still found: %v, %v", itemIDs(list), err)
	}
}
