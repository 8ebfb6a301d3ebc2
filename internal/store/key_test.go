package store

import (
	"bytes"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
)

// TestDiff: what is dropped and what is added turns the old keys into the new ones, and neither is more than needed.
func TestDiff(t *testing.T) {
	t.Parallel()
	keys := rapid.SliceOfNDistinct(rapid.Map(rapid.Int64Range(-9, 9), func(n int64) Key { return Key(n) }), 0, 12, rapid.ID[Key])
	rapid.Check(t, func(t *rapid.T) {
		old, now := slices.Sorted(slices.Values(keys.Draw(t, "old"))), slices.Sorted(slices.Values(keys.Draw(t, "now")))
		add, drop := Diff(slices.Clone(old), slices.Clone(now))
		for _, k := range add {
			if slices.Contains(old, k) || !slices.Contains(now, k) {
				t.Fatalf("from %v to %v adds %d", old, now, k)
			}
		}
		for _, k := range drop {
			if !slices.Contains(old, k) || slices.Contains(now, k) {
				t.Fatalf("from %v to %v drops %d", old, now, k)
			}
		}
		if len(old)-len(drop)+len(add) != len(now) {
			t.Fatalf("from %v to %v: add %v, drop %v", old, now, add, drop)
		}
	})
}

func TestKeys(t *testing.T) {
	t.Parallel()
	secret := bytes.Repeat([]byte{7}, 16)
	h := NewHasher(secret)
	patient, _ := schema.TypeOf("Patient")
	person, _ := schema.TypeOf("Person")
	terms := []Term{
		{patient, "identifier", FormToken, "1"}, {person, "identifier", FormToken, "1"}, {0, "identifier", FormToken, "1"},
		{patient, "identifier", FormSystemToken, "1"}, {patient, "identifier", FormToken, "2"}, {patient, "identifie", FormToken, "r1"},
		{patient, "identifier", FormToken, string(bytes.Repeat([]byte("long"), 100))}, ReferenceTerm(fhir.Ref{Type: patient, ID: "1"}),
		ReferenceTerm(fhir.Ref{Type: person, ID: "1"}),
	}
	got := h.Keys(append(terms, terms...))
	if len(got) != len(terms) || !slices.IsSorted(got) {
		t.Errorf("%d keys of %d terms: %v", len(got), len(terms), got)
	}
	if again := NewHasher(secret).Keys(terms); !slices.Equal(got, again) {
		t.Error("the same secret makes other keys")
	}
	other := NewHasher(bytes.Repeat([]byte{8}, 16)).Keys(terms)
	for _, k := range other {
		if slices.Contains(got, k) {
			t.Error("another secret makes the same key")
		}
	}
}
