package gate

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"

	"yitong/internal/fault"
)

const macSize = 16

// Seal makes a token of a text that this actor's client keeps for the server, such as the place of a page. about is
// what the token may be used for; it is not in the token but must be the same again.
func (s *Session) Seal(about, text string) string {
	return base64.RawURLEncoding.EncodeToString(append(s.mac(about, text), text...))
}

// Unseal gives the text of a token back. The error is Malformed for a token that was not made by Seal, for this actor
// and about the same.
func (s *Session) Unseal(about, token string) (string, error) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) < macSize || !hmac.Equal(raw[:macSize], s.mac(about, string(raw[macSize:]))) {
		return "", fault.New(fault.Malformed, "The token of the page is not one that was given for this request. Follow the links as they are.")
	}
	return string(raw[macSize:]), nil
}

func (s *Session) mac(about, text string) []byte {
	h := hmac.New(sha256.New, s.gate.db.Secret())
	for _, part := range []string{"seal", s.actor.Reference, about} {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	h.Write([]byte(text))
	return h.Sum(nil)[:macSize]
}
