package vault

import (
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"sync"

	"yitong/internal/fault"
)

// A sealed text is, in this order: the format (1 byte, 1), the ID of the master key (8), the length of the wrapped data
// key (1), the wrapped data key, the nonce (12), the encrypted text, and the tag (16).
const (
	format1   = 1
	headBytes = 1 + IDBytes + 1
)

// Bounds.
const (
	// SealsMost is how many texts are sealed under one data key. With random nonces of 96 bits, 2³² are the most for a
	// chance of 2⁻³² that two are the same (NIST SP 800-38D, 8.3).
	SealsMost = 1 << 30
	// KnownMost is how many data keys a vault remembers, so that it need not have them unwrapped for each text.
	KnownMost = 1024
)

// Vault seals and opens texts of one use. It is safe for concurrent use.
type Vault struct {
	use     string
	newest  Master
	masters map[[IDBytes]byte]Master

	mu    sync.Mutex
	data  *dataKey            // by which texts are sealed
	known map[string]*dataKey // by master and wrapped key
}

// dataKey is a data key with what stands in front of texts that it seals.
type dataKey struct {
	head  []byte
	aead  cipher.AEAD
	seals int
}

// New makes the vault of a use, such as "sign": texts of different uses cannot be taken for each other. The newest
// master seals; the older ones open what they have sealed.
func New(use string, newest Master, older ...Master) *Vault {
	v := &Vault{use: use, newest: newest, masters: map[[IDBytes]byte]Master{}, known: map[string]*dataKey{}}
	for _, m := range append(older, newest) {
		v.masters[m.ID()] = m
	}
	return v
}

// Seal seals a text that is about something, which must be named the same when it is opened. The error is that of the
// master.
func (v *Vault) Seal(about string, text []byte) ([]byte, error) {
	d, err := v.sealing()
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, len(d.head)+nonceBytes+len(text)+d.aead.Overhead())
	out = append(out, d.head...)
	return sealTo(out, d.aead, text, v.about(d.head, about)), nil
}

// Open gives a sealed text back. The error is Internal for what was altered, sealed about something else or under a key
// that the vault does not have.
func (v *Vault) Open(about string, sealed []byte) ([]byte, error) {
	d, err := v.opening(sealed)
	if err != nil {
		return nil, err
	}
	return openFrom(d.aead, sealed[len(d.head):], v.about(d.head, about))
}

// Old tells whether a text was sealed under another master key than the newest, and should be sealed anew.
func (v *Vault) Old(sealed []byte) bool {
	id := v.newest.ID()
	return len(sealed) < headBytes || sealed[0] != format1 || string(sealed[1:1+IDBytes]) != string(id[:])
}

// about is what is authenticated beside a text. Its parts cannot run into each other.
func (v *Vault) about(head []byte, about string) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(v.use)))
	b = append(b, v.use...)
	b = append(b, head...)
	return append(b, about...)
}

// sealing is the data key for the next text.
func (v *Vault) sealing() (*dataKey, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.data == nil || v.data.seals >= SealsMost {
		key := make([]byte, DataBytes)
		rand.Read(key)
		wrapped, err := v.newest.Wrap(v.use, key)
		if err != nil {
			return nil, err
		}
		if len(wrapped) > WrappedMost {
			return nil, fault.Wrap(nil, "a master key has wrapped a data key into too many bytes")
		}
		id := v.newest.ID()
		head := append([]byte{format1}, id[:]...)
		head = append(append(head, byte(len(wrapped))), wrapped...)
		aead, err := newAEAD(key)
		if err != nil {
			return nil, err
		}
		v.data = &dataKey{head: head, aead: aead}
		v.remember(v.data)
	}
	v.data.seals++
	return v.data, nil
}

// opening is the data key of a sealed text.
func (v *Vault) opening(sealed []byte) (*dataKey, error) {
	if len(sealed) < headBytes || sealed[0] != format1 {
		return nil, fault.Wrap(nil, "opening what is sealed: it is in no format that is known here")
	}
	n := headBytes + int(sealed[headBytes-1])
	if len(sealed) < n {
		return nil, errOpen(nil)
	}
	head := sealed[:n]
	v.mu.Lock()
	d, is := v.known[string(head)]
	v.mu.Unlock()
	if is {
		return d, nil
	}
	master, is := v.masters[[IDBytes]byte(head[1:1+IDBytes])]
	if !is {
		return nil, fault.Wrap(nil, "opening what is sealed: the key that it was sealed under is not among the platform's keys")
	}
	key, err := master.Unwrap(v.use, head[headBytes:])
	if err != nil {
		return nil, err
	}
	aead, err := newAEAD(key)
	if err != nil {
		return nil, err
	}
	d = &dataKey{head: append([]byte(nil), head...), aead: aead}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.remember(d)
	return d, nil
}

// remember keeps a data key; of too many any other goes.
func (v *Vault) remember(d *dataKey) {
	if len(v.known) >= KnownMost {
		for other := range v.known {
			delete(v.known, other)
			break
		}
	}
	v.known[string(d.head)] = d
}
