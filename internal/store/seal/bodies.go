package seal

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/store"
)

// Bodies says how a record keeps its bodies. The zero Bodies keep them plain, and cannot open sealed ones.
type Bodies struct {
	Sealer Sealer // nil for none
	On     bool   // whether what is written is sealed; with a Sealer what has been sealed can be read in any case
}

// Forms of a stored body, told by its first byte. They are stored: never renumber them. A body that begins with any
// other byte is plain, which is what records hold that were never sealed; an empty one is empty.
const (
	formPlain  = 0 // a plain body follows; for those whose own first byte would be taken for a form
	formSealed = 1
)

// Sealed is the first byte of every sealed body, for drivers that look for them.
const Sealed = formSealed

// Store is the form in which a body is stored. It is the body itself where that will do.
func (b Bodies) Store(about About, body []byte) []byte {
	switch {
	case len(body) == 0:
		return []byte{}
	case b.On && b.Sealer != nil:
		return b.Sealer.Seal(append(make([]byte, 0, len(body)+64), formSealed), about(), body)
	case !asIs(body):
		return append([]byte{formPlain}, body...)
	}
	return body
}

// asIs tells whether what is stored is the body itself.
func asIs(stored []byte) bool { return len(stored) == 0 || stored[0] > formSealed }

var errNoKey = errors.New("it is sealed, and there is no key")

// open gives the body that is stored. It uses the memory of what is stored.
func (b Bodies) open(about About, stored []byte) ([]byte, error) {
	switch {
	case asIs(stored):
		return stored, nil
	case stored[0] == formPlain:
		return stored[1:], nil
	case b.Sealer == nil:
		return nil, errNoKey
	}
	return b.Sealer.Open(stored[1:1], about(), stored[1:])
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
// elsewhere, or was sealed with another key.
func (b Bodies) Open(about About, stored []byte) ([]byte, error) {
	body, err := b.open(about, stored)
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
	if asIs(v.Body.Bytes) {
		return nil
	}
	v.Body.Bytes, err = b.Open(AboutVersion(v.Ref, v.Number), v.Body.Bytes)
	return err
}

// OpenItem opens the body of an item that has been read.
func (b Bodies) OpenItem(i *store.Item) (err error) {
	if asIs(i.Body) {
		return nil
	}
	i.Body, err = b.Open(AboutItem(i.Kind, i.ID, i.Number), i.Body)
	return err
}

// knownText is what a record keeps sealed, so that a wrong key is found before anything is written.
const knownText = "yitong: the bodies of this record are sealed with this key"

func aboutKnown() []byte { return []byte("setting seal") }

// Check looks at what a record keeps under the name seal among its settings, nil for nothing. It gives what must be
// kept there from now on, nil for nothing new. The error is Malformed, and says what to mend.
func (b Bodies) Check(known []byte) (keep []byte, err error) {
	switch {
	case known == nil && b.On && b.Sealer != nil:
		return b.Sealer.Seal([]byte{formSealed}, aboutKnown(), []byte(knownText)), nil
	case b.On && b.Sealer == nil:
		return nil, fault.New(fault.Malformed, "Bodies are to be sealed, and no key for them is set.")
	case known == nil:
		return nil, nil
	case b.Sealer == nil:
		return nil, fault.New(fault.Malformed, "Bodies of this record are sealed, and no key for them is set: set the one that they were sealed with.")
	}
	text, err := b.open(aboutKnown, append([]byte(nil), known...))
	if err != nil || string(text) != knownText {
		return nil, fault.New(fault.Malformed, "The key that is set is not the one that bodies of this record are sealed with.").Because(err)
	}
	return nil, nil
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
