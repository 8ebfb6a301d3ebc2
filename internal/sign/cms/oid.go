package cms

import (
	"crypto"
	_ "crypto/sha1" // of references to certificates in older timestamps
	_ "crypto/sha256"
	_ "crypto/sha512"
	"encoding/asn1"
	"hash"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/smx509"
)

// Object identifiers.
var (
	Data          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	TSTInfo       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4} // RFC 3161
	signedData    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	dataGB        = asn1.ObjectIdentifier{1, 2, 156, 10197, 6, 1, 4, 2, 1} // GB/T 35275, 7
	signedDataGB  = asn1.ObjectIdentifier{1, 2, 156, 10197, 6, 1, 4, 2, 2}
	SM3           = asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 401}
	sm2WithSM3    = asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 501}
	sm2           = asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 301}
	sm2Sign       = asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 301, 1}
	sha1          = asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}
	sha256        = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	sha384        = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}
	sha512        = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}
	rsa           = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	contentType   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	messageDigest = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	signingTime   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 5}
	signingCert   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 12} // RFC 5035
	signingCertV2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}

	// ContentHint says what is signed in words (RFC 2634, 2.9), ContentID names it (2.7), Commitment says why (RFC
	// 5126, 5.11.1), TimeStamp is a token for the signature (RFC 3161, appendix A).
	ContentHint = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 4}
	ContentID   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 7}
	Commitment  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 16}
	TimeStamp   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 14}
)

// NewHash makes the hash function of an OID, nil for one that is not known.
func NewHash(oid asn1.ObjectIdentifier) hash.Hash {
	switch {
	case oid.Equal(SM3):
		return sm3.New()
	case oid.Equal(sha256):
		return crypto.SHA256.New()
	case oid.Equal(sha384):
		return crypto.SHA384.New()
	case oid.Equal(sha512):
		return crypto.SHA512.New()
	}
	return nil
}

// sum is the digest of a text, nil for a hash function that is not known.
func sum(oid asn1.ObjectIdentifier, text []byte) []byte {
	h := NewHash(oid)
	if h == nil {
		return nil
	}
	h.Write(text)
	return h.Sum(nil)
}

// algorithm is how X.509 calls a signature of an algorithm over a digest; Unknown for one that is not taken.
func algorithm(digest, signature asn1.ObjectIdentifier) smx509.SignatureAlgorithm {
	if signature.Equal(sm2) || signature.Equal(sm2Sign) || signature.Equal(sm2WithSM3) {
		if digest.Equal(SM3) {
			return smx509.SM2WithSM3
		}
		return smx509.UnknownSignatureAlgorithm
	}
	for _, a := range []struct {
		digest     asn1.ObjectIdentifier
		rsa        int // PKCS #1 v1.5, below 1.2.840.113549.1.1
		ecdsa      int // below 1.2.840.10045.4.3
		isRSA      smx509.SignatureAlgorithm
		isElliptic smx509.SignatureAlgorithm
	}{
		{sha256, 11, 2, smx509.SHA256WithRSA, smx509.ECDSAWithSHA256},
		{sha384, 12, 3, smx509.SHA384WithRSA, smx509.ECDSAWithSHA384},
		{sha512, 13, 4, smx509.SHA512WithRSA, smx509.ECDSAWithSHA512},
	} {
		if !digest.Equal(a.digest) {
			continue
		}
		if signature.Equal(rsa) || signature.Equal(append(rsa[:6:6], a.rsa)) {
			return a.isRSA
		}
		if signature.Equal(asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, a.ecdsa}) {
			return a.isElliptic
		}
	}
	return smx509.UnknownSignatureAlgorithm
}
