package gate

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"

	"yitong/internal/fault"
)

// Seal makes a token of a text that this actor's client keeps for the server, such as the place of a page. Nobody else
// can read it. about is what the token may be used for; it is not in the token but must be the same again.
func (s *Session) Seal(about, text string) string {
	return base64.RawURLEncoding.EncodeToString(s.gate.sealer.Seal(nil, nil, []byte(text), s.about(about)))
}

// Unseal gives the text of a token back. The error is Malformed for a token that was not made by Seal, for this actor
// and about the same.
func (s *Session) Unseal(about, token string) (string, error) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err == nil && base64.RawURLEncoding.EncodeToString(raw) != token {
		err = base64.CorruptInputError(0) // it holds line breaks, which decoding skips
	}
	if err == nil {
		raw, err = s.gate.sealer.Open(nil, nil, raw, s.about(about))
	}
	if err != nil {
		return "", fault.New(fault.Malformed, "The token of the page is not one that was given for this request. Follow the links as they are.")
	}
	return string(raw), nil
}

// about binds a token to who the actor is, as what, and by which program.
func (s *Session) about(about string) []byte {
	a := s.actor
	return []byte(a.Reference + "\x00" + a.Client + "\x00" + a.As + "\x00" + about)
}

// newSealer makes the cipher of tokens from the secret of the database: AES-256-GCM with a random nonce.
func newSealer(secret []byte) (cipher.AEAD, error) {
	key := sha256.Sum256(append([]byte("seal\x00"), secret...))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// keyBytes is the length of the keys of [Gate.Key].
const keyBytes = 32

// Key is the record's key for one use, such as proving later that this record has made something (HKDF, RFC 5869). It does not
// change, and keys for different uses tell nothing of each other.
func (g *Gate) Key(use string) []byte {
	key, err := hkdf.Key(sha256.New, g.db.Secret(), nil, "yitong "+use, keyBytes)
	if err != nil {
		panic(err) // the length is right
	}
	return key
}
