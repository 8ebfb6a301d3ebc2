package seal

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/store"
)

// Bodies says how a record keeps its bodies. The zero Bodies keep them plain, and cannot open sealed ones.
type Bodies struct {
	Keys *Keys // nil for none
	On   bool  // whether what is written is sealed; with Keys what has been sealed can be read in any case
}

// Forms of a stored body, told by its first byte. They are stored: never renumber them. A body that begins with any
// other byte is plain, which is what records hold that were never sealed; an empty one is empty.
//
// Behind a first byte formPlain stands a plain body whose own first byte would be taken for a form, which is one of
// these two; or formNumbered, the number of a key and what that key has sealed. Bodies that begin with formNumbered
// themselves are plain.
const (
	formPlain    = 0
	formSealed   = 1 // from before keys had numbers
	formNumbered = 2 // as second byte only
)

// leadBytes is the length of what stands before what a numbered key has sealed.
const leadBytes = 2 + NumberBytes

// IsSealed tells whether what is stored is a sealed body, by whichever key.
func IsSealed(stored []byte) bool {
	return len(stored) > 0 && stored[0] == formSealed || len(stored) > 1 && stored[0] == formPlain && stored[1] == formNumbered
}

// Lead is what bodies begin with that are stored now; nil where they are plain.
func (b Bodies) Lead() []byte {
	if !b.seals() {
		return nil
	}
	return b.Keys.lead()
}

// seals tells whether what is stored is sealed.
func (b Bodies) seals() bool { return b.On && b.Keys != nil }

// Store is the form in which a body is stored. It is the body itself where that will do.
func (b Bodies) Store(about About, body []byte) []byte {
	switch {
	case len(body) == 0:
		return []byte{}
	case b.seals():
		return b.Keys.seal(about, body)
	case !asIs(body):
		return append([]byte{formPlain}, body...)
	}
	return body
}

// asIs tells whether what is stored is the body itself.
func asIs(stored []byte) bool { return len(stored) == 0 || stored[0] > formSealed }

var (
	errNoKey = errors.New("it is sealed, and there is no key")
	errPlain = errors.New("it is plain in a record of which all bodies are sealed: who has put it there does not have the key")
)

// plain refuses a plain body where all are sealed.
func (b Bodies) plain(body []byte) ([]byte, error) {
	if len(body) > 0 && b.whole() {
		return nil, errPlain
	}
	return body, nil
}

// whole tells whether all bodies of the record are sealed, and stay so.
func (b Bodies) whole() bool { return b.seals() && b.Keys.whole.Load() }

// open gives the body that is stored. It uses the memory of what is stored.
func (b Bodies) open(about About, stored []byte) ([]byte, error) {
	switch {
	case asIs(stored):
		return b.plain(stored)
	case len(stored) < 2:
		return nil, errShort
	case !IsSealed(stored):
		return b.plain(stored[1:])
	case b.Keys == nil:
		return nil, errNoKey
	case stored[0] == formSealed:
		return b.Keys.openUnnumbered(about, stored[1:])
	case len(stored) < leadBytes:
		return nil, errShort
	}
	return b.Keys.open(about, stored[2:leadBytes], stored[leadBytes:])
}

// About says what a stored body is of. It is made only where it is needed.
type About func() []byte

// AboutVersion is of a version of a resource. It says the same wherever the version stands.
func AboutVersion(ref fhir.Ref, number int64) About {
	return func() []byte {
		about := binary.LittleEndian.AppendUint16([]byte("version "), uint16(ref.Type))
		return append(binary.LittleEndian.AppendUint64(about, uint64(number)), ref.ID...)
	}
}

// AboutItem is of a version of an item of the register.
func AboutItem(kind, id string, number int64) About {
	return func() []byte {
		about := binary.LittleEndian.AppendUint64([]byte("item "), uint64(number))
		about = append(binary.LittleEndian.AppendUint64(about, uint64(len(kind))), kind...)
		return append(about, id...)
	}
}

// AboutAnswer is of an answer that is remembered under a key.
func AboutAnswer(key []byte) About {
	return func() []byte { return append([]byte("answer "), key...) }
}

// AboutLines is of lines of the trail that are in no batch yet. They have no name.
func AboutLines() []byte { return []byte("lines") }

// AboutBatch is of a batch of the trail.
func AboutBatch(number int64) About {
	return func() []byte { return binary.LittleEndian.AppendUint64([]byte("batch "), uint64(number)) }
}

// Open gives the body that is stored, in the same memory. The error is Internal: the body has been altered or put
// elsewhere, was sealed with another key, or is plain where all are sealed, which is logged.
func (b Bodies) Open(about About, stored []byte) ([]byte, error) {
	body, err := b.open(about, stored)
	if errors.Is(err, errPlain) {
		slog.Error("a body is refused", "of", fmt.Sprintf("%.100q", about()), "why", errPlain)
	}
	if err != nil {
		return nil, fault.Wrap(err, fmt.Sprintf("opening a body (%.100q)", about()))
	}
	return body, nil
}

// Again is the form in which a stored body would be stored now.
func (b Bodies) Again(about About, stored []byte) ([]byte, error) {
	body, err := b.Open(about, stored)
	if err != nil {
		return nil, err
	}
	return b.Store(about, body), nil
}

// OpenVersion opens the body of a version that has been read.
func (b Bodies) OpenVersion(v *store.Version) (err error) {
	if asIs(v.Body.Bytes) && !b.whole() {
		return nil
	}
	v.Body.Bytes, err = b.Open(AboutVersion(v.Ref, v.Number), v.Body.Bytes)
	return err
}

// OpenItem opens the body of an item that has been read.
func (b Bodies) OpenItem(i *store.Item) (err error) {
	if asIs(i.Body) && !b.whole() {
		return nil
	}
	i.Body, err = b.Open(AboutItem(i.Kind, i.ID, i.Number), i.Body)
	return err
}

// Place is how far somebody has come who brings stored bodies into the form of the present setting. The zero Place is
// the beginning.
type Place struct {
	Table  int
	Behind int64
}

// Resealer is a record whose stored bodies can be brought into the form of its present setting while it serves.
type Resealer interface {
	// Reseal brings some of the bodies behind a place into their form, about as many as most, and tells up to where it
	// has come, how many it has changed, and whether that was all. Whoever has begun at the beginning and come to the
	// end, while nobody wrote with another setting, may do without the key if bodies are not sealed any more. The error
	// is Unavailable where it may be tried again from the same place.
	Reseal(ctx context.Context, from Place, most int) (to Place, changed int, over bool, err error)
}
