package seal

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	"yitong/internal/fault"
)

// Keys are those of one record: the newest seals, and all of them open. It is safe for concurrent use, by one record
// only, of which it knows whether all bodies are sealed.
type Keys struct {
	list  []Sealer // the newest first
	whole atomic.Bool
}

// NewKeys makes the keys of a record. The error is Malformed for two that have the same number, such as one that is
// named twice.
func NewKeys(newest Sealer, older ...Sealer) (*Keys, error) {
	k := &Keys{list: append([]Sealer{newest}, older...)}
	for i, one := range k.list {
		if slices.ContainsFunc(k.list[:i], func(o Sealer) bool { return o.Number() == one.Number() }) {
			return nil, fault.New(fault.Malformed, "Two keys for bodies are the same, or have the same number. Leave one out.")
		}
	}
	return k, nil
}

// lead is what a body begins with that the newest key has sealed.
func (k *Keys) lead() []byte {
	number := k.list[0].Number()
	return append([]byte{formPlain, formNumbered}, number[:]...)
}

// seal is a body as the newest key seals it.
func (k *Keys) seal(about About, body []byte) []byte {
	return k.list[0].Seal(append(make([]byte, 0, len(body)+64), k.lead()...), about(), body)
}

var errForeign = errors.New("it cannot be opened")

// open opens what stands behind the lead of a sealed body, in its memory.
func (k *Keys) open(about About, number, sealed []byte) ([]byte, error) {
	for _, one := range k.list {
		if n := one.Number(); string(n[:]) == string(number) {
			return one.Open(sealed[:0], about(), sealed)
		}
	}
	return nil, fmt.Errorf("%w: it is sealed with the key number %s, which is not among those that are set", errForeign, hex.EncodeToString(number))
}

// openUnnumbered opens a body from before keys had numbers, in its memory.
func (k *Keys) openUnnumbered(about About, sealed []byte) (body []byte, err error) {
	for i, one := range k.list {
		var dst []byte
		if i == len(k.list)-1 {
			dst = sealed[:0] // what does not open is overwritten, so that only the last may work in its place
		}
		if body, err = one.Open(dst, about(), sealed); err == nil {
			return body, nil
		}
	}
	return nil, err
}
