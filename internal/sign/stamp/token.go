package stamp

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/asn1"
	"math/big"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/smx509"

	"yitong/internal/fault"
	"yitong/internal/sign/cms"
)

// Authority makes tokens. Key is that of Certificate, an SM2 key; the certificate has the extended key usage
// timeStamping, alone and critical (RFC 3161, 2.3).
type Authority struct {
	Key         crypto.Signer
	Certificate *smx509.Certificate
	Others      []*smx509.Certificate // up to the root, without it
	Policy      x509.OID
	Accuracy    time.Duration
}

// Token makes the token for a request, which says that its digest was known at an instant.
func (a Authority) Token(r Request, at time.Time) ([]byte, error) {
	serial := make([]byte, 16)
	rand.Read(serial)
	info, err := Info{
		Policy: a.Policy, Hash: r.Hash, Digest: r.Digest, Serial: new(big.Int).SetBytes(serial), At: at, Accuracy: a.Accuracy, Nonce: r.Nonce,
	}.bytes()
	if err != nil {
		return nil, err
	}
	digest := sm3.Sum(info)
	draft := cms.Draft{Type: cms.TSTInfo, Digest: digest[:], Content: info, Certificate: a.Certificate, Others: a.Others, At: at}
	toSign, err := draft.ToSign()
	if err != nil {
		return nil, err
	}
	value, err := a.Key.Sign(rand.Reader, toSign, sm2.DefaultSM2SignerOpts)
	if err != nil {
		return nil, fault.Wrap(err, "signing a timestamp")
	}
	return draft.Finish(toSign, value)
}

// Token is a timestamp as it was read.
type Token struct {
	Info
	Signature *cms.Signature
	DER       []byte
}

// ParseToken reads a token in DER, and checks that it holds together: that its signature is by the key of the
// certificate that it carries, over what it says. The error is Unprocessable. Whether the certificate is to be trusted
// is not looked at.
func ParseToken(der []byte) (*Token, error) {
	s, err := cms.Parse(der)
	if err != nil {
		return nil, err
	}
	if !s.Type.Equal(cms.TSTInfo) || s.Content == nil {
		return nil, fault.New(fault.Unprocessable, "This is a signature, but no timestamp of RFC 3161.")
	}
	t := &Token{Signature: s, DER: der}
	var ok bool
	if t.Info, ok = readInfo(s.Content); !ok {
		return nil, fault.New(fault.Unprocessable, "What the timestamp says cannot be read.")
	}
	if err := s.Check(true); err != nil {
		return nil, err
	}
	if !s.Covers(s.Content) {
		return nil, fault.New(fault.Unprocessable, "The timestamp was altered: its signature is over something else than it says.")
	}
	return t, nil
}

// Of tells whether the token is for a text.
func (t *Token) Of(text []byte) bool {
	h := cms.NewHash(t.Hash)
	if h == nil {
		return false
	}
	h.Write(text)
	return bytes.Equal(h.Sum(nil), t.Digest)
}

// Answers tells whether the token is the one that a request has asked for.
func (t *Token) Answers(r Request) bool {
	return t.Hash.Equal(r.Hash) && bytes.Equal(t.Digest, r.Digest) && (r.Nonce == nil || t.Nonce != nil && t.Nonce.Cmp(r.Nonce) == 0)
}

// extKeyUsage is the extension that says for what a key is used.
var extKeyUsage = asn1.ObjectIdentifier{2, 5, 29, 37}

// Stamps tells whether a certificate is for timestamps alone (RFC 3161, 2.3).
func Stamps(c *smx509.Certificate) bool {
	if len(c.ExtKeyUsage) != 1 || c.ExtKeyUsage[0] != smx509.ExtKeyUsageTimeStamping || len(c.UnknownExtKeyUsage) > 0 {
		return false
	}
	for _, e := range c.Extensions {
		if e.Id.Equal(extKeyUsage) {
			return e.Critical
		}
	}
	return false
}
