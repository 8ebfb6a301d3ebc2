package storetest

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"yitong/internal/fhir"
	"yitong/internal/store"
)

// shelf is what the index should hold: the lines of the live resources, by number.
type shelf map[int64]store.Keys

// places are the lines of a key, in their order.
func (s shelf) places(key store.Key, texts bool) (list []store.Posting) {
	for rid, k := range s {
		for _, e := range k.Entries {
			if e.Key == key && !texts {
				list = append(list, store.Posting{Order: e.Order, Rid: rid})
			}
		}
		for _, e := range k.Texts {
			if e.Key == key && texts {
				list = append(list, store.Posting{Text: e.Value, Rid: rid})
			}
		}
	}
	slices.SortFunc(list, comparePlaces)
	return list
}

func comparePlaces(a, b store.Posting) int {
	return cmp.Or(cmp.Compare(a.Order, b.Order), strings.Compare(a.Text, b.Text), cmp.Compare(a.Rid, b.Rid))
}

// seek is what a range of keys should give.
func (s shelf) seek(r store.Range) (list []store.Posting) {
	for _, p := range s.places(r.Key, r.Texts) {
		if comparePlaces(r.From, p) < 0 && comparePlaces(p, r.To) < 0 {
			list = append(list, p)
		}
	}
	if r.Down {
		slices.Reverse(list)
	}
	return list[:min(len(list), r.Most)]
}

// holds asks for all ranges at once, and how long they are.
func (s shelf) holds(t testing.TB, who string, reader store.Reader, ranges []store.Range) error {
	got, err := reader.Seek(t.Context(), ranges)
	if err != nil || len(got) != len(ranges) {
		return fmt.Errorf("%s: %d answers to %d questions, %w", who, len(got), len(ranges), err)
	}
	for i, r := range ranges {
		if want := s.seek(r); !slices.Equal(got[i], want) {
			t.Errorf("%s: %+v\ngot  %v\nwant %v", who, r, got[i], want)
		}
	}
	for _, most := range []int{1, 2, 1000} {
		sizes, err := reader.Sizes(t.Context(), ranges, most)
		if err != nil || len(sizes) != len(ranges) {
			return fmt.Errorf("%s: %d sizes of %d ranges, %w", who, len(sizes), len(ranges), err)
		}
		for i, r := range ranges {
			if r.Most = most; sizes[i] != len(s.seek(r)) {
				t.Errorf("%s: %+v has %d lines, want %d", who, r, sizes[i], len(s.seek(r)))
			}
		}
	}
	return nil
}

// whole is the range of all lines of a key.
func whole(key store.Key, most int) store.Range {
	return store.Range{Key: key, From: least, To: last, Most: most}
}

// beginning is the range of the texts that begin so.
func beginning(key store.Key, text string, most int) store.Range {
	return store.Range{
		Key: key, Texts: true, Most: most,
		From: store.Posting{Text: text, Rid: -1}, To: store.Posting{Text: text + "\U0010ffff", Rid: math.MaxInt64},
	}
}

var (
	least = store.Posting{Order: math.MinInt64, Rid: -1}
	last  = store.Posting{Order: math.MaxInt64, Rid: math.MaxInt64}
)

// seen makes Patients with these lines and calls check for everybody who must see them: the transaction that puts them, a
// reader outside, and another transaction.
func (w world) seen(lines []store.Keys, check func(who string, r store.Reader, made []store.Change) error) {
	w.Helper()
	var made []store.Change
	w.must(w.write(w.ctx(), len(lines), func(tx store.Tx) error {
		made = make([]store.Change, len(lines))
		for i, k := range lines {
			ref := fhir.Ref{Type: patient, ID: fmt.Sprint("p", i)}
			made[i] = next(store.Version{}, ref, store.Post, patientBody(ref.ID, "x"))
			made[i].Add = k
		}
		if err := tx.Put(made); err != nil {
			return err
		}
		return check("the transaction itself", tx, made)
	}))
	w.everybody(func(who string, r store.Reader) error { return check(who, r, made) })
}

// everybody calls check with a reader outside transactions, and one inside.
func (w world) everybody(check func(who string, r store.Reader) error) {
	w.Helper()
	w.must(check("a reader", w.db))
	w.must(w.write(w.ctx(), 0, func(tx store.Tx) error { return check("another transaction", tx) }))
}

// shelve is the shelf of what was made.
func shelve(made []store.Change) shelf {
	s := shelf{}
	for _, c := range made {
		s[c.Rid] = c.Add
	}
	return s
}

// entries are lines of one key.
func entries(key store.Key, orders ...int64) (k store.Keys) {
	for _, o := range orders {
		k.Entries = append(k.Entries, store.Entry{Key: key, Order: o})
	}
	return k
}

// texts are lines of one key of the index of texts.
func texts(key store.Key, values ...string) (k store.Keys) {
	for _, v := range values {
		k.Texts = append(k.Texts, store.Text{Key: key, Value: v})
	}
	return k
}

func both(a, b store.Keys) store.Keys {
	return store.Keys{Entries: append(slices.Clip(a.Entries), b.Entries...), Texts: append(slices.Clip(a.Texts), b.Texts...)}
}

// seekOrders reads lines with orders as far apart as can be, and equal ones, up and down, between places, under keys of
// either sign.
func seekOrders(t *testing.T, w world) {
	const near, far, low, none = store.Key(7), store.Key(math.MaxInt64), store.Key(math.MinInt64), store.Key(-7)
	orders := []int64{math.MinInt64, math.MinInt64, math.MinInt64 + 1, -1, 0, 0, 0, 1, 1 << 53, math.MaxInt64 - 1, math.MaxInt64, math.MaxInt64}
	var all []store.Keys
	for i, o := range orders {
		k := both(entries(near, o), entries(low, orders[len(orders)-1-i]))
		if i%2 == 0 {
			k = both(k, entries(far, o, 3)) // twice under one key
		}
		all = append(all, k)
	}
	w.seen(all, func(who string, r store.Reader, made []store.Change) error {
		s := shelve(made)
		var ranges []store.Range
		for _, key := range []store.Key{near, far, none, low} {
			for _, most := range []int{1, 5, len(orders), 1000} {
				ranges = append(ranges, whole(key, most))
			}
		}
		lines := s.places(near, false)
		for _, from := range append(lines, least) {
			for _, to := range append(lines, last) {
				ranges = append(ranges, store.Range{Key: near, From: from, To: to, Most: 3}, store.Range{Key: near, From: from, To: to, Most: 1000})
			}
		}
		ranges = append(ranges,
			store.Range{Key: near, From: store.Posting{Order: 0, Rid: -1}, To: store.Posting{Order: 0, Rid: math.MaxInt64}, Most: 1000},
			store.Range{Key: near, From: store.Posting{Order: math.MinInt64, Rid: math.MaxInt64}, To: store.Posting{Order: math.MaxInt64, Rid: -1}, Most: 1000},
			store.Range{Key: near, From: last, To: least, Most: 1000},
		)
		for i := range ranges {
			r := ranges[i]
			r.Down = true
			ranges = append(ranges, r)
		}
		return errors.Join(s.holds(t, who, r, ranges), s.holds(t, who, r, nil))
	})
}

// awkward are texts of which a database might think something.
var awkward = []string{
	"", " ", "a", "a ", "ab", "abc", "b", "B", "é", "e\u0301", "ß", "ss", "张", "张伟", "张伟民", "单", "𠮷田", "😀", "😀😀", "\uffee", "\U0001f468\u200d\u2695",
	"100%", "100_", "1000", "a'b", `a"b`, `a\b`, `\`, `\\`, `\N`, `\.`, "a\tb", "a\nb", "--", "'; DROP TABLE str; --", "{a,b}", "NULL", "$1", "?1", "\x01", "\x7f",
	"ﷺ", "\U0010fffd", strings.Repeat("长", 32),
}

// seekTexts reads texts by how they begin: byte by byte, whatever the characters.
func seekTexts(t *testing.T, w world) {
	const name, other, none = store.Key(-3), store.Key(4), store.Key(5)
	var all []store.Keys
	for i, text := range awkward {
		k := texts(name, text)
		switch i % 3 {
		case 0: // several texts under one key, and the same text of several resources
			k = both(k, texts(name, "common"))
		case 1:
			k = both(k, both(texts(other, text+"x", text), entries(name, int64(i)))) // the two indexes share no lines
		}
		all = append(all, k)
	}
	w.seen(all, func(who string, r store.Reader, made []store.Change) error {
		s := shelve(made)
		var ranges []store.Range
		for _, begin := range append(awkward, "c", "commo", "common", "commons", "10", "张伟民国", "A") {
			for _, most := range []int{2, 1000} {
				ranges = append(ranges, beginning(name, begin, most), beginning(other, begin, most))
			}
		}
		ranges = append(ranges, beginning(none, "", 9), whole(name, 1000), whole(other, 1000))
		lines := s.places(name, true)
		for i := range lines {
			ranges = append(ranges,
				store.Range{Key: name, Texts: true, From: lines[i], To: store.Posting{Text: "\U0010ffff"}, Most: 1000},
				store.Range{Key: name, Texts: true, From: store.Posting{Rid: -1}, To: lines[i], Most: 4},
				store.Range{Key: name, Texts: true, From: lines[i], To: lines[(i+9)%len(lines)], Most: 1000},
			)
		}
		for i := range ranges {
			r := ranges[i]
			r.Down = true
			ranges = append(ranges, r)
		}
		return s.holds(t, who, r, ranges)
	})
}

// holders finds resources by any of several keys, each once, as many as are asked for; which keys have any; and names.
func holders(t *testing.T, w world) {
	const red, blue, none = store.Key(-1), store.Key(2), store.Key(3)
	set := []store.Keys{entries(red, 1), both(entries(red, -5, 5), entries(blue, 0)), entries(blue, math.MinInt64), texts(red, "red"), {}}
	w.seen(set, func(who string, r store.Reader, made []store.Change) error {
		for _, c := range []struct {
			keys []store.Key
			most int
			want string
			n    int
		}{
			{[]store.Key{red}, 9, "p0 p1", 2},
			{[]store.Key{blue}, 9, "p1 p2", 2},
			{[]store.Key{red, none, blue, red}, 9, "p0 p1 p2", 3},
			{[]store.Key{red, blue}, 2, "", 2},
			{[]store.Key{red, blue}, 3, "p0 p1 p2", 3},
			{[]store.Key{none}, 9, "", 0},
			{nil, 9, "", 0},
		} {
			got, err := r.Holders(t.Context(), c.keys, c.most)
			if err != nil {
				return err
			}
			slices.SortFunc(got, func(a, b store.Version) int { return cmp.Compare(a.Rid, b.Rid) })
			if have := strings.Join(ids(got), " "); len(got) != c.n || c.want != "" && have != c.want {
				t.Errorf("%s: holders of %v are %q, want %q", who, c.keys, have, c.want)
			}
			for _, v := range got {
				same(t, v, made[slices.IndexFunc(made, func(c store.Change) bool { return c.Ref == v.Ref })].Version)
			}
		}
		held, err := r.Held(t.Context(), []store.Key{none, red, blue, red})
		if want := []bool{false, true, true, true}; err != nil || !slices.Equal(held, want) {
			t.Errorf("%s: held are %v (%v), want %v", who, held, err, want)
		}
		refs, err := r.Names(t.Context(), []int64{made[2].Rid, 1 << 60, made[0].Rid})
		if want := []fhir.Ref{made[2].Ref, {}, made[0].Ref}; err != nil || !slices.Equal(refs, want) {
			t.Errorf("%s: names are %v (%v), want %v", who, refs, err, want)
		}
		return nil
	})
}
