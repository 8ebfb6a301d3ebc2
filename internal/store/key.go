package store

import (
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/dchest/siphash"

	"yitong/internal/fhir/search"
)

// Key is the hash of a term by which resources are found. Two terms may share one: who seeks must recheck the body.
type Key int64

// Hasher makes keys of terms. Its secret keeps outsiders from making terms that collide.
type Hasher struct{ k0, k1 uint64 }

// NewHasher makes a Hasher of a secret of at least 16 bytes.
func NewHasher(secret []byte) Hasher {
	return Hasher{binary.LittleEndian.Uint64(secret), binary.LittleEndian.Uint64(secret[8:])}
}

// Key hashes a term with SipHash-2-4.
func (h Hasher) Key(t search.Term) Key {
	var buf [160]byte
	return Key(siphash.Hash(h.k0, h.k1, t.Append(buf[:0])))
}

// Entry is a line of the index, but for the resource: a key, and the order of the resource among those that have it.
type Entry struct {
	Key   Key
	Order int64
}

// Text is a line of the index of texts, but for the resource.
type Text struct {
	Key   Key
	Value string
}

// Keys are all lines of a resource, each once, ascending.
type Keys struct {
	Entries []Entry
	Texts   []Text
}

// Keys hashes what a resource can be found by.
func (h Hasher) Keys(terms search.Terms) Keys {
	k := Keys{make([]Entry, len(terms.Entries)), make([]Text, len(terms.Texts))}
	for i, t := range terms.Entries {
		k.Entries[i] = Entry{h.Key(t.Term), t.Order}
	}
	for i, t := range terms.Texts {
		k.Texts[i] = Text{h.Key(search.Term{Definition: t.Definition, Form: search.FormText}), t.Value}
	}
	slices.SortFunc(k.Entries, compareEntries)
	slices.SortFunc(k.Texts, compareTexts)
	k.Entries, k.Texts = slices.Compact(k.Entries), slices.Compact(k.Texts)
	return k
}

func compareEntries(a, b Entry) int {
	return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Order, b.Order))
}

func compareTexts(a, b Text) int {
	return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Value, b.Value))
}

// Diff tells which of the new lines are not among the old ones, and the other way round.
func Diff(old, now Keys) (add, drop Keys) {
	add.Entries, drop.Entries = diff(old.Entries, now.Entries, compareEntries)
	add.Texts, drop.Texts = diff(old.Texts, now.Texts, compareTexts)
	return add, drop
}

func diff[T any](old, now []T, compare func(a, b T) int) (add, drop []T) {
	for len(old) > 0 && len(now) > 0 {
		switch c := compare(old[0], now[0]); {
		case c == 0:
			old, now = old[1:], now[1:]
		case c < 0:
			drop, old = append(drop, old[0]), old[1:]
		default:
			add, now = append(add, now[0]), now[1:]
		}
	}
	return append(add, now...), append(drop, old...)
}
