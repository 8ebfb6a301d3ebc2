package seal

import (
	"bytes"

	"yitong/internal/fault"
)

// What a record keeps sealed about itself under the name seal among its settings: that some of its bodies are sealed with
// the key, so that a wrong one is found before anything is written; or that all are, so that a plain one is refused.
const (
	someText  = "yitong: the bodies of this record are sealed with this key"
	wholeText = "yitong: all bodies of this record are sealed, and none is plain"
)

func aboutKnown() []byte { return []byte("setting seal") }

// Held is what there is in a record that keeps nothing about its seal.
type Held struct {
	Any    bool // a body
	Sealed bool // a sealed one
}

// Check looks at what a record keeps under the name seal among its settings, nil for nothing; held looks at the bodies, and
// is only called if there is nothing. It gives what must be kept there in its place, nil for nothing new; whoever has kept
// it, or was not quick enough, checks again. From then on the bodies refuse plain ones, if all are sealed and they are On;
// without, it is taken back that all are. The error is Malformed, and says what to mend, or that of held.
func (b Bodies) Check(known []byte, held func() (Held, error)) (keep []byte, err error) {
	switch {
	case b.Keys == nil && b.On:
		return nil, fault.New(fault.Malformed, "Bodies are to be sealed, and no key for them is set.")
	case b.Keys == nil && known != nil:
		return nil, fault.New(fault.Malformed, "Bodies of this record are sealed, and no key for them is set: set the one that they were sealed with.")
	case known != nil:
		return b.checkKnown(known)
	case !b.On:
		return nil, nil
	}
	h, err := held()
	switch {
	case err != nil:
		return nil, err
	case h.Sealed:
		return nil, fault.New(fault.Malformed, "Bodies of this record are sealed, but its settings no longer say so: somebody has changed the database past the platform. "+
			"Bring the setting back from a copy; or, if nothing else was changed, take the seal off by `yitong seal --seal-off`, and put it on again.")
	case h.Any:
		return b.Keys.statement(someText), nil
	}
	return b.Keys.statement(wholeText), nil
}

func (b Bodies) checkKnown(known []byte) (keep []byte, err error) {
	text, err := Bodies{Keys: b.Keys}.open(aboutKnown, bytes.Clone(known))
	whole := string(text) == wholeText
	if err != nil || !IsSealed(known) || !whole && string(text) != someText {
		return nil, fault.New(fault.Malformed, "No key that is set is the one that bodies of this record are sealed with. "+
			"If one was taken out before `yitong seal` had gone over everything, put it back.").Because(err)
	}
	if whole && !b.On {
		return b.Keys.statement(someText), nil
	}
	b.Keys.whole.Store(whole)
	return nil, nil
}

func (k *Keys) statement(text string) []byte { return k.seal(aboutKnown, []byte(text)) }

// Whole is what a record keeps under the name seal among its settings once all its bodies are sealed by the newest key.
// Whoever has kept it calls [Bodies.Refuse].
func (b Bodies) Whole() []byte { return b.Keys.statement(wholeText) }

// Refuse makes the bodies refuse plain ones from now on.
func (b Bodies) Refuse() { b.Keys.whole.Store(true) }
