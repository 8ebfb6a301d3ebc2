package vault

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"hash"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"

	"yitong/internal/fault"
)

// Master keeps a master key: a hardware module, or a [Software] key. It is safe for concurrent use.
type Master interface {
	// ID tells the key from all others. It is no secret.
	ID() [IDBytes]byte
	// Wrap encrypts a data key of [DataBytes] for a use, into at most [WrappedMost] bytes.
	Wrap(use string, key []byte) ([]byte, error)
	// Unwrap gives the data key back. Its error is Internal for what this key has not wrapped for that use.
	Unwrap(use string, wrapped []byte) ([]byte, error)
}

// Lengths in bytes.
const (
	MasterBytes = 32  // of a master key in software
	DataBytes   = 16  // of a data key: SM4 has keys of 128 bits
	IDBytes     = 8   // of the name of a master key
	WrappedMost = 255 // of a wrapped data key
)

const nonceBytes = 12

// Software is a master key in the memory of the process.
type Software struct {
	id  [IDBytes]byte
	key []byte
}

// NewSoftware makes a master of a key. The error is Malformed for one of another length than [MasterBytes].
func NewSoftware(key []byte) (*Software, error) {
	if len(key) != MasterBytes {
		return nil, fault.New(fault.Malformed, "The platform's key has %d bytes, not %d.", MasterBytes, len(key))
	}
	s := &Software{key: append([]byte(nil), key...)}
	name, err := s.derive("id", IDBytes)
	copy(s.id[:], name)
	return s, err
}

// ID implements [Master].
func (s *Software) ID() [IDBytes]byte { return s.id }

// Wrap implements [Master].
func (s *Software) Wrap(use string, key []byte) ([]byte, error) {
	aead, err := s.aead(use)
	if err != nil {
		return nil, err
	}
	return sealTo(nil, aead, key, []byte(use)), nil
}

// Unwrap implements [Master].
func (s *Software) Unwrap(use string, wrapped []byte) ([]byte, error) {
	aead, err := s.aead(use)
	if err != nil {
		return nil, err
	}
	return openFrom(aead, wrapped, []byte(use))
}

// aead is the cipher by which data keys of a use are wrapped, with a key of its own.
func (s *Software) aead(use string) (cipher.AEAD, error) {
	key, err := s.derive("wrap "+use, DataBytes)
	if err != nil {
		return nil, err
	}
	return newAEAD(key)
}

// derive makes a key for one use of the master key: HKDF (RFC 5869) with SM3.
func (s *Software) derive(use string, n int) ([]byte, error) {
	key, err := hkdf.Key(func() hash.Hash { return sm3.New() }, s.key, nil, "yitong vault "+use, n)
	if err != nil {
		return nil, fault.Wrap(err, "deriving a key")
	}
	return key, nil
}

func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := sm4.NewCipher(key)
	if err != nil {
		return nil, fault.Wrap(err, "making a cipher")
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fault.Wrap(err, "making a cipher")
	}
	return aead, nil
}

// sealTo appends a random nonce and the encrypted text.
func sealTo(dst []byte, aead cipher.AEAD, text, about []byte) []byte {
	var nonce [nonceBytes]byte
	rand.Read(nonce[:])
	return aead.Seal(append(dst, nonce[:]...), nonce[:], text, about)
}

func openFrom(aead cipher.AEAD, sealed, about []byte) ([]byte, error) {
	if len(sealed) < nonceBytes {
		return nil, errOpen(nil)
	}
	text, err := aead.Open(nil, sealed[:nonceBytes], sealed[nonceBytes:], about)
	if err != nil {
		return nil, errOpen(err)
	}
	return text, nil
}

func errOpen(cause error) error {
	return fault.Wrap(cause, "opening what is sealed: it was altered, it is about something else, or this is not the platform's key of this database")
}
