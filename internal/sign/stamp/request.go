package stamp

import (
	"crypto/rand"
	"encoding/asn1"
	"math/big"

	"github.com/emmansun/gmsm/sm3"
	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"

	"yitong/internal/fault"
	"yitong/internal/sign/cms"
)

// Media types of requests and answers over HTTP (RFC 3161, 3.4).
const (
	MediaQuery = "application/timestamp-query"
	MediaReply = "application/timestamp-reply"
)

// Request asks for a token for a digest.
type Request struct {
	Hash   asn1.ObjectIdentifier
	Digest []byte
	Nonce  *big.Int // by which the answer is known from an older one; nil for none
}

// NewRequest asks for a token for a text, by its SM3 and with a random nonce.
func NewRequest(text []byte) Request {
	digest, nonce := sm3.Sum(text), make([]byte, 8)
	rand.Read(nonce)
	return Request{Hash: cms.SM3, Digest: digest[:], Nonce: new(big.Int).SetBytes(nonce)}
}

// Bytes are the DER of a request. It asks for the certificate of the authority, too.
func (r Request) Bytes() ([]byte, error) {
	return build(func(b *cryptobyte.Builder) {
		b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1Int64(1)
			addImprint(b, r.Hash, r.Digest)
			if r.Nonce != nil {
				b.AddASN1BigInt(r.Nonce)
			}
			b.AddASN1Boolean(true)
		})
	})
}

// requestMost bounds the bytes of a request.
const requestMost = 4 << 10

// ParseRequest reads a request in DER. The error is Malformed.
func ParseRequest(der []byte) (r Request, err error) {
	in := cryptobyte.String(der)
	var one cryptobyte.String
	var version int64
	var certificate bool
	wrong := fault.New(fault.Malformed, "This is no request for a timestamp of RFC 3161 by the digest SM3, without policy and extensions.")
	if len(der) > requestMost || !in.ReadASN1(&one, tag.SEQUENCE) || !in.Empty() || !one.ReadASN1Integer(&version) || version != 1 ||
		!readImprint(&one, &r.Hash, &r.Digest) || !r.Hash.Equal(cms.SM3) || len(r.Digest) != sm3.Size {
		return r, wrong
	}
	if one.PeekASN1Tag(tag.INTEGER) {
		if r.Nonce = new(big.Int); !one.ReadASN1Integer(r.Nonce) {
			return r, wrong
		}
	}
	if one.PeekASN1Tag(tag.BOOLEAN) && !one.ReadASN1Boolean(&certificate) || !one.Empty() {
		return r, wrong
	}
	return r, nil
}

// Reply is the DER of an answer with a token; of a refusal without one.
func Reply(token []byte) ([]byte, error) {
	return build(func(b *cryptobyte.Builder) {
		b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
				if token == nil {
					b.AddASN1Int64(2) // rejection
				} else {
					b.AddASN1Int64(0) // granted
				}
			})
			b.AddBytes(token)
		})
	})
}

// ParseReply reads an answer in DER, and checks that its token is for a request. The error is Unprocessable.
func ParseReply(der []byte, r Request) (*Token, error) {
	in := cryptobyte.String(der)
	var one, status, token cryptobyte.String
	var number int64
	if !in.ReadASN1(&one, tag.SEQUENCE) || !in.Empty() || !one.ReadASN1(&status, tag.SEQUENCE) || !status.ReadASN1Integer(&number) {
		return nil, fault.New(fault.Unprocessable, "The answer is none of an authority for timestamps (RFC 3161).")
	}
	if number > 1 { // granted, granted with changes
		return nil, fault.New(fault.Unprocessable, "The authority refuses a timestamp: its status is %d (RFC 3161, 2.4.2).", number)
	}
	if !one.ReadASN1Element(&token, tag.SEQUENCE) || !one.Empty() {
		return nil, fault.New(fault.Unprocessable, "The authority answers without a timestamp.")
	}
	t, err := ParseToken(token)
	if err != nil {
		return nil, err
	}
	if !t.Answers(r) {
		return nil, fault.New(fault.Unprocessable, "The authority's timestamp is for another request.")
	}
	return t, nil
}
