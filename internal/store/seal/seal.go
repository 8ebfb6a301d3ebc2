package seal

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"slices"

	"github.com/emmansun/gmsm/sm4"

	"yitong/internal/fault"
)

// Sealer seals texts and opens them. It is safe for concurrent use.
type Sealer interface {
	// Seal appends the sealed text to dst. Whoever opens it must name what it is about.
	Seal(dst, about, text []byte) []byte
	// Open appends the text to dst, which may be sealed[:0]. It fails if the text was not sealed with this key, about
	// this, or has been altered.
	Open(dst, about, sealed []byte) ([]byte, error)
	// Number tells its key from others. It is made of the key, and is no secret.
	Number() [NumberBytes]byte
}

// Lengths in bytes.
const (
	KeyBytes    = 16 // of a key
	NumberBytes = 4  // of its number
)

// nonceBytes is the length of the random number that ends a sealed text, so that what is before it can be opened in its
// place. With one key no more than 2³² texts may be sealed (NIST SP 800-38D, 8.3).
const nonceBytes = 12

var errShort = errors.New("a sealed text is too short")

type sealer struct {
	aead   cipher.AEAD
	number [NumberBytes]byte
}

// New makes a Sealer of a key of [KeyBytes]. A sealed text is 28 bytes longer than the text.
func New(key []byte) (Sealer, error) {
	if len(key) != KeyBytes {
		return nil, fault.New(fault.Malformed, "A key for bodies has %d bytes, not %d.", KeyBytes, len(key))
	}
	block, err := sm4.NewCipher(key)
	if err != nil {
		return nil, fault.Wrap(err, "making a seal")
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fault.Wrap(err, "making a seal")
	}
	number, err := hkdf.Key(sha256.New, key, nil, "yitong number of a key of bodies", NumberBytes)
	if err != nil {
		return nil, fault.Wrap(err, "making a seal")
	}
	return sealer{aead, [NumberBytes]byte(number)}, nil
}

// Number implements [Sealer].
func (s sealer) Number() [NumberBytes]byte { return s.number }

// Seal implements [Sealer].
func (s sealer) Seal(dst, about, text []byte) []byte {
	dst = slices.Grow(dst, len(text)+s.aead.Overhead()+nonceBytes)
	var nonce [nonceBytes]byte
	rand.Read(nonce[:])
	return append(s.aead.Seal(dst, nonce[:], text, about), nonce[:]...)
}

// Open implements [Sealer].
func (s sealer) Open(dst, about, sealed []byte) ([]byte, error) {
	end := len(sealed) - nonceBytes
	if end < 0 {
		return nil, errShort
	}
	return s.aead.Open(dst, sealed[end:], sealed[:end], about)
}
