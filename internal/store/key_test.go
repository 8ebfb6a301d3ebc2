package store

import (
	"bytes"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"yitong/internal/fhir/search"
)

// TestDiff: what is dropped and what is added turns the old lines into the new ones, and neither is more than needed.
func TestDiff(t *testing.T) {
	t.Parallel()
	lines := rapid.Custom(func(t *rapid.T) (k Keys) {
		for _, n := range rapid.SliceOfNDistinct(rapid.Int64Range(-9, 9), 0, 12, rapid.ID[int64]).Draw(t, "lines") {
			k.Entries = append(k.Entries, Entry{Key(n / 2), n})
			k.Texts = append(k.Texts, Text{Key(n / 2), string(rune('a' + n + 9))})
		}
		slices.SortFunc(k.Entries, compareEntries)
		slices.SortFunc(k.Texts, compareTexts)
		return k
	})
	rapid.Check(t, func(t *rapid.T) {
		old, now := lines.Draw(t, "old"), lines.Draw(t, "now")
		add, drop := Diff(old, now)
		turns(t, old.Entries, now.Entries, add.Entries, drop.Entries)
		turns(t, old.Texts, now.Texts, add.Texts, drop.Texts)
	})
}

func turns[T comparable](t *rapid.T, old, now, add, drop []T) {
	for _, k := range add {
		if slices.Contains(old, k) || !slices.Contains(now, k) {
			t.Fatalf("from %v to %v adds %v", old, now, k)
		}
	}
	for _, k := range drop {
		if !slices.Contains(old, k) || slices.Contains(now, k) {
			t.Fatalf("from %v to %v drops %v", old, now, k)
		}
	}
	if len(old)-len(drop)+len(add) != len(now) {
		t.Fatalf("from %v to %v: add %v, drop %v", old, now, add, drop)
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	secret := bytes.Repeat([]byte{7}, 16)
	h := NewHasher(secret)
	entries := []search.Entry{
		{Term: search.Term{Definition: 1, Form: search.FormCode, Value: "1"}}, {Term: search.Term{Definition: 2, Form: search.FormCode, Value: "1"}},
		{Term: search.Term{Definition: 1, Form: search.FormURI, Value: "1"}}, {Term: search.Term{Definition: 1, Form: search.FormCode, Long: true, Value: "1"}},
		{Term: search.Term{Definition: 1, Form: search.FormCode, Value: "2"}}, {Term: search.Term{Definition: 1, Form: search.FormCode, Value: "2"}, Order: 5},
		{Term: search.Term{Definition: 1, Form: search.FormCode, Value: string(bytes.Repeat([]byte("long"), 100))}},
	}
	got := h.Keys(search.Terms{Entries: append(entries, entries...)}).Entries
	if len(got) != len(entries) || !slices.IsSortedFunc(got, compareEntries) {
		t.Errorf("%d lines of %d entries: %v", len(got), len(entries), got)
	}
	if again := NewHasher(secret).Keys(search.Terms{Entries: entries}).Entries; !slices.Equal(got, again) {
		t.Error("the same secret makes other keys")
	}
	for _, other := range NewHasher(bytes.Repeat([]byte{8}, 16)).Keys(search.Terms{Entries: entries}).Entries {
		if slices.ContainsFunc(got, func(e Entry) bool { return e.Key == other.Key }) {
			t.Error("another secret makes the same key")
		}
	}
}
