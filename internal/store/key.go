package store

import (
	"encoding/binary"
	"slices"

	"github.com/dchest/siphash"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
)

// Key is the hash by which a resource is found. Two terms may share one: who seeks must recheck the body.
type Key int64

// Form says which part of a value a term holds.
type Form uint8

// The forms. They are hashed: never renumber them.
const (
	FormToken       Form = 1 // a token's value, whatever its system
	FormSystemToken Form = 2 // system|value
	FormReference   Form = 3 // Type/id of what is referred to
)

// AnyReference is the parameter of the terms that say which resources a resource points to, from any of its elements.
const AnyReference = "reference"

// Term is something that a resource can be found by.
type Term struct {
	Type  schema.Type // 0 for a parameter of every type
	Param string
	Form  Form
	Value string
}

// Hasher makes keys of terms. Its secret keeps outsiders from making terms that collide.
type Hasher struct{ k0, k1 uint64 }

// NewHasher makes a Hasher of a secret of at least 16 bytes.
func NewHasher(secret []byte) Hasher {
	return Hasher{binary.LittleEndian.Uint64(secret), binary.LittleEndian.Uint64(secret[8:])}
}

// Key hashes a term with SipHash-2-4.
func (h Hasher) Key(t Term) Key {
	var buf [128]byte
	b := append(buf[:0], byte(t.Type), byte(t.Form))
	b = append(b, t.Param...)
	b = append(b, 0)
	b = append(b, t.Value...)
	return Key(siphash.Hash(h.k0, h.k1, b))
}

// Keys hashes terms; each key comes once, in ascending order.
func (h Hasher) Keys(terms []Term) []Key {
	keys := make([]Key, len(terms))
	for i, t := range terms {
		keys[i] = h.Key(t)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// Diff tells which of the new keys are not among the old ones, and the other way round. Both are ascending.
func Diff(old, now []Key) (add, drop []Key) {
	for len(old) > 0 && len(now) > 0 {
		switch {
		case old[0] == now[0]:
			old, now = old[1:], now[1:]
		case old[0] < now[0]:
			drop, old = append(drop, old[0]), old[1:]
		default:
			add, now = append(add, now[0]), now[1:]
		}
	}
	return append(add, now...), append(drop, old...)
}

// ReferenceTerm is the term of the resources that point to ref.
func ReferenceTerm(ref fhir.Ref) Term {
	return Term{Param: AnyReference, Form: FormReference, Value: ref.String()}
}
