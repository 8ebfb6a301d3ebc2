package backup

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"encoding/hex"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"

	"yitong/internal/fault"
)

// KeyBytes is the length of the key of backups.
const KeyBytes = 32

const (
	idBytes   = 8
	saltBytes = 32
)

// Key seals backups and archives. It must be kept apart from both, and from the record.
type Key struct{ secret []byte }

// NewKey makes a key of its bytes. The error is Malformed for another number than [KeyBytes].
func NewKey(secret []byte) (Key, error) {
	if len(secret) != KeyBytes {
		return Key{}, fault.New(fault.Malformed, "A key of backups has %d bytes, not %d.", KeyBytes, len(secret))
	}
	return Key{append([]byte(nil), secret...)}, nil
}

// ID tells the key from others. It is no secret.
func (k Key) ID() string { return hex.EncodeToString(k.mac("yitong backup key id", nil)[:idBytes]) }

// mac is the code of a text for a use (HMAC-SM3).
func (k Key) mac(use string, text []byte) []byte {
	own, err := hkdf.Key(sm3.New, k.secret, nil, use, KeyBytes)
	if err != nil {
		panic(err) // the lengths are right
	}
	h := hmac.New(sm3.New, own)
	h.Write(text)
	return h.Sum(nil)
}

// aead seals the chunks of one file, whose salt is drawn by lot: no two files share a key, so chunks may be numbered.
func (k Key) aead(salt []byte) (cipher.AEAD, error) {
	own, err := hkdf.Key(sm3.New, k.secret, salt, "yitong sealed file", sm4.BlockSize)
	if err != nil {
		return nil, fault.Wrap(err, "making the key of a file")
	}
	block, err := sm4.NewCipher(own)
	if err != nil {
		return nil, fault.Wrap(err, "making the key of a file")
	}
	a, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fault.Wrap(err, "making the key of a file")
	}
	return a, nil
}
